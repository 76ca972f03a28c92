"""我的待办: who finds what in which state, by when, and in which order. Nothing is stored: a line goes when it is no longer so."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select, text, update

from coordination.desk import queries
from coordination.members import service as register
from coordination.permissions import OPERATOR
from models import (
    Answer,
    CalendarYear,
    JobRun,
    Mail,
    MeetingStatus,
    MinutesStatus,
    Notice,
    ProposalStatus,
    Reply,
    Rule,
    TaskStatus,
)
from tests.desk.conftest import at
from tests.world import NOW

S, P, T, M = MeetingStatus, ProposalStatus, TaskStatus, MinutesStatus


def test_an_invited_unit_answers_a_working_day_before_the_meeting_until_anybody_of_it_has(county):
    meeting = county.meeting(S.NOTIFIED, at(30))
    county.invite(meeting, "JYJ", "SWJ")
    (todo,) = county.desk("liaison-JYJ")
    assert (todo.title, todo.due_on, todo.light.text) == ("答复参会：2026年第1次联席会议（6月30日9:00）", date(2026, 6, 29), "剩6个工作日")
    assert (todo.endpoint, todo.act.label, todo.is_own) == ("meetings.reply", "参加", True)
    assert county.titles("head-JYJ") == [todo.title]
    assert county.titles("liaison-WLJ") == []
    reply = county.session.scalars(select(Reply).where(Reply.unit_id == county.world.units["JYJ"].id)).one()
    reply.respond(Answer.ATTEND, name="", post="", reason="", by_id=None, at=NOW)
    assert county.titles("liaison-JYJ") == []
    assert len(county.titles("liaison-SWJ")) == 1


def test_without_a_rule_the_meeting_itself_is_the_day(county):
    county.session.execute(text("DELETE FROM rule"))
    county.invite(county.meeting(S.NOTIFIED, at(30)), "JYJ")
    assert [todo.due_on for todo in county.desk("liaison-JYJ")] == [date(2026, 6, 30)]


def test_a_mechanism_with_a_limit_of_its_own_goes_by_it(county):
    county.session.execute(update(Rule).where(Rule.code == "REPLY_DUE").values(effective_to=None))
    common = county.session.scalars(select(Rule).where(Rule.code == "REPLY_DUE")).one()
    own = {"title": common.title, "unit": common.unit, "clause": "本县规定", "effective_from": date(2026, 1, 1), "changed_at": NOW}
    county.session.add(Rule(code="REPLY_DUE", limit=3, mechanism_id=county.world.mechanisms["county"].id, **own))
    county.invite(county.meeting(S.NOTIFIED, at(30)), "JYJ")
    county.invite(county.meeting(S.NOTIFIED, at(30), code="sections"), "XBG")
    assert county.desk("liaison-JYJ")[0].due_on == date(2026, 6, 25)
    assert county.desk("liaison-XBG")[0].due_on == date(2026, 6, 29)


def test_while_proposals_are_collected_each_member_unit_finds_that_and_then_its_own_draft(county):
    meeting = county.meeting(S.COLLECTING, at(30))
    assert county.titles("liaison-JYJ") == ["提交议题：2026年第1次联席会议"]
    assert county.titles("liaison-XBG") == []
    proposal = county.proposal("JYJ", P.DRAFT, meeting)
    (todo,) = county.desk("liaison-JYJ")
    assert (todo.title, todo.endpoint, todo.due_on) == ("提交议题：预付费投诉", "meetings.proposal", date(2026, 6, 22))
    proposal.submit(NOW, late=False)
    assert county.titles("liaison-JYJ") == []
    proposal.send_back("请补充")
    assert county.titles("liaison-JYJ") == ["补充议题：预付费投诉"]


def test_a_task_is_accepted_in_two_working_days_and_then_reported_on(county):
    task = county.task("JYJ", T.ASSIGNED, date(2026, 7, 31))
    (todo,) = county.desk("liaison-JYJ")
    # The 19th is a holiday, the 20th and 21st a weekend.
    assert (todo.title, todo.due_on, todo.act.endpoint) == ("签收：清查", date(2026, 6, 23), "tasks.accept")
    task.accept(NOW)
    (todo,) = county.desk("liaison-JYJ")
    assert (todo.title, todo.due_on, todo.act, todo.endpoint) == ("填报进展：清查", date(2026, 7, 31), None, "tasks.report")
    assert todo.source == "任务〔2026〕1-1·联席会议"


@pytest.mark.parametrize(
    ("status", "title"),
    [(T.IN_PROGRESS, ["填报进展：清查"]), (T.RETURNED, ["重新办理：清查"]), (T.REPORTED, []), (T.CANCELLED, [])],
)
def test_what_is_with_the_office_or_ended_is_nothing_to_do_for_the_unit(county, status, title):
    task = county.task("JYJ", T.IN_PROGRESS, date(2026, 6, 16))
    if status == T.RETURNED:
        task.report_done(date(2026, 6, 15))
        task.send_back("请补充", date(2026, 6, 30))
    elif status == T.REPORTED:
        task.report_done(date(2026, 6, 15))
    elif status == T.CANCELLED:
        task.cancel(NOW, "不再需要")
    assert county.titles("liaison-JYJ") == title


def test_a_co_operating_unit_reports_on_its_share_until_that_or_the_whole_is_reported_done(county):
    task = county.task("JYJ", T.ASSIGNED, date(2026, 7, 31))
    task.co_units = [county.world.units["SWJ"], county.world.units["WLJ"]]
    (todo,) = county.desk("liaison-SWJ")
    assert (todo.title, todo.due_on, todo.light.kind, todo.endpoint) == ("填报配合进展：清查", date(2026, 7, 31), "ok", "tasks.report")
    assert (todo.source, todo.is_own, county.titles("head-SWJ")) == ("任务〔2026〕1-1·联席会议", True, [todo.title])
    county.session.refresh(task)
    next(share for share in task.shares if share.unit_id == county.world.units["SWJ"].id).percent = 100
    assert (county.titles("liaison-SWJ"), county.titles("liaison-WLJ")) == ([], [todo.title])
    task.accept(NOW)
    task.report_done(date(2026, 6, 18))
    assert county.titles("liaison-WLJ") == []


def test_who_leads_and_co_operates_finds_the_task_once(county):
    task = county.task("JYJ", T.IN_PROGRESS, date(2026, 7, 31))
    task.co_units = [county.world.units["JYJ"]]
    assert county.titles("liaison-JYJ") == ["填报进展：清查"]


def test_lines_stand_by_due_date_what_has_none_last_and_say_how_late(county):
    county.task("JYJ", T.IN_PROGRESS, date(2026, 6, 25), "乙")
    county.task("JYJ", T.IN_PROGRESS, date(2026, 6, 16), "甲")
    county.task("JYJ", T.IN_PROGRESS, date(2026, 6, 18), "丙")
    county.session.execute(text("DELETE FROM rule WHERE code = 'MINUTES_READ'"))
    county.receipt(county.minutes(county.meeting(S.HELD, at(10)), M.ISSUED), "JYJ")
    assert [(todo.title, todo.light.kind, todo.light.text) for todo in county.desk("liaison-JYJ")] == [
        ("填报进展：甲", "bad", "逾期2个工作日"),
        ("填报进展：丙", "warn", "今天到期"),
        ("填报进展：乙", "ok", "剩4个工作日"),
        ("阅知：2026年第1次联席会议纪要", "idle", "不限期"),
    ]


def test_issued_minutes_are_read_within_five_working_days(county):
    receipt = county.receipt(county.minutes(county.meeting(S.HELD, at(10)), M.ISSUED), "JYJ")
    (todo,) = county.desk("liaison-JYJ")
    assert (todo.due_on, todo.act.label, todo.source) == (date(2026, 6, 26), "已阅", "〔2026〕1号")
    receipt.read_at, receipt.read_by = NOW, county.world.people["head-JYJ"]
    assert county.titles("liaison-JYJ") == []


def test_the_heir_of_a_merged_unit_finds_what_that_one_owed(county, today):
    county.task("SWJ", T.IN_PROGRESS, date(2026, 7, 1))
    old, heir = county.world.units["SWJ"], county.world.units["JYJ"]
    given = {"valid_to": date(2026, 5, 31), "successor_id": heir.id, "now": NOW}
    register.end_unit(county.session, actor=OPERATOR, unit_id=old.id, version=old.version, **given)
    assert county.titles("liaison-JYJ") == ["填报进展：清查"]


def test_the_office_weighs_proposals_and_calls_the_meeting_when_their_day_has_come(county):
    meeting = county.meeting(S.COLLECTING, at(30), date(2026, 6, 18))
    county.proposal("JYJ", P.SUBMITTED, meeting)
    county.proposal("SWJ", P.SUBMITTED, None, "没有会议的议题")
    todos = county.desk("office")
    assert [(todo.title, todo.due_on, todo.source) for todo in todos] == [
        ("发会议通知：2026年第1次联席会议", date(2026, 6, 29), "联席会议"),
        ("审议题：预付费投诉", date(2026, 6, 30), "县教育局"),
        ("审议题：没有会议的议题", None, "县商务局"),
    ]
    meeting.proposals_due_on = date(2026, 6, 22)
    assert county.titles("office")[0] == "审议题：预付费投诉"
    assert county.titles("recorder") == []


def test_the_office_starts_collecting_and_finds_a_postponed_meeting_again(county):
    county.meeting(S.PLANNED, at(30))
    county.meeting(S.POSTPONED, at(10))
    assert county.titles("office") == ["开始征集议题：2026年第1次联席会议", "重新安排会议：2026年第2次联席会议"]


def test_the_office_urges_who_is_silent_only_when_the_day_for_replies_is_near(county):
    meeting = county.meeting(S.NOTIFIED, at(30))
    county.invite(meeting, "JYJ", "SWJ", "GAJ")
    assert county.titles("office") == []
    assert county.titles("office", at(25)) == ["催请3个单位答复：2026年第1次联席会议"]
    for reply in county.session.scalars(select(Reply)):
        reply.respond(Answer.ATTEND, name="", post="", reason="", by_id=None, at=NOW)
    assert county.titles("office", at(25)) == []


def test_on_the_day_office_and_recorder_go_to_the_room(county):
    meeting = county.meeting(S.NOTIFIED, at(18, 14))
    assert county.titles("office") == county.titles("recorder") == ["会中记录：2026年第1次联席会议"]
    meeting.open(NOW)
    assert county.titles("recorder", at(19)) == ["会中记录：2026年第1次联席会议"]
    assert county.titles("convenor") == []


def test_minutes_go_from_recorder_to_convenor_to_office(county):
    meeting = county.meeting(S.HELD, at(17))
    everybody = ("recorder", "convenor", "office")

    def desks():
        return [county.titles(username) for username in everybody]

    compiling, signing, issuing = ([f"{verb}：2026年第1次联席会议"] for verb in ("编制纪要", "签发纪要", "印发纪要"))
    assert desks() == [compiling, [], compiling]
    minutes = county.minutes(meeting, M.DRAFT)
    assert desks() == [compiling, [], compiling]
    minutes.submitted_at = NOW
    assert desks() == [[], signing, []]
    minutes.sign(1, county.world.people["convenor"], NOW)
    assert desks() == [[], [], issuing]


def test_the_office_checks_what_is_reported_done(county):
    county.task("JYJ", T.REPORTED, date(2026, 6, 16))
    (todo,) = county.desk("office")
    assert (todo.title, todo.source, todo.light.text) == ("核验销号：清查", "任务〔2026〕1-1·县教育局", "待核验")
    assert county.titles("convenor") == []


def test_the_admin_hears_of_a_calendar_from_november_on_of_failed_jobs_and_of_stuck_mail(county):
    november = datetime(2026, 11, 24, 1, tzinfo=NOW.tzinfo)
    assert county.titles("admin") == []
    assert county.titles("admin", november) == ["导入2027年工作日历"]
    person = county.world.people["office"]
    notice = Notice(kind="x", subject="x", person_id=person.id, title="x", text="x", created_at=NOW)
    county.session.add_all([notice, JobRun(job="remind", started_at=november, failed=1, error="出错")])
    county.session.flush()
    stuck = {"message_id": "<1@x>", "next_try_at": NOW, "given_up_at": NOW, "attempts": 9}
    county.session.add(Mail(notice_id=notice.id, address="a@example.org", **stuck))
    titles = county.titles("admin", november)
    assert titles[0] == "导入2027年工作日历"
    assert {title.partition("：")[0] for title in titles[1:]} == {"处理作业失败", "处理未能发出的邮件1封"}
    assert county.titles("office", november) == []


def test_a_year_without_a_calendar_is_told_to_the_admin_at_once_and_lights_still_burn(county):
    county.task("JYJ", T.IN_PROGRESS, date(2027, 1, 15))
    january = datetime(2027, 1, 4, 1, tzinfo=NOW.tzinfo)
    (todo,) = county.desk("admin", january)
    assert (todo.title, todo.light.kind) == ("导入2027年工作日历", "bad")
    assert [todo.light.text for todo in county.desk("liaison-JYJ", january)] == ["剩11日"]
    assert county.session.get(CalendarYear, 2027) is None


def test_ten_times_as_much_to_do_asks_the_database_no_more_often(county):
    def fill(times):
        for _ in range(times):
            county.task("JYJ", T.ASSIGNED, date(2026, 7, 31))
            county.task("SWJ", T.IN_PROGRESS, date(2026, 7, 31)).co_units = [county.world.units["JYJ"]]
            county.task("SCJG", T.REPORTED, date(2026, 6, 16))
            county.invite(county.meeting(S.NOTIFIED, at(18, 14)), "JYJ", "SCJG")
            county.proposal("JYJ", P.DRAFT, county.meeting(S.COLLECTING, at(30)))
            county.proposal("SWJ", P.SUBMITTED, None)
            county.meeting(S.PLANNED, at(30))
            meeting = county.meeting(S.HELD, at(10))
            minutes = county.minutes(meeting, M.DRAFT)
            county.receipt(minutes, "JYJ")
        county.session.commit()

    def asked(username):
        county.session.expire_all()
        actor, sent = county.world.actor(county.session, username), []
        county.session.expunge_all()
        count = lambda *given: sent.append(given[2])  # noqa: E731
        engine = county.session.get_bind()
        event.listen(engine, "before_cursor_execute", count)
        county.session.connection()
        lines = queries.todos(county.session, actor, NOW + timedelta(hours=1))
        event.remove(engine, "before_cursor_execute", count)
        return len(lines), len(sent)

    fill(1)
    few = {username: asked(username) for username in ("liaison-JYJ", "office", "convenor")}
    fill(9)
    for username, (lines, statements) in few.items():
        more_lines, more_statements = asked(username)
        assert (more_lines >= 10 * lines, more_statements) == (True, statements)
