"""Signing and issuing minutes: the number at signing; at issue the .docx is stored, tasks are made and every member unit owes a reading."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import attachments, audit
from coordination.accounts.queries import people_in_role
from coordination.meetings import audience, countersigning, drafting, paperwork, queries, uploading, words
from coordination.meetings import minutes as text
from coordination.permissions import Actor, Permission, require
from coordination.tasks.service import create_from_decision
from models import Decision, Meeting, MeetingPaper, Minutes, MinutesReceipt, MinutesStatus, Person, Role, Unit
from models.calendar import local_date
from models.errors import Conflict, IllegalMove, NotAllowed, NotFound
from models.numbering import take_number


def obstacles(session: Session, meeting: Meeting, minutes: Minutes, today: date) -> list[str]:
    """All that keeps the convenor from signing, in words: the record, the countersigning, the uploaded file."""
    replies, latest = queries.replies_of(session, meeting), countersigning.current(session, minutes)
    of_record = drafting.obstacles(session, meeting, minutes, replies=replies)
    of_round = countersigning.unfinished(meeting, replies, latest, today)
    return of_record + of_round + uploading.unfinished(session, minutes)


def submit(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> Minutes:
    """报请签发: the convenor is told that the minutes are ready. IllegalMove while something keeps them from being signed."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MINUTES_EDIT, meeting.scope)
    minutes = queries.get_minutes(session, actor, meeting, lock=True)
    _require_ready(session, meeting, minutes, local_date(now))
    minutes.submitted_at = now
    audit.record(session, actor=actor, action="minutes:submit", subject=minutes, at=now, text="报请召集人签发")
    convenors = people_in_role(session, Role.CONVENOR, meeting.mechanism_id)
    _tell(session, minutes, "minutes_to_sign", convenors, words.to_be_signed(minutes), now)
    return minutes


def sign(session: Session, *, actor: Actor, meeting_id: int, now: datetime, seen: str | None = None) -> Minutes:
    """签发 by the convenor; the number is the next of mechanism and year. Two at once: the second is refused, no number is lost.

    ``seen``: ``uploading.seen_of`` the text and file that were on the page; Conflict when either has changed since.
    """
    meeting = queries.get_meeting(session, actor, meeting_id)
    minutes = queries.get_minutes(session, actor, meeting, lock=True)
    require(actor, Permission.MINUTES_SIGN, minutes.scope)
    signer = session.get(Person, actor.person_id) if actor.person_id is not None else None
    if signer is None:
        raise NotAllowed("签发须由召集人本人办理")
    _require_ready(session, meeting, minutes, local_date(now))
    if seen is not None and seen != uploading.seen_of(session, minutes):
        raise Conflict("纪要在您审阅时被修改，没有签发。请看过新的文字再签", version=minutes.version)
    number = take_number(session, f"minutes:{meeting.mechanism.code}:{local_date(now).year}")
    minutes.sign(number, signer, now)
    upload = uploading.current(session, minutes)
    facts = {"number": number, "upload": upload.file.sha256 if upload else None}
    audit.record(session, actor=actor, action="minutes:sign", subject=minutes, at=now, text=f"签发纪要，编号{minutes.label}", **facts)
    offices = people_in_role(session, Role.OFFICE, meeting.mechanism_id)
    _tell(session, minutes, "minutes_signed", offices, words.signed(minutes), now)
    return minutes


