"""我的待办 and 已办, derived from what stands in the tables: nothing is marked as done, it is simply no longer so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coordination.desk import office_work, platform_work, unit_work
from coordination.desk.todo import Limits, Todo, in_order
from coordination.permissions import UNIT_ROLES, Actor
from models import AuditEntry, Meeting, Minutes, Person, RoleGrant
from models.calendar import local_date

PAGE = 30
# What a unit owes and any of its people may do; a colleague's other doings are the colleague's own.
UNIT_ACTS = ("reply:answer", "proposal:", "task:accept", "task:report", "minutes:read")
NOT_WORK = ("session:", "account:change_password", "account:set_up_totp", "account:drop_totp")


def todos(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """Everything this person has to do, by due date. A fixed number of queries, however much there is."""
    limits = Limits(session, local_date(now))
    return in_order(
        (
            *unit_work.todos(session, actor, limits),
            *office_work.todos(session, actor, limits),
            *platform_work.todos(session, actor, limits, now),
        )
    )


@dataclass(frozen=True)
class Done:
    """One thing done: when, what, by whom, and where it can be seen (None: nowhere of its own)."""

    at: datetime
    text: str
    who: str
    is_own: bool
    endpoint: str | None
    ids: dict[str, int]


@dataclass(frozen=True)
class DonePage:
    """A stretch of 已办, newest first; ``older`` is the number to go on from, None at the end."""

    rows: list[Done]
    older: int | None


def done(session: Session, actor: Actor, *, before: int | None = None) -> DonePage:
    """What this person did, and what colleagues did of what the unit owes. Three queries."""
    colleagues = [row_id for row_id in _colleagues(session, actor) if row_id != actor.person_id]
    acts = or_(*(AuditEntry.action.startswith(act) for act in UNIT_ACTS))
    idle = or_(*(AuditEntry.action.startswith(act) for act in NOT_WORK))
    mine = (AuditEntry.person_id == actor.person_id) & ~idle
    query = select(AuditEntry).where(or_(mine, AuditEntry.person_id.in_(colleagues) & acts))
    if before is not None:
        query = query.where(AuditEntry.number < before)
    entries = list(session.scalars(query.order_by(AuditEntry.number.desc()).limit(PAGE + 1)))
    more, entries = len(entries) > PAGE, entries[:PAGE]
    places = _places(session, entries)
    rows = [Done(e.at, e.text, e.who, e.person_id == actor.person_id, *places[e.subject]) for e in entries]
    return DonePage(rows, entries[-1].number if more else None)


def _colleagues(session: Session, actor: Actor) -> list[int]:
    """Who else acts for this person's units."""
    if not actor.roles & UNIT_ROLES:
        return []
    query = select(Person.id).join(RoleGrant).where(Person.unit_id.in_(actor.unit_ids), RoleGrant.role.in_(UNIT_ROLES))
    return list(session.scalars(query.distinct()))


PLACES = {
    "meeting": ("meetings.show", "meeting_id"),
    "proposal": ("meetings.proposal", "proposal_id"),
    "task": ("tasks.show", "task_id"),
    "unit": ("members.unit", "unit_id"),
    "mechanism": ("members.mechanism", "mechanism_id"),
}


def _places(session: Session, entries: list[AuditEntry]) -> dict[str, tuple[str | None, dict[str, int]]]:
    """Where each entry's subject is shown; minutes are shown at the address of their meeting, which one query fetches for all."""
    subjects = {entry.subject: entry.subject.partition(":") for entry in entries}
    minutes_ids = [int(key) for kind, _, key in subjects.values() if kind == "minutes" and key.isdigit()]
    query = select(Minutes.id, Meeting.id).join(Minutes.meeting).where(Minutes.id.in_(minutes_ids))
    meetings = {str(minutes_id): meeting_id for minutes_id, meeting_id in session.execute(query)}
    places: dict[str, tuple[str | None, dict[str, int]]] = {}
    for subject, (kind, _, key) in subjects.items():
        endpoint, name = PLACES.get(kind, (None, ""))
        if kind == "minutes" and key in meetings:
            places[subject] = ("meetings.minutes", {"meeting_id": meetings[key]})
        else:
            places[subject] = (endpoint, {name: int(key)}) if endpoint and key.isdigit() else (None, {})
    return places
