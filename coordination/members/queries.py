"""Units, mechanisms, seats and duties as they are read. Everybody who is signed in may read them: they are the county's register."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, String, cast, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from coordination.accounts.queries import people_in_role, people_of_units
from coordination.clauses import Entry
from models import Duty, DutyRole, Mechanism, Membership, Person, Role, Subject, Unit, UnitKind
from models.errors import NotFound

Row = TypeVar("Row")
PAGE = 50


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A stretch of a long list; ``previous`` and ``next`` are the ids to turn at, None where there is no more."""

    rows: list[Row]
    previous: int | None = None
    next: int | None = None


@dataclass
class Seat:
    """A unit that sits today: who answers, since when, for which units merged into it, and its people."""

    unit: Unit
    since: date
    merged: list[Unit] = field(default_factory=list)
    liaisons: list[Person] = field(default_factory=list)
    heads: list[Person] = field(default_factory=list)


def get_unit(session: Session, unit_id: int) -> Unit:
    """The unit, or NotFound."""
    return _one(session, Unit, unit_id, "没有这个单位", joinedload(Unit.parent))


def get_mechanism(session: Session, mechanism_id: int) -> Mechanism:
    """The mechanism with its seats, or NotFound."""
    seats = selectinload(Mechanism.memberships).joinedload(Membership.unit)
    return _one(session, Mechanism, mechanism_id, "没有这个联席会议机制", seats, joinedload(Mechanism.office_unit))


def get_membership(session: Session, membership_id: int) -> Membership:
    """The seat, or NotFound."""
    return _one(session, Membership, membership_id, "没有这条成员记录", joinedload(Membership.unit), joinedload(Membership.mechanism))


def get_duty(session: Session, duty_id: int) -> Duty:
    """The duty, or NotFound."""
    return _one(session, Duty, duty_id, "没有这项职责", joinedload(Duty.unit), joinedload(Duty.subject))


def get_subject(session: Session, subject_id: int) -> Subject:
    """The class, or NotFound."""
    return _one(session, Subject, subject_id, "没有这个事项分类", joinedload(Subject.parent))


def mechanisms(session: Session) -> list[Mechanism]:
    """Every mechanism with its seats; those between bureaus first."""
    query = select(Mechanism).options(selectinload(Mechanism.memberships).joinedload(Membership.unit), joinedload(Mechanism.office_unit))
    return list(session.scalars(query.order_by(Mechanism.top_rung.desc(), Mechanism.id)))


def office_unit(session: Session) -> Unit | None:
    """Whom the public and puzzled colleagues call: where the office of the first mechanism between bureaus is; None before there is one."""
    query = select(Unit).join(Mechanism, Mechanism.office_unit_id == Unit.id)
    return session.scalars(query.order_by(Mechanism.top_rung.desc(), Mechanism.id)).first()


def heirs(session: Session, on: date) -> dict[int, Unit]:
    """Who answers on that day for each unit that has named a successor, by the id of that unit."""
    query = select(Unit).where(Unit.successor_id.is_not(None)).options(joinedload(Unit.successor))
    return {unit.id: unit.heir(on) for unit in session.scalars(query)}


def merged_into(session: Session, unit: Unit, answering: dict[int, Unit]) -> list[Unit]:
    """The units this one answers for today, the latest merged first; ``answering`` as ``heirs`` tells it."""
    merged = [unit_id for unit_id, heir in answering.items() if heir.id == unit.id and unit_id != unit.id]
    return list(session.scalars(select(Unit).where(Unit.id.in_(merged)).order_by(Unit.valid_to.desc(), Unit.id)))


def succession(unit: Unit) -> list[Unit]:
    """The unit's successors in order, to the last one named."""
    chain, body = [unit], unit.successor
    while body is not None and body not in chain:
        chain.append(body)
        body = body.successor
    return chain[1:]


