"""The desk's pages: acting in the list, what was done and by whom, reminders, the menu, help and the size of type."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from coordination import audit, notices
from coordination.permissions import SYSTEM
from models import MeetingStatus, MinutesReceipt, MinutesStatus, Notice, Reply, Role, RoleGrant, Task, TaskStatus
from tests.desk.conftest import at
from tests.world import NOW

pytestmark = pytest.mark.usefixtures("today")


def token(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def press(client, address, label, page=None):
    """Press the button of that label in the page at ``address``; returns the answer."""
    page = page or client.get(address).text
    forms = re.findall(r'<form class="post-button".*?</form>', page, re.S)
    form = next(form for form in forms if f">{label}<" in form.replace("\n", "").replace(" ", ""))
    fields = dict(re.findall(r'name="([^"]+)"\s+value="([^"]*)"', form))
    return client.post(re.search(r'action="([^"]+)"', form)[1], data=fields)


def lines_of(page):
    """The titles of the table, as read."""
    return [re.sub(r"<[^>]+>|\s", "", cell) for cell in re.findall(r'<th scope="row".*?</th>', page, re.S)]


def test_an_empty_desk_says_what_will_come(sign_in):
    page = sign_in("liaison-JYJ").get("/desk").text
    assert "没有待办。新任务到来时会在此列出。" in page
    assert "<table" not in page


def test_coming_to_a_meeting_is_answered_in_the_list(county, sign_in):
    meeting = county.meeting(MeetingStatus.NOTIFIED, at(30))
    county.invite(meeting, "JYJ")
    county.session.commit()
    client = sign_in("liaison-JYJ")
    assert lines_of(client.get("/desk").text) == ["答复参会：2026年第1次联席会议（6月30日9:00）"]
    answer = press(client, "/desk", "参加")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk")
    county.session.expire_all()
    assert county.session.scalars(select(Reply)).one().answer == "attend"
    page = client.get("/desk").text
    assert "没有待办" in page
    assert "已答复：参加" in page


def test_a_task_is_accepted_in_the_list_and_a_colleague_sees_by_whom(county, sign_in):
    task = county.task("JYJ", TaskStatus.ASSIGNED, date(2026, 7, 31), "清查校外培训机构")
    county.session.commit()
    assert press(sign_in("liaison-JYJ"), "/desk", "签收").headers["Location"] == "/desk"
    county.session.expire_all()
    assert county.session.get(Task, task.id).status == TaskStatus.ACCEPTED
    done = sign_in("head-JYJ").get("/desk/done").text
    assert lines_of(done) == ["清查校外培训机构"]
    assert f'href="/tasks/{task.id}"' in done
    assert "县教育局联络员" in done
    assert "本人" in sign_in("liaison-JYJ").get("/desk/done").text
    assert lines_of(sign_in("liaison-SWJ").get("/desk/done").text) == []


def test_minutes_are_acknowledged_in_the_list(county, sign_in):
    minutes = county.minutes(county.meeting(MeetingStatus.HELD, at(10)), MinutesStatus.ISSUED)
    county.receipt(minutes, "JYJ")
    county.session.commit()
    assert press(sign_in("liaison-JYJ"), "/desk", "已阅").headers["Location"] == "/desk"
    county.session.expire_all()
    assert county.session.scalars(select(MinutesReceipt)).one().read_by.username == "liaison-JYJ"


def test_the_desk_counts_and_says_how_many_are_late(county, sign_in):
    county.task("JYJ", TaskStatus.IN_PROGRESS, date(2026, 6, 16), "甲")
    task = county.task("JYJ", TaskStatus.IN_PROGRESS, date(2026, 7, 1), "乙")
    county.session.commit()
    page = sign_in("liaison-JYJ").get("/desk").text
    assert "2件，其中1件已逾期" in page
    assert f'href="/tasks/{task.id}/report#do"' in page


def test_what_was_done_is_turned_over_page_by_page(county, sign_in, session):
    office = county.world.actor(session, "office")
    for number in range(65):
        audit.record(session, actor=office, action="meeting:plan", subject="x:1", at=NOW, text=f"第{number}件")
    audit.record(session, actor=office, action="account:change_password", subject="person:1", at=NOW, text="修改密码")
    session.commit()
    client, address, seen = sign_in("office"), "/desk/done", []
    while address:
        page = client.get(address).text
        seen += re.findall(r"第(\d+)件", page)
        older = re.search(r'rel="next"\s+href="([^"]+)"', page)
        address = older and older[1]
    assert seen == [str(number) for number in range(64, -1, -1)]


def owe(county, username, title, path=""):
    person = county.world.people[username]
    notices.owe(county.session, kind="test", subject=title, people=[person], title=title, text="详情", now=NOW, path=path)
    county.session.commit()
    return county.session.scalars(select(Notice).where(Notice.subject == title)).one()


def test_a_reminder_is_read_by_a_button_and_only_by_its_owner(county, sign_in):
    notice = owe(county, "office", "请核验", "/tasks/7")
    client = sign_in("office")
    page = client.get("/reminders").text
    assert "1条未阅" in page
    assert 'href="/tasks/7"' in page
    county.session.refresh(notice)
    assert notice.read_at is None
    other = sign_in("recorder")
    refused = other.post(f"/reminders/{notice.id}", data={"csrf_token": token(other.get("/reminders").text)})
    missing = other.post("/reminders/999999", data={"csrf_token": token(other.get("/reminders").text)})
    assert (refused.status_code, missing.status_code) == (404, 404)
    assert re.sub(r'"[^"]*csrf[^>]*>', "", refused.text).count("没有找到这一页") == missing.text.count("没有找到这一页")
    assert press(client, "/reminders", "已阅").status_code == 302
    county.session.refresh(notice)
    assert notice.read_at is not None
    assert "条未阅" not in client.get("/reminders").text


def test_all_reminders_are_read_at_once_and_nobody_elses(county, sign_in):
    mine, others = owe(county, "office", "甲"), owe(county, "recorder", "乙")
    press(sign_in("office"), "/reminders", "全部标为已阅")
    county.session.expire_all()
    assert (mine.read_at is not None, others.read_at) == (True, None)


def test_old_reminders_are_on_further_pages(county, sign_in):
    for number in range(35):
        owe(county, "office", f"第{number}条")
    client = sign_in("office")
    first = client.get("/reminders").text
    further = client.get(re.search(r'rel="next"\s+href="([^"]+)"', first)[1]).text
    titles = re.findall(r"第(\d+)条", first + further)
    assert list(dict.fromkeys(titles)) == [str(number) for number in range(34, -1, -1)]
    assert client.get("/reminders?before=99999999999999999999").status_code == 200


MENUS = {
    "convenor": ["我的待办", "会议", "督办", "示范单位", "成员单位", "资料库"],
    "deputy": ["我的待办", "会议", "督办", "示范单位", "成员单位", "资料库"],
    "office": ["我的待办", "会议", "督办", "投诉", "示范单位", "成员单位", "资料库"],
    "recorder": ["我的待办", "会议", "资料库"],
    "liaison-JYJ": ["我的待办", "会议", "本单位任务", "本单位投诉", "示范单位", "成员单位", "资料库"],
    "head-JYJ": ["我的待办", "会议", "本单位任务", "本单位投诉", "示范单位", "成员单位", "资料库"],
    "router": ["我的待办", "登记投诉", "分派队列", "导入", "职责表"],
    "approver": ["我的待办", "示范单位审批", "已办", "资料库"],
    "auditor": ["审计记录", "会议", "督办", "投诉", "示范单位", "成员单位", "资料库"],
    "admin": ["我的待办", "运行状况", "账号", "接口账号", "单位与机制", "工作日历", "时限规则", "作业与发件箱"],
}


def test_each_role_finds_its_menu_and_every_entry_opens(sign_in):
    for username, entries in MENUS.items():
        client = sign_in(username)
        menu = re.search(r'<nav class="panel menu-page".*?</nav>', client.get("/menu").text, re.S)[0]
        assert re.findall(r"<span>([^<]+)</span>", menu) == entries, username
        answers = {address: client.get(address).status_code for address in re.findall(r'href="([^"]+)"', menu)}
        assert set(answers.values()) == {200}, (username, answers)


def test_an_auditor_has_no_desk_and_lands_on_the_ledger(sign_in):
    answer = sign_in("auditor").get("/desk")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/settings/audit")


def test_help_begins_with_ones_own_role(sign_in):
    headings = re.findall(r"<h2>([^<]+)</h2>", sign_in("recorder").get("/help").text)
    assert headings[0] == "记录员"
    assert len(headings) == 11


def test_the_accessibility_statement_is_public_and_names_a_telephone(app, world, session):
    world.units["SCJG"].phone = "0000-8000000"
    session.commit()
    page = app.test_client().get("/accessibility")
    assert page.status_code == 200
    assert "0000-8000000" in page.text


def test_anyone_sets_the_size_of_type_and_stays_where_they_were(app):
    client = app.test_client()
    client.get("/accessibility")
    answer = client.post("/type-size", data={"size": "huge", "next": "/accessibility?x=1"})
    assert answer.headers["Location"] == "/accessibility?x=1"
    assert 'class="size-huge"' in client.get("/accessibility").text


def test_setting_the_size_never_leads_to_another_host(app):
    client = app.test_client()
    for target in ("https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", ""):
        fields = {"size": "nonsense", "next": target}
        answer = client.post("/type-size", data=fields)
        assert answer.headers["Location"] == "/"
        assert "type_size" not in "".join(answer.headers.getlist("Set-Cookie"))


def test_system_entries_are_nobodys_work(county, sign_in, session):
    audit.record(session, actor=SYSTEM, action="task:ladder", subject="task:1", at=NOW, text="催办")
    session.commit()
    assert "催办" not in sign_in("liaison-JYJ").get("/desk/done").text


def test_who_is_office_and_liaison_in_one_sees_which_lines_are_the_units(county, sign_in):
    office = county.world.people["office"]
    office.unit, office.grants = county.world.units["JYJ"], [*office.grants, RoleGrant(role=Role.LIAISON)]
    county.task("JYJ", TaskStatus.IN_PROGRESS, date(2026, 7, 1))
    county.session.commit()
    assert "·本单位" not in sign_in("office").get("/desk").text
    county.task("SWJ", TaskStatus.REPORTED, date(2026, 7, 1))
    county.session.commit()
    assert sign_in("office").get("/desk").text.count("·本单位") == 1


READ_ONLY = "您以审计身份登录，只能查看。"


def test_an_auditor_is_told_on_every_page_that_reading_is_all(sign_in):
    auditor = sign_in("auditor")
    assert [READ_ONLY in auditor.get(address).text for address in ("/settings/audit", "/tasks", "/account")] == [True, True, True]
    assert [READ_ONLY in sign_in(who).get("/desk").text for who in ("deputy", "router", "liaison-JYJ", "admin")] == [False] * 4


def test_an_auditor_with_another_role_that_acts_is_not_told_so(session, world, sign_in):
    session.merge(world.people["auditor"]).grants.append(RoleGrant(role=Role.LIAISON))
    session.commit()
    assert READ_ONLY not in sign_in("auditor").get("/tasks").text
