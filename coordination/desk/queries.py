"""我的待办 and 已办, derived from what stands in the tables: nothing is marked as done, it is simply no longer so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from coordination.desk import complaint_work, office_work, platform_work, registry_work, unit_work
from coordination.desk.todo import Limits, Todo, in_order
from coordination.permissions import UNIT_ROLES, Actor
from coordination.tasks.guard import WORDS
from models import (
    AgendaItem,
    AuditEntry,
    Complaint,
    Feedback,
    Mechanism,
    Meeting,
    Minutes,
    Person,
    Proposal,
    Recognition,
    RoleGrant,
    Task,
    TradeMeasure,
    TrustEvent,
    Unit,
)
from models.calendar import local_date

PAGE = 30
# What a unit owes and any of its people may do; a colleague's other doings are the colleague's own.
UNIT_ACTS = (
    "reply:answer",
    "proposal:",
    "task:accept",
    "task:report",
    "minutes:read",
    "bulletin:read",
    "minutes:countersigned",
    "registry:review",
    "registry:inspect",
    "registry:measure",
    "feedback:answer",
    "complaint:",
)
NOT_WORK = ("session:", "account:change_password", "account:set_up_totp", "account:drop_totp")


def todos(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """Everything this person has to do, by due date. A fixed number of queries, however much there is."""
    limits = Limits(session, local_date(now))
    return in_order(
        (
            *unit_work.todos(session, actor, limits),
            *office_work.todos(session, actor, limits),
            *registry_work.todos(session, actor, limits),
            *complaint_work.todos(session, actor, limits),
            *platform_work.todos(session, actor, limits, now),
        )
    )


@dataclass(frozen=True)
class Done:
    """One thing done: when, to what, what, by whom, and where it can be seen (None: nowhere of its own)."""

    at: datetime
    thing: str
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
    """What this person did, and what colleagues did of what the unit owes; one query more for each kind of thing it was done to."""
    colleagues = [row_id for row_id in _colleagues(session, actor) if row_id != actor.person_id]
    acts = or_(*(AuditEntry.action.startswith(act) for act in UNIT_ACTS))
    idle = or_(*(AuditEntry.action.startswith(act) for act in NOT_WORK))
    mine = (AuditEntry.person_id == actor.person_id) & ~idle
    query = select(AuditEntry).where(or_(mine, AuditEntry.person_id.in_(colleagues) & acts))
    if before is not None:
        query = query.where(AuditEntry.number < before)
    entries = list(session.scalars(query.order_by(AuditEntry.number.desc()).limit(PAGE + 1)))
    more, entries = len(entries) > PAGE, entries[:PAGE]
    things = _things(session, entries)
    return DonePage([_row(entry, things, actor) for entry in entries], entries[-1].number if more else None)


def _row(entry: AuditEntry, things: dict[str, "Thing"], actor: Actor) -> Done:
    thing = things.get(entry.subject, NO_THING)
    text = entry.text or WORDS.get(entry.action, "")
    return Done(entry.at, thing.name, text, entry.who, entry.person_id == actor.person_id, thing.endpoint, thing.ids)


def _colleagues(session: Session, actor: Actor) -> list[int]:
    """Who else acts for this person's units."""
    if not actor.roles & UNIT_ROLES:
        return []
    query = select(Person.id).join(RoleGrant).where(Person.unit_id.in_(actor.unit_ids), RoleGrant.role.in_(UNIT_ROLES))
    return list(session.scalars(query.distinct()))


@dataclass(frozen=True)
class Thing:
    """What something was done to: its name, and the page that shows it."""

    name: str
    endpoint: str | None
    ids: dict[str, int]


NO_THING = Thing("", None, {})
_OF_MEETING = joinedload(Meeting.mechanism)
# How each kind of row is named and where it is shown, with what must be loaded for it.
KINDS: dict[str, tuple[Any, tuple[Any, ...], Callable[[Any], Thing]]] = {
    "task": (Task, (), lambda row: Thing(row.title, "tasks.show", {"task_id": row.id})),
    "proposal": (Proposal, (), lambda row: Thing(row.title, "meetings.proposal", {"proposal_id": row.id})),
    "meeting": (Meeting, (_OF_MEETING,), lambda row: Thing(row.name, "meetings.show", {"meeting_id": row.id})),
    "agenda_item": (AgendaItem, (), lambda row: Thing(row.title, "meetings.show", {"meeting_id": row.meeting_id})),
    "minutes": (
        Minutes,
        (joinedload(Minutes.meeting).joinedload(Meeting.mechanism),),
        lambda row: Thing(f"{row.meeting.name}纪要", "meetings.minutes", {"meeting_id": row.meeting_id}),
    ),
    "recognition": (
        Recognition,
        (joinedload(Recognition.business),),
        lambda row: Thing(row.business.name, "registry.show", {"recognition_id": row.id}),
    ),
    "trust_event": (TrustEvent, (), lambda row: Thing(row.name, "registry.event", {"event_id": row.id})),
    "feedback": (Feedback, (), lambda row: Thing(row.number, "registry.feedback_item", {"feedback_id": row.id})),
    "trade_measure": (
        TradeMeasure,
        (joinedload(TradeMeasure.removal),),
        lambda row: Thing(f"协同惩戒：{row.removal.name}", "registry.measure", {"measure_id": row.id}),
    ),
    "complaint": (Complaint, (), lambda row: Thing(f"{row.kind.label}{row.number}", "complaints.show", {"complaint_id": row.id})),
    "unit": (Unit, (), lambda row: Thing(row.short_name, "members.unit", {"unit_id": row.id})),
    "mechanism": (Mechanism, (), lambda row: Thing(row.short_name, "members.mechanism", {"mechanism_id": row.id})),
    "person": (Person, (), lambda row: Thing(row.name, "accounts.person", {"person_id": row.id})),
}


def _things(session: Session, entries: list[AuditEntry]) -> dict[str, Thing]:
    """What each entry's subject is called and where it is shown; a row that is gone is left out."""
    wanted: dict[str, set[int]] = {}
    for kind, _, key in {entry.subject: entry.subject.partition(":") for entry in entries}.values():
        if kind in KINDS and key.isdigit():
            wanted.setdefault(kind, set()).add(int(key))
    things: dict[str, Thing] = {}
    for kind, ids in wanted.items():
        model, options, named = KINDS[kind]
        for row in session.scalars(select(model).where(model.id.in_(ids)).options(*options)):
            things[f"{kind}:{row.id}"] = named(row)
    return things
