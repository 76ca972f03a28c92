"""After closing the centre asks, and a bad answer opens the case again without losing what had been decided."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coordination.complaints import calling, handling, queries, service
from models import CallBack, ComplaintStatus, Notice, TerminationGround
from models.errors import BadInput, IllegalMove, NotAllowed
from tests.world import NOW, TODAY

BAD = {"reached": True, "solved": False, "satisfied": False, "note": "未收到退款"}
S = ComplaintStatus


def test_a_bad_answer_opens_it_again_and_keeps_what_was_decided(cases):
    one = cases.settled()
    later = NOW + timedelta(days=7)
    cases.do("router", calling.call_back, one, **BAD, reopen=True, now=later)
    complaint = cases.the(one)
    assert (complaint.status, complaint.closed_at, complaint.ended_on, complaint.accepted_on) == (S.RECEIVED, None, None, None)
    past = complaint.rounds[0]
    assert (past.closed_at, past.accepted_on, past.ended_on, past.result, past.reason) == (NOW, TODAY, TODAY, "退款", "未收到退款")
    accept = {card.code: card for card in queries.clocks(cases.session, complaint)}["ACCEPT"]
    assert (accept.start, accept.due_on, accept.is_running) == (date(2026, 6, 25), date(2026, 7, 6), True)
    told = cases.session.scalars(select(Notice.person_id).where(Notice.kind == "complaint_reopened")).all()
    assert set(told) == {cases.world.people[who].id for who in ("liaison-JYJ", "head-JYJ")}
    cases.do("liaison-JYJ", handling.accept, one, now=later)
    cases.do("liaison-JYJ", handling.settle, one, result="已退款", now=later)
    assert cases.do("liaison-JYJ", handling.close, one, now=later) == S.CLOSED
    assert [row.result for row in cases.the(one).rounds] == ["退款"]


def test_a_terminated_one_opened_again_keeps_its_ground(cases):
    one = cases.with_unit()
    cases.do("liaison-JYJ", handling.accept, one)
    cases.do("liaison-JYJ", handling.terminate, one, ground=TerminationGround.ABSENT, reason="未到场")
    cases.do("liaison-JYJ", handling.tell_ended, one)
    cases.do("liaison-JYJ", handling.close, one)
    cases.do("router", calling.call_back, one, **BAD, reopen=True)
    complaint = cases.the(one)
    assert (complaint.termination, complaint.told_on) == (None, None)
    assert (complaint.rounds[0].termination, complaint.rounds[0].told_on) == (TerminationGround.ABSENT, TODAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reached": True},
        {"reached": True, "solved": True},
        {"reached": False, "solved": True},
        {"reached": False, "reopen": True},
        {"reached": True, "solved": True, "satisfied": True, "reopen": True},
        {"reached": True, "solved": False, "satisfied": False, "reopen": True},
    ],
)
def test_answers_that_cannot_be(cases, wrong):
    one = cases.settled()
    with pytest.raises(BadInput):
        cases.do("router", calling.call_back, one, **wrong)
    assert cases.the(one).status == S.CLOSED
    assert cases.session.scalar(select(CallBack)) is None, "nothing half-written"


def test_nobody_is_called_before_the_end_or_by_the_unit_itself(cases):
    one = cases.with_unit()
    with pytest.raises(IllegalMove):
        cases.do("router", calling.call_back, one, reached=False)
    done = cases.settled("114")
    with pytest.raises(NotAllowed):
        cases.do("liaison-JYJ", calling.call_back, done, reached=False)


def test_who_is_to_be_called_and_what_was_said(cases):
    first, second = cases.settled("1"), cases.settled("2")
    assert [row.id for row in calling.to_call(cases.session, actor=cases.actor("router"))] == [first, second]
    cases.do("router", calling.call_back, first, reached=False)
    cases.do("router", calling.call_back, second, reached=True, solved=True, satisfied=False)
    assert [row.id for row in calling.to_call(cases.session, actor=cases.actor("router"))] == [first], "one not reached is called again"
    assert calling.call_by(cases.session, [cases.the(first)]) == {first: date(2026, 6, 26)}
    counts = calling.satisfaction(cases.session, actor=cases.actor("router"), since=NOW, until=NOW + timedelta(days=1))
    assert counts == {"calls": 2, "reached": 1, "solved": 1, "satisfied": 0, "reopened": 0}
    assert [calling.said(call) for call in calling.calls_of(cases.session, cases.the(second))] == ["已解决，不满意"]


def test_one_never_assigned_goes_back_to_the_router(cases):
    one = cases.made(kind="咨询")
    cases.do("router", service.assign, one, lead_id=cases.world.units["JYJ"].id)
    cases.do("liaison-JYJ", service.send_back, one, reason="不是", believed_id=None)
    cases.do("router", calling_close, one)
    cases.do("router", calling.call_back, one, **BAD, reopen=True)
    assert cases.the(one).status == S.REGISTERED
    assert cases.the(one).restarted_on == TODAY


def calling_close(session, *, actor, complaint_id, now):
    """The router closes what no unit has."""
    complaint = queries.get_complaint(session, actor, complaint_id)
    complaint.close(now)
    service.refresh(session, complaint)
    return complaint
