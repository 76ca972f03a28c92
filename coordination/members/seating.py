"""Who sits where: mechanisms (联席会议机制), and the units that enter and leave them. Callers own the transaction."""

import re
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.members import queries
from coordination.members.editing import changes, in_words, seen_as_stored
from coordination.permissions import Actor, Permission, require
from models import Mechanism, Membership, TopRung
from models.errors import BadInput

CODE = re.compile(r"[a-z][a-z0-9-]{1,31}")


def create_mechanism(
    session: Session,
    *,
    actor: Actor,
    code: str,
    name: str,
    short_name: str,
    issuer: str,
    top_rung: TopRung,
    office_unit_id: int,
    now: datetime,
    basis: str = "",
    document_code: str = "",
    has_liaison_meeting: bool = False,
    has_countersign: bool = False,
) -> Mechanism:
    """Set up a joint meeting; its papers go out under ``issuer``, for it has no seal. BadInput when the code is taken or malformed."""
    require(actor, Permission.MEMBERS_EDIT)
    audit.queue(session)
    if not CODE.fullmatch(code):
        raise BadInput("机制代码以小写字母开头，由2至32个小写字母、数字或短横组成，如county")
    if session.scalar(select(Mechanism.id).where(Mechanism.code == code)) is not None:
        raise BadInput(f"机制代码{code}已经使用，请另取一个")
    mechanism = Mechanism(code=code, name=name, short_name=short_name, issuer=issuer, top_rung=top_rung, basis=basis)
    mechanism.document_code = document_code
    mechanism.office_unit = queries.get_unit(session, office_unit_id)
    mechanism.has_liaison_meeting, mechanism.has_countersign = has_liaison_meeting, has_countersign
    session.add(mechanism)
    audit.record(session, actor=actor, action="mechanism:create", subject=mechanism, at=now, text=f"建立机制：{name}（{code}）")
    return mechanism


def edit_mechanism(
    session: Session,
    *,
    actor: Actor,
    mechanism_id: int,
    version: int,
    name: str,
    short_name: str,
    issuer: str,
    top_rung: TopRung,
    office_unit_id: int,
    now: datetime,
    basis: str = "",
    document_code: str = "",
    has_liaison_meeting: bool = False,
    has_countersign: bool = False,
) -> Mechanism:
    """Change a mechanism's names, its office and its rules. Conflict when somebody else changed it."""
    require(actor, Permission.MEMBERS_EDIT)
    audit.queue(session)
    mechanism, office = queries.get_mechanism(session, mechanism_id), queries.get_unit(session, office_unit_id)
    stored = mechanism_lines(mechanism)
    wanted = _lines(name, short_name, issuer, document_code, basis, office.name, top_rung, has_liaison_meeting, has_countersign)
    seen_as_stored(mechanism, version, wanted, stored)
    mechanism.name, mechanism.short_name, mechanism.issuer, mechanism.basis = name, short_name, issuer, basis
    mechanism.document_code, mechanism.office_unit, mechanism.top_rung = document_code, office, top_rung
    mechanism.has_liaison_meeting, mechanism.has_countersign = has_liaison_meeting, has_countersign
    audit.record(session, actor=actor, action="mechanism:edit", subject=mechanism, at=now, text=changes(stored, wanted))
    return mechanism


def enter(session: Session, *, actor: Actor, mechanism_id: int, unit_id: int, from_on: date, now: datetime) -> Membership:
    """A unit takes its seat. BadInput when it sits already on a day from then on, or does not stand on that day."""
    require(actor, Permission.MEMBERS_EDIT)
    audit.queue(session)
    mechanism, unit = queries.get_mechanism(session, mechanism_id), queries.get_unit(session, unit_id)
    if not unit.stands(from_on):
        raise BadInput(f"{unit.short_name}在{in_words(from_on)}不存续，不能加入")
    held = _seats(session, mechanism_id, unit_id)
    for seat in held:
        if seat.to_on is None or seat.to_on >= from_on:
            raise BadInput(f"{unit.short_name}已于{in_words(seat.from_on)}加入，期间不能重复")
    last = session.scalar(select(func.max(Membership.position)).where(Membership.mechanism_id == mechanism_id)) or 0
    seat = Membership(mechanism=mechanism, unit=unit, from_on=from_on, position=last + 1)
    session.add(seat)
    said = f"{unit.name}自{in_words(from_on)}起为成员单位"
    audit.record(session, actor=actor, action="member:enter", subject=mechanism, at=now, text=said, unit=unit.code)
    return seat


