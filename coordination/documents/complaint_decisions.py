"""Decisions of 市场监管 on complaints as .docx (2026年4月文书式样 六, 八, 九). Equal papers give equal bytes."""

from coordination.documents import blanks
from coordination.documents.blanks import DENSE, Blank, Measure, Piece
from coordination.documents.complaint_notices import begun, ended
from coordination.documents.complaint_paper import Agreement, Party, Refusal, Termination
from coordination.documents.fonts import Fonts
from coordination.documents.sheet import Sheet
from coordination.documents.styles import LINE, SIZE_4
from coordination.documents.wording import chinese_number, clean, full_stop, ordinal

_TO_SIGN = Measure(21, SIZE_4)
# 消费者权益保护法第三十九条, in its order.
OTHER_ROUTES = (
    "与经营者协商和解",
    "请求消费者协会或者依法成立的其他调解组织调解",
    "向有关行政部门投诉",
    "根据与经营者达成的仲裁协议提请仲裁机构仲裁",
    "向人民法院提起诉讼",
)
REFUSAL_GROUNDS = (
    "投诉事项不属于市场监督管理部门职责，或者本行政机关不具有处理权限的；",
    "法院、仲裁机构、市场监督管理部门或者其他行政机关、消费者协会已经受理或者处理过同一消费者权益争议的；",
    "不是为生活消费需要购买、使用商品或者接受服务，或者不能证明与被投诉人之间存在消费者权益争议的；",
    "除法律另有规定外，投诉人知道或者应当知道自己的权益受到被投诉人侵害之日起超过三年的；",
    "未提供本办法第十条第一款、第十一条规定的材料，或者提供虚假材料的；",
    "冒用他人名义或者拒不配合市场监督管理部门核验真实身份信息的；",
    "法律、法规、规章规定不予受理的其他情形。",
)
TERMINATION_GROUNDS = (
    "投诉人撤回投诉或者双方自行和解的；",
    "投诉人、被投诉人无正当理由不参加调解，或者明确拒绝调解的；",
    "经组织调解，投诉人或者被投诉人明确表示无法达成调解协议的；",
    "投诉人与被投诉人对鉴定、检测费用承担无法协商一致的；",
    "自投诉受理之日起六十日内投诉人和被投诉人未能达成调解协议的；",
    "市场监督管理部门受理投诉后，发现存在本办法第十六条、第四十二条规定情形的；",
    "投诉人、被投诉人死亡或者主体资格灭失的；",
    "法律、法规、规章规定的应当终止调解的其他情形。",
)


def refusal(paper: Refusal, fonts: Fonts) -> bytes:
    """投诉不予受理决定书: the ground by its number, the reason in the bureau's words, and the other routes of 消法第三十九条.

    ValueError for a ground that the form does not have.
    """
    sheet = begun(paper, "投诉不予受理决定书", "文书式样六", fonts, measure=DENSE)
    blanks.line(
        sheet,
        *("我局于", *blanks.day(paper.received_on), "收到你关于", Blank(paper.about, 17), "的投诉。经审查，属以下第〔"),
        *(_ground(paper.ground, REFUSAL_GROUNDS), "〕项情形，依据《市场监督管理投诉举报处理办法》第十六条的规定，我局决定不予受理。"),
        measure=DENSE,
    )
    _grounds(sheet, REFUSAL_GROUNDS)
    _reason(sheet, paper.reason)
    blanks.line(
        sheet,
        "你还可以按照《中华人民共和国消费者权益保护法》第三十九条规定的其他途径解决消费者权益争议。",
        f"第三十九条规定的途径有：{'；'.join(OTHER_ROUTES)}。",
        measure=DENSE,
    )
    blanks.line(sheet, "特此告知。", measure=DENSE)
    return ended(
        sheet,
        paper,
        "本决定书适用于市场监督管理部门对投诉作出不予受理决定，并告知投诉人不予受理情况。",
        "本决定书可以通过互联网、电话、短信、电子邮件、信函等方式告知。",
        measure=DENSE,
    )


