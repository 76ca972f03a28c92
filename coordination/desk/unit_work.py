"""What a unit owes: liaisons and heads see the same lines, and a line goes when any of them has acted."""

from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from coordination.desk.todo import Act, Limits, Todo
from coordination.permissions import UNIT_ROLES, Actor
from models import (
    Answer,
    Bulletin,
    BulletinReceipt,
    Countersign,
    CountersignRound,
    Meeting,
    MeetingStatus,
    Minutes,
    MinutesReceipt,
    MinutesStatus,
    Opinion,
    Proposal,
    ProposalStatus,
    Reply,
    Role,
    Task,
    TaskCoUnit,
    TaskPaper,
    TaskPaperKind,
    TaskPaperStatus,
    TaskStatus,
)
from models.calendar import SHANGHAI, local_date


def todos(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """Everything this person's units owe today; nothing for who holds no unit role. At most ten queries."""
    if not actor.roles & UNIT_ROLES:
        return
    yield from _replies(session, actor, limits)
    yield from _proposals(session, actor, limits)
    yield from _releases(session, actor, limits)
    yield from _opinions(session, actor, limits)
    yield from _tasks(session, actor, limits)
    yield from _shares(session, actor, limits)
    yield from _papers(session, actor)
    yield from _countersigns(session, actor, limits)
    yield from _minutes(session, actor, limits)
    yield from _bulletins(session, actor, limits)


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
            act=Act("参加", "meetings.reply", ids, {"answer": Answer.ATTEND.value, "back": "desk"}),
            is_own=True,
        )


