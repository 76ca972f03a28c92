"""Units (单位): bureaus, sections, streets and stations, as they were and as they are; and their duties (职责)."""

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.states import Status
from models.subject import Subject


class UnitKind(Status):
    """What sort of body a unit is."""

    BUREAU = "bureau", "部门"
    SECTION = "section", "股室"
    TOWN = "town", "乡镇街道"
    STATION = "station", "市场监管所"
    ASSOCIATION = "association", "群团组织"
    OTHER = "other", "其他单位"


class Unit(Model):
    """A bureau or a body under it, valid from/to. A merged or renamed one names its successor; history stays."""

    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Line(32), unique=True)
    name: Mapped[str] = mapped_column(Line(120), index=True)
    short_name: Mapped[str] = mapped_column(Line(60))
    former_names: Mapped[list[str]] = mapped_column(JSON, default=list)
    kind: Mapped[UnitKind] = mapped_column(choice(UnitKind))
    position: Mapped[int] = mapped_column(default=0)
    phone: Mapped[str] = mapped_column(Line(40), default="")
    complaint_way: Mapped[str] = mapped_column(Line(200), default="")  # where and how the public complains to it, in words
    releases_proposals: Mapped[bool] = mapped_column(default=False)  # its head releases a proposal before it is handed in (审签)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    parent: Mapped["Unit | None"] = relationship(foreign_keys=[parent_id], remote_side=[id])
    successor: Mapped["Unit | None"] = relationship(foreign_keys=[successor_id], remote_side=[id])

    __mapper_args__ = {"version_id_col": version}

    def stands(self, on: date) -> bool:
        """True while the unit exists: from ``valid_from`` to ``valid_to``, both days included."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def heir(self, on: date) -> "Unit":
        """The unit that answers for this one on that day: itself while it stands, else along its successors (a circle ends it)."""
        unit, seen = self, {self.id}
        while not unit.stands(on) and unit.successor is not None and unit.successor.id not in seen:
            unit = unit.successor
            seen.add(unit.id)
        return unit


class DutyRole(Status):
    """How a unit takes part in a duty."""

    LEAD = "lead", "主办"
    CO = "co", "协办"


class Duty(Model):
    """What a unit answers for: a subject, its own wording, the words complaints use for it, where, and by which clause.

    ``keywords``: word → weight (1 to 9). ``exclusions``: words that rule the duty out wherever they stand. ``territory``: the streets and
    towns it is confined to (属地), joined by 、; empty: the whole county. A wording that is changed from a day on stays, and the new row
    says which one it ``replaces``.
    """

    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    text: Mapped[str] = mapped_column(Words(2000))
    keywords: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    exclusions: Mapped[list[str]] = mapped_column(JSON, default=list)
    territory: Mapped[str] = mapped_column(Line(200), default="")
    clause: Mapped[str] = mapped_column(Line(200), default="")
    role: Mapped[DutyRole] = mapped_column(choice(DutyRole), default=DutyRole.LEAD)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("duty.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    subject: Mapped[Subject] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def in_force(self, on: date) -> bool:
        """True from ``valid_from`` to ``valid_to``, both days included; None is without end."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    @property
    def keyword_text(self) -> str:
        """The keywords as they are typed: 学费*3、培训 (weight 1 is not written)."""
        return "、".join(word if weight == 1 else f"{word}*{weight}" for word, weight in self.keywords.items())
