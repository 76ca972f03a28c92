"""Proposals (议题): what a unit asks the joint meeting to discuss, its papers, and what other units think of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import StoredFile
from models.base import Line, Model, Words, choice
from models.errors import IllegalMove
from models.mechanism import Mechanism
from models.meeting import Meeting
from models.people import Person
from models.scope import Scope
from models.states import Stateful, Status
from models.unit import Unit


class ProposalStatus(Status):
    """Where a proposal stands."""

    DRAFT = "draft", "起草中"
    RELEASED = "released", "已审签"
    SUBMITTED = "submitted", "已提交"
    ON_AGENDA = "on_agenda", "已列入议程"
    SETTLED_BEFORE = "settled_before", "会前解决"
    RETURNED = "returned", "已退回"
    DISCUSSED = "discussed", "已讨论"
    DECIDED = "decided", "已议定"
    CARRIED_OVER = "carried_over", "下次再议"


class Proposal(Stateful, Model):
    """What a unit asks the joint meeting to discuss. ``source``: the row it was posted from (``complaint:7``).

    ``urgent_reason``: why it cannot wait (紧急); empty: it can. ``release_asked_at``: since when it lies before the head of the unit;
    ``release_note``: what the head wants changed. A unit of which the head releases hands in nothing else (``Unit.releases_proposals``).
    """

    MOVES = {
        ProposalStatus.DRAFT: {ProposalStatus.RELEASED, ProposalStatus.SUBMITTED},
        ProposalStatus.RELEASED: {ProposalStatus.SUBMITTED, ProposalStatus.DRAFT},
        ProposalStatus.SUBMITTED: {ProposalStatus.ON_AGENDA, ProposalStatus.SETTLED_BEFORE, ProposalStatus.RETURNED},
        ProposalStatus.ON_AGENDA: {ProposalStatus.DISCUSSED, ProposalStatus.SUBMITTED},
        ProposalStatus.SETTLED_BEFORE: set(),
        ProposalStatus.RETURNED: {ProposalStatus.RELEASED, ProposalStatus.SUBMITTED},
        ProposalStatus.DISCUSSED: {ProposalStatus.DECIDED, ProposalStatus.CARRIED_OVER},
        ProposalStatus.DECIDED: set(),
        ProposalStatus.CARRIED_OVER: {ProposalStatus.ON_AGENDA},
    }
    WITH_ITS_UNIT = frozenset({ProposalStatus.DRAFT, ProposalStatus.RETURNED})
    WITH_OFFICE = frozenset({ProposalStatus.SUBMITTED, ProposalStatus.ON_AGENDA, ProposalStatus.CARRIED_OVER})
    ENDED = frozenset({ProposalStatus.SETTLED_BEFORE, ProposalStatus.DECIDED})

    __table_args__ = (
        CheckConstraint("status <> 'returned' OR reason <> ''", name="reason"),
        Index("ix_proposal_mechanism_id_status", "mechanism_id", "status"),
        Index("ix_proposal_source", "source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    title: Mapped[str] = mapped_column(Line(120))
    body: Mapped[str] = mapped_column(Words())
    minutes_wanted: Mapped[int] = mapped_column(default=15)
    status: Mapped[ProposalStatus] = mapped_column(choice(ProposalStatus), default=ProposalStatus.DRAFT)
    reason: Mapped[str] = mapped_column(Line(500), default="")
    is_late: Mapped[bool] = mapped_column(default=False)
    urgent_reason: Mapped[str] = mapped_column(Line(500), default="")
    source: Mapped[str] = mapped_column(Line(60), default="")
    release_asked_at: Mapped[datetime | None]
    release_note: Mapped[str] = mapped_column(Line(500), default="")
    submitted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    mechanism: Mapped[Mechanism] = relationship()
    meeting: Mapped[Meeting | None] = relationship()
    unit: Mapped[Unit] = relationship()
    files: Mapped[list[StoredFile]] = relationship(secondary="proposal_file", order_by=StoredFile.id)

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The proposing unit's, in its mechanism."""
        return Scope(self.mechanism_id, frozenset({self.unit_id}))

    @property
    def is_urgent(self) -> bool:
        """紧急: it cannot wait for the meeting after."""
        return bool(self.urgent_reason)

    @property
    def waits_for_head(self) -> bool:
        """Does it lie before the head of its unit (报请审签)?"""
        return self.release_asked_at is not None and self.status in self.WITH_ITS_UNIT

    def ask_release(self, at: datetime) -> None:
        """报请审签: the draft lies before the head of the unit."""
        if self.status not in self.WITH_ITS_UNIT:
            raise IllegalMove(f"议题现为“{self.status.label}”，不需报请审签")
        self.release_asked_at, self.release_note = at, ""

    def release(self) -> None:
        """审签: the head of the unit lets it go to the office."""
        self._move_to(ProposalStatus.RELEASED)
        self.release_asked_at, self.release_note = None, ""

    def ask_changes(self, note: str) -> None:
        """退回修改: the head of the unit wants it changed first, and says what."""
        if self.status == ProposalStatus.RELEASED:
            self._move_to(ProposalStatus.DRAFT)
        elif not self.waits_for_head:
            raise IllegalMove(f"议题现为“{self.status.label}”，没有报请审签")
        self.release_asked_at, self.release_note = None, note

    def submit(self, at: datetime, *, late: bool) -> None:
        """提交 to the office; ``late`` when the deadline has passed."""
        self._move_to(ProposalStatus.SUBMITTED)
        self.submitted_at, self.is_late, self.reason, self.release_asked_at, self.release_note = at, late, "", None, ""

    def take_up(self) -> None:
        """上会: it is on the agenda."""
        self._move_to(ProposalStatus.ON_AGENDA)

    def take_off(self) -> None:
        """It comes off the agenda again and waits with the office."""
        self._move_to(ProposalStatus.SUBMITTED)

    def settle_before(self, reason: str) -> None:
        """会前解决, with how."""
        self._move_to(ProposalStatus.SETTLED_BEFORE)
        self.reason = reason

    def send_back(self, reason: str) -> None:
        """退回 to the unit, with what is missing."""
        self._move_to(ProposalStatus.RETURNED)
        self.reason = reason

    def conclude(self, *, decided: bool) -> None:
        """The meeting has discussed it: 议定, or 下次再议."""
        self._move_to(ProposalStatus.DISCUSSED)
        self._move_to(ProposalStatus.DECIDED if decided else ProposalStatus.CARRIED_OVER)


