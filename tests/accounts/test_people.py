"""The admin's accounts pages and what they do."""

import re

import pytest

from coordination.accounts import queries, service
from coordination.accounts.queries import PeopleSought
from coordination.permissions import OPERATOR, Grant
from models import AccountRules, AuditEntry, LoginSession, Person, Role, RoleGrant, Setting
from models.base import db
from models.errors import BadInput, Conflict, NotAllowed, NotFound
from tests.accounts.conftest import PASSWORD, PASSWORD_HASH
from tests.accounts.test_access import statements
from tests.world import NOW

KEY = re.compile(r'<b class="code">([^<]+)</b>')


@pytest.fixture
def admin(world, session):
    """The admin as services see one."""
    return world.actor(session, "admin")


@pytest.fixture
def new_person(world) -> dict:
    """A filled-in form."""
    return {"username": "zhao.yi", "name": "赵一", "unit": str(world.units["JYJ"].id), "roles": ["liaison"], "email": "zhao@example.cn"}


def grants(session, person_id: int) -> set[tuple[Role, int | None]]:
    return {(grant.role, grant.mechanism_id) for grant in session.query(RoleGrant).filter_by(person_id=person_id)}


def test_a_new_account_gets_a_password_that_is_shown_once_and_must_be_changed(someone, browser, session, new_person):
    client = someone("admin")
    response = client.submit("/accounts/new", **new_person)
    assert response.status_code == 200
    given = KEY.search(response.text)[1]
    person = session.query(Person).filter_by(username="zhao.yi").one()
    assert given not in client.get(f"/accounts/{person.id}").text
    newcomer = browser()
    assert newcomer.log_in("zhao.yi", given).status_code == 302
    assert newcomer.get("/account").location == "/account/password"
    assert session.query(AuditEntry).filter_by(action="account:create").one().text == "新建账号，角色：联络员"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"username": ""}, "请填写用户名"),
        ({"username": "x"}, "用户名须为2至64个字母、数字、汉字或 . _ - ，中间不留空格"),
        ({"username": "zhao yi"}, "用户名须为2至64个字母"),
        ({"username": "赵😀"}, "用户名须为2至64个字母"),
        ({"username": "x" * 65}, "用户名最多64字"),
        ({"username": "OFFICE"}, "用户名“OFFICE”已有人使用，请换一个"),
        ({"name": ""}, "请填写姓名"),
        ({"name": "赵" * 41}, "姓名最多40字"),
        ({"unit": "0"}, "联络员、单位负责人须选择所属单位"),
        ({"unit": "99999"}, "请重新选择单位"),
        ({"unit": "x"}, "请"),
        ({"roles": []}, "请至少选择一个角色"),
        ({"roles": ["king"]}, "请重新选择岗位角色"),
        ({"seats": ["office:99999"]}, "请重新选择联席会议角色"),
        ({"roles": ["admin", "liaison"]}, "管理员、审计员须与其他角色分开，请另建账号"),
        ({"roles": ["auditor", "admin"]}, "管理员、审计员须与其他角色分开，请另建账号"),
        ({"email": "zhao"}, "邮箱不完整，应如zhang@example.cn"),
    ],
)
def test_an_account_that_will_not_do_is_refused_in_words_and_the_input_kept(someone, session, new_person, typed, words):
    client = someone("admin")
    before = session.query(Person).count()
    response = client.submit("/accounts/new", **{**new_person, **typed})
    assert response.status_code == 422
    assert words in response.text
    assert "赵一" in response.text or "name" in typed
    assert session.query(Person).count() == before


@pytest.mark.parametrize("username", ["钱一", "qian-yi_2", "a.b"])
def test_a_username_may_be_chinese_and_signs_in(app, session, browser, username):
    service.create_person(
        session,
        actor=OPERATOR,
        username=username,
        name="钱一",
        unit_id=None,
        grants=[Grant(Role.ROUTER)],
        now=NOW,
        password=PASSWORD,
        must_change=False,
    )
    session.commit()
    client = browser()
    assert client.log_in(username).location == "/desk"
    assert client.get("/desk").status_code == 200


