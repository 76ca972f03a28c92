"""Meetings, proposals and minutes as they are read. Each query says for whom; what a person may not know of looks like nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, true, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from coordination import audit
from coordination.meetings import restricted, unit_lists
from coordination.permissions import UNIT_ROLES, Actor, Permission, can
from models import (
    AgendaItem,
    AuditEntry,
    Complaint,
    Decision,
    Guest,
    Mechanism,
    Meeting,
    MeetingStatus,
    Membership,
    Minutes,
    MinutesPart,
    MinutesReceipt,
    MinutesStatus,
    Opinion,
    Proposal,
    ProposalStatus,
    Reply,
    Role,
    Task,
    Unit,
)
from models.base import Moment
from models.errors import NotFound
from models.scope import Scope

PAGE = 20
LARGEST_ID = 2**31 - 1
# States of a proposal that all members may read of, once it stands on the agenda of a meeting they know of.
ON_RECORD = (ProposalStatus.ON_AGENDA, ProposalStatus.DISCUSSED, ProposalStatus.DECIDED, ProposalStatus.CARRIED_OVER)


# Whom: what a person may know of


def answers_for(actor: Actor) -> frozenset[int]:
    """The units this person acts for; none for somebody without a unit role."""
    return actor.unit_ids if actor.roles & UNIT_ROLES else frozenset()


def oversees(actor: Actor, mechanism_id: int) -> bool:
    """Does this person read everything of that mechanism (convenor, deputy, office, recorder, auditor)?"""
    wide = actor.oversees(Permission.MEETING_READ)
    return wide is None or mechanism_id in wide


def seats(actor: Actor) -> list[int]:
    """The mechanisms this person reads in as somebody of a member unit."""
    return [mechanism_id for mechanism_id in actor.mechanism_ids if can(actor, Permission.MEETING_READ, Scope(mechanism_id))]


def visible_meetings(actor: Actor) -> ColumnElement[bool]:
    """Overseers: all of their mechanism; members: those shared with them, also after their unit has left."""
    wide = actor.oversees(Permission.MEETING_READ)
    if wide is None:
        return true()
    invited = exists().where(Reply.meeting_id == Meeting.id, Reply.unit_id.in_(answers_for(actor)))
    members = and_(Meeting.is_shared, or_(Meeting.mechanism_id.in_(seats(actor)), invited))
    return or_(Meeting.mechanism_id.in_(wide), members)


def visible_proposals(actor: Actor) -> ColumnElement[bool]:
    """One's own unit's; those it is asked about; the mechanism's once handed in; all members': what is on an agenda they know of."""
    wide = actor.oversees(Permission.MEETING_READ)
    everything = actor.is_operator or Role.AUDITOR in actor.roles
    handed_in = true() if everything else Proposal.status != ProposalStatus.DRAFT
    overseen = handed_in if wide is None else and_(Proposal.mechanism_id.in_(wide), handed_in)
    on_agenda = (AgendaItem.proposal_id == Proposal.id, AgendaItem.meeting_id == Meeting.id, restricted.readable(actor))
    placed = exists().where(*on_agenda, Meeting.is_shared)
    shared = and_(Proposal.mechanism_id.in_(seats(actor)), Proposal.status.in_(ON_RECORD), placed)
    asked = exists().where(Opinion.proposal_id == Proposal.id, Opinion.unit_id.in_(answers_for(actor)))
    return or_(Proposal.unit_id.in_(answers_for(actor)), overseen, shared, asked)


# One thing, for one person


def _one(session: Session, query: Select[Any], model: Any, row_id: int, message: str, *, lock: bool = False) -> Any:
    """The row of ``model`` with this id, or NotFound. ``lock``: whoever edits the same text waits, then reads what was written."""
    if lock:
        query = query.with_for_update(of=model).execution_options(populate_existing=True)
    row = session.scalars(query.where(model.id == row_id)).unique().one_or_none() if 0 < row_id <= LARGEST_ID else None
    if row is None:
        raise NotFound(message)
    return row


def get_meeting(session: Session, actor: Actor, meeting_id: int, *options: Any) -> Meeting:
    """The meeting, if ``actor`` may know of it; NotFound otherwise, as if there were none."""
    query = select(Meeting).where(visible_meetings(actor)).options(joinedload(Meeting.mechanism), *options)
    return _one(session, query, Meeting, meeting_id, "没有这次会议")


def get_item(session: Session, actor: Actor, item_id: int, *, lock: bool = False) -> AgendaItem:
    """The agenda item of a meeting that ``actor`` may know of; NotFound otherwise."""
    query = select(AgendaItem).join(AgendaItem.meeting).where(visible_meetings(actor))
    return _one(session, query, AgendaItem, item_id, "没有这项议程", lock=lock)


def get_decision(session: Session, actor: Actor, decision_id: int, *, lock: bool = False) -> Decision:
    """The decision clause, for those who record it or read the record; NotFound otherwise."""
    query = select(Decision).join(Decision.item).join(AgendaItem.meeting).where(visible_meetings(actor))
    return _one(session, query, Decision, decision_id, "没有这条议定事项", lock=lock)


def get_guest(session: Session, actor: Actor, guest_id: int) -> Guest:
    """The guest of a meeting that ``actor`` may know of; NotFound otherwise."""
    query = select(Guest).join(Meeting).where(visible_meetings(actor))
    return _one(session, query, Guest, guest_id, "没有这位列席人员")


def get_proposal(session: Session, actor: Actor, proposal_id: int, *, lock: bool = False) -> Proposal:
    """The proposal, if ``actor`` may know of it; NotFound otherwise."""
    options = joinedload(Proposal.unit), joinedload(Proposal.mechanism), joinedload(Proposal.meeting)
    return _one(
        session, select(Proposal).where(visible_proposals(actor)).options(*options), Proposal, proposal_id, "没有这项议题", lock=lock
    )


def disputed_in(session: Session, proposal: Proposal) -> Complaint | None:
    """The case whose dispute the proposal was posted from."""
    table, _, row_id = proposal.source.partition(":")
    return session.get(Complaint, int(row_id)) if table == "complaint" else None


def own_reply(session: Session, actor: Actor, meeting: Meeting) -> Reply | None:
    """The reply this person's unit owes or gave; None when it was not invited. An unanswered one goes first."""
    query = select(Reply).where(Reply.meeting_id == meeting.id, Reply.unit_id.in_(answers_for(actor)))
    return session.scalars(query.order_by(Reply.answer.is_not(None), Reply.id)).first()


