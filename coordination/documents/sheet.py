"""One paper in the making: the empty page, its paragraphs and runs, and the bytes of the finished file."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph

from coordination.documents import styles
from coordination.documents.fonts import Fonts
from coordination.documents.markup import element, ordered
from coordination.documents.styles import run_fonts
from coordination.documents.wording import clean, legal

# What the default template carries besides its text: a theme and styles in blue Calibri, a picture of the page, the maker's own data.
_TEMPLATE_BAGGAGE = ("customXml", "stylesWithEffects", "numbering", "webSettings", "theme", "fontTable", "thumbnail", "extended-properties")


@dataclass(frozen=True)
class Properties:
    """What the file says about itself; an archive reads it. ``day`` stands as the time of making, so that equal papers are equal bytes."""

    title: str
    author: str
    day: date
    subject: str = ""


@dataclass(frozen=True)
class Sheet:
    """A document and the fonts it is set in. Blocks are added at its end."""

    document: Document
    fonts: Fonts

    def add(self, block: BaseOxmlElement) -> BaseOxmlElement:
        """Put a paragraph or table at the end of the text."""
        self.document.element.body[-1].addprevious(block)
        return block

    def paragraph(self, style: str, *runs: BaseOxmlElement, **properties: Any) -> BaseOxmlElement:
        """Add a paragraph of that style id; ``properties`` are pPr children that differ from the style."""
        return self.add(paragraph(style, *runs, **properties))

    def last_paragraph(self) -> BaseOxmlElement:
        """The paragraph at the end of the text; after a table, or on an empty page, one of no height is added."""
        last = self.document.element.body[-1].getprevious()
        return last if last is not None and last.tag == qn("w:p") else self.paragraph("Anchor")

    def turn(self) -> None:
        """Lay the page on its side for a wide table, its head to the binding edge (GB/T 9704 §8.3); the margins turn with it."""
        section = self.document.element.body[-1]
        footer = styles.RIGHT - styles.BOTTOM + styles.FOOTER
        turned = {"top": styles.LEFT, "right": styles.TOP, "bottom": styles.RIGHT, "left": styles.BOTTOM, "header": 851, "footer": footer}
        section[:2] = [
            element("pgSz", w=styles.PAGE_HEIGHT, h=styles.PAGE_WIDTH, orient="landscape"),
            element("pgMar", **turned, gutter=0),
        ]

    def hold_last(self) -> None:
        """Keep the last paragraph on the page of what comes next, so that this does not stand alone there."""
        Paragraph(self.last_paragraph(), self.document).paragraph_format.keep_with_next = True


def new_sheet(fonts: Fonts, properties: Properties) -> Sheet:
    """An empty A4 paper of GB/T 9704 with nothing of the template left."""
    document = docx.Document(BytesIO(_blank(fonts)))
    _set_properties(document, properties)
    return Sheet(document, fonts)


@cache
def _blank(fonts: Fonts) -> bytes:
    """The file all papers in these fonts begin as; kept, for opening the library's template takes as long as writing ten pages."""
    document = docx.Document()
    package = document.part.package
    for relations in (package.rels, document.part.rels):
        for key in [key for key, relation in relations.items() if relation.reltype.endswith(_TEMPLATE_BAGGAGE)]:
            del relations[key]
    table = XmlPart(PackURI("/word/fontTable.xml"), CONTENT_TYPE.WML_FONT_TABLE, styles.font_table(fonts), package)
    document.part.relate_to(table, RELATIONSHIP_TYPE.FONT_TABLE)
    styles.write_styles(document.styles.element, fonts)
    styles.write_settings(document.settings.element)
    _set_page(document.element.body[-1])
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def paragraph(style: str, *runs: BaseOxmlElement, **properties: Any) -> BaseOxmlElement:
    """``<w:p>`` of that style id, not yet in a document."""
    return element("p", ordered("pPr", pStyle=style, **properties), *runs)


def run(text: str, font: str, **properties: Any) -> BaseOxmlElement:
    """``<w:r>`` with clean text in a font; ``properties`` are further rPr children.

    The font stands on the run, not only in its style, so that text pasted into another office's template keeps it.
    """
    return element("r", ordered("rPr", rFonts=run_fonts(font), **properties), _text(text))


def _text(text: str) -> BaseOxmlElement:
    made = element("t")
    made.text = legal(text)
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def _set_page(section: BaseOxmlElement) -> None:
    """A4 with the standard's margins and grid, in place of the template's Letter."""
    section.attrib.clear()
    section[:] = [
        element("pgSz", w=styles.PAGE_WIDTH, h=styles.PAGE_HEIGHT),
        element(
            "pgMar",
            top=styles.TOP,
            right=styles.RIGHT,
            bottom=styles.BOTTOM,
            left=styles.LEFT,
            header=851,
            footer=styles.FOOTER,
            gutter=0,
        ),
        element("cols", space=0),
        # 156 mm / 28 less 16 pt, in 1/4096 pt, as Word's own dialog writes it.
        element("docGrid", type="linesAndChars", linePitch=styles.LINE, charSpace=-845),
    ]


def _set_properties(document: Document, properties: Properties) -> None:
    core = document.core_properties
    core.title = _property(properties.title)
    core.subject = _property(properties.subject)
    core.author = core.last_modified_by = _property(properties.author)
    core.created = core.modified = datetime(properties.day.year, properties.day.month, properties.day.day)  # noqa: DTZ001 (written as UTC)
    core.language = "zh-CN"
    core.comments = core.keywords = core.category = ""


def _property(text: str) -> str:
    """A core property may have 255 characters."""
    return clean(text)[:255]


def to_bytes(sheet: Sheet) -> bytes:
    """The .docx file. Equal papers give equal bytes, because their SHA-256 is kept: no part carries the time of writing."""
    written, fixed = BytesIO(), BytesIO()
    sheet.document.save(written)
    with ZipFile(written) as source, ZipFile(fixed, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = ZipInfo(name)  # its time is 1 January 1980
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 0
            target.writestr(entry, source.read(name))
    return fixed.getvalue()
