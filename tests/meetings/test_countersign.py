"""Countersigning: who is asked, what the last day does, and what keeps the convenor from signing."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from coordination.desk import queries as desk
from coordination.meetings import countersigning, drafting, issuing, room
from models import CountersignAnswer, CountersignRound, LimitUnit, MinutesStatus, Presence, Rule
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import DAY, STARTS_AT
from tests.world import NOW

SENT = STARTS_AT + DAY  # Wednesday 1 July
LAST_DAY = date(2026, 7, 6)  # three working days later
AGREE, AMEND = CountersignAnswer.AGREE, CountersignAnswer.AMEND
ASKED = {f"{role}-{code}" for role in ("liaison", "head") for code in ("JYJ", "WLJ", "SWJ")}


@pytest.fixture
def rule(steps, world):
    world.mechanisms["county"].has_countersign = True
    facts = {"title": "纪要会签", "limit": 3, "unit": LimitUnit.WORKING, "clause": "本平台", "effective_from": date(2020, 1, 1)}
    steps.session.add(Rule(code="COUNTERSIGN", changed_at=NOW, **facts))
    steps.session.flush()


@pytest.fixture
def minutes(steps, rule):
    """Minutes in draft of a meeting that 县教育局, 县商务局 and (late) 县文旅局 attended."""
    meeting = steps.recorded()
    came = {"JYJ": Presence.PRESENT, "SWJ": Presence.PRESENT, "WLJ": Presence.LATE, "GAJ": Presence.ABSENT}
    by_unit = {steps.unit(code): presence for code, presence in came.items()}
    seen = {reply.id: room.Attendance(reply.presence, reply.person_name, reply.person_post) for reply in meeting.replies}
    said = {reply.id: room.Attendance(by_unit[reply.unit_id]) for reply in meeting.replies if reply.unit_id in by_unit}
    room.sign_in(steps.session, actor=steps.actor("recorder"), meeting_id=meeting.id, seen=seen, said=said, now=STARTS_AT)
    room.end_meeting(steps.session, actor=steps.actor("recorder"), meeting_id=meeting.id, now=STARTS_AT + timedelta(hours=1))
    return steps.compiled(meeting)


def send(steps, minutes, by="office", now=SENT):
    return countersigning.send(steps.session, actor=steps.actor(by), meeting_id=minutes.meeting_id, now=now)


def answer(steps, minutes, unit, choice=AGREE, opinion="", now=SENT + DAY, by="liaison"):
    who = steps.actor(f"{by}-{unit}")
    return countersigning.answer(steps.session, actor=who, meeting_id=minutes.meeting_id, choice=choice, opinion=opinion, now=now)


def handle(steps, row, handling="已采纳，第一段已改。", now=SENT + DAY):
    return countersigning.handle(
        steps.session, actor=steps.actor("office"), countersign_id=row.id, version=row.version, handling=handling, now=now
    )


def sign(steps, minutes, now):
    return issuing.sign(steps.session, actor=steps.actor("convenor"), meeting_id=minutes.meeting_id, now=now)


def todos(steps, username, now: datetime) -> list[str]:
    return [todo.title for todo in desk.todos(steps.session, steps.actor(username), now)]


def test_the_round_goes_to_the_units_that_attended_and_ends_after_the_rules_working_days(steps, minutes):
    row = send(steps, minutes)
    assert (minutes.status, row.number, row.revision, row.due_on) == (MinutesStatus.COUNTERSIGNING, 1, 1, LAST_DAY)
    assert {one.unit.code for one in row.answers} == {"JYJ", "SWJ", "WLJ"}
    assert steps.told("minutes_countersign") == ASKED


def test_minutes_with_an_open_clause_are_not_sent_and_the_reason_is_said(steps, rule):
    meeting = steps.recorded()
    steps.clause(meeting.items[1], "加强宣传。", lead_id=None, due_on=None)
    room.end_meeting(steps.session, actor=steps.actor("recorder"), meeting_id=meeting.id, now=STARTS_AT)
    minutes = steps.compiled(meeting)
    with pytest.raises(IllegalMove, match="纪要还不能会签：第2项第2条未写明牵头单位、完成时限"):
        send(steps, minutes)
    assert minutes.status == MinutesStatus.DRAFT


def test_a_mechanism_without_countersigning_signs_as_before(steps, world, minutes):
    world.mechanisms["county"].has_countersign = False
    with pytest.raises(IllegalMove, match="本机制的纪要不会签"):
        send(steps, minutes)
    assert sign(steps, minutes, SENT).number == 1


def test_only_the_office_sends_and_only_a_unit_that_was_asked_answers(steps, minutes):
    for name in ("convenor", "liaison-SWJ", "auditor"):
        with pytest.raises((NotAllowed, NotFound)):
            send(steps, minutes, by=name)
    send(steps, minutes)
    for unit in ("GAJ", "GGG"):
        with pytest.raises(NotFound):
            answer(steps, minutes, unit)
    with pytest.raises(NotFound):
        countersigning.answer(steps.session, actor=steps.actor("office"), meeting_id=minutes.meeting_id, choice=AGREE, now=SENT)


def test_the_convenor_signs_once_all_have_answered_and_every_opinion_is_dealt_with(steps, minutes):
    for act in (
        lambda: sign(steps, minutes, SENT),
        lambda: issuing.submit(steps.session, actor=steps.actor("office"), meeting_id=minutes.meeting_id, now=SENT),
    ):
        with pytest.raises(IllegalMove, match="纪要还没有会签"):
            act()
    send(steps, minutes)
    answer(steps, minutes, "JYJ")
    with pytest.raises(IllegalMove, match="会签还有2个单位未答复（县文旅局、县商务局），最迟2026年7月6日（周一）"):
        sign(steps, minutes, SENT + DAY)
    answer(steps, minutes, "WLJ", by="head")
    with pytest.raises(BadInput, match="请写明修改意见"):
        answer(steps, minutes, "SWJ", AMEND)
    asked = answer(steps, minutes, "SWJ", AMEND, "第一项应写明备案范围。")
    assert steps.told("minutes_countersigned") == {"office", "recorder"}
    with pytest.raises(IllegalMove, match="县商务局的修改意见还没有写明处理情况"):
        sign(steps, minutes, SENT + DAY)
    part = minutes.parts[1]
    given = {"part_id": part.id, "version": part.version, "heading": part.heading, "body": part.body + "\n写明备案范围。"}
    drafting.edit_part(steps.session, actor=steps.actor("office"), now=SENT + DAY, **given)
    handle(steps, asked)
    assert steps.told("minutes_opinion_handled") == {"liaison-SWJ", "head-SWJ"}
    assert sign(steps, minutes, SENT + DAY).number == 1
    with pytest.raises(IllegalMove, match="会签已经结束"):
        answer(steps, minutes, "JYJ")


def test_silence_after_the_last_day_is_consent_without_any_job(steps, minutes):
    send(steps, minutes)
    on_the_day, after = datetime(2026, 7, 6, 9, 0, tzinfo=SENT.tzinfo), datetime(2026, 7, 6, 16, 0, tzinfo=SENT.tzinfo)
    answer(steps, minutes, "JYJ", now=on_the_day)
    with pytest.raises(IllegalMove, match="会签还有2个单位"):
        sign(steps, minutes, on_the_day)
    with pytest.raises(IllegalMove, match="逾期视为同意"):
        answer(steps, minutes, "SWJ", now=after)  # 7 July, 0:00 in China
    assert sign(steps, minutes, after).status == MinutesStatus.SIGNED


def test_a_unit_changes_its_answer_until_the_office_has_dealt_with_it(steps, minutes):
    send(steps, minutes)
    row = answer(steps, minutes, "SWJ", AMEND, "改一处。")
    version = row.version
    answer(steps, minutes, "SWJ", AMEND, "改两处。", by="head")
    with pytest.raises(Conflict, match="刚刚更改了意见"):
        countersigning.handle(
            steps.session, actor=steps.actor("office"), countersign_id=row.id, version=version, handling="已采纳。", now=SENT + DAY
        )
    handle(steps, row)
    with pytest.raises(IllegalMove, match="办公室已处理"):
        answer(steps, minutes, "SWJ")


def test_a_round_sent_anew_asks_everybody_again_about_the_changed_text(steps, minutes):
    send(steps, minutes)
    answer(steps, minutes, "JYJ")
    drafting.edit_opening(
        steps.session, actor=steps.actor("office"), meeting_id=minutes.meeting_id, version=minutes.version, opening="会议召开。", now=SENT
    )
    second = send(steps, minutes, now=SENT + DAY)
    assert (second.number, second.revision, len(second.waiting)) == (2, 2, 3)
    answer(steps, minutes, "JYJ", now=SENT + DAY)
    first = steps.session.scalars(select(CountersignRound).where(CountersignRound.number == 1)).one()
    assert [(len(row.waiting), row.number) for row in (second, first)] == [(2, 2), (2, 1)]


def test_the_duty_stands_in_the_lists_of_units_and_office(steps, minutes):
    name = minutes.meeting.name
    send(steps, minutes)
    assert f"会签纪要：{name}" in todos(steps, "liaison-SWJ", SENT)
    assert f"会签纪要：{name}" not in todos(steps, "liaison-GAJ", SENT)
    assert f"编制纪要：{name}" not in todos(steps, "office", SENT)
    row = answer(steps, minutes, "SWJ", AMEND, "改一处。")
    assert f"会签纪要：{name}" not in todos(steps, "head-SWJ", SENT + DAY)
    assert f"处理会签意见1条：{name}" in todos(steps, "office", SENT + DAY)
    handle(steps, row)
    assert f"催请2个单位会签：{name}" in todos(steps, "office", SENT + 2 * DAY)
    late = SENT + 7 * DAY
    assert f"会签纪要：{name}" not in todos(steps, "liaison-JYJ", late)
    assert f"报请签发纪要：{name}" in todos(steps, "recorder", late)
    issuing.submit(steps.session, actor=steps.actor("office"), meeting_id=minutes.meeting_id, now=late)
    assert f"签发纪要：{name}" in todos(steps, "convenor", late)


def test_those_who_have_not_answered_are_urged_once_a_day(steps, minutes):
    send(steps, minutes)
    answer(steps, minutes, "JYJ")
    urge = {"actor": steps.actor("office"), "meeting_id": minutes.meeting_id}
    assert countersigning.urge(steps.session, now=SENT + DAY, **urge) == 4
    assert countersigning.urge(steps.session, now=SENT + DAY, **urge) == 0
    assert steps.told("minutes_countersign_urge") == {"liaison-SWJ", "head-SWJ", "liaison-WLJ", "head-WLJ"}


@pytest.mark.usefixtures("clock")
def test_three_units_countersign_by_forms_alone_and_one_amends(steps, minutes, clerk, clock):
    steps.session.commit()
    clock.move_to(SENT)
    here = f"/meetings/{minutes.meeting_id}/minutes"
    office, convenor = clerk("office"), clerk("convenor")
    assert "发起会签…" in office.opens(here)
    assert "最迟2026年7月6日（周一）答复，逾期视为同意。" in office.opens(f"{here}/countersign/send")
    assert "已送3个单位会签，最迟7月6日答复" in office.sends(f"{here}/countersign/send")
    assert clerk("liaison-GAJ").client.get(f"{here}/countersign").status_code == 404
    for code in ("JYJ", "WLJ"):
        unit = clerk(f"liaison-{code}")
        assert "会签纪要" in unit.opens(f"/meetings/{minutes.meeting_id}")
        page = unit.opens(f"{here}/countersign")
        assert "送审稿，未经签发" in page
        assert "<h3>一、上次会议议定事项落实情况</h3>" in page
        assert "已答复：同意" in unit.sends(f"{here}/countersign", answer="agree", opinion="")
    unit = clerk("liaison-SWJ")
    refused = unit.tries(f"{here}/countersign", answer="amend", opinion="")
    assert (refused.status_code, "请写明修改意见" in refused.text) == (422, True)
    unit.sends(f"{here}/countersign", answer="amend", opinion="第一项应写明备案范围。")
    page = office.opens(f"{here}/countersign")
    assert "第一项应写明备案范围。" in page
    assert "县商务局的修改意见还没有写明处理情况" in convenor.opens(f"{here}/sign")
    opinion_id = countersigning.own(steps.session, steps.actor("liaison-SWJ"), minutes.meeting).id
    address = f"/meetings/minutes/countersigns/{opinion_id}"
    office.sends(address, version=office.hidden(address, "version"), handling="已采纳，第二段已改。")
    assert "已采纳，第二段已改。" in unit.opens(f"{here}/countersign")
    assert "会签已办结，可报请签发。" in office.opens(f"{here}/countersign")
    office.sends(f"{here}/submit")
    page = convenor.opens(f"{here}/sign")
    assert "3个单位会签：同意2，修改意见1（均已处理），逾期视为同意0。" in page
