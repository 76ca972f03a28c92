"""Deadlines: the vectors of the law (reference rules §11), what must always hold, and an independent calendar as oracle."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.settings.defaults import CALENDARS, days_of
from models import LimitUnit
from models.calendar import Calendar, deadline
from models.errors import BadInput, CalendarMissing

CALENDAR = Calendar(frozenset(CALENDARS), {day: (off, name) for year in CALENDARS for day, off, name in days_of(year)})
DAYS_OF_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))
UNITS = st.sampled_from([unit.value for unit in LimitUnit])


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-09-24", 7, "2026-10-12"),
        ("2026-02-12", 7, "2026-02-28"),
        ("2026-04-30", 7, "2026-05-13"),
        ("2026-09-18", 7, "2026-09-29"),
        ("2026-10-10", 7, "2026-10-20"),
        ("2026-06-18", 15, "2026-07-10"),
        ("2026-09-30", 15, "2026-10-27"),
    ],
)
def test_working_days_as_the_law_counts_them(start, n, due):
    found = deadline(date.fromisoformat(start), n, "working", CALENDAR)
    assert (found.due, found.raw, found.provisional) == (date.fromisoformat(due), date.fromisoformat(due), False)


@pytest.mark.parametrize(
    ("start", "raw", "due"),
    [
        ("2026-08-05", "2026-10-04", "2026-10-08"),
        ("2026-04-20", "2026-06-19", "2026-06-22"),
        ("2026-07-27", "2026-09-25", "2026-09-28"),
        ("2026-03-05", "2026-05-04", "2026-05-06"),
        ("2026-08-12", "2026-10-11", "2026-10-12"),
    ],
)
def test_sixty_days_roll_over_a_last_day_that_is_no_working_day(start, raw, due):
    found = deadline(date.fromisoformat(start), 60, "calendar", CALENDAR)
    assert (found.raw, found.due, found.provisional) == (date.fromisoformat(raw), date.fromisoformat(due), False)


@pytest.mark.parametrize(
    ("start", "n", "unit", "raw"),
    [
        ("2026-01-30", 1, "month", "2026-02-28"),
        ("2024-01-31", 1, "month", "2024-02-29"),
        ("2026-05-31", 1, "month", "2026-06-30"),
        ("2025-11-17", 3, "month", "2026-02-17"),
        ("2024-02-29", 1, "year", "2025-02-28"),
        ("2024-03-01", 2, "year", "2026-03-01"),
    ],
)
def test_months_and_years_end_on_the_same_day_or_on_the_last_of_the_month(start, n, unit, raw):
    found = deadline(date.fromisoformat(start), n, unit, CALENDAR)
    assert found.raw == date.fromisoformat(raw)
    assert found.due == CALENDAR.next_working(found.raw)


@pytest.mark.parametrize(
    ("start", "n", "unit", "steps"),
    [
        ("2026-06-18", 7, "working", "6月18日收到，当日不计→19日至21日端午节放假，不计→22日至26日第1至5日→29日、30日第6、7日"),
        (
            "2026-02-12",
            7,
            "working",
            "2月12日收到，当日不计→13日、14日第1、2日（14日调休上班）→15日至23日春节放假，不计→24日至28日第3至7日（28日调休上班）",
        ),
        ("2026-05-08", 1, "working", "5月8日收到，当日不计→9日第1日（调休上班）"),
        (
            "2026-03-01",
            120,
            "working",
            "3月1日收到，当日不计→2日至8月20日的工作日为第1至120日→其间清明节、劳动节、端午节放假共11日和双休日不计→调休上班1日计入",
        ),
        ("2026-08-05", 60, "calendar", "8月5日收到，当日不计→第60日为10月4日（周日）→4日至7日国庆节放假，顺延至8日（周四）"),
        ("2026-08-12", 60, "calendar", "8月12日收到，当日不计→第60日为10月11日（周日）→11日为双休日，顺延至12日（周一）"),
        ("2026-05-31", 1, "month", "5月31日收到，当日不计→满1个月为6月30日（周二），该月没有31日，以月末日为准"),
        ("2025-06-20", 1, "year", "6月20日收到，当日不计→满1年为2026年6月20日（周六）→20日、21日端午节放假，顺延至22日（周一）"),
        ("2026-06-20", 0, "working", "6月20日收到，当日不计→期限为0，即20日（周六）→20日、21日端午节放假，顺延至22日（周一）"),
        ("2026-12-25", 7, "working", "12月25日收到，当日不计→28日至31日第1至4日→2027年工作日历尚未导入，时限暂定"),
        (
            "2026-12-11",
            20,
            "calendar",
            "12月11日收到，当日不计→第20日为31日（周四）→2027年工作日历尚未导入，年末几日的放假调休届时可能调整",
        ),
        ("2026-06-20", 3, "year", "6月20日收到，当日不计→满3年为2029年6月20日（周三）→2029年工作日历尚未导入，时限暂定"),
    ],
)
def test_the_derivation_reads_as_an_official_would_tell_it(start, n, unit, steps):
    assert "→".join(deadline(date.fromisoformat(start), n, unit, CALENDAR, began="收到").steps) == steps


def test_a_long_derivation_stays_short():
    steps = deadline(date(2024, 1, 2), 600, "working", CALENDAR).steps
    assert len(steps) == 4
    assert steps[2:] == ("其间春节等16个节假日放假共77日和双休日不计", "调休上班17日计入")


def test_a_year_not_loaded_is_never_guessed():
    working = deadline(date(2026, 12, 25), 7, "working", CALENDAR)
    assert (working.due, working.raw, working.provisional) == (None, None, True)
    calendar = deadline(date(2026, 12, 25), 8, "calendar", CALENDAR)
    assert (calendar.due, calendar.raw, calendar.provisional) == (date(2027, 1, 2), date(2027, 1, 2), True)


def test_a_last_day_off_is_provisional_when_the_next_working_day_lies_in_a_year_not_loaded():
    calendar = Calendar(frozenset({2026}), {date(2026, 12, 31): (True, "元旦")})
    found = deadline(date(2026, 12, 1), 30, "calendar", calendar)
    assert (found.due, found.raw, found.provisional) == (date(2026, 12, 31), date(2026, 12, 31), True)


def test_the_start_day_is_not_counted_so_its_year_need_not_be_loaded():
    assert deadline(date(2023, 12, 31), 1, "working", CALENDAR).due == date(2024, 1, 2)


@pytest.mark.parametrize(
    ("n", "unit", "message"),
    [
        (-1, "working", "期限不能为负数，请填写0或正整数"),
        (3, "week", "期限单位“week”无法识别，应为working、calendar、month或year"),
        (10**9, "calendar", "期限过长，算到的日期超出9999年"),
        (10**30, "calendar", "期限过长，算到的日期超出9999年"),
        (8000, "year", "期限过长，算到的日期超出9999年"),
        (10**30, "month", "期限过长，算到的日期超出9999年"),
    ],
)
def test_a_length_that_is_none_is_refused_in_words(n, unit, message):
    with pytest.raises(BadInput) as refused:
        deadline(date(2026, 6, 18), n, unit, CALENDAR)
    assert refused.value.message == message


def test_every_day_of_the_years_loaded_agrees_with_an_independent_calendar():
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366 + 365 + 365)]
    assert days[-1] == date(2026, 12, 31)
    assert [day for day in days if CALENDAR.is_working(day) != chinese_calendar.is_workday(day)] == []


def test_the_seed_says_no_day_twice_and_nothing_a_weekday_says_already():
    for year in CALENDARS:
        days = [day for day, _, _ in days_of(year)]
        assert len(days) == len(set(days))
        assert all(day.weekday() >= 5 for day, off, _ in days_of(year) if not off)


@given(DAYS_OF_2026, st.integers(0, 120), UNITS, st.sets(DAYS_OF_2026, max_size=12))
def test_more_holidays_never_make_a_deadline_earlier(start, n, unit, holidays):
    more = Calendar(CALENDAR.years, {**CALENDAR.exceptions, **dict.fromkeys(holidays, (True, "放假"))})
    before, after = deadline(start, n, unit, CALENDAR), deadline(start, n, unit, more)
    assert before.raw is None or after.raw is None or after.raw >= before.raw
    assert before.due is None or after.due is None or after.due >= before.due
    assert after.provisional or not before.provisional


@given(DAYS_OF_2026, st.integers(0, 120), st.integers(0, 30), UNITS)
def test_a_longer_limit_never_ends_earlier(start, n, longer, unit):
    short, long = deadline(start, n, unit, CALENDAR), deadline(start, n + longer, unit, CALENDAR)
    assert short.due is not None or long.due is None
    assert short.due is None or long.due is None or long.due >= short.due


@given(DAYS_OF_2026, st.integers(0, 300), UNITS)
def test_a_deadline_that_is_certain_falls_on_a_working_day_not_before_its_raw_day(start, n, unit):
    found = deadline(start, n, unit, CALENDAR)
    if found.provisional:
        assert found.due == found.raw
        assert any("工作日历尚未导入，时限暂定" in step for step in found.steps)
    else:
        assert CALENDAR.is_working(found.due)
        assert start <= found.raw <= found.due


@given(DAYS_OF_2026, st.integers(1, 60))
def test_as_many_working_days_lie_in_the_period_as_it_is_long(start, n):
    found = deadline(start, n, "working", CALENDAR)
    if not found.provisional:
        assert CALENDAR.working_days_between(start, found.due) == n
        assert CALENDAR.shift(start, n) == found.due


@given(st.dates(date(2025, 1, 1), date(2025, 12, 31)), st.integers(-200, 200))
def test_shifting_there_and_counting_back_agree(day, n):
    start = CALENDAR.next_working(day)
    assert CALENDAR.working_days_between(start, CALENDAR.shift(start, n)) == n


def test_shifting_into_a_year_not_loaded_says_which():
    with pytest.raises(CalendarMissing, match="2027年工作日历尚未导入，请管理员导入后再算"):
        CALENDAR.shift(date(2026, 12, 30), 2)


@given(st.dates(date(2025, 1, 1), date(2025, 12, 31)), st.dates(date(2025, 1, 1), date(2025, 12, 31)))
def test_counting_backwards_is_counting_forwards_negated(first, last):
    assert CALENDAR.working_days_between(first, last) == -CALENDAR.working_days_between(last, first)
