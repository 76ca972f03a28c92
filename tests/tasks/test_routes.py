"""The pages of tasks as people meet them."""

import html
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select

from coordination.permissions import OPERATOR
from coordination.tasks import service
from coordination.transaction import transaction
from models import AuditEntry, Decision, Meeting, ProgressReport, Task, TaskStatus
from models.base import db
from tests.tasks.conftest import DUE
from tests.world import NOW, TODAY

pytestmark = pytest.mark.usefixtures("rules", "on_the_day")
S = TaskStatus
NOBODYS = 987654


def words(response) -> str:
    """What a page says, without markup."""
    text = re.sub(r"<(head|nav class=\"side).*?</(head|nav)>", "", response.get_data(as_text=True), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def panel(response) -> str:
    """What the panel 下一步 says."""
    found = re.search(r'<section class="panel panel-do".*?</section>', response.get_data(as_text=True), re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found.group())).split())


PAGES = ("", "/report", "/close", "/return", "/cancel", "/edit")
POSTS = {
    "/accept": {},
    "/report": {"text": "情况", "percent": "50"},
    "/close": {"finding": "好"},
    "/return": {"reason": "不全", "due_on": "2026-07-10"},
    "/cancel": {"reason": "另有安排"},
    "/edit": {"title": "名", "version": "1"},
}


@pytest.mark.parametrize("who", ["liaison-GAJ", "office-elsewhere"])
def test_another_units_task_answers_exactly_like_none(session, world, story, sign_in, who):
    if who == "office-elsewhere":
        for grant in session.merge(world.people["office"]).grants:
            if grant.mechanism_id == world.mechanisms["county"].id:
                session.delete(grant)
        session.commit()
    client = sign_in("office" if who == "office-elsewhere" else who)
    task_id = story_task_id(story, who)
    entries = session.scalar(select(func.count(AuditEntry.number)))
    for path in PAGES:
        assert_same(client.get(f"/tasks/{task_id}{path}"), client.get(f"/tasks/{NOBODYS}{path}"))
    for path, data in POSTS.items():
        for given in (data, {}):
            assert_same(client.post(f"/tasks/{task_id}{path}", data=given), client.post(f"/tasks/{NOBODYS}{path}", data=given))
    session.rollback()
    assert session.scalar(select(func.count(AuditEntry.number))) == entries


def story_task_id(story, who: str) -> int:
    """A task the person does not see; made by the operator where the office itself lost its role."""
    if who != "office-elsewhere":
        return story.task().id
    units = {"lead_id": story.world.units["JYJ"].id, "co_ids": []}
    facts = {"mechanism_id": story.world.mechanisms["county"].id, "title": "甲", "text": "", "deliverable": "", "source": "乙"}
    with transaction() as writing:
        return service.create(writing, actor=OPERATOR, due_on=DUE, now=NOW, **units, **facts).id


def assert_same(one, other) -> None:
    assert one.status_code == other.status_code
    assert one.status_code in {403, 404}
    assert words(one) == words(other)


def test_an_id_no_column_holds_is_none_too(sign_in):
    assert sign_in("office").get("/tasks/99999999999999999999").status_code == 404


def test_the_list_shows_what_presses_first_with_light_number_and_units(story, sign_in):
    story.task(title="不急的", due_on=DUE + timedelta(days=30))
    story.task(title="要紧的")
    page = words(sign_in("office").get("/tasks"))
    assert "督办台账 2件" in page
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
        asked = []
        event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
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


