"""Meetings (会议), agenda items, guests and the units' replies."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.mechanism import Mechanism
from models.people import Person
from models.scope import Scope
from models.states import Stateful, Status
from models.unit import Unit

if TYPE_CHECKING:
    from models.amendment import Amendment
    from models.decision import Decision
    from models.proposal import Proposal


class MeetingStatus(Status):
    """Where a meeting stands (product.md «Meetings»)."""

    PLANNED = "planned", "筹备中"
    COLLECTING = "collecting", "征集中"
    LIAISON_HELD = "liaison_held", "联络员会已开"
    NOTIFIED = "notified", "已通知"
    IN_SESSION = "in_session", "会中"
    HELD = "held", "已召开"
    POSTPONED = "postponed", "已推迟"
    CANCELLED = "cancelled", "已取消"


class MeetingKind(Status):
    """Regular, or called for a purpose."""

    REGULAR = "regular", "例会"
    EXTRA = "extra", "临时会议"


class Meeting(Stateful, Model):
    """One meeting of one mechanism; ``serial`` counts within mechanism and year. The agenda freezes when the notice is sent.

    ``sequence`` counts what calendars were told of it (RFC 5545): a higher one replaces the entry of a lower one.
    """

    MOVES = {
        MeetingStatus.PLANNED: {MeetingStatus.COLLECTING, MeetingStatus.POSTPONED, MeetingStatus.CANCELLED},
        MeetingStatus.COLLECTING: {MeetingStatus.LIAISON_HELD, MeetingStatus.NOTIFIED, MeetingStatus.POSTPONED, MeetingStatus.CANCELLED},
        MeetingStatus.LIAISON_HELD: {MeetingStatus.NOTIFIED, MeetingStatus.POSTPONED, MeetingStatus.CANCELLED},
        MeetingStatus.NOTIFIED: {MeetingStatus.IN_SESSION, MeetingStatus.POSTPONED, MeetingStatus.CANCELLED},
        MeetingStatus.IN_SESSION: {MeetingStatus.HELD},
        MeetingStatus.HELD: set(),
        MeetingStatus.POSTPONED: {MeetingStatus.COLLECTING, MeetingStatus.CANCELLED},
        MeetingStatus.CANCELLED: set(),
    }
    OPEN_TO_CHANGE = frozenset({MeetingStatus.PLANNED, MeetingStatus.COLLECTING, MeetingStatus.LIAISON_HELD, MeetingStatus.POSTPONED})
    COLLECTS = frozenset({MeetingStatus.COLLECTING, MeetingStatus.LIAISON_HELD})
    PUT_OFF = frozenset({MeetingStatus.POSTPONED, MeetingStatus.CANCELLED})

    __table_args__ = (
        UniqueConstraint("mechanism_id", "year", "serial"),
        CheckConstraint("(status IN ('postponed', 'cancelled')) = (reason <> '')", name="reason"),
        CheckConstraint("status NOT IN ('notified', 'in_session', 'held') OR notified_at IS NOT NULL", name="notified_at"),
        CheckConstraint("(status = 'held') = (held_at IS NOT NULL)", name="held_at"),
        Index("ix_meeting_mechanism_id_starts_at", "mechanism_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    year: Mapped[int]
    serial: Mapped[int]
    title: Mapped[str] = mapped_column(Line(120))
    kind: Mapped[MeetingKind] = mapped_column(choice(MeetingKind), default=MeetingKind.REGULAR)
    status: Mapped[MeetingStatus] = mapped_column(choice(MeetingStatus), default=MeetingStatus.PLANNED, index=True)
    starts_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(Line(120))
    chair: Mapped[str] = mapped_column(Line(60), default="")
    proposals_due_on: Mapped[date]
    sequence: Mapped[int] = mapped_column(default=0)
    liaison_chair: Mapped[str] = mapped_column(Line(60), default="")
    reason: Mapped[str] = mapped_column(Line(500), default="")
    announced_at: Mapped[datetime | None]
    liaison_held_at: Mapped[datetime | None]
    notified_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    mechanism: Mapped[Mechanism] = relationship()
    items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="meeting", order_by="AgendaItem.position, AgendaItem.id", cascade="all, delete-orphan"
    )
    replies: Mapped[list["Reply"]] = relationship(back_populates="meeting", order_by="Reply.id", cascade="all, delete-orphan")
    amendments: Mapped[list["Amendment"]] = relationship(back_populates="meeting", order_by="Amendment.number")
    guests: Mapped[list["Guest"]] = relationship(back_populates="meeting", order_by="Guest.id", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """Shared with all members of its mechanism."""
        return Scope(mechanism_id=self.mechanism_id)

    @property
    def name(self) -> str:
        """2026年第2次会议 of its mechanism, as people call it."""
        return f"{self.year}年第{self.serial}次{self.mechanism.short_name}"

    @property
    def agenda_is_open(self) -> bool:
        """May the agenda still be changed? Not once the notice is sent."""
        return self.status in self.OPEN_TO_CHANGE

    @hybrid_property
    def is_shared(self) -> bool:
        """Do the members know of it? From the collecting of proposals on, for good; one put off before that stays with the office."""
        return self.status != MeetingStatus.PLANNED and (self.status not in self.PUT_OFF or self.announced_at is not None)

    @is_shared.inplace.expression
    @classmethod
    def _is_shared(cls) -> Any:
        return (cls.status != MeetingStatus.PLANNED) & (cls.status.not_in(cls.PUT_OFF) | cls.announced_at.is_not(None))

    def collect(self, at: datetime) -> None:
        """征集: members may hand in proposals. Also how a postponed meeting starts again."""
        self._move_to(MeetingStatus.COLLECTING)
        self.reason, self.announced_at, self.liaison_held_at, self.notified_at = "", at, None, None

    def hold_liaison_meeting(self, at: datetime, chair: str = "") -> None:
        """The liaison meeting has settled what goes on the agenda (S4 工作规则)."""
        self._move_to(MeetingStatus.LIAISON_HELD)
        self.liaison_held_at, self.liaison_chair = at, chair

    def notify(self, at: datetime) -> None:
        """The notice goes out; the agenda is frozen."""
        self._move_to(MeetingStatus.NOTIFIED)
        self.notified_at = at

    def open(self, at: datetime) -> None:
        """The meeting begins."""
        self._move_to(MeetingStatus.IN_SESSION)
        self.opened_at = at

    def end(self, at: datetime) -> None:
        """The meeting is over."""
        self._move_to(MeetingStatus.HELD)
        self.held_at = at

    def postpone(self, reason: str) -> None:
        """推迟, with the reason members read."""
        self._move_to(MeetingStatus.POSTPONED)
        self.reason = reason

    def cancel(self, reason: str) -> None:
        """取消, with the reason members read."""
        self._move_to(MeetingStatus.CANCELLED)
        self.reason = reason


class ItemKind(Status):
    """Why an item is on the agenda."""

    REVIEW = "review", "上次会议议定事项落实情况"
    APPROVAL = "approval", "审议纪要"
    PROPOSAL = "proposal", "议题"
    OTHER = "other", "其他事项"


class ItemOutcome(Status):
    """What the meeting made of an item."""

    PENDING = "pending", "未议"
    DECIDED = "decided", "议定"
    NOTED = "noted", "已通报"
    CARRIED_OVER = "carried_over", "下次再议"


class AgendaItem(Model):
    """One item of one meeting: what is planned, and what was said.

    ``text_version`` counts the changes of the discussion alone, so that two recorders are in conflict only over its text.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int]
    kind: Mapped[ItemKind] = mapped_column(choice(ItemKind))
    title: Mapped[str] = mapped_column(Line(120))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), index=True)
    presenter_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    minutes_planned: Mapped[int] = mapped_column(default=10)
    discussion: Mapped[str] = mapped_column(Words(), default="")
    text_version: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[ItemOutcome] = mapped_column(choice(ItemOutcome), default=ItemOutcome.PENDING)
    is_confidential: Mapped[bool] = mapped_column(default=False)  # left out of what units get that did not attend
    version: Mapped[int] = mapped_column(default=1)
    meeting: Mapped[Meeting] = relationship(back_populates="items")
    proposal: Mapped["Proposal | None"] = relationship()
    presenter: Mapped[Unit | None] = relationship()
    heard: Mapped[list[Unit]] = relationship(secondary="item_heard", order_by="Unit.position, Unit.id")
    away: Mapped[list[Unit]] = relationship(secondary="item_away", order_by="Unit.position, Unit.id")
    units: Mapped[list[Unit]] = relationship(secondary="agenda_item_unit", order_by=Unit.position)
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="item", order_by="Decision.position, Decision.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_system(self) -> bool:
        """Made by the system and always first; the office neither moves nor removes it."""
        return self.kind in {ItemKind.REVIEW, ItemKind.APPROVAL}

    def write(self, discussion: str) -> None:
        """讨论情况 as it reads now; whoever holds the text as it was before is behind."""
        if discussion != self.discussion:
            self.discussion = discussion
            self.text_version += 1


