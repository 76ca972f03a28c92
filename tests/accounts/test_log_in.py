"""Signing in and out in a browser."""

from datetime import timedelta

import pyotp
import pytest
import time_machine

from coordination import crypto
from coordination.accounts import sessions, totp
from models import AuditEntry, LoginSession, Person
from tests.accounts.conftest import PASSWORD
from tests.world import NOW

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def with_totp(session, liaison) -> Person:
    """The education bureau's liaison, who uses one-time codes."""
    liaison.totp_secret = totp.seal(SECRET)
    session.commit()
    return liaison


def code(at=NOW) -> str:
    return pyotp.TOTP(SECRET).at(int(at.timestamp()))


def cookie(client, name: str) -> str | None:
    found = client.get_cookie(name)
    return found.value if found else None


def test_the_right_password_opens_the_desk_and_is_entered_in_the_ledger(browser, session):
    client = browser()
    response = client.log_in("office")
    assert (response.status_code, response.location) == (302, "/desk")
    assert client.get("/desk").status_code == 200
    entry = session.query(AuditEntry).one()
    assert (entry.action, entry.text) == ("session:open", "登录")


WRONG = [
    ("office", "wrong"),
    ("OFFICE", PASSWORD),
    ("nobody", PASSWORD),
    ("😀", PASSWORD),
    ("联络员\u202e", PASSWORD),
    ("of\x00fice-", PASSWORD),
    ("office'--", PASSWORD),
    ("office", " " + PASSWORD),
    ("office", "\x00"),
]


def test_whatever_is_wrong_is_refused_with_the_same_words(browser):
    for username, password in WRONG:
        response = browser().log_in(username, password)
        assert response.status_code == 422, username
        assert sessions.WRONG in response.text
        assert "出错：登录" in response.text


@pytest.mark.parametrize(
    ("username", "password", "words"),
    [
        ("", "", ["请填写用户名", "请填写密码"]),
        ("x" * 65, PASSWORD, ["用户名最多64字"]),
        ("office", "x" * 129, ["密码最多128位"]),
    ],
)
def test_an_unfinished_form_says_what_is_missing(browser, username, password, words):
    response = browser().log_in(username, password)
    assert response.status_code == 422
    assert [word for word in words if word not in response.text] == []


def test_a_disabled_account_is_refused_like_a_wrong_password(browser, session, liaison):
    liaison.disabled_at = NOW
    session.commit()
    response = browser().log_in(liaison.username)
    assert response.status_code == 422
    assert sessions.WRONG in response.text


