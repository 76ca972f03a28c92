"""The papers of a complaint: which its state permits, who may make one, what is kept of it, and under whose heading it goes."""

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from sqlalchemy import select

from coordination import audit
from coordination.complaints import events, handling, papers, registering, service, transferring
from coordination.complaints.calling import call_back
from coordination.complaints.composing import FIELDS, LABELS, Asked
from coordination.complaints.registering import Registration
from coordination.permissions import OPERATOR
from coordination.settings import service as settings
from coordination.transaction import transaction
from models import (
    Channel,
    Complaint,
    ComplaintKind,
    ComplaintPaper,
    ComplaintStatus,
    EventLevel,
    PaperKind,
    RecipientKind,
    RefusalGround,
    Setting,
    TerminationGround,
    Unit,
    UnitKind,
)
from models.complaint_paper import NUMBERED_FORMS
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from tests.world import NOW, TODAY

K = PaperKind
PERSON = {"name": "张三丰", "phone": "13812345678", "id_no": "330726198001011234", "address": "人民路18号"}
BREAD = Registration(
    kind=ComplaintKind.COMPLAINT,
    channel=Channel.ON_SITE,
    received_at=NOW,
    text="张三丰买到过期面包，电话13812345678",
    request="退款并赔偿",
    target_name="惠民超市",
    problem="销售过期食品",
    amount=1250,
    person=PERSON,
)


@pytest.fixture(autouse=True)
def rules(session):
    with transaction() as writing:
        settings.load_defaults(writing, NOW)


@pytest.fixture
def do(session, world):
    """``do("router", papers.document, …)``: one act of one person in a transaction of its own."""

    def act(who: str, verb, now=NOW, **more):
        with transaction() as writing:
            actor = OPERATOR if who == "operator" else world.actor(writing, who)
            return verb(writing, actor=actor, now=now, **more)

    return act


@pytest.fixture
def case(session, do, world):
    """``case("SCJG", accepted=True)``: the id of one that this unit has received, and perhaps accepted."""

    def make(unit: str = "SCJG", *, accepted: bool = False, registration: Registration = BREAD) -> int:
        one = do("router", registering.register, registration=registration).id
        do("router", service.assign, complaint_id=one, lead_id=world.units[unit].id)
        do(f"liaison-{unit}", service.receive, complaint_id=one)
        if accepted:
            do(f"liaison-{unit}", handling.accept, complaint_id=one)
        return one

    return make


@pytest.fixture
def station(session, do, world) -> int:
    """A station of 市场监管, which acts for its bureau."""
    with transaction() as writing:
        unit = Unit(
            code="CDS", name="示例县市场监督管理局城东所", short_name="城东市场监管所", kind=UnitKind.STATION, former_names=[],
            parent_id=world.units["SCJG"].id,
        )  # fmt: skip
        writing.add(unit)
        writing.flush()
        return unit.id


def words(file: tuple[str, bytes]) -> str:
    """The text of a paper without blanks and lines to write on."""
    body = docx.Document(BytesIO(file[1])).element.body
    return re.sub(r"[\s＿]", "", "".join(one.text or "" for one in body.iter(qn("w:t"))))


def offered(session, complaint_id: int) -> list[PaperKind]:
    session.expire_all()
    return papers.available(session.get(Complaint, complaint_id))


def test_a_case_nobody_has_offers_its_form_and_the_way_out_of_the_county(session, do):
    one = do("router", registering.register, registration=BREAD).id
    assert offered(session, one) == [K.COMPLAINT_FORM, K.TRANSFER, K.TRANSFER_NOTICE]
    mixed = do("router", registering.register, registration=replace(BREAD, kind=ComplaintKind.MIXED)).id
    assert offered(session, mixed) == [K.COMPLAINT_FORM, K.REPORT_FORM]


