"""Working-day arithmetic (pure), and the tables a calendar is kept in.

A working day is a weekday that is not a day off, or a weekend day made up for (调休). A year that is not loaded is never guessed.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model
from models.errors import BadInput, CalendarMissing

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)


def local_date(moment: datetime) -> date:
    """The day it is in China at ``moment`` (aware)."""
    return moment.astimezone(SHANGHAI).date()


def in_words(day: date) -> str:
    """A day as sentences write it: 2026年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True)
class Calendar:
    """The working days of the years loaded. ``exceptions`` maps a day to (is it off, the holiday's name)."""

    years: frozenset[int]
    exceptions: dict[date, tuple[bool, str]] = field(default_factory=dict)
    version: str = ""

    def version_of(self, first: date, last: date) -> str:
        """The versions of the years from ``first`` to ``last`` alone."""
        years = range(first.year, last.year + 1)
        return "、".join(part for part in self.version.split("、") if part[:4].isdigit() and int(part[:4]) in years)

    def is_working(self, day: date) -> bool:
        """Is it a working day? CalendarMissing when its year is not loaded."""
        if day.year not in self.years:
            raise CalendarMissing(day.year)
        off, _ = self.exceptions.get(day, (day.weekday() >= 5, ""))
        return not off

    def holiday(self, day: date) -> str:
        """The name of the holiday this day is off for; empty for a working day and for a plain weekend."""
        off, name = self.exceptions.get(day, (False, ""))
        return (name or "节假日") if off else ""

    def is_made_up(self, day: date) -> bool:
        """Is it a weekend day worked to make up for a holiday (调休上班)?"""
        return day.weekday() >= 5 and not self.exceptions.get(day, (True, ""))[0]

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
    """A day that differs from its weekday: off, or worked to make up. The arrangement of a year may set days of the December before."""

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


@dataclass(frozen=True)
class Deadline:
    """The last day of a period and how it was found.

    ``raw`` is the day the count ends on, ``due`` the day it is moved to when that is no working day. ``provisional`` (暂定): a year the
    count reaches is not loaded; in working days nothing is known then (both None), otherwise ``due`` is ``raw`` as long as no one knows
    better. ``steps`` is the derivation, to be joined with arrows.
    """

    due: date | None
    raw: date | None
    provisional: bool
    steps: tuple[str, ...]


MONTHS = {"month": 1, "year": 12}
WEEKDAYS = "一二三四五六日"
MOST_SHOWN = 15  # longer counts of working days are told in sum, not week by week
MOST_NAMED = 3


def deadline(start: date, n: int, unit: str, calendar: Calendar, *, began: str = "起算") -> Deadline:
    """The last day of a period of ``n`` ``unit`` (working, calendar, month, year) that starts on ``start``; ``began`` is the word for it.

    The first day is not counted; months end on the same day of the month or on its last one; a last day that is no working day moves to
    the next one (民法典 200–204, 总局令第121号第四十五条). BadInput for a negative length, an unknown unit, or a day past the year 9999.
    """
    if n < 0:
        raise BadInput("期限不能为负数，请填写0或正整数")
    if unit not in {"working", "calendar", *MONTHS}:
        raise BadInput(f"期限单位“{unit}”无法识别，应为working、calendar、month或year")
    pen = _Pen(start.year)
    first = f"{pen.day(start)}{began}，当日不计"
    if unit == "working" and n:
        return _working(start, n, calendar, pen, first)
    raw = _raw(start, n, unit)
    length = {"calendar": f"第{n}日为", "month": f"满{n}个月为", "year": f"满{n}年为"}[unit] if n else "期限为0，即"
    ends = f"{length}{pen.day(raw)}（周{WEEKDAYS[raw.weekday()]}）"
    if unit in MONTHS and raw.day != start.day:
        ends += f"，该月没有{start.day}日，以月末日为准"
    return _rolled(raw, calendar, pen, (first, ends))


def _raw(start: date, n: int, unit: str) -> date:
    """Where ``n`` days, months or years after ``start`` end."""
    try:
        if unit in MONTHS:
            year, month = divmod(start.year * 12 + start.month - 1 + n * MONTHS[unit], 12)
            return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
        return start + timedelta(days=n)
    except (OverflowError, ValueError) as far:
        raise BadInput("期限过长，算到的日期超出9999年") from far


