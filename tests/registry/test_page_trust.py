"""The pages of trust events and what follows: proposals, removals, appeals, measures, feedback."""

import pytest
from sqlalchemy import select

from coordination.permissions import PUBLIC
from coordination.registry import appeals, feedback
from coordination.transaction import transaction
from models import (
    Appeal,
    AppealStatus,
    Feedback,
    FeedbackKind,
    Recognition,
    RecognitionStatus,
    Removal,
    RemovalProposal,
    RemovalProposalStatus,
    TradeMeasure,
    TrustEvent,
)
from tests.registry.county import RECOGNISED, code, recognise, strike
from tests.registry.pages import hidden, links, main, on, status_of

S = RecognitionStatus

pytestmark = pytest.mark.usefixtures("no_tokens")


def test_an_official_list_entered_by_the_office_removes_at_once(session, made, sign_in):
    id_ = made(recognise, 1)
    given = {"ground": "SERIOUS", "source": "official_list", "name": "惠民超市1号店", "uscc": code(1), "happened_on": "2026-06-28"}
    with on(RECOGNISED):
        office, unit = sign_in("office"), sign_in("liaison-SCJG")
        refused = unit.post("/registry/events/new", data={**given, "authority": "县局"})
        assert (refused.status_code, "请重新选择来源" in main(refused)) == (422, True)
        answer = office.post("/registry/events/new", data={**given, "authority": "县局"}, follow_redirects=True)
        assert "已移出名录：惠民超市1号店" in main(answer)
        again = office.post("/registry/events/new", data={**given, "authority": "县局"})
        assert "不必重复录入" in main(again)
        page = main(office.get("/registry/removals"))
        assert all(said in page for said in ("列入严重违法失信名单", "不到1秒"))
        assert sign_in("liaison-JYJ").get("/registry/removals").status_code == 200
        assert "惠民超市" not in main(sign_in("liaison-JYJ").get("/registry/removals"))
    assert status_of(id_) == S.REMOVED


def test_a_proposal_is_confirmed_once_and_the_second_is_told_who_was_first(session, made, sign_in):
    id_ = made(recognise, 1)
    with transaction() as writing:
        strike(writing, 1, ground="DEFAULTER")
    with on(RECOGNISED):
        first, second = sign_in("office"), sign_in("office")
        proposal_id = session.scalars(select(RemovalProposal.id)).one()
        assert "惠民超市1号店" in main(first.get("/registry/proposals"))
        assert sign_in("approver").get(f"/registry/proposals/{proposal_id}/confirm").status_code == 403
        assert "立即从公开名录" in main(second.get(f"/registry/proposals/{proposal_id}/confirm"))
        answer = first.post(f"/registry/proposals/{proposal_id}/reject", data={"reason": "已履行"}, follow_redirects=True)
        assert "不予移出" in main(answer)
        late = second.post(f"/registry/proposals/{proposal_id}/confirm", data={"reason": "应移出"})
        assert late.status_code == 409
        assert "已由联席会议办公室于6月29日9:00办理：不予移出" in main(late)
        assert "应移出" in late.get_data(as_text=True)
    assert status_of(id_) == S.RECOGNISED
    assert session.get(RemovalProposal, proposal_id, populate_existing=True).status == RemovalProposalStatus.REJECTED


def test_confirming_removes_and_leads_to_the_tombstone(session, made, sign_in):
    id_ = made(recognise, 1)
    with transaction() as writing:
        strike(writing, 1, ground="DEFAULTER")
    with on(RECOGNISED):
        office = sign_in("office")
        proposal_id = session.scalars(select(RemovalProposal.id)).one()
        answer = office.post(f"/registry/proposals/{proposal_id}/confirm", data={"reason": "判决未履行"}, follow_redirects=True)
        assert all(said in main(answer) for said in ("惠民超市1号店已移出名录", "起方可再申报", "列为失信被执行人"))
    assert status_of(id_) == S.REMOVED


def test_an_event_without_a_code_is_matched_by_a_person_and_only_proposes(session, made, sign_in):
    id_ = made(recognise, 1)
    with transaction() as writing:
        strike(writing, None, name="惠民超市1号")
    with on(RECOGNISED):
        office = sign_in("office")
        event_id = session.scalars(select(TrustEvent.id)).one()
        assert f"/registry/events/{event_id}/match" in links(office.get(f"/registry/events/{event_id}"))
        page = office.get(f"/registry/events/{event_id}/match?q={code(1)}")
        assert "惠民超市1号店" in main(page)
        business_id = session.get(Recognition, id_).business_id
        given = {"business_id": str(business_id), "reason": "法定代表人一致"}
        answer = office.post(f"/registry/events/{event_id}/match?q={code(1)}", data=given, follow_redirects=True)
        assert "已提出移出建议" in main(answer)
    assert status_of(id_) == S.RECOGNISED