def test_a_change_of_unit_and_roles_counts_from_the_next_request(someone, session, world, liaison):
    client, theirs = someone("admin"), someone(liaison.username, "10.0.0.2")
    assert "县教育局" in theirs.get("/account").text
    county = world.mechanisms["county"].id
    typed = {"name": "钱二", "unit": str(world.units["SWJ"].id), "roles": ["liaison"], "seats": [f"recorder:{county}"], "email": ""}
    response = client.submit(f"/accounts/{liaison.id}/edit", **typed)
    assert response.location == f"/accounts/{liaison.id}"
    page = theirs.get("/account").text
    assert "示例县商务局" in page
    assert "记录员（联席会议）、联络员" in page
    assert grants(session, liaison.id) == {(Role.LIAISON, None), (Role.RECORDER, county)}
    said = session.query(AuditEntry).filter_by(action="account:edit").one().text
    assert said == (
        "修改账号：姓名由县教育局联络员改为钱二；邮箱由liaison-JYJ@example.org改为无；单位由县教育局改为县商务局；角色由联络员改为记录员（联席会议）、联络员"
    )
    assert said in client.get(f"/accounts/{liaison.id}").text


def test_a_role_for_all_joint_meetings_is_kept_when_something_else_is_changed(someone, session, world):
    person = session.merge(world.people["router"])
    person.grants = [RoleGrant(role=Role.OFFICE)]
    session.commit()
    client = someone("admin")
    page = client.get(f"/accounts/{person.id}/edit").text
    assert "各联席会议办公室" in page
    client.submit(f"/accounts/{person.id}/edit", name="新名字", unit="0", seats=["office:"], email="")
    assert grants(session, person.id) == {(Role.OFFICE, None)}


def test_two_editors_of_one_account_lose_nothing(someone, session, liaison):
    first, second = someone("admin"), someone("admin", "10.0.0.2")
    url = f"/accounts/{liaison.id}/edit"
    typed = {"unit": str(liaison.unit_id), "roles": ["liaison"], "email": ""}
    page = second.get(url).text
    first.submit(url, name="甲的改法", **typed)
    hidden = dict(re.findall(r'<input[^>]*name="(csrf_token|version)"[^>]*value="([^"]*)"', page))
    refused = second.post(url, data={**hidden, "name": "乙的改法", **typed})
    assert refused.status_code == 409
    assert "您写的内容没有丢失" in refused.text
    assert "甲的改法" in refused.text
    assert 'value="乙的改法"' in refused.text
    hidden = dict(re.findall(r'<input[^>]*name="(csrf_token|version)"[^>]*value="([^"]*)"', refused.text))
    assert second.post(url, data={**hidden, "name": "乙的改法", **typed}).status_code == 302
    session.refresh(liaison)
    assert liaison.name == "乙的改法"


def test_roles_alone_raise_the_version_too(app, session, admin, liaison):
    facts = {"name": liaison.name, "email": liaison.email, "unit_id": liaison.unit_id}
    service.edit_person(session, actor=admin, person_id=liaison.id, version=1, grants=[Grant(Role.UNIT_HEAD)], now=NOW, **facts)
    session.commit()
    with pytest.raises(Conflict):
        service.edit_person(session, actor=admin, person_id=liaison.id, version=1, grants=[Grant(Role.LIAISON)], now=NOW, **facts)


def test_disabling_keeps_somebody_out_at_once_and_enabling_lets_them_in_again(someone, browser, liaison):
    client, theirs = someone("admin"), someone(liaison.username, "10.0.0.2")
    page = client.get(f"/accounts/{liaison.id}/disable").text
    assert "当前登录1个，立即结束" in page
    assert client.submit(f"/accounts/{liaison.id}/disable").status_code == 302
    assert theirs.get("/account").location.startswith("/login")
    assert browser().log_in(liaison.username).status_code == 422
    client.submit(f"/accounts/{liaison.id}/enable", page=f"/accounts/{liaison.id}")
    assert theirs.get("/account").location.startswith("/login")
    assert browser().log_in(liaison.username).status_code == 302


def test_a_reset_password_is_shown_once_and_ends_every_session(someone, browser, liaison):
    client, theirs = someone("admin"), someone(liaison.username, "10.0.0.2")
    response = client.submit(f"/accounts/{liaison.id}/password")
    given = KEY.search(response.text)[1]
    assert theirs.get("/account").location.startswith("/login")
    assert browser().log_in(liaison.username).status_code == 422
    newcomer = browser("10.0.0.5")
    newcomer.log_in(liaison.username, given)
    assert newcomer.get("/account").location == "/account/password"


def test_sending_the_reset_form_twice_resets_once(someone, liaison):
    client = someone("admin")
    url = f"/accounts/{liaison.id}/password"
    hidden = dict(re.findall(r'<input[^>]*name="(csrf_token|version)"[^>]*value="([^"]*)"', client.get(url).text))
    assert client.post(url, data=hidden).status_code == 200
    assert client.post(url, data=hidden).status_code == 409


