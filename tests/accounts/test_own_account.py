"""What people do to their own accounts."""

from datetime import timedelta

import pyotp
import pytest
import time_machine

from coordination.accounts import passwords, sessions
from models import AccountRules, AuditEntry, PasswordProfile, Person, Setting
from tests.accounts.conftest import HIDDEN, PASSWORD
from tests.world import NOW

NEW = "zhongqiu-jie-925"


def setting(session, **values) -> None:
    """Rules of log-in other than the defaults."""
    session.add(Setting(key=AccountRules.KEY, value=values, changed_at=NOW))
    session.commit()


def change(client, current=PASSWORD, new=NEW, again=None):
    return client.submit("/account/password", current=current, new=new, again=new if again is None else again)


def test_a_new_password_ends_every_session_at_once_and_keeps_this_browser_in(someone, browser, session):
    here, elsewhere = someone("office"), someone("office", "10.0.0.2")
    copied = browser()
    copied.set_cookie("session", here.get_cookie("session").value)
    response = change(here)
    assert response.location == "/desk"
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").location.startswith("/login")
    assert copied.get("/account").location.startswith("/login")
    assert browser().log_in("office").status_code == 422
    assert browser().log_in("office", NEW).status_code == 302
    assert [entry.text for entry in session.query(AuditEntry) if entry.action.startswith("account:")] == ["修改密码"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"current": "wrong"}, sessions.WRONG_PASSWORD),
        ({"again": "another-one-99"}, "两次填写的新密码不一致"),
        ({"new": PASSWORD}, "新密码与原密码相同，请换一个"),
        ({"new": "short-1"}, "密码至少10位，现为7位"),
        ({"new": "my-office-2026"}, "密码不能含有用户名或姓名"),
        ({"new": "password2026"}, "密码过于常见，请换一个"),
        ({"new": "x" * 129}, "新密码最多128位"),
        ({"current": ""}, "请填写原密码"),
    ],
)
def test_a_new_password_that_will_not_do_is_refused_in_words_and_nothing_changes(someone, session, typed, words):
    client = someone("office")
    response = change(client, **typed)
    assert response.status_code == 422
    assert words in response.text
    kept = session.query(Person).filter_by(username="office").one().password_hash
    assert passwords.matches(kept, PASSWORD)
    assert client.get("/account").status_code == 200


def test_guessing_the_current_password_at_an_unlocked_computer_must_wait(someone):
    client = someone("office")
    answers = [change(client, current="wrong").text for _ in range(5)]
    assert sessions.WRONG_PASSWORD in answers[3]
    assert "请于" in answers[4]
    assert change(client).status_code == 422


def test_who_was_given_a_password_can_open_nothing_before_changing_it(someone, session, liaison):
    liaison.must_change_password = True
    session.commit()
    client = someone(liaison.username)
    for page in ("/desk", "/account", "/account/totp", "/account/confirm"):
        assert client.get(page).location == "/account/password"
    assert "现用的密码是临时的或已到期，修改后方可继续。" in client.get("/account/password").text
    change(client)
    assert client.get("/account").status_code == 200


def test_under_dengbao_a_password_of_ninety_days_must_be_changed(someone, session, liaison):
    setting(session, password_profile=PasswordProfile.DENGBAO)
    liaison.password_changed_at = NOW
    session.commit()
    with time_machine.travel(NOW, tick=False) as traveller:
        traveller.shift(timedelta(days=89, hours=23))
        client = someone(liaison.username)
        assert client.get("/account").status_code == 200
        traveller.shift(timedelta(hours=1))
        assert client.get("/account").location == "/account/password"
        assert "密码须含大写字母、小写字母、数字、符号中的至少三种" in change(client, new="zhongqiujie925").text
        change(client, new="Zhongqiu925")
        assert client.get("/account").status_code == 200


def test_one_sees_ones_own_sessions_and_ends_the_others(someone):
    here, elsewhere = someone("office"), someone("office", "10.0.0.2")
    stranger = someone("convenor", "10.0.0.3")
    page = here.get("/account").text
    assert "10.0.0.2" in page
    assert "10.0.0.3" not in page
    assert "结束其他登录1个" in page
    assert here.submit("/account/sessions", page="/account").location == "/account"
    assert "已结束其他登录1个" in here.get("/account").text
    assert elsewhere.get("/account").location.startswith("/login")
    assert stranger.get("/account").status_code == 200


