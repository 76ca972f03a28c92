"""What everybody may read: the list, removals, any day's list, and the answer to a plaque's code. Nothing here names what is not public.

Lists go by id, newest first, and cost what they show: each has a partial index of its own (models/registry.py).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, String, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from coordination import search
from coordination.registry import queries
from coordination.search import Sought
from models import AccessMark, Business, Category, ListVersion, Promise, Recognition, RecognitionStatus, Removal, SearchGram, Target
from models.business import name_on
from models.errors import BadInput, NotFound

PAGE = 30
CHUNK = 1000


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; absent parts narrow nothing. ``text``: a keyword made plain by ``search.read``."""

    category_id: int | None = None
    street: str = ""
    text: str = ""


class Line(NamedTuple):
    """One unit as lists, open data and the wall show it."""

    id: int
    certificate_no: str
    name: str
    category: str
    uscc: str | None
    address: str
    recognised_on: date
    valid_until: date
    status: RecognitionStatus


class Page(NamedTuple):
    """One page of a list; ``next``: the id to go on behind, None at the end."""

    rows: list[Line]
    next: int | None


@dataclass(frozen=True)
class Edition:
    """Which list this is: its version, when it last changed, and the mark of what is arranged (models/access.py)."""

    version: int
    changed_at: datetime | None
    mark: str | None


_EDITION = select(
    select(ListVersion.number).where(ListVersion.id == 1).scalar_subquery().label("version"),
    select(ListVersion.changed_at).where(ListVersion.id == 1).scalar_subquery().label("changed_at"),
    select(AccessMark.mark).where(AccessMark.id == 1).scalar_subquery().label("mark"),
)


def edition(connection: Connection) -> Edition:
    """What every public page's ETag rests on beside the day, in one row."""
    row = connection.execute(_EDITION).one()
    return Edition(row.version or 0, row.changed_at, row.mark)


def version(session: Session) -> int:
    """The list's version."""
    return session.scalar(select(ListVersion.number).where(ListVersion.id == 1)) or 0


_LINES: Any = (  # of columns that are never NULL for a unit with a certificate, which no type can say
    select(
        Recognition.id,
        Recognition.certificate_no,
        Business.name,
        Category.name.label("category"),
        Business.uscc,
        Business.address,
        Recognition.recognised_on,
        Recognition.valid_until,
        Recognition.status,
    )
    .join(Business, Business.id == Recognition.business_id)
    .join(Category, Category.id == Recognition.category_id)
)


@lru_cache(maxsize=4)
def _listed_lines(today: date) -> Any:
    """The lines of the list on that day; made once, for making it takes as long as running it."""
    return _LINES.where(Recognition.is_listed(today))


def listed(session: Session, today: date, asked: Filter, *, after: int | None = None, limit: int = PAGE) -> Page:
    """The units on the list now, those behind the id ``after``."""
    if asked.text and after is None and asked == Filter(text=asked.text):
        sought = search.seek(session, asked.text)
        if sought is None:
            return Page([], None)
        query = _first_found(today, sought.is_whole, limit + 1)
        return _cut(session.execute(query, {"gram": sought.rarest, "words": sought.text}), limit)
    return _page(session, _listed_lines(today), asked, after, limit)


@lru_cache(maxsize=8)
def _first_found(today: date, whole: bool, most: int) -> Any:
    """What a keyword alone finds first, to be told its ``gram`` and ``words``; made once, for making it takes as long as running it."""
    words = None if whole else bindparam("words", type_=String)
    query = search.along(_listed_lines(today), Recognition.business_id, bindparam("gram"), words)
    return query.order_by(SearchGram.business_id.desc(), Recognition.id.desc()).limit(most)


def listed_on(session: Session, day: date, today: date, asked: Filter, *, after: int | None = None, limit: int = PAGE) -> Page:
    """The list as it was at the end of ``day`` (查看某日名录), under the names of that day; BadInput for a day to come."""
    if day > today:
        raise BadInput(f"{day.year}年{day.month}月{day.day}日尚未到，请选择今天或以前的日期")
    if day == today:
        return listed(session, today, asked, after=after, limit=limit)
    page = _page(session, _LINES.where(Recognition.was_listed(day)), asked, after, limit)
    shown = Recognition.id.in_([row.id for row in page.rows])
    former = session.execute(select(Recognition.id, Business.former_names).join(Recognition.business).where(shown))
    names = {row.id: row.former_names for row in former}
    return page._replace(rows=[row._replace(name=name_on(row.name, names[row.id], day)) for row in page.rows])


def line(session: Session, recognition_id: int) -> Line:
    """One unit as lists show it."""
    return Line(*session.execute(_LINES.where(Recognition.id == recognition_id)).one())


def count_listed(session: Session, today: date) -> int:
    """How many are on the list; callers keep it by version and day. Counted along the index of statuses and last days alone."""
    on_it = (Recognition.status.in_(Recognition.LISTED), Recognition.valid_until >= today)
    return session.scalar(select(func.count()).select_from(Recognition).where(*on_it)) or 0