class ItemHeard(Model):
    """A unit that spoke to an item (发言单位), so that the minutes can say that it was heard (S3 第四章第十六条)."""

    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)


class AgendaItemUnit(Model):
    """A unit that attends for one item (参加单位); an item without any is for all."""

    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)


class ItemAway(Model):
    """A unit that came to the meeting and was not there for this item (本项未到会)."""

    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)


class Answer(Status):
    """What a unit answers to the notice. The reply is owed by the unit, not by a person."""

    ATTEND = "attend", "参加"
    STAND_IN = "stand_in", "代会"
    LEAVE = "leave", "请假"


class Presence(Status):
    """Who was there on the day."""

    PRESENT = "present", "出席"
    LATE = "late", "迟到"
    ABSENT = "absent", "缺席"


class Reply(Model):
    """One invited unit of one meeting: the row is made with the notice, the answer follows."""

    __table_args__ = (
        UniqueConstraint("meeting_id", "unit_id"),
        CheckConstraint("answer IS NULL OR answer <> 'leave' OR reason <> ''", name="reason"),
        CheckConstraint("(answer IS NULL) = (replied_at IS NULL)", name="replied_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    answer: Mapped[Answer | None] = mapped_column(choice(Answer))
    person_name: Mapped[str] = mapped_column(Line(40), default="")
    person_post: Mapped[str] = mapped_column(Line(60), default="")
    reason: Mapped[str] = mapped_column(Line(500), default="")
    replied_at: Mapped[datetime | None]
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    presence: Mapped[Presence | None] = mapped_column(choice(Presence))
    arrived_at: Mapped[datetime | None]  # when somebody of the unit signed in by the code at the venue
    version: Mapped[int] = mapped_column(default=1)
    meeting: Mapped[Meeting] = relationship(back_populates="replies")
    unit: Mapped[Unit] = relationship()
    replied_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The unit that owes the reply."""
        return Scope(self.meeting.mechanism_id, frozenset({self.unit_id}))

    @property
    def was_there(self) -> bool:
        """Did the unit attend? Late counts; not before the meeting."""
        return self.presence in {Presence.PRESENT, Presence.LATE}

    def respond(self, answer: Answer, *, name: str, post: str, reason: str, by_id: int | None, at: datetime) -> None:
        """The unit answers, or answers anew; a reason belongs to 请假 alone, a name to who comes."""
        comes = answer != Answer.LEAVE
        self.answer, self.replied_by_id, self.replied_at = answer, by_id, at
        self.person_name, self.person_post = (name, post) if comes else ("", "")
        self.reason = "" if comes else reason

    def ask_again(self) -> None:
        """The notice goes out anew: what was answered to the old one no longer counts."""
        self.answer = self.replied_at = self.replied_by_id = self.presence = self.arrived_at = None
        self.person_name = self.person_post = self.reason = ""


class Guest(Model):
    """Somebody invited to sit in (列席)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    name: Mapped[str] = mapped_column(Line(40))
    body: Mapped[str] = mapped_column(Line(120))
    post: Mapped[str] = mapped_column(Line(60), default="")
    meeting: Mapped[Meeting] = relationship(back_populates="guests")
