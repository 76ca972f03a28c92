"""Lights (灯): how near a due date is, in words first, derived and never stored."""

from dataclasses import dataclass
from datetime import date

from models.calendar import Calendar
from models.errors import CalendarMissing


@dataclass(frozen=True)
class Light:
    """``kind`` is ok, warn, bad or idle; ``text`` says it (逾期2个工作日)."""

    kind: str
    text: str


NO_DATE = Light("idle", "不限期")


def light(due_on: date | None, today: date, calendar: Calendar, warn_within: int = 3) -> Light:
    """The light of something still to be done by ``due_on``; yellow within ``warn_within`` working days, today included.

    Where the calendar of a year in between is not loaded the distance is told in days, which need no calendar.
    """
    if due_on is None:
        return NO_DATE
    if due_on == today:
        return Light("warn", "今天到期")
    try:
        days, unit = calendar.working_days_between(today, due_on), "个工作日"
    except CalendarMissing:
        days, unit = (due_on - today).days, "日"
    if due_on < today:
        # Only non-working days have passed since: late all the same, but no working day of it.
        return Light("bad", f"逾期{-days}{unit}" if days else f"逾期{(today - due_on).days}日")
    return Light("warn" if days <= warn_within else "ok", f"剩{days}{unit}")
