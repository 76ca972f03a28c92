"""The outbox: mails that are owed go out one by one, row → send → mark.

What a mail says, its Message-ID and its Date follow from its row alone: a copy sent twice by a crash is the same mail, and is recognised.
Only the mail server the office has configured is ever spoken to.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coordination import crypto, notices
from coordination.accounts.queries import people_in_role
from coordination.config import ROOT
from coordination.settings.queries import OutboxCount, outbox_count, setting
from models import Mail, Notice, Role
from models.calendar import SHANGHAI, local_date

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 960))  # after the first, second, … attempt
MOST_ATTEMPTS = len(WAITS) + 1
SECONDS = 15  # how long a mail server may take for one answer
AT_ONCE = 50  # how many mails one run takes on
HELO = "coordination.local"
FAILURES = "mail_failures"

_templates = Environment(loader=FileSystemLoader(ROOT / "templates" / "notices"), undefined=StrictUndefined, trim_blocks=True)


def due(session: Session, now: datetime) -> list[int]:
    """Ids of the mails to be tried now, the longest waiting first; none while no mail server is configured."""
    if notices.mail_settings(session) is None:
        return []
    waiting = (Mail.sent_at.is_(None), Mail.given_up_at.is_(None), Mail.next_try_at <= now)
    return list(session.scalars(select(Mail.id).where(*waiting).order_by(Mail.next_try_at, Mail.id).limit(AT_ONCE)))


def deliver(session: Session, *, mail_id: int, now: datetime) -> bool:
    """Try to send one mail that is due; True when the server took it. The reason of a failure is kept in its row.

    The one function that commits in between: the attempt is on record before the server is spoken to, and nothing is locked while it
    takes its time. Call it with nothing else unsaved in the session. A mail another process is just sending is left alone.
    """
    server = notices.mail_settings(session)
    mail = _claim(session, mail_id, now) if server is not None else None
    if server is None or mail is None:
        return False
    message = _message(session, mail, server)
    session.commit()
    refusal = message if isinstance(message, Refusal) else _send(message, server)
    session.connection(execution_options={"writes": True})
    mail = session.get_one(Mail, mail_id)
    if refusal is None:
        mail.sent_at, mail.last_error = now, ""
        return True
    mail.last_error = refusal.words[:500]
    if refusal.is_final or mail.attempts >= MOST_ATTEMPTS:
        mail.given_up_at = now
    return False


def summary(session: Session) -> OutboxCount:
    """How many mails wait and were given up, and since when the oldest waits."""
    return outbox_count(session)


def owe_failure_summary(session: Session, now: datetime) -> int:
    """Owe the admins one notice a day about mails given up since the last such notice; returns how many people were newly owed."""
    told_until = session.scalar(select(func.max(Notice.created_at)).where(Notice.kind == FAILURES))
    query = (
        select(Mail.last_error, func.count(Mail.id))
        .join(Notice)
        # A summary that could not be mailed itself is no reason for the next one.
        .where(Mail.sent_at.is_(None), Mail.given_up_at <= now, Notice.kind != FAILURES)
        .group_by(Mail.last_error)
        .order_by(func.count(Mail.id).desc(), Mail.last_error)
    )
    if told_until is not None:
        query = query.where(Mail.given_up_at > told_until)
    reasons = session.execute(query).all()
    if not reasons:
        return 0
    total = sum(count for _, count in reasons)
    lines = [f"{reason}：{count}封" for reason, count in reasons[:5]]
    return notices.owe(
        session,
        kind=FAILURES,
        subject="outbox",
        slot=local_date(now).isoformat(),
        people=people_in_role(session, Role.ADMIN),
        title=f"有{total}封通知邮件未能发出",
        text="\n".join([f"有{total}封通知邮件多次发送未成，已停止发送；平台内的提醒不受影响。", *lines, "请查明原因后在发件箱重新发送。"]),
        path="/settings/jobs/outbox?state=given_up",
        now=now,
    )


def _claim(session: Session, mail_id: int, now: datetime) -> Mail | None:
    """The mail with this attempt written down, or None when it is not due (any more) or another process holds it."""
    query = select(Mail).where(Mail.id == mail_id).with_for_update(skip_locked=True).execution_options(populate_existing=True)
    mail = session.scalar(query)
    if mail is None or mail.sent_at is not None or mail.given_up_at is not None or mail.next_try_at > now:
        return None
    mail.next_try_at = now + WAITS[min(mail.attempts, len(WAITS) - 1)]
    mail.attempts += 1
    return mail


def _message(session: Session, mail: Mail, server: dict[str, Any]) -> "EmailMessage | Refusal":
    """The mail as it goes out; it depends on nothing but the rows and the settings. A Refusal when no mail can be made of them."""
    notice, platform = mail.notice, setting(session, "platform_name")
    site = setting(session, "site_url").rstrip("/")
    link = f"{site}{notice.path}" if site and notice.path else ""
    body = _templates.get_template("mail.txt").render(name=notice.person.name, text=notice.text, link=link, platform_name=platform)
    sender, receiver = _address(server.get("sender", ""), _one_line(platform)), _address(mail.address)
    if receiver is None:
        return Refusal("收件地址有误，请在账号中更正", is_final=True)
    if sender is None:
        return Refusal("发件人地址有误，请更正发信服务器设置")
    message = EmailMessage()
    message["From"], message["To"] = sender, receiver
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(notice.created_at.astimezone(SHANGHAI))
    message["Subject"] = _one_line(f"【{platform}】{notice.title}")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, cte="base64")
    if mail.calendar:
        _add_calendar(message, mail)
    return message


def _add_calendar(message: EmailMessage, mail: Mail) -> None:
    """The entry as the other form of the same mail (RFC 6047). Bytes, so that its line ends stay; the boundary follows from the row too."""
    found = re.search(r"^METHOD:(\w+)", mail.calendar, re.M)
    params = {"method": found[1] if found else "PUBLISH", "charset": "utf-8", "name": "meeting.ics"}
    message.add_alternative(mail.calendar.encode(), maintype="text", subtype="calendar", cte="base64", params=params)
    message.set_boundary(f"calendar-{mail.message_id.strip('<>').partition('@')[0]}")


def _address(spec: str, name: str = "") -> Address | None:
    """A mail address with the name shown for it; None for text that is no address."""
    try:
        return Address(name, addr_spec=spec)
    except (ValueError, IndexError, MessageError):
        return None


def _one_line(text: str) -> str:
    """A header may hold no line end."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Refusal:
    """Why a mail did not go, in words; ``is_final``: the server says this recipient will never do."""

    words: str
    is_final: bool = False


