"""Instant removal: what removes at once, what is proposed, who is owed what, and what is left to see."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coordination import audit
from coordination.permissions import SYSTEM
from coordination.registry import proposals, public, queries, trust
from models import (
    EventSource,
    Notice,
    Recognition,
    RecognitionStatus,
    Removal,
    RemovalProposal,
    RemovalProposalStatus,
    Task,
    TradeMeasure,
)
from models.calendar import local_date
from models.errors import BadInput, IllegalMove, NotAllowed
from tests.registry.county import RECOGNISED, WEEK, event, hand_in, recognise, strike

TODAY = local_date(RECOGNISED)


def proposal_of(session) -> RemovalProposal:
    return session.scalars(select(RemovalProposal)).one()


def test_a_unit_on_an_official_list_is_gone_in_the_same_transaction_with_all_that_follows(session, shop):
    unit = recognise(session, shop, 1)
    before = public.version(session)
    assert public.verify(session, unit.token, TODAY).answer == public.Answer.VALID
    strike(session, 1)
    assert unit.status == RecognitionStatus.REMOVED
    assert public.listed(session, TODAY, public.Filter()).rows == []
    assert public.version(session) > before
    (tombstone,) = public.removed(session, TODAY)[0]
    assert (tombstone.name, tombstone.ground, tombstone.certificate_no) == ("惠民超市1号店", "列入严重违法失信名单", "示放消2026-0001")
    assert tombstone.bar_until == date(2027, 6, 29)
    found = public.verify(session, unit.token, TODAY)
    assert (found.answer, found.removal) == (public.Answer.GONE, tombstone)
    task = session.get(Task, tombstone.task_id)
    assert task.number == "任务〔2026〕临-1"
    assert task.lead.code == "SCJG"
    assert "移出名录：列入严重违法失信名单" in audit.history(session, unit)[0].text


def test_the_lead_bureau_the_office_and_every_unit_with_a_duty_for_the_trade_are_owed_it(session, shop, world):
    recognise(session, shop, 1)
    strike(session, 1)
    told = {person.username for person in world.people.values()}
    removed = session.scalars(select(Notice).where(Notice.kind == "registry_removed"))
    assert {notice.person.username for notice in removed} == {"office", "liaison-SCJG", "head-SCJG"} & told
    measure = session.scalars(select(TradeMeasure)).one()
    assert measure.unit.code == "SWJ"
    owed = session.scalars(select(Notice).where(Notice.kind == "registry_measure"))
    assert {notice.person.username for notice in owed} == {"liaison-SWJ"}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"ground": "DEFAULTER"}, "不属于立即移出的法定事由"),
        ({"source": EventSource.ENTERED}, "来源为人工录入"),
        ({"ground": "PENALTY", "on": date(2026, 6, 1)}, "发生在认定（2026年6月29日）之前"),
    ],
)
def test_whatever_is_not_certain_is_proposed_to_a_person(session, shop, more, why):
    unit = recognise(session, shop, 1)
    strike(session, 1, **more)
    assert unit.status == RecognitionStatus.RECOGNISED
    assert why in proposal_of(session).why


def test_a_match_by_name_alone_is_proposed_and_only_when_one_business_bears_it(session, shop):
    unit = recognise(session, shop, 1, name="惠民（一店）")
    trust.record_event(session, actor=SYSTEM, facts=event(None, name="惠民(一店)"), now=RECOGNISED)
    assert unit.status == RecognitionStatus.RECOGNISED
    assert "仅名称一致" in proposal_of(session).why
    hand_in(session, shop, 2, name="惠民（一店）", now=RECOGNISED)
    second = trust.record_event(session, actor=SYSTEM, facts=event(None, name="惠民（一店）", document_no="2号"), now=RECOGNISED)
    assert second.business is None


def test_a_code_that_differs_in_one_character_touches_nobody(session, shop):
    unit = recognise(session, shop, 1)
    strike(session, 2, name=unit.business.name)
    assert unit.status == RecognitionStatus.RECOGNISED
    assert session.scalars(select(RemovalProposal)).all() == []


def test_a_listing_older_than_the_recognition_still_removes_while_it_lasts(session, shop):
    unit = recognise(session, shop, 1)
    strike(session, 1, on=date(2025, 3, 1))
    assert unit.status == RecognitionStatus.REMOVED


def test_an_event_for_an_unknown_business_is_kept_and_matched_when_it_comes(session, shop):
    waiting = strike(session, 7)
    assert waiting.business is None
    with pytest.raises(BadInput, match="列入严重违法失信名单（2026年6月28日，示市监列严字〔2026〕1号），尚未修复或撤销"):
        hand_in(session, shop, 7, now=RECOGNISED)
    assert waiting.business is not None


def test_an_event_in_the_future_or_known_already_is_refused_in_words(session, shop):
    with pytest.raises(BadInput, match="日期2026年6月30日尚未到"):
        strike(session, 1, on=date(2026, 6, 30))
    strike(session, 1)
    with pytest.raises(BadInput, match="已于2026年6月29日登记"):
        strike(session, 1)


def test_only_the_office_enters_official_lists(session, shop, world):
    liaison = world.actor(session, "liaison-SCJG")
    with pytest.raises(NotAllowed):
        trust.record_event(session, actor=liaison, facts=event(1), now=RECOGNISED)
    trust.record_event(session, actor=liaison, facts=event(1, source=EventSource.ENTERED), now=RECOGNISED)
    trust.record_event(session, actor=world.actor(session, "office"), facts=event(2), now=RECOGNISED)


def test_one_person_confirms_and_the_second_is_told_who_was_faster(session, shop, world):
    unit = recognise(session, shop, 1)
    strike(session, 1, ground="DEFAULTER")
    office, proposal = world.actor(session, "office"), proposal_of(session)
    for who in ("liaison-SCJG", "approver", "auditor"):
        with pytest.raises(NotAllowed):
            proposals.confirm(session, actor=world.actor(session, who), proposal_id=proposal.id, reason="属实", now=RECOGNISED)
    removal = proposals.confirm(session, actor=office, proposal_id=proposal.id, reason="属实", now=RECOGNISED)
    assert unit.status == RecognitionStatus.REMOVED
    assert removal.seconds == 0
    with pytest.raises(IllegalMove, match="已由联席会议办公室于6月29日9:00办理：已确认移出"):
        proposals.reject(session, actor=office, proposal_id=proposal.id, reason="不属实", now=RECOGNISED)
    assert session.scalars(select(Removal)).one() is removal


def test_a_rejected_proposal_leaves_the_unit_listed_and_does_not_bar_it_later(session, shop, world):
    unit = recognise(session, shop, 1)
    strike(session, 1, ground="PENALTY", source=EventSource.ENTERED)
    proposals.reject(session, actor=world.actor(session, "office"), proposal_id=proposal_of(session).id, reason="情节轻微", now=RECOGNISED)
    assert unit.is_listed(TODAY)
    assert queries.obstacles(session, unit.business, shop, TODAY, itself=unit.id) == []


def test_an_unanswered_proposal_climbs_once_for_each_rung(session, shop):
    recognise(session, shop, 1)
    strike(session, 1, ground="DEFAULTER")
    proposal, rung = proposal_of(session), []
    now = RECOGNISED
    for _ in range(30):
        now += timedelta(days=1)
        due = proposals.unanswered(session, local_date(now))
        assert due in ([], [proposal.id])
        if due and proposals.climb(session, proposal_id=proposal.id, now=now):
            rung.append(local_date(now))
            assert not proposals.climb(session, proposal_id=proposal.id, now=now)
    assert len(rung) == 3
    told = session.scalars(select(Notice).where(Notice.kind == "registry_proposal_late").order_by(Notice.id))
    assert [notice.person.username for notice in told] == ["deputy", "approver", "convenor"]


def test_a_repair_lifts_a_bar_that_rests_on_the_record_alone_and_takes_its_ground_off_every_page(session, shop):
    unit = recognise(session, shop, 1)
    first = strike(session, 1)
    (removal,) = public.removed(session, TODAY)[0]
    second = strike(session, 1, ground="ABNORMAL", now=RECOGNISED + WEEK)
    assert [basis.ground for basis in removal.bases] == ["列入严重违法失信名单", "列入经营异常名录"]
    later = RECOGNISED + 2 * WEEK
    proposals.repair(session, actor=SYSTEM, event_id=first.id, on=local_date(later), remark="移出名单决定1号", now=later)
    assert (removal.ground, removal.bar_until) == ("列入经营异常名录", date(2026, 10, 6))
    proposals.repair(session, actor=SYSTEM, event_id=second.id, on=local_date(later), remark="移出名录决定2号", now=later)
    assert removal.bar_until is None
    assert public.removed(session, local_date(later))[0] == []
    found = public.verify(session, unit.token, local_date(later))
    assert (found.answer, found.removal) == (public.Answer.GONE, None)
    again = recognise(session, shop, 1, now=later + timedelta(days=1))
    assert again.certificate_no == "示放消2026-0002"


def test_a_bar_not_yet_over_is_told_with_the_day_it_ends(session, shop):
    recognise(session, shop, 1)
    facts = strike(session, 1, ground="DEFAULTER")
    removal = proposals.confirm(session, actor=SYSTEM, proposal_id=proposal_of(session).id, reason="属实", now=RECOGNISED)
    facts.repair(TODAY, "only the record, not the bar")
    session.flush()
    with pytest.raises(BadInput, match="因列为失信被执行人于2026年6月29日移出名录，2027年6月30日起方可再申报"):
        hand_in(session, shop, 1, now=RECOGNISED + WEEK)
    assert not removal.bars(date(2027, 6, 30))


def test_a_failure_anywhere_leaves_the_unit_listed_and_nothing_half_done(app, session, shop, monkeypatch):
    from coordination.registry import removal as service
    from coordination.transaction import transaction

    with transaction() as writing:
        unit_id = recognise(writing, shop, 1).id

    def fails(*_args, **_more):
        raise OSError("disk full")

    monkeypatch.setattr(service, "plaque_task", fails)
    with pytest.raises(OSError, match="disk full"), transaction() as writing:
        strike(writing, 1)
    assert session.get(Recognition, unit_id).status == RecognitionStatus.RECOGNISED
    assert session.scalars(select(Removal)).all() == []
    monkeypatch.undo()
    with transaction() as writing:
        strike(writing, 1)
    assert session.get(Recognition, unit_id).status == RecognitionStatus.REMOVED


def test_without_rules_or_a_unit_that_stands_it_is_removed_all_the_same(session, shop, world):
    from models import Rule

    unit = recognise(session, shop, 1)
    for rule in session.scalars(select(Rule)):
        session.delete(rule)
    for code in ("SCJG",):
        world.units[code].valid_to = TODAY - timedelta(days=1)
    session.flush()
    strike(session, 1)
    assert unit.status == RecognitionStatus.REMOVED
    removal = session.scalars(select(Removal)).one()
    assert (removal.bar_until, removal.task_id) == (None, None)
    assert removal.shown_until == date(2026, 9, 29)


def test_proposals_lapse_when_the_unit_goes_for_another_reason_or_the_event_falls(session, shop):
    recognise(session, shop, 1)
    recognise(session, shop, 2)
    strike(session, 1, ground="DEFAULTER")
    strike(session, 1)
    fallen = strike(session, 2, ground="DEFAULTER")
    proposals.reverse(session, actor=SYSTEM, event_id=fallen.id, on=TODAY, remark="执行裁定撤销", now=RECOGNISED)
    statuses = session.scalars(select(RemovalProposal.status).order_by(RemovalProposal.id)).all()
    assert statuses == [RemovalProposalStatus.LAPSED, RemovalProposalStatus.LAPSED]
