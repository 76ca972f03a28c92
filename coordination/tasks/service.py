"""What may be done to a task, by whom, and what follows from it. Callers own the transaction."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.notices import full_day
from coordination.permissions import Actor, Permission, require
from coordination.tasks import letters, queries
from coordination.tasks.actions import TERMS, Action, entitled
from coordination.tasks.letters import LIAISONS
from models import AuditEntry, Decision, Mechanism, Meeting, ProgressReport, Task, TaskStatus, Unit
from models.calendar import SHANGHAI, local_date
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from models.numbering import take_number
from models.scope import Scope

WORDS = {
    "task:assign": "下达任务",
    "task:edit": "更改任务内容",
    "task:accept": "签收",
    "task:report": "填报进展",
    "task:report_done": "报结",
    "task:close": "销号",
    "task:send_back": "退回重办",
    "task:cancel": "撤销",
    "task:ladder": "督办",
}
MOVES = ("task:accept", "task:report_done", "task:close", "task:send_back", "task:cancel")
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
) -> Task:
    """A task without a meeting, handed down or made by the office, numbered 临-N. BadInput for a past day or a unit that cannot take it."""
    require(actor, Permission.TASK_SUPERVISE, Scope(mechanism_id))
    mechanism = session.get(Mechanism, mechanism_id)
    if mechanism is None:
        raise NotFound("没有这个联席会议机制")
    today = local_date(now)
    lead, *helpers = _units(session, [lead_id, *co_ids], today)
    _check_due(due_on, today, "完成时限")
    task = Task(
        mechanism=mechanism,
        year=today.year,
        serial=take_number(session, f"task:{mechanism.code}:{today.year}"),
        source=source,
        title=title,
        text=text,
        deliverable=deliverable,
    )
    return _assign(session, actor, task, lead, helpers, due_on, now)


def edit(session: Session, *, actor: Actor, task_id: int, version: int, title: str, text: str, deliverable: str, now: datetime) -> Task:
    """The office mends how a task is worded. The text of a decision stays as the minutes have it. Conflict when somebody was faster."""
    task = _begin(session, actor, task_id, Action.EDIT)
    if task.decision_id is not None and text != task.text:
        raise IllegalMove("任务内容出自已印发的纪要，不能更改")
    if task.version != version:
        raise Conflict("他人刚刚也改了这项任务。您写的内容没有丢失，请看过不同再保存", mine=text, theirs=task.text, version=task.version)
    before = {"title": task.title, "text": task.text, "deliverable": task.deliverable}
    task.title, task.text, task.deliverable = title, text, deliverable
    changed = [word for word, old, new in (("名称", before["title"], title), ("内容", before["text"], text)) if old != new]
    changed += ["成果"] if before["deliverable"] != deliverable else []
    if changed:
        audit.record(session, actor=actor, action="task:edit", subject=task, at=now, text=f"更改任务{'、'.join(changed)}", before=before)
    return task


def accept(session: Session, *, actor: Actor, task_id: int, now: datetime) -> Task:
    """签收 by the lead unit."""
    task = _begin(session, actor, task_id, Action.ACCEPT)
    task.accept(now)
    audit.record(session, actor=actor, action="task:accept", subject=task, at=now)
    return task


def submit_report(
    session: Session, *, actor: Actor, task_id: int, text: str, percent: int, final: bool, now: datetime, seen: int | None = None
) -> ProgressReport:
    """填报进展 by the lead unit, or by a co-operating one on its own share; ``final``: the lead unit says it is all done (报结).

    ``seen``: the id of the newest report of the own unit on the page (0: none); Conflict when a colleague has reported since. BadInput for
    a 报结 below 100 per cent; NotAllowed for one by a co-operating unit.
    """
    task = queries.get_task(session, actor, task_id, lock=True)
    leads = entitled(actor, task, Action.REPORT)
    if final and not leads and entitled(actor, task, Action.HELP):
        raise NotAllowed("报结由牵头单位办理，配合单位请填报本单位的进展")
    _require(session, actor, task, (Action.REPORT_DONE if final else Action.REPORT) if leads else Action.HELP)
    if final and percent != 100:
        raise BadInput("报结时完成比例应为100%。尚未完成的，请不要勾选报结")
    today = local_date(now)
    shares = [] if leads else [share for share in task.shares if share.unit_id in actor.unit_ids]
    unit = (task.lead if leads else next(u for u in task.co_units if u.id == shares[0].unit_id)).heir(today)
    _check_newest(session, task, unit, seen, text)
    report = ProgressReport(task=task, unit=unit, person_id=actor.person_id, at=now, text=text, percent=percent, is_final=final)
    session.add(report)
    if leads:
        task.percent = percent
        if final:
            task.report_done(today)
        else:
            task.progress()
    else:
        for share in shares:
            share.percent = percent
    said = f"{unit.short_name}{'报结' if final else '填报进展'}，完成{percent}%"
    action = "task:report_done" if final else "task:report"
    entry = audit.record(session, actor=actor, action=action, subject=task, at=now, text=said, percent=percent, report=report.id)
    if final:
        office = letters.office_of(session, task)
        letters.tell(session, kind="task_reported", task=task, people=office, now=now, slot=entry.number, unit=unit, report=text)
    return report


def close(session: Session, *, actor: Actor, task_id: int, finding: str, now: datetime, version: int | None = None) -> Task:
    """销号 by the office with what it found. ``version``: the one the office saw; Conflict when the task has changed since."""
    task = _begin(session, actor, task_id, Action.CLOSE, version)
    task.close(now, finding)
    _done(session, actor, task, "task:close", f"核验意见：{finding}", [task.lead], now, finding=finding)
    return task


def send_back(
    session: Session, *, actor: Actor, task_id: int, reason: str, due_on: date, now: datetime, version: int | None = None
) -> Task:
    """退回重办 by the office, with the reason and a new date (not before today); the ladder starts anew for it."""
    task = _begin(session, actor, task_id, Action.SEND_BACK, version)
    _check_due(due_on, local_date(now), "新的时限")
    before = task.due_on
    task.send_back(reason, due_on)
    said = f"原因：{reason}。时限由{full_day(before)}改为{full_day(due_on)}"
    _done(session, actor, task, "task:send_back", said, [task.lead], now, reason=reason)
    return task


def cancel(session: Session, *, actor: Actor, task_id: int, reason: str, now: datetime, version: int | None = None) -> Task:
    """撤销 by the office, with the reason; everybody who works on it is told."""
    task = _begin(session, actor, task_id, Action.CANCEL, version)
    task.cancel(now, reason)
    _done(session, actor, task, "task:cancel", f"原因：{reason}", [task.lead, *task.co_units], now, reason=reason)
    return task


def title_of(sentence: str) -> str:
    """A short name for what a decision clause asks for: what is left of its first sentence without who and when."""
    whole = re.split(r"[。；\n]", sentence.strip(), maxsplit=1)[0].strip()
    rest = whole
    while (shorter := _PREFACES.sub("", rest, count=1)) != rest:
        rest = shorter
    title = rest if len(rest) >= 4 else whole
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…"


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


def _begin(session: Session, actor: Actor, task_id: int, action: Action, version: int | None = None) -> Task:
    """The task, held until the transaction ends, if this person may do this to it now."""
    task = queries.get_task(session, actor, task_id, lock=True)
    _require(session, actor, task, action)
    if version is not None and version != task.version:
        raise Conflict("这项任务刚有变化，没有办理。您写的内容没有丢失，请看过新情况再办", version=task.version)
    return task


def _require(session: Session, actor: Actor, task: Task, action: Action) -> None:
    if not entitled(actor, task, action):
        raise NotAllowed(f"您没有{action.label}这项任务的权限，需要请联系联席会议办公室")
    if task.status not in TERMS[action].states:
        raise IllegalMove(refusal(session, task, action))


def refusal(session: Session, task: Task, action: Action) -> str:
    """Why the task's state does not permit this, in words: what stands in the way, and who did it when."""
    if task.status == TaskStatus.ASSIGNED:
        return f"任务还没有签收，请先签收再{action.label}"
    if action in {Action.CLOSE, Action.SEND_BACK} and task.status in Task.WITH_UNIT:
        return f"任务现为“{task.status.label}”，单位报结后方可{action.label}"
    query = select(AuditEntry).where(AuditEntry.subject == audit.subject_of(task), AuditEntry.action.in_(MOVES))
    last = session.scalars(query.order_by(AuditEntry.number.desc()).limit(1)).first()
    if last is None:
        return f"任务现为“{task.status.label}”，不能再{action.label}"
    at = last.at.astimezone(SHANGHAI)
    when = f"{at.month}月{at.day}日{at.hour}:{at.minute:02}"
    return f"任务已由{last.who}于{when}{WORDS[last.action]}，不能再{action.label}"


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


def _units(session: Session, unit_ids: list[int], today: date) -> list[Unit]:
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