def test_a_paper_is_set_in_the_fonts_the_office_chose(do, case):
    one = case()
    with transaction() as writing:
        writing.add(Setting(key="fonts", value={"title": "华文中宋"}, changed_at=NOW))
    _, content = do("liaison-SCJG", papers.document, complaint_id=one, kind=K.COMPLAINT_FORM)
    assert "华文中宋" in docx.Document(BytesIO(content)).element.xml


def test_each_step_of_market_supervision_makes_its_form(session, case, do):
    one = case()
    way_out = [K.TRANSFER, K.TRANSFER_NOTICE]
    assert offered(session, one) == [K.COMPLAINT_FORM, K.IDENTITY, *way_out]
    do("liaison-SCJG", handling.accept, complaint_id=one)
    assert offered(session, one) == [K.COMPLAINT_FORM, K.ACCEPTANCE, *way_out]
    do("liaison-SCJG", handling.mediate, complaint_id=one, place="三楼")
    assert offered(session, one) == [K.COMPLAINT_FORM, K.ACCEPTANCE, K.MEDIATION, *way_out]
    do("liaison-SCJG", handling.settle, complaint_id=one, result="退款12.50元")
    assert offered(session, one) == [K.COMPLAINT_FORM, K.ACCEPTANCE, K.AGREEMENT, *way_out]
    refused = case()
    do("liaison-SCJG", handling.refuse, complaint_id=refused, ground=RefusalGround.TOO_OLD, reason="已过三年")
    assert K.REFUSAL in offered(session, refused)


def test_another_bureau_is_offered_none_of_the_ten_forms_but_the_register(session, case, do):
    one = case("JYJ", accepted=True)
    do("liaison-JYJ", handling.mediate, complaint_id=one, place="二楼")
    do("liaison-JYJ", handling.terminate, complaint_id=one, ground=TerminationGround.IMPOSSIBLE, reason="分歧过大")
    found = offered(session, one)
    assert found == [K.COMPLAINT_FORM, K.OTHER_ACCEPTANCE, K.OTHER_TERMINATION, K.TRANSFER, K.TRANSFER_NOTICE]
    assert not NUMBERED_FORMS & set(found)


def test_reports_and_queries_have_papers_of_their_own(session, case, do):
    report = case(registration=replace(BREAD, kind=ComplaintKind.REPORT))
    do("liaison-SCJG", handling.start_check, complaint_id=report)
    assert offered(session, report)[:1] == [K.REPORT_FORM]
    do("liaison-SCJG", handling.decide_report, complaint_id=report, case_number="示市监案〔2026〕8号", result="已立案")
    assert K.RESULT in offered(session, report)
    query = case("JYJ", registration=replace(BREAD, kind=ComplaintKind.QUERY))
    do("liaison-JYJ", handling.answer, complaint_id=query, text="可以退课")
    assert K.ANSWER in offered(session, query)
    assert "可以退课" in words(do("liaison-JYJ", papers.document, complaint_id=query, kind=K.ANSWER))


def test_only_a_group_case_is_reported_as_an_event(session, do):
    one = do("router", registering.register, registration=replace(BREAD, is_group=True)).id
    assert offered(session, one)[-3:] == [K.FIRST_REPORT, K.FURTHER_REPORT, K.FINAL_REPORT]


def test_the_router_and_the_handling_unit_may_make_a_paper_and_nobody_else(do, world):
    one = do("router", registering.register, registration=BREAD).id
    do("router", service.assign, complaint_id=one, lead_id=world.units["SCJG"].id, co_ids=[world.units["JYJ"].id])
    for who in ("router", "liaison-SCJG", "head-SCJG"):
        do(who, papers.document, complaint_id=one, kind=K.COMPLAINT_FORM)
    for who in ("liaison-JYJ", "office", "auditor"):  # they see the case, but not who complained
        with pytest.raises(NotAllowed):
            do(who, papers.document, complaint_id=one, kind=K.COMPLAINT_FORM)
    for who in ("liaison-WLJ", "admin", "convenor"):
        with pytest.raises(NotFound):
            do(who, papers.document, complaint_id=one, kind=K.COMPLAINT_FORM)


