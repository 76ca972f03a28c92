"""The notice and the replies: who is told, who owes an answer, what may be answered until when."""

from datetime import date

import pytest
from sqlalchemy import delete, select

from coordination.meetings import audience, invitation, room, service
from models import Answer, Mail, MeetingStatus, Membership, Notice, Rule, Setting, Unit, UnitKind
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import DAY, HOUR, STARTS_AT
from tests.world import NOW, TODAY

COUNTY = ("SCJG", "JYJ", "WLJ", "SWJ", "GAJ")
EVERYBODY = {f"{role}-{code}" for role in ("liaison", "head") for code in COUNTY} | {"convenor", "deputy", "recorder"}


def units_of(meeting):
    return [reply.unit.code for reply in meeting.replies]


def test_the_page_shows_exactly_those_who_will_be_told(steps):
    meeting = steps.collecting()
    shown = {person.username for person in invitation.recipients(steps.session, meeting).people}
    steps.notify(meeting)
    assert shown == EVERYBODY == steps.told("meeting_notice")


def test_the_audience_says_who_has_no_mail_and_which_unit_has_nobody(steps, world):
    world.people["head-JYJ"].email = ""
    for role in ("liaison", "head"):
        world.people[f"{role}-GAJ"].disabled_at = NOW
    told = invitation.recipients(steps.session, steps.collecting())
    assert [person.username for person in told.without_mail] == ["head-JYJ"]
    assert [group.name for group in told.unreached] == ["县公安局"]
    assert told.in_words == "将向4个单位8人和召集人、副召集人、记录员3人发送"


def test_every_unit_that_sits_on_the_day_owes_a_reply(steps, world):
    left, comes = world.mechanisms["county"].memberships[1], world.units["XBG"]
    left.to_on = date(2026, 6, 29)
    steps.session.add(Membership(mechanism=world.mechanisms["county"], unit=comes, from_on=date(2026, 6, 30), position=9))
    steps.session.flush()
    assert units_of(steps.notified()) == ["SCJG", "WLJ", "SWJ", "GAJ", "XBG"]


def test_the_heir_of_a_merged_unit_is_invited_and_its_people_told(steps, world):
    heir = Unit(code="WGLJ", name="示例县文化和广电旅游局", short_name="县文广旅局", kind=UnitKind.BUREAU, former_names=[])
    steps.session.add(heir)
    world.units["WLJ"].valid_to, world.units["WLJ"].successor = TODAY, heir
    steps.session.flush()
    meeting = steps.notified()
    assert units_of(meeting) == ["SCJG", "JYJ", "WGLJ", "SWJ", "GAJ"]
    assert "liaison-WLJ" in steps.told("meeting_notice")


def test_the_notice_says_when_where_what_and_by_when(steps):
    steps.notified()
    notice = steps.session.scalars(select(Notice).where(Notice.kind == "meeting_notice")).first()
    assert notice.title == "会议通知：2026年第1次联席会议（6月30日（周二）9:00）"
    assert notice.text == (
        "定于2026年6月30日（周二）9:00在县市场监管局三楼会议室召开示例县消费者权益保护工作联席会议2026年第1次会议，由召集人主持。"
        "议程：1.上次会议议定事项落实情况；2.议题1。请最迟2026年6月29日（周一）答复参会人员。"
    )
    assert notice.path == f"/meetings/{notice.subject.removeprefix('meeting:')}#do"


def test_mails_are_made_only_where_a_server_is_set_and_an_address_known(steps, world):
    steps.notified()
    assert steps.session.scalars(select(Mail)).all() == []
    steps.session.add(Setting(key="mail", value={"host": "localhost"}, changed_at=NOW))
    world.people["head-JYJ"].email = ""
    steps.session.flush()
    meeting = steps.collecting()
    steps.session.execute(delete(Mail))
    steps.notify(meeting)
    assert len(steps.session.scalars(select(Mail)).all()) == len(EVERYBODY) - 1


def test_a_reply_is_due_by_the_rule_in_working_days_and_by_none_without_one(steps):
    meeting = steps.notified()
    assert audience.reply_due_on(steps.session, meeting) == date(2026, 6, 29)
    steps.session.execute(delete(Rule))
    assert audience.reply_due_on(steps.session, meeting) is None


def test_any_liaison_or_head_answers_for_the_unit_and_may_change_it(steps):
    meeting = steps.notified()
    reply = steps.answer(meeting, "JYJ", by="head-JYJ")
    assert (reply.answer, reply.replied_by_id) == (Answer.ATTEND, steps.world.people["head-JYJ"].id)
    steps.session.flush()
    steps.answer(meeting, "JYJ", Answer.STAND_IN, name="李某", post="副局长", version=reply.version)
    assert invitation.in_words(reply) == "代会，李某（副局长）"
    steps.session.flush()
    steps.answer(meeting, "JYJ", Answer.LEAVE, name="李某", post="副局长", reason="参加县委会议", version=reply.version)
    assert (reply.person_name, invitation.in_words(reply)) == ("", "请假，参加县委会议")


