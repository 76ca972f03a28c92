"""Signing and issuing: what must be there, the number, the stored file, tasks, receipts, and who reads what."""

import hashlib
from datetime import UTC, datetime
from io import BytesIO

import docx
import pytest
from sqlalchemy import select

from coordination import attachments
from coordination.meetings import drafting, issuing, paperwork, queries, room
from coordination.meetings import minutes as text
from models import AuditEntry, ItemOutcome, Membership, MinutesReceipt, MinutesStatus, StoredFile, Task
from models.errors import Conflict, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import DAY, HOUR, STARTS_AT

LATER = STARTS_AT + DAY
MEMBERS = {f"{role}-{code}" for role in ("liaison", "head") for code in ("SCJG", "JYJ", "WLJ", "SWJ", "GAJ")}


def sign(steps, minutes, by="convenor", now=LATER, **given):
    return issuing.sign(steps.session, actor=steps.actor(by), meeting_id=minutes.meeting_id, now=now, **given)


def issue(steps, minutes, by="office"):
    return issuing.issue(steps.session, actor=steps.actor(by), meeting_id=minutes.meeting_id, now=LATER + DAY)


def words_of(content):
    document = docx.Document(BytesIO(content))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def gap(steps):
    """Minutes with a clause that lacks lead and due date."""
    meeting = steps.recorded()
    steps.clause(meeting.items[1], "加强宣传。", lead_id=None, due_on=None)
    room.end_meeting(steps.session, actor=steps.actor("recorder"), meeting_id=meeting.id, now=STARTS_AT + HOUR)
    return steps.compiled(meeting)


def test_a_clause_without_lead_or_date_keeps_the_minutes_from_being_signed(steps):
    minutes = gap(steps)
    message = "第2项第2条未写明牵头单位、完成时限"
    for act in (
        lambda: sign(steps, minutes),
        lambda: issuing.submit(steps.session, actor=steps.actor("office"), meeting_id=minutes.meeting_id, now=LATER),
    ):
        with pytest.raises(IllegalMove, match=message):
            act()
    assert (minutes.status, minutes.number) == (MinutesStatus.DRAFT, None)


def test_a_record_changed_after_the_compile_must_be_compiled_again_first(steps):
    minutes = gap(steps)
    decision = minutes.parts[1].item.decisions[1]
    steps.session.flush()
    clause = room.Clause("加强宣传。", steps.unit("JYJ"), frozenset(), LATER.date())
    recorder = steps.actor("recorder")
    room.change_clause(
        steps.session, actor=recorder, decision_id=decision.id, version=decision.version, clause=clause, now=LATER, pressed=True
    )
    with pytest.raises(IllegalMove, match="请先重新汇编"):
        sign(steps, minutes)
    drafting.compile_minutes(steps.session, actor=recorder, meeting_id=minutes.meeting_id, now=LATER)
    assert sign(steps, minutes).number == 1


def test_the_convenor_is_told_when_asked_to_sign_and_the_office_when_signed(steps):
    minutes = steps.compiled()
    issuing.submit(steps.session, actor=steps.actor("recorder"), meeting_id=minutes.meeting_id, now=LATER)
    assert (minutes.submitted_at, steps.told("minutes_to_sign")) == (LATER, {"convenor"})
    sign(steps, minutes)
    assert (minutes.status, minutes.label, minutes.signed_by.username) == (MinutesStatus.SIGNED, "〔2026〕1号", "convenor")
    assert steps.told("minutes_signed") == {"office"}


def test_only_the_convenor_signs_and_only_the_office_issues(steps):
    minutes = steps.compiled()
    for username in ("deputy", "office", "recorder", "auditor"):
        with pytest.raises(NotAllowed):
            sign(steps, minutes, by=username)
    with pytest.raises(NotFound):
        sign(steps, minutes, by="liaison-SWJ")
    sign(steps, minutes)
    for username in ("convenor", "deputy", "recorder", "auditor"):
        with pytest.raises(NotAllowed):
            issue(steps, minutes, by=username)


