"""The first page of a letter (信函格式): the sender's name, and double red rules at top and foot (GB/T 9704-2012 §10.1)."""

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from coordination.documents import foot
from coordination.documents.blocks import mark
from coordination.documents.markup import element
from coordination.documents.sheet import Sheet, paragraph, run
from coordination.documents.styles import FOOTER, LEFT, LINE, MILLIMETRE, PAGE_WIDTH, RED, RIGHT, SIZE_3, exact
from coordination.documents.wording import clean

# Millimetres: from the page's top to the mark, from the mark to the rule, from the lower rule to the page's end, the length of a rule.
_TOP, _GAP, _FOOT, _LENGTH = 30, 4, 20, 170
_BELOW_INK = 1.3  # millimetres that a sign of this size leaves free at its foot
_THICKNESS = 18  # of a double rule, in eighths of a point


def begin(sheet: Sheet, issuer: str) -> None:
    """Put mark and rules into the first page's header and footer. That page bears no number; the others have theirs where papers do."""
    sheet.document.sections[-1].different_first_page_header_footer = True
    section = sheet.document.sections[-1]
    name, leading = mark(sheet, issuer)
    gap = max(1.0, (_GAP - _BELOW_INK) * MILLIMETRE / 20 - 0.4 * leading)
    head, end = section.first_page_header, section.first_page_footer
    for part in (head, end):
        part.is_linked_to_previous = False
    head.part.element[:] = [name, _rule("thickThinSmallGap", gap)]
    end.part.element[:] = [_rule("thinThickSmallGap", 2)]
    margins = sheet.document.element.body[-1].find(qn("w:pgMar"))
    margins.set(qn("w:header"), str(round(_TOP * MILLIMETRE - 0.6 * leading * 20)))
    margins.set(qn("w:footer"), str(round(_FOOT * MILLIMETRE)))
    foot.page_numbers(sheet, after=FOOTER - round(_FOOT * MILLIMETRE))


def number_line(sheet: Sheet, number: str) -> None:
    """发文字号 at the right edge, seven eighths of a 3号 character below the rule."""
    above = round(SIZE_3 * 20 * 7 / 8 - 0.6 * (LINE - SIZE_3 * 20))
    sheet.paragraph("Signature", run(clean(number), sheet.fonts.body), jc="right", spacing=exact(LINE / 20, before=above))


def _rule(kind: str, height: float) -> BaseOxmlElement:
    """A red double rule below a line ``height`` points high, 170 mm long and in the middle of the page."""
    over = round((_LENGTH * MILLIMETRE - (PAGE_WIDTH - LEFT - RIGHT)) / 2)
    middle = (LEFT - RIGHT) // 2  # the type area lies so much to the right of the page's middle
    border = element("pBdr", element("bottom", val=kind, sz=_THICKNESS, space=0, color=RED))
    return paragraph("Rule", pBdr=border, spacing=exact(height), ind={"left": -over - middle, "right": -over + middle})
