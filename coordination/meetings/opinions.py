"""Other units' opinions on a proposal (征求意见): asked by its unit or the office, answered by each unit in its own name."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination import audit
from coordination.accounts.queries import people_in_role, people_of_units
from coordination.meetings import audience, queries, words
from coordination.meetings.audience import LIAISONS_AND_HEADS
from coordination.permissions import Actor, Permission, can, require
from coordination.settings.queries import calendar, rule_in_force
from models import Opinion, Person, Proposal, Role, Rule, Unit
from models.calendar import Deadline, deadline, local_date
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from models.scope import Scope

RULE = "OPINION"


def clock_of(session: Session, code: str, mechanism_id: int, on: date) -> tuple[Rule, Deadline] | None:
    """The rule in force on that day and the last day it gives, with its derivation; None where no rule sets a limit."""
    try:
        rule = rule_in_force(session, code, on, mechanism_id)
    except NotFound:
        return None
    return rule, deadline(on, rule.limit, rule.unit.value, calendar(session))


def of_proposal(session: Session, actor: Actor, proposal: Proposal) -> list[Opinion]:
    """All of them for its unit and those who oversee the mechanism; a unit that was asked reads its own alone."""
    loaded = joinedload(Opinion.unit), joinedload(Opinion.answered_by)
    query = select(Opinion).where(Opinion.proposal_id == proposal.id).options(*loaded)
    own = queries.answers_for(actor)
    if proposal.unit_id not in own and not queries.oversees(actor, proposal.mechanism_id):
        query = query.where(Opinion.unit_id.in_(own))
    return list(session.scalars(query.order_by(Opinion.id)))


def get(session: Session, actor: Actor, opinion_id: int) -> Opinion:
    """The opinion that one of this person's units was asked for; NotFound otherwise."""
    loaded = joinedload(Opinion.proposal).joinedload(Proposal.unit), joinedload(Opinion.unit)
    query = select(Opinion).where(Opinion.id == min(opinion_id, queries.LARGEST_ID), Opinion.unit_id.in_(queries.answers_for(actor)))
    opinion = session.scalar(query.options(*loaded))
    if opinion is None:
        raise NotFound("没有向本单位征求这项意见")
    return opinion


def may_ask(actor: Actor, proposal: Proposal) -> bool:
    """The proposing unit until the meeting has dealt with it, the office once it was handed in."""
    if proposal.status in Proposal.WITH_OFFICE and can(actor, Permission.MEETING_PLAN, Scope(proposal.mechanism_id)):
        return True
    asks = proposal.status in Proposal.WITH_ITS_UNIT | Proposal.WITH_OFFICE
    return asks and can(actor, Permission.PROPOSAL_WRITE, proposal.scope)


def still_to_ask(session: Session, proposal: Proposal, on: date) -> list[Unit]:
    """The members of the mechanism that were not asked yet; the proposing unit is none of them."""
    asked = set(session.scalars(select(Opinion.unit_id).where(Opinion.proposal_id == proposal.id)))
    own = {proposal.unit_id, proposal.unit.heir(on).id}
    return [unit for unit in queries.members(session, proposal.mechanism_id, on) if unit.id not in asked | own]


def ask(session: Session, *, actor: Actor, proposal_id: int, unit_ids: Iterable[int], question: str, now: datetime) -> list[Opinion]:
    """征求意见 of these units; their liaisons and heads are told by when. BadInput for a unit that is no member or was asked before."""
    proposal = queries.get_proposal(session, actor, proposal_id)
    _require_asker(actor, proposal)
    today = local_date(now)
    free, wanted = {unit.id: unit for unit in still_to_ask(session, proposal, today)}, set(unit_ids)
    if not wanted or wanted - set(free):
        raise BadInput("请选择要征求意见的成员单位；已征求过的不重复征求")
    found = clock_of(session, RULE, proposal.mechanism_id, today)
    due_on = found[1].due if found else None
    made = []
    for unit in (unit for unit in free.values() if unit.id in wanted):
        opinion = Opinion(proposal=proposal, unit=unit, question=question, asked_at=now, asked_by_id=actor.person_id, due_on=due_on)
        session.add(opinion)
        made.append(opinion)
    session.flush()
    due = f"，最迟{words.full_day(due_on)}答复" if due_on else ""
    text = f"征求{words.listed([one.unit.short_name for one in made])}意见{due}"
    audit.record(session, actor=actor, action="opinion:ask", subject=proposal, at=now, text=text)
    for opinion in made:
        people = people_of_units(session, [opinion.unit_id], LIAISONS_AND_HEADS)
        _tell(session, opinion, "opinion_asked", people, words.opinion_asked(opinion), f"/meetings/opinions/{opinion.id}", now)
    return made


def answer(session: Session, *, actor: Actor, opinion_id: int, version: int, text: str, now: datetime) -> Opinion:
    """The unit says what it thinks; who asked is told. Conflict, with both texts, when a colleague answered since ``version``."""
    opinion = get(session, actor, opinion_id)
    require(actor, Permission.PROPOSAL_WRITE, opinion.scope)
    if not text.strip():
        raise BadInput("请填写意见；没有意见的，写“无意见”")
    if opinion.version != version and opinion.text != text:
        raise Conflict("本单位的意见刚刚被同事填写", mine=text, theirs=opinion.text, version=opinion.version)
    again = opinion.answered_at is not None
    opinion.answer(text, actor.person_id, now)
    said = f"{opinion.unit.short_name}{'更改' if again else '答复'}意见"
    audit.record(session, actor=actor, action="opinion:answer", subject=opinion.proposal, at=now, text=said, unit=opinion.unit_id)
    message, path = words.opinion_given(opinion), f"/meetings/proposals/{opinion.proposal_id}#opinions"
    _tell(session, opinion, "opinion_given", _askers(session, opinion, now), message, path, now)
    return opinion


def _require_asker(actor: Actor, proposal: Proposal) -> None:
    if may_ask(actor, proposal):
        return
    if not can(actor, Permission.PROPOSAL_WRITE, proposal.scope) and not can(actor, Permission.MEETING_PLAN, Scope(proposal.mechanism_id)):
        raise NotAllowed("议题的意见由提出单位或联席会议办公室征求")
    raise IllegalMove(f"议题现为“{proposal.status.label}”，不再征求意见")


def _askers(session: Session, opinion: Opinion, now: datetime) -> list[Person]:
    """The proposing unit's liaisons, and the office once it has the proposal."""
    proposal = opinion.proposal
    people = people_of_units(session, [proposal.unit.heir(local_date(now)).id, proposal.unit_id])
    offices = people_in_role(session, Role.OFFICE, proposal.mechanism_id) if proposal.status in Proposal.WITH_OFFICE else []
    return [*people, *offices]


def _tell(
    session: Session, opinion: Opinion, kind: str, people: Iterable[Person], message: words.Message, path: str, now: datetime
) -> None:
    audience.tell(session, kind=kind, about=opinion, people=people, message=message, path=path, now=now)