def seats(session: Session, held: Iterable[Mechanism], on: date) -> dict[int, list[Seat]]:
    """Who sits in each of these mechanisms on that day, by mechanism id, in the order of the register; the same units as
    ``Mechanism.members``, with their people. Four queries, however many mechanisms and units there are."""
    answering = heirs(session, on)
    by_mechanism: dict[int, dict[int, Seat]] = {}
    for mechanism in held:
        found = by_mechanism.setdefault(mechanism.id, {})
        for membership in mechanism.memberships:
            if membership.sits(on):
                _sit(found, membership, answering.get(membership.unit_id, membership.unit))
    seated = {unit_id for found in by_mechanism.values() for unit_id in found}
    staff = people(session, seated, answering)
    for seat in (seat for found in by_mechanism.values() for seat in found.values()):
        seat.liaisons, seat.heads = staff[Role.LIAISON][seat.unit.id], staff[Role.UNIT_HEAD][seat.unit.id]
    return {mechanism_id: list(found.values()) for mechanism_id, found in by_mechanism.items()}


def _sit(found: dict[int, Seat], membership: Membership, unit: Unit) -> None:
    seat = found.setdefault(unit.id, Seat(unit, membership.from_on))
    seat.since = min(seat.since, membership.from_on)
    if membership.unit_id != unit.id:
        seat.merged.append(membership.unit)


def people(session: Session, unit_ids: Iterable[int], answering: dict[int, Unit]) -> dict[Role, dict[int, list[Person]]]:
    """Liaisons and heads of these units, those of units merged into them included: role → unit id → people."""
    wanted = set(unit_ids)
    own = {unit_id: unit_id for unit_id in wanted} | {merged: unit.id for merged, unit in answering.items() if unit.id in wanted}
    staff: dict[Role, dict[int, list[Person]]] = {}
    for role in (Role.LIAISON, Role.UNIT_HEAD):
        staff[role] = defaultdict(list)
        for person in people_of_units(session, own, (role,)):
            staff[role][own[person.unit_id or 0]].append(person)
    return staff


def offices(session: Session, mechanism_id: int) -> dict[Role, list[Person]]:
    """Who convenes a mechanism and works in its office, by role in the order of rank."""
    ranks = (Role.CONVENOR, Role.DEPUTY, Role.OFFICE, Role.RECORDER)
    return {role: people_in_role(session, role, mechanism_id) for role in ranks}


def seats_of(session: Session, unit_ids: Iterable[int]) -> list[Membership]:
    """Every seat these units have held, the newest entry first."""
    query = select(Membership).where(Membership.unit_id.in_(list(unit_ids))).order_by(Membership.from_on.desc(), Membership.id)
    return list(session.scalars(query.options(joinedload(Membership.mechanism), joinedload(Membership.unit))))


def duties_of(session: Session, unit_ids: Iterable[int]) -> list[Duty]:
    """Every duty these units have or had, in the order of the classes."""
    query = select(Duty).where(Duty.unit_id.in_(list(unit_ids))).options(joinedload(Duty.unit), joinedload(Duty.subject))
    return list(session.scalars(query.join(Duty.subject).order_by(Subject.code, Duty.id)))


def wordings(session: Session, duty: Duty) -> list[Duty]:
    """Every wording this duty has or had, the newest first: what it replaced, and what replaced it."""
    first = duty
    while first.replaces_id is not None:
        first = session.get_one(Duty, first.replaces_id)
    found, newest = [first], [first]
    while newest:
        query = select(Duty).where(Duty.replaces_id.in_([one.id for one in newest])).options(joinedload(Duty.subject))
        newest = list(session.scalars(query))
        found += newest
    return sorted(found, key=lambda one: (one.valid_from or date.min, one.id), reverse=True)


