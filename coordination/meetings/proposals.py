"""Proposals (议题): a unit drafts and hands in, the office puts on an agenda, settles before the meeting or returns."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import attachments, audit
from coordination.accounts.queries import people_in_role
from coordination.evidence import MOST_FILES, Evidence
from coordination.meetings import audience, queries, words
from coordination.meetings.agenda import tell_unit
from coordination.permissions import Actor, Permission, can, require
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
    urgent_reason: str = "",
    files: Iterable[Evidence] = (),
) -> Proposal:
    """Begin a proposal of one's unit, for a meeting that collects or (None) for the next one. Nobody is told."""
    mechanism = session.get(Mechanism, mechanism_id)
    if mechanism is None or mechanism_id not in actor.mechanism_ids:
        raise NotFound("没有这个联席会议机制")
    require(actor, Permission.PROPOSAL_WRITE, Scope(mechanism_id, frozenset({unit_id})))
    proposal = Proposal(
        mechanism=mechanism, unit_id=unit_id, title=title, body=body, minutes_wanted=minutes_wanted, status=ProposalStatus.DRAFT
    )
    proposal.urgent_reason = urgent_reason
    _aim_at(session, actor, proposal, meeting_id)
    session.add(proposal)
    _attach(session, proposal, files, now)
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
    urgent_reason: str = "",
    files: Iterable[Evidence] = (),
) -> Proposal:
    """Change a draft or returned proposal. Conflict, with both texts, when a colleague changed it since ``version``."""
    proposal = queries.get_proposal(session, actor, proposal_id, lock=True)
    require(actor, Permission.PROPOSAL_WRITE, proposal.scope)
    if proposal.status not in Proposal.WITH_ITS_UNIT:
        raise IllegalMove(f"议题现为“{proposal.status.label}”，不能再修改。需要改动请联系联席会议办公室退回")
    if proposal.version != version and (proposal.title, proposal.body) != (title, body):
        raise Conflict("议题刚刚被他人修改", mine=body, theirs=proposal.body, version=proposal.version)
    stored = (proposal.title, proposal.body, proposal.minutes_wanted, proposal.meeting_id, proposal.urgent_reason)
    given = _attach(session, proposal, files, now)
    if given or stored != (title, body, minutes_wanted, meeting_id, urgent_reason):
        proposal.title, proposal.body, proposal.minutes_wanted, proposal.urgent_reason = title, body, minutes_wanted, urgent_reason
        _aim_at(session, actor, proposal, meeting_id)
        text = "修改议题" + (f"，增加附件{given}个" if given else "")
        audit.record(session, actor=actor, action="proposal:edit", subject=proposal, at=now, text=text)
    return proposal


def remove_file(session: Session, *, actor: Actor, proposal_id: int, file_id: int, now: datetime) -> Proposal:
    """移除附件, while the proposal is with its unit. The stored file stays."""
    proposal = queries.get_proposal(session, actor, proposal_id)
    require(actor, Permission.PROPOSAL_WRITE, proposal.scope)
    if proposal.status not in Proposal.WITH_ITS_UNIT:
        raise IllegalMove(f"议题现为“{proposal.status.label}”，附件不能再改")
    file = next((one for one in proposal.files if one.id == file_id), None)
    if file is None:
        raise NotFound("没有这个附件")
    proposal.files.remove(file)
    text = f"移除附件“{file.name}”"
    audit.record(session, actor=actor, action="proposal:remove_file", subject=proposal, at=now, text=text, sha256=file.sha256)
    return proposal


# Completeness, and the release by the head of the unit


def missing(proposal: Proposal, *, may_release: bool, on: date) -> list[str]:
    """What keeps the proposal from being handed in, in words; empty when nothing does."""
    found = []
    if not proposal.body.strip():
        found.append("还没有写内容，请写明情况、问题和提请会议议定的事项")
    meeting = proposal.meeting
    if meeting is not None and not meeting.agenda_is_open:
        found.append(f"{meeting.name}现为“{meeting.status.label}”，议程不再增加，请改为提交下次会议")
    if needs_release(proposal, on) and not may_release:
        found.append("本单位的议题须由负责人审签，请先报请审签")
    return found