def minutes_of(session: Session, actor: Actor, meeting: Meeting, *, lock: bool = False) -> Minutes | None:
    """The minutes of the meeting: in any state for those who oversee it, once issued for members; else None.

    ``lock``: whoever else signs, issues or edits them waits until this transaction ends.
    """
    options = joinedload(Minutes.parts).joinedload(MinutesPart.item), joinedload(Minutes.signed_by), joinedload(Minutes.file)
    query = select(Minutes).where(Minutes.meeting_id == meeting.id).options(*options)
    if not oversees(actor, meeting.mechanism_id):
        query = query.where(Minutes.status == MinutesStatus.ISSUED)
    if lock:
        query = query.with_for_update(of=Minutes).execution_options(populate_existing=True)
    return session.scalars(query).unique().one_or_none()


def get_minutes(session: Session, actor: Actor, meeting: Meeting, *, lock: bool = False) -> Minutes:
    """As ``minutes_of``, but NotFound instead of None."""
    minutes = minutes_of(session, actor, meeting, lock=lock)
    if minutes is None:
        raise NotFound("没有这次会议的纪要")
    return minutes


def get_part(session: Session, actor: Actor, part_id: int, *, lock: bool = False) -> MinutesPart:
    """A section of minutes; NotFound for whoever may not read the draft, as sections are opened to be edited."""
    query = select(MinutesPart).join(MinutesPart.minutes).join(Minutes.meeting).where(visible_meetings(actor))
    part = _one(session, query, MinutesPart, part_id, "没有这一段纪要", lock=lock)
    if not oversees(actor, part.minutes.mechanism_id):
        raise NotFound("没有这一段纪要")
    return part


