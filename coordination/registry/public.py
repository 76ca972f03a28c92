"""What everybody may read: the list, removals, any day's list, and the answer to a plaque's code. Nothing here names what is not public.

Lists go by id, newest first, and cost what they show: each has a partial index of its own (models/registry.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from coordination.registry import queries
from models import Category, ListVersion, Promise, Recognition, RecognitionStatus, Removal, Target
from models.errors import BadInput, NotFound

PAGE = 30
CHUNK = 1000


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; absent parts narrow nothing."""

    category_id: int | None = None
    street: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a list; ``next``: the id to go on behind, None at the end."""

    rows: list[Recognition]
    next: int | None


def version(session: Session) -> int:
    """The list's version: part of every public page's ETag, together with the day."""
    return session.scalar(select(ListVersion.number).where(ListVersion.id == 1)) or 0


def listed(session: Session, today: date, asked: Filter, *, after: int | None = None, limit: int = PAGE) -> Page:
    """The units on the list now, those behind the id ``after``."""
    return _page(session, _narrowed(select(Recognition).where(Recognition.is_listed(today)), asked), after, limit)


def listed_on(session: Session, day: date, today: date, asked: Filter, *, after: int | None = None, limit: int = PAGE) -> Page:
    """The list as it was at the end of ``day`` (查看某日名录); BadInput for a day to come."""
    if day > today:
        raise BadInput(f"{day.isoformat()}尚未到，请选择今天或以前的日期")
    if day == today:
        return listed(session, today, asked, after=after, limit=limit)
    return _page(session, _narrowed(select(Recognition).where(Recognition.was_listed(day)), asked), after, limit)


def count_listed(session: Session, today: date) -> int:
    """How many are on the list; callers keep it by version and day."""
    return session.scalar(select(func.count(Recognition.id)).where(Recognition.is_listed(today))) or 0


def get_unit(session: Session, recognition_id: int, today: date) -> Recognition:
    """A unit on the list now; NotFound otherwise: removed ones have their tombstone."""
    found = session.get(Recognition, recognition_id) if 0 < recognition_id <= queries.LARGEST_ID else None
    if found is None or not found.is_listed(today):
        raise NotFound("该单位不在名录上")
    return found


def promises(session: Session, recognition_id: int, today: date) -> list[Promise]:
    """What a unit promises today."""
    query = select(Promise).where(Promise.recognition_id == recognition_id, Promise.since <= today)
    return [one for one in session.scalars(query.order_by(Promise.id)) if one.ended_on is None or today <= one.ended_on]


def removed(session: Session, today: date, *, after: int | None = None, limit: int = PAGE) -> tuple[list[Removal], int | None]:
    """The tombstones that may be shown today, newest first, and the id to go on behind."""
    query = select(Removal).where(Removal.is_public(today)).order_by(Removal.id.desc()).limit(limit + 1)
    rows = list(session.scalars(query if after is None else query.where(Removal.id < after)))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def on_notice(session: Session, today: date, *, after: int | None = None, limit: int = PAGE) -> Page:
    """The units whose public notice runs."""
    running = (Recognition.status == RecognitionStatus.ON_NOTICE, Recognition.notice_until >= today)
    return _page(session, select(Recognition).where(*running), after, limit)


class Answer(StrEnum):
    """The three answers to a plaque's code."""

    VALID = "valid"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verification:
    """What a plaque's code comes to. ``removal`` only while its ground may be shown."""

    answer: Answer
    unit: Recognition | None = None
    removal: Removal | None = None


UNKNOWN = Verification(Answer.UNKNOWN)


def verify(session: Session, token: str, today: date) -> Verification:
    """The answer to a plaque's token. A plaque of a unit put back after an appeal answers for what it is now.

    A token that was never given is unknown, whatever its length or letters.
    """
    if len(token) != 32 or not token.isascii() or not token.isalnum():
        return UNKNOWN
    whole = (joinedload(Recognition.business), joinedload(Recognition.category))
    found = session.scalar(select(Recognition).where(Recognition.token == token.lower()).options(*whole))
    if found is None:
        return UNKNOWN
    while (again := session.scalar(select(Recognition).where(Recognition.reinstates_id == found.id).options(*whole))) is not None:
        found = again
    if found.is_listed(today):
        return Verification(Answer.VALID, found)
    removal = session.scalar(select(Removal).where(Removal.recognition_id == found.id, Removal.is_public(today)))
    return Verification(Answer.GONE, found, removal)


@dataclass(frozen=True)
class Progress:
    """One category against its target of the year; ``target`` None: none was set."""

    category: Category
    listed: int
    target: int | None


def progress(session: Session, today: date) -> list[Progress]:
    """Every category of the schemes in force: how many are listed, and the county's target of the year."""
    counted = select(Recognition.category_id, func.count().label("number")).where(Recognition.is_listed(today))
    numbers = {row.category_id: row.number for row in session.execute(counted.group_by(Recognition.category_id))}
    wanted = select(Target.category_id, Target.number).where(Target.year == today.year, Target.unit_id.is_(None))
    targets = {row.category_id: row.number for row in session.execute(wanted)}
    found = queries.categories(session, today, open_only=False)
    return [Progress(category, numbers.get(category.id, 0), targets.get(category.id)) for category in found]


def every_listed(session: Session, today: date) -> Iterator[Recognition]:
    """The whole list for open data, a stretch at a time."""
    after: int | None = None
    while True:
        page = listed(session, today, Filter(), after=after, limit=CHUNK)
        yield from page.rows
        if page.next is None:
            return
        after = page.next


def every_removed(session: Session, today: date) -> Iterator[Removal]:
    """Every tombstone that may be shown, a stretch at a time."""
    after: int | None = None
    while True:
        rows, after = removed(session, today, after=after, limit=CHUNK)
        yield from rows
        if after is None:
            return


def additions(session: Session, today: date, limit: int = 50) -> list[Recognition]:
    """The newest units that are still on the list, for the feed."""
    query = select(Recognition).where(Recognition.is_listed(today)).options(*_WHOLE)
    return list(session.scalars(query.order_by(Recognition.recognised_on.desc(), Recognition.id.desc()).limit(limit)))


def changed_at(session: Session) -> datetime | None:
    """When the list last changed."""
    return session.scalar(select(ListVersion.changed_at).where(ListVersion.id == 1))


_WHOLE = (
    joinedload(Recognition.business),
    joinedload(Recognition.category).joinedload(Category.scheme),
)


def _narrowed(query: Select[Recognition], asked: Filter) -> Select[Recognition]:
    if asked.category_id is not None:
        query = query.where(Recognition.category_id == asked.category_id)
    return query.where(Recognition.street == asked.street) if asked.street else query


def _page(session: Session, query: Select[Recognition], after: int | None, limit: int) -> Page:
    if after is not None:
        query = query.where(Recognition.id < after)
    rows = list(session.scalars(query.options(*_WHOLE).order_by(Recognition.id.desc()).limit(limit + 1)))
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)
