"""自动分派: complaints of a class the office switched on are assigned as suggested, once the suggestion is sure enough. Off by default.

Such a case is no lesson before its unit has received it. What came back is a person's to assign. Callers own the transaction.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from coordination import audit
from coordination.complaints import service
from coordination.complaints.advising import Advised, advisor
from coordination.members.queries import get_subject
from coordination.permissions import SYSTEM, Actor, Permission, require
from models import Complaint, ComplaintKind, ComplaintStatus, FastLane, Subject
from models.calendar import local_date
from models.errors import BadInput, Conflict

AT_ONCE = 200  # cases looked at in one run, those with the nearest day first
LEAST = 50  # percent: below it the likelier answer is that it is another's


def switched_on(session: Session) -> dict[str, Subject]:
    """The classes with 自动分派, by name."""
    query = select(Subject).where(Subject.auto_percent.is_not(None)).order_by(Subject.code)
    return {subject.name: subject for subject in session.scalars(query)}


def switch(session: Session, *, actor: Actor, subject_id: int, percent: int | None, version: int | None, now: datetime) -> Subject:
    """Assign this class by itself from so many percent on, or (None) no more. Conflict when somebody changed the class meanwhile."""
    require(actor, Permission.ROUTING_EDIT)
    audit.queue(session)
    subject = get_subject(session, subject_id)
    if version is not None and version != subject.version:
        raise Conflict(f"他人刚刚改过“{subject.name}”，请核对后再办")
    if percent is not None and not LEAST <= percent <= 100:
        raise BadInput(f"把握应在{LEAST}至100之间")
    subject.auto_percent = percent
    text = f"“{subject.name}”把握{percent}%以上的自动分派" if percent is not None else f"停止自动分派“{subject.name}”"
    audit.record(session, actor=actor, action="routing:auto", subject=subject, at=now, text=text)
    return subject


def sure(session: Session, now: datetime) -> list[int]:
    """Ids of the waiting cases that may go by themselves; the nearest day first."""
    classes = switched_on(session)
    if not classes:
        return []
    asked = select(FastLane.complaint_id)  # 先行和解 goes its own way first, and comes back to a person
    query = select(Complaint).where(Complaint.status == ComplaintStatus.REGISTERED, Complaint.id.not_in(asked))
    query = query.options(selectinload(Complaint.assignments))
    waiting = session.scalars(query.order_by(Complaint.due_on, Complaint.id).limit(AT_ONCE)).all()
    judge = advisor(session, local_date(now))
    return [one.id for one in waiting if _may_go(one, judge.advise(one), classes)]


def assign_alone(session: Session, *, complaint_id: int, now: datetime) -> bool:
    """Assign one as suggested; False when that is no longer so sure."""
    audit.queue(session)
    complaint = session.get(Complaint, complaint_id, populate_existing=True)
    if complaint is None or complaint.status != ComplaintStatus.REGISTERED:
        return False
    advised = advisor(session, local_date(now)).advise(complaint)
    if not _may_go(complaint, advised, switched_on(session)) or advised.unit_id is None:
        return False
    note = f"按职责自动分派，把握{advised.answer.ranked[0].confidence:.0%}"
    service.assign(session, actor=SYSTEM, complaint_id=complaint_id, lead_id=advised.unit_id, note=note, advised=advised, now=now)
    return True


def _may_go(complaint: Complaint, advised: Advised, classes: dict[str, Subject]) -> bool:
    subject = classes.get(advised.subject)
    if subject is None or subject.auto_percent is None or advised.unit_id is None or complaint.kind == ComplaintKind.MIXED:
        return False
    return advised.answer.ranked[0].confidence * 100 >= subject.auto_percent
