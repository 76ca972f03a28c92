"""谁来管: who answers for a subject on a day; and coverage: subjects nobody answers for, or two units do, and units no case goes to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination.members import queries
from coordination.members.queries import ValidDuty
from models import Assignment, Subject, Unit
from models.calendar import SHANGHAI
from models.errors import BadInput

LEAST = 2  # characters of a search
MOST = 60
SHOWN = 30  # duties of one page
NAMED = 5  # what it weighs when the class itself is named
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Answer:
    """One duty as 谁来管 shows it: the unit that answers today, and where one complains to it."""

    duty: ValidDuty
    unit: Unit
    hits: tuple[str, ...] = ()

    @property
    def bureau(self) -> Unit:
        """The unit the public knows: the bureau a section belongs to, or the unit itself."""
        return self.unit.parent if self.unit.parent is not None and self.unit.kind.value == "section" else self.unit

    @property
    def phone(self) -> str:
        """The unit's own, else its bureau's; empty where none is registered."""
        return self.unit.phone or self.bureau.phone

    @property
    def way(self) -> str:
        """Where and how one complains, in words; empty where none is registered."""
        return self.unit.complaint_way or self.bureau.complaint_way


@dataclass(frozen=True)
class Found:
    """One page of answers; ``next``: the duty to go on behind, None at the end."""

    answers: list[Answer]
    total: int
    next: int | None


def read_words(typed: str) -> str:
    """What somebody looks for, plain; BadInput for less than two characters, which would find nearly everything."""
    words = " ".join(typed.split())[:MOST]
    if len(words) < LEAST:
        raise BadInput(f"请输入至少{LEAST}个字再查")
    return words


def find(
    session: Session, on: date, *, words: str = "", subject_id: int | None = None, public_only: bool = False, after: int | None = None
) -> Found:
    """Who answers on that day: for a class, those of the class itself and above it, the nearest first, then of classes below it; for words
    (``read_words``), the duties that say them or whose keywords stand in them, the heaviest first. A word that rules a duty out does so.

    A county has some hundred duties: they are read whole, in four queries, and looked through here.
    """
    classes = {row.id: row for row in queries.subjects(session, on)}
    duties = [duty for duty in queries.duties_valid(session, on) if not public_only or _is_public(classes, duty)]
    if words:
        weighed = [(*_weigh(duty, words), duty) for duty in duties]
        ranked = [(hits, duty) for weight, hits, duty in sorted(weighed, key=lambda one: -one[0]) if weight]
    elif subject_id is not None:
        near = _nearness(classes, subject_id)
        ranked = [((), duty) for duty in sorted(duties, key=lambda one: near.get(one.subject_id, 0)) if duty.subject_id in near]
    else:
        ranked = [((), duty) for duty in duties]
    start = next((place for place, (_, duty) in enumerate(ranked, 1) if duty.id == after), 0)
    page = ranked[start : start + SHOWN]
    units = _units(session, [duty.unit_id for _, duty in page])
    more = page[-1][1].id if start + SHOWN < len(ranked) else None
    return Found([Answer(duty, units[duty.unit_id], hits) for hits, duty in page], len(ranked), more)


def _weigh(duty: ValidDuty, words: str) -> tuple[int, tuple[str, ...]]:
    """How well a duty fits what was typed, and by which words; 0: not at all."""
    if any(word in words for word in duty.exclusions):
        return 0, ()
    hits = [(word, weight) for word, weight in duty.keywords if word in words or words in word]
    weight = sum(weight for _, weight in hits)
    if duty.subject in words or any(words in name for name in duty.subjects):
        weight += NAMED
    if words in duty.text or words in duty.clause or words in duty.unit:
        weight += 1
    return weight, tuple(word for word, _ in hits)


def _nearness(classes: dict[int, Subject], subject_id: int) -> dict[int, int]:
    """The classes whose duties answer for this one, with their distance; those below it come last."""
    near: dict[int, int] = {}
    above = classes.get(subject_id)
    while above is not None and above.id not in near:
        near[above.id] = len(near)
        above = classes.get(above.parent_id or 0)
    for row in classes.values():  # each stands behind the class it belongs to
        if row.id not in near and near and (row.parent_id == subject_id or near.get(row.parent_id or 0, 0) >= 100):
            near[row.id] = 100
    return near


def _is_public(classes: dict[int, Subject], duty: ValidDuty) -> bool:
    return duty.subject_id in classes and classes[duty.subject_id].is_public


def _units(session: Session, ids: Iterable[int]) -> dict[int, Unit]:
    query = select(Unit).where(Unit.id.in_(list(ids))).options(joinedload(Unit.parent))
    return {unit.id: unit for unit in session.scalars(query)}


@dataclass(frozen=True)
class Branch:
    """A class with those right below it, as 谁来管 lists them."""

    subject: Subject
    below: list[Subject] = field(default_factory=list)


def branches(session: Session, on: date, *, public_only: bool = False) -> list[Branch]:
    """The two upper floors of the classes in force; a class at the top that has none below stands alone."""
    found: dict[int, Branch] = {}
    for row in queries.subjects(session, on):
        if public_only and not row.is_public:
            continue
        if row.parent_id in found:
            found[row.parent_id].below.append(row)
        elif row.parent_id is None:
            found[row.id] = Branch(row)
    return list(found.values())


def below(session: Session, on: date, subject_id: int, *, public_only: bool = False) -> list[Subject]:
    """The classes right below this one."""
    return [row for row in queries.subjects(session, on) if row.parent_id == subject_id and (row.is_public or not public_only)]


@dataclass(frozen=True)
class Contested:
    """A class for which more than one unit of the same rank answers, everywhere or in the same streets."""

    subject: Subject
    path: str
    duties: list[ValidDuty]


@dataclass(frozen=True)
class Coverage:
    """What the register leaves open on a day."""

    unowned: list[tuple[Subject, str]]
    contested: list[Contested]
    idle: list[Unit]


def coverage(session: Session, on: date) -> Coverage:
    """Classes without classes below that no unit leads, itself or from above; classes that two units lead; units that lead something and
    were assigned no case in the year before. Bureaus are compared with bureaus, sections with those of their bureau, and those with
    streets of their own with those of the same streets."""
    classes = queries.subjects(session, on)
    by_id = {row.id: row for row in classes}
    leading: dict[int, list[ValidDuty]] = defaultdict(list)
    for duty in queries.duties_valid(session, on):
        if duty.is_lead:
            leading[duty.subject_id].append(duty)
    parents = {row.parent_id for row in classes}
    leaves = [row for row in classes if row.id not in parents]
    unowned = [(row, _path(by_id, row)) for row in leaves if not any(leading[near] for near in _upwards(by_id, row))]
    contested = [Contested(row, _path(by_id, row), rivals) for row in classes if (rivals := _rivals(leading[row.id]))]
    return Coverage(unowned, contested, _idle(session, {duty.unit_id for rows in leading.values() for duty in rows}, on))


def _upwards(by_id: dict[int, Subject], row: Subject) -> list[int]:
    ids: list[int] = []
    above: Subject | None = row
    while above is not None and above.id not in ids:
        ids.append(above.id)
        above = by_id.get(above.parent_id or 0)
    return ids


def _path(by_id: dict[int, Subject], row: Subject) -> str:
    """服务 › 教育培训 › 学科类培训."""
    return " › ".join(by_id[one].name for one in reversed(_upwards(by_id, row)))


def _rivals(duties: list[ValidDuty]) -> list[ValidDuty]:
    """Those of them that answer for the same streets beside another unit of the same rank."""
    groups: dict[Any, list[ValidDuty]] = defaultdict(list)
    for duty in duties:
        for place in duty.territories or ("",):
            groups[duty.parent_id, place].append(duty)
    return list(dict.fromkeys(duty for group in groups.values() if len({one.unit_id for one in group}) > 1 for duty in group))


def _idle(session: Session, unit_ids: set[int], on: date) -> list[Unit]:
    since = datetime.combine(on, time.min, SHANGHAI) - YEAR
    busy = set(session.scalars(select(Assignment.unit_id).where(Assignment.assigned_at >= since).distinct()))
    busy |= {heir.id for old, heir in queries.heirs(session, on).items() if old in busy}
    query = select(Unit).where(Unit.id.in_(unit_ids - busy)).order_by(Unit.position, Unit.id)
    return list(session.scalars(query))
