"""In the room: the meeting opens, who is there, what is said and agreed item by item, the meeting ends.

The record stays open after the meeting, for what is still missing, until its minutes are signed. Two recorders may work on one item:
whoever saves second is shown both texts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from coordination import audit
from coordination.meetings import confirming, queries, words
from coordination.meetings.confirming import said
from coordination.permissions import Actor, Permission, require
from coordination.tasks import cases
from coordination.tasks.cases import Clause
from models import (
    AgendaItem,
    Answer,
    Decision,
    ItemOutcome,
    Meeting,
    MeetingStatus,
    Minutes,
    Presence,
    Unit,
)
from models.calendar import local_date
from models.errors import BadInput, Conflict, IllegalMove

NOTED = {"heard": "发言单位", "away": "未到会单位"}
NO_CLAUSES = frozenset({ItemOutcome.NOTED, ItemOutcome.CARRIED_OVER})


@dataclass(frozen=True)
class Attendance:
    """What one line of the attendance list says of a unit: present, late, absent or (None) not yet known, and who came."""

    presence: Presence | None
    name: str = ""
    post: str = ""


def open_meeting(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> Meeting:
    """开会. The attendance list is prefilled from the replies; who has not answered stays open."""
    meeting = _to_record(session, actor, meeting_id)
    if local_date(now) < local_date(meeting.starts_at):
        raise IllegalMove(f"会议定于{words.when(meeting.starts_at)}，当天方可进入会中记录")
    meeting.open(now)
    for reply in meeting.replies:
        if reply.answer is not None and reply.arrived_at is None:
            reply.presence = Presence.ABSENT if reply.answer == Answer.LEAVE else Presence.PRESENT
    audit.record(session, actor=actor, action="meeting:open", subject=meeting, at=now, text="会议开始")
    return meeting


def sign_in(
    session: Session,
    *,
    actor: Actor,
    meeting_id: int,
    seen: dict[int, Attendance],
    said: dict[int, Attendance],
    now: datetime,
) -> int:
    """签到: write down who is there, by the reply's id; returns how many lines changed.

    ``seen`` is what the page showed: only lines that differ from it are written, so that two recorders do not undo each other.
    """
    meeting = _open_record(session, actor, meeting_id)
    changed = []
    for reply in meeting.replies:
        line = said.get(reply.id)
        if line is None or line == seen.get(reply.id):
            continue
        reply.presence, reply.person_name, reply.person_post = line.presence, line.name, line.post
        changed.append(f"{reply.unit.short_name}{line.presence.label if line.presence else '未签到'}")
    if changed:
        text = f"签到：{words.listed(changed)}"
        audit.record(session, actor=actor, action="meeting:sign_in", subject=meeting, at=now, text=text)
    return len(changed)


def record(
    session: Session, *, actor: Actor, item_id: int, version: int, discussion: str, outcome: ItemOutcome, now: datetime
) -> AgendaItem:
    """Write down what was said on an item and what came of it.

    Conflict with both texts when another recorder changed the discussion since ``version`` (the item's text_version); an outcome alone
    never conflicts.
    """
    item = queries.get_item(session, actor, item_id, lock=True)
    _open_record(session, actor, item.meeting_id)
    if item.text_version != version and item.discussion != discussion:
        raise Conflict("另一位记录员刚刚改过本项的讨论情况", mine=discussion, theirs=item.discussion, version=item.text_version)
    if outcome in NO_CLAUSES and item.decisions:
        raise BadInput(f"本项已有议定事项，不能记为“{outcome.label}”。请先删去议定事项")
    if (item.discussion, item.outcome) == (discussion, outcome):
        return item
    decided = item.outcome != outcome
    item.write(discussion)
    item.outcome = outcome
    text = f"记录“{item.title}”" + (f"，结果：{outcome.label}" if decided else "")
    audit.record(session, actor=actor, action="item:record", subject=item, at=now, text=text)
    return item


def note_units(
    session: Session,
    *,
    actor: Actor,
    item_id: int,
    which: Literal["heard", "away"],
    seen: frozenset[int],
    said: frozenset[int],
    now: datetime,
) -> AgendaItem:
    """Write down who spoke to an item (``heard``), or was not there for it (``away``).

    ``seen`` is what the page showed: only what differs from it is written, so that two recorders do not undo each other.
    """
    item = queries.get_item(session, actor, item_id, lock=True)
    _open_record(session, actor, item.meeting_id)
    noted = {unit.id for unit in getattr(item, which)}
    wanted = (noted | (said - seen)) - (seen - said)
    if wanted == noted:
        return item
    units = sorted(_units(session, wanted), key=lambda unit: (unit.position, unit.id))
    if wanted - {unit.id for unit in units}:
        raise BadInput("请重新选择单位")
    setattr(item, which, units)
    text = f"“{item.title}”{NOTED[which]}：{'、'.join(unit.short_name for unit in units) or '无'}"
    audit.record(session, actor=actor, action=f"item:{which}", subject=item, at=now, text=text)
    return item


def add_clause(
    session: Session, *, actor: Actor, item_id: int, clause: Clause, now: datetime, pressed: bool = False, insists: bool = False
) -> Decision:
    """添加一条议定事项; the item counts as 议定 from then on. ``pressed``, ``insists``: as for ``change_clause``."""
    item = queries.get_item(session, actor, item_id)
    meeting = _open_record(session, actor, item.meeting_id)
    if item.outcome in NO_CLAUSES:
        raise BadInput(f"本项结果为“{item.outcome.label}”，不能添加议定事项。请先改为“议定”")
    decision = Decision(position=1 + max((other.position for other in item.decisions), default=0), text=clause.text)
    item.decisions.append(decision)
    _write(session, meeting, decision, clause)
    if item.outcome == ItemOutcome.PENDING:
        item.outcome = ItemOutcome.DECIDED
    audit.record(session, actor=actor, action="decision:add", subject=item, at=now, text=f"“{item.title}”添加议定事项")
    if pressed or insists:
        _settle(session, actor, meeting, decision, clause, now, insists=insists)
    return decision


def change_clause(
    session: Session,
    *,
    actor: Actor,
    decision_id: int,
    version: int,
    clause: Clause,
    now: datetime,
    pressed: bool = False,
    insists: bool = False,
) -> Decision:
    """Change a clause. Conflict, with both as lines of words, when another recorder changed it since ``version``.

    ``pressed``: saved by hand, not by itself: fields filled in count as confirmed where the sentence is not read otherwise. ``insists``:
    confirmed whatever the sentence is read as; BadInput while lead unit or due date is missing.
    """
    decision = queries.get_decision(session, actor, decision_id, lock=True)
    meeting = _open_record(session, actor, decision.item.meeting_id)
    if said(decision) != clause:
        if decision.version != version:
            mine = "\n".join(clause_in_words(session, clause))
            theirs = "\n".join(clause_in_words(session, said(decision)))
            raise Conflict("另一位记录员刚刚改过这一条", mine=mine, theirs=theirs, version=decision.version)
        _write(session, meeting, decision, clause)
        text = f"“{decision.item.title}”修改议定事项"
        audit.record(session, actor=actor, action="decision:change", subject=decision.item, at=now, text=text)
    if pressed or insists:
        _settle(session, actor, meeting, decision, clause, now, insists=insists)
    return decision


def confirm_clause(session: Session, *, actor: Actor, decision_id: int, seen: str, now: datetime) -> Decision:
    """确认 what the page showed of a clause: its fields as filled in, or as read from its sentence.

    Conflict when clause or reading are no longer what was ``seen``; BadInput where a person must say more first. Said twice it stays.
    """
    decision = queries.get_decision(session, actor, decision_id, lock=True)
    meeting = _open_record(session, actor, decision.item.meeting_id)
    if decision.confirmed_at is not None:
        return decision
    shown = confirming.shown(session, meeting, decision)
    if shown.seen != seen:
        raise Conflict("这一条或它的读法刚刚有变化，没有确认。请看过再确认", version=decision.version)
    if shown.offered is None:
        raise BadInput("这一条还不能照读法确认，请用“改读法”写明牵头单位、完成时限")
    _write(session, meeting, decision, shown.offered)
    _settle(session, actor, meeting, decision, shown.offered, now, insists=True)
    return decision


def reject_clause(session: Session, *, actor: Actor, decision_id: int, seen: str, now: datetime) -> AgendaItem:
    """不是议定事项: the sentence goes to the item's discussion and makes no task. Conflict as for ``confirm_clause``."""
    decision = queries.get_decision(session, actor, decision_id, lock=True)
    item = queries.get_item(session, actor, decision.item_id, lock=True)
    meeting = _open_record(session, actor, item.meeting_id)
    shown = _require_seen(session, meeting, decision, seen)
    cases.keep_rejected(session, decision.text, shown.readings, actor=actor, now=now, **_of(meeting))
    item.write(f"{item.discussion}\n{decision.text}".strip())
    item.decisions.remove(decision)
    text = f"“{item.title}”一句不作为议定事项，移到讨论情况"
    audit.record(session, actor=actor, action="decision:reject", subject=item, at=now, text=text)
    return item


def split_clause(session: Session, *, actor: Actor, decision_id: int, seen: str, now: datetime) -> AgendaItem:
    """A sentence in which several tasks are read becomes as many clauses, each with what is certain of it and none confirmed yet."""
    decision = queries.get_decision(session, actor, decision_id, lock=True)
    item = decision.item
    meeting = _open_record(session, actor, item.meeting_id)
    shown = _require_seen(session, meeting, decision, seen)
    if len(shown.readings) < 2:
        raise BadInput("这句话只读出一件事，不必拆开")
    at = item.decisions.index(decision)
    item.decisions.remove(decision)
    for number, reading in enumerate(shown.readings):
        part = Decision(position=0, text=reading.clause.text_span)
        item.decisions.insert(at + number, part)
        _write(session, meeting, part, confirming.taken(reading.clause.text_span, reading))
    for position, other in enumerate(item.decisions, start=1):
        other.position = position
    text = f"“{item.title}”一条议定事项拆为{len(shown.readings)}条"
    audit.record(session, actor=actor, action="decision:split", subject=item, at=now, text=text)
    return item


def remove_clause(session: Session, *, actor: Actor, decision_id: int, version: int, now: datetime) -> AgendaItem:
    """删去 a clause; Conflict when somebody changed it since ``version``: it may no longer be the one meant."""
    decision = queries.get_decision(session, actor, decision_id, lock=True)
    item = decision.item
    _open_record(session, actor, item.meeting_id)
    if decision.version != version:
        theirs = "\n".join(clause_in_words(session, said(decision)))
        raise Conflict("另一位记录员刚刚改过这一条，没有删去", theirs=theirs, version=decision.version)
    text = f"“{item.title}”删去议定事项：{decision.text[:200]}"
    item.decisions.remove(decision)
    audit.record(session, actor=actor, action="decision:remove", subject=item, at=now, text=text)
    return item


def end_meeting(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> Meeting:
    """结束会议: only when every item has an outcome. Units not signed in count as absent; proposals take the outcome of their item."""
    meeting = _to_record(session, actor, meeting_id)
    pending = unfinished(meeting.items)
    if meeting.status == MeetingStatus.IN_SESSION and pending:
        raise IllegalMove(f"还有{len(pending)}项没有结果（{'、'.join(f'第{number}项' for number in pending)}），请逐项记录后再结束会议")
    meeting.end(now)
    for reply in meeting.replies:
        reply.presence = reply.presence or Presence.ABSENT
    for item in meeting.items:
        if item.proposal is not None:
            decided = item.outcome != ItemOutcome.CARRIED_OVER
            item.proposal.conclude(decided=decided)
            text = f"{meeting.name}讨论，结果：{item.outcome.label}"
            audit.record(session, actor=actor, action="proposal:conclude", subject=item.proposal, at=now, text=text)
    audit.record(session, actor=actor, action="meeting:end", subject=meeting, at=now, text="会议结束")
    return meeting


def unfinished(items: Sequence[AgendaItem]) -> list[int]:
    """The numbers (from 1) of the items without an outcome."""
    return [number for number, item in enumerate(items, start=1) if item.outcome == ItemOutcome.PENDING]


def clause_in_words(session: Session, clause: Clause) -> list[str]:
    """A clause as lines, for comparing two versions of it."""
    names = {unit.id: unit.short_name for unit in _units(session, [*clause.co_ids, *([clause.lead_id] if clause.lead_id else [])])}
    return [
        clause.text,
        f"牵头：{names.get(clause.lead_id or 0, '未写明')}",
        f"配合：{'、'.join(names[unit_id] for unit_id in clause.co_ids if unit_id in names) or '无'}",
        f"时限：{words.full_day(clause.due_on) if clause.due_on else '未写明'}",
        f"成果：{clause.deliverable or '未写明'}",
        f"保留意见：{clause.reservation or '无，协商一致'}",
    ]


def _to_record(session: Session, actor: Actor, meeting_id: int) -> Meeting:
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MEETING_RECORD, meeting.scope)
    return meeting


def _open_record(session: Session, actor: Actor, meeting_id: int) -> Meeting:
    """The meeting whose record may still be written: in session, or held with its minutes not yet signed."""
    meeting = _to_record(session, actor, meeting_id)
    if meeting.status not in {MeetingStatus.IN_SESSION, MeetingStatus.HELD}:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，会中方可记录")
    # A shared lock: recorders do not wait for each other, but nobody signs the minutes while the record is being written.
    minutes = session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id).with_for_update(read=True))
    if minutes is not None and not minutes.is_open:
        raise IllegalMove(f"纪要{minutes.status.label}，会议记录不再改动")
    return meeting


