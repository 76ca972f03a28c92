"""What may be done to duties (职责): add, change from a day on, end. What is changed becomes a new row; the old one stays."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from coordination import audit
from coordination.members import queries
from coordination.members.editing import changes, in_words, seen_as_stored
from coordination.permissions import Actor, Permission, require
from models import Duty, DutyRole
from models.errors import BadInput

ONE_DAY = timedelta(days=1)


def add_duty(
    session: Session,
    *,
    actor: Actor,
    unit_id: int,
    subject: str,
    text: str,
    clause: str,
    now: datetime,
    keywords: Iterable[str] = (),
    territory: str = "",
    role: DutyRole = DutyRole.LEAD,
    valid_from: date | None = None,
) -> Duty:
    """Write down what a unit answers for, with its clause."""
    require(actor, Permission.MEMBERS_EDIT)
    audit.queue(session)
    unit = queries.get_unit(session, unit_id)
    duty = Duty(unit=unit, subject=subject, text=text, clause=clause, keywords=_words(keywords), territory=territory, role=role)
    duty.valid_from = valid_from
    session.add(duty)
    audit.record(session, actor=actor, action="duty:add", subject=unit, at=now, text=f"增加{role.label}职责：{subject}（{clause}）")
    return duty


def revise_duty(
    session: Session,
    *,
    actor: Actor,
    duty_id: int,
    version: int,
    subject: str,
    text: str,
    clause: str,
    now: datetime,
    keywords: Iterable[str] = (),
    territory: str = "",
    role: DutyRole = DutyRole.LEAD,
    valid_from: date | None = None,
) -> Duty:
    """Change a duty from ``valid_from`` on: the old wording ends the day before and stays on record.

    On its own first day (a slip of the pen) it is put right in place. BadInput when the day lies before that, or after the duty's end.
    """
    require(actor, Permission.MEMBERS_EDIT)
    audit.queue(session)
    duty = queries.get_duty(session, duty_id)
    wanted = {"事项": subject, "职责": text, "关键词": "、".join(_words(keywords)), "地域": territory, "依据": clause, "分工": role.label}
    stored = duty_lines(duty)
    seen_as_stored(duty, version, wanted, stored)
    if valid_from == duty.valid_from:
        duty.subject, duty.text, duty.clause, duty.keywords = subject, text, clause, _words(keywords)
        duty.territory, duty.role = territory, role
    else:
        duty = _from_then_on(session, duty, valid_from, subject, text, clause, _words(keywords), territory, role)
    audit.record(session, actor=actor, action="duty:revise", subject=duty.unit, at=now, text=f"{subject}：{changes(stored, wanted)}")
    return duty


def _from_then_on(session: Session, old: Duty, on: date | None, subject: str, text: str, clause: str, *rest: Any) -> Duty:
    if on is None or (old.valid_from is not None and on < old.valid_from):
        raise BadInput(f"变更日期不能早于原职责的起始日期（{old.valid_from and in_words(old.valid_from)}）")
    if old.valid_to is not None and on > old.valid_to:
        raise BadInput(f"该职责已于{in_words(old.valid_to)}停止，请改为增加职责")
    keywords, territory, role = rest
    new = Duty(unit=old.unit, subject=subject, text=text, clause=clause, keywords=keywords, territory=territory, role=role)
    new.valid_from, new.valid_to = on, old.valid_to
    old.valid_to = on - ONE_DAY
    session.add(new)
    return new


def end_duty(session: Session, *, actor: Actor, duty_id: int, version: int, valid_to: date, now: datetime) -> Duty:
    """停止: the duty's last day."""
    require(actor, Permission.MEMBERS_EDIT)
    audit.queue(session)
    duty = queries.get_duty(session, duty_id)
    seen_as_stored(duty, version, {"截止": valid_to.isoformat()}, {"截止": str(duty.valid_to or "")})
    if duty.valid_from and valid_to < duty.valid_from:
        raise BadInput(f"截止日期不能早于起始日期（{in_words(duty.valid_from)}）")
    duty.valid_to = valid_to
    audit.record(session, actor=actor, action="duty:end", subject=duty.unit, at=now, text=f"{duty.subject}：职责至{in_words(valid_to)}止")
    return duty


def duty_lines(duty: Duty) -> dict[str, str]:
    """What a duty says, line by line."""
    return {
        "事项": duty.subject,
        "职责": duty.text,
        "关键词": "、".join(duty.keywords),
        "地域": duty.territory,
        "依据": duty.clause,
        "分工": duty.role.label,
    }


def _words(keywords: Iterable[str]) -> list[str]:
    """Keywords without doubles and blanks, in the order given."""
    return list(dict.fromkeys(word.strip() for word in keywords if word.strip()))
