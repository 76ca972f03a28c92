"""What the public reads: the joint meeting, its member units and who handles what; and whether the platform is fit to serve."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from coordination.members.queries import duties_of, heirs, mechanisms, office_unit, seats
from coordination.settings import schema
from coordination.settings.queries import setting
from models import DutyRole, Lease

LIFE_SIGN = timedelta(seconds=60)


@dataclass(frozen=True)
class Handled:
    """A subject and who handles it, the leading unit first."""

    subject: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Front:
    """The first page. Everything on it is public; no person is named."""

    title: str
    basis: str
    office: str
    phone: str
    members: tuple[str, ...]
    handled: tuple[Handled, ...]


def front(session: Session, on: date) -> Front:
    """The county's joint meeting as it stands on that day; an installation still empty has a name and no more."""
    found = mechanisms(session)[:1]
    if not found:
        return Front(f"{setting(session, 'county_name')}消费者权益保护工作联席会议", "", "", "", (), ())
    county, office = found[0], office_unit(session)
    sitting = [seat.unit for seat in seats(session, found, on)[county.id]]
    return Front(
        title=county.name,
        basis=county.basis,
        office=county.office_unit.name,
        phone=office.phone if office else "",
        members=tuple(unit.short_name for unit in sitting),
        handled=_handled(session, {unit.id: unit.short_name for unit in sitting}, on),
    )


def _handled(session: Session, sitting: dict[int, str], on: date) -> tuple[Handled, ...]:
    """谁来管: the duties in force of the members, and of units merged into them, in the order of the unit that leads."""
    names = {**{merged: sitting[heir.id] for merged, heir in heirs(session, on).items() if heir.id in sitting}, **sitting}
    leading: dict[str, dict[str, bool]] = {}
    for duty in duties_of(session, names):
        if duty.in_force(on):
            units, name = leading.setdefault(duty.subject, {}), names[duty.unit_id]
            units[name] = units.get(name, False) or duty.role == DutyRole.LEAD
    handled = [Handled(subject, tuple(sorted(units, key=lambda name: not units[name]))) for subject, units in leading.items()]
    order = {name: place for place, name in enumerate(sitting.values())}
    return tuple(sorted(handled, key=lambda one: order[one.units[0]]))


def readiness(session: Session, now: datetime) -> dict[str, bool]:
    """Can the platform serve: does the database answer, is its structure the newest, has the scheduler given a sign of life lately?"""
    try:
        current = schema.current(session.connection())
        beats = list(session.scalars(select(Lease.beat_at)))
    except SQLAlchemyError:
        session.rollback()
        return {"database": False, "migrations": False, "scheduler": False}
    alive = any(now - beat <= LIFE_SIGN for beat in beats)
    return {"database": True, "migrations": current == schema.head(), "scheduler": alive}