# Lists


@dataclass(frozen=True)
class Page:
    """One page of a list, newest first, and the ids the neighbouring pages start from (None where there is none)."""

    rows: Sequence[Any]
    previous_id: int | None = None
    next_id: int | None = None


def paged(session: Session, query: Select[Any], keys: Sequence[Any], before: int | None, after: int | None, limit: int) -> Page:
    """A page of ``query``, ``keys`` (the last one the id) descending: what follows row ``before``, or what leads up to ``after``."""
    model, at = keys[-1].class_, before or after
    anchor = session.get(model, at) if at is not None and 0 < at <= LARGEST_ID else None
    if anchor is not None:
        row, place = tuple_(*keys), tuple_(*(getattr(anchor, key.key) for key in keys), types=[key.type for key in keys])
        query = query.where(row < place if before else row > place)
    backwards = anchor is not None and not before
    order = [key.asc() if backwards else key.desc() for key in keys]
    rows = list(session.scalars(query.order_by(*order).limit(limit + 1)).unique())
    more, rows = len(rows) > limit, rows[:limit]
    if backwards:
        rows.reverse()
    earlier, later = (more, True) if backwards else (anchor is not None, more)
    return Page(rows, rows[0].id if rows and earlier else None, rows[-1].id if rows and later else None)


