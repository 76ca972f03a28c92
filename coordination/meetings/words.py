"""What notices about meetings say. Plain sentences: what happened, what to do, by when."""

from dataclasses import dataclass
from datetime import date, datetime

from models import Bulletin, Meeting, Minutes, Proposal
from models.calendar import SHANGHAI, local_date

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
    agenda = "；".join(f"{number}.{item.title}" for number, item in enumerate(meeting.items, start=1))
    due = f"请最迟{full_day(reply_due_on)}答复参会人员。" if reply_due_on else "请会前答复参会人员。"
    text = f"定于{when(meeting.starts_at)}在{meeting.place}召开{meeting.title}，由{meeting.chair}主持。议程：{agenda}。{due}"
    return Message(f"会议通知：{meeting.name}（{day(local_date(meeting.starts_at))}{clock_time(meeting.starts_at)}）", text[:4000])


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
    late = "（迟交）" if proposal.is_late else ""
    return Message(f"新议题{late}：{proposal.title}", f"{proposal.unit.short_name}提交议题“{proposal.title}”{late}，请审议。")


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


def issued(minutes: Minutes, tasks: int) -> Message:
    """A member unit has minutes to read."""
    title = minutes.meeting.title
    made = f"纪要共有{tasks}项任务，请留意本单位牵头、配合的任务。" if tasks else ""
    return Message(f"阅知纪要：{minutes.meeting.name}{minutes.label}", f"{title}纪要已印发，编号{minutes.label}，请阅知。{made}")


def bulletin(one: Bulletin) -> Message:
    """A bulletin is out, and the unit owes a reading."""
    return Message(
        f"{one.kind.label}{one.label}：{one.title}", f"{one.mechanism.short_name}办公室印发{one.kind.label}{one.label}，请阅知。"
    )


def bulletin_unread(one: Bulletin) -> Message:
    """The unit has not read it."""
    return Message(f"请阅知{one.kind.label}{one.label}：{one.title}", f"{one.kind.label}{one.label}已印发，贵单位尚未阅知，请及时阅知。")
