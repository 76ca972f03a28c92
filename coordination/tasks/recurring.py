"""Recurring duties (常态化任务): kept by the office; the scheduler makes one task of each for every period, once.

Callers own the transaction.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from coordination import audit
from coordination.notices import full_day
from coordination.permissions import SYSTEM, Actor, Permission, require
from coordination.tasks import queries, service
from models import Cadence, Mechanism, RecurringDuty, Task
from models.calendar import local_date
from models.errors import BadInput, IllegalMove, NotFound
from models.scope import Scope


def add(
    session: Session,
    *,
    actor: Actor,
    mechanism_id: int,
    source: str,
    title: str,
    text: str,
    deliverable: str,
    lead_id: int,
    co_ids: Iterable[int],
    cadence: Cadence,
    from_on: date,
    to_on: date | None,
    now: datetime,
) -> RecurringDuty:
    """A duty that comes round from ``from_on`` on. BadInput for units that cannot take it, and for an end before the beginning."""
    require(actor, Permission.TASK_SUPERVISE, Scope(mechanism_id))
    mechanism = session.get(Mechanism, mechanism_id)
    if mechanism is None:
        raise NotFound("没有这个联席会议机制")
    if to_on is not None and to_on < from_on:
        raise BadInput("截止日期不能早于开始日期")
    if from_on < local_date(now).replace(day=1):
        raise BadInput("开始日期不能早于本月，已过的时期不再补下任务")
    lead, *helpers = service.units(session, [lead_id, *co_ids], local_date(now))
    made = RecurringDuty(
        mechanism=mechanism,
        source=source,
        title=title,
        text=text,
        deliverable=deliverable,
        lead=lead,
        co_units=[unit for unit in helpers if unit.id != lead.id],
        cadence=cadence,
        from_on=from_on,
        to_on=to_on,
        made_at=now,
    )
    session.add(made)
    session.flush()
    said = f"设常态化任务“{title}”，{cadence.label}一次，牵头{lead.short_name}，自{full_day(from_on)}起"
    audit.record(session, actor=actor, action="recurring:add", subject=made, at=now, text=said)
    return made


def stop(session: Session, *, actor: Actor, recurring_id: int, to_on: date, now: datetime) -> RecurringDuty:
    """It comes round no more after that day; the tasks made of it stay."""
    duty = get_duty(session, actor, recurring_id)
    require(actor, Permission.TASK_SUPERVISE, duty.scope)
    if duty.to_on is not None and duty.to_on < local_date(now):
        raise IllegalMove("这项常态化任务已停止")
    if to_on < duty.from_on:
        raise BadInput("停止日期不能早于开始日期")
    duty.to_on = to_on
    audit.record(session, actor=actor, action="recurring:stop", subject=duty, at=now, text=f"“{duty.title}”{full_day(to_on)}后不再下达")
    return duty


def get_duty(session: Session, actor: Actor, recurring_id: int) -> RecurringDuty:
    """The duty, if this person oversees its mechanism; otherwise NotFound."""
    duty = session.get(RecurringDuty, recurring_id) if 0 < recurring_id <= queries.LARGEST_ID else None
    overseen = actor.oversees(Permission.TASK_SUPERVISE)
    if duty is None or (overseen is not None and duty.mechanism_id not in overseen):
        raise NotFound("没有这项常态化任务")
    return duty


def listed(session: Session, actor: Actor, *, after: int = 0, limit: int = 31) -> list[RecurringDuty]:
    """The duties of the mechanisms overseen, in the order they were made, behind ``after``."""
    overseen = actor.oversees(Permission.TASK_SUPERVISE)
    query = select(RecurringDuty).where(RecurringDuty.id > after).order_by(RecurringDuty.id).limit(limit)
    if overseen is not None:
        query = query.where(RecurringDuty.mechanism_id.in_(overseen))
    options = (joinedload(RecurringDuty.lead), joinedload(RecurringDuty.mechanism), selectinload(RecurringDuty.co_units))
    return list(session.scalars(query.options(*options)))


def due(session: Session, today: date) -> list[int]:
    """Ids of the duties whose task for the present period is not made yet."""
    query = select(RecurringDuty).where(RecurringDuty.from_on <= today)
    duties = [duty for duty in session.scalars(query.order_by(RecurringDuty.id)) if duty.in_force(today)]
    query_of_made = select(Task.recurring_id, Task.period_on).where(Task.recurring_id.in_([duty.id for duty in duties]))
    made = {(duty_id, first) for duty_id, first in session.execute(query_of_made)}
    return [duty.id for duty in duties if (duty.id, duty.period(today)[0]) not in made]


def make_task(session: Session, *, recurring_id: int, now: datetime) -> bool:
    """The task of the present period, due on its last day; False when it is there, or the duty has ended."""
    duty = session.get_one(RecurringDuty, recurring_id, populate_existing=True)
    today = local_date(now)
    first, last = duty.period(today)
    exists = select(Task.id).where(Task.recurring_id == duty.id, Task.period_on == first)
    if not duty.in_force(today) or session.scalar(exists) is not None:
        return False
    try:
        with session.begin_nested():
            service.create(
                session,
                actor=SYSTEM,
                mechanism_id=duty.mechanism_id,
                title=duty.name_of(first),
                text=duty.text,
                deliverable=duty.deliverable,
                lead_id=duty.lead.heir(today).id,
                co_ids=[unit.heir(today).id for unit in duty.co_units],
                due_on=last,
                source=duty.source or "常态化任务",
                now=now,
                recurring=(duty.id, first),
            )
    except IntegrityError:  # another process made it a moment ago
        return False
    return True
