"""The registry as its staff read it, and what speaks against a business. Each query says for whom."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true
from sqlalchemy.orm import Session, joinedload

from coordination.permissions import UNIT_ROLES, Actor, Permission, can
from models import (
    Appeal,
    Business,
    Category,
    CategoryCoUnit,
    Duty,
    Effect,
    Ground,
    LegalStatus,
    MatchedBy,
    Recognition,
    Removal,
    RemovalProposal,
    RemovalProposalStatus,
    Scheme,
    ScoreSheet,
    Subject,
    TrustEvent,
    Unit,
)
from models.calendar import ONE_DAY, in_words
from models.errors import NotFound

LARGEST_ID = 2**31 - 1  # what an id column of PostgreSQL holds
PAGE = 30


def get_recognition(session: Session, actor: Actor, recognition_id: int) -> Recognition:
    """The recognition, if this person may see it; otherwise NotFound, as if there were none."""
    query = select(Recognition).where(Recognition.id == _id(recognition_id), seen_by(actor))
    found = session.scalar(query.options(*WITH_ALL).execution_options(populate_existing=True))
    if found is None:
        raise NotFound("没有这条申报或认定记录")
    return found


WITH_ALL = (
    joinedload(Recognition.business),
    joinedload(Recognition.category).joinedload(Category.scheme),
    joinedload(Recognition.category).joinedload(Category.responsible),
)


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Which recognitions this person may see: those of the mechanisms overseen, and those that concern the own unit."""
    wide = actor.oversees(Permission.REGISTRY_READ)
    if wide is None:
        return true()
    in_scheme = select(Category.id).join(Scheme).where(Scheme.mechanism_id.in_(wide))
    concerns = [Recognition.category_id.in_(in_scheme)] if wide else []
    if actor.roles & UNIT_ROLES and actor.unit_ids:
        helped = select(CategoryCoUnit.category_id).where(CategoryCoUnit.unit_id.in_(actor.unit_ids))
        led = select(Category.id).where(Category.responsible_id.in_(actor.unit_ids))
        concerns += [
            Recognition.category_id.in_(helped),
            Recognition.category_id.in_(led),
            Recognition.proposed_by_id.in_(actor.unit_ids),
        ]
    return or_(*concerns) if concerns else false()


def schemes(session: Session, actor: Actor) -> list[Scheme]:
    """The schemes of the mechanisms this person oversees or sits in, newest first."""
    wide = actor.oversees(Permission.REGISTRY_READ)
    query = select(Scheme).options(joinedload(Scheme.mechanism)).order_by(Scheme.id.desc())
    if wide is not None:
        query = query.where(Scheme.mechanism_id.in_(wide | actor.mechanism_ids))
    return list(session.scalars(query))


def get_scheme(session: Session, actor: Actor, scheme_id: int) -> Scheme:
    """The scheme, if it is among ``schemes``; else NotFound."""
    found = next((one for one in schemes(session, actor) if one.id == scheme_id), None)
    if found is None:
        raise NotFound("没有这个方案")
    return found


def get_category(session: Session, category_id: int) -> Category:
    """The category with its scheme, or NotFound."""
    query = select(Category).where(Category.id == _id(category_id)).options(joinedload(Category.scheme), joinedload(Category.responsible))
    found = session.scalar(query)
    if found is None:
        raise NotFound("没有这个类别")
    return found


def categories(session: Session, on: date, *, open_only: bool = True) -> list[Category]:
    """The categories of the schemes in force, in order; ``open_only``: those that take applications."""
    query = select(Category).join(Scheme).options(joinedload(Category.scheme), joinedload(Category.responsible))
    found = session.scalars(query.order_by(Scheme.id, Category.position, Category.id))
    return [category for category in found if category.scheme.in_force(on) and (category.is_open or not open_only)]


def score_sheet(session: Session, category_id: int) -> ScoreSheet | None:
    """The newest published score sheet of a category."""
    query = select(ScoreSheet).where(ScoreSheet.category_id == category_id, ScoreSheet.published_at.is_not(None))
    return session.scalars(query.order_by(ScoreSheet.serial.desc())).first()


def get_ground(session: Session, code: str) -> Ground:
    """The ground under this code, or NotFound."""
    found = session.scalar(select(Ground).where(Ground.code == code))
    if found is None:
        raise NotFound("没有这项移出事由")
    return found


def grounds(session: Session) -> list[Ground]:
    """The grounds in use, in order."""
    return list(session.scalars(select(Ground).where(Ground.is_active).order_by(Ground.position, Ground.id)))


def get_event(session: Session, actor: Actor, event_id: int) -> TrustEvent:
    """The trust event; NotFound for who may not read the registry."""
    found = session.get(TrustEvent, event_id) if 0 < event_id <= LARGEST_ID and can(actor, Permission.REGISTRY_READ) else None
    if found is None:
        raise NotFound("没有这条失信信息")
    return found


