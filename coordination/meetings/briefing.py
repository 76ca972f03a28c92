"""会前情况汇总, gathered before a meeting (S3 第四章第十四条): open tasks, what was sent back, the numbers since the last one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from coordination.documents.paper import Part, PlainPaper, Table
from coordination.documents.wording import clean, full_stop, official_date, paragraphs
from coordination.meetings import composing, queries
from coordination.meetings import minutes as text
from coordination.tasks.queries import for_review
from models import (
    Assignment,
    Complaint,
    ComplaintKind,
    ComplaintStatus,
    ItemKind,
    LiaisonOutcome,
    Meeting,
    Minutes,
    MinutesPart,
    Proposal,
    Recognition,
    Removal,
    Task,
    TaskStatus,
    Unit,
)
from models.calendar import SHANGHAI, local_date

KINDS = (ComplaintKind.COMPLAINT, ComplaintKind.REPORT, ComplaintKind.QUERY)


@dataclass(frozen=True)
class Period:
    """From the last meeting (or the year's first day) to the end of the day the paper bears; both days included."""

    first: date
    last: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """As instants, the second one just after."""
        begin = datetime.combine(self.first, time(), SHANGHAI)
        return begin, datetime.combine(self.last + timedelta(days=1), time(), SHANGHAI)


def brief(session: Session, meeting: Meeting, proposals: Sequence[Proposal], on: date) -> PlainPaper:
    """The paper as of ``on``, or of the meeting's day when that is past."""
    period = _period(session, meeting, on)
    days = f"数据自{official_date(period.first)}起，截至{official_date(period.last)}"
    opening = f"现将上次会议以来与{meeting.title}有关的情况汇总如下，{days}。"
    parts = (
        _tasks(session, meeting, period),
        _returns(session, meeting, period),
        _numbers(session, meeting, period),
        _proposals(session, meeting, proposals),
    )
    issuer = meeting.mechanism.issuer
    title = f"{meeting.title}会前情况汇总"
    return PlainPaper(
        title=title,
        opening=opening,
        parts=parts,
        closing="以上情况，供会议研究时参考。",  # after a table, so that who signs does not stand alone on a page (GB/T 9704-2012 §7.3.5)
        signed_by=issuer,
        day=period.last,
        author=issuer,
        subject=meeting.name,
    )


def _period(session: Session, meeting: Meeting, on: date) -> Period:
    held_on = local_date(meeting.starts_at)
    last = min(on, held_on)
    before = queries.previous_held_at(session, meeting)
    return Period(local_date(before) if before else date(last.year, 1, 1), last)


# What the last meetings agreed


def _tasks(session: Session, meeting: Meeting, period: Period) -> Part:
    """As the minutes tell it once they are compiled, for tasks go on; before that as the tasks stand."""
    heading = ItemKind.REVIEW.label
    frozen = session.scalar(
        select(MinutesPart.frozen)
        .join(MinutesPart.minutes)
        .where(Minutes.meeting_id == meeting.id, MinutesPart.frozen != "")
        .order_by(MinutesPart.position)
        .limit(1)
    )
    if frozen:
        return Part(heading, tuple(paragraphs(frozen)))
    tasks = _followed(session, meeting, period)
    said = paragraphs(text.review_text(tasks, period.last))[0]
    rows = tuple(_task_row(task, period.last) for task in tasks)
    return Part(heading, (said,), table=Table(("编号", "任务", "牵头单位", "时限", "情况"), rows, (34, 48, 27, 26, 21)) if rows else None)


def _followed(session: Session, meeting: Meeting, period: Period) -> list[Task]:
    end = period.bounds[1]
    return [task for task in for_review(session, meeting.mechanism_id, period.bounds[0]) if task.assigned_at < end]


def _task_row(task: Task, on: date) -> tuple[str, ...]:
    late = "，已逾期" if task.is_overdue(on) else ""
    return (
        task.number.removeprefix("任务"),
        clean(task.title),
        task.lead.short_name,
        _short(task.due_on, on),
        f"{task.status.label}{late}",
    )


def _short(day: date, beside: date) -> str:
    """12月3日; with the year where it is another one."""
    return official_date(day) if day.year != beside.year else f"{day.month}月{day.day}日"


# What was sent back


def _returns(session: Session, meeting: Meeting, period: Period) -> Part:
    """Tasks to be done again, and cases that units gave back to the router."""
    again = [task for task in _followed(session, meeting, period) if task.status == TaskStatus.RETURNED]
    points = [f"{task.number}（{task.lead.short_name}）：{full_stop(clean(task.reason))}" for task in again]
    begin, end = period.bounds
    query = (
        select(Unit.short_name, func.count())
        .join(Assignment, Assignment.unit_id == Unit.id)
        .where(Assignment.sent_back, Assignment.returned_at >= begin, Assignment.returned_at < end)
        .where(or_(Unit.id.in_(ids := _units(session, meeting)), Unit.parent_id.in_(ids)))
        .group_by(Unit.id, Unit.short_name)
        .order_by(func.count().desc(), Unit.id)
    )
    counts = [(name, count) for name, count in session.execute(query)]
    tasks = f"任务退回重办{len(again)}项" if again else "没有退回重办的任务"
    total = sum(count for _, count in counts)
    cases = f"各单位退回分派的投诉举报{total}件" if counts else "各单位没有退回分派的投诉举报"
    by_unit = "，其中" + "、".join(f"{name}{count}件" for name, count in counts) if counts else ""
    return Part("退回情况", (f"{tasks}；{cases}{by_unit}。",), points=tuple(points))


def _units(session: Session, meeting: Meeting) -> list[int]:
    return [unit.id for unit in queries.members(session, meeting.mechanism_id, local_date(meeting.starts_at))]


# Numbers


def _numbers(session: Session, meeting: Meeting, period: Period) -> Part:
    """Cases that came in and that are open, and the units recognised and removed."""
    begin, end = period.bounds
    query = select(Complaint.kind, func.count()).where(Complaint.registered_at >= begin, Complaint.registered_at < end)
    came: dict[ComplaintKind, int] = dict(session.execute(query.group_by(Complaint.kind)).all())  # type: ignore[arg-type]
    closed = session.scalar(select(func.count()).where(Complaint.closed_at >= begin, Complaint.closed_at < end)) or 0
    disputed = session.scalar(select(func.count()).where(Complaint.status == ComplaintStatus.DISPUTED)) or 0
    late = session.scalar(select(func.count()).where(Complaint.status != ComplaintStatus.CLOSED, Complaint.due_on < period.last))
    told = [kind for kind in ComplaintKind if kind in KINDS or kind in came]
    kinds = "、".join(f"{kind.label}{came.get(kind, 0)}件" for kind in told)
    between = (period.first, period.last)
    recognised = session.scalar(select(func.count()).where(Recognition.recognised_on.between(*between))) or 0
    removed = session.scalar(select(func.count()).where(Removal.removed_on.between(*between))) or 0
    return Part(
        "有关数据",
        points=(
            f"消费诉求。共登记{sum(came.values())}件，其中{kinds}；办结{closed}件；现有职责争议{disputed}件，逾期未办结{late or 0}件。",
            f"放心消费示范单位。新认定{recognised}家，移出{removed}家。",
        ),
    )


def _proposals(session: Session, meeting: Meeting, proposals: Sequence[Proposal]) -> Part:
    """What was handed in, with what the liaison meeting made of it, else how it stands."""
    query = select(LiaisonOutcome).where(LiaisonOutcome.meeting_id == meeting.id)
    said = {row.proposal_id: row.outcome.label for row in session.scalars(query)}
    words = [said.get(proposal.id) or composing.outcome(proposal) for proposal in proposals]
    rows = tuple(
        (str(at), one.title, one.unit.short_name, word) for at, (one, word) in enumerate(zip(proposals, words, strict=True), start=1)
    )
    opening = f"本次会议收到议题{len(rows)}项，列表如下。" if rows else "本次会议尚未收到议题。"
    return Part("议题准备", (opening,), table=Table(("序号", "议题", "提出单位", "研究意见"), rows, (6, 34, 15, 11)) if rows else None)
