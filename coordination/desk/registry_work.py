"""What the registry asks of units, the office and the approver. More than ten lines of a kind are one line with their number."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, joinedload

from coordination.desk.todo import Limits, Todo
from coordination.permissions import UNIT_ROLES, Actor, Permission
from models import (
    Appeal,
    AppealStatus,
    Category,
    Feedback,
    Objection,
    ObjectionStatus,
    Recognition,
    RecognitionStatus,
    Removal,
    RemovalProposal,
    RemovalProposalStatus,
    Scheme,
    TradeMeasure,
    TrustEvent,
)
from models.calendar import local_date

S = RecognitionStatus
MOST = 10  # lines of one kind; a busy office opens the list instead
RECHECK_AHEAD = timedelta(days=30)  # a re-check is on the desk a month before its day
OF_UNIT = (
    joinedload(Recognition.business),
    joinedload(Recognition.category).joinedload(Category.scheme),
)


@dataclass(frozen=True)
class Kind:
    """One kind of work: its verb, the rows that wait, how each is due and opened, and the list that shows them all."""

    verb: str
    query: Select[Any]
    due_on: Callable[[Any], date | None]
    name: Callable[[Any], str]
    source: Callable[[Any], str]
    endpoint: str
    ids: Callable[[Any], dict[str, Any]]
    all_of_them: tuple[str, dict[str, Any]]
    is_own: bool


def todos(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """Everything the registry waits for this person to do; one query for each kind of work the person's roles have."""
    for kind in (*_of_unit(actor, limits), *_of_office(actor, limits), *_of_approver(actor, limits)):
        yield from _lines(session, kind, limits)


def _lines(session: Session, kind: Kind, limits: Limits) -> Iterator[Todo]:
    rows = session.execute(kind.query.add_columns(func.count().over()).limit(MOST + 1)).unique().all()
    if len(rows) > MOST:
        days = [day for day in (kind.due_on(row[0]) for row in rows) if day is not None]
        first, (endpoint, ids) = min(days, default=None), kind.all_of_them
        title = f"{kind.verb}：{rows[0][1]:,}件，最早的是{kind.name(rows[0][0])}"
        yield Todo(title, "示范单位", endpoint, ids, first, limits.light(first), is_own=kind.is_own)
        return
    for row, _ in rows:
        due_on = kind.due_on(row)
        title, ids = f"{kind.verb}：{kind.name(row)}", kind.ids(row)
        yield Todo(title, kind.source(row), kind.endpoint, ids, due_on, limits.light(due_on), is_own=kind.is_own)


# Units


def _of_unit(actor: Actor, limits: Limits) -> Iterator[Kind]:
    """审核, 检查, 整改复核 and 年度复查 of the responsible unit; measures and answers of whichever unit owes them."""
    if not actor.roles & UNIT_ROLES:
        return
    led = Recognition.category_id.in_(select(Category.id).where(Category.responsible_id.in_(actor.unit_ids)))
    applied = _since("applied_on", "REG_REVIEW", limits)
    yield _gate("审核", S.APPLIED, led, applied, "registry.review", {"view": "applied"})
    inspected = _since("applied_on", "REG_INSPECT", limits)
    yield _gate("现场检查", S.REVIEWED, led, inspected, "registry.inspect", {"view": "reviewed"}, kind="first")
    mended = _column("rectify_by")
    yield _gate("整改复核", S.RECTIFYING, led, mended, "registry.inspect", {"view": "rectifying"}, kind="rectification")
    due = led & Recognition.is_listed(limits.today) & (Recognition.next_check_on <= limits.today + RECHECK_AHEAD)
    checked = _column("next_check_on")
    yield _gate(
        "年度复查", S.RECOGNISED, due, checked, "registry.inspect", {"due": "recheck"}, kind="recheck", order=Recognition.next_check_on
    )
    yield _measures(actor, limits)
    yield _feedback(actor)


def _gate(
    verb: str,
    status: RecognitionStatus,
    whose: ColumnElement[bool],
    due_on: Callable[[Recognition], date | None],
    endpoint: str,
    shown: dict[str, str],
    *,
    order: Any = Recognition.id,
    own: bool = True,
    **more: str,
) -> Kind:
    """Recognitions that stand at one gate, the one longest there first."""
    query = select(Recognition).where(Recognition.status == status, whose).options(*OF_UNIT).order_by(order, Recognition.id)
    return Kind(
        verb,
        query,
        due_on,
        lambda row: f"{row.business.name}（{row.category.name}）",
        lambda row: row.category.scheme.title,
        endpoint,
        lambda row: {"recognition_id": row.id, **more},
        ("registry.index", shown),
        own,
    )


def _since(column: str, rule: str, limits: Limits) -> Callable[[Recognition], date | None]:
    """Due a rule's limit after that day of the recognition."""
    return lambda row: limits.after(getattr(row, column), rule, row.category.scheme.mechanism_id)


