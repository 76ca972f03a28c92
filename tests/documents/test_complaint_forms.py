"""The ten forms of 市场监督管理部门处理投诉举报文书式样 (2026年4月): every printed word of each stands in the paper, filled in or not.

The lists are the printed words in their order, written down from the samples. Blanks to fill in part them.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn

from coordination.documents import bureau_letters, complaint_decisions, complaint_notices, complaint_tables, event_reports
from coordination.documents.complaint_paper import (
    Agreement,
    BureauLetter,
    Distribution,
    EventReport,
    FormPaper,
    IdentityRequest,
    MediationNotice,
    Party,
    Refusal,
    Register,
    ReportResult,
    Termination,
)
from coordination.documents.fonts import DEFAULT
from tests.documents.test_schema import SEQUENCES, local

DAY = date(2026, 6, 18)
NUMBER = ("市监", "〔", "〕第", "号")
SEAL = ("市场监督管理局", "（印章）", "年", "月", "日")
LABELS: dict[str, tuple[str, ...]] = {
    "投诉登记表": (
        "投诉登记表",
        *("登记单位：", "编号：", "投诉人", "姓名", "联系电话", "证件类型", "证件号码", "联系地址"),
        *("是否同意公示投诉信息", "是", "否", "是否同意委托调解", "是", "否"),
        *("被投诉人", "名称（姓名）", "联系人", "地址", "联系电话", "消费者权益争议事实依据", "投诉请求"),
        *("投诉人（签字）：", "年", "月", "日", "经办人（签字）：", "年", "月", "日"),
        "注：1.本表格适用于市场监督管理部门对消费者通过电话、信函、上门等方式提起投诉的登记。",
        "2.消费者通过非现场方式提起投诉的，无须在投诉人一栏签字。",
        "3.消费者权益争议事实依据应当包括：消费者购买、使用商品或者接受服务的时间、地点、内容、涉及金额、消费者权益争议情况等具体事实"
        "及相应证明材料。",
        "4.投诉请求应当包括：消费者主张修理、重作、更换、退货、补足商品数量、退还货款和服务费用、赔偿损失等具体请求。",
    ),
    "举报登记表": (
        "举报登记表",
        *("登记单位：", "编号：", "举报人", "姓名", "联系电话", "联系地址", "身份证件号码", "被举报人", "名称（姓名）", "地址"),
        "涉嫌违反市场监督管理法律、法规、规章的具体线索和相应的事实依据",
        *("举报人（签字）：", "年", "月", "日", "经办人（签字）：", "年", "月", "日"),
        "注：1.本表格适用于市场监督管理部门对举报人通过电话、信函、上门等方式提起举报的登记。",
        "2.举报人可以匿名举报，但应当提供具体涉嫌违法线索和相应的事实依据，并对举报内容的真实性负责。举报人实名举报的，还应当提供真实的身份信息。",
        "3.通过非现场方式提出举报的，无须在举报人一栏签字。",
    ),
    "投诉/举报分送通知书": (
        *("投诉/举报分送通知书", *NUMBER, "市场监督管理局：", "现转去", "于", "年", "月", "日关于", "的投诉/举报。"),
        "请你局按照《市场监督管理投诉举报处理办法》的规定依法予以处理，并将处理结果于",
        *("年", "月", "日前报告我局。", "附：相关材料", "份，共", "页。", *SEAL),
        "注：本通知书适用于省级或者地市级市场监督管理部门或者其设立的12315工作机构将收到的投诉/举报分送下级市场监督管理部门处理。",
    ),
    "限期提供身份证明材料通知书": (
        *("限期提供身份证明材料通知书", *NUMBER, "："),
        "根据《中华人民共和国消费者权益保护法实施条例》第四十六条第一款的规定，消费者和经营者发生消费争议向市场监督管理部门或者其他有关行政部门"
        "投诉的，应当提供真实身份信息等材料。",
        *("根据《市场监督管理投诉举报处理办法》第十条第三款的规定，请你在", "年", "月", "日前向我局提供以下身份证明材料。"),
        "逾期未提供或提供虚假材料的，我局将根据《市场监督管理投诉举报处理办法》第十条、第十六条的规定，对投诉依法不予受理。",
        *("联系电话：", "；通信地址：", "。", *SEAL),
        "注：1.本通知书适用于投诉人未提供真实身份信息，市场监督管理部门通知投诉人限期提供身份证明材料。",
        "2.本通知书中“联系电话”“通信地址”指接收限期提供身份证明材料的市场监督管理部门地址及联系电话。",
    ),
    "投诉受理决定书": (
        *("投诉受理决定书", *NUMBER, "：", "我局于", "年", "月", "日收到你关于", "的投诉。"),
        "经审查，符合《市场监督管理投诉举报处理办法》规定的受理条件，我局决定受理。",
        *("联系人：", "；联系电话：", "。", "特此告知。", *SEAL),
        "注：1.本决定书适用于市场监督管理部门对投诉作出受理决定，并告知投诉人受理情况。",
        "2.本决定书中“联系人”“联系电话”指市场监督管理部门负责处理投诉的工作人员及其联系电话。",
        "3.本决定书可以通过互联网、电话、短信、电子邮件、信函等方式告知。",
    ),
    "投诉不予受理决定书": (
        *("投诉不予受理决定书", *NUMBER, "：", "我局于", "年", "月", "日收到你关于", "的投诉。经审查，属以下第〔"),
        "〕项情形，依据《市场监督管理投诉举报处理办法》第十六条的规定，我局决定不予受理。",
        "（一）投诉事项不属于市场监督管理部门职责，或者本行政机关不具有处理权限的；",
        "（二）法院、仲裁机构、市场监督管理部门或者其他行政机关、消费者协会已经受理或者处理过同一消费者权益争议的；",
        "（三）不是为生活消费需要购买、使用商品或者接受服务，或者不能证明与被投诉人之间存在消费者权益争议的；",
        "（四）除法律另有规定外，投诉人知道或者应当知道自己的权益受到被投诉人侵害之日起超过三年的；",
        "（五）未提供本办法第十条第一款、第十一条规定的材料，或者提供虚假材料的；",
        "（六）冒用他人名义或者拒不配合市场监督管理部门核验真实身份信息的；",
        "（七）法律、法规、规章规定不予受理的其他情形。",
        "你还可以按照《中华人民共和国消费者权益保护法》第三十九条规定的其他途径解决消费者权益争议。",
        *("特此告知。", *SEAL),
        "注：1.本决定书适用于市场监督管理部门对投诉作出不予受理决定，并告知投诉人不予受理情况。",
        "2.本决定书可以通过互联网、电话、短信、电子邮件、信函等方式告知。",
    ),
    "投诉调解通知书": (
        *("投诉调解通知书", *NUMBER, "：", "关于"),
        "的投诉，我局已经受理，根据《市场监督管理投诉举报处理办法》的规定，现组织双方当事人进行现场调解。请于",
        *("年", "月", "日", "时到", "参加调解。无正当理由不参加调解的，我局将依法终止调解。"),
        "请携带以下材料：1.身份证明材料；2.",
        "如果您认为调解人员是投诉人或者被投诉人的近亲属或者有其他利害关系，可能影响公正处理投诉的，可以自收到本通知书之日起",
        *("日内对调解人员提出回避申请。", "调解人员：", "；联系电话：", "。", "特此通知。", *SEAL),
        "注：1.本通知书适用于市场监督管理部门通知投诉人和被投诉人参加现场调解。",
        "2.本通知书中“调解人员”“联系电话”指主持调解的工作人员及其联系电话。",
        "3.本通知书可以通过互联网、电话、短信、电子邮件、信函等方式告知。",
    ),
    "投诉终止调解决定书": (
        *("投诉终止调解决定书", *NUMBER, "：", "经审查，关于", "投诉的调解过程中出现以下第〔"),
        "〕项情形，依据《市场监督管理投诉举报处理办法》第二十三条第一款的规定，我局决定终止调解。",
        "（一）投诉人撤回投诉或者双方自行和解的；",
        "（二）投诉人、被投诉人无正当理由不参加调解，或者明确拒绝调解的；",
        "（三）经组织调解，投诉人或者被投诉人明确表示无法达成调解协议的；",
        "（四）投诉人与被投诉人对鉴定、检测费用承担无法协商一致的；",
        "（五）自投诉受理之日起六十日内投诉人和被投诉人未能达成调解协议的；",
        "（六）市场监督管理部门受理投诉后，发现存在本办法第十六条、第四十二条规定情形的；",
        "（七）投诉人、被投诉人死亡或者主体资格灭失的；",
        "（八）法律、法规、规章规定的应当终止调解的其他情形。",
        "投诉人、被投诉人对市场监督管理部门作出的终止调解决定、调解结果不服的，可以按照《中华人民共和国消费者权益保护法》第三十九条规定，"
        "通过民事诉讼、仲裁等其他途径解决消费者权益争议。",
        *("特此告知。", *SEAL),
        "注：1.本决定书适用于市场监督管理部门对投诉作出终止调解决定，并告知投诉人和被投诉人。",
        "2.本决定书可以通过互联网、电话、短信、电子邮件、信函等方式告知。",
    ),
    "投诉调解书": (
        *("投诉调解书", *NUMBER),
        *("投诉人：", "联系电话：", "联系地址：", "委托代理人：", "联系电话：", "联系地址："),
        *("被投诉人：", "法定代表人（负责人）：", "联系电话：", "地址（经营场所）：", "委托代理人：", "联系电话：", "联系地址："),
        "投诉内容及投诉请求：",
        "根据《市场监督管理投诉举报处理办法》有关规定，本局组织双方当事人进行调解，双方自愿达成如下协议：",
        "本调解书经双方当事人签字后生效。调解书生效后，一方当事人未履行的，另一方当事人可以依据《中华人民共和国消费者权益保护法》第三十九条规定，"
        "通过民事诉讼、仲裁等其他途径解决消费者权益争议。",
        *("投诉人（签名）：", "被投诉人（签名）：", "调解人员（签名）：", *SEAL),
        "注：1.本调解书适用于市场监督管理部门组织投诉人和被投诉人现场调解并达成调解协议。调解协议已经即时履行或者双方同意不制作调解书的，"
        "可以不制作调解书，市场监督管理部门应当做好调解记录备查。",
        "2.本调解书由投诉人和被投诉人双方签字或者盖章，并加盖市场监督管理部门印章，交投诉人和被投诉人各执一份，市场监督管理部门留存一份归档。",
        "3.投诉人和被投诉人委托他人参加调解的，被委托人应当出具授权委托书和身份证明。授权委托书应当载明委托事项、权限和期限，并由委托人本人签名。",
    ),
    "举报处理结果告知书": (
        *("举报处理结果告知书", *NUMBER, "：", "关于", "的举报，我局已依法处理。根据《", "》第", "条规定，现将处理结果告知如下："),
        *("特此告知。", *SEAL),
        "注：1.本告知书适用于市场监督管理部门依据法律、法规、规章的明确规定，将举报处理结果告知举报人。",
        "2.本告知书可以通过互联网、电话、短信、电子邮件、信函等方式告知。",
    ),
}

PERSON = Party(name="张三丰", phone="13812345678", id_kind="居民身份证", id_no="330726198001011234", address="示例县人民路18号")
SHOP = Party(name="惠民超市", phone="0579-84112233", address="示例县和平路2号", contact="李某")
COMMON = {
    "issuer": "示例县市场监督管理局",
    "number": "示市监投受〔2026〕第12号",
    "to": "张三丰",
    "about": "惠民超市（销售过期食品）",
    "received_on": DAY,
    "contact": "王某",
    "phone": "0579-84120315",
    "signed_on": date(2026, 6, 25),
    "day": DAY,
}
_T, _N, _D = complaint_tables, complaint_notices, complaint_decisions
FORMS: dict[str, tuple[Callable, type, dict]] = {
    "投诉登记表": (_T.complaint_register, Register, {}),
    "举报登记表": (_T.report_register, Register, {}),
    "投诉/举报分送通知书": (
        _N.distribution,
        Distribution,
        {"to": "示例市市场监督管理局", "person": "张三丰", "is_report": False, "report_by": date(2026, 7, 9), "copies": 1, "pages": 3},
    ),
    "限期提供身份证明材料通知书": (
        _N.identity_request,
        IdentityRequest,
        {"until": date(2026, 6, 26), "materials": "居民身份证复印件", "address": "示例县人民路1号"},
    ),
    "投诉受理决定书": (_N.acceptance, FormPaper, {}),
    "投诉不予受理决定书": (_D.refusal, Refusal, {"ground": 3, "reason": "所购商品用于转售"}),
    "投诉调解通知书": (
        _N.mediation_notice,
        MediationNotice,
        {"held_at": datetime(2026, 6, 30, 9), "place": "三楼调解室", "materials": "购货凭证", "recusal_days": 3, "mediators": "王某"},  # noqa: DTZ001 (China's time, as papers print it)
    ),
    "投诉终止调解决定书": (_D.termination, Termination, {"ground": 5}),
    "投诉调解书": (_D.agreement, Agreement, {"person": PERSON, "target": SHOP, "matter": "退款", "terms": "退款12.50元"}),
    "举报处理结果告知书": (_N.report_result, ReportResult, {"law": "食品安全法", "article": "一百一十五", "result": "已立案查处"}),
}
REGISTERED = {
    "unit": "示例县市场监督管理局",
    "number": "1330726002026061800123",
    "person": PERSON,
    "target": SHOP,
    "facts": "买到过期面包，金额12.50元",
    "request": "退款",
    "consents_to_publication": True,
    "consents_to_delegation": False,
    "day": DAY,
}


def words(file: bytes) -> str:
    """The text of a .docx in the order it stands, without blanks and lines to write on."""
    body = docx.Document(BytesIO(file)).element.body
    return re.sub(r"[\s＿]", "", "".join(one.text or "" for one in body.iter(qn("w:t"))))


def filled(form: str, **changes) -> bytes:
    """The form with all its places filled in."""
    build, paper, own = FORMS[form]
    facts = REGISTERED if paper is Register else COMMON | own
    return build(paper(**(facts | changes)), DEFAULT)


def empty(form: str) -> bytes:
    """The form as it is printed."""
    build, paper, _ = FORMS[form]
    return build(paper(day=DAY), DEFAULT)


def missing(text: str, labels: tuple[str, ...]) -> list[str]:
    """The labels that do not stand in ``text`` behind the one before."""
    at, lost = 0, []
    for label in labels:
        found = text.find(label, at)
        if found < 0:
            lost.append(label)
        else:
            at = found + len(label)
    return lost


@pytest.mark.parametrize("form", LABELS)
def test_every_printed_label_stands_in_the_empty_form_in_its_order(form):
    assert missing(words(empty(form)), LABELS[form]) == []


@pytest.mark.parametrize("form", LABELS)
def test_every_printed_label_stands_in_the_form_filled_in(form):
    assert missing(words(filled(form)), LABELS[form]) == []


def test_there_are_ten_forms_and_each_is_named_by_its_title():
    assert len(FORMS) == 10
    assert set(FORMS) == set(LABELS)
    assert all(words(empty(form)).startswith(form) for form in FORMS)


def test_an_empty_form_holds_nothing_but_what_is_printed():
    """Of the forms without places that need words of their own; so that no label is ours."""
    for form in ("投诉登记表", "举报登记表", "投诉受理决定书", "投诉终止调解决定书", "投诉调解书"):
        rest = words(empty(form)).replace("□", "")
        at = 0
        for label in LABELS[form]:
            found = rest.find(label, at)
            assert rest[at:found] == "", form
            at = found + len(label)
        assert rest[at:] == "", form


def test_what_is_filled_in_stands_behind_its_label():
    text = words(filled("投诉登记表"))
    assert "姓名张三丰联系电话13812345678证件类型居民身份证证件号码330726198001011234联系地址示例县人民路18号" in text
    assert "是否同意公示投诉信息☑是□否是否同意委托调解□是☑否" in text
    assert "消费者权益争议事实依据买到过期面包，金额12.50元投诉请求退款" in text
    text = words(filled("投诉调解书"))
    assert "法定代表人（负责人）：李某联系电话：0579-84112233地址（经营场所）：示例县和平路2号" in text
    assert "请于2026年6月30日9时到三楼调解室参加调解" in words(filled("投诉调解通知书"))


def test_consents_nobody_asked_for_stay_open():
    assert "□是□否是否同意委托调解□是□否" in words(filled("投诉登记表", consents_to_publication=None, consents_to_delegation=None))


@pytest.mark.parametrize(("form", "ground", "numeral"), [("投诉不予受理决定书", 7, "七"), ("投诉终止调解决定书", 8, "八")])
def test_a_ground_is_named_by_its_number_and_no_other_is_taken(form, ground, numeral):
    assert f"属以下第〔{numeral}〕项" in words(filled(form, ground=ground)).replace("出现以下", "属以下")
    with pytest.raises(ValueError, match="no ground"):
        filled(form, ground=ground + 1)


def test_a_refusal_says_why_and_names_the_routes_of_article_39():
    text = words(filled("投诉不予受理决定书"))
    assert "理由：所购商品用于转售。" in text
    assert all(route in text for route in complaint_decisions.OTHER_ROUTES)


def test_what_a_distributed_case_is_not_is_struck_out():
    body = docx.Document(BytesIO(filled("投诉/举报分送通知书", is_report=True))).element.body
    struck = [run.findtext(qn("w:t")) for run in body.iter(qn("w:r")) if run.find(f".//{qn('w:strike')}") is not None]
    assert struck == ["投诉/"]
    assert not list(docx.Document(BytesIO(empty("投诉/举报分送通知书"))).element.body.iter(qn("w:strike")))


def test_equal_forms_are_equal_bytes():
    for form in FORMS:
        assert filled(form) == filled(form)


def test_children_stand_in_the_order_of_the_schema(parts):
    """Word refuses a file where they do not."""
    for form in FORMS:
        for name, part in parts(filled(form)).xml().items():
            for element in part.iter():
                order = SEQUENCES.get(local(element), "").split()
                places = [order.index(local(child)) for child in element] if order else []
                assert places == sorted(places), f"{form}, {name}: {local(element)}"


LETTER = {**COMMON, "issuer": "示例县教育局", "number": "示教育投受〔2026〕3号"}


def test_another_bureau_answers_under_its_own_heading():
    text = words(bureau_letters.acceptance(BureauLetter(**LETTER), DEFAULT))
    assert text.startswith("示例县教育局示教育投受〔2026〕3号消费投诉受理告知书张三丰：")
    assert "消费者权益保护法实施条例》第四十六条" in text
    assert "市场监督管理" not in text


def test_another_bureaus_refusal_and_end_of_mediation_say_why_and_name_the_routes():
    for build in (bureau_letters.refusal, bureau_letters.termination):
        text = words(build(BureauLetter(**LETTER, ground="不属于本部门职责或无处理权限", reason="未取得办学许可"), DEFAULT))
        assert "不属于本部门职责或无处理权限" in text
        assert "理由：未取得办学许可。" in text
        assert all(route in text for route in complaint_decisions.OTHER_ROUTES)


def test_a_case_is_handed_over_with_a_letter_and_whoever_complained_is_told():
    handed = BureauLetter(
        **LETTER, receiver="示例县公安局", person=PERSON, target=SHOP, facts="关门", request="退款", enclosures=("登记表",)
    )
    letter, notice = words(bureau_letters.transfer(handed, DEFAULT)), words(bureau_letters.transfer_notice(handed, DEFAULT))
    assert "关于移送投诉材料的函示例县公安局：" in letter
    assert all(said in letter for said in ("投诉人：张三丰", "被投诉人：惠民超市", "投诉请求：退款", "附件：登记表"))
    assert "张三丰：" in notice
    assert "移送示例县公安局处理" in notice
    assert "举报" in words(bureau_letters.transfer(BureauLetter(**LETTER, is_report=True), DEFAULT))


@pytest.mark.parametrize(
    ("build", "paper"),
    [
        (bureau_letters.acceptance, BureauLetter),
        (bureau_letters.refusal, BureauLetter),
        (bureau_letters.termination, BureauLetter),
        (bureau_letters.transfer, BureauLetter),
        (bureau_letters.transfer_notice, BureauLetter),
        (bureau_letters.answer, BureauLetter),
        (bureau_letters.mediation_notice, MediationNotice),
        (bureau_letters.agreement, Agreement),
        (bureau_letters.report_result, ReportResult),
        (event_reports.event_report, EventReport),
    ],
)
def test_a_letter_of_which_nothing_is_known_leaves_lines_to_write_on(build, paper):
    text = "".join(one.text or "" for one in docx.Document(BytesIO(build(paper(day=DAY), DEFAULT))).element.body.iter(qn("w:t")))
    assert "＿＿" in text
    assert "None" not in text


def test_a_report_of_an_event_says_to_whom_and_when_the_next_one_comes():
    known = {"issuer": "示例县市场监督管理局", "number": "〔2026〕第1期", "event": "培训机构停业", "recipients": "县人民政府", "day": DAY}
    at = datetime(2026, 6, 18, 17)  # noqa: DTZ001 (China's time, as papers print it)
    first = words(event_reports.event_report(EventReport(**known, happened="停业", next_by=at), DEFAULT))
    assert "信息专报〔2026〕第1期" in first
    assert "关于培训机构停业的信息专报（首报）县人民政府：一、基本情况停业二、已采取的措施暂无。" in first
    assert "下次报告最迟于2026年6月18日17时报送" in first
    assert "（续报二）" in words(event_reports.event_report(EventReport(**known, stage="续报", sequence=2), DEFAULT))
    final = words(event_reports.event_report(EventReport(**known, stage="终报"), DEFAULT))
    assert "四、防范措施" in final
    assert "本专报为终报" in final
    assert "下次报告" not in final


LONG = "我于2026年3月在该公司报名，交费6800元，课程至今未开，多次联系无人答复。" * 110


@pytest.fixture(scope="module")
def pages(lay_out):
    long = {"投诉登记表": "facts", "投诉不予受理决定书": "reason", "投诉调解书": "matter", "举报处理结果告知书": "result"}
    files = {f"empty{at}": empty(form) for at, form in enumerate(FORMS)} | {f"filled{at}": filled(form) for at, form in enumerate(FORMS)}
    files |= {f"long{at}": filled(form, **{long[form]: LONG[:4000]}) for at, form in enumerate(long)}
    files |= {
        "letter": bureau_letters.refusal(BureauLetter(**LETTER, ground="不属于本部门职责或无处理权限", reason="未取得办学许可"), DEFAULT)
    }
    return lay_out(**files)


def test_an_ordinary_form_or_letter_is_one_page_of_a4(pages):
    assert {name: len(one.texts()) for name, one in pages.items() if len(one.texts()) != 1 and not name.startswith("long")} == {}
    assert {size for one in pages.values() for size in one.sizes()} == {(210, 297)}


def test_a_text_of_4000_characters_runs_over_pages_and_loses_nothing(pages):
    for name in (name for name in pages if name.startswith("long")):
        texts = pages[name].texts()
        assert 4 <= len(texts) <= 8, name
        whole = re.sub(r"—\d+—", "", "".join(texts))
        assert whole.count("多次联系无人答复") == LONG[:4000].count("多次联系无人答复"), name
        assert len(texts[-1]) > 60, name