def test_a_paper_names_who_complained_and_its_making_is_kept_without_that(session, case, do):
    one = case(accepted=True)
    name, _ = made = do("liaison-SCJG", papers.document, complaint_id=one, kind=K.ACCEPTANCE, contact="王某")
    text = words(made)
    assert "示市监投受〔2026〕第1号张三丰：我局于2026年6月18日收到你关于惠民超市（销售过期食品）的投诉。" in text
    assert "联系人：王某" in text
    assert name == "投诉受理决定书示市监投受〔2026〕第1号.docx"
    session.expire_all()
    entry = audit.history(session, session.get(Complaint, one))[0]
    assert (entry.action, entry.text) == ("complaint:paper", "制作投诉受理决定书：示市监投受〔2026〕第1号")
    assert [word for word in PERSON.values() if word in name + entry.text + str(entry.facts)] == []


@pytest.mark.parametrize("kind", [K.COMPLAINT_FORM, K.IDENTITY, K.TRANSFER, K.TRANSFER_NOTICE])
def test_no_file_name_tells_anything_personal(case, do, kind):
    one = case(registration=replace(BREAD, number="13812345678"))
    name, _ = do("router", papers.document, complaint_id=one, kind=kind)
    assert name.endswith(".docx")
    assert not [word for word in (*PERSON.values(), BREAD.target_name) if word in name]
    assert not set(name) & set('/\\:*?"<>|')


def test_the_register_shows_what_was_written_in_clear(case, do):
    text = words(do("router", papers.document, complaint_id=case(), kind=K.COMPLAINT_FORM))
    assert "登记单位：示例县市场监督管理局编号：投诉〔2026〕1" in text
    assert "姓名张三丰联系电话13812345678证件类型居民身份证证件号码330726198001011234联系地址人民路18号" in text
    assert "争议事实依据张三丰买到过期面包，电话13812345678涉及金额：12.50元投诉请求退款并赔偿" in text


def test_the_same_paper_again_bears_the_same_number_and_the_same_day(session, case, do):
    one, other = case(), case()
    first = do("liaison-SCJG", papers.document, complaint_id=one, kind=K.IDENTITY)
    do("liaison-SCJG", papers.document, complaint_id=other, kind=K.IDENTITY)
    later = NOW + timedelta(days=4)
    assert do("router", papers.document, now=later, complaint_id=one, kind=K.IDENTITY)[0] == first[0]
    again = do("router", papers.document, now=later, complaint_id=one, kind=K.IDENTITY)
    assert "2026年6月18日" in words(again)
    rows = session.scalars(select(ComplaintPaper).order_by(ComplaintPaper.id)).all()
    assert [(row.complaint_id, row.number, row.label) for row in rows] == [
        (one, 1, "示市监投证〔2026〕第1号"),
        (other, 2, "示市监投证〔2026〕第2号"),
    ]
    assert [row.id for row in papers.made(session, session.get(Complaint, one))] == [rows[0].id]


def test_a_number_is_not_spent_on_a_paper_that_failed(session, case, do, world):
    one = case(accepted=True)
    with pytest.raises(ZeroDivisionError), transaction() as writing:
        papers.document(writing, actor=world.actor(writing, "router"), complaint_id=one, kind=K.ACCEPTANCE, now=NOW)
        raise ZeroDivisionError
    assert "〔2026〕第1号" in do("router", papers.document, complaint_id=one, kind=K.ACCEPTANCE)[0]


def test_a_case_reopened_and_decided_anew_has_a_paper_of_its_own_even_on_the_same_day(session, case, do):
    one = case(accepted=True)
    before = do("router", papers.document, complaint_id=one, kind=K.ACCEPTANCE)
    do("liaison-SCJG", handling.settle, complaint_id=one, result="退款")
    do("liaison-SCJG", handling.close, complaint_id=one)
    calling = {"reached": True, "solved": False, "satisfied": False, "note": "未退款", "reopen": True}
    do("router", call_back, complaint_id=one, **calling)
    assert K.ACCEPTANCE not in offered(session, one)
    do("liaison-SCJG", handling.accept, complaint_id=one)
    after = do("router", papers.document, complaint_id=one, kind=K.ACCEPTANCE)
    assert ("第1号" in before[0], "第2号" in after[0]) == (True, True)
    assert do("router", papers.document, complaint_id=one, kind=K.ACCEPTANCE)[0] == after[0]


