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


@dataclass(frozen=True, kw_only=True)
class FollowUpPaper:
    """A paper about a task that is overdue. ``number`` is 督办〔2026〕3号 or (送审稿); ``copies_to`` may be empty."""

    issuer: str
    number: str
    title: str
    to: str
    text: str
    day: date
    copies_to: str = ""
    subject: str = "议定事项督办"


@dataclass(frozen=True)
class LedgerPaper:
    """A ledger as it is printed: its title, the line that says of what and when, headings, rows, and the columns' parts of the width."""

    title: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]
    day: date
    author: str
    note: str = ""
