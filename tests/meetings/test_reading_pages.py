"""Pages of readings: 读作 in the room, while typing, and on the minutes; with and without scripts."""

import re

import pytest

from coordination.meetings import room
from models import AgendaItem, Decision, Membership, Unit, UnitKind
from models.base import db
from tests.meetings.clicking import hidden
from tests.meetings.steps import STARTS_AT, TASK_DUE, one
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("clock")
SENTENCE = "由县商务局牵头，县教育局配合，于9月底前完成备案清单。"


def words(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def typed(steps, meeting, text=SENTENCE):
    clause = room.Clause(text)
    return room.add_clause(steps.session, actor=steps.staff("recorder"), item_id=meeting.items[1].id, clause=clause, now=STARTS_AT)


def test_without_scripts_a_sentence_is_typed_read_on_saving_and_confirmed(steps, clerk):
    meeting = steps.in_session()
    steps.session.commit()
    item_id = meeting.items[1].id
    here = f"/meetings/{meeting.id}/room?item={item_id}"
    recorder = clerk("recorder")
    page = recorder.sends(here, version=1, discussion="", outcome="decided", go="confirm", clause_text=SENTENCE)
    assert "已保存，还没有确认。请看过读法再确认。" in page
    assert "由①县商务局牵头，②县教育局配合，于③9月底前完成④备案清单。" in words(page)
    db.session.expire_all()
    decision = one(Decision)
    assert (decision.lead_id, decision.confirmed_at) == (None, None)
    seen = {f"seen-{decision.id}": hidden(page, f"seen-{decision.id}")}
    page = recorder.sends(here, version=1, discussion="", outcome="decided", go=f"confirm-{decision.id}", **seen)
    assert "已确认这一条" in page
    db.session.expire_all()
    decision = one(Decision)
    assert (decision.lead.code, decision.due_on, decision.deliverable) == ("SWJ", TASK_DUE, "备案清单")
    assert decision.confirmed_at is not None


def test_the_reading_is_corrected_in_the_form_that_opens_with_what_is_certain(steps, clerk):
    meeting = steps.in_session()
    decision = typed(steps, meeting, "由有关部门牵头，县教育局配合，于9月底前完成备案清单。")
    steps.session.commit()
    here = f"/meetings/{meeting.id}/room?item={decision.item_id}&clause={decision.id}"
    recorder = clerk("recorder")
    page = recorder.opens(here)
    assert "“有关部门”对应不到单位，请选择" in page
    assert 'value="2026-09-30"' in page
    checked = re.findall(r'<input[^>]*checked[^>]*name="clause_(lead_id|co_ids)"[^>]*value="(\d+)"', page)
    assert set(checked) == {("lead_id", "0"), ("co_ids", str(steps.unit("JYJ")))}
    incomplete = {"clause_id": decision.id, "clause_version": decision.version, "clause_text": decision.text, "clause_deliverable": "清单"}
    answer = recorder.tries(here, version=1, outcome="decided", go="confirm", **incomplete)
    assert (answer.status_code, "请先写明牵头单位，再确认这一条" in answer.text) == (422, True)
    corrected = {
        "clause_id": decision.id,
        "clause_version": decision.version,
        "clause_text": decision.text,
        "clause_lead_id": steps.unit("SWJ"),
        "clause_co_ids": steps.unit("JYJ"),
        "clause_due_on": "2026-09-30",
    }
    assert "已保存并确认" in recorder.sends(here, version=1, outcome="decided", go="confirm", **corrected)
    db.session.expire_all()
    assert one(Decision).confirmed_at is not None


def test_what_is_read_while_typing_is_a_fragment_and_confirms_what_it_showed(steps, clerk):
    meeting = steps.in_session()
    steps.session.commit()
    here = f"/meetings/{meeting.id}/room"
    recorder = clerk("recorder")
    shown = recorder.tries(f"{here}/reading", shown=here, clause_text=SENTENCE)
    assert shown.status_code == 200
    assert "<html" not in shown.text
    assert "牵头县商务局" in words(shown.text).replace(" ", "").replace("①", "")
    given = {
        "version": 1,
        "outcome": "decided",
        "go": "confirm",
        "clause_text": SENTENCE,
        "reading_seen": hidden(shown.text, "reading_seen"),
    }
    assert "已保存并确认" in recorder.sends(f"{here}?item={meeting.items[1].id}", **given)
    db.session.expire_all()
    assert one(Decision).confirmed_at is not None


def test_the_fragment_is_guarded_and_bounded(steps, clerk):
    meeting = steps.in_session()
    steps.session.commit()
    here = f"/meetings/{meeting.id}/room/reading"
    assert clerk("liaison-SWJ").tries(here, clause_text=SENTENCE).status_code == 403
    recorder = clerk("recorder")
    assert recorder.client.post(here, data={"clause_text": SENTENCE}).status_code == 400
    assert recorder.tries(here, clause_text="长" * 4001).status_code == 422
    assert recorder.tries(here, clause_text="").text.strip() == ""
    assert "<b>" not in recorder.tries(here, clause_text="由<b>县商务局</b>牵头，9月底前完成备案。").text
    assert one(AgendaItem, id=meeting.items[1].id).decisions == []


def test_the_page_of_the_minutes_shows_what_waits_and_confirms_it(steps, clerk, clock):
    meeting = steps.recorded()
    two = typed(steps, meeting, "县商务局9月底前建立台账；县教育局10月底前公布名单。")
    sure = typed(steps, meeting)
    no_task = typed(steps, meeting, "会议指出，形势较好。")
    room.end_meeting(steps.session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=STARTS_AT)
    steps.compiled(meeting)
    steps.session.commit()
    two, sure, no_task = two.id, sure.id, no_task.id
    clock.move_to(STARTS_AT)
    here = f"/meetings/{meeting.id}/minutes"
    office, convenor = clerk("office"), clerk("convenor")
    page = office.opens(here)
    assert "条款 4条：已确认1，待确认3" in page
    assert "拆成2条" in page
    assert "确认第2项第3条" in page
    assert "没有读出由谁办、何时办完" in page
    assert "审阅并签发" not in convenor.opens(here)
    for decision_id, verb in ((two, "split"), (sure, "confirm"), (no_task, "reject")):
        part = re.search(rf'id="clause-{decision_id}".*?name="seen"\s+value="(\w+)"', page, re.S)
        office.sends(f"/meetings/decisions/{decision_id}/reading", verb=verb, seen=part[1])
    page = office.opens(here)
    assert "条款 4条：已确认2，待确认2" in page
    assert office.tries(f"/meetings/decisions/{sure}/reading", verb="other").status_code == 422


def test_readings_ask_the_database_no_more_questions(steps, world, clerk):
    """Forty units, two hundred clauses: a page with readings asks what a page of confirmed clauses asks."""
    for number in range(35):
        unit = Unit(code=f"U{number}", name=f"示例县第{number}局", short_name=f"县{number}局", kind=UnitKind.BUREAU, former_names=[])
        steps.session.add_all([unit, Membership(mechanism=world.mechanisms["county"], unit=unit, from_on=STARTS_AT.date(), position=99)])
    meeting = steps.recorded()
    for number in range(200):
        typed(steps, meeting, SENTENCE if number % 2 else "请有关部门研究。")
    room.end_meeting(steps.session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=STARTS_AT)
    steps.compiled(meeting)
    steps.session.commit()
    here = f"/meetings/{meeting.id}"
    client = clerk("office").client
    asked = {}
    for state in ("open", "confirmed"):
        for page in (f"{here}/room?item={meeting.items[1].id}", f"{here}/minutes"):
            client.get(page)
            with statements() as sent:
                assert client.get(page).status_code == 200
            asked[page, state] = len(sent)
        for decision in meeting.items[1].decisions:
            decision.lead_id, decision.due_on, decision.confirmed_at = steps.unit("SWJ"), TASK_DUE, STARTS_AT
        steps.session.commit()
    assert [count for (_, state), count in asked.items() if state == "open"] == [
        count for (_, state), count in asked.items() if state == "confirmed"
    ]
