"""文书 of a meeting: which there are, for whom, and their files. Notice and letters are numbered and kept as they go out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination import attachments
from coordination.accounts.queries import people_in_role
from coordination.meetings import audience, briefing, composing, queries, restricted
from coordination.meetings import minutes as text
from coordination.permissions import Actor
from coordination.settings.queries import fonts
from models import (
    AgendaItem,
    Decision,
    LiaisonOutcome,
    Mechanism,
    Meeting,
    MeetingPaper,
    MeetingPaperKind,
    Minutes,
    MinutesStatus,
    Reply,
    Role,
    Unit,
)
from models.calendar import local_date
from models.errors import BadInput, NotFound
from models.mechanism import LETTER_SIGN
from models.numbering import take_number


class Kind(StrEnum):
    """Every paper of a meeting, in the order they are made."""

    NOTICE = "notice"
    AGENDA = "agenda"
    LIAISON = "liaison"
    BRIEF = "brief"
    SIGNIN = "signin"
    MINUTES = "minutes"
    EXCERPT = "excerpt"
    DECISIONS = "decisions"
    LETTER = "letter"

    @property
    def label(self) -> str:
        """What the paper is called."""
        return LABELS[self]


LABELS = {
    Kind.NOTICE: "会议通知",
    Kind.AGENDA: "会议议程",
    Kind.LIAISON: "议题研究记录",
    Kind.BRIEF: "会前情况汇总",
    Kind.SIGNIN: "签到表",
    Kind.MINUTES: "会议纪要",
    Kind.EXCERPT: "会议纪要节录",
    Kind.DECISIONS: "议定事项清单",
    Kind.LETTER: "函",
}
OF_A_UNIT = frozenset({Kind.EXCERPT, Kind.LETTER})


@dataclass(frozen=True)
class Offered:
    """A paper that somebody may have. ``number``: as it went out; empty: it bears none, or is a draft."""

    kind: Kind
    unit: Unit | None = None
    number: str = ""


# Which papers there are, and for whom


def offered(
    session: Session,
    actor: Actor,
    meeting: Meeting,
    minutes: Minutes | None,
    items: Sequence[AgendaItem],
    on: date,
    replies: Sequence[Reply] | None = None,
) -> list[Offered]:
    """What this person may have: all papers for those who oversee the mechanism; for members what went out, of other units nothing.

    ``replies``: the meeting's, where they were read.
    """
    numbers = {(Kind(paper.kind), paper.unit_id): paper.label for paper in _numbered(session, meeting)}
    overseen = queries.oversees(actor, meeting.mechanism_id)
    found = [Offered(kind, None, numbers.get((kind, None), "")) for kind in _common(meeting, minutes, items, numbers, overseen)]
    if minutes is None or not (overseen or minutes.status == MinutesStatus.ISSUED):
        return found
    own = None if overseen else queries.answers_for(actor)
    replies = queries.replies_of(session, meeting) if replies is None else replies
    kept = queries.heirs_loaded(session, [*(unit for item in items for unit in _units(item)), *(reply.unit for reply in replies)])
    day = _day(minutes, on)
    for kind, units in (
        (Kind.EXCERPT, concerned(items, day, _there(replies, day))),
        (Kind.LETTER, addressees(meeting, items, day)),
    ):
        found += [Offered(kind, unit, numbers.get((kind, unit.id), "")) for unit in units if own is None or unit.id in own]
    del kept
    return found


def _common(meeting: Meeting, minutes: Minutes | None, items: Sequence[AgendaItem], numbers: dict[Any, str], overseen: bool) -> list[Kind]:
    issued = minutes is not None and minutes.status == MinutesStatus.ISSUED
    recorded = any(item.decisions for item in items)
    if not overseen:
        out = (Kind.NOTICE, None) in numbers and meeting.notified_at is not None
        return ([Kind.NOTICE, Kind.AGENDA] if out else []) + ([Kind.MINUTES, Kind.DECISIONS] if issued else [])
    found = [Kind.NOTICE, Kind.AGENDA, Kind.LIAISON, Kind.BRIEF, Kind.SIGNIN]
    return found + ([Kind.MINUTES] if minutes is not None else []) + ([Kind.DECISIONS] if recorded else [])


def concerned(items: Sequence[AgendaItem], on: date, there: frozenset[int]) -> list[Unit]:
    """The units that report on an item, lead in a decision or help with one, in that order; heirs in place of merged units.

    ``there``: those that attended (``attending``); an item kept to them concerns no other.
    """
    units = [unit for item in items for unit in _heirs(item, on) if not item.is_confidential or unit.id in there]
    return list({unit.id: unit for unit in units}.values())


def attending(session: Session, meeting: Meeting, on: date) -> frozenset[int]:
    """The units that were at the meeting, by id; heirs of that day in place of merged ones."""
    return _there(queries.replies_of(session, meeting), on)


def _there(replies: Sequence[Reply], on: date) -> frozenset[int]:
    return frozenset(reply.unit.heir(on).id for reply in replies if reply.was_there)


def _heirs(item: AgendaItem, on: date) -> list[Unit]:
    return [unit.heir(on) for unit in _units(item)]


def addressees(meeting: Meeting, items: Sequence[AgendaItem], on: date) -> list[Unit]:
    """The units that lead in a decision; the one that signs the letters writes none to itself."""
    leads = [decision.lead.heir(on) for decision in _decisions(items) if decision.lead]
    return list({unit.id: unit for unit in leads if unit.name != meeting.mechanism.issuer}.values())


def _units(item: AgendaItem) -> list[Unit]:
    units = [item.presenter] if item.presenter else []
    for decision in item.decisions:
        units += [decision.lead] if decision.lead else []
        units += decision.co_units
    return units


def _decisions(items: Sequence[AgendaItem]) -> list[Decision]:
    return [decision for item in items for decision in item.decisions]


def _day(minutes: Minutes, on: date) -> date:
    """The day on which units answered for others as the papers say."""
    return local_date(minutes.issued_at) if minutes.issued_at else on


def _numbered(session: Session, meeting: Meeting) -> list[MeetingPaper]:
    """The numbered papers, oldest first: of a notice sent anew the later one counts. None while no notice is out, also after 推迟."""
    if meeting.notified_at is None:
        return []
    query = select(MeetingPaper).where(MeetingPaper.meeting_id == meeting.id).options(joinedload(MeetingPaper.file))
    return list(session.scalars(query.order_by(MeetingPaper.id)))


# The files


def document(
    session: Session, meeting: Meeting, kind: Kind, on: date, unit: Unit | None = None, *, whole: bool = True
) -> tuple[str, bytes]:
    """The paper as (file name, bytes): as it went out, else built from what is known, dated ``on``. Asks nobody's rights.

    Not ``whole``: without the items kept to the units that attended. Excerpts and the notice, which goes to all, never hold them otherwise.

    ``unit``: of an excerpt or a letter; None: the first that leads in a decision. NotFound where there is no such paper.
    """
    if kind not in OF_A_UNIT:
        return _MAKERS[kind](session, meeting, on, whole)
    minutes = session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id))
    if minutes is None:
        raise NotFound(f"{meeting.name}还没有纪要")
    items = queries.items_of(session, meeting)
    day = _day(minutes, on)
    unit = unit or _first(session, meeting, items, day)
    if kind == Kind.LETTER:
        return _letter_file(session, meeting, minutes, items, unit, day)
    return _excerpt(session, meeting, minutes, items, unit, day)


def named_unit(session: Session, code: str) -> Unit:
    """The unit with this code, or NotFound."""
    unit = session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise NotFound(f"没有代码为“{code}”的单位")
    return unit


def find_meeting(session: Session, reference: str, mechanism_code: str) -> Meeting:
    """The meeting named ``2026-2`` (year and serial) or ``latest`` (the newest with issued minutes) of that mechanism.

    BadInput for another form, NotFound when there is none. For the operator: asks nobody's rights.
    """
    query = select(Meeting).join(Mechanism).where(Mechanism.code == mechanism_code)
    if reference == "latest":
        query = query.join(Minutes, Minutes.meeting_id == Meeting.id).where(Minutes.status == MinutesStatus.ISSUED)
        meeting = session.scalars(query.order_by(Meeting.starts_at.desc(), Meeting.id.desc())).first()
    else:
        named = re.fullmatch(r"(\d{4})-(\d{1,6})", reference)
        if named is None:
            raise BadInput(f"会议应写作“2026-2”（年度-次数）或 latest，现为“{reference}”")
        year, serial = int(named[1]), int(named[2])
        meeting = session.scalar(query.where(Meeting.year == year, Meeting.serial == serial))
    if meeting is None:
        raise NotFound(f"机制“{mechanism_code}”没有会议“{reference}”")
    return meeting


def _first(session: Session, meeting: Meeting, items: Sequence[AgendaItem], on: date) -> Unit:
    units = addressees(meeting, items, on) or concerned(items, on, attending(session, meeting, on))
    if not units:
        raise NotFound(f"{meeting.name}没有议定事项")
    return units[0]


def _sent(session: Session, meeting: Meeting, kind: MeetingPaperKind, unit: Unit | None = None) -> tuple[str, bytes] | None:
    papers = [paper for paper in _numbered(session, meeting) if paper.kind == kind and paper.unit_id == (unit.id if unit else None)]
    return (papers[-1].file.name, attachments.read(papers[-1].file)) if papers else None


def _notice(session: Session, meeting: Meeting, on: date, whole: bool) -> tuple[str, bytes]:
    sent = _sent(session, meeting, MeetingPaperKind.NOTICE)
    if sent is not None and meeting.notified_at is not None:
        return sent
    return f"{meeting.name}通知（{text.DRAFT_NUMBER}）.docx", _notice_bytes(session, meeting, text.DRAFT_NUMBER, on)


def _notice_bytes(session: Session, meeting: Meeting, number: str, on: date) -> bytes:
    from coordination.documents.official import document as build  # the .docx library is loaded for whoever writes one, not at every start

    said = composing.notice(meeting, _items(session, meeting, whole=False), audience.reply_due_on(session, meeting), number, on)
    return build(said, fonts(session))


def _invited(session: Session, meeting: Meeting) -> list[Unit]:
    """The units the notice went to; before it, those that sit on the day."""
    replies = queries.replies_of(session, meeting)
    return [reply.unit for reply in replies] or queries.members(session, meeting.mechanism_id, local_date(meeting.starts_at))


def _letter_file(
    session: Session, meeting: Meeting, minutes: Minutes, items: Sequence[AgendaItem], unit: Unit, on: date
) -> tuple[str, bytes]:
    sent = _sent(session, meeting, MeetingPaperKind.LETTER, unit)
    if sent is not None:
        return sent
    if unit.id not in {one.id for one in addressees(meeting, items, on)}:
        raise NotFound(f"{unit.short_name}在{meeting.name}没有牵头的议定事项，或者是发文单位，不发函")
    content = _letter_bytes(session, meeting, minutes, items, unit, text.DRAFT_NUMBER, on)
    return f"{meeting.name}致{unit.short_name}函（{text.DRAFT_NUMBER}）.docx", content


def _letter_bytes(
    session: Session, meeting: Meeting, minutes: Minutes, items: Sequence[AgendaItem], unit: Unit, number: str, on: date
) -> bytes:
    from coordination.documents.official import letter

    led = [decision for decision in _decisions(items) if decision.lead and decision.lead.heir(on).id == unit.id]
    helped = [decision for decision in _decisions(items) if unit.id in {one.heir(on).id for one in decision.co_units}]
    said = composing.letter(meeting, minutes, unit, led, [one for one in helped if one not in led], number, on)
    return letter(said, fonts(session))


def _excerpt(session: Session, meeting: Meeting, minutes: Minutes, items: Sequence[AgendaItem], unit: Unit, on: date) -> tuple[str, bytes]:
    from coordination.documents.minutes import build

    was_there = unit.id in attending(session, meeting, on)
    theirs = frozenset(
        item.id for item in items if unit.id in {one.id for one in _heirs(item, on)} and (was_there or not item.is_confidential)
    )
    if not theirs:
        raise NotFound(f"{meeting.name}没有与{unit.short_name}有关的事项")
    replies = queries.replies_of(session, meeting)
    paper = composing.excerpt(meeting, minutes, unit, theirs, replies, meeting.guests, on)
    mark = f"（{text.DRAFT_NUMBER}）" if minutes.number is None else minutes.label
    return f"{meeting.name}纪要{mark}节录（{unit.short_name}）.docx", build(paper, fonts(session))


def _minutes(session: Session, meeting: Meeting, on: date, whole: bool) -> tuple[str, bytes]:
    return text.document(session, meeting, on, whole=whole)


def _items(session: Session, meeting: Meeting, whole: bool) -> list[AgendaItem]:
    items = queries.items_of(session, meeting)
    return items if whole else restricted.open_ones(items)


def _plain(session: Session, meeting: Meeting, kind: Kind, paper: Any) -> tuple[str, bytes]:
    from coordination.documents.plain import build

    return f"{meeting.name}{kind.label.removeprefix('会议')}.docx", build(paper, fonts(session))


def _agenda(session: Session, meeting: Meeting, on: date, whole: bool) -> tuple[str, bytes]:
    items = _items(session, meeting, whole)
    return _plain(session, meeting, Kind.AGENDA, composing.agenda(meeting, items, local_date(meeting.starts_at)))


def _liaison(session: Session, meeting: Meeting, on: date, whole: bool) -> tuple[str, bytes]:
    directors = people_in_role(session, Role.DEPUTY, meeting.mechanism_id)
    chair = meeting.liaison_chair or (directors[0].name if directors else "")
    said = {row.proposal_id: row for row in session.scalars(select(LiaisonOutcome).where(LiaisonOutcome.meeting_id == meeting.id))}
    day = local_date(meeting.liaison_held_at) if meeting.liaison_held_at else on
    paper = composing.liaison(meeting, queries.proposals_of(session, meeting), chair, day, said)
    return _plain(session, meeting, Kind.LIAISON, paper)


def _brief(session: Session, meeting: Meeting, on: date, whole: bool) -> tuple[str, bytes]:
    return _plain(session, meeting, Kind.BRIEF, briefing.brief(session, meeting, queries.proposals_of(session, meeting), on))


def _signin(session: Session, meeting: Meeting, on: date, whole: bool) -> tuple[str, bytes]:
    replies = queries.replies_of(session, meeting)
    paper = composing.signin(meeting, _invited(session, meeting), replies, local_date(meeting.starts_at))
    return _plain(session, meeting, Kind.SIGNIN, paper)


def _decisions_list(session: Session, meeting: Meeting, on: date, whole: bool) -> tuple[str, bytes]:
    items = _items(session, meeting, whole)
    if not _decisions(items):
        raise NotFound(f"{meeting.name}还没有议定事项")
    minutes = session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id))
    final = minutes is not None and minutes.number is not None
    paper = composing.decisions(meeting, items, local_date(meeting.starts_at), final=final)
    return _plain(session, meeting, Kind.DECISIONS, paper)


_MAKERS = {
    Kind.NOTICE: _notice,
    Kind.AGENDA: _agenda,
    Kind.LIAISON: _liaison,
    Kind.BRIEF: _brief,
    Kind.SIGNIN: _signin,
    Kind.MINUTES: _minutes,
    Kind.DECISIONS: _decisions_list,
}


# Numbers


def number_notice(session: Session, meeting: Meeting, now: datetime) -> MeetingPaper:
    """The notice as it goes out now: numbered, dated, kept. Sent anew after 推迟 it is another paper with a number of its own."""
    prefix = meeting.mechanism.document_code
    number = _take(session, prefix, now)
    content = _notice_bytes(session, meeting, number.label, local_date(now))
    return _keep(session, number, meeting, f"{meeting.name}通知{number.label}.docx", content)


def number_letters(session: Session, meeting: Meeting, minutes: Minutes, now: datetime) -> list[MeetingPaper]:
    """A letter to each unit that leads in a decision, in the order of the agenda."""
    items, on = queries.items_of(session, meeting), local_date(now)
    kept = queries.heirs_loaded(session)
    made = []
    for unit in addressees(meeting, items, on):
        number = _take(session, f"{meeting.mechanism.document_code}{LETTER_SIGN}", now)
        content = _letter_bytes(session, meeting, minutes, items, unit, number.label, on)
        made.append(_keep(session, number, meeting, f"{meeting.name}致{unit.short_name}函{number.label}.docx", content, unit))
    del kept
    return made


def _take(session: Session, prefix: str, now: datetime) -> MeetingPaper:
    """A paper that has its number and nothing else yet."""
    year = local_date(now).year
    return MeetingPaper(prefix=prefix, year=year, number=take_number(session, f"paper:{prefix}:{year}"), made_at=now)


def _keep(session: Session, paper: MeetingPaper, meeting: Meeting, name: str, content: bytes, unit: Unit | None = None) -> MeetingPaper:
    paper.kind = MeetingPaperKind.LETTER if unit else MeetingPaperKind.NOTICE
    paper.meeting_id, paper.unit_id = meeting.id, unit.id if unit else None
    paper.file = attachments.store(session, name=name, media_type=text.DOCX, content=content, now=paper.made_at)
    session.add(paper)
    return paper
