"""The registry's clocks: which rule row holds, and the day it leads to. A year without a calendar never stops a removal."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from coordination.settings.queries import calendar, rule_in_force
from models import Calendar, LimitUnit, Rule
from models.calendar import ONE_DAY, deadline
from models.errors import NotFound

NO_CALENDAR = Calendar(frozenset())


@dataclass(frozen=True)
class Clock:
    """The last day, how it was found, and whether a calendar is missing on the way (暂定)."""

    due_on: date
    derivation: str
    provisional: bool = False


def clock(session: Session, code: str, start: date, mechanism_id: int | None, *, began: str = "起算") -> Clock:
    """The last day of the limit ``code`` from ``start`` on. Where a calendar is missing only weekends are left out, and it says 暂定."""
    rule = rule_in_force(session, code, start, mechanism_id)
    found = deadline(start, rule.limit, rule.unit.value, calendar(session), began=began)
    steps = "→".join((f"依据：{rule.clause}，{rule.words}", *found.steps))
    if found.due is not None:
        return Clock(found.due, steps, found.provisional)
    return Clock(weekdays_after(start, rule.limit), steps, True)


def due_day(session: Session, code: str, start: date, mechanism_id: int | None, otherwise: int) -> date:
    """As ``clock``, for what must not fail though the office keeps no such rule: ``otherwise`` weekdays then."""
    if rule_or_none(session, code, start, mechanism_id) is None:
        return weekdays_after(start, otherwise)
    return clock(session, code, start, mechanism_id).due_on


def rule_or_none(session: Session, code: str, on: date, mechanism_id: int | None) -> Rule | None:
    """The rule in force, or None where the office keeps none under this code."""
    try:
        return rule_in_force(session, code, on, mechanism_id) if code else None
    except NotFound:
        return None


def last_day_of(rule: Rule, start: date) -> date:
    """The day a bar, a validity or a cycle ends. Nothing is moved for holidays: it is no deadline for anybody to act by."""
    unit = LimitUnit.CALENDAR if rule.unit == LimitUnit.WORKING else rule.unit
    return _raw(start, rule.limit, unit.value)


def months_after(start: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day."""
    return _raw(start, months, LimitUnit.MONTH.value)


def weekdays_after(start: date, days: int) -> date:
    """So many days from Monday to Friday later, whatever the holidays."""
    day, left = start, days
    while left > 0:
        day += ONE_DAY
        left -= day.weekday() < 5
    return day


def _raw(start: date, length: int, unit: str) -> date:
    found = deadline(start, length, unit, NO_CALENDAR).raw
    assert found is not None
    return found
