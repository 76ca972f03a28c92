"""What notices about meetings say. Plain sentences: what happened, what to do, by when."""

from dataclasses import dataclass
from datetime import date, datetime

from models import Amendment, Bulletin, Countersign, CountersignAnswer, ExtraRequest, Meeting, Minutes, MinutesCorrection, Opinion, Proposal
from models.calendar import SHANGHAI, local_date

REARRANGED = "meeting_rearranged"  # the kind of the notice on a changed time or place
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Message:
    """A notice's title and text."""

    title: str
    text: str


def day(value: date) -> str:
    """6月30日（周二）; the year is said where it is not plain."""
    return f"{value.month}月{value.day}日（周{WEEKDAYS[value.weekday()]}）"


def full_day(value: date) -> str:
    """2026年6月30日（周二）."""
    return f"{value.year}年{day(value)}"


def clock_time(at: datetime) -> str:
    """The hour in China without a leading zero: 9:00."""
    local = at.astimezone(SHANGHAI)
    return f"{local.hour}:{local.minute:02}"


def part_of_day(hour: int) -> str:
    """上午, 下午 or 晚上 of an hour in China."""
    return "上午" if hour < 12 else "下午" if hour < 18 else "晚上"


def when(at: datetime) -> str:
    """2026年6月30日（周二）9:00."""
    return full_day(local_date(at)) + clock_time(at)


def listed(words: list[str], most: int = 6) -> str:
    """甲、乙、丙等7个: names joined, a long list cut and counted."""
    if len(words) <= most:
        return "、".join(words)
    return f"{'、'.join(words[:most])}等{len(words)}个"


def collecting(meeting: Meeting) -> Message:
    """Members may hand in proposals."""
    return Message(
        f"征集议题：{meeting.name}",
        f"{meeting.title}拟于{when(meeting.starts_at)}召开，现征集议题。请最迟{full_day(meeting.proposals_due_on)}提交，逾期提交的列入迟交清单。",
    )


def changed(meeting: Meeting, changes: list[str]) -> Message:
    """The plan of an announced meeting was changed."""
    return Message(f"会议安排有变：{meeting.name}", f"{meeting.title}的安排有变：{'；'.join(changes)}。")


def invitation(meeting: Meeting, reply_due_on: date | None) -> Message:
    """The notice itself: when, where, what, and by when the unit answers."""
    agenda = _open_agenda(meeting)
    due = f"请最迟{full_day(reply_due_on)}答复参会人员。" if reply_due_on else "请会前答复参会人员。"
    text = f"定于{when(meeting.starts_at)}在{meeting.place}召开{meeting.title}，由{meeting.chair}主持。议程：{agenda}。{due}"
    return Message(f"会议通知：{meeting.name}（{day(local_date(meeting.starts_at))}{clock_time(meeting.starts_at)}）", text[:4000])


def _open_agenda(meeting: Meeting) -> str:
    """The items that all may read of, numbered."""
    open_items = (item for item in meeting.items if not item.is_confidential)
    return "；".join(f"{number}.{item.title}" for number, item in enumerate(open_items, start=1))


def amended(amendment: Amendment) -> Message:
    """The agenda was amended after the notice."""
    meeting = amendment.meeting
    now = _open_agenda(meeting)
    text = (
        f"{meeting.title}议程修改第{amendment.number}号：{amendment.change}。原因：{amendment.reason.rstrip('。')}。修改后的议程：{now}。"
    )
    return Message(f"议程修改第{amendment.number}号：{meeting.name}", text[:4000])


def arrangement(starts_at: datetime, place: str, chair: str) -> str:
    """When, where and under whom, as one line."""
    return "，".join(filter(None, (when(starts_at), place, f"{chair}主持" if chair else "")))


def rearranged(meeting: Meeting) -> Message:
    """The meeting takes place at another time or place than the notice said."""
    now = arrangement(meeting.starts_at, meeting.place, meeting.chair)
    text = f"{meeting.title}的安排有变，以本次为准：{now}。议程不变；已作的答复继续有效，参会人员有变的请更改答复。"
    return Message(f"会议时间地点有变：{meeting.name}", text)


def urging(meeting: Meeting) -> Message:
    """The unit has not answered yet."""
    return Message(
        f"催请答复：{meeting.name}",
        f"{meeting.title}定于{when(meeting.starts_at)}召开，贵单位尚未答复参会人员，请尽快答复。",
    )


