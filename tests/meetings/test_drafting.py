"""Drafting: compiled from the record, edited by hand, compiled again without losing an edit."""

import pytest

from coordination.meetings import drafting, room
from coordination.tasks import service as tasks
from models import ItemOutcome, MinutesStatus
from models.errors import Conflict, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import DAY, HOUR, STARTS_AT, TASK_DUE


def edit(steps, part, body, version=None, by="recorder"):
    return drafting.edit_part(
        steps.session,
        actor=steps.actor(by),
        part_id=part.id,
        version=part.version if version is None else version,
        heading=part.heading,
        body=body,
        now=STARTS_AT + 3 * HOUR,
    )


def edit_opening(steps, minutes, opening, version=None, by="recorder"):
    return drafting.edit_opening(
        steps.session,
        actor=steps.actor(by),
        meeting_id=minutes.meeting_id,
        version=minutes.version if version is None else version,
        opening=opening,
        now=STARTS_AT + 3 * HOUR,
    )


def differences(steps, minutes):
    return drafting.differences(steps.session, minutes.meeting, minutes)


def again(steps, minutes):
    steps.session.flush()
    return drafting.compile_minutes(steps.session, actor=steps.actor("office"), meeting_id=minutes.meeting_id, now=STARTS_AT + 4 * HOUR)


def record_anew(steps, item, words):
    room.record(
        steps.session,
        actor=steps.actor("recorder"),
        item_id=item.id,
        version=item.text_version,
        discussion=words,
        outcome=item.outcome,
        now=STARTS_AT + 2 * HOUR,
    )


def test_minutes_are_compiled_item_by_item_after_the_meeting(steps):
    minutes = steps.compiled()
    assert (minutes.status, minutes.label) == (MinutesStatus.DRAFT, "未编号")
    assert [part.heading for part in minutes.parts] == ["上次会议议定事项落实情况", "议题1"]
    assert minutes.parts[1].body == "会议听取了汇报。\n会议议定：由县商务局牵头，于9月底前完成备案清查。"
    assert minutes.opening.startswith("2026年6月30日上午，召集人在县市场监管局三楼会议室主持召开")


def test_a_meeting_that_is_not_over_has_no_minutes(steps):
    meeting = steps.recorded()
    with pytest.raises(IllegalMove, match="会议结束后方可汇编"):
        drafting.compile_minutes(steps.session, actor=steps.actor("recorder"), meeting_id=meeting.id, now=STARTS_AT)


def test_what_was_edited_by_hand_survives_and_the_difference_is_shown(steps):
    minutes = steps.compiled()
    first, second = minutes.parts
    edit(steps, second, "手工改写的一段。")
    edit_opening(steps, minutes, "手工改写的导语。")
    record_anew(steps, first.item, "改过的讨论。")
    record_anew(steps, second.item, "也改过的讨论。")
    steps.session.flush()
    assert drafting.stale(minutes, differences(steps, minutes))
    again(steps, minutes)
    assert first.body.endswith("改过的讨论。")
    assert (second.body, minutes.opening) == ("手工改写的一段。", "手工改写的导语。")
    found = differences(steps, minutes)
    assert found.parts[second.id].startswith("也改过的讨论。")
    assert found.opening.startswith("2026年6月30日上午")
    assert not drafting.stale(minutes, found)


def test_an_edit_may_be_given_up_for_the_compiled_text(steps):
    minutes = steps.compiled()
    part, compiled, opening = minutes.parts[1], minutes.parts[1].body, minutes.opening
    edit(steps, part, "手工改写。")
    edit_opening(steps, minutes, "手工导语。")
    steps.session.flush()
    act = {"actor": steps.actor("recorder"), "now": STARTS_AT}
    drafting.restore_part(steps.session, part_id=part.id, version=part.version, **act)
    drafting.restore_opening(steps.session, meeting_id=minutes.meeting_id, version=minutes.version, **act)
    assert (part.body, part.edited, minutes.opening, minutes.opening_edited) == (compiled, False, opening, False)


