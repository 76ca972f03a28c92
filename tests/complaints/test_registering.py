"""Complaints taken by hand, split, and who complained shown only to those who must know."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from coordination import audit
from coordination.complaints import registering, service
from coordination.complaints.registering import Registration
from coordination.settings import service as settings
from coordination.transaction import transaction
from models import Channel, Complaint, ComplaintKind
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from tests.world import NOW

BREAD = Registration(
    kind=ComplaintKind.COMPLAINT,
    channel=Channel.ON_SITE,
    received_at=NOW,
    text="张三丰买到过期面包，电话13812345678",
    request="退款并赔偿",
    target_name="惠民超市",
    amount=1250,
    person={"name": "张三丰", "phone": "13812345678", "id_no": "330726198001011234", "address": "人民路18号"},
)


@pytest.fixture(autouse=True)
def rules(session):
    with transaction() as writing:
        settings.load_defaults(writing, NOW)


@pytest.fixture
def do(session, world):
    """``do("router", registering.split, …)``: one act of one person in a transaction of its own."""

    def act(who: str, verb, **more):
        with transaction() as writing:
            return verb(writing, actor=world.actor(writing, who), now=NOW, **more)

    return act


def test_one_taken_by_hand_gets_a_number_of_its_own_and_its_clock(session, do):
    first = do("router", registering.register, registration=BREAD)
    second = do("router", registering.register, registration=BREAD)
    assert (first.number, second.number) == ("投诉〔2026〕1", "投诉〔2026〕2")
    assert first.due_on is not None
    assert first.text == "＊＊＊买到过期面包，电话＊＊＊＊"
    stored = str(session.execute(text("SELECT * FROM complaint")).all()) + str(session.execute(text("SELECT * FROM audit_entry")).all())
    assert [word for word in BREAD.person.values() if word in stored] == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": " "}, "具体问题"),
        ({"request": ""}, "投诉请求"),
        ({"person": {"name": "张三丰"}}, "投诉人电话"),
        ({"target_name": ""}, "被投诉人名称"),
        ({"target_uscc": "91330726MA28C0AB17"}, "校验位"),
    ],
)
def test_what_the_form_must_have_is_asked_for(do, change, words):
    with pytest.raises(BadInput, match=words):
        do("router", registering.register, registration=replace(BREAD, **change))


def test_an_informant_may_stay_unnamed(do):
    report = replace(BREAD, kind=ComplaintKind.REPORT, person={}, request="", target_name="")
    assert do("router", registering.register, registration=report).phone_hash == ""


def test_a_number_is_taken_once(do):
    do("router", registering.register, registration=replace(BREAD, number="113"))
    with pytest.raises(BadInput, match="已登记"):
        do("router", registering.register, registration=replace(BREAD, number="113 "))


def test_a_mixed_one_becomes_a_complaint_and_a_report(session, do, world):
    mixed = do("router", registering.register, registration=replace(BREAD, kind=ComplaintKind.MIXED, number="113"))
    one, report = do("router", registering.split, complaint_id=mixed.id, complaint_text="张三丰要求退款", report_text="销售过期食品")
    assert (one.kind, report.kind) == (ComplaintKind.COMPLAINT, ComplaintKind.REPORT)
    assert (report.number, report.split_from_id, report.received_at) == ("113-举报", one.id, one.received_at)
    assert one.text == "＊＊＊要求退款"
    assert {entry.text for entry in audit.history(session, report)} == {"由113拆分登记"}
    with pytest.raises(IllegalMove):
        do("router", registering.split, complaint_id=mixed.id, complaint_text="x", report_text="y")
    do("router", service.assign, complaint_id=one.id, lead_id=world.units["JYJ"].id)


def test_one_about_two_matters_becomes_two_of_its_kind(session, do, world):
    whole = do("router", registering.register, registration=replace(BREAD, number="113"))
    given = {"complaint_id": whole.id, "first_text": "张三丰要求换面包", "second_text": "培训班不退学费"}
    first, second = do("router", registering.divide, **given)
    assert (first.number, second.number, second.kind) == ("113", "113-2", ComplaintKind.COMPLAINT)
    assert (first.text, second.text, second.request) == ("＊＊＊要求换面包", "培训班不退学费", first.request)
    assert (second.phone_hash, second.received_at, second.split_from_id) == (first.phone_hash, first.received_at, first.id)
    assert second.due_on == first.due_on
    assert {entry.text for entry in audit.history(session, second)} == {"由113拆分登记"}
    assert do("router", registering.divide, **given)[1].number == "113-3"
    with pytest.raises(BadInput, match="请分别写明"):
        do("router", registering.divide, **{**given, "second_text": " "})
    with pytest.raises(NotAllowed):
        do("liaison-JYJ", registering.divide, **given)
    do("router", service.assign, complaint_id=first.id, lead_id=world.units["JYJ"].id)
    with pytest.raises(IllegalMove, match="分派前才能拆分"):
        do("router", registering.divide, **given)
    mixed = do("router", registering.register, registration=replace(BREAD, kind=ComplaintKind.MIXED, number="114"))
    with pytest.raises(IllegalMove, match="拆分投诉和举报"):
        do("router", registering.divide, **{**given, "complaint_id": mixed.id})


def test_who_complained_is_shown_with_a_reason_that_is_kept(session, do, world):
    one = do("router", registering.register, registration=BREAD)
    shown = do("router", registering.unmask, complaint_id=one.id, reason="回访")
    assert shown == {**BREAD.person, "text": BREAD.text}
    assert "查看投诉人信息：回访" in {entry.text for entry in audit.history(session, one)}
    with pytest.raises(BadInput):
        do("router", registering.unmask, complaint_id=one.id, reason=" ")
    with pytest.raises(NotFound):
        do("liaison-JYJ", registering.unmask, complaint_id=one.id, reason="看看")
    do("router", service.assign, complaint_id=one.id, lead_id=world.units["JYJ"].id, co_ids=[world.units["WLJ"].id])
    assert do("liaison-JYJ", registering.unmask, complaint_id=one.id, reason="联系投诉人")["phone"] == "13812345678"
    with pytest.raises(NotAllowed):
        do("liaison-WLJ", registering.unmask, complaint_id=one.id, reason="看看")


def test_a_phone_finds_the_cases_one_may_see(session, do, world):
    one = do("router", registering.register, registration=BREAD)
    session.expire_all()
    find = registering.found_by_phone
    assert [row.id for row in find(session, actor=world.actor(session, "router"), phone="+86 138-1234-5678")] == [one.id]
    assert find(session, actor=world.actor(session, "router"), phone="无") == []
    assert find(session, actor=world.actor(session, "liaison-JYJ"), phone="13812345678") == []
    assert session.scalars(select(Complaint.phone_hash)).one() not in ("", "13812345678")
