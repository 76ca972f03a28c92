"""How far a meeting is, and what this person does next: the stepper and the panel 下一步. Pure.

Exactly one action is primary, the first that applies; the panel says beforehand what will follow from it and who is told.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from coordination.meetings import words
from coordination.permissions import Actor, Permission, can
from models import Countersign, CountersignRound, Meeting, MeetingStatus, Minutes, MinutesReceipt, MinutesStatus, Reply
from models.calendar import local_date


@dataclass(frozen=True)
class Step:
    """One step of the stepper; ``state`` is done, current or todo."""

    label: str
    state: str


@dataclass(frozen=True)
class Action:
    """Something to do: its endpoint, the button's words, and what happens then.

    ``is_post``: done at once, without a page. ``is_due``: it waits for this person; what is merely possible is never the primary one.
    """

    endpoint: str
    label: str
    what: str = ""
    is_post: bool = False
    is_due: bool = True


@dataclass(frozen=True)
class NextStep:
    """The panel: what to know, the one primary action (None: nothing for this person now) and the others."""

    what: str
    primary: Action | None = None
    others: tuple[Action, ...] = ()


@dataclass(frozen=True)
class Situation:
    """All that decides on the next step. ``round``: the countersigning that counts; ``asked``: what the own unit was asked in it;
    ``unfinished``: what of it keeps the minutes from being signed."""

    actor: Actor
    meeting: Meeting
    now: datetime
    minutes: Minutes | None = None
    reply: Reply | None = None
    receipt: MinutesReceipt | None = None
    answered: int = 0
    invited: int = 0
    waiting: int = 0
    obstacles: list[str] = field(default_factory=list)
    round: CountersignRound | None = None
    asked: Countersign | None = None
    unfinished: list[str] = field(default_factory=list)

    def may(self, permission: Permission) -> bool:
        """Does this person hold ``permission`` over the meeting?"""
        return can(self.actor, permission, self.meeting.scope)

    @property
    def owes_countersign(self) -> bool:
        """Can the own unit still say 同意 or 修改意见, and has not?"""
        asked = self.asked
        return asked is not None and asked.answer is None and not asked.round.has_lapsed(local_date(self.now))

    @property
    def wants_round(self) -> bool:
        """Is the next thing to send the minutes to be countersigned?"""
        return self.round is None and bool(self.unfinished) and not self.obstacles

    @property
    def is_the_day(self) -> bool:
        """Is it the day of the meeting, or later?"""
        return local_date(self.now) >= local_date(self.meeting.starts_at)


LABELS = ("筹备", "征集", "联络员会", "通知答复", "开会", "纪要", "印发")
CURRENT = {
    MeetingStatus.PLANNED: "筹备",
    MeetingStatus.COLLECTING: "征集",
    MeetingStatus.LIAISON_HELD: "通知答复",
    MeetingStatus.NOTIFIED: "通知答复",
    MeetingStatus.IN_SESSION: "开会",
    MeetingStatus.POSTPONED: "筹备",
}


def steps(meeting: Meeting, minutes: Minutes | None) -> list[Step]:
    """筹备✓ 征集● 通知答复 …; empty for a cancelled meeting."""
    if meeting.status == MeetingStatus.CANCELLED:
        return []
    labels = [label for label in LABELS if label != "联络员会" or meeting.mechanism.has_liaison_meeting]
    at = labels.index(_current(meeting, minutes)) if minutes is None or minutes.status != MinutesStatus.ISSUED else len(labels)
    states = ["done" if n < at else "current" if n == at else "todo" for n in range(len(labels))]
    return [
        Step("联络员会未开", "todo") if label == "联络员会" and state == "done" and meeting.liaison_held_at is None else Step(label, state)
        for label, state in zip(labels, states, strict=True)
    ]


def _current(meeting: Meeting, minutes: Minutes | None) -> str:
    if meeting.status != MeetingStatus.HELD:
        return CURRENT[meeting.status]
    return "印发" if minutes is not None and minutes.status == MinutesStatus.SIGNED else "纪要"


def next_step(situation: Situation) -> NextStep:
    """What this person does next; nothing but a sentence when it is others' turn."""
    actions, idle = _BY_STATUS[situation.meeting.status](situation)
    primary = next((action for action in actions if action.is_due), None)
    others = tuple(action for action in actions if action is not primary)
    return NextStep(primary.what if primary else idle, primary, others)


Found = tuple[list[Action], str]


def _planned(s: Situation) -> Found:
    if not s.may(Permission.MEETING_PLAN):
        return [], "联席会议办公室正在筹备，尚未告知成员单位。"
    told = "开始后成员单位可看到本次会议并提交议题。下一页先列出将告知的人员。"
    return [Action("meetings.collect", "开始征集议题…", told), EDIT, AGENDA], ""


