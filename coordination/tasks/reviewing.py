"""落实情况: what the lead unit says about each task for the next meeting, until its notice is sent. Callers own the transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.permissions import Actor, Permission, can, require
from coordination.tasks import queries
from models import Meeting, MeetingStatus, ReviewNote, Task
from models.calendar import local_date
from models.errors import Conflict, IllegalMove

CLOSED = "没有正在筹备的会议，或会议通知已发出，落实情况不能再改。可在进展中填报"


@dataclass(frozen=True)
class Coming:
    """The next meeting of a mechanism whose notice is not out, and what was said for it so far."""

    meeting: Meeting
    note: ReviewNote | None


def coming(session: Session, task: Task) -> Coming | None:
    """The meeting this task is next reported to; None when none is being prepared, or the task came from no meeting."""
    if task.meeting_serial is None:
        return None
    open_ = (MeetingStatus.PLANNED, *Meeting.COLLECTS)
    query = select(Meeting).where(Meeting.mechanism_id == task.mechanism_id, Meeting.status.in_(open_))
    meeting = session.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(1)).first()
    if meeting is None:
        return None
    note = session.scalar(select(ReviewNote).where(ReviewNote.meeting_id == meeting.id, ReviewNote.task_id == task.id))
    return Coming(meeting, note)


def write(session: Session, *, actor: Actor, task_id: int, text: str, version: int, now: datetime) -> ReviewNote:
    """填写落实情况 by the lead unit, or by the office. IllegalMove once the notice is out; Conflict when somebody was faster."""
    task = queries.get_task(session, actor, task_id, lock=True)
    require_writer(actor, task)
    found = coming(session, task)
    if found is None:
        raise IllegalMove(CLOSED)
    note = found.note
    if note is not None and note.version != version and note.text != text:
        raise Conflict("落实情况刚被他人修改。您写的内容没有丢失", mine=text, theirs=note.text, version=note.version)
    unit = task.lead.heir(local_date(now))
    if note is None:
        note = ReviewNote(meeting_id=found.meeting.id, task_id=task.id, unit=unit, text=text, at=now)
        session.add(note)
    note.text, note.person_id, note.at, note.unit = text, actor.person_id, now, unit
    session.flush()
    said = f"填写{found.meeting.name}落实情况"
    audit.record(session, actor=actor, action="task:review", subject=task, at=now, text=said, meeting=found.meeting.id)
    return note


def may_write(actor: Actor, task: Task) -> bool:
    """Does this person act for the lead unit, or is the office?"""
    return can(actor, Permission.TASK_REPORT if queries.can_report(actor, task) else Permission.TASK_SUPERVISE, task.lead_scope)


def require_writer(actor: Actor, task: Task) -> None:
    """NotAllowed for whoever neither acts for the lead unit nor is the office."""
    require(actor, Permission.TASK_REPORT if queries.can_report(actor, task) else Permission.TASK_SUPERVISE, task.lead_scope)


def notes(session: Session, meeting: Meeting) -> dict[int, str]:
    """What was said for this meeting, by task."""
    rows = session.execute(select(ReviewNote.task_id, ReviewNote.text).where(ReviewNote.meeting_id == meeting.id))
    return dict(rows.all())
