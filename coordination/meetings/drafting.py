"""Drafting minutes: compiled from the record, edited by hand, compiled again without losing what was edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from coordination import audit
from coordination.meetings import minutes as text
from coordination.meetings import queries, restricted, revisions
from coordination.permissions import Actor, Permission, require
from coordination.tasks.queries import for_review
from coordination.tasks.reviewing import notes
from models import AgendaItem, ItemKind, Meeting, MeetingStatus, Minutes, MinutesPart, MinutesStatus, Reply
from models.calendar import local_date
from models.errors import Conflict, IllegalMove


@dataclass(frozen=True)
class Differences:
    """Where the minutes no longer say what the record says: ``opening`` as it would read now (None: no difference), ``parts`` by id."""

    opening: str | None
    parts: dict[int, str]


def compile_minutes(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> Minutes:
    """汇编纪要 from the items, for the first time or anew; what was edited by hand stays as it is."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MINUTES_EDIT, meeting.scope)
    if meeting.status != MeetingStatus.HELD:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，会议结束后方可汇编纪要")
    minutes = queries.minutes_of(session, actor, meeting, lock=True)
    again = minutes is not None
    if minutes is None:
        minutes = _first(session, meeting, now)
    else:
        _require_open(minutes)
        revisions.begin(session, minutes)
        _fill(minutes, differences(session, meeting, minutes))
        minutes.compiled_at = now
    kept = sum(part.edited for part in minutes.parts) + minutes.opening_edited
    said = "重新汇编纪要" + (f"，手工修改的{kept}段未动" if kept else "") if again else "汇编纪要"
    revisions.keep(session, minutes, actor=actor, what=said, now=now)
    audit.record(session, actor=actor, action="minutes:compile", subject=minutes, at=now, text=said)
    return minutes


def differences(
    session: Session,
    meeting: Meeting,
    minutes: Minutes,
    items: Sequence[AgendaItem] | None = None,
    replies: Sequence[Reply] | None = None,
) -> Differences:
    """What a compile would write otherwise than the minutes say now, edited parts included. ``items``, ``replies``: where read already."""
    items = queries.items_of(session, meeting) if items is None else items
    replies = queries.replies_of(session, meeting) if replies is None else replies
    parts = {part.item_id: part for part in minutes.parts}
    built = {item.id: text.section_text(item, parts[item.id].frozen) for item in items if item.id in parts}
    opening = text.opening_text(meeting, items, replies, meeting.guests)
    return Differences(
        opening=None if opening == minutes.opening else opening,
        parts={parts[item_id].id: body for item_id, body in built.items() if parts[item_id].body != body},
    )


def stale(minutes: Minutes, found: Differences) -> bool:
    """Has the record changed under a part that nobody edited by hand? Then it must be compiled again before it is signed."""
    changed = any(part.id in found.parts and not part.edited for part in minutes.parts)
    return changed or (found.opening is not None and not minutes.opening_edited)


def obstacles(
    session: Session,
    meeting: Meeting,
    minutes: Minutes,
    items: Sequence[AgendaItem] | None = None,
    replies: Sequence[Reply] | None = None,
) -> list[str]:
    """What keeps these minutes from being countersigned and signed, in words; empty when nothing does."""
    items = queries.items_of(session, meeting) if items is None else items
    return told(items, minutes, differences(session, meeting, minutes, items, replies))


def told(items: Sequence[AgendaItem], minutes: Minutes, found: Differences) -> list[str]:
    """As ``obstacles``, from what was read already."""
    kept = text.problems(items)
    if minutes.is_open and stale(minutes, found):
        kept.append("会议记录在汇编后有改动，请先重新汇编")
    return kept


def edit_opening(session: Session, *, actor: Actor, meeting_id: int, version: int, opening: str, now: datetime) -> Minutes:
    """Edit the opening by hand. Conflict with both texts when somebody changed it since ``version``."""
    minutes = _to_edit(session, actor, meeting_id)
    if minutes.version != version and minutes.opening != opening:
        raise Conflict("纪要导语刚刚被他人修改", mine=opening, theirs=minutes.opening, version=minutes.version)
    if minutes.opening != opening:
        minutes.opening, minutes.opening_edited = opening, True
        _keep(session, actor, minutes, "minutes:edit", "修改导语", now)
    return minutes


