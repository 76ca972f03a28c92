"""The parts of an official paper in the order they stand: 版头, title, text, lists, signature (GB/T 9704-2012 §7.2–7.3)."""

from collections.abc import Sequence
from typing import Any

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from coordination.documents.markup import element, ordered
from coordination.documents.sheet import Sheet, paragraph, run
from coordination.documents.styles import CHARACTER, MILLIMETRE, PER_LINE, RED, SIZE_2, TYPE_WIDTH, body_line, exact, indent, size
from coordination.documents.titles import title_lines
from coordination.documents.wording import clean, ordinal, paragraphs, widest, width

# The mark: at most 54 pt high; narrowed to 60 % of its width before it is made smaller, below 26 pt narrowed further, to a third.
_MARK_MOST, _MARK_LEAST, _MARK_NARROW, _MARK_NARROWEST = 54, 26, 0.6, 0.33
_MARK_WIDTH = TYPE_WIDTH / 20 * 0.98
_LEAST_SCALE = 75


def red_mark(sheet: Sheet, text: str, *, below: float = 35) -> None:
    """发文机关标志 on one line, its top 35 mm below the type area's (``below``); a long one is set narrower, then smaller."""
    made, leading = mark(sheet, text)
    made[0].find(qn("w:spacing")).set(qn("w:before"), str(max(0, round(below * MILLIMETRE - 0.6 * leading * 20))))
    sheet.add(made)


def mark(sheet: Sheet, text: str) -> tuple[BaseOxmlElement, float]:
    """发文机关标志 as a paragraph not yet in the paper, and how much higher than its signs the line is, in points, three fifths above."""
    words = clean(text)
    points, scale = _mark_size(width(words))
    narrowed = {"w": scale} if scale < 100 else {}
    signs = run(words, sheet.fonts.title, color=RED, spacing=0, **narrowed, **size(points))
    return paragraph("Mark", signs, spacing=exact(points * 1.25)), points * 0.25


def _mark_size(characters: float) -> tuple[int, int]:
    """Points and character scale (%) that keep so many characters on one line."""
    fits = _MARK_WIDTH / max(characters, 1)
    points = min(_MARK_MOST, max(_MARK_LEAST, int(fits / _MARK_NARROW)))
    points = max(1, min(points, int(fits / _MARK_NARROWEST)))
    return points, max(1, min(100, int(fits / points * 100)))


def number_line(sheet: Sheet, number: str) -> None:
    """发文字号 or 期号, centred two blank lines below the mark."""
    sheet.paragraph("Number", run(clean(number), sheet.fonts.body))


def upward_line(sheet: Sheet, number: str, signer: str) -> None:
    """发文字号 at the left and 签发人 at the right, each one character in, as a paper that goes upward has them (GB/T 9704 §7.2.6)."""
    name = clean(signer) or "\u3000" * 3  # room to write a name
    tab = element("tabs", element("tab", val="right", pos=TYPE_WIDTH - CHARACTER))
    words = (
        run(clean(number), sheet.fonts.body),
        element("r", element("tab")),
        run("签发人：", sheet.fonts.body),
        run(name, sheet.fonts.heading2),
    )
    sheet.paragraph("Number", *words, jc="left", tabs=tab, ind=indent(CHARACTER, left=1, right=1))


def issuer_line(sheet: Sheet, issuer: str, day: str) -> None:
    """Issuer at the left, date at the right, each one character in: the practice of 纪要 and 简报, above the red rule."""
    for line in two_ends("Issuer", clean(issuer), clean(day), sheet.fonts.body, CHARACTER):
        sheet.add(line)


def two_ends(style: str, left: str, right: str, font: str, unit: int) -> list[BaseOxmlElement]:
    """A line with words at both ends, one character in; ``unit`` is a character's width in twips.

    Words that do not fit are narrowed to three quarters, else they take two lines, the second to the right.
    """
    room = TYPE_WIDTH / unit - 3 - widest(right)
    taken = widest(left)
    scale = 100 if taken <= room else int(room / taken * 100)
    tab = element("tabs", element("tab", val="right", pos=TYPE_WIDTH - unit))
    inner = indent(unit, left=1, right=1)
    if scale < _LEAST_SCALE:
        return [_one_end(style, left, font, inner, "left"), _one_end(style, right, font, inner, "right")]
    narrowed = {"w": scale} if scale < 100 else {}
    words = (run(left, font, **narrowed), element("r", element("tab")), run(right, font))
    return [element("p", ordered("pPr", pStyle=style, tabs=tab, ind=inner), *words)]


def _one_end(style: str, words: str, font: str, inner: dict, side: str) -> BaseOxmlElement:
    return element("p", ordered("pPr", pStyle=style, ind=inner, jc=side), run(words, font))


def red_rule(sheet: Sheet) -> None:
    """The red separator 4 mm below the number, as wide as the type area: a border, which an indent would shorten."""
    border = element("pBdr", element("bottom", val="single", sz=12, space=0, color=RED))
    sheet.paragraph("Rule", pBdr=border, spacing=exact(7))


