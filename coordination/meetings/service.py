"""A meeting from its plan to the notice: planned, collecting, changed, put off or cancelled. Callers own the transaction."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from coordination import audit, notices
from coordination.accounts.queries import people_in_role
from coordination.meetings import agenda, audience, entries, queries, words
from coordination.meetings.audience import Audience
from coordination.meetings.entries import Method
from coordination.permissions import Actor, Permission, require
from coordination.tasks.queries import calendar
from models import Calendar, Mechanism, Meeting, MeetingKind, MeetingStatus, Role
from models.calendar import local_date
from models.errors import BadInput, CalendarMissing, Conflict, IllegalMove, NotFound
from models.numbering import take_number


def plan(
    session: Session,
    *,
    actor: Actor,
    mechanism_id: int,
    kind: MeetingKind,
    starts_at: datetime,
    place: str,
    proposals_due_on: date,
    now: datetime,
    chair: str = "",
    title: str = "",
) -> Meeting:
    """筹备 a meeting: it gets its serial within mechanism and year, and the system's agenda items. Nobody is told."""
    mechanism = session.get(Mechanism, mechanism_id)
    if mechanism is None:
        raise NotFound("没有这个联席会议机制")
    require(actor, Permission.MEETING_PLAN, mechanism.scope)
    _check_times(starts_at, proposals_due_on, now)
    year = local_date(starts_at).year
    serial = take_number(session, f"meeting:{mechanism.code}:{year}")
    meeting = Meeting(
        mechanism=mechanism,
        year=year,
        serial=serial,
        title=title or f"{mechanism.name}{year}年第{serial}次会议",
        kind=kind,
        status=MeetingStatus.PLANNED,
        starts_at=starts_at,
        place=place,
        chair=chair or _convenor_name(session, mechanism_id),
        proposals_due_on=proposals_due_on,
    )
    session.add(meeting)
    session.flush()
    agenda.renew_system_items(session, meeting)
    text = f"筹备会议，定于{words.when(starts_at)}召开，议题截止{words.full_day(proposals_due_on)}"
    audit.record(session, actor=actor, action="meeting:plan", subject=meeting, at=now, text=text)
    return meeting


def change(
    session: Session,
    *,
    actor: Actor,
    meeting_id: int,
    version: int,
    kind: MeetingKind,
    title: str,
    starts_at: datetime,
    place: str,
    chair: str,
    proposals_due_on: date,
    now: datetime,
) -> Meeting:
    """Change the plan before the notice goes out. Members who know of the meeting already are told what changed.

    Conflict when somebody changed it since ``version``; both versions are in it as lines of words.
    """
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    if not meeting.agenda_is_open:
        raise IllegalMove(f"会议现为“{meeting.status.label}”：会议通知发出后不再改动，可推迟或取消会议")
    wanted = Meeting(kind=kind, title=title, starts_at=starts_at, place=place, chair=chair, proposals_due_on=proposals_due_on)
    if meeting.version != version:
        mine, theirs = "\n".join(plan_in_words(wanted)), "\n".join(plan_in_words(meeting))
        raise Conflict("会议安排刚刚被他人修改", mine=mine, theirs=theirs, version=meeting.version)
    if (meeting.starts_at, meeting.proposals_due_on) != (starts_at, proposals_due_on):
        _check_times(starts_at, proposals_due_on, now)
    changes = _changes(meeting, wanted)
    if not changes:
        return meeting
    told = audience.concerned(session, meeting)
    meeting.kind, meeting.title, meeting.starts_at, meeting.place = kind, title, starts_at, place
    meeting.chair, meeting.proposals_due_on = chair, proposals_due_on
    agenda.renew_system_items(session, meeting)
    audit.record(session, actor=actor, action="meeting:change", subject=meeting, at=now, text=f"修改会议安排：{'；'.join(changes)}")
    _tell(session, meeting, "meeting_changed", told, words.changed(meeting, changes), now)
    return meeting


