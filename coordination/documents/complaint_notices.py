"""Notices of 市场监管 on complaints as .docx (2026年4月文书式样 三, 四, 五, 七, 十). Equal papers give equal bytes."""

from coordination.documents import blanks
from coordination.documents.blanks import CLOSE, USUAL, Blank, Measure, Piece, Struck
from coordination.documents.complaint_paper import Distribution, FormPaper, IdentityRequest, MediationNotice, ReportResult
from coordination.documents.fonts import Fonts
from coordination.documents.sheet import Sheet, to_bytes
from coordination.documents.styles import LINE, SIZE_3
from coordination.documents.wording import clean

BUREAU = "市场监督管理局"
_ANY_WAY = "可以通过互联网、电话、短信、电子邮件、信函等方式告知。"


def distribution(paper: Distribution, fonts: Fonts) -> bytes:
    """投诉/举报分送通知书, from one body of 市场监管 to another below it; what it is not, 投诉 or 举报, is struck out."""
    sheet = begun(paper, "投诉/举报分送通知书", "文书式样三", fonts, to=bureau_name(paper.to))
    kind: tuple[Piece, ...] = {None: ("投诉/举报",), True: (Struck("投诉/"), "举报"), False: ("投诉", Struck("/举报"))}[paper.is_report]
    blanks.line(
        sheet,
        *("现转去", Blank(paper.person, 6), "于", *blanks.day(paper.received_on), "关于", Blank(paper.about, 16), "的", *kind),
        *("。请你局按照《市场监督管理投诉举报处理办法》的规定依法予以处理，并将处理结果于", *blanks.day(paper.report_by), "前报告我局。"),
    )
    blanks.line(sheet, "附：相关材料", _count(paper.copies), "份，共", _count(paper.pages), "页。")
    return ended(
        sheet,
        paper,
        "本通知书适用于省级或者地市级市场监督管理部门或者其设立的12315工作机构将收到的投诉/举报分送下级市场监督管理部门处理。",
    )


def identity_request(paper: IdentityRequest, fonts: Fonts) -> bytes:
    """限期提供身份证明材料通知书."""
    sheet = begun(paper, "限期提供身份证明材料通知书", "文书式样四", fonts, measure=CLOSE)
    blanks.line(
        sheet,
        "根据《中华人民共和国消费者权益保护法实施条例》第四十六条第一款的规定，消费者和经营者发生消费争议向市场监督管理部门"
        "或者其他有关行政部门投诉的，应当提供真实身份信息等材料。",
        measure=CLOSE,
    )
    blanks.line(
        sheet,
        *("根据《市场监督管理投诉举报处理办法》第十条第三款的规定，请你在", *blanks.day(paper.until)),
        "前向我局提供以下身份证明材料。",
        measure=CLOSE,
    )
    blanks.passage(sheet, paper.materials, rows=1, measure=CLOSE)
    blanks.line(
        sheet,
        "逾期未提供或提供虚假材料的，我局将根据《市场监督管理投诉举报处理办法》第十条、第十六条的规定，对投诉依法不予受理。",
        measure=CLOSE,
    )
    blanks.line(sheet, "联系电话：", Blank(paper.phone, 6), "；通信地址：", Blank(paper.address, 6), "。", measure=CLOSE)
    return ended(
        sheet,
        paper,
        "本通知书适用于投诉人未提供真实身份信息，市场监督管理部门通知投诉人限期提供身份证明材料。",
        "本通知书中“联系电话”“通信地址”指接收限期提供身份证明材料的市场监督管理部门地址及联系电话。",
        measure=CLOSE,
    )


def acceptance(paper: FormPaper, fonts: Fonts) -> bytes:
    """投诉受理决定书."""
    sheet = begun(paper, "投诉受理决定书", "文书式样五", fonts)
    blanks.line(
        sheet,
        *("我局于", *blanks.day(paper.received_on), "收到你关于", Blank(paper.about, 20)),
        "的投诉。经审查，符合《市场监督管理投诉举报处理办法》规定的受理条件，我局决定受理。",
    )
    blanks.line(sheet, "联系人：", Blank(paper.contact, 6), "；联系电话：", Blank(paper.phone, 7), "。")
    blanks.line(sheet, "特此告知。")
    return ended(
        sheet,
        paper,
        "本决定书适用于市场监督管理部门对投诉作出受理决定，并告知投诉人受理情况。",
        "本决定书中“联系人”“联系电话”指市场监督管理部门负责处理投诉的工作人员及其联系电话。",
        f"本决定书{_ANY_WAY}",
    )


