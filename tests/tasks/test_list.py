"""The list of tasks and the matrix unit × light, as people meet them."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Task, TaskStatus
from tests.statements import statements
from tests.tasks.conftest import DUE, words
from tests.world import NOW, TODAY

pytestmark = pytest.mark.usefixtures("rules", "on_the_day")
S = TaskStatus


def test_the_list_shows_what_presses_first_with_light_number_and_units(story, sign_in):
    story.task(title="不急的", due_on=DUE + timedelta(days=30))
    story.task(title="要紧的")
    page = words(sign_in("office").get("/tasks"))
    assert "督办任务 2件" in page
    assert page.index("要紧的") < page.index("不急的")
    assert "剩7个工作日 6月30日 周二 要紧的 任务〔2026〕临-2" in page


def test_a_unit_sees_what_it_leads_and_what_it_helps_with(story, sign_in):
    story.task(title="牵头的")
    story.task(title="配合的", lead="SWJ", helpers=("JYJ",))
    story.task(title="别家的", lead="SWJ", helpers=("GAJ",))
    page = words(sign_in("liaison-JYJ").get("/tasks"))
    assert "本单位任务 2件" in page
    assert "牵头的" in page
    assert "配合的" in page
    assert "别家的" not in page


FILTERS = {
    "": {"待签收", "在办", "将到期", "已报"},
    "?status=closed": {"销了"},
    "?status=all": {"待签收", "在办", "将到期", "已报", "销了"},
    "?status=reported": {"已报"},
    "?light=warn": {"将到期"},
    "?light=ok": {"待签收", "在办"},
    "?light=bad": set(),
    "?unit=SWJ": {"在办"},
    "?unit=SWJ&status=reported": set(),
    "?mechanism=sections": set(),
    "?light=nonsense&status=nonsense&unit=%00&mechanism=x&year=x&after=x": {"待签收", "在办", "将到期", "已报"},
}


def test_filters_stand_in_the_address(story, sign_in):
    story.task(title="待签收")
    story.in_state(S.ACCEPTED, title="将到期", due_on=TODAY + timedelta(days=1))
    story.accept(story.task(title="在办", lead="SWJ"), who="liaison-SWJ")
    story.in_state(S.REPORTED, title="已报")
    story.in_state(S.CLOSED, title="销了")
    client = sign_in("office")
    pages = {query: client.get(f"/tasks{query}").get_data(as_text=True) for query in FILTERS}
    assert {query: set(re.findall(r'<th scope="row">\s*<a[^>]*>([^<]*)</a>', page)) for query, page in pages.items()} == FILTERS


def test_a_chosen_filter_is_shown_and_can_be_taken_away(story, sign_in):
    page = sign_in("office").get("/tasks?unit=SWJ&light=bad&after=2026-01-01.1").get_data(as_text=True)
    chips = {html.unescape(url): text for url, text in re.findall(r'class="chip" href="([^"]*)"[^>]*>.*?</span>([^<]*)', page)}
    assert chips == {"/tasks?light=bad": "牵头：县商务局", "/tasks?unit=SWJ": "逾期"}
    assert "没有符合条件的任务" in page


def test_the_list_turns_forward_and_back_over_every_task_once(session, world, sign_in):
    facts = {"mechanism_id": world.mechanisms["county"].id, "year": 2026, "title": "甲", "lead_id": world.units["JYJ"].id}
    for n in range(70):
        due_on = DUE + timedelta(days=n // 4)
        session.add(Task(**facts, serial=n, due_on=due_on, first_due_on=due_on, assigned_at=NOW))
    session.commit()
    client, seen, url = sign_in("office"), [], "/tasks"
    while url:
        page = client.get(url).get_data(as_text=True)
        seen += re.findall(r'href="/tasks/(\d+)"', page)
        back = re.search(r'rel="prev" href="([^"]*)"', page)
        url = html.unescape(found.group(1)) if (found := re.search(r'rel="next" href="([^"]*)"', page)) else None
    expected = session.scalars(select(Task.id).order_by(Task.due_on, Task.id)).all()
    assert [int(task_id) for task_id in seen] == expected
    page = client.get(html.unescape(back.group(1))).get_data(as_text=True)
    assert re.findall(r'href="/tasks/(\d+)"', page) == [str(task_id) for task_id in expected[30:60]]


def test_a_list_ten_times_as_long_asks_the_database_no_more_often(app, session, world, sign_in):
    def queries_for(client) -> int:
        with statements() as asked:
            assert client.get("/tasks").status_code == 200
        return len([statement for statement in asked if not statement.startswith("PRAGMA")])

    def fill(count: int) -> None:
        facts = {"mechanism_id": world.mechanisms["county"].id, "year": 2026, "title": "甲", "lead_id": world.units["JYJ"].id}
        for n in range(count):
            task = Task(**facts, serial=n, due_on=DUE, first_due_on=DUE, assigned_at=NOW)
            task.co_units = [session.merge(world.units[code]) for code in ("WLJ", "GAJ")]
            session.add(task)
        session.commit()

    client = sign_in("office")
    fill(3)
    client.get("/tasks")
    few = queries_for(client)
    fill(27)
    assert queries_for(client) == few


def test_the_matrix_counts_by_unit_and_light_and_every_number_leads_to_its_rows(story, sign_in):
    story.task(due_on=TODAY)
    story.task(due_on=TODAY + timedelta(days=60))
    story.in_state(S.REPORTED)
    for _ in range(5):
        story.in_state(S.CLOSED)
    client = sign_in("office")
    page = client.get("/tasks/board?mechanism=county").get_data(as_text=True)
    row = re.search(r'<th scope="row">县教育局</th>(.*?)</tr>', page, re.S).group(1)
    cells = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row, re.S)]
    assert cells == ["0", "1", "1", "1", "5", "5/5 100%"]
    for link, count in re.findall(r'<a href="([^"]*)">(\d+)</a>', page):
        assert f"{count}件" in words(client.get(html.unescape(link))), link
    other = re.search(r'<th scope="row">县商务局</th>(.*?)</tr>', page, re.S).group(1)
    assert "不足5件，不计算" in other


def test_the_matrix_counts_what_a_merged_unit_led_for_its_heir(session, world, story, sign_in):
    story.task(lead="WLJ", helpers=())
    gone = session.merge(world.units["WLJ"])
    gone.valid_to, gone.successor_id = TODAY - timedelta(days=1), world.units["GAJ"].id
    session.commit()
    client = sign_in("convenor")
    page = client.get("/tasks/board").get_data(as_text=True)
    assert '<th scope="row">县文旅局</th>' not in page
    assert re.search(r'<th scope="row">县公安局</th>.*?light=ok[^>]*>1</a>', page, re.S)
    assert "县文旅局（县公安局承接）" in words(client.get("/tasks?unit=GAJ"))


def test_a_units_people_see_their_own_line_of_the_matrix(story, sign_in):
    story.task()
    page = sign_in("head-JYJ").get("/tasks/board").get_data(as_text=True)
    assert re.findall(r'<th scope="row">([^<]*)</th>', page) == ["县教育局"]


def test_a_task_sent_back_keeps_its_percentage_only_as_what_the_unit_claimed(story, sign_in):
    task, client = story.in_state(S.RETURNED), sign_in("office")
    assert "县文旅局 原报100% 退回重办" in words(client.get("/tasks"))
    assert "完成比例 原报100%，已退回重办" in words(client.get(f"/tasks/{task.id}"))
    story.report(task, percent=80)
    assert "县文旅局 80% 办理中" in words(client.get("/tasks"))


def test_the_mechanism_has_a_column_only_where_several_are_listed(story, sign_in):
    story.task()
    client = sign_in("office")
    shown = {query: client.get(f"/tasks{query}").get_data(as_text=True) for query in ("", "?mechanism=county")}
    assert [">机制</th>" in page for page in shown.values()] == [True, False]
    assert 'name="mechanism"' in shown["?mechanism=county"]


def test_the_matrix_ends_with_a_sum_of_all_units(story, sign_in):
    for lead in ("JYJ", "SWJ", "SWJ"):
        story.task(lead=lead, helpers=())
    page = sign_in("office").get("/tasks/board?mechanism=county").get_data(as_text=True)
    assert re.search(r'<th scope="row">合计</th>.*light=ok[^>]*>3</a>', page, re.S)
    assert page.index("合计") > page.index("县公安局")