class ProposalFile(Model):
    """A paper that belongs to a proposal (附件)."""

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), primary_key=True, index=True)


class Opinion(Model):
    """What a unit was asked to say on another unit's proposal (征求意见), by ``due_on`` (None: no limit is set), and what it said."""

    __table_args__ = (
        UniqueConstraint("proposal_id", "unit_id"),
        CheckConstraint("(text <> '') = (answered_at IS NOT NULL)", name="answered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    question: Mapped[str] = mapped_column(Line(500), default="")
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(Words(4000), default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    proposal: Mapped[Proposal] = relationship()
    unit: Mapped[Unit] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The unit that was asked."""
        return Scope(self.proposal.mechanism_id, frozenset({self.unit_id}))

    def answer(self, text: str, by_id: int | None, at: datetime) -> None:
        """The unit says what it thinks, or says it anew, until the meeting has dealt with the proposal."""
        if self.proposal.status in Proposal.ENDED:
            raise IllegalMove(f"议题现为“{self.proposal.status.label}”，不再征求意见")
        self.text, self.answered_by_id, self.answered_at = text, by_id, at


class LiaisonWord(Status):
    """What the liaison meeting makes of a proposal (product.md «Meetings»)."""

    UP = "up", "上会"
    SETTLED = "settled", "会前解决"
    MORE = "more", "补充材料"
    BACK = "back", "退回"


class LiaisonOutcome(Model):
    """One proposal at one liaison meeting (联络员会议): the outcome, with a word on it."""

    __table_args__ = (UniqueConstraint("meeting_id", "proposal_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    outcome: Mapped[LiaisonWord] = mapped_column(choice(LiaisonWord))
    words: Mapped[str] = mapped_column(Line(500), default="")
    proposal: Mapped[Proposal] = relationship()
