"""Working-day arithmetic (pure), and the tables a calendar is kept in.

A working day is a weekday that is not a day off, or a weekend day made up for (调休). A year that is not loaded is never guessed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model
from models.errors import CalendarMissing

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)


def local_date(moment: datetime) -> date:
    """The day it is in China at ``moment`` (aware)."""
    return moment.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class Calendar:
    """The working days of the years loaded. ``exceptions`` maps a day to (is it off, the holiday's name)."""

    years: frozenset[int]
    exceptions: dict[date, tuple[bool, str]] = field(default_factory=dict)
    version: str = ""

    def is_working(self, day: date) -> bool:
        """Is it a working day? CalendarMissing when its year is not loaded."""
        if day.year not in self.years:
            raise CalendarMissing(day.year)
        off, _ = self.exceptions.get(day, (day.weekday() >= 5, ""))
        return not off

    def next_working(self, day: date) -> date:
        """``day`` itself when it is a working day, else the first one after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def shift(self, day: date, working_days: int) -> date:
        """The day ``working_days`` working days after (negative: before) ``day``, which is itself not counted."""
        step = ONE_DAY if working_days >= 0 else -ONE_DAY
        left = abs(working_days)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


class CalendarYear(Model):
    """One year's arrangement as published (国务院办公厅), with where it was read."""

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(Line(300), default="")
    revision: Mapped[int] = mapped_column(default=1)
    imported_at: Mapped[datetime]
    days: Mapped[list["CalendarDay"]] = relationship(back_populates="of_year", cascade="all, delete-orphan", order_by="CalendarDay.day")


class CalendarDay(Model):
    """A day that differs from its weekday: off, or worked to make up."""

    day: Mapped[date] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("calendar_year.year"), index=True)
    is_off: Mapped[bool]
    name: Mapped[str] = mapped_column(Line(40), default="")
    of_year: Mapped[CalendarYear] = relationship(back_populates="days")


def as_calendar(years: Iterable[CalendarYear]) -> Calendar:
    """The calendar of these loaded years; its version names each year's revision, for derivations."""
    years = sorted(years, key=lambda y: y.year)
    days = {d.day: (d.is_off, d.name) for y in years for d in y.days}
    return Calendar(frozenset(y.year for y in years), days, "、".join(f"{y.year}年第{y.revision}版" for y in years))