def _proposals(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """提交议题: a meeting is collecting and the unit has handed nothing in; a draft or a returned one is to be finished."""
    meeting_of = joinedload(Proposal.meeting).joinedload(Meeting.mechanism)
    drafts = select(Proposal).join(Proposal.meeting).options(meeting_of).where(Proposal.unit_id.in_(actor.unit_ids))
    still_here = Proposal.status.in_((*Proposal.WITH_ITS_UNIT, ProposalStatus.RELEASED))
    for draft in session.scalars(drafts.where(still_here, Meeting.status == MeetingStatus.COLLECTING)):
        if draft.meeting is not None and not draft.waits_for_head:
            verb = "补充议题" if draft.status == ProposalStatus.RETURNED else "提交议题"
            yield _to_hand_in(f"{verb}：{draft.title}", draft.meeting, "meetings.proposal", {"proposal_id": draft.id}, limits)
    none_yet = ~exists().where(Proposal.meeting_id == Meeting.id, Proposal.unit_id.in_(actor.unit_ids))
    query = select(Meeting).options(joinedload(Meeting.mechanism)).where(Meeting.mechanism_id.in_(actor.mechanism_ids), none_yet)
    for meeting in session.scalars(query.where(Meeting.status == MeetingStatus.COLLECTING)):
        yield _to_hand_in(f"提交议题：{meeting.name}", meeting, "meetings.new_proposal", {"meeting_id": meeting.id}, limits)


def _releases(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """审签议题: the liaison laid a draft before the head of the unit."""
    if Role.UNIT_HEAD not in actor.roles:
        return
    query = select(Proposal).where(Proposal.unit_id.in_(actor.unit_ids), Proposal.release_asked_at.is_not(None))
    query = query.where(Proposal.status.in_(Proposal.WITH_ITS_UNIT)).options(joinedload(Proposal.meeting), joinedload(Proposal.mechanism))
    for draft in session.scalars(query.order_by(Proposal.id)):
        due_on = draft.meeting.proposals_due_on if draft.meeting else None
        light = limits.light(due_on, draft.mechanism_id)
        source, ids = draft.mechanism.short_name, {"proposal_id": draft.id}
        yield Todo(f"审签议题：{draft.title}", source, "meetings.proposal", ids, due_on, light, is_own=True)


def _opinions(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """答复意见: the unit was asked what it thinks of a proposal and has not said so."""
    query = select(Opinion).join(Opinion.proposal).where(Opinion.unit_id.in_(actor.unit_ids), Opinion.answered_at.is_(None))
    query = query.where(Proposal.status.not_in(Proposal.ENDED)).options(joinedload(Opinion.proposal).joinedload(Proposal.unit))
    for asked in session.scalars(query.order_by(Opinion.id)):
        title, source = f"答复意见：{asked.proposal.title}", f"{asked.proposal.unit.short_name}征求意见"
        light = limits.light(asked.due_on, asked.proposal.mechanism_id)
        yield Todo(title, source, "meetings.opinion", {"opinion_id": asked.id}, asked.due_on, light, is_own=True)


def _to_hand_in(title: str, meeting: Meeting, endpoint: str, ids: dict[str, int], limits: Limits) -> Todo:
    light = limits.light(meeting.proposals_due_on, meeting.mechanism_id)
    return Todo(title, meeting.mechanism.short_name, endpoint, ids, meeting.proposals_due_on, light, is_own=True)


def _tasks(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """签收 what was assigned, 填报进展 of what was accepted; the lead unit's alone."""
    query = select(Task).where(Task.lead_id.in_(actor.unit_ids), Task.status.in_(Task.WITH_UNIT)).options(joinedload(Task.mechanism))
    for task in session.scalars(query):
        ids, source = {"task_id": task.id}, f"{task.number}·{task.mechanism.short_name}"
        if task.status == TaskStatus.ASSIGNED:
            due_on = limits.after(local_date(task.assigned_at), "TASK_ACCEPT", task.mechanism_id)
            act = Act("签收", "tasks.accept", ids, {})
            yield Todo(f"签收：{task.title}", source, "tasks.show", ids, due_on, limits.light(due_on), act, is_own=True)
        else:
            verb = "重新办理" if task.status == TaskStatus.RETURNED else "填报进展"
            light = limits.light(task.due_on, task.mechanism_id)
            yield Todo(f"{verb}：{task.title}", source, "tasks.report", ids, task.due_on, light, is_own=True)


def _shares(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """填报配合进展: the unit co-operates, its share is not reported done, and the lead unit has not yet reported the whole done."""
    undone = select(TaskCoUnit.task_id).where(TaskCoUnit.unit_id.in_(actor.unit_ids), TaskCoUnit.percent < 100)
    query = select(Task).where(Task.id.in_(undone), Task.lead_id.not_in(actor.unit_ids), Task.status.in_(Task.WITH_UNIT))
    for task in session.scalars(query.options(joinedload(Task.mechanism))):
        ids, source = {"task_id": task.id}, f"{task.number}·{task.mechanism.short_name}"
        light = limits.light(task.due_on, task.mechanism_id)
        yield Todo(f"填报配合进展：{task.title}", source, "tasks.report", ids, task.due_on, light, is_own=True)


def _papers(session: Session, actor: Actor) -> Iterator[Todo]:
    """签收 papers of the ladder that were sent to the unit."""
    query = select(TaskPaper).join(TaskPaper.task).options(joinedload(TaskPaper.task))
    sent = (TaskPaper.status == TaskPaperStatus.SENT, TaskPaper.kind != TaskPaperKind.REPORT_UP, Task.lead_id.in_(actor.unit_ids))
    for paper in session.scalars(query.where(*sent).order_by(TaskPaper.id)):
        yield Todo(f"签收{paper.kind.label}：{paper.task.title}", paper.task.number, "tasks.paper", {"paper_id": paper.id}, is_own=True)


def _countersigns(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """会签纪要: the unit was asked in the round that counts, has not answered, and its day has not passed (silence is consent then)."""
    meeting_of = (
        joinedload(Countersign.round).joinedload(CountersignRound.minutes).joinedload(Minutes.meeting).joinedload(Meeting.mechanism)
    )
    query = select(Countersign).join(Countersign.round).join(CountersignRound.minutes).options(meeting_of)
    owed = (Countersign.unit_id.in_(actor.unit_ids), Countersign.answer.is_(None), CountersignRound.due_on >= limits.today)
    for asked in session.scalars(query.where(*owed, Minutes.status == MinutesStatus.COUNTERSIGNING, CountersignRound.counts())):
        meeting, due_on = asked.round.minutes.meeting, asked.round.due_on
        light = limits.light(due_on, meeting.mechanism_id)
        ids = {"meeting_id": meeting.id}
        yield Todo(f"会签纪要：{meeting.name}", meeting.mechanism.short_name, "meetings.countersign", ids, due_on, light, is_own=True)


def _minutes(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """阅知纪要 that were issued and that nobody of the unit has read."""
    meeting_of = joinedload(MinutesReceipt.minutes).joinedload(Minutes.meeting).joinedload(Meeting.mechanism)
    query = select(MinutesReceipt).where(MinutesReceipt.unit_id.in_(actor.unit_ids), MinutesReceipt.read_at.is_(None))
    for receipt in session.scalars(query.options(meeting_of)):
        minutes = receipt.minutes
        ids = {"meeting_id": minutes.meeting_id}
        issued_on = local_date(minutes.issued_at) if minutes.issued_at else limits.today
        due_on = limits.after(issued_on, "MINUTES_READ", minutes.mechanism_id)
        title, light = f"阅知：{minutes.meeting.name}纪要", limits.light(due_on, minutes.mechanism_id)
        yield Todo(
            title,
            minutes.label,
            "meetings.minutes",
            ids,
            due_on,
            light,
            Act("已阅", "meetings.receive_minutes", ids, {"back": "desk"}),
            is_own=True,
        )


def _bulletins(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """阅知 bulletins that nobody of the unit has read."""
    query = select(BulletinReceipt).where(BulletinReceipt.unit_id.in_(actor.unit_ids), BulletinReceipt.read_at.is_(None))
    for receipt in session.scalars(query.options(joinedload(BulletinReceipt.bulletin).joinedload(Bulletin.mechanism))):
        one, ids = receipt.bulletin, {"bulletin_id": receipt.bulletin_id}
        due_on = limits.after(local_date(one.issued_at), "MINUTES_READ", one.mechanism_id) if one.issued_at else None
        act = Act("已阅", "meetings.receive_bulletin", ids, {"back": "desk"})
        light = limits.light(due_on, one.mechanism_id)
        yield Todo(f"阅知：{one.title}", f"{one.kind.label}{one.label}", "meetings.bulletin", ids, due_on, light, act, is_own=True)


def _when(meeting: Meeting) -> str:
    at = meeting.starts_at.astimezone(SHANGHAI)
    return f"{at.month}月{at.day}日{at.hour}:{at.minute:02}"
