"""Planning: serial, title, days, who is told, who sees it, putting it off."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from coordination.meetings import queries, service
from models import AuditEntry, CalendarYear, ItemKind, Meeting, MeetingKind, MeetingStatus, Notice, ProposalStatus
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import DAY, DUE_ON, HOUR, STARTS_AT
from tests.world import NOW

LIAISONS = {f"liaison-{code}" for code in ("SCJG", "JYJ", "WLJ", "SWJ", "GAJ")}


def change(steps, meeting, version=None, now=NOW, **changed):
    kept = {name: getattr(meeting, name) for name in ("kind", "title", "starts_at", "place", "chair", "proposals_due_on")}
    version = meeting.version if version is None else version
    return service.change(
        steps.session, actor=steps.actor("office"), meeting_id=meeting.id, version=version, now=now, **{**kept, **changed}
    )


def notices(steps):
    return steps.session.scalar(select(func.count(Notice.id)))


def test_a_meeting_is_numbered_within_its_mechanism_and_year_and_named_by_itself(steps):
    first, second, other = steps.plan(), steps.plan(), steps.plan("sections")
    assert [(m.year, m.serial) for m in (first, second, other)] == [(2026, 1), (2026, 2), (2026, 1)]
    assert first.title == "示例县消费者权益保护工作联席会议2026年第1次会议"
    assert second.name == "2026年第2次联席会议"
    assert first.chair == "召集人"


def test_planning_tells_nobody_and_is_written_in_the_ledger(steps):
    meeting = steps.plan()
    assert notices(steps) == 0
    entry = steps.session.scalars(select(AuditEntry).where(AuditEntry.subject == f"meeting:{meeting.id}")).one()
    assert entry.text == "筹备会议，定于2026年6月30日（周二）9:00召开，议题截止2026年6月24日（周三）"


def test_the_first_item_is_made_by_the_system(steps):
    assert [(item.kind, item.title) for item in steps.plan().items] == [(ItemKind.REVIEW, "上次会议议定事项落实情况")]


@pytest.mark.parametrize(
    ("starts_at", "due_on", "message"),
    [
        (STARTS_AT, date(2026, 7, 1), "议题截止日不能晚于会议日期（6月30日（周二））"),
        (STARTS_AT, date(2026, 6, 17), "议题截止日6月17日（周三）已过，请重新填写"),
        (NOW, date(2026, 6, 18), "会议时间2026年6月18日（周四）9:00已过，请重新填写"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(steps, starts_at, due_on, message):
    with pytest.raises(BadInput, match="^" + message.replace("（", "[（]").replace("）", "[）]")):
        steps.plan(starts_at=starts_at, due_on=due_on)


def test_the_deadline_may_be_the_day_of_the_meeting(steps):
    assert steps.plan(due_on=date(2026, 6, 30)).proposals_due_on == date(2026, 6, 30)


def test_days_off_and_years_without_calendar_are_pointed_out_not_refused(steps):
    sunday = datetime(2026, 6, 28, 1, tzinfo=UTC)
    assert service.day_hints(steps.session, sunday, date(2026, 6, 19)) == [
        "会议日期6月28日（周日）不是工作日",
        "议题截止日6月19日（周五）不是工作日",
    ]
    assert service.day_hints(steps.session, STARTS_AT, DUE_ON) == []
    assert steps.session.get(CalendarYear, 2027) is None
    hints = service.day_hints(steps.session, datetime(2027, 1, 5, 1, tzinfo=UTC), date(2026, 12, 31))
    assert hints == ["2027年工作日历尚未导入，会议日期是否工作日未核"]


def test_collecting_tells_each_members_liaison_once(steps):
    meeting = steps.collecting()
    assert meeting.status == MeetingStatus.COLLECTING
    assert steps.told("meeting_collecting") == LIAISONS
    assert notices(steps) == len(LIAISONS)


def test_members_know_of_a_meeting_from_the_collecting_on(steps):
    meeting = steps.plan()
    for username in ("liaison-JYJ", "head-JYJ"):
        with pytest.raises(NotFound):
            queries.get_meeting(steps.session, steps.actor(username), meeting.id)
    for username in ("office", "convenor", "deputy", "recorder", "auditor"):
        assert queries.get_meeting(steps.session, steps.actor(username), meeting.id) is meeting
    service.collect(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, now=NOW)
    assert queries.get_meeting(steps.session, steps.actor("liaison-JYJ"), meeting.id) is meeting
    for username in ("liaison-GGG", "router", "approver", "admin"):
        with pytest.raises(NotFound):
            queries.get_meeting(steps.session, steps.actor(username), meeting.id)


def test_a_meeting_cancelled_before_anybody_knew_stays_with_the_office(steps):
    meeting = steps.plan()
    service.cancel(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, reason="改为书面征求意见", now=NOW)
    assert notices(steps) == 0
    with pytest.raises(NotFound):
        queries.get_meeting(steps.session, steps.actor("liaison-JYJ"), meeting.id)
    assert steps.session.scalars(select(Meeting).where(Meeting.is_shared)).all() == []


def test_the_office_of_another_mechanism_finds_no_such_meeting(steps):
    meeting = steps.plan()
    with pytest.raises(NotFound):
        service.collect(steps.session, actor=steps.member_of_sections_only(), meeting_id=meeting.id, now=NOW)


def test_the_office_of_another_mechanism_cannot_plan_here(steps, world):
    with pytest.raises(NotAllowed):
        service.plan(
            steps.session,
            actor=steps.member_of_sections_only(),
            mechanism_id=world.mechanisms["county"].id,
            kind=MeetingKind.REGULAR,
            starts_at=STARTS_AT,
            place="三楼",
            proposals_due_on=DUE_ON,
            now=NOW,
        )


def test_changing_a_plan_nobody_knows_tells_nobody(steps):
    meeting = change(steps, steps.plan(), place="县政府二楼")
    assert (meeting.place, notices(steps)) == ("县政府二楼", 0)


def test_changing_an_announced_plan_tells_the_liaisons_what_changed(steps):
    change(steps, steps.collecting(), place="县政府二楼", now=NOW + HOUR)
    assert steps.told("meeting_changed") == LIAISONS
    notice = steps.session.scalars(select(Notice).where(Notice.kind == "meeting_changed")).first()
    assert notice.text == "示例县消费者权益保护工作联席会议2026年第1次会议的安排有变：地点：县政府二楼。"


def test_a_change_that_changes_nothing_is_not_written(steps):
    meeting = steps.collecting()
    before = steps.session.scalar(select(func.count(AuditEntry.number)))
    change(steps, meeting)
    assert steps.session.scalar(select(func.count(AuditEntry.number))) == before


def test_two_who_change_one_plan_see_both_versions(steps):
    meeting = steps.plan()
    seen = meeting.version
    change(steps, meeting, place="县政府二楼")
    steps.session.flush()
    with pytest.raises(Conflict) as clash:
        change(steps, meeting, version=seen, place="县政府三楼")
    assert "地点：县政府三楼" in clash.value.mine
    assert "地点：县政府二楼" in clash.value.theirs
    assert clash.value.version == meeting.version


def test_after_the_notice_the_plan_stands(steps):
    meeting = steps.notified()
    with pytest.raises(IllegalMove, match="会议通知发出后不再改动"):
        change(steps, meeting, place="县政府二楼")


def test_a_liaison_meeting_is_held_only_where_the_mechanism_has_one(steps, world):
    meeting = steps.collecting()
    with pytest.raises(IllegalMove, match="不设联络员会议"):
        service.hold_liaison_meeting(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, now=NOW)
    world.mechanisms["county"].has_liaison_meeting = True
    service.hold_liaison_meeting(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, now=NOW)
    assert (meeting.status, meeting.liaison_held_at) == (MeetingStatus.LIAISON_HELD, NOW)


def test_postponing_tells_all_who_were_invited_and_new_answers_are_owed(steps):
    meeting = steps.notified()
    steps.answer(meeting, "JYJ")
    service.postpone(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, reason="县里统一安排", now=NOW + DAY)
    assert steps.told("meeting_postponed") == LIAISONS | {name.replace("liaison", "head") for name in LIAISONS} | {
        "convenor",
        "deputy",
        "recorder",
    }
    service.collect(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, now=NOW + DAY)
    assert (meeting.reason, meeting.notified_at, meeting.status) == ("", None, MeetingStatus.COLLECTING)
    steps.notify(meeting, NOW + 2 * DAY)
    assert {reply.answer for reply in meeting.replies} == {None}
    assert len(meeting.replies) == 5


def test_a_postponed_meeting_needs_a_new_time_once_the_old_one_has_passed(steps):
    meeting = steps.collecting()
    service.postpone(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, reason="县里统一安排", now=NOW)
    with pytest.raises(IllegalMove, match="会议时间已过"):
        service.collect(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, now=STARTS_AT)


def test_cancelling_sets_the_proposals_free_for_another_meeting(steps):
    meeting, other = steps.collecting(), steps.collecting()
    proposal = steps.placed(meeting).proposal
    service.cancel(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, reason="议题不足", now=NOW)
    assert (proposal.status, proposal.meeting_id) == (ProposalStatus.SUBMITTED, None)
    assert queries.waiting(steps.session, other) == [proposal]
    assert queries.get_meeting(steps.session, steps.actor("liaison-JYJ"), meeting.id).reason == "议题不足"
