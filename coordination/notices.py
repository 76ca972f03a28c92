"""Owing notices: a row per person under a unique key, in the transaction of what caused it; a job delivers the mails later.

What a notice says stands in ``templates/notices/KIND.txt``: the first line is its title, an empty line, then the text.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import delete, exists, func, select, update
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
    calendar: Callable[[Person], str] | None = None,
    held: timedelta = timedelta(),
) -> int:
    """Owe each of ``people`` this notice once for (kind, subject, slot); returns how many were newly owed.

    ``calendar`` makes the entry for the person's calendar that goes with the mail; ``held``: how long the mail waits before it goes, so
    that ``take_back`` can still replace it by a newer one.

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
            entry = calendar(person) if calendar is not None else ""
            session.add(Mail(notice_id=notice_id, address=person.email, message_id=message_id, next_try_at=now + held, calendar=entry))
    return told


def take_back(session: Session, *, kind: str, subject: str, since: datetime) -> int:
    """Take back what was owed for (kind, subject) from ``since`` on and has reached nobody: unread, and its mail not yet tried.

    A newer notice takes its place; returns how many were taken back. One whose mail is just being sent stays.
    """
    session.flush()
    unread = (Notice.kind == kind, Notice.subject == subject, Notice.created_at >= since, Notice.read_at.is_(None))
    ids = list(session.scalars(select(Notice.id).where(*unread)))
    session.execute(delete(Mail).where(Mail.notice_id.in_(ids), Mail.attempts == 0))
    gone = session.execute(delete(Notice).where(Notice.id.in_(ids), ~exists().where(Mail.notice_id == Notice.id)).returning(Notice.id))
    return len(gone.all())


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
