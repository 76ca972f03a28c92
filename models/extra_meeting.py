"""Requests for an extra meeting (提请召开临时会议): a unit asks, the office says what it thinks, the convenor decides; the trail stays."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.mechanism import Mechanism
from models.meeting import Meeting
from models.people import Person
from models.scope import Scope
from models.states import Stateful, Status
from models.unit import Unit


class ExtraRequestStatus(Status):
    """Where a request stands."""

    ASKED = "asked", "待办公室答复"
    ANSWERED = "answered", "待召集人决定"
    AGREED = "agreed", "同意召开"
    REFUSED = "refused", "不召开"


class ExtraRequest(Stateful, Model):
    """A unit asks for a meeting out of turn (S3 第四章第十三条, S4 工作规则).

    ``due_on``: by when the office answers (None: no limit is set). ``office_agrees``, ``office_words``: what the office told the convenor;
    ``decision``: the convenor's words; ``meeting_id``: the meeting that was planned from it.
    """

    MOVES = {
        ExtraRequestStatus.ASKED: {ExtraRequestStatus.ANSWERED},
        ExtraRequestStatus.ANSWERED: {ExtraRequestStatus.AGREED, ExtraRequestStatus.REFUSED},
        ExtraRequestStatus.AGREED: set(),
        ExtraRequestStatus.REFUSED: set(),
    }
    OPEN = frozenset({ExtraRequestStatus.ASKED, ExtraRequestStatus.ANSWERED})

    __table_args__ = (
        CheckConstraint("(status = 'asked') = (answered_at IS NULL)", name="answered_at"),
        CheckConstraint("(status IN ('agreed', 'refused')) = (decided_at IS NOT NULL)", name="decided_at"),
        CheckConstraint("meeting_id IS NULL OR status = 'agreed'", name="meeting_id"),
        Index("ix_extra_request_mechanism_id_status", "mechanism_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    status: Mapped[ExtraRequestStatus] = mapped_column(choice(ExtraRequestStatus), default=ExtraRequestStatus.ASKED)
    title: Mapped[str] = mapped_column(Line(120))
    reason: Mapped[str] = mapped_column(Words(4000))
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    office_agrees: Mapped[bool | None]
    office_words: Mapped[str] = mapped_column(Line(500), default="")
    answered_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(Line(500), default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    mechanism: Mapped[Mechanism] = relationship()
    unit: Mapped[Unit] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    meeting: Mapped[Meeting | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The unit that asks, in its mechanism."""
        return Scope(self.mechanism_id, frozenset({self.unit_id}))

    def answer(self, *, agrees: bool, words: str, at: datetime) -> None:
        """The office says whether it would hold the meeting, and hands the request to the convenor."""
        self._move_to(ExtraRequestStatus.ANSWERED)
        self.office_agrees, self.office_words, self.answered_at = agrees, words, at

    def decide(self, *, agrees: bool, words: str, by_id: int | None, at: datetime) -> None:
        """The convenor decides."""
        self._move_to(ExtraRequestStatus.AGREED if agrees else ExtraRequestStatus.REFUSED)
        self.decision, self.decided_by_id, self.decided_at = words, by_id, at
