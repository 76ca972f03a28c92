"""Removal (移出): one service, one transaction. Whatever removes a unit from the list comes through ``remove``.

In the caller's transaction the status changes with its facts, the list's version is raised, the tombstone appears, the bar is computed,
other proposals lapse, the plaque's task is made, and everybody who must know is owed it. If any of it fails, none of it happened.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.permissions import SYSTEM, Actor, Permission, require
from coordination.registry import limits, queries, telling
from coordination.tasks import service as tasks
from models import (
    Category,
    Effect,
    Recognition,
    Removal,
    RemovalBasis,
    RemovalProposal,
    RemovalProposalStatus,
    Task,
    TradeMeasure,
    TrustEvent,
    Unit,
)
from models.calendar import ONE_DAY, in_words, local_date
from models.errors import BadInput, IllegalMove, NotFound
from models.registry import raise_list_version


def remove(session: Session, *, actor: Actor, recognition: Recognition, event: TrustEvent, known_at: datetime, now: datetime) -> Removal:
    """Take the unit off the list because of ``event``; the caller has judged that it must be (trust.py) and holds the turn to write.

    ``known_at``: when the platform knew that it must go. IllegalMove when the unit is not on the list.
    """
    today = local_date(now)
    business, category = recognition.business, recognition.category
    recognition.remove(now, today, event.ground.name)
    assert recognition.certificate_no is not None
    assert recognition.recognised_on is not None
    removal = Removal(
        recognition=recognition,
        business_id=business.id,
        certificate_no=recognition.certificate_no,
        name=business.name,
        category_name=category.name,
        uscc=business.uscc or "",
        address=business.address,
        recognised_on=recognition.recognised_on,
        ground=event.ground.name,
        clause=event.ground.clause,
        known_at=known_at,
        removed_at=now,
        removed_on=today,
    )
    session.add(removal)
    session.flush()
    others = [other for other in queries.counting_events(session, business.id, today) if removes_at_once(other)]
    for basis in dict.fromkeys((event, *others)):
        rest_on(session, removal, basis, today)
    raise_list_version(session, now)
    lapse_proposals(session, recognition, "该单位已移出名录", now, but=event)
    removal.task_id = plaque_task(session, recognition, f"移出名录：{event.ground.name}", now)
    text = f"移出名录：{event.ground.name}（{event.origin}）{_bar_words(removal)}"
    audit.record(session, actor=actor, action="registry:remove", subject=recognition, at=now, text=text, event=event.id, removal=removal.id)
    _tell(session, removal, event, now)
    return removal


def removes_at_once(event: TrustEvent) -> bool:
    """A ground of the law, an official list, all 18 characters: no human between."""
    return event.is_certain and event.ground.is_active and event.ground.effect == Effect.AT_ONCE


def rest_on(session: Session, removal: Removal, event: TrustEvent, on: date) -> None:
    """Add an event to what a removal rests on, with the bar its ground carries from that day on; nothing when it is there already."""
    if any(basis.event_id == event.id for basis in removal.bases):
        return
    mechanism_id = removal.recognition.category.scheme.mechanism_id
    bar = limits.rule_or_none(session, event.ground.bar_rule, on, mechanism_id)
    bar_until = limits.last_day_of(bar, on) if bar is not None else None
    shown = bar_until
    if shown is None:
        rule = limits.rule_or_none(session, "REG_SHOWN", on, mechanism_id)
        shown = limits.last_day_of(rule, on) if rule is not None else limits.months_after(on, 3)
    removal.bases.append(
        RemovalBasis(
            event=event,
            ground=event.ground.name,
            clause=event.ground.clause,
            bar_until=bar_until,
            bar_clause=f"{bar.clause}，{bar.words}"[:200] if bar is not None else "",
            shown_until=shown,
        )
    )
    removal.rest_on_what_stands()
    session.flush()


def unrest(session: Session, event: TrustEvent, on: date, now: datetime) -> list[Removal]:
    """摘除标牌 as a task (临-N) of the responsible unit; None, and a line in the audit, when no unit stands to do it."""
    query = select(RemovalBasis).where(RemovalBasis.event_id == event.id, RemovalBasis.ended_on.is_(None))
    changed = []
    for basis in session.scalars(query).all():
        basis.ended_on = on
        basis.removal.rest_on_what_stands()
        changed.append(basis.removal)
    if changed:
        raise_list_version(session, now)
        session.flush()
    return changed


def lapse_proposals(session: Session, recognition: Recognition, reason: str, now: datetime, but: TrustEvent | None = None) -> None:
    """Proposals of removal for a unit that has left the list have no object any more."""
    pending = (RemovalProposal.recognition_id == recognition.id, RemovalProposal.status == RemovalProposalStatus.PENDING)
    for proposal in session.scalars(select(RemovalProposal).where(*pending)).all():
        if but is None or proposal.event_id != but.id:
            proposal.lapse(now, reason)


def plaque_task(session: Session, recognition: Recognition, why: str, now: datetime) -> int | None:
    """摘除标牌 as a task (临-N) of the responsible unit; None, and a line in the audit, when no unit stands that could do it."""
    today, category = local_date(now), recognition.category
    lead = _who_takes_it_down(category, today)
    if lead is None:
        text = "责任单位已撤并且没有承接单位，摘除标牌的任务未能下达，请指定单位"
        audit.record(session, actor=SYSTEM, action="registry:plaque", subject=recognition, at=now, text=text)
        return None
    mechanism_id = category.scheme.mechanism_id
    task: Task = tasks.create(
        session,
        actor=SYSTEM,
        mechanism_id=mechanism_id,
        title=f"摘除标牌：{recognition.business.name}",
        text=f"{recognition.business.name}（{recognition.certificate_no}）已退出名录，请到现场摘除标牌、收回证书。原因：{why}",
        deliverable="摘除后的现场照片",
        lead_id=lead.id,
        co_ids=(),
        due_on=limits.due_day(session, "REG_PLAQUE", today, mechanism_id, otherwise=3),
        source=f"示范单位退出：{recognition.certificate_no}",
        now=now,
    )
    return task.id


def record_measure(session: Session, *, actor: Actor, measure_id: int, text: str, now: datetime) -> TradeMeasure:
    """A unit with a duty for the trade writes down what it did after a removal. IllegalMove when it has done so already."""
    audit.queue(session)
    measure = session.get(TradeMeasure, measure_id, populate_existing=True) if 0 < measure_id <= queries.LARGEST_ID else None
    if measure is None or not (measure.unit_id in actor.unit_ids or actor.oversees(Permission.REGISTRY_READ) != frozenset()):
        raise NotFound("没有这项协同惩戒事项")
    require(actor, Permission.MEASURE_WRITE, measure.scope)
    if measure.done_at is not None:
        raise IllegalMove("本单位已填报采取的措施")
    if not text.strip():
        raise BadInput("请填写采取的措施；没有可采取的措施，也请写明")
    measure.text, measure.done_at, measure.person_id = text, now, actor.person_id
    audit.record(session, actor=actor, action="registry:measure", subject=measure, at=now, text=f"{measure.unit.short_name}：{text}")
    return measure


def _tell(session: Session, removal: Removal, event: TrustEvent, now: datetime) -> None:
    """The responsible unit (liaisons and heads), the office, and every unit with a duty for the trade, which owes an answer."""
    recognition, category = removal.recognition, removal.recognition.category
    lead = telling.responsible(session, category, now, heads=True)
    path = f"/registry/{recognition.id}"
    people = telling.each_once(lead, telling.office(session, category))
    telling.tell(session, kind="registry_removed", subject=removal, people=people, path=path, now=now, removal=removal, event=event)
    for unit in queries.units_of_trade(session, category, local_date(now)):
        measure = TradeMeasure(removal=removal, unit=unit, owed_at=now)
        session.add(measure)
        session.flush()
        people = telling.of_units(session, [unit], now)
        telling.tell(session, kind="registry_measure", subject=measure, people=people, path=f"{path}#do", now=now, removal=removal)


def _who_takes_it_down(category: Category, today: date) -> Unit | None:
    """The responsible unit or its heir; else the office's."""
    candidates = (category.responsible.heir(today), category.scheme.mechanism.office_unit.heir(today))
    return next((unit for unit in candidates if unit.stands(today)), None)


def _bar_words(removal: Removal) -> str:
    return f"，{in_words(removal.bar_until + ONE_DAY)}起方可再申报" if removal.bar_until else "，不设再申报限制"