def test_what_was_changed_while_the_convenor_read_is_not_signed(steps):
    minutes = steps.compiled()
    seen = text.digest(minutes)
    part = minutes.parts[1]
    drafting.edit_part(
        steps.session,
        actor=steps.actor("recorder"),
        part_id=part.id,
        version=part.version,
        heading=part.heading,
        body="改过的文字。",
        now=LATER,
    )
    with pytest.raises(Conflict, match="请看过新的文字再签"):
        sign(steps, minutes, seen=seen)
    assert sign(steps, minutes, seen=text.digest(minutes)).number == 1


def test_a_second_signature_takes_no_number(steps):
    minutes = steps.signed()
    with pytest.raises(IllegalMove, match=r"编号〔2026〕1号，不能再次签发"):
        sign(steps, minutes)
    following = steps.held(starts_at=STARTS_AT + 30 * DAY, due_on=(STARTS_AT + 20 * DAY).date())
    assert steps.signed(following).number == 2


def test_numbers_run_by_mechanism_and_by_the_year_of_signing(steps):
    assert steps.signed(steps.held(mechanism="sections", proposals=0)).label == "〔2026〕1号"
    assert steps.signed().label == "〔2026〕1号"
    new_year = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight of 1 January 2027 in China
    following = steps.held(starts_at=STARTS_AT + 30 * DAY, due_on=(STARTS_AT + 20 * DAY).date())
    assert steps.signed(following, now=new_year).label == "〔2027〕1号"


def test_unsigned_minutes_are_not_issued(steps):
    with pytest.raises(IllegalMove, match="签发后方可印发"):
        issue(steps, steps.compiled())


def test_issuing_stores_the_paper_makes_the_tasks_and_owes_every_member_a_reading(steps):
    minutes = steps.issued()
    assert minutes.status == MinutesStatus.ISSUED
    content = attachments.read(minutes.file)
    assert minutes.file.sha256 == hashlib.sha256(content).hexdigest()
    assert minutes.file.name == "2026年第1次联席会议纪要〔2026〕1号.docx"
    words = words_of(content)
    assert "〔2026〕1号" in words
    assert "由县商务局牵头，于9月底前完成备案清查。" in words
    assert "送审稿" not in words
    task = steps.session.scalars(select(Task)).one()
    assert (task.number, task.lead_id, task.decision_id) == ("任务〔2026〕1-1", steps.unit("SWJ"), minutes.parts[1].item.decisions[0].id)
    receipts = steps.session.scalars(select(MinutesReceipt)).all()
    assert {receipt.unit.code for receipt in receipts} == {"SCJG", "JYJ", "WLJ", "SWJ", "GAJ"}
    assert steps.told("minutes_issued") == MEMBERS
    entry = steps.session.scalars(select(AuditEntry).where(AuditEntry.action == "minutes:issue")).one()
    assert (entry.text, entry.facts) == (
        "印发纪要〔2026〕1号，立任务1项，送5个单位阅知，附函1件（函〔2026〕1号）",
        {"sha256": minutes.file.sha256},
    )


def test_minutes_are_issued_once(steps):
    minutes = steps.issued()
    with pytest.raises(IllegalMove, match="已印发"):
        issue(steps, minutes)
    assert len(steps.session.scalars(select(StoredFile)).all()) == 3  # the notice, the minutes, one letter


def test_every_clause_becomes_a_task_numbered_in_the_order_of_the_agenda(steps):
    meeting = steps.recorded(proposals=3)
    steps.clause(meeting.items[1], "第二条。", lead_id=steps.unit("JYJ"), co_ids=frozenset({steps.unit("GAJ")}))
    room.end_meeting(steps.session, actor=steps.actor("recorder"), meeting_id=meeting.id, now=STARTS_AT + HOUR)
    steps.issued(meeting)
    tasks = steps.session.scalars(select(Task).order_by(Task.serial)).all()
    assert [task.serial for task in tasks] == [1, 2, 3, 4]
    assert (tasks[1].text, [unit.code for unit in tasks[1].co_units]) == ("第二条。", ["GAJ"])


