"""What the office, the recorder and the convenor of a mechanism have to do for its meetings, minutes and tasks."""

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from coordination.desk.todo import Limits, Todo
from coordination.permissions import Actor
from coordination.tasks.queries import WAITS
from models import (
    AgendaItem,
    CountersignRound,
    Decision,
    Extension,
    ExtensionStatus,
    ExtraRequest,
    ExtraRequestStatus,
    Mechanism,
    Meeting,
    MeetingStatus,
    Minutes,
    MinutesCorrection,
    MinutesStatus,
    Proposal,
    ProposalStatus,
    Reply,
    Role,
    Task,
    TaskPaper,
    TaskPaperStatus,
    TaskStatus,
)
from models.calendar import local_date

TO_PREPARE = (MeetingStatus.PLANNED, MeetingStatus.COLLECTING, MeetingStatus.LIAISON_HELD, MeetingStatus.POSTPONED)
PAPER_VERBS = {TaskPaperStatus.DRAFT: "审定", TaskPaperStatus.REFUSED: "修改", TaskPaperStatus.APPROVED: "发出"}
EXTRA_VERBS = {
    ExtraRequestStatus.ASKED: "答复临时会议申请",
    ExtraRequestStatus.ANSWERED: "定临时会议",
    ExtraRequestStatus.AGREED: "筹备临时会议",
}
TO_HOLD = (MeetingStatus.NOTIFIED, MeetingStatus.IN_SESSION)


