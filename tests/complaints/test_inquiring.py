"""The centre asks a unit, the unit owes an answer; rosters and settling on the spot."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coordination.complaints import inquiring, onsite, roster, service
from coordination.transaction import transaction
from models import DutyShift, Inquiry, Notice
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from tests.world import NOW, TODAY


def ask(cases, unit="JYJ", **more):
    return cases.do("router", inquiring.ask, unit_id=cases.world.units[unit].id, **{"question": "近三年培训机构预付款监管情况", **more})


def merged(cases, unit, heir):
    with transaction() as writing:
        row = writing.merge(cases.world.units[unit])
        row.valid_to, row.successor_id = TODAY - timedelta(days=1), cases.world.units[heir].id


def test_asked_answered_once_and_overdue_by_derivation(cases):
    one = ask(cases, complaint_id=cases.made())
    asked = cases.session.get(Inquiry, one)
    assert asked.due_on == date(2026, 6, 26)
    assert [asked.is_overdue(day) for day in (asked.due_on, asked.due_on + timedelta(days=1))] == [False, True]
    liaison = cases.actor("liaison-JYJ")
    assert [row.id for row in inquiring.unanswered(cases.session, liaison)] == [one]
    assert [row.id for row in inquiring.overdue(cases.session, liaison, date(2026, 6, 29))] == [one]
    with pytest.raises(BadInput):
        cases.do("liaison-JYJ", inquiring.answer_query, inquiry_id=one, text=" ")
    cases.do("liaison-JYJ", inquiring.answer_query, inquiry_id=one, text="已设专户")
    assert inquiring.unanswered(cases.session, cases.actor("router")) == []
    with pytest.raises(IllegalMove):
        cases.do("liaison-JYJ", inquiring.answer_query, inquiry_id=one, text="再答")
    titles = set(cases.session.scalars(select(Notice.title).where(Notice.kind.like("complaint_inquiry%"))))
    assert titles == {"消保中心查询，最迟2026年6月26日（周五）答复", "查询已答复：县教育局"}


def test_another_unit_knows_nothing_of_it_and_only_the_centre_asks(cases):
    one = ask(cases)
    with pytest.raises(NotFound):
        cases.do("liaison-WLJ", inquiring.answer_query, inquiry_id=one, text="答")
    with pytest.raises(NotAllowed):
        cases.do("liaison-WLJ", inquiring.ask, unit_id=cases.world.units["JYJ"].id, question="问")
    for wrong in ({"question": " "}, {"unit_id": 99_999}, {"unit_id": 0}):
        with pytest.raises((BadInput, NotFound)):
            cases.do("router", inquiring.ask, **{"unit_id": cases.world.units["JYJ"].id, "question": "问", **wrong})


def test_of_a_merged_unit_the_heir_is_asked_and_on_duty(cases):
    merged(cases, "SWJ", "WLJ")
    assert cases.session.get(Inquiry, ask(cases, "SWJ")).unit.code == "WLJ"
    unit = cases.world.units["WLJ"].id
    cases.do("liaison-WLJ", roster.add_shift, unit_id=unit, from_on=TODAY, to_on=TODAY, name="王五", phone="0579-1")
    assert [shift.name for shift in roster.on_duty(cases.session, cases.world.units["SWJ"], TODAY)] == ["王五"]


def test_a_unit_keeps_its_own_roster(cases):
    unit = cases.world.units["JYJ"]
    days = {"unit_id": unit.id, "from_on": TODAY, "to_on": TODAY + timedelta(days=6), "name": "李四", "phone": "0579-2"}
    one = cases.do("liaison-JYJ", roster.add_shift, **days)
    assert [shift.phone for shift in roster.on_duty(cases.session, unit, TODAY + timedelta(days=6))] == ["0579-2"]
    assert roster.on_duty(cases.session, unit, TODAY + timedelta(days=7)) == []
    with pytest.raises(NotAllowed):
        cases.do("liaison-WLJ", roster.add_shift, **days)
    for wrong in ({"name": " "}, {"phone": ""}, {"to_on": TODAY - timedelta(days=1)}, {"to_on": TODAY + timedelta(days=366)}):
        with pytest.raises(BadInput):
            cases.do("liaison-JYJ", roster.add_shift, **{**days, **wrong})
    with pytest.raises(NotAllowed):
        cases.do("head-WLJ", roster.drop_shift, shift_id=one)
    cases.do("head-JYJ", roster.drop_shift, shift_id=one)
    assert cases.session.scalars(select(DutyShift)).all() == []
    with pytest.raises(NotFound):
        cases.do("head-JYJ", roster.drop_shift, shift_id=one)


def test_settled_on_the_spot_arrived_with_a_result(cases):
    one = cases.with_unit()
    cases.do("router", onsite.order_on_site, one, place="惠民超市门口")
    with pytest.raises(IllegalMove):
        cases.do("router", onsite.order_on_site, one, place="再去")
    hour = timedelta(hours=1)
    with pytest.raises(IllegalMove, match="尚未登记到场"):
        cases.do("liaison-JYJ", onsite.finish, one, at=NOW, result="和解")
    with pytest.raises(BadInput):
        cases.do("liaison-JYJ", onsite.arrive, one, at=NOW + hour)
    cases.do("liaison-JYJ", onsite.arrive, one, at=NOW + hour, now=NOW + hour)
    with pytest.raises(BadInput):
        cases.do("liaison-JYJ", onsite.finish, one, at=NOW, result="和解", now=NOW + 2 * hour)
    cases.do("liaison-JYJ", onsite.finish, one, at=NOW + 2 * hour, result="当场退款", now=NOW + 2 * hour)
    (row,) = onsite.on_sites_of(cases.session, cases.the(one))
    assert (row.arrived_at, row.finished_at, row.result) == (NOW + hour, NOW + 2 * hour, "当场退款")
    assert cases.session.scalars(select(Notice.title).where(Notice.kind == "complaint_on_site")).all() == ["请到现场调处：113"]
    with pytest.raises(IllegalMove):
        cases.do("liaison-JYJ", onsite.arrive, one, at=NOW + hour, now=NOW + 3 * hour)


def test_only_who_handles_it_goes_there(cases):
    one = cases.made()
    cases.do("router", service.assign, one, lead_id=cases.world.units["JYJ"].id, co_ids=[cases.world.units["WLJ"].id])
    cases.do("liaison-JYJ", onsite.order_on_site, one, place="某路")
    with pytest.raises(NotAllowed):
        cases.do("liaison-WLJ", onsite.arrive, one, at=NOW)