def subjects(session: Session, on: date | None = None) -> list[Subject]:
    """The classes in force on that day (None: every one there ever was), each behind the class it belongs to."""
    rows = list(session.scalars(select(Subject).order_by(Subject.code)))  # all in the session: no parent is asked for again
    below: dict[int | None, list[Subject]] = defaultdict(list)
    for row in rows:
        if on is None or row.in_force(on):
            below[row.parent_id].append(row)
    kept = {row.id for group in below.values() for row in group}
    roots = [row for parent_id, group in below.items() if parent_id not in kept for row in group]
    order: list[Subject] = []
    waiting = sorted(roots, key=lambda row: row.code, reverse=True)
    while waiting:
        order.append(waiting.pop())
        waiting += reversed(below[order[-1].id])
    return order


@dataclass(frozen=True)
class ValidDuty:
    """A duty on the day it was asked for, apart from the database. ``unit_id``: who answers for it that day (a merged unit's heir);
    ``parent_id``: the bureau that unit is under; ``subjects``: the class and those above it, the nearest first."""

    id: int
    unit_id: int
    unit: str
    parent_id: int | None
    subject_id: int
    subjects: tuple[str, ...]
    text: str
    clause: str
    keywords: tuple[tuple[str, int], ...]
    exclusions: tuple[str, ...]
    territories: tuple[str, ...]
    role: DutyRole

    @property
    def subject(self) -> str:
        """The class's own name."""
        return self.subjects[0]

    @property
    def is_lead(self) -> bool:
        """Does this unit handle it, rather than help?"""
        return self.role == DutyRole.LEAD


def duties_valid(session: Session, on: date) -> list[ValidDuty]:
    """Every duty in force on that day under the unit that answers for it then, in the order of classes and units. Three queries."""
    classes = {row.id: row for row in session.scalars(select(Subject))}
    answering = heirs(session, on)
    query = select(Duty).join(Duty.unit).join(Duty.subject).where(_in_force(on)).options(joinedload(Duty.unit))
    found = []
    for duty in session.scalars(query.order_by(Subject.code, Duty.role.desc(), Unit.position, Duty.id)):
        unit = answering.get(duty.unit_id, duty.unit)
        if unit.stands(on):
            found.append(_valid(duty, unit, classes))
    return found


def any_duty(session: Session, on: date) -> bool:
    """Is any duty in force on that day?"""
    return session.scalar(select(exists().where(_in_force(on)))) or False


def _valid(duty: Duty, unit: Unit, classes: dict[int, Subject]) -> ValidDuty:
    names, above = [], classes.get(duty.subject_id)
    while above is not None:
        names.append(above.name)
        above = classes.get(above.parent_id or 0)
    return ValidDuty(
        id=duty.id,
        unit_id=unit.id,
        unit=unit.short_name,
        parent_id=unit.parent_id,
        subject_id=duty.subject_id,
        subjects=tuple(names),
        text=duty.text,
        clause=duty.clause,
        keywords=tuple(duty.keywords.items()),
        exclusions=tuple(duty.exclusions),
        territories=tuple(duty.territory.split("、")) if duty.territory else (),
        role=duty.role,
    )


def _in_force(on: date) -> Any:
    return or_(Duty.valid_from.is_(None), Duty.valid_from <= on) & or_(Duty.valid_to.is_(None), Duty.valid_to >= on)


def bodies_under(session: Session, unit_id: int, on: date) -> list[Unit]:
    """The sections, stations and streets under a unit that stand on that day."""
    query = select(Unit).where(Unit.parent_id == unit_id).order_by(Unit.position, Unit.id)
    return [unit for unit in session.scalars(query) if unit.stands(on)]


def standing(session: Session, on: date) -> list[Unit]:
    """Every unit that stands on that day, in the order of the register (choices of a form)."""
    query = select(Unit).where(_standing(on)).order_by(Unit.position, Unit.id)
    return list(session.scalars(query))


