"""Complaints (投诉、举报、咨询): what somebody asked for, whose it is, and what became of it.

What identifies the person who complained is not in these columns: name, phone, id number, address and the text as written lie in
``sealed``, encrypted with a key outside the database. ``text`` is the same text with such facts masked.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.business import Business
from models.complaint_kinds import Channel, ComplaintKind, ComplaintStatus, RefusalGround, Sector, TerminationGround
from models.errors import IllegalMove
from models.people import Person
from models.scope import Scope
from models.states import Stateful
from models.unit import Unit

if TYPE_CHECKING:
    from models.complaint_event import ComplaintEvent
    from models.complaint_step import Appraisal, HandlingRound, Transfer


NO_DAY = date(9999, 12, 31)  # no clock tells a last day: behind all that have one, on both databases alike

_S = ComplaintStatus
_K = ComplaintKind
ON_THE_WAY = frozenset({_S.REGISTERED, _S.ASSIGNED, _S.RECEIVED, _S.RETURNED, _S.DISPUTED, _S.CLOSED, _S.TRANSFERRED})
_LEAVING = {_S.WITHDRAWN, _S.TRANSFERRED, _S.CLOSED}
IN_HAND = frozenset({_S.ASSIGNED, _S.RECEIVED, _S.CHECKING})  # these are closed as duplicates only
TRACKS: dict[ComplaintKind, frozenset[ComplaintStatus]] = {
    _K.COMPLAINT: ON_THE_WAY | {_S.ACCEPTED, _S.REFUSED, _S.MEDIATING, _S.SETTLED, _S.TERMINATED, _S.WITHDRAWN},
    _K.REPORT: ON_THE_WAY | {_S.CHECKING, _S.FILED, _S.NOT_FILED, _S.INFORMED, _S.WITHDRAWN},
    _K.QUERY: ON_THE_WAY | {_S.ANSWERED},
    _K.MIXED: frozenset({_S.REGISTERED}),
}


class Complaint(Stateful, Model):
    """One case. ``number`` is 登记编号 where 12315 gave one, else our own; ``print_`` tells whether an imported row has changed.

    ``received_at`` is when the competent body received it (None: the source does not say, and no clock can be told). ``amount`` is in
    fen (分). ``due_on``: the nearest last day among the clocks (``NO_DAY``: none), kept for the order of queues. What ``said_`` is told by
    the source. ``is_settled``: it ended in an agreement, also once it is closed.
    """

    MOVES = {
        _S.REGISTERED: _LEAVING | {_S.ASSIGNED, _S.ANSWERED},
        _S.ASSIGNED: {_S.RECEIVED, _S.RETURNED, _S.WITHDRAWN, _S.ASSIGNED, _S.CLOSED},
        _S.RECEIVED: _LEAVING | {_S.ACCEPTED, _S.REFUSED, _S.CHECKING, _S.ANSWERED, _S.RETURNED},
        _S.RETURNED: _LEAVING | {_S.ASSIGNED, _S.DISPUTED},
        _S.DISPUTED: {_S.ASSIGNED, _S.WITHDRAWN, _S.TRANSFERRED},
        _S.ACCEPTED: {_S.MEDIATING, _S.SETTLED, _S.TERMINATED, _S.WITHDRAWN},
        _S.REFUSED: {_S.CLOSED},
        _S.MEDIATING: {_S.SETTLED, _S.TERMINATED, _S.WITHDRAWN},
        _S.SETTLED: {_S.CLOSED},
        _S.TERMINATED: {_S.CLOSED, _S.TRANSFERRED},
        _S.WITHDRAWN: {_S.CLOSED},
        _S.CHECKING: _LEAVING | {_S.FILED, _S.NOT_FILED},
        _S.FILED: {_S.INFORMED},
        _S.NOT_FILED: {_S.INFORMED},
        _S.INFORMED: {_S.CLOSED},
        _S.ANSWERED: {_S.CLOSED},
        _S.CLOSED: {_S.RECEIVED, _S.REGISTERED},
        _S.TRANSFERRED: {_S.CLOSED, _S.REGISTERED},
    }

    __table_args__ = (
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("amount IS NULL OR amount >= 0", name="amount"),
        CheckConstraint("(refusal IS NULL) OR decided_on IS NOT NULL", name="refusal"),
        CheckConstraint("status <> 'refused' OR refusal IS NOT NULL", name="refused"),
        CheckConstraint("status <> 'terminated' OR termination IS NOT NULL", name="terminated"),
        CheckConstraint("status NOT IN ('accepted', 'mediating', 'settled', 'terminated') OR accepted_on IS NOT NULL", name="accepted_on"),
        CheckConstraint("status NOT IN ('settled', 'terminated', 'withdrawn') OR ended_on IS NOT NULL", name="ended_on"),
        CheckConstraint("kind <> 'mixed' OR status = 'registered'", name="mixed"),
        CheckConstraint("status <> 'transferred' OR transferred_on IS NOT NULL", name="transferred_on"),
        CheckConstraint("duplicate_of_id IS NULL OR status = 'closed'", name="duplicate_of_id"),
        Index("ix_complaint_status_due_on", "status", "due_on", "id"),
        Index("ix_complaint_received_on", "received_on", "id"),
        Index("ix_complaint_phone_hash", "phone_hash"),
        Index("ix_complaint_business_id", "business_id", "id"),
        Index("ix_complaint_target_name", "target_name"),
        Index("ix_complaint_tell_on", "tell_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Line(60), unique=True)
    kind: Mapped[ComplaintKind] = mapped_column(choice(ComplaintKind))
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    sector: Mapped[Sector] = mapped_column(choice(Sector), default=Sector.MARKET)
    status: Mapped[ComplaintStatus] = mapped_column(choice(ComplaintStatus), default=ComplaintStatus.REGISTERED)
    received_at: Mapped[datetime | None]
    received_on: Mapped[date | None]
    registered_at: Mapped[datetime]
    due_on: Mapped[date] = mapped_column(default=NO_DAY)
    closed_at: Mapped[datetime | None]
    target_name: Mapped[str] = mapped_column(Line(200), default="")
    target_uscc: Mapped[str] = mapped_column(Line(18), default="")
    target_address: Mapped[str] = mapped_column(Line(300), default="")
    business_id: Mapped[int | None] = mapped_column(ForeignKey("business.id"))
    text: Mapped[str] = mapped_column(Words(), default="")
    request: Mapped[str] = mapped_column(Words(2000), default="")
    problem: Mapped[str] = mapped_column(Line(200), default="")
    category: Mapped[str] = mapped_column(Line(200), default="")
    place: Mapped[str] = mapped_column(Line(200), default="")
    amount: Mapped[int | None] = mapped_column(BigInteger)
    consents_to_publication: Mapped[bool | None]
    consents_to_delegation: Mapped[bool | None]
    said_status: Mapped[str] = mapped_column(Line(60), default="")
    said_body: Mapped[str] = mapped_column(Line(200), default="")
    said_section: Mapped[str] = mapped_column(Line(200), default="")
    said_result: Mapped[str] = mapped_column(Words(), default="")
    sealed: Mapped[str] = mapped_column(Words(400_000), default="")
    is_small: Mapped[bool] = mapped_column(default=False)
    is_group: Mapped[bool] = mapped_column(default=False)
    decided_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    told_on: Mapped[date | None]
    clue_on: Mapped[date | None]
    report_extended: Mapped[bool] = mapped_column(default=False)
    verdict_on: Mapped[date | None]
    informed_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    is_settled: Mapped[bool] = mapped_column(default=False)
    refusal: Mapped[RefusalGround | None] = mapped_column(choice(RefusalGround))
    termination: Mapped[TerminationGround | None] = mapped_column(choice(TerminationGround))
    result: Mapped[str] = mapped_column(Words(4000), default="")
    case_number: Mapped[str] = mapped_column(Line(60), default="")
    restarted_on: Mapped[date | None]  # handled anew, or the last of several reports: its clocks start here
    transferred_on: Mapped[date | None]
    was_late: Mapped[bool] = mapped_column(default=False)  # one of its clocks was done after its last day
    tell_on: Mapped[date | None]  # the first day on which its unit is owed a word about a clock
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True)
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True)
    phone_hash: Mapped[str] = mapped_column(Line(64), default="")
    print_: Mapped[str] = mapped_column("print", Line(64), default="")
    version: Mapped[int] = mapped_column(default=1)
    business: Mapped[Business | None] = relationship()
    split_from: Mapped["Complaint | None"] = relationship(foreign_keys=[split_from_id], remote_side=[id])
    duplicate_of: Mapped["Complaint | None"] = relationship(foreign_keys=[duplicate_of_id], remote_side=[id])
    assignments: Mapped[list["Assignment"]] = relationship(back_populates="complaint", order_by="Assignment.id")
    appraisals: Mapped[list["Appraisal"]] = relationship(order_by="Appraisal.id")
    transfers: Mapped[list["Transfer"]] = relationship(back_populates="complaint", order_by="Transfer.id")
    rounds: Mapped[list["HandlingRound"]] = relationship(back_populates="complaint", order_by="HandlingRound.id")
    events: Mapped[list["ComplaintEvent"]] = relationship(back_populates="complaint", order_by="ComplaintEvent.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def last_day(self) -> date | None:
        """The nearest last day among the clocks; None where none tells one."""
        return None if self.due_on == NO_DAY else self.due_on

    def queue_by(self, due_on: date | None) -> None:
        """Keep the nearest last day here and in the queues of the units that have the case; a closed one is in no queue."""
        self.due_on = due_on or NO_DAY
        for one in self.assignments:
            one.queued_on = None if self.status == _S.CLOSED or one.returned_at is not None else self.due_on

    @property
    def current(self) -> list["Assignment"]:
        """Who has it now: every assignment not returned, the lead unit first."""
        return sorted((one for one in self.assignments if one.returned_at is None), key=lambda one: (not one.is_lead, one.id))

    @property
    def lead(self) -> "Assignment | None":
        """The unit that handles it, if it is assigned."""
        return next((one for one in self.current if one.is_lead), None)

    @property
    def scope(self) -> Scope:
        """Whose business it is: the units it is assigned to."""
        return Scope(None, frozenset(one.unit_id for one in self.current))

    @property
    def lead_scope(self) -> Scope:
        """The handling unit's alone; of one not assigned, nobody's unit."""
        return Scope(None, frozenset({self.lead.unit_id if self.lead else 0}))

    @property
    def returns(self) -> list["Assignment"]:
        """The assignments their handling units sent back, oldest first."""
        return [one for one in self.assignments if one.sent_back]

    def assign(self) -> None:
        """分派 to a unit."""
        self._move_to(_S.ASSIGNED)

    def receive(self) -> None:
        """签收 by the unit."""
        self._move_to(_S.RECEIVED)

    def come_back(self) -> None:
        """退回 to the router; a second return by another unit makes a dispute (职责争议)."""
        self._move_to(_S.RETURNED)
        if len({one.unit_id for one in self.returns}) > 1:
            self._move_to(_S.DISPUTED)

    def accept(self, on: date) -> None:
        """受理."""
        self._move_to(_S.ACCEPTED)
        self.decided_on = self.accepted_on = on

    def refuse(self, on: date, ground: RefusalGround, result: str) -> None:
        """不予受理, with its ground."""
        self._move_to(_S.REFUSED)
        self.decided_on, self.refusal, self.result = on, ground, result

    def mediate(self) -> None:
        """组织调解."""
        self._move_to(_S.MEDIATING)

    def settle(self, on: date, result: str) -> None:
        """达成调解."""
        self._move_to(_S.SETTLED)
        self.ended_on, self.result, self.is_settled = on, result, True

    def terminate(self, on: date, ground: TerminationGround, result: str) -> None:
        """终止调解, with its ground; both parties are to be told (``tell``)."""
        self._move_to(_S.TERMINATED)
        self.ended_on, self.termination, self.result = on, ground, result

    def withdraw(self, on: date, reason: str) -> None:
        """投诉人撤回."""
        self._move_to(_S.WITHDRAWN)
        self.ended_on, self.result = on, reason

    def check(self) -> None:
        """核查 a report."""
        self._move_to(_S.CHECKING)

    def decide_report(self, on: date, *, case_number: str, result: str) -> None:
        """立案 under its case number, or 不予立案."""
        self._move_to(_S.FILED if case_number else _S.NOT_FILED)
        self.verdict_on, self.case_number, self.result = on, case_number, result

    def inform(self, on: date) -> None:
        """告知举报人."""
        self._move_to(_S.INFORMED)
        self.informed_on = on

    def answer(self, on: date, result: str) -> None:
        """答复 a query."""
        self._move_to(_S.ANSWERED)
        self.answered_on, self.result = on, result

    def close(self, at: datetime) -> None:
        """办结 what has been handled."""
        if self.status in IN_HAND:
            raise IllegalMove(f"现为“{self.status.label}”，尚未办理，不能办结")
        if self.status == _S.TRANSFERRED and self.transfers[-1].missing:
            raise IllegalMove(f"{self.transfers[-1].missing}，不能办结")
        self._move_to(_S.CLOSED)
        self.closed_at = at

    def transfer(self, on: date) -> None:
        """移送 out of the county or to the police."""
        self._move_to(_S.TRANSFERRED)
        self.transferred_on = on

    def come_home(self) -> None:
        """The recipient sent it back: the router has it again."""
        self._move_to(_S.REGISTERED)
        self.transferred_on = None

    def rest_on(self, first: "Complaint", at: datetime) -> None:
        """Close a duplicate with reference to the first."""
        self._move_to(_S.CLOSED)
        self.closed_at, self.duplicate_of = at, first

    def part_from(self) -> None:
        """No duplicate after all: the router has it again."""
        self._move_to(_S.REGISTERED)
        self.duplicate_of = self.closed_at = None

    def reopen(self, on: date, past: "HandlingRound") -> None:
        """重新办理: the unit has it again (one never assigned: the router), its answer owed anew; ``past`` keeps what was decided."""
        self.rounds.append(past)
        self._move_to(_S.RECEIVED if self.lead else _S.REGISTERED)
        self.restarted_on, self.was_late, self.is_settled = on, False, False
        for name in past.DECIDED:
            setattr(self, name, None)

    def _move_to(self, target: Any) -> None:
        """Change the status along the track of its kind, or IllegalMove."""
        if target not in TRACKS[self.kind]:
            raise IllegalMove(f"{self.kind.label}没有“{target.label}”这一步")
        super()._move_to(target)


class Assignment(Model):
    """One unit's turn with a case: when it was given, taken, and perhaps given back. Never edited away: the trail of a dispute is here.

    ``is_designated``: decided in a dispute, with the paper it rests on; such a unit may not return it. ``queued_on``: the case's nearest
    last day while the unit has it open, for the order of its queue; None once it is closed or given back.
    """

    __table_args__ = (
        CheckConstraint("returned_at IS NULL OR reason <> ''", name="reason"),
        CheckConstraint("NOT is_designated OR document_no <> ''", name="document_no"),
        Index("ix_assignment_queue", "unit_id", "queued_on", "complaint_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    is_lead: Mapped[bool]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Line(500), default="")
    report_by: Mapped[date | None]
    return_by: Mapped[date | None]
    received_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    queued_on: Mapped[date | None]
    sent_back: Mapped[bool] = mapped_column(default=False)  # by the unit itself, not taken away by the router
    reason: Mapped[str] = mapped_column(Line(500), default="")
    believed_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    is_designated: Mapped[bool] = mapped_column(default=False)
    document_no: Mapped[str] = mapped_column(Line(120), default="")
    complaint: Mapped[Complaint] = relationship(back_populates="assignments")
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    believed: Mapped[Unit | None] = relationship(foreign_keys=[believed_id])
    person: Mapped[Person | None] = relationship()

    def answering(self, on: date) -> Unit:
        """Who answers for this turn on that day: the unit itself, or its heir."""
        return self.unit.heir(on)
