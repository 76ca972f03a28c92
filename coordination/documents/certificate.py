"""证书 and 标牌 of a recognised unit as .docx, A4, each with a QR code that leads to what the platform says of it now."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO

import segno
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm

from coordination.documents import blocks
from coordination.documents.fonts import Fonts
from coordination.documents.markup import element
from coordination.documents.sheet import Properties, Sheet, new_sheet, run, to_bytes
from coordination.documents.styles import LINE, RED, SIZE_3, TYPE_WIDTH, body_line, exact, size
from coordination.documents.titles import title_lines
from coordination.documents.wording import clean, official_date, width

PIXELS = 12  # of one module of the QR code: sharp at 60 mm in print
_QUIET = 4  # modules of white around a QR code (ISO/IEC 18004 6.3.8)
_LEAST = 24  # points, below which a long name takes two lines


@dataclass(frozen=True, kw_only=True)
class CertificatePaper:
    """All that a certificate or a plaque prints. ``mark``: the unified mark as a PNG or JPEG (the province's), or None."""

    title: str
    category: str
    business: str
    address: str
    certificate_no: str
    recognised_on: date
    valid_until: date
    issuer: str
    address_to_check: str
    mark: bytes | None = None


def certificate(paper: CertificatePaper, fonts: Fonts) -> bytes:
    """The certificate (证书): to whom, for what, until when, by whom. Equal papers give equal bytes."""
    sheet = _sheet(paper, fonts, "证书")
    _mark(sheet, paper.mark, 20)
    _large(sheet, f"{clean(paper.title)}证书", 42)
    _centred(sheet, f"编号：{clean(paper.certificate_no)}", fonts.body, SIZE_3, before=1)
    sheet.paragraph("Body")
    sheet.paragraph("Body")
    sheet.paragraph("Attachments", run(f"{clean(paper.business)}：", sheet.fonts.heading1))
    blocks.text(sheet, f"经审核、检查和公示，认定你单位为{clean(paper.title)}（{clean(paper.category)}）。")
    blocks.text(sheet, f"经营地址：{clean(paper.address)}")
    blocks.text(sheet, f"有效期至{official_date(paper.valid_until)}。")
    blocks.signature(sheet, paper.issuer, official_date(paper.recognised_on))
    _qr(sheet, paper.address_to_check, 28)
    return to_bytes(sheet)


def plaque(paper: CertificatePaper, fonts: Fonts) -> bytes:
    """The plaque (标牌) to put up: mark, title, name and a large QR code. Equal papers give equal bytes."""
    sheet = _sheet(paper, fonts, "标牌")
    _mark(sheet, paper.mark, 28)
    _large(sheet, clean(paper.title), 54)
    _centred(sheet, paper.category, fonts.heading1, 26, before=1)
    _large(sheet, clean(paper.business), 48)
    _qr(sheet, paper.address_to_check, 52)
    _centred(sheet, f"编号：{clean(paper.certificate_no)}", fonts.body, SIZE_3)
    _centred(sheet, f"有效期至{official_date(paper.valid_until)}", fonts.body, SIZE_3)
    _centred(sheet, clean(paper.issuer), fonts.body, SIZE_3)
    return to_bytes(sheet)


def qr_png(address: str) -> bytes:
    """A QR code of this address as a PNG; a quarter of it may be lost to dirt or scratches."""
    content = BytesIO()
    segno.make(address, error="q", micro=False).save(content, kind="png", scale=PIXELS, border=_QUIET)
    return content.getvalue()


def _sheet(paper: CertificatePaper, fonts: Fonts, kind: str) -> Sheet:
    title = f"{paper.title}{kind}：{paper.business}"
    return new_sheet(fonts, Properties(title=title, author=paper.issuer, day=paper.recognised_on, subject=paper.certificate_no))


def _mark(sheet: Sheet, content: bytes | None, millimetres: int) -> None:
    if content is not None:
        _picture(sheet, content, millimetres, "放心消费统一标识")


def _qr(sheet: Sheet, address: str, millimetres: int) -> None:
    """The code, and beneath it what it is for: a plaque that was copied is found out by the name it shows."""
    _picture(sheet, qr_png(address), millimetres, "核验二维码")
    _centred(sheet, "扫码核验，请核对名称和地址", sheet.fonts.body, 12)


def _picture(sheet: Sheet, content: bytes, millimetres: int, words: str) -> None:
    """A picture as high as told, centred in a line of its own; ``words`` is what a screen reader says of it."""
    inline = sheet.document.part.new_pic_inline(BytesIO(content), height=Mm(millimetres))
    inline.docPr.set("descr", words)
    drawing: BaseOxmlElement = element("drawing")
    drawing.append(inline)
    line = {"before": 120, "after": 0, "line": 240, "lineRule": "auto"}
    sheet.paragraph("Rule", element("r", drawing), jc="center", keepNext=True, spacing=line)


def _centred(sheet: Sheet, words: str, font: str, points: float, before: int = 0) -> None:
    spacing = body_line(before) if points == SIZE_3 else exact(points * 1.4, before=before * LINE)
    sheet.paragraph("Mark", run(clean(words), font, color="000000", spacing=0, **size(points)), spacing=spacing)


def _large(sheet: Sheet, words: str, most: int) -> None:
    """Red words as large as they fit in one line, at most ``most`` points; long ones smaller and broken by sense."""
    room = TYPE_WIDTH / 20
    points = max(_LEAST, min(most, int(room / max(width(words), 1))))
    for at, line in enumerate(title_lines(words, int(room / points))):
        made = run(line, sheet.fonts.title, color=RED, spacing=0, **size(points))
        sheet.paragraph("Mark", made, spacing=exact(points * 1.3, before=0 if at else 400))
