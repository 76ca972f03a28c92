"""Owing notices: a row per person under a unique key, in the transaction of what caused it; a job delivers the mails later.

What a notice says stands in ``templates/notices/KIND.txt``: the first line is its title, an empty line, then the text.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from coordination.config import ROOT
from models import Mail, Notice, Person, Setting
from models.calendar import WEEKDAYS
from models.errors import NotFound

LONGEST_TITLE = 200


def full_day(day: date) -> str:
    """A day as notices write it: 2026年6月30日（周二）."""
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


_templates = Environment(
    loader=FileSystemLoader(ROOT / "templates" / "notices"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_templates.filters["day"] = full_day


def worded(kind: str, **facts: Any) -> tuple[str, str]:
    """The title and text of a notice of this kind. A title that is too long for a line is cut and marked so."""
    title, _, text = _templates.get_template(f"{kind}.txt").render(**facts).partition("\n\n")
    title = " ".join(title.split())
    return (title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"), text.strip()


def owe(
    session: Session,
    *,
    kind: str,
    subject: str,
    people: Iterable[Person],
    title: str,
    text: str,
    now: datetime,
    slot: str = "",
    path: str = "",
) -> int:
    """Owe each of ``people`` this notice once for (kind, subject, slot); returns how many were newly owed.

    ``slot`` is what makes a repetition a new notice (a due date, a version). A mail row is made beside it only where the office has
    configured its mail server: nothing leaves otherwise.
    """
    told = 0
    by_mail = mail_settings(session) is not None
    session.flush()
    for person in {person.id: person for person in people if person.disabled_at is None}.values():
        row = {"kind": kind, "subject": subject, "slot": slot, "person_id": person.id, "title": title, "text": text, "path": path}
        notice_id = _add(session, **row, created_at=now)
        if notice_id is None:
            continue
        told += 1
        if by_mail and person.email:
            message_id = f"<{uuid4()}@coordination.local>"
            session.add(Mail(notice_id=notice_id, address=person.email, message_id=message_id, next_try_at=now))
    return told


def _add(session: Session, **row: Any) -> int | None:
    """Insert a notice and return its id; None when it is there already, though another process put it there a moment ago."""
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return session.scalar(insert(Notice).values(**row).on_conflict_do_nothing().returning(Notice.id))


def mail_settings(session: Session) -> dict | None:
    """The office's mail server {host, port, sender, security, username, password}, or None when it has configured none."""
    setting = session.get(Setting, "mail")
    return setting.value if setting is not None and setting.value.get("host") else None


def unread(session: Session, person_id: int) -> int:
    """How many notices this person has not read."""
    return session.scalar(select(func.count(Notice.id)).where(Notice.person_id == person_id, Notice.read_at.is_(None))) or 0


def listed(session: Session, person_id: int, *, before: int | None = None, limit: int = 30) -> list[Notice]:
    """This person's notices, newest first, those older than the notice ``before``."""
    query = select(Notice).where(Notice.person_id == person_id).order_by(Notice.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Notice.id < before)
    return list(session.scalars(query))


def mark_read(session: Session, *, person_id: int, notice_id: int, now: datetime) -> Notice:
    """已阅 one notice; NotFound when it is not this person's."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.person_id != person_id:
        raise NotFound("没有这条提醒")
    notice.read_at = notice.read_at or now
    return notice


def mark_all_read(session: Session, *, person_id: int, now: datetime) -> None:
    """已阅 everything owed to this person."""
    session.execute(update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None)).values(read_at=now))
