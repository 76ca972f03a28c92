"""The same matter twice is found, in words, and handled once; another consumer's is not the same."""

from datetime import date

import pytest
from sqlalchemy import select, text

from coordination.complaints import duplicates, handling, queries, registering, service
from coordination.complaints.finding import likeness
from coordination.transaction import transaction
from models import Channel, Complaint, ComplaintKey, ComplaintKind, ComplaintStatus, Notice
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from tests.world import NOW, TODAY

TEXT = "六月十日在惠民超市购买面包一袋，打开后发现已经过期三天，要求退款并赔偿一千元"
NEARLY = "六月十日在惠民超市购买面包一袋，打开后发现已过期三天，要求退款并赔偿1000元"
S = ComplaintStatus


def found(cases, one, who="router"):
    return {row.complaint.number: row.reason for row in duplicates.candidates(cases.session, cases.actor(who), one)}


def link(cases, one, first, who="router", **more):
    facts = {"reason": "同一事项", "told_on": TODAY, **more}
    return cases.do(who, duplicates.link, one, first_id=first, **facts)


def test_candidates_say_why(cases):
    one = cases.made("1", text=TEXT)
    cases.made("2", text="另外一件完全不同的事情，快递迟迟没有送到家里来", name="李四", target="速达快递")  # the same phone
    cases.made("3", text=NEARLY, name="王五", phone="13900000001")  # nearly the same words, another person
    cases.made("4", text="鸡蛋不新鲜，店员态度恶劣，拒绝更换商品", phone="13900000002")  # the same person and business
    cases.made("5", text=TEXT, name="赵六", phone="13900000003", target="别的商店")  # the same words against another
    cases.made("6", text="停车费收得太高了，没有明码标价的牌子", name="赵六", phone="13900000004")
    assert round(likeness(TEXT, NEARLY), 1) >= 0.7
    said = found(cases, one)
    assert set(said) == {"2", "3", "4"}
    assert said["2"] == "同一电话"
    assert said["3"].startswith("同一经营者，内容相似")
    assert said["4"] == "同一投诉人投诉同一经营者"


def test_a_unit_finds_only_what_it_may_see(cases):
    one = cases.with_unit("1", text=TEXT)
    cases.made("2", text=TEXT)
    assert found(cases, one, "liaison-JYJ") == {}
    with pytest.raises(NotFound):
        found(cases, one, "liaison-WLJ")


def test_one_taken_by_hand_is_found_too_and_names_lie_nowhere_in_clear(cases):
    one = cases.made("1", text=TEXT)
    person = {"name": "张三丰", "phone": "13900000009"}
    taken = registering.Registration(
        ComplaintKind.COMPLAINT, Channel.VISIT, NOW, "牛奶也过期了", request="退款", target_name="惠民超市", person=person
    )
    with transaction() as session:
        registering.register(session, actor=cases.actor("router"), registration=taken, now=NOW)
    assert found(cases, one) == {"投诉〔2026〕1": "同一投诉人投诉同一经营者"}
    for table in ("complaint_key", "complaint_slice", "complaint_link"):
        assert "张三丰" not in str(cases.session.execute(text(f"SELECT * FROM {table}")).all())


def test_a_row_imported_again_with_other_words_is_found_by_those(cases):
    cases.made("1", text=TEXT)
    other = cases.made("2", text="停车费收得太高了，没有明码标价的牌子", name="李四", phone="13900000001")
    assert found(cases, other) == {}
    keys = len(cases.session.scalars(select(ComplaintKey.key)).all())
    cases.made("2", text=TEXT, name="李四", phone="13900000001")
    assert list(found(cases, other)) == ["1"]
    assert len(cases.session.scalars(select(ComplaintKey.key)).all()) == keys, "the old ones are gone"


