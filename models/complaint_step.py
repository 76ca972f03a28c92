"""What happens to a complaint beside its states: handed over (移送), called back (回访), handled anew, settled on the spot (现场调处), and
what the centre asks a unit (查询). Such rows are added and completed, never taken away.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.complaint import Complaint, RefusalGround, TerminationGround
from models.people import Person
from models.scope import Scope
from models.states import Status
from models.unit import Unit


class Appraisal(Model):
    """鉴定、检测 of one case: while it lasts the clock of mediation stands still (总局令第121号第二十二条)."""

    __table_args__ = (CheckConstraint("until IS NULL OR until >= since", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    body: Mapped[str] = mapped_column(Line(120))
    since: Mapped[date]
    until: Mapped[date | None]
    finding: Mapped[str] = mapped_column(Words(2000), default="")


class RecipientKind(Status):
    """To whom a case is handed over. Inside the county nothing is handed over: the router assigns."""

    ELSEWHERE = "elsewhere", "县外有权机关"
    POLICE = "police", "公安机关"
    UPPER = "upper", "上级机关"
    OTHER = "other", "其他有权机关"


class Transfer(Model):
    """移送 to a body outside the county's units or to the police, with its paper. ``told_on``: the complainant was told in writing.

    ``refused_on``: the recipient sent it back; the case is then the router's again.
    """

    __table_args__ = (
        CheckConstraint("received_on IS NULL OR received_on >= on_day", name="received_on"),
        CheckConstraint("refused_on IS NULL OR refusal <> ''", name="refused_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    recipient_kind: Mapped[RecipientKind] = mapped_column(choice(RecipientKind))
    recipient: Mapped[str] = mapped_column(Line(120))
    reason: Mapped[str] = mapped_column(Words(2000))
    document_no: Mapped[str] = mapped_column(Line(120))
    on_day: Mapped[date]
    recorded_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_on: Mapped[date | None]
    receipt_no: Mapped[str] = mapped_column(Line(120), default="")
    told_on: Mapped[date | None]
    told_how: Mapped[str] = mapped_column(Line(120), default="")
    refused_on: Mapped[date | None]
    refusal: Mapped[str] = mapped_column(Line(500), default="")
    complaint: Mapped[Complaint] = relationship(back_populates="transfers")
    person: Mapped[Person | None] = relationship()

    @property
    def missing(self) -> str:
        """What is still owed before the case can be closed, in words; empty when nothing is."""
        owed = [word for word, day in (("接收机关签收", self.received_on), ("书面告知投诉人", self.told_on)) if day is None]
        return f"尚未{'、'.join(owed)}" if owed else ""


class CallBack(Model):
    """回访 after closing. Who was not reached said nothing about the rest. ``reopened``: it was handled anew because of it."""

    __table_args__ = (
        CheckConstraint("reached OR (solved IS NULL AND satisfied IS NULL)", name="reached"),
        Index("ix_call_back_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reached: Mapped[bool]
    solved: Mapped[bool | None]
    satisfied: Mapped[bool | None]
    note: Mapped[str] = mapped_column(Words(2000), default="")
    reopened: Mapped[bool] = mapped_column(default=False)
    complaint: Mapped[Complaint] = relationship()
    person: Mapped[Person | None] = relationship()

    @property
    def is_bad(self) -> bool:
        """Did the complainant say that it is not solved, or that he is not satisfied?"""
        return self.solved is False or self.satisfied is False


class HandlingRound(Model):
    """An earlier round of a case handled anew: what had been decided in it, and why it did not stand."""

    DECIDED = (
        "closed_at",
        "decided_on",
        "accepted_on",
        "ended_on",
        "told_on",
        "verdict_on",
        "informed_on",
        "answered_on",
        "transferred_on",
        "refusal",
        "termination",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    reopened_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Words(2000))
    started_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    decided_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    told_on: Mapped[date | None]
    verdict_on: Mapped[date | None]
    informed_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    transferred_on: Mapped[date | None]
    refusal: Mapped[RefusalGround | None] = mapped_column(choice(RefusalGround))
    termination: Mapped[TerminationGround | None] = mapped_column(choice(TerminationGround))
    result: Mapped[str] = mapped_column(Words(4000), default="")
    case_number: Mapped[str] = mapped_column(Line(60), default="")
    was_late: Mapped[bool] = mapped_column(default=False)
    complaint: Mapped[Complaint] = relationship(back_populates="rounds")

    @classmethod
    def of(cls, complaint: Complaint, at: datetime, reason: str) -> "HandlingRound":
        """Everything decided so far in the round that ends now."""
        kept = {name: getattr(complaint, name) for name in (*cls.DECIDED, "result", "case_number", "was_late")}
        return cls(reopened_at=at, reason=reason, started_on=complaint.restarted_on or complaint.received_on, **kept)


class OnSite(Model):
    """现场调处: ordered by the centre or the unit itself; when somebody was there, and what came of it (S4 二(三)1)."""

    __table_args__ = (
        CheckConstraint("finished_at IS NULL OR (arrived_at IS NOT NULL AND result <> '')", name="finished_at"),
        CheckConstraint("arrived_at IS NULL OR arrived_at >= ordered_at", name="arrived_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    ordered_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(Line(200))
    arrived_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(Words(2000), default="")
    complaint: Mapped[Complaint] = relationship()


class Inquiry(Model):
    """消保中心's query to a unit, about a case or a question of its trade (S3 第三章第五条); the unit owes an answer by ``due_on``."""

    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered_at"),
        Index("ix_inquiry_unit_id", "unit_id", "answered_at", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True)
    question: Mapped[str] = mapped_column(Words(4000))
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    answer: Mapped[str] = mapped_column(Words(8000), default="")
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    complaint: Mapped[Complaint | None] = relationship()
    asked_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The unit's that is asked."""
        return Scope(None, frozenset({self.unit_id}))

    def is_overdue(self, today: date) -> bool:
        """Still unanswered after its last day."""
        return self.answered_at is None and today > self.due_on


class DutyShift(Model):
    """值班: who of a unit is on duty from/to, both days included. Several may be."""

    __table_args__ = (CheckConstraint("to_on >= from_on", name="period"), Index("ix_duty_shift_unit_id", "unit_id", "to_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    from_on: Mapped[date]
    to_on: Mapped[date]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(Line(40))
    phone: Mapped[str] = mapped_column(Line(40))
    unit: Mapped[Unit] = relationship()
    person: Mapped[Person | None] = relationship()
