"""Bulletins of a joint meeting's office: 工作简报 and 情况通报, numbered at issue, sent to the members, read against receipt (S4 四)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import StoredFile
from models.base import Line, Model, Words, choice
from models.mechanism import Mechanism
from models.people import Person
from models.scope import Scope
from models.states import Stateful, Status
from models.unit import Unit


class BulletinKind(Status):
    """A report on the work, or on how something stands."""

    BRIEF = "brief", "工作简报"
    CIRCULAR = "circular", "情况通报"


class BulletinStatus(Status):
    """Where a bulletin stands."""

    DRAFT = "draft", "起草"
    ISSUED = "issued", "已印发"


class Bulletin(Stateful, Model):
    """One bulletin. ``prefix`` (机关代字) and ``number`` are given at issue: a brief counts within mechanism and year, a circular in the
    series of the issuer's papers. Text and file are locked from then on."""

    MOVES = {BulletinStatus.DRAFT: {BulletinStatus.ISSUED}, BulletinStatus.ISSUED: set()}

    __table_args__ = (
        UniqueConstraint("mechanism_id", "prefix", "year", "number"),
        CheckConstraint("(status = 'issued') = (number IS NOT NULL AND year IS NOT NULL)", name="number"),
        CheckConstraint("(status = 'issued') = (issued_at IS NOT NULL)", name="issued_at"),
        CheckConstraint("(status = 'issued') = (file_id IS NOT NULL)", name="file"),
        Index("ix_bulletin_mechanism_id_status", "mechanism_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    kind: Mapped[BulletinKind] = mapped_column(choice(BulletinKind))
    status: Mapped[BulletinStatus] = mapped_column(choice(BulletinStatus), default=BulletinStatus.DRAFT)
    title: Mapped[str] = mapped_column(Line(120))
    body: Mapped[str] = mapped_column(Words())
    prefix: Mapped[str] = mapped_column(Line(40), default="")
    year: Mapped[int | None]
    number: Mapped[int | None]
    issued_at: Mapped[datetime | None]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    version: Mapped[int] = mapped_column(default=1)
    mechanism: Mapped[Mechanism] = relationship()
    issued_by: Mapped[Person | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The mechanism's; members read it once issued."""
        return Scope(mechanism_id=self.mechanism_id)

    @property
    def label(self) -> str:
        """2026年第3期 of a brief, 示市监〔2026〕3号 of a circular, 未编号 before issue."""
        return self.label_of(self.prefix, self.year, self.number) if self.year and self.number else "未编号"

    def label_of(self, prefix: str, year: int, number: int) -> str:
        """As it would be called under this number."""
        return f"{year}年第{number}期" if self.kind == BulletinKind.BRIEF else f"{prefix}〔{year}〕{number}号"

    def issue(self, file: StoredFile, prefix: str, year: int, number: int, by_id: int | None, at: datetime) -> None:
        """印发 under this number: text and file are locked."""
        self._move_to(BulletinStatus.ISSUED)
        self.prefix, self.year, self.number = prefix, year, number
        self.file, self.issued_by_id, self.issued_at = file, by_id, at


class BulletinReceipt(Model):
    """A member unit's copy: owed at issue, read when somebody of the unit says 已阅."""

    __table_args__ = (UniqueConstraint("bulletin_id", "unit_id"), CheckConstraint("(read_at IS NULL) = (read_by_id IS NULL)", name="read"))

    id: Mapped[int] = mapped_column(primary_key=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    bulletin: Mapped[Bulletin] = relationship()
    unit: Mapped[Unit] = relationship()
    read_by: Mapped[Person | None] = relationship()

    @property
    def scope(self) -> Scope:
        """The unit that owes the reading."""
        return Scope(self.bulletin.mechanism_id, frozenset({self.unit_id}))
