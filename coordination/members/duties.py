"""What may be done to duties (职责): add, change from a day on, end. What is changed becomes a new row; the old one stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.members import queries, wording
from coordination.members.editing import changes, in_words, seen_as_stored
from coordination.permissions import Actor, Permission, require
from models import Duty, DutyRole, Subject, Unit
from models.errors import BadInput

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DutyFacts:
    """What a duty says, apart from whose it is and when it holds."""

    subject_id: int
    text: str
    clause: str
    keywords: Mapping[str, int] = field(default_factory=dict)
    exclusions: Sequence[str] = ()
    territory: str = ""
    role: DutyRole = DutyRole.LEAD

    def give(self, duty: Duty) -> Duty:
        """Have ``duty`` say this."""
        duty.subject_id, duty.text, duty.clause = self.subject_id, self.text, self.clause
        duty.keywords, duty.exclusions = dict(self.keywords), list(self.exclusions)
        duty.territory, duty.role = wording.places(self.territory), self.role
        return duty


def add_duty(
    session: Session,
    *,
    actor: Actor,
    unit_id: int,
    facts: DutyFacts,
    now: datetime,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Duty:
    """Write down what a unit answers for, with its clause. BadInput when the unit has the same duty for any of these days."""
    require(actor, Permission.DUTY_EDIT)
    audit.queue(session)
    unit, subject = queries.get_unit(session, unit_id), queries.get_subject(session, facts.subject_id)
    check(facts, valid_from, valid_to)
    duty = facts.give(Duty(unit=unit, subject=subject, valid_from=valid_from, valid_to=valid_to))
    _stands_alone(session, duty)
    session.add(duty)
    text = f"增加{duty.role.label}职责：{unit.short_name}，{subject.name}（{duty.clause}）"
    audit.record(session, actor=actor, action="duty:add", subject=duty, at=now, text=text, unit=unit.code)
    return duty


def revise_duty(
    session: Session, *, actor: Actor, duty_id: int, version: int, facts: DutyFacts, valid_from: date | None, now: datetime
) -> Duty:
    """Change a duty from ``valid_from`` on: the old wording ends the day before and stays on record.

    On its own first day (a slip of the pen) it is put right in place. BadInput when the day lies before that, or after the duty's end.
    """
    require(actor, Permission.DUTY_EDIT)
    audit.queue(session)
    duty, subject = queries.get_duty(session, duty_id), queries.get_subject(session, facts.subject_id)
    check(facts, None, None)
    stored, wanted = duty_lines(duty), duty_lines(facts.give(Duty()), subject)
    seen_as_stored(duty, version, wanted, stored)
    if valid_from == duty.valid_from:
        facts.give(duty).subject = subject
        _stands_alone(session, duty)
    else:
        duty = _from_then_on(session, duty, facts, subject, valid_from)
    told = f"{subject.name}：{changes(stored, wanted)}"
    if duty.replaces_id is not None and duty.id is None and valid_from is not None:
        told = f"自{in_words(valid_from)}起，{told}"
    audit.record(session, actor=actor, action="duty:revise", subject=duty, at=now, text=told, unit=duty.unit.code)
    return duty


def _from_then_on(session: Session, old: Duty, facts: DutyFacts, subject: Subject, on: date | None) -> Duty:
    if on is None or (old.valid_from is not None and on < old.valid_from):
        raise BadInput(f"变更日期不能早于原职责的起始日期（{old.valid_from and in_words(old.valid_from)}）")
    if old.valid_to is not None and on > old.valid_to:
        raise BadInput(f"该职责已于{in_words(old.valid_to)}停止，请改为增加职责")
    new = facts.give(Duty(unit=old.unit, subject=subject, replaces_id=old.id, valid_from=on, valid_to=old.valid_to))
    old.valid_to = on - ONE_DAY
    _stands_alone(session, new)
    session.add(new)
    return new


def end_duty(session: Session, *, actor: Actor, duty_id: int, version: int, valid_to: date, now: datetime) -> Duty:
    """停止: the duty's last day. BadInput when it lies before the first."""
    require(actor, Permission.DUTY_EDIT)
    audit.queue(session)
    duty = queries.get_duty(session, duty_id)
    seen_as_stored(duty, version, {"截止": valid_to.isoformat()}, {"截止": str(duty.valid_to or "")})
    check(None, duty.valid_from, valid_to)
    duty.valid_to = valid_to
    _stands_alone(session, duty)
    text = f"{duty.subject.name}：职责至{in_words(valid_to)}止"
    audit.record(session, actor=actor, action="duty:end", subject=duty, at=now, text=text, unit=duty.unit.code)
    return duty


def duty_lines(duty: Duty, subject: Subject | None = None) -> dict[str, str]:
    """What a duty says, line by line; ``subject``: where the row does not carry it yet."""
    return {
        "事项": (subject or duty.subject).name,
        "职责": duty.text,
        "关键词": duty.keyword_text,
        "排除词": "、".join(duty.exclusions),
        "地域": duty.territory,
        "依据": duty.clause,
        "分工": duty.role.label,
    }


def check(facts: DutyFacts | None, valid_from: date | None, valid_to: date | None) -> None:
    """BadInput for an end before the beginning, and for a word that speaks both for and against."""
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        raise BadInput(f"截止日期不能早于起始日期（{in_words(valid_from)}）")
    both = set(facts.keywords) & set(facts.exclusions) if facts else set()
    if both:
        raise BadInput(f"“{'、'.join(sorted(both))}”不能既是关键词又是排除词")


def _stands_alone(session: Session, duty: Duty) -> None:
    """BadInput when another row says the same duty for one of the same days. A duty is known by its unit, subject and clause."""
    with session.no_autoflush:
        for other in same_duties(session, duty.unit, duty.subject, duty.clause):
            if other is not duty and _overlap(other, duty):
                raise BadInput(f"{duty.unit.short_name}已有这项职责（{duty.subject.name}，{duty.clause}），请更改原职责")


def same_duties(session: Session, unit: Unit, subject: Subject, clause: str) -> list[Duty]:
    """The rows by which this unit has or had this duty, the latest first."""
    query = select(Duty).where(Duty.unit_id == unit.id, Duty.subject_id == subject.id, Duty.clause == clause)
    rows = list(session.scalars(query.order_by(Duty.id.desc())))
    return sorted(rows, key=lambda row: row.valid_from or date.min, reverse=True)


def _overlap(one: Any, other: Any) -> bool:
    return (one.valid_from or date.min) <= (other.valid_to or date.max) and (other.valid_from or date.min) <= (one.valid_to or date.max)
