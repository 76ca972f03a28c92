"""Telling people about a task: who is to be told, the notice (templates/notices/task_*.txt) they are owed, and words shared with pages."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from coordination import audit, notices
from coordination.accounts.queries import people_in_role
from coordination.members.queries import heirs, people
from models import Calendar, Person, Role, Task, Unit
from models.calendar import local_date
from models.errors import CalendarMissing

LIAISONS = (Role.LIAISON,)
LIAISONS_AND_HEADS = (Role.LIAISON, Role.UNIT_HEAD)


def tell(
    session: Session, *, kind: str, task: Task, people: Iterable[Person], now: datetime, slot: object = "", path: str = "", **facts: Any
) -> int:
    """Owe these people the notice ``kind`` about the task, which leads there or to ``path``; returns how many are newly owed it."""
    title, text = notices.worded(kind, task=task, **facts)
    subject, path = audit.subject_of(task), path or path_of(task)
    return notices.owe(session, kind=kind, subject=subject, people=people, title=title, text=text, now=now, slot=str(slot), path=path)


def path_of(task: Task) -> str:
    """Where the task is done."""
    return f"/tasks/{task.id}#do"


def people_of(session: Session, units: Iterable[Unit], roles: Iterable[Role], now: datetime) -> list[Person]:
    """Who acts today for these units, each once; for a merged one its heir's people."""
    found = people_by_unit(session, units, roles, now).values()
    return list({person.id: person for group in found for person in group}.values())


def people_by_unit(session: Session, units: Iterable[Unit], roles: Iterable[Role], now: datetime) -> dict[int, list[Person]]:
    """The same by the id of the unit as named. Three queries, however many units there are."""
    answering = heirs(session, local_date(now))
    home = {unit.id: answering.get(unit.id, unit).id for unit in units}
    staff = people(session, home.values(), answering)
    return {unit_id: [person for role in roles for person in staff[role][heir_id]] for unit_id, heir_id in home.items()}


def office_of(session: Session, task: Task) -> list[Person]:
    """The office of the task's mechanism."""
    return people_in_role(session, Role.OFFICE, task.mechanism_id)


def owing(task: Task) -> list[Unit]:
    """The lead unit, and the co-operating units whose own share is not reported done."""
    done = {share.unit_id for share in task.shares if share.percent == 100}
    return [task.lead, *(unit for unit in task.co_units if unit.id not in done)]


def answering_unit(unit: Unit, on: date) -> str:
    """A unit's name, with who answers for it today where that is another: 县旅游局（由县文旅局承接）."""
    heir = unit.heir(on)
    return unit.short_name if heir.id == unit.id else f"{unit.short_name}（由{heir.short_name}承接）"


def day_note(day: date, calendar: Calendar) -> str:
    """What to know of a due date that is no working day: the last working day before it. Empty for a working day."""
    try:
        if calendar.is_working(day):
            return ""
        before = calendar.shift(day, -1)
    except CalendarMissing as missing:
        return f"，{missing.year}年工作日历尚未导入，工作日数暂按自然日算"
    return f"，当日休息，之前最后一个工作日是{before.month}月{before.day}日"
