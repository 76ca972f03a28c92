"""Proposals (议题): a unit drafts and hands in, the office puts on an agenda, settles before the meeting or returns."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.accounts.queries import people_in_role
from coordination.meetings import audience, queries, words
from coordination.meetings.agenda import tell_unit
from coordination.permissions import Actor, Permission, require
from models import Mechanism, Meeting, Membership, Proposal, ProposalStatus, Role
from models.calendar import local_date
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from models.scope import Scope


def draft(
    session: Session,
    *,
    actor: Actor,
    mechanism_id: int,
    unit_id: int,
    title: str,
    body: str,
    minutes_wanted: int,
    now: datetime,
    meeting_id: int | None = None,
) -> Proposal:
    """Begin a proposal of one's unit, for a meeting that collects or (None) for the next one. Nobody is told."""
    mechanism = session.get(Mechanism, mechanism_id)
    if mechanism is None or mechanism_id not in actor.mechanism_ids:
        raise NotFound("没有这个联席会议机制")
    require(actor, Permission.PROPOSAL_WRITE, Scope(mechanism_id, frozenset({unit_id})))
    proposal = Proposal(
        mechanism=mechanism, unit_id=unit_id, title=title, body=body, minutes_wanted=minutes_wanted, status=ProposalStatus.DRAFT
    )
    _aim_at(session, actor, proposal, meeting_id)
    session.add(proposal)
    audit.record(session, actor=actor, action="proposal:draft", subject=_flushed(session, proposal), at=now, text="起草议题")
    return proposal


def edit(
    session: Session,
    *,
    actor: Actor,
    proposal_id: int,
    version: int,
    title: str,
    body: str,
    minutes_wanted: int,
    meeting_id: int | None,
    now: datetime,
) -> Proposal:
    """Change a draft or returned proposal. Conflict, with both texts, when a colleague changed it since ``version``."""
    proposal = queries.get_proposal(session, actor, proposal_id, lock=True)
    require(actor, Permission.PROPOSAL_WRITE, proposal.scope)
    if proposal.status not in Proposal.WITH_ITS_UNIT:
        raise IllegalMove(f"议题现为“{proposal.status.label}”，不能再修改。需要改动请联系联席会议办公室退回")
    if proposal.version != version and (proposal.title, proposal.body) != (title, body):
        raise Conflict("议题刚刚被他人修改", mine=body, theirs=proposal.body, version=proposal.version)
    changed = (proposal.title, proposal.body, proposal.minutes_wanted, proposal.meeting_id) != (title, body, minutes_wanted, meeting_id)
    if changed:
        proposal.title, proposal.body, proposal.minutes_wanted = title, body, minutes_wanted
        _aim_at(session, actor, proposal, meeting_id)
        audit.record(session, actor=actor, action="proposal:edit", subject=proposal, at=now, text="修改议题")
    return proposal


def submit(session: Session, *, actor: Actor, proposal_id: int, now: datetime) -> Proposal:
    """提交 to the office. After the meeting's deadline it is marked 迟交; once the notice is out the meeting takes none."""
    proposal = queries.get_proposal(session, actor, proposal_id)
    require(actor, Permission.PROPOSAL_WRITE, proposal.scope)
    meeting = proposal.meeting
    if meeting is not None and not meeting.agenda_is_open:
        raise IllegalMove(f"{meeting.name}现为“{meeting.status.label}”，议程不再增加。请修改议题，改为提交下次会议")
    late = meeting is not None and local_date(now) > meeting.proposals_due_on
    proposal.submit(now, late=late)
    text = f"提交议题（迟交，截止日为{words.day(meeting.proposals_due_on)}）" if late and meeting else "提交议题"
    audit.record(session, actor=actor, action="proposal:submit", subject=proposal, at=now, text=text)
    tell_office(session, proposal, now)
    return proposal


def settle_before(session: Session, *, actor: Actor, proposal_id: int, reason: str, now: datetime) -> Proposal:
    """会前解决: it needs no meeting; the unit is told how it was settled."""
    proposal = _with_office(session, actor, proposal_id)
    proposal.settle_before(reason)
    audit.record(session, actor=actor, action="proposal:settle", subject=proposal, at=now, text=f"会前解决：{reason}")
    tell_unit(session, proposal, "proposal_settled", words.settled(proposal), now)
    return proposal


def send_back(session: Session, *, actor: Actor, proposal_id: int, reason: str, now: datetime) -> Proposal:
    """退回 with the reason; the unit may mend it and hand it in again."""
    proposal = _with_office(session, actor, proposal_id)
    proposal.send_back(reason)
    audit.record(session, actor=actor, action="proposal:send_back", subject=proposal, at=now, text=f"退回议题。原因：{reason}")
    tell_unit(session, proposal, "proposal_returned", words.sent_back(proposal), now)
    return proposal


def unit_that_proposes(session: Session, actor: Actor, mechanism_id: int, now: datetime) -> int:
    """The unit in whose name this person proposes in that mechanism: the one that sits, or its heir. NotAllowed when none does."""
    today = local_date(now)
    seats = select(Membership).where(Membership.mechanism_id == mechanism_id, Membership.unit_id.in_(queries.answers_for(actor)))
    for seat in session.scalars(seats.order_by(Membership.id)):
        if seat.sits(today):
            return seat.unit.heir(today).id
    raise NotAllowed("您所在单位不是本机制的成员单位，不能提出议题")


def tell_office(session: Session, proposal: Proposal, now: datetime) -> None:
    """Tell the office of the mechanism that a proposal was handed in."""
    offices = people_in_role(session, Role.OFFICE, proposal.mechanism_id)
    path, message = f"/meetings/proposals/{proposal.id}", words.handed_in(proposal)
    audience.tell(session, kind="proposal_submitted", about=proposal, people=offices, message=message, path=path, now=now)


def _with_office(session: Session, actor: Actor, proposal_id: int) -> Proposal:
    proposal = queries.get_proposal(session, actor, proposal_id)
    require(actor, Permission.MEETING_PLAN, Scope(proposal.mechanism_id))
    return proposal


def _aim_at(session: Session, actor: Actor, proposal: Proposal, meeting_id: int | None) -> None:
    """The meeting it is meant for: one of the mechanism that still takes in proposals."""
    if meeting_id is not None:
        meeting: Meeting = queries.get_meeting(session, actor, meeting_id)
        if meeting.mechanism_id != proposal.mechanism.id or not meeting.agenda_is_open:
            raise BadInput("该会议不再征集议题，请改选下次会议")
    proposal.meeting_id = meeting_id


def _flushed(session: Session, proposal: Proposal) -> Proposal:
    session.flush()
    return proposal
