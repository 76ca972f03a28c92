"""The notice (会议通知) and the units' replies: sending freezes the agenda and makes every member unit owe an answer."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from coordination import audit, notices
from coordination.meetings import agenda, audience, entries, paperwork, queries, words
from coordination.meetings.audience import Audience
from coordination.meetings.entries import Method
from coordination.meetings.words import REARRANGED
from coordination.permissions import Actor, Permission, require
from models import Answer, Meeting, MeetingStatus, Reply
from models.calendar import local_date
from models.errors import BadInput, Conflict, IllegalMove, NotFound


def recipients(session: Session, meeting: Meeting) -> Audience:
    """Who will be told when the notice is sent now: the members' liaisons and heads, convenor, deputy and recorder."""
    members = audience.of_members(session, meeting, audience.LIAISONS_AND_HEADS)
    return audience.with_leaders(session, members, meeting.mechanism_id)


def send_notice(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> Meeting:
    """发会议通知: the agenda freezes, each unit that sits on the day owes a reply, everybody is told."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    if meeting.starts_at <= now:
        raise IllegalMove("会议时间已过，请先修改会议安排，再发通知")
    if meeting.agenda_is_open:
        agenda.renew_system_items(session, meeting)
    meeting.notify(now)
    _owe_replies(session, meeting)
    told = recipients(session, meeting)
    message = words.invitation(meeting, audience.reply_due_on(session, meeting))
    paper = paperwork.number_notice(session, meeting, now)
    said = f"发出会议通知{paper.label}，已告知{len(told.people)}人"
    audit.record(session, actor=actor, action="meeting:notify", subject=meeting, at=now, text=said, sha256=paper.file.sha256)
    path = f"/meetings/{meeting.id}#do"
    entry = entries.for_each(session, meeting, Method.REQUEST, now)
    audience.tell(session, kind="meeting_notice", about=meeting, people=told.people, message=message, path=path, now=now, calendar=entry)
    return meeting


def rearrange(
    session: Session, *, actor: Actor, meeting_id: int, version: int, starts_at: datetime, place: str, chair: str, now: datetime
) -> Meeting:
    """Another time, place or chair after the notice, the agenda and the answers staying: all who were invited are told.

    Changes soon after one another make one notice: the mail waits ``entries.HELD_BACK``, and a newer one takes its place meanwhile.
    """
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    if meeting.status != MeetingStatus.NOTIFIED:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，不能改时间地点")
    wanted = words.arrangement(starts_at, place, chair)
    stored = words.arrangement(meeting.starts_at, meeting.place, meeting.chair)
    if wanted == stored:
        return meeting
    if meeting.version != version:
        raise Conflict("会议安排刚刚被他人修改", mine=wanted, theirs=stored, version=meeting.version)
    if starts_at <= now:
        raise BadInput(f"会议时间{words.when(starts_at)}已过，请重新填写")
    meeting.starts_at, meeting.place, meeting.chair = starts_at, place, chair
    text = f"会议安排由“{stored}”改为“{wanted}”"
    audit.record(session, actor=actor, action="meeting:change", subject=meeting, at=now, text=text)
    told, message, path = audience.concerned(session, meeting), words.rearranged(meeting), f"/meetings/{meeting.id}"
    entry = entries.for_each(session, meeting, Method.REQUEST, now)
    notices.take_back(session, kind=REARRANGED, subject=audit.subject_of(meeting), since=now - entries.HELD_BACK)
    owed: dict[str, Any] = {"message": message, "path": path, "now": now, "calendar": entry, "held": entries.HELD_BACK}
    owed["slot"] = str(meeting.sequence)
    audience.tell(session, kind=REARRANGED, about=meeting, people=told.people, **owed)
    return meeting


def urge(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> int:
    """催请答复: the people of the units that have not answered, each at most once a day; returns how many were told."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    if meeting.status != MeetingStatus.NOTIFIED:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，不需催请答复")
    told = audience.of_invited(session, meeting, unanswered=True)
    if not told.groups:
        raise IllegalMove("各单位都已答复，不需催请")
    path, slot, message = f"/meetings/{meeting.id}/reply", local_date(now).isoformat(), words.urging(meeting)
    count = audience.tell(session, kind="reply_urged", about=meeting, people=told.people, message=message, path=path, now=now, slot=slot)
    if count:
        text = f"催请{len(told.groups)}个单位答复：{words.listed([group.name for group in told.groups])}"
        audit.record(session, actor=actor, action="reply:urge", subject=meeting, at=now, text=text)
    return count


def answer(
    session: Session,
    *,
    actor: Actor,
    meeting_id: int,
    choice: Answer,
    now: datetime,
    name: str = "",
    post: str = "",
    reason: str = "",
    version: int | None = None,
) -> Reply:
    """The unit answers, or answers anew, until the meeting opens.

    Conflict when a colleague answered otherwise since ``version`` (None: the unit had not answered when the page was read).
    """
    meeting = queries.get_meeting(session, actor, meeting_id)
    reply = queries.own_reply(session, actor, meeting)
    if reply is None:
        raise NotFound("本单位不在会议通知范围内")
    require(actor, Permission.REPLY_WRITE, reply.scope)
    if meeting.status != MeetingStatus.NOTIFIED:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，不能再答复。有变化请直接联系联席会议办公室")
    _check_answer(choice, name, post, reason)
    said = (choice, name, post, reason) if choice != Answer.LEAVE else (choice, "", "", reason)
    if (reply.answer, reply.person_name, reply.person_post, reply.reason) == said:
        return reply
    if reply.answer is not None and reply.version != version:
        mine = in_words(Reply(answer=choice, person_name=name, person_post=post, reason=reason))
        raise Conflict("本单位的答复刚刚被同事改过", mine=mine, theirs=in_words(reply), version=reply.version)
    again = reply.answer is not None
    reply.respond(choice, name=name, post=post, reason=reason, by_id=actor.person_id, at=now)
    text = f"{'更改答复' if again else '答复参会'}：{choice.label}"
    audit.record(session, actor=actor, action="reply:answer", subject=meeting, at=now, text=text, unit=reply.unit_id)
    return reply


def in_words(reply: Reply) -> str:
    """The reply as one line: 代会，李某（副局长）."""
    if reply.answer is None:
        return "未答复"
    person = reply.person_name + (f"（{reply.person_post}）" if reply.person_post else "")
    return "，".join(part for part in (reply.answer.label, person, reply.reason) if part)


def _check_answer(choice: Answer, name: str, post: str, reason: str) -> None:
    if choice == Answer.STAND_IN and not (name and post):
        raise BadInput("代会请填写代会人姓名和职务")
    if choice == Answer.LEAVE and not reason:
        raise BadInput("请假请填写原因")


def _owe_replies(session: Session, meeting: Meeting) -> None:
    """One row per unit that sits on the day; after 推迟 old answers count no more and units that left owe nothing."""
    units = queries.members(session, meeting.mechanism_id, local_date(meeting.starts_at))
    owed = {reply.unit_id: reply for reply in meeting.replies}
    for unit in units:
        reply = owed.pop(unit.id, None)
        if reply is None:
            meeting.replies.append(Reply(unit=unit))
        else:
            reply.ask_again()
    for reply in owed.values():
        meeting.replies.remove(reply)
    session.flush()
