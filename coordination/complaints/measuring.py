"""How units do: their handling rate with numerator and denominator (S4: at least 95%), and what their records lack (S0 规范录入)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from coordination.complaints import queries
from coordination.members.queries import heirs
from coordination.permissions import Actor, Permission, require
from models import Assignment, Channel, Complaint, ComplaintStatus, Unit
from models.calendar import ONE_DAY, SHANGHAI
from models.complaint import NO_DAY

_S = ComplaintStatus
HANDLED = (_S.SETTLED, _S.REFUSED, _S.WITHDRAWN, _S.INFORMED, _S.ANSWERED, _S.CLOSED)
NEARLY = (_S.TERMINATED, _S.TRANSFERRED, _S.FILED, _S.NOT_FILED)  # handled once no clock runs: the parties were told
# What a record should hold, and as SQL that it does not.
LACKS: dict[str, ColumnElement[bool]] = {
    "统一社会信用代码": Complaint.target_uscc == "",
    "被投诉方地址": Complaint.target_address == "",
    "客体类别": Complaint.category == "",
    "问题类别": Complaint.problem == "",
    "收到时间": Complaint.received_at.is_(None),
    "具体问题": Complaint.text == "",
    "处理结果": and_(Complaint.status == _S.CLOSED, Complaint.result == "", Complaint.duplicate_of_id.is_(None)),
}


@dataclass
class Rate:
    """One unit: ``received`` cases in the period, of which ``due`` should be handled by today, and ``kept`` were, within all limits."""

    unit: Unit
    received: int = 0
    due: int = 0
    kept: int = 0

    @property
    def percent(self) -> float | None:
        """``kept`` of ``due`` in percent; None where nothing was due."""
        return 100 * self.kept / self.due if self.due else None


@dataclass
class Quality:
    """One unit (None: not assigned): ``records`` of the month, and how many lack what."""

    unit: Unit | None
    records: int = 0
    lacking: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def handling_rate(
    session: Session, actor: Actor, *, today: date, year: int, month: int | None = None, channel: Channel | None = None
) -> list[Rate]:
    """The rate of every unit this person may see, for cases received in that year or month; duplicates count with their first.

    Cases of a unit that was merged count for its heir."""
    require(actor, Permission.COMPLAINT_READ)
    handled = or_(Complaint.status.in_(HANDLED), and_(Complaint.status.in_(NEARLY), Complaint.due_on == NO_DAY))
    due = or_(handled, Complaint.was_late, Complaint.due_on < today)
    kept = and_(handled, ~Complaint.was_late)
    since, until = _period(year, month)
    asked = [Complaint.received_on >= since, Complaint.received_on < until, Complaint.duplicate_of_id.is_(None), *_mine(actor)]
    if channel is not None:
        asked.append(Complaint.channel == channel)
    query = (
        select(Assignment.unit_id, func.count(), func.count().filter(due), func.count().filter(kept))
        .join(Complaint, Complaint.id == Assignment.complaint_id)
        .where(*_LEADING, *asked)
        .group_by(Assignment.unit_id)
    )
    units, answering = _units(session, today)
    found: dict[int, Rate] = {}
    for unit_id, received, owed, done in session.execute(query):
        unit = answering.get(unit_id, units[unit_id])
        rate = found.setdefault(unit.id, Rate(unit))
        rate.received, rate.due, rate.kept = rate.received + received, rate.due + owed, rate.kept + done
    return sorted(found.values(), key=lambda rate: (rate.unit.position, rate.unit.id))


def quality(session: Session, actor: Actor, *, today: date, year: int, month: int) -> list[Quality]:
    """What the records registered in that month lack, by unit; those not assigned are the router's alone."""
    require(actor, Permission.COMPLAINT_READ)
    since, until = _instants(year, month)
    query = (
        select(Assignment.unit_id, func.count(), *(func.count().filter(lacks) for lacks in LACKS.values()))
        .select_from(Complaint)
        .outerjoin(Assignment, and_(Assignment.complaint_id == Complaint.id, *_LEADING))
        .where(Complaint.registered_at >= since, Complaint.registered_at < until, *_mine(actor))
        .group_by(Assignment.unit_id)
    )
    units, answering = _units(session, today)
    found: dict[int | None, Quality] = {}
    for unit_id, records, *counts in session.execute(query):
        unit = answering.get(unit_id, units[unit_id]) if unit_id is not None else None
        one = found.setdefault(unit.id if unit is not None else None, Quality(unit))
        one.records += records
        for word, count in zip(LACKS, counts, strict=True):
            one.lacking[word] += count
    return sorted(found.values(), key=lambda one: (one.unit is None, one.unit.position if one.unit else 0, one.unit.id if one.unit else 0))


def lacking(
    session: Session, actor: Actor, *, unit_id: int | None, year: int, month: int, after: int = 0, limit: int = queries.PAGE
) -> list[tuple[Complaint, list[str]]]:
    """The records of one unit (None: not assigned) that lack something, and what; those with a larger id than ``after``."""
    require(actor, Permission.COMPLAINT_READ)
    since, until = _instants(year, month)
    query = (
        select(Complaint, *LACKS.values())
        .outerjoin(Assignment, and_(Assignment.complaint_id == Complaint.id, *_LEADING))
        .where(Complaint.registered_at >= since, Complaint.registered_at < until, Complaint.id > after, or_(*LACKS.values()))
        .where(Assignment.unit_id == unit_id if unit_id is not None else Assignment.id.is_(None), *_mine(actor))
        .order_by(Complaint.id)
        .limit(limit)
    )
    return [(row, [word for word, is_lacking in zip(LACKS, flags, strict=True) if is_lacking]) for row, *flags in session.execute(query)]


_LEADING = (Assignment.is_lead, Assignment.returned_at.is_(None))


def _mine(actor: Actor) -> list[ColumnElement[bool]]:
    """The routers measure all, a unit's people their own unit."""
    return [] if queries.sees_all(actor) else [Assignment.unit_id.in_(actor.unit_ids)]


def _units(session: Session, today: date) -> tuple[dict[int, Unit], dict[int, Unit]]:
    return {unit.id: unit for unit in session.scalars(select(Unit))}, heirs(session, today)


def _period(year: int, month: int | None) -> tuple[date, date]:
    """The first day, and the first day after."""
    if month is None:
        return date(year, 1, 1), date(year + 1, 1, 1)
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def _instants(year: int, month: int) -> tuple[datetime, datetime]:
    since, until = _period(year, month)
    return datetime.combine(since, time.min, SHANGHAI), datetime.combine(until - ONE_DAY, time.min, SHANGHAI) + ONE_DAY