def leave(session: Session, *, actor: Actor, membership_id: int, version: int, to_on: date, now: datetime) -> Membership:
    """A unit gives its seat up; ``to_on`` is its last day. BadInput when that lies before its entry or in a later seat of the same unit."""
    require(actor, Permission.MEMBERS_EDIT)
    audit.queue(session)
    seat = queries.get_membership(session, membership_id)
    seen_as_stored(seat, version, {"退出日期": to_on.isoformat()}, {"退出日期": str(seat.to_on or "")})
    if to_on < seat.from_on:
        raise BadInput(f"退出日期不能早于加入日期（{in_words(seat.from_on)}）")
    for other in _seats(session, seat.mechanism_id, seat.unit_id):
        if other.id != seat.id and seat.from_on < other.from_on <= to_on:
            raise BadInput(f"{seat.unit.short_name}已于{in_words(other.from_on)}再次加入，期间不能重复")
    seat.to_on = to_on
    said = f"{seat.unit.name}至{in_words(to_on)}止为成员单位"
    audit.record(session, actor=actor, action="member:leave", subject=seat.mechanism, at=now, text=said, unit=seat.unit.code)
    return seat


def move(session: Session, *, actor: Actor, membership_id: int, up: bool, now: datetime) -> Membership:
    """上移 or 下移 a seat by one among those not given up: lists and minutes name the units in this order. At the end nothing changes."""
    require(actor, Permission.MEMBERS_EDIT)
    audit.queue(session)
    seat = queries.get_membership(session, membership_id)
    query = select(Membership).where(Membership.mechanism_id == seat.mechanism_id, Membership.to_on.is_(None))
    order = list(session.scalars(query.order_by(Membership.position, Membership.id)))
    if seat not in order:
        raise BadInput(f"{seat.unit.short_name}已退出，不再排序")
    place = order.index(seat)
    other = max(place - 1, 0) if up else min(place + 1, len(order) - 1)
    order[place], order[other] = order[other], order[place]
    for position, each in enumerate(order):
        each.position = position
    if other != place:
        said = f"{seat.unit.name}在成员单位中{'上移' if up else '下移'}一位"
        audit.record(session, actor=actor, action="member:move", subject=seat.mechanism, at=now, text=said, unit=seat.unit.code)
    return seat


def mechanism_lines(mechanism: Mechanism) -> dict[str, str]:
    """What the register says of a mechanism, line by line, as an editor compares it."""
    return _lines(
        mechanism.name,
        mechanism.short_name,
        mechanism.issuer,
        mechanism.document_code,
        mechanism.basis,
        mechanism.office_unit.name,
        mechanism.top_rung,
        mechanism.has_liaison_meeting,
        mechanism.has_countersign,
    )


def _lines(
    name: str, short: str, issuer: str, code: str, basis: str, office: str, top: TopRung, liaison_meeting: bool, countersign: bool
) -> dict[str, str]:
    return {
        "名称": name,
        "简称": short,
        "发文单位": issuer,
        "机关代字": code,
        "依据": basis,
        "办公室设在": office,
        "督办最后一级": top.label,
        "会前联络员会": "开" if liaison_meeting else "不开",
        "纪要会签": "会签" if countersign else "不会签",
    }


def _seats(session: Session, mechanism_id: int, unit_id: int) -> list[Membership]:
    query = select(Membership).where(Membership.mechanism_id == mechanism_id, Membership.unit_id == unit_id)
    return list(session.scalars(query.order_by(Membership.from_on)))
