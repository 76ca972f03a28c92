"""A case that is nobody's in the county goes out with its paper, and its complainant knows."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coordination.complaints import handling, queries, service, transferring
from models import ComplaintStatus, Notice, RecipientKind, TerminationGround
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from tests.world import NOW, TODAY

PAPER = {
    "recipient_kind": RecipientKind.POLICE,
    "recipient": "示例县公安局经侦大队",
    "reason": "涉嫌诈骗",
    "document_no": "〔2026〕5号",
    "on": TODAY,
}
S = ComplaintStatus


def clocks(cases, one):
    return {card.code: card for card in queries.clocks(cases.session, cases.the(one))}


def test_handed_over_received_told_and_closed(cases):
    one = cases.with_unit()
    cases.do("liaison-JYJ", transferring.transfer, one, **PAPER)
    assert cases.the(one).status == S.TRANSFERRED
    assert clocks(cases, one)["ACCEPT"].is_running, "the complainant does not know yet"
    with pytest.raises(IllegalMove, match="尚未接收机关签收、书面告知投诉人"):
        cases.do("liaison-JYJ", transferring.close_transferred, one)
    with pytest.raises(IllegalMove, match="尚未接收机关签收"):
        cases.do("liaison-JYJ", handling.close, one)
    tomorrow = NOW + timedelta(days=1)
    cases.do("liaison-JYJ", transferring.transfer_received, one, on=TODAY, receipt_no="回执1", now=tomorrow)
    cases.do("liaison-JYJ", transferring.tell_transferred, one, on=TODAY + timedelta(days=1), how="信函", now=tomorrow)
    assert clocks(cases, one)["ACCEPT"].done_on == date(2026, 6, 19)
    assert cases.the(one).last_day is None
    assert cases.do("router", transferring.close_transferred, one, now=tomorrow) == S.CLOSED
    told = cases.session.scalars(select(Notice.title).where(Notice.kind == "complaint_transferred")).all()
    assert told == ["投诉举报已移送：113"]


def test_what_the_paper_must_say(cases):
    one = cases.with_unit()
    for wrong in ("recipient", "reason", "document_no"):
        with pytest.raises(BadInput):
            cases.do("liaison-JYJ", transferring.transfer, one, **{**PAPER, wrong: " "})
    for wrong in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(BadInput, match="收到之日至今天"):
            cases.do("liaison-JYJ", transferring.transfer, one, **{**PAPER, "on": wrong})
    assert cases.the(one).status == S.RECEIVED, "nothing half-written"
    assert cases.the(one).transfers == []


def test_one_in_mediation_is_ended_first(cases):
    one = cases.with_unit()
    cases.do("liaison-JYJ", handling.accept, one)
    with pytest.raises(IllegalMove, match="先作出终止调解决定"):
        cases.do("liaison-JYJ", transferring.transfer, one, **PAPER)
    cases.do("liaison-JYJ", handling.terminate, one, ground=TerminationGround.NOT_TO_ACCEPT, reason="涉嫌诈骗")
    cases.do("liaison-JYJ", transferring.transfer, one, **PAPER)
    cases.do("liaison-JYJ", handling.tell_ended, one)
    assert cases.the(one).told_on == TODAY


def test_a_report_in_checking_and_one_nobody_has_may_go_too(cases):
    one = cases.with_unit("1", kind="举报")
    cases.do("liaison-JYJ", handling.start_check, one)
    cases.do("liaison-JYJ", transferring.transfer, one, **PAPER)
    other = cases.made("2", kind="咨询")
    cases.do("router", transferring.transfer, other, **{**PAPER, "recipient_kind": RecipientKind.ELSEWHERE, "recipient": "邻县"})
    assert [cases.the(row).status for row in (one, other)] == [S.TRANSFERRED] * 2


def test_only_the_router_and_the_handling_unit_hand_over(cases):
    one = cases.made()
    cases.do("router", service.assign, one, lead_id=cases.world.units["JYJ"].id, co_ids=[cases.world.units["WLJ"].id])
    cases.do("liaison-JYJ", service.receive, one)
    with pytest.raises(NotAllowed):
        cases.do("liaison-WLJ", transferring.transfer, one, **PAPER)
    with pytest.raises(NotFound):
        cases.do("liaison-SWJ", transferring.transfer, one, **PAPER)


def test_what_comes_back_is_the_routers_again_and_its_clock_ran_on(cases):
    one = cases.with_unit()
    cases.do("liaison-JYJ", transferring.transfer, one, **PAPER)
    with pytest.raises(BadInput):
        cases.do("router", transferring.transfer_refused, one, on=TODAY, reason="")
    cases.do("router", transferring.transfer_refused, one, on=TODAY, reason="不属管辖")
    complaint = cases.the(one)
    assert (complaint.status, complaint.lead, complaint.transferred_on) == (S.REGISTERED, None, None)
    assert complaint.transfers[0].refusal == "不属管辖"
    assert clocks(cases, one)["ACCEPT"].is_running
    with pytest.raises(IllegalMove, match="没有进行中的移送"):
        cases.do("router", transferring.transfer_received, one, on=TODAY)
    assert cases.listed("router") == [one]
