"""Telling units that a clock of theirs is near its last day or past it: once for each clock, last day and rung, in working hours only.

What is owed a word is found by ``Complaint.tell_on``, kept by every step; the cards are worked out anew when it is told.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from coordination import audit, notices
from coordination.complaints import calling, queries, rulebook
from coordination.complaints.clocks import Card
from coordination.complaints.inquiring import PATH
from coordination.complaints.rulebook import REMIND, TOP, URGE
from coordination.complaints.telling import handlers, routers, tell
from coordination.permissions import SYSTEM
from coordination.settings.queries import setting
from coordination.tasks.ladder import is_working_time
from coordination.tasks.letters import LIAISONS, LIAISONS_AND_HEADS, people_of
from models import Complaint, ComplaintStatus, Inquiry, Notice
from models.calendar import local_date
from models.errors import CalendarMissing

KINDS = {REMIND: "complaint_remind", URGE: "complaint_urge", TOP: "complaint_top"}
WAITING_TOO_LONG, UNCALLED, INQUIRY_DUE = "complaint_waiting", "complaint_uncalled", "complaint_inquiry_due"


def opens(session: Session, now: datetime) -> bool:
    """May anything be sent now? Not outside working time, and not in a year whose calendar is not loaded."""
    try:
        return is_working_time(now, setting(session, "office_hours"), rulebook.read(session).calendar)
    except CalendarMissing:
        return False


def near_or_overdue(session: Session, now: datetime) -> list[int]:
    """Ids of the cases whose unit is owed a word today, the longest owed first."""
    query = select(Complaint.id).where(Complaint.tell_on <= local_date(now)).order_by(Complaint.tell_on, Complaint.id)
    return list(session.scalars(query))


def tell_deadline(session: Session, *, complaint_id: int, now: datetime) -> bool:
    """Tell the unit of every clock of the case that has come to a rung; False when everybody had been told (the next day is kept)."""
    audit.queue(session)
    complaint = session.get(Complaint, complaint_id, populate_existing=True)
    if complaint is None or complaint.tell_on is None or complaint.tell_on > local_date(now):
        return False
    today, book = local_date(now), rulebook.read(session)
    cards = [card for card in book.cards(complaint) if card.is_running and card.due_on is not None]
    with_unit = complaint.lead is not None and complaint.status != ComplaintStatus.CLOSED
    told = [card for card in cards if with_unit and _tell(session, complaint, card, book, now)]
    if told:
        text = "；".join(f"{card.title}{distance_of(card.due_on, today)}" for card in told)
        audit.record(session, actor=SYSTEM, action="complaint:urge", subject=complaint, at=now, text=f"已提醒承办单位：{text}")
    # Not through the object: nobody who has the case open should find it changed by this.
    day = book.first_day(cards, today) if with_unit else None
    session.execute(update(Complaint).where(Complaint.id == complaint_id).values(tell_on=day).execution_options(synchronize_session=False))
    session.expire(complaint, ["tell_on"])
    return bool(told)


def tell_routers(session: Session, *, now: datetime) -> bool:
    """Tell the routers once a day how many cases wait longer than the rule ROUTE allows; False when none does or they know."""
    today = local_date(now)
    if _was_told(session, WAITING_TOO_LONG, today):
        return False
    last = queries.due_before(session, "ROUTE", today, otherwise=1)
    late = (Complaint.status.in_(queries.WAITING), Complaint.received_on < last)
    number = session.scalar(select(func.count()).select_from(Complaint).where(*late)) or 0
    return _tell_number(session, WAITING_TOO_LONG, number, "/complaints", now)


def tell_uncalled(session: Session, *, now: datetime) -> bool:
    """Tell the routers once a day how many closed cases should have been called about (rule CALL_BACK) and were not."""
    if _was_told(session, UNCALLED, local_date(now)):
        return False
    return _tell_number(session, UNCALLED, calling.overdue(session, local_date(now)), "/complaints/calls", now)


def inquiries_due(session: Session, now: datetime) -> list[tuple[int, str]]:
    """Queries of the centre that came to a rung nobody was told of, as (id, rung); the nearest last day first."""
    book, today = rulebook.read(session), local_date(now)
    open_ = session.scalars(select(Inquiry).where(Inquiry.answered_at.is_(None)).order_by(Inquiry.due_on, Inquiry.id)).all()
    rungs = ((inquiry, book.rung_of(inquiry.due_on, today)) for inquiry in open_)
    told = {f"{subject}:{slot}" for subject, slot in session.execute(select(Notice.subject, Notice.slot).where(Notice.kind == INQUIRY_DUE))}
    return [(one.id, rung) for one, rung in rungs if rung is not None and f"{audit.subject_of(one)}:{_slot(one, rung)}" not in told]


def tell_inquiry(session: Session, *, inquiry_id: int, rung: str, now: datetime) -> bool:
    """Tell the unit that its answer is owed: its liaisons, past the day its heads too, and in the end the routers."""
    audit.queue(session)
    inquiry = session.get_one(Inquiry, inquiry_id, populate_existing=True)
    if inquiry.answered_at is not None:
        return False
    people = people_of(session, [inquiry.unit], LIAISONS if rung == REMIND else LIAISONS_AND_HEADS, now)
    if rung == TOP:
        people += routers(session)
    distance = distance_of(inquiry.due_on, local_date(now))
    title, text = notices.worded(INQUIRY_DUE, inquiry=inquiry, distance=distance)
    facts: dict[str, Any] = {
        "kind": INQUIRY_DUE,
        "subject": audit.subject_of(inquiry),
        "slot": _slot(inquiry, rung),
        "path": PATH.format(inquiry.id),
    }
    return notices.owe(session, people=people, title=title, text=text, now=now, **facts) > 0


def _slot(inquiry: Inquiry, rung: str) -> str:
    return f"{inquiry.due_on.isoformat()}:{rung}"


def _was_told(session: Session, kind: str, today: date) -> bool:
    return bool(session.scalar(select(exists().where(Notice.kind == kind, Notice.slot == today.isoformat()))))


def _tell_number(session: Session, kind: str, number: int, path: str, now: datetime) -> bool:
    if number == 0:
        return False
    title, text = notices.worded(kind, number=number)
    facts: dict[str, Any] = {"kind": kind, "subject": "complaint:queue", "slot": local_date(now).isoformat(), "path": path}
    return notices.owe(session, people=routers(session), title=title, text=text, now=now, **facts) > 0


def _tell(session: Session, complaint: Complaint, card: Card, book: rulebook.Rulebook, now: datetime) -> bool:
    assert card.due_on is not None
    today = local_date(now)
    rung = book.rung_of(card.due_on, today)
    if rung is None:
        return False
    people = handlers(session, complaint, now, heads=rung != REMIND)
    if rung == TOP:
        people += routers(session)
    slot = f"{card.code}:{card.due_on.isoformat()}"
    distance = distance_of(card.due_on, today)
    return tell(session, kind=KINDS[rung], complaint=complaint, people=people, now=now, slot=slot, card=card, distance=distance) > 0


def distance_of(due_on: date | None, today: date) -> str:
    """How far a last day is away, in a word."""
    assert due_on is not None
    return "已逾期" if due_on < today else "今天到期" if due_on == today else "即将到期"
