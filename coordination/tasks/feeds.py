"""Calendar feeds (日历订阅): a unit's due dates as .ics (RFC 5545), read by calendar programs under an address with a token.

Whoever has the address reads what the unit has to do and by when, and nothing else; revoked, it opens nothing any more.
"""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination import audit
from coordination.members.queries import heirs
from coordination.permissions import UNIT_ROLES, Actor, Permission, require
from coordination.settings.queries import setting
from coordination.tasks import queries
from models import Task, TaskCoUnit, TaskFeed, Unit
from models.calendar import local_date
from models.errors import BadInput, NotFound

MOST = 500  # tasks in one feed
MOST_FEEDS = 20  # in use at once, for one unit


def make(session: Session, *, actor: Actor, unit_id: int, now: datetime) -> tuple[TaskFeed, str]:
    """A new feed of one's own unit, and its token, which is told once and not kept."""
    require(actor, Permission.TASK_READ)
    if unit_id not in actor.unit_ids or not actor.roles & UNIT_ROLES:
        raise NotFound("没有这个单位")
    if len([feed for feed in listed(session, actor) if feed.revoked_at is None and feed.unit_id == unit_id]) >= MOST_FEEDS:
        raise BadInput(f"一个单位最多同时有{MOST_FEEDS}个订阅地址，请先停用不用的")
    token = secrets.token_urlsafe(24)
    feed = TaskFeed(unit_id=unit_id, person_id=actor.person_id, token_hash=_hash(token), made_at=now)
    session.add(feed)
    session.flush()
    audit.record(session, actor=actor, action="task_feed:make", subject=feed, at=now, text="生成日历订阅地址")
    return feed, token


def revoke(session: Session, *, actor: Actor, feed_id: int, now: datetime) -> TaskFeed:
    """停用: the address opens nothing any more."""
    feed = session.get(TaskFeed, feed_id) if 0 < feed_id <= queries.LARGEST_ID else None
    if feed is None or feed.unit_id not in actor.unit_ids or not actor.roles & UNIT_ROLES:
        raise NotFound("没有这个订阅地址")
    feed.revoked_at = feed.revoked_at or now
    audit.record(session, actor=actor, action="task_feed:revoke", subject=feed, at=now, text="停用日历订阅地址")
    return feed


def listed(session: Session, actor: Actor) -> list[TaskFeed]:
    """The feeds of one's own units, those in use first."""
    query = select(TaskFeed).where(TaskFeed.unit_id.in_(actor.unit_ids)).options(joinedload(TaskFeed.unit))
    return list(session.scalars(query.order_by(TaskFeed.revoked_at.is_not(None), TaskFeed.id.desc()).limit(50)))


def calendar_of(session: Session, token: str, now: datetime) -> str:
    """The feed this token opens; NotFound for any other, and for one revoked."""
    feed = session.scalar(select(TaskFeed).where(TaskFeed.token_hash == _hash(token), TaskFeed.revoked_at.is_(None)))
    if feed is None:
        raise NotFound("没有这个订阅地址，或已停用")
    unit = feed.unit.heir(local_date(now))
    return "".join(f"{_folded(line)}\r\n" for line in _lines(session, unit, now))


def _lines(session: Session, unit: Unit, now: datetime) -> Iterator[str]:
    site = setting(session, "site_url").rstrip("/")
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//coordination//tasks//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH")
    yield f"X-WR-CALNAME:{_text(f'{unit.short_name}任务时限')}"
    for task in _tasks(session, unit, local_date(now)):
        yield "BEGIN:VEVENT"
        yield f"UID:task-{task.id}@coordination.local"
        yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        yield f"DTSTART;VALUE=DATE:{_day(task.due_on)}"
        yield f"DTEND;VALUE=DATE:{_day(task.due_on + timedelta(days=1))}"
        yield f"SUMMARY:{_text(f'到期：{task.title}')}"
        yield f"DESCRIPTION:{_text(f'{task.number}，{task.status.label}，牵头{task.lead.short_name}')}"
        if site:
            yield f"URL:{site}/tasks/{task.id}"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _tasks(session: Session, unit: Unit, today: date) -> list[Task]:
    """What the unit (or one it answers for) leads or helps with and still owes, the most pressing first."""
    answered = {unit.id, *(merged for merged, heir in heirs(session, today).items() if heir.id == unit.id)}
    helped = select(TaskCoUnit.task_id).where(TaskCoUnit.unit_id.in_(answered), TaskCoUnit.percent < 100)
    query = select(Task).where(Task.status.in_(Task.WITH_UNIT), Task.lead_id.in_(answered) | Task.id.in_(helped))
    return list(session.scalars(query.options(joinedload(Task.lead)).order_by(Task.due_on, Task.id).limit(MOST)))


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _text(words: str) -> str:
    """A text value: what has a meaning in the format is escaped."""
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(escaped.split())


def _folded(line: str) -> str:
    """No line longer than 75 bytes; what goes on begins with a blank, and no character is cut."""
    pieces: list[str] = []
    piece = ""
    for sign in line:
        if len((piece + sign).encode()) > (75 if not pieces else 74):
            pieces.append(piece)
            piece = ""
        piece += sign
    return "\r\n ".join([*pieces, piece])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
