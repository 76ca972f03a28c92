"""Extensions (延期): asked by the lead unit before the due date, granted or refused by the office. Callers own the transaction.

A request changes nothing by itself: until it is granted the due date stands and the ladder goes on (各地督办规定：延期须在到期前提出，
否则按原时限计). Granted, the new date starts the ladder anew, and the first date stays on view.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination import audit
from coordination.notices import full_day
from coordination.permissions import Actor
from coordination.tasks import letters, papers, queries
from coordination.tasks.actions import Action
from coordination.tasks.guard import begin
from coordination.tasks.letters import LIAISONS
from models import Extension, ExtensionStatus, Task
from models.calendar import local_date
from models.errors import BadInput, IllegalMove, NotFound

TOO_LATE = "时限已过，不能申请延期。可在进展中说明原因"


def ask(session: Session, *, actor: Actor, task_id: int, wanted_on: date, reason: str, now: datetime) -> Extension:
    """申请延期 by the lead unit. IllegalMove once the due date is past, or while another request waits."""
    task = begin(session, actor, task_id, Action.ASK_MORE)
    today = local_date(now)
    if task.due_on < today:
        raise IllegalMove(TOO_LATE)
    if waiting(session, task) is not None:
        raise IllegalMove("已有一份延期申请在等办公室审核，不重复申请")
    if wanted_on <= task.due_on:
        raise BadInput(f"申请延至的日期应晚于现时限（{full_day(task.due_on)}）")
    unit = task.lead.heir(today)
    asked = Extension(
        task=task, unit=unit, person_id=actor.person_id, asked_at=now, from_on=task.due_on, wanted_on=wanted_on, reason=reason
    )
    session.add(asked)
    session.flush()
    said = f"{unit.short_name}申请延至{full_day(wanted_on)}，原因：{reason}"
    audit.record(session, actor=actor, action="task:ask_more", subject=task, at=now, text=said)
    office = letters.office_of(session, task)
    letters.tell(session, kind="task_extension_asked", task=task, people=office, now=now, slot=asked.id, asked=asked)
    return asked


def grant(session: Session, *, actor: Actor, extension_id: int, due_on: date, now: datetime) -> Extension:
    """同意延期 by the office, to the day asked for or another after the present due date; the ladder starts anew."""
    asked, task = _to_decide(session, actor, extension_id)
    if due_on <= task.due_on:
        raise BadInput(f"新的时限应晚于现时限（{full_day(task.due_on)}）")
    if due_on < local_date(now):
        raise BadInput("新的时限不能早于今天")
    before = task.due_on
    task.extend(due_on)
    asked.grant(due_on, now)
    papers.drop_overtaken(session, task, f"任务已延期至{full_day(due_on)}", now)
    said = f"时限由{full_day(before)}延至{full_day(due_on)}"
    _decided(session, actor, task, asked, "task:extend", said, now)
    return asked


def refuse(session: Session, *, actor: Actor, extension_id: int, answer: str, now: datetime) -> Extension:
    """不同意延期 by the office, with the reason; the due date stays."""
    asked, task = _to_decide(session, actor, extension_id)
    asked.refuse(answer, now)
    _decided(session, actor, task, asked, "task:refuse_more", f"不同意延期，原因：{answer}", now)
    return asked


def get_extension(session: Session, actor: Actor, extension_id: int) -> Extension:
    """The request, if this person may see its task; otherwise NotFound."""
    asked = session.get(Extension, extension_id) if 0 < extension_id <= queries.LARGEST_ID else None
    if asked is None:
        raise NotFound("没有这份延期申请")
    queries.get_task(session, actor, asked.task_id)
    return asked


def waiting(session: Session, task: Task) -> Extension | None:
    """The request about this task that waits for the office."""
    return session.scalar(select(Extension).where(Extension.task_id == task.id, Extension.status == ExtensionStatus.ASKED))


def of_task(session: Session, task: Task) -> list[Extension]:
    """Every request about this task, in order."""
    query = select(Extension).where(Extension.task_id == task.id).order_by(Extension.id).options(joinedload(Extension.unit))
    return list(session.scalars(query))


def lapse(session: Session, task: Task, now: datetime) -> None:
    """The task was reported, returned with a new date, given to another unit or ended: a request that waits is moot."""
    asked = waiting(session, task)
    if asked is not None:
        asked.lapse(now)


def _to_decide(session: Session, actor: Actor, extension_id: int) -> tuple[Extension, Task]:
    asked = get_extension(session, actor, extension_id)
    task = begin(session, actor, asked.task_id, Action.DECIDE_MORE)
    session.refresh(asked)
    if asked.status != ExtensionStatus.ASKED:
        raise IllegalMove(f"这份延期申请{asked.status.label}，不能再审核")
    return asked, task


def _decided(session: Session, actor: Actor, task: Task, asked: Extension, action: str, said: str, now: datetime) -> None:
    audit.record(session, actor=actor, action=action, subject=task, at=now, text=said)
    people = letters.people_of(session, [task.lead, *task.co_units], LIAISONS, now)
    letters.tell(session, kind="task_extension_decided", task=task, people=people, now=now, slot=asked.id, asked=asked)
