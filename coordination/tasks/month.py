"""The month as a calendar (日历): which tasks fall due on which day. What a page reads follows from the month alone."""

from calendar import Calendar as Weeks
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coordination.permissions import Actor
from coordination.tasks import queries
from coordination.tasks.listing import Reader
from models import Task, TaskStatus, Unit
from models.errors import CalendarMissing
from models.light import Light

A_DAY = 4  # tasks named on one day; the rest are counted


class Due(NamedTuple):
    """One task on its day. ``lead``: the lead unit, for those who see more than their own."""

    id: int
    title: str
    lead: str
    light: Light


@dataclass(frozen=True)
class Day:
    """One day of the page: the first of its tasks, how many there are, whether people work, and a holiday's name."""

    on: date
    is_inside: bool
    is_off: bool
    holiday: str
    due: list[Due]
    total: int


def weeks(session: Session, actor: Actor, first: date, today: date, mechanism_id: int | None) -> list[list[Day]]:
    """The weeks of the month that begins on ``first``, Monday first; days of the months beside it fill them up, without tasks."""
    reader = Reader(session, actor, today)
    after = (first + timedelta(days=31)).replace(day=1)
    found = _due(reader, first, after, mechanism_id)
    return [[_day(reader, on, first, found) for on in week] for week in Weeks().monthdatescalendar(first.year, first.month)]


def _due(reader: Reader, first: date, after: date, mechanism_id: int | None) -> dict[date, tuple[list[Due], int]]:
    place = func.row_number().over(partition_by=Task.due_on, order_by=Task.id).label("place")
    count = func.count().over(partition_by=Task.due_on).label("total")
    columns = (Task.id, Task.title, Unit.short_name, Task.status, Task.due_on, Task.mechanism_id, place, count)
    query = select(*columns).join(Task.lead).where(queries.visible(reader.actor), Task.due_on >= first, Task.due_on < after)
    query = query.where(Task.status != TaskStatus.CANCELLED)
    if mechanism_id is not None:
        query = query.where(Task.mechanism_id == mechanism_id)
    some = query.subquery()
    found: dict[date, tuple[list[Due], int]] = {}
    for row in reader.session.execute(select(some).where(some.c.place <= A_DAY).order_by(some.c.due_on, some.c.id)):
        light = reader.light(row.status, row.due_on, row.mechanism_id)
        found.setdefault(row.due_on, ([], row.total))[0].append(Due(row.id, row.title, row.short_name, light))
    return found


def _day(reader: Reader, on: date, first: date, found: dict[date, tuple[list[Due], int]]) -> Day:
    try:
        is_off, holiday = not reader.calendar.is_working(on), reader.calendar.holiday(on)
    except CalendarMissing:
        is_off, holiday = on.weekday() >= 5, ""
    due, total = found.get(on, ([], 0))
    return Day(on, on.month == first.month, is_off, holiday, due, total)
