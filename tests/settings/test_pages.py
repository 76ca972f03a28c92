"""The settings pages as admin and auditor meet them."""

import io
import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coordination import clock
from coordination.documents.fonts import Fonts
from coordination.settings import queries
from coordination.transaction import transaction
from models import AuditEntry, CalendarYear, Rule, Setting
from tests.settings.mailbox import Mailbox, Server
from tests.settings.pages import MAIL, NOW, owe_mails, prepare, words

READ = (
    "/settings",
    "/settings/general",
    "/settings/calendar",
    "/settings/calendar/2026",
    "/settings/rules",
    "/settings/rules/ACCEPT",
    "/settings/jobs",
    "/settings/jobs/outbox",
    "/settings/jobs/outbox?state=given_up",
    "/settings/jobs/outbox?state=sent",
)
EDIT = (
    "/settings/general/edit",
    "/settings/general/fonts",
    "/settings/general/mail",
    "/settings/calendar/import",
    "/settings/rules/1/change",
    "/settings/rules/new",
)
ACT = ("/settings/general/mail/test", "/settings/calendar/import/confirmed", "/settings/jobs/outbox/1/again", "/settings/jobs/outbox/again")


@pytest.fixture
def app(app):
    """The county with its defaults and a mail server; see ``prepare``."""
    return prepare(app)


# Who may


@pytest.mark.parametrize("username", ["admin", "auditor"])
def test_admin_and_auditor_read_every_page(sign_in, world, username):
    owe_mails(world, 1, given_up_at=NOW)
    client = sign_in(username)
    assert {path: client.get(path).status_code for path in READ} == dict.fromkeys(READ, 200)


def test_an_auditor_finds_no_button_and_is_refused_what_an_admin_changes(sign_in, world):
    owe_mails(world, 1, given_up_at=NOW)
    auditor = sign_in("auditor")
    for path in READ:
        main = auditor.get(path).get_data(as_text=True).split("<main")[1]
        assert 'method="post"' not in main, path
        assert not any(f'href="{edit}' in main for edit in EDIT), path
    assert {path: auditor.get(path).status_code for path in EDIT} == dict.fromkeys(EDIT, 403)
    assert {path: auditor.post(path).status_code for path in (*EDIT, *ACT)} == dict.fromkeys((*EDIT, *ACT), 403)


def test_an_admin_opens_every_form(sign_in):
    client = sign_in("admin")
    assert {path: client.get(path).status_code for path in EDIT} == dict.fromkeys(EDIT, 200)


@pytest.mark.parametrize("username", ["office", "liaison-JYJ"])
def test_nobody_else_opens_any_of_them(sign_in, username):
    client = sign_in(username)
    paths = (*READ, *EDIT, "/settings/audit")
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 403)


@pytest.mark.parametrize(("username", "status"), [("auditor", 200), ("admin", 403)])
def test_the_ledger_is_the_auditors_alone(sign_in, username, status):
    assert sign_in(username).get("/settings/audit").status_code == status


NOWHERE = [
    "/settings/calendar/1999",
    "/settings/calendar/99999999999999999999",
    "/settings/rules/NO_SUCH",
    "/settings/rules/999/change",
    "/settings/rules/99999999999999999999/change",
]


def test_what_is_not_there_is_not_found(sign_in):
    client = sign_in("admin")
    assert {path: client.get(path).status_code for path in NOWHERE} == dict.fromkeys(NOWHERE, 404)


def test_a_mail_that_is_not_there_is_not_found(sign_in):
    assert sign_in("admin").post("/settings/jobs/outbox/999/again").status_code == 404
    assert sign_in("admin").post("/settings/jobs/outbox/99999999999999999999/again").status_code == 404


def test_reading_writes_nothing(app, sign_in, session):
    client = sign_in("admin")
    before = session.scalars(select(AuditEntry.number)).all()
    for path in (*READ, *EDIT):
        client.get(path)
    session.commit()
    assert session.scalars(select(AuditEntry.number)).all() == before


# Settings


