"""资料库: what a mechanism has sent out (minutes, their corrections, notices, letters, bulletins) as one list, newest first, searched by
word or number.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from coordination import attachments
from coordination.meetings import bulletins, correcting, queries, restricted
from coordination.meetings import minutes as text
from coordination.permissions import Actor, Permission
from models import (
    AgendaItem,
    Bulletin,
    BulletinStatus,
    Meeting,
    MeetingPaper,
    MeetingPaperKind,
    Minutes,
    MinutesCorrection,
    MinutesPart,
    MinutesStatus,
)
from models.errors import NotFound

PAGE = 30
KINDS = {"minutes": "会议纪要", "correction": "纪要更正", "notice": "会议通知", "letter": "函", "brief": "工作简报", "circular": "情况通报"}
_NONE = cast(null(), Integer)  # PostgreSQL takes a bare NULL for text where two parts of a union say it
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
    """One paper. ``of``: the id its page goes by (a meeting's, or the paper's own); ``unit_id``: whom a letter is to; ``correction``: which
    correction of the minutes with this number it is.
    """

    kind: str
    id: int
    of: int
    unit_id: int | None
    title: str
    prefix: str
    year: int
    number: int
    correction: int | None
    mechanism_id: int
    at: datetime

    @property
    def label(self) -> str:
        """Its number as the paper bears it."""
        if self.kind == "brief":
            return f"{self.year}年第{self.number}期"
        return f"{self.prefix}〔{self.year}〕{self.number}号" + (f"更正第{self.correction}号" if self.correction else "")

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
    found = _shelf(actor, sought)
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


def file(session: Session, actor: Actor, kind: str, paper_id: int, on: date) -> tuple[str, bytes]:
    """The paper itself as (file name, bytes), minutes with their corrections as a .zip; NotFound for one this person may not read.

    Items kept to the units that attended are left out for whoever was not there.
    """
    found = _shelf(actor, Sought())
    query = select(found.c.id).where(found.c.kind == kind, found.c.id == paper_id)
    if paper_id > queries.LARGEST_ID or session.execute(query).first() is None:
        raise NotFound("资料库中没有这份资料")
    if kind == "minutes":
        minutes = session.get_one(Minutes, paper_id)
        name, content = text.document(session, minutes.meeting, on, whole=not restricted.hides_from(session, actor, minutes.meeting))
        return correcting.with_corrections(session, minutes, name, content) or (name, content)
    kept = session.get_one(_KEPT[kind], paper_id).file
    return kept.name, attachments.read(kept)


_KEPT: dict[str, Any] = {
    "correction": MinutesCorrection,
    "notice": MeetingPaper,
    "letter": MeetingPaper,
    "brief": Bulletin,
    "circular": Bulletin,
}


def _shelf(actor: Actor, sought: Sought) -> Subquery:
    """Every paper this person may read, in the columns of ``Entry``."""
    return union_all(_minutes(actor, sought), _corrections(actor, sought), _papers(actor, sought), _bulletins(actor, sought)).subquery()


def _open_to(actor: Actor, mechanism_id: Any, otherwise: ColumnElement[bool]) -> ColumnElement[bool]:
    """What went out in a mechanism whose every issued paper this person reads (分管领导), or what is theirs by ``otherwise``."""
    wide = actor.oversees(Permission.LIBRARY_READ)
    return true() if wide is None else or_(mechanism_id.in_(wide), otherwise)


def _minutes(actor: Actor, sought: Sought) -> Select[Any]:
    columns = _columns("minutes", Minutes, Minutes.meeting_id, _NONE, Meeting.title, "", Minutes.mechanism_id, Minutes.issued_at)
    seen = _open_to(actor, Minutes.mechanism_id, queries.visible_meetings(actor))
    query = select(*columns).join(Minutes.meeting).where(Minutes.status == MinutesStatus.ISSUED, seen)
    said = (MinutesPart.minutes_id == Minutes.id, MinutesPart.body.contains(sought.text, autoescape=True))
    inside = exists().where(*said, MinutesPart.item_id == AgendaItem.id, restricted.readable(actor)).correlate(Minutes, Meeting)
    return query.where(_says(sought.text, Minutes, Meeting.title, inside))


def _corrections(actor: Actor, sought: Sought) -> Select[Any]:
    """Signed corrections, under the number of the minutes they belong to."""
    own, at = MinutesCorrection, MinutesCorrection.signed_at
    columns = _columns("correction", Minutes, own.id, _NONE, Meeting.title, "", Minutes.mechanism_id, at, id=own.id, correction=own.number)
    query = select(*columns).join(own.minutes).join(Minutes.meeting).where(own.number.is_not(None))
    query = query.where(_open_to(actor, Minutes.mechanism_id, queries.visible_meetings(actor)))
    return query.where(_says(sought.text, Minutes, Meeting.title, own.text.contains(sought.text, autoescape=True)))


def _papers(actor: Actor, sought: Sought) -> Select[Any]:
    """Notices for all who know of the meeting; a letter for those who oversee the mechanism and for the unit it is to."""
    at, kind = MeetingPaper.made_at, cast(MeetingPaper.kind, String)
    columns = _columns(
        kind, MeetingPaper, MeetingPaper.meeting_id, MeetingPaper.unit_id, Meeting.title, MeetingPaper.prefix, Meeting.mechanism_id, at
    )
    wide = actor.oversees(Permission.MEETING_READ)
    own = or_(MeetingPaper.kind == MeetingPaperKind.NOTICE, MeetingPaper.unit_id.in_(queries.answers_for(actor)))
    seen = true() if wide is None else or_(Meeting.mechanism_id.in_(wide), own)
    shared = _open_to(actor, Meeting.mechanism_id, queries.visible_meetings(actor))
    query = select(*columns).join(MeetingPaper.meeting).where(shared, seen)
    return query.where(_says(sought.text, MeetingPaper, Meeting.title))


def _bulletins(actor: Actor, sought: Sought) -> Select[Any]:
    kind, at = cast(Bulletin.kind, String), Bulletin.issued_at
    columns = _columns(kind, Bulletin, Bulletin.id, _NONE, Bulletin.title, Bulletin.prefix, Bulletin.mechanism_id, at)
    query = select(*columns).where(
        Bulletin.status == BulletinStatus.ISSUED, _open_to(actor, Bulletin.mechanism_id, bulletins.visible(actor))
    )
    return query.where(_says(sought.text, Bulletin, Bulletin.title, Bulletin.body.contains(sought.text, autoescape=True)))


def _columns(kind: Any, row: Any, of: Any, unit_id: Any, title: Any, prefix: Any, mechanism_id: Any, at: Any, **other: Any) -> list[Any]:
    named = {"kind": kind, "id": row.id, "of": of, "unit_id": unit_id, "title": title, "prefix": prefix, "year": row.year}
    named |= {"number": row.number, "correction": _NONE, "mechanism_id": mechanism_id, "at": at} | other
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
