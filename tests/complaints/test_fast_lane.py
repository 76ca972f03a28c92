"""A recognised unit that promised it is asked first; the law's clocks go on, and only what the complainant confirms ends the case."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from coordination import clock
from coordination.complaints import fast_lane, service
from coordination.registry import life
from coordination.transaction import transaction
from models import ComplaintStatus, EventSource, LaneStatus, Notice, Promise, PromiseKind, RemovalProposal, TrustEvent
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from scheduler import jobs
from tests.registry.county import found_scheme, recognise
from tests.world import NOW, TODAY

S, L = ComplaintStatus, LaneStatus


@pytest.fixture
def shop(session, world, cases):
    """A recognised unit, 惠民超市, that promises a fast lane; its recognition's id."""
    with transaction() as writing:
        recognition = recognise(writing, found_scheme(writing)["shop"], 1, now=NOW - timedelta(days=21), name="惠民超市")
        writing.flush()
        made = recognition.id
    cases.do("liaison-SCJG", life.promise, recognition_id=made, kind=PromiseKind.FAST_LANE, text="接到转送后先行和解")
    return made


def offered(cases, number="1", **more):
    """The id of a case offered to its unit, and the token of the link."""
    one = cases.made(number, **more)
    with transaction() as writing:
        _, token = fast_lane.offer(writing, actor=cases.world.actor(writing, "router"), complaint_id=one, consents=True, now=NOW)
    return one, token


def answer(token, settled=True, text="已退款200元", now=NOW):
    with transaction() as writing:
        return fast_lane.answer_lane(writing, token=token, settled=settled, text=text, now=now).status


def lane(cases, one):
    return fast_lane.lane_of(cases.session, cases.the(one))


def test_settled_confirmed_and_closed(cases, shop):
    one, token = offered(cases)
    assert answer(token) == L.SETTLED
    assert cases.the(one).status == S.REGISTERED, "nothing ends before the complainant says so"
    assert cases.session.scalars(select(Notice.title).where(Notice.kind == "complaint_lane_answered")).all() == [
        "先行和解已答复（待投诉人确认）：1"
    ]
    cases.do("router", fast_lane.confirm_lane, one, confirmed=True, note="电话核实")
    complaint = cases.the(one)
    assert (complaint.status, complaint.result, complaint.last_day) == (S.CLOSED, "双方自行和解：已退款200元", None)
    with pytest.raises(IllegalMove):
        fast_lane.seen_by_business(cases.session, token=token, now=NOW)


def test_not_settled_or_not_confirmed_it_goes_the_normal_way(cases, shop):
    one, token = offered(cases, "1")
    assert answer(token, settled=False, text="消费者使用后损坏") == L.DECLINED
    other, second = offered(cases, "2")
    answer(second)
    cases.do("router", fast_lane.confirm_lane, other, confirmed=False, note="称未收到退款")
    for case in (one, other):
        cases.do("router", service.assign, case, lead_id=cases.world.units["JYJ"].id)
    with pytest.raises(IllegalMove):
        answer(token)
    with pytest.raises(IllegalMove):
        cases.do("router", fast_lane.confirm_lane, other, confirmed=True, note="又认可")


def test_its_day_comes_before_the_acceptance_is_due_and_then_it_ends(cases, shop):
    one, token = offered(cases, at="2026-06-17 08:00")
    assert lane(cases, one).due_on == date(2026, 6, 26), "ten working days would be later than the acceptance on 29 June"
    assert "受理时限" in lane(cases, one).derivation
    after = NOW + timedelta(days=9)
    with pytest.raises(IllegalMove, match="期限2026年6月26日已过"):
        answer(token, now=after)
    run = jobs.Run(after, Path())
    assert jobs.perform("a_job", jobs.complaint_events, run, clock.now).done == 1
    assert lane(cases, one).status == L.EXPIRED
    assert jobs.perform("a_job", jobs.complaint_events, run, clock.now).done == 0
    assert len(cases.session.scalars(select(Notice).where(Notice.kind == "complaint_lane_expired")).all()) == 1


def test_one_link_opens_one_case_masked_and_is_kept_nowhere(cases, shop):
    one, token = offered(cases, text="我是张三丰，面包过期")
    assert len(token) >= 22, "128 bits"
    view = fast_lane.seen_by_business(cases.session, token=token, now=NOW)
    assert (view.number, view.text, view.contact) == ("1", "我是＊＊＊，面包过期", {})
    assert token not in str(vars(lane(cases, one)))
    for wrong in ("", token[:-1], token + "a", "\ud800"):
        with pytest.raises(NotFound):
            fast_lane.seen_by_business(cases.session, token=wrong, now=NOW)
    shared = cases.made("2")
    with transaction() as writing:
        router = cases.world.actor(writing, "router")
        _, second = fast_lane.offer(writing, actor=router, complaint_id=shared, consents=True, shares_contact=True, now=NOW)
    contact = fast_lane.seen_by_business(cases.session, token=second, now=NOW).contact
    assert contact == {"name": "张三丰", "phone": "13812345678"}
    answer(token, text="已联系张三丰13812345678退款")
    assert "张三丰" not in lane(cases, one).answer


def test_to_whom_nothing_is_offered(cases, shop):
    def offer(one, who="router", consents=True):
        cases.do(who, fast_lane.offer, one, consents=consents)

    with pytest.raises(IllegalMove, match="不是公示先行和解承诺的在册单位"):
        offer(cases.made("1", target="别的商店"))
    with pytest.raises(BadInput):
        offer(cases.made("2"), consents=False)
    with pytest.raises(IllegalMove):
        offer(cases.made("3", kind="举报"))
    with pytest.raises(IllegalMove):
        offer(cases.with_unit("4"))
    with pytest.raises(IllegalMove, match="来不及"):
        offer(cases.made("5", at="2026-06-08 08:00"))
    one, _ = offered(cases, "6")
    with pytest.raises(IllegalMove, match="已转送过"):
        offer(one)
    with pytest.raises(NotFound):
        offer(cases.made("7"), who="liaison-JYJ")
    promise = cases.session.scalars(select(Promise.id)).one()
    cases.do("liaison-SCJG", life.end_promise, promise_id=promise, reason="不再提供")
    assert fast_lane.offering(cases.session, cases.the(one).business_id, TODAY + timedelta(days=1)) is None


def test_once_assigned_the_link_answers_no_more(cases, shop):
    one, token = offered(cases)
    cases.do("router", service.assign, one, lead_id=cases.world.units["JYJ"].id)
    with pytest.raises(IllegalMove, match="已转入正常程序"):
        answer(token)


def test_a_proven_breach_proposes_the_units_removal(cases, shop):
    case = cases.with_unit("1")
    promise = cases.session.scalars(select(Promise.id)).one()
    facts = {"promise_id": promise, "finding": "拒不先行和解", "document_no": "〔2026〕7号"}
    with pytest.raises(BadInput):
        cases.do("liaison-JYJ", fast_lane.prove_broken, case, **{**facts, "finding": ""})
    with pytest.raises(NotAllowed):
        cases.do("router", fast_lane.prove_broken, case, **facts)
    with pytest.raises(NotFound):
        cases.do("liaison-JYJ", fast_lane.prove_broken, case, **{**facts, "promise_id": 99_999})
    cases.do("liaison-JYJ", fast_lane.prove_broken, case, **facts)
    event = cases.session.scalars(select(TrustEvent)).one()
    assert (event.source, event.ground.code, "惠民超市" in event.name) == (EventSource.COMPLAINT, "BROKEN_PROMISE", True)
    assert cases.session.scalars(select(RemovalProposal.recognition_id)).all() == [shop]
