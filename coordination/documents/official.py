"""What goes out under a body's name as .docx: 文件 (GB/T 9704-2012 §7) and 函 (§10.1). Equal papers give equal bytes."""

from coordination.documents import blocks, foot, letterhead, plain
from coordination.documents.fonts import Fonts
from coordination.documents.paper import OfficialPaper
from coordination.documents.sheet import Properties, Sheet, new_sheet, to_bytes
from coordination.documents.styles import LINE, exact
from coordination.documents.wording import clean, official_date


def document(paper: OfficialPaper, fonts: Fonts) -> bytes:
    """文件: red mark with 文件, number, red rule, and a 版记 that says who printed it."""
    sheet = _begun(paper, fonts)
    foot.page_numbers(sheet)
    blocks.red_mark(sheet, f"{clean(paper.issuer)}文件")
    if paper.signer is None:
        blocks.number_line(sheet, paper.number)
    else:
        blocks.upward_line(sheet, paper.number, paper.signer)
    blocks.red_rule(sheet)
    blocks.title(sheet, paper.title)
    _body(sheet, paper)
    printed_by = clean(paper.printed_by) or clean(paper.issuer)
    foot.imprint(sheet, printed_by=printed_by, printed_on=official_date(paper.day), copies_to=paper.copies_to)
    return to_bytes(sheet)


def brief(paper: OfficialPaper, fonts: Fonts) -> bytes:
    """工作简报: red mark, 第N期, issuer and day over the red rule; addressed to nobody, its readers stand in the 版记."""
    sheet = _begun(paper, fonts)
    foot.page_numbers(sheet)
    blocks.red_mark(sheet, "工作简报")
    blocks.number_line(sheet, paper.number)
    blocks.issuer_line(sheet, paper.issuer, official_date(paper.day))
    blocks.red_rule(sheet)
    blocks.title(sheet, paper.title)
    blocks.text(sheet, paper.opening)
    plain.write(sheet, paper.parts)
    foot.imprint(sheet, printed_by=clean(paper.printed_by), printed_on=official_date(paper.day), copies_to=paper.copies_to)
    return to_bytes(sheet)


def letter(paper: OfficialPaper, fonts: Fonts) -> bytes:
    """函: the name alone over a double rule, the number at the right beneath it, 抄送 at the end."""
    sheet = _begun(paper, fonts)
    letterhead.begin(sheet, paper.issuer)
    letterhead.number_line(sheet, paper.number)
    blocks.title(sheet, paper.title, spacing=exact(35, before=2 * LINE, after=LINE))
    _body(sheet, paper)
    if clean(paper.copies_to):
        foot.copies(sheet, paper.copies_to)
    return to_bytes(sheet)


def _begun(paper: OfficialPaper, fonts: Fonts) -> Sheet:
    title = "".join(map(clean, paper.title.split("\n")))
    return new_sheet(fonts, Properties(title=title, author=paper.author, day=paper.day, subject=paper.subject))


def _body(sheet: Sheet, paper: OfficialPaper) -> None:
    blocks.addressee(sheet, paper.to)
    blocks.text(sheet, paper.opening)
    plain.write(sheet, paper.parts)
    blocks.text(sheet, paper.closing)
    blocks.signature(sheet, paper.issuer, official_date(paper.day))
    if clean(paper.note):
        blocks.note(sheet, paper.note)
