"""What may be done to the register of units: enter, change, end and restore them. Callers own the transaction.

Nothing is deleted: a unit ends on a day, and its successor answers from the next (duties.py and seating.py do likewise).
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.members import queries
from coordination.members.editing import changes, in_words, seen_as_stored
from coordination.permissions import Actor, Permission, require
from models import Unit, UnitKind
from models.errors import BadInput

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,31}")
ONE_DAY = timedelta(days=1)


def create_unit(
    session: Session,
    *,
    actor: Actor,
    code: str,
    name: str,
    short_name: str,
    kind: UnitKind,
    now: datetime,
    parent_id: int | None = None,
    phone: str = "",
    complaint_way: str = "",
    valid_from: date | None = None,
    former_names: Iterable[str] = (),
) -> Unit:
    """Enter a unit at the end of the register. BadInput when its code is taken or malformed, or its name stands under this parent."""
    require(actor, Permission.MEMBERS_EDIT)
    audit.queue(session)
    code = code.upper()
    if not CODE.fullmatch(code):
        raise BadInput("代码由2至32个大写字母、数字或短横组成，如JYJ")
    taken = session.scalar(select(Unit).where(Unit.code == code))
    if taken is not None:
        raise BadInput(f"代码{code}已用于{taken.name}，请另取一个")
    _name_is_free(session, name, parent_id, None)
    unit = Unit(code=code, name=name, short_name=short_name, kind=kind, phone=phone, valid_from=valid_from, former_names=list(former_names))
    unit.complaint_way = complaint_way
    unit.parent = None if parent_id is None else queries.get_unit(session, parent_id)
    unit.position = (session.scalar(select(func.max(Unit.position))) or 0) + 1
    session.add(unit)
    audit.record(session, actor=actor, action="unit:create", subject=unit, at=now, text=f"新增单位：{name}（{code}）")
    return unit


def edit_unit(
    session: Session,
    *,
    actor: Actor,
    unit_id: int,
    version: int,
    name: str,
    short_name: str,
    kind: UnitKind,
    now: datetime,
    parent_id: int | None = None,
    phone: str = "",
    complaint_way: str = "",
    valid_from: date | None = None,
    releases_proposals: bool = False,
) -> Unit:
    """Change what the register says; a name that is given up is kept among the former names. Conflict when somebody else changed it."""
    require(actor, Permission.MEMBERS_EDIT)
    audit.queue(session)
    unit = queries.get_unit(session, unit_id)
    parent = None if parent_id is None else queries.get_unit(session, parent_id)
    wanted = {
        "名称": name,
        "简称": short_name,
        "类别": kind.label,
        "隶属": parent.name if parent else "",
        "电话": phone,
        "投诉渠道": complaint_way,
        "存续自": str(valid_from or ""),
        "议题审签": _yes(releases_proposals),
    }
    stored = unit_lines(unit)
    seen_as_stored(unit, version, wanted, stored)
    _name_is_free(session, name, parent_id, unit.id)
    _no_circle(unit, parent, lambda body: body.parent, f"{unit.short_name}不能隶属于它自己的下级单位")
    if valid_from and unit.valid_to and unit.valid_to < valid_from:
        raise BadInput(f"存续起始不能晚于撤并日期（{in_words(unit.valid_to)}）")
    given_up = [old for old, new in ((unit.name, name), (unit.short_name, short_name)) if old != new and old not in unit.former_names]
    unit.former_names = [*unit.former_names, *given_up]
    unit.name, unit.short_name, unit.kind, unit.parent, unit.valid_from = name, short_name, kind, parent, valid_from
    unit.phone, unit.complaint_way, unit.releases_proposals = phone, complaint_way, releases_proposals
    audit.record(session, actor=actor, action="unit:edit", subject=unit, at=now, text=changes(stored, wanted))
    return unit


def end_unit(
    session: Session, *, actor: Actor, unit_id: int, version: int, valid_to: date, successor_id: int | None, now: datetime
) -> Unit:
    """撤并: the unit's last day, and who answers from the next. BadInput for a circle, or a successor that does not stand then."""
    require(actor, Permission.MEMBERS_EDIT)
    audit.queue(session)
    unit = queries.get_unit(session, unit_id)
    heir = None if successor_id is None else queries.get_unit(session, successor_id)
    told = {"撤并日期": valid_to.isoformat(), "承接单位": heir.name if heir else "无"}
    seen_as_stored(unit, version, told, {"撤并日期": str(unit.valid_to or ""), "承接单位": unit.successor.name if unit.successor else "无"})
    if unit.valid_from and valid_to < unit.valid_from:
        raise BadInput(f"撤并日期不能早于存续起始（{in_words(unit.valid_from)}）")
    _no_circle(unit, heir, lambda body: body.successor, f"{unit.short_name}已承接该单位，不能再由它承接")
    if heir is not None and not heir.heir(valid_to + ONE_DAY).stands(valid_to + ONE_DAY):
        raise BadInput(f"{heir.short_name}在{in_words(valid_to + ONE_DAY)}不存续，请另选承接单位")
    unit.valid_to, unit.successor = valid_to, heir
    said = f"自{in_words(valid_to + ONE_DAY)}起撤并，" + (f"由{heir.name}承接" if heir else "没有承接单位")
    audit.record(session, actor=actor, action="unit:end", subject=unit, at=now, text=said, successor=heir and heir.code)
    return unit


def restore_unit(session: Session, *, actor: Actor, unit_id: int, version: int, now: datetime) -> Unit:
    """Take an end that was entered by mistake back; the unit stands on and answers for itself."""
    require(actor, Permission.MEMBERS_EDIT)
    audit.queue(session)
    unit = queries.get_unit(session, unit_id)
    seen_as_stored(unit, version, {}, {})
    if unit.valid_to is None:
        raise BadInput(f"{unit.short_name}没有撤并，不需恢复")
    unit.valid_to, unit.successor = None, None
    audit.record(session, actor=actor, action="unit:restore", subject=unit, at=now, text="撤销撤并登记，恢复存续")
    return unit


def unit_lines(unit: Unit) -> dict[str, str]:
    """What the register says of a unit, line by line, as an editor compares it."""
    return {
        "名称": unit.name,
        "简称": unit.short_name,
        "类别": unit.kind.label,
        "隶属": unit.parent.name if unit.parent else "",
        "电话": unit.phone,
        "投诉渠道": unit.complaint_way,
        "存续自": str(unit.valid_from or ""),
        "议题审签": _yes(unit.releases_proposals),
    }


def _yes(needed: bool) -> str:
    return "需要" if needed else "不需要"


def _name_is_free(session: Session, name: str, parent_id: int | None, unit_id: int | None) -> None:
    """Two bodies of one name under one parent cannot be told apart; one that has ended may share its name with a new one."""
    query = select(Unit.code).where(Unit.name == name, Unit.parent_id.is_(parent_id) if parent_id is None else Unit.parent_id == parent_id)
    code = session.scalar(query.where(Unit.valid_to.is_(None), Unit.id != (unit_id or 0)))
    if code is not None:
        raise BadInput(f"已有同名单位“{name}”（{code}）")


def _no_circle(unit: Unit, start: Unit | None, up: Any, message: str) -> None:
    """BadInput when following ``up`` from ``start`` comes back to ``unit``."""
    seen: set[int] = set()
    body = start
    while body is not None and body.id not in seen:
        if body.id == unit.id:
            raise BadInput(message)
        seen.add(body.id)
        body = up(body)
