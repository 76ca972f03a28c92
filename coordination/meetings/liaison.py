"""The liaison meeting (联络员会议, S4 工作规则): chaired by the office director, one outcome for each proposal, and its record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination.accounts.queries import people_in_role
from coordination.meetings import agenda, proposals, queries, service, words
from coordination.permissions import Actor, Permission, require
from models import LiaisonOutcome, LiaisonWord, Meeting, Proposal, ProposalStatus, Role
from models.errors import BadInput, IllegalMove

MORE = "请补充材料："


@dataclass(frozen=True)
class Verdict:
    """What the meeting made of a proposal, with a word on it; all but 上会 need one, for the unit reads it."""

    outcome: LiaisonWord
    words: str = ""


def director(session: Session, meeting: Meeting) -> str:
    """Who chairs unless told otherwise: the deputy convenor, who directs the office (S4)."""
    people = people_in_role(session, Role.DEPUTY, meeting.mechanism_id)
    return people[0].name if people else ""


def outcomes(session: Session, meeting: Meeting) -> list[LiaisonOutcome]:
    """What the liaison meeting before this meeting made of the proposals, in the order it took them."""
    loaded = joinedload(LiaisonOutcome.proposal).joinedload(Proposal.unit)
    query = select(LiaisonOutcome).where(LiaisonOutcome.meeting_id == meeting.id).options(loaded)
    return list(session.scalars(query.order_by(LiaisonOutcome.id)))


def hold(
    session: Session, *, actor: Actor, meeting_id: int, chair: str, held_at: datetime, verdicts: Mapping[int, Verdict], now: datetime
) -> Meeting:
    """Record the liaison meeting: each proposal named goes on the agenda, is settled, or back to its unit, which is told.

    BadInput for a time to come or a missing word; IllegalMove for a proposal that waits no more, or where no such meeting is held.
    """
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    if held_at > now:
        raise BadInput("联络员会议的时间还没有到，开过再记")
    waiting = {proposal.id: proposal for proposal in queries.waiting(session, meeting)}
    known = {row.proposal_id: row for row in outcomes(session, meeting)}
    for proposal_id, verdict in verdicts.items():
        proposal = waiting.get(proposal_id)
        if proposal is None:
            raise IllegalMove("有的议题已由他人办理，请返回后重新打开本页")
        _apply(session, actor, meeting, proposal, verdict, now)
        row = known.get(proposal_id) or LiaisonOutcome(meeting_id=meeting.id, proposal_id=proposal_id)
        row.outcome, row.words = verdict.outcome, verdict.words
        session.add(row)
    service.hold_liaison_meeting(session, actor=actor, meeting_id=meeting_id, now=now, chair=chair, held_at=held_at)
    return meeting


def _apply(session: Session, actor: Actor, meeting: Meeting, proposal: Proposal, verdict: Verdict, now: datetime) -> None:
    if verdict.outcome != LiaisonWord.UP and not verdict.words:
        raise BadInput(f"“{proposal.title}”{verdict.outcome.label}，请写明说明，提出单位会看到")
    if verdict.outcome != LiaisonWord.UP and proposal.status == ProposalStatus.CARRIED_OVER:
        raise BadInput(f"“{proposal.title}”是上次会议定的下次再议，只能上会或暂不研究")
    told: dict[str, Any] = {"actor": actor, "proposal_id": proposal.id, "now": now}
    if verdict.outcome == LiaisonWord.UP:
        agenda.take_up(session, meeting_id=meeting.id, **told)
        return
    if proposal.meeting_id is None:
        proposal.meeting_id = meeting.id
    if verdict.outcome == LiaisonWord.SETTLED:
        proposals.settle_before(session, reason=verdict.words, **told)
    else:
        more = MORE if verdict.outcome == LiaisonWord.MORE else ""
        proposals.send_back(session, reason=f"{more}{verdict.words}", **told)


def in_words(verdicts: Mapping[int, Verdict]) -> str:
    """上会2项、退回1项: what will follow, before it is done."""
    counts = {word.label: sum(verdict.outcome == word for verdict in verdicts.values()) for word in LiaisonWord}
    return words.listed([f"{label}{count}项" for label, count in counts.items() if count])
