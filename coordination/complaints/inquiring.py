"""消保中心's queries to units (S3 第三章第五条第四项): asked, answered, overdue by derivation. Callers own the transaction."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from coordination import audit, notices
from coordination.complaints import queries
from coordination.complaints.telling import written
from coordination.members.queries import get_unit
from coordination.permissions import Actor, Permission, can, require
from coordination.registry.limits import due_day
from coordination.settings.queries import MOST_ID
from coordination.tasks.letters import LIAISONS, people_of
from models import Inquiry
from models.calendar import local_date
from models.errors import BadInput, IllegalMove, NotFound

DAYS = 5  # where the office keeps no rule
PATH = "/complaints/inquiries/{}#do"


def ask(session: Session, *, actor: Actor, unit_id: int, question: str, complaint_id: int | None = None, now: datetime) -> Inquiry:
    """Ask a unit about a case or a question of its trade; it owes an answer by the rule INQUIRY. Of a merged unit its heir is asked."""
    require(actor, Permission.COMPLAINT_ROUTE)
    audit.queue(session)
    today = local_date(now)
    if not 0 < unit_id <= MOST_ID:
        raise NotFound("没有这个单位")
    unit = get_unit(session, unit_id).heir(today)
    if not unit.stands(today):
        raise BadInput(f"{unit.short_name}已不存在，请改选")
    complaint = queries.get_complaint(session, actor, complaint_id) if complaint_id is not None else None
    made = Inquiry(
        unit=unit,
        complaint=complaint,
        question=written(question, "请写明查询的事项"),
        asked_at=now,
        asked_by_id=actor.person_id,
        due_on=due_day(session, "INQUIRY", today, None, DAYS),
    )
    session.add(made)
    session.flush()
    audit.record(session, actor=actor, action="inquiry:ask", subject=made, at=now, text=f"向{unit.short_name}查询")
    _tell(session, made, "complaint_inquiry", people_of(session, [unit], LIAISONS, now), now)
    return made


def answer_query(session: Session, *, actor: Actor, inquiry_id: int, text: str, now: datetime) -> Inquiry:
    """The unit answers, once."""
    audit.queue(session)
    inquiry = get_inquiry(session, actor, inquiry_id)
    require(actor, Permission.COMPLAINT_HANDLE, inquiry.scope)
    if inquiry.answered_at is not None:
        raise IllegalMove("这项查询已经答复")
    inquiry.answer, inquiry.answered_at = written(text, "请写明答复内容"), now
    audit.record(session, actor=actor, action="inquiry:answer", subject=inquiry, at=now, text="答复查询")
    _tell(session, inquiry, "complaint_inquiry_answered", [inquiry.asked_by] if inquiry.asked_by is not None else [], now)
    return inquiry


def get_inquiry(session: Session, actor: Actor, inquiry_id: int) -> Inquiry:
    """The query, for who asks and for the unit asked; otherwise NotFound."""
    found = session.get(Inquiry, inquiry_id, populate_existing=True) if 0 < inquiry_id <= MOST_ID else None
    if found is None or not _sees(actor, found):
        raise NotFound("没有这项查询")
    return found


def unanswered(session: Session, actor: Actor, *, limit: int = queries.PAGE) -> list[Inquiry]:
    """Queries this person's units owe an answer to, or all of them for whoever sees every case; the nearest last day first."""
    query = select(Inquiry).where(Inquiry.answered_at.is_(None), *_seen_by(actor)).options(joinedload(Inquiry.unit))
    return list(session.scalars(query.order_by(Inquiry.due_on, Inquiry.id).limit(limit)))


def answered(session: Session, actor: Actor, *, before: int | None = None, limit: int = queries.PAGE) -> list[Inquiry]:
    """Queries that have their answer, the newest first; ``before``: those with a smaller id."""
    query = select(Inquiry).where(Inquiry.answered_at.is_not(None), *_seen_by(actor)).options(joinedload(Inquiry.unit))
    if before is not None:
        query = query.where(Inquiry.id < before)
    return list(session.scalars(query.order_by(Inquiry.id.desc()).limit(limit)))


def overdue(session: Session, actor: Actor, today: date) -> list[Inquiry]:
    """Those of ``unanswered`` past their last day."""
    return [inquiry for inquiry in unanswered(session, actor) if inquiry.is_overdue(today)]


def _sees(actor: Actor, inquiry: Inquiry) -> bool:
    return queries.sees_all(actor) or can(actor, Permission.COMPLAINT_HANDLE, inquiry.scope)


def _seen_by(actor: Actor) -> list[ColumnElement[bool]]:
    """The same as a condition."""
    return [] if queries.sees_all(actor) else [Inquiry.unit_id.in_(actor.unit_ids)]


def _tell(session: Session, inquiry: Inquiry, kind: str, people: list, now: datetime) -> None:
    title, text = notices.worded(kind, inquiry=inquiry)
    subject, path = audit.subject_of(inquiry), PATH.format(inquiry.id)
    notices.owe(session, kind=kind, subject=subject, people=people, title=title, text=text, now=now, path=path)
