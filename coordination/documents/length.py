"""How many pages a paper will have, counted from its own lines: text stands on exact lines of known width, so no layout engine is asked.

It is for the 版记, which belongs on an even page (GB/T 9704-2012 §7.4). Digits and letters are counted as wide as LibreOffice sets them;
where a line ends on them, another program may come to a line less.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from coordination.documents.sheet import Sheet
from coordination.documents.styles import CHARACTER, TYPE_HEIGHT, TYPE_WIDTH
from coordination.documents.wording import SEAM, widest

_P, _PPR, _SPACING, _IND, _KEEP, _STYLE = (qn(f"w:{tag}") for tag in ("p", "pPr", "spacing", "ind", "keepNext", "pStyle"))
_T, _BR, _VAL = qn("w:t"), qn("w:br"), qn("w:val")
_ONE_LINE = frozenset({"Mark", "Rule", "Anchor", "Number", "Issuer", "Signature"})
_TOKEN = re.compile(r"[!-~]+|.")
_MAY_HANG = frozenset("，。、；：")  # set beyond the edge rather than on the next line
_NO_START = frozenset("）》”’】〕！？…—")
_NO_END = frozenset("（《“‘【〔")


@dataclass(frozen=True)
class _Look:
    """What a paragraph takes: twips before, of a line and after, the indents, and whether it stays with the next."""

    before: int = 0
    line: int = 0
    after: int = 0
    left: int = 0
    right: int = 0
    first: int = 0
    keeps: bool = False


@dataclass
class _Flow:
    """Lines set one below the other, page after page."""

    page: int = 1
    at: int = 0

    def turn(self) -> None:
        """Go on at the top of the next page."""
        self.page, self.at = self.page + 1, 0

    def room(self, height: int) -> None:
        """Turn the page unless so much fits here; at the top there is nowhere better to go."""
        if self.at and self.at + height > TYPE_HEIGHT:
            self.turn()

    def set(self, block: "_Block") -> None:
        """The lines of a paragraph; space before it falls away at the top of a page, but of the first."""
        self.at += block.look.before if self.at or self.page == 1 else 0
        for _ in range(block.lines):
            self.room(block.look.line)
            self.at += block.look.line
        self.at += block.look.after


@dataclass(frozen=True)
class _Block:
    look: _Look
    lines: int = 1

    @property
    def height(self) -> int:
        """All of it, in twips."""
        return self.look.before + self.lines * self.look.line + self.look.after


def pages(sheet: Sheet, tail: int) -> int | None:
    """The pages of what is written so far and of ``tail`` twips that stay with its last lines.

    None for a paper with tables: how high a row is, only a layout engine knows.
    """
    body = sheet.document.element.body
    if body.find(qn("w:tbl")) is not None:
        return None
    looks = _looks(sheet)
    blocks = [*(_block(one, looks) for one in body.iterchildren(_P)), _Block(_Look(line=tail))]
    flow = _Flow()
    for at, block in enumerate(blocks):
        if block.look.keeps and (at == 0 or not blocks[at - 1].look.keeps):
            flow.room(_together(blocks[at:]))
        flow.set(block)
    return flow.page


def _together(blocks: list[_Block]) -> int:
    """The height of paragraphs that stay together, and of the first line of the one they lead to."""
    height = 0
    for block in blocks:
        if not block.look.keeps:
            return height + block.look.before + block.look.line
        height += block.height
    return height


def _looks(sheet: Sheet) -> dict[str, _Look]:
    """The styles' looks."""
    styles = sheet.document.styles.element
    normal = _Look()
    found: dict[str, _Look] = {}
    for style in styles.iterchildren(qn("w:style")):
        properties = style.find(_PPR)
        if properties is not None:
            look = _changed(normal, properties)
            found[style.get(qn("w:styleId"))] = look
            normal = look if style.get(qn("w:default")) else normal
    return found


def _changed(look: _Look, properties: BaseOxmlElement) -> _Look:
    """The look with what these properties say otherwise."""
    spacing, ind = properties.find(_SPACING), properties.find(_IND)
    height = (look.before, look.line, look.after)
    place = (look.left, look.right, look.first)
    if spacing is not None:
        height = (_twips(spacing, "before"), _twips(spacing, "line"), _twips(spacing, "after"))
    if ind is not None:
        place = (_twips(ind, "left"), _twips(ind, "right"), _twips(ind, "firstLine") - _twips(ind, "hanging"))
    return _Look(*height, *place, look.keeps or properties.find(_KEEP) is not None)


def _twips(element: BaseOxmlElement, name: str) -> int:
    return int(element.get(qn(f"w:{name}"), 0))


def _block(paragraph: BaseOxmlElement, looks: dict[str, _Look]) -> _Block:
    properties = paragraph.find(_PPR)
    style = properties.find(_STYLE).get(_VAL)
    look = _changed(looks[style], properties)
    if style in _ONE_LINE:
        return _Block(look)
    if style == "Title":
        return _Block(look, 1 + sum(1 for _ in paragraph.iter(_BR)))
    room = TYPE_WIDTH - look.left - look.right
    return _Block(look, sum(_lines(text, room - first, room) for text, first in _segments(paragraph, look.first)))


def _segments(paragraph: BaseOxmlElement, first: int) -> Iterator[tuple[str, int]]:
    """The text between line ends, each with the indent of its first line."""
    text = ""
    for part in paragraph.iter(_T, _BR):
        if part.tag == _BR:
            yield text, first
            text, first = "", 0
        else:
            text += part.text or ""
    yield text, first


def _lines(text: str, first: int, room: int) -> int:
    """On how many lines the text stands, of which the first has another room than the rest."""
    if len(text) * CHARACTER <= first:
        return 1
    tokens = _TOKEN.findall(text)
    ends = list(accumulate(map(_taken, tokens)))
    count, begun, limit, full = 1, 0, first / CHARACTER, room / CHARACTER
    while True:
        at = bisect_right(ends, limit + 0.01, begun)
        if at < len(tokens) and tokens[at] in _MAY_HANG:
            at += 1
        elif begun + 1 < at < len(tokens) and (tokens[at] in _NO_START or tokens[at - 1] in _NO_END):
            at -= 1
        begun = max(at, begun + 1)
        if begun >= len(tokens):
            return count
        count, limit = count + 1, ends[begun - 1] + full


@lru_cache(maxsize=10_000)
def _taken(token: str) -> float:
    """The width of a sign, or of digits and letters with the blanks beside them."""
    return widest(token) + (2 * SEAM if token.isascii() else 0)
