"""In the room: items, clauses and attendance are recorded; two recorders lose nothing; the meeting ends when all is said."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coordination.meetings import confirming, room
from coordination.meetings import minutes as text
from models import AgendaItem, ItemOutcome, MeetingStatus, Presence, ProposalStatus
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import HOUR, STARTS_AT, TASK_DUE
from tests.world import NOW


def record(steps, item, discussion, version, outcome=ItemOutcome.DECIDED, by="recorder"):
    return room.record(
        steps.session, actor=steps.actor(by), item_id=item.id, version=version, discussion=discussion, outcome=outcome, now=STARTS_AT
    )


def change(steps, decision, clause, version, by="recorder"):
    told = {"actor": steps.actor(by), "decision_id": decision.id, "version": version, "clause": clause}
    return room.change_clause(steps.session, **told, now=STARTS_AT, pressed=True)


def sign_in(steps, meeting, said, seen=None, by="recorder"):
    return room.sign_in(steps.session, actor=steps.actor(by), meeting_id=meeting.id, said=said, seen=seen or {}, now=STARTS_AT)


def test_a_meeting_opens_on_its_day_not_before(steps):
    meeting = steps.notified()
    early = {"actor": steps.actor("recorder"), "meeting_id": meeting.id}
    with pytest.raises(IllegalMove, match="当天方可进入会中记录"):
        room.open_meeting(steps.session, **early, now=STARTS_AT - timedelta(days=1))
    room.open_meeting(steps.session, **early, now=STARTS_AT - HOUR)
    assert (meeting.status, meeting.opened_at) == (MeetingStatus.IN_SESSION, STARTS_AT - HOUR)


def test_nothing_is_recorded_before_it_opens(steps):
    meeting = steps.notified()
    with pytest.raises(IllegalMove, match="会中方可记录"):
        steps.record(meeting.items[0])
    with pytest.raises(IllegalMove, match="会中方可记录"):
        steps.clause(meeting.items[1])


def test_two_recorders_on_one_item_see_both_texts_and_lose_neither(steps):
    item = steps.in_session().items[1]
    record(steps, item, "记录员的文字", 1)
    with pytest.raises(Conflict) as clash:
        record(steps, item, "办公室的文字", 1, by="office")
    assert (clash.value.mine, clash.value.theirs, clash.value.version) == ("办公室的文字", "记录员的文字", 2)
    assert item.discussion == "记录员的文字"
    record(steps, item, "记录员的文字\n办公室的文字", clash.value.version, by="office")
    assert item.discussion == "记录员的文字\n办公室的文字"


def test_an_outcome_set_by_the_other_recorder_is_no_clash_of_texts(steps):
    item = steps.in_session().items[1]
    record(steps, item, "", 1, by="office")
    assert record(steps, item, "讨论", 1).text_version == 2


def test_the_same_text_saved_again_is_neither_a_change_nor_a_clash(steps):
    item = steps.in_session().items[1]
    record(steps, item, "讨论", 1)
    assert record(steps, item, "讨论", 1, by="office").text_version == 2


def test_a_clause_makes_its_item_decided(steps):
    item = steps.in_session().items[1]
    decision = steps.clause(item, co_ids=frozenset({steps.unit("WLJ"), steps.unit("JYJ")}), deliverable="清单")
    assert item.outcome == ItemOutcome.DECIDED
    assert ([unit.short_name for unit in decision.co_units], decision.missing) == (["县教育局", "县文旅局"], [])


def test_what_is_not_yet_known_of_a_clause_does_not_stop_the_recording(steps):
    decision = steps.clause(steps.in_session().items[1], lead_id=None, due_on=None)
    assert decision.missing == ["牵头单位", "完成时限"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"due_on": date(2026, 6, 29)}, "完成时限不能早于会议日期（6月30日（周二））"),
        ({"lead": "SWJ", "co": "SWJ"}, "配合单位不能与牵头单位相同"),
        ({"lead_id": 999_999}, "请重新选择牵头、配合单位"),
    ],
)
def test_a_clause_that_cannot_be_is_refused_in_words(steps, given, message):
    item = steps.in_session().items[1]
    if "co" in given:
        given = {"lead_id": steps.unit(given["lead"]), "co_ids": frozenset({steps.unit(given["co"])})}
    with pytest.raises(BadInput) as refusal:
        steps.clause(item, **given)
    assert refusal.value.message == message


@pytest.mark.parametrize("outcome", [ItemOutcome.NOTED, ItemOutcome.CARRIED_OVER])
def test_what_was_only_noted_or_put_off_has_no_clauses(steps, outcome):
    item = steps.in_session().items[1]
    steps.record(item, outcome=outcome)
    with pytest.raises(BadInput, match="不能添加议定事项"):
        steps.clause(item)
    steps.record(item)
    steps.clause(item)
    with pytest.raises(BadInput, match="请先删去议定事项"):
        steps.record(item, outcome=outcome)


def test_two_recorders_on_one_clause_see_both(steps):
    decision = steps.clause(steps.in_session().items[1])
    steps.session.flush()
    seen = decision.version
    first = room.Clause("由县教育局牵头办理。", steps.unit("JYJ"), frozenset(), TASK_DUE)
    change(steps, decision, first, seen)
    steps.session.flush()
    with pytest.raises(Conflict) as clash:
        change(steps, decision, room.Clause("由县公安局牵头办理。", steps.unit("GAJ"), frozenset(), None), seen, by="office")
    assert clash.value.theirs.splitlines() == [
        "由县教育局牵头办理。",
        "牵头：县教育局",
        "配合：无",
        "时限：2026年9月30日（周三）",
        "成果：未写明",
        "保留意见：无，协商一致",
    ]
    assert clash.value.mine.splitlines()[:2] == ["由县公安局牵头办理。", "牵头：县公安局"]


def test_a_change_of_helpers_alone_is_a_new_version_too(steps):
    decision = steps.clause(steps.in_session().items[1])
    steps.session.flush()
    seen = decision.version
    clause = room.Clause(decision.text, decision.lead_id, frozenset({steps.unit("WLJ")}), decision.due_on)
    change(steps, decision, clause, seen)
    steps.session.flush()
    with pytest.raises(Conflict):
        change(steps, decision, room.Clause(decision.text, decision.lead_id, frozenset({steps.unit("JYJ")}), decision.due_on), seen)
    assert change(steps, decision, clause, seen) is decision


def test_a_clause_is_removed_only_as_it_was_seen(steps):
    item = steps.in_session().items[1]
    decision = steps.clause(item)
    steps.session.flush()
    gone = {"actor": steps.actor("recorder"), "decision_id": decision.id, "now": STARTS_AT}
    with pytest.raises(Conflict):
        room.remove_clause(steps.session, **gone, version=decision.version + 1)
    room.remove_clause(steps.session, **gone, version=decision.version)
    steps.session.flush()
    assert item.decisions == []


def test_the_meeting_ends_only_when_every_item_has_an_outcome(steps):
    meeting = steps.in_session(proposals=2)
    steps.record(meeting.items[0], outcome=ItemOutcome.NOTED)
    end = {"actor": steps.actor("recorder"), "meeting_id": meeting.id}
    with pytest.raises(IllegalMove, match=r"还有2项没有结果（第2项、第3项）"):
        room.end_meeting(steps.session, **end, now=STARTS_AT + HOUR)
    steps.clause(meeting.items[1], lead_id=None, due_on=None)
    steps.record(meeting.items[2], outcome=ItemOutcome.CARRIED_OVER)
    room.end_meeting(steps.session, **end, now=STARTS_AT + HOUR)
    assert (meeting.status, meeting.held_at) == (MeetingStatus.HELD, STARTS_AT + HOUR)
    assert [item.proposal.status for item in meeting.items[1:]] == [ProposalStatus.DECIDED, ProposalStatus.CARRIED_OVER]


def test_who_never_signed_in_counts_as_absent_at_the_end(steps):
    meeting = steps.held()
    assert {reply.unit.code for reply in meeting.replies if reply.presence == Presence.ABSENT} == {"SCJG", "WLJ", "SWJ", "GAJ"}


def test_two_at_the_attendance_list_do_not_undo_each_other(steps):
    meeting = steps.in_session()
    lines = {reply.unit.code: reply for reply in meeting.replies}
    shown = {reply.id: room.Attendance(reply.presence, reply.person_name, reply.person_post) for reply in meeting.replies}
    late = {**shown, lines["SWJ"].id: room.Attendance(Presence.LATE, "孙某", "科长")}
    present = {**shown, lines["WLJ"].id: room.Attendance(Presence.PRESENT)}
    assert sign_in(steps, meeting, late, shown) == 1
    assert sign_in(steps, meeting, present, shown, by="office") == 1
    assert (lines["SWJ"].presence, lines["SWJ"].person_name) == (Presence.LATE, "孙某")
    assert lines["WLJ"].presence == Presence.PRESENT
    assert sign_in(steps, meeting, present, present) == 0


def test_the_record_may_be_completed_after_the_meeting_until_the_minutes_are_signed(steps):
    meeting = steps.held()
    decision = meeting.items[1].decisions[0]
    steps.session.flush()
    clause = room.Clause("改后的议定事项。", steps.unit("JYJ"), frozenset(), TASK_DUE)
    change(steps, decision, clause, decision.version)
    steps.signed(meeting)
    steps.session.flush()
    with pytest.raises(IllegalMove, match="纪要已签发，会议记录不再改动"):
        change(steps, decision, room.Clause("再改。"), decision.version)
    with pytest.raises(IllegalMove, match="会议记录不再改动"):
        steps.record(meeting.items[0], discussion="再记")


def test_only_recorder_and_office_of_the_mechanism_record(steps):
    item = steps.in_session().items[1]
    for username in ("convenor", "deputy", "liaison-SWJ", "auditor"):
        with pytest.raises(NotAllowed):
            record(steps, item, "文字", 1, by=username)
    with pytest.raises(NotFound):
        room.record(
            steps.session,
            actor=steps.member_of_sections_only(),
            item_id=item.id,
            version=1,
            discussion="文字",
            outcome=ItemOutcome.DECIDED,
            now=NOW,
        )


def test_fifty_thousand_characters_and_strange_signs_are_recorded_whole(steps):
    item = steps.in_session().items[1]
    text = "议🙂𠮷" * 16_666
    record(steps, item, text, 1)
    steps.session.flush()
    steps.session.expire_all()
    assert steps.session.scalar(select(AgendaItem.discussion).where(AgendaItem.id == item.id)) == text
    with pytest.raises(BadInput, match="不能保存的字符"):
        record(steps, item, "空\x00字符", 2)
        steps.session.flush()


def test_who_does_not_agree_stands_in_the_minutes_and_leaves_the_clause_confirmed(session, steps):
    meeting = steps.in_session()
    item = meeting.items[-1]
    clause = steps.clause(item)
    assert (clause.reservation, clause.confirmed_at is None) == ("", False)
    objected = replace(confirming.said(clause), reservation="县公安局认为时限过紧")
    given = {"actor": steps.staff("recorder"), "decision_id": clause.id, "now": STARTS_AT}
    room.change_clause(session, version=clause.version, clause=objected, **given)
    session.flush()
    assert (clause.reservation, clause.confirmed_at is None) == ("县公安局认为时限过紧", False)
    with pytest.raises(Conflict) as clash:
        room.change_clause(session, version=clause.version - 1, clause=replace(objected, reservation=""), **given)
    assert "保留意见：无，协商一致" in clash.value.mine
    for other in meeting.items[:-1]:
        steps.record(other, outcome=ItemOutcome.NOTED)
    ended = room.end_meeting(session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=STARTS_AT + HOUR)
    minutes = steps.compiled(ended)
    assert "保留意见：县公安局认为时限过紧。" in minutes.parts[-1].body


def test_two_recorders_who_note_different_speakers_lose_none(session, steps):
    meeting = steps.in_session()
    item = meeting.items[-1]
    education, police, commerce = (steps.unit(code) for code in ("JYJ", "GAJ", "SWJ"))
    given = {"actor": steps.staff("recorder"), "item_id": item.id, "now": STARTS_AT}
    nobody = frozenset()
    room.note_units(session, which="heard", seen=nobody, said=frozenset({education}), **given)
    room.note_units(session, which="heard", seen=nobody, said=frozenset({police}), **given)
    assert {unit.id for unit in item.heard} == {education, police}
    room.note_units(session, which="heard", seen=frozenset({education}), said=frozenset({commerce}), **given)
    assert {unit.id for unit in item.heard} == {police, commerce}
    steps.record(item)
    room.note_units(session, which="away", seen=nobody, said=frozenset({education}), **given)
    spoke = "、".join(unit.short_name for unit in item.heard)
    assert text.section_text(item).splitlines()[1:3] == [f"{spoke}发言。", "县教育局未参加本项研究。"]
    with pytest.raises(BadInput):
        room.note_units(session, which="heard", seen=nobody, said=frozenset({999_999}), **given)
