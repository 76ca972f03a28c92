"""Papers about overdue tasks as .docx: the letter to a unit (督办函) and what stands at the top. Equal papers, equal bytes."""

from coordination.documents import blanks, blocks, foot
from coordination.documents.markup import element
from coordination.documents.paper import FollowUpPaper
from coordination.documents.sheet import Properties, Sheet, new_sheet, run, to_bytes
from coordination.documents.styles import DEFAULT, LINE, RED, SIZE_2, TYPE_WIDTH, Fonts, exact
from coordination.documents.titles import title_lines
from coordination.documents.wording import clean, official_date


def letter(paper: FollowUpPaper, fonts: Fonts = DEFAULT) -> bytes:
    """信函格式 (GB/T 9704-2012 §10.1): the issuer's name and a double rule, the number at the right beneath it."""
    sheet = _begun(paper, fonts)
    blocks.red_mark(sheet, clean(paper.issuer), below=0)
    double = element("pBdr", element("bottom", val="thickThinSmallGap", sz=18, space=0, color=RED))
    sheet.paragraph("Rule", pBdr=double, spacing=exact(7))
    sheet.paragraph("Signature", run(clean(paper.number), sheet.fonts.body), jc="right", spacing=exact(LINE / 20, before=LINE // 4))
    for at, line in enumerate(title_lines(paper.title, TYPE_WIDTH // (SIZE_2 * 20))):
        sheet.paragraph("Title", run(line, sheet.fonts.title), spacing=exact(35, before=0 if at else LINE, after=LINE // 3))
    return _ended(sheet, paper)


def official(paper: FollowUpPaper, fonts: Fonts = DEFAULT) -> bytes:
    """文件格式 (GB/T 9704-2012 §7): mark, number, red rule, title; for 通报 and 请示."""
    sheet = _begun(paper, fonts)
    blocks.red_mark(sheet, clean(paper.issuer))
    blocks.number_line(sheet, paper.number)
    blocks.red_rule(sheet)
    blocks.title(sheet, paper.title)
    return _ended(sheet, paper)


def _begun(paper: FollowUpPaper, fonts: Fonts) -> Sheet:
    sheet = new_sheet(fonts, Properties(title=paper.title, author=paper.issuer, day=paper.day, subject=paper.subject))
    foot.page_numbers(sheet)
    return sheet


def _ended(sheet: Sheet, paper: FollowUpPaper) -> bytes:
    blanks.addressee(sheet, paper.to)
    blocks.text(sheet, paper.text)
    blocks.signature(sheet, paper.issuer, official_date(paper.day))
    if clean(paper.copies_to):
        foot.imprint(sheet, printed_by=paper.issuer, printed_on=official_date(paper.day), copies_to=paper.copies_to)
    return to_bytes(sheet)
