"""What a meeting's papers say: rows and days in, plain data for ``coordination/documents`` out. The minutes have their own file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from coordination.documents.paper import MinutesPaper, OfficialPaper, Part, PlainPaper, Table
from coordination.documents.wording import clean, full_stop, official_date, paragraphs
from coordination.meetings import minutes as text
from coordination.meetings import words
from models import (
    AgendaItem,
    Answer,
    Bulletin,
    BulletinKind,
    Decision,
    Guest,
    LiaisonOutcome,
    Meeting,
    Minutes,
    Proposal,
    ProposalStatus,
    Reply,
    Unit,
)
from models.calendar import SHANGHAI, local_date

BLANK_ROWS = 3  # at the end of the 签到表, for people nobody has announced
ROW_HEIGHT = 10  # millimetres, to sign in
# What the liaison meeting, or without one the office, makes of a proposal.
OUTCOMES = {
    ProposalStatus.SETTLED_BEFORE: "会前解决",
    ProposalStatus.RETURNED: "退回",
    ProposalStatus.SUBMITTED: "待审议",
}
PLACED = "上会"


# 会议通知


def notice(meeting: Meeting, items: Sequence[AgendaItem], due_on: date | None, number: str, on: date) -> OfficialPaper:
    """会议通知 as 文件; ``due_on``: by when the units answer; ``on``: the day it bears."""
    issuer = meeting.mechanism.issuer
    due = f"最迟{words.full_day(due_on)}" if due_on else "会前"
    asked = f"请各成员单位{due}在平台答复参会人员，不能参加的请说明原因。汇报单位请准备汇报材料。"
    return OfficialPaper(
        issuer=issuer,
        number=number,
        title=f"{issuer}\n关于召开{in_title(meeting)}的通知",
        to="各成员单位",
        opening=f"经研究，定于{official_date(local_date(meeting.starts_at))}召开{in_title(meeting)}。现将有关事项通知如下：",
        parts=(
            Part("会议时间和地点", (f"{moment(meeting.starts_at)}，{clean(meeting.place)}。预计{duration(items)}。",)),
            Part("会议议程", points=_listed([_item_line(item) for item in items])),
            Part("参加人员", (_who(meeting),)),
            Part("有关要求", (asked,)),
        ),
        note=_contact(meeting),
        day=on,
        copies_to="，".join(dict.fromkeys(guest.body for guest in meeting.guests)),
        printed_by=issuer,
        author=issuer,
        subject=f"{meeting.name}通知",
    )


def _who(meeting: Meeting) -> str:
    chair = f"会议由{meeting.chair}主持，" if meeting.chair else ""
    guests = "、".join(f"{guest.body}{guest.name}" for guest in meeting.guests)
    return f"{chair}各成员单位有关负责人参加{f'，{guests}列席' if guests else ''}。"


def _contact(meeting: Meeting) -> str:
    office = meeting.mechanism.office_unit
    return f"联系：{office.short_name}，电话：{office.phone}" if office.phone else f"联系：{office.short_name}"


# 函


def letter(
    meeting: Meeting, minutes: Minutes, unit: Unit, led: Sequence[Decision], helped: Sequence[Decision], number: str, on: date
) -> OfficialPaper:
    """函 that hands a unit what the meeting asked of it: what it leads, and what it helps with."""
    issuer = meeting.mechanism.issuer
    groups = [("由你单位牵头的事项", led), ("由你单位配合的事项", helped)] if helped else [("", led)]
    parts = [Part(heading, points=tuple(map(text.clause_text, decisions))) for heading, decisions in groups]
    held = official_date(local_date(meeting.opened_at or meeting.starts_at))
    whose = "与你单位有关" if helped else "由你单位牵头"
    others = [one.short_name for decision in led for one in decision.co_units]
    return OfficialPaper(
        issuer=issuer,
        number=number,
        title=f"{issuer}\n关于办理{in_title(meeting)}议定事项的函",
        to=unit.name,
        opening=f"{held}，{meeting.title}召开，会议纪要（{minutes.label}）已经印发。现将{whose}的议定事项函告如下：",
        parts=tuple(parts),
        closing="请抓紧办理，按要求报告进展情况，并在下一次联席会议上报告落实情况。\n特此函告。",
        note=_contact(meeting),
        day=on,
        copies_to="，".join(dict.fromkeys(others)),
        author=issuer,
        subject=f"{meeting.name}议定事项",
    )


# 工作简报, 情况通报


def bulletin(one: Bulletin, label: str, on: date) -> OfficialPaper:
    """工作简报 or 情况通报 to all members, under ``label``; each paragraph of its text is one of the paper's."""
    issuer, is_brief = one.mechanism.issuer, one.kind == BulletinKind.BRIEF
    first, *more = paragraphs(one.body) or [""]
    return OfficialPaper(
        issuer=issuer,
        number=label or "草稿",
        title=one.title,
        to="" if is_brief else "各成员单位",
        opening=first,
        parts=(Part(paragraphs=tuple(more)),) if more else (),
        day=on,
        copies_to="联席会议召集人，各成员单位" if is_brief else "",
        printed_by=issuer,
        author=issuer,
        subject=f"{one.mechanism.short_name}{one.kind.label}",
    )