def collect(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> Meeting:
    """开始征集议题 (again, after 推迟): the members' liaisons are told."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    if meeting.starts_at <= now:
        raise IllegalMove("会议时间已过，请先修改会议安排，再征集议题")
    meeting.collect(now)
    agenda.renew_system_items(session, meeting)
    told = audience.of_members(session, meeting)
    text = f"开始征集议题，截止{words.full_day(meeting.proposals_due_on)}，已告知{len(told.people)}人"
    audit.record(session, actor=actor, action="meeting:collect", subject=meeting, at=now, text=text)
    _tell(session, meeting, "meeting_collecting", told, words.collecting(meeting), now)
    return meeting


def hold_liaison_meeting(
    session: Session, *, actor: Actor, meeting_id: int, now: datetime, chair: str = "", held_at: datetime | None = None
) -> Meeting:
    """The liaison meeting was held (S4 工作规则); only where the mechanism has one."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    if not meeting.mechanism.has_liaison_meeting:
        raise IllegalMove("本机制不设联络员会议")
    meeting.hold_liaison_meeting(held_at or now, chair)
    text = f"联络员会议已召开{f'，{chair}主持' if chair else ''}，议程已议定"
    audit.record(session, actor=actor, action="meeting:liaison", subject=meeting, at=now, text=text)
    return meeting


def postpone(session: Session, *, actor: Actor, meeting_id: int, reason: str, now: datetime) -> Meeting:
    """推迟 with the reason; everybody who knew of the meeting is told."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    told = audience.concerned(session, meeting)
    meeting.postpone(reason)
    audit.record(session, actor=actor, action="meeting:postpone", subject=meeting, at=now, text=f"推迟会议。原因：{reason}")
    _call_off(session, meeting, "meeting_postponed", told, words.postponed(meeting), now)
    return meeting


def cancel(session: Session, *, actor: Actor, meeting_id: int, reason: str, now: datetime) -> Meeting:
    """取消 with the reason; everybody who knew of the meeting is told, its proposals wait with the office again."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    told = audience.concerned(session, meeting)
    meeting.cancel(reason)
    agenda.release_proposals(session, actor=actor, meeting=meeting, now=now)
    audit.record(session, actor=actor, action="meeting:cancel", subject=meeting, at=now, text=f"取消会议。原因：{reason}")
    _call_off(session, meeting, "meeting_cancelled", told, words.cancelled(meeting), now)
    return meeting


def plan_in_words(meeting: Meeting) -> list[str]:
    """The plan as lines, for comparing two versions of it."""
    return [
        f"会议名称：{meeting.title}",
        f"类别：{meeting.kind.label}",
        f"会议时间：{words.when(meeting.starts_at)}",
        f"地点：{meeting.place}",
        f"主持：{meeting.chair}",
        f"议题截止：{words.full_day(meeting.proposals_due_on)}",
    ]


def day_hints(session: Session, starts_at: datetime, proposals_due_on: date) -> list[str]:
    """What the office should know of these days: not a working day, or in a year whose calendar is not loaded. Nothing is refused."""
    working = calendar(session)
    days = (("会议日期", local_date(starts_at)), ("议题截止日", proposals_due_on))
    return [hint for name, on in days if (hint := _day_hint(working, name, on))]


def _call_off(session: Session, meeting: Meeting, kind: str, told: Audience, message: words.Message, now: datetime) -> None:
    """Tell them, and take the meeting out of the calendars it was sent to; a change that has reached nobody yet is not sent any more."""
    notices.take_back(session, kind=words.REARRANGED, subject=audit.subject_of(meeting), since=now - entries.HELD_BACK)
    entry = entries.for_each(session, meeting, Method.CANCEL, now) if meeting.sequence else None
    path = f"/meetings/{meeting.id}"
    audience.tell(session, kind=kind, about=meeting, people=told.people, message=message, path=path, now=now, calendar=entry)


def _tell(session: Session, meeting: Meeting, kind: str, told: Audience, message: words.Message, now: datetime) -> None:
    path = f"/meetings/{meeting.id}"
    audience.tell(session, kind=kind, about=meeting, people=told.people, message=message, path=path, now=now)


def _day_hint(working: Calendar, name: str, on: date) -> str:
    try:
        return "" if working.is_working(on) else f"{name}{words.day(on)}不是工作日"
    except CalendarMissing:
        return f"{on.year}年工作日历尚未导入，{name}是否工作日未核"


def _check_times(starts_at: datetime, proposals_due_on: date, now: datetime) -> None:
    if starts_at <= now:
        raise BadInput(f"会议时间{words.when(starts_at)}已过，请重新填写")
    if proposals_due_on > local_date(starts_at):
        raise BadInput(f"议题截止日不能晚于会议日期（{words.day(local_date(starts_at))}）")
    if proposals_due_on < local_date(now):
        raise BadInput(f"议题截止日{words.day(proposals_due_on)}已过，请重新填写")


def _changes(old: Meeting, new: Meeting) -> list[str]:
    """The lines of the plan that differ, as they read now."""
    return [after for before, after in zip(plan_in_words(old), plan_in_words(new), strict=True) if before != after]


def _convenor_name(session: Session, mechanism_id: int) -> str:
    people = people_in_role(session, Role.CONVENOR, mechanism_id)
    return people[0].name if people else Role.CONVENOR.label