def test_a_duplicate_is_closed_and_answered_by_the_first(cases):
    first = cases.with_unit("1", at="2026-06-17 08:00")
    one = cases.with_unit("2", "WLJ")
    link(cases, one, first)
    complaint = cases.the(one)
    assert (complaint.status, complaint.duplicate_of_id, complaint.current) == (S.CLOSED, first, [])
    assert {card.code: card.is_running for card in queries.clocks(cases.session, complaint)}["ACCEPT"], "its clock waits for the first"
    assert [row.complaint.number for row in duplicates.duplicates_of(cases.session, cases.the(first))] == ["2"]
    assert cases.session.scalars(select(Notice.title).where(Notice.kind == "complaint_merged")).all() == ["有重复件并入：1"]
    cases.do("liaison-JYJ", handling.accept, first)
    cases.do("liaison-JYJ", handling.settle, first, result="退款")
    assert not any(card.is_running for card in queries.clocks(cases.session, cases.the(one)) if card.due_on)
    assert found(cases, first) == {}, "what is linked is no candidate any more"


def test_parted_again_it_is_the_routers_and_late_on_its_own(cases):
    first, one = cases.made("1"), cases.made("2")
    link(cases, one, first)
    with pytest.raises(BadInput):
        cases.do("router", duplicates.unlink, one, reason=" ")
    assert cases.do("router", duplicates.unlink, one, reason="不是同一次购买") == S.REGISTERED
    assert (cases.the(one).duplicate_of_id, cases.the(one).closed_at) == (None, None)
    assert duplicates.duplicates_of(cases.session, cases.the(first)) == []
    with pytest.raises(IllegalMove):
        cases.do("router", duplicates.unlink, one, reason="再来")
    link(cases, one, first)


def test_what_cannot_be_linked(cases):
    first = cases.made("1", at="2026-06-17 08:00")
    later = cases.made("2")
    stranger = cases.made("3", name="李四", phone="13900000001")
    report = cases.made("4", kind="举报")
    for one, other in ((first, first), (first, later), (stranger, first), (report, first)):
        with pytest.raises(BadInput):
            link(cases, one, other)
    with pytest.raises(BadInput, match="只有举报"):
        link(cases, later, first, new_facts=True)
    with pytest.raises(BadInput, match="告知日期"):
        link(cases, later, first, told_on=date(2026, 6, 19))
    with pytest.raises(NotFound):
        link(cases, later, 99_999)
    cases.do("router", service.assign, first, lead_id=cases.world.units["JYJ"].id)
    with pytest.raises(NotFound):
        link(cases, later, first, who="liaison-JYJ")
    with pytest.raises(NotAllowed):
        link(cases, first, first, who="liaison-JYJ")


def test_links_do_not_chain(cases):
    first, second, third = (cases.made(str(at), at=f"2026-06-1{at} 08:00") for at in (5, 6, 7))
    link(cases, third, second)
    with pytest.raises(IllegalMove, match="已有其他件并入本件"):
        link(cases, second, first)
    fourth = cases.made("8")
    link(cases, fourth, third)
    assert cases.the(fourth).duplicate_of_id == second, "it rests on the case that is handled"


def test_a_repeated_report_is_not_handled_again_and_one_with_new_facts_starts_the_clock(cases):
    first = cases.with_unit("1", kind="举报", at="2026-06-10 08:00")
    clock = {card.code: card for card in queries.clocks(cases.session, cases.the(first))}["REPORT"]
    link(cases, cases.made("2", kind="举报", at="2026-06-15 08:00"), first)
    assert cases.the(first).restarted_on is None
    merged = cases.made("3", kind="举报", at="2026-06-16 08:00")
    link(cases, merged, first, new_facts=True)
    after = {card.code: card for card in queries.clocks(cases.session, cases.the(first))}["REPORT"]
    assert (after.start, after.due_on > clock.due_on) == (date(2026, 6, 16), True)
    cases.do("router", duplicates.unlink, merged, reason="另一家店")
    assert cases.the(first).restarted_on is None
    cases.do("liaison-JYJ", handling.start_check, first)
    cases.do("liaison-JYJ", handling.decide_report, first, case_number="", result="不成立")
    with pytest.raises(IllegalMove, match="单独办理"):
        link(cases, merged, first, new_facts=True)


def test_a_case_in_hand_is_not_closed_past_its_steps(cases):
    one = cases.with_unit()
    with pytest.raises(IllegalMove, match="尚未办理"):
        cases.do("liaison-JYJ", handling.close, one)
    assert cases.session.get(Complaint, one).closed_at is None
