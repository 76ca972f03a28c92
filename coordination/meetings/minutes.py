"""The text of minutes (会议纪要), built from a meeting's items: rows and days in, sentences and the .docx out.

A section is plain text: what was said, then 会议议定： and its clauses. The .docx is made from that same text, edited by hand or not,
so that page and paper never differ.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import attachments
from coordination.documents import decisions as clauses
from coordination.documents.paper import Attendance, MinutesPaper, Section
from coordination.documents.wording import clean, full_stop, official_date, ordinal, paragraphs
from coordination.meetings import queries, restricted, words
from coordination.settings.queries import fonts
from models import AgendaItem, Answer, Decision, Guest, ItemKind, ItemOutcome, Meeting, Minutes, MinutesPart, Reply, Task, TaskStatus
from models.calendar import SHANGHAI, local_date
from models.errors import NotFound

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
AGREED = "会议议定："
DRAFT_NUMBER = "送审稿"
OPEN_NOTE = "送阅本，限到会单位的议程未载"
DRAFT_NOTE = "送审稿，未经签发，不作为办理依据"
_NUMBERED = re.compile(r"^（[一二三四五六七八九十百零]{1,5}）")


# Sections


def section_text(item: AgendaItem, frozen: str = "") -> str:
    """One item: what was found out before (``frozen``), what was said, who was heard, what was agreed."""
    lines = [*paragraphs(frozen), *paragraphs(item.discussion)]
    if item.heard:
        lines.append(f"{'、'.join(unit.short_name for unit in item.heard)}发言。")
    if item.away:
        lines.append(f"{'、'.join(unit.short_name for unit in item.away)}未参加本项研究。")
    agreed = [clause_text(decision) for decision in item.decisions]
    if len(agreed) == 1:
        lines.append(AGREED + agreed[0])
    elif agreed:
        lines += [AGREED, *(f"{ordinal(2, number)}{words_}" for number, words_ in enumerate(agreed, start=1))]
    else:
        lines += _outcome_lines(item, said=bool(lines))
    return "\n".join(lines)


def clause_text(decision: Decision) -> str:
    """The clause as papers print it: its sentence, then what the sentence itself leaves out of lead, co-operating units and due date."""
    return "".join(clauses.in_words(_clause(decision)))


def section_of(heading: str, body: str) -> Section:
    """A section as the paper sets it. Clauses get their level where 会议议定： and its list close the text; else every line is text."""
    lines = paragraphs(body)
    at = next((n for n, line in enumerate(lines) if line.startswith(AGREED)), None)
    if at is None:
        return Section(heading, tuple(lines))
    first, listed = lines[at].removeprefix(AGREED), lines[at + 1 :]
    if first and not listed:
        return Section(heading, tuple(lines[:at]), (clauses.Decision(first),))
    if not first and listed and all(_NUMBERED.match(line) for line in listed):
        return Section(heading, tuple(lines[:at]), tuple(clauses.Decision(line) for line in listed))
    return Section(heading, tuple(lines))


def review_text(tasks: Sequence[Task], on: date, notes: Mapping[int, str] | None = None) -> str:
    """上次会议议定事项落实情况 as it stood on that day: a sentence with the counts, then a line for each task.

    ``notes``: what the units wrote about theirs for this meeting, by task.
    """
    if not tasks:
        return "上次会议以来没有需要跟踪督办的议定事项。"
    counts = {status: sum(task.status == status for task in tasks) for status in TaskStatus}
    said = "，".join(f"{status.label}{count}项" for status, count in counts.items() if count)
    late = sum(task.is_overdue(on) for task in tasks)
    head = f"上次会议以来跟踪督办的议定事项共{len(tasks)}项，其中{said}{f'；逾期{late}项' if late else ''}。"
    return "\n".join([head, *(_task_line(task, on, (notes or {}).get(task.id, "")) for task in tasks)])


def _task_line(task: Task, on: date, said: str) -> str:
    owed = f"牵头{task.lead.short_name}，时限{official_date(task.due_on)}"
    state = task.status.label + ("，已逾期" if task.is_overdue(on) else "")
    return clean(f"{task.number}：{task.title.rstrip('。；， ')}（{owed}），{state}。{full_stop(clean(said))}")


def _outcome_lines(item: AgendaItem, *, said: bool) -> list[str]:
    """What is written of an item that ended without a clause."""
    if item.outcome == ItemOutcome.CARRIED_OVER:
        return ["会议决定，本项下次会议再议。"]
    if item.outcome == ItemOutcome.DECIDED and item.kind == ItemKind.APPROVAL:
        return ["会议审议通过上述纪要。"]
    if said:
        return []
    return ["会议听取了情况通报。" if item.outcome == ItemOutcome.NOTED else "会议研究同意。"]


def _clause(decision: Decision) -> clauses.Decision:
    return clauses.Decision(
        text=decision.text,
        lead=decision.lead.short_name if decision.lead else "",
        co=tuple(unit.short_name for unit in decision.co_units),
        due=official_date(decision.due_on) if decision.due_on else "",
        deliverable=decision.deliverable,
        reservation=decision.reservation,
    )


# The opening sentence


def opening_text(meeting: Meeting, items: Sequence[AgendaItem], replies: Sequence[Reply], guests: Sequence[Guest]) -> str:
    """When, where, under whom, what and with whom the meeting was held."""
    at = meeting.opened_at or meeting.starts_at
    part = words.part_of_day(at.astimezone(SHANGHAI).hour)
    head = f"{official_date(local_date(at))}{part}，{meeting.chair}在{meeting.place}主持召开{meeting.title}"
    who = _who(replies, guests)
    return f"{head}，{_what(items)}。{who}现将会议情况和议定事项纪要如下："


def _what(items: Sequence[AgendaItem]) -> str:
    """听取了…，审议了…，研究了…等3项议题."""
    topics = [item for item in items if not item.is_system]
    parts = ["听取上次会议议定事项落实情况"]
    parts += [item.title for item in items if item.kind == ItemKind.APPROVAL]
    if topics:
        shown = restricted.open_ones(topics)[:3]  # the opening is read by all, restricted items are only counted
        named = "".join(f"“{topic.title}”" for topic in shown)
        parts.append(f"研究{named}{'等' if 0 < len(shown) < len(topics) else ''}{len(topics)}项议题")
    return "，".join(parts)


def _who(replies: Sequence[Reply], guests: Sequence[Guest]) -> str:
    there = [reply.unit.short_name for reply in replies if reply.was_there]
    said = ""
    if there:
        said = f"{there[0]}等{len(there)}个成员单位参加会议" if len(there) > 1 else f"{there[0]}参加会议"
    if guests:
        bodies = list(dict.fromkeys(guest.body for guest in guests))
        said += ("，" if said else "") + f"{words.listed(bodies, 3)}{'单位' if len(bodies) > 3 else ''}列席会议"
    return f"{said}。" if said else ""


# The paper


def paper(
    meeting: Meeting, minutes: Minutes, replies: Sequence[Reply], guests: Sequence[Guest], on: date, *, whole: bool = True
) -> MinutesPaper:
    """What the .docx prints of these minutes; ``on`` is the day it bears. Unsigned ones are marked 送审稿 and bear no number.

    ``whole``: with the items kept to the units that attended.
    """
    draft = minutes.number is None
    mechanism = meeting.mechanism
    return MinutesPaper(
        mark=f"{mechanism.name}纪要",
        number=DRAFT_NUMBER if draft else minutes.label,
        issuer=mechanism.issuer,
        issued_on=on,
        title=f"{meeting.title}纪要",
        opening=minutes.opening,
        sections=tuple(section_of(part.heading, part.body) for part in parts_of(minutes, whole=whole)),
        present=tuple(_attendance(reply) for reply in replies if reply.was_there),
        on_leave=tuple(Attendance(reply.unit.short_name) for reply in replies if _on_leave(reply)),
        guests=tuple(Attendance(guest.body, _named(guest.name, guest.post)) for guest in guests),
        copies_to="各成员单位",
        printed_by=mechanism.issuer,
        printed_on=on,
        author=mechanism.issuer,
        subject=f"{meeting.name}纪要",
        note="；".join(words_ for words_ in (DRAFT_NOTE if draft else "", "" if whole else OPEN_NOTE) if words_),
    )


def parts_of(minutes: Minutes, *, whole: bool) -> list[MinutesPart]:
    """The sections; those of items kept to the units that attended only when ``whole``."""
    return [part for part in minutes.parts if whole or not part.item.is_confidential]


def has_restricted(minutes: Minutes) -> bool:
    """Is any section kept to the units that attended?"""
    return any(part.item.is_confidential for part in minutes.parts)


def _on_leave(reply: Reply) -> bool:
    return not reply.was_there and reply.answer == Answer.LEAVE


def _attendance(reply: Reply) -> Attendance:
    stand_in = "，代" if reply.answer == Answer.STAND_IN and reply.person_name else ""
    return Attendance(reply.unit.short_name, _named(reply.person_name, reply.person_post + stand_in))


def _named(name: str, post: str) -> str:
    post = post.removeprefix("，")
    return f"{name}（{post}）" if name and post else name


# The file


def file(session: Session, meeting: Meeting, minutes: Minutes, on: date, *, whole: bool = True) -> tuple[str, bytes]:
    """The .docx of the text as it stands, as (file name, bytes); ``on`` is the day it bears."""
    from coordination.documents.minutes import build  # the .docx library is loaded for whoever writes one, not at every start

    said = paper(meeting, minutes, queries.replies_of(session, meeting), meeting.guests, on, whole=whole)
    mark = f"（{DRAFT_NUMBER}）" if minutes.number is None else minutes.label
    return f"{meeting.name}纪要{mark}{'' if whole else '（送阅本）'}.docx", build(said, fonts(session))


def document(session: Session, meeting: Meeting, on: date | None = None, *, whole: bool = True) -> tuple[str, bytes]:
    """The minutes' .docx as (file name, bytes): the stored file once issued, else built from the text as it stands.

    ``on`` is the day an unissued paper bears (None: the day of the meeting). NotFound when there are no minutes. Asks nobody's rights.
    Not ``whole``: without the items kept to the units that attended, built from the text.
    """
    minutes = session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id))
    if minutes is None:
        raise NotFound(f"{meeting.name}还没有纪要")
    if not whole and has_restricted(minutes):
        day = local_date(minutes.issued_at) if minutes.issued_at else on or local_date(meeting.starts_at)
        return file(session, meeting, minutes, day, whole=False)
    if minutes.file is not None:
        return minutes.file.name, attachments.read(minutes.file)
    return file(session, meeting, minutes, on or local_date(meeting.starts_at))


# Checks


def digest(minutes: Minutes) -> str:
    """A hash of the whole text: what the convenor saw is what is signed."""
    text = [minutes.opening, *(f"{part.heading}\n{part.body}" for part in minutes.parts)]
    return hashlib.sha256("\f".join(text).encode()).hexdigest()


def problems(items: Iterable[AgendaItem]) -> list[str]:
    """What keeps the minutes from being countersigned and signed: clauses that no task could be made of, or whose reading nobody has
    confirmed. In words, item by item."""
    found = []
    for number, item in enumerate(items, start=1):
        for at, decision in enumerate(item.decisions, start=1):
            place = f"第{number}项第{at}条" if len(item.decisions) > 1 else f"第{number}项议定事项"
            if decision.missing:
                long_term = "（长期坚持的工作请写首次报告的日期）" if decision.due_on is None else ""
                unread = "，或读法还没有确认" if len(decision.missing) > 1 else ""
                found.append(f"{place}未写明{'、'.join(decision.missing)}{unread}{long_term}")
            elif decision.confirmed_at is None:
                found.append(f"{place}的读法还没有确认")
    return found
