"""The pages of tasks as people meet them."""

import html
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from coordination.permissions import OPERATOR
from coordination.tasks import service
from coordination.transaction import transaction
from models import AuditEntry, Decision, Meeting, ProgressReport, Task, TaskStatus
from tests.tasks.conftest import DUE, china, words
from tests.world import NOW

pytestmark = pytest.mark.usefixtures("rules", "on_the_day")
S = TaskStatus
NOBODYS = 987654


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
        "最迟2026年7月14日（周二）（原6月30日）",
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


def test_a_late_task_says_that_the_ladder_goes_on_and_no_more_time_can_be_asked(story, sign_in, on_the_day):
    task = story.in_state(S.ACCEPTED)
    on_the_day.move_to(china("2026-07-02"))
    page = sign_in("office").get(f"/tasks/{task.id}")
    assert "时限已过，系统按督办规则逐级催办。" in panel(page)
    assert f'href="/tasks/urge?task={task.id}"' in page.get_data(as_text=True)
    assert "时限已过，不能申请延期，未按期的原因请在进展中说明。" in panel(sign_in("liaison-JYJ").get(f"/tasks/{task.id}"))


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


@pytest.mark.parametrize(("due_on", "late"), [(date(2026, 6, 16), True), (date(2026, 6, 18), False)])
def test_the_office_is_told_that_a_task_was_reported_late_and_by_how_much(story, sign_in, due_on, late):
    task = story.task(due_on=due_on, now=NOW - timedelta(days=10))
    story.accept(task)
    story.report(task, percent=100, final=True)
    client = sign_in("office")
    page = words(client.get(f"/tasks/{task.id}/close"))
    assert ("逾期报结：时限2026年6月16日（周二），2026年6月18日（周四）报结，逾期2个工作日。" in page) is late
    assert ("县教育局6月18日报结，逾期2个工作日。请核验后销号" in panel(client.get(f"/tasks/{task.id}"))) is late
    assert ("逾期" in page) is late


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
