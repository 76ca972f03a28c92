"""Papers without 版头 as .docx: agenda, list, record. Title in 2号, text in 3号, tables in 小四. Equal papers give equal bytes."""

from coordination.documents import blocks, foot
from coordination.documents.fonts import Fonts
from coordination.documents.paper import Part, PlainPaper, Table
from coordination.documents.sheet import Properties, Sheet, new_sheet, to_bytes
from coordination.documents.styles import LINE, MILLIMETRE, TYPE_HEIGHT, TYPE_WIDTH, exact
from coordination.documents.tables import table
from coordination.documents.wording import clean, official_date


def build(paper: PlainPaper, fonts: Fonts) -> bytes:
    """The .docx. Its title stands at the top of the page, a blank line above the text."""
    across = TYPE_HEIGHT if paper.is_wide else TYPE_WIDTH
    sheet = new_sheet(fonts, Properties(title=clean(paper.title), author=paper.author, day=paper.day, subject=paper.subject))
    if paper.is_wide:
        sheet.turn()
    foot.page_numbers(sheet)
    blocks.title(sheet, paper.title, across=across, spacing=exact(35, after=LINE))
    blocks.text(sheet, paper.opening)
    write(sheet, paper.parts, across)
    blocks.text(sheet, paper.closing)
    if clean(paper.signed_by):
        blocks.signature(sheet, paper.signed_by, official_date(paper.day))
    return to_bytes(sheet)


def write(sheet: Sheet, parts: tuple[Part, ...], across: int = TYPE_WIDTH) -> None:
    """Parts one after another; those with a heading are numbered 一、 where there are several."""
    several = sum(bool(clean(part.heading)) for part in parts) > 1
    number = 0
    for part in parts:
        if clean(part.heading):
            number += 1
            blocks.heading(sheet, 1, number if several else None, part.heading)
        for words in part.paragraphs:
            blocks.text(sheet, words)
        for at, words in enumerate(part.points, start=1):
            blocks.heading(sheet, 2, at, "", words)
        if part.table is not None:
            _table(sheet, part.table, across)


def _table(sheet: Sheet, made: Table, across: int) -> None:
    """The table, on one page with what leads to it, and a narrow gap before what comes next."""
    sheet.hold_last()
    rows = [list(row) for row in made.rows]
    table(sheet, list(made.head), rows, list(made.shares), across=across, row_height=round(made.row_height * MILLIMETRE))
    sheet.paragraph("Anchor", spacing=exact(8))
