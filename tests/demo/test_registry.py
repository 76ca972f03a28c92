"""The demo's registry: every state and every kind of trouble, counted from the day it is loaded."""

import pytest
from sqlalchemy import func, select
from stdnum.cn import uscc

from coordination.demo.registry_units import SHOPS
from coordination.permissions import SYSTEM
from coordination.registry import board, lists, public, queries
from coordination.registry.queries import obstacles
from models import (
    Appeal,
    AppealStatus,
    Business,
    Category,
    Feedback,
    Inspection,
    InspectionKind,
    Objection,
    Promise,
    Recognition,
    RecognitionStatus,
    Removal,
    RemovalProposal,
    RemovalProposalStatus,
    Scheme,
    Target,
    TradeMeasure,
    TrustEvent,
)
from tests.world import TODAY

S = RecognitionStatus


def of(session, name: str) -> Recognition:
    query = select(Recognition).join(Business).where(Business.name == name).order_by(Recognition.id.desc())
    return session.scalars(query).first()


def test_the_first_scheme_has_the_five_categories_with_their_units_and_targets(loaded):
    scheme = loaded.scalars(select(Scheme).where(Scheme.code == "fxxf")).one()
    targets = {row.category_id: row.number for row in loaded.scalars(select(Target).where(Target.year == TODAY.year))}
    told = [(c.name, c.responsible.short_name, [u.short_name for u in c.co_units], targets[c.id]) for c in scheme.categories]
    assert told == [
        ("放心市场", "县市场监管局", ["县农业农村局"], 8),
        ("放心商店", "县市场监管局", ["县经济商务局"], 100),
        ("放心网店", "县市场监管局", ["县网络经济局"], 100),
        ("放心餐饮店", "县市场监管局", ["县经济商务局"], 75),
        ("放心A级景区", "县文旅局", ["县发改局", "县经济商务局"], 3),
    ]
    assert all(queries.score_sheet(loaded, category.id) is not None for category in loaded.scalars(select(Category)))


def test_units_stand_in_every_state_but_expired_and_some_twenty_are_listed(loaded):
    assert set(loaded.scalars(select(Recognition.status))) == set(S) - {S.EXPIRED}
    assert 18 <= public.count_listed(loaded, TODAY) <= 24


def test_every_code_is_sound_and_of_no_place(loaded):
    codes = [shop.uscc for shop in SHOPS.values()]
    assert len(set(codes)) == len(codes)
    assert all(uscc.is_valid(code) and code.startswith("9199000") for code in codes)


def test_three_left_on_different_grounds_and_one_of_them_is_repaired(loaded):
    removals = {row.name: row for row in loaded.scalars(select(Removal))}
    assert len({row.ground for row in removals.values()}) == 3
    repaired = removals["示例好居家纺网店"]
    assert (repaired.bar_until, repaired.is_public(TODAY)) == (None, False)
    assert not obstacles(loaded, repaired.recognition.business, repaired.recognition.category, TODAY)
    assert removals["示例金穗农资商店"].bars(TODAY)


@pytest.mark.parametrize(
    ("model", "open_"),
    [
        (RemovalProposal, RemovalProposal.status == RemovalProposalStatus.PENDING),
        (Appeal, Appeal.status == AppealStatus.OPEN),
        (Objection, Objection.decided_at.is_(None)),
        (Feedback, Feedback.answered_at.is_(None)),
        (TradeMeasure, TradeMeasure.done_at.is_(None)),
        (TrustEvent, TrustEvent.business_id.is_(None)),
    ],
    ids=["proposal", "appeal", "objection", "feedback", "measure", "unmatched event"],
)
def test_something_of_every_kind_waits(loaded, model, open_):
    assert loaded.scalar(select(func.count()).select_from(model).where(open_)) >= 1


def test_one_expires_soon_one_is_to_be_looked_at_again_and_one_mends(loaded):
    due = board.due(loaded, SYSTEM, TODAY, 60)
    assert (due.expiring, due.recheck, due.overdue, due.proposals) == (1, 1, 0, 1)
    renewable = of(loaded, "示例老街面馆")
    kinds = set(loaded.scalars(select(Inspection.kind).where(Inspection.recognition_id == renewable.id)))
    assert InspectionKind.RECHECK in kinds
    assert of(loaded, "示例明亮眼镜店").status == S.RECTIFYING


def test_promises_reviews_and_an_assessment_are_there(loaded):
    assert loaded.scalar(select(func.count(Promise.id))) == 5
    whole = lists.whole(loaded, of(loaded, "示例新华书店"))
    assert [one.score for one in whole.assessments] == [92]
