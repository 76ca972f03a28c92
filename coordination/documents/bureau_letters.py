"""Papers on complaints under a bureau's own heading as .docx (消费者权益保护法实施条例第四十六条). Equal papers give equal bytes.

Every department that takes complaints answers them; only 市场监管 has printed forms. A case that belongs to another body is handed over
with a letter between the two, and whoever complained is told in writing.
"""

from coordination.documents import blanks, blocks, foot
from coordination.documents.blanks import CLOSE, DENSE, Blank, Piece
from coordination.documents.complaint_decisions import OTHER_ROUTES, parties, to_sign
from coordination.documents.complaint_paper import Agreement, BureauLetter, FormPaper, MediationNotice, Party, ReportResult
from coordination.documents.fonts import Fonts
from coordination.documents.markup import element
from coordination.documents.sheet import Properties, Sheet, new_sheet, run, to_bytes
from coordination.documents.styles import LINE, RED, SIZE_2, TYPE_WIDTH, exact
from coordination.documents.titles import title_lines
from coordination.documents.wording import clean, full_stop, official_date, ordinal, paragraphs

RULE = "《中华人民共和国消费者权益保护法实施条例》第四十六条"
_LAW = "《中华人民共和国消费者权益保护法》第三十九条"


def acceptance(paper: BureauLetter, fonts: Fonts) -> bytes:
    """消费投诉受理告知书."""
    sheet = _begun(paper, "消费投诉受理告知书", fonts)
    _text(sheet, f"{_received(paper)}经审查，符合{RULE}的规定，我局决定受理。我局将依法组织调解或者作出处理，并将结果告知你。")
    _text(sheet, "请保存好与争议有关的合同、票据、付款记录等材料，并配合我局核实情况。")
    _contact(sheet, paper)
    return _ended(sheet, paper)


def refusal(paper: BureauLetter, fonts: Fonts) -> bytes:
    """消费投诉不予受理告知书: the ground, the reason, and the other routes."""
    sheet = _begun(paper, "消费投诉不予受理告知书", fonts)
    ground = f"经审查，你的投诉{_belongs(paper.ground)}，" if clean(paper.ground) else "经审查，"
    _text(sheet, f"{_received(paper)}{ground}根据{RULE}的规定，我局决定不予受理。")
    _reason(sheet, paper)
    _routes(sheet)
    _contact(sheet, paper)
    return _ended(sheet, paper)


def termination(paper: BureauLetter, fonts: Fonts) -> bytes:
    """消费投诉终止调解告知书, to either party."""
    sheet = _begun(paper, "消费投诉终止调解告知书", fonts)
    ground = f"经审查，{_belongs(paper.ground)}，" if clean(paper.ground) else "经审查，"
    _text(sheet, f"关于{_about(paper)}的投诉，我局受理后组织了调解。{ground}根据{RULE}的规定，我局决定终止调解。")
    _reason(sheet, paper)
    _routes(sheet)
    _contact(sheet, paper)
    return _ended(sheet, paper)


def mediation_notice(paper: MediationNotice, fonts: Fonts) -> bytes:
    """消费投诉调解通知书, to either party."""
    sheet = _begun(paper, "消费投诉调解通知书", fonts)
    when = blanks.moment(paper.held_at)
    blanks.line(
        sheet,
        *(f"关于{_about(paper)}的投诉，我局已经受理，现组织双方当事人进行调解。请于", *when, "到", Blank(paper.place, 12), "参加调解。"),
        "不能参加的，请及时告知我局。",
        measure=CLOSE,
    )
    materials = f"和{clean(paper.materials).rstrip('。；')}" if clean(paper.materials) else ""
    _text(sheet, f"请携带身份证明材料{materials}。认为调解人员与本争议有利害关系、可能影响公正处理的，可以申请其回避。")
    blanks.line(sheet, "调解人员：", Blank(paper.mediators, 6), "；联系电话：", Blank(paper.phone, 6), "。", measure=CLOSE)
    return _ended(sheet, paper)


