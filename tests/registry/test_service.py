"""The gates: application, review, inspection, public notice with objections, recognition by the approver."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from coordination import crypto
from coordination.permissions import SYSTEM
from coordination.registry import applying, public, queries, service
from models import Inspection, InspectionKind, Origin, Recognition, RecognitionStatus
from models.calendar import local_date
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from tests.registry.county import OFFERED, RECOGNISED, application, event, findings, hand_in, put_on_notice, recognise, strike


def test_a_public_application_is_found_again_by_its_token_and_shows_where_it_stands(session, shop):
    draft, token = applying.start_draft(session, now=OFFERED)
    applying.save_draft(session, token=token, version=draft.version, answers={"name": "惠民超市"}, now=OFFERED)
    assert applying.draft_of(session, token, OFFERED + timedelta(days=30)).answers == {"name": "惠民超市"}
    with pytest.raises(NotFound):
        applying.draft_of(session, token, OFFERED + timedelta(days=31))
    with pytest.raises(NotFound):
        applying.draft_of(session, token + "x", OFFERED)
    with pytest.raises(Conflict):
        applying.save_draft(session, token=token, version=draft.version - 1, answers={}, now=OFFERED)
    recognition = applying.hand_in(session, token=token, application=application(shop, 1), now=OFFERED)
    assert applying.draft_of(session, token, RECOGNISED + timedelta(days=400)).recognition is recognition
    with pytest.raises(IllegalMove, match="这份申报已提交"):
        applying.hand_in(session, token=token, application=application(shop, 2), now=OFFERED)


def test_papers_are_taken_by_what_they_are_not_by_what_they_say(session, shop):
    _, token = applying.start_draft(session, now=OFFERED)
    given = {"kind": "营业执照", "name": "执照.pdf", "media_type": "application/pdf", "now": OFFERED}
    applying.attach(session, token=token, content=b"%PDF-1.7 ...", **given)
    for content in (b"MZ...", b""):
        with pytest.raises(BadInput):
            applying.attach(session, token=token, content=content, **given)


@pytest.mark.parametrize(
    ("typed", "message"),
    [("9133072600000000", "应为18位，现有16位"), ("913307260000000010", "校验位不符，请核对第18位"), ("", "应为18位，现有0位")],
)
def test_a_code_that_cannot_be_is_refused_in_words(session, shop, typed, message):
    wrong = application(shop, 1)
    wrong = applying.Application(shop.id, applying.BusinessFacts(typed, wrong.business.name, wrong.business.address), wrong.declarations)
    _, token = applying.start_draft(session, now=OFFERED)
    with pytest.raises(BadInput, match=message):
        applying.hand_in(session, token=token, application=wrong, now=OFFERED)


def test_a_code_typed_in_full_width_is_the_same_code(session, shop):
    plain = application(shop, 1)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in plain.business.uscc)
    _, token = applying.start_draft(session, now=OFFERED)
    facts = applying.BusinessFacts(f" {wide[:9]}　{wide[9:]} ", plain.business.name, plain.business.address)
    made = applying.hand_in(session, token=token, application=applying.Application(shop.id, facts, plain.declarations), now=OFFERED)
    assert made.business.uscc == plain.business.uscc


def test_one_business_has_one_live_record_in_a_category(session, shop, categories):
    hand_in(session, shop, 1)
    with pytest.raises(BadInput, match="在“放心商店”已有一条记录（待审核）"):
        hand_in(session, shop, 1)
    hand_in(session, categories["sight"], 1)


def test_categories_that_exclude_each_other_are_not_held_at_once(session, shop, categories):
    categories["sight"].excludes = [shop.id]
    hand_in(session, categories["sight"], 1)
    with pytest.raises(BadInput, match="已在“放心景区”（待审核），不能同时申报“放心商店”"):
        hand_in(session, shop, 1)


def test_a_unit_puts_a_business_forward_in_its_own_name_only(session, shop, world):
    swj = world.actor(session, "liaison-SWJ")
    made = applying.apply_for(session, actor=swj, application=application(shop, 1), unit_id=world.units["SWJ"].id, now=OFFERED)
    assert (made.origin, made.proposed_by.code) == (Origin.UNIT, "SWJ")
    with pytest.raises(NotAllowed, match="只能以本单位名义推荐"):
        applying.apply_for(session, actor=swj, application=application(shop, 2), unit_id=world.units["JYJ"].id, now=OFFERED)
    assert queries.get_recognition(session, swj, made.id) is made
    with pytest.raises(NotFound):
        queries.get_recognition(session, world.actor(session, "liaison-JYJ"), made.id)


def test_each_gate_is_kept_by_its_role(session, shop, world):
    made = hand_in(session, shop, 1)
    sheet = queries.score_sheet(session, shop.id)
    for who in ("liaison-JYJ", "approver", "auditor", "admin"):
        with pytest.raises((NotAllowed, NotFound)):
            service.review(session, actor=world.actor(session, who), recognition_id=made.id, opinion="", now=OFFERED)
    unit = world.actor(session, "liaison-SCJG")
    service.review(session, actor=unit, recognition_id=made.id, opinion="", now=OFFERED)
    service.inspect(session, actor=unit, recognition_id=made.id, kind=InspectionKind.FIRST, found=findings(sheet), now=OFFERED)
    with pytest.raises(NotAllowed):
        service.publish(session, actor=unit, recognition_id=made.id, now=OFFERED)
    office = world.actor(session, "office")
    service.publish(session, actor=office, recognition_id=made.id, now=OFFERED)
    for who in (unit, office):
        with pytest.raises(NotAllowed):
            service.recognise(session, actor=who, recognition_id=made.id, version=made.version, now=RECOGNISED)
    service.recognise(session, actor=world.actor(session, "approver"), recognition_id=made.id, version=made.version, now=RECOGNISED)
    assert made.status == RecognitionStatus.RECOGNISED


def test_an_inspection_sent_twice_is_kept_once_and_one_that_falls_short_says_where(session, shop):
    made = hand_in(session, shop, 1)
    service.review(session, actor=SYSTEM, recognition_id=made.id, opinion="", now=OFFERED)
    sheet = queries.score_sheet(session, shop.id)
    given = {"actor": SYSTEM, "recognition_id": made.id, "kind": InspectionKind.FIRST, "now": OFFERED}
    low = service.inspect(session, found=findings(sheet, key="a", short=True), **given)
    assert low.shortfall == "总分60，最低80"
    assert made.status == RecognitionStatus.REVIEWED
    good = service.inspect(session, found=findings(sheet, key="b"), **given)
    assert service.inspect(session, found=findings(sheet, key="b"), **given) is good
    assert made.status == RecognitionStatus.INSPECTED
    assert len(session.scalars(select(Inspection)).all()) == 2


def test_points_beyond_the_sheet_are_refused(session, shop):
    made = hand_in(session, shop, 1)
    service.review(session, actor=SYSTEM, recognition_id=made.id, opinion="", now=OFFERED)
    found = findings(queries.score_sheet(session, shop.id))
    first = next(iter(found.points))
    given = {"actor": SYSTEM, "recognition_id": made.id, "kind": InspectionKind.FIRST, "now": OFFERED}
    for points, message in (
        ({**found.points, first: 99}, "“进货查验”应为0至30分"),
        ({**found.points, 999: 1}, "不在评分表中"),
        ({first: 1}, "还有3项没有评分"),
    ):
        with pytest.raises(BadInput, match=message):
            service.inspect(session, found=service.Findings("x", found.sheet_id, found.inspected_on, points), **given)


def test_the_notice_runs_its_working_days_and_an_open_objection_stops_the_recognition(session, shop, world):
    made = put_on_notice(session, shop, 1)
    assert (made.notice_from, made.notice_until) == (date(2026, 6, 18), date(2026, 6, 26))
    approver = world.actor(session, "approver")
    with pytest.raises(IllegalMove, match="公示期至2026年6月26日"):
        service.recognise(session, actor=approver, recognition_id=made.id, version=made.version, now=OFFERED + timedelta(days=8))
    objection = service.object_to(session, actor=SYSTEM, recognition_id=made.id, text="价格与标签不符", contact="", now=OFFERED)
    with pytest.raises(IllegalMove, match="公示异议尚未核实"):
        service.recognise(session, actor=approver, recognition_id=made.id, version=made.version, now=RECOGNISED)
    with pytest.raises(IllegalMove, match="公示已于2026年6月26日结束"):
        service.object_to(session, actor=SYSTEM, recognition_id=made.id, text="晚了", contact="", now=RECOGNISED)
    office = world.actor(session, "office")
    service.decide_objection(session, actor=office, objection_id=objection.id, upheld=False, finding="标签已更正", now=RECOGNISED)
    service.recognise(session, actor=approver, recognition_id=made.id, version=made.version, now=RECOGNISED)
    assert (made.certificate_no, made.valid_until) == ("示放消2026-0001", date(2029, 6, 29))


def test_how_to_reach_who_objects_lies_sealed(session, shop):
    made = put_on_notice(session, shop, 1)
    objection = service.object_to(session, actor=SYSTEM, recognition_id=made.id, text="价格不符", contact="王某 13812345678", now=OFFERED)
    session.flush()
    assert "13812345678" not in str(session.execute(text("SELECT * FROM objection")).all())
    assert crypto.open_contact(objection.contact) == "王某 13812345678"


def test_an_objection_that_holds_refuses_the_application_with_its_reason(session, shop):
    made = put_on_notice(session, shop, 1)
    objection = service.object_to(session, actor=SYSTEM, recognition_id=made.id, text="无证经营", contact="", now=OFFERED)
    service.decide_objection(session, actor=SYSTEM, objection_id=objection.id, upheld=True, finding="查实无证", now=RECOGNISED)
    assert (made.status, made.gate, made.reason) == (RecognitionStatus.REFUSED, "on_notice", "公示异议成立：查实无证")
    hand_in(session, shop, 1, now=RECOGNISED)


def test_an_event_that_comes_during_the_notice_stops_the_recognition(session, shop):
    made = put_on_notice(session, shop, 1)
    strike(session, 1)
    with pytest.raises(BadInput, match="现不能认定：列入严重违法失信名单"):
        service.recognise(session, actor=SYSTEM, recognition_id=made.id, version=made.version, now=RECOGNISED)


def test_a_certificate_number_is_never_given_twice(session, shop):
    numbers = [recognise(session, shop, serial).certificate_no for serial in (1, 2)]
    strike(session, 2)
    numbers.append(recognise(session, shop, 3).certificate_no)
    assert numbers == ["示放消2026-0001", "示放消2026-0002", "示放消2026-0003"]
    assert len({one.token for one in session.scalars(select(Recognition))}) == 3


def test_three_dates_give_three_answers(session, shop):
    unit = recognise(session, shop, 1)
    listing = strike(session, 1, now=RECOGNISED + timedelta(days=30))
    listing.repair(local_date(RECOGNISED) + timedelta(days=40), "移出名单")
    from coordination.registry.removal import unrest

    back = RECOGNISED + timedelta(days=40)
    unrest(session, listing, local_date(back), back)
    again = recognise(session, shop, 1, now=back)
    today = local_date(back) + timedelta(days=60)
    answers = [
        [row.id for row in public.listed_on(session, date(2026, 6, 28) + timedelta(days=days), today, public.Filter()).rows]
        for days in (0, 1, 30, 31, 50, 52)
    ]
    assert answers == [[], [unit.id], [unit.id], [], [], [again.id]]
    with pytest.raises(BadInput, match="尚未到"):
        public.listed_on(session, today + timedelta(days=1), today, public.Filter())


@pytest.mark.parametrize("token", ["", "0" * 32, "x", "０" * 32, "é" * 32, "a" * 10_000, "%00"])
def test_a_guessed_token_is_unknown(session, shop, token):
    assert public.verify(session, token, date(2026, 7, 1)) == public.UNKNOWN


def test_facts_of_an_event_are_checked_before_anything_is_written(session, shop):
    from coordination.registry import trust

    for facts in (event(1, name=" "), event(1, counts_until=date(2026, 1, 1)), event(1, authority="", document_no="")):
        with pytest.raises(BadInput):
            trust.record_event(session, actor=SYSTEM, facts=facts, now=RECOGNISED)
