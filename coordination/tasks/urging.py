"""What the scheduler does to keep tasks moving: rungs of the ladder, tasks not accepted, calendars not loaded. Callers own the transaction.

Every verb asks again, under the task's lock, whether what the query found is still so: a unit may have reported in between, and two
processes may have found the same.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit, notices
from coordination.accounts.queries import people_in_role
from coordination.notices import full_day
from coordination.permissions import SYSTEM
from coordination.tasks import hooks, letters, papers, queries
from coordination.tasks.ladder import WORKED_ON, Rulebook
from coordination.tasks.letters import LIAISONS, LIAISONS_AND_HEADS
from models import LadderStep, Person, Role, Rung, Task, TaskStatus, TopRung
from models.calendar import local_date
from models.light import Light


def climb(session: Session, *, task_id: int, book: Rulebook) -> bool:
    """Let the task climb to the rung it is owed, once for its due date; False when it is owed none (any more)."""
    task = queries.get_task(session, SYSTEM, task_id, lock=True)
    rung = book.rung_of(task)
    if rung is None or _climbed(session, task, rung):
        return False
    told = DOES[rung](session, task, book)
    _write(session, task, rung, task.due_on, told, book.now)
    return True


def ask_to_accept(session: Session, *, task_id: int, book: Rulebook) -> bool:
    """Tell the unit, its head and the office that a task was not accepted in time; False when it was meanwhile."""
    task = queries.get_task(session, SYSTEM, task_id, lock=True)
    assigned_on = local_date(task.assigned_at)
    if task.status != TaskStatus.ASSIGNED or session.get(LadderStep, (task.id, assigned_on, int(Rung.ACCEPT))) is not None:
        return False
    told = _tell_units(session, task, "task_unaccepted", book, LIAISONS_AND_HEADS, slot=assigned_on)
    office = letters.office_of(session, task)
    told += letters.tell(session, kind="task_unaccepted_office", task=task, people=office, now=book.now, slot=assigned_on)
    _write(session, task, Rung.ACCEPT, assigned_on, told, book.now)
    return True


def ask_to_report(session: Session, *, task_id: int, book: Rulebook) -> bool:
    """催报进展: tell the unit, its head and the office that a periodic report did not come; False when it came, or they were told."""
    task = queries.get_task(session, SYSTEM, task_id, lock=True)
    if task.status not in WORKED_ON or task.report_due_on is None:
        return False
    missed = task.cadence.last_missed(task.report_due_on, book.today)
    if missed is None or session.get(LadderStep, (task.id, missed, int(Rung.REPORT))) is not None:
        return False
    people = letters.people_of(session, [task.lead], LIAISONS_AND_HEADS, book.now)
    people += [person for person in letters.office_of(session, task) if person not in people]
    told = _tell(session, task, "task_report_due", people, book, slot=missed, missed=missed)
    _write(session, task, Rung.REPORT, missed, told, book.now)
    return True


def tell_missing_calendar(session: Session, *, year: int, now: datetime) -> bool:
    """Owe the admins one notice, ever, that the calendar of this year is wanted; False when they have it."""
    title, text = notices.worded("calendar_missing", year=year)
    admins = people_in_role(session, Role.ADMIN)
    facts: dict[str, Any] = {"kind": "calendar_missing", "subject": f"calendar_year:{year}", "path": "/settings/calendar"}
    return notices.owe(session, people=admins, title=title, text=text, now=now, **facts) > 0


def _remind(session: Session, task: Task, book: Rulebook) -> int:
    """到期提醒 to the liaisons of the lead unit, and of those that still owe their share."""
    return _tell_units(session, task, "task_remind", book, LIAISONS)


def _urge(session: Session, task: Task, book: Rulebook) -> int:
    """催办 to the same, with a copy to the heads of the units."""
    return _tell_units(session, task, "task_urge", book, LIAISONS_AND_HEADS)


def _letter(session: Session, task: Task, book: Rulebook) -> int:
    """A 督办函 is drafted for the office; a person approves it, nothing is sent by itself."""
    papers.draft_for_rung(session, task, Rung.LETTER, book.now)
    return _tell(session, task, "task_letter", letters.office_of(session, task), book)


def _top(session: Session, task: Task, book: Rulebook) -> int:
    """The top by mechanism: inside a bureau 通报批评 (S3 第四章第十七条), between bureaus 报请县政府督查; the convenor decides."""
    papers.draft_for_rung(session, task, Rung.TOP, book.now)
    people = [*letters.office_of(session, task), *people_in_role(session, Role.CONVENOR, task.mechanism_id)]
    return _tell(session, task, "task_top", people, book, criticises=task.mechanism.top_rung == TopRung.CRITICISM)


DOES: dict[Rung, Callable[[Session, Task, Rulebook], int]] = {
    Rung.REMIND: _remind,
    Rung.URGE: _urge,
    Rung.LETTER: _letter,
    Rung.TOP: _top,
}


def _climbed(session: Session, task: Task, rung: Rung) -> bool:
    """Was this rung or a higher one climbed for this due date?"""
    query = select(LadderStep.rung).where(LadderStep.task_id == task.id, LadderStep.for_on == task.due_on, LadderStep.rung >= int(rung))
    return session.scalars(query.limit(1)).first() is not None


def _tell_units(session: Session, task: Task, kind: str, book: Rulebook, roles: tuple[Role, ...], slot: object = None) -> int:
    """Tell the units that still owe something. Nobody to tell for the lead unit: the office is told that it must call."""
    people = letters.people_by_unit(session, letters.owing(task), roles, book.now)
    told = _tell(session, task, kind, [person for group in people.values() for person in group], book, slot)
    if not people[task.lead_id]:
        told += _tell(session, task, "task_unreached", letters.office_of(session, task), book, f"{kind}:{slot or task.due_on}")
    return told


def _tell(session: Session, task: Task, kind: str, people: list[Person], book: Rulebook, slot: object = None, **facts: Any) -> int:
    slot = task.due_on if slot is None else slot
    lead = letters.answering_unit(task.lead, book.today)
    return letters.tell(session, kind=kind, task=task, people=people, now=book.now, slot=slot, lead=lead, light=_light(task, book), **facts)


def _light(task: Task, book: Rulebook) -> Light:
    return queries.lamp(task, book.today, book.calendar, book.limits)


def _write(session: Session, task: Task, rung: Rung, for_on: date, told: int, now: datetime) -> None:
    session.add(LadderStep(task_id=task.id, for_on=for_on, rung=int(rung), at=now, told=told))
    said = f"{rung.label}，通知{told}人" if told else f"{rung.label}，没有可通知的人"
    audit.record(session, actor=SYSTEM, action="task:ladder", subject=task, at=now, text=said, rung=rung.name, told=told)
    words = f"{rung.label}：{task.number}“{task.title}”，牵头{task.lead.short_name}，时限{full_day(task.due_on)}"
    hooks.owe(session, task, event=f"task:{task.id}:{for_on.isoformat()}:{rung.name}", text=words, now=now)