def test_after_five_failures_the_page_says_until_when_to_wait(browser):
    client = browser()
    answers = [client.log_in("office", "wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429] * 2
    assert "连续多次不正确，为防他人猜测密码，请于" in answers[-1].text


def test_a_form_without_its_token_is_refused_in_words(browser, session):
    client = browser()
    client.get("/login")
    response = client.post("/login", data={"username": "office", "password": PASSWORD})
    assert response.status_code == 400
    assert "本页停留过久或已在别处退出" in response.text
    assert session.query(LoginSession).count() == 0


def test_the_cookie_changes_at_log_in_and_what_was_planted_before_is_worth_nothing(browser, session):
    planted, victim = browser(), browser()
    planted.get("/login")
    before = cookie(planted, "session")
    victim.set_cookie("session", before)
    victim.log_in("office")
    assert cookie(victim, "session") != before
    assert planted.get("/account").location.startswith("/login")


def test_signing_in_as_somebody_else_ends_the_session_this_browser_had(browser, session):
    client = browser()
    client.log_in("office")
    old = cookie(client, "session")
    page = client.get("/account").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/login", data={"csrf_token": token, "username": "convenor", "password": PASSWORD})
    assert "召集人" in client.get("/account").text
    thief = browser()
    thief.set_cookie("session", old)
    assert thief.get("/account").location.startswith("/login")


def test_who_is_signed_in_already_is_led_past_the_log_in_page(someone):
    assert someone("office").get("/login?next=/accounts").location == "/accounts"


def test_logging_out_ends_the_session_at_once_also_for_a_copied_cookie(browser, someone):
    office = someone("office")
    copied = browser()
    copied.set_cookie("session", cookie(office, "session"))
    assert copied.get("/account").status_code == 200
    assert office.submit("/logout", page="/account").location == "/login"
    assert "已退出。" in office.get("/login").text
    assert copied.get("/account").location.startswith("/login")
    assert office.get("/account").location.startswith("/login")


def test_logging_out_is_a_form_and_harms_nobody_who_is_out_already(browser):
    client = browser()
    assert client.get("/logout").status_code == 405
    assert client.submit("/logout", page="/login").location == "/login"


def test_a_session_lasts_as_long_as_the_rules_say_however_busy(browser, session):
    with time_machine.travel(NOW, tick=False) as traveller:
        client = browser()
        client.log_in("office")
        for _ in range(23):
            traveller.shift(timedelta(minutes=30))
            assert client.get("/account").status_code == 200
        traveller.shift(timedelta(minutes=30))
        assert client.get("/account").location.startswith("/login")


def test_the_pages_before_and_behind_the_log_in_are_kept_nowhere(browser, someone):
    assert browser().get("/login").headers["Cache-Control"] == "no-store"
    assert someone("office").get("/account").headers["Cache-Control"] == "no-store"


def test_the_cookies_are_out_of_reach_of_scripts_and_other_sites(browser):
    client = browser()
    response = client.log_in("office")
    for header in response.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in header
        assert "SameSite=Lax" in header


def test_with_one_time_codes_the_password_alone_opens_nothing(browser, with_totp):
    with time_machine.travel(NOW, tick=False):
        client = browser()
        response = client.log_in(with_totp.username, to="/account")
        assert response.location == "/login/code?next=/account"
        assert client.get("/account").location.startswith("/login")
        response = client.submit(response.location, code=code())
        assert response.location == "/account"
        assert client.get("/account").status_code == 200


def test_a_one_time_code_is_taken_once(browser, with_totp):
    with time_machine.travel(NOW, tick=False) as traveller:
        first, second = browser(), browser("10.0.0.2")
        for client in (first, second):
            client.log_in(with_totp.username)
        assert first.submit("/login/code", code=code()).status_code == 302
        again = second.submit("/login/code", code=code())
        assert again.status_code == 422
        assert sessions.WRONG_CODE in again.text
        before = code(NOW - timedelta(seconds=30))
        assert second.submit("/login/code", code=before).status_code == 422
        traveller.shift(timedelta(seconds=30))
        assert second.submit("/login/code", code=code(NOW + timedelta(seconds=30))).status_code == 302


def test_a_code_is_six_digits_however_they_are_spaced_or_typed(browser, with_totp):
    full_width = str.maketrans("0123456789", "０１２３４５６７８９")
    with time_machine.travel(NOW, tick=False) as traveller:
        client = browser()
        client.log_in(with_totp.username)
        for typed in ("", "abcdef", "12345", "1234567"):
            response = client.submit("/login/code", code=typed)
            assert response.status_code == 422, typed
            assert "动态验证码" in response.text
        assert client.submit("/login/code", code="000000").status_code == 422
        assert client.submit("/login/code", code=f" {code()[:3]} {code()[3:]} ").status_code == 302
        traveller.shift(timedelta(minutes=1))
        client = browser()
        client.log_in(with_totp.username)
        assert client.submit("/login/code", code=code(NOW + timedelta(minutes=1)).translate(full_width)).status_code == 302


def test_wrong_codes_must_wait_like_wrong_passwords(browser, with_totp):
    with time_machine.travel(NOW, tick=False):
        client = browser()
        client.log_in(with_totp.username)
        answers = [client.submit("/login/code", code="000000").status_code for _ in range(5)]
        assert answers == [422] * 4 + [429]
        assert client.submit("/login/code", code=code()).status_code == 429


def test_the_code_must_follow_within_five_minutes_and_before_the_password_changes(browser, with_totp, session):
    with time_machine.travel(NOW, tick=False) as traveller:
        late, overtaken = browser(), browser()
        late.log_in(with_totp.username)
        traveller.shift(timedelta(minutes=5, seconds=1))
        response = late.submit("/login/code", code=code(NOW + timedelta(minutes=5, seconds=1)))
        assert response.location == "/login"
        assert "已超过5分钟，请重新输入用户名和密码。" in late.get("/login").text
        overtaken.log_in(with_totp.username)
        session.get_one(Person, with_totp.id).password_hash += "x"
        session.commit()
        assert overtaken.submit("/login/code", code=code(NOW + timedelta(minutes=5, seconds=1))).location == "/login"


def test_without_a_password_before_it_the_code_page_leads_to_log_in(browser):
    assert browser().get("/login/code").location == "/login"


def test_the_secret_of_one_time_codes_does_not_lie_in_clear(with_totp):
    assert SECRET not in with_totp.totp_secret
    assert crypto.decrypt("totp", with_totp.totp_secret) == SECRET