def _send(message: EmailMessage, server: dict[str, Any]) -> Refusal | None:
    """Hand the mail to the server; None when it was taken."""
    try:
        with _connected(server) as connection:
            if server.get("username"):
                connection.login(server["username"], crypto.decrypt("mail", server["password"]) if "password" in server else "")
            connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code, answer = next(iter(refused.recipients.values()))
        return Refusal(f"收件地址被拒收（{code} {_text(answer)}）", is_final=code >= 500)
    except (OSError, smtplib.SMTPException, ValueError) as failure:
        return Refusal(_reason(failure))
    return None


@contextmanager
def _connected(server: dict[str, Any]) -> Iterator[smtplib.SMTP]:
    """A connection to the configured server, encrypted as configured: never in clear where encryption was asked for."""
    place = {"host": server["host"], "port": server.get("port", 25), "local_hostname": HELO, "timeout": SECONDS}
    security = server.get("security", "none")
    connection = smtplib.SMTP_SSL(**place, context=ssl.create_default_context()) if security == "ssl" else smtplib.SMTP(**place)
    try:
        if security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        yield connection
        _leave(connection)
    except smtplib.SMTPException:
        _leave(connection)
        raise
    finally:
        connection.close()


def _leave(connection: smtplib.SMTP) -> None:
    """Say goodbye. The answer was given before: a server that stumbles here must not make us send twice."""
    with suppress(OSError, smtplib.SMTPException):
        connection.quit()


REASONS: Sequence[tuple[type[Exception] | tuple[type[Exception], ...], str]] = (
    (smtplib.SMTPAuthenticationError, "发信服务器不接受用户名或密码"),
    (smtplib.SMTPSenderRefused, "发信服务器不接受发件人地址"),
    (smtplib.SMTPNotSupportedError, "发信服务器不支持所选的加密或登录方式"),
    (smtplib.SMTPResponseException, "发信服务器拒绝了邮件"),
    (smtplib.SMTPException, "发信服务器中断了连接"),
    (ssl.SSLError, "与发信服务器不能建立加密连接，请核对加密方式和证书"),
    (TimeoutError, "发信服务器没有应答"),
    (OSError, "连不上发信服务器，请核对地址和端口"),
    (ValueError, "密码不能解开或地址有误，请重新填写发信服务器设置"),
)


def _reason(failure: Exception) -> str:
    """The failure in words, with the server's own answer where it gave one."""
    words = next(words for kind, words in REASONS if isinstance(failure, kind))
    if isinstance(failure, smtplib.SMTPResponseException):
        return f"{words}（{failure.smtp_code} {_text(failure.smtp_error)}）"
    return words


def _text(answer: bytes | str) -> str:
    """A server's answer as one printable line."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return "".join(character for character in _one_line(text) if character.isprintable())[:200]
