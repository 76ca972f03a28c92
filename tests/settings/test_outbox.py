"""Mails go out once, from rows, over a real SMTP connection; what fails is tried again, given up with its reason, told to the admins."""

import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from coordination import crypto, notices
from coordination.settings import outbox, service
from coordination.transaction import engine_options, transaction
from models import Mail, Notice, Setting
from models.errors import IllegalMove, NotAllowed
from tests.settings.mailbox import Mailbox, Server, certificate, server_side
from tests.world import NOW, World

# The mail server of the tests warns of what these tests do on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def serve(box: Mailbox) -> Iterator[Callable[..., int]]:
    """``serve(**options)``: start the mail server, returning its port."""
    running: list[Server] = []

    def start(**options: object) -> int:
        running.append(Server(box, hostname="127.0.0.1", port=0, **options))
        running[-1].start()
        return running[-1].port

    yield start
    for server in running:
        server.stop()


def configure(port: int, **more: object) -> None:
    value = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "notify@example.org", "username": "", **more}
    with transaction() as session:
        session.merge(Setting(key="mail", value=value, changed_at=NOW))


def owe(world: World, *usernames: str, title: str = "催办：备案清单", path: str = "/tasks/7") -> list[int]:
    """Owe a notice with a mail; returns the ids of the mails."""
    with transaction() as session:
        people = [session.merge(world.people[name]) for name in usernames]
        facts = {"kind": "task_urge", "subject": f"task:{title}", "path": path, "now": NOW}
        notices.owe(session, people=people, title=title, text="“备案清单”已逾期1个工作日。\n请填报进展。", **facts)
        return list(session.scalars(select(Mail.id).where(Mail.sent_at.is_(None)).order_by(Mail.id)))


def deliver(mail_id: int, now: datetime = NOW) -> bool:
    with transaction() as session:
        return outbox.deliver(session, mail_id=mail_id, now=now)


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_mail_says_who_what_and_where(session, world, serve, box):
    configure(serve())
    with transaction() as writing:
        writing.add(Setting(key="site_url", value="https://lxhy.example.org/", changed_at=NOW))
    (mail_id,) = owe(world, "liaison-JYJ")
    assert outbox.due(session, NOW) == [mail_id]
    assert deliver(mail_id)
    (mail,) = box.mails
    row = session.get(Mail, mail_id)
    assert (row.sent_at, row.last_error, row.attempts) == (NOW, "", 1)
    assert mail["Subject"] == "【示例县消保联席会议平台】催办：备案清单"
    assert mail["From"] == "示例县消保联席会议平台 <notify@example.org>"
    assert mail["To"] == "liaison-JYJ@example.org"
    assert mail["Message-ID"] == row.message_id
    assert mail["Date"] == "Thu, 18 Jun 2026 09:00:00 +0800"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n") == (
        "县教育局联络员：\n\n“备案清单”已逾期1个工作日。\n请填报进展。\n\n办理：https://lxhy.example.org/tasks/7\n\n"
        "——\n示例县消保联席会议平台\n本邮件由平台自动发出，请勿回复。\n"
    )


def test_a_mail_sent_is_not_sent_again(session, world, serve, box):
    configure(serve())
    (mail_id,) = owe(world, "liaison-JYJ")
    assert deliver(mail_id)
    assert outbox.due(session, NOW + timedelta(days=1)) == []
    assert not deliver(mail_id, NOW + timedelta(days=1))
    assert len(box.raw) == 1


