"""Proposals posted from elsewhere with one press: by the same door as those units hand in, with a link back to what they rest on."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from coordination import audit
from coordination.complaints.queries import get_complaint
from coordination.meetings import queries
from coordination.meetings.proposals import tell_office
from coordination.members.queries import mechanisms
from coordination.notices import full_day
from coordination.permissions import Actor, Permission, require
from coordination.tasks.queries import get_report
from models import Complaint, ComplaintStatus, Mechanism, Proposal, ProposalStatus
from models.calendar import local_date
from models.errors import IllegalMove, NotFound
from models.scope import Scope

MINUTES = 15


def post_dispute(session: Session, *, actor: Actor, complaint_id: int, now: datetime) -> Proposal:
    """提请联席会议议定 which unit answers for a case two units sent back. It is handed in at once, in the name of the office's unit.

    It goes to the mechanism in which the disputing units sit. Nothing in it comes from the complainant's own words. IllegalMove when
    there is no dispute, no such mechanism, or a proposal of this dispute is still open.
    """
    require(actor, Permission.PROPOSAL_POST)
    audit.queue(session)
    complaint = get_complaint(session, actor, complaint_id)
    if complaint.status != ComplaintStatus.DISPUTED:
        raise IllegalMove(f"现为“{complaint.status.label}”，没有职责争议，不需提请议定")
    source = audit.subject_of(complaint)
    if session.scalar(select(exists().where(Proposal.source == source, Proposal.status.not_in(Proposal.ENDED)))):
        raise IllegalMove("已就这件职责争议提出议题，不重复提请")
    mechanism = _seating(session, complaint, now)
    require(actor, Permission.PROPOSAL_POST, Scope(mechanism.id))
    proposal = Proposal(
        mechanism=mechanism,
        unit=mechanism.office_unit.heir(local_date(now)),
        title=f"职责争议：{complaint.number}由哪个单位办理"[:120],
        body=_body(complaint),
        minutes_wanted=MINUTES,
        status=ProposalStatus.DRAFT,
        source=source,
    )
    _hand_in(session, proposal, now)
    audit.record(session, actor=actor, action="proposal:post", subject=proposal, at=now, text=f"由{complaint.number}的职责争议提请议定")
    audit.record(session, actor=actor, action="complaint:post", subject=complaint, at=now, text=f"提请{mechanism.short_name}议定办理单位")
    tell_office(session, proposal, now)
    return proposal


def post_support(session: Session, *, actor: Actor, report_id: int, now: datetime) -> Proposal:
    """提请联席会议议定 what a unit reports it needs support for: handed in at once in the name of that unit, with a link back to the task.

    IllegalMove when the report asks for nothing, the task has ended, or a proposal of this task is still open.
    """
    require(actor, Permission.PROPOSAL_POST)
    audit.queue(session)
    report = get_report(session, actor, report_id)
    task = report.task
    require(actor, Permission.PROPOSAL_POST, Scope(task.mechanism_id))
    if not report.support:
        raise IllegalMove("这份进展没有写需要支持的事项")
    if task.status in task.ENDED:
        raise IllegalMove(f"任务{task.status.label}，不需提请议定")
    source = audit.subject_of(task)
    if session.scalar(select(exists().where(Proposal.source == source, Proposal.status.not_in(Proposal.ENDED)))):
        raise IllegalMove("已就这项任务提出议题，不重复提请")
    difficulty = f"困难和问题：{report.difficulty}" if report.difficulty else ""
    due = f"{task.number}“{task.title}”，牵头{task.lead.short_name}，时限{full_day(task.due_on)}。"
    lines = [due, f"{report.unit.short_name}填报进展：{report.text}", difficulty, f"需要支持：{report.support}", "提请会议议定。"]
    proposal = Proposal(
        mechanism=task.mechanism,
        unit=report.unit.heir(local_date(now)),
        title=f"请会议支持：{task.title}"[:120],
        body="\n".join(filter(None, lines)),
        minutes_wanted=MINUTES,
        status=ProposalStatus.DRAFT,
        source=source,
    )
    _hand_in(session, proposal, now)
    text = f"由{task.number}的进展提请议定"
    audit.record(session, actor=actor, action="proposal:post", subject=proposal, at=now, text=text)
    audit.record(
        session, actor=actor, action="task:post_support", subject=task, at=now, text=f"提请{task.mechanism.short_name}议定支持事项"
    )
    tell_office(session, proposal, now)
    return proposal


def send_to(session: Session, *, actor: Actor, proposal_id: int, mechanism_id: int, now: datetime) -> Proposal:
    """转送 a proposal that waits with the office to another mechanism: a proposal there, handed in at once; each leads to the other.

    In the name of its unit where that sits in the other mechanism too, else of that mechanism's office. The first one stays as it is:
    its office settles it or keeps it. IllegalMove when it waits no more, or a proposal made of it is still open there.
    """
    proposal = queries.get_proposal(session, actor, proposal_id)
    require(actor, Permission.MEETING_PLAN, Scope(proposal.mechanism_id))
    mechanism = next((one for one in others(session, proposal) if one.id == mechanism_id), None)
    if mechanism is None:
        raise NotFound("没有这个联席会议机制")
    if proposal.status not in Proposal.WITH_OFFICE:
        raise IllegalMove(f"议题现为“{proposal.status.label}”，不能转送")
    source, today = audit.subject_of(proposal), local_date(now)
    again = select(exists().where(Proposal.source == source, Proposal.mechanism_id == mechanism_id, Proposal.status.not_in(Proposal.ENDED)))
    if session.scalar(again):
        raise IllegalMove(f"已转送{mechanism.short_name}，不重复转送")
    unit = proposal.unit.heir(today)
    made = Proposal(
        mechanism=mechanism,
        unit=unit if unit.id in {member.id for member in mechanism.members(today)} else mechanism.office_unit.heir(today),
        title=proposal.title,
        body=f"由{proposal.mechanism.short_name}转来（{proposal.unit.short_name}提出）。\n{proposal.body}",
        minutes_wanted=proposal.minutes_wanted,
        urgent_reason=proposal.urgent_reason,
        files=list(proposal.files),
        status=ProposalStatus.DRAFT,
        source=source,
    )
    _hand_in(session, made, now)
    audit.record(session, actor=actor, action="proposal:post", subject=made, at=now, text=f"由{proposal.mechanism.short_name}的议题转来")
    audit.record(session, actor=actor, action="proposal:send_to", subject=proposal, at=now, text=f"转送{mechanism.short_name}")
    tell_office(session, made, now)
    return made


def others(session: Session, proposal: Proposal) -> list[Mechanism]:
    """The mechanisms the proposal could be sent to."""
    return [one for one in mechanisms(session) if one.id != proposal.mechanism_id]


def linked(session: Session, proposal: Proposal) -> tuple[list[Proposal], list[Proposal]]:
    """The proposal of another mechanism it was made of, and those made of it there."""
    table, _, row_id = proposal.source.partition(":")
    origin = session.get(Proposal, int(row_id)) if table == "proposal" else None
    query = select(Proposal).where(Proposal.source == audit.subject_of(proposal)).options(joinedload(Proposal.mechanism))
    return [origin] if origin else [], list(session.scalars(query.order_by(Proposal.id)))


def _hand_in(session: Session, proposal: Proposal, now: datetime) -> None:
    """Into the meeting that is collecting, if one still is."""
    collecting = queries.collecting(session, [proposal.mechanism.id])
    proposal.meeting = next((m for m in collecting if m.proposals_due_on >= local_date(now)), None)
    proposal.submit(now, late=False)
    session.add(proposal)
    session.flush()


def _seating(session: Session, complaint: Complaint, now: datetime) -> Mechanism:
    """The mechanism in which every unit that sent the case back sits today; the one between bureaus when there are several."""
    today = local_date(now)
    disputing = {one.unit.heir(today).id for one in complaint.returns}
    for mechanism in mechanisms(session):
        if disputing <= {unit.id for unit in mechanism.members(today)}:
            return mechanism
    raise IllegalMove("退回本件的单位不在同一联席会议机制，请由有权机关指定")


def _body(complaint: Complaint) -> str:
    """What the meeting has to know: what it is about, who sent it back, why, and whom each believes competent."""
    about = "、".join(filter(None, (complaint.category, complaint.problem)))
    received = f"，{full_day(complaint.received_on)}收到" if complaint.received_on else ""
    lines = [f"{complaint.kind.label}{complaint.number}{received}。"]
    lines += [f"被反映单位：{complaint.target_name}。"] if complaint.target_name else []
    lines += [f"反映问题：{about}。"] if about else []
    for number, one in enumerate(complaint.returns, start=1):
        believed = f"认为应由{one.believed.short_name}办理。" if one.believed else "未指明应由哪个单位办理。"
        lines.append(f"第{number}次退回：{one.unit.short_name}，理由：{one.reason.rstrip('。')}。{believed}")
    return "\n".join([*lines, "提请会议议定由哪个单位办理，以及同类投诉举报今后由哪个单位办理。"])