def postponed(meeting: Meeting) -> Message:
    """The meeting is put off; a new date follows."""
    text = f"原定{when(meeting.starts_at)}召开的{meeting.title}推迟，时间另行通知。原因：{meeting.reason}"
    return Message(f"会议推迟：{meeting.name}", text)


def cancelled(meeting: Meeting) -> Message:
    """The meeting will not be held."""
    return Message(f"会议取消：{meeting.name}", f"原定{when(meeting.starts_at)}召开的{meeting.title}取消。原因：{meeting.reason}")


def handed_in(proposal: Proposal) -> Message:
    """The office has a new proposal before it."""
    late = ("（迟交）" if proposal.is_late else "") + ("（紧急）" if proposal.is_urgent else "")
    why = f"紧急原因：{proposal.urgent_reason}" if proposal.is_urgent else ""
    return Message(f"新议题{late}：{proposal.title}", f"{proposal.unit.short_name}提交议题“{proposal.title}”{late}，请审议。{why}")


def to_be_released(proposal: Proposal) -> Message:
    """The head of the unit has a proposal to release."""
    return Message(f"请审签议题：{proposal.title}", f"联络员起草了议题“{proposal.title}”，请审签后提交联席会议办公室，或退回修改。")


def released(proposal: Proposal) -> Message:
    """The head released the proposal; it can be handed in."""
    return Message(f"议题已审签：{proposal.title}", f"负责人已审签议题“{proposal.title}”，请提交联席会议办公室。")


def changes_asked(proposal: Proposal) -> Message:
    """The head wants the proposal changed."""
    text = f"负责人退回议题“{proposal.title}”，请修改后再报请审签。意见：{proposal.release_note}"
    return Message(f"议题退回修改：{proposal.title}", text)


def opinion_asked(opinion: Opinion) -> Message:
    """A unit is asked what it thinks of a proposal."""
    proposal = opinion.proposal
    due = f"请最迟{full_day(opinion.due_on)}答复。" if opinion.due_on else "请尽快答复。"
    wanted = f"征求意见的问题：{opinion.question.rstrip('。')}。" if opinion.question else ""
    text = f"{proposal.unit.short_name}的议题“{proposal.title}”征求贵单位意见。{wanted}{due}"
    return Message(f"征求意见：{proposal.title}", text)


def opinion_given(opinion: Opinion) -> Message:
    """A unit said what it thinks."""
    title = opinion.proposal.title
    return Message(f"{opinion.unit.short_name}答复意见：{title}", f"{opinion.unit.short_name}已就议题“{title}”答复意见，请查看。")


def extra_asked(request: ExtraRequest) -> Message:
    """The office has to answer a unit that asks for an extra meeting."""
    due = f"请最迟{full_day(request.due_on)}答复。" if request.due_on else "请答复。"
    return Message(f"提请召开临时会议：{request.title}", f"{request.unit.short_name}提请召开临时会议，事由：{request.title}。{due}")


def extra_to_decide(request: ExtraRequest) -> Message:
    """The convenor has to decide on an extra meeting."""
    advice = "建议召开" if request.office_agrees else "建议不召开"
    text = f"{request.unit.short_name}提请召开临时会议，事由：{request.title}。办公室{advice}：{request.office_words}请决定是否召开。"
    return Message(f"请定临时会议：{request.title}", text)


def extra_answered(request: ExtraRequest) -> Message:
    """The unit hears what the office said."""
    advice = "建议召开" if request.office_agrees else "建议不召开"
    return Message(f"临时会议申请已答复：{request.title}", f"办公室{advice}，已报召集人决定。说明：{request.office_words}")


def extra_decided(request: ExtraRequest) -> Message:
    """The convenor decided."""
    text = f"{request.unit.short_name}提请的临时会议“{request.title}”，召集人决定：{request.status.label}。{request.decision}"
    return Message(f"临时会议{request.status.label}：{request.title}", text)


def sent_back(proposal: Proposal) -> Message:
    """The office returned the proposal."""
    return Message(f"议题退回：{proposal.title}", f"议题“{proposal.title}”已退回，可修改后再提交。原因：{proposal.reason}")


def settled(proposal: Proposal) -> Message:
    """The proposal was settled before the meeting."""
    return Message(f"议题会前解决：{proposal.title}", f"议题“{proposal.title}”已会前解决，不再列入议程。办法：{proposal.reason}")


