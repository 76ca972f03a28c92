"""Trust events: recorded, matched, followed. A certain one removes in the same transaction; any other is proposed to a person."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.permissions import SYSTEM, Actor, Permission, require
from coordination.registry import limits, queries, telling
from coordination.registry.removal import remove, removes_at_once, rest_on
from models import (
    Business,
    EventSource,
    Ground,
    MatchedBy,
    Recognition,
    Removal,
    RemovalProposal,
    RemovalProposalStatus,
    Role,
    TrustEvent,
)
from models.business import read_name, read_uscc
from models.calendar import in_words, local_date
from models.errors import BadInput
from models.scope import Scope

TOLD_OF_EVENTS = "registry_event"
NEEDS_PAPER = frozenset({EventSource.OFFICIAL_LIST, EventSource.COMPLAINT, EventSource.SAMPLING})


@dataclass(frozen=True)
class EventFacts:
    """A trust event as somebody or some list says it."""

    ground: str
    source: EventSource
    name: str
    uscc: str = ""
    happened_on: date = date.min
    authority: str = ""
    document_no: str = ""
    text: str = ""
    counts_until: date | None = None
    raw: dict[str, str] = field(default_factory=dict)


def record_event(session: Session, *, actor: Actor, facts: EventFacts, now: datetime) -> TrustEvent:
    """Write a trust event down and do at once what follows from it. BadInput for one that is known already, or cannot be meant.

    An official list is entered by the office alone: what it says removes without anybody's judgement.
    """
    audit.queue(session)
    _check_right(actor, facts)
    known = known_event(session, facts)
    if known is not None:
        raise BadInput(f"这条失信信息已于{in_words(local_date(known.received_at))}登记，不必重复录入")
    return take_event(session, actor=actor, facts=facts, now=now)


def take_event(session: Session, *, actor: Actor, facts: EventFacts, now: datetime) -> TrustEvent:
    """The event, matched and followed, for callers that have asked for the right and the turn to write. BadInput as ``check_facts``."""
    code = check_facts(facts, local_date(now))
    ground = queries.get_ground(session, facts.ground)
    event = TrustEvent(
        uscc=code,
        name=facts.name,
        plain_name=read_name(facts.name)[:120],
        matched_by=MatchedBy.NONE,
        ground=ground,
        source=facts.source,
        authority=facts.authority,
        document_no=facts.document_no,
        text=facts.text,
        happened_on=facts.happened_on,
        counts_until=facts.counts_until or _counts_until(session, ground, facts.happened_on),
        fingerprint=fingerprint(facts, code),
        raw=facts.raw,
        received_at=now,
    )
    session.add(event)
    session.flush()
    said = f"{event.source.label}：{ground.name}，{event.name}（{event.uscc or '无统一社会信用代码'}），{in_words(event.happened_on)}"
    audit.record(session, actor=actor, action="trust:record", subject=event, at=now, text=said)
    business, by = find_business(session, event)
    if business is not None:
        event.match(business, by)
        follow(session, event, now)
    return event


def check_facts(facts: EventFacts, today: date) -> str | None:
    """The code of an event, if it has one; BadInput for facts that cannot be meant."""
    code = read_uscc(facts.uscc) if facts.uscc.strip() else None
    if not facts.name.strip():
        raise BadInput("请填写经营者名称")
    if len(facts.name) > 120:
        raise BadInput("经营者名称最多120字")
    if facts.happened_on == date.min:
        raise BadInput("请填写列入或决定日期")
    if facts.happened_on > today:
        raise BadInput(f"日期{in_words(facts.happened_on)}尚未到，请核对")
    if facts.counts_until is not None and facts.counts_until < facts.happened_on:
        raise BadInput("截止日期不能早于列入或决定日期")
    if facts.source in NEEDS_PAPER and not (facts.document_no or facts.authority):
        raise BadInput("请填写文号或作出决定的机关")
    return code


def known_event(session: Session, facts: EventFacts) -> TrustEvent | None:
    """The event that says the same, if there is one."""
    code = read_uscc(facts.uscc) if facts.uscc.strip() else None
    return session.scalar(select(TrustEvent).where(TrustEvent.fingerprint == fingerprint(facts, code)))


def fingerprint(facts: EventFacts, code: str | None) -> str:
    """The same for the same fact, however it was typed: ground, who, which paper, which day."""
    said = [facts.ground, code or read_name(facts.name), read_name(facts.document_no), facts.happened_on.isoformat()]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def find_business(session: Session, event: TrustEvent) -> tuple[Business | None, MatchedBy]:
    """Whose event it is: by all 18 characters, or, where it has no code, by a name that only one business bears."""
    if event.uscc is not None:
        found = queries.business_of(session, event.uscc)
        return found, MatchedBy.CODE if found is not None else MatchedBy.NONE
    namesakes = list(session.scalars(select(Business).where(Business.plain_name == event.plain_name).limit(2)))
    return (namesakes[0], MatchedBy.NAME) if len(namesakes) == 1 else (None, MatchedBy.NONE)


def match_waiting(session: Session, business: Business, now: datetime) -> int:
    """Give a business that has just become known the events that waited for it; returns how many. Each is followed like a new one."""
    by_code = TrustEvent.uscc == business.uscc if business.uscc else TrustEvent.id < 0
    by_name = TrustEvent.uscc.is_(None) & (TrustEvent.plain_name == business.plain_name)
    query = select(TrustEvent).where(TrustEvent.business_id.is_(None), or_(by_code, by_name)).order_by(TrustEvent.id)
    waiting = list(session.scalars(query))
    for event in waiting:
        found, by = find_business(session, event)
        if found is not business:
            continue
        event.match(business, by)
        text = f"匹配到{business.name}（{by.label}）"
        audit.record(session, actor=SYSTEM, action="trust:match", subject=event, at=now, text=text)
        follow(session, event, now)
    return len(waiting)


def match_event(session: Session, *, actor: Actor, event_id: int, business_id: int, reason: str, now: datetime) -> TrustEvent:
    """A person says whose event it is, with the reason; what follows is then proposed, never done at once."""
    audit.queue(session)
    require(actor, Permission.REMOVAL_CONFIRM)
    event = queries.get_event(session, actor, event_id)
    business = session.get(Business, business_id) if 0 < business_id <= queries.LARGEST_ID else None
    if business is None:
        raise BadInput("没有这个经营主体，请重新选择")
    if event.matched_by in {MatchedBy.CODE, MatchedBy.PERSON}:
        raise BadInput("这条失信信息已匹配到经营主体，不必再匹配")
    if event.uscc and business.uscc and event.uscc != business.uscc:
        raise BadInput(f"统一社会信用代码不一致：信息为{event.uscc}，该主体为{business.uscc}")
    if not reason.strip():
        raise BadInput("请写明认定为同一主体的理由")
    event.match(business, MatchedBy.PERSON)
    audit.record(session, actor=actor, action="trust:match", subject=event, at=now, text=f"匹配到{business.name}。理由：{reason}")
    follow(session, event, now)
    return event


def follow(session: Session, event: TrustEvent, now: datetime) -> None:
    """What an event brings about now: removal at once, a proposal, a longer bar, or a word to the office about an application."""
    today = local_date(now)
    if event.business_id is None and event.business is None:
        return
    assert event.business is not None
    session.flush()
    if not event.counts(today):
        return
    live = queries.live_recognitions(session, event.business.id)
    for recognition in live:
        if recognition.is_listed(today):
            _follow_listed(session, recognition, event, now)
        elif recognition.status in Recognition.PENDING:
            _warn(session, recognition, event, now)
    if removes_at_once(event):
        for removal in session.scalars(select(Removal).where(Removal.business_id == event.business.id, Removal.overturned_at.is_(None))):
            if removal.bars(today) or removal.is_public(today):
                rest_on(session, removal, event, today)


def why_proposed(event: TrustEvent, recognition: Recognition) -> str:
    """Why a person must judge, or empty when nobody need: the unit goes at once."""
    assert recognition.recognised_on is not None
    reasons = []
    if event.source != EventSource.OFFICIAL_LIST:
        reasons.append(f"来源为{event.source.label}")
    if event.matched_by != MatchedBy.CODE:
        reasons.append(event.matched_by.label)
    if event.is_certain and not removes_at_once(event):
        reasons.append(f"“{event.ground.name}”不属于立即移出的法定事由")
    if not event.ground.is_standing and event.happened_on < recognition.recognised_on:
        reasons.append(f"发生在认定（{in_words(recognition.recognised_on)}）之前")
    return "；".join(reasons)


def _follow_listed(session: Session, recognition: Recognition, event: TrustEvent, now: datetime) -> None:
    """Removal at once, or a proposal to the office."""
    why = why_proposed(event, recognition)
    if not why:
        remove(session, actor=SYSTEM, recognition=recognition, event=event, known_at=now, now=now)
        return
    if not event.ground.is_active:
        return
    here = (RemovalProposal.recognition_id == recognition.id, RemovalProposal.event_id == event.id)
    if session.scalar(select(RemovalProposal.id).where(*here)) is not None:
        return
    category = recognition.category
    today, mechanism_id = local_date(now), category.scheme.mechanism_id
    proposal = RemovalProposal(
        recognition=recognition,
        event=event,
        status=RemovalProposalStatus.PENDING,
        why=why[:300],
        opened_at=now,
        due_on=limits.due_day(session, "REG_PROPOSAL", today, mechanism_id, otherwise=2),
    )
    session.add(proposal)
    session.flush()
    text = f"提出移出建议：{event.ground.name}。须由人确认：{why}"
    audit.record(session, actor=SYSTEM, action="registry:propose", subject=recognition, at=now, text=text, proposal=proposal.id)
    people = telling.office(session, category) or telling.in_role(session, category, Role.DEPUTY)
    path = f"/registry/proposals/{proposal.id}#do"
    telling.tell(session, kind="registry_proposal", subject=proposal, people=people, path=path, now=now, proposal=proposal)


def _warn(session: Session, recognition: Recognition, event: TrustEvent, now: datetime) -> None:
    """An application is in hand: it cannot be recognised while the event counts; office and responsible unit should know."""
    category = recognition.category
    people = telling.each_once(telling.office(session, category), telling.responsible(session, category, now))
    path = f"/registry/{recognition.id}"
    telling.tell(
        session,
        kind=TOLD_OF_EVENTS,
        subject=event,
        people=people,
        path=path,
        now=now,
        slot=recognition.id,
        event=event,
        recognition=recognition,
    )


def _counts_until(session: Session, ground: Ground, happened_on: date) -> date | None:
    """A list counts until it is left; a single event as long as the bar its ground carries, or three months."""
    if ground.is_standing:
        return None
    rule = limits.rule_or_none(session, ground.bar_rule or "REG_SHOWN", happened_on, None)
    return limits.last_day_of(rule, happened_on) if rule is not None else limits.months_after(happened_on, 12)


def _check_right(actor: Actor, facts: EventFacts) -> None:
    require(actor, Permission.REMOVAL_CONFIRM if facts.source == EventSource.OFFICIAL_LIST else Permission.TRUST_WRITE, Scope())
