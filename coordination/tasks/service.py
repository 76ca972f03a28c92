"""What may be done to a task, by whom, and what follows from it. Callers own the transaction."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import attachments, audit
from coordination.evidence import Evidence
from coordination.notices import full_day
from coordination.permissions import Actor, Permission, require
from coordination.tasks import extending, letters, papers, queries
from coordination.tasks.actions import Action, entitled
from coordination.tasks.guard import begin, require_action
from coordination.tasks.letters import LIAISONS
from models import Cadence, Decision, Mechanism, Meeting, Priority, ProgressReport, Task, Unit
from models.calendar import local_date
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from models.numbering import take_number
from models.scope import Scope

TITLE_LENGTH = 60

# What stands before the matter itself in an official sentence: 由县教育局牵头，县文旅局配合，于6月底前完成…
_PREFACES = re.compile(r"^(?:由?[^，。；]{1,60}?(?:牵头|负责)|[^，。；]{1,120}?(?:配合|协助|参与)|于?[^，。；]{1,20}前)[，、：]?")


def create_from_decision(session: Session, *, actor: Actor, decision: Decision, meeting: Meeting, now: datetime) -> Task:
    """The task of one decision clause of issued minutes; lead unit and due date must be written in it (else BadInput)."""
    require(actor, Permission.TASK_SUPERVISE, Scope(meeting.mechanism_id))
    if decision.lead is None or decision.due_on is None:
        raise BadInput("议定事项没有写明牵头单位和完成时限，不能立为任务")
    series = f"task:{meeting.mechanism.code}:{meeting.year}:{meeting.serial}"
    task = Task(
        mechanism=meeting.mechanism,
        year=meeting.year,
        meeting_serial=meeting.serial,
        serial=take_number(session, series),
        decision=decision,
        source=f"{meeting.name}议定事项",
        title=title_of(decision.text),
        text=decision.text,
        deliverable=decision.deliverable,
    )
    return _assign(session, actor, task, decision.lead, decision.co_units, decision.due_on, now)


def create(
    session: Session,
    *,
    actor: Actor,
    mechanism_id: int,
    title: str,
    text: str,
    deliverable: str,
    lead_id: int,
    co_ids: Iterable[int],
    due_on: date,
    source: str,
    now: datetime,
    priority: Priority = Priority.NORMAL,
    cadence: Cadence = Cadence.NONE,
    recurring: tuple[int, date] | None = None,
) -> Task:
    """A task without a meeting, handed down or made by the office, numbered 临-N. BadInput for a past day or a unit that cannot take it.

    ``recurring``: the duty that comes round, and the first day of the period this task is for.
    """
    require(actor, Permission.TASK_SUPERVISE, Scope(mechanism_id))
    mechanism = session.get(Mechanism, mechanism_id)
    if mechanism is None:
        raise NotFound("没有这个联席会议机制")
    today = local_date(now)
    lead, *helpers = units(session, [lead_id, *co_ids], today)
    _check_due(due_on, today, "完成时限")
    task = Task(
        mechanism=mechanism,
        year=today.year,
        serial=take_number(session, f"task:{mechanism.code}:{today.year}"),
        source=source,
        title=title,
        text=text,
        deliverable=deliverable,
        priority=priority,
    )
    task.set_cadence(cadence, today)
    if recurring is not None:
        task.recurring_id, task.period_on = recurring
    return _assign(session, actor, task, lead, helpers, due_on, now)


def edit(
    session: Session,
    *,
    actor: Actor,
    task_id: int,
    version: int,
    title: str,
    text: str,
    deliverable: str,
    now: datetime,
    priority: Priority | None = None,
    cadence: Cadence | None = None,
) -> Task:
    """The office mends how a task is worded, how pressing it is and how often it is reported on (None: as before).

    The text of a decision stays as the minutes have it. Conflict when somebody was faster.
    """
    task = begin(session, actor, task_id, Action.EDIT)
    if task.decision_id is not None and text != task.text:
        raise IllegalMove("任务内容出自已印发的纪要，不能更改")
    if task.version != version:
        raise Conflict("他人刚刚也改了这项任务。您写的内容没有丢失，请看过不同再保存", mine=text, theirs=task.text, version=task.version)
    before = {"title": task.title, "text": task.text, "deliverable": task.deliverable}
    task.title, task.text, task.deliverable = title, text, deliverable
    changed = [word for word, old, new in (("名称", before["title"], title), ("内容", before["text"], text)) if old != new]
    changed += ["成果"] if before["deliverable"] != deliverable else []
    if priority is not None and priority != task.priority:
        changed.append(f"轻重缓急为{priority.label}")
        task.priority = priority
    if cadence is not None and cadence != task.cadence:
        changed.append(f"填报频次为{cadence.label}")
        task.set_cadence(cadence, local_date(now))
    if changed:
        audit.record(session, actor=actor, action="task:edit", subject=task, at=now, text=f"更改任务{'、'.join(changed)}", before=before)
    return task


def accept(session: Session, *, actor: Actor, task_id: int, now: datetime) -> Task:
    """签收 by the lead unit."""
    task = begin(session, actor, task_id, Action.ACCEPT)
    task.accept(now)
    audit.record(session, actor=actor, action="task:accept", subject=task, at=now)
    return task


def submit_report(
    session: Session,
    *,
    actor: Actor,
    task_id: int,
    text: str,
    percent: int,
    final: bool,
    now: datetime,
    seen: int | None = None,
    difficulty: str = "",
    support: str = "",
    files: Iterable[Evidence] = (),
) -> ProgressReport:
    """填报进展 by the lead unit, or by a co-operating one on its own share; ``final``: the lead unit says it is all done (报结).

    ``seen``: the id of the newest report of the own unit on the page (0: none); Conflict when a colleague has reported since. BadInput for
    a 报结 below 100 per cent; NotAllowed for one by a co-operating unit.
    """
    task = queries.get_task(session, actor, task_id, lock=True)
    leads = entitled(actor, task, Action.REPORT)
    if final and not leads and entitled(actor, task, Action.HELP):
        raise NotAllowed("报结由牵头单位办理，配合单位请填报本单位的进展")
    require_action(session, actor, task, (Action.REPORT_DONE if final else Action.REPORT) if leads else Action.HELP)
    if final and percent != 100:
        raise BadInput("报结时完成比例应为100%。尚未完成的，请不要勾选报结")
    today = local_date(now)
    shares = [] if leads else [share for share in task.shares if share.unit_id in actor.unit_ids]
    unit = (task.lead if leads else next(u for u in task.co_units if u.id == shares[0].unit_id)).heir(today)
    _check_newest(session, task, unit, seen, text)
    facts = {"text": text, "percent": percent, "is_final": final, "difficulty": difficulty, "support": support}
    kept = [attachments.store(session, name=one.name, media_type=one.media_type, content=one.content, now=now) for one in files]
    report = ProgressReport(task=task, unit=unit, person_id=actor.person_id, at=now, files=kept, **facts)
    session.add(report)
    if leads:
        task.percent = percent
        task.report_due_on = task.cadence.after(today)
        if final:
            task.report_done(today)
            _overtake(session, task, "任务已报结", now)
        else:
            task.progress()
    else:
        for share in shares:
            share.percent = percent
    said = f"{unit.short_name}{'报结' if final else '填报进展'}，完成{percent}%"
    action = "task:report_done" if final else "task:report"
    said += f"，附件{len(report.files)}个" if report.files else ""
    entry = audit.record(session, actor=actor, action=action, subject=task, at=now, text=said, percent=percent, report=report.id)
    if final:
        office = letters.office_of(session, task)
        letters.tell(session, kind="task_reported", task=task, people=office, now=now, slot=entry.number, unit=unit, report=text)
    return report


def close(session: Session, *, actor: Actor, task_id: int, finding: str, now: datetime, version: int | None = None) -> Task:
    """销号 by the office with what it found. ``version``: the one the office saw; Conflict when the task has changed since."""
    task = begin(session, actor, task_id, Action.CLOSE, version)
    task.close(now, finding)
    _done(session, actor, task, "task:close", f"核验意见：{finding}", [task.lead], now, finding=finding)
    return task


def send_back(
    session: Session, *, actor: Actor, task_id: int, reason: str, due_on: date, now: datetime, version: int | None = None
) -> Task:
    """退回重办 by the office, with the reason and a new date (not before today); the ladder starts anew for it."""
    task = begin(session, actor, task_id, Action.SEND_BACK, version)
    _check_due(due_on, local_date(now), "新的时限")
    before = task.due_on
    task.send_back(reason, due_on)
    said = f"原因：{reason.rstrip('。')}。时限由{full_day(before)}改为{full_day(due_on)}"
    _done(session, actor, task, "task:send_back", said, [task.lead], now, reason=reason)
    return task


def cancel(session: Session, *, actor: Actor, task_id: int, reason: str, now: datetime, version: int | None = None) -> Task:
    """撤销 by the office, with the reason; everybody who works on it is told."""
    task = begin(session, actor, task_id, Action.CANCEL, version)
    task.cancel(now, reason)
    _overtake(session, task, "任务已撤销", now)
    _done(session, actor, task, "task:cancel", f"原因：{reason}", [task.lead, *task.co_units], now, reason=reason)
    return task


def change_lead(
    session: Session, *, actor: Actor, task_id: int, lead_id: int, reason: str, now: datetime, version: int | None = None
) -> Task:
    """更换牵头单位 by the office, with the reason: the new lead has to accept; what the old one reported stays on view, and it is told.

    BadInput for a unit that cannot take it, or leads already.
    """
    task = begin(session, actor, task_id, Action.CHANGE_LEAD, version)
    before = task.lead
    (lead,) = units(session, [lead_id], local_date(now))
    if lead.id == before.id:
        raise BadInput(f"{lead.short_name}已是牵头单位")
    task.hand_over(lead, now)
    task.co_units = [unit for unit in task.co_units if unit.id != lead.id]
    task.report_due_on = task.cadence.after(local_date(now))
    _overtake(session, task, f"牵头单位已更换为{lead.short_name}", now)
    said = f"由{before.short_name}改为{lead.short_name}，原因：{reason}"
    entry = audit.record(session, actor=actor, action="task:change_lead", subject=task, at=now, text=said)
    people = letters.people_of(session, [before, lead, *task.co_units], LIAISONS, now)
    letters.tell(session, kind="task_lead_changed", task=task, people=people, now=now, slot=entry.number, before=before, reason=reason)
    return task


def title_of(sentence: str) -> str:
    """A short name for what a decision clause asks for: what is left of its first sentence without who and when."""
    whole = re.split(r"[。；\n]", sentence.strip(), maxsplit=1)[0].strip()
    rest = whole
    while (shorter := _PREFACES.sub("", rest, count=1)) != rest:
        rest = shorter
    title = rest if len(rest) >= 4 else whole
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…"


def _overtake(session: Session, task: Task, why: str, now: datetime) -> None:
    """The task has gone its way: a request for more time and papers not yet sent are moot."""
    extending.lapse(session, task, now)
    papers.drop_overtaken(session, task, why, now)


def _assign(session: Session, actor: Actor, task: Task, lead: Unit, helpers: Iterable[Unit], due_on: date, now: datetime) -> Task:
    """Common to all new tasks: units, dates, the entry, and telling both lead and co-operating units."""
    task.lead, task.co_units = lead, [unit for unit in helpers if unit.id != lead.id]
    task.first_due_on = task.due_on = due_on
    task.assigned_at = now
    session.add(task)
    session.flush()
    names = "、".join(unit.short_name for unit in task.co_units)
    said = f"牵头{lead.short_name}{f'，配合{names}' if names else ''}，时限{full_day(due_on)}"
    audit.record(session, actor=actor, action="task:assign", subject=task, at=now, text=said, source=task.source)
    leaders = letters.people_of(session, [lead], LIAISONS, now)
    letters.tell(session, kind="task_assigned", task=task, people=leaders, now=now)
    others = [person for person in letters.people_of(session, task.co_units, LIAISONS, now) if person not in leaders]
    letters.tell(session, kind="task_to_help", task=task, people=others, now=now)
    return task


def _done(session: Session, actor: Actor, task: Task, action: str, said: str, units: list[Unit], now: datetime, **facts: str) -> None:
    """Write down what the office did and tell the liaisons of these units."""
    entry = audit.record(session, actor=actor, action=action, subject=task, at=now, text=said)
    people = letters.people_of(session, units, LIAISONS, now)
    kind = {"task:close": "task_closed", "task:send_back": "task_returned", "task:cancel": "task_cancelled"}[action]
    letters.tell(session, kind=kind, task=task, people=people, now=now, slot=entry.number, **facts)


def _check_newest(session: Session, task: Task, unit: Unit, seen: int | None, text: str) -> None:
    """Conflict when a colleague has reported since the page was opened."""
    newest = queries.newest_report(session, task, [unit.id])
    if seen is not None and newest is not None and newest.id != seen:
        raise Conflict("本单位刚有一份新的进展。您写的内容没有丢失", mine=text, theirs=newest.text, version=newest.id)


def _check_due(due_on: date, today: date, word: str) -> None:
    if due_on < today:
        raise BadInput(f"{word}不能早于今天（{today.month}月{today.day}日）")


def units(session: Session, unit_ids: list[int], today: date) -> list[Unit]:
    """These units in the order given, each once; BadInput for an unknown one and for one that is no more."""
    found = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(unit_ids)))}
    if set(unit_ids) - set(found):
        raise BadInput("有的单位没有找到，请重新选择")
    gone = next((unit for unit in found.values() if not unit.stands(today)), None)
    if gone is not None:
        heir = gone.heir(today)
        hint = f"，请选择{heir.short_name}" if heir.id != gone.id else "，请选择其他单位"
        raise BadInput(f"{gone.short_name}已撤并{hint}")
    return [found[unit_id] for unit_id in dict.fromkeys(unit_ids)]
