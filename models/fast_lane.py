"""The fast lane (先行和解、绿色通道): a complaint goes to a recognised unit first, through a link of its own, with a clock of its own."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.complaint import Complaint
from models.registry import Recognition
from models.states import Stateful, Status


class LaneStatus(Status):
    """Where it stands. Whatever ends it but an agreement leads back to the normal way."""

    OFFERED = "offered", "待经营者和解"
    SETTLED = "settled", "待投诉人确认"
    CONFIRMED = "confirmed", "已和解"
    DECLINED = "declined", "经营者未和解"
    REJECTED = "rejected", "投诉人不认可"
    EXPIRED = "expired", "逾期未答复"


_L = LaneStatus


class FastLane(Stateful, Model):
    """One offer to one unit. Only the hash of its link is kept. ``shares_contact``: the complainant lets the unit call."""

    MOVES = {
        _L.OFFERED: {_L.SETTLED, _L.DECLINED, _L.EXPIRED},
        _L.SETTLED: {_L.CONFIRMED, _L.REJECTED, _L.EXPIRED},
        _L.CONFIRMED: set(),
        _L.DECLINED: set(),
        _L.REJECTED: set(),
        _L.EXPIRED: set(),
    }
    OPEN = frozenset({_L.OFFERED, _L.SETTLED})

    __table_args__ = (
        CheckConstraint("status NOT IN ('settled', 'confirmed', 'declined', 'rejected') OR answered_at IS NOT NULL", name="answered_at"),
        Index("ix_fast_lane_status_due_on", "status", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), unique=True)
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognition.id"), index=True)
    status: Mapped[LaneStatus] = mapped_column(choice(LaneStatus), default=LaneStatus.OFFERED)
    token_hash: Mapped[str] = mapped_column(Line(64), unique=True)
    shares_contact: Mapped[bool] = mapped_column(default=False)
    offered_at: Mapped[datetime]
    due_on: Mapped[date]
    derivation: Mapped[str] = mapped_column(Words(2000), default="")
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Words(4000), default="")
    ended_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Line(500), default="")
    version: Mapped[int] = mapped_column(default=1)
    complaint: Mapped[Complaint] = relationship()
    recognition: Mapped[Recognition] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def settle(self, at: datetime, answer: str) -> None:
        """The unit says that it has settled the matter."""
        self._move_to(_L.SETTLED)
        self.answered_at, self.answer = at, answer

    def decline(self, at: datetime, answer: str) -> None:
        """The unit does not settle it."""
        self._move_to(_L.DECLINED)
        self.answered_at = self.ended_at = at
        self.answer = answer

    def confirm(self, at: datetime, note: str) -> None:
        """The complainant says the same."""
        self._move_to(_L.CONFIRMED)
        self.ended_at, self.note = at, note

    def reject(self, at: datetime, note: str) -> None:
        """The complainant says otherwise."""
        self._move_to(_L.REJECTED)
        self.ended_at, self.note = at, note

    def expire(self, at: datetime) -> None:
        """Its day has passed, or the case has gone the normal way meanwhile."""
        self._move_to(_L.EXPIRED)
        self.ended_at = at
