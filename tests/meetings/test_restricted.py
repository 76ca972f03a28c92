"""限到会单位: what was kept to the units that attended is on no page, in no paper and no search of the others."""

from io import BytesIO

import docx
import pytest
from sqlalchemy import select

from coordination.meetings import amending, drafting, invitation, library, marking, paperwork, queries, room
from coordination.meetings import minutes as text
from coordination.meetings.paperwork import Kind
from models import Answer, ItemOutcome, Notice, Presence
from models.errors import IllegalMove, NotAllowed, NotFound
from tests.meetings import test_bulletins
from tests.meetings.steps import DAY, HOUR, STARTS_AT
from tests.world import NOW

SECRET, OPEN = "跨区域案件线索", "预付式消费"
TALK = "有关线索逐件研判，暂不扩散。"


def restrict(steps, item, by="office", only=True, now=NOW):
    return marking.restrict(steps.session, actor=steps.actor(by), item_id=item.id, only_attending=only, now=now)


@pytest.fixture
def minutes(steps):
    """Issued minutes of a meeting that 县教育局 attended and 县公安局 did not; one of the two items is restricted, 县商务局 leads in it."""
    meeting = steps.collecting()
    steps.placed(meeting, title=OPEN)
    secret = steps.placed(meeting, unit="JYJ", title=SECRET)
    restrict(steps, secret)
    steps.notify(meeting)
    steps.answer(meeting, "JYJ", name="王某", post="副局长")
    steps.answer(meeting, "GAJ", Answer.LEAVE, reason="参加县委会议")
    room.open_meeting(steps.session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=meeting.starts_at)
    for item in meeting.items:
        if item.is_system:
            steps.record(item, outcome=ItemOutcome.NOTED)
        else:
            steps.record(item, TALK if item is secret else "会议听取了汇报。")
            steps.clause(item, f"由县商务局牵头，于9月底前完成{item.title}工作。")
    room.end_meeting(steps.session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=meeting.starts_at + HOUR)
    return steps.issued(meeting)


def words_of(content):
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_only_the_office_restricts_and_only_until_the_minutes_are_signed(steps):
    meeting = steps.collecting()
    item = steps.placed(meeting)
    for name in ("recorder", "convenor", "liaison-SWJ"):
        with pytest.raises(NotAllowed):
            restrict(steps, item, by=name)
    with pytest.raises(NotFound):
        restrict(steps, item, by="liaison-GGG")
    with pytest.raises(IllegalMove, match="系统生成"):
        restrict(steps, meeting.items[0])
    assert restrict(steps, item).is_confidential
    assert not restrict(steps, item, only=False).is_confidential
    steps.notify(meeting)
    assert restrict(steps, item).is_confidential


def test_after_the_signature_nothing_is_opened_or_closed(minutes, steps):
    with pytest.raises(IllegalMove, match="范围不再改动"):
        restrict(steps, minutes.parts[2].item, only=False, now=STARTS_AT + 3 * DAY)


def test_the_opening_counts_a_restricted_item_and_does_not_name_it(minutes):
    assert f"研究“{OPEN}”等2项议题" in minutes.opening
    assert SECRET not in minutes.opening


def test_the_notice_to_all_names_only_open_items(steps):
    meeting = steps.collecting()
    steps.placed(meeting, title=OPEN)
    restrict(steps, steps.placed(meeting, unit="JYJ", title=SECRET))
    steps.notify(meeting)
    _, content = paperwork.document(steps.session, meeting, Kind.NOTICE, NOW.date())
    assert OPEN in words_of(content)
    assert SECRET not in words_of(content)


def test_papers_for_units_that_were_not_there_leave_it_out(minutes, steps):
    meeting, on = minutes.meeting, (STARTS_AT + 3 * DAY).date()
    for kind in (Kind.MINUTES, Kind.DECISIONS, Kind.AGENDA):
        whole = words_of(paperwork.document(steps.session, meeting, kind, on)[1])
        part = words_of(paperwork.document(steps.session, meeting, kind, on, whole=False)[1])
        assert (SECRET in whole, SECRET in part, TALK in part, OPEN in part) == (True, False, False, True), kind
    unit = steps.world.units["SWJ"]
    excerpt = words_of(paperwork.document(steps.session, meeting, Kind.EXCERPT, on, unit)[1])
    assert (OPEN in excerpt, SECRET in excerpt) == (True, False)
    excerpt = words_of(paperwork.document(steps.session, meeting, Kind.EXCERPT, on, steps.world.units["JYJ"])[1])
    assert SECRET in excerpt
    assert "送阅本" in words_of(text.document(steps.session, meeting, whole=False)[1])


def test_proposals_and_search_show_it_to_its_own_unit_and_to_those_who_were_there(minutes, steps):
    def found(name):
        titles = {row.title for row in queries.listed_proposals(steps.session, steps.actor(name)).rows}
        hits, _ = library.listed(steps.session, steps.actor(name), library.Sought(text=TALK))
        return SECRET in titles, len(hits)

    assert found("liaison-JYJ") == (True, 1)
    assert found("office") == (True, 1)
    assert found("auditor") == (True, 1)
    assert found("liaison-GAJ") == (False, 0)
    assert found("head-SWJ") == (False, 0)


def test_a_unit_that_came_late_counts_as_there(minutes, steps):
    reply = next(reply for reply in minutes.meeting.replies if reply.unit.code == "GAJ")
    reply.presence = Presence.LATE
    steps.session.flush()
    hits, _ = library.listed(steps.session, steps.actor("liaison-GAJ"), library.Sought(text=TALK))
    assert len(hits) == 1


