"""What papers print, as plain data. It stands apart from the writers, so that whoever says what is to be printed need not load them."""

from dataclasses import dataclass
from datetime import date

from coordination.documents.decisions import Decision


@dataclass(frozen=True)
class Section:
    """One agenda item: its heading without number, what was said, what was agreed."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True)
class Attendance:
    """A unit and its people as they are printed, e.g. 县教育局 and 王某、李某（代）; either may be empty."""

    unit: str
    people: str = ""


@dataclass(frozen=True, kw_only=True)
class MinutesPaper:
    """All that minutes print. ``number`` is 〔2026〕3号 or 第3期; ``author`` and ``subject`` stand in the file's properties only."""

    mark: str
    number: str
    issuer: str
    issued_on: date
    title: str
    opening: str
    sections: tuple[Section, ...]
    present: tuple[Attendance, ...]
    on_leave: tuple[Attendance, ...] = ()
    guests: tuple[Attendance, ...] = ()
    copies_to: str = ""
    printed_by: str
    printed_on: date
    author: str
    subject: str = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A ruled table: headings, rows, and the columns' parts of the width. ``row_height``: the least, in mm, where people write into it."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]
    row_height: int = 0


@dataclass(frozen=True)
class Part:
    """What stands under one heading: text, points numbered （一） （二）, a table. ``heading`` is without number and may be empty."""

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, kw_only=True)
class OfficialPaper:
    """What goes out under a body's name: as 文件 or as 函. ``number`` is 示市监〔2026〕3号; ``title`` may hold line ends.

    ``closing``: 特此通知。; ``note``: 附注, as who can be called; ``printed_by``: of the 版记 of a 文件. ``signer``: who signed what goes
    upward (签发人; empty text: nobody yet), None for every other paper.
    """

    issuer: str
    number: str
    title: str
    to: str
    opening: str
    parts: tuple[Part, ...]
    closing: str = ""
    note: str = ""
    day: date
    copies_to: str = ""
    printed_by: str = ""
    signer: str | None = None
    author: str
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class PlainPaper:
    """A paper without 版头: agenda, list, record (GB/T 9704 knows none of them). ``signed_by``: under the text with ``day``, if anybody.

    ``is_wide``: the page lies on its side.
    """

    title: str
    opening: str
    parts: tuple[Part, ...]
    closing: str = ""
    signed_by: str = ""
    day: date
    author: str
    subject: str = ""
    is_wide: bool = False