def test_decisions_bear_their_ground_their_reason_and_their_own_day(case, do):
    one = case()
    do("liaison-SCJG", handling.refuse, complaint_id=one, ground=RefusalGround.TOO_OLD, reason="2020年购买")
    refusal = words(do("router", papers.document, now=NOW + timedelta(days=5), complaint_id=one, kind=K.REFUSAL))
    assert "属以下第〔四〕项情形" in refusal
    assert "理由：2020年购买。" in refusal
    assert "（印章）2026年6月18日" in refusal
    two = case(accepted=True)
    do("liaison-SCJG", handling.terminate, complaint_id=two, ground=TerminationGround.APPRAISAL, reason="费用谈不拢")
    ended = words(do("router", papers.document, complaint_id=two, kind=K.TERMINATION, to_target=True))
    assert "惠民超市：经审查" in ended
    assert "以下第〔四〕项情形" in ended
    assert "张三丰" not in ended


def test_what_no_column_holds_is_asked_for(case, do):
    one = case(accepted=True)
    do("liaison-SCJG", handling.mediate, complaint_id=one, place="三楼")
    at = NOW + timedelta(days=4)
    made = do(
        "liaison-SCJG", papers.document, complaint_id=one, kind=K.MEDIATION, time=at, place="三楼调解室", mediator="王某", recusal_days=3
    )
    assert "请于2026年6月22日9时到三楼调解室参加调解" in words(made)
    assert "之日起3日内对调解人员提出回避申请。调解人员：王某" in words(made)
    assert papers.asked_for(K.MEDIATION)["place"] == "调解地点"
    with pytest.raises(BadInput, match="调解时间"):
        do("router", papers.document, complaint_id=one, kind=K.MEDIATION, time=NOW - timedelta(days=1))
    with pytest.raises(BadInput, match="过长"):
        do("router", papers.document, complaint_id=one, kind=K.MEDIATION, place="长" * 4001)
    with pytest.raises(BadInput, match="日数"):
        do("router", papers.document, complaint_id=one, kind=K.MEDIATION, recusal_days=-1)
    with pytest.raises(TypeError, match="law"):
        do("router", papers.document, complaint_id=one, kind=K.MEDIATION, law="食品安全法")


def test_a_day_past_is_no_deadline(case, do):
    one = case()
    with pytest.raises(BadInput, match="不能早于今天"):
        do("router", papers.document, complaint_id=one, kind=K.IDENTITY, deadline=TODAY - timedelta(days=1))
    assert "请你在2026年6月18日前" in words(do("router", papers.document, complaint_id=one, kind=K.IDENTITY, deadline=TODAY))


def test_a_paper_before_its_step_is_refused_in_words_and_spends_no_number(session, case, do):
    one = case()
    with pytest.raises(IllegalMove, match=r"待受理.*不能制作投诉受理决定书"):
        do("liaison-SCJG", papers.document, complaint_id=one, kind=K.ACCEPTANCE)
    assert session.scalars(select(ComplaintPaper)).all() == []


def test_another_bureau_writes_under_its_own_heading_and_number(case, do):
    one = case("WLJ", accepted=True)
    name, _ = made = do("liaison-WLJ", papers.document, complaint_id=one, kind=K.OTHER_ACCEPTANCE)
    assert name == "消费投诉受理告知书示文旅投受〔2026〕1号.docx"
    assert words(made).startswith("示例县文化和旅游局示文旅投受〔2026〕1号消费投诉受理告知书张三丰：")
    assert "市场监督管理" not in words(made)