def test_an_edit_made_meanwhile_is_not_given_up_unseen(steps):
    minutes = steps.compiled()
    part = minutes.parts[1]
    seen = part.version
    edit(steps, part, "同事刚改的。")
    steps.session.flush()
    with pytest.raises(Conflict) as clash:
        drafting.restore_part(steps.session, actor=steps.actor("recorder"), part_id=part.id, version=seen, now=STARTS_AT)
    assert clash.value.theirs == part.body == "同事刚改的。"


def test_two_editors_of_one_section_see_both_texts(steps):
    part = steps.compiled().parts[1]
    seen = part.version
    edit(steps, part, "记录员的文字。")
    steps.session.flush()
    with pytest.raises(Conflict) as clash:
        edit(steps, part, "办公室的文字。", version=seen, by="office")
    assert (clash.value.mine, clash.value.theirs) == ("办公室的文字。", "记录员的文字。")


def test_two_editors_of_the_opening_see_both_texts(steps):
    minutes = steps.compiled()
    seen = minutes.version
    edit_opening(steps, minutes, "记录员的导语。")
    steps.session.flush()
    with pytest.raises(Conflict) as clash:
        edit_opening(steps, minutes, "办公室的导语。", version=seen, by="office")
    assert (clash.value.mine, clash.value.theirs) == ("办公室的导语。", "记录员的导语。")


def test_the_table_of_item_one_stays_as_it_was_when_first_compiled(steps, world):
    task = tasks.create(
        steps.session,
        actor=steps.actor("office"),
        mechanism_id=world.mechanisms["county"].id,
        title="备案清查",
        text="",
        deliverable="",
        lead_id=steps.unit("SWJ"),
        co_ids=[],
        due_on=TASK_DUE,
        source="临时交办",
        now=STARTS_AT - DAY,
    )
    task.meeting_serial = 0  # of an earlier meeting: only those are 议定事项
    minutes = steps.compiled()
    assert "待签收1项" in minutes.parts[0].body
    assert task.number in minutes.parts[0].frozen
    tasks.accept(steps.session, actor=steps.actor("liaison-SWJ"), task_id=task.id, now=STARTS_AT + DAY)
    record_anew(steps, minutes.parts[0].item, "会议认为进展较好。")
    again(steps, minutes)
    assert "待签收1项" in minutes.parts[0].body
    assert minutes.parts[0].body.endswith("会议认为进展较好。")


def test_only_recorder_and_office_write_minutes(steps):
    minutes = steps.compiled()
    for username in ("convenor", "deputy", "auditor"):
        with pytest.raises(NotAllowed):
            edit(steps, minutes.parts[1], "文字", by=username)
    for username in ("liaison-SWJ", "liaison-GGG"):
        with pytest.raises(NotFound):
            edit(steps, minutes.parts[1], "文字", by=username)
    with pytest.raises(NotFound):
        drafting.edit_part(
            steps.session,
            actor=steps.member_of_sections_only(),
            part_id=minutes.parts[1].id,
            version=1,
            heading="题",
            body="文",
            now=STARTS_AT,
        )


def test_signed_minutes_are_locked(steps):
    minutes = steps.signed()
    for act in (
        lambda: edit(steps, minutes.parts[1], "文字"),
        lambda: edit_opening(steps, minutes, "导语"),
        lambda: again(steps, minutes),
    ):
        with pytest.raises(IllegalMove, match="文字已锁定"):
            act()


def test_an_item_of_fifty_thousand_characters_is_compiled_whole(steps):
    meeting = steps.recorded()
    item = meeting.items[1]
    steps.record(item, discussion="议🙂" * 25_000)
    room.end_meeting(steps.session, actor=steps.actor("recorder"), meeting_id=meeting.id, now=STARTS_AT + HOUR)
    part = steps.compiled(meeting).parts[1]
    steps.session.flush()
    steps.session.expire(part)
    assert part.body.startswith("议🙂" * 25_000)
    assert item.outcome == ItemOutcome.DECIDED
