"""Changing the rule rows: a limit is never overwritten while it is in force, a new row takes over from a day on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.permissions import Actor, Permission, require
from coordination.settings import queries
from models import LimitUnit, Mechanism, Rule
from models.calendar import in_words, local_date
from models.errors import BadInput, Conflict, IllegalMove

ONE_DAY = timedelta(days=1)
MOST_LIMIT = 3650
LADDER = "LADDER_"  # the rungs of the ladder: only they may lie before the due date, and they count days alone
DAYS = frozenset({LimitUnit.WORKING, LimitUnit.CALENDAR})


@dataclass(frozen=True)
class Limit:
    """A limit as an admin writes it."""

    limit: int
    unit: LimitUnit
    clause: str
    note: str = ""


def change_rule(session: Session, *, actor: Actor, rule_id: int, version: int, limit: Limit, effective_from: date, now: datetime) -> Rule:
    """A new row from ``effective_from`` on; the old one ends the day before. A row not yet in force is changed where it stands.

    ``version`` is the one the admin saw (else Conflict). IllegalMove when the row has ended by then or starts no earlier.
    """
    require(actor, Permission.SETTINGS_EDIT)
    rule = queries.get_rule(session, rule_id)
    if rule.version != version:
        raise Conflict(f"他人刚刚把“{rule.title}”改为{rule.words}，请看过再改", theirs=rule.words, version=rule.version)
    _check_limit(rule.code, limit)
    before = rule.words
    if effective_from == rule.effective_from and effective_from > local_date(now):
        _write(rule, limit, now)
        changed = rule
    else:
        changed = _succeed(session, rule, limit, effective_from, now)
    session.flush()
    text = f"时限规则“{rule.title}”自{in_words(effective_from)}起由{before}改为{changed.words}（{limit.clause}）"
    audit.record(session, actor=actor, action="rule:change", subject=changed, at=now, text=text, replaces=rule.id)
    return changed


def add_rule(
    session: Session, *, actor: Actor, code: str, mechanism_id: int | None, limit: Limit, effective_from: date, now: datetime
) -> Rule:
    """A limit for one mechanism alone, or a common one where there is none; it holds without end. BadInput when it overlaps another."""
    require(actor, Permission.SETTINGS_EDIT)
    audit.queue(session)
    titles = {rule.code: rule.title for rule in session.scalars(select(Rule))}
    if code not in titles:
        raise BadInput("没有这类时限规则，请重新选择")
    mechanism = None if mechanism_id is None else session.get(Mechanism, mechanism_id)
    if mechanism_id is not None and mechanism is None:
        raise BadInput("没有这个机制，请重新选择")
    _check_limit(code, limit)
    overlapping = session.scalars(
        select(Rule)
        .where(Rule.code == code, Rule.mechanism_id.is_(None) if mechanism is None else Rule.mechanism_id == mechanism_id)
        .where(or_(Rule.effective_to.is_(None), Rule.effective_to >= effective_from))
    ).first()
    if overlapping is not None:
        raise BadInput(f"自{in_words(overlapping.effective_from)}起已有同类规则（{overlapping.words}），请在该条上更改")
    rule = Rule(code=code, title=titles[code], mechanism=mechanism, effective_from=effective_from)
    _write(rule, limit, now)
    session.add(rule)
    session.flush()
    whose = mechanism.short_name if mechanism else "各机制通用"
    text = f"增加时限规则“{rule.title}”（{whose}）：{rule.words}，自{in_words(effective_from)}起（{limit.clause}）"
    audit.record(session, actor=actor, action="rule:add", subject=rule, at=now, text=text)
    return rule


def _succeed(session: Session, rule: Rule, limit: Limit, effective_from: date, now: datetime) -> Rule:
    """End ``rule`` the day before and put a new row after it, up to where ``rule`` would have ended."""
    if effective_from <= rule.effective_from:
        raise IllegalMove(f"新时限的生效日期须晚于原规则的生效日期（{in_words(rule.effective_from)}）")
    if rule.effective_to is not None and effective_from > rule.effective_to:
        raise IllegalMove(f"这条规则到{in_words(rule.effective_to)}为止，请更改其后的一条")
    heir = Rule(
        code=rule.code, title=rule.title, mechanism_id=rule.mechanism_id, effective_from=effective_from, effective_to=rule.effective_to
    )
    _write(heir, limit, now)
    rule.effective_to, rule.changed_at = effective_from - ONE_DAY, now
    session.add(heir)
    return heir


def _write(rule: Rule, limit: Limit, now: datetime) -> None:
    rule.limit, rule.unit, rule.clause, rule.note, rule.changed_at = limit.limit, limit.unit, limit.clause, limit.note, now


def _check_limit(code: str, limit: Limit) -> None:
    """BadInput for a limit that cannot be meant."""
    if limit.limit < 0 and not code.startswith(LADDER):
        raise BadInput("时限不能为负数；只有督办各步可以填负数，表示到期之前")
    if limit.unit not in DAYS and code.startswith(LADDER):
        raise BadInput("督办各步按工作日或日计算，单位不能为月或年")
    if abs(limit.limit) > MOST_LIMIT:
        raise BadInput(f"时限过长，最多{MOST_LIMIT}")
    if not limit.clause:
        raise BadInput("请写明依据的条款；没有法定依据的写“本县规定”及文号")