def test_a_case_is_handed_over_with_a_letter_and_a_notice(case, do):
    one = case("JYJ")
    fields = {"receiver": "示例县公安局", "reason": "涉嫌诈骗"}
    letter = words(do("liaison-JYJ", papers.document, complaint_id=one, kind=K.TRANSFER, enclosures="登记表\n小票", **fields))
    assert "示例县教育局示教育移函〔2026〕1号关于移送投诉材料的函示例县公安局：" in letter
    assert all(word in letter for word in ("投诉人：张三丰", "理由：涉嫌诈骗。", "1.登记表", "2.小票"))
    notice = words(do("liaison-JYJ", papers.document, complaint_id=one, kind=K.TRANSFER_NOTICE, **fields))
    assert "张三丰：" in notice
    assert "移送示例县公安局处理" in notice


def test_a_transfer_written_down_tells_its_paper_to_whom_and_why_and_one_sent_back_makes_another(do):
    one = do("router", registering.register, registration=BREAD).id
    first = do("router", papers.document, complaint_id=one, kind=K.TRANSFER)
    step = {
        "recipient_kind": RecipientKind.POLICE,
        "recipient": "示例县公安局",
        "reason": "涉嫌诈骗",
        "document_no": "示市监移函〔2026〕1号",
    }
    do("router", transferring.transfer, complaint_id=one, on=TODAY, **step)
    again = do("router", papers.document, complaint_id=one, kind=K.TRANSFER)
    assert first[0] == again[0] == "投诉举报移送函示市监移函〔2026〕1号.docx"
    assert "示例县公安局：" in words(again)
    assert "理由：涉嫌诈骗。" in words(do("router", papers.document, complaint_id=one, kind=K.TRANSFER_NOTICE))
    do("router", transferring.transfer_refused, complaint_id=one, on=TODAY, reason="不构成犯罪")
    anew = do("router", papers.document, complaint_id=one, kind=K.TRANSFER)
    assert "示市监移函〔2026〕2号" in anew[0]
    assert "公安" not in words(anew)


def test_a_station_acts_for_its_bureau_and_is_sent_the_case_with_form_three(session, do, station):
    one = do("router", registering.register, registration=BREAD).id
    do("router", service.assign, complaint_id=one, lead_id=station, report_by=TODAY + timedelta(days=10))
    assert K.DISTRIBUTION in offered(session, one)
    text = words(do("router", papers.document, complaint_id=one, kind=K.DISTRIBUTION, copies=1, pages=2))
    assert "示市监分送〔2026〕第1号示例县市场监督管理局城东所：现转去张三丰于2026年6月18日关于" in text
    assert "处理结果于2026年6月28日前报告我局。附：相关材料1份，共2页。示例县市场监督管理局（印章）" in text


def test_a_case_nobody_has_is_handed_over_by_the_routers_bureau_but_not_by_the_operator(do):
    one = do("router", registering.register, registration=BREAD).id
    assert "示市监移函〔2026〕1号" in do("router", papers.document, complaint_id=one, kind=K.TRANSFER)[0]
    other = do("router", registering.register, registration=BREAD).id
    with pytest.raises(IllegalMove, match="哪个单位"):
        do("operator", papers.document, complaint_id=other, kind=K.TRANSFER)


def test_a_bureau_merged_meanwhile_writes_under_its_heirs_name(case, do, world):
    one = case("WLJ", accepted=True)
    with transaction() as writing:
        unit = writing.merge(world.units["WLJ"])
        unit.valid_to, unit.successor_id = TODAY, world.units["JYJ"].id
    made = do("router", papers.document, now=NOW + timedelta(days=2), complaint_id=one, kind=K.OTHER_ACCEPTANCE)
    assert words(made).startswith("示例县教育局示教育投受〔2026〕1号")


