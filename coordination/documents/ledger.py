"""A ledger (台账) as .docx: one wide table on A4 turned sideways, its head on every page (GB/T 9704-2012 §8)."""

from coordination.documents import foot
from coordination.documents.markup import element
from coordination.documents.paper import LedgerPaper
from coordination.documents.sheet import Properties, new_sheet, run, to_bytes
from coordination.documents.styles import BOTTOM, DEFAULT, FOOTER, LEFT, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, TOP, Fonts, exact
from coordination.documents.tables import table
from coordination.documents.wording import clean

# The page turned by a quarter: its margins turn with it.
_ACROSS = PAGE_HEIGHT - TOP - BOTTOM


def build(paper: LedgerPaper, fonts: Fonts = DEFAULT) -> bytes:
    """The .docx; equal papers give equal bytes."""
    sheet = new_sheet(fonts, Properties(title=paper.title, author=paper.author, day=paper.day, subject=paper.caption))
    section = sheet.document.element.body[-1]
    section[0] = element("pgSz", w=PAGE_HEIGHT, h=PAGE_WIDTH, orient="landscape")
    section[1] = element("pgMar", top=LEFT, right=TOP, bottom=RIGHT, left=BOTTOM, header=851, footer=min(FOOTER, RIGHT - 400), gutter=0)
    foot.page_numbers(sheet)
    sheet.paragraph("Title", run(clean(paper.title), sheet.fonts.title), spacing=exact(35))
    sheet.paragraph("Signature", run(clean(paper.caption), sheet.fonts.body), jc="center", spacing=exact(28, after=120))
    table(sheet, list(paper.head), [list(row) for row in paper.rows], list(paper.shares), across=_ACROSS)
    if clean(paper.note):
        sheet.paragraph("Cell", run(clean(paper.note), sheet.fonts.body), spacing=exact(20, before=120))
    return to_bytes(sheet)