def test_a_repair_lifts_the_bar_by_its_page(session, made, sign_in):
    made(recognise, 1)
    with transaction() as writing:
        strike(writing, 1)
    with on(RECOGNISED):
        office = sign_in("office")
        event_id = session.scalars(select(TrustEvent.id)).one()
        early = office.post(f"/registry/events/{event_id}/repair", data={"on": "2026-06-01", "remark": "书"})
        assert "日期不能早于列入或决定日期（2026年6月28日）" in main(early)
        answer = office.post(
            f"/registry/events/{event_id}/repair", data={"on": "2026-06-29", "remark": "修复决定书1号"}, follow_redirects=True
        )
        assert "再申报限制已解除" in main(answer)
        assert office.get(f"/registry/events/{event_id}/forgive").status_code == 404
    assert session.scalars(select(Removal)).one().bar_until is None


def test_the_approver_decides_an_appeal_and_others_only_read_it(session, made, sign_in):
    made(recognise, 1)
    with transaction() as writing:
        strike(writing, 1)
        appeals.lodge(
            writing, actor=PUBLIC, removal_id=writing.scalars(select(Removal.id)).one(), text="已整改", contact="", now=RECOGNISED
        )
    with on(RECOGNISED):
        office, approver = sign_in("office"), sign_in("approver")
        appeal_id = session.scalars(select(Appeal.id)).one()
        form = {**hidden(approver.get(f"/registry/appeals/{appeal_id}")), "upheld": "0", "answer": "名单列入合法"}
        assert office.post(f"/registry/appeals/{appeal_id}", data=form).status_code == 403
        stale = approver.post(f"/registry/appeals/{appeal_id}", data={**form, "version": "9"})
        assert (stale.status_code, "名单列入合法" in stale.get_data(as_text=True)) == (409, True)
        answer = approver.post(f"/registry/appeals/{appeal_id}", data=form, follow_redirects=True)
        assert "维持移出" in main(answer)
        assert "名单列入合法" in main(office.get(f"/registry/appeals/{appeal_id}"))
    assert session.get(Appeal, appeal_id, populate_existing=True).status == AppealStatus.REFUSED


def test_a_unit_of_the_trade_writes_down_what_it_did_and_no_other_unit_can(session, made, sign_in):
    made(recognise, 1)
    with transaction() as writing:
        strike(writing, 1)
    with on(RECOGNISED):
        mine, other = sign_in("liaison-SWJ"), sign_in("liaison-WLJ")
        measure_id = session.scalars(select(TradeMeasure.id)).one()
        assert "惠民超市1号店" in main(mine.get("/registry/measures"))
        assert other.get(f"/registry/measures/{measure_id}").status_code == 404
        assert other.post(f"/registry/measures/{measure_id}", data={"text": "x"}).status_code == 404
        assert sign_in("office").post(f"/registry/measures/{measure_id}", data={"text": "x"}).status_code == 403
        answer = mine.post(f"/registry/measures/{measure_id}", data={"text": "取消评优"}, follow_redirects=True)
        assert "措施已填报" in main(answer)
        assert mine.post(f"/registry/measures/{measure_id}", data={"text": "再填"}).status_code == 409


def test_feedback_is_answered_by_its_unit_alone(session, made, sign_in):
    id_ = made(recognise, 1)
    with transaction() as writing:
        given = {"kind": FeedbackKind.PROMISE, "text": "不给退货", "contact": "", "address": "1.2.3.4"}
        feedback.send(writing, recognition_id=id_, now=RECOGNISED, **given)
    with on(RECOGNISED):
        unit = sign_in("liaison-SCJG")
        feedback_id = session.scalars(select(Feedback.id)).one()
        assert "不给退货" in main(unit.get("/registry/feedback"))
        assert sign_in("liaison-SWJ").get(f"/registry/feedback/{feedback_id}").status_code == 404
        answer = unit.post(f"/registry/feedback/{feedback_id}", data={"text": "已退货"}, follow_redirects=True)
        assert "已答复" in main(answer)
        assert "不给退货" not in main(unit.get("/registry/feedback"))
        assert "不给退货" in main(unit.get("/registry/feedback?view=all"))
