"""会议纪要 as a .docx: what a joint meeting discussed and agreed, item by item (GB/T 9704-2012 §8.3)."""

from coordination.documents import blocks, foot
from coordination.documents.decisions import in_words
from coordination.documents.fonts import Fonts
from coordination.documents.paper import Attendance, MinutesPaper, Section
from coordination.documents.sheet import Properties, Sheet, new_sheet, to_bytes
from coordination.documents.wording import clean, official_date


def build(paper: MinutesPaper, fonts: Fonts, *, pages: int | None = None) -> bytes:
    """The .docx; equal papers give equal bytes.

    ``pages`` is how many pages the paper was found to have with the 版记 on the last. Printed on both sides, it belongs on an even one: if
    ``pages`` is odd it moves to the next. Without it, the pages are counted.
    """
    sheet = new_sheet(fonts, Properties(title=paper.title, author=paper.author, day=paper.issued_on, subject=paper.subject))
    foot.page_numbers(sheet)
    _head(sheet, paper)
    blocks.text(sheet, paper.opening)
    for number, section in enumerate(paper.sections, start=1):
        _section(sheet, number if len(paper.sections) > 1 else None, section)
    _people(sheet, paper)
    if clean(paper.note):
        blocks.note(sheet, paper.note)
    foot.imprint(
        sheet,
        printed_by=paper.printed_by,
        printed_on=official_date(paper.printed_on),
        copies_to=paper.copies_to,
        pages=pages,
    )
    return to_bytes(sheet)


def _head(sheet: Sheet, paper: MinutesPaper) -> None:
    blocks.red_mark(sheet, paper.mark)
    blocks.number_line(sheet, paper.number)
    blocks.issuer_line(sheet, paper.issuer, official_date(paper.issued_on))
    blocks.red_rule(sheet)
    blocks.title(sheet, paper.title)


def _section(sheet: Sheet, number: int | None, section: Section) -> None:
    if clean(section.heading):
        blocks.heading(sheet, 1, number, section.heading)
    for words in section.paragraphs:
        blocks.text(sheet, words)
    decisions = [said for said in map(in_words, section.decisions) if any(said)]
    if len(decisions) == 1:
        blocks.text(sheet, f"会议议定：{''.join(decisions[0])}")
    elif decisions:
        blocks.lead_in(sheet, "会议议定：")
        for at, (head, rest) in enumerate(decisions, start=1):
            blocks.heading(sheet, 2, at, head, rest)


def _people(sheet: Sheet, paper: MinutesPaper) -> None:
    lists = (("出席", paper.present), ("请假", paper.on_leave), ("列席", paper.guests))
    said = [(label, attendances) for label, attendances in lists if attendances]
    for at, (label, attendances) in enumerate(said):
        blocks.people_list(sheet, label, [_attendance(one) for one in attendances], first=at == 0)


def _attendance(one: Attendance) -> str:
    return "　".join(words for words in (clean(one.unit), clean(one.people)) if words)
