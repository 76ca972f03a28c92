"""Proposals of removal: one person confirms or rejects; unanswered they climb. And the end of an event: repaired or reversed."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.permissions import SYSTEM, Actor, Permission, require
from coordination.registry import limits, queries, telling
from coordination.registry.removal import remove, unrest
from models import (
    Appeal,
    AppealOrigin,
    AppealStatus,
    Removal,
    RemovalProposal,
    RemovalProposalStatus,
    Role,
    TrustEvent,
)
from models.calendar import SHANGHAI, in_words, local_date
from models.errors import BadInput, IllegalMove

RUNGS = (Role.DEPUTY, Role.APPROVER, Role.CONVENOR)


def confirm(session: Session, *, actor: Actor, proposal_id: int, reason: str, now: datetime) -> Removal:
    """确认移出: the unit goes in this transaction. IllegalMove, naming who and when, for whoever comes second."""
    proposal = _begin(session, actor, proposal_id, reason)
    recognition, event = proposal.recognition, proposal.event
    if not recognition.is_listed(local_date(now)):
        raise IllegalMove(f"该单位现为“{recognition.status.label}”，已不在名录上，不必移出")
    proposal.confirm(now, reason, actor.person_id)
    text = f"确认移出：{event.ground.name}。理由：{reason}"
    audit.record(session, actor=actor, action="registry:confirm", subject=recognition, at=now, text=text, proposal=proposal.id)
    return remove(session, actor=actor, recognition=recognition, event=event, known_at=now, now=now)


def reject(session: Session, *, actor: Actor, proposal_id: int, reason: str, now: datetime) -> RemovalProposal:
    """不予移出, with the reason; the event stays on record."""
    proposal = _begin(session, actor, proposal_id, reason)
    proposal.reject(now, reason, actor.person_id)
    text = f"不予移出：{proposal.event.ground.name}。理由：{reason}"
    audit.record(session, actor=actor, action="registry:reject", subject=proposal.recognition, at=now, text=text, proposal=proposal.id)
    return proposal


def unanswered(session: Session, today: date) -> list[int]:
    """Ids of proposals that are past their day and have a rung left to climb."""
    query = select(RemovalProposal.id).where(
        RemovalProposal.status == RemovalProposalStatus.PENDING, RemovalProposal.due_on < today, RemovalProposal.rung < len(RUNGS)
    )
    return queries.ids(query.order_by(RemovalProposal.due_on, RemovalProposal.id), session)


def climb(session: Session, *, proposal_id: int, now: datetime) -> bool:
    """Tell the next above that a proposal waits: the office's director, the approver, the convenor. False when there is nothing to do."""
    audit.queue(session)
    proposal = session.get(RemovalProposal, proposal_id, populate_existing=True)
    today = local_date(now)
    if proposal is None or proposal.status != RemovalProposalStatus.PENDING or proposal.due_on >= today or proposal.rung >= len(RUNGS):
        return False
    recognition = proposal.recognition
    role = RUNGS[proposal.rung]
    proposal.rung += 1
    since, proposal.due_on = (
        proposal.due_on,
        limits.due_day(session, "REG_PROPOSAL", today, recognition.category.scheme.mechanism_id, otherwise=2),
    )
    people = telling.in_role(session, recognition.category, role)
    text = f"移出建议逾期未确认，报告{role.label}"
    audit.record(session, actor=SYSTEM, action="registry:climb", subject=recognition, at=now, text=text, proposal=proposal.id)
    telling.tell(
        session,
        kind="registry_proposal_late",
        subject=proposal,
        people=people,
        path=f"/registry/proposals/{proposal.id}",
        now=now,
        slot=proposal.rung,
        proposal=proposal,
        since=since,
    )
    return True


def repair(session: Session, *, actor: Actor, event_id: int, on: date, remark: str, now: datetime) -> TrustEvent:
    """信用修复 or 移出名单: a bar that rests on this record alone is lifted, and its ground leaves every public page."""
    event = _begin_end(session, actor, event_id, on, remark, now)
    event.repair(on, remark)
    _after_end(session, actor, event, "trust:repair", f"信用修复（{in_words(on)}）：{remark}", now)
    return event


