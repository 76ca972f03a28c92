"""Printed forms: their words, and the places that are filled in or left as a line to write on."""

from dataclasses import dataclass
from datetime import date

from docx.oxml.xmlchemy import BaseOxmlElement

from coordination.documents import foot
from coordination.documents.sheet import Properties, Sheet, new_sheet, run
from coordination.documents.styles import CHARACTER, DEFAULT, LINE, PER_LINE, SIZE_2, TYPE_WIDTH, Fonts, exact, indent, size
from coordination.documents.titles import title_lines
from coordination.documents.wording import clean, official_date, paragraphs, width

DENSE = 20.5  # points a line, in forms whose printed text fills the page
USUAL = LINE / 20
_SPACE = "\u3000"
LINE_TO_WRITE_ON = (
    "\uff3f"  # a low line as wide as a character: unlike underlined blanks it wraps, and does not vanish at the end of a line
)
_NOTE = 10.5  # points: 5号, as the notes of the printed forms


@dataclass(frozen=True)
class Blank:
    """A place to fill in. Without ``words`` a line ``room`` characters long is left."""

    words: str
    room: float = 4


@dataclass(frozen=True)
class Struck:
    """Printed words that do not apply, struck out as one does by hand."""

    words: str


Piece = str | Blank | Struck


def day(on: date | None) -> tuple[Piece, ...]:
    """A date as printed forms have it: 年, 月, 日 with room before each until it is filled in."""
    if on is not None:
        return (official_date(on),)
    return Blank("", 2.5), "年", Blank("", 2), "月", Blank("", 2), "日"


def new_form(title: str, issuer: str, on: date, subject: str, fonts: Fonts = DEFAULT) -> Sheet:
    """An empty form. ``subject``: which of the printed samples it follows; an archive reads it."""
    sheet = new_sheet(fonts, Properties(title=title, author=issuer, day=on, subject=subject))
    foot.page_numbers(sheet)
    return sheet


def head(sheet: Sheet, title: str) -> None:
    """The form's title at the top of the page: it has no 版头."""
    lines = title_lines(title, TYPE_WIDTH // (SIZE_2 * 20))
    for at, line in enumerate(lines):
        sheet.paragraph("Title", run(line, sheet.fonts.title), spacing=exact(35, before=0 if at else LINE // 2))


def number(sheet: Sheet, words: str) -> None:
    """示市监投受〔2026〕第1号, or the printed frame of it to be written in."""
    pieces: tuple[Piece, ...] = (
        (words,) if clean(words) else (Blank("", 2), "市监", Blank("", 2), "〔", Blank("", 2.5), "〕第", Blank("", 2), "号")
    )
    sheet.paragraph("Number", *runs(sheet, pieces), spacing=exact(USUAL, after=LINE // 2))


def addressee(sheet: Sheet, words: str, pitch: float = USUAL) -> None:
    """To whom, flush left, with a colon."""
    sheet.paragraph("Attachments", *runs(sheet, (Blank(words, 8), "：")), spacing=exact(pitch))


def line(sheet: Sheet, *pieces: Piece, pitch: float = USUAL) -> BaseOxmlElement:
    """A paragraph of printed words and blanks, two characters in."""
    return sheet.paragraph("Body", *runs(sheet, pieces), spacing=exact(pitch))


def runs(sheet: Sheet, pieces: tuple[Piece, ...]) -> list[BaseOxmlElement]:
    """The runs of printed words, of words filled in, and of lines to write on."""
    return [_run(sheet, piece) for piece in pieces]


def _run(sheet: Sheet, piece: Piece) -> BaseOxmlElement:
    match piece:
        case Blank(words, room):
            filled = clean(words)
            return run(filled or LINE_TO_WRITE_ON * max(1, round(room)), sheet.fonts.body)
        case Struck(words):
            return run(words, sheet.fonts.body, strike=True)
        case _:
            return run(piece, sheet.fonts.body)


def passage(sheet: Sheet, words: str, *, rows: int = 2, pitch: float = USUAL) -> None:
    """Running text of any length, one paragraph for each of its lines; without it ``rows`` lines to write on."""
    said = paragraphs(words)
    for one in said:
        line(sheet, one, pitch=pitch)
    if not said:
        line(sheet, Blank("", rows * PER_LINE - 2), pitch=pitch)


def labelled(sheet: Sheet, label: str, words: str, pitch: float = USUAL) -> None:
    """``label：`` and what stands behind it; wrapped lines begin at the margin, as those of the text."""
    line(sheet, f"{label}：", Blank(words, PER_LINE - 3 - width(label)), pitch=pitch)


def pair(sheet: Sheet, first: tuple[str, str], second: tuple[str, str], pitch: float = USUAL) -> None:
    """Two labels on one line, the second at the middle; on two lines when what is filled in needs them."""
    (label, words), (other, said) = first, second
    middle = max(15.0, width(label) + 8)
    if width(label) + width(clean(words)) + 3 > middle or width(other) + width(clean(said)) + 1 > PER_LINE - middle:
        labelled(sheet, label, words, pitch)
        labelled(sheet, other, said, pitch)
        return
    filled = Blank(words, middle - width(label) - 4) if not clean(words) else words
    taken = 2 + width(f"{label}：") + (width(clean(words)) if clean(words) else round(middle - width(label) - 4))
    gap = _SPACE * max(1, round(middle - taken))
    line(sheet, f"{label}：", filled, gap, f"{other}：", Blank(said, PER_LINE - middle - width(other) - 2), pitch=pitch)


def sealed(sheet: Sheet, issuer: str, on: date | None, *, place: str = "", pitch: float = USUAL) -> None:
    """Who issues it, over whose name the seal goes, and the day beneath; never alone on a page.

    ``place``: the words printed where the name has them (市场监督管理局); they stand also where no name is filled in.
    """
    sheet.hold_last()
    name = clean(issuer)
    said: tuple[Piece, ...] = (name,) if name else (Blank("", 4), place)
    style = {"jc": "right", "keepNext": True, "ind": indent(CHARACTER, right=1), "spacing": exact(pitch, before=LINE)}
    sheet.paragraph("Signature", *runs(sheet, (*said, "（印章）")), **style)
    dated = runs(sheet, day(on) if on else ("年", _SPACE * 2, "月", _SPACE * 2, "日"))
    sheet.paragraph("Signature", *dated, jc="right", ind=indent(CHARACTER, right=4), spacing=exact(pitch))


def notes(sheet: Sheet, *words: str, before: int = LINE) -> None:
    """注：, what the printed form says of its own use, in 5号 at the end and on one page; several are numbered. ``before``: in twips."""
    for at, one in enumerate(words, start=1):
        mark = f"{at}. " if len(words) > 1 else ""
        label = "注：" if at == 1 else ""
        made = run(f"{label}{mark}{clean(one)}", sheet.fonts.body, spacing=0, **size(_NOTE))
        numbered = 1 if mark else 0
        place = indent(round(_NOTE * 20), left=2 + numbered, hanging=width(label) + numbered)
        look = {"keepLines": True, "keepNext": at < len(words)}
        sheet.paragraph("Attachments", made, spacing=exact(14, before=before if at == 1 else 0), ind=place, **look)