def test_a_lost_phone_is_forgotten_by_the_admin(someone, browser, session, liaison):
    liaison.totp_secret = "sealed"
    session.commit()
    client = someone("admin")
    assert client.submit(f"/accounts/{liaison.id}/totp").status_code == 302
    assert browser().log_in(liaison.username).location == "/desk"
    assert session.query(AuditEntry).filter_by(action="account:reset_totp").one().text == "解除动态验证码"


def test_an_admin_can_neither_step_down_nor_lock_themselves_out(app, someone, session, world):
    me = world.people["admin"].id
    client = someone("admin")
    page = client.submit(f"/accounts/{me}/edit", name="管理员", unit="0", roles=["router"], email="")
    assert page.status_code == 422
    assert "不能撤去自己的管理员角色，需要请另一位管理员办理" in page.text
    assert client.submit(f"/accounts/{me}/disable").status_code == 403
    assert f"/accounts/{me}/disable" not in client.get(f"/accounts/{me}").text
    assert client.get("/accounts").status_code == 200


ROUTER = [Grant(Role.ROUTER)]
WRITES = [
    lambda session, **by: service.create_person(session, username="a-b", name="x", unit_id=None, grants=ROUTER, **by),
    lambda session, **by: service.edit_person(
        session, person_id=1, version=1, name="x", email="", unit_id=None, grants=[Grant(Role.ROUTER)], **by
    ),
    lambda session, **by: service.reset_password(session, person_id=1, version=1, **by),
    lambda session, **by: service.reset_totp(session, person_id=1, version=1, **by),
    lambda session, **by: service.disable(session, person_id=1, version=1, **by),
    lambda session, **by: service.enable(session, person_id=1, version=1, **by),
    lambda session, **by: service.change_rules(session, rules=AccountRules(), version=0, **by),
    lambda session, **by: service.set_password(session, username="office", password=PASSWORD, **by),
]


def test_only_the_admin_writes_accounts_whoever_calls_the_service(app, session, world):
    others = [name for name in world.people if name != "admin"]
    for username in others:
        for write in WRITES:
            with pytest.raises(NotAllowed):
                write(session, actor=world.actor(session, username), now=NOW)


def test_what_is_done_to_nobody_is_not_found(app, session, admin):
    for write in (service.reset_password, service.reset_totp, service.disable, service.enable):
        with pytest.raises(NotFound):
            write(session, actor=admin, person_id=99_999, version=1, now=NOW)


def test_the_list_is_narrowed_by_words_role_and_state_and_nothing_is_a_pattern(app, session, world, liaison):
    def found(*sought, **more) -> set[str]:
        return {person.username for person in queries.listed(session, PeopleSought(*sought, **more)).people}

    liaison.disabled_at = NOW
    session.commit()
    assert found("教育") == {"liaison-JYJ", "head-JYJ"}
    assert found("HEAD-jyj") == {"head-JYJ"}
    assert found("%") == found("_______") == set()
    assert found(role=Role.AUDITOR) == {"auditor"}
    assert found(disabled=True) == {"liaison-JYJ"}
    assert found("教育", disabled=False) == {"head-JYJ"}
    assert found(unit_id=world.units["JYJ"].id) == {"liaison-JYJ", "head-JYJ"}


def test_the_list_turns_pages_forth_and_back_without_losing_anybody(app, session, world):
    everybody = sorted(world.people)
    pages, after = [], ""
    while True:
        page = queries.listed(session, PeopleSought(), after=after, limit=7)
        pages.append([person.username for person in page.people])
        if page.after is None:
            break
        after = page.after
    assert [name for names in pages for name in names] == everybody
    assert page.total == len(everybody)
    back = queries.listed(session, PeopleSought(), before=page.before, limit=7)
    assert [person.username for person in back.people] == pages[-2]
    first = queries.listed(session, PeopleSought(), before=pages[1][0], limit=7)
    assert (first.before, first.after) == (None, pages[0][-1])


QUERIES = ["q=%00", "q=%F0%9F%98%80", "q=" + "x" * 3000, "q=" + "%25" * 60, "after=%00x", "before=" + "x" * 300, "role=king", "state=x"]


def test_any_address_of_the_list_is_answered(someone):
    client = someone("admin")
    assert [query for query in QUERIES if client.get(f"/accounts?{query}").status_code != 200] == []