def agreement(paper: Agreement, fonts: Fonts) -> bytes:
    """消费争议调解协议书, signed by both parties."""
    sheet = _begun(paper, "消费争议调解协议书", fonts, to="")
    parties(sheet, paper, DENSE)
    blanks.line(sheet, "投诉内容及投诉请求：", measure=DENSE)
    blanks.passage(sheet, paper.matter, measure=DENSE)
    blanks.line(sheet, f"根据{RULE}的规定，我局组织双方当事人进行调解，双方自愿达成如下协议：", measure=DENSE)
    blanks.passage(sheet, paper.terms, measure=DENSE)
    blanks.line(
        sheet,
        f"本协议书经双方当事人签字后生效。一方当事人未履行的，另一方当事人可以依据{_LAW}的规定，通过仲裁、民事诉讼等其他途径解决争议。",
        measure=DENSE,
    )
    to_sign(sheet)
    return _ended(sheet, paper)


def report_result(paper: ReportResult, fonts: Fonts) -> bytes:
    """举报处理情况告知书, to the informant."""
    sheet = _begun(paper, "举报处理情况告知书", fonts)
    law, article = clean(paper.law).strip("《》"), clean(paper.article).removeprefix("第").removesuffix("条")
    basis = f"根据《{law}》" + (f"第{article}条" if article else "") + "的规定，" if law else ""
    _text(sheet, f"关于{_about(paper)}的举报，我局已依法处理。{basis}现将处理情况告知如下：")
    blanks.passage(sheet, paper.result, rows=3, measure=CLOSE)
    _contact(sheet, paper)
    return _ended(sheet, paper)


def answer(paper: BureauLetter, fonts: Fonts) -> bytes:
    """咨询答复书: what was asked is answered in ``reason``."""
    sheet = _begun(paper, "咨询答复书", fonts)
    when = f"于{official_date(paper.received_on)}" if paper.received_on else "已"
    _text(sheet, f"我局{when}收到你关于{_about(paper)}的咨询，现答复如下：")
    blanks.passage(sheet, paper.reason, rows=3, measure=CLOSE)
    _contact(sheet, paper)
    return _ended(sheet, paper)


def transfer(paper: BureauLetter, fonts: Fonts) -> bytes:
    """移送函, to the body the case belongs to: who complained of whom, what of, and why it is handed over."""
    kind = _kind(paper)
    sheet = _begun(paper, f"关于移送{kind}材料的函", fonts, to=clean(paper.receiver) or blanks.LINE_TO_WRITE_ON * 8)
    received = f"于{official_date(paper.received_on)}" if paper.received_on else "近期"
    _text(sheet, f"我局{received}收到关于{_about(paper)}的{kind}。经审查，该事项不属于我局职责，现移送你单位，请依法处理并答复{kind}人。")
    _reason(sheet, paper)
    for label, words in _case(paper):
        for at, one in enumerate(paragraphs(words)):
            _text(sheet, full_stop(f"{label}：{one}" if at == 0 else one))
    _text(sheet, "请予函复收件情况。")
    _contact(sheet, paper)
    blocks.attachments(sheet, [name for name in paper.enclosures if clean(name)])
    return _ended(sheet, paper)


def transfer_notice(paper: BureauLetter, fonts: Fonts) -> bytes:
    """移送告知书: whoever complained learns in writing who has the case now."""
    sheet = _begun(paper, "举报移送告知书" if paper.is_report else "消费投诉移送告知书", fonts)
    receiver = clean(paper.receiver) or "有权处理的机关"
    _text(sheet, f"{_received(paper)}经审查，该事项不属于我局职责。我局已依法将有关材料移送{receiver}处理，由其将处理情况告知你。")
    _reason(sheet, paper)
    _contact(sheet, paper)
    return _ended(sheet, paper)


