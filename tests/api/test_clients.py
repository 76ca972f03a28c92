"""接口账号: given, renewed and taken away by page and command; a key is shown once and kept nowhere."""

import json
import re
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from flask import current_app
from sqlalchemy import select

from coordination.api import clients, webhooks
from coordination.api.commands import api
from coordination.complaints import service
from coordination.permissions import OPERATOR
from coordination.transaction import transaction
from coordination.usage import speak_chinese
from models import ApiClient, ApiScope, AuditEntry, Unit
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound, RuleBroken
from models.session import token_hash
from tests.api.conftest import sent
from tests.world import NOW

pytestmark = pytest.mark.usefixtures("morning")
LATER = NOW + timedelta(hours=1)
WRITE = (ApiScope.COMPLAINTS_WRITE,)


def add(world, actor=OPERATOR, **change):
    more = {"name": "12345平台", "unit_id": world.units["SCJG"].id, "scopes": WRITE, "webhook_url": "", **change}
    with transaction() as writing:
        return clients.add(writing, actor=actor, now=NOW, **more)


# The service


def test_only_a_hash_of_the_key_is_kept_and_the_ledger_says_what_was_given(session, world):
    issued = add(world, webhook_url="https://a.gov.cn/hook")
    client = session.scalars(select(ApiClient)).one()
    assert client.key_hash == token_hash(issued.key)
    assert issued.secret
    assert issued.secret not in client.webhook_secret
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "api_client:add")).one()
    assert entry.text == "新建接口账号“12345平台”（县市场监管局），可登记投诉举报，办理状态变动时通知"
    assert (entry.subject, entry.who) == (f"api_client:{client.id}", "系统管理命令")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "请填写名称"),
        ({"name": "长" * 61}, "最多60字"),
        ({"scopes": ()}, "至少选择一项"),
        ({"webhook_url": "ftp://a/"}, "通知地址应以"),
    ],
)
def test_what_cannot_be_given_is_refused_in_words(session, world, change, words):
    with pytest.raises(BadInput, match=words):
        add(world, **change)
    assert session.scalars(select(ApiClient)).all() == []


def test_a_name_is_given_once(world):
    add(world)
    with pytest.raises(BadInput, match="已有名为"):
        add(world, name=" 12345平台 ")


def test_a_unit_that_is_gone_answers_for_nobody(session, world):
    session.get(Unit, world.units["SCJG"].id).valid_to = date(2025, 1, 1)
    session.commit()
    with pytest.raises(BadInput, match="已不存在"):
        add(world)
    with pytest.raises(NotFound):
        add(world, unit_id=999_999)


@pytest.mark.parametrize("username", ["router", "office", "auditor", "liaison-SCJG"])
def test_nobody_but_the_admin_gives_keys(session, world, username):
    issued = add(world)
    acting = world.actor(session, username)
    with pytest.raises(NotAllowed):
        add(world, actor=acting, name="乙")
    for verb in (clients.renew, clients.disable):
        with pytest.raises(NotAllowed), transaction() as writing:
            verb(writing, actor=acting, client_id=issued.client.id, now=NOW)


def test_a_renewed_key_ends_the_old_one_and_finds_what_was_registered(program, session):
    one = program()
    number = one.post(sent()).json["number"]
    old = one.key
    with transaction() as writing:
        one.key = clients.renew(writing, actor=OPERATOR, client_id=one.client_id, now=NOW).key
    assert one.get(f"/complaints/{number}").status_code == 200
    one.key = old
    assert one.get(f"/complaints/{number}").status_code == 401


def test_a_disabled_one_stays_so(world):
    issued = add(world)
    with transaction() as writing:
        clients.disable(writing, actor=OPERATOR, client_id=issued.client.id, now=NOW)
    for verb in (clients.renew, clients.disable):
        with pytest.raises(IllegalMove, match="已停用"), transaction() as writing:
            verb(writing, actor=OPERATOR, client_id=issued.client.id, now=NOW)


