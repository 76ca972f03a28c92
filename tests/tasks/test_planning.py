"""A plan as a table: read with its merged cells, looked at first, all of it or none; duties that come round; periodic reports."""

from datetime import date, timedelta
from io import BytesIO

import pytest
import xlsxwriter
from sqlalchemy import select

from coordination.tasks import planning, recurring, service
from coordination.tasks.planning import Plan
from models import Cadence, LadderStep, RecurringDuty, Rung, Task
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from scheduler import jobs
from tests.registry.pages import hidden
from tests.tasks.conftest import china, told, words
from tests.tasks.test_urging import climbed, run
from tests.world import NOW, TODAY

HEAD = ("序号", "任务", "责任单位", "配合单位", "目标", "时限")
ROWS = [
    ("1", "开展预付式消费专项治理", "县商务局、县教育局", "县公安局", "检查覆盖率100%", "9月底前"),
    ("2", "创建放心消费示范景区", "县文旅局", "各成员单位", "创建3家", date(2026, 10, 31)),
]


def table(rows, *, merges=(), head=HEAD) -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("任务分解")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.merge_range(0, 0, 0, len(head) - 1, "放心消费行动任务分解表", None)
        sheet.write_row(1, 0, head)
        for line, row in enumerate(rows, 2):
            for at, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(line, at, value, day)
                else:
                    sheet.write(line, at, value)
        for first, left, last, right, value in merges:
            sheet.merge_range(first, left, last, right, value, None)
    return content.getvalue()


def plan(story, **more) -> Plan:
    return Plan(story.world.mechanisms["county"].id, "放心消费行动任务分解", **more)


def look(session, story, content, **more):
    actor = story.world.actor(session, more.pop("who", "office"))
    return planning.preview(session, actor=actor, content=content, plan=plan(story, **more), now=NOW)


def take(session, story, content, **more):
    actor = story.world.actor(session, "office")
    made = planning.take(session, actor=actor, content=content, plan=plan(story, **more), now=NOW)
    session.commit()
    return made


def test_each_line_becomes_a_task_of_its_first_unit(session, story):
    made = take(session, story, table(ROWS))
    found = [(t.title, t.lead.code, [u.code for u in t.co_units], t.due_on, t.deliverable, t.source) for t in made]
    assert found == [
        ("开展预付式消费专项治理", "SWJ", ["JYJ", "GAJ"], date(2026, 9, 30), "检查覆盖率100%", "放心消费行动任务分解"),
        ("创建放心消费示范景区", "WLJ", ["SCJG", "JYJ", "SWJ", "GAJ"], date(2026, 10, 31), "创建3家", "放心消费行动任务分解"),
    ]
    assert made[0].number == "任务〔2026〕临-1"


def test_each_unit_of_the_plan_owes_its_own_scheme(session, story):
    made = take(session, story, table(ROWS[:1]), schemes_due_on=date(2026, 7, 10))
    schemes = [(task.title, task.lead.code, task.due_on) for task in made[1:]]
    assert schemes == [("报送“放心消费行动任务分解”工作方案", code, date(2026, 7, 10)) for code in ("SWJ", "JYJ", "GAJ")]


def test_merged_cells_hold_for_each_of_their_rows_and_a_row_merged_across_is_a_heading(session, story):
    rows = [
        ("一、加强监管", "", "", "", "", ""),
        ("1", "开展专项治理", "县商务局", "", "检查50家", "9月底前"),
        ("", "", "", "", "抽检20批次", ""),
    ]
    merges = ((2, 0, 2, 5, "一、加强监管"), (3, 1, 4, 1, "开展专项治理"), (3, 2, 4, 2, "县商务局"), (3, 5, 4, 5, "9月底前"))
    checked = look(session, story, table(rows, merges=merges))
    assert checked.preview.problems == [(5, "与第4行重复（同一任务、同一牵头单位）")]
    assert [(line, item.lead.code) for (line, _), item in zip(checked.preview.fresh, checked.items, strict=True)] == [(4, "SWJ")]


def test_one_bad_line_stops_all_and_every_reason_is_told(session, story):
    bad = [
        ROWS[0],
        ("2", "", "县商务局", "", "", "9月底前"),
        ("3", "事项三", "县气象局", "", "", "9月底前"),
        ("4", "事项四", "", "", "", "9月底前"),
        ("5", "事项五", "县商务局", "", "", "长期坚持"),
        ("6", "事项六", "县商务局", "", "", "2026-06-01"),
        ("7", "事项七", "各成员单位", "", "", "9月底前"),
        ("8", "事项八", "县商务局", "", "", ""),
    ]
    problems = dict(look(session, story, table(bad)).preview.problems)
    assert sorted(problems) == [4, 5, 6, 7, 8, 9, 10]
    for line, why in (
        (4, "没有写任务"),
        (5, "县气象局"),
        (6, "没有写责任单位"),
        (7, "长期坚持的请设为常态化任务"),
        (8, "已过"),
        (9, "不是一个单位"),
    ):
        assert why in problems[line]
    with pytest.raises(BadInput, match="没有导入任何一行"):
        take(session, story, table(bad))
    session.rollback()
    assert session.scalars(select(Task)).all() == []


