"""The light says in words how near a due date is, and never needs a calendar it does not have."""

from datetime import date

import pytest

from models.calendar import Calendar
from models.light import NO_DATE, Light, light

# June 2026: the 19th is a holiday, a Friday; 20 and 21 are its weekend.
CALENDAR = Calendar(frozenset({2026}), {date(2026, 6, 19): (True, "端午节")})
TODAY = date(2026, 6, 18)


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        (date(2026, 6, 16), Light("bad", "逾期2个工作日")),
        (date(2026, 6, 17), Light("bad", "逾期1个工作日")),
        (date(2026, 6, 18), Light("warn", "今天到期")),
        (date(2026, 6, 22), Light("warn", "剩1个工作日")),
        (date(2026, 6, 24), Light("warn", "剩3个工作日")),
        (date(2026, 6, 25), Light("ok", "剩4个工作日")),
        (date(2026, 6, 19), Light("warn", "剩0个工作日")),
    ],
)
def test_the_distance_is_told_in_working_days(due_on, expected):
    assert light(due_on, TODAY, CALENDAR) == expected


def test_how_near_is_yellow_is_for_the_office_to_say():
    assert light(date(2026, 6, 24), TODAY, CALENDAR, warn_within=2).kind == "ok"
    assert light(date(2026, 6, 25), TODAY, CALENDAR, warn_within=5).kind == "warn"


def test_without_a_due_date_there_is_nothing_to_be_late_for():
    assert light(None, TODAY, CALENDAR) == NO_DATE == Light("idle", "不限期")


def test_late_by_a_weekend_only_is_late_all_the_same():
    assert light(date(2026, 6, 18), date(2026, 6, 20), CALENDAR) == Light("bad", "逾期2日")


def test_a_year_not_loaded_is_not_guessed_but_told_in_days():
    assert light(date(2027, 1, 4), date(2026, 12, 30), CALENDAR) == Light("ok", "剩5日")
    assert light(date(2026, 12, 30), date(2027, 1, 4), CALENDAR) == Light("bad", "逾期5日")
