"""Every clock of a case: which apply, from when, to which day, and how it was found."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.complaints.clocks import Card, Facts, Pause, cards, nearest
from coordination.settings.defaults import CALENDARS, RULES, days_of
from models import Channel, ComplaintKind, Rule, Sector
from models.calendar import Calendar

DAYS = {day: (off, name) for year in CALENDARS for day, off, name in days_of(year)}
CALENDAR = Calendar(frozenset(CALENDARS), DAYS, "2026年第1版")
RECEIVED = date(2026, 6, 18)


def rule_of(code: str, on: date) -> Rule | None:
    rows = [row for row in RULES if row.code == code and row.since <= on and (row.until is None or on <= row.until)]
    if not rows:
        return None
    (row,) = rows
    return Rule(code=row.code, title=row.title, limit=row.limit, unit=row.unit, clause=row.clause)


def clocks_of(calendar: Calendar = CALENDAR, **facts) -> dict[str, Card]:
    facts = {"kind": ComplaintKind.COMPLAINT, "received_on": RECEIVED, **facts}
    return {card.code: card for card in cards(Facts(**facts), rule_of, calendar)}


def test_a_complaint_to_market_supervision_is_accepted_within_seven_working_days():
    card = clocks_of()["ACCEPT"]
    assert card.due_on == date(2026, 6, 30)
    assert card.clause == "总局令第121号第十五条"
    assert card.calendar == "2026年第1版"
    assert card.steps[0] == "6月18日起算，当日不计"
    assert card.is_running


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (date(2026, 8, 5), date(2026, 10, 8)),
        (date(2026, 4, 20), date(2026, 6, 22)),
        (date(2026, 7, 27), date(2026, 9, 28)),
        (date(2026, 8, 12), date(2026, 10, 12)),
    ],
)
def test_mediation_ends_sixty_days_after_acceptance(start, due):
    assert clocks_of(received_on=date(2026, 4, 16), accepted_on=start)["MEDIATE"].due_on == due


def test_what_was_received_before_the_new_order_keeps_the_old_limits():
    old = clocks_of(received_on=date(2026, 4, 14), accepted_on=date(2026, 4, 20))
    assert old["MEDIATE"].words == "45个工作日"
    assert old["MEDIATE"].clause == "总局令第20号第二十一条"
    new = clocks_of(received_on=date(2026, 4, 15), accepted_on=date(2026, 4, 20))
    assert new["MEDIATE"].words == "60日"


def test_the_notice_to_a_named_informant_is_owed_only_under_the_old_order():
    facts = {"kind": ComplaintKind.REPORT, "verdict_on": date(2026, 5, 6)}
    assert clocks_of(received_on=date(2026, 4, 14), **facts)["INFORM"].due_on == date(2026, 5, 12)
    assert "INFORM" not in clocks_of(received_on=date(2026, 4, 15), **facts)
    assert "INFORM" not in clocks_of(received_on=date(2026, 4, 14), is_named=False, **facts)


def test_other_departments_answer_under_the_regulation_and_sectors_under_their_own():
    assert {"DEPARTMENT", "DEPARTMENT_MEDIATE"} <= set(clocks_of(sector=Sector.DEPARTMENT))
    assert clocks_of(sector=Sector.GAS)["GAS"].due_on == date(2026, 7, 10)
    assert clocks_of(sector=Sector.TELECOM)["TELECOM"].due_on == date(2026, 7, 20)  # raw 18 July, a Saturday
    assert "ACCEPT" not in clocks_of(sector=Sector.POST)


def test_a_report_is_checked_in_fifteen_working_days_and_fifteen_more_when_approved():
    report = {"kind": ComplaintKind.REPORT}
    assert clocks_of(**report)["REPORT"].due_on == date(2026, 7, 10)
    longer = clocks_of(report_extended=True, **report)["REPORT"]
    assert longer.due_on == date(2026, 7, 31)
    assert longer.words == "15个工作日，经批准延长15个工作日"


def test_the_county_promises_more_than_the_law_asks_and_the_hotline_has_a_clock_of_its_own():
    found = clocks_of(channel=Channel.CITY_HOTLINE)
    assert set(found) == {"ACCEPT", "MEDIATE", "TERM_NOTICE", "CITY_HOTLINE", "PROMISE"}
    assert found["CITY_HOTLINE"].due_on == date(2026, 6, 26)
    assert clocks_of(is_small=True)["PROMISE_SMALL"].due_on == RECEIVED
    assert clocks_of(kind=ComplaintKind.QUERY)["PROMISE_QUERY"].due_on == RECEIVED


def test_a_mixed_one_runs_by_both_clocks_until_it_is_split():
    assert {"ACCEPT", "REPORT"} <= set(clocks_of(kind=ComplaintKind.MIXED))


def test_clocks_that_have_not_begun_are_shown_and_have_no_day():
    card = clocks_of()["MEDIATE"]
    assert (card.start, card.due_on, card.is_running) == (None, None, False)
    assert not card.is_late(date(2030, 1, 1))


def test_days_of_an_expert_opinion_are_not_counted():
    accepted = date(2026, 8, 5)
    paused = clocks_of(received_on=accepted, accepted_on=accepted, pauses=(Pause(date(2026, 8, 10), date(2026, 8, 20)),))["MEDIATE"]
    assert paused.due_on == date(2026, 10, 14)  # raw 4 October and ten days
    assert paused.steps[-1] == "其中鉴定、检测10日不计入60日"


def test_while_the_opinion_is_awaited_the_clock_stands_still():
    card = clocks_of(accepted_on=RECEIVED, pauses=(Pause(date(2026, 7, 1)),))["MEDIATE"]
    assert card.paused
    assert card.due_on is None
    assert card.steps == ("7月1日起鉴定、检测，期间不计",)


def test_a_pause_that_began_after_the_last_day_changes_nothing():
    late = clocks_of(accepted_on=RECEIVED, pauses=(Pause(date(2026, 9, 1), date(2026, 9, 20)),))["MEDIATE"]
    assert late.due_on == clocks_of(accepted_on=RECEIVED)["MEDIATE"].due_on


def test_late_is_judged_by_the_day_it_was_done():
    met = clocks_of(decided_on=date(2026, 6, 30))["ACCEPT"]
    assert not met.is_late(date(2026, 12, 1))
    assert clocks_of(decided_on=date(2026, 7, 1))["ACCEPT"].is_late(date(2026, 7, 1))
    assert clocks_of()["ACCEPT"].is_late(date(2026, 7, 1))
    assert not clocks_of()["ACCEPT"].is_late(date(2026, 6, 30))


def test_the_nearest_day_leads_and_what_is_done_comes_last():
    found = cards(Facts(ComplaintKind.COMPLAINT, RECEIVED, decided_on=RECEIVED, accepted_on=RECEIVED), rule_of, CALENDAR)
    assert [card.code for card in found] == ["PROMISE", "MEDIATE", "TERM_NOTICE", "ACCEPT"]
    assert nearest(found) == date(2026, 6, 22)


def test_where_no_calendar_is_loaded_the_day_is_provisional_and_never_guessed():
    card = clocks_of(received_on=date(2026, 12, 24))["ACCEPT"]
    assert card.provisional
    assert card.due_on is None
    assert card.steps[-1] == "2027年工作日历尚未导入，时限暂定"


days = st.dates(date(2026, 4, 15), date(2026, 9, 30))
pauses = st.lists(st.tuples(days, st.integers(0, 40)), max_size=4).map(
    lambda found: tuple(Pause(since, since + timedelta(days=length)) for since, length in found)
)


@given(start=days, pauses=pauses, more=st.tuples(days, st.integers(0, 40)))
def test_a_pause_never_shortens(start, pauses, more):
    """Whatever pauses there are, one more, overlapping or not, never makes the last day earlier."""
    extra = Pause(more[0], more[0] + timedelta(days=more[1]))
    wide = Calendar(frozenset(range(2024, 2030)), DAYS)
    facts = {"received_on": start, "accepted_on": start}
    before = clocks_of(wide, pauses=pauses, **facts)["MEDIATE"].due_on
    assert clocks_of(wide, pauses=(*pauses, extra), **facts)["MEDIATE"].due_on >= before


@given(start=days, holiday=days)
def test_a_holiday_more_never_makes_a_deadline_earlier(start, holiday):
    more = Calendar(CALENDAR.years, {**DAYS, holiday: (True, "放假")}, CALENDAR.version)
    before, after = clocks_of(received_on=start), clocks_of(more, received_on=start)
    for code, card in before.items():
        if card.due_on is not None and after[code].due_on is not None:
            assert after[code].due_on >= card.due_on
