"""What a unit owes: liaisons and heads see the same lines, and a line goes when any of them has acted."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from coordination.desk.todo import Act, Limits, Todo
from coordination.permissions import UNIT_ROLES, Actor
from models import Meeting, MeetingStatus, Minutes, MinutesReceipt, Proposal, ProposalStatus, Reply, Task, TaskStatus
from models.calendar import SHANGHAI, local_date

TO_REPORT = (TaskStatus.ACCEPTED, TaskStatus.IN_PROGRESS, TaskStatus.RETURNED)


def todos(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """Everything this person's units owe today; nothing for who holds no unit role. Five queries."""
    if not actor.roles & UNIT_ROLES:
        return
    yield from _replies(session, actor, limits)
    yield from _proposals(session, actor, limits)
    yield from _tasks(session, actor, limits)
    yield from _minutes(session, actor, limits)


def _replies(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """答复参会: the notice is out, nobody of the unit has answered."""
    query = select(Reply).join(Reply.meeting).options(joinedload(Reply.meeting).joinedload(Meeting.mechanism))
    for reply in session.scalars(
        query.where(Reply.unit_id.in_(actor.unit_ids), Reply.answer.is_(None), Meeting.status == MeetingStatus.NOTIFIED)
    ):
        meeting = reply.meeting
        due_on = limits.before(local_date(meeting.starts_at), "REPLY_DUE", meeting.mechanism_id)
        ids = {"meeting_id": meeting.id}
        yield Todo(
            title=f"答复参会：{meeting.name}（{_when(meeting)}）",
            source="会议通知",
            endpoint="meetings.reply",
            ids=ids,
            due_on=due_on,
            light=limits.light(due_on, meeting.mechanism_id),
            act=Act("参加", "meetings.reply", ids, {"choice": "attend"}),
            is_own=True,
        )


def _proposals(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """提交议题: a meeting is collecting and the unit has handed nothing in; a draft or a returned one is to be finished."""
    mine = select(Proposal).where(Proposal.unit_id.in_(actor.unit_ids))
    with_unit = mine.join(Proposal.meeting).where(Proposal.status.in_((*Proposal.WITH_ITS_UNIT, ProposalStatus.RELEASED)))
    kept = options = joinedload(Proposal.meeting).joinedload(Meeting.mechanism)
    drafts = list(session.scalars(with_unit.where(Meeting.status == MeetingStatus.COLLECTING).options(kept)))
    for draft in drafts:
        meeting = draft.meeting
        if meeting is not None:
            verb = "补充议题" if draft.status == ProposalStatus.RETURNED else "提交议题"
            yield _proposal(f"{verb}：{draft.title}", meeting, "meetings.proposal", {"proposal_id": draft.id}, limits)
    none_yet = ~exists().where(Proposal.meeting_id == Meeting.id, Proposal.unit_id.in_(actor.unit_ids))
    query = select(Meeting).options(joinedload(Meeting.mechanism)).where(Meeting.mechanism_id.in_(actor.mechanism_ids), none_yet)
    for meeting in session.scalars(query.where(Meeting.status == MeetingStatus.COLLECTING)):
        yield _proposal(f"提交议题：{meeting.name}", meeting, "meetings.new_proposal", {"meeting": meeting.id}, limits)