def get_proposal(session: Session, actor: Actor, proposal_id: int) -> RemovalProposal:
    """The proposal of removal, if this person may see the unit it is about."""
    query = select(RemovalProposal).join(RemovalProposal.recognition).where(RemovalProposal.id == _id(proposal_id), seen_by(actor))
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("没有这条移出建议")
    return found


def get_removal(session: Session, removal_id: int) -> Removal:
    """The removal, or NotFound."""
    found = session.get(Removal, _id(removal_id), populate_existing=True)
    if found is None:
        raise NotFound("没有这条移出记录")
    return found


def get_appeal(session: Session, actor: Actor, appeal_id: int) -> Appeal:
    """The appeal, if this person may see the unit it is about."""
    query = select(Appeal).join(Appeal.removal).join(Removal.recognition).where(Appeal.id == _id(appeal_id), seen_by(actor))
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("没有这件申诉")
    return found


def business_of(session: Session, uscc: str) -> Business | None:
    """The business with this code."""
    return session.scalar(select(Business).where(Business.uscc == uscc))


def live_recognitions(session: Session, business_id: int) -> list[Recognition]:
    """What is in hand or on the list for a business."""
    query = select(Recognition).where(Recognition.business_id == business_id, Recognition.status.in_(Recognition.LIVE))
    return list(session.scalars(query.options(*WITH_ALL).order_by(Recognition.id).execution_options(populate_existing=True)))


def counting_events(session: Session, business_id: int, on: date) -> list[TrustEvent]:
    """The trust events that speak against a business on that day, oldest first."""
    query = select(TrustEvent).where(TrustEvent.business_id == business_id, TrustEvent.counts(on))
    return list(session.scalars(query.options(joinedload(TrustEvent.ground)).order_by(TrustEvent.id)))


def obstacles(session: Session, business: Business, category: Category, on: date, *, itself: int | None = None) -> list[str]:
    """Why this business cannot be recognised in this category on that day, each a sentence; empty: nothing known.

    ``itself``: the recognition that asks, which is no obstacle to itself. An event counts unless its only match is the name, or a person
    has decided (不予移出) that it is not reason enough.
    """
    found = []
    if business.legal_status != LegalStatus.OPEN:
        found.append(f"经营主体已{business.legal_status.label}")
    found += _bars(session, business, on)
    found += [
        f"{event.ground.name}（{in_words(event.happened_on)}，{event.origin}），尚未修复或撤销"
        for event in counting_events(session, business.id, on)
        if event.matched_by != MatchedBy.NAME and _weighs(session, event)
    ]
    found += _live(session, business, category, itself)
    return found


def warnings(session: Session, business: Business, on: date) -> list[str]:
    """What a person should look at before going on: events that match by name alone."""
    return [
        f"名称一致的失信信息待核对：{event.ground.name}（{in_words(event.happened_on)}）"
        for event in counting_events(session, business.id, on)
        if event.matched_by == MatchedBy.NAME
    ]


def units_of_trade(session: Session, category: Category, on: date) -> list[Unit]:
    """Every member unit with a duty for the category's trade, and its co-operating units; heirs answer for merged ones, each once."""
    members = {unit.id: unit for unit in category.scheme.mechanism.members(on)}
    found: dict[int, Unit] = {}
    if category.subjects:
        of_trade = select(Duty).join(Duty.subject).where(Subject.name.in_(category.subjects))
        for duty in session.scalars(of_trade.options(joinedload(Duty.unit))):
            heir = duty.unit.heir(on)
            if duty.in_force(on) and heir.id in members:
                found[heir.id] = heir
    for unit in category.co_units:
        heir = unit.heir(on)
        found[heir.id] = heir
    return list(found.values())


def ids(query: Select[Any], session: Session) -> list[int]:
    """The ids a job is to take up."""
    return list(session.scalars(query))


def _bars(session: Session, business: Business, on: date) -> Iterable[str]:
    query = select(Removal).where(Removal.business_id == business.id, Removal.bars(on)).order_by(Removal.bar_until.desc())
    for removal in session.scalars(query):
        assert removal.bar_until is not None
        again = removal.bar_until + ONE_DAY
        yield f"因{removal.ground}于{in_words(removal.removed_on)}移出名录，{in_words(again)}起方可再申报"


def _weighs(session: Session, event: TrustEvent) -> bool:
    rejected = exists().where(RemovalProposal.event_id == event.id, RemovalProposal.status == RemovalProposalStatus.REJECTED)
    certain = event.is_certain and event.ground.effect == Effect.AT_ONCE
    return event.ground.is_active and (certain or not session.scalar(select(rejected)))


def _live(session: Session, business: Business, category: Category, itself: int | None) -> Iterable[str]:
    for other in live_recognitions(session, business.id):
        if other.id == itself:
            continue
        if other.category_id == category.id:
            yield f"在“{category.name}”已有一条记录（{other.status.label}）"
        elif other.category_id in category.excludes or category.id in other.category.excludes:
            yield f"已在“{other.category.name}”（{other.status.label}），不能同时申报“{category.name}”"


def _id(number: int) -> int:
    """An id that a column can hold; others are nobody's."""
    return number if 0 < number <= LARGEST_ID else 0
