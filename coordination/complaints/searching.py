"""Finding cases by words of their masked text or target, two characters or more, newest first; for each person those he may see.

A search walks the slices of its pairs of characters from the newest batch back and stops when the page is full, or when it has
looked at so many cases that the rest is better asked for again: it costs what it shows, not what the table holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from coordination.complaints import queries
from coordination.complaints.finding import OF_IDS, buckets, pairs, stretches, unpacked
from coordination.permissions import Actor, Permission, require
from models import Complaint, ComplaintSlice
from models.errors import BadInput

LEAST = 2
MOST_TERMS, MOST_BUCKETS = 6, 24
BATCHES = 20  # read at a time
AT_ONCE = 200  # cases looked at in one statement
LOOKED_AT = 6000  # cases whose text one search looks at

Place = tuple[int, int]


@dataclass(frozen=True)
class Hits:
    """One page. ``after``: the place (batch, id) to go on from; None at the end. A page may be short though there is more."""

    rows: list[Complaint]
    after: Place | None = None


def searched(
    session: Session,
    actor: Actor,
    words: str,
    *,
    conditions: tuple[ColumnElement[bool], ...] = (),
    after: Place | None = None,
    limit: int = queries.PAGE,
) -> Hits:
    """The cases that hold every one of these words and meet ``conditions``. BadInput for a word of one character."""
    require(actor, Permission.COMPLAINT_READ)
    terms = list(dict.fromkeys(part for part in stretches(words) if part))[:MOST_TERMS]
    if not terms or any(len(term) < LEAST for term in terms):
        raise BadInput("请输入至少两个字的关键词，多个关键词用空格分开")
    rows: list[Complaint] = []
    looked = 0
    for places in _places(session, terms, after):
        rows += _holding(session, actor, terms, places, conditions, {row.id for row in rows})
        looked += len(places)
        if len(rows) >= limit or looked >= LOOKED_AT:
            return _cut(rows, places, limit)
    return Hits(rows)


def _cut(rows: list[Complaint], places: list[Place], limit: int) -> Hits:
    """The page, and where the next one begins: behind its last row, or behind the last place looked at."""
    if len(rows) < limit:
        return Hits(rows, places[-1])
    rows = rows[:limit]
    return Hits(rows, next(((batch, id_) for batch, id_ in places if id_ == rows[-1].id), places[-1]))


def _places(session: Session, terms: list[str], after: Place | None) -> Iterator[list[Place]]:
    """Where every pair of the terms may stand, in handfuls: (batch, id), the newest batch first, in it the newest case first."""
    wanted = sorted({bucket for term in terms for pair in pairs(term) for bucket in buckets(pair)})[:MOST_BUCKETS]
    until = after[0] if after is not None else None
    handful: list[Place] = []
    while True:
        batches = _batches(session, wanted[0], until)
        for batch, ids in _ids(session, _narrowed(session, batches, wanted[1:])):
            handful += [(batch, id_) for id_ in ids if after is None or (batch, id_) < after]
            while len(handful) >= AT_ONCE:
                yield handful[:AT_ONCE]
                handful = handful[AT_ONCE:]
        if len(batches) < BATCHES:
            break
        until = min(batches) - 1
    if handful:
        yield handful


def _batches(session: Session, bucket: int, until: int | None) -> dict[int, int]:
    """The next batches, newest first, with a bit for each case that may have a pair of this bucket."""
    query = select(ComplaintSlice.batch, ComplaintSlice.bits).where(ComplaintSlice.bucket == bucket)
    if until is not None:
        query = query.where(ComplaintSlice.batch <= until)
    rows = session.execute(query.order_by(ComplaintSlice.batch.desc()).limit(BATCHES))
    return {batch: int.from_bytes(bits, "little") for batch, bits in rows}


def _narrowed(session: Session, batches: dict[int, int], others: list[int]) -> dict[int, int]:
    """The same, of cases that may have the pairs of the other buckets too."""
    if not others or not batches:
        return batches
    left, seen = dict(batches), dict.fromkeys(batches, 0)
    query = select(ComplaintSlice.batch, ComplaintSlice.bits)
    for batch, bits in session.execute(query.where(ComplaintSlice.bucket.in_(others), ComplaintSlice.batch.in_(list(batches)))):
        left[batch] &= int.from_bytes(bits, "little")
        seen[batch] += 1
    return {batch: bits for batch, bits in left.items() if bits and seen[batch] == len(others)}


def _ids(session: Session, batches: dict[int, int]) -> Iterator[tuple[int, list[int]]]:
    """The cases whose bits are set, the newest batch first, in it the newest case first."""
    if not batches:
        return
    query = select(ComplaintSlice.batch, ComplaintSlice.bits)
    query = query.where(ComplaintSlice.bucket == OF_IDS, ComplaintSlice.batch.in_(list(batches)))
    for batch, held in session.execute(query.order_by(ComplaintSlice.batch.desc())):
        bits = batches[batch]
        yield batch, [id_ for at, id_ in reversed(list(enumerate(unpacked(held)))) if bits >> at & 1]


def _holding(
    session: Session, actor: Actor, terms: list[str], places: list[Place], conditions: tuple[ColumnElement[bool], ...], known: set[int]
) -> list[Complaint]:
    """Of these cases those this person may see whose text holds every term as written, in the order of their places."""
    ids = [id_ for _, id_ in places]
    query = select(Complaint).where(Complaint.id.in_(ids), queries.seen_by(actor), *conditions)
    found = {row.id: row for row in session.scalars(query) if row.id not in known and _holds(row, terms)}
    return [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]


def _holds(row: Complaint, terms: list[str]) -> bool:
    text = "\n".join(stretches(f"{row.target_name}\n{row.text}"))
    return all(term in text for term in terms)
