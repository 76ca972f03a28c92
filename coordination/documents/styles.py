"""A4 page, fonts and paragraph styles of GB/T 9704-2012, in place of everything python-docx's default template brings."""

from copy import copy
from dataclasses import astuple
from functools import cache

from docx.oxml.xmlchemy import BaseOxmlElement

from coordination.documents.fonts import Fonts
from coordination.documents.markup import element, ordered

# Twips (1/20 pt). Type area 156 × 225 mm; the grid is 22 lines of 28 characters; 22 × 580 would be taller than the page allows.
PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838
TOP, RIGHT, BOTTOM, LEFT, FOOTER = 2098, 1474, 1984, 1587, 1406
TYPE_WIDTH, TYPE_HEIGHT = PAGE_WIDTH - LEFT - RIGHT, PAGE_HEIGHT - TOP - BOTTOM
MILLIMETRE = 56.693
LINE = 579
PER_LINE = 28

# Type sizes in points: 2号, 3号, 4号, 小四.
SIZE_2, SIZE_3, SIZE_4, SMALL_4 = 22, 16, 14, 12
# A 16 pt character less 0.3 pt (in 1/20 pt): 28 stand in 156 mm, and in the 441 pt that LibreOffice rounds the grid down to.
TRACKING = -6
CHARACTER = SIZE_3 * 20 + TRACKING
RED = "FF0000"

# What stands in for a font that the reader's machine lacks: its English name, or the nearest one that Windows or Office brings.
_SUBSTITUTES = {
    "仿宋": "FangSong",
    "仿宋_GB2312": "仿宋",
    "黑体": "SimHei",
    "楷体": "KaiTi",
    "楷体_GB2312": "楷体",
    "宋体": "SimSun",
    "方正小标宋简体": "华文中宋",
    "方正小标宋_GBK": "华文中宋",
}


def run_fonts(font: str) -> BaseOxmlElement:
    """``<w:rFonts>`` for every script; without the hint, “ ” and … would be set in the Latin width."""
    return copy(_run_fonts(font))


@cache
def _run_fonts(font: str) -> BaseOxmlElement:
    return element("rFonts", ascii=font, hAnsi=font, eastAsia=font, cs=font, hint="eastAsia")


def size(points: float) -> dict:
    """The two size properties of a run, in half-points as OOXML counts."""
    return {"sz": round(points * 2), "szCs": round(points * 2)}


def exact(points: float, before: int = 0, after: int = 0) -> dict:
    """Spacing with an exact line of so many points and blank space before and after in twips."""
    return {"before": before, "after": after, "line": round(points * 20), "lineRule": "exact"}


def body_line(blank_before: int = 0) -> dict:
    """Spacing of one line of main text after so many blank ones."""
    return exact(LINE / 20, before=blank_before * LINE)


def indent(unit: int, *, left: float = 0, right: float = 0, first: float = 0, hanging: float = 0) -> dict:
    """Indents in characters of ``unit`` twips.

    The first line's is said in characters as well, as officials set it, and in twips for programs that read only those. The others are
    not: Word would count them in characters of the main text, whatever the size of the paragraph.
    """
    said = {"left": left, "right": right, "firstLine": first, "hanging": hanging}
    chars = {"firstLineChars": round(first * 100)} if first else {}
    return chars | {name: round(count * unit) for name, count in said.items() if count}


def write_styles(root: BaseOxmlElement, fonts: Fonts) -> None:
    """Replace all styles by those of official papers. Names Word knows (Title, heading 1) serve its navigation pane."""
    root[:] = [_defaults(fonts), _latent(), *_paragraph_styles(fonts), _character_style(), _table_style()]


def _defaults(fonts: Fonts) -> BaseOxmlElement:
    run = ordered("rPr", rFonts=run_fonts(fonts.body), lang={"val": "en-US", "eastAsia": "zh-CN"}, **size(SIZE_3))
    paragraph = ordered("pPr", widowControl=False, autoSpaceDE=False, autoSpaceDN=False, spacing={"before": 0, "after": 0})
    return element("docDefaults", element("rPrDefault", run), element("pPrDefault", paragraph))


def _latent() -> BaseOxmlElement:
    """Hide the program's own styles from the list an official chooses from."""
    return element("latentStyles", defLockedState=0, defUIPriority=99, defSemiHidden=1, defUnhideWhenUsed=1, defQFormat=0, count=376)


