"""The fast lane (先行和解、绿色通道, S4): a recognised unit that promised it is asked first, through a link that opens one case.

The law's clocks go on meanwhile: the unit's own day is never later than the working day before the acceptance is due. Whatever ends the
offer but an agreement the complainant confirms leads back to the normal way.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.complaints import importing, queries
from coordination.complaints.service import refresh
from coordination.complaints.telling import begin, routers, tell, written
from coordination.permissions import PUBLIC, SYSTEM, Actor, Permission, require
from coordination.registry import trust
from coordination.registry.limits import clock, due_day
from coordination.registry.trust import EventFacts
from coordination.settings.queries import MOST_ID, calendar
from models import (
    Complaint,
    ComplaintKind,
    ComplaintStatus,
    EventSource,
    FastLane,
    LaneStatus,
    Promise,
    PromiseKind,
    Recognition,
    RecognitionStatus,
    TrustEvent,
)
from models.calendar import ONE_DAY, in_words, local_date
from models.errors import BadInput, CalendarMissing, IllegalMove, NotFound

DAYS = 10  # where the office keeps no rule
TOKEN_BYTES = 16
LONGEST_ANSWER = 2000
BROKEN_PROMISE = "BROKEN_PROMISE"
LISTED = (RecognitionStatus.RECOGNISED, RecognitionStatus.RECTIFYING)


@dataclass(frozen=True)
class LaneView:
    """What the unit sees behind its link: the masked case, until when, and whom to call where the complainant agreed."""

    number: str
    target_name: str
    text: str
    request: str
    amount: int | None
    due_on: date
    status: LaneStatus
    contact: dict[str, str]


def offering(session: Session, business_id: int | None, today: date) -> Recognition | None:
    """The recognition by which this business offers a fast lane today, if it does."""
    if business_id is None:
        return None
    query = (
        select(Recognition)
        .join(Promise, Promise.recognition_id == Recognition.id)
        .where(Recognition.business_id == business_id, Recognition.status.in_(LISTED), Promise.kind == PromiseKind.FAST_LANE)
        .where(Promise.since <= today, or_(Promise.ended_on.is_(None), Promise.ended_on >= today))
        .order_by(Recognition.id)
    )
    return next((one for one in session.scalars(query) if one.is_listed(today)), None)


def offer(
    session: Session, *, actor: Actor, complaint_id: int, consents: bool, shares_contact: bool = False, now: datetime
) -> tuple[FastLane, str]:
    """Ask the unit first; returns the offer and its token, which is kept nowhere. IllegalMove where the case or the unit is not such."""
    complaint = begin(session, actor, complaint_id, router=True)
    today = local_date(now)
    if complaint.kind != ComplaintKind.COMPLAINT or complaint.status != ComplaintStatus.REGISTERED:
        raise IllegalMove("只有待分派的投诉可以先行和解")
    if not consents:
        raise BadInput("须经投诉人同意先行和解")
    recognition = offering(session, complaint.business_id, today)
    if recognition is None:
        raise IllegalMove("被投诉方不是公示先行和解承诺的在册单位")
    if lane_of(session, complaint) is not None:
        raise IllegalMove("本件已转送过经营者，请按正常程序办理")
    due_on, derivation = _due(session, complaint, today)
    if due_on <= today:
        raise IllegalMove("距受理时限不足，来不及先行和解，请按正常程序办理")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    lane = FastLane(
        complaint=complaint,
        recognition=recognition,
        status=LaneStatus.OFFERED,
        token_hash=_hash(token),
        shares_contact=shares_contact,
        offered_at=now,
        due_on=due_on,
        derivation=derivation,
    )
    session.add(lane)
    session.flush()
    text = f"经投诉人同意，转送{recognition.business.name}先行和解，期限{in_words(due_on)}"
    audit.record(session, actor=actor, action="complaint:lane", subject=complaint, at=now, text=text + _shared(shares_contact))
    return lane, token


def seen_by_business(session: Session, *, token: str, now: datetime) -> LaneView:
    """The case as the unit may read it; NotFound for a link that was never given, IllegalMove once it is over."""
    lane = _by_token(session, token)
    if lane.status not in FastLane.OPEN or local_date(now) > lane.due_on:
        raise IllegalMove("先行和解已结束，链接不再有效")
    complaint = lane.complaint
    person = importing.open_sealed(complaint)["person"] if lane.shares_contact else {}
    contact = {key: person[key] for key in ("name", "phone") if person.get(key)}
    return LaneView(
        complaint.number, complaint.target_name, complaint.text, complaint.request, complaint.amount, lane.due_on, lane.status, contact
    )


def answer_lane(session: Session, *, token: str, settled: bool, text: str, now: datetime) -> FastLane:
    """The unit says that it has settled the matter, and how; or that it has not, and why. No account is needed: the link is the key."""
    audit.queue(session)
    lane = _by_token(session, token)
    _still_open(lane, now)
    said = written(text, "请写明和解的结果或未能和解的原因")
    if len(said) > LONGEST_ANSWER:
        raise BadInput(f"文字过长：最多{LONGEST_ANSWER:,}字，现有{len(said):,}字")
    kept, _ = importing.hidden(said, importing.open_sealed(lane.complaint)["person"], {})
    if settled:
        lane.settle(now, kept)
    else:
        lane.decline(now, kept)
    words = f"{lane.recognition.business.name}答复：{'已和解' if settled else '未能和解'}。{kept}"
    audit.record(session, actor=PUBLIC, action="complaint:lane", subject=lane.complaint, at=now, text=words)
    _tell(session, lane, "complaint_lane_answered", now)
    return lane


def confirm_lane(session: Session, *, actor: Actor, complaint_id: int, confirmed: bool, note: str, now: datetime) -> FastLane:
    """What the complainant said of it: confirmed, the complaint is withdrawn and closed (双方自行和解); if not, it goes the normal way."""
    complaint = begin(session, actor, complaint_id, router=True)
    lane = lane_of(session, complaint)
    if lane is None or lane.status != LaneStatus.SETTLED:
        raise IllegalMove("没有待投诉人确认的和解")
    said = written(note, "请写明何时以何种方式向投诉人核实")
    if not confirmed:
        lane.reject(now, said)
    elif complaint.status != ComplaintStatus.REGISTERED:
        raise IllegalMove(f"本件现为“{complaint.status.label}”，已按正常程序办理")
    else:
        lane.confirm(now, said)
        complaint.withdraw(local_date(now), f"双方自行和解：{lane.answer}"[:4000])
        complaint.close(now)
        refresh(session, complaint)
    text = f"投诉人{'确认和解' if confirmed else '不认可和解'}：{said}"
    audit.record(session, actor=actor, action="complaint:lane", subject=complaint, at=now, text=text)
    return lane


def expired(session: Session, today: date) -> list[int]:
    """Ids of the offers whose day has passed without an end; one the unit has answered waits for the complainant, not for a day."""
    query = select(FastLane.id).where(FastLane.status == LaneStatus.OFFERED, FastLane.due_on < today)
    return list(session.scalars(query.order_by(FastLane.due_on, FastLane.id)))


def expire(session: Session, *, lane_id: int, now: datetime) -> bool:
    """End an offer past its day: the routers take the case the normal way. False when it has ended meanwhile."""
    audit.queue(session)
    lane = session.get(FastLane, lane_id, populate_existing=True)
    if lane is None or lane.status != LaneStatus.OFFERED or local_date(now) <= lane.due_on:
        return False
    lane.expire(now)
    text = f"{lane.recognition.business.name}逾期未答复，转入正常程序"
    audit.record(session, actor=SYSTEM, action="complaint:lane", subject=lane.complaint, at=now, text=text)
    _tell(session, lane, "complaint_lane_expired", now)
    return True


def prove_broken(
    session: Session, *, actor: Actor, complaint_id: int, promise_id: int, finding: str, document_no: str, now: datetime
) -> TrustEvent:
    """拒不履行公开承诺, proven in handling the case: a trust event, which proposes the unit's removal to a person (实施条例第十二条)."""
    complaint = begin(session, actor, complaint_id, unit=True)
    promise = session.get(Promise, promise_id) if 0 < promise_id <= MOST_ID else None
    if promise is None or complaint.business_id is None or promise.recognition.business_id != complaint.business_id:
        raise NotFound("被投诉方没有这项承诺")
    business = promise.recognition.business
    found = EventFacts(
        ground=BROKEN_PROMISE,
        source=EventSource.COMPLAINT,
        name=business.name,
        uscc=business.uscc or "",
        happened_on=local_date(now),
        document_no=written(document_no, "请填写认定的依据（文书文号）"),
        text=f"投诉{complaint.number}查实：未履行“{promise.kind.label}”承诺。{written(finding, '请写明查实的情况')}"[:4000],
    )
    event = trust.record_event(session, actor=actor, facts=found, now=now)
    text = f"查实{business.name}未履行“{promise.kind.label}”承诺，登记失信信息"
    audit.record(session, actor=actor, action="complaint:promise", subject=complaint, at=now, text=text, event=event.id)
    return event