def listed(
    session: Session,
    actor: Actor,
    *,
    mechanism_id: int | None = None,
    year: int | None = None,
    before: int | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> Page:
    """The meetings this person may know of, newest first."""
    query = select(Meeting).where(visible_meetings(actor)).options(joinedload(Meeting.mechanism))
    if mechanism_id is not None:
        query = query.where(Meeting.mechanism_id == mechanism_id)
    if year is not None:
        query = query.where(Meeting.year == year)
    return paged(session, query, (Meeting.starts_at, Meeting.id), before, after, limit)


def listed_proposals(
    session: Session,
    actor: Actor,
    *,
    mechanism_id: int | None = None,
    status: ProposalStatus | None = None,
    before: int | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> Page:
    """The proposals this person may know of, newest first."""
    loaded = joinedload(Proposal.unit), joinedload(Proposal.mechanism), joinedload(Proposal.meeting).joinedload(Meeting.mechanism)
    query = select(Proposal).where(visible_proposals(actor)).options(*loaded)
    if mechanism_id is not None:
        query = query.where(Proposal.mechanism_id == mechanism_id)
    if status is not None:
        query = query.where(Proposal.status == status)
    return paged(session, query, (Proposal.id,), before, after, limit)


def mechanisms(session: Session, actor: Actor, permission: Permission = Permission.MEETING_READ) -> list[Mechanism]:
    """The mechanisms in which this person holds ``permission``, in a fixed order."""
    everyone = session.scalars(select(Mechanism).order_by(Mechanism.id))
    return [mechanism for mechanism in everyone if can(actor, permission, mechanism.scope)]


def years(session: Session, actor: Actor) -> list[int]:
    """The years of the meetings this person may know of, newest first."""
    return list(session.scalars(select(Meeting.year).where(visible_meetings(actor)).distinct().order_by(Meeting.year.desc())))


def minutes_by_meeting(session: Session, actor: Actor, meetings: Iterable[Meeting]) -> dict[int, Minutes]:
    """The minutes this person may read, by the id of their meeting."""
    rows = list(meetings)
    found = session.scalars(select(Minutes).where(Minutes.meeting_id.in_([meeting.id for meeting in rows])))
    overseen = {meeting.id for meeting in rows if oversees(actor, meeting.mechanism_id)}
    return {m.meeting_id: m for m in found if m.meeting_id in overseen or m.status == MinutesStatus.ISSUED}


def replies_by_meeting(session: Session, actor: Actor, meetings: Iterable[Meeting]) -> dict[int, Reply]:
    """The replies of this person's unit, by the id of their meeting."""
    query = select(Reply).where(Reply.meeting_id.in_([m.id for m in meetings]), Reply.unit_id.in_(answers_for(actor)))
    return {reply.meeting_id: reply for reply in session.scalars(query.order_by(Reply.id))}


# Parts of a meeting


def members(session: Session, mechanism_id: int, on: date) -> list[Unit]:
    """The units that sit on that day, heirs in place of merged units; the same three queries however many they are."""
    loaded = selectinload(Mechanism.memberships).joinedload(Membership.unit)
    mechanism = session.scalars(select(Mechanism).where(Mechanism.id == mechanism_id).options(loaded)).one()
    kept = heirs_loaded(session)
    units = mechanism.members(on)
    del kept
    return units


def heirs_loaded(session: Session, of: Iterable[Unit] | None = None) -> list[Unit]:
    """Every unit that succeeds another, read at once: while the list is held, following successors asks the database nothing.

    ``of``: those that will be followed; none of them having a successor, nothing is read.
    """
    if of is not None and all(unit.successor_id is None for unit in of):
        return []
    return list(session.scalars(select(Unit).where(Unit.id.in_(select(Unit.successor_id)))))


def waiting(session: Session, meeting: Meeting) -> list[Proposal]:
    """What the office can put on this meeting's agenda: handed in for it, for no meeting in particular or left over from one past."""
    past = and_(Meeting.id == Proposal.meeting_id, Meeting.status.not_in(Meeting.OPEN_TO_CHANGE))
    free = or_(Proposal.meeting_id.is_(None), Proposal.meeting_id == meeting.id, exists().where(past))
    ready = or_(Proposal.status == ProposalStatus.CARRIED_OVER, and_(Proposal.status == ProposalStatus.SUBMITTED, free))
    query = select(Proposal).where(Proposal.mechanism_id == meeting.mechanism_id, ready).options(joinedload(Proposal.unit))
    return list(session.scalars(query.order_by(Proposal.is_late, Proposal.submitted_at, Proposal.id)))


def collecting(session: Session, mechanism_ids: Iterable[int]) -> list[Meeting]:
    """The meetings of these mechanisms that take in proposals, the next one first."""
    query = select(Meeting).where(Meeting.mechanism_id.in_(list(mechanism_ids)), Meeting.status.in_(Meeting.COLLECTS))
    return list(session.scalars(query.options(joinedload(Meeting.mechanism)).order_by(Meeting.starts_at, Meeting.id)))


def open_minutes(session: Session, meeting: Meeting) -> list[Minutes]:
    """Minutes of earlier meetings of the mechanism that are not issued yet, oldest first."""
    query = select(Minutes).join(Minutes.meeting).where(Meeting.mechanism_id == meeting.mechanism_id, Meeting.starts_at < meeting.starts_at)
    query = query.where(Minutes.status != MinutesStatus.ISSUED, Meeting.id != meeting.id).options(joinedload(Minutes.meeting))
    return list(session.scalars(query.order_by(Meeting.starts_at)))


def previous_held_at(session: Session, meeting: Meeting) -> datetime | None:
    """When the meeting before this one ended; None when this is the first."""
    return session.scalars(_previous(meeting)).first()


def since_previous(meeting: Meeting) -> Any:
    """As ``previous_held_at``, for use within another query; before all time when this meeting is the first."""
    return func.coalesce(_previous(meeting).scalar_subquery(), literal(datetime(1970, 1, 1, tzinfo=UTC), Moment))


def _previous(meeting: Meeting) -> Select[datetime | None]:
    query = select(Meeting.held_at).where(Meeting.mechanism_id == meeting.mechanism_id, Meeting.status == MeetingStatus.HELD)
    earlier = query.where(Meeting.starts_at < meeting.starts_at, Meeting.id != meeting.id)
    return earlier.order_by(Meeting.starts_at.desc()).limit(1)


def items_of(session: Session, meeting: Meeting) -> list[AgendaItem]:
    """The agenda with everything a page shows of it: three queries, however many items, clauses and units there are."""
    proposal = joinedload(AgendaItem.proposal).joinedload(Proposal.unit)
    clauses = selectinload(AgendaItem.decisions)
    loaded = joinedload(AgendaItem.presenter), proposal, clauses.joinedload(Decision.lead), clauses.joinedload(Decision.task)
    query = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id).options(*loaded)
    items = list(session.scalars(query.order_by(AgendaItem.position, AgendaItem.id)))
    unit_lists.load(session, meeting, items)
    return items


def replies_of(session: Session, meeting: Meeting) -> list[Reply]:
    """Every invited unit's reply, in the order of the register."""
    query = select(Reply).where(Reply.meeting_id == meeting.id).options(joinedload(Reply.unit), joinedload(Reply.replied_by))
    return list(session.scalars(query.order_by(Reply.id)))


def tasks_of(items: Iterable[AgendaItem]) -> dict[int, Task]:
    """The tasks made from these items' decisions, by the decision's id."""
    return {decision.id: decision.task for item in items for decision in item.decisions if decision.task is not None}


def proposals_of(session: Session, meeting: Meeting) -> list[Proposal]:
    """What was handed in for this meeting, in the order of handing in; drafts are their units' own."""
    mine = or_(
        Proposal.meeting_id == meeting.id, exists().where(AgendaItem.proposal_id == Proposal.id, AgendaItem.meeting_id == meeting.id)
    )
    query = select(Proposal).where(mine, Proposal.submitted_at.is_not(None)).options(joinedload(Proposal.unit))
    return list(session.scalars(query.order_by(Proposal.submitted_at, Proposal.id)))


def items_of_proposal(session: Session, actor: Actor, proposal: Proposal) -> list[AgendaItem]:
    """Where the proposal stood on an agenda that this person may know of, oldest first."""
    clauses = selectinload(AgendaItem.decisions)
    made = clauses.joinedload(Decision.task).selectinload(Task.co_units)
    loaded = joinedload(AgendaItem.meeting).joinedload(Meeting.mechanism), clauses.joinedload(Decision.lead), made
    query = select(AgendaItem).join(AgendaItem.meeting).where(AgendaItem.proposal_id == proposal.id)
    query = query.where(visible_meetings(actor), restricted.readable(actor)).options(*loaded)
    return list(session.scalars(query.order_by(Meeting.starts_at, AgendaItem.id)))


def receipts_of(session: Session, minutes: Minutes) -> list[MinutesReceipt]:
    """Which unit has read the issued minutes, and which has not."""
    loaded = joinedload(MinutesReceipt.unit), joinedload(MinutesReceipt.read_by)
    query = select(MinutesReceipt).where(MinutesReceipt.minutes_id == minutes.id).options(*loaded)
    return list(session.scalars(query.order_by(MinutesReceipt.id)))


@dataclass(frozen=True)
class Happening:
    """One line of 办理过程: when, who, what."""

    at: datetime
    who: str
    what: str
    text: str | None = None


def history(session: Session, *rows: Any, actions: Iterable[str] = (), limit: int = 200) -> list[Happening]:
    """办理过程 of several rows together, newest first; only these ``actions`` when any are named."""
    subjects = [audit.subject_of(row) for row in rows if row is not None]
    query = select(AuditEntry).where(AuditEntry.subject.in_(subjects)).order_by(AuditEntry.number.desc()).limit(limit)
    if actions:
        query = query.where(AuditEntry.action.in_(list(actions)))
    return [Happening(entry.at, entry.who, entry.text) for entry in session.scalars(query)]


def last_change(session: Session, row: Any) -> Happening | None:
    """Who last changed ``row``, and when: what a conflict page names."""
    return next(iter(history(session, row, limit=1)), None)
