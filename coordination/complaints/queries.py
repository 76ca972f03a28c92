"""Complaints as they are read. Each query says for whom: the router all, a unit those it has, and nobody else an informant's."""

from datetime import date

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true
from sqlalchemy.orm import Session, selectinload

from coordination.complaints.clocks import Card, Facts, Pause, cards
from coordination.permissions import Actor, Permission, can
from coordination.settings.queries import MOST_ID, calendar, rule_in_force
from models import Assignment, Complaint, ComplaintStatus, Rule
from models.errors import NotFound

PAGE = 30
WAITING = frozenset({ComplaintStatus.REGISTERED, ComplaintStatus.RETURNED, ComplaintStatus.DISPUTED})


def get_complaint(session: Session, actor: Actor, complaint_id: int) -> Complaint:
    """The case, if ``actor`` may see it; otherwise NotFound, as if there were none."""
    if not 0 < complaint_id <= MOST_ID:
        raise NotFound("没有这件投诉举报")
    found = session.scalar(
        select(Complaint).where(Complaint.id == complaint_id, seen_by(actor)).options(selectinload(Complaint.assignments))
    )
    if found is None:
        raise NotFound("没有这件投诉举报")
    return found


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The cases this person may see."""
    if not can(actor, Permission.COMPLAINT_READ):
        return false()
    if actor.oversees(Permission.COMPLAINT_READ) is None:
        return true()
    return exists().where(Assignment.complaint_id == Complaint.id, Assignment.unit_id.in_(actor.unit_ids), Assignment.returned_at.is_(None))


def queue(session: Session, *, after: tuple[date | None, int] | None = None, limit: int = PAGE) -> list[Complaint]:
    """What waits for the router, the nearest last day first, those without one at the end; ``after``: the last (due_on, id) shown."""
    return _walked(session, select(Complaint).where(Complaint.status.in_(WAITING)), after, limit)


def work_of(session: Session, actor: Actor, *, after: tuple[date | None, int] | None = None, limit: int = PAGE) -> list[Complaint]:
    """The open cases of this person's units, the nearest last day first."""
    mine = exists().where(Assignment.complaint_id == Complaint.id, Assignment.unit_id.in_(actor.unit_ids), Assignment.returned_at.is_(None))
    return _walked(session, select(Complaint).where(mine, Complaint.status != ComplaintStatus.CLOSED), after, limit)


def clocks(session: Session, complaint: Complaint) -> list[Card]:
    """Every clock of the case, by the rules and the calendar of today; none where the day of receipt is not known."""
    facts = facts_of(complaint)
    if facts is None:
        return []

    def rule_of(code: str, on: date) -> Rule | None:
        try:
            return rule_in_force(session, code, on)
        except NotFound:
            return None

    return cards(facts, rule_of, calendar(session))


def facts_of(complaint: Complaint) -> Facts | None:
    """What the clocks rest on."""
    if complaint.received_on is None:
        return None
    return Facts(
        kind=complaint.kind,
        received_on=complaint.received_on,
        channel=complaint.channel,
        sector=complaint.sector,
        is_small=complaint.is_small,
        is_named=bool(complaint.phone_hash),
        decided_on=complaint.decided_on,
        accepted_on=complaint.accepted_on,
        ended_on=complaint.ended_on or (complaint.decided_on if complaint.refusal else None),
        terminated_on=complaint.ended_on if complaint.termination else None,
        told_on=complaint.told_on,
        clue_on=complaint.clue_on,
        verdict_on=complaint.verdict_on,
        report_extended=complaint.report_extended,
        informed_on=complaint.informed_on,
        answered_on=complaint.answered_on,
        pauses=tuple(Pause(one.since, one.until) for one in complaint.appraisals),
    )


def _walked(session: Session, query: Select[Complaint], after: tuple[date | None, int] | None, limit: int) -> list[Complaint]:
    """One page by the key (due_on, id); no last day sorts as the last day of all, the same on both databases."""
    if after is not None:
        due_on, id_ = after
        later: ColumnElement[bool] = Complaint.due_on.is_(None) & (Complaint.id > id_)
        if due_on is not None:
            later = or_(Complaint.due_on > due_on, (Complaint.due_on == due_on) & (Complaint.id > id_), Complaint.due_on.is_(None))
        query = query.where(later)
    return list(session.scalars(query.order_by(Complaint.due_on.is_(None), Complaint.due_on, Complaint.id).limit(limit)))
