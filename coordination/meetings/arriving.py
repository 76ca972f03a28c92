"""扫码签到: whoever is at the venue opens the address behind the meeting's code and writes down that their unit is there.

Who comes is often a deputy head without an account, so the code is the right to sign in, on the day of the meeting alone; the recorder sees
every line and has the last word (``room.sign_in``).
"""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination import audit, crypto
from coordination.meetings import queries
from coordination.permissions import PUBLIC
from models import Meeting, MeetingStatus, Presence, Reply
from models.calendar import local_date
from models.errors import BadInput, NotFound

CODE_LENGTH = 32  # hexadecimal digits: 128 bits
WRONG = "签到码不对，或会议时间已改。请扫会场现用的签到码"


def code_of(meeting: Meeting) -> str:
    """The meeting's code; another one when its time is changed."""
    return crypto.keyed_hash("meeting:sign-in", f"{meeting.id}:{meeting.starts_at.isoformat()}")[:CODE_LENGTH]


def by_code(session: Session, code: str, now: datetime) -> Meeting:
    """The meeting of today whose code this is; NotFound for any other code and on any other day."""
    day = timedelta(days=1)
    query = select(Meeting).where(Meeting.starts_at > now - day, Meeting.starts_at < now + day).options(joinedload(Meeting.mechanism))
    for meeting in session.scalars(query.where(Meeting.status.in_((MeetingStatus.NOTIFIED, MeetingStatus.IN_SESSION)))):
        if local_date(meeting.starts_at) == local_date(now) and hmac.compare_digest(code_of(meeting), code):
            return meeting
    raise NotFound(WRONG)


def arrive(session: Session, *, code: str, reply_id: int, name: str, post: str, now: datetime) -> Reply:
    """签到 for one invited unit: present, or late once the meeting was to begin. The first sign-in counts.

    NotFound for a wrong code; BadInput for a unit that was not invited.
    """
    meeting = by_code(session, code, now)
    reply = next((one for one in queries.replies_of(session, meeting) if one.id == reply_id), None)
    if reply is None:
        raise BadInput("请重新选择单位；未列出的单位请到签到台登记")
    if reply.arrived_at is None:
        reply.arrived_at, reply.person_name, reply.person_post = now, name, post
        reply.presence = Presence.LATE if now > meeting.starts_at else Presence.PRESENT
        text = f"{reply.unit.short_name}扫码签到：{reply.presence.label}"
        audit.record(session, actor=PUBLIC, action="meeting:arrive", subject=meeting, at=now, text=text, unit=reply.unit_id)
    return reply
