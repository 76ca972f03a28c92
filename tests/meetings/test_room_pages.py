"""The pages of the room: what is shown beside the record, two recorders at once, autosave, attendance."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from coordination.meetings import room
from coordination.tasks import service as tasks
from models import AgendaItem, Decision, ItemOutcome, Reply, Task
from models.base import db
from tests.meetings.clicking import hidden
from tests.meetings.steps import STARTS_AT, TASK_DUE, one

pytestmark = pytest.mark.usefixtures("clock")


def test_two_in_the_room_without_scripts_see_both_texts_and_lose_nothing(steps, clerk):
    meeting = steps.in_session()
    steps.session.commit()
    item = meeting.items[1]
    here = f"/meetings/{meeting.id}/room?item={item.id}"
    first, second = clerk("recorder"), clerk("office")
    helpers = [steps.unit("WLJ"), steps.unit("GAJ")]
    first.sends(here, version=1, discussion="记录员的文字", outcome="decided")
    clause = {
        "clause_text": "由县教育局牵头。",
        "clause_lead_id": steps.unit("JYJ"),
        "clause_co_ids": helpers,
    }
    answer = second.tries(here, version=1, discussion="办公室的文字", outcome="decided", go="next", **clause)
    assert answer.status_code == 409
    for words in ("您写的内容没有丢失", "记录员（县市场监管局）", "由县教育局牵头。"):
        assert words in answer.text
    assert sorted(re.findall(r'name="clause_co_ids"\s+value="(\d+)"', answer.text))[::2] == sorted(map(str, helpers))
    version = hidden(answer.text, "version")
    second.sends(here, version=version, discussion="记录员的文字\n办公室的文字", outcome="decided", **clause)
    db.session.expire_all()
    assert one(AgendaItem, id=item.id).discussion == "记录员的文字\n办公室的文字"
    assert {unit.code for unit in one(Decision).co_units} == {"WLJ", "GAJ"}


def autosave(client, address, **fields):
    token = hidden(client.get(address).text, "csrf_token")
    return client.post(address, data={"csrf_token": token, **fields}, headers={"X-Autosave": "1"})


def test_autosave_answers_with_what_the_form_needs_to_go_on(steps, clerk):
    meeting = steps.in_session()
    steps.session.commit()
    item_id = meeting.items[1].id
    here = f"/meetings/{meeting.id}/room?item={item_id}"
    recorder, office = clerk("recorder").client, clerk("office").client
    saved = autosave(recorder, here, version=1, discussion="第一句", outcome="decided")
    assert (saved.status_code, saved.json) == (
        200,
        {"message": "已自动保存9:00", "fields": {"version": 2, "heard_seen": "", "away_seen": ""}},
    )
    clash = autosave(office, here, version=1, discussion="另一句", outcome="decided")
    assert clash.status_code == 409
    assert clash.json == {
        "message": "记录员（县市场监管局）9:00也改了讨论情况。您写的内容没有丢失。",
        "name": "discussion",
        "theirs": "第一句",
        "fields": {"version": 2},
    }
    wrong = autosave(recorder, here, version=2, discussion="第一句", outcome="decided", clause_deliverable="清单")
    assert (wrong.status_code, wrong.json["message"]) == (422, "还没有保存：请填写议定事项；不需要的请用“删去”")
    added = autosave(recorder, here, version=2, discussion="第一句", outcome="decided", clause_text="由县教育局")
    fields = added.json["fields"]
    more = autosave(recorder, here, discussion="第一句", outcome="decided", clause_text="由县教育局牵头。", **fields)
    assert more.json["fields"]["clause_id"] == fields["clause_id"]
    db.session.expire_all()
    assert one(Decision).text == "由县教育局牵头。"


def test_text_abuse_at_the_form_is_cleaned_or_refused_in_words(steps, clerk):
    meeting = steps.in_session()
    steps.session.commit()
    item_id = meeting.items[1].id
    here = f"/meetings/{meeting.id}/room?item={item_id}"
    recorder = clerk("recorder")
    recorder.sends(here, version=1, discussion="空\x00字符\u202e与🙂\r\n第二行", outcome="decided")
    db.session.expire_all()
    assert one(AgendaItem, id=item_id).discussion == "空字符与🙂\n第二行"
    answer = recorder.tries(here, version=2, discussion="长" * 50_001, outcome="decided")
    assert (answer.status_code, "讨论情况最多50,000字" in answer.text, "长" * 50_001 in answer.text) == (422, True, True)
    recorder.sends(here, version=2, discussion="长" * 50_000, outcome="decided")


def test_attendance_is_saved_from_the_list(steps, clerk):
    meeting = steps.in_session()
    steps.session.commit()
    here = f"/meetings/{meeting.id}/presence"
    recorder = clerk("recorder")
    page = recorder.opens(here)
    fields = dict(re.findall(r'<input[^>]*name="(lines-\d+-(?:reply_id|was))"[^>]*value="([^"]*)"', page))
    fields |= {f"lines-{number}-presence": "present" for number in range(5)} | {
        "lines-4-person_name": "孙某",
        "lines-4-person_post": "科长",
    }
    assert "改动4个单位" in recorder.sends(here, **fields)
    db.session.expire_all()
    assert {reply.presence.value for reply in db.session.scalars(select(Reply))} == {"present"}


def test_item_one_shows_what_earlier_meetings_agreed_and_is_still_open(steps, clerk, clock):
    first = steps.issued(steps.held(proposals=2)).meeting
    closed, still_open = db.session.scalars(select(Task).order_by(Task.serial)).all()
    for verb, who, given in (
        (tasks.accept, "liaison-SWJ", {}),
        (tasks.submit_report, "liaison-SWJ", {"text": "已办结。", "percent": 100, "final": True}),
        (tasks.close, "office", {"finding": "齐全"}),
    ):
        verb(steps.session, actor=steps.actor(who), task_id=closed.id, now=STARTS_AT + timedelta(days=3), **given)
    units = {"mechanism_id": first.mechanism_id, "lead_id": steps.unit("JYJ"), "co_ids": []}
    handed = {"title": "交办的事", "text": "", "deliverable": "", "source": "县政府交办", "due_on": TASK_DUE, "now": STARTS_AT}
    tasks.create(steps.session, actor=steps.actor("office"), **units, **handed)
    second = steps.in_session(starts_at=STARTS_AT + timedelta(days=30))
    steps.session.commit()
    clock.move_to(second.starts_at)
    recorder = clerk("recorder")
    page = recorder.opens(f"/meetings/{second.id}/room?item={second.items[0].id}")
    table = re.search(r"<table.*?</table>", page, re.S)[0]
    said = " ".join(re.sub(r"<[^>]+>", " ", table).split())
    assert "未销号的议定事项 1项" in page
    assert said.endswith("9月30日 周三 待签收")
    assert [number in said for number in (still_open.number, closed.number, "临-1")] == [True, False, False]
    assert "<table" not in recorder.opens(f"/meetings/{second.id}/room?item={second.items[1].id}")


def test_a_long_agenda_is_folded_away_above_the_record(steps, clerk, clock):
    meeting = steps.collecting()
    for number in range(21):
        steps.added(meeting, title=f"事项{number + 1}")
    steps.notify(meeting)
    room.open_meeting(steps.session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=meeting.starts_at)
    steps.record(meeting.items[0], outcome=ItemOutcome.NOTED)
    steps.session.commit()
    clock.move_to(meeting.starts_at)
    page = clerk("recorder").opens(f"/meetings/{meeting.id}/room")
    folded = re.search(r'<details class="more">\s*<summary>议程.*?</details>', page, re.S)[0]
    assert f"议程共{len(meeting.items)}项，已有结果1项" in folded
    assert page.count('value="item-') == folded.count('value="item-') == len(meeting.items)
