"""值班: who of a unit can be reached on which days, kept by the unit, read by everybody who assigns or answers."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.complaints.telling import written
from coordination.members.queries import get_unit, heirs
from coordination.permissions import Actor, Permission, can, require
from coordination.settings.queries import MOST_ID
from models import DutyShift, Unit
from models.errors import BadInput, NotFound
from models.scope import Scope

LONGEST = 366  # days one entry may cover


def add_shift(
    session: Session,
    *,
    actor: Actor,
    unit_id: int,
    from_on: date,
    to_on: date,
    name: str,
    phone: str,
    person_id: int | None = None,
    now: datetime,
) -> DutyShift:
    """Somebody of the unit is on duty from/to, both days included; ``person_id``: the account, where the person has one."""
    require_right(actor, unit_id)
    audit.queue(session)
    if not 0 < unit_id <= MOST_ID:
        raise NotFound("没有这个单位")
    unit = get_unit(session, unit_id)
    if to_on < from_on:
        raise BadInput("结束日期不能早于开始日期")
    if (to_on - from_on).days >= LONGEST:
        raise BadInput("一次登记的值班不能超过一年")
    made = DutyShift(
        unit=unit,
        from_on=from_on,
        to_on=to_on,
        name=written(name, "请填写值班人员"),
        phone=written(phone, "请填写值班电话"),
        person_id=person_id,
    )
    session.add(made)
    session.flush()
    text = f"{unit.short_name}{from_on.isoformat()}至{to_on.isoformat()}值班：{made.name}"
    audit.record(session, actor=actor, action="roster:add", subject=made, at=now, text=text)
    return made


def drop_shift(session: Session, *, actor: Actor, shift_id: int, now: datetime) -> None:
    """Take an entry off the roster; the audit ledger keeps that it was there."""
    audit.queue(session)
    shift = session.get(DutyShift, shift_id) if 0 < shift_id <= MOST_ID else None
    if shift is None:
        raise NotFound("没有这条值班安排")
    require_right(actor, shift.unit_id)
    text = f"取消{shift.unit.short_name}{shift.from_on.isoformat()}至{shift.to_on.isoformat()}值班：{shift.name}"
    audit.record(session, actor=actor, action="roster:drop", subject=shift, at=now, text=text)
    session.delete(shift)
    session.flush()


def on_duty(session: Session, unit: Unit, day: date) -> list[DutyShift]:
    """Who is on duty for a unit on that day; for a merged one, who is on duty for its heir."""
    heir = heirs(session, day).get(unit.id, unit)
    here = (DutyShift.unit_id == heir.id, DutyShift.from_on <= day, DutyShift.to_on >= day)
    return list(session.scalars(select(DutyShift).where(*here).order_by(DutyShift.from_on, DutyShift.id)))


def shifts(session: Session, unit_id: int, since: date) -> list[DutyShift]:
    """The roster of a unit from that day on."""
    query = select(DutyShift).where(DutyShift.unit_id == unit_id, DutyShift.to_on >= since)
    return list(session.scalars(query.order_by(DutyShift.from_on, DutyShift.id)))


def may_keep(actor: Actor, unit_id: int) -> bool:
    """A unit keeps its own roster; the routers may help."""
    return can(actor, Permission.COMPLAINT_ROUTE) or can(actor, Permission.COMPLAINT_HANDLE, Scope(None, frozenset({unit_id})))


def require_right(actor: Actor, unit_id: int) -> None:
    """NotAllowed unless ``may_keep``."""
    if not can(actor, Permission.COMPLAINT_ROUTE):
        require(actor, Permission.COMPLAINT_HANDLE, Scope(None, frozenset({unit_id})))