def needs_release(proposal: Proposal, on: date) -> bool:
    """Must the head of the unit still release it?"""
    return proposal.unit.heir(on).releases_proposals and proposal.status != ProposalStatus.RELEASED


def ask_release(session: Session, *, actor: Actor, proposal_id: int, now: datetime) -> Proposal:
    """报请审签: the heads of the unit are told."""
    proposal = queries.get_proposal(session, actor, proposal_id)
    require(actor, Permission.PROPOSAL_WRITE, proposal.scope)
    lacking = missing(proposal, may_release=True, on=local_date(now))
    if lacking:
        raise IllegalMove(f"议题还不完整：{'；'.join(lacking)}")
    proposal.ask_release(now)
    audit.record(session, actor=actor, action="proposal:ask_release", subject=proposal, at=now, text="报请负责人审签")
    tell_unit(session, proposal, "proposal_release_asked", words.to_be_released(proposal), now, (Role.UNIT_HEAD,))
    return proposal


def release(session: Session, *, actor: Actor, proposal_id: int, now: datetime) -> Proposal:
    """审签: the head lets the proposal go; the liaisons hand it in."""
    proposal = queries.get_proposal(session, actor, proposal_id)
    require(actor, Permission.PROPOSAL_RELEASE, proposal.scope)
    lacking = missing(proposal, may_release=True, on=local_date(now))
    if lacking:
        raise IllegalMove(f"议题还不完整：{'；'.join(lacking)}")
    proposal.release()
    audit.record(session, actor=actor, action="proposal:release", subject=proposal, at=now, text="审签议题，可以提交")
    tell_unit(session, proposal, "proposal_released", words.released(proposal), now, (Role.LIAISON,))
    return proposal


def ask_changes(session: Session, *, actor: Actor, proposal_id: int, reason: str, now: datetime) -> Proposal:
    """退回修改: the head wants it changed before it goes; the liaisons are told what."""
    proposal = queries.get_proposal(session, actor, proposal_id)
    require(actor, Permission.PROPOSAL_RELEASE, proposal.scope)
    proposal.ask_changes(reason)
    audit.record(session, actor=actor, action="proposal:ask_changes", subject=proposal, at=now, text=f"负责人退回修改：{reason}")
    tell_unit(session, proposal, "proposal_changes_asked", words.changes_asked(proposal), now, (Role.LIAISON,))
    return proposal


def submit(session: Session, *, actor: Actor, proposal_id: int, now: datetime) -> Proposal:
    """提交 to the office. After the meeting's deadline it is marked 迟交; IllegalMove says what is missing.

    Who may release the unit's proposals releases this one by handing it in.
    """
    proposal = queries.get_proposal(session, actor, proposal_id)
    require(actor, Permission.PROPOSAL_WRITE, proposal.scope)
    lacking = missing(proposal, may_release=can(actor, Permission.PROPOSAL_RELEASE, proposal.scope), on=local_date(now))
    if lacking:
        raise IllegalMove(f"议题还不能提交：{'；'.join(lacking)}")
    if needs_release(proposal, local_date(now)):
        proposal.release()
        audit.record(session, actor=actor, action="proposal:release", subject=proposal, at=now, text="审签议题")
    meeting = proposal.meeting
    late = meeting is not None and local_date(now) > meeting.proposals_due_on
    proposal.submit(now, late=late)
    text = f"提交议题（迟交，截止日为{words.day(meeting.proposals_due_on)}）" if late and meeting else "提交议题"
    text += f"，紧急：{proposal.urgent_reason}" if proposal.is_urgent else ""
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


def _attach(session: Session, proposal: Proposal, files: Iterable[Evidence], now: datetime) -> int:
    """Keep these files with the proposal; how many they are. BadInput when they are too many together."""
    given = list(files)
    if len(proposal.files) + len(given) > MOST_FILES:
        raise BadInput(f"一项议题最多{MOST_FILES}个附件，请先移除不用的")
    proposal.files += [attachments.store(session, name=f.name, media_type=f.media_type, content=f.content, now=now) for f in given]
    return len(given)


def _flushed(session: Session, proposal: Proposal) -> Proposal:
    session.flush()
    return proposal
