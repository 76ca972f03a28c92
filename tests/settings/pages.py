"""What the tests of the settings pages share."""

import re

from flask import Flask
from sqlalchemy import select

from coordination import clock, notices
from coordination.settings import service
from coordination.transaction import transaction
from models import Mail, Setting

NOW = clock.now()
MAIL = {"host": "127.0.0.1", "port": 25, "security": "none", "sender": "notify@example.org", "username": "", "password": "sealed-words"}


def prepare(app: Flask) -> Flask:
    """The county with its defaults and a mail server. Forms are posted without the token, which the browser tests cover."""
    app.config["WTF_CSRF_ENABLED"] = False
    with transaction() as session:
        service.load_defaults(session, NOW)
        session.add(Setting(key="mail", value=MAIL, changed_at=NOW))
    return app


def owe_mails(world, count: int, **facts) -> None:
    """So many mails to one liaison, with these facts in their rows."""
    with transaction() as session:
        person = session.merge(world.people["liaison-JYJ"])
        for number in range(count):
            subject, slot = f"task:{number}", str(len(facts))
            notices.owe(
                session, kind="task_urge", subject=subject, slot=slot, people=[person], title=f"催办第{number}件", text="x", now=NOW
            )
        session.flush()
        for mail in session.scalars(select(Mail).where(Mail.attempts == 0, Mail.sent_at.is_(None))):
            for name, value in facts.items():
                setattr(mail, name, value)


def words(answer) -> str:
    """What a page says, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.get_data(as_text=True), flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)
