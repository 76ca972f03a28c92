"""A complaint has one owner: assigned, received, returned to the router only, decided in a dispute, handled to its end."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coordination import audit
from coordination.complaints import handling, listing, queries, service
from coordination.complaints.importing import Import
from coordination.complaints.reading import read
from coordination.permissions import OPERATOR
from coordination.settings import service as settings
from coordination.transaction import transaction
from models import Complaint, ComplaintStatus, Notice, RefusalGround, TerminationGround
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from tests.world import NOW, TODAY

S = ComplaintStatus


@pytest.fixture
def case(session):
    """``case("举报")``: the id of one just imported."""
    with transaction() as writing:
        settings.load_defaults(writing, NOW)

    def make(kind: str = "投诉", number: str = "113") -> int:
        content = f"登记编号,类型,登记时间,投诉人,联系电话,具体问题\n{number},{kind},2026-06-18 08:00,张三丰,13812345678,面包过期\n"
        running = Import(read("a.csv", content.encode(), {}), {}, NOW)
        with transaction() as writing:
            running.take(writing, actor=OPERATOR, batch=next(running.batches()))
            return writing.scalars(select(Complaint.id).where(Complaint.number == number)).one()

    return make


@pytest.fixture
def do(session, world):
    """``do("liaison-JYJ", service.receive, id)``: one act of one person in a transaction of its own."""

    def act(who: str, verb, complaint_id: int, now=NOW, **more):
        with transaction() as writing:
            return verb(writing, actor=world.actor(writing, who), complaint_id=complaint_id, now=now, **more).status

    return act


def given(do, world, complaint_id: int, unit: str = "JYJ", **more) -> None:
    do("router", service.assign, complaint_id, lead_id=world.units[unit].id, **more)


def with_unit(do, world, complaint_id: int) -> None:
    given(do, world, complaint_id)
    do("liaison-JYJ", service.receive, complaint_id)


def the(session, complaint_id: int) -> Complaint:
    session.expire_all()
    return session.get(Complaint, complaint_id)


def test_an_assigned_case_is_the_units_and_its_liaison_is_told(session, case, do, world):
    one = case()
    given(do, world, one, co_ids=[world.units["WLJ"].id], report_by=TODAY + timedelta(days=10), note="请尽快")
    complaint = the(session, one)
    assert complaint.status == S.ASSIGNED
    assert [(a.unit.short_name, a.is_lead) for a in complaint.current] == [("县教育局", True), ("县文旅局", False)]
    told = session.scalars(select(Notice).where(Notice.kind == "complaint_assigned")).all()
    assert {notice.title for notice in told} == {"投诉举报分派，请签收：113"}
    assert len(told) == 2
    assert "13812345678" not in told[0].text + told[0].title


def test_another_unit_sees_nothing_of_it(session, case, do, world):
    one = case()
    given(do, world, one)
    with pytest.raises(NotFound):
        do("liaison-WLJ", service.receive, one)
    with pytest.raises(NotFound):
        do("convenor", service.receive, one)
    with pytest.raises(NotFound):
        queries.get_complaint(session, world.actor(session, "admin"), one)


def test_a_helping_unit_sees_it_but_does_not_handle_it(case, do, world):
    one = case()
    given(do, world, one, co_ids=[world.units["WLJ"].id])
    with pytest.raises(NotAllowed):
        do("liaison-WLJ", service.receive, one)


def test_a_unit_that_lacks_authority_returns_it_and_no_longer_sees_it(session, case, do, world):
    one = case()
    with_unit(do, world, one)
    status = do("liaison-JYJ", service.send_back, one, reason="不是教育培训", believed_id=world.units["SCJG"].id)
    assert status == S.RETURNED
    assert the(session, one).returns[0].believed.short_name == "县市场监管局"
    with pytest.raises(NotFound):
        do("liaison-JYJ", service.receive, one)
    assert [row.id for row in listing.page(session, world.actor(session, "router"), listing.Sought(view="returned")).rows] == [one]


def test_a_return_needs_its_reason_and_comes_in_time(case, do, world):
    one = case()
    given(do, world, one)
    with pytest.raises(BadInput):
        do("liaison-JYJ", service.send_back, one, reason="  ", believed_id=None)
    with pytest.raises(BadInput):
        do("liaison-JYJ", service.send_back, one, reason="不是", believed_id=world.units["JYJ"].id)
    with pytest.raises(IllegalMove, match="退回期限2026年6月23日已过"):
        do("liaison-JYJ", service.send_back, one, now=NOW + timedelta(days=6), reason="不是", believed_id=None)


def test_a_second_return_by_another_unit_is_a_dispute_that_is_decided(session, case, do, world):
    one = case()
    given(do, world, one)
    do("liaison-JYJ", service.send_back, one, reason="不是", believed_id=world.units["WLJ"].id)
    given(do, world, one, "WLJ")
    assert do("liaison-WLJ", service.send_back, one, reason="也不是", believed_id=world.units["JYJ"].id) == S.DISPUTED
    with pytest.raises(IllegalMove):
        given(do, world, one, "JYJ")
    with pytest.raises(BadInput):
        do("router", service.designate, one, lead_id=world.units["JYJ"].id, document_no=" ")
    do("router", service.designate, one, lead_id=world.units["JYJ"].id, document_no="〔2026〕3号纪要")
    with pytest.raises(IllegalMove, match="不能退回"):
        do("liaison-JYJ", service.send_back, one, reason="还是不是", believed_id=None)
    assert do("liaison-JYJ", service.receive, one) == S.RECEIVED


def test_the_same_unit_twice_or_the_routers_own_change_of_mind_is_no_dispute(session, case, do, world):
    one = case()
    given(do, world, one)
    given(do, world, one, "WLJ")
    assert do("liaison-WLJ", service.send_back, one, reason="不是", believed_id=None) == S.RETURNED
    given(do, world, one, "WLJ")
    assert do("liaison-WLJ", service.send_back, one, reason="不是", believed_id=None) == S.RETURNED


def test_a_unit_that_is_gone_twice_named_or_unknown_is_refused(session, case, do, world):
    one = case()
    with pytest.raises(BadInput):
        given(do, world, one, co_ids=[world.units["JYJ"].id])
    with pytest.raises(NotFound):
        do("router", service.assign, one, lead_id=99_999)
    with pytest.raises(BadInput):
        given(do, world, one, report_by=TODAY - timedelta(days=1))
    with transaction() as writing:
        unit = writing.merge(world.units["WLJ"])
        unit.valid_to, unit.successor_id = TODAY - timedelta(days=1), world.units["JYJ"].id
    with pytest.raises(BadInput, match="现由县教育局承担"):
        given(do, world, one, "WLJ")


def test_only_the_router_assigns(case, do, world):
    one = case()
    given(do, world, one)
    with pytest.raises(NotAllowed):
        do("liaison-JYJ", service.assign, one, lead_id=world.units["WLJ"].id)


def test_a_mixed_one_is_split_before_anybody_has_it(case, do, world):
    with pytest.raises(IllegalMove, match="请先拆分"):
        given(do, world, case("投诉举报"))


def test_a_complaint_is_accepted_mediated_settled_and_closed(session, case, do, world):
    one = case()
    with_unit(do, world, one)
    assert the(session, one).due_on == date(2026, 6, 22)  # promised in three days
    do("liaison-JYJ", handling.accept, one)
    do("liaison-JYJ", handling.mediate, one, place="县教育局二楼")
    assert do("liaison-JYJ", handling.settle, one, result="退款200元") == S.SETTLED
    assert do("liaison-JYJ", handling.close, one) == S.CLOSED
    complaint = the(session, one)
    assert (complaint.decided_on, complaint.ended_on, complaint.closed_at, complaint.last_day) == (TODAY, TODAY, NOW, None)
    assert all(card.done_on == TODAY for card in queries.clocks(session, complaint) if card.start)
    assert [entry.text for entry in reversed(audit.history(session, complaint))][-4:] == [
        "受理",
        "组织调解：县教育局二楼",
        "达成调解",
        "办结",
    ]


def test_a_terminated_one_is_closed_only_after_both_were_told(session, case, do, world):
    one = case()
    with_unit(do, world, one)
    do("liaison-JYJ", handling.accept, one)
    do("liaison-JYJ", handling.terminate, one, ground=TerminationGround.IMPOSSIBLE, reason="分歧过大")
    assert the(session, one).due_on == date(2026, 6, 30)  # the notice has a clock of its own
    with pytest.raises(IllegalMove, match="尚未告知双方"):
        do("liaison-JYJ", handling.close, one)
    do("liaison-JYJ", handling.tell_ended, one)
    with pytest.raises(IllegalMove):
        do("liaison-JYJ", handling.tell_ended, one)
    assert do("liaison-JYJ", handling.close, one) == S.CLOSED


def test_a_refusal_names_its_ground_and_stops_the_clocks(session, case, do, world):
    one = case()
    with_unit(do, world, one)
    with pytest.raises(BadInput):
        do("liaison-JYJ", handling.refuse, one, ground=RefusalGround.ELSEWHERE, reason="")
    do("liaison-JYJ", handling.refuse, one, ground=RefusalGround.ELSEWHERE, reason="法院已受理")
    complaint = the(session, one)
    assert (complaint.refusal, complaint.decided_on, complaint.last_day) == (RefusalGround.ELSEWHERE, TODAY, None)


def test_a_report_is_checked_filed_and_the_informant_told(session, case, do, world):
    one = case("举报")
    with_unit(do, world, one)
    with pytest.raises(IllegalMove, match="举报没有"):
        do("liaison-JYJ", handling.accept, one)
    do("liaison-JYJ", handling.start_check, one)
    before = the(session, one).due_on
    do("liaison-JYJ", handling.extend_check, one, approved_by="局长甲")
    assert the(session, one).due_on > before
    with pytest.raises(IllegalMove):
        do("liaison-JYJ", handling.extend_check, one, approved_by="局长甲")
    assert do("liaison-JYJ", handling.decide_report, one, case_number="示市监案〔2026〕8号", result="涉嫌销售过期食品") == S.FILED
    assert do("liaison-JYJ", handling.inform, one) == S.INFORMED
    assert do("liaison-JYJ", handling.close, one) == S.CLOSED


def test_a_query_is_answered(case, do, world):
    one = case("咨询")
    with_unit(do, world, one)
    assert do("liaison-JYJ", handling.answer, one, text="可以退课") == S.ANSWERED
    assert do("liaison-JYJ", handling.close, one) == S.CLOSED


def test_the_days_of_an_appraisal_are_not_counted(session, case, do, world):
    one = case()
    with_unit(do, world, one)
    with pytest.raises(IllegalMove):
        do("liaison-JYJ", handling.start_appraisal, one, body="质检院", since=TODAY)
    do("liaison-JYJ", handling.accept, one)
    clock = {card.code: card for card in queries.clocks(session, the(session, one))}["MEDIATE"]
    do("liaison-JYJ", handling.start_appraisal, one, body="质检院", since=TODAY)
    assert {card.code: card for card in queries.clocks(session, the(session, one))}["MEDIATE"].paused
    with pytest.raises(IllegalMove):
        do("liaison-JYJ", handling.start_appraisal, one, body="质检院", since=TODAY)
    later = NOW + timedelta(days=12)
    with pytest.raises(BadInput):
        do("liaison-JYJ", handling.end_appraisal, one, until=TODAY - timedelta(days=1), finding="合格", now=later)
    do("liaison-JYJ", handling.end_appraisal, one, until=TODAY + timedelta(days=10), finding="合格", now=later)
    after = {card.code: card for card in queries.clocks(session, the(session, one))}["MEDIATE"]
    assert after.due_on == clock.due_on + timedelta(days=10)
