"""Papers of the ladder (督办文书): drafted when a task comes to a rung, approved by a person, numbered, sent and received."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import StoredFile
from models.base import Line, Model, Words, choice
from models.mechanism import Mechanism
from models.people import Person
from models.scope import Scope
from models.states import Stateful, Status
from models.task import Task


class TaskPaperKind(Status):
    """What is written: to the unit, about it to the members, or to the county government."""

    SUPERVISION = "supervision", "督办函"
    CRITICISM = "criticism", "通报批评"
    CIRCULAR = "circular", "情况通报"
    REPORT_UP = "report_up", "报请县政府督查的请示"


class TaskPaperStatus(Status):
    """Where a paper stands: 拟稿→审定→编号→发出→签收."""

    DRAFT = "draft", "待审定"
    SUBMITTED = "submitted", "待召集人批准"
    REFUSED = "refused", "召集人未批准"
    APPROVED = "approved", "已批准，待发出"
    SENT = "sent", "已发出，待签收"
    RECEIVED = "received", "对方已签收"
    DROPPED = "dropped", "不再发出"


_S = TaskPaperStatus


class TaskPaper(Stateful, Model):
    """One paper about one task, drafted for one due date. Its text may be changed until it is approved; then the .docx is stored and kept.

    ``prefix`` (机关代字) and ``serial`` are its number, given at approval: it counts with all that goes out under this prefix in the
    ``year``; where the mechanism has no 机关代字, within the kind. ``reason``: why refused or dropped.
    """

    MOVES = {
        _S.DRAFT: {_S.SUBMITTED, _S.APPROVED, _S.DROPPED},
        _S.SUBMITTED: {_S.APPROVED, _S.REFUSED, _S.DROPPED},
        _S.REFUSED: {_S.SUBMITTED, _S.DROPPED},
        _S.APPROVED: {_S.SENT, _S.DROPPED},
        _S.SENT: {_S.RECEIVED},
        _S.RECEIVED: set(),
        _S.DROPPED: set(),
    }
    OPEN_TO_CHANGE = frozenset({_S.DRAFT, _S.REFUSED})
    NOT_SENT = frozenset({_S.DRAFT, _S.SUBMITTED, _S.REFUSED, _S.APPROVED})
    NUMBERED = frozenset({_S.APPROVED, _S.SENT, _S.RECEIVED})

    __table_args__ = (
        UniqueConstraint("task_id", "kind", "for_on"),
        UniqueConstraint("mechanism_id", "kind", "prefix", "year", "serial"),
        CheckConstraint("status NOT IN ('approved', 'sent', 'received') OR (serial IS NOT NULL AND file_id IS NOT NULL)", name="numbered"),
        CheckConstraint("status NOT IN ('refused', 'dropped') OR reason <> ''", name="reason"),
        CheckConstraint("status NOT IN ('sent', 'received') OR sent_at IS NOT NULL", name="sent_at"),
        CheckConstraint("(status = 'received') = (received_at IS NOT NULL)", name="received_at"),
        Index("ix_task_paper_mechanism_id_status_id", "mechanism_id", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    kind: Mapped[TaskPaperKind] = mapped_column(choice(TaskPaperKind))
    for_on: Mapped[date]
    status: Mapped[TaskPaperStatus] = mapped_column(choice(TaskPaperStatus), default=TaskPaperStatus.DRAFT)
    to: Mapped[str] = mapped_column(Line(200))
    title: Mapped[str] = mapped_column(Line(200))
    text: Mapped[str] = mapped_column(Words(8000))
    drafted_at: Mapped[datetime]
    prefix: Mapped[str] = mapped_column(Line(40), default="")
    year: Mapped[int | None]
    serial: Mapped[int | None]
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    received_by: Mapped[str] = mapped_column(Line(60), default="")
    reason: Mapped[str] = mapped_column(Line(500), default="")
    version: Mapped[int] = mapped_column(default=1)
    mechanism: Mapped[Mechanism] = relationship()
    task: Mapped[Task] = relationship()
    approved_by: Mapped[Person | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """Its mechanism's, and the lead unit's."""
        return Scope(self.mechanism_id, frozenset({self.task.lead_id}))

    @property
    def number(self) -> str:
        """示市监消联函〔2026〕3号 once approved; empty before."""
        return self.number_of(self.prefix, self.year, self.serial) if self.year and self.serial else ""

    @staticmethod
    def number_of(prefix: str, year: int, serial: int) -> str:
        """How such a number is written."""
        return f"{prefix}〔{year}〕{serial}号"

    @property
    def needs_convenor(self) -> bool:
        """A letter to the unit is the office's own to approve; what stands at the top of the ladder is the convenor's."""
        return self.kind != TaskPaperKind.SUPERVISION

    @property
    def goes_to_unit(self) -> bool:
        """Does the lead unit receive it in the platform? A report to the government leaves it on paper."""
        return self.kind != TaskPaperKind.REPORT_UP

    def submit(self) -> None:
        """报请召集人批准."""
        self._move_to(TaskPaperStatus.SUBMITTED)
        self.reason = ""

    def refuse(self, reason: str) -> None:
        """The convenor does not approve it and says why; the office mends it or drops it."""
        self._move_to(TaskPaperStatus.REFUSED)
        self.reason = reason

    def approve(self, prefix: str, year: int, serial: int, by: Person, at: datetime) -> None:
        """批准 under this number; the caller stores the file in the same breath."""
        self._move_to(TaskPaperStatus.APPROVED)
        self.prefix, self.year, self.serial, self.approved_by, self.approved_at = prefix, year, serial, by, at

    def send(self, at: datetime) -> None:
        """发出."""
        self._move_to(TaskPaperStatus.SENT)
        self.sent_at = at

    def receive(self, who: str, at: datetime) -> None:
        """签收 by the other side."""
        self._move_to(TaskPaperStatus.RECEIVED)
        self.received_by, self.received_at = who, at

    def drop(self, reason: str) -> None:
        """不再发出, with the reason; a number it had is not given again."""
        self._move_to(TaskPaperStatus.DROPPED)
        self.reason = reason
