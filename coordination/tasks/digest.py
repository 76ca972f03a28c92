"""The morning digest: one notice a working day to everybody for whom tasks wait, and to nobody else.

For the liaisons: what their units owe and is overdue or due soon. For the office: what was reported done and is to be checked, and the
papers of the ladder that wait for it. Who is both gets one notice that says both. It is owed from the first run in working hours on, so
that a scheduler that comes back at noon still sends it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from coordination import notices
from coordination.members.queries import heirs, people
from coordination.tasks import queries
from coordination.tasks.ladder import Rulebook
from models import Notice, Person, Role, RoleGrant, Task, TaskCoUnit, TaskPaper, TaskPaperStatus, TaskStatus
from models.light import Light

KIND, SUBJECT = "task_digest", "tasks"
MOST_LISTED = 10
TO_DO = (TaskPaperStatus.DRAFT, TaskPaperStatus.REFUSED, TaskPaperStatus.APPROVED)


@dataclass
class Owed:
    """What one person's digest will speak of: units whose tasks press, mechanisms whose office is waited for."""

    unit_ids: set[int] = field(default_factory=set)
    mechanism_ids: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Pressing:
    """One line of the digest."""

    number: str
    title: str
    due_on: date
    light: Light
    is_lead: bool


def owed(session: Session, book: Rulebook) -> dict[int, Owed]:
    """Who is owed today's digest and about what, by person id. Eight queries, however many tasks are open."""
    found: dict[int, Owed] = defaultdict(Owed)
    answering = heirs(session, book.today)
    units: dict[int, set[int]] = defaultdict(set)
    for unit_id in _pressed_units(session, book):
        units[answering[unit_id].id if unit_id in answering else unit_id].add(unit_id)
    for unit_id, liaisons in people(session, units, answering)[Role.LIAISON].items():
        for person in liaisons:
            found[person.id].unit_ids |= units[unit_id]
    for mechanism_id in _waited_offices(session):
        for person_id in _office(session, mechanism_id):
            found[person_id].mechanism_ids.add(mechanism_id)
    today = Notice.kind == KIND, Notice.subject == SUBJECT, Notice.slot == book.today.isoformat()
    told = set(session.scalars(select(Notice.person_id).where(*today)))
    return {person_id: found[person_id] for person_id in sorted(found) if person_id not in told}


def send(session: Session, *, person_id: int, owed: Owed, book: Rulebook) -> bool:
    """Owe this person today's digest; False when there is nothing to say any more, or it was said."""
    lines = _lines(session, owed.unit_ids, book)
    late, soon = _numbers(session, owed.unit_ids, book)
    to_check = _count(session, Task.status == TaskStatus.REPORTED, owed.mechanism_ids)
    papers = _papers(session, owed.mechanism_ids)
    if not (late or soon or to_check or papers):
        return False
    facts = {"late": late, "soon": soon, "to_check": to_check, "papers": papers, "lines": lines, "today": book.today}
    title, text = notices.worded(KIND, **facts)
    person = [session.get_one(Person, person_id)]
    where = "/desk" if owed.mechanism_ids else "/tasks"
    slot = book.today.isoformat()
    return notices.owe(session, kind=KIND, subject=SUBJECT, slot=slot, people=person, title=title, text=text, now=book.now, path=where) > 0


def _presses(book: Rulebook) -> list[ColumnElement[bool]]:
    """Owed by a unit, and overdue or due soon."""
    return [Task.status.in_(Task.WITH_UNIT), queries.soon(book.limits, book.today, book.calendar)]


def _pressed_units(session: Session, book: Rulebook) -> set[int]:
    """Units as named in tasks that press: leads, and co-operating ones that have not reported their share done."""
    leads = select(Task.lead_id).where(*_presses(book)).distinct()
    helpers = select(TaskCoUnit.unit_id).join(Task).where(*_presses(book), TaskCoUnit.percent < 100).distinct()
    return {*session.scalars(leads), *session.scalars(helpers)}


def _waited_offices(session: Session) -> list[int]:
    """The mechanisms in which something waits for the office."""
    reported = select(Task.mechanism_id).where(Task.status == TaskStatus.REPORTED).distinct()
    papers = select(TaskPaper.mechanism_id).where(TaskPaper.status.in_(TO_DO)).distinct()
    return sorted({*session.scalars(reported), *session.scalars(papers)})


def _office(session: Session, mechanism_id: int) -> Iterable[int]:
    mine = or_(RoleGrant.mechanism_id.is_(None), RoleGrant.mechanism_id == mechanism_id)
    query = select(RoleGrant.person_id).join(RoleGrant.person).where(RoleGrant.role == Role.OFFICE, mine, Person.disabled_at.is_(None))
    return session.scalars(query.distinct())


def _concerns(unit_ids: set[int]) -> ColumnElement[bool]:
    """Led by one of these units, or helped by one whose share is not done."""
    share = exists().where(TaskCoUnit.task_id == Task.id, TaskCoUnit.unit_id.in_(unit_ids), TaskCoUnit.percent < 100)
    return or_(Task.lead_id.in_(unit_ids), share)


def _numbers(session: Session, unit_ids: set[int], book: Rulebook) -> tuple[int, int]:
    """How many of these units' tasks are overdue, and due soon."""
    if not unit_ids:
        return 0, 0
    late = func.coalesce(func.sum(case((Task.due_on < book.today, 1), else_=0)), 0)
    row = session.execute(select(late, func.count()).select_from(Task).where(*_presses(book), _concerns(unit_ids))).one()
    return row[0], row[1] - row[0]


def _lines(session: Session, unit_ids: set[int], book: Rulebook) -> list[Pressing]:
    """The most pressing tasks of these units."""
    if not unit_ids:
        return []
    query = select(Task).where(*_presses(book), _concerns(unit_ids)).order_by(Task.due_on, Task.id).limit(MOST_LISTED)
    tasks = session.scalars(query.options(joinedload(Task.lead)))
    return [
        Pressing(task.number, task.title, task.due_on, queries.lamp(task, book.today, book.calendar, book.limits), task.lead_id in unit_ids)
        for task in tasks
    ]


def _papers(session: Session, mechanism_ids: set[int]) -> int:
    """How many papers of the ladder wait for the office: to check, to mend, to send."""
    waits = select(func.count()).select_from(TaskPaper).where(TaskPaper.mechanism_id.in_(mechanism_ids), TaskPaper.status.in_(TO_DO))
    return session.scalar(waits) or 0 if mechanism_ids else 0


def _count(session: Session, condition: ColumnElement[bool], mechanism_ids: set[int]) -> int:
    if not mechanism_ids:
        return 0
    return session.scalar(select(func.count()).select_from(Task).where(condition, Task.mechanism_id.in_(mechanism_ids))) or 0
