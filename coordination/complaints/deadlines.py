"""Telling units that a clock of theirs is near its last day or past it: once for each clock, last day and rung, in working hours only.

What is owed a word is found by ``Complaint.tell_on``, kept by every step; the cards are worked out anew when it is told.
"""

from datetime import date, datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from coordination import audit, notices
from coordination.complaints import queries, rulebook
from coordination.complaints.clocks import Card
from coordination.complaints.rulebook import REMIND, TOP, URGE
from coordination.complaints.telling import handlers, routers, tell
from coordination.permissions import SYSTEM
from coordination.settings.queries import setting
from coordination.tasks.ladder import is_working_time
from models import Complaint, ComplaintStatus, Notice
from models.calendar import local_date
from models.errors import CalendarMissing

KINDS = {REMIND: "complaint_remind", URGE: "complaint_urge", TOP: "complaint_top"}
WAITING_TOO_LONG = "complaint_waiting"


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
        text = "；".join(f"{card.title}{_distance(card, today)}" for card in told)
        audit.record(session, actor=SYSTEM, action="complaint:urge", subject=complaint, at=now, text=f"已提醒承办单位：{text}")
    # Not through the object: nobody who has the case open should find it changed by this.
    day = book.first_day(cards, today) if with_unit else None
    session.execute(update(Complaint).where(Complaint.id == complaint_id).values(tell_on=day).execution_options(synchronize_session=False))
    session.expire(complaint, ["tell_on"])
    return bool(told)


def tell_routers(session: Session, *, now: datetime) -> bool:
    """Tell the routers once a day how many cases wait longer than the rule ROUTE allows; False when none does or they know."""
    today = local_date(now)
    told = exists().where(Notice.kind == WAITING_TOO_LONG, Notice.slot == today.isoformat())
    if session.scalar(select(told)):
        return False
    last = queries.routed_before(session, today)
    late = (Complaint.status.in_(queries.WAITING), Complaint.received_on < last)
    number = session.scalar(select(func.count()).select_from(Complaint).where(*late)) or 0
    if number == 0:
        return False
    title, text = notices.worded(WAITING_TOO_LONG, number=number)
    facts = {"kind": WAITING_TOO_LONG, "subject": "complaint:queue", "slot": today.isoformat(), "path": "/complaints"}
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
    distance = _distance(card, today)
    return tell(session, kind=KINDS[rung], complaint=complaint, people=people, now=now, slot=slot, card=card, distance=distance) > 0


def _distance(card: Card, today: date) -> str:
    assert card.due_on is not None
    return "已逾期" if card.due_on < today else "今天到期" if card.due_on == today else "即将到期"
