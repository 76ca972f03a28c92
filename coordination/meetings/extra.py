"""Extra meetings (临时会议): a unit asks, the office answers by a working day, the convenor decides, the meeting is planned from it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, joinedload

from coordination import audit
from coordination.accounts.queries import people_in_role, people_of_units
from coordination.meetings import audience, opinions, queries, service, words
from coordination.meetings.audience import LIAISONS_AND_HEADS
from coordination.permissions import Actor, Permission, require
from models import ExtraRequest, ExtraRequestStatus, Mechanism, Meeting, MeetingKind, Person, Role
from models.calendar import local_date
from models.errors import BadInput, IllegalMove, NotFound
from models.scope import Scope

RULE = "EXTRA_ANSWER"


def visible(actor: Actor) -> ColumnElement[bool]:
    """One's own unit's requests, and all of a mechanism for those who oversee it."""
    wide = actor.oversees(Permission.MEETING_READ)
    overseen = true() if wide is None else ExtraRequest.mechanism_id.in_(wide)
    return or_(ExtraRequest.unit_id.in_(queries.answers_for(actor)), overseen)


def get(session: Session, actor: Actor, request_id: int) -> ExtraRequest:
    """The request, if ``actor`` may know of it; NotFound otherwise."""
    query = select(ExtraRequest).where(ExtraRequest.id == min(request_id, queries.LARGEST_ID), visible(actor))
    loaded = joinedload(ExtraRequest.unit), joinedload(ExtraRequest.mechanism), joinedload(ExtraRequest.meeting)
    request = session.scalar(query.options(*loaded))
    if request is None:
        raise NotFound("没有这项临时会议申请")
    return request


def listed(session: Session, actor: Actor, *, before: int | None, after: int | None) -> queries.Page:
    """The requests this person may know of, newest first."""
    loaded = joinedload(ExtraRequest.unit), joinedload(ExtraRequest.mechanism)
    query = select(ExtraRequest).where(visible(actor)).options(*loaded)
    return queries.paged(session, query, (ExtraRequest.id,), before, after, queries.PAGE)


def ask(session: Session, *, actor: Actor, mechanism_id: int, unit_id: int, title: str, reason: str, now: datetime) -> ExtraRequest:
    """提请召开临时会议, in the name of a member unit; the office is told by when it answers."""
    mechanism = session.get(Mechanism, mechanism_id)
    if mechanism is None or mechanism_id not in actor.mechanism_ids:
        raise NotFound("没有这个联席会议机制")
    require(actor, Permission.PROPOSAL_WRITE, Scope(mechanism_id, frozenset({unit_id})))
    found = opinions.clock_of(session, RULE, mechanism_id, local_date(now))
    request = ExtraRequest(
        mechanism=mechanism,
        unit_id=unit_id,
        status=ExtraRequestStatus.ASKED,
        title=title,
        reason=reason,
        asked_at=now,
        asked_by_id=actor.person_id,
        due_on=found[1].due if found else None,
    )
    session.add(request)
    session.flush()
    due = f"，办公室最迟{words.full_day(request.due_on)}答复" if request.due_on else ""
    audit.record(session, actor=actor, action="extra:ask", subject=request, at=now, text=f"提请召开临时会议{due}")
    _tell(session, request, "extra_asked", people_in_role(session, Role.OFFICE, mechanism_id), words.extra_asked(request), now)
    return request


def answer(session: Session, *, actor: Actor, request_id: int, agrees: bool, text: str, now: datetime) -> ExtraRequest:
    """The office says whether it would hold the meeting, and why; the convenor and the unit are told."""
    request = get(session, actor, request_id)
    require(actor, Permission.MEETING_PLAN, Scope(request.mechanism_id))
    request.answer(agrees=agrees, words=text, at=now)
    said = f"办公室{'建议召开' if agrees else '建议不召开'}：{text}"
    audit.record(session, actor=actor, action="extra:answer", subject=request, at=now, text=said)
    _tell(
        session,
        request,
        "extra_to_decide",
        people_in_role(session, Role.CONVENOR, request.mechanism_id),
        words.extra_to_decide(request),
        now,
    )
    _tell(session, request, "extra_answered", _people_of_unit(session, request, now), words.extra_answered(request), now)
    return request


def decide(session: Session, *, actor: Actor, request_id: int, agrees: bool, text: str, now: datetime) -> ExtraRequest:
    """The convenor decides; the unit and the office are told."""
    request = get(session, actor, request_id)
    require(actor, Permission.MEETING_CONVENE, Scope(request.mechanism_id))
    request.decide(agrees=agrees, words=text, by_id=actor.person_id, at=now)
    said = f"召集人{'同意召开' if agrees else '决定不召开'}" + (f"：{text}" if text else "")
    audit.record(session, actor=actor, action="extra:decide", subject=request, at=now, text=said)
    people = [*_people_of_unit(session, request, now), *people_in_role(session, Role.OFFICE, request.mechanism_id)]
    _tell(session, request, "extra_decided", people, words.extra_decided(request), now)
    return request


def plan(session: Session, *, actor: Actor, request_id: int, now: datetime, **plan: Any) -> Meeting:
    """筹备 the meeting that was agreed to; request and meeting lead to each other. IllegalMove when it was not, or was planned already."""
    request = get(session, actor, request_id)
    require(actor, Permission.MEETING_PLAN, Scope(request.mechanism_id))
    if request.status != ExtraRequestStatus.AGREED or request.meeting_id is not None:
        raise IllegalMove("临时会议未经召集人同意，或已经筹备，请查看申请")
    if plan["mechanism_id"] != request.mechanism_id or plan["kind"] != MeetingKind.EXTRA:
        raise BadInput(f"本次为{request.mechanism.short_name}的临时会议，请按申请填写机制和类别")
    meeting = service.plan(session, actor=actor, now=now, **plan)
    request.meeting = meeting
    audit.record(session, actor=actor, action="extra:plan", subject=request, at=now, text=f"筹备{meeting.name}")
    return meeting


def of_meeting(session: Session, meeting: Meeting) -> ExtraRequest | None:
    """The request this meeting was planned from."""
    return session.scalar(select(ExtraRequest).where(ExtraRequest.meeting_id == meeting.id))


def _people_of_unit(session: Session, request: ExtraRequest, now: datetime) -> list[Person]:
    return people_of_units(session, [request.unit.heir(local_date(now)).id, request.unit_id], LIAISONS_AND_HEADS)


def _tell(session: Session, request: ExtraRequest, kind: str, people: Iterable[Person], message: words.Message, now: datetime) -> None:
    audience.tell(session, kind=kind, about=request, people=people, message=message, path=f"/meetings/requests/{request.id}", now=now)
