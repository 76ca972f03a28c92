"""Every address of this feature, by every role."""

import pytest

from coordination.permissions import GRANTS, Permission
from models import Person, Role
from tests.accounts.conftest import HIDDEN

OWN = ["/account", "/account/password", "/account/confirm", "/account/totp"]
ADMIN = ["/accounts", "/accounts/new", "/accounts/rules", "/accounts/{id}", "/accounts/{id}/edit", "/accounts/{id}/disable"]
ADMIN += ["/accounts/{id}/password", "/accounts/{id}/totp"]
ACTS = ["/accounts/{id}/enable", "/accounts/{id}/disable", "/accounts/{id}/password", "/accounts/{id}/totp", "/accounts/{id}/edit"]
ACTS += ["/accounts/new", "/accounts/rules"]
PEOPLE = ["convenor", "deputy", "office", "recorder", "liaison-JYJ", "head-JYJ", "router", "approver", "auditor", "admin"]


def test_every_role_has_an_account_of_its_own_and_only_the_admin_has_everybodys():
    assert all(Permission.OWN_ACCOUNT in GRANTS[role] for role in Role)
    assert [role for role in Role if Permission.ACCOUNTS_EDIT in GRANTS[role]] == [Role.ADMIN]


@pytest.mark.parametrize("username", PEOPLE)
def test_each_role_opens_its_own_account_and_the_admin_all(sign_in, session, username):
    client = sign_in(username)
    other = session.query(Person).filter_by(username="head-GAJ").one().id
    assert {page: client.get(page).status_code for page in OWN} == dict.fromkeys(OWN, 200)
    status = 200 if username == "admin" else 403
    pages = [page.format(id=other) for page in ADMIN]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, status)
    if username != "admin":
        token = dict(HIDDEN.findall(client.get("/account").text))["csrf_token"]
        acts = [page.format(id=other) for page in ACTS]
        sent = {page: client.post(page, data={"csrf_token": token, "version": 1}).status_code for page in acts}
        assert sent == dict.fromkeys(acts, 403)
        assert ("账号</span>" in client.get("/account").text) is False


def test_who_is_not_signed_in_opens_none_of_them(browser):
    client = browser()
    for page in [*OWN, *(page.format(id=1) for page in ADMIN)]:
        assert client.get(page).location.startswith("/login?next="), page
    token = dict(HIDDEN.findall(client.get("/login").text))["csrf_token"]
    for page in ["/account/sessions", *(page.format(id=1) for page in ACTS)]:
        assert client.post(page, data={"csrf_token": token}).location.startswith("/login"), page


def test_an_account_that_does_not_exist_is_not_found_whatever_is_asked(sign_in):
    client = sign_in("admin")
    token = dict(HIDDEN.findall(client.get("/account").text))["csrf_token"]
    for page in [page.format(id=99_999) for page in ADMIN if "{id}" in page]:
        assert client.get(page).status_code == 404, page
    for page in [page.format(id=99_999) for page in ACTS if "{id}" in page]:
        assert client.post(page, data={"csrf_token": token, "version": 1}).status_code == 404, page


def test_a_refusal_is_written_to_the_security_log(app, sign_in):
    sign_in("office").get("/accounts")
    log = (app.config["CONFIG"].instance / "security.log").read_text(encoding="utf-8")
    assert "refused GET endpoint=accounts.people person=office" in log


def test_every_form_of_this_feature_needs_its_token(sign_in, session):
    client = sign_in("admin")
    other = session.query(Person).filter_by(username="head-GAJ").one().id
    for page in ["/account/sessions", "/account/password", "/account/confirm", "/account/totp", "/logout", *ACTS]:
        response = client.post(page.format(id=other), data={"version": 1})
        assert response.status_code == 400, page
        assert "请返回上一页，刷新后再试" in response.text