def _column(name: str) -> Callable[[Recognition], date | None]:
    def due_on(row: Recognition) -> date | None:
        found: date | None = getattr(row, name)
        return found

    return due_on


def _measures(actor: Actor, limits: Limits) -> Kind:
    query = select(TradeMeasure).where(TradeMeasure.unit_id.in_(actor.unit_ids), TradeMeasure.done_at.is_(None))
    query = query.options(joinedload(TradeMeasure.removal)).order_by(TradeMeasure.id)
    return Kind(
        "填报协同惩戒措施",
        query,
        lambda row: limits.after(local_date(row.owed_at), "REG_MEASURE", None),
        lambda row: row.removal.name,
        lambda row: f"移出名录：{row.removal.ground}",
        "registry.measure",
        lambda row: {"measure_id": row.id},
        ("registry.measures", {}),
        True,
    )


def _feedback(actor: Actor) -> Kind:
    query = select(Feedback).where(Feedback.unit_id.in_(actor.unit_ids), Feedback.answered_at.is_(None))
    query = query.options(joinedload(Feedback.recognition).joinedload(Recognition.business)).order_by(Feedback.due_on, Feedback.id)
    return Kind(
        "答复反馈",
        query,
        lambda row: row.due_on,
        lambda row: f"{row.recognition.business.name if row.recognition else '未核发的标牌'}（{row.kind.label}）",
        lambda row: row.number,
        "registry.feedback_item",
        lambda row: {"feedback_id": row.id},
        ("registry.feedback", {}),
        True,
    )


# The office and the approver


def _mechanisms(actor: Actor, permission: Permission) -> ColumnElement[bool] | None:
    """Categories of the mechanisms in which this person holds the right by another role than a unit's; None when in none."""
    wide = actor.oversees(permission)
    if wide is None:
        return Recognition.id > 0
    if not wide:
        return None
    return Recognition.category_id.in_(select(Category.id).join(Scheme).where(Scheme.mechanism_id.in_(wide)))


def _of_office(actor: Actor, limits: Limits) -> Iterator[Kind]:
    """发布公示, 异议核实 and 移出建议待定."""
    mine = _mechanisms(actor, Permission.REGISTRY_PUBLISH)
    if mine is None:
        return
    due = _since("applied_on", "REG_PUBLISH", limits)
    yield _gate("发布公示", S.INSPECTED, mine, due, "registry.publish", {"view": "inspected"}, own=False)
    of_unit = joinedload(Objection.recognition)
    objections = select(Objection).join(Objection.recognition).where(Objection.status == ObjectionStatus.OPEN, mine)
    objections = objections.options(of_unit.joinedload(Recognition.business)).order_by(Objection.due_on, Objection.id)
    yield Kind(
        "核实异议",
        objections,
        lambda row: row.due_on,
        lambda row: row.recognition.business.name,
        lambda _: "公示异议",
        "registry.objection",
        lambda row: {"objection_id": row.id},
        ("registry.index", {"view": "on_notice"}),
        False,
    )
    proposals = select(RemovalProposal).join(RemovalProposal.recognition)
    proposals = proposals.where(RemovalProposal.status == RemovalProposalStatus.PENDING, mine)
    of_unit = joinedload(RemovalProposal.recognition)
    event = joinedload(RemovalProposal.event).joinedload(TrustEvent.ground)
    proposals = proposals.options(of_unit.joinedload(Recognition.business), event).order_by(RemovalProposal.due_on, RemovalProposal.id)
    yield Kind(
        "移出建议待定",
        proposals,
        lambda row: row.due_on,
        lambda row: row.recognition.business.name,
        lambda row: row.event.ground.name,
        "registry.proposal",
        lambda row: {"proposal_id": row.id},
        ("registry.proposals", {}),
        False,
    )


def _of_approver(actor: Actor, limits: Limits) -> Iterator[Kind]:
    """认定 once the notice is over and no objection open, and 复核申诉."""
    mine = _mechanisms(actor, Permission.REGISTRY_RECOGNISE)
    if mine is None:
        return
    quarrelled = exists().where(Objection.recognition_id == Recognition.id, Objection.status == ObjectionStatus.OPEN)
    ready = and_(mine, Recognition.notice_until < limits.today, ~quarrelled)
    due = _since("notice_until", "REG_RECOGNISE", limits)
    yield _gate("认定", S.ON_NOTICE, ready, due, "registry.recognise", {"view": "on_notice"}, own=False)
    appeals = select(Appeal).join(Appeal.removal).join(Removal.recognition).where(Appeal.status == AppealStatus.OPEN, mine)
    appeals = appeals.options(joinedload(Appeal.removal)).order_by(Appeal.due_on, Appeal.id)
    yield Kind(
        "复核申诉",
        appeals,
        lambda row: row.due_on,
        lambda row: row.removal.name,
        lambda row: row.origin.label,
        "registry.appeal",
        lambda row: {"appeal_id": row.id},
        ("registry.appeals", {}),
        False,
    )
