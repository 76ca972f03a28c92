"""The pages beside the cases: several assigned at once, events, queries to units, rosters, measures; done, and refused."""

import pytest

from tests.complaints.pages import done, refused, seen

GROUP = {
    "level": "larger",
    "people": "30",
    "facts": "多名会员未退费",
    "name1": "张甲",
    "phone1": "13900000001",
    "paper1": "推选书一份",
    "name2": "李乙",
    "phone2": "13900000002",
    "paper2": "推选书一份",
}

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture
def router(sign_in):
    return sign_in("router")


def test_several_are_assigned_through_a_page_that_confirms(cases, world, router, sign_in):
    one, two = cases.made("1"), cases.made("2")
    shown = seen(router, f"/complaints/assign-many?id={one}&id={two}")
    assert "分派2件" in shown
    assert "请选择主办单位" in refused(router, "/complaints/assign-many", id=[one, two])
    assert "已分派2件" in done(router, "/complaints/assign-many", id=[one, two], lead_id=world.units["JYJ"].id)
    assert f"/complaints/{two}" in seen(sign_in("liaison-JYJ"), "/complaints")


def test_nothing_chosen_leads_back_to_the_queue_with_a_word(cases, router, sign_in):
    answer = router.get("/complaints/assign-many?id=999999", follow_redirects=True)
    assert "请先在队列中勾选要分派的投诉举报" in answer.text
    assert sign_in("liaison-JYJ").get("/complaints/assign-many").status_code == 403


def test_a_group_is_reported_on_until_it_is_over(cases, router, sign_in):
    one = cases.made()
    shown = done(router, f"/complaints/{one}/group", **GROUP)
    assert "已登记为群体投诉" in shown
    assert "13900000001" not in shown
    assert "群体性投诉" in seen(router, f"/complaints/{one}"), "the case leads to its event"
    event = "/complaints/events/1"
    assert "群体性投诉：惠民超市" in seen(sign_in("office"), "/complaints/events")
    assert "请填写报告内容" in refused(router, f"{event}/report", recipients="县人民政府")
    assert "已登记首报报送" in done(router, f"{event}/report", text="三十人未获退费", recipients="县人民政府")
    assert "请填写处置结果" in refused(router, f"{event}/end", on="2026-06-18")
    assert "请报送终报" in done(router, f"{event}/end", on="2026-06-18", outcome="已退费")
    done(router, f"{event}/report", text="全部退费", recipients="县人民政府")
    seen(router, f"{event}/report", status=404)


def test_a_group_names_both_it_chose(cases, router, sign_in):
    one = cases.made()
    shown = refused(router, f"/complaints/{one}/group", **{**GROUP, "phone2": "", "people": "1"})
    assert "请填写代表人二电话" in shown
    assert "李乙" in shown, "what was typed is kept"
    assert "请选择等级" in refused(router, f"/complaints/{one}/emergency", facts="燃气泄漏")
    assert "已登记为突发事件" in done(router, f"/complaints/{one}/emergency", level="grave", facts="燃气泄漏")
    other = sign_in("liaison-WLJ")
    for url in (f"/complaints/{one}/group", "/complaints/events/1", "/complaints/events/1/report"):
        seen(other, url, status=404)


def test_a_unit_is_asked_answers_and_the_answer_is_found_again(cases, world, router, sign_in):
    one = cases.made()
    shown = refused(router, f"/complaints/inquiries/new?complaint={one}", unit_id=world.units["JYJ"].id)
    assert "请填写查询的问题" in shown
    assert "发出后通知该单位联络员" in shown
    done(router, f"/complaints/inquiries/new?complaint={one}", unit_id=world.units["JYJ"].id, question="近三年预付款监管情况")
    liaison = sign_in("liaison-JYJ")
    assert "近三年预付款监管情况" in seen(liaison, "/complaints/inquiries")
    url = "/complaints/inquiries/1"
    assert f'href="/complaints/{one}"' not in seen(liaison, url), "a case it has no part in"
    assert "请填写答复内容" in refused(liaison, url)
    assert "已答复" in done(liaison, url, text="已设专户")
    assert "这项查询已经答复" in refused(liaison, url, status=409, text="再答")
    for who in ("router", "liaison-JYJ", "office", "auditor"):
        client = sign_in(who)
        assert "近三年预付款监管情况" in seen(client, "/complaints/inquiries?view=answered")
        assert "没有待答复的查询" in seen(client, "/complaints/inquiries")
        assert "已设专户" in seen(client, url)
    other = sign_in("liaison-WLJ")
    assert "近三年预付款监管情况" not in seen(other, "/complaints/inquiries?view=answered")
    seen(other, url, status=404)


def test_a_roster_is_kept_by_its_unit_and_read_by_who_oversees(cases, world, sign_in):
    liaison, unit = sign_in("liaison-JYJ"), world.units["JYJ"].id
    days = {"from_on": "2026-06-18", "to_on": "2026-06-20", "name": "王五", "phone": "0579-1"}
    assert "结束日期不能早于开始日期" in refused(liaison, "/complaints/roster/new", **{**days, "to_on": "2026-06-17"})
    assert "王五" in done(liaison, "/complaints/roster/new", **days)
    for who in ("router", "office", "auditor"):
        client = sign_in(who)
        assert "值班：" in seen(client, "/complaints/roster")
        assert "王五" in seen(client, f"/complaints/roster?unit={unit}")
        seen(client, f"/complaints/roster/new?unit={unit}", status=200 if who == "router" else 404)
    assert "王五" not in seen(sign_in("liaison-WLJ"), f"/complaints/roster?unit={unit}")
    assert "没有值班安排" in done(liaison, "/complaints/roster/1/drop")


def test_measures_tell_their_unit_and_their_month(cases, world, router, sign_in):
    cases.settled()
    shown = seen(router, "/complaints/rates?year=2026&month=6")
    assert "县教育局" in shown
    assert "不足5件，不计算" in shown
    assert "该期间没有分派到单位的投诉举报" in seen(router, "/complaints/rates?year=2020&month=1")
    assert "这个月没有登记投诉举报" in seen(router, "/complaints/quality?year=2020&month=1")
    unit = world.units["JYJ"].id
    assert f"unit={unit}" in seen(router, "/complaints/quality?year=2026&month=6")
    assert "县教育局2026年6月缺少内容的投诉举报" in seen(router, f"/complaints/quality/records?year=2026&month=6&unit={unit}")
    assert "未分派的2026年6月缺少内容的投诉举报" in seen(router, "/complaints/quality/records?year=x&month=13&unit=99999999999999999999")
    assert "县教育局" not in seen(sign_in("liaison-WLJ"), "/complaints/rates?year=2026")


def test_what_was_sought_in_vain_says_how_to_go_on(cases, router):
    cases.settled()
    assert "去掉全部条件" in seen(router, "/complaints?kind=query")
    assert "办结</td>" in seen(router, "/complaints?view=closed").replace("\n", "")
    assert "请输入至少两个字的关键词" in seen(router, "/complaints?q=a")