NEXT = (
    (S.ASSIGNED, "liaison-JYJ", "请最迟2026年6月23日（周二）签收。签收后开始办理，最迟2026年6月30日（周二）办结。 签收"),
    (S.ASSIGNED, "liaison-WLJ", "填报配合进展"),
    (S.ASSIGNED, "office", "等县教育局签收。"),
    (S.ACCEPTED, "liaison-JYJ", "填报进展"),
    (S.IN_PROGRESS, "office", "等县教育局填报进展和报结。"),
    (S.RETURNED, "liaison-JYJ", "办公室已退回重办：缺乡镇名单。"),
    (S.REPORTED, "office", "核验销号… 退回重办…"),
    (S.REPORTED, "liaison-JYJ", "县教育局6月18日报结，等办公室核验。"),
    (S.CLOSED, "liaison-JYJ", "6月18日已销号。核验意见：清单齐全"),
    (S.CANCELLED, "auditor", "6月18日已撤销。原因：县政府另有安排"),
)


def test_the_next_step_is_this_persons_and_has_one_main_button_at_most(story, sign_in):
    ids = {status: story.in_state(status).id for status in S}
    clients = {who: sign_in(who) for who in {who for _, who, _ in NEXT}}
    for status, who, said in NEXT:
        response = clients[who].get(f"/tasks/{ids[status]}")
        assert said in panel(response), (status, who)
        assert response.get_data(as_text=True).count("btn btn-primary") <= 1, (status, who)


def test_the_page_shows_origin_facts_progress_and_history(story, sign_in):
    task = story.in_state(S.RETURNED)
    page = words(sign_in("liaison-WLJ").get(f"/tasks/{task.id}"))
    for said in (
        "县政府交办 任务〔2026〕临-1 退回重办 成效 尚无",
        "最迟2026年7月14日（周二）（原2026年6月30日（周二））",
        "配合单位 县文旅局 0%",
        "县教育局联络员 报结100% 已登记23家。",
        "原因：缺乡镇名单。时限由2026年6月30日（周二）改为2026年7月14日（周二）",
    ):
        assert said in page


def test_a_task_from_a_meeting_leads_back_to_its_minutes_and_its_proposal(world, decision, sign_in):
    with transaction() as writing:
        meeting, clause = writing.get(Meeting, decision[0]), writing.get(Decision, decision[1])
        office = world.actor(writing, "office")
        task_id = service.create_from_decision(writing, actor=office, decision=clause, meeting=meeting, now=NOW).id
        proposal_id = clause.item.proposal_id
    page = sign_in("liaison-JYJ").get(f"/tasks/{task_id}")
    assert "议题：校外培训预收费 起草中 2026年第2次联席会议议定事项 任务〔2026〕2-1 待签收 成效 尚无" in words(page)
    assert f'href="/meetings/proposals/{proposal_id}"' in page.get_data(as_text=True)
    assert f'href="/meetings/{decision[0]}/minutes"' in page.get_data(as_text=True)


def test_a_due_date_that_is_no_working_day_is_remarked_upon(story, sign_in):
    task = story.task(due_on=date(2026, 6, 20))
    assert "当日休息，之前最后一个工作日是6月18日" in words(sign_in("office").get(f"/tasks/{task.id}"))


def test_accepting_leads_back_where_it_was_pressed(session, story, sign_in):
    one, other = story.task(), story.task()
    client = sign_in("liaison-JYJ")
    assert client.post(f"/tasks/{one.id}/accept", data={"next": f"/tasks/{one.id}"}).location == f"/tasks/{one.id}"
    assert client.post(f"/tasks/{other.id}/accept", data={"next": "//evil.example"}).location == "/desk"
    session.refresh(one)
    assert one.status == S.ACCEPTED


def test_a_report_is_filed_and_its_mistakes_are_told_with_everything_kept(session, story, sign_in):
    task = story.in_state(S.ACCEPTED)
    client, url = sign_in("liaison-JYJ"), f"/tasks/{task.id}/report"
    wrong = client.post(url, data={"text": "写了很多", "percent": "101", "version": "0"})
    assert wrong.status_code == 422
    assert "完成比例应在0至100之间" in words(wrong)
    assert "写了很多" in wrong.get_data(as_text=True)
    assert "出错：" in wrong.get_data(as_text=True)
    half = client.post(url, data={"text": "办完了", "percent": "90", "final": "y", "version": "0"})
    assert half.status_code == 422
    assert "报结时完成比例应为100%" in words(half)
    assert client.post(url, data={"text": "办完了", "percent": "100", "final": "y", "version": "0"}).location == f"/tasks/{task.id}"
    session.refresh(task)
    assert task.status == S.REPORTED


