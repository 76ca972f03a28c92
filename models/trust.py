"""Trust events (失信信息): what official lists, penalties, complaints and samples say of a business, and proposals of removal."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.business import Business
from models.errors import IllegalMove
from models.people import Person
from models.registry import Recognition
from models.scheme import Ground
from models.scope import Scope
from models.states import Stateful, Status


class EventSource(Status):
    """Where a trust event was learned from."""

    OFFICIAL_LIST = "official_list", "官方名单"
    ENTERED = "entered", "人工录入"
    PROMISE = "promise", "承诺核查"
    RECTIFICATION = "rectification", "整改核查"
    COMPLAINT = "complaint", "投诉处理"
    SAMPLING = "sampling", "抽查检验"


class MatchedBy(Status):
    """How the event was brought together with a business."""

    CODE = "code", "统一社会信用代码一致"
    NAME = "name", "仅名称一致"
    PERSON = "person", "人工匹配"
    NONE = "none", "未匹配"


class TrustEvent(Model):
    """One fact that speaks against a business. Never deleted: it is reversed (撤销) or repaired (信用修复、移出名单), with day and paper.

    ``counts_until``: the last day it counts; None: until it is reversed or repaired. ``fingerprint`` makes the same line of two lists one
    event. ``raw`` is the row as imported.
    """

    __table_args__ = (
        CheckConstraint("(matched_by = 'none') = (business_id IS NULL)", name="matched_by"),
        CheckConstraint("counts_until IS NULL OR counts_until >= happened_on", name="counts_until"),
        CheckConstraint("reversed_on IS NULL OR remark <> ''", name="reversed_on"),
        CheckConstraint("repaired_on IS NULL OR remark <> ''", name="repaired_on"),
        CheckConstraint("source <> 'official_list' OR document_no <> '' OR authority <> ''", name="official"),
        Index("ix_trust_event_business_id", "business_id", "id"),
        Index("ix_trust_event_uscc", "uscc"),
        Index("ix_trust_event_plain_name", "plain_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    business_id: Mapped[int | None] = mapped_column(ForeignKey("business.id"))
    uscc: Mapped[str | None] = mapped_column(Line(18))
    name: Mapped[str] = mapped_column(Line(120))
    plain_name: Mapped[str] = mapped_column(Line(120))
    matched_by: Mapped[MatchedBy] = mapped_column(choice(MatchedBy), default=MatchedBy.NONE)
    ground_id: Mapped[int] = mapped_column(ForeignKey("ground.id"), index=True)
    source: Mapped[EventSource] = mapped_column(choice(EventSource))
    authority: Mapped[str] = mapped_column(Line(120), default="")
    document_no: Mapped[str] = mapped_column(Line(120), default="")
    text: Mapped[str] = mapped_column(Words(4000), default="")
    happened_on: Mapped[date]
    counts_until: Mapped[date | None]
    fingerprint: Mapped[str] = mapped_column(Line(64), unique=True)
    raw: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    received_at: Mapped[datetime]
    reversed_on: Mapped[date | None]
    repaired_on: Mapped[date | None]
    remark: Mapped[str] = mapped_column(Line(500), default="")
    version: Mapped[int] = mapped_column(default=1)
    business: Mapped[Business | None] = relationship()
    ground: Mapped[Ground] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @hybrid_method
    def counts(self, on: date) -> bool:
        """Does it still speak against the business on that day?"""
        ended = self.reversed_on is not None or self.repaired_on is not None
        return not ended and self.happened_on <= on and (self.counts_until is None or on <= self.counts_until)

    @counts.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _counts(cls, on: date) -> Any:
        lasts = cls.counts_until.is_(None) | (cls.counts_until >= on)
        return cls.reversed_on.is_(None) & cls.repaired_on.is_(None) & (cls.happened_on <= on) & lasts

    def reverse(self, on: date, remark: str) -> None:
        """撤销: it should never have been said. IllegalMove when it has ended already."""
        self._still_stands()
        self.reversed_on, self.remark = on, remark

    def repair(self, on: date, remark: str) -> None:
        """信用修复 or 移出名单. IllegalMove when it has ended already."""
        self._still_stands()
        self.repaired_on, self.remark = on, remark

    def match(self, business: Business, by: MatchedBy) -> None:
        """Say whose it is."""
        self.business, self.matched_by = business, by

    def _still_stands(self) -> None:
        if self.ended_word:
            raise IllegalMove(f"这条失信信息{self.ended_word}（{self.remark}），不必再办")

    @property
    def is_certain(self) -> bool:
        """An official list that names all 18 characters of the code: nobody has to judge whether it is the same business."""
        return self.source == EventSource.OFFICIAL_LIST and self.matched_by == MatchedBy.CODE

    @property
    def origin(self) -> str:
        """Where it stands written: the paper's number, else who says so."""
        return self.document_no or self.authority or self.source.label

    @property
    def ended_word(self) -> str:
        """撤销 or 修复, empty while it stands."""
        return "已撤销" if self.reversed_on else "已修复" if self.repaired_on else ""


class RemovalProposalStatus(Status):
    """Where a proposal of removal stands."""

    PENDING = "pending", "待确认"
    CONFIRMED = "confirmed", "已确认移出"
    REJECTED = "rejected", "不予移出"
    LAPSED = "lapsed", "不再需要"


class RemovalProposal(Stateful, Model):
    """移出建议: one person confirms or rejects it with a reason. Unanswered it climbs: ``rung`` steps so far, the next after ``due_on``."""

    MOVES = {
        RemovalProposalStatus.PENDING: {RemovalProposalStatus.CONFIRMED, RemovalProposalStatus.REJECTED, RemovalProposalStatus.LAPSED},
        RemovalProposalStatus.CONFIRMED: set(),
        RemovalProposalStatus.REJECTED: set(),
        RemovalProposalStatus.LAPSED: set(),
    }

    __table_args__ = (
        UniqueConstraint("recognition_id", "event_id"),
        CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("status = 'pending' OR reason <> ''", name="reason"),
        Index("ix_removal_proposal_status_due_on", "status", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognition.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("trust_event.id"), index=True)
    status: Mapped[RemovalProposalStatus] = mapped_column(choice(RemovalProposalStatus), default=RemovalProposalStatus.PENDING)
    why: Mapped[str] = mapped_column(Line(300))
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    rung: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Line(500), default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    recognition: Mapped[Recognition] = relationship()
    event: Mapped[TrustEvent] = relationship()
    decided_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The scheme's mechanism: its office decides."""
        return Scope(self.recognition.category.scheme.mechanism_id)

    def confirm(self, at: datetime, reason: str, person_id: int | None) -> None:
        """确认移出; the removal itself is coordination/registry/removal.py's."""
        self._decide(RemovalProposalStatus.CONFIRMED, at, reason, person_id)

    def reject(self, at: datetime, reason: str, person_id: int | None) -> None:
        """不予移出, with the reason."""
        self._decide(RemovalProposalStatus.REJECTED, at, reason, person_id)

    def lapse(self, at: datetime, reason: str) -> None:
        """It has no object any more: the unit has left the list, or the event has fallen."""
        self._decide(RemovalProposalStatus.LAPSED, at, reason, None)

    def _decide(self, target: RemovalProposalStatus, at: datetime, reason: str, person_id: int | None) -> None:
        self._move_to(target)
        self.decided_at, self.reason, self.decided_by_id = at, reason, person_id