def test_the_next_meetings_review_says_only_how_many_are_told_apart(minutes, steps):
    later = {"starts_at": STARTS_AT + 30 * DAY, "due_on": (STARTS_AT + 20 * DAY).date(), "now": STARTS_AT + 10 * DAY}
    meeting = steps.collecting(**later)
    steps.notify(meeting, now=STARTS_AT + 20 * DAY)
    room.open_meeting(steps.session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=meeting.starts_at)
    for item in meeting.items:
        steps.record(item, outcome=ItemOutcome.NOTED)
    room.end_meeting(steps.session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=meeting.starts_at + HOUR)
    compiled = drafting.compile_minutes(
        steps.session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=meeting.starts_at + 2 * HOUR
    )
    assert OPEN in compiled.parts[0].body
    assert SECRET not in compiled.parts[0].body
    assert "另有1项限到会单位，单独通报。" in compiled.parts[0].body


@pytest.mark.usefixtures("clock")
def test_pages_and_downloads_of_a_unit_that_was_not_there_never_name_it(minutes, steps, clerk, clock):
    steps.session.commit()
    clock.move_to(STARTS_AT + 3 * DAY)
    here = f"/meetings/{minutes.meeting_id}"
    gone, there, office = clerk("liaison-GAJ"), clerk("liaison-JYJ"), clerk("office")
    for page in (here, f"{here}/minutes", "/meetings/proposals"):
        assert (SECRET in gone.opens(page), SECRET in there.opens(page), SECRET in office.opens(page)) == (False, True, True), page
        assert TALK not in gone.opens(page)
    for file in ("minutes/file", "papers/minutes", "papers/agenda", "papers/decisions"):
        assert SECRET not in words_of(gone.client.get(f"{here}/{file}").data), file
        assert SECRET in words_of(there.client.get(f"{here}/{file}").data), file
    secret = minutes.parts[2].item.proposal_id
    assert gone.client.get(f"/meetings/proposals/{secret}").status_code == 404
    assert "纪要已签发，范围不再改动。" in office.opens(f"{here}/restricted")


@pytest.mark.usefixtures("clock")
def test_the_office_restricts_an_item_by_forms_alone(steps, clerk):
    meeting = steps.notified()
    invitation.answer(
        steps.session, actor=steps.actor("liaison-GAJ"), meeting_id=meeting.id, choice=Answer.LEAVE, reason="出差", now=NOW + 2 * HOUR
    )
    item = meeting.items[1]
    steps.session.commit()
    office = clerk("office")
    assert "限到会单位的议程" in office.opens(f"/meetings/{meeting.id}")
    page = office.sends(f"/meetings/items/{item.id}/restrict", only="attending")
    assert f"“{item.title}”已限到会单位。" in page
    assert item.title not in clerk("liaison-GAJ").opens(f"/meetings/{meeting.id}")
    assert "不再限定范围。" in office.sends(f"/meetings/items/{item.id}/restrict", only="no")


def test_an_amendment_after_the_notice_does_not_name_it(steps):
    meeting = steps.collecting()
    steps.placed(meeting, title=OPEN)
    secret = steps.placed(meeting, unit="JYJ", title=SECRET)
    restrict(steps, secret)
    steps.notify(meeting)
    changed = {"title": SECRET, "presenter_id": None, "minutes_planned": 30, "unit_ids": []}
    act = {"actor": steps.actor("office"), "meeting_id": meeting.id, "item_id": secret.id, "reason": "时间调整", "now": NOW + HOUR}
    assert amending.change_item(steps.session, **act, **changed).change == "第3项（限到会单位）有改动"
    assert amending.remove_item(steps.session, **act).change == "撤下原第3项（限到会单位）"
    texts = steps.session.scalars(select(Notice.text).where(Notice.kind.in_(("agenda_amended", "meeting_notice")))).all()
    assert texts
    assert not any(SECRET in text_ for text_ in texts)


def test_who_approves_reads_on_the_shelf_what_was_issued_and_nothing_that_was_kept_back(minutes, steps, world, clerk, clock):
    world.mechanisms["county"].document_code = "示市监消联"
    approver = steps.actor("approver")
    brief = test_bulletins.issued(steps)
    test_bulletins.draft(steps, title="还没有印发")
    rows, _ = library.listed(steps.session, approver, library.Sought())
    assert {row.kind for row in rows} == {"minutes", "notice", "brief"}, "a letter is for the unit it is to"
    assert library.listed(steps.session, approver, library.Sought(text=TALK))[0] == []
    for row in rows:
        name, content = library.file(steps.session, approver, row.kind, row.id, NOW.date())
        assert SECRET not in words_of(content), name
    assert OPEN in words_of(library.file(steps.session, approver, "minutes", minutes.id, NOW.date())[1])
    steps.session.commit()
    page = clerk("approver")
    assert brief.title in page.opens("/meetings/library")
    assert f'href="/meetings/library/minutes/{minutes.id}"' in page.client.get("/meetings/library").get_data(as_text=True)
    assert page.client.get(f"/meetings/library/minutes/{minutes.id}").data[:2] == b"PK"
    for address in (f"/meetings/{minutes.meeting_id}", f"/meetings/{minutes.meeting_id}/minutes", f"/meetings/bulletins/{brief.id}"):
        assert page.client.get(address).status_code == 403, address
    for missing in ("minutes/99", "minutes/99999999999999999999", "nothing/1", "letter/1"):
        assert page.client.get(f"/meetings/library/{missing}").status_code == 404, missing