def test_the_same_plan_again_makes_nothing_new(session, story):
    take(session, story, table(ROWS), schemes_due_on=date(2026, 7, 10))
    checked = look(session, story, table(ROWS))
    assert (checked.items, checked.preview.known) == ([], [3, 4])
    assert take(session, story, table(ROWS), schemes_due_on=date(2026, 7, 10)) == []


def test_who_may_not_give_tasks_may_not_even_look(session, story):
    with pytest.raises(NotAllowed):
        look(session, story, table(ROWS), who="liaison-SWJ")


def test_a_merged_units_former_name_finds_its_heir(session, story):
    gone = session.merge(story.world.units["SWJ"])
    gone.valid_to, gone.successor_id = TODAY - timedelta(days=1), story.world.units["WLJ"].id
    session.commit()
    (task,) = take(session, story, table([("1", "治理", "县商务局", "", "", "9月底前")]))
    assert task.lead.code == "WLJ"


def test_on_the_pages_it_is_looked_at_and_then_taken(session, sign_in, story, on_the_day):
    office = sign_in("office")
    upload = {"mechanism_id": str(story.world.mechanisms["county"].id), "name": "2026年计划", "schemes_due_on": "2026-07-10"}
    answer = office.post("/tasks/plan", data={**upload, "file": (BytesIO(table(ROWS)), "计划.xlsx")}, content_type="multipart/form-data")
    page = words(answer)
    assert "新下达2件，已下达过0件，不能导入0行" in page
    assert "另下达5个单位各一件报送工作方案的任务，最迟2026年7月10日（周五）" in page
    assert "下达7件任务" in page, "the 工作方案 are counted on the button"
    assert "最迟2026年10月31日（周六），当日休息，之前最后一个工作日是10月30日" in page
    assert session.scalars(select(Task)).all() == []
    data = hidden(answer)
    assert "已下达任务7件" in words(office.post("/tasks/plan/confirmed", data=data, follow_redirects=True))
    assert "表格已不在" in words(office.post("/tasks/plan/confirmed", data=data, follow_redirects=True))
    wrong = office.post("/tasks/plan", data={**upload, "file": (BytesIO(b"PK"), "x.xlsx")}, content_type="multipart/form-data")
    assert (wrong.status_code, "文件不是有效的.xlsx" in words(wrong)) == (422, True)


# Duties that come round


def test_a_missing_report_is_called_missing_on_the_page_of_the_task(session, sign_in, story, on_the_day):
    task = story.accept(story.task(due_on=date(2026, 12, 31), cadence=Cadence.MONTH, helpers=()))
    assert "每月，下次最迟2026年7月18日（周六）" in words(sign_in("office").get(f"/tasks/{task.id}"))
    on_the_day.move_to(china("2026-07-20"))
    assert "每月，2026年7月18日（周六）应报，还没有填报" in words(sign_in("office").get(f"/tasks/{task.id}"))


def add(story, **more) -> RecurringDuty:
    units = {"lead_id": story.world.units["SWJ"].id, "co_ids": [story.world.units["GAJ"].id]}
    facts = {
        "source": "",
        "title": "消费提示发布",
        "text": "",
        "deliverable": "提示",
        "cadence": Cadence.MONTH,
        "from_on": date(2026, 6, 1),
    }
    facts |= {"to_on": None, "mechanism_id": story.world.mechanisms["county"].id, **units, **more}
    return story.act(recurring.add, "office", **facts)


def recur(day: str, hour: str = "09:00") -> int:
    return run(china(day, hour), jobs.task_recurring)


@pytest.mark.usefixtures("rules")
def test_a_recurring_duty_makes_one_task_a_period_in_working_time_whatever_the_runs(session, story):
    add(story)
    assert [recur(day) for day in ("2026-06-19", "2026-06-20", "2026-06-22", "2026-06-23", "2026-07-01", "2026-07-31")] == [
        0,
        0,
        1,
        0,
        1,
        0,
    ]
    tasks = session.scalars(select(Task).order_by(Task.id)).all()
    assert [(task.title, task.due_on) for task in tasks] == [
        ("消费提示发布（2026年6月）", date(2026, 6, 30)),
        ("消费提示发布（2026年7月）", date(2026, 7, 31)),
    ]
    assert told(session, "task_assigned") == ["liaison-SWJ", "liaison-SWJ"]


@pytest.mark.usefixtures("rules")
def test_stopped_it_comes_round_no_more_and_a_merged_units_heir_gets_it(session, story):
    duty = add(story, cadence=Cadence.QUARTER)
    gone = session.merge(story.world.units["SWJ"])
    gone.valid_to, gone.successor_id = TODAY, story.world.units["WLJ"].id
    session.commit()
    assert recur("2026-06-22") == 1
    task = session.scalars(select(Task)).one()
    assert (task.title, task.lead.code, task.due_on) == ("消费提示发布（2026年第二季度）", "WLJ", date(2026, 6, 30))
    story.act(recurring.stop, "office", recurring_id=duty.id, to_on=date(2026, 6, 30))
    assert recur("2026-07-01") == 0
    with pytest.raises(IllegalMove, match="已停止"):
        story.act(recurring.stop, "office", recurring_id=duty.id, to_on=date(2026, 7, 1), now=china("2026-07-02"))