def issue(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> Minutes:
    """印发: text and file are locked, each decision becomes a task, each member unit is told and owes a reading."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    minutes = queries.get_minutes(session, actor, meeting, lock=True)
    require(actor, Permission.MINUTES_ISSUE, minutes.scope)
    if minutes.status != MinutesStatus.SIGNED:
        raise IllegalMove(f"纪要现为“{minutes.status.label}”，签发后方可印发")
    name, content = uploading.final(session, meeting, minutes, local_date(now))
    file = attachments.store(session, name=name, media_type=text.DOCX, content=content, now=now)
    minutes.issue(file, now)
    decisions = decisions_of(session, meeting)
    for decision in decisions:
        create_from_decision(session, actor=actor, decision=decision, meeting=meeting, now=now)
    units = readers(session, meeting, local_date(now))
    session.add_all([MinutesReceipt(minutes=minutes, unit=unit) for unit in units])
    letters = paperwork.number_letters(session, meeting, minutes, now)
    said = f"印发纪要{minutes.label}，立任务{len(decisions)}项，送{len(units)}个单位阅知{_numbers(letters)}"
    audit.record(session, actor=actor, action="minutes:issue", subject=minutes, at=now, text=said, sha256=file.sha256)
    on = local_date(now)
    there = paperwork.attending(session, meeting, on)
    concerned = {unit.id for unit in paperwork.concerned(queries.items_of(session, meeting), on, there)}
    for theirs in (True, False):
        sharing = [unit for unit in units if (unit.id in concerned) == theirs]
        told = audience.of_units(session, sharing, audience.LIAISONS_AND_HEADS, local_date(now))
        _tell(session, minutes, "minutes_issued", told.people, words.issued(minutes, len(decisions), has_excerpt=theirs), now)
    return minutes


def acknowledge(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> MinutesReceipt:
    """已阅 for one's unit; NotFound when it was sent no copy. Said twice it stays with whoever said it first."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    minutes = queries.get_minutes(session, actor, meeting)
    receipt = own_receipt(session, actor, minutes)
    if receipt is None:
        raise NotFound("没有送本单位阅知的纪要")
    require(actor, Permission.MINUTES_RECEIVE, receipt.scope)
    if receipt.read_at is None:
        receipt.read_at, receipt.read_by_id = now, actor.person_id
        audit.record(session, actor=actor, action="minutes:read", subject=minutes, at=now, text="已阅纪要", unit=receipt.unit_id)
    return receipt


def own_receipt(session: Session, actor: Actor, minutes: Minutes) -> MinutesReceipt | None:
    """The copy this person's unit was sent, an unread one first; None when it was sent none."""
    query = select(MinutesReceipt).where(MinutesReceipt.minutes_id == minutes.id, MinutesReceipt.unit_id.in_(queries.answers_for(actor)))
    return session.scalars(query.order_by(MinutesReceipt.read_at.is_not(None), MinutesReceipt.id)).first()


def decisions_of(session: Session, meeting: Meeting) -> list[Decision]:
    """Every decision of the meeting in the order of the agenda."""
    return [decision for item in queries.items_of(session, meeting) for decision in item.decisions]


def readers(session: Session, meeting: Meeting, on: date) -> list[Unit]:
    """Who gets a copy at issue: the units that sit that day, and whoever leads or helps in a decision."""
    named = [unit for d in decisions_of(session, meeting) for unit in ([d.lead] if d.lead else []) + d.co_units]
    kept = queries.heirs_loaded(session)
    units = {unit.id: unit for unit in [*queries.members(session, meeting.mechanism_id, on), *(unit.heir(on) for unit in named)]}
    del kept
    return list(units.values())


def _numbers(letters: list[MeetingPaper]) -> str:
    """，附函7件（示市监消联函〔2026〕1号至7号); empty without letters."""
    if not letters:
        return ""
    first, last = letters[0], letters[-1]
    return f"，附函{len(letters)}件（{first.label}{f'至{last.number}号' if last is not first else ''}）"


def _require_ready(session: Session, meeting: Meeting, minutes: Minutes, today: date) -> None:
    if not minutes.is_open:
        raise IllegalMove(f"纪要{minutes.status.label}，编号{minutes.label}，不能再次签发")
    found = obstacles(session, meeting, minutes, today)
    if found:
        raise IllegalMove(f"纪要还不能签发：{'；'.join(found[:5])}{f'，等{len(found)}处' if len(found) > 5 else ''}")


def _tell(session: Session, minutes: Minutes, kind: str, people: list[Person], message: words.Message, now: datetime) -> None:
    path = f"/meetings/{minutes.meeting_id}/minutes#do"
    audience.tell(session, kind=kind, about=minutes, people=people, message=message, path=path, now=now)
