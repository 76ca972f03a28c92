"""Minutes (会议纪要): compiled from a meeting's items, signed by the convenor, numbered at signing, locked at issue."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import StoredFile
from models.base import Line, Model, Words, choice
from models.calendar import local_date
from models.meeting import AgendaItem, Meeting
from models.people import Person
from models.scope import Scope
from models.states import Stateful, Status
from models.unit import Unit


class MinutesStatus(Status):
    """Where the minutes stand."""

    DRAFT = "draft", "起草"
    COUNTERSIGNING = "countersigning", "会签中"
    SIGNED = "signed", "已签发"
    ISSUED = "issued", "已印发"


class Minutes(Stateful, Model):
    """The minutes of one meeting. ``number`` counts within mechanism and year, is given at signing and never reused."""

    MOVES = {
        MinutesStatus.DRAFT: {MinutesStatus.COUNTERSIGNING, MinutesStatus.SIGNED},
        MinutesStatus.COUNTERSIGNING: {MinutesStatus.SIGNED},
        MinutesStatus.SIGNED: {MinutesStatus.ISSUED},
        MinutesStatus.ISSUED: set(),
    }

    __table_args__ = (
        UniqueConstraint("mechanism_id", "year", "number"),
        CheckConstraint("(status IN ('signed', 'issued')) = (number IS NOT NULL)", name="number"),
        CheckConstraint("(number IS NULL) = (signed_at IS NULL)", name="signed_at"),
        CheckConstraint("(status = 'issued') = (issued_at IS NOT NULL)", name="issued_at"),
        CheckConstraint("(status = 'issued') = (file_id IS NOT NULL)", name="file"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    year: Mapped[int]
    number: Mapped[int | None]
    status: Mapped[MinutesStatus] = mapped_column(choice(MinutesStatus), default=MinutesStatus.DRAFT, index=True)
    opening: Mapped[str] = mapped_column(Words(4000), default="")
    opening_edited: Mapped[bool] = mapped_column(default=False)
    compiled_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]  # when the convenor was last asked to sign (报请签发)
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    version: Mapped[int] = mapped_column(default=1)
    meeting: Mapped[Meeting] = relationship()
    signed_by: Mapped[Person | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    parts: Mapped[list["MinutesPart"]] = relationship(
        back_populates="minutes", order_by="MinutesPart.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The mechanism's; members read them once issued."""
        return Scope(mechanism_id=self.mechanism_id)

    @property
    def label(self) -> str:
        """〔2026〕3号 once signed, else 未编号."""
        return f"〔{self.year}〕{self.number}号" if self.number else "未编号"

    @property
    def is_open(self) -> bool:
        """May the text still be changed? Also while it is countersigned: that is how what units ask for gets into it."""
        return self.status in {MinutesStatus.DRAFT, MinutesStatus.COUNTERSIGNING}

    def countersign(self) -> None:
        """发起会签: the draft goes to the units that attended."""
        self._move_to(MinutesStatus.COUNTERSIGNING)

    def sign(self, number: int, by: Person, at: datetime) -> None:
        """签发 by the convenor: the number is given in the same transaction, in the series of the year (China) of signing."""
        self._move_to(MinutesStatus.SIGNED)
        self.year, self.number, self.signed_by, self.signed_at = local_date(at).year, number, by, at

    def issue(self, file: StoredFile, at: datetime) -> None:
        """印发: text and file are locked."""
        self._move_to(MinutesStatus.ISSUED)
        self.file, self.issued_at = file, at


class MinutesPart(Model):
    """The minutes' section of one agenda item. Once edited by hand a re-compile leaves it alone.

    ``frozen`` is what the first compile found out and later ones must not find otherwise: how far the tasks of the meeting before were.
    """

    __table_args__ = (UniqueConstraint("minutes_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"))
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(Line(120))
    body: Mapped[str] = mapped_column(Words(300_000))
    frozen: Mapped[str] = mapped_column(Words(200_000), default="")
    edited: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[Minutes] = relationship(back_populates="parts")
    item: Mapped[AgendaItem] = relationship()

    __mapper_args__ = {"version_id_col": version}


class MinutesReceipt(Model):
    """A member unit's copy of issued minutes: owed at issue, read when somebody of the unit says 已阅."""

    __table_args__ = (UniqueConstraint("minutes_id", "unit_id"), CheckConstraint("(read_at IS NULL) = (read_by_id IS NULL)", name="read"))

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[Minutes] = relationship()
    unit: Mapped[Unit] = relationship()
    read_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The unit that owes the reading."""
        return Scope(self.minutes.mechanism_id, frozenset({self.unit_id}))
