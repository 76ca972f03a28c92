"""Days of the demo's story, counted in working days from the day it is loaded."""

from datetime import date, datetime, time, timedelta

from models import Calendar
from models.calendar import SHANGHAI
from models.errors import CalendarMissing

ONE_DAY = timedelta(days=1)


class Days:
    """``day(-5)`` is the fifth working day before today, ``day(3)`` the third after, ``day(0)`` today itself.

    Where a year's calendar is not loaded every weekday counts: the story must be told on any day, also in the last weeks of a year.
    """

    def __init__(self, calendar: Calendar, today: date) -> None:
        self._calendar = calendar
        self._known = {0: today}

    def day(self, count: int) -> date:
        """The day that lies ``count`` working days from today."""
        if count not in self._known:
            step = ONE_DAY if count > 0 else -ONE_DAY
            on = self.day(count - (1 if count > 0 else -1)) + step
            while not self._is_working(on):
                on += step
            self._known[count] = on
        return self._known[count]

    def at(self, count: int, clock: str) -> datetime:
        """That day at this time in China (``9:00``)."""
        hour, minute = clock.split(":")
        return datetime.combine(self.day(count), time(int(hour), int(minute)), SHANGHAI)

    def _is_working(self, on: date) -> bool:
        try:
            return self._calendar.is_working(on)
        except CalendarMissing:
            return on.weekday() < 5


def in_words(on: date, beside: date) -> str:
    """11月9日; with the year where it is another one than that of ``beside``."""
    year = "" if on.year == beside.year else f"{on.year}年"
    return f"{year}{on.month}月{on.day}日"
