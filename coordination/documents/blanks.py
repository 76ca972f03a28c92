"""Printed forms: their words, and the places that are filled in or left as a line to write on."""

from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from docx.oxml.xmlchemy import BaseOxmlElement

from coordination.documents import foot
from coordination.documents.fonts import Fonts
from coordination.documents.sheet import Properties, Sheet, new_sheet, run
from coordination.documents.styles import CHARACTER, LINE, SIZE_2, SIZE_3, SIZE_4, TYPE_WIDTH, exact, indent, size
from coordination.documents.titles import title_lines
from coordination.documents.wording import clean, official_date, paragraphs, widest, width

_SPACE = "\u3000"
LINE_TO_WRITE_ON = (
    "\uff3f"  # a low line as wide as a character: unlike underlined blanks it wraps, and does not vanish at the end of a line
)
_NOTE = 10.5  # points: 5号, as the notes of the printed forms


@dataclass(frozen=True)
class Measure:
    """How a form's text is set: points from line to line, and the size of its type."""

    pitch: float
    points: float = SIZE_3

    @property
    def character(self) -> int:
        """The width of a character in twips."""
        return CHARACTER if self.points == SIZE_3 else round(self.points * 20)

    @property
    def per_line(self) -> int:
        """How many characters stand on a line."""
        return TYPE_WIDTH // self.character


USUAL = Measure(LINE / 20)
CLOSE = Measure(25)
DENSE = Measure(17.8, SIZE_4)  # for forms whose printed text fills the page


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
    return Blank("", 2), "年", Blank("", 2), "月", Blank("", 2), "日"


def moment(at: datetime | None) -> tuple[Piece, ...]:
    """2026年6月22日9时, with the minutes where there are some; ``at`` in China's time."""
    if at is None:
        return (*day(None), Blank("", 2), "时")
    return (f"{official_date(at.date())}{at.hour}时" + (f"{at.minute}分" if at.minute else ""),)


def new_form(title: str, issuer: str, on: date, subject: str, fonts: Fonts) -> Sheet:
    """An empty form. ``subject``: which of the printed samples it follows; an archive reads it."""
    sheet = new_sheet(fonts, Properties(title=title, author=issuer, day=on, subject=subject))
    foot.page_numbers(sheet)
    return sheet


def head(sheet: Sheet, title: str) -> None:
    """The form's title at the top of the page: it has no 版头."""
    lines = title_lines(title, TYPE_WIDTH // (SIZE_2 * 20))
    for one in lines:
        sheet.paragraph("Title", run(one, sheet.fonts.title), spacing=exact(35))


def number(sheet: Sheet, words: str) -> None:
    """示市监投受〔2026〕第1号, or the printed frame of it to be written in."""
    frame = (Blank("", 2), "市监", Blank("", 2), "〔", Blank("", 2), "〕第", Blank("", 2), "号")
    pieces: tuple[Piece, ...] = (words,) if clean(words) else frame
    sheet.paragraph("Number", *runs(sheet, pieces), spacing=exact(USUAL.pitch, after=LINE // 4))


def addressee(sheet: Sheet, words: str, measure: Measure = USUAL) -> None:
    """To whom, flush left, with a colon."""
    sheet.paragraph("Attachments", *runs(sheet, (Blank(words, 8), "："), measure), spacing=exact(measure.pitch))


def line(sheet: Sheet, *pieces: Piece, measure: Measure = USUAL, before: int = 0) -> BaseOxmlElement:
    """A paragraph of printed words and blanks, two characters in; ``before``: room above it in twips."""
    place = {} if measure.points == SIZE_3 else {"ind": indent(measure.character, first=2)}
    return sheet.paragraph("Body", *runs(sheet, pieces, measure), spacing=exact(measure.pitch, before=before), **place)


def runs(sheet: Sheet, pieces: tuple[Piece, ...], measure: Measure = USUAL) -> list[BaseOxmlElement]:
    """The runs of printed words, of words filled in, and of lines to write on."""
    look = {} if measure.points == SIZE_3 else {"spacing": 0, **size(measure.points)}
    return [_run(sheet, piece, look) for piece in pieces]


def _run(sheet: Sheet, piece: Piece, look: dict) -> BaseOxmlElement:
    match piece:
        case Blank(words, room):
            return run(clean(words) or LINE_TO_WRITE_ON * max(1, round(room)), sheet.fonts.body, **look)
        case Struck(words):
            return run(words, sheet.fonts.body, strike=True, **look)
        case _:
            return run(piece, sheet.fonts.body, **look)


def passage(sheet: Sheet, words: str, *, rows: int = 2, measure: Measure = USUAL) -> None:
    """Running text of any length, one paragraph for each of its lines; without it ``rows`` lines to write on."""
    said = paragraphs(words)
    for one in said:
        line(sheet, one, measure=measure)
    if not said:
        line(sheet, Blank("", rows * measure.per_line - 2), measure=measure)


def labelled(sheet: Sheet, label: str, words: str, measure: Measure = USUAL) -> None:
    """``label：`` and what stands behind it; wrapped lines begin at the margin, as those of the text."""
    line(sheet, f"{label}：", Blank(words, measure.per_line - 3 - width(label)), measure=measure)


def pair(sheet: Sheet, first: tuple[str, str], second: tuple[str, str], measure: Measure = USUAL) -> None:
    """Two labels on one line, the second near the middle; on two lines when what is filled in needs them."""
    (label, words), (other, said) = first, second
    half = measure.per_line // 2
    taken = 2 + width(f"{label}：") + width(clean(words))
    middle = max(half, ceil(taken) + 1) if clean(words) else max(half, ceil(taken) + 5)
    room = measure.per_line - middle - width(f"{other}：")
    if widest(clean(said)) > room:
        labelled(sheet, label, words, measure)
        labelled(sheet, other, said, measure)
        return
    filled, gap = (words, middle - taken) if clean(words) else (Blank("", middle - taken - 1), 1)
    line(sheet, f"{label}：", filled, _SPACE * max(1, round(gap)), f"{other}：", Blank(said, room), measure=measure)


def sealed(sheet: Sheet, issuer: str, on: date | None, *, place: str = "", measure: Measure = USUAL) -> None:
    """Who issues it, over whose name the seal goes, and the day beneath; never alone on a page.

    ``place``: the words printed where the name has them (市场监督管理局); they stand also where no name is filled in.
    """
    sheet.hold_last()
    above = LINE if measure.points == SIZE_3 else LINE // 2
    name = clean(issuer)
    said: tuple[Piece, ...] = (name,) if name else (Blank("", 4), place)
    look = {"jc": "right", "keepNext": True, "ind": indent(CHARACTER, right=1), "spacing": exact(measure.pitch, before=above)}
    sheet.paragraph("Signature", *runs(sheet, (*said, "（印章）"), measure), **look)
    dated: tuple[Piece, ...] = (official_date(on),) if on else ("年", _SPACE * 2, "月", _SPACE * 2, "日")
    sheet.paragraph("Signature", *runs(sheet, dated, measure), jc="right", ind=indent(CHARACTER, right=4), spacing=exact(measure.pitch + 2))


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
