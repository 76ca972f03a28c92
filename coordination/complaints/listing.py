"""The queues as they are read: what waits for the router, what a unit has. Each goes by a key and costs what it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, selectinload

from coordination.complaints.queries import PAGE, seen_by, sees_all
from coordination.permissions import Actor
from models import Assignment, Channel, Complaint, ComplaintKind, ComplaintStatus

S = ComplaintStatus
MOST_COUNTED = 1000  # a queue is counted no further: nobody reads more, and counting reads what it counts
WITH_UNITS = frozenset(ComplaintStatus) - {S.REGISTERED, S.RETURNED, S.DISPUTED, S.CLOSED}
TO_HANDLE = WITH_UNITS - {S.ASSIGNED, S.RECEIVED}
# The queues: address word, words on the page, statuses. The first is where the page opens.
ROUTERS: dict[str, tuple[str, frozenset[ComplaintStatus]]] = {
    "": ("待分派", frozenset({S.REGISTERED})),
    "returned": ("已退回", frozenset({S.RETURNED})),
    "disputed": ("职责争议", frozenset({S.DISPUTED})),
    "handling": ("各单位在办", WITH_UNITS),
    "closed": ("已办结", frozenset({S.CLOSED})),
}
UNITS: dict[str, tuple[str, frozenset[ComplaintStatus]]] = {
    "": ("在办", WITH_UNITS),
    "assigned": ("待签收", frozenset({S.ASSIGNED})),
    "received": ("待受理", frozenset({S.RECEIVED})),
    "handling": ("已受理和核查中", TO_HANDLE),
    "closed": ("已办结", frozenset({S.CLOSED})),
}


@dataclass(frozen=True)
class Place:
    """Where a page begins or ends: the last day and id of a row."""

    due_on: date
    id: int

    def __str__(self) -> str:
        """As an address carries it."""
        return f"{self.due_on.isoformat()}.{self.id}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """None for what no page ever wrote."""
        day, _, number = text.partition(".")
        try:
            found = cls(date.fromisoformat(day), int(number))
        except ValueError:
            return None
        return found if 0 < found.id < 2**62 else None


@dataclass(frozen=True)
class Sought:
    """What a queue is narrowed to; empty parts narrow nothing. ``since`` and ``until``: its nearest last day lies between them."""

    view: str = ""
    kind: ComplaintKind | None = None
    channel: Channel | None = None
    place: str = ""
    unit_id: int | None = None
    since: date | None = None
    until: date | None = None
    found: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class Page:
    """One page of a queue; ``before`` and ``after``: where to turn, None where there is no more."""

    rows: list[Complaint]
    before: Place | None = None
    after: Place | None = None


def views(actor: Actor, *, own: bool = False) -> dict[str, tuple[str, frozenset[ComplaintStatus]]]:
    """The queues this person has; ``own``: those of the own units, also of somebody who sees every case."""
    return UNITS if own or not sees_all(actor) else ROUTERS


def page(
    session: Session, actor: Actor, sought: Sought, *, after: Place | None = None, before: Place | None = None, own: bool = False
) -> Page:
    """One page of a queue, the nearest last day first; what is closed, the newest first."""
    queues = views(actor, own=own)
    statuses = queues[sought.view][1]
    closed = statuses == {S.CLOSED}
    query, key = _of_all(statuses) if queues is ROUTERS else _of_unit(actor, statuses, closed)
    query = query.where(*_conditions(sought)).options(selectinload(Complaint.assignments).joinedload(Assignment.unit))
    return _turned(session, query, key, closed, after, before)


def counts(session: Session, actor: Actor, *, own: bool = False) -> dict[str, int]:
    """How many stand in each queue but the last, each counted up to ``MOST_COUNTED``; one query."""
    parts = []
    queues = views(actor, own=own)
    for word, (_, statuses) in queues.items():
        if statuses == {S.CLOSED}:
            continue
        query, _ = _of_all(statuses) if queues is ROUTERS else _of_unit(actor, statuses, False)
        some = query.with_only_columns(Complaint.id).limit(MOST_COUNTED).subquery()
        parts.append(select(literal(word), func.count()).select_from(some))
    return {word: number for word, number in session.execute(union_all(*parts))}  # noqa: C416  rows, not pairs


def _of_all(statuses: frozenset[ComplaintStatus]) -> tuple[Select[Any], tuple[Any, Any]]:
    return select(Complaint).where(Complaint.status.in_(statuses)), (Complaint.due_on, Complaint.id)


def _of_unit(actor: Actor, statuses: frozenset[ComplaintStatus], closed: bool) -> tuple[Select[Any], tuple[Any, Any]]:
    """Along the unit's own queue, which holds what it has open; what it has closed stands behind it, without a day."""
    mine = Assignment.unit_id == min(actor.unit_ids) if len(actor.unit_ids) == 1 else Assignment.unit_id.in_(actor.unit_ids)
    query = select(Complaint).join(Assignment, Assignment.complaint_id == Complaint.id).where(mine)
    if closed:
        query = query.where(Assignment.queued_on.is_(None), Assignment.returned_at.is_(None), Complaint.status == S.CLOSED)
    else:
        query = query.where(Assignment.queued_on.is_not(None))
        if statuses != WITH_UNITS:
            query = query.where(Complaint.status.in_(statuses))
    return query, (Assignment.queued_on, Assignment.complaint_id)


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    pairs: list[tuple[bool, Callable[[], ColumnElement[bool]]]] = [
        (sought.kind is not None, lambda: Complaint.kind == sought.kind),
        (sought.channel is not None, lambda: Complaint.channel == sought.channel),
        (bool(sought.place), lambda: Complaint.place.contains(sought.place, autoescape=True)),
        (sought.unit_id is not None, lambda: Complaint.id.in_(_held_by(sought.unit_id))),
        (sought.since is not None, lambda: Complaint.due_on >= sought.since),
        (sought.until is not None, lambda: Complaint.due_on <= sought.until),
    ]
    found = [make() for wanted, make in pairs if wanted]
    return found if sought.found is None else [*found, sought.found]