def mediation_notice(paper: MediationNotice, fonts: Fonts) -> bytes:
    """投诉调解通知书, to either party, for mediation where both are present."""
    sheet = begun(paper, "投诉调解通知书", "文书式样七", fonts)
    blanks.line(
        sheet,
        *("关于", Blank(paper.about, 9), "的投诉，我局已经受理，根据《市场监督管理投诉举报处理办法》的规定，"),
        *("现组织双方当事人进行现场调解。请于", *blanks.moment(paper.held_at), "到", Blank(paper.place, 18)),
        "参加调解。无正当理由不参加调解的，我局将依法终止调解。",
    )
    blanks.line(sheet, "请携带以下材料：1. 身份证明材料；2. ", *_materials(paper.materials))
    blanks.line(
        sheet,
        "如果您认为调解人员是投诉人或者被投诉人的近亲属或者有其他利害关系，可能影响公正处理投诉的，可以自收到本通知书之日起",
        *(_count(paper.recusal_days), "日内对调解人员提出回避申请。"),
    )
    blanks.line(sheet, "调解人员：", Blank(paper.mediators, 6), "；联系电话：", Blank(paper.phone, 6), "。")
    blanks.line(sheet, "特此通知。")
    return ended(
        sheet,
        paper,
        "本通知书适用于市场监督管理部门通知投诉人和被投诉人参加现场调解。",
        "本通知书中“调解人员”“联系电话”指主持调解的工作人员及其联系电话。",
        f"本通知书{_ANY_WAY}",
    )


def report_result(paper: ReportResult, fonts: Fonts) -> bytes:
    """举报处理结果告知书, where a law, regulation or rule says that the informant is told."""
    sheet = begun(paper, "举报处理结果告知书", "文书式样十", fonts)
    law, article = clean(paper.law).strip("《》"), clean(paper.article).removeprefix("第").removesuffix("条")
    blanks.line(
        sheet,
        *("关于", Blank(paper.about, 8), "的举报，我局已依法处理。根据《", Blank(law, 6), "》第", Blank(article, 3)),
        "条规定，现将处理结果告知如下：",
    )
    blanks.passage(sheet, paper.result, rows=3)
    blanks.line(sheet, "特此告知。")
    return ended(
        sheet,
        paper,
        "本告知书适用于市场监督管理部门依据法律、法规、规章的明确规定，将举报处理结果告知举报人。",
        f"本告知书{_ANY_WAY}",
    )


def begun(paper: FormPaper, title: str, sample: str, fonts: Fonts, *, to: str | None = None, measure: Measure = USUAL) -> Sheet:
    """A form up to its addressee; ``to`` empty: it has none."""
    sheet = blanks.new_form(title, paper.issuer, paper.day, sample, fonts)
    blanks.head(sheet, title)
    blanks.number(sheet, paper.number)
    if to != "":
        blanks.addressee(sheet, paper.to if to is None else to, measure)
    return sheet


def ended(sheet: Sheet, paper: FormPaper, *notes: str, measure: Measure = USUAL) -> bytes:
    """The form with its seal, its day and its notes, as a file."""
    blanks.sealed(sheet, paper.issuer, paper.signed_on, place=BUREAU, measure=measure)
    blanks.notes(sheet, *notes, before=LINE if measure.points == SIZE_3 else LINE // 3)
    return to_bytes(sheet)


def bureau_name(name: str) -> str:
    """The addressee of 分送: the body as it is called; none is left as the form prints it, to be written in."""
    return clean(name) or f"{blanks.LINE_TO_WRITE_ON * 5}{BUREAU}"


def _count(number: int | None) -> Piece:
    return Blank("", 2) if number is None else str(number)


def _materials(words: str) -> tuple[Piece, ...]:
    return (clean(words).rstrip("。；") + "。",) if clean(words) else (Blank("", 6), "……")