def test_a_co_operating_unit_is_not_asked_whether_all_is_done(story, sign_in):
    page = sign_in("liaison-WLJ").get(f"/tasks/{story.in_state(S.ACCEPTED).id}/report")
    assert "填报配合进展" in words(page)
    assert 'name="final"' not in page.get_data(as_text=True)


def test_a_report_that_comes_too_late_is_refused_with_the_reason_and_the_text_kept(story, sign_in):
    task = story.in_state(S.REPORTED)
    client, url = sign_in("liaison-JYJ"), f"/tasks/{task.id}/report"
    assert client.get(url).status_code == 409
    late = client.post(url, data={"text": "又写了很多", "percent": "100", "version": "99"})
    assert late.status_code == 409
    assert "任务已由县教育局联络员（县教育局）于6月18日9:00报结，不能再填报进展" in words(late)
    assert "又写了很多" in late.get_data(as_text=True)


def test_two_reports_at_once_show_both_texts_and_the_second_can_still_be_filed(session, story, sign_in):
    task = story.in_state(S.ACCEPTED)
    client, url = sign_in("head-JYJ"), f"/tasks/{task.id}/report"
    story.report(task, text="同事写的进展。")
    clash = client.post(url, data={"text": "我写的进展。", "percent": "30", "version": "0"})
    assert clash.status_code == 409
    page = clash.get_data(as_text=True)
    assert "您写的内容没有丢失" in page
    assert re.search(r'<textarea[^>]*name="text"[^>]*>&#10;我写的进展。', page)
    version = re.search(r'name="version" value="(\d+)"', page).group(1)
    assert client.post(url, data={"text": "两份合一。", "percent": "30", "version": version}).status_code == 302
    session.rollback()
    assert session.scalars(select(ProgressReport.text).order_by(ProgressReport.id)).all() == ["同事写的进展。", "两份合一。"]


def test_the_office_closes_with_the_report_before_its_eyes(session, story, sign_in):
    task = story.in_state(S.REPORTED)
    client, url = sign_in("office"), f"/tasks/{task.id}/close"
    assert "已登记23家。" in words(client.get(url))
    assert "请填写核验意见" in words(client.post(url, data={"version": str(task.version)}))
    assert client.post(url, data={"finding": "齐全", "version": str(task.version)}).status_code == 302
    session.refresh(task)
    assert (task.status, task.finding) == (S.CLOSED, "齐全")


def test_what_the_office_had_not_seen_it_does_not_close(session, story, sign_in):
    task = story.in_state(S.REPORTED)
    clash = sign_in("office").post(f"/tasks/{task.id}/close", data={"finding": "写好的意见", "version": str(task.version - 1)})
    assert clash.status_code == 409
    assert "这项任务刚有变化，没有办理" in words(clash)
    page = clash.get_data(as_text=True)
    assert "写好的意见" in page
    assert f'name="version" type="hidden" value="{task.version}"' in page
    session.refresh(task)
    assert task.status == S.REPORTED


def test_the_office_sends_back_with_a_date_not_past_and_is_told_of_a_day_off(session, story, sign_in):
    task = story.in_state(S.REPORTED)
    client, url = sign_in("office"), f"/tasks/{task.id}/return"
    assert "5个工作日后为6月26日" in words(client.get(url))
    past = client.post(url, data={"reason": "不全", "due_on": "2026-06-17", "version": str(task.version)})
    assert past.status_code == 422
    assert "新的时限不能早于今天（6月18日）" in words(past)
    done = client.post(url, data={"reason": "不全", "due_on": "2026-06-20", "version": str(task.version)}, follow_redirects=True)
    assert "新的时限为2026年6月20日（周六），当日休息，之前最后一个工作日是6月18日。" in words(done)


