"""The ladder (督办): on which day a task comes to which rung, and which tasks are owed one now.

Four rungs, each so many working days before or after the due date by a rule row: reminder, 催办, draft of a 督办函, the top. At any time a
task is owed the highest rung whose day has come, unless that one or a higher one was climbed for this due date (models.LadderStep). So a
missed run loses nothing, an outage ends with one notice and not with four, and a changed due date starts anew. Beside the ladder a task
that was not accepted in time is owed a notice too. The rules are those in force on the day of the run. All this happens in working hours
of working days only; where the calendar of a year is not loaded nothing is guessed, and the year is told to the admins.

The days are turned round: not «when does this task come to the rung» for every task, but once «which due dates have come to it by today»,
so that the tasks are found by ranges of an index.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from coordination.settings.queries import setting
from coordination.tasks import queries
from coordination.tasks.queries import Limit, Limits
from models import Calendar, LadderStep, LimitUnit, Rung, Task, TaskStatus
from models.calendar import ONE_DAY, SHANGHAI, local_date
from models.errors import BadInput, CalendarMissing

RULES = {Rung.REMIND: "LADDER_REMIND", Rung.URGE: "LADDER_URGE", Rung.LETTER: "LADDER_LETTER", Rung.TOP: "LADDER_TOP"}
WORKED_ON = (TaskStatus.ACCEPTED, TaskStatus.IN_PROGRESS, TaskStatus.RETURNED)
DOWNWARD = sorted(RULES, reverse=True)

Steps = Mapping[Rung, Limit]


@dataclass(frozen=True)
class Span:
    """The due dates for which this rung is the highest that has come: later than ``after`` (None: however early), up to ``until``."""

    rung: Rung
    after: date | None
    until: date


def falls_on(due_on: date, limit: Limit, calendar: Calendar) -> date:
    """The day on which a task due on ``due_on`` comes to a rung. CalendarMissing when the way there leads through a year not loaded."""
    if limit.unit == LimitUnit.CALENDAR:
        return due_on + timedelta(days=limit.days)
    if limit.unit != LimitUnit.WORKING:
        raise BadInput("督办各步的时限只能按工作日或日计算，请管理员更正时限规则")
    return calendar.shift(due_on, limit.days)


def latest_due(today: date, limit: Limit, calendar: Calendar, missing: set[int]) -> date | None:
    """The latest due date that has come to a rung by ``today``; None when none is known to have.

    A year that would be needed and is not loaded is added to ``missing``; the answer then covers the due dates that do not need it.
    """
    if limit.unit != LimitUnit.WORKING:
        return falls_on(today, Limit(-limit.days, limit.unit), calendar)
    try:
        # Turned round, counting is not quite symmetrical: the day itself counts when looking back, not when looking ahead.
        return calendar.shift(today + ONE_DAY, -limit.days) - ONE_DAY if limit.days > 0 else calendar.shift(today, -limit.days)
    except CalendarMissing as unknown:
        missing.add(unknown.year)
        return None if limit.days > 0 else date(unknown.year, 1, 1) - ONE_DAY


def spans(today: date, steps: Steps, calendar: Calendar, missing: set[int]) -> list[Span]:
    """Which due dates stand on which rung today, the top first. A rung without a rule is not on the ladder."""
    found: list[Span] = []
    above: date | None = None
    for rung in (rung for rung in DOWNWARD if rung in steps):
        until = latest_due(today, steps[rung], calendar, missing)
        if until is not None and (above is None or until > above):
            found.append(Span(rung, above, until))
            above = until
    return found


def rung_of(due_on: date, today: date, steps: Steps, calendar: Calendar) -> Rung | None:
    """The highest rung a task due on ``due_on`` has come to by ``today``; one whose day is not known counts as not come."""
    return next((rung for rung in DOWNWARD if rung in steps and _has_come(due_on, today, steps[rung], calendar)), None)


def _has_come(due_on: date, today: date, limit: Limit, calendar: Calendar) -> bool:
    try:
        return falls_on(due_on, limit, calendar) <= today
    except CalendarMissing:
        return False


def is_working_time(now: datetime, hours: Mapping[str, str], calendar: Calendar) -> bool:
    """Is it a working day (made-up Saturdays included) and within ``hours``? ``from`` is included, ``to`` is not: at half past five people
    leave. CalendarMissing when the year is not loaded."""
    local = now.astimezone(SHANGHAI)
    return (
        calendar.is_working(local.date())
        and _hour(hours["from"]) <= local.time()
        and (hours["to"] == "24:00" or local.time() < _hour(hours["to"]))
    )


def _hour(text: str) -> time:
    return time.fromisoformat(text)


@dataclass(frozen=True)
class Rulebook:
    """Everything the ladder goes by in one run, read once. ``missing``: the years it found not loaded so far."""

    now: datetime
    calendar: Calendar
    limits: Limits
    hours: Mapping[str, str]
    missing: set[int] = field(default_factory=set)

    @property
    def today(self) -> date:
        """The day of the run in China."""
        return local_date(self.now)

    def opens(self) -> bool:
        """May anything be sent now? Not outside working time, and not in a year whose calendar is not loaded, which is noted."""
        try:
            return is_working_time(self.now, self.hours, self.calendar)
        except CalendarMissing as unknown:
            self.missing.add(unknown.year)
            return False

    def steps(self, mechanism_id: int | None) -> Steps:
        """The rungs of one mechanism (None: of those without rules of their own)."""
        found = {rung: self.limits.of(code, mechanism_id) for rung, code in RULES.items()}
        return {rung: limit for rung, limit in found.items() if limit is not None}

    def rung_of(self, task: Task) -> Rung | None:
        """The rung this task stands on today; None when its unit does not owe it any more."""
        if task.status not in Task.WITH_UNIT:
            return None
        return rung_of(task.due_on, self.today, self.steps(task.mechanism_id), self.calendar)


def rulebook(session: Session, now: datetime) -> Rulebook:
    """The rules as they stand at ``now``."""
    return Rulebook(now, queries.calendar(session), queries.limits(session, local_date(now)), setting(session, "office_hours"))


def climbing(session: Session, book: Rulebook) -> list[int]:
    """Ids of the tasks owed a rung, the longest overdue first. A few range queries, however many tasks are open."""
    found: dict[int, date] = {}
    for whose, steps in _groups(book, frozenset(RULES.values()), book.steps):
        for span in spans(book.today, steps, book.calendar, book.missing):
            climbed = exists().where(LadderStep.task_id == Task.id, LadderStep.for_on == Task.due_on, LadderStep.rung >= int(span.rung))
            query = select(Task.id, Task.due_on).where(Task.status.in_(Task.WITH_UNIT), Task.due_on <= span.until, ~climbed, *whose)
            if span.after is not None:
                query = query.where(Task.due_on > span.after)
            found.update({row.id: row.due_on for row in session.execute(query)})
    return sorted(found, key=lambda task_id: (found[task_id], task_id))


def unaccepted(session: Session, book: Rulebook) -> list[int]:
    """Ids of the tasks whose time to accept is over and whose unit has not been told so, the oldest first."""
    found: list[int] = []
    for whose, limit in _groups(book, frozenset({"TASK_ACCEPT"}), lambda mechanism_id: book.limits.of("TASK_ACCEPT", mechanism_id)):
        before = None if limit is None else assigned_before(book.today, limit, book.calendar, book.missing)
        if before is None:
            continue
        told = exists().where(LadderStep.task_id == Task.id, LadderStep.rung == int(Rung.ACCEPT), LadderStep.at >= Task.assigned_at)
        query = select(Task.id).where(Task.status == TaskStatus.ASSIGNED, Task.assigned_at < before, ~told, *whose)
        found += session.scalars(query.order_by(Task.assigned_at, Task.id))
    return found


def unreported(session: Session, book: Rulebook) -> list[int]:
    """Ids of the tasks whose lead unit owes a periodic report that did not come, and has not been told so for this round."""
    asked = and_(Task.report_due_on < book.today, Task.ended_at.is_(None), Task.status.in_(WORKED_ON))
    found = select(Task.id, Task.cadence, Task.report_due_on).where(asked).order_by(Task.report_due_on, Task.id)
    told = select(LadderStep.task_id, func.max(LadderStep.for_on)).join(Task).where(asked, LadderStep.rung == int(Rung.REPORT))
    last = dict(session.execute(told.group_by(LadderStep.task_id)).all())
    return [row.id for row in session.execute(found) if row.cadence.last_missed(row.report_due_on, book.today) != last.get(row.id)]


def assigned_before(today: date, limit: Limit, calendar: Calendar, missing: set[int]) -> datetime | None:
    """Tasks assigned before this instant have had their whole time to accept: it ended on a day before ``today``."""
    last = latest_due(today, Limit(limit.days + 1, limit.unit), calendar, missing)
    return None if last is None else datetime.combine(last + ONE_DAY, time.min, SHANGHAI)


def _groups(book: Rulebook, codes: frozenset[str], rules_of: Any) -> Iterator[tuple[Iterable[ColumnElement[bool]], Any]]:
    """(conditions, rules) for each mechanism with rules of its own under ``codes``, and for all others together."""
    special = book.limits.mechanisms(codes)
    for mechanism_id in sorted(special):
        yield (Task.mechanism_id == mechanism_id,), rules_of(mechanism_id)
    yield ((Task.mechanism_id.not_in(special),) if special else ()), rules_of(None)