NAMES = {"platform_name": "示例县平台", "county_name": "示例县", "site_url": "https://lxhy.example.org", "start": "09:00", "end": "17:00"}


def test_names_and_hours_are_changed_and_shown(sign_in, session):
    client = sign_in("admin")
    answer = client.post("/settings/general/edit", data={**NAMES, "version": "0.0.0.0"}, follow_redirects=True)
    assert "已保存设置。" in words(answer)
    assert "工作日9:00至17:00" in words(answer)
    assert "示例县平台" in words(answer)
    assert queries.setting(session, "office_hours") == {"from": "09:00", "to": "17:00"}


def test_wrong_input_is_kept_and_told_in_words(sign_in, session):
    answer = sign_in("admin").post("/settings/general/edit", data={**NAMES, "start": "18:00", "site_url": "lxhy", "version": "0.0.0.0"})
    assert answer.status_code == 422
    assert "平台地址应以http://或https://开头" in words(answer)
    assert 'value="lxhy"' in answer.get_data(as_text=True)
    answer = sign_in("admin").post("/settings/general/edit", data={**NAMES, "start": "", "end": "25:00", "version": "0.0.0.0"})
    assert "请填写开始时间" in words(answer)
    assert "结束时间不是有效时间，请按“08:30”填写" in words(answer)
    assert session.get(Setting, "platform_name") is None


def test_two_admins_both_see_what_the_other_wrote(sign_in, session):
    client = sign_in("admin")
    client.post("/settings/general/edit", data={**NAMES, "county_name": "浦江县", "version": "0.0.0.0"})
    answer = client.post("/settings/general/edit", data={**NAMES, "county_name": "义乌市", "version": "0.0.0.0"})
    assert answer.status_code == 409
    assert "您写的内容没有丢失" in words(answer)
    assert "浦江县" in words(answer)
    page = answer.get_data(as_text=True)
    assert 'value="义乌市"' in page
    stamp = re.search(r'name="version"[^>]*value="([^"]+)"', page).group(1)
    answer = client.post("/settings/general/edit", data={**NAMES, "county_name": "义乌市", "version": stamp})
    assert answer.status_code == 302
    assert queries.setting(session, "county_name") == "义乌市"


FONTS = {"title": "方正小标宋_GBK", "body": "仿宋_GB2312", "heading1": "黑体", "heading2": "楷体_GB2312", "number": "Times New Roman"}


def test_the_fonts_of_papers_are_changed_and_a_name_that_is_none_is_told(sign_in, session):
    client = sign_in("admin")
    assert queries.fonts(session) == Fonts()
    answer = client.post("/settings/general/fonts", data={**FONTS, "version": "0"}, follow_redirects=True)
    assert "已保存文书字体" in words(answer)
    assert "标题和发文机关标志 方正小标宋_GBK" in words(answer)
    session.rollback()
    assert queries.fonts(session) == Fonts(**FONTS)
    answer = client.post("/settings/general/fonts", data={**FONTS, "body": "仿宋<", "number": "", "version": "1"})
    assert answer.status_code == 422
    assert "请填写页码" in words(answer)
    answer = client.post("/settings/general/fonts", data={**FONTS, "body": "仿宋<", "version": "1"})
    assert "正文的字体名称应为1至31个汉字、字母或数字" in words(answer)
    assert 'value="仿宋&lt;"' in answer.get_data(as_text=True)
    answer = client.post("/settings/general/fonts", data={**FONTS, "body": "仿宋", "version": "0"})
    assert answer.status_code == 409
    assert "仿宋_GB2312" in words(answer)


SERVER = {"host": "smtp.example.org", "port": "587", "security": "starttls", "sender": "notify@example.org", "username": "notify"}