def termination(paper: Termination, fonts: Fonts) -> bytes:
    """投诉终止调解决定书, to either party. ValueError for a ground that the form does not have."""
    sheet = begun(paper, "投诉终止调解决定书", "文书式样八", fonts, measure=DENSE)
    blanks.line(
        sheet,
        *("经审查，关于", Blank(paper.about, 10), "投诉的调解过程中出现以下第〔", _ground(paper.ground, TERMINATION_GROUNDS)),
        "〕项情形，依据《市场监督管理投诉举报处理办法》第二十三条第一款的规定，我局决定终止调解。",
        measure=DENSE,
    )
    _grounds(sheet, TERMINATION_GROUNDS)
    _reason(sheet, paper.reason)
    blanks.line(
        sheet,
        "投诉人、被投诉人对市场监督管理部门作出的终止调解决定、调解结果不服的，可以按照《中华人民共和国消费者权益保护法》"
        "第三十九条规定，通过民事诉讼、仲裁等其他途径解决消费者权益争议。",
        measure=DENSE,
    )
    blanks.line(sheet, "特此告知。", measure=DENSE)
    return ended(
        sheet,
        paper,
        "本决定书适用于市场监督管理部门对投诉作出终止调解决定，并告知投诉人和被投诉人。",
        "本决定书可以通过互联网、电话、短信、电子邮件、信函等方式告知。",
        measure=DENSE,
    )


def agreement(paper: Agreement, fonts: Fonts) -> bytes:
    """投诉调解书: both parties, what was asked, what they agreed; signed by hand."""
    sheet = begun(paper, "投诉调解书", "文书式样九", fonts, to="", measure=DENSE)
    parties(sheet, paper)
    blanks.line(sheet, "投诉内容及投诉请求：", measure=DENSE)
    blanks.passage(sheet, paper.matter, rows=1, measure=DENSE)
    blanks.line(sheet, "根据《市场监督管理投诉举报处理办法》有关规定，本局组织双方当事人进行调解，双方自愿达成如下协议：", measure=DENSE)
    blanks.passage(sheet, paper.terms, rows=1, measure=DENSE)
    blanks.line(
        sheet,
        "本调解书经双方当事人签字后生效。调解书生效后，一方当事人未履行的，另一方当事人可以依据《中华人民共和国消费者权益保护法》"
        "第三十九条规定，通过民事诉讼、仲裁等其他途径解决消费者权益争议。",
        measure=DENSE,
    )
    to_sign(sheet)
    return ended(
        sheet,
        paper,
        "本调解书适用于市场监督管理部门组织投诉人和被投诉人现场调解并达成调解协议。调解协议已经即时履行或者双方同意不制作调解书的，"
        "可以不制作调解书，市场监督管理部门应当做好调解记录备查。",
        "本调解书由投诉人和被投诉人双方签字或者盖章，并加盖市场监督管理部门印章，交投诉人和被投诉人各执一份，市场监督管理部门留存一份归档。",
        "投诉人和被投诉人委托他人参加调解的，被委托人应当出具授权委托书和身份证明。授权委托书应当载明委托事项、权限和期限，并由委托人本人签名。",
        measure=DENSE,
    )


def _ground(number: int | None, grounds: tuple[str, ...]) -> Piece:
    if number is None:
        return "\u3000\u3000"
    if not 1 <= number <= len(grounds):
        raise ValueError(f"the form has no ground {number}")
    return chinese_number(number)


def _grounds(sheet: Sheet, grounds: tuple[str, ...]) -> None:
    for at, words in enumerate(grounds, start=1):
        blanks.line(sheet, f"{ordinal(2, at)}{words}", measure=DENSE)


def _reason(sheet: Sheet, words: str) -> None:
    """The reason besides the printed ground, as 总局令第121号第十五条 asks; the form has no place for it, so it is left out when empty."""
    if clean(words):
        blanks.passage(sheet, f"理由：{full_stop(words.strip())}", measure=DENSE)


def parties(sheet: Sheet, paper: Agreement, measure: Measure = DENSE) -> None:
    """Who agrees with whom, and who acts for either."""
    target = paper.target
    _party(sheet, "投诉人", paper.person, measure)
    _party(sheet, "委托代理人", paper.person_agent, measure)
    blanks.labelled(sheet, "被投诉人", target.name, measure)
    blanks.pair(sheet, ("法定代表人（负责人）", target.contact), ("联系电话", target.phone), measure)
    blanks.labelled(sheet, "地址（经营场所）", target.address, measure)
    _party(sheet, "委托代理人", paper.target_agent, measure)


def _party(sheet: Sheet, label: str, party: Party, measure: Measure) -> None:
    blanks.pair(sheet, (label, party.name), ("联系电话", party.phone), measure)
    blanks.labelled(sheet, "联系地址", party.address, measure)


def to_sign(sheet: Sheet) -> None:
    """Three lines to sign on, which stay with what is signed."""
    for at, who in enumerate(("投\u3000诉\u3000人", "被投诉人", "调解人员")):
        sheet.hold_last()
        blanks.line(sheet, f"{who}（签名）：", Blank("", 12), measure=_TO_SIGN, before=0 if at else LINE // 4)