def _write(session: Session, meeting: Meeting, decision: Decision, clause: Clause) -> None:
    held_on = local_date(meeting.starts_at)
    if clause.due_on is not None and clause.due_on < held_on:
        raise BadInput(f"完成时限不能早于会议日期（{words.day(held_on)}）")
    if clause.lead_id is not None and clause.lead_id in clause.co_ids:
        raise BadInput("配合单位不能与牵头单位相同")
    wanted = {*clause.co_ids, *([clause.lead_id] if clause.lead_id else [])}
    units = {unit.id: unit for unit in _units(session, wanted)}
    if wanted - set(units):
        raise BadInput("请重新选择牵头、配合单位")
    if replace(said(decision), reservation="") != replace(clause, reservation=""):
        decision.confirmed_at = None  # who does not agree changes nothing of what the sentence means
    decision.text, decision.deliverable, decision.reservation = clause.text, clause.deliverable, clause.reservation
    decision.lead_id, decision.due_on = clause.lead_id, clause.due_on
    decision.co_units = [units[unit_id] for unit_id in sorted(clause.co_ids)]
    # A change of co-operating units alone touches no column, yet whoever edits next must see a new version.
    flag_modified(decision, "text")


def _settle(session: Session, actor: Actor, meeting: Meeting, decision: Decision, clause: Clause, now: datetime, *, insists: bool) -> None:
    """Confirm the fields just written, and keep the case; what contradicts its sentence stays open unless the person ``insists``."""
    if insists and not clause.is_whole:
        raise BadInput(f"请先写明{'、'.join(decision.missing)}，再确认这一条")
    if decision.confirmed_at is not None or not clause.is_whole:
        return
    read = confirming.readings_of(session, meeting, clause.text)
    if insists or not confirming.contradictions(read, clause):
        decision.confirmed_at = now
        cases.keep(session, clause, read, actor=actor, now=now, **_of(meeting))
        text = f"“{decision.item.title}”确认一条议定事项的牵头、配合、时限"
        audit.record(session, actor=actor, action="decision:confirm", subject=decision.item, at=now, text=text)


def _of(meeting: Meeting) -> dict[str, Any]:
    """Where a case was judged, and the day its limits are counted from."""
    return {"mechanism_id": meeting.mechanism_id, "on": local_date(meeting.starts_at)}


def _require_seen(session: Session, meeting: Meeting, decision: Decision, seen: str) -> confirming.Shown:
    """The clause as the page showed it; Conflict when it has changed since."""
    if decision.confirmed_at is not None:
        raise Conflict("这一条刚刚已确认，没有改动", version=decision.version)
    shown = confirming.shown(session, meeting, decision)
    if shown.seen != seen:
        raise Conflict("这一条或它的读法刚刚有变化，没有改动。请看过再办", version=decision.version)
    return shown


def _units(session: Session, ids: Iterable[int]) -> list[Unit]:
    return list(session.scalars(select(Unit).where(Unit.id.in_(list(ids)))))