def test_the_mail_server_is_changed_and_its_password_never_shown(sign_in, session):
    client = sign_in("admin")
    answer = client.post("/settings/general/mail", data={**SERVER, "password": "secret-1", "version": "1"}, follow_redirects=True)
    assert "smtp.example.org:587" in words(answer)
    pages = answer.get_data(as_text=True) + client.get("/settings/general/mail").get_data(as_text=True)
    assert "secret-1" not in pages
    assert queries.setting(session, "mail")["password"] not in pages
    answer = client.post("/settings/general/mail", data={**SERVER, "sender": "没有", "version": "2"})
    assert answer.status_code == 422
    assert "发件人地址有误" in words(answer)


def test_a_mail_server_changed_by_somebody_else_is_shown_first(sign_in):
    answer = sign_in("admin").post("/settings/general/mail", data={**SERVER, "version": "0"})
    assert answer.status_code == 409
    assert "127.0.0.1:25，发件人notify@example.org" in words(answer)
    assert 'value="smtp.example.org"' in answer.get_data(as_text=True)


def test_a_test_mail_goes_out_at_once_or_says_why_not(sign_in, session):
    box = Mailbox()
    server = Server(box, hostname="127.0.0.1", port=0)
    server.start()
    with transaction() as writing:
        writing.get(Setting, "mail").value = {**MAIL, "port": server.port}
    client = sign_in("admin")
    answer = client.post("/settings/general/mail/test", follow_redirects=True)
    assert "测试邮件已交给发信服务器，收件人admin@example.org。" in words(answer)
    assert [mail["To"] for mail in box.mails] == ["admin@example.org"]
    server.stop()
    answer = client.post("/settings/general/mail/test", follow_redirects=True)
    assert "测试邮件未能发出：连不上发信服务器，请核对地址和端口。" in words(answer)


# The working calendar


def arrangement(year: int, *days: tuple[str, bool]) -> bytes:
    listed = [{"name": "春节", "date": day, "isOffDay": off} for day, off in days]
    return json.dumps({"year": year, "papers": ["https://www.gov.cn/x"], "days": listed}).encode()


def upload(client, content: bytes):
    file = (io.BytesIO(content), "holiday.json")
    return client.post("/settings/calendar/import", data={"file": file}, content_type="multipart/form-data")


def hidden(answer) -> dict[str, str]:
    """The hidden fields of the page's form, as a browser would send them."""
    from html import unescape

    fields = re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?type="hidden"[^>]*?value="([^"]*)"', answer.get_data(as_text=True))
    return {name: unescape(value) for name, value in fields}


def test_an_arrangement_is_checked_before_it_is_imported(sign_in, session):
    client = sign_in("admin")
    answer = upload(client, arrangement(2027, ("2027-02-06", True), ("2027-02-20", False)))
    assert answer.status_code == 200
    assert "导入后为第1版。" in words(answer)
    assert "文件中没有元旦、清明节、劳动节、端午节、中秋节、国庆节，请核对是否完整。" in words(answer)
    assert session.get(CalendarYear, 2027) is None
    answer = client.post("/settings/calendar/import/confirmed", data=hidden(answer), follow_redirects=True)
    assert "已导入2027年工作日历（第1版）。" in words(answer)
    assert session.get(CalendarYear, 2027).source == "https://www.gov.cn/x"


def test_a_newer_arrangement_shows_what_it_changes(sign_in, session):
    client = sign_in("admin")
    client.post("/settings/calendar/import/confirmed", data=hidden(upload(client, arrangement(2027, ("2027-02-06", True)))))
    answer = upload(client, arrangement(2027, ("2027-02-07", True)))
    assert "与现有日历不同的日子（2日）" in words(answer)
    assert "2027年2月6日（周六） 放假（春节） 按星期" in words(answer)
    checked = hidden(answer)
    assert client.post("/settings/calendar/import/confirmed", data=checked).status_code == 302
    session.expire_all()
    assert session.get(CalendarYear, 2027).revision == 2
    again = client.post("/settings/calendar/import/confirmed", data=checked)
    assert again.status_code == 409
    assert "他人刚刚导入过2027年工作日历，请重新上传核对" in words(again)
    assert "相同，不必导入" in words(upload(client, arrangement(2027, ("2027-02-07", True))))