def edit_part(session: Session, *, actor: Actor, part_id: int, version: int, heading: str, body: str, now: datetime) -> MinutesPart:
    """Edit a section by hand; a later compile leaves it alone. Conflict with both texts when somebody changed it since ``version``."""
    part = queries.get_part(session, actor, part_id, lock=True)
    _to_edit(session, actor, part.minutes.meeting_id)
    if part.version != version and part.body != body:
        raise Conflict("本段刚刚被他人修改", mine=body, theirs=part.body, version=part.version)
    if (part.heading, part.body) != (heading, body):
        part.heading, part.body, part.edited = heading, body, True
        _keep(session, actor, part.minutes, "minutes:edit", f"修改“{heading}”一段", now)
    return part


def restore_part(session: Session, *, actor: Actor, part_id: int, version: int, now: datetime) -> MinutesPart:
    """改回汇编稿: give up what was edited by hand in a section. Conflict when it was edited since ``version``."""
    part = queries.get_part(session, actor, part_id, lock=True)
    minutes = _to_edit(session, actor, part.minutes.meeting_id)
    if part.version != version:
        raise Conflict("本段刚刚被他人修改，没有改回汇编稿", theirs=part.body, version=part.version)
    found = differences(session, minutes.meeting, minutes)
    part.body, part.heading, part.edited = found.parts.get(part.id, part.body), part.item.title, False
    _keep(session, actor, minutes, "minutes:restore", f"“{part.heading}”一段改回汇编稿", now)
    return part


def restore_opening(session: Session, *, actor: Actor, meeting_id: int, version: int, now: datetime) -> Minutes:
    """改回汇编稿 of the opening. Conflict when the minutes were changed since ``version``."""
    minutes = _to_edit(session, actor, meeting_id)
    if minutes.version != version:
        raise Conflict("导语刚刚被他人修改，没有改回汇编稿", theirs=minutes.opening, version=minutes.version)
    found = differences(session, minutes.meeting, minutes)
    minutes.opening, minutes.opening_edited = found.opening or minutes.opening, False
    _keep(session, actor, minutes, "minutes:restore", "导语改回汇编稿", now)
    return minutes


def _first(session: Session, meeting: Meeting, now: datetime) -> Minutes:
    items = queries.items_of(session, meeting)
    minutes = Minutes(
        meeting=meeting,
        mechanism_id=meeting.mechanism_id,
        year=meeting.year,
        status=MinutesStatus.DRAFT,
        compiled_at=now,
        opening=text.opening_text(meeting, items, queries.replies_of(session, meeting), meeting.guests),
        opening_edited=False,
    )
    session.add(minutes)
    for item in items:
        frozen = _review(session, meeting) if item.kind == ItemKind.REVIEW else ""
        minutes.parts.append(_part(item, frozen))
    session.flush()
    return minutes


def _part(item: AgendaItem, frozen: str) -> MinutesPart:
    return MinutesPart(
        item_id=item.id, position=item.position, heading=item.title, body=text.section_text(item, frozen), frozen=frozen, edited=False
    )


def _review(session: Session, meeting: Meeting) -> str:
    """How far the tasks of earlier meetings were when this one was held."""
    all_ = for_review(session, meeting.mechanism_id, queries.previous_held_at(session, meeting))
    tasks = restricted.open_tasks(session, all_)
    said = text.review_text(tasks, local_date(meeting.opened_at or meeting.starts_at), notes(session, meeting))
    apart = len(all_) - len(tasks)
    return f"{said}\n另有{apart}项限到会单位，单独通报。" if apart else said


def _fill(minutes: Minutes, found: Differences) -> None:
    for part in minutes.parts:
        if not part.edited and part.id in found.parts:
            part.body = found.parts[part.id]
    if found.opening is not None and not minutes.opening_edited:
        minutes.opening = found.opening


def _to_edit(session: Session, actor: Actor, meeting_id: int) -> Minutes:
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MINUTES_EDIT, meeting.scope)
    minutes = queries.get_minutes(session, actor, meeting, lock=True)
    _require_open(minutes)
    revisions.begin(session, minutes)
    return minutes


def _keep(session: Session, actor: Actor, minutes: Minutes, action: str, said: str, now: datetime) -> None:
    """The change as a revision and in the ledger."""
    revisions.keep(session, minutes, actor=actor, what=said, now=now)
    audit.record(session, actor=actor, action=action, subject=minutes, at=now, text=said)


def _require_open(minutes: Minutes) -> None:
    if not minutes.is_open:
        raise IllegalMove(f"纪要{minutes.status.label}，文字已锁定，不再改动")
