"""Complaints as they are read. Each query says for whom: the router all, a unit those it has, and nobody else an informant's."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from coordination.complaints.clocks import Card, Facts, Pause, cards
from coordination.permissions import Actor, Permission, can
from coordination.settings.queries import MOST_ID, calendar, rule_in_force
from models import Assignment, Complaint, ComplaintStatus, LimitUnit, Proposal, Rule
from models.calendar import deadline, local_date
from models.errors import CalendarMissing, NotFound

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
    """The cases this person may see: the router, the office and the auditor all of them, a unit those it has."""
    if not can(actor, Permission.COMPLAINT_READ):
        return false()
    if sees_all(actor):
        return true()
    return Complaint.id.in_(select(Assignment.complaint_id).where(Assignment.unit_id.in_(actor.unit_ids), Assignment.returned_at.is_(None)))


def proposals_of(session: Session, complaint: Complaint) -> list[Proposal]:
    """The agenda proposals posted from a dispute about this case, oldest first."""
    query = select(Proposal).where(Proposal.source == f"complaint:{complaint.id}").options(joinedload(Proposal.mechanism))
    return list(session.scalars(query.order_by(Proposal.id)))


def sees_all(actor: Actor) -> bool:
    """Does this person see every case? A complaint belongs to no mechanism: whoever oversees one sees them all, masked."""
    return actor.oversees(Permission.COMPLAINT_READ) != frozenset()


def due_before(session: Session, code: str, today: date, *, otherwise: int) -> date:
    """What began before this day should be done by now by the rule ``code``; ``otherwise``: working days where the office keeps none."""
    try:
        rule = rule_in_force(session, code, today)
        days, is_working = rule.limit, rule.unit == LimitUnit.WORKING
    except NotFound:
        days, is_working = otherwise, True
    try:
        return calendar(session).shift(today, -days) if is_working and days else today - timedelta(days=days)
    except CalendarMissing:
        return today - timedelta(days=days + 3)


def routing_card(session: Session, complaint: Complaint) -> Card | None:
    """The router's own clock: from receipt to the first assignment; None where the day of receipt or the rule is not known."""
    if complaint.received_on is None:
        return None
    try:
        rule = rule_in_force(session, "ROUTE", complaint.received_on)
    except NotFound:
        return None
    working = calendar(session)
    found = deadline(complaint.received_on, rule.limit, rule.unit.value, working)
    done = min((local_date(one.assigned_at) for one in complaint.assignments), default=_left_on(complaint))
    card = Card(rule.code, rule.title, rule.clause, rule.words, complaint.received_on, found.due, done, calendar=working.version)
    return replace(card, provisional=found.provisional, steps=found.steps)


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
    """What the clocks rest on; those of a duplicate are answered by the first's results."""
    if complaint.received_on is None:
        return None
    answered = complaint.duplicate_of or complaint
    return Facts(
        kind=complaint.kind,
        received_on=complaint.received_on,
        channel=complaint.channel,
        sector=complaint.sector,
        is_small=complaint.is_small,
        is_named=bool(complaint.phone_hash),
        decided_on=answered.decided_on,
        accepted_on=answered.accepted_on,
        ended_on=answered.ended_on or (answered.decided_on if answered.refusal else None),
        terminated_on=answered.ended_on if answered.termination else None,
        told_on=answered.told_on,
        clue_on=complaint.clue_on,
        verdict_on=answered.verdict_on,
        report_extended=answered.report_extended,
        informed_on=answered.informed_on,
        answered_on=answered.answered_on,
        restarted_on=complaint.restarted_on,
        left_on=_left_on(answered),
        pauses=tuple(Pause(one.since, one.until) for one in answered.appraisals),
    )


def _left_on(complaint: Complaint) -> date | None:
    """The day nothing more was owed: withdrawn, handed over with the complainant told, or closed."""
    if complaint.closed_at is not None:
        return local_date(complaint.closed_at)
    if complaint.status == ComplaintStatus.WITHDRAWN:
        return complaint.ended_on
    if complaint.status == ComplaintStatus.TRANSFERRED and complaint.transfers:
        return complaint.transfers[-1].told_on
    return None