# 议程, 联络员会议, 议定事项清单, 签到表


def agenda(meeting: Meeting, items: Sequence[AgendaItem], on: date) -> PlainPaper:
    """会议议程: items with who reports and how long."""
    rows = [(str(at), _with_units(item), _presenter(item), f"{item.minutes_planned}分钟") for at, item in enumerate(items, start=1)]
    chair = f"，由{meeting.chair}主持" if meeting.chair else ""
    opening = f"{meeting.title}定于{moment(meeting.starts_at)}在{meeting.place}召开{chair}。议程共{len(items)}项，预计{duration(items)}。"
    guests = f"列席人员：{'；'.join(map(_guest, meeting.guests))}。" if meeting.guests else ""
    table = Table(("序号", "议程", "汇报单位", "时间"), tuple(rows), (6, 30, 15, 8))
    return _plain(meeting, f"{meeting.title}议程", opening, (Part(table=table),), on, closing=guests)


def _with_units(item: AgendaItem) -> str:
    """The item, and who attends for it where that is not everybody."""
    return item.title + (f"（{'、'.join(unit.short_name for unit in item.units)}参加）" if item.units else "")


def liaison(
    meeting: Meeting, proposals: Sequence[Proposal], director: str, on: date, said: Mapping[int, LiaisonOutcome] | None = None
) -> PlainPaper:
    """联络员会议记录: each proposal with what became of it; where no such meeting is held, what the office made of them.

    ``said``: what the liaison meeting itself said, by proposal; it stays so whatever happens to the proposal later.
    """
    found = {proposal.id: _studied(proposal, (said or {}).get(proposal.id)) for proposal in proposals}
    counts: dict[str, int] = {}
    for proposal in proposals:
        word = found[proposal.id][0]
        counts[word] = counts.get(word, 0) + 1
    told = "，".join(f"{word}{count}项" for word, count in counts.items())
    studied = f"共研究议题{len(proposals)}项" + (f"，其中{told}" if told else "") + "。"
    held = meeting.mechanism.has_liaison_meeting
    if not held:
        opening = f"{meeting.title}会前不召开联络员会议，议题由联席会议办公室审核。{studied}"
    elif meeting.liaison_held_at is None:
        opening = f"{meeting.title}的联络员会议尚未召开，现列出收到的议题。{studied}"
    else:
        day = official_date(local_date(meeting.liaison_held_at))
        opening = f"{day}，联席会议办公室主任{director}主持召开联络员会议，研究{meeting.title}议题。{studied}"
    rows = [(str(at), proposal.title, proposal.unit.short_name, *found[proposal.id]) for at, proposal in enumerate(proposals, start=1)]
    table = Table(("序号", "议题", "提出单位", "研究意见", "说明"), tuple(rows), (6, 20, 13, 10, 20))
    return _plain(meeting, f"{meeting.title}{'联络员会议记录' if held else '议题审核记录'}", opening, (Part(table=table),), on)


def outcome(proposal: Proposal) -> str:
    """上会, 会前解决, 退回 or 待审议."""
    return OUTCOMES.get(proposal.status, PLACED)


def decisions(meeting: Meeting, items: Sequence[AgendaItem], on: date, *, final: bool) -> PlainPaper:
    """议定事项清单 on a page laid on its side; who does not agree with a clause stands beneath its words (S3 第四章第十六条).

    ``final``: the minutes are signed.
    """
    clauses = [decision for item in items for decision in item.decisions]
    reserved = sum(bool(clean(decision.reservation)) for decision in clauses)
    rows = [(str(at), *_clause_row(decision)) for at, decision in enumerate(clauses, start=1)]
    agreed = f"其中{reserved}项有单位保留意见" if reserved else "均协商一致"
    day = official_date(local_date(meeting.opened_at or meeting.starts_at))
    chair = f"，{meeting.chair}主持" if meeting.chair else "，"
    opening = f"{day}{chair}召开{meeting.title}，议定事项共{len(clauses)}项，{agreed}，按议程顺序列出如下。"
    table = Table(("序号", "议定事项", "牵头单位", "配合单位", "完成时限", "成果形式"), tuple(rows), (6, 32, 14, 18, 20, 15))
    closing = "" if final else "会议纪要尚未签发，以印发的会议纪要为准。"
    return replace(_plain(meeting, f"{meeting.title}议定事项清单", opening, (Part(table=table),), on, closing=closing), is_wide=True)


