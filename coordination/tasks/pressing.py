"""催办 by hand: to tasks the office chooses, after it is shown everyone it will reach. Callers own the transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from coordination import audit
from coordination.permissions import Actor, Permission, require
from coordination.tasks import letters, queries
from coordination.tasks.letters import LIAISONS_AND_HEADS
from models import Person, Task
from models.calendar import local_date
from models.errors import BadInput

MOST = 100  # tasks at once


@dataclass(frozen=True)
class Reached:
    """One task, who leads it (and who answers for a merged unit), and who would be told; nobody where its units have nobody."""

    task: Task
    lead: str
    people: tuple[Person, ...]


def preview(session: Session, *, actor: Actor, task_ids: Sequence[int], now: datetime) -> list[Reached]:
    """Whom a 催办 to these tasks reaches: liaisons and heads of the units that still owe something. Nothing is written.

    Tasks that nobody owes any more, and those this person does not supervise, are passed over. BadInput when none is left.
    """
    require(actor, Permission.TASK_SUPERVISE)
    if len(task_ids) > MOST:
        raise BadInput(f"一次最多催办{MOST}件，请分次催办")
    ids = [task_id for task_id in task_ids if 0 < task_id <= queries.LARGEST_ID]
    query = select(Task).where(Task.id.in_(ids), Task.status.in_(Task.WITH_UNIT), queries.visible(actor)).order_by(Task.due_on, Task.id)
    overseen = actor.oversees(Permission.TASK_SUPERVISE)
    if overseen is not None:
        query = query.where(Task.mechanism_id.in_(overseen))
    tasks = list(session.scalars(query.options(joinedload(Task.lead), selectinload(Task.co_units), selectinload(Task.shares))))
    if not tasks:
        raise BadInput("请先选择要催办的任务；已报结、已销号的不需催办")
    people = letters.people_by_unit(session, {u.id: u for task in tasks for u in letters.owing(task)}.values(), LIAISONS_AND_HEADS, now)
    today = local_date(now)
    return [Reached(task, letters.answering_unit(task.lead, today), _once(task, people)) for task in tasks]


def _once(task: Task, people: Mapping[int, Sequence[Person]]) -> tuple[Person, ...]:
    """Who would be told about this task, each once."""
    return tuple({person.id: person for unit in letters.owing(task) for person in people[unit.id]}.values())


def urge(session: Session, *, actor: Actor, task_ids: Sequence[int], said: str, now: datetime) -> tuple[int, int]:
    """催办: (tasks, notices newly owed). It stands beside the ladder and moves no rung."""
    reached = preview(session, actor=actor, task_ids=task_ids, now=now)
    told = 0
    calendar, limits = queries.calendar(session), queries.limits(session, local_date(now))
    for one in reached:
        require(actor, Permission.TASK_SUPERVISE, one.task.scope)
        text = f"催办，通知{len(one.people)}人" if one.people else "催办，没有可通知的人"
        entry = audit.record(session, actor=actor, action="task:urge", subject=one.task, at=now, text=text)
        lead = letters.answering_unit(one.task.lead, local_date(now))
        light = queries.lamp(one.task, local_date(now), calendar, limits)
        facts: dict[str, Any] = {"said": said, "lead": lead, "light": light}
        told += letters.tell(session, kind="task_urged_by_hand", task=one.task, people=one.people, now=now, slot=entry.number, **facts)
    return len(reached), told