def _collecting(s: Situation) -> Found:
    due = words.full_day(s.meeting.proposals_due_on)
    late = local_date(s.now) > s.meeting.proposals_due_on
    actions = _collecting_for_office(s) if s.may(Permission.MEETING_PLAN) else []
    if s.may(Permission.PROPOSAL_WRITE):
        told = f"先存为草稿，提交后由联席会议办公室审议。最迟{due}提交{'，现在提交的列入迟交清单' if late else ''}。"
        actions.append(Action("meetings.new_proposal", "提出议题（迟交）" if late else "提出议题", told))
    return actions, f"成员单位正在提交议题，最迟{due}。"


def _collecting_for_office(s: Situation) -> list[Action]:
    actions = []
    if s.meeting.mechanism.has_liaison_meeting and s.meeting.status == MeetingStatus.COLLECTING:
        told = f"联络员会议研究{s.waiting}项议题：上会、会前解决、补充材料或退回，提出单位会收到告知。" if s.waiting else "随后发会议通知。"
        actions.append(Action("meetings.liaison_meeting", "记联络员会议…", told))
    if s.waiting:
        told = f"有{s.waiting}项议题待审议：列入议程、会前解决或退回，提出单位会收到告知。"
        actions.append(Action("meetings.agenda", f"审议议题{s.waiting}项", told))
    told = "通知发出后议程不再改动，各成员单位须答复参会。下一页先列出将告知的人员。"
    actions.append(Action("meetings.notice", "发会议通知…", told))
    return [*actions, *([] if s.waiting else [AGENDA]), EDIT]


def _notified(s: Situation) -> Found:
    actions = []
    left = s.invited - s.answered
    if s.is_the_day and s.may(Permission.MEETING_RECORD):
        told = "出席情况按各单位答复预填。开会后各单位不能再改答复。"
        actions.append(Action("meetings.open_room", "开会，进入会中记录", told, is_post=True))
    if left and s.may(Permission.MEETING_PLAN):
        actions.append(Action("meetings.urge", "催请答复…", f"还有{left}个单位未答复。下一页先列出将催请的人员。"))
    if s.reply is not None and s.may(Permission.REPLY_WRITE):
        first = s.reply.answer is None
        told = "由本单位任一联络员或负责人答复，开会前可以更改。"
        actions.append(Action("meetings.reply", "答复参会" if first else "更改答复", told, is_due=first))
    if s.may(Permission.MEETING_PLAN):
        actions += [AMEND, REARRANGE]
    idle = (
        f"会议通知已发出，{s.invited}个单位中{s.answered}个已答复。{words.full_day(local_date(s.meeting.starts_at))}开会当天进入会中记录。"
    )
    return actions, idle


def _in_session(s: Situation) -> Found:
    if not s.may(Permission.MEETING_RECORD):
        return [], "会议正在进行。"
    return [Action("meetings.room", "进入会中记录", "逐项记录讨论情况和议定事项，各项都有结果后结束会议。")], ""


def _held(s: Situation) -> Found:
    if s.minutes is None:
        if s.asked is not None and s.asked.round.minutes.is_open:
            return _asked(s, s.asked)
        if not s.may(Permission.MINUTES_EDIT):
            return [], "会议已召开，纪要尚未印发。"
        told = "按议程逐项汇编讨论情况和议定事项，汇编后可手工修改，不告知任何人。"
        return [Action("meetings.compile_minutes", "汇编纪要", told, is_post=True), RECORD], ""
    return _BY_MINUTES[s.minutes.status](s, s.minutes)


def _asked(s: Situation, asked: Countersign) -> Found:
    day = words.full_day(asked.round.due_on)
    if s.owes_countersign:
        told = f"纪要已起草，请以{asked.unit.short_name}名义会签，最迟{day}，逾期视为同意。"
        return [Action("meetings.countersign", "会签纪要", told)], ""
    said = f"已答复：{asked.answer.label}" if asked.answer else "逾期未答复，视为同意"
    return [Action("meetings.countersign", "查看会签", is_due=False)], f"纪要会签，{asked.unit.short_name}{said}。"


def _drafted(s: Situation, minutes: Minutes) -> Found:
    actions = []
    if s.may(Permission.MINUTES_SIGN) and not s.obstacles and not s.unfinished:
        told = "签发时给定编号，文字锁定，告知办公室印发。下一页先看全文。"
        actions.append(Action("meetings.sign_minutes", "审阅并签发纪要…", told))
    if s.may(Permission.MINUTES_EDIT):
        actions += _drafted_for_office(s, minutes)
    else:
        actions.append(SEE_MINUTES)
    asked = f"已于{words.day(local_date(minutes.submitted_at))}报请召集人签发，签发前仍可修改。" if minutes.submitted_at else ""
    return actions, asked or "纪要正在起草。"