def signin(meeting: Meeting, units: Sequence[Unit], replies: Sequence[Reply], on: date) -> PlainPaper:
    """签到表: every unit with whom it announced, the guests, and some lines for others."""
    given = {reply.unit_id: reply for reply in replies}
    rows = [_sign_row(unit, given.get(unit.id)) for unit in units]
    rows += [(guest.body, guest.name, guest.post, "", "列席") for guest in meeting.guests]
    rows += [("", "", "", "", "")] * BLANK_ROWS
    table = Table(
        ("序号", "单位", "姓名", "职务", "签名", "备注"),
        tuple((str(at), *row) for at, row in enumerate(rows, start=1)),
        (6, 18, 9, 14, 13, 7),
        ROW_HEIGHT,
    )
    chair = f"主持：{meeting.chair}。" if meeting.chair else ""
    opening = f"时间：{moment(meeting.starts_at)}。地点：{full_stop(clean(meeting.place))}{chair}"
    return _plain(meeting, f"{meeting.title}签到表", opening, (Part(table=table),), on)


def _sign_row(unit: Unit, reply: Reply | None) -> tuple[str, str, str, str, str]:
    if reply is None or reply.answer is None:
        return unit.short_name, "", "", "", ""
    remark = reply.answer.label if reply.answer != Answer.ATTEND else ""
    return unit.short_name, reply.person_name, reply.person_post, "", remark


def _clause_row(decision: Decision) -> tuple[str, str, str, str, str]:
    reserved = clean(decision.reservation)
    return (
        full_stop(clean(decision.text)) + (f"\n保留意见：{full_stop(reserved)}" if reserved else ""),
        decision.lead.short_name if decision.lead else "未写明",
        "、".join(unit.short_name for unit in decision.co_units) or "—",
        official_date(decision.due_on) if decision.due_on else "未写明",
        clean(decision.deliverable) or "—",
    )


def _studied(proposal: Proposal, said: LiaisonOutcome | None) -> tuple[str, str]:
    """The outcome of a proposal, and the words on it."""
    word, words = (said.outcome.label, said.words) if said else (outcome(proposal), proposal.reason)
    urgent = f"紧急：{proposal.urgent_reason}" if proposal.is_urgent else ""
    return word, "；".join(part for part in ("迟交" if proposal.is_late else "", urgent, clean(words)) if part)


# 节录


def excerpt(
    meeting: Meeting, minutes: Minutes, unit: Unit, items: frozenset[int], replies: Sequence[Reply], guests: Sequence[Guest], on: date
) -> MinutesPaper:
    """会议纪要（节录）: the minutes with only those ``items`` (ids) that concern the unit; the lists of people stay whole."""
    whole = text.paper(meeting, minutes, replies, guests, on)
    kept = tuple(section for section, part in zip(whole.sections, minutes.parts, strict=True) if part.item_id in items)
    only = f"节录，仅载与{unit.short_name}有关的事项"
    note = f"{only}；{whole.note}" if whole.note else only
    return replace(whole, title=f"{whole.title}（节录）", sections=kept, copies_to=unit.short_name, note=note)


# Words that several papers share


def in_title(meeting: Meeting) -> str:
    """The meeting's name behind its issuer's, which is not said twice."""
    return meeting.title.removeprefix(meeting.mechanism.issuer)


def moment(at: datetime) -> str:
    """2026年10月20日（星期二）上午9:00."""
    local = at.astimezone(SHANGHAI)
    weekday = words.WEEKDAYS[local.weekday()]
    return f"{official_date(local.date())}（星期{weekday}）{words.part_of_day(local.hour)}{words.clock_time(at)}"


def duration(items: Sequence[AgendaItem]) -> str:
    """1小时50分钟."""
    hours, left = divmod(sum(item.minutes_planned for item in items), 60)
    return (f"{hours}小时" if hours else "") + (f"{left}分钟" if left or not hours else "")


def _plain(meeting: Meeting, title: str, opening: str, parts: tuple[Part, ...], on: date, *, closing: str = "") -> PlainPaper:
    issuer = meeting.mechanism.issuer
    return PlainPaper(title=title, opening=opening, parts=parts, closing=closing, day=on, author=issuer, subject=meeting.name)


def _presenter(item: AgendaItem) -> str:
    return item.presenter.short_name if item.presenter else "联席会议办公室"


def _item_line(item: AgendaItem) -> str:
    return f"{clean(item.title)}（{_presenter(item)}汇报）"


def _guest(guest: Guest) -> str:
    return f"{guest.body}{guest.name}" + (f"（{guest.post}）" if guest.post else "")


def _listed(lines: Sequence[str]) -> tuple[str, ...]:
    """Each ends with ；, the last with a full stop."""
    return tuple(f"{line}{'。' if at == len(lines) else '；'}" for at, line in enumerate(lines, start=1))
