"""What the page of one task shows: where it comes from and leads, what is to be done next and by whom, and what was done."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.notices import full_day
from coordination.permissions import Actor
from coordination.tasks import queries
from coordination.tasks.actions import Action, possible
from coordination.tasks.guard import WORDS
from coordination.tasks.letters import answering_unit, day_note
from coordination.tasks.queries import Limits
from models import Cadence, Calendar, Extension, ExtensionStatus, ProgressReport, StoredFile, Task, TaskPaper, TaskStatus
from models.calendar import local_date
from models.errors import CalendarMissing
from models.light import light


@dataclass(frozen=True)
class Link:
    """One step of 来龙去脉."""

    label: str
    state: str = ""
    url: str | None = None
    current: bool = False


@dataclass(frozen=True)
class Event:
    """One line of a timeline."""

    at: datetime
    who: str
    what: str
    text: str | None = None


@dataclass(frozen=True)
class Reported:
    """One report of 进展: what was said, how difficult it is, what is asked for (``post_url``: to put it before the meeting), the files."""

    at: datetime
    who: str
    what: str
    text: str
    difficulty: str
    support: str
    files: tuple[tuple[str, int, str], ...]  # name, size in bytes, address
    report_id: int


@dataclass(frozen=True)
class Step:
    """The panel 下一步: what is to happen, the one button for it (``posts``: it acts at once), and what else may be done instead."""

    what: str
    label: str = ""
    url: str = ""
    posts: bool = False
    others: tuple[tuple[str, str], ...] = ()


def chain(task: Task) -> list[Link]:
    """议题 → 议定事项 → 任务 → 成效; a task without a meeting starts with what handed it down."""
    found: list[Link] = []
    if task.decision is not None:
        item = task.decision.item
        if item.proposal is not None:
            url = url_for("meetings.proposal", proposal_id=item.proposal.id)
            title = "议题（限到会单位）" if item.is_confidential else f"议题：{item.proposal.title}"
            found.append(Link(title, item.proposal.status.label, url))
        url = url_for("meetings.minutes", meeting_id=item.meeting_id)
        found.append(Link(f"{item.meeting.name}议定事项", url=url))
    else:
        found.append(Link(task.source or "未写明来源"))
    found.append(Link(task.number, task.status.label, current=True))
    found.append(Link("成效", task.finding if task.status == TaskStatus.CLOSED else "尚无"))
    return found


def facts(task: Task, today: date, calendar: Calendar, extended: int = 0) -> list[tuple[str, str]]:
    """要点. ``extended``: how often it was given more time."""
    shares = {share.unit_id: share.percent for share in task.shares}
    helpers = "、".join(f"{answering_unit(unit, today)} {shares.get(unit.id, 0)}%" for unit in task.co_units)
    more = f"，延期{extended}次" if extended else ""
    first = "" if task.first_due_on == task.due_on else f"（原{_on(task.first_due_on, task.due_on)}{more}）"
    return [
        ("时限", f"最迟{full_day(task.due_on)}{first}{day_note(task.due_on, calendar)}"),
        ("牵头单位", answering_unit(task.lead, today)),
        ("完成比例", queries.done(task.status, task.percent) + ("，已退回重办" if task.status == TaskStatus.RETURNED else "")),
        ("配合单位", helpers),
        ("成果", task.deliverable),
        ("轻重缓急", task.priority.label),
        ("填报频次", _reports(task, today)),
        ("来源", f"{task.source}（常态化任务，按期下达）" if task.recurring_id else task.source),
        ("机制", task.mechanism.short_name),
        ("下达", full_day(local_date(task.assigned_at))),
    ]


def _reports(task: Task, today: date) -> str:
    """How often the unit reports, and by when next; or since when a report is missing. Empty where none is asked for."""
    if task.cadence == Cadence.NONE or task.report_due_on is None or task.ended_at is not None:
        return "" if task.cadence == Cadence.NONE else task.cadence.label
    if task.report_due_on < today and task.status in Task.WITH_UNIT:
        return f"{task.cadence.label}，{full_day(task.report_due_on)}应报，还没有填报"
    return f"{task.cadence.label}，下次最迟{full_day(task.report_due_on)}"


def days_ahead(today: date, calendar: Calendar) -> str:
    """A help for choosing a date: which days lie five, ten and twenty working days ahead. Empty where the calendar ends."""
    try:
        days = [(n, calendar.shift(today, n)) for n in (5, 10, 20)]
    except CalendarMissing:
        return ""
    return "，".join(f"{n}个工作日后为{day.month}月{day.day}日" for n, day in days) + "。"


def accept_by(task: Task, calendar: Calendar, limits: Limits) -> date | None:
    """The last day to accept the task; None where no rule or no loaded calendar says."""
    limit = limits.of("TASK_ACCEPT", task.mechanism_id)
    try:
        return None if limit is None else calendar.shift(local_date(task.assigned_at), limit.days)
    except CalendarMissing:
        return None


def next_step(actor: Actor, task: Task, today: date, calendar: Calendar, limits: Limits, asked: Extension | None = None) -> Step:
    """What this person is to do next, or whom the task waits for. ``asked``: the request for more time that waits."""
    may, due = possible(actor, task), full_day(task.due_on)
    if asked is not None and Action.DECIDE_MORE in may:
        why = asked.reason.rstrip("。")
        what = f"{asked.unit.short_name}申请延至{full_day(asked.wanted_on)}，原因：{why}。请审核；同意之前仍按原时限督办。"
        no = ("不同意…", url_for("tasks.refuse_more", extension_id=asked.id))
        return Step(what, "同意延期…", url_for("tasks.grant_more", extension_id=asked.id), others=(no,))
    if Action.ACCEPT in may:
        by = accept_by(task, calendar, limits)
        return Step(
            f"{_accept_when(by, today)}签收后开始办理，最迟{due}办结。", "签收", url_for("tasks.accept", task_id=task.id), posts=True
        )
    if Action.REPORT in may:
        back = f"办公室已退回重办：{(task.reason or '').rstrip('。')}。" if task.status == TaskStatus.RETURNED else ""
        what = f"{back}进展填报后，办公室可以看到；办完的请在填报时勾选报结，由办公室核验销号。"
        if task.due_on < today:
            what += "时限已过，不能申请延期，未按期的原因请在进展中说明。"
        return Step(what, "填报进展", url_for("tasks.report", task_id=task.id), others=_more_time(task, today, asked))
    if Action.HELP in may:
        what = f"请填报本单位承担部分的进展，最迟{due}完成。报结由{answering_unit(task.lead, today)}办理。"
        return Step(what, "填报配合进展", url_for("tasks.report", task_id=task.id))
    if Action.CLOSE in may:
        what = f"{_reported_by(task, today, calendar)}。请核验后销号，没有办完的退回重办；结果会通知牵头单位联络员。"
        others = (("退回重办…", url_for("tasks.send_back", task_id=task.id)),)
        return Step(what, "核验销号…", url_for("tasks.close", task_id=task.id), others=others)
    return Step(_waits(task, today, calendar))


def _more_time(task: Task, today: date, asked: Extension | None) -> tuple[tuple[str, str], ...]:
    """申请延期, until the due date is past or a request waits."""
    if task.due_on < today or asked is not None:
        return ()
    last = f"（{task.due_on.month}月{task.due_on.day}日前含当日可提）"
    return ((f"申请延期…{last}", url_for("tasks.ask_more", task_id=task.id)),)


def asked_facts(asked: Extension) -> list[tuple[str, str]]:
    """What a request for more time says, and what became of it."""
    found = [
        ("申请单位", asked.unit.short_name),
        ("申请延期", f"由{full_day(asked.from_on)}延至{full_day(asked.wanted_on)}"),
        ("延期原因", asked.reason),
    ]
    if asked.status != ExtensionStatus.ASKED:
        granted = f"，延至{full_day(asked.granted_on)}" if asked.granted_on else ""
        found.append(("办公室意见", f"{asked.status.label}{granted}{f'，原因：{asked.answer}' if asked.answer else ''}"))
    return found


def late_by(task: Task, calendar: Calendar) -> str:
    """How late the unit reported the task done (逾期2个工作日); empty when it was on time or has not."""
    if task.reported_on is None or task.reported_on <= task.due_on:
        return ""
    return light(task.due_on, task.reported_on, calendar).text


def _reported_by(task: Task, today: date, calendar: Calendar) -> str:
    """县教育局6月18日报结，逾期2个工作日."""
    late = late_by(task, calendar)
    return f"{answering_unit(task.lead, today)}{_on(task.reported_on)}报结{f'，{late}' if late else ''}"


def _accept_when(by: date | None, today: date) -> str:
    """By when to accept; empty where nothing says."""
    if by is None:
        return ""
    return f"签收期限{full_day(by)}已过，请即签收。" if by < today else f"请最迟{full_day(by)}签收。"


def _waits(task: Task, today: date, calendar: Calendar) -> str:
    """Whom the task waits for, or how it ended."""
    lead = answering_unit(task.lead, today)
    if task.ended_at is not None:
        why = f"核验意见：{task.finding}" if task.status == TaskStatus.CLOSED else f"原因：{task.reason}"
        return f"{_on(local_date(task.ended_at))}{task.status.label}。{why}"
    if task.status == TaskStatus.REPORTED:
        return f"{_reported_by(task, today, calendar)}，等办公室核验。销号或退回时会通知牵头单位联络员。"
    waits = "签收" if task.status == TaskStatus.ASSIGNED else "填报进展和报结"
    return f"等{lead}{waits}。" + ("时限已过，系统按督办规则逐级催办。" if task.due_on < today else "到期前系统会提醒，逾期会催办。")


def _on(day: date | None, beside: date | None = None) -> str:
    """9月30日; with its year where it stands ``beside`` a day of another."""
    if day is None:
        return ""
    return f"{day.year}年{day.month}月{day.day}日" if beside is not None and beside.year != day.year else f"{day.month}月{day.day}日"


def more(actor: Actor, task: Task, *, reviewed: bool = False) -> list[tuple[str, str]]:
    """Seldom done, folded away. ``reviewed``: the next meeting hears of it, and this person may write what it hears."""
    may = possible(actor, task)
    links = (
        (Action.DRAFT, "拟督办文书…", "tasks.draft_paper"),
        (Action.EDIT, "更改任务内容", "tasks.edit"),
        (Action.CHANGE_LEAD, "更换牵头单位…", "tasks.change_lead"),
        (Action.CANCEL, "撤销任务…", "tasks.cancel"),
    )
    found = [("填写下次会议落实情况…", url_for("tasks.review", task_id=task.id))] if reviewed else []
    found += [("催办…", url_for("tasks.urge", task=task.id))] if Action.DRAFT in may else []
    return found + [(label, url_for(endpoint, task_id=task.id)) for action, label, endpoint in links if action in may]


def progress(reports: list[ProgressReport]) -> list[Reported]:
    """进展, newest first."""
    return [
        Reported(
            report.at,
            f"{report.unit.short_name}{f'·{report.person.name}' if report.person else ''}",
            f"{'报结' if report.is_final else '完成'}{report.percent}%",
            report.text,
            report.difficulty,
            report.support,
            tuple((file.name, file.size, _file_url(report, file)) for file in report.files),
            report.id,
        )
        for report in reports
    ]


def _file_url(report: ProgressReport, file: StoredFile) -> str:
    return url_for("tasks.report_file", task_id=report.task_id, file_id=file.id)


def papers_of(session: Session, actor: Actor, task: Task) -> list[TaskPaper]:
    """The papers about this task that the person may see, newest first."""
    query = select(TaskPaper).where(TaskPaper.task_id == task.id, queries.visible_papers(actor)).order_by(TaskPaper.id.desc())
    return list(session.scalars(query.limit(20)))


def history(session: Session, task: Task) -> list[Event]:
    """办理过程 from the audit ledger."""
    return [Event(e.at, e.who, WORDS.get(e.action, e.action), e.text) for e in audit.history(session, task)]


def light_args(session: Session, today: date) -> tuple[Calendar, Limits]:
    """What lights are worked out from."""
    return queries.calendar(session), queries.limits(session, today)


def earliest(today: date) -> dict[str, str]:
    """The attribute that keeps the browser's date control from offering days past."""
    return {"min": today.isoformat()}