def reverse(session: Session, *, actor: Actor, event_id: int, on: date, remark: str, now: datetime) -> TrustEvent:
    """撤销 (it should not have been): as ``repair``, and a removal that rests on nothing now goes to the approver."""
    event = _begin_end(session, actor, event_id, on, remark, now)
    event.reverse(on, remark)
    for removal in _after_end(session, actor, event, "trust:reverse", f"原决定撤销（{in_words(on)}）：{remark}", now):
        if removal.shown_until is None and removal.overturned_at is None:
            _ask_approver(session, removal, event, now)
    return event


def _begin(session: Session, actor: Actor, proposal_id: int, reason: str) -> RemovalProposal:
    """The proposal, in one's turn to write, if it is still to be decided by this person."""
    audit.queue(session)
    proposal = queries.get_proposal(session, actor, proposal_id)
    require(actor, Permission.REMOVAL_CONFIRM, proposal.scope)
    if proposal.status != RemovalProposalStatus.PENDING:
        assert proposal.decided_at is not None
        at = proposal.decided_at.astimezone(SHANGHAI)
        who = proposal.decided_by.name if proposal.decided_by is not None else "系统"
        raise IllegalMove(f"这条移出建议已由{who}于{at.month}月{at.day}日{at.hour}:{at.minute:02}办理：{proposal.status.label}")
    if not reason.strip():
        raise BadInput("请填写理由")
    return proposal


def _begin_end(session: Session, actor: Actor, event_id: int, on: date, remark: str, now: datetime) -> TrustEvent:
    audit.queue(session)
    require(actor, Permission.REMOVAL_CONFIRM)
    event = queries.get_event(session, actor, event_id)
    session.refresh(event)
    if not remark.strip():
        raise BadInput("请写明依据（文号或来源）")
    if on > local_date(now):
        raise BadInput(f"日期{in_words(on)}尚未到，请核对")
    if on < event.happened_on:
        raise BadInput(f"日期不能早于列入或决定日期（{in_words(event.happened_on)}）")
    return event


def _after_end(session: Session, actor: Actor, event: TrustEvent, action: str, text: str, now: datetime) -> list[Removal]:
    """Lift what rests on the event, let its proposals lapse, and write it down at the event and at every unit it touched."""
    changed = unrest(session, event, local_date(now), now)
    pending = (RemovalProposal.event_id == event.id, RemovalProposal.status == RemovalProposalStatus.PENDING)
    for proposal in session.scalars(select(RemovalProposal).where(*pending)).all():
        proposal.lapse(now, text[:500])
    audit.record(session, actor=actor, action=action, subject=event, at=now, text=text)
    for removal in changed:
        lifted = "；再申报限制已解除" if removal.bar_until is None else ""
        audit.record(session, actor=SYSTEM, action=action, subject=removal.recognition, at=now, text=f"{text}{lifted}")
    return changed


def _ask_approver(session: Session, removal: Removal, event: TrustEvent, now: datetime) -> None:
    """Open the question of putting the unit back, unless it is open already."""
    open_ = select(Appeal.id).where(Appeal.removal_id == removal.id, Appeal.status == AppealStatus.OPEN)
    if session.scalar(open_) is not None:
        return
    category = removal.recognition.category
    clock = limits.clock(session, "REG_APPEAL", local_date(now), category.scheme.mechanism_id, began="依据撤销")
    appeal = Appeal(
        removal=removal,
        origin=AppealOrigin.REVERSED,
        text=f"移出所依据的“{event.ground.name}”（{event.origin}）已撤销：{event.remark}",
        received_at=now,
        due_on=clock.due_on,
        derivation=clock.derivation,
        status=AppealStatus.OPEN,
    )
    session.add(appeal)
    session.flush()
    people = telling.in_role(session, category, Role.APPROVER)
    path = f"/registry/appeals/{appeal.id}#do"
    telling.tell(session, kind="registry_appeal", subject=appeal, people=people, path=path, now=now, appeal=appeal)