def promises_of(session: Session, complaint: Complaint, today: date) -> list[Promise]:
    """The promises of the unit the case is against that hold today, by which it may be measured."""
    if complaint.business_id is None:
        return []
    query = select(Promise).join(Promise.recognition).where(Recognition.business_id == complaint.business_id, Promise.ended_on.is_(None))
    return [one for one in session.scalars(query.order_by(Promise.id)) if one.recognition.is_listed(today)]


def lane_of(session: Session, complaint: Complaint) -> FastLane | None:
    """The offer made for this case, if one was."""
    return session.scalar(select(FastLane).where(FastLane.complaint_id == complaint.id))


def open_lanes(session: Session, *, actor: Actor, limit: int = queries.PAGE) -> list[FastLane]:
    """Offers under way, the nearest day first."""
    require(actor, Permission.COMPLAINT_ROUTE)
    query = select(FastLane).where(FastLane.status.in_(FastLane.OPEN)).order_by(FastLane.due_on, FastLane.id).limit(limit)
    return list(session.scalars(query))


def _due(session: Session, complaint: Complaint, today: date) -> tuple[date, str]:
    """The unit's last day: the rule's, but a working day before the acceptance is due; and how it was found."""
    try:
        found = clock(session, "FAST_LANE", today, None, began="转送")
        due_on, derivation = found.due_on, found.derivation
    except NotFound:
        due_on, derivation = due_day(session, "FAST_LANE", today, None, DAYS), ""
    acceptance = next((card for card in queries.clocks(session, complaint) if card.code in ("ACCEPT", "DEPARTMENT")), None)
    if acceptance is None or acceptance.due_on is None:
        return due_on, derivation
    try:
        last = calendar(session).shift(acceptance.due_on, -1)
    except CalendarMissing:
        last = acceptance.due_on - ONE_DAY
    return (due_on, derivation) if due_on <= last else (last, f"{derivation}→受理时限{in_words(acceptance.due_on)}之前一个工作日")


def _still_open(lane: FastLane, now: datetime) -> None:
    if lane.status != LaneStatus.OFFERED:
        raise IllegalMove("这件投诉已经答复过，或先行和解已结束")
    if local_date(now) > lane.due_on:
        raise IllegalMove(f"先行和解期限{in_words(lane.due_on)}已过，已转入正常程序")
    if lane.complaint.status != ComplaintStatus.REGISTERED:
        raise IllegalMove("这件投诉已转入正常程序，请等候承办单位联系")


def _by_token(session: Session, token: str) -> FastLane:
    found = session.scalar(select(FastLane).where(FastLane.token_hash == _hash(token)))
    if found is None:
        raise NotFound("链接无效，请核对是否完整")
    return found


def _hash(token: str) -> str:
    """128 random bits need no key: nobody can guess what was hashed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _tell(session: Session, lane: FastLane, kind: str, now: datetime) -> None:
    tell(session, kind=kind, complaint=lane.complaint, people=routers(session), now=now, slot=lane.id, lane=lane)


def _shared(shares_contact: bool) -> str:
    return "；投诉人同意向经营者提供姓名和电话" if shares_contact else ""
