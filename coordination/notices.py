"""Owing notices: a row per person under a unique key, in the transaction of what caused it; a job delivers the mails later."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import Mail, Notice, Person, Setting
from models.errors import NotFound


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
    owed = {person.id: person for person in people if person.disabled_at is None}
    told = set(
        session.scalars(
            select(Notice.person_id).where(
                Notice.kind == kind, Notice.subject == subject, Notice.slot == slot, Notice.person_id.in_(list(owed))
            )
        )
    )
    by_mail = mail_settings(session) is not None
    for person in (person for id_, person in owed.items() if id_ not in told):
        notice = Notice(kind=kind, subject=subject, slot=slot, person_id=person.id, title=title, text=text, path=path, created_at=now)
        session.add(notice)
        session.flush()
        if by_mail and person.email:
            message_id = f"<{uuid4()}@coordination.local>"
            session.add(Mail(notice_id=notice.id, address=person.email, message_id=message_id, next_try_at=now))
    return len(owed) - len(told)


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