def taken_up(proposal: Proposal, meeting: Meeting) -> Message:
    """The proposal stands on an agenda."""
    text = f"议题“{proposal.title}”已列入{meeting.title}议程，预定{when(meeting.starts_at)}召开，请准备汇报。"
    return Message(f"议题列入议程：{proposal.title}", text)


def to_be_signed(minutes: Minutes) -> Message:
    """The convenor has minutes to sign."""
    name = minutes.meeting.name
    return Message(f"请签发纪要：{name}", f"{name}纪要已起草，请审阅签发。")


def signed(minutes: Minutes) -> Message:
    """The office can issue the minutes."""
    name = minutes.meeting.name
    return Message(f"纪要已签发：{name}", f"{name}纪要已签发，编号{minutes.label}，可印发。")


def issued(minutes: Minutes, tasks: int, *, has_excerpt: bool = False) -> Message:
    """A member unit has minutes to read; ``has_excerpt``: some of it concerns the unit."""
    title = minutes.meeting.title
    made = f"纪要共有{tasks}项任务，请留意本单位牵头、配合的任务。" if tasks else ""
    made += "与本单位有关事项的节录，可在纪要页下载。" if has_excerpt else ""
    return Message(f"阅知纪要：{minutes.meeting.name}{minutes.label}", f"{title}纪要已印发，编号{minutes.label}，请阅知。{made}")


def bulletin(one: Bulletin) -> Message:
    """A bulletin is out, and the unit owes a reading."""
    return Message(
        f"{one.kind.label}{one.label}：{one.title}", f"{one.mechanism.short_name}办公室印发{one.kind.label}{one.label}，请阅知。"
    )


def bulletin_unread(one: Bulletin) -> Message:
    """The unit has not read it."""
    return Message(f"请阅知{one.kind.label}{one.label}：{one.title}", f"{one.kind.label}{one.label}已印发，贵单位尚未阅知，请及时阅知。")


def to_countersign(minutes: Minutes, due_on: date) -> Message:
    """A unit that attended has a draft to countersign."""
    name = minutes.meeting.name
    text = f"{minutes.meeting.title}纪要已起草，请会签：同意，或提出修改意见。最迟{full_day(due_on)}答复，逾期视为同意。"
    return Message(f"请会签纪要：{name}", text)


def urge_countersign(minutes: Minutes, due_on: date) -> Message:
    """The unit has not answered yet."""
    return Message(f"催请会签：{minutes.meeting.name}纪要", f"贵单位尚未会签，最迟{full_day(due_on)}答复，逾期视为同意。")


def countersigned(minutes: Minutes, asked: Countersign) -> Message:
    """A unit asks for a change, or the last one has answered."""
    name, unit = minutes.meeting.name, asked.unit.short_name
    if asked.answer == CountersignAnswer.AMEND:
        return Message(f"会签修改意见：{unit}", f"{unit}对{name}纪要提出修改意见，请采纳修改或说明不采纳的理由。")
    return Message(f"会签已答复完毕：{name}纪要", f"{name}纪要的会签，各单位都已答复。修改意见都写明处理情况后，可报请签发。")


def opinion_handled(minutes: Minutes, handling: str) -> Message:
    """The unit hears what became of its 修改意见."""
    return Message(f"会签意见处理情况：{minutes.meeting.name}纪要", f"贵单位对{minutes.meeting.name}纪要的修改意见，处理情况：{handling}")


def unread(minutes: Minutes) -> Message:
    """The unit has not read the issue yet."""
    name = minutes.meeting.name
    return Message(f"提醒阅知：{name}纪要{minutes.label}", f"{name}纪要{minutes.label}已印发，贵单位尚未阅知，请阅知。")


def to_correct(minutes: Minutes) -> Message:
    """The convenor has a correction to sign."""
    name = f"{minutes.meeting.name}纪要{minutes.label}"
    return Message(f"请签发更正：{name}", f"{name}印发后发现差错，已拟更正，请审阅签发。")


def corrected(row: MinutesCorrection) -> Message:
    """Whoever got the minutes hears of a correction."""
    name = f"{row.minutes.meeting.name}纪要{row.minutes.label}"
    return Message(f"{row.label}：{name}", f"{name}已更正（{row.label}），请与原纪要一并使用。更正原因：{row.reason}")