def test_a_wrong_file_is_refused_with_every_reason(sign_in):
    client = sign_in("admin")
    answer = upload(client, arrangement(2027, ("2026-02-06", True), ("2027-02-08", False)))
    assert answer.status_code == 422
    assert "第1条：2026-02-06不在2027年" in words(answer)
    assert "第2条：2027-02-08是周一，本来上班，不应列为调休上班" in words(answer)
    assert "文件不是UTF-8编码的JSON" in words(upload(client, b"\x00\xff"))
    assert "文件过大，不是节假日安排" in words(upload(client, b" " * 300_000))
    answer = client.post("/settings/calendar/import", data={}, content_type="multipart/form-data")
    assert "请选择节假日安排文件" in words(answer)
    assert client.post("/settings/calendar/import/confirmed", data={"content": "{", "seen": "0"}).status_code == 422


# Rules


def limit(**more: str) -> dict[str, str]:
    start = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011  any later day will do
    return {"limit": "5", "unit": "working", "clause": "示政办〔2026〕8号", "note": "", "effective_from": start, **more}


def accept_rule(session) -> Rule:
    return queries.rule_in_force(session, "ACCEPT", clock.today())


def test_a_limit_is_changed_from_a_day_on_and_its_history_stays(sign_in, session):
    rule = accept_rule(session)
    answer = sign_in("admin").post(f"/settings/rules/{rule.id}/change", data=limit(version="1"), follow_redirects=True)
    assert "已更改“投诉受理决定并告知”的时限。" in words(answer)
    said = words(answer)
    assert said.index("5个工作日 尚未生效") < said.index("7个工作日 现行") < said.index("7个工作日 已失效")


WRONG = [
    ({"limit": ""}, "请填写时限"),
    ({"limit": "五"}, "时限应为整数"),
    ({"limit": "-2"}, "时限不能为负数；只有督办各步可以填负数，表示到期之前"),
    ({"clause": ""}, "请填写依据"),
    ({"effective_from": ""}, "请填写生效日期"),
    ({"effective_from": "2020-01-01"}, "新时限的生效日期须晚于原规则的生效日期（2026年4月15日）"),
    ({"unit": "week"}, "请选择单位"),
]


def test_a_limit_that_cannot_be_is_told_in_words(sign_in, session):
    client, rule = sign_in("admin"), accept_rule(session)
    for typed, message in WRONG:
        answer = client.post(f"/settings/rules/{rule.id}/change", data=limit(version="1", **typed))
        assert answer.status_code == 422, typed
        assert message in words(answer)
        assert "出错：更改时限：投诉受理决定并告知" in words(answer)


def test_a_rule_somebody_else_changed_is_shown_and_what_was_typed_is_kept(sign_in, session):
    client, rule = sign_in("admin"), accept_rule(session)
    client.post(f"/settings/rules/{rule.id}/change", data=limit(version="1"))
    answer = client.post(f"/settings/rules/{rule.id}/change", data=limit(version="1", limit="6"))
    assert answer.status_code == 409
    assert "您写的内容没有丢失" in words(answer)
    page = answer.get_data(as_text=True)
    assert re.search(r'name="limit"[^>]*value="6"', page)
    assert re.search(r'name="version"[^>]*value="2"', page)


def test_a_mechanism_gets_a_limit_of_its_own(sign_in, world):
    client = sign_in("admin")
    assert client.get("/settings/rules/new?code=TASK_ACCEPT").status_code == 200
    sections = str(world.mechanisms["sections"].id)
    answer = client.post("/settings/rules/new", data=limit(code="TASK_ACCEPT", mechanism=sections), follow_redirects=True)
    assert "股室联席会议 示政办〔2026〕8号" in words(answer)
    again = client.post("/settings/rules/new", data=limit(code="TASK_ACCEPT", mechanism="0"))
    assert again.status_code == 422
    assert "已有同类规则（2个工作日），请在该条上更改" in words(again)
    assert "请选择适用机制" in words(client.post("/settings/rules/new", data=limit(code="TASK_ACCEPT")))