def _drafted_for_office(s: Situation, minutes: Minutes) -> list[Action]:
    if s.obstacles:
        told = f"还有{len(s.obstacles)}处须补充或确认，方可签发：{'；'.join(s.obstacles[:3])}。"
        return [Action("meetings.room", "补充会议记录", told), SEE_MINUTES]
    if s.wants_round:
        return [
            Action("meetings.send_countersign", "发起会签…", "送到会单位会签。下一页先列出单位、截止日期和告知的人员。"),
            SEE_MINUTES,
            RECORD,
        ]
    if s.unfinished:
        return [Action("meetings.countersign", "查看会签情况", f"会签尚未办结：{'；'.join(s.unfinished[:3])}。"), SEE_MINUTES]
    if minutes.submitted_at is None:
        return [Action("meetings.minutes", "核对纪要并报请签发", "报请后告知召集人审阅签发。"), RECORD]
    return [SEE_MINUTES, RECORD]


def _signed(s: Situation, minutes: Minutes) -> Found:
    if not s.may(Permission.MINUTES_ISSUE):
        return [SEE_MINUTES], f"纪要已签发，编号{minutes.label}，待印发。"
    told = "印发后存档，议定事项立为任务，各成员单位收到阅知。下一页先列出将立的任务和告知的人员。"
    return [Action("meetings.issue_minutes", "印发纪要…", told), SEE_MINUTES], ""


def _issued(s: Situation, minutes: Minutes) -> Found:
    if s.receipt is not None and s.receipt.read_at is None:
        return [Action("meetings.minutes", "阅知纪要", f"纪要{minutes.label}已印发，请本单位任一联络员或负责人阅知。")], ""
    return [SEE_MINUTES], f"纪要{minutes.label}已于{words.full_day(local_date(minutes.issued_at or s.now))}印发。"


def _postponed(s: Situation) -> Found:
    idle = f"会议推迟，时间另行通知。原因：{s.meeting.reason}"
    if not s.may(Permission.MEETING_PLAN):
        return [], idle
    if s.meeting.starts_at <= s.now:
        return [Action("meetings.edit", "改定会议时间", "改定后可重新征集议题，再发通知。"), AGENDA], ""
    told = f"会议时间现为{words.when(s.meeting.starts_at)}。重新征集后再发通知，各单位重新答复。下一页先列出将告知的人员。"
    return [Action("meetings.collect", "重新征集议题…", told), EDIT, AGENDA], ""


def _cancelled(s: Situation) -> Found:
    return [], f"会议已取消。原因：{s.meeting.reason}"


def minutes_told(s: Situation, minutes: Minutes) -> str:
    """What the panel on the page of the minutes says: what will happen next, and who is told."""
    if s.receipt is not None and s.receipt.read_at is None:
        return "请以本单位名义阅知，联席会议办公室可见。"
    if minutes.status == MinutesStatus.ISSUED:
        return f"已于{words.full_day(local_date(minutes.issued_at or s.now))}印发，文字和文件已锁定。"
    if minutes.status == MinutesStatus.SIGNED:
        may = s.may(Permission.MINUTES_ISSUE)
        return "印发后议定事项立为任务，各成员单位收到阅知。下一页先列出。" if may else "已签发，待办公室印发。"
    if s.obstacles:
        return "以下各处补充、确认后，方可会签和签发："
    if s.unfinished:
        return "会签办结后，方可报请签发和签发："
    if s.may(Permission.MINUTES_SIGN):
        return "签发时给定编号，文字锁定，告知办公室印发。下一页再看全文。"
    asked = f"已于{words.day(local_date(minutes.submitted_at))}报请召集人签发，签发前仍可修改。" if minutes.submitted_at else ""
    if s.may(Permission.MINUTES_EDIT):
        return asked or "请逐段核对。报请后告知召集人审阅签发；重新汇编不改动手工修改的段落。"
    return asked or "纪要正在起草，尚未签发。"


EDIT = Action("meetings.edit", "修改会议安排", is_due=False)
AGENDA = Action("meetings.agenda", "编排议程", is_due=False)
REARRANGE = Action("meetings.rearrange", "改时间地点…", is_due=False)
AMEND = Action("meetings.amend", "议程修改…", is_due=False)
SEE_MINUTES = Action("meetings.minutes", "查看纪要", is_due=False)
RECORD = Action("meetings.room", "补充会议记录", is_due=False)
_BY_STATUS: dict[MeetingStatus, Callable[[Situation], Found]] = {
    MeetingStatus.PLANNED: _planned,
    MeetingStatus.COLLECTING: _collecting,
    MeetingStatus.LIAISON_HELD: _collecting,
    MeetingStatus.NOTIFIED: _notified,
    MeetingStatus.IN_SESSION: _in_session,
    MeetingStatus.HELD: _held,
    MeetingStatus.POSTPONED: _postponed,
    MeetingStatus.CANCELLED: _cancelled,
}
_BY_MINUTES: dict[MinutesStatus, Callable[[Situation, Minutes], Found]] = {
    MinutesStatus.DRAFT: _drafted,
    MinutesStatus.COUNTERSIGNING: _drafted,
    MinutesStatus.SIGNED: _signed,
    MinutesStatus.ISSUED: _issued,
}
