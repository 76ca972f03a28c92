"""Tables in the text: ruled, as wide as the type area, their head repeated on every page (GB/T 9704-2012 §8)."""

from docx.oxml.xmlchemy import BaseOxmlElement

from coordination.documents.markup import element, ordered
from coordination.documents.sheet import Sheet, paragraph, run
from coordination.documents.styles import TYPE_WIDTH, cell_margins
from coordination.documents.wording import paragraphs

_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def table(
    sheet: Sheet, head: list[str], rows: list[list[str]], shares: list[int], *, across: int = TYPE_WIDTH, row_height: int = 0
) -> None:
    """A table in 小四: ``shares`` are the columns' parts of the width, ``across`` in twips. No row is split between pages.

    ``row_height``: the least a row of the list may have, in twips, where people write into it. ValueError if a row has not one cell for
    every column.
    """
    if any(len(row) != len(shares) for row in (head, *rows)):
        raise ValueError("every row needs one cell for every column")
    widths = _widths(shares, across)
    borders = element("tblBorders", *(element(side, val="single", sz=4, space=0, color="000000") for side in _SIDES))
    look = ordered(
        "tblPr",
        tblW={"w": across, "type": "dxa"},
        tblBorders=borders,
        tblLayout={"type": "fixed"},
        tblCellMar=cell_margins(top=20, sides=85, bottom=90),
    )
    made = element("tbl", look, element("tblGrid", *(element("gridCol", w=width) for width in widths)))
    made.append(_row(sheet, head, widths, head=True))
    made.extend(_row(sheet, row, widths, height=row_height) for row in rows)
    sheet.add(made)


def _widths(shares: list[int], across: int) -> list[int]:
    """Column widths that fill so many twips to the twip."""
    widths = [across * share // sum(shares) for share in shares]
    widths[-1] += across - sum(widths)
    return widths


def _row(sheet: Sheet, words: list[str], widths: list[int], *, head: bool = False, height: int = 0) -> BaseOxmlElement:
    tall = {"trHeight": {"val": height, "hRule": "atLeast"}} if height else {}
    properties = ordered("trPr", cantSplit=True, tblHeader=True) if head else ordered("trPr", cantSplit=True, **tall)
    return element("tr", properties, *(_cell(sheet, cell, width, head) for cell, width in zip(words, widths, strict=True)))


def _cell(sheet: Sheet, words: str, width: int, head: bool) -> BaseOxmlElement:
    font = sheet.fonts.heading1 if head else sheet.fonts.body
    centred = {"jc": "center"} if head or words.isdecimal() else {}
    lines = [paragraph("Cell", run(line, font), **centred) for line in paragraphs(words)] or [paragraph("Cell")]
    return element("tc", ordered("tcPr", tcW={"w": width, "type": "dxa"}, vAlign="center"), *lines)