def _begun(paper: FormPaper, title: str, fonts: Fonts, *, to: str | None = None) -> Sheet:
    """The bureau's mark and the double rule of a letter (GB/T 9704-2012 §10.1), the number at the right, the title, and to whom it is."""
    sheet = new_sheet(fonts, Properties(title=title, author=paper.issuer, day=paper.day, subject="消费投诉举报"))
    foot.page_numbers(sheet)
    blocks.red_mark(sheet, clean(paper.issuer) or "\u3000", below=0)
    double = element("pBdr", element("bottom", val="thickThinSmallGap", sz=18, space=0, color=RED))
    sheet.paragraph("Rule", pBdr=double, spacing=exact(7))
    frame: tuple[Piece, ...] = (Blank("", 3), "〔", Blank("", 2), "〕", Blank("", 2), "号")
    said: tuple[Piece, ...] = (paper.number,) if clean(paper.number) else frame
    sheet.paragraph("Signature", *blanks.runs(sheet, said), jc="right", spacing=exact(LINE / 20, before=LINE // 4))
    for at, one in enumerate(title_lines(title, TYPE_WIDTH // (SIZE_2 * 20))):
        sheet.paragraph("Title", run(one, sheet.fonts.title), spacing=exact(35, before=0 if at else LINE * 2 // 3, after=LINE // 3))
    if to != "":
        blanks.addressee(sheet, paper.to if to is None else to, CLOSE)
    return sheet


def _ended(sheet: Sheet, paper: FormPaper) -> bytes:
    blanks.sealed(sheet, paper.issuer, paper.signed_on, measure=CLOSE)
    return to_bytes(sheet)


def _text(sheet: Sheet, words: str) -> None:
    blanks.passage(sheet, words, measure=CLOSE)


def _kind(paper: BureauLetter) -> str:
    return "举报" if paper.is_report else "投诉"


def _about(paper: FormPaper) -> str:
    return clean(paper.about) or "消费争议"


def _received(paper: BureauLetter) -> str:
    when = f"于{official_date(paper.received_on)}" if paper.received_on else "已"
    return f"我局{when}收到你关于{_about(paper)}的{_kind(paper)}。"


def _belongs(ground: str) -> str:
    """A ground as it stands in a sentence, whether it begins as one of its own or names a case (自受理之日起…)."""
    words = clean(ground).rstrip("。；")
    return words if words.startswith(("不", "未", "无")) else f"属于“{words}”的情形"


def _reason(sheet: Sheet, paper: BureauLetter) -> None:
    words = paragraphs(paper.reason)
    for at, one in enumerate(words):
        said = full_stop(one) if at == len(words) - 1 else one
        _text(sheet, f"理由：{said}" if at == 0 else said)


def _routes(sheet: Sheet) -> None:
    _text(sheet, f"你还可以按照{_LAW}的规定，通过下列途径解决争议：")
    for at, route in enumerate(OTHER_ROUTES, start=1):
        end = "。" if at == len(OTHER_ROUTES) else "；"
        _text(sheet, f"{ordinal(2, at)}{route}{end}")


def _case(paper: BureauLetter) -> list[tuple[str, str]]:
    """What the receiving body must know, as far as it is known."""
    kind = _kind(paper)
    said = (
        (f"{kind}人", _named(paper.person)),
        (f"被{kind}人", _named(paper.target)),
        ("反映的情况", paper.facts),
        (f"{kind}请求", paper.request),
    )
    return [(label, words) for label, words in said if words.strip()]


def _named(party: Party) -> str:
    parts = ((party.name, ""), (party.phone, "联系电话"), (party.address, "地址"))
    return "，".join(f"{label}{clean(words)}" for words, label in parts if clean(words))


def _contact(sheet: Sheet, paper: FormPaper) -> None:
    parts = (("联系人", paper.contact), ("联系电话", paper.phone))
    said = "；".join(f"{label}：{clean(words)}" for label, words in parts if clean(words))
    if said:
        _text(sheet, f"{said}。")
