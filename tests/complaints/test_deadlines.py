"""A clock near its last day is told to the unit, once; past it to its head, then to the router; in working hours only."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from coordination import clock
from coordination.complaints import calling, deadlines, handling, inquiring, service
from coordination.transaction import transaction
from models import Notice, Rule
from scheduler import jobs
from tests.world import NOW, TODAY

LATER = datetime(2026, 6, 24, 1, 0, tzinfo=UTC)  # Wednesday, 9:00; the promise of 3 days ended on Monday


def run(now):
    return jobs.perform("a_job", jobs.complaint_deadlines, jobs.Run(now, Path()), clock.now)


def told(cases, kind):
    cases.session.expire_all()
    query = select(Notice.slot, Notice.person_id).where(Notice.kind == kind)
    names = {person.id: name for name, person in cases.world.people.items()}
    return sorted((slot, names[person_id]) for slot, person_id in cases.session.execute(query))


def test_each_clock_is_told_once_for_its_last_day(cases):
    one = cases.with_unit()
    assert cases.the(one).tell_on == TODAY, "the promise ends on Monday, the next working day"
    version = cases.the(one).version
    assert run(NOW).done == 1
    assert told(cases, "complaint_remind") == [("PROMISE:2026-06-22", "liaison-JYJ")]
    assert run(NOW).done == 0, "run twice it does nothing"
    assert cases.the(one).tell_on == date(2026, 6, 23)
    assert cases.the(one).version == version, "who has the case open is not disturbed"
    assert run(LATER).done == 1
    assert told(cases, "complaint_urge") == [("PROMISE:2026-06-22", "head-JYJ"), ("PROMISE:2026-06-22", "liaison-JYJ")]


def test_a_second_clock_is_told_though_the_first_is_long_past(cases):
    cases.with_unit()
    run(NOW)
    run(LATER)
    assert run(datetime(2026, 6, 29, 1, 0, tzinfo=UTC)).done == 1
    assert ("ACCEPT:2026-06-30", "liaison-JYJ") in told(cases, "complaint_remind")
    assert {who for _, who in told(cases, "complaint_top")} == {"liaison-JYJ", "head-JYJ", "router"}


def test_after_missed_runs_one_word_not_three(cases):
    cases.with_unit()
    run(datetime(2026, 6, 29, 1, 0, tzinfo=UTC))
    assert told(cases, "complaint_urge") == []
    assert told(cases, "complaint_remind") == [("ACCEPT:2026-06-30", "liaison-JYJ")]
    assert {slot for slot, _ in told(cases, "complaint_top")} == {"PROMISE:2026-06-22"}


def test_nothing_is_sent_at_night_or_on_a_holiday(cases):
    cases.with_unit()
    for closed in (NOW + timedelta(hours=12), datetime(2026, 6, 19, 1, 0, tzinfo=UTC)):
        assert run(closed).done == 0
    assert told(cases, "complaint_remind") == []


def test_what_is_done_or_gone_is_told_no_more(cases):
    one, other = cases.with_unit("1"), cases.with_unit("2")
    for step in (handling.accept,):
        cases.do("liaison-JYJ", step, one)
    cases.do("liaison-JYJ", handling.settle, one, result="退款")
    assert cases.the(one).tell_on is None
    cases.do("liaison-JYJ", service.send_back, other, reason="不是", believed_id=None)
    assert cases.the(other).tell_on is None
    assert run(LATER).done == 1
    assert {row.kind for row in cases.session.scalars(select(Notice)) if row.created_at == LATER} == {"complaint_waiting"}


def test_the_heir_of_a_unit_abolished_meanwhile_is_told(cases):
    cases.with_unit()
    with transaction() as writing:
        unit = writing.merge(cases.world.units["JYJ"])
        unit.valid_to, unit.successor_id = TODAY + timedelta(days=1), cases.world.units["WLJ"].id
    run(LATER)
    assert {who for _, who in told(cases, "complaint_urge")} >= {"liaison-WLJ", "head-WLJ"}


def test_routers_are_told_once_a_day_what_waits_too_long(cases):
    cases.made("1", at="2026-06-16 08:00")
    cases.made("2", at="2026-06-17 08:00")
    assert run(NOW).done == 1
    assert cases.session.scalars(select(Notice.title).where(Notice.kind == "complaint_waiting")).all() == ["有1件投诉举报超过分派时限"]
    assert run(NOW + timedelta(hours=1)).done == 0
    assert run(LATER).done == 1


def test_one_received_on_a_holiday_is_the_routers_until_the_end_of_the_next_working_day(cases):
    cases.made("1", at="2026-06-13 08:00")  # a Saturday
    assert deadlines.queries.due_before(cases.session, "ROUTE", date(2026, 6, 15), otherwise=1) == date(2026, 6, 12)
    with transaction() as session:
        assert not deadlines.tell_routers(session, now=datetime(2026, 6, 15, 1, 0, tzinfo=UTC))
    with transaction() as session:
        assert deadlines.tell_routers(session, now=datetime(2026, 6, 16, 1, 0, tzinfo=UTC))


def test_a_rung_without_a_rule_is_not_climbed(cases):
    with transaction() as writing:
        for rule in writing.scalars(select(Rule).where(Rule.code.like("COMPLAINT_%"))):
            writing.delete(rule)
    assert cases.the(cases.with_unit()).tell_on is None
    assert run(LATER).done == 0


def test_an_answer_owed_to_the_centre_climbs_like_a_clock_and_stops_when_given(cases):
    one = cases.do("router", inquiring.ask, unit_id=cases.world.units["JYJ"].id, question="预付款监管情况")
    assert run(NOW).done == 0, "its last day is 26 June"
    eve, after, late = (datetime(2026, 6, day, 1, 0, tzinfo=UTC) for day in (25, 29, 30))
    assert [run(eve).done, run(eve).done] == [1, 0]
    assert told(cases, "complaint_inquiry_due") == [("2026-06-26:COMPLAINT_REMIND", "liaison-JYJ")]
    assert run(after).done == 1
    assert {who for slot, who in told(cases, "complaint_inquiry_due") if slot.endswith("URGE")} == {"liaison-JYJ", "head-JYJ"}
    assert run(late).done == 0
    cases.do("liaison-JYJ", inquiring.answer_query, inquiry_id=one, text="已设专户")
    assert run(datetime(2026, 7, 20, 1, 0, tzinfo=UTC)).done == 0


def test_in_the_end_the_router_hears_of_an_answer_that_never_came(cases):
    cases.do("router", inquiring.ask, unit_id=cases.world.units["JYJ"].id, question="预付款监管情况")
    assert run(datetime(2026, 7, 20, 1, 0, tzinfo=UTC)).done == 1
    assert {who for _, who in told(cases, "complaint_inquiry_due")} == {"liaison-JYJ", "head-JYJ", "router"}


def test_routers_are_told_once_a_day_of_calls_that_should_have_been_made(cases):
    cases.settled()
    in_time, late, next_day = (datetime(2026, 6, day, 1, 0, tzinfo=UTC) for day in (26, 29, 30))
    assert run(in_time).done == 0, "closed on 18 June: the fifth working day is 26 June"
    assert [run(late).done, run(late).done] == [1, 0]
    assert told(cases, "complaint_uncalled") == [("2026-06-29", "router")]
    assert run(next_day).done == 1
    cases.do("router", calling.call_back, 1, reached=True, solved=True, satisfied=True, now=next_day)
    assert run(datetime(2026, 7, 1, 1, 0, tzinfo=UTC)).done == 0
