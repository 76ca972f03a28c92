"""资料库: what a mechanism has sent out (minutes, notices, letters, bulletins) as one list, newest first, searched by word or number."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, literal, null, or_, select, true, tuple_, union_all
from sqlalchemy.orm import Session

from coordination.meetings import bulletins, queries, restricted
from coordination.permissions import Actor, Permission
from models import AgendaItem, Bulletin, BulletinStatus, Meeting, MeetingPaper, MeetingPaperKind, Minutes, MinutesPart, MinutesStatus

PAGE = 30
KINDS = {"minutes": "会议纪要", "notice": "会议通知", "letter": "函", "brief": "工作简报", "circular": "情况通报"}
_NUMBER = re.compile(r"(?:〔?(\d{4})[〕年]?)?第?(\d{1,5})[号期]")

Place = tuple[datetime, str, int]


@dataclass(frozen=True)
class Sought:
    """What the list is narrowed to; empty parts narrow nothing."""

    text: str = ""
    kind: str = ""
    mechanism_id: int | None = None


@dataclass(frozen=True)
class Entry:
    """One paper. ``of``: the id its page or file goes by (a meeting's, or the bulletin's own); ``unit_id``: whom a letter is to."""

    kind: str
    id: int
    of: int
    unit_id: int | None
    title: str
    prefix: str
    year: int
    number: int
    mechanism_id: int
    at: datetime

    @property
    def label(self) -> str:
        """Its number as the paper bears it."""
        return f"{self.year}年第{self.number}期" if self.kind == "brief" else f"{self.prefix}〔{self.year}〕{self.number}号"

    @property
    def place(self) -> str:
        """Where a page behind this one begins."""
        return f"{self.at.isoformat()}~{self.kind}~{self.id}"


def read_place(words: str) -> Place | None:
    """The place an address names; None where it names none."""
    try:
        at, kind, id_ = words.split("~")
        found = datetime.fromisoformat(at)
        return (found, kind, int(id_)) if found.tzinfo and kind in KINDS and 0 < int(id_) <= queries.LARGEST_ID else None
    except ValueError:
        return None


def listed(session: Session, actor: Actor, sought: Sought, after: Place | None = None) -> tuple[list[Entry], str | None]:
    """A page of papers this person may read, and the place to go on at (None: the end)."""
    found = union_all(_minutes(actor, sought), _papers(actor, sought), _bulletins(actor, sought)).subquery()
    key = (found.c.at, found.c.kind, found.c.id)
    query = select(found)
    if sought.kind:
        query = query.where(found.c.kind == sought.kind)
    if sought.mechanism_id is not None:
        query = query.where(found.c.mechanism_id == sought.mechanism_id)
    if after is not None:
        query = query.where(tuple_(*key) < tuple_(*after, types=[column.type for column in key]))
    query = query.order_by(*(column.desc() for column in key)).limit(PAGE + 1)
    rows = [Entry(**row._mapping) for row in session.execute(query)]
    return rows[:PAGE], rows[PAGE - 1].place if len(rows) > PAGE else None


def _minutes(actor: Actor, sought: Sought) -> Select[Any]:
    columns = _columns("minutes", Minutes, Minutes.meeting_id, null(), Meeting.title, "", Minutes.mechanism_id, Minutes.issued_at)
    query = select(*columns).join(Minutes.meeting).where(Minutes.status == MinutesStatus.ISSUED, queries.visible_meetings(actor))
    said = (MinutesPart.minutes_id == Minutes.id, MinutesPart.body.contains(sought.text, autoescape=True))
    inside = exists().where(*said, MinutesPart.item_id == AgendaItem.id, restricted.readable(actor)).correlate(Minutes, Meeting)
    return query.where(_says(sought.text, Minutes, Meeting.title, inside))


def _papers(actor: Actor, sought: Sought) -> Select[Any]:
    """Notices for all who know of the meeting; a letter for those who oversee the mechanism and for the unit it is to."""
    at, kind = MeetingPaper.made_at, cast(MeetingPaper.kind, String)
    columns = _columns(
        kind, MeetingPaper, MeetingPaper.meeting_id, MeetingPaper.unit_id, Meeting.title, MeetingPaper.prefix, Meeting.mechanism_id, at
    )
    wide = actor.oversees(Permission.MEETING_READ)
    own = or_(MeetingPaper.kind == MeetingPaperKind.NOTICE, MeetingPaper.unit_id.in_(queries.answers_for(actor)))
    seen = true() if wide is None else or_(Meeting.mechanism_id.in_(wide), own)
    query = select(*columns).join(MeetingPaper.meeting).where(queries.visible_meetings(actor), seen)
    return query.where(_says(sought.text, MeetingPaper, Meeting.title))


def _bulletins(actor: Actor, sought: Sought) -> Select[Any]:
    kind, at = cast(Bulletin.kind, String), Bulletin.issued_at
    columns = _columns(kind, Bulletin, Bulletin.id, null(), Bulletin.title, Bulletin.prefix, Bulletin.mechanism_id, at)
    query = select(*columns).where(Bulletin.status == BulletinStatus.ISSUED, bulletins.visible(actor))
    return query.where(_says(sought.text, Bulletin, Bulletin.title, Bulletin.body.contains(sought.text, autoescape=True)))


def _columns(kind: Any, row: Any, of: Any, unit_id: Any, title: Any, prefix: Any, mechanism_id: Any, at: Any) -> list[Any]:
    named = {"kind": kind, "id": row.id, "of": of, "unit_id": unit_id, "title": title, "prefix": prefix, "year": row.year}
    named |= {"number": row.number, "mechanism_id": mechanism_id, "at": at}
    return [(literal(column) if isinstance(column, str) else column).label(name) for name, column in named.items()]


def _says(text: str, row: Any, title: Any, *inside: ColumnElement[bool]) -> ColumnElement[bool]:
    """The words stand in the title or inside; a number (〔2026〕3号, 第3期) is the paper's own."""
    if not text:
        return true()
    words = or_(title.contains(text, autoescape=True), *inside)
    number = _NUMBER.fullmatch(text)
    if number is None:
        return words
    same = row.number == int(number[2])
    return or_(words, and_(same, row.year == int(number[1])) if number[1] else same)