# The commands


@pytest.fixture(scope="module", autouse=True)
def _chinese():
    """The commands as they are started: what they say of themselves is put together once in a process."""
    speak_chinese(api)


def run(*arguments):
    return CliRunner().invoke(api, arguments, obj=current_app.config["CONFIG"])


def test_by_command_a_key_is_printed_once_and_opens_the_api(app, session, world):
    given = run("add", "省平台", "--unit", "SCJG", "--scope", "units:read", "--scope", "complaints:read")
    assert given.exit_code == 0
    key = given.stdout.strip()
    asked = app.test_client().get("/api/v1/units", headers={"Authorization": f"Bearer {key}"})
    assert asked.status_code == 200
    listed = run("list")
    assert listed.stdout == "省平台  县市场监管局  complaints:read,units:read  不通知  在用\n"
    assert key not in listed.stdout


def test_by_command_all_of_it_as_json(app, session, world):
    given = json.loads(run("add", "甲", "--unit", "SCJG", "--scope", "complaints:write", "--webhook", "https://a.cn/", "--json").stdout)
    assert (given["name"], len(given["key"]), len(given["webhook_secret"])) == ("甲", 43, 43)
    again = json.loads(run("renew", "甲", "--json").stdout)
    assert again["key"] != given["key"]
    assert again["webhook_secret"] is None
    assert run("disable", "甲").stdout == "已停用接口账号“甲”\n"
    (told,) = json.loads(run("list", "--json").stdout)
    assert told == {
        "name": "甲",
        "unit": "SCJG",
        "scopes": ["complaints:write"],
        "webhook": "https://a.cn/",
        "created_at": told["created_at"],
        "disabled": True,
        "waiting": 0,
        "given_up": 0,
    }


def test_by_command_what_is_not_there_is_told(world):
    for arguments in (("add", "甲", "--unit", "NONE", "--scope", "units:read"), ("renew", "无"), ("disable", "无")):
        result = run(*arguments)
        assert isinstance(result.exception, RuleBroken)
    assert run("add", "甲", "--unit", "SCJG", "--scope", "all").exit_code == 2


def test_another_address_brings_another_secret_and_none_brings_silence(session, world):
    issued = add(world, webhook_url="https://a.gov.cn/hook")
    client_id, sealed = issued.client.id, issued.client.webhook_secret

    def lead(url, seen):
        with transaction() as writing:
            told = {"webhook_url": url, "seen": seen}
            return clients.redirect(writing, actor=OPERATOR, client_id=client_id, now=NOW, **told).secret

    with pytest.raises(BadInput, match="通知地址应以"):
        lead("ftp://b/", "https://a.gov.cn/hook")
    with pytest.raises(BadInput, match="不必更改"):
        lead("https://a.gov.cn/hook", "https://a.gov.cn/hook")
    assert lead("https://b.gov.cn/hook", "https://a.gov.cn/hook")
    with pytest.raises(Conflict, match="刚刚被他人改为"):
        lead("https://c.gov.cn/hook", "https://a.gov.cn/hook")
    session.expire_all()
    client = session.get(ApiClient, client_id)
    assert client.webhook_url == "https://b.gov.cn/hook"
    assert client.webhook_secret not in {"", sealed}
    assert lead("", "https://b.gov.cn/hook") == ""
    with transaction() as writing:
        clients.disable(writing, actor=OPERATOR, client_id=client_id, now=NOW)
    with pytest.raises(IllegalMove):
        lead("https://b.gov.cn/hook", "")


# The pages


@pytest.fixture
def admin(app, sign_in):
    """The admin. Forgery is asked about in the browser tests."""
    app.config["WTF_CSRF_ENABLED"] = False
    return sign_in("admin")


def form(world, **change):
    more = {"name": "12345平台", "unit": str(world.units["SCJG"].id), "scopes": ["complaints:write", "units:read"], **change}
    return {name: value for name, value in more.items() if value is not None}