def _paragraph_styles(fonts: Fonts) -> list[BaseOxmlElement]:
    first = indent(CHARACTER, first=2)
    centred = {"jc": "center", "snapToGrid": False}
    number_line = {"spacing": body_line(), "jc": "left"}
    return [
        _normal(fonts),
        _style("Body", "公文正文", {"ind": first}),
        _style("Mark", "发文机关标志", centred, {"rFonts": run_fonts(fonts.title), "color": RED, "spacing": 0}),
        _style("Number", "发文字号", {**centred, "spacing": body_line(2)}),
        _style("Issuer", "发文机关和日期", number_line),
        _style("Rule", "红色分隔线", {"jc": "left"}),
        _style(
            "Title",
            "Title",
            {**centred, "keepNext": True, "keepLines": True, "spacing": exact(35, before=2 * LINE, after=LINE)},
            {"rFonts": run_fonts(fonts.title), "spacing": 0, **size(SIZE_2)},
        ),
        _style("Heading1", "heading 1", {"keepNext": True, "ind": first, "outlineLvl": 0}, {"rFonts": run_fonts(fonts.heading1)}),
        _style("Heading2", "heading 2", {"keepNext": True, "ind": first, "outlineLvl": 1}, {"rFonts": run_fonts(fonts.heading2)}),
        _style("People", "出席名单", {"ind": indent(CHARACTER, left=5, hanging=3), "jc": "left"}),
        _style("Attachments", "附件说明", {"jc": "left"}),
        _style("Signature", "落款", {"keepLines": True, "jc": "left"}),
        _style("Imprint", "版记", {"spacing": exact(24), "jc": "left"}, {"spacing": 0, **size(SIZE_4)}),
        _style("Cell", "表格文字", {"spacing": exact(20), "jc": "left"}, {"spacing": 0, **size(SMALL_4)}),
        _style("Anchor", "版记定位", {"spacing": exact(0.7), "jc": "left"}, {"spacing": 0, **size(1)}),
        _style("Footer", "footer", {"spacing": exact(18), "jc": "left"}, {"rFonts": run_fonts(fonts.number), "spacing": 0, **size(SIZE_4)}),
    ]


def _normal(fonts: Fonts) -> BaseOxmlElement:
    """Body text: 22 lines a page come from the exact line alone.

    The grid is declared on the page but not snapped to: with its negative pitch LibreOffice would give one character two cells.
    """
    paragraph = ordered(
        "pPr",
        widowControl=False,
        autoSpaceDE=False,
        autoSpaceDN=False,
        adjustRightInd=False,
        snapToGrid=False,
        spacing=body_line(),
        jc="both",
    )
    run = ordered(
        "rPr",
        rFonts=run_fonts(fonts.body),
        snapToGrid=False,
        color="000000",
        spacing=TRACKING,
        lang={"val": "en-US", "eastAsia": "zh-CN"},
        **size(SIZE_3),
    )
    return ordered("style", {"type": "paragraph", "default": 1, "styleId": "Normal"}, name="Normal", qFormat=True, pPr=paragraph, rPr=run)


def _style(style_id: str, name: str, paragraph: dict, run: dict | None = None) -> BaseOxmlElement:
    """A paragraph style on Normal; a Chinese name makes it one of ours, an English name one that Word knows."""
    known = name.isascii()
    attributes = {"type": "paragraph", "styleId": style_id} | ({} if known else {"customStyle": 1})
    parts = {"pPr": ordered("pPr", **paragraph)} | ({"rPr": ordered("rPr", **run)} if run else {})
    return ordered("style", attributes, name=name, basedOn="Normal", uiPriority=1, qFormat=True, **parts)


def _character_style() -> BaseOxmlElement:
    attributes = {"type": "character", "default": 1, "styleId": "DefaultParagraphFont"}
    return ordered("style", attributes, name="Default Paragraph Font", uiPriority=1, semiHidden=True, unhideWhenUsed=True)


def _table_style() -> BaseOxmlElement:
    return ordered(
        "style",
        {"type": "table", "default": 1, "styleId": "TableNormal"},
        name="Normal Table",
        uiPriority=99,
        semiHidden=True,
        unhideWhenUsed=True,
        tblPr=ordered("tblPr", tblInd={"w": 0, "type": "dxa"}, tblCellMar=cell_margins()),
    )


def cell_margins(*, top: int = 0, sides: int = 0, bottom: int = 0) -> BaseOxmlElement:
    """``<w:tblCellMar>`` in twips; without margins at the sides, rules are as wide as the type area. LibreOffice wants it on each table."""
    widths = {"top": top, "left": sides, "bottom": bottom, "right": sides}
    return element("tblCellMar", *(element(side, w=twips, type="dxa") for side, twips in widths.items()))


def write_settings(root: BaseOxmlElement) -> None:
    """Replace all settings: two-sided page numbers, Word 2013 layout, Chinese, punctuation compressed as in Chinese Word."""
    uri = "http://schemas.microsoft.com/office/word"
    modes = {"compatibilityMode": 15, "overrideTableStyleFontSizeAndJustification": 1, "enableOpenTypeFeatures": 1}
    modes |= {"doNotFlipMirrorIndents": 1, "differentiateMultirowTableHeaders": 1}
    compat = element(
        "compat",
        element("doNotExpandShiftReturn"),
        element("useFELayout"),
        *(element("compatSetting", name=name, uri=uri, val=value) for name, value in modes.items()),
    )
    root[:] = ordered(
        "settings",
        zoom={"percent": 100},
        defaultTabStop=2 * CHARACTER,
        evenAndOddHeaders=True,
        characterSpacingControl="compressPunctuation",
        compat=compat,
        themeFontLang={"val": "en-US", "eastAsia": "zh-CN"},
        decimalSymbol=".",
        listSeparator=",",
    )[:]


def font_table(fonts: Fonts) -> BaseOxmlElement:
    """``<w:fonts>``: each font with what stands in for it where it is missing."""
    return element("fonts", *(_font(name) for name in dict.fromkeys(astuple(fonts))))


def _font(name: str) -> BaseOxmlElement:
    substitute = {"altName": _SUBSTITUTES[name]} if name in _SUBSTITUTES else {}
    return ordered("font", {"name": name}, charset=86, family="auto", pitch="variable", **substitute)
