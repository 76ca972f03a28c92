"""Reminders of minutes: units that have not read an issue, units that have not countersigned. By the office's press, and by the job."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from coordination import audit
from coordination.meetings import audience, queries, words
from coordination.permissions import Actor, Permission, require
from coordination.settings.queries import calendar, rule_in_force
from models import Countersign, CountersignRound, Minutes, MinutesReceipt, MinutesStatus, Notice, Unit
from models.calendar import local_date
from models.errors import CalendarMissing, IllegalMove, NotFound

UNREAD, LAST_DAY = "minutes_unread", "countersign_last_day"


def remind_unread(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> int:
    """提醒阅知 of every unit that has not read the issue, each person once a day; how many were newly told."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    minutes = queries.get_minutes(session, actor, meeting)
    require(actor, Permission.MINUTES_ISSUE, minutes.scope)
    if minutes.status != MinutesStatus.ISSUED:
        raise IllegalMove(f"纪要现为“{minutes.status.label}”，印发后方可提醒阅知")
    today = local_date(now)
    units = [receipt.unit.heir(today) for receipt in queries.receipts_of(session, minutes) if receipt.read_at is None]
    if not units:
        raise IllegalMove("各单位都已阅知，不需提醒")
    told = audience.of_units(session, units, audience.LIAISONS_AND_HEADS, today)
    message, slot = words.unread(minutes), today.isoformat()
    path = f"/meetings/{meeting.id}/minutes#do"
    count = audience.tell(session, kind="minutes_remind", about=minutes, people=told.people, message=message, path=path, now=now, slot=slot)
    audit.record(session, actor=actor, action="minutes:remind", subject=minutes, at=now, text=f"提醒{len(units)}个单位阅知纪要")
    return count


def unread_due(session: Session, today: date) -> Iterator[int]:
    """Ids of receipts unread on the last day for reading (rule MINUTES_READ) or later, and not told of it."""
    told = _told(UNREAD, MinutesReceipt)
    query = select(MinutesReceipt).join(MinutesReceipt.minutes).options(joinedload(MinutesReceipt.minutes))
    ends: dict[int, date | None] = {}
    for receipt in session.scalars(query.where(MinutesReceipt.read_at.is_(None), ~told).order_by(MinutesReceipt.id)):
        if receipt.minutes_id not in ends:
            ends[receipt.minutes_id] = read_by(session, receipt.minutes)
        end = ends[receipt.minutes_id]
        if end is not None and today >= end:
            yield receipt.id


def read_by(session: Session, minutes: Minutes) -> date | None:
    """The last day for units to read the issue; None before it, or where no rule or calendar says."""
    if minutes.issued_at is None:
        return None
    on = local_date(minutes.issued_at)
    try:
        return calendar(session).shift(on, rule_in_force(session, "MINUTES_READ", on, minutes.mechanism_id).limit)
    except (NotFound, CalendarMissing):
        return None


def tell_unread(session: Session, *, receipt_id: int, now: datetime) -> int:
    """Remind one unit once that its day for reading has come; how many people were told."""
    receipt = session.get_one(MinutesReceipt, receipt_id)
    if receipt.read_at is not None:
        return 0
    path = f"/meetings/{receipt.minutes.meeting_id}/minutes#do"
    return _tell(session, UNREAD, receipt, receipt.unit, words.unread(receipt.minutes), path, now)


def countersigns_due(session: Session, today: date) -> list[int]:
    """Ids of countersignings unanswered on their last day, and not told of it."""
    query = select(Countersign.id).join(Countersign.round).join(CountersignRound.minutes)
    open_ = (Countersign.answer.is_(None), CountersignRound.due_on == today, Minutes.status == MinutesStatus.COUNTERSIGNING)
    return list(session.scalars(query.where(*open_, CountersignRound.counts(), ~_told(LAST_DAY, Countersign)).order_by(Countersign.id)))


def tell_countersign(session: Session, *, countersign_id: int, now: datetime) -> int:
    """Remind one unit once, on its last day to countersign; how many people were told."""
    row = session.get_one(Countersign, countersign_id)
    if row.answer is not None:
        return 0
    minutes = row.round.minutes
    path = f"/meetings/{minutes.meeting_id}/minutes/countersign#do"
    return _tell(session, LAST_DAY, row, row.unit, words.urge_countersign(minutes, row.round.due_on), path, now)


def _told(kind: str, model: type[MinutesReceipt] | type[Countersign]) -> ColumnElement[bool]:
    subject = f"{model.__tablename__}:"
    return exists().where(Notice.kind == kind, Notice.subject == subject + model.id.cast(Notice.subject.type))


def _tell(
    session: Session, kind: str, row: MinutesReceipt | Countersign, unit: Unit, message: words.Message, path: str, now: datetime
) -> int:
    on = local_date(now)
    people = audience.of_units(session, [unit.heir(on)], audience.LIAISONS_AND_HEADS, on).people
    return audience.tell(session, kind=kind, about=row, people=people, message=message, path=path, now=now, slot=on.isoformat())