def todos(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """Everything this person's offices have to do today; at most nine queries."""
    office, recorder, convenor = (_held(session, actor, role) for role in (Role.OFFICE, Role.RECORDER, Role.CONVENOR))
    if office:
        yield from _proposals(session, office, limits)
        yield from _preparing(session, office, limits)
        yield from _reported(session, office)
        yield from _asked(session, office, limits)
    if office | convenor:
        yield from _extra_meetings(session, office, convenor, limits)
        yield from _papers(session, office, convenor)
    if office | recorder:
        yield from _holding(session, office, office | recorder, limits)
    if office | recorder | convenor:
        yield from _minutes(session, office, office | recorder, convenor)
    if convenor:
        yield from _corrections(session, convenor)
    if office | recorder:
        yield from _countersigns(session, office | recorder, limits)


def _held(session: Session, actor: Actor, role: Role) -> frozenset[int]:
    """The mechanisms in which this person holds ``role``; a grant that names none holds in all."""
    held = {grant.mechanism_id for grant in actor.grants if grant.role == role}
    return frozenset(session.scalars(select(Mechanism.id))) if None in held else frozenset(id_ for id_ in held if id_ is not None)


def _proposals(session: Session, mechanism_ids: Iterable[int], limits: Limits) -> Iterator[Todo]:
    """审议题: handed in and waiting for the office; it has until the meeting."""
    query = select(Proposal).where(Proposal.mechanism_id.in_(mechanism_ids), Proposal.status == ProposalStatus.SUBMITTED)
    for proposal in session.scalars(query.options(joinedload(Proposal.unit), joinedload(Proposal.meeting))):
        due_on = local_date(proposal.meeting.starts_at) if proposal.meeting else None
        light = limits.light(due_on, proposal.mechanism_id)
        urgent = "（紧急）" if proposal.is_urgent else ""
        title, ids = f"审议题{urgent}：{proposal.title}", {"proposal_id": proposal.id}
        yield Todo(title, proposal.unit.short_name, "meetings.proposal", ids, due_on, light)


def _extra_meetings(session: Session, office: frozenset[int], convenor: frozenset[int], limits: Limits) -> Iterator[Todo]:
    """答复 what a unit asks for, 定 for the convenor, 筹备 what was agreed."""
    planless = and_(ExtraRequest.status == ExtraRequestStatus.AGREED, ExtraRequest.meeting_id.is_(None))
    query = select(ExtraRequest).where(or_(ExtraRequest.status.in_(ExtraRequest.OPEN), planless)).options(joinedload(ExtraRequest.unit))
    mine = ExtraRequest.mechanism_id.in_(office | convenor)
    for asked in session.scalars(query.where(mine).order_by(ExtraRequest.id)):
        verb, whose = EXTRA_VERBS[asked.status], convenor if asked.status == ExtraRequestStatus.ANSWERED else office
        if asked.mechanism_id in whose:
            due_on = asked.due_on if asked.status == ExtraRequestStatus.ASKED else None
            light = limits.light(due_on, asked.mechanism_id) if due_on else WAITS
            yield Todo(f"{verb}：{asked.title}", asked.unit.short_name, "meetings.extra_request", {"request_id": asked.id}, due_on, light)


def _preparing(session: Session, mechanism_ids: Iterable[int], limits: Limits) -> Iterator[Todo]:
    """征集议题, 重新安排, and 发会议通知 once the day for proposals has come, in time for the units to answer."""
    query = select(Meeting).where(Meeting.mechanism_id.in_(mechanism_ids), Meeting.status.in_(TO_PREPARE))
    for meeting in session.scalars(query.options(joinedload(Meeting.mechanism))):
        if meeting.status == MeetingStatus.POSTPONED:
            verb, due_on = "重新安排会议", None
        elif meeting.status == MeetingStatus.PLANNED:
            verb, due_on = "开始征集议题", meeting.proposals_due_on
        elif meeting.proposals_due_on <= limits.today or meeting.status == MeetingStatus.LIAISON_HELD:
            verb, due_on = "发会议通知", limits.before(local_date(meeting.starts_at), "REPLY_DUE", meeting.mechanism_id)
        else:
            continue
        yield _of(meeting, verb, "meetings.show", due_on, limits)


def _holding(session: Session, office: frozenset[int], recording: frozenset[int], limits: Limits) -> Iterator[Todo]:
    """催请答复 when the day for replies is near, 会中记录 from the day of the meeting on."""
    unanswered = select(func.count(Reply.id)).where(Reply.meeting_id == Meeting.id, Reply.answer.is_(None)).scalar_subquery()
    query = select(Meeting, unanswered).options(joinedload(Meeting.mechanism))
    for meeting, silent in session.execute(query.where(Meeting.mechanism_id.in_(recording), Meeting.status.in_(TO_HOLD))):
        held_on = local_date(meeting.starts_at)
        if held_on <= limits.today:
            yield _of(meeting, "会中记录", "meetings.room", held_on, limits)
            continue
        due_on = limits.before(held_on, "REPLY_DUE", meeting.mechanism_id)
        if silent and meeting.mechanism_id in office and limits.light(due_on, meeting.mechanism_id).kind != "ok":
            yield _of(meeting, f"催请{silent}个单位答复", "meetings.show", due_on, limits)


def _minutes(session: Session, office: frozenset[int], recording: frozenset[int], convenor: frozenset[int]) -> Iterator[Todo]:
    """编制纪要 after the meeting, 确认条款 while readings wait, 签发 when the convenor was asked to, 印发 when signed."""
    not_issued = or_(Minutes.id.is_(None), Minutes.status != MinutesStatus.ISSUED)
    unread = select(func.count(Decision.id)).join(Decision.item).where(AgendaItem.meeting_id == Meeting.id, Decision.confirmed_at.is_(None))
    query = (
        select(Meeting, Minutes, unread.scalar_subquery())
        .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
        .options(joinedload(Meeting.mechanism))
    )
    mine = Meeting.mechanism_id.in_(recording | convenor)
    for meeting, minutes, waiting in session.execute(query.where(and_(mine, Meeting.status == MeetingStatus.HELD, not_issued))):
        if minutes is not None and minutes.status == MinutesStatus.SIGNED:
            verb, whose = "印发纪要", office
        elif minutes is not None and minutes.submitted_at is not None:
            verb, whose = "签发纪要", convenor
        elif minutes is not None and minutes.status == MinutesStatus.COUNTERSIGNING:
            continue  # _countersigns
        else:
            verb, whose = f"确认条款{waiting}条" if minutes is not None and waiting else "编制纪要", recording
        if meeting.mechanism_id in whose:
            yield Todo(f"{verb}：{meeting.name}", meeting.mechanism.short_name, "meetings.minutes", {"meeting_id": meeting.id})


def _corrections(session: Session, mechanism_ids: Iterable[int]) -> Iterator[Todo]:
    """签发更正: drafted by the office, waiting for the convenor."""
    meeting_of = joinedload(MinutesCorrection.minutes).joinedload(Minutes.meeting).joinedload(Meeting.mechanism)
    query = select(MinutesCorrection).join(MinutesCorrection.minutes).options(meeting_of)
    for row in session.scalars(query.where(MinutesCorrection.number.is_(None), Minutes.mechanism_id.in_(mechanism_ids))):
        meeting = row.minutes.meeting
        yield Todo(f"签发更正：{meeting.name}", meeting.mechanism.short_name, "meetings.correction", {"correction_id": row.id})


def _countersigns(session: Session, recording: frozenset[int], limits: Limits) -> Iterator[Todo]:
    """Minutes in countersigning: 处理会签意见 first, 催请会签 when the day is near, 报请签发 when the round is over."""
    answers, meeting_of = selectinload(CountersignRound.answers), joinedload(CountersignRound.minutes).joinedload(Minutes.meeting)
    query = select(CountersignRound).join(CountersignRound.minutes).options(answers, meeting_of.joinedload(Meeting.mechanism))
    open_ = (Minutes.status == MinutesStatus.COUNTERSIGNING, Minutes.submitted_at.is_(None), Minutes.mechanism_id.in_(recording))
    for row in session.scalars(query.where(*open_, CountersignRound.counts())):
        meeting = row.minutes.meeting
        light = limits.light(row.due_on, meeting.mechanism_id)
        if row.unhandled:
            yield _of(meeting, f"处理会签意见{len(row.unhandled)}条", "meetings.countersign", None, limits)
        elif row.is_over(limits.today):
            yield _of(meeting, "报请签发纪要", "meetings.minutes", None, limits)
        elif light.kind != "ok":
            yield _of(meeting, f"催请{len(row.waiting)}个单位会签", "meetings.countersign", row.due_on, limits)


def _reported(session: Session, mechanism_ids: Iterable[int]) -> Iterator[Todo]:
    """核验销号: the unit says it is done; the due date was the unit's and is kept or missed by the day it said so."""
    query = select(Task).where(Task.mechanism_id.in_(mechanism_ids), Task.status == TaskStatus.REPORTED)
    for task in session.scalars(query.options(joinedload(Task.lead))):
        source = f"{task.number}·{task.lead.short_name}"
        yield Todo(f"核验销号：{task.title}", source, "tasks.show", {"task_id": task.id}, light=WAITS)


def _asked(session: Session, mechanism_ids: Iterable[int], limits: Limits) -> Iterator[Todo]:
    """审核延期: a unit asks for more time; until it is answered the old date stands."""
    query = select(Extension).join(Extension.task).where(Task.mechanism_id.in_(mechanism_ids), Extension.status == ExtensionStatus.ASKED)
    for asked in session.scalars(query.options(joinedload(Extension.task), joinedload(Extension.unit))):
        task = asked.task
        light = limits.light(task.due_on, task.mechanism_id)
        yield Todo(
            f"审核延期：{task.title}", f"{task.number}·{asked.unit.short_name}", "tasks.show", {"task_id": task.id}, task.due_on, light
        )


def _papers(session: Session, office: frozenset[int], convenor: frozenset[int]) -> Iterator[Todo]:
    """The papers of the ladder: for the office to check, hand up, send; for the convenor to approve."""
    waits = and_(TaskPaper.mechanism_id.in_(office), TaskPaper.status.in_(PAPER_VERBS))
    to_approve = and_(TaskPaper.mechanism_id.in_(convenor), TaskPaper.status == TaskPaperStatus.SUBMITTED)
    query = select(TaskPaper).where(or_(waits, to_approve)).order_by(TaskPaper.id)
    for paper in session.scalars(query.options(joinedload(TaskPaper.task).joinedload(Task.lead))):
        if paper.status == TaskPaperStatus.SUBMITTED:
            verb = "批准"
        else:
            verb = "报请批准" if paper.status == TaskPaperStatus.DRAFT and paper.needs_convenor else PAPER_VERBS[paper.status]
        source = f"{paper.task.number}·{paper.task.lead.short_name}"
        yield Todo(f"{verb}{paper.kind.label}：{paper.task.title}", source, "tasks.paper", {"paper_id": paper.id})


def _of(meeting: Meeting, verb: str, endpoint: str, due_on: date | None, limits: Limits) -> Todo:
    light = limits.light(due_on, meeting.mechanism_id)
    return Todo(f"{verb}：{meeting.name}", meeting.mechanism.short_name, endpoint, {"meeting_id": meeting.id}, due_on, light)
