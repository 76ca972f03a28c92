"""What stands at the foot of pages: page numbers and the 版记 (GB/T 9704-2012 §7.4–7.5)."""

from copy import deepcopy
from math import ceil

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from coordination.documents import length
from coordination.documents.blocks import two_ends
from coordination.documents.markup import element, ordered
from coordination.documents.sheet import Sheet, paragraph, run
from coordination.documents.styles import BOTTOM, FOOTER, LEFT, SIZE_4, TYPE_WIDTH, cell_margins, exact, indent
from coordination.documents.wording import clean, full_stop, widest, width

_CHARACTER = SIZE_4 * 20
# Rules of 0.35 and 0.25 mm in eighths of a point.
_THICK, _THIN = 8, 6


def page_numbers(sheet: Sheet, *, after: int = 0) -> None:
    """— 1 — in 4号宋体: odd pages at the right, even pages at the left, one character in. ``after``: twips below the number."""
    section = sheet.document.sections[-1]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        place = {"ind": indent(_CHARACTER, **{side: 1}), "jc": side} | ({"spacing": exact(18, after=after)} if after else {})
        footer.part.element[:] = [paragraph("Footer", *_page_field(sheet.fonts.number), **place)]


def _page_field(font: str) -> list[BaseOxmlElement]:
    """The runs of — PAGE —; the 1 is what a program shows that does not compute fields."""
    instruction = element("instrText")
    instruction.text = "PAGE"
    parts = [element("fldChar", fldCharType="begin"), instruction, element("fldChar", fldCharType="separate")]
    runs = [_field_run(font, part) for part in parts]
    return [run("— ", font), *runs, run("1", font), _field_run(font, element("fldChar", fldCharType="end")), run(" —", font)]


def _field_run(font: str, part: BaseOxmlElement) -> BaseOxmlElement:
    made = run("", font)
    made[1] = part
    return made


def imprint(sheet: Sheet, *, printed_by: str, printed_on: str, copies_to: str = "", pages: int | None = None) -> None:
    """版记 at the foot of the last page: 抄送 (if any), then who printed the paper and when.

    A table that floats at the foot of the type area, so that text never runs over it: where both do not fit, it goes to the next page and
    takes the last paragraph's end along. Papers are printed on both sides: where it would stand on an odd page it moves to the next, which
    then bears no number. ``pages``: how many there are with the 版记 on the last, where somebody looked; None: they are counted.
    """
    count = pages if pages is not None else length.pages(sheet, _height(copies_to))
    if count is not None and count % 2:
        text_ends = length.pages(sheet, 0) if pages is None else count
        _break_to_even_page(sheet, blank_before=text_ends is not None and text_ends % 2 == 0)
        sheet.paragraph("Anchor")
    else:
        sheet.hold_last()
    rows = []
    if clean(copies_to):
        rows.append([_copies(sheet, clean(copies_to))])
    rows.append(two_ends("Imprint", clean(printed_by), f"{clean(printed_on)}印发", sheet.fonts.body, _CHARACTER))
    sheet.add(_floating(rows))
    sheet.paragraph("Anchor")


def _height(copies_to: str) -> int:
    """Of the 版记 with the space above it, in twips."""
    line, below, above = 480, 60, 200
    lines = 1 + ceil(widest(f"抄送：{clean(copies_to)}。") / (TYPE_WIDTH / _CHARACTER - 2)) if clean(copies_to) else 1
    return above + lines * line + (2 if clean(copies_to) else 1) * below


def copies(sheet: Sheet, names: str) -> None:
    """The 版记 of a letter: 抄送 alone, without rules and without who printed it, at the foot of the last page (GB/T 9704 §10.1)."""
    sheet.hold_last()
    sheet.add(_floating([[_copies(sheet, clean(names))]], ruled=False))
    sheet.paragraph("Anchor")


def _copies(sheet: Sheet, names: str) -> BaseOxmlElement:
    label = "抄送："
    hanging = indent(_CHARACTER, left=1 + width(label), hanging=width(label), right=1)
    return paragraph("Imprint", run(label + full_stop(names), sheet.fonts.body), ind=hanging)


def _floating(rows: list[list[BaseOxmlElement]], *, ruled: bool = True) -> BaseOxmlElement:
    """Anchored to the page sideways and to the margin below: anchored to the margin both ways, LibreOffice leaves it in the text."""
    place = {
        "leftFromText": 0,
        "rightFromText": 0,
        "topFromText": 200,
        "bottomFromText": 0,
        "vertAnchor": "margin",
        "horzAnchor": "page",
        "tblpX": LEFT,
        "tblpYSpec": "bottom",
    }
    frame = ordered(
        "tblPr",
        tblpPr=place,
        tblOverlap="never",
        tblW={"w": TYPE_WIDTH, "type": "dxa"},
        tblLayout={"type": "fixed"},
        tblCellMar=cell_margins(bottom=60),
    )
    made = element("tbl", frame, element("tblGrid", element("gridCol", w=TYPE_WIDTH)))
    for at, lines in enumerate(rows):
        borders = element("tcBorders", _border("top", _THIN if at else _THICK), _border("bottom", _THIN if at < len(rows) - 1 else _THICK))
        look = {"tcBorders": borders} if ruled else {}
        cell = element("tc", ordered("tcPr", tcW={"w": TYPE_WIDTH, "type": "dxa"}, **look), *lines)
        made.append(element("tr", ordered("trPr", cantSplit=True), cell))
    return made


def _border(side: str, eighths: int) -> BaseOxmlElement:
    return element(side, val="single", sz=eighths, space=0, color="000000")


def _break_to_even_page(sheet: Sheet, *, blank_before: bool) -> None:
    """End the section of the text; what follows stands on the next even page, and neither it nor a blank one before it is numbered.

    ``blank_before``: the text ends on an even page; the blank one is then written, for some programs leave out what they put in themselves.
    """
    _end_section(sheet, "nextPage" if blank_before else "evenPage")
    section = sheet.document.sections[-1]
    for footer in (section.footer, section.even_page_footer):
        footer.is_linked_to_previous = False
        # As high as its place, since LibreOffice gives a page of its own kind no more than the footer's text needs.
        footer.part.element[:] = [paragraph("Footer", spacing=exact((BOTTOM - FOOTER) / 20))]
    if blank_before:
        sheet.paragraph("Anchor")
        _end_section(sheet, "evenPage")


def _end_section(sheet: Sheet, kind: str) -> None:
    """The text so far is a section; the next begins on a page of that kind, with the same footers until it is given others."""
    ending = sheet.document.element.body[-1]
    sheet.last_paragraph()[0].append(deepcopy(ending))
    for reference in ending.findall(qn("w:footerReference")):
        ending.remove(reference)
    for old in ending.findall(qn("w:type")):
        ending.remove(old)
    ending.insert(0, element("type", val=kind))