def _held_by(unit_id: int | None) -> Select[Any]:
    return select(Assignment.complaint_id).where(Assignment.unit_id == unit_id, Assignment.returned_at.is_(None))


def _turned(session: Session, query: Select[Any], key: tuple[Any, Any], closed: bool, after: Place | None, before: Place | None) -> Page:
    """By (day, id) ascending; by id descending for what is closed."""
    day, number = key
    back = before is not None
    place = before if back else after
    if place is not None:
        query = query.where(_beyond(day, number, place, closed, back))
    order = [number.asc() if back else number.desc()] if closed else [day.desc(), number.desc()] if back else [day, number]
    rows = list(dict.fromkeys(session.scalars(query.order_by(*order).limit(PAGE + 1))))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if back:
        rows.reverse()
    if not rows:
        return Page([])
    earlier, later = (more, True) if back else (place is not None, more)
    return Page(rows, _place(rows[0]) if earlier else None, _place(rows[-1]) if later else None)


def _beyond(day: Any, number: Any, place: Place, closed: bool, back: bool) -> ColumnElement[bool]:
    if closed:
        return number > place.id if back else number < place.id
    if back:
        return and_(day <= place.due_on, or_(day < place.due_on, number < place.id))
    return and_(day >= place.due_on, or_(day > place.due_on, number > place.id))


def _place(row: Complaint) -> Place:
    return Place(row.due_on, row.id)


def neighbours_of(session: Session, actor: Actor, business_id: int, but: int) -> list[Complaint]:
    """The newest other cases against one business that this person may see."""
    query = select(Complaint).where(Complaint.business_id == business_id, Complaint.id != but, seen_by(actor))
    return list(session.scalars(query.order_by(Complaint.id.desc()).limit(10)))
