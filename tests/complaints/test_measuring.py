"""Rates say of how many; what records lack is counted for each unit, and merged units count for their heirs."""

from datetime import date, timedelta

import pytest

from coordination.complaints import duplicates, handling, measuring, queries, service
from coordination.transaction import transaction
from models import Channel
from models.errors import NotAllowed
from tests.world import NOW, TODAY

JUNE = {"year": 2026, "month": 6}


def rates(cases, who="router", today=TODAY, **more):
    found = measuring.handling_rate(cases.session, cases.actor(who), today=today, **{**JUNE, **more})
    return {rate.unit.code: (rate.kept, rate.due, rate.received) for rate in found}


def test_kept_of_due_and_what_is_not_due_counts_for_nothing(cases):
    cases.settled("1")
    cases.settled("2", now=NOW + timedelta(days=30))  # beyond the promise
    cases.with_unit("3")
    assert rates(cases) == {"JYJ": (1, 2, 3)}
    late = date(2026, 6, 30)
    assert rates(cases, today=late) == {"JYJ": (1, 3, 3)}, "one still open is late by now"
    (rate,) = measuring.handling_rate(cases.session, cases.actor("router"), today=late, **JUNE)
    assert round(rate.percent, 1) == 33.3


def test_nothing_due_has_no_rate(cases):
    cases.with_unit("1")
    (rate,) = measuring.handling_rate(cases.session, cases.actor("router"), today=TODAY, **JUNE)
    assert (rate.due, rate.percent) == (0, None)


def test_by_period_channel_and_person(cases):
    cases.settled("1")
    cases.settled("2", "WLJ", at="2026-05-29 08:00")
    assert rates(cases, month=None) == {"JYJ": (1, 1, 1), "WLJ": (0, 1, 1)}
    assert rates(cases) == {"JYJ": (1, 1, 1)}
    assert rates(cases, month=5) == {"WLJ": (0, 1, 1)}
    assert rates(cases, year=2025, month=12) == {}
    assert rates(cases, channel=Channel.LETTER) == {}
    assert rates(cases, "liaison-WLJ", month=None) == {"WLJ": (0, 1, 1)}
    with pytest.raises(NotAllowed):
        rates(cases, "convenor")


def test_duplicates_count_with_their_first_and_merged_units_for_their_heir(cases):
    first, other = cases.settled("1"), cases.made("2")
    cases.do("router", duplicates.link, other, first_id=first, reason="同一事项", told_on=TODAY)
    cases.settled("3", "WLJ")
    with transaction() as writing:
        unit = writing.merge(cases.world.units["JYJ"])
        unit.valid_to, unit.successor_id = TODAY - timedelta(days=1), cases.world.units["WLJ"].id
    assert rates(cases) == {"WLJ": (2, 2, 2)}


def test_terminated_counts_when_both_were_told(cases):
    one = cases.with_unit("1")
    cases.do("liaison-JYJ", handling.accept, one)
    cases.do("liaison-JYJ", handling.terminate, one, ground=handling.TerminationGround.ABSENT, reason="未到场")
    assert rates(cases) == {"JYJ": (0, 0, 1)}
    cases.do("liaison-JYJ", handling.tell_ended, one)
    assert rates(cases) == {"JYJ": (1, 1, 1)}


def test_what_records_lack(cases):
    cases.with_unit("1")
    cases.made("2", text="")
    found = {one.unit.code if one.unit else "": one for one in measuring.quality(cases.session, cases.actor("router"), today=TODAY, **JUNE)}
    assert {code: one.records for code, one in found.items()} == {"JYJ": 1, "": 1}
    assert found["JYJ"].lacking["客体类别"] == 1
    assert (found["JYJ"].lacking["具体问题"], found[""].lacking["具体问题"]) == (0, 1)
    ((row, words),) = measuring.lacking(cases.session, cases.actor("router"), unit_id=None, **JUNE)
    assert (row.number, "具体问题" in words, "收到时间" in words) == ("2", True, False)
    assert measuring.lacking(cases.session, cases.actor("router"), unit_id=None, after=row.id, **JUNE) == []
    assert [one.unit.code for one in measuring.quality(cases.session, cases.actor("liaison-JYJ"), today=TODAY, **JUNE)] == ["JYJ"]
    assert measuring.lacking(cases.session, cases.actor("liaison-JYJ"), unit_id=None, **JUNE) == []
    assert measuring.quality(cases.session, cases.actor("router"), today=TODAY, year=2026, month=12) == []


def test_the_routers_own_clock(cases):
    one = cases.made("1", at="2026-06-17 08:00")
    card = queries.routing_card(cases.session, cases.the(one))
    assert (card.due_on, card.done_on, card.is_late(TODAY)) == (TODAY, None, False)
    cases.do("router", service.assign, one, lead_id=cases.world.units["JYJ"].id, now=NOW + timedelta(days=4))
    after = queries.routing_card(cases.session, cases.the(one))
    assert (after.done_on, after.is_late(TODAY)) == (date(2026, 6, 22), True)