def test_a_duty_that_begins_before_this_month_or_ends_before_it_begins_is_refused(story):
    with pytest.raises(BadInput, match="不能早于本月"):
        add(story, from_on=date(2026, 5, 31))
    with pytest.raises(BadInput, match="截止日期"):
        add(story, to_on=date(2026, 5, 31))
    with pytest.raises(NotFound):
        story.act(recurring.stop, "convenor", recurring_id=add(story).id, to_on=TODAY)


def test_duties_on_their_pages(sign_in, story, on_the_day):
    office = sign_in("office")
    units = {"lead_id": str(story.world.units["SWJ"].id), "co_ids": str(story.world.units["GAJ"].id)}
    data = {"title": "消费提示发布", "cadence": "month", "from_on": "2026-06-01", "to_on": "", **units}
    page = words(office.post("/tasks/recurring/new", data=data, follow_redirects=True))
    assert "已设常态化任务“消费提示发布”" in page
    assert "县商务局" in page
    stop = office.get("/tasks/recurring").get_data(as_text=True).split("/stop")[0].split("/tasks/recurring/")[-1]
    page = words(office.post(f"/tasks/recurring/{stop}/stop", data={"to_on": "2026-06-17"}, follow_redirects=True))
    assert "后不再下达" in page
    assert "已停止" in page
    assert sign_in("convenor").get("/tasks/recurring").status_code == 403


# Periodic reports


@pytest.mark.usefixtures("rules")
def test_a_periodic_report_that_does_not_come_is_noticed_once_for_each_round(session, story):
    task = story.accept(story.task(due_on=date(2026, 12, 31), cadence=Cadence.MONTH, helpers=()))
    assert task.report_due_on == date(2026, 7, 18)
    days = [run(china(f"2026-{day}")) for day in ("07-17", "07-20", "07-21", "08-18", "08-19", "08-20", "10-20", "10-21")]
    assert days == [0, 1, 0, 0, 1, 0, 1, 0], "after an outage the last one missed, not each"
    assert [step for step in climbed(session, task) if step[1] == "REPORT"] == [
        ("07-20", "REPORT"),
        ("08-19", "REPORT"),
        ("10-20", "REPORT"),
    ]
    assert told(session, "task_report_due") == sorted(["head-JYJ", "liaison-JYJ", "office"] * 3)
    assert session.scalars(select(LadderStep.for_on).where(LadderStep.rung == int(Rung.REPORT)).order_by(LadderStep.for_on)).all() == [
        date(2026, 7, 18),
        date(2026, 8, 18),
        date(2026, 10, 18),
    ]


@pytest.mark.usefixtures("rules")
def test_a_report_in_time_keeps_it_quiet_until_the_next_round(session, story):
    task = story.accept(story.task(due_on=date(2026, 12, 31), cadence=Cadence.MONTH, helpers=()))
    story.report(task, now=china("2026-07-10"))
    session.refresh(task)
    assert task.report_due_on == date(2026, 8, 10)
    assert [run(china(f"2026-{day}")) for day in ("07-20", "08-10", "08-11")] == [0, 0, 1]
    story.report(task, percent=100, final=True, now=china("2026-08-12"))
    assert run(china("2026-10-20")) == 0


def test_how_often_a_task_is_reported_on_can_be_changed(session, story):
    task = story.task()
    facts = {"task_id": task.id, "version": task.version, "title": task.title, "text": task.text, "deliverable": task.deliverable}
    story.act(service.edit, "office", cadence=Cadence.WEEK, **facts)
    session.refresh(task)
    assert (task.cadence, task.report_due_on) == (Cadence.WEEK, TODAY + timedelta(days=7))


@pytest.mark.parametrize(
    ("cadence", "first", "today", "missed"),
    [
        (Cadence.WEEK, "2026-06-01", "2026-06-01", None),
        (Cadence.WEEK, "2026-06-01", "2026-06-09", "2026-06-08"),
        (Cadence.MONTH, "2026-01-31", "2026-03-01", "2026-02-28"),
        (Cadence.MONTH, "2026-01-31", "2026-04-01", "2026-03-31"),
        (Cadence.QUARTER, "2026-01-31", "2026-05-01", "2026-04-30"),
        (Cadence.NONE, "2026-01-31", "2026-05-01", None),
    ],
)
def test_rounds_are_counted_from_the_first_day_so_that_month_ends_do_not_creep(cadence, first, today, missed):
    assert cadence.last_missed(date.fromisoformat(first), date.fromisoformat(today)) == (missed and date.fromisoformat(missed))