def title(sheet: Sheet, text: str, *, across: int = TYPE_WIDTH, **properties: Any) -> None:
    """The title in 2号, two blank lines below the red rule and one above the text; long ones broken by sense.

    ``across``: the width of the type area in twips; ``properties`` are pPr children that differ from the style.
    """
    sheet.paragraph("Title", *_lines(title_lines(text, across // (SIZE_2 * 20)), sheet.fonts.title), **properties)


def addressee(sheet: Sheet, words: str) -> None:
    """主送机关, flush left with a full-width colon; the blank line above it is the title's."""
    sheet.paragraph("Attachments", run(f"{clean(words).rstrip('：:')}：", sheet.fonts.body))


def _lines(lines: list[str], font: str) -> list[BaseOxmlElement]:
    """Runs with a line break between them."""
    runs = [run(line, font) for line in lines]
    return [part for one in runs for part in (element("r", element("br")), one)][1:]


def text(sheet: Sheet, words: str) -> None:
    """Paragraphs of the main text in 3号, two characters in, one for each line of ``words``."""
    for line in paragraphs(words):
        sheet.paragraph("Body", run(line, sheet.fonts.body))


def lead_in(sheet: Sheet, words: str) -> None:
    """A line of the main text that announces what follows, such as 会议议定：, and stays on its page."""
    sheet.paragraph("Body", run(clean(words), sheet.fonts.body), keepNext=True)


def heading(sheet: Sheet, level: int, number: int | None, words: str, following: str = "") -> None:
    """A heading of level 1–4, numbered 一、 （一） 1. （1）; with ``following``, text goes on in the same paragraph.

    Level 1 is 黑体, level 2 楷体, the others are set as the text.
    """
    mark = "" if number is None else ordinal(level, number)
    font = {1: sheet.fonts.heading1, 2: sheet.fonts.heading2}.get(level, sheet.fonts.body)
    own = level <= 2 and not following
    style = f"Heading{level}" if own else "Body"
    runs = [run(mark + clean(words), font)]
    if following:
        runs.append(run(clean(following), sheet.fonts.body))
    sheet.paragraph(style, *runs)


def people_list(sheet: Sheet, label: str, people: Sequence[str], *, first: bool = False) -> None:
    """出席, 请假 or 列席: the label in 黑体, lines after the first under the first name; ``first`` leaves a blank line above.

    A line ends between two of ``people``, so that no unit is parted from its people and no name is cut; one wider than a line wraps by
    itself. Left-aligned: justified, the first name would move off the indent of the next lines.
    """
    spacing = {"spacing": body_line(1)} if first else {}
    heard = [clean(one) for one in people]
    lines = _lines(_filled(heard, PER_LINE - 2 - width(f"{label}：")), sheet.fonts.body)
    sheet.paragraph("People", run(clean(label), sheet.fonts.heading1), run("：", sheet.fonts.body), *lines, **spacing)


def _filled(words: list[str], room: float) -> list[str]:
    """Words joined by ； into lines that hold no more than ``room`` characters, if the words themselves do not."""
    lines: list[str] = []
    for at, word in enumerate(words):
        joined = word if at == len(words) - 1 else f"{word}；"
        if lines and widest(lines[-1] + word) <= room:
            lines[-1] += joined
        else:
            lines.append(joined)
    return lines


def attachments(sheet: Sheet, names: list[str]) -> None:
    """附件说明 one blank line below the text; several are numbered; wrapped lines stand under the name."""
    for at, name in enumerate(names, start=1):
        label = "附件：" if at == 1 else ""
        number = f"{at}." if len(names) > 1 else ""
        hanging = width("附件：" if at == 1 else "") + width(number)
        left = 2 + width("附件：") + width(number)
        spacing = {"spacing": body_line(1)} if at == 1 else {}
        sheet.paragraph(
            "Attachments",
            run(label + number + clean(name).rstrip("。；;，,"), sheet.fonts.body),
            ind=indent(CHARACTER, left=left, hanging=hanging),
            **spacing,
        )


def signature(sheet: Sheet, issuer: str, day: str) -> None:
    """Issuer and date without a seal, one blank line below the text and never alone on a page.

    The name ends two characters from the right and the date begins two to the right of the name; a longer date takes that place itself.
    """
    sheet.hold_last()
    name, dated = clean(issuer), clean(day)
    longer = width(name) - width(dated)
    name_at, date_right = (PER_LINE - 2 - width(name), longer) if longer >= 0 else (PER_LINE - 4 - width(dated), 2.0)
    sheet.paragraph(
        "Signature",
        run(name, sheet.fonts.body),
        keepNext=True,
        spacing=body_line(1),
        ind=indent(CHARACTER, left=max(0.0, name_at)),
    )
    if longer >= 2:
        place: dict[str, Any] = {"ind": indent(CHARACTER, left=max(0.0, name_at) + 2)}
    else:  # near the edge it is set from there, so that digits wider than half a character do not wrap it
        place = {"ind": indent(CHARACTER, right=date_right), "jc": "right"}
    sheet.paragraph("Signature", run(dated, sheet.fonts.body), **place)


def note(sheet: Sheet, words: str) -> None:
    """附注 in round brackets, two characters in."""
    sheet.paragraph("Body", run(f"（{clean(words)}）", sheet.fonts.body), jc="left")
