"""The life of a recognised unit, appeals against its removal, and feedback."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coordination.permissions import SYSTEM
from coordination.registry import appeals, businesses, feedback, inspecting, life, proposals, public, queries, removal, service
from models import (
    Appeal,
    FeedbackKind,
    InspectionKind,
    LegalStatus,
    Notice,
    PromiseKind,
    RecognitionStatus,
    Removal,
    RemovalProposal,
    Task,
    TaskStatus,
    TradeMeasure,
)
from models.calendar import local_date
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from tests.registry.county import RECOGNISED, WEEK, findings, hand_in, recognise, strike

TODAY = local_date(RECOGNISED)
ONE_DAY = timedelta(days=1)


def at(day: date):
    """Nine in the morning of that day."""
    return RECOGNISED + (day - TODAY)


def test_on_its_last_day_a_unit_is_listed_and_the_next_it_is_not_before_any_job_has_run(session, shop):
    unit = recognise(session, shop, 1)
    last = unit.valid_until
    assert public.get_unit(session, unit.id, last) is unit
    with pytest.raises(NotFound):
        public.get_unit(session, unit.id, last + ONE_DAY)
    assert public.verify(session, unit.token, last + ONE_DAY).answer == public.Answer.GONE
    assert life.expired(session, last) == []
    assert life.expired(session, last + ONE_DAY) == [unit.id]
    assert life.expire(session, recognition_id=unit.id, now=at(last + 5 * ONE_DAY))
    assert not life.expire(session, recognition_id=unit.id, now=at(last + 5 * ONE_DAY))
    assert (unit.status, unit.ended_on) == (RecognitionStatus.EXPIRED, last + ONE_DAY)


def test_expiry_and_recheck_are_told_once_for_each_day(session, shop):
    unit = recognise(session, shop, 1)
    soon = at(unit.valid_until - 60 * ONE_DAY)
    assert life.expiring(session, local_date(soon) - ONE_DAY) == []
    assert life.expiring(session, local_date(soon)) == [unit.id]
    assert [life.remind_expiring(session, recognition_id=unit.id, now=soon) for _ in range(2)] == [True, False]
    assert life.to_recheck(session, date(2027, 6, 29)) == [unit.id]
    assert life.expiring(session, local_date(soon)) == []
    due = at(date(2027, 6, 29))
    assert [life.remind_recheck(session, recognition_id=unit.id, now=due) for _ in range(2)] == [True, False]
    assert {notice.person.username for notice in session.scalars(select(Notice).where(Notice.kind == "registry_recheck"))} == {
        "liaison-SCJG"
    }


def test_renewal_needs_a_passed_recheck_and_the_right_time(session, shop, world):
    unit, approver = recognise(session, shop, 1), world.actor(session, "approver")
    with pytest.raises(IllegalMove, match="2029年4月30日起方可办理续期"):
        life.renew(session, actor=approver, recognition_id=unit.id, now=RECOGNISED)
    late = at(date(2029, 6, 1))
    with pytest.raises(BadInput, match="没有合格的年度复查"):
        life.renew(session, actor=approver, recognition_id=unit.id, now=late)
    found = findings(queries.score_sheet(session, shop.id), key="again", on=date(2029, 5, 1))
    service.inspect(session, actor=SYSTEM, recognition_id=unit.id, kind=InspectionKind.RECHECK, found=found, now=late)
    life.renew(session, actor=approver, recognition_id=unit.id, now=late)
    assert (unit.valid_until, unit.next_check_on) == (date(2032, 6, 29), date(2030, 5, 1))


def test_rectification_keeps_it_listed_and_overdue_it_is_proposed_once(session, shop, world):
    unit, inspector = recognise(session, shop, 1), world.actor(session, "liaison-SCJG")
    life.order_rectification(session, actor=inspector, recognition_id=unit.id, finding="未明码标价", by=None, now=RECOGNISED)
    assert (unit.status, unit.rectify_by) == (RecognitionStatus.RECTIFYING, date(2026, 7, 20))
    assert unit.is_listed(TODAY)
    assert life.rectification_overdue(session, unit.rectify_by) == []
    late = at(unit.rectify_by + ONE_DAY)
    assert life.rectification_overdue(session, local_date(late)) == [unit.id]
    assert [life.propose_unmended(session, recognition_id=unit.id, now=late) for _ in range(2)] == [True, False]
    assert life.rectification_overdue(session, local_date(late)) == []
    assert session.scalars(select(RemovalProposal)).one().event.ground.name == "整改逾期未改正"
    found = findings(queries.score_sheet(session, shop.id), key="mended", on=local_date(late))
    service.inspect(session, actor=inspector, recognition_id=unit.id, kind=InspectionKind.RECTIFICATION, found=found, now=late)
    assert (unit.status, unit.rectify_by) == (RecognitionStatus.RECOGNISED, None)


def test_a_new_name_and_place_show_at_once_and_an_edit_cannot_touch_a_status(session, shop, world):
    unit = recognise(session, shop, 1)
    strike_id = recognise(session, shop, 2)
    strike(session, 2)
    office = world.actor(session, "office")
    given = {"name": "惠民新超市", "address": "建设路2号", "street": "江滨街道", "phone": "", "now": RECOGNISED + WEEK}
    for one in (unit, strike_id):
        businesses.change(session, actor=office, business_id=one.business_id, version=one.business.version, **given)
    with pytest.raises(Conflict):
        businesses.change(session, actor=office, business_id=unit.business_id, version=1, **given)
    assert (unit.business.name_on(TODAY), unit.business.name) == ("惠民超市1号店", "惠民新超市")
    assert (unit.street, unit.business.initials) == ("江滨街道", "hmxcs")
    rows = public.listed(session, TODAY, public.Filter(street="江滨街道")).rows
    assert [row.id for row in rows] == [unit.id]
    assert session.scalars(select(Removal)).one().name == "惠民超市2号店"


def test_a_business_that_is_no_more_leaves_with_everything_it_holds(session, shop, categories):
    unit, other = recognise(session, shop, 1), hand_in(session, categories["sight"], 1)
    life.close_business(
        session, actor=SYSTEM, business_id=unit.business_id, status=LegalStatus.CANCELLED, remark="登记机关公告", now=RECOGNISED
    )
    assert (unit.status, other.status) == (RecognitionStatus.WITHDRAWN, RecognitionStatus.WITHDRAWN)
    assert unit.reason == "经营主体注销"
    with pytest.raises(BadInput, match="经营主体已注销"):
        hand_in(session, shop, 1, now=RECOGNISED)


def test_leaving_of_its_own_will_is_no_removal(session, shop, world):
    unit = recognise(session, shop, 1)
    with pytest.raises(NotAllowed):
        life.withdraw(session, actor=world.actor(session, "liaison-SCJG"), recognition_id=unit.id, reason="转让", now=RECOGNISED)
    life.withdraw(session, actor=world.actor(session, "office"), recognition_id=unit.id, reason="店铺转让", now=RECOGNISED)
    assert session.scalars(select(Removal)).all() == []
    assert session.scalars(select(Task)).one().title == "摘除标牌：惠民超市1号店"
    hand_in(session, shop, 1, now=RECOGNISED)


def test_a_proven_breach_of_a_promise_is_a_trust_event(session, shop):
    unit = recognise(session, shop, 1)
    made = life.promise(session, actor=SYSTEM, recognition_id=unit.id, kind=PromiseKind.RETURNS, text="七日内无理由退货", now=RECOGNISED)
    assert public.promises(session, unit.id, TODAY) == [made]
    with pytest.raises(BadInput, match="不在承诺期内"):
        life.record_breach(session, actor=SYSTEM, promise_id=made.id, happened_on=TODAY - ONE_DAY, proof="拒退", now=RECOGNISED)
    life.record_breach(session, actor=SYSTEM, promise_id=made.id, happened_on=TODAY, proof="拒退", now=RECOGNISED)
    assert session.scalars(select(RemovalProposal)).one().event.ground.name == "拒不履行公开承诺"


def test_a_visit_counts_once_and_few_voices_give_no_mean(session, shop):
    unit = recognise(session, shop, 1)
    for visit in range(4):
        life.review_by_consumer(session, recognition_id=unit.id, visit=f"v{visit}", stars=5, text="", now=RECOGNISED)
    with pytest.raises(IllegalMove, match="已评价过"):
        life.review_by_consumer(session, recognition_id=unit.id, visit="v0", stars=1, text="", now=RECOGNISED)
    assert inspecting.consumer_score(session, unit, RECOGNISED) == (4, None)
    life.review_by_consumer(session, recognition_id=unit.id, visit="v4", stars=1, text="", now=RECOGNISED)
    assert inspecting.consumer_score(session, unit, RECOGNISED) == (5, 4.2)


def _struck(session, shop):
    unit = recognise(session, shop, 1)
    listing = strike(session, 1)
    return unit, listing, session.scalars(select(Removal)).one()


def test_an_appeal_has_a_clock_and_refused_it_changes_nothing(session, shop, world):
    unit, _, removed = _struck(session, shop)
    appeal = appeals.lodge(session, actor=SYSTEM, removal_id=removed.id, text="不是本店", contact="", now=RECOGNISED)
    assert appeal.due_on == date(2026, 7, 27)
    with pytest.raises(IllegalMove, match="已有一件申诉在复核中"):
        appeals.lodge(session, actor=SYSTEM, removal_id=removed.id, text="再诉", contact="", now=RECOGNISED)
    given = {"appeal_id": appeal.id, "version": appeal.version, "now": RECOGNISED + WEEK}
    with pytest.raises(NotAllowed):
        appeals.decide(session, actor=world.actor(session, "office"), upheld=True, answer="成立", **given)
    approver = world.actor(session, "approver")
    assert appeals.decide(session, actor=approver, upheld=False, answer="名单属实", **given) is None
    assert (unit.status, removed.bar_until) == (RecognitionStatus.REMOVED, date(2027, 6, 29))
    with pytest.raises(IllegalMove, match="申诉期限至2026年7月29日"):
        appeals.lodge(session, actor=SYSTEM, removal_id=removed.id, text="再诉", contact="", now=RECOGNISED + 5 * WEEK)


def test_an_upheld_appeal_lists_it_again_with_a_new_number_and_its_old_plaque_answers_for_it(session, shop, world):
    unit, listing, removed = _struck(session, shop)
    listing.repair(TODAY, "列入错误，已更正")
    appeal = appeals.lodge(session, actor=SYSTEM, removal_id=removed.id, text="名单有误", contact="", now=RECOGNISED)
    approver = world.actor(session, "approver")
    given = {"appeal_id": appeal.id, "version": appeal.version, "answer": "名单已更正", "now": RECOGNISED + WEEK}
    again = appeals.decide(session, actor=approver, upheld=True, **given)
    assert (again.certificate_no, again.valid_until, again.reinstates) == ("示放消2026-0002", unit.valid_until, unit)
    assert public.verify(session, unit.token, TODAY + WEEK) == public.Verification(public.Answer.VALID, again)
    assert public.removed(session, TODAY + WEEK)[0] == []
    assert session.get(Task, removed.task_id).status == TaskStatus.CANCELLED
    assert unit.status == RecognitionStatus.REMOVED


def test_an_upheld_appeal_does_not_list_what_something_else_stands_against(session, shop):
    _, _, removed = _struck(session, shop)
    appeal = appeals.lodge(session, actor=SYSTEM, removal_id=removed.id, text="名单有误", contact="", now=RECOGNISED)
    given = {"appeal_id": appeal.id, "version": appeal.version, "answer": "成立", "now": RECOGNISED}
    assert appeals.decide(session, actor=SYSTEM, upheld=True, **given) is None
    assert public.count_listed(session, TODAY) == 0
    assert removed.bar_until is None


def test_a_reversed_penalty_lifts_the_bar_and_asks_the_approver(session, shop):
    recognise(session, shop, 1)
    penalty = strike(session, 1, ground="PENALTY")
    proposal = session.scalars(select(RemovalProposal)).one()
    removed = proposals.confirm(session, actor=SYSTEM, proposal_id=proposal.id, reason="属实", now=RECOGNISED)
    later = RECOGNISED + WEEK
    proposals.reverse(session, actor=SYSTEM, event_id=penalty.id, on=local_date(later), remark="复议撤销", now=later)
    appeal = session.scalars(select(Appeal)).one()
    assert removed.bar_until is None
    assert appeals.decide(
        session, actor=SYSTEM, appeal_id=appeal.id, version=appeal.version, upheld=True, answer="恢复", now=later
    ).is_listed(TODAY + WEEK)
    with pytest.raises(IllegalMove, match="已撤销（复议撤销）"):
        proposals.reverse(session, actor=SYSTEM, event_id=penalty.id, on=local_date(later), remark="再撤", now=later)


def test_a_unit_with_a_duty_for_the_trade_says_once_what_it_did(session, shop, world):
    _struck(session, shop)
    measure = session.scalars(select(TradeMeasure)).one()
    with pytest.raises(NotFound):
        removal.record_measure(session, actor=world.actor(session, "liaison-JYJ"), measure_id=measure.id, text="无", now=RECOGNISED)
    swj = world.actor(session, "liaison-SWJ")
    removal.record_measure(session, actor=swj, measure_id=measure.id, text="暂停促消费活动资格", now=RECOGNISED)
    with pytest.raises(IllegalMove):
        removal.record_measure(session, actor=swj, measure_id=measure.id, text="再填", now=RECOGNISED)


def test_feedback_goes_to_the_unit_that_answers_and_a_flood_is_slowed(session, shop, world):
    unit = recognise(session, shop, 1)
    given = {"kind": FeedbackKind.MISMATCH, "text": "店名不一致", "contact": "", "now": RECOGNISED}
    sent = feedback.send(session, recognition_id=unit.id, address="192.0.2.1", **given)
    assert (sent.number, sent.unit.code, sent.due_on) == ("反馈2026-1", "SCJG", date(2026, 7, 8))
    fake = feedback.send(session, recognition_id=None, address="192.0.2.1", **given | {"kind": FeedbackKind.FAKE})
    assert fake.unit.code == "SCJG"
    for _ in range(8):
        feedback.send(session, recognition_id=unit.id, address="192.0.2.1", **given)
    with pytest.raises(feedback.TooMany):
        feedback.send(session, recognition_id=unit.id, address="192.0.2.1", **given)
    feedback.send(session, recognition_id=unit.id, address="192.0.2.2", **given)
    with pytest.raises(NotFound):
        feedback.answer(session, actor=world.actor(session, "liaison-JYJ"), feedback_id=sent.id, text="已核实", now=RECOGNISED)
    feedback.answer(session, actor=world.actor(session, "liaison-SCJG"), feedback_id=sent.id, text="已核实", now=RECOGNISED)
    assert sent.answer == "已核实"
