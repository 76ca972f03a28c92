"""The days of the ladder: examples by hand, and properties against counting one day at a time."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coordination.tasks.ladder import assigned_before, falls_on, is_working_time, latest_due, rung_of, spans
from coordination.tasks.queries import Limit, last_warn_day
from models import Calendar, LimitUnit, Rung
from models.calendar import SHANGHAI, local_date
from models.errors import BadInput
from models.light import light
from tests.world import HOLIDAYS_2026, MADE_UP_2026

HOURS = {"from": "08:30", "to": "17:30"}
STEPS = {Rung.REMIND: Limit(-3), Rung.URGE: Limit(1), Rung.LETTER: Limit(3), Rung.TOP: Limit(6)}
EXCEPTIONS = {date.fromisoformat(day): (True, name) for day, name in HOLIDAYS_2026.items()} | {
    date.fromisoformat(day): (False, "调休") for day in MADE_UP_2026
}
CALENDAR = Calendar(frozenset({2024, 2025, 2026}), EXCEPTIONS)
ENDLESS = Calendar(frozenset(range(2020, 2034)), EXCEPTIONS)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


@pytest.mark.parametrize(
    ("due", "remind", "urge", "letter", "top"),
    [
        ("06-30", "06-25", "07-01", "07-03", "07-08"),
        ("06-19", "06-16", "06-22", "06-24", "06-29"),  # due on the dragon-boat holiday
        ("06-21", "06-16", "06-22", "06-24", "06-29"),  # due on the Sunday after it
        ("09-30", "09-24", "10-08", "10-10", "10-14"),  # mid-autumn before, the national holiday after, a made-up Saturday counted
        ("09-18", "09-15", "09-20", "09-22", "09-28"),  # the made-up Sunday is the first working day after
    ],
)
def test_the_rungs_fall_on_working_days_counted_from_the_due_date(due, remind, urge, letter, top):
    days = [falls_on(day(due), limit, CALENDAR) for limit in STEPS.values()]
    assert days == [day(remind), day(urge), day(letter), day(top)]


def test_the_highest_rung_that_has_come_is_the_one():
    due = day("06-30")
    expected = {"06-24": None, "06-25": Rung.REMIND, "06-30": Rung.REMIND, "07-01": Rung.URGE, "07-03": Rung.LETTER, "07-08": Rung.TOP}
    assert {text: rung_of(due, day(text), STEPS, CALENDAR) for text in expected} == expected


def test_a_rung_without_a_rule_is_not_on_the_ladder():
    steps = {Rung.URGE: Limit(1)}
    assert rung_of(day("06-30"), day("07-20"), steps, CALENDAR) == Rung.URGE
    assert spans(day("07-20"), {}, CALENDAR, set()) == []


@pytest.mark.parametrize(
    ("at", "works"),
    [
        ("2026-06-18T08:29:59", False),
        ("2026-06-18T08:30:00", True),
        ("2026-06-18T17:29:59", True),
        ("2026-06-18T17:30:00", False),
        ("2026-06-19T10:00:00", False),  # holiday
        ("2026-06-20T10:00:00", False),  # Saturday
        ("2026-10-10T10:00:00", True),  # made-up Saturday
        ("2026-09-20T10:00:00", True),  # made-up Sunday
    ],
)
def test_working_time_is_from_half_past_eight_to_half_past_five_of_working_days(at, works):
    assert is_working_time(datetime.fromisoformat(at).replace(tzinfo=SHANGHAI), HOURS, CALENDAR) is works


def test_an_office_may_work_round_the_clock():
    assert is_working_time(datetime(2026, 6, 18, 23, 59, 59, tzinfo=SHANGHAI), {"from": "00:00", "to": "24:00"}, CALENDAR)


def test_at_the_end_of_the_last_year_loaded_what_is_known_is_owed_and_the_rest_is_named():
    missing: set[int] = set()
    found = spans(day("12-30"), STEPS, CALENDAR, missing)
    assert found[-1].rung == Rung.REMIND
    assert (found[-1].until, missing) == (day("12-31"), {2027})
    assert rung_of(date(2027, 1, 4), day("12-30"), STEPS, CALENDAR) is None


def test_at_the_beginning_of_the_first_year_loaded_nothing_is_guessed():
    missing: set[int] = set()
    assert [span.rung for span in spans(date(2024, 1, 2), STEPS, CALENDAR, missing)] == [Rung.URGE, Rung.REMIND]
    assert missing == {2023}


def test_a_limit_in_months_is_refused_in_words():
    with pytest.raises(BadInput, match="只能按工作日或日计算"):
        falls_on(day("06-30"), Limit(1, LimitUnit.MONTH), CALENDAR)


def test_the_time_to_accept_ends_with_its_last_working_day():
    missing: set[int] = set()
    limit = Limit(2)
    # Assigned on Thursday 18 June, two working days: Monday and Tuesday. On Tuesday it is still time, on Wednesday no more.
    assert local_date(assigned_before(day("06-23"), limit, CALENDAR, missing) - timedelta(seconds=1)) < day("06-18")
    assert local_date(assigned_before(day("06-24"), limit, CALENDAR, missing) - timedelta(seconds=1)) >= day("06-18")


dates = st.dates(date(2025, 1, 1), date(2027, 12, 31))
limits = st.builds(Limit, st.integers(-10, 15), st.sampled_from([LimitUnit.WORKING, LimitUnit.CALENDAR]))
ladders = st.dictionaries(st.sampled_from(list(STEPS)), limits, max_size=4)


@given(dates, dates, limits)
def test_due_dates_turned_round_are_the_same_as_days_counted_forward(due, today, limit):
    assert (due <= latest_due(today, limit, ENDLESS, set())) == (falls_on(due, limit, ENDLESS) <= today)


@given(st.integers(-40, 40), dates, ladders)
def test_every_due_date_lies_in_the_span_of_its_rung_and_in_no_other(offset, today, steps):
    due = today + timedelta(days=offset)
    found = [span.rung for span in spans(today, steps, ENDLESS, set()) if span.until >= due and (span.after is None or due > span.after)]
    rung = rung_of(due, today, steps, ENDLESS)
    assert found == ([] if rung is None else [rung])


@given(st.integers(-40, 40), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_near_the_edge_of_the_calendar_spans_and_rungs_still_agree(offset, today):
    due = today + timedelta(days=offset)
    assume(due.year in CALENDAR.years)
    found = [span.rung for span in spans(today, STEPS, CALENDAR, set()) if span.until >= due and (span.after is None or due > span.after)]
    rung = rung_of(due, today, STEPS, CALENDAR)
    assert found == ([] if rung is None else [rung])


@given(st.dates(date(2026, 1, 1), date(2027, 2, 1)), st.integers(0, 8), st.integers(0, 30))
def test_the_last_yellow_day_is_where_lights_turn_green(today, warn, offset):
    due = today + timedelta(days=offset)
    assert (light(due, today, CALENDAR, warn).kind == "warn") == (due <= last_warn_day(today, CALENDAR, warn))
