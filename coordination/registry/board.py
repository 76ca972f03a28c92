"""The office's numbers: targets, what stands at which gate, what is due, and removals by ground with the seconds they took."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coordination.permissions import Actor
from coordination.registry.queries import seen_by
from models import (
    Category,
    Recognition,
    RecognitionStatus,
    Removal,
    RemovalProposal,
    RemovalProposalStatus,
    Target,
    Unit,
)

MOST_TIMED = 1000  # removals whose seconds are looked at, newest first


@dataclass(frozen=True)
class Progress:
    """One line against a target: how many are listed, how many wait at the gates, and the target (None: none set)."""

    name: str
    unit: str
    listed: int
    pending: int
    target: int | None
    category_id: int | None = None

    @property
    def share(self) -> float | None:
        """Listed of the target; None without one."""
        return self.listed / self.target if self.target else None


def of_categories(session: Session, categories: Iterable[Category], today: date) -> list[Progress]:
    """Each category against the county's target of the year; what is recognised this year on top of what stayed counts alike."""
    found = list(categories)
    listed = _counted(session, found, Recognition.is_listed(today))
    pending = _counted(session, found, Recognition.status.in_(Recognition.PENDING))
    wanted = select(Target.category_id, Target.number).where(Target.year == today.year, Target.unit_id.is_(None))
    targets = {row.category_id: row.number for row in session.execute(wanted)}
    return [Progress(c.name, c.responsible.short_name, listed.get(c.id, 0), pending.get(c.id, 0), targets.get(c.id), c.id) for c in found]


def of_units(session: Session, categories: Iterable[Category], lines: Iterable[Progress], today: date) -> list[Progress]:
    """Each responsible unit over its categories; then each unit with a target of its own, by what it put forward."""
    sums: dict[str, Progress] = {}
    for line in lines:
        had = sums.get(line.unit, Progress(line.unit, line.unit, 0, 0, None))
        target = had.target if line.target is None else (had.target or 0) + line.target
        sums[line.unit] = Progress(line.unit, line.unit, had.listed + line.listed, had.pending + line.pending, target)
    return [*sums.values(), *_own_targets(session, {c.id: c.name for c in categories}, today)]


def _own_targets(session: Session, names: dict[int, str], today: date) -> list[Progress]:
    own = select(Target, Unit.short_name).join(Unit, Unit.id == Target.unit_id)
    own = own.where(Target.year == today.year, Target.category_id.in_(names)).order_by(Unit.position, Target.category_id)
    counted = select(Recognition.proposed_by_id, Recognition.category_id, func.count()).where(Recognition.is_listed(today))
    counted = counted.where(Recognition.proposed_by_id.is_not(None)).group_by(Recognition.proposed_by_id, Recognition.category_id)
    put_forward = {(unit, category): number for unit, category, number in session.execute(counted)}
    return [
        Progress(f"{unit}推荐的{names[t.category_id]}", unit, put_forward.get((t.unit_id, t.category_id), 0), 0, t.number)
        for t, unit in session.execute(own)
    ]


def _counted(session: Session, categories: list[Category], condition: object) -> dict[int, int]:
    query = select(Recognition.category_id, func.count()).where(Recognition.category_id.in_([c.id for c in categories]), condition)  # type: ignore[arg-type]
    return {row[0]: row[1] for row in session.execute(query.group_by(Recognition.category_id))}


@dataclass(frozen=True)
class Ground:
    """Removals of a year on one ground, and the seconds from when it was known: the median and the longest (None: nothing timed)."""

    name: str
    number: int
    middle: float | None
    longest: float | None


def removals_by_ground(session: Session, actor: Actor, since: datetime) -> list[Ground]:
    """Removals this person may see since then that still stand, by ground, most first. At most ``MOST_TIMED`` are timed."""
    mine = (seen_by(actor), Removal.removed_at >= since, Removal.overturned_at.is_(None))
    query = select(Removal.ground, func.count()).join(Removal.recognition).where(*mine).group_by(Removal.ground)
    timed = select(Removal.ground, Removal.known_at, Removal.removed_at).join(Removal.recognition).where(*mine)
    seconds: dict[str, list[float]] = {}
    for ground, known_at, removed_at in session.execute(timed.order_by(Removal.id.desc()).limit(MOST_TIMED)):
        seconds.setdefault(ground, []).append((removed_at - known_at).total_seconds())
    found = [
        Ground(name, number, median(seconds[name]) if name in seconds else None, max(seconds.get(name, ()), default=None))
        for name, number in session.execute(query)
    ]
    return sorted(found, key=lambda line: -line.number)


@dataclass(frozen=True)
class Due:
    """What waits or comes due, each a number."""

    expiring: int
    recheck: int
    overdue: int
    proposals: int
    proposals_late: int


def due(session: Session, actor: Actor, today: date, days: int) -> Due:
    """What this person should know of: units expiring within so many days, re-checks due, rectification late, proposals waiting."""

    def number(*where: object) -> int:
        return session.scalar(select(func.count(Recognition.id)).where(seen_by(actor), *where)) or 0  # type: ignore[arg-type]

    def waiting(*where: object) -> int:
        pending = select(func.count(RemovalProposal.id)).join(RemovalProposal.recognition).where(seen_by(actor))
        return session.scalar(pending.where(RemovalProposal.status == RemovalProposalStatus.PENDING, *where)) or 0  # type: ignore[arg-type]

    return Due(
        expiring=number(Recognition.is_listed(today), Recognition.valid_until <= today + timedelta(days=days)),
        recheck=number(Recognition.is_listed(today), Recognition.next_check_on <= today),
        overdue=number(Recognition.status == RecognitionStatus.RECTIFYING, Recognition.rectify_by < today),
        proposals=waiting(),
        proposals_late=waiting(RemovalProposal.due_on < today),
    )
