"""What units are recognised for: schemes (示范创建方案), categories, yearly targets, score sheets, and grounds of removal. All data."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import StoredFile
from models.base import Line, Model, Words, choice
from models.errors import BadInput, IllegalMove
from models.mechanism import Mechanism
from models.scope import Scope
from models.states import Status
from models.unit import Unit


class Scheme(Model):
    """One scheme: the title it gives (示范单位, 放心消费单位, 承诺单位), the prefix of its certificates, and the province's mark."""

    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Line(32), unique=True)
    name: Mapped[str] = mapped_column(Line(120))
    title: Mapped[str] = mapped_column(Line(60))
    certificate_prefix: Mapped[str] = mapped_column(Line(20), unique=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"), index=True)
    mark_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    issuer: Mapped[str] = mapped_column(Line(120))
    basis: Mapped[str] = mapped_column(Line(200), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    mechanism: Mapped[Mechanism] = relationship()
    mark: Mapped[StoredFile | None] = relationship()
    categories: Mapped[list["Category"]] = relationship(back_populates="scheme", order_by="Category.position, Category.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The scheme's mechanism."""
        return Scope(self.mechanism_id)

    def in_force(self, on: date) -> bool:
        """True from ``valid_from`` to ``valid_to``, both days included."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


class Category(Model):
    """A kind of unit (放心商店). ``subjects``: the classes of duties (Subject.name) of its trade, whose units are told of a removal.

    ``excludes``: ids of categories one business may not hold beside this one. A limit left None follows the rule row in force
    (REG_NOTICE, REG_VALID, REG_RECHECK).
    """

    __table_args__ = (
        UniqueConstraint("scheme_id", "code"),
        CheckConstraint("notice_days IS NULL OR notice_days > 0", name="notice_days"),
        CheckConstraint("validity_months IS NULL OR validity_months > 0", name="validity_months"),
        CheckConstraint("recheck_months IS NULL OR recheck_months > 0", name="recheck_months"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    code: Mapped[str] = mapped_column(Line(32))
    name: Mapped[str] = mapped_column(Line(60))
    position: Mapped[int] = mapped_column(default=0)
    responsible_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    subjects: Mapped[list[str]] = mapped_column(JSON, default=list)
    excludes: Mapped[list[int]] = mapped_column(JSON, default=list)
    notice_days: Mapped[int | None]
    validity_months: Mapped[int | None]
    recheck_months: Mapped[int | None]
    least_reviews: Mapped[int] = mapped_column(default=5)
    is_open: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    scheme: Mapped[Scheme] = relationship(back_populates="categories")
    responsible: Mapped[Unit] = relationship()
    co_units: Mapped[list[Unit]] = relationship(secondary="category_co_unit", order_by="Unit.position, Unit.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The responsible unit's, in the scheme's mechanism."""
        return Scope(self.scheme.mechanism_id, frozenset({self.responsible_id}))

    @property
    def wide_scope(self) -> Scope:
        """The responsible unit's and the co-operating ones'."""
        return Scope(self.scheme.mechanism_id, frozenset({self.responsible_id, *(unit.id for unit in self.co_units)}))


class CategoryCoUnit(Model):
    """A co-operating unit (配合单位) of a category."""

    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)


class Target(Model):
    """How many units of a category should be recognised by the end of a year; ``unit`` None: in the county."""

    __table_args__ = (UniqueConstraint("category_id", "year", "unit_id"), CheckConstraint("number >= 0", name="number"))

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    year: Mapped[int]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    number: Mapped[int]
    category: Mapped[Category] = relationship()
    unit: Mapped[Unit | None] = relationship()


class ScoreSheet(Model):
    """One version of a category's score sheet (评分表). Once published it is never changed: the next version replaces it."""

    __table_args__ = (UniqueConstraint("category_id", "serial"), CheckConstraint("minimum >= 0", name="minimum"))

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    serial: Mapped[int]
    title: Mapped[str] = mapped_column(Line(120))
    minimum: Mapped[int]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    category: Mapped[Category] = relationship()
    parts: Mapped[list["ScorePart"]] = relationship(
        back_populates="sheet", cascade="all, delete-orphan", order_by="ScorePart.position, ScorePart.id"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def items(self) -> list["ScoreItem"]:
        """Every item in order."""
        return [item for part in self.parts for item in part.items]

    @property
    def most(self) -> int:
        """The highest total that can be reached."""
        return sum(item.weight for item in self.items)

    def publish(self, at: datetime) -> None:
        """From now on inspections use it. BadInput when its minimums cannot be reached; IllegalMove when it is published already."""
        if self.published_at is not None:
            raise IllegalMove("该评分表已发布，需要更改请另立新版")
        if not self.items:
            raise BadInput("评分表还没有评分项，不能发布")
        if self.minimum > self.most:
            raise BadInput(f"最低总分{self.minimum}高于满分{self.most}，请修改")
        hard = next((part for part in self.parts if part.minimum > part.most), None)
        if hard is not None:
            raise BadInput(f"“{hard.name}”最低分{hard.minimum}高于满分{hard.most}，请修改")
        self.published_at = at


class ScorePart(Model):
    """One part of a score sheet with a minimum of its own (0: none)."""

    __table_args__ = (CheckConstraint("minimum >= 0", name="minimum"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"), index=True)
    name: Mapped[str] = mapped_column(Line(60))
    position: Mapped[int] = mapped_column(default=0)
    minimum: Mapped[int] = mapped_column(default=0)
    sheet: Mapped[ScoreSheet] = relationship(back_populates="parts")
    items: Mapped[list["ScoreItem"]] = relationship(
        back_populates="part", cascade="all, delete-orphan", order_by="ScoreItem.position, ScoreItem.id"
    )

    @property
    def most(self) -> int:
        """The points this part can give."""
        return sum(item.weight for item in self.items)


class ScoreItem(Model):
    """What is looked at, and the points it can give."""

    __table_args__ = (CheckConstraint("weight > 0", name="weight"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("score_part.id"), index=True)
    text: Mapped[str] = mapped_column(Words(1000))
    weight: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    part: Mapped[ScorePart] = relationship(back_populates="items")


class Effect(Status):
    """What follows when a ground is met."""

    AT_ONCE = "at_once", "立即移出"
    PROPOSAL = "proposal", "提出移出建议"


class Ground(Model):
    """A ground of removal (移出事由). ``AT_ONCE`` is for grounds of the law alone, matched on an official list by all 18 characters.

    ``is_standing``: a state that lasts (being on a list) rather than a single event; it counts though it began before the recognition.
    ``bar_rule``: the code of the rule row that says how long no re-entry is open; empty: no bar.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Line(32), unique=True)
    name: Mapped[str] = mapped_column(Line(60))
    clause: Mapped[str] = mapped_column(Line(300), default="")
    effect: Mapped[Effect] = mapped_column(choice(Effect))
    is_standing: Mapped[bool] = mapped_column(default=False)
    bar_rule: Mapped[str] = mapped_column(Line(40), default="")
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
