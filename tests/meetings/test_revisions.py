"""Revisions of minutes: every compile and edit leaves one, any can be compared with the present text."""

from sqlalchemy import delete, select

from coordination.meetings import drafting, revisions, room
from models import ItemOutcome, MinutesRevision
from models.minutes_revision import OPENING
from tests.meetings.steps import DAY, HOUR, STARTS_AT

LATER = STARTS_AT + DAY


def edit(steps, minutes, body, by="recorder", part=1, now=LATER):
    part = minutes.parts[part]
    return drafting.edit_part(
        steps.session, actor=steps.actor(by), part_id=part.id, version=part.version, heading=part.heading, body=body, now=now
    )


def test_every_compile_and_edit_is_a_revision_with_author_and_time(steps):
    minutes = steps.compiled()
    edit(steps, minutes, "会议研究了预付式消费。")
    edit(steps, minutes, "会议研究了预付式消费。", by="office")  # says the same: no new revision
    drafting.edit_opening(
        steps.session, actor=steps.actor("office"), meeting_id=minutes.meeting_id, version=minutes.version, opening="会议召开。", now=LATER
    )
    rows = revisions.listed(steps.session, minutes)
    assert [(row.number, row.by.username, row.what) for row in rows] == [
        (3, "office", "修改导语"),
        (2, "recorder", f"修改“{minutes.parts[1].heading}”一段"),
        (1, "recorder", "汇编纪要"),
    ]
    assert rows[0].changed == {OPENING: ["导语", "会议召开。"]}
    assert rows[-1].at == STARTS_AT + 2 * HOUR


def test_a_revision_is_compared_with_the_present_text_section_by_section(steps):
    minutes = steps.compiled()
    first = minutes.parts[1].body
    edit(steps, minutes, "改过一次。")
    edit(steps, minutes, "改过两次。")
    changed = [section for section in revisions.compared(steps.session, minutes, 1) if not section.is_same]
    heading = minutes.parts[1].heading
    assert [(section.old, section.new) for section in changed] == [(f"{heading}\n{first}", f"{heading}\n改过两次。")]
    assert revisions.text_at(steps.session, minutes, 2)[str(minutes.parts[1].id)] == [heading, "改过一次。"]
    assert all(section.is_same for section in revisions.compared(steps.session, minutes, 3))


def test_a_compile_anew_keeps_what_was_edited_and_is_a_revision_only_where_the_text_changed(steps):
    minutes = steps.compiled()
    edit(steps, minutes, "手工修改。")
    item = minutes.parts[0].item
    room.record(
        steps.session,
        actor=steps.actor("recorder"),
        item_id=item.id,
        version=item.text_version,
        discussion="补记一句。",
        outcome=ItemOutcome.NOTED,
        now=LATER,
    )
    drafting.compile_minutes(steps.session, actor=steps.actor("recorder"), meeting_id=minutes.meeting_id, now=LATER)
    drafting.compile_minutes(steps.session, actor=steps.actor("recorder"), meeting_id=minutes.meeting_id, now=LATER)
    rows = revisions.listed(steps.session, minutes)
    assert (rows[0].number, rows[0].what, list(rows[0].changed)) == (3, "重新汇编纪要，手工修改的1段未动", [str(minutes.parts[0].id)])
    assert minutes.parts[1].body == "手工修改。"


def test_minutes_compiled_before_revisions_were_kept_lose_no_text(steps):
    minutes = steps.compiled()
    before = minutes.parts[1].body
    steps.session.execute(delete(MinutesRevision))
    edit(steps, minutes, "改过。")
    kept = steps.session.scalars(select(MinutesRevision).order_by(MinutesRevision.number)).all()
    assert [(row.number, row.what) for row in kept] == [(1, revisions.BEFORE), (2, f"修改“{minutes.parts[1].heading}”一段")]
    assert kept[0].changed[str(minutes.parts[1].id)][1] == before


def test_the_pages_list_revisions_and_compare_one_for_those_who_read_drafts(steps, clerk, clock):
    minutes = steps.compiled()
    edit(steps, minutes, "会议研究了预付式消费。")
    steps.session.commit()
    here = f"/meetings/{minutes.meeting_id}/minutes"
    office = clerk("office")
    assert "修订记录（共2稿）" in office.opens(here)
    page = office.opens(f"{here}/revisions")
    assert "第1稿" in page
    assert f"{here}/revisions/1" in page
    assert "现用文字" in page
    page = office.opens(f"{here}/revisions/1")
    assert "1段不同" in page
    assert "研究了预付式消费" in page
    assert office.client.get(f"{here}/revisions/3").status_code == 404
    for name in ("liaison-SWJ", "admin"):
        assert clerk(name).client.get(f"{here}/revisions").status_code in {403, 404}