@pytest.mark.parametrize(
    ("choice", "given", "message"),
    [
        (Answer.STAND_IN, {"name": "李某"}, "代会请填写代会人姓名和职务"),
        (Answer.STAND_IN, {}, "代会请填写代会人姓名和职务"),
        (Answer.LEAVE, {}, "请假请填写原因"),
    ],
)
def test_an_answer_lacking_what_it_needs_is_refused(steps, choice, given, message):
    with pytest.raises(BadInput, match=message):
        steps.answer(steps.notified(), "JYJ", choice, **given)


def test_a_colleagues_answer_is_not_overwritten_unseen(steps):
    meeting = steps.notified()
    reply = steps.answer(meeting, "JYJ", Answer.LEAVE, reason="出差")
    steps.session.flush()
    with pytest.raises(Conflict) as clash:
        steps.answer(meeting, "JYJ", by="head-JYJ")
    assert (clash.value.mine, clash.value.theirs) == ("参加", "请假，出差")
    steps.answer(meeting, "JYJ", by="head-JYJ", version=clash.value.version)
    assert reply.answer == Answer.ATTEND


def test_the_same_answer_twice_is_one_answer(steps):
    meeting = steps.notified()
    first = steps.answer(meeting, "JYJ").replied_at
    assert steps.answer(meeting, "JYJ", by="head-JYJ", now=NOW + 5 * HOUR).replied_at == first


def test_who_was_not_invited_or_holds_no_unit_role_cannot_answer(steps):
    meeting = steps.notified()
    for username in ("liaison-GGG", "office", "convenor", "auditor", "router"):
        with pytest.raises((NotFound, NotAllowed)):
            steps.answer(meeting, "", by=username)


def test_once_the_meeting_has_begun_answers_no_longer_change(steps):
    meeting = steps.in_session()
    with pytest.raises(IllegalMove, match="不能再答复"):
        steps.answer(meeting, "SWJ")


def test_urging_reaches_only_who_has_not_answered_and_once_a_day(steps):
    meeting = steps.notified()
    for code in ("SCJG", "JYJ", "WLJ"):
        steps.answer(meeting, code)
    steps.session.flush()
    assert len(audience.of_invited(steps.session, meeting, unanswered=True).people) == 4
    urge = {"actor": steps.actor("office"), "meeting_id": meeting.id}
    assert invitation.urge(steps.session, **urge, now=NOW + 3 * HOUR) == 4
    assert steps.told("reply_urged") == {"liaison-SWJ", "head-SWJ", "liaison-GAJ", "head-GAJ"}
    assert invitation.urge(steps.session, **urge, now=NOW + 4 * HOUR) == 0
    assert invitation.urge(steps.session, **urge, now=NOW + DAY) == 4


def test_with_all_answers_in_there_is_nobody_to_urge(steps):
    meeting = steps.notified()
    for code in COUNTY:
        steps.answer(meeting, code)
    with pytest.raises(IllegalMove, match="都已答复"):
        invitation.urge(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, now=NOW)


def test_a_notice_is_sent_once_and_not_for_a_time_that_has_passed(steps):
    meeting = steps.notified()
    with pytest.raises(IllegalMove):
        steps.notify(meeting)
    with pytest.raises(IllegalMove, match="会议时间已过"):
        steps.notify(steps.collecting(), now=STARTS_AT)


def test_a_unit_that_left_meanwhile_owes_nothing_to_the_second_notice(steps, world):
    meeting = steps.notified()
    service.postpone(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, reason="县里统一安排", now=NOW)
    world.mechanisms["county"].memberships[1].to_on = date(2026, 6, 20)
    service.collect(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, now=NOW)
    steps.notify(meeting)
    assert (meeting.status, units_of(meeting)) == (MeetingStatus.NOTIFIED, ["SCJG", "WLJ", "SWJ", "GAJ"])


def test_a_unit_that_left_after_the_notice_still_sees_the_meeting_and_answers(steps, world):
    meeting = steps.notified()
    world.mechanisms["county"].memberships[1].to_on = date(2026, 6, 20)
    steps.session.flush()
    assert steps.answer(meeting, "JYJ", Answer.LEAVE, reason="已退出机制").answer == Answer.LEAVE


def test_presence_is_prefilled_from_the_answers(steps):
    meeting = steps.notified()
    steps.answer(meeting, "JYJ")
    steps.answer(meeting, "WLJ", Answer.STAND_IN, name="李某", post="科长")
    steps.answer(meeting, "GAJ", Answer.LEAVE, reason="出差")
    room.open_meeting(steps.session, actor=steps.actor("recorder"), meeting_id=meeting.id, now=STARTS_AT)
    assert {reply.unit.code: reply.presence and reply.presence.value for reply in meeting.replies} == {
        "SCJG": None,
        "JYJ": "present",
        "WLJ": "present",
        "SWJ": None,
        "GAJ": "absent",
    }
