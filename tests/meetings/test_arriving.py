"""扫码签到: who is there, from when, and what a code is good for."""

from datetime import timedelta

import pytest

from coordination.meetings import arriving, room, service
from models import Answer, AuditEntry, Presence, Reply
from models.errors import BadInput, NotFound
from tests.meetings.steps import HOUR, STARTS_AT, one

pytestmark = pytest.mark.usefixtures("clock")
EARLY, LATE = STARTS_AT - timedelta(minutes=10), STARTS_AT + timedelta(minutes=5)


def reply_of(steps, meeting, code):
    return one(Reply, meeting_id=meeting.id, unit_id=steps.unit(code))


def arrive(steps, meeting, code, now, name="王某"):
    reply = reply_of(steps, meeting, code)
    return arriving.arrive(steps.session, code=arriving.code_of(meeting), reply_id=reply.id, name=name, post="副局长", now=now)


def test_before_the_beginning_one_is_present_and_after_it_late(session, steps):
    meeting = steps.notified()
    steps.answer(meeting, "GAJ", Answer.LEAVE, reason="参加县委会议")
    assert arrive(steps, meeting, "SWJ", EARLY).presence == Presence.PRESENT
    room.open_meeting(session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=STARTS_AT)
    assert arrive(steps, meeting, "GAJ", LATE).presence == Presence.LATE, "who asked leave and comes is there"
    assert reply_of(steps, meeting, "SWJ").presence == Presence.PRESENT
    assert one(AuditEntry, action="meeting:arrive", text="县公安局扫码签到：迟到").who == "公众"


def test_an_answer_is_no_arrival_and_the_first_sign_in_counts(session, steps):
    meeting = steps.notified()
    steps.answer(meeting, "JYJ", name="李某", post="副局长")
    room.open_meeting(session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=STARTS_AT)
    assert (arrive(steps, meeting, "JYJ", LATE).presence, reply_of(steps, meeting, "JYJ").person_name) == (Presence.LATE, "王某")
    arrive(steps, meeting, "JYJ", LATE + HOUR, name="赵某")
    assert (reply_of(steps, meeting, "JYJ").person_name, reply_of(steps, meeting, "JYJ").arrived_at) == ("王某", LATE)


def test_a_code_is_good_for_its_meeting_on_its_day_and_its_hour_alone(session, steps):
    meeting = steps.notified()
    code, reply = arriving.code_of(meeting), reply_of(steps, meeting, "SWJ")
    given = {"reply_id": reply.id, "name": "王某", "post": "副局长"}
    for wrong, now in (
        ("0" * 32, EARLY),
        (code[:-1], EARLY),
        ("", EARLY),
        (code, EARLY - timedelta(days=1)),
        (code, LATE + timedelta(days=1)),
    ):
        with pytest.raises(NotFound):
            arriving.arrive(session, code=wrong, now=now, **given)
    with pytest.raises(BadInput):
        arriving.arrive(session, code=code, now=EARLY, **{**given, "reply_id": 999_999})
    service.cancel(session, actor=steps.staff("office"), meeting_id=meeting.id, reason="改为书面征求意见", now=EARLY - HOUR)
    with pytest.raises(NotFound):
        arriving.arrive(session, code=code, now=EARLY, **given)
    assert reply.arrived_at is None


def test_at_the_venue_by_telephone(steps, app, clerk, clock):
    meeting = steps.notified()
    steps.session.commit()
    meeting_id = meeting.id
    clock.move_to(EARLY)
    page = clerk("recorder").opens(f"/meetings/{meeting_id}/sign-in-code")
    path = f"/here/{arriving.code_of(one(type(meeting)))}"
    assert path in page
    assert "显示签到码" in clerk("office").opens(f"/meetings/{meeting_id}")
    assert clerk("liaison-JYJ").client.get(f"/meetings/{meeting_id}/sign-in-code").status_code in {403, 404}
    stranger = app.test_client()
    wrong = stranger.get("/here/" + "0" * 32)
    assert (wrong.status_code, "请扫会场现用的签到码" in wrong.text) == (404, True)
    answer = stranger.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    token = answer.text.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    reply = reply_of(steps, one(type(meeting)), "SWJ")
    assert stranger.post(path, data={"csrf_token": token, "unit": reply.id, "name": "", "post": ""}).status_code == 422
    done = stranger.post(path, data={"csrf_token": token, "unit": reply.id, "name": "王某", "post": "副局长"})
    assert "县商务局王某已签到" in done.text
    clock.move_to(EARLY + timedelta(minutes=1))
    again = stranger.post(path, data={"csrf_token": token, "unit": reply.id, "name": "赵某", "post": "科长"})
    assert "县商务局王某已于8:50签到，这次没有再记" in again.text
    recorder = clerk("recorder")
    recorder.sends(f"/meetings/{meeting_id}/room/open")
    assert "8:50扫码签到" in recorder.opens(f"/meetings/{meeting_id}/presence")
