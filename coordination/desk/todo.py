"""One line of 我的待办, and the limits that set its due date. Lines are derived from what is; none is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination.settings.queries import calendar
from models import Calendar, Rule
from models.errors import CalendarMissing
from models.light import NO_DATE, Light, light

LIMITS = (
    "TASK_ACCEPT",
    "TASK_WARN",
    "REPLY_DUE",
    "MINUTES_READ",
    "OPINION",
    "EXTRA_ANSWER",
    "REG_REVIEW",
    "REG_INSPECT",
    "REG_PUBLISH",
    "REG_RECOGNISE",
    "REG_MEASURE",
)


@dataclass(frozen=True)
class Act:
    """What can be done in the list itself, because it needs no words: its button, and the address it posts to."""

    label: str
    endpoint: str
    ids: dict[str, int]
    values: dict[str, str]


@dataclass(frozen=True)
class Todo:
    """What is to be done (verb：object), by when, where it came from, and the address where it is done."""

    title: str
    source: str
    endpoint: str
    ids: dict[str, Any]
    due_on: date | None = None
    light: Light = NO_DATE
    act: Act | None = None
    is_own: bool = False  # owed by the person's unit, not by the person

    @property
    def is_overdue(self) -> bool:
        """Is its day past?"""
        return self.light.kind == "bad"


class Limits:
    """The calendar and the rules behind due dates, read once for a page."""

    def __init__(self, session: Session, today: date) -> None:
        self.today = today
        self.calendar: Calendar = calendar(session)
        self._rules = list(session.scalars(select(Rule).where(Rule.code.in_(LIMITS))))

    def days(self, code: str, on: date, mechanism_id: int | None) -> int | None:
        """The limit under ``code`` in force on that day, the mechanism's own before the common one; None when no rule says."""
        rules = [r for r in self._rules if r.code == code and r.in_force(on) and r.mechanism_id in (mechanism_id, None)]
        return max(rules, key=lambda r: (r.mechanism_id is not None, r.effective_from, r.id)).limit if rules else None

    def after(self, start: date, code: str, mechanism_id: int | None) -> date | None:
        """The last day of a limit that starts on ``start``; None when no rule or no loaded calendar says."""
        days = self.days(code, start, mechanism_id)
        return None if days is None else self._shifted(start, days)

    def before(self, day: date, code: str, mechanism_id: int | None) -> date:
        """The day that lies a limit before ``day``; ``day`` itself when no rule or no loaded calendar says."""
        days = self.days(code, day, mechanism_id)
        return day if days is None else self._shifted(day, -abs(days)) or day

    def light(self, due_on: date | None, mechanism_id: int | None = None) -> Light:
        """The light of a due date, yellow as many working days before as the rule says."""
        warn = self.days("TASK_WARN", self.today, mechanism_id)
        return light(due_on, self.today, self.calendar) if warn is None else light(due_on, self.today, self.calendar, warn)

    def _shifted(self, day: date, days: int) -> date | None:
        try:
            return self.calendar.shift(day, days)
        except CalendarMissing:
            return None


def in_order(todos: Iterable[Todo]) -> list[Todo]:
    """By due date, what has none last; then by where it came from, so that numbers stand in their order."""
    return sorted(todos, key=lambda todo: (todo.due_on is None, todo.due_on or date.max, todo.source, todo.title))