def test_reports_of_an_event_are_counted_on_and_name_nobody(session, do):
    one = do("router", registering.register, registration=replace(BREAD, is_group=True)).id
    fields = {"recipients": "县人民政府", "measures": "已约谈"}
    first = do("router", papers.document, complaint_id=one, kind=K.FIRST_REPORT, next_by=NOW + timedelta(hours=2), **fields)
    assert first[0] == "信息专报（首报）〔2026〕第1期.docx"
    assert "下次报告最迟于2026年6月18日11时报送" in words(first)
    assert not [word for word in PERSON.values() if word in words(first)]
    numbers = [
        do("router", papers.document, complaint_id=one, kind=kind, **more)[0][-11:-5]
        for kind, more in ((K.FURTHER_REPORT, {}), (K.FURTHER_REPORT, {"sequence": 2}), (K.FURTHER_REPORT, {}), (K.FINAL_REPORT, {}))
    ]
    assert [number[-3:] for number in numbers] == ["第2期", "第3期", "第2期", "第4期"]
    with pytest.raises(BadInput, match="续报"):
        do("router", papers.document, complaint_id=one, kind=K.FURTHER_REPORT, sequence=0)


def test_an_emergency_is_reported_with_what_was_written_of_it(session, do):
    one = do("router", registering.register, registration=BREAD).id
    event = do("router", events.flag_emergency, complaint_id=one, level=EventLevel.LARGER, facts="门店关停", people=37)
    assert K.FIRST_REPORT in offered(session, one)
    report = event.owed.id
    do("router", events.write_report, report_id=report, text="门店关停，37人预付款未退", recipients=["县人民政府", "市局"])
    first = words(do("router", papers.document, complaint_id=one, kind=K.FIRST_REPORT))
    assert "关于惠民超市突发事件的信息专报（首报）县人民政府、市局：一、基本情况门店关停，37人预付款未退" in first
    assert "下次报告最迟于2026年6月22日报送" in first
    do("router", events.end_event, event_id=event.id, on=TODAY, outcome="全部退款")
    final = words(do("router", papers.document, complaint_id=one, kind=K.FINAL_REPORT))
    assert "一、事件经过门店关停二、处置结果全部退款" in final


@pytest.mark.parametrize("channel_person", [{}, {"name": "李四"}])
def test_an_unnamed_informants_form_is_made_with_lines_to_write_on(do, channel_person):
    unnamed = replace(BREAD, kind=ComplaintKind.REPORT, text="销售过期食品", person=channel_person)
    one = do("router", registering.register, registration=unnamed).id
    text = words(do("router", papers.document, complaint_id=one, kind=K.REPORT_FORM))
    assert f"姓名{channel_person.get('name', '')}联系电话联系地址身份证件号码" in text


def test_every_paper_says_what_it_asks_and_every_field_has_a_name():
    assert set(FIELDS) == set(PaperKind)
    assert set(LABELS) == set(Asked.__dataclass_fields__)
    assert {name for names in FIELDS.values() for name in names} == set(LABELS)
    assert papers.asked_for(K.REPORT_FORM) == {}


def test_every_paper_a_state_offers_can_be_made(session, case, do):
    """Whatever is offered on the way is made, with nothing asked for filled in."""
    for unit in ("SCJG", "JYJ"):
        one = case(unit, registration=replace(BREAD, is_group=True))
        steps = (
            lambda: None,
            lambda who=unit, at=one: do(f"liaison-{who}", handling.accept, complaint_id=at),
            lambda who=unit, at=one: do(f"liaison-{who}", handling.mediate, complaint_id=at, place=""),
            lambda who=unit, at=one: do(f"liaison-{who}", handling.settle, complaint_id=at, result="退款"),
        )
        seen = set()
        for step in steps:
            step()
            for kind in set(offered(session, one)) - seen:
                assert do("router", papers.document, complaint_id=one, kind=kind)[1].startswith(b"PK")
                seen.add(kind)
        assert len(seen) >= 9
    assert {row.complaint.status for row in session.scalars(select(ComplaintPaper))} == {ComplaintStatus.SETTLED}