def _rolled(raw: date, calendar: Calendar, pen: "_Pen", steps: tuple[str, ...]) -> Deadline:
    """``raw`` moved to the next working day where it is none."""
    try:
        due = calendar.next_working(raw)
    except CalendarMissing as missing:
        return Deadline(raw, raw, True, (*steps, f"{missing.year}年工作日历尚未导入，时限暂定"))
    if due != raw:
        off = [raw + timedelta(days=days) for days in range((due - raw).days)]
        why = f"{pen.span(off)}{_names(off, calendar)}放假" if _names(off, calendar) else f"{pen.span(off)}为双休日"
        steps = (*steps, f"{why}，顺延至{pen.day(due)}（周{WEEKDAYS[due.weekday()]}）")
    return Deadline(due, raw, False, (*steps, *_year_end(due, calendar)))


def _working(start: date, n: int, calendar: Calendar, pen: "_Pen", first: str) -> Deadline:
    """``n`` working days counted one by one, from the day after ``start``."""
    passed: list[tuple[date, bool]] = []
    day, left, missing = start, n, 0
    while left and not missing:
        day += ONE_DAY
        try:
            passed.append((day, calendar.is_working(day)))
            left -= passed[-1][1]
        except CalendarMissing as unknown:
            missing = unknown.year
    told = _one_by_one(passed, calendar, pen) if n - left <= MOST_SHOWN else _in_sum(passed, calendar, pen)
    if missing:
        return Deadline(None, None, True, (first, *told, f"{missing}年工作日历尚未导入，时限暂定"))
    return Deadline(day, day, False, (first, *told, *_year_end(day, calendar)))


def _one_by_one(passed: list[tuple[date, bool]], calendar: Calendar, pen: "_Pen") -> list[str]:
    """Every stretch of counted days and every holiday between them: 22日至26日第1至5日."""
    told, counted = [], 0
    for is_working, stretch in groupby(passed, key=lambda one: one[1]):
        days = [day for day, _ in stretch]
        if is_working:
            told.append(f"{pen.span(days)}第{_ordinals(counted + 1, len(days))}日{_made_up(days, calendar)}")
            counted += len(days)
        elif _names(days, calendar):
            told.append(f"{pen.span(days)}{_names(days, calendar)}放假，不计")
    return told


def _in_sum(passed: list[tuple[date, bool]], calendar: Calendar, pen: "_Pen") -> list[str]:
    """A long count in two or three sentences, whatever its length."""
    counted = [day for day, is_working in passed if is_working]
    told = [f"{pen.span([counted[0], counted[-1]])}的工作日为第1至{len(counted)}日"]
    off = [day for day, is_working in passed if not is_working and calendar.holiday(day)]
    names = [name for name, _ in groupby(off, key=calendar.holiday)]
    if names:
        listed = "、".join(names) if len(names) <= MOST_NAMED else f"{names[0]}等{len(names)}个节假日"
        told.append(f"其间{listed}放假共{len(off)}日和双休日不计")
    made_up = sum(calendar.is_made_up(day) for day in counted)
    if made_up:
        told.append(f"调休上班{made_up}日计入")
    return told


def _ordinals(first: int, count: int) -> str:
    """``3``, ``6、7`` or ``1至5``."""
    last = first + count - 1
    return str(first) if count == 1 else f"{first}、{last}" if count == 2 else f"{first}至{last}"


def _names(days: list[date], calendar: Calendar) -> str:
    """The holidays these days are off for; empty when they are a plain weekend."""
    return "、".join(dict.fromkeys(name for name in map(calendar.holiday, days) if name))


def _made_up(days: list[date], calendar: Calendar) -> str:
    """Says which of the counted days are weekend days worked."""
    worked = [f"{day.day}日" for day in days if calendar.is_made_up(day)]
    if not worked:
        return ""
    return f"（{'' if len(days) == 1 else '、'.join(worked)}调休上班）"


def _year_end(due: date, calendar: Calendar) -> tuple[str, ...]:
    """A warning for the last days of December: the next year's arrangement, once published, may still set them."""
    if (due.month, due.day) < (12, 24) or due.year + 1 in calendar.years:
        return ()
    return (f"{due.year + 1}年工作日历尚未导入，年末几日的放假调休届时可能调整",)


class _Pen:
    """Writes days as shortly as the one before allows: 6月18日, then 19日; the year only where it changes."""

    def __init__(self, year: int) -> None:
        self._year, self._month = year, 0

    def day(self, day: date) -> str:
        """One day."""
        words = f"{day.day}日"
        if (day.year, day.month) != (self._year, self._month):
            words = f"{day.month}月{words}"
        if day.year != self._year:
            words = f"{day.year}年{words}"
        self._year, self._month = day.year, day.month
        return words

    def span(self, days: list[date]) -> str:
        """Days that follow each other: one, two (29日、30日), or from the first to the last; two days far apart likewise."""
        if len(days) == 1:
            return self.day(days[0])
        join = "、" if len(days) == 2 and days[1] - days[0] == ONE_DAY else "至"
        return f"{self.day(days[0])}{join}{self.day(days[-1])}"
