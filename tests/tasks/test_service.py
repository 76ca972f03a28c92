"""What happens to a task, who may make it happen, and who is told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from coordination import audit
from coordination.tasks import extending, papers, queries, service
from coordination.tasks.actions import Action, possible
from coordination.transaction import transaction
from models import (
    AuditEntry,
    Decision,
    Extension,
    Meeting,
    Notice,
    ProgressReport,
    Task,
    TaskCoUnit,
    TaskPaperKind,
    TaskStatus,
    Unit,
)
from models.calendar import ONE_DAY
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from tests.tasks.conftest import DUE, told
from tests.world import NOW, TODAY

S = TaskStatus
PEOPLE = ("liaison-JYJ", "head-JYJ", "liaison-WLJ", "office", "convenor", "deputy", "auditor", "liaison-GAJ", "recorder", "admin", "router")
UNSEEN = {"liaison-GAJ", "recorder", "admin", "router"}

# What each may do in each state, written down independently of the table the product uses.
LEAD = {
    S.ASSIGNED: {Action.ACCEPT},
    S.ACCEPTED: {Action.REPORT, Action.REPORT_DONE, Action.ASK_MORE},
    S.IN_PROGRESS: {Action.REPORT, Action.REPORT_DONE, Action.ASK_MORE},
    S.RETURNED: {Action.REPORT, Action.REPORT_DONE, Action.ASK_MORE},
}
HELPER = {status: {Action.HELP} for status in (S.ASSIGNED, S.ACCEPTED, S.IN_PROGRESS, S.RETURNED)}
WHILE_OWED = {Action.CANCEL, Action.EDIT, Action.DECIDE_MORE, Action.CHANGE_LEAD, Action.DRAFT}
OFFICE = {
    **dict.fromkeys((S.ASSIGNED, S.ACCEPTED, S.IN_PROGRESS, S.RETURNED), WHILE_OWED),
    S.REPORTED: {Action.CANCEL, Action.EDIT, Action.CLOSE, Action.SEND_BACK},
}
ALLOWED = {"liaison-JYJ": LEAD, "head-JYJ": LEAD, "liaison-WLJ": HELPER, "office": OFFICE}


def perform(session, action, *, actor, task_id):
    """One action as its page calls it."""
    common = {"actor": actor, "task_id": task_id, "now": NOW}
    report = {"text": "情况", "percent": 100}
    due_on = session.get(Task, task_id).due_on
    return {
        Action.ACCEPT: lambda: service.accept(session, **common),
        Action.REPORT: lambda: service.submit_report(session, **common, **report, final=False),
        Action.REPORT_DONE: lambda: service.submit_report(session, **common, **report, final=True),
        Action.HELP: lambda: service.submit_report(session, **common, **report, final=False),
        Action.CLOSE: lambda: service.close(session, **common, finding="齐全"),
        Action.SEND_BACK: lambda: service.send_back(session, **common, reason="不全", due_on=DUE),
        Action.CANCEL: lambda: service.cancel(session, **common, reason="另有安排"),
        Action.EDIT: lambda: service.edit(
            session, **common, version=session.get(Task, task_id).version, title="名", text="文", deliverable=""
        ),
        Action.ASK_MORE: lambda: extending.ask(session, **common, wanted_on=due_on + ONE_DAY, reason="忙"),
        Action.DECIDE_MORE: lambda: decide(session, actor, task_id, due_on),
        Action.CHANGE_LEAD: lambda: service.change_lead(session, **common, lead_id=unit_id(session, "SWJ"), reason="划转"),
        Action.DRAFT: lambda: papers.draft(session, **common, kind=TaskPaperKind.SUPERVISION),
    }[action]()


def decide(session, actor, task_id, due_on):
    """同意延期 of a request that was asked in time."""
    facts = {"task_id": task_id, "unit_id": unit_id(session, "JYJ"), "asked_at": NOW, "from_on": due_on, "reason": "忙"}
    asked = Extension(**facts, wanted_on=due_on + ONE_DAY)
    session.add(asked)
    session.flush()
    return extending.grant(session, actor=actor, extension_id=asked.id, due_on=due_on + ONE_DAY, now=NOW)


def unit_id(session, code):
    return session.scalars(select(Unit.id).where(Unit.code == code)).one()


@pytest.mark.parametrize("status", list(S))
def test_every_role_may_do_in_every_state_what_is_written_and_nothing_else_and_is_offered_just_that(session, world, story, status):
    task_id = story.in_state(status).id
    wrong = []
    actors = {who: world.actor(session, who) for who in PEOPLE}
    for who, actor in actors.items():
        if who not in UNSEEN:
            assert possible(actor, queries.get_task(session, actor, task_id)) == ALLOWED.get(who, {}).get(status, set()), who
        for action in Action:
            allowed = action in ALLOWED.get(who, {}).get(status, set())
            # A report is the same call for lead and helper: what is asked for decides which of the two it is.
            if action in {Action.REPORT, Action.HELP}:
                allowed = bool({Action.REPORT, Action.HELP} & ALLOWED.get(who, {}).get(status, set()))
            outcome = "done"
            entries = session.scalar(select(func.count(AuditEntry.number)))
            try:
                perform(session, action, actor=actor, task_id=task_id)
            except (NotAllowed, IllegalMove, NotFound) as refused:
                outcome = type(refused).__name__
            written = session.scalar(select(func.count(AuditEntry.number))) - entries
            session.rollback()
            if (outcome == "done") != allowed or (written > 0) != allowed or ((who in UNSEEN) != (outcome == "NotFound")):
                wrong.append((who, action, outcome, written))
    assert wrong == []


def test_a_task_without_a_meeting_is_numbered_by_mechanism_and_year(story):
    assert [story.task().number for _ in range(2)] == ["任务〔2026〕临-1", "任务〔2026〕临-2"]
    assert story.task(mechanism="sections", lead="GGG", helpers=()).number == "任务〔2026〕临-1"


def test_a_decision_becomes_a_task_that_says_where_it_comes_from(session, world, decision):
    meeting_id, decision_id = decision
    with transaction() as writing:
        meeting, clause = writing.get(Meeting, meeting_id), writing.get(Decision, decision_id)
        task = service.create_from_decision(writing, actor=world.actor(writing, "office"), decision=clause, meeting=meeting, now=NOW)
        assert task.number == "任务〔2026〕2-1"
        assert (task.title, task.deliverable, task.due_on, task.first_due_on) == ("完成在营学科类培训机构备案清单", "备案清单", DUE, DUE)
        assert (task.source, task.decision_id) == ("2026年第2次联席会议议定事项", decision_id)
        assert [unit.code for unit in task.co_units] == ["WLJ", "GAJ"]
    assert told(session, "task_assigned") == ["liaison-JYJ"]
    assert told(session, "task_to_help") == ["liaison-GAJ", "liaison-WLJ"]


@pytest.mark.parametrize("missing", ["lead_id", "due_on"])
def test_a_decision_without_lead_or_date_makes_no_task(session, world, decision, missing):
    meeting, clause = session.get(Meeting, decision[0]), session.get(Decision, decision[1])
    setattr(clause, missing, None)
    session.flush()
    session.refresh(clause)
    with pytest.raises(BadInput, match="牵头单位和完成时限"):
        service.create_from_decision(session, actor=world.actor(session, "office"), decision=clause, meeting=meeting, now=NOW)


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("由县市场监管局牵头，县教育局、县文化局配合，于6月底前完成预付卡专项检查。", "完成预付卡专项检查"),
        ("县商务局负责，9月30日前建立发卡企业名录；县公安局配合。", "建立发卡企业名录"),
        ("各成员单位按月报送信息。", "各成员单位按月报送信息"),
        ("由县教育局牵头。", "由县教育局牵头"),
        ("为" + "长" * 80, "为" + "长" * 58 + "…"),
    ],
)
def test_a_title_is_what_is_to_be_done_without_who_and_when(sentence, title):
    assert service.title_of(sentence) == title


def test_lead_and_co_operating_liaisons_are_told_of_a_new_task_in_their_own_words(session, story):
    story.task()
    notices = {n.kind: n for n in session.scalars(select(Notice))}
    assert set(notices) == {"task_assigned", "task_to_help"}
    assert notices["task_assigned"].title == "新任务，请签收：在营培训机构备案清单"
    assert "最迟2026年6月30日（周二）" in notices["task_assigned"].text
    assert "由县教育局牵头，本单位配合" in notices["task_to_help"].text


def test_a_due_date_may_be_today_but_not_yesterday(story):
    assert story.task(due_on=TODAY).due_on == TODAY
    with pytest.raises(BadInput, match="不能早于今天（6月18日）"):
        story.task(due_on=TODAY - timedelta(days=1))


def test_a_unit_that_is_no_more_gets_no_new_task_and_its_heir_is_named(session, world, story):
    gone = session.merge(world.units["WLJ"])
    gone.valid_to, gone.successor_id = date(2026, 5, 31), world.units["GAJ"].id
    session.commit()
    with pytest.raises(BadInput, match="县文旅局已撤并，请选择县公安局"):
        story.task(lead="WLJ", helpers=())
    with pytest.raises(BadInput, match="没有找到"):
        story.act(
            service.create, "office", mechanism_id=1, title="甲", text="", deliverable="", lead_id=9999, co_ids=[], due_on=DUE, source="乙"
        )


def test_the_first_report_sets_a_task_in_progress_and_later_ones_keep_it_there(story):
    task = story.in_state(S.ACCEPTED)
    story.report(task, percent=20)
    assert (task.status, task.percent) == (S.IN_PROGRESS, 20)
    story.report(task, percent=40)
    assert (task.status, task.percent) == (S.IN_PROGRESS, 40)


def test_a_co_operating_unit_reports_its_own_share_and_leaves_the_task_where_it_is(session, world, story):
    task = story.in_state(S.ACCEPTED)
    version = task.version
    report = story.report(task, who="liaison-WLJ", percent=100)
    session.refresh(task)
    assert (task.status, task.percent, task.version) == (S.ACCEPTED, 0, version)
    assert session.get(TaskCoUnit, (task.id, world.units["WLJ"].id)).percent == 100
    assert report.unit_id == world.units["WLJ"].id


def test_only_the_lead_unit_says_it_is_done(story):
    with pytest.raises(NotAllowed, match="报结由牵头单位办理"):
        story.report(story.in_state(S.ACCEPTED), who="liaison-WLJ", percent=100, final=True)


@pytest.mark.parametrize("percent", [0, 99])
def test_done_below_a_hundred_per_cent_is_refused(story, percent):
    with pytest.raises(BadInput, match="应为100%"):
        story.report(story.in_state(S.ACCEPTED), percent=percent, final=True)


@pytest.mark.parametrize("percent", [-1, 101])
def test_no_share_is_below_nothing_or_above_all(story, percent):
    with pytest.raises(IntegrityError):
        story.report(story.in_state(S.ACCEPTED), percent=percent)


def test_the_office_is_told_when_it_is_done_and_the_unit_when_it_is_closed(session, story):
    task = story.in_state(S.REPORTED)
    assert told(session, "task_reported") == ["office"]
    story.act(service.close, "office", task_id=task.id, finding="清单齐全")
    assert told(session, "task_closed") == ["liaison-JYJ"]
    assert (task.status, task.finding, task.ended_at) == (S.CLOSED, "清单齐全", NOW)


def test_a_task_sent_back_has_a_new_date_keeps_the_first_and_may_go_round_again(session, story):
    task = story.in_state(S.RETURNED)
    assert (task.due_on, task.first_due_on, task.reason) == (DUE + timedelta(days=14), DUE, "缺乡镇名单")
    story.report(task, percent=100, final=True)
    story.act(service.send_back, "office", task_id=task.id, reason="仍缺", due_on=TODAY)
    assert told(session, "task_returned") == ["liaison-JYJ", "liaison-JYJ"]
    assert told(session, "task_reported") == ["office", "office"]


def test_a_task_is_not_sent_back_to_yesterday(story):
    task = story.in_state(S.REPORTED)
    with pytest.raises(BadInput, match="新的时限不能早于今天"):
        story.act(service.send_back, "office", task_id=task.id, reason="不全", due_on=TODAY - timedelta(days=1))


def test_everybody_who_works_on_it_is_told_when_a_task_is_cancelled(session, story):
    story.in_state(S.CANCELLED)
    assert told(session, "task_cancelled") == ["liaison-JYJ", "liaison-WLJ"]


def test_who_comes_too_late_reads_who_was_first_and_when(story):
    task = story.in_state(S.CLOSED)
    with pytest.raises(IllegalMove, match="任务已由联席会议办公室（县市场监管局）于6月18日9:00销号，不能再填报进展"):
        story.report(task)
    with pytest.raises(IllegalMove, match="任务还没有签收，请先签收再填报进展"):
        story.report(story.in_state(S.ASSIGNED))
    with pytest.raises(IllegalMove, match="现为“已签收”，单位报结后方可销号"):
        story.act(service.close, "office", task_id=story.in_state(S.ACCEPTED).id, finding="好")


def test_two_of_one_unit_report_at_once_and_the_second_sees_both_texts(session, story):
    task = story.in_state(S.ACCEPTED)
    story.report(task, text="甲写的", seen=0)
    with pytest.raises(Conflict) as clash:
        story.report(task, who="head-JYJ", text="乙写的", seen=0)
    assert (clash.value.mine, clash.value.theirs) == ("乙写的", "甲写的")
    story.report(task, who="head-JYJ", text="乙写的", seen=clash.value.version)
    assert session.scalars(select(ProgressReport.text).order_by(ProgressReport.id)).all() == ["甲写的", "乙写的"]


def test_a_colleague_of_another_unit_is_no_conflict(story):
    task = story.in_state(S.ACCEPTED)
    story.report(task, who="liaison-WLJ", seen=0)
    assert story.report(task, seen=0).percent == 60


def test_two_of_the_office_word_a_task_at_once_and_the_second_sees_both_texts(session, story):
    task = story.task()
    seen = task.version
    story.act(service.edit, "office", task_id=task.id, version=seen, title="甲", text="甲写的", deliverable="")
    with pytest.raises(Conflict) as clash:
        story.act(service.edit, "office", task_id=task.id, version=seen, title="乙", text="乙写的", deliverable="")
    assert (clash.value.mine, clash.value.theirs) == ("乙写的", "甲写的")
    assert "更改任务名称、内容、成果" in [entry.text for entry in audit.history(session, task)]


@pytest.mark.parametrize(
    ("verb", "facts"),
    [
        (service.close, {"finding": "好"}),
        (service.send_back, {"reason": "不全", "due_on": DUE}),
        (service.cancel, {"reason": "另有安排"}),
    ],
)
def test_the_office_acts_only_on_what_it_has_seen(story, verb, facts):
    task = story.in_state(S.REPORTED)
    seen = task.version
    story.act(service.edit, "office", task_id=task.id, version=seen, title="改过", text="", deliverable="")
    with pytest.raises(Conflict, match="刚有变化"):
        story.act(verb, "office", task_id=task.id, version=seen, **facts)


def test_the_text_of_a_decision_stays_as_the_minutes_have_it(world, decision, story):
    with transaction() as writing:
        meeting, clause = writing.get(Meeting, decision[0]), writing.get(Decision, decision[1])
        task = service.create_from_decision(writing, actor=world.actor(writing, "office"), decision=clause, meeting=meeting, now=NOW)
        task_id, version, text = task.id, task.version, task.text
    with pytest.raises(IllegalMove, match="出自已印发的纪要"):
        story.act(service.edit, "office", task_id=task_id, version=version, title="新名", text="别的", deliverable="")
    assert story.act(service.edit, "office", task_id=task_id, version=version, title="新名", text=text, deliverable="").title == "新名"


def test_a_merged_units_tasks_are_its_heirs_to_see_and_to_do(session, world, story):
    task = story.task(lead="WLJ", helpers=("JYJ",))
    gone = session.merge(world.units["WLJ"])
    gone.valid_to, gone.successor_id = TODAY - timedelta(days=1), world.units["GAJ"].id
    session.commit()
    story.accept(task, who="liaison-GAJ")
    report = story.report(task, who="liaison-GAJ")
    assert report.unit_id == world.units["GAJ"].id
    assert task.lead_id == world.units["WLJ"].id, "history stays"
    story.act(service.cancel, "office", task_id=task.id, reason="另有安排")
    assert told(session, "task_cancelled") == ["liaison-GAJ", "liaison-JYJ", "liaison-WLJ"]


def test_the_next_meeting_reviews_what_is_open_and_what_ended_since_the_last(session, world, story):
    county = world.mechanisms["county"].id
    old = story.in_state(S.CLOSED)
    session.refresh(old)
    open_ = story.task()
    elsewhere = story.task(mechanism="sections", lead="GGG", helpers=())
    assert queries.for_review(session, county, None) == [], "without a meeting they are no 议定事项"
    session.execute(update(Task).where(Task.id.in_([old.id, open_.id, elsewhere.id])).values(meeting_serial=1))
    session.commit()
    story.task()
    assert [task.id for task in queries.for_review(session, county, None)] == [old.id, open_.id]
    assert [task.id for task in queries.for_review(session, county, NOW - timedelta(seconds=1))] == [old.id, open_.id]
    assert [task.id for task in queries.for_review(session, county, NOW)] == [open_.id]


def test_overdue_is_told_alike_by_python_and_sql(session, story):
    for status in S:
        story.in_state(status, due_on=TODAY)
    later = TODAY + timedelta(days=30)
    late = set(session.scalars(select(Task.id).where(Task.is_overdue(later))))
    tasks = session.scalars(select(Task)).all()
    assert {task.id for task in tasks if task.is_overdue(later)} == late
    assert {task.status for task in tasks if task.id in late} == Task.WITH_UNIT