def streets(session: Session, most: int) -> list[str]:
    """The streets with units on the list, in order, at most ``most``: one step along the index for each."""
    listed_there = (Recognition.is_recognised(), Recognition.street > "")
    found = select(func.min(Recognition.street).label("street")).where(*listed_there).cte("found", recursive=True)
    following = select(func.min(Recognition.street)).where(Recognition.is_recognised(), Recognition.street > found.c.street)
    found = found.union_all(select(following.scalar_subquery()).where(found.c.street.is_not(None)))
    return [street for street in session.scalars(select(found.c.street).limit(most)) if street is not None]


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


def on_notice(session: Session, today: date, *, after: int | None = None, limit: int = PAGE) -> tuple[list[Recognition], int | None]:
    """The units whose public notice runs, and the id to go on behind."""
    query = select(Recognition).where(Recognition.status == RecognitionStatus.ON_NOTICE, Recognition.notice_until >= today)
    query = query.options(*_WHOLE).order_by(Recognition.id.desc()).limit(limit + 1)
    rows = list(session.scalars(query if after is None else query.where(Recognition.id < after)))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


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
    on_it = Recognition.status.in_(Recognition.LISTED)
    counted = select(Recognition.category_id, func.count().label("number")).group_by(Recognition.category_id)
    numbers = Counter({row.category_id: row.number for row in session.execute(counted.where(on_it))})
    over = counted.where(on_it, Recognition.valid_until < today)  # the few that the daily job has not come to yet
    numbers.subtract({row.category_id: row.number for row in session.execute(over)})
    wanted = select(Target.category_id, Target.number).where(Target.year == today.year, Target.unit_id.is_(None))
    targets = {row.category_id: row.number for row in session.execute(wanted)}
    found = queries.categories(session, today, open_only=False)
    return [Progress(category, numbers.get(category.id, 0), targets.get(category.id)) for category in found]


def every_listed(session: Session, today: date) -> Iterator[Line]:
    """The whole list for open data, a stretch at a time."""
    after: int | None = None
    while True:
        page = listed(session, today, Filter(), after=after, limit=CHUNK)
        yield from page.rows
        if page.next is None:
            return
        after = page.next


def every_removed(session: Session, today: date) -> Iterator[Removal]:
    """Every tombstone that may be shown, with its recognition, a stretch at a time."""
    query = (
        select(Removal).where(Removal.is_public(today)).options(joinedload(Removal.recognition)).order_by(Removal.id.desc()).limit(CHUNK)
    )
    rows = list(session.scalars(query))
    while rows:
        yield from rows
        rows = list(session.scalars(query.where(Removal.id < rows[-1].id)))


def tombstone(session: Session, recognition_id: int, today: date) -> Removal:
    """What may be read of a removed unit; NotFound where there is nothing (any more)."""
    public_one = (Removal.recognition_id == recognition_id, Removal.is_public(today))
    found = session.scalar(select(Removal).where(*public_one)) if 0 < recognition_id <= queries.LARGEST_ID else None
    if found is None:
        raise NotFound("该单位不在名录上")
    return found


def additions(session: Session, today: date, limit: int = 50) -> list[Line]:
    """The newest units that are still on the list, for the feed."""
    query = _LINES.where(Recognition.is_listed(today)).order_by(Recognition.recognised_on.desc(), Recognition.id.desc()).limit(limit)
    return [Line(*row) for row in session.execute(query)]


_WHOLE = (
    joinedload(Recognition.business),
    joinedload(Recognition.category).joinedload(Category.scheme),
    joinedload(Recognition.category).joinedload(Category.responsible),
)


def _page(session: Session, query: Select[Any], asked: Filter, after: int | None, limit: int) -> Page:
    if asked.category_id is not None:
        query = query.where(Recognition.category_id == asked.category_id)
    if asked.street:
        query = query.where(Recognition.street == asked.street)
    if asked.text:
        sought = search.seek(session, asked.text)
        if sought is None:
            return Page([], None)
        query = _found(session, query, sought, after)
    else:
        query = (query if after is None else query.where(Recognition.id < after)).order_by(Recognition.id.desc())
    return _cut(session.execute(query.limit(limit + 1)), limit)


def _cut(found: Iterable[Any], limit: int) -> Page:
    rows = [Line(*row) for row in found]
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def _found(session: Session, query: Select[Any], sought: Sought, after: int | None) -> Select[Any]:
    """Those a keyword finds, the newest business first; ``after`` is still the id of the last one shown."""
    query = search.narrowed(query, sought, Recognition.business_id)
    if after is not None:
        last = session.scalar(select(Recognition.business_id).where(Recognition.id == after)) or 0
        behind = and_(SearchGram.business_id == last, Recognition.id < after)
        query = query.where(SearchGram.business_id <= last, or_(SearchGram.business_id < last, behind))
    return query.order_by(SearchGram.business_id.desc(), Recognition.id.desc())