def test_the_password_given_at_log_in_counts_for_half_an_hour_then_is_asked_again(app, someone):
    with time_machine.travel(NOW, tick=False) as traveller:
        client = someone("office")
        assert client.get("/account/totp").status_code == 200
        traveller.shift(timedelta(minutes=30, seconds=1))
        response = client.get("/account/totp")
        assert response.location == "/account/confirm?next=/account/totp"
        wrong = client.submit(response.location, password="wrong")
        assert (wrong.status_code, sessions.WRONG_PASSWORD in wrong.text) == (422, True)
        assert client.submit(response.location, password=PASSWORD).location == "/account/totp"
        assert client.get("/account/totp").status_code == 200
        assert client.submit("/account/confirm?next=//example.org/", password=PASSWORD).location == "/desk"


def test_confirming_is_for_this_session_only_and_in_the_ledger(someone, session):
    with time_machine.travel(NOW, tick=False) as traveller:
        here, elsewhere = someone("office"), someone("office", "10.0.0.2")
        traveller.shift(timedelta(hours=1))
        here.submit("/account/confirm", password=PASSWORD)
        assert here.get("/account/totp").status_code == 200
        assert elsewhere.get("/account/totp").location == "/account/confirm?next=/account/totp"
    assert session.query(AuditEntry).filter_by(action="session:confirm").count() == 1


def offered(client) -> dict[str, str]:
    """The hidden fields of the page that offers a secret, and the secret it shows."""
    page = client.get("/account/totp").text
    secret = "".join(page.split("手工输入密钥：<b>")[1].split("</b>")[0].split())
    return {**dict(HIDDEN.findall(page)), "secret": secret}


def test_one_time_codes_are_set_up_with_a_first_code_and_given_up_with_another(someone, browser, session, liaison):
    with time_machine.travel(NOW, tick=False) as traveller:
        client = someone(liaison.username)
        form = offered(client)
        otp = pyotp.TOTP(form.pop("secret"))
        wrong = client.post("/account/totp", data={**form, "code": "000000"})
        assert wrong.status_code == 422
        assert "验证码不正确。请核对手机时间是否准确" in wrong.text
        assert form["offered"] in wrong.text
        first = otp.at(int(NOW.timestamp()))
        assert client.post("/account/totp", data={**form, "code": first}).location == "/account"
        assert "已启用" in client.get("/account").text
        other = browser()
        other.log_in(liaison.username)
        assert other.submit("/login/code", code=first).status_code == 422
        assert client.submit("/account/totp", code=first).status_code == 422
        traveller.shift(timedelta(seconds=30))
        assert client.submit("/account/totp", code=otp.now()).location == "/account"
        assert browser().log_in(liaison.username).location == "/desk"
    assert [entry.text for entry in session.query(AuditEntry) if entry.action.endswith("totp")] == ["启用动态验证码", "停用动态验证码"]


def test_a_secret_offered_to_somebody_else_is_not_taken(someone, session):
    convenor, office = someone("convenor"), someone("office", "10.0.0.2")
    theirs, mine = offered(convenor), offered(office)
    code = pyotp.TOTP(theirs["secret"]).now()
    response = office.post("/account/totp", data={**mine, "offered": theirs["offered"], "code": code})
    assert response.status_code == 422
    assert office.post("/account/totp", data={**mine, "offered": "made up", "code": code}).status_code == 422
    assert session.query(Person).filter(Person.totp_secret.is_not(None)).count() == 0


def test_the_picture_is_drawn_here_and_the_page_asks_nobody_else(someone):
    page = someone("office").get("/account/totp").text
    assert '<img src="data:image/svg+xml' in page


def test_a_role_that_must_use_codes_sets_them_up_before_anything_else(someone, session):
    with time_machine.travel(NOW, tick=False) as traveller:
        admin, office = someone("admin"), someone("office", "10.0.0.2")
        setting(session, totp_roles=["admin"])
        assert admin.get("/accounts").location == "/account/totp"
        assert admin.get("/account/password").status_code == 200
        assert office.get("/account").status_code == 200
        form = offered(admin)
        otp = pyotp.TOTP(form.pop("secret"))
        admin.post("/account/totp", data={**form, "code": otp.now()})
        assert admin.get("/accounts").status_code == 200
        traveller.shift(timedelta(seconds=30))
        assert "您的角色须使用动态验证码，不能停用。" in admin.get("/account/totp").text
        assert admin.post("/account/totp", data={**form, "code": otp.now()}).status_code == 403