def test_the_list_costs_the_same_however_many_there_are(app, someone, session, world):
    client = someone("admin")
    client.get("/accounts")
    with statements() as few:
        client.get("/accounts")
    for number in range(300):
        grant = RoleGrant(role=Role.OFFICE, mechanism_id=world.mechanisms["county"].id)
        session.add(
            Person(username=f"more-{number}", name="某人", password_hash=PASSWORD_HASH, unit_id=world.units["JYJ"].id, grants=[grant])
        )
    session.commit()
    client.get("/accounts")
    with statements() as many:
        page = client.get("/accounts").text
    assert len(many) == len(few)
    assert page.count("<tr") <= queries.PAGE + 1


def rules(client, **typed):
    shown = dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([0-9]+)"', client.get("/accounts/rules").text))
    return client.submit("/accounts/rules", **{**shown, "password_profile": "length", **typed})


def test_the_rules_are_changed_and_count_at_once(someone, session):
    client = someone("admin")
    assert rules(client, password_profile="dengbao", idle_minutes="30", totp_roles=["auditor"]).status_code == 302
    assert queries.rules(session) == AccountRules(password_profile="dengbao", idle_minutes=30, totp_roles=(Role.AUDITOR,))
    entry = session.query(AuditEntry).filter_by(action="account:rules").one()
    assert entry.facts == {"password_profile": ["length", "dengbao"], "idle_minutes": [60, 30], "totp_roles": [[], ["auditor"]]}
    assert "大写字母、小写字母、数字、符号至少用三种" in client.get("/account/password").text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"idle_minutes": "1"}, "无操作自动退出（分钟）应在5至480之间"),
        ({"idle_minutes": "很久"}, "无操作自动退出（分钟）应为整数"),
        ({"tries": ""}, "同一账号在同一处连续不正确（次）"),
        ({"first_wait_minutes": "20", "longest_wait_minutes": "10"}, "最长等待不能短于首次等待"),
        ({"password_profile": "none"}, "请重新选择密码规则"),
    ],
)
def test_rules_that_will_not_do_are_refused_in_words(someone, session, typed, words):
    response = rules(someone("admin"), **typed)
    assert response.status_code == 422
    assert words in response.text
    assert session.get(Setting, AccountRules.KEY) is None


def test_two_editors_of_the_rules_see_both(someone, session):
    client = someone("admin")
    rules(client, idle_minutes="30")
    response = rules(client, idle_minutes="45", version="0")
    assert response.status_code == 409
    assert "您写的内容没有丢失" in response.text
    assert queries.rules(session).idle_minutes == 30


def test_an_empty_installation_gets_one_admin_who_must_change_the_password(app, session, browser):
    made = service.ensure_admin(session, username="root-admin", password="Kx7-mmPq-22Tz", now=NOW)
    assert service.ensure_admin(session, username="root-admin", password="another", now=NOW) is made
    session.commit()
    client = browser()
    assert client.log_in("root-admin", "Kx7-mmPq-22Tz").status_code == 302
    assert client.get("/accounts").location == "/account/password"


def test_the_operator_sets_a_password_by_the_rules_and_ends_every_session(app, session, someone, browser):
    office = someone("office")
    with pytest.raises(BadInput, match="密码至少10位"):
        service.set_password(session, actor=OPERATOR, username="office", password="short", now=NOW)
    with pytest.raises(BadInput, match="没有用户名为“nobody”的账号"):
        service.set_password(session, actor=OPERATOR, username="nobody", password="Kx7-mmPq-22Tz", now=NOW)
    service.set_password(session, actor=OPERATOR, username="office", password="Kx7-mmPq-22Tz", now=NOW, must_change=False)
    session.commit()
    assert office.get("/account").location.startswith("/login")
    assert browser().log_in("office", "Kx7-mmPq-22Tz").location == "/desk"
    assert session.query(LoginSession).filter(LoginSession.ended_at.is_(None)).count() == 1
    assert db.session.query(AuditEntry).filter_by(action="account:set_password").one().who == OPERATOR.name


def test_who_acts_for_a_unit_or_holds_a_role_leaves_disabled_people_out(app, session, world, liaison):
    unit, county = world.units["JYJ"].id, world.mechanisms["county"].id
    assert [person.username for person in queries.people_of_units(session, [unit])] == ["liaison-JYJ"]
    assert {p.username for p in queries.people_of_units(session, [unit], (Role.LIAISON, Role.UNIT_HEAD))} == {"liaison-JYJ", "head-JYJ"}
    assert [person.username for person in queries.people_in_role(session, Role.OFFICE, county)] == ["office"]
    liaison.disabled_at = NOW
    session.flush()
    assert queries.people_of_units(session, [unit]) == []