def test_cancelling_says_first_what_follows(session, story, sign_in):
    task = story.task()
    client, url = sign_in("office"), f"/tasks/{task.id}/cancel"
    assert "将通知牵头、配合共2个单位的联络员" in words(client.get(url))
    assert client.post(url, data={"reason": "", "version": str(task.version)}).status_code == 422
    assert client.post(url, data={"reason": "另有安排", "version": str(task.version)}).status_code == 302
    session.refresh(task)
    assert task.status == S.CANCELLED


def test_two_of_the_office_word_a_task_at_once_and_the_second_sees_what_differs(session, story, sign_in):
    task = story.task()
    client, url = sign_in("office"), f"/tasks/{task.id}/edit"
    first = {"title": "甲的名称", "text": "登记全县在营培训机构。", "deliverable": "清单", "version": str(task.version)}
    assert client.post(url, data=first).status_code == 302
    clash = client.post(url, data={**first, "title": "乙的名称"})
    assert clash.status_code == 409
    page = clash.get_data(as_text=True)
    assert "甲" in re.search(r"<del.*?</del>", page, re.S).group()
    assert 'value="乙的名称"' in page
    version = re.search(r'name="version" type="hidden" value="(\d+)"', page).group(1)
    assert client.post(url, data={**first, "title": "乙的名称", "version": version}).status_code == 302
    session.refresh(task)
    assert task.title == "乙的名称"


def test_a_new_task_goes_to_a_member_of_the_mechanism(session, world, story, sign_in):
    client = sign_in("office")
    page = client.get("/tasks/new?mechanism=sections").get_data(as_text=True)
    assert "广告股" in page
    assert "县教育局" not in page
    lead, helper = world.units["GGG"].id, world.units["JLG"].id
    given = {"source": "局党组交办", "title": "广告专项检查", "lead_id": str(lead), "co_ids": [str(helper)], "due_on": "2026-06-20"}
    done = client.post("/tasks/new?mechanism=sections", data=given, follow_redirects=True)
    assert "已下达任务〔2026〕临-1，时限2026年6月20日（周六），当日休息" in words(done)
    task = session.scalars(select(Task)).one()
    assert (task.mechanism.code, task.lead_id, [u.id for u in task.co_units]) == ("sections", lead, [helper])


def test_a_new_task_that_is_wrong_is_told_so_and_nothing_is_lost(session, world, sign_in):
    lead, client = str(world.units["JYJ"].id), sign_in("office")
    for changed, said in (
        ({"lead_id": ""}, "请选择牵头单位"),
        ({"lead_id": "424242"}, "请重新选择牵头单位"),
        ({"title": ""}, "请填写任务名称"),
        ({"title": "长" * 201}, "任务名称最多200字"),
        ({"due_on": "2026-06-17"}, "完成时限不能早于今天（6月18日）"),
        ({"due_on": "2026-02-30"}, "完成时限不是有效日期"),
        ({"co_ids": lead}, "牵头单位不必再列为配合单位"),
    ):
        given = {"source": "县政府交办", "title": "甲", "lead_id": lead, "due_on": "2026-07-01", "text": "很长的内容", **changed}
        wrong = client.post("/tasks/new?mechanism=county", data=given)
        assert wrong.status_code == 422, said
        assert said in words(wrong)
        assert "很长的内容" in wrong.get_data(as_text=True)
    assert session.scalar(select(func.count(Task.id))) == 0


def test_only_the_office_supervises(story, sign_in):
    task = story.in_state(S.REPORTED)
    for who in ("liaison-JYJ", "convenor", "auditor"):
        client = sign_in(who)
        for path in ("/close", "/return", "/cancel", "/edit"):
            assert client.get(f"/tasks/{task.id}{path}").status_code == 403
            assert client.post(f"/tasks/{task.id}{path}", data=POSTS[path]).status_code == 403
        assert client.get("/tasks/new").status_code == 403