def test_a_copy_sent_twice_by_a_crash_is_the_same_mail(session, world, serve, box):
    configure(serve())
    (mail_id,) = owe(world, "liaison-JYJ")

    def send_and_crash() -> None:
        with transaction() as writing:
            outbox.deliver(writing, mail_id=mail_id, now=NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_and_crash()
    assert outbox.due(session, NOW) == []
    later = NOW + timedelta(minutes=1)
    assert outbox.due(session, later) == [mail_id]
    assert deliver(mail_id, later)
    assert len(box.raw) == 2
    assert box.raw[0] == box.raw[1]


def test_nothing_is_locked_while_the_server_takes_its_time(session, database_url, world, serve, box):
    configure(serve())
    (mail_id,) = owe(world, "liaison-JYJ")
    other = create_engine(database_url, **engine_options(database_url))

    def write_elsewhere() -> None:
        with other.begin() as connection:
            connection.execute(text("UPDATE person SET name = '改名' WHERE username = 'admin'"))
            seen.append(connection.execute(text("SELECT attempts FROM mail")).scalar())

    seen: list[int] = []
    box.while_taking = write_elsewhere
    assert deliver(mail_id)
    other.dispose()
    assert seen == [1]


def test_two_processes_never_take_the_same_mail(session, database_url, world, serve, box):
    configure(serve())
    (mail_id,) = owe(world, "liaison-JYJ")
    assert outbox.due(session, NOW) == [mail_id]
    session.commit()
    box.while_taking = lambda: taken_elsewhere.append(deliver_elsewhere())
    taken_elsewhere: list[bool] = []
    other = create_engine(database_url, **engine_options(database_url))

    def deliver_elsewhere() -> bool:
        with Session(other) as elsewhere:
            return outbox.deliver(elsewhere, mail_id=mail_id, now=NOW)

    assert deliver(mail_id)
    other.dispose()
    assert taken_elsewhere == [False]
    assert len(box.raw) == 1


def test_what_fails_is_tried_again_ever_later_and_given_up_after_eight_attempts(session, world):
    configure(free_port())
    (mail_id,) = owe(world, "liaison-JYJ")
    now, waited = NOW, []
    while session.get(Mail, mail_id).given_up_at is None:
        assert outbox.due(session, now) == [mail_id]
        assert not deliver(mail_id, now)
        row = session.get(Mail, mail_id)
        assert not outbox.due(session, row.next_try_at - timedelta(seconds=1))
        waited.append((row.next_try_at - now).total_seconds() / 60)
        now = row.next_try_at
    assert waited[:7] == [1, 5, 15, 60, 240, 480, 960]
    assert session.get(Mail, mail_id).attempts == 8
    assert session.get(Mail, mail_id).last_error == "连不上发信服务器，请核对地址和端口"
    assert outbox.due(session, now + timedelta(days=30)) == []


def test_a_recipient_refused_for_good_is_given_up_at_once_and_the_others_go(session, world, serve, box):
    configure(serve())
    box.answers["liaison-JYJ@example.org"] = "550 没有这个用户"
    first, second = owe(world, "liaison-JYJ", "liaison-SWJ")
    assert [deliver(first), deliver(second)] == [False, True]
    row = session.get(Mail, first)
    assert row.given_up_at == NOW
    assert row.last_error == "收件地址被拒收（550 没有这个用户）"
    assert [mail["To"] for mail in box.mails] == ["liaison-SWJ@example.org"]


def test_a_recipient_refused_for_now_is_tried_again(session, world, serve, box):
    configure(serve())
    box.answers["liaison-JYJ@example.org"] = "450 mailbox busy"
    (mail_id,) = owe(world, "liaison-JYJ")
    assert not deliver(mail_id)
    assert session.get(Mail, mail_id).given_up_at is None
    box.answers.clear()
    assert deliver(mail_id, NOW + timedelta(minutes=1))


def test_without_a_mail_server_nothing_leaves_and_nothing_is_lost(session, world, serve, box):
    configure(serve())
    (mail_id,) = owe(world, "liaison-JYJ")
    with transaction() as writing:
        writing.get(Setting, "mail").value = {"host": ""}
    assert outbox.due(session, NOW) == []
    assert not deliver(mail_id)
    assert session.get(Mail, mail_id).attempts == 0
    assert box.raw == []


def test_an_address_that_is_none_is_given_up_with_its_reason(session, world, serve):
    configure(serve())
    (mail_id,) = owe(world, "liaison-JYJ")
    with transaction() as writing:
        writing.get(Mail, mail_id).address = "没有地址\nBcc: other@example.org"
    assert not deliver(mail_id)
    row = session.get(Mail, mail_id)
    assert (row.given_up_at, row.last_error) == (NOW, "收件地址有误，请在账号中更正")


def test_a_sender_that_is_none_is_said_and_tried_again(session, world, serve):
    configure(serve(), sender="")
    (mail_id,) = owe(world, "liaison-JYJ")
    assert not deliver(mail_id)
    row = session.get(Mail, mail_id)
    assert (row.given_up_at, row.last_error) == (None, "发件人地址有误，请更正发信服务器设置")


def test_a_title_cannot_add_headers(session, world, serve, box):
    configure(serve())
    (mail_id,) = owe(world, "liaison-JYJ", title="催办\r\nBcc: other@example.org")
    assert deliver(mail_id)
    (mail,) = box.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "【示例县消保联席会议平台】催办 Bcc: other@example.org"


@pytest.mark.parametrize(("security", "option"), [("starttls", "tls_context"), ("ssl", "ssl_context")])
def test_a_mail_goes_encrypted_with_a_name_and_a_sealed_password(session, world, serve, box, tmp_path, monkeypatch, security, option):
    file = certificate(tmp_path)
    port = serve(**{option: server_side(file)}, authenticator=box.check, auth_required=True, auth_require_tls=security == "starttls")
    server = service.MailServer("127.0.0.1", port, security, "notify@example.org", "notifier", "secret-1")
    with transaction() as writing:
        service.change_mail(writing, actor=world.actor(writing, "admin"), server=server, seen=0, now=NOW)
    assert "secret-1" not in str(session.get(Setting, "mail").value)
    (mail_id,) = owe(world, "liaison-JYJ")
    assert not deliver(mail_id)
    assert session.get(Mail, mail_id).last_error == "与发信服务器不能建立加密连接，请核对加密方式和证书"
    assert box.logins == []
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert deliver(mail_id, NOW + timedelta(minutes=1))
    assert box.logins == [("notifier", "secret-1")]


def test_where_encryption_was_asked_for_nothing_goes_in_clear(session, world, serve, box):
    configure(serve(), security="starttls")
    (mail_id,) = owe(world, "liaison-JYJ")
    assert not deliver(mail_id)
    assert session.get(Mail, mail_id).last_error == "发信服务器不支持所选的加密或登录方式"
    assert box.raw == []


def test_a_wrong_password_and_a_password_of_another_key_are_told_in_words(session, world, serve, box):
    port = serve(authenticator=box.check, auth_required=True, auth_require_tls=False)
    configure(port, username="notifier", password=crypto.encrypt("mail", "wrong"))
    first, second = owe(world, "liaison-JYJ", "liaison-SWJ")
    assert not deliver(first)
    assert session.get(Mail, first).last_error.startswith("发信服务器不接受用户名或密码（535")
    configure(port, username="notifier", password="sealed elsewhere")
    assert not deliver(second)
    assert session.get(Mail, second).last_error == "密码不能解开或地址有误，请重新填写发信服务器设置"


def give_up(world: World, box: Mailbox, *usernames: str, now: datetime = NOW) -> None:
    """Mails to these people are refused for good."""
    ids = owe(world, *usernames, title=f"催办{now.isoformat()}")
    box.answers.update({f"{name}@example.org": "550 unknown" for name in usernames})
    for mail_id in ids:
        deliver(mail_id, now)


def summaries(session: Session) -> list[Notice]:
    return list(session.scalars(select(Notice).where(Notice.kind == outbox.FAILURES).order_by(Notice.id)))


def tell(now: datetime) -> int:
    with transaction() as session:
        return outbox.owe_failure_summary(session, now)


def test_admins_are_told_once_a_day_what_could_not_be_sent(session, world, serve, box):
    configure(serve())
    assert tell(NOW) == 0
    give_up(world, box, "liaison-JYJ", "liaison-SWJ")
    assert [tell(NOW), tell(NOW + timedelta(hours=1))] == [1, 0]
    (notice,) = summaries(session)
    assert notice.person.username == "admin"
    assert notice.title == "有2封通知邮件未能发出"
    assert "收件地址被拒收（550 unknown）：2封" in notice.text
    assert tell(NOW + timedelta(days=1)) == 0


def test_a_missed_day_is_caught_up_and_a_summary_is_no_reason_for_another(session, world, serve, box):
    configure(serve())
    give_up(world, box, "liaison-JYJ")
    assert tell(NOW + timedelta(days=3)) == 1
    give_up(world, box, "admin", now=NOW + timedelta(days=4))
    (own,) = session.scalars(select(Mail).join(Notice).where(Notice.kind == outbox.FAILURES))
    assert own.given_up_at is not None
    assert tell(NOW + timedelta(days=5)) == 1
    assert [notice.title for notice in summaries(session)] == ["有1封通知邮件未能发出"] * 2
    with transaction() as writing:
        writing.get(Mail, own.id).given_up_at = NOW + timedelta(days=6)
    assert tell(NOW + timedelta(days=6)) == 0


def test_an_admin_sends_again_what_was_given_up(session, world, serve, box):
    configure(serve())
    give_up(world, box, "liaison-JYJ")
    (mail_id,) = session.scalars(select(Mail.id))
    box.answers.clear()
    later = NOW + timedelta(days=1)
    with transaction() as writing, pytest.raises(NotAllowed):
        service.send_again(writing, actor=world.actor(writing, "auditor"), mail_ids=[mail_id], now=later)
    with transaction() as writing:
        assert service.send_again(writing, actor=world.actor(writing, "admin"), mail_ids=[mail_id], now=later) == 1
    assert outbox.due(session, later) == [mail_id]
    assert deliver(mail_id, later)
    with transaction() as writing, pytest.raises(IllegalMove, match="已发出或仍在等待发送"):
        service.send_again(writing, actor=world.actor(writing, "admin"), mail_ids=[mail_id], now=later)


def test_a_test_mail_goes_to_the_admin_who_asked(session, world, serve, box):
    with transaction() as writing, pytest.raises(IllegalMove, match="尚未配置发信服务器"):
        service.owe_test_mail(writing, actor=world.actor(writing, "admin"), now=NOW)
    configure(serve())
    with transaction() as writing:
        mail_id = service.owe_test_mail(writing, actor=world.actor(writing, "admin"), now=NOW)
    assert deliver(mail_id)
    assert [(mail["To"], mail["Subject"]) for mail in box.mails] == [("admin@example.org", "【示例县消保联席会议平台】测试邮件")]


def test_the_outbox_is_told_in_numbers(session, world, serve, box):
    configure(serve())
    assert outbox.summary(session).oldest_waiting is None
    give_up(world, box, "liaison-JYJ")
    owe(world, "liaison-SWJ")
    counted = outbox.summary(session)
    assert (counted.waiting, counted.given_up, counted.oldest_waiting) == (1, 1, NOW)
