"""限到会单位: the office marks an agenda item, or opens it again, until the minutes are signed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.meetings import queries
from coordination.permissions import Actor, Permission, require
from models import AgendaItem, MeetingStatus, Minutes
from models.errors import IllegalMove


def restrict(session: Session, *, actor: Actor, item_id: int, only_attending: bool, now: datetime) -> AgendaItem:
    """Keep an item to the units that attend, or open it to all members. IllegalMove once the minutes are signed."""
    item = queries.get_item(session, actor, item_id, lock=True)
    meeting = item.meeting
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    if item.is_system:
        raise IllegalMove("系统生成的议程不能限定范围")
    if meeting.status == MeetingStatus.CANCELLED:
        raise IllegalMove("会议已取消，议程不再改动")
    # A shared lock: nobody signs the minutes while what they show to whom is being changed.
    minutes = session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id).with_for_update(read=True))
    if minutes is not None and not minutes.is_open:
        raise IllegalMove(f"纪要{minutes.status.label}，范围不再改动")
    if item.is_confidential != only_attending:
        item.is_confidential = only_attending
        number = item.position + 1
        said = f"议程第{number}项限到会单位" if only_attending else f"议程第{number}项不再限定范围"
        audit.record(session, actor=actor, action="item:restrict", subject=meeting, at=now, text=said, item=item.id)
    return item