def listed_units(
    session: Session,
    *,
    words: str = "",
    kind: UnitKind | None = None,
    on: date | None = None,
    after: int | None = None,
    before: int | None = None,
) -> Page[Unit]:
    """Units in the order of the register: whose names, code or former names hold ``words``, of that kind, standing on that day."""
    query = select(Unit).options(joinedload(Unit.parent), joinedload(Unit.successor))
    if words:
        query = query.where(_hold(words, Unit.name, Unit.short_name, Unit.code, lists=Unit.former_names))
    if kind is not None:
        query = query.where(Unit.kind == kind)
    if on is not None:
        query = query.where(_standing(on))
    turn = session.get(Unit, after or before or 0)
    return _turned(session, query, (Unit.position, Unit.id), (turn.position, turn.id) if turn else None, backwards=before is not None)


def listed_duties(
    session: Session,
    *,
    words: str = "",
    role: DutyRole | None = None,
    on: date | None,
    after: int | None = None,
    before: int | None = None,
) -> Page[Duty]:
    """Duties in force on that day (None: every one there ever was) by class: whose class, wording, keywords or unit hold ``words``."""
    query = select(Duty).join(Duty.unit).join(Duty.subject).options(joinedload(Duty.unit), joinedload(Duty.subject))
    if on is not None:
        query = query.where(_in_force(on))
    if words:
        query = query.where(_hold(words, Subject.name, Duty.text, Duty.clause, Unit.short_name, Unit.name, lists=Duty.keywords))
    if role is not None:
        query = query.where(Duty.role == role)
    turn = session.get(Duty, after or before or 0)
    place = (turn.subject.code, turn.id) if turn else None
    return _turned(session, query, (Subject.code, Duty.id), place, backwards=before is not None)


def counted_units(session: Session, on: date) -> int:
    """How many units stand on that day."""
    return session.scalar(select(func.count(Unit.id)).where(_standing(on))) or 0


def _standing(on: date) -> Any:
    return or_(Unit.valid_from.is_(None), Unit.valid_from <= on) & or_(Unit.valid_to.is_(None), Unit.valid_to >= on)


def _hold(words: str, *columns: Any, lists: Any) -> Any:
    r"""One of ``columns``, or a word of the JSON column ``lists``, holds ``words``. A pattern may be longer than what the column holds,
    hence the cast; JSON columns keep ideographs as \uXXXX."""
    told = [cast(column, String).icontains(words, autoescape=True) for column in columns]
    return or_(*told, cast(lists, String).contains(json.dumps(words)[1:-1], autoescape=True))


def _turned(session: Session, query: Select, keys: tuple, turn: tuple | None, *, backwards: bool) -> Page:
    """The next (or the previous) stretch of ``query`` ordered by ``keys``, from the row with the values ``turn``."""
    if turn is not None:
        query = query.where(tuple_(*keys) < tuple_(*turn) if backwards else tuple_(*keys) > tuple_(*turn))
    order = [key.desc() for key in keys] if backwards else list(keys)
    rows = list(session.scalars(query.order_by(*order).limit(PAGE + 1)))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    has_previous, has_next = (more, True) if backwards else (turn is not None, more)
    return Page(rows, rows[0].id if rows and has_previous else None, rows[-1].id if rows and has_next else None)


def _one(session: Session, model: type[Row], row_id: int, message: str, *options: Any) -> Row:
    """The row with this id, or NotFound."""
    row = session.get(model, row_id, options=options) if 0 < row_id < 2**31 else None
    if row is None:
        raise NotFound(message)
    return row


GROUP_WORDS = ("各成员单位", "各乡镇街道")  # words for many units at once, which official papers give tasks to


def named_units(session: Session, on: date) -> list[Entry]:
    """The register as sentences name it on that day: each unit that stands, with its former names and those of the units it succeeded."""
    units = list(session.scalars(select(Unit).options(joinedload(Unit.successor)).order_by(Unit.position, Unit.id)))
    former: dict[int, list[str]] = defaultdict(list)
    for unit in units:
        heir = unit.heir(on)
        if heir is not unit:
            former[heir.id] += [unit.name, unit.short_name, *unit.former_names]
    entries = [Entry(u.name, (u.short_name,), (*u.former_names, *former[u.id])) for u in units if u.stands(on)]
    return entries + [Entry(word, group=True) for word in GROUP_WORDS]