def test_a_unit_that_leads_without_sitting_gets_a_copy_too(steps, world):
    meeting = steps.recorded()
    steps.clause(meeting.items[1], "由广告股牵头。", lead_id=steps.unit("GGG"))
    room.end_meeting(steps.session, actor=steps.actor("recorder"), meeting_id=meeting.id, now=STARTS_AT + HOUR)
    minutes = steps.issued(meeting)
    assert "liaison-GGG" in steps.told("minutes_issued")
    assert {receipt.unit.code for receipt in queries.receipts_of(steps.session, minutes)} >= {"GGG", "JYJ"}


def test_members_read_minutes_only_once_they_are_issued(steps):
    minutes = steps.signed()
    with pytest.raises(NotFound):
        queries.get_minutes(steps.session, steps.actor("liaison-JYJ"), minutes.meeting)
    for username in ("office", "recorder", "convenor", "deputy", "auditor"):
        assert queries.get_minutes(steps.session, steps.actor(username), minutes.meeting) is minutes
    issue(steps, minutes)
    assert queries.get_minutes(steps.session, steps.actor("liaison-JYJ"), minutes.meeting) is minutes


def test_anybody_of_the_unit_says_it_was_read_and_the_first_counts(steps):
    minutes = steps.issued()
    act = {"meeting_id": minutes.meeting_id}
    receipt = issuing.acknowledge(steps.session, actor=steps.actor("head-JYJ"), now=LATER + 3 * DAY, **act)
    issuing.acknowledge(steps.session, actor=steps.actor("liaison-JYJ"), now=LATER + 4 * DAY, **act)
    assert (receipt.read_at, receipt.read_by.username) == (LATER + 3 * DAY, "head-JYJ")
    with pytest.raises(NotFound):
        issuing.acknowledge(steps.session, actor=steps.actor("office"), now=LATER, **act)


def test_a_unit_that_joins_later_reads_but_owes_nothing(steps, world):
    minutes = steps.issued()
    steps.session.add(Membership(mechanism=world.mechanisms["county"], unit=world.units["GGG"], from_on=STARTS_AT.date()))
    steps.session.flush()
    assert queries.get_minutes(steps.session, steps.actor("liaison-GGG"), minutes.meeting) is minutes
    with pytest.raises(NotFound):
        issuing.acknowledge(steps.session, actor=steps.actor("liaison-GGG"), meeting_id=minutes.meeting_id, now=LATER)


def test_the_document_is_the_draft_before_and_the_stored_file_after_the_issue(steps):
    minutes = steps.compiled()
    name, content = text.document(steps.session, minutes.meeting)
    assert name == "2026年第1次联席会议纪要（送审稿）.docx"
    assert "送审稿，未经签发，不作为办理依据" in words_of(content)
    sign(steps, minutes)
    issue(steps, minutes)
    assert text.document(steps.session, minutes.meeting) == (minutes.file.name, attachments.read(minutes.file))


def test_the_paper_lists_who_was_there_who_was_on_leave_and_who_sat_in(steps):
    words = words_of(text.document(steps.session, steps.compiled().meeting)[1])
    assert "出席：县教育局　王某（副局长）" in words
    assert "请假：县公安局" in words


def test_a_meeting_is_found_by_year_and_serial_or_as_the_latest_issued(steps):
    first = steps.issued().meeting
    second = steps.plan(starts_at=STARTS_AT + 60 * DAY, due_on=(STARTS_AT + 50 * DAY).date())
    assert paperwork.find_meeting(steps.session, "2026-2", "county") is second
    assert paperwork.find_meeting(steps.session, "latest", "county") is first
    for reference, mechanism in (("2026-9", "county"), ("latest", "sections"), ("2026-1", "nowhere")):
        with pytest.raises(NotFound):
            paperwork.find_meeting(steps.session, reference, mechanism)
    with pytest.raises(NotFound, match="还没有纪要"):
        text.document(steps.session, second)


def test_outcomes_stay_as_recorded(steps):
    assert [part.item.outcome for part in steps.issued().parts] == [ItemOutcome.NOTED, ItemOutcome.DECIDED]
