"""Extra meetings: a unit asks, the office answers in time, the convenor decides, the meeting is planned from it."""

from datetime import date

import pytest

from coordination.meetings import extra, queries
from models import ExtraRequest, ExtraRequestStatus, LimitUnit, MeetingKind, Rule
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import DUE_ON, STARTS_AT, one
from tests.world import NOW


def ask(steps, by="liaison-SWJ", unit="SWJ"):
    mechanism_id = steps.world.mechanisms["county"].id
    given = {"mechanism_id": mechanism_id, "unit_id": steps.unit(unit), "title": "培训机构突然停业", "reason": "涉及学员三百余人"}
    return extra.ask(steps.session, actor=steps.actor(by), now=NOW, **given)


def answer(steps, request, by="office", agrees=True, text="情况紧急"):
    return extra.answer(steps.session, actor=steps.actor(by), request_id=request.id, agrees=agrees, text=text, now=NOW)


def decide(steps, request, by="convenor", agrees=True, text="尽快召开"):
    return extra.decide(steps.session, actor=steps.actor(by), request_id=request.id, agrees=agrees, text=text, now=NOW)


def plan(steps, request, kind=MeetingKind.EXTRA, mechanism="county"):
    given = {"kind": kind, "starts_at": STARTS_AT, "place": "三楼会议室", "proposals_due_on": DUE_ON}
    given |= {"mechanism_id": steps.world.mechanisms[mechanism].id}
    return extra.plan(steps.session, actor=steps.actor("office"), request_id=request.id, now=NOW, **given)


def test_from_the_request_to_the_meeting_everybody_concerned_is_told_and_the_trail_stays(steps):
    request = ask(steps)
    assert steps.told("extra_asked") == {"office"}
    answer(steps, request)
    assert (steps.told("extra_to_decide"), steps.told("extra_answered")) == ({"convenor"}, {"liaison-SWJ", "head-SWJ"})
    decide(steps, request)
    assert steps.told("extra_decided") == {"office", "liaison-SWJ", "head-SWJ"}
    meeting = plan(steps, request)
    assert (meeting.kind, request.meeting, extra.of_meeting(steps.session, meeting)) == (MeetingKind.EXTRA, meeting, request)
    said = [line.what for line in queries.history(steps.session, request)]
    assert said == [f"筹备{meeting.name}", "召集人同意召开：尽快召开", "办公室建议召开：情况紧急", "提请召开临时会议"]


def test_the_office_has_the_working_days_of_the_rule(steps):
    rule = {"title": "临时会议申请答复", "limit": 2, "unit": LimitUnit.WORKING, "clause": "本平台", "effective_from": date(2020, 1, 1)}
    steps.session.add(Rule(code="EXTRA_ANSWER", changed_at=NOW, **rule))
    assert ask(steps).due_on == date(2026, 6, 23)  # 18 June is not counted, 19 to 21 June are off


def test_only_each_in_turn_may_answer_and_decide(steps):
    request = ask(steps)
    for username in ("liaison-SWJ", "convenor", "recorder"):
        with pytest.raises(NotAllowed):
            answer(steps, request, by=username)
    with pytest.raises(IllegalMove):
        decide(steps, request)
    answer(steps, request)
    for username in ("office", "deputy", "liaison-SWJ"):
        with pytest.raises(NotAllowed):
            decide(steps, request, by=username)
    decide(steps, request, agrees=False)
    assert request.status == ExtraRequestStatus.REFUSED
    with pytest.raises(IllegalMove):
        answer(steps, request)


def test_a_meeting_is_planned_from_what_was_agreed_once_and_as_agreed(steps):
    request = ask(steps)
    answer(steps, request)
    with pytest.raises(IllegalMove, match="未经召集人同意"):
        plan(steps, request)
    decide(steps, request)
    with pytest.raises(BadInput, match="临时会议"):
        plan(steps, request, kind=MeetingKind.REGULAR)
    plan(steps, request)
    with pytest.raises(IllegalMove, match="已经筹备"):
        plan(steps, request)


def test_other_units_and_strangers_know_nothing_of_it(steps):
    request = ask(steps)
    for username in ("liaison-JYJ", "liaison-GGG", "router"):
        with pytest.raises(NotFound):
            extra.get(steps.session, steps.actor(username), request.id)
    with pytest.raises((NotAllowed, NotFound)):
        ask(steps, by="liaison-GGG", unit="GGG")
    assert extra.get(steps.session, steps.actor("auditor"), request.id) is request


def test_the_pages_lead_from_asking_to_planning(clock, steps, clerk):
    steps.session.commit()
    unit, office, convenor = clerk("liaison-SWJ"), clerk("office"), clerk("convenor")
    assert "没有临时会议申请" in unit.opens("/meetings/requests")
    assert 'href="/meetings/requests"' in unit.opens("/meetings")
    mechanism_id = steps.world.mechanisms["county"].id
    refused = unit.tries("/meetings/requests/new", mechanism_id=mechanism_id, title="", reason="")
    assert refused.status_code == 422
    page = unit.sends("/meetings/requests/new", mechanism_id=mechanism_id, title="培训机构停业", reason="学员集中投诉")
    assert "待办公室答复" in page
    there = f"/meetings/requests/{one(ExtraRequest).id}"
    assert "答复临时会议申请：培训机构停业" in office.opens("/desk")
    assert "答复申请…" in office.opens(there)
    office.sends(f"{there}/answer", agrees="yes", words="情况属实")
    assert "定临时会议：培训机构停业" in convenor.opens("/desk")
    assert "建议召开。情况属实" in convenor.opens(f"{there}/decide")
    convenor.sends(f"{there}/decide", agrees="yes", words="请抓紧")
    assert "筹备临时会议：培训机构停业" in office.opens("/desk")
    page = office.opens(f"/meetings/new?request={one(ExtraRequest).id}")
    assert "提请、召集人同意的临时会议" in page
    fields = {
        "mechanism_id": mechanism_id,
        "kind": "extra",
        "starts_at": "2026-06-30T09:00",
        "place": "三楼",
        "proposals_due_on": "2026-06-24",
    }
    page = office.sends(f"/meetings/new?request={one(ExtraRequest).id}", **fields)
    assert "县商务局：培训机构停业" in page
    assert "2026年第1次联席会议" in office.opens(there)
    assert office.client.get(f"{there}/answer").status_code == 409