def test_an_admin_gives_a_key_by_page_and_sees_it_this_once(app, admin, world):
    assert "还没有接口账号" in admin.get("/settings/clients").text
    page = admin.post("/settings/clients/new", data=form(world, webhook_url="https://a.gov.cn/hook"))
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    key, secret = re.findall(r"<samp>([^<]+)</samp>", page.text)
    assert app.test_client().get("/api/v1/units", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    listed = admin.get("/settings/clients").text
    assert "12345平台" in listed
    assert "https://a.gov.cn/hook" in listed
    assert key not in listed
    assert secret not in listed


def test_an_admin_changes_the_address_by_page(admin, session, world):
    client_id = add(world).client.id
    here = f"/settings/clients/{client_id}/address"
    assert here in admin.get("/settings/clients").text
    assert admin.post(here, data={"webhook_url": "ftp://a/", "seen": ""}).status_code == 422
    page = admin.post(here, data={"webhook_url": "https://a.gov.cn/hook", "seen": ""})
    assert page.status_code == 200
    assert len(re.findall(r"<samp>", page.text)) == 1, "a secret, and no key"
    assert admin.post(here, data={"webhook_url": "https://b.gov.cn/hook", "seen": ""}).status_code == 409
    answer = admin.post(here, data={"webhook_url": "", "seen": "https://a.gov.cn/hook"}, follow_redirects=True)
    assert "不再向接口账号“12345平台”发送通知" in answer.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": None}, "请填写名称"),
        ({"scopes": None}, "请选择可办的事"),
        ({"unit": "999999"}, "请重新选择负责单位"),
        ({"unit": "x"}, "请选择负责单位"),
        ({"webhook_url": "ftp://a/"}, "通知地址应以http"),
    ],
)
def test_a_form_filled_wrong_says_so_and_keeps_what_was_typed(admin, session, world, change, words):
    page = admin.post("/settings/clients/new", data=form(world, **change))
    assert page.status_code == 422
    assert words in page.text
    assert session.scalars(select(ApiClient)).all() == []


def test_an_admin_renews_and_disables_by_page_after_being_asked(admin, session, world):
    issued = add(world)
    where = f"/settings/clients/{issued.client.id}"
    assert "原密钥立即失效" in admin.get(f"{where}/renew").text
    assert issued.client.key_hash == token_hash(issued.key)
    page = admin.post(f"{where}/renew", data={})
    (key,) = re.findall(r"<samp>([^<]+)</samp>", page.text)
    session.expire_all()
    assert session.scalars(select(ApiClient.key_hash)).one() == token_hash(key)
    assert "密钥立即失效" in admin.get(f"{where}/disable").text
    assert admin.post(f"{where}/disable", data={}).headers["Location"] == "/settings/clients"
    assert "已停用接口账号“12345平台”" in admin.get("/settings/clients").text
    assert admin.post(f"{where}/disable", data={}).status_code == 409


def test_what_did_not_reach_a_client_stands_beside_it(admin, program, receiver, handle, world):
    receiver.answers = [500]
    handle("router", service.assign, program(webhook=receiver.url).post(sent()).json["number"], lead_id=world.units["JYJ"].id)
    with transaction() as writing:
        webhooks.deliver(writing, delivery_id=webhooks.due(writing, LATER)[0], now=LATER)
    assert "等待发送1条（对方未接收（500））" in admin.get("/settings/clients").text


def test_the_menu_leads_an_admin_there_and_nobody_else(sign_in, world):
    assert 'href="/settings/clients"' in sign_in("admin").get("/desk").text
    for username in ("office", "auditor", "router"):
        client = sign_in(username)
        assert 'href="/settings/clients"' not in client.get("/desk").text
        assert client.get("/settings/clients").status_code == 403


@pytest.mark.parametrize("client_id", [0, 7, 2**31, 2**70])
def test_a_client_that_is_none_is_not_found(admin, client_id):
    assert admin.get(f"/settings/clients/{client_id}/disable").status_code == 404
