"""Tasks from a text: a plan, a table of tasks and units, a letter from above. Read into rows; those a person confirmed become tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination.clauses.names import index
from coordination.clauses.text import plain_name
from coordination.permissions import Actor
from coordination.tasks import cases, service
from coordination.tasks.cases import Clause
from coordination.tasks.readings import MEMBERS, Reading, Register, excerpt, readings, register
from models import Task
from models.calendar import local_date
from models.errors import BadInput

MOST_ROWS = 60  # rows looked at together
MOST_WORDS = 500  # characters of the sentence that a row carries with it


@dataclass(frozen=True)
class Row:
    """A task as the text was read, ready to be looked at. Doubtful fields are empty; ``reading`` says why."""

    reading: Reading
    title: str
    lead: str
    co: str
    due_on: date | None
    deliverable: str
    said: str


@dataclass(frozen=True)
class Wanted:
    """A row as a person confirmed it; ``lead`` and ``co`` as typed, ``said``: the sentence it was read from."""

    title: str
    lead: str
    co: str
    due_on: date
    deliverable: str
    said: str


def rows(session: Session, mechanism_id: int, text: str, on: date) -> tuple[list[Row], int]:
    """The tasks of a text in order, at most MOST_ROWS, and how many it gives in all."""
    known = register(session, mechanism_id, on)
    found = readings(session, mechanism_id, text, on)
    return [_row(reading, known) for reading in found[:MOST_ROWS]], len(found)


def _row(reading: Reading, known: Register) -> Row:
    short = {unit.id: unit.short_name for named in known.units.values() for unit in named}
    everybody = frozenset(unit.id for unit in known.members) - {reading.lead_id}
    group = next((name for name in reading.clause.co if MEMBERS.search(name) and name not in known.units), "")
    names = group if group and reading.co_ids == everybody else "、".join(short[unit_id] for unit_id in sorted(reading.co_ids))
    said = excerpt(reading)
    return Row(
        reading=reading,
        title=service.title_of(reading.clause.text_span),
        lead=short.get(reading.lead_id or 0, ""),
        co=names,
        due_on=reading.due_on,
        deliverable=reading.deliverable,
        said=said if len(said) <= MOST_WORDS else reading.clause.text_span[:MOST_WORDS],
    )


def units_named(words: str, known: Register) -> tuple[list[int], list[str]]:
    """The units that a person typed, parted by 、, and what is wrong with those that are none or several, in words."""
    forms = index(known.entries).forms
    ids, wrong = list[int](), list[str]()
    for word in filter(None, (part.strip() for part in words.replace("，", "、").replace(",", "、").replace(" ", "、").split("、"))):
        names = (word,) if word in known.units else forms.get(plain_name(word), ())
        found = [unit for name in names for unit in known.units.get(name, ())]
        if len(found) == 1:
            ids.append(found[0].id)
        elif found:
            wrong.append(f"“{word}”可指{'、'.join(unit.name for unit in found)}，请写全称")
        elif MEMBERS.search(word):
            ids += [unit.id for unit in known.members]
        else:
            wrong.append(f"“{word}”对应不到单位，请写登记的名称或简称")
    return list(dict.fromkeys(ids)), wrong


def create(
    session: Session, *, actor: Actor, mechanism_id: int, source: str, on: date, wanted: Sequence[Wanted], now: datetime
) -> list[Task]:
    """下达 the confirmed rows as tasks without a meeting (临), all or none; each is kept as a case where its sentence speaks for itself.

    BadInput for a unit that is none, and for a row that is a task already.
    """
    known = register(session, mechanism_id, on)
    made = []
    for row in wanted:
        lead, wrong = units_named(row.lead, known)
        co, more = units_named(row.co, known)
        if wrong or more or len(lead) != 1:
            raise BadInput("；".join([*wrong, *more]) or "请写明一个牵头单位")
        known_as = already(session, mechanism_id, source, row, lead[0])
        if known_as is not None:
            raise BadInput(f"“{row.title}”已登记为{known_as.number}，不再登记。请去掉这一行的勾选")
        task = service.create(
            session,
            actor=actor,
            mechanism_id=mechanism_id,
            title=row.title,
            text=row.said,
            deliverable=row.deliverable,
            lead_id=lead[0],
            co_ids=co,
            due_on=row.due_on,
            source=source,
            now=now,
        )
        made.append(task)
        clause = Clause(row.said, lead[0], frozenset(co) - {lead[0]}, row.due_on, row.deliverable)
        alone = readings(session, mechanism_id, row.said, on)
        if len(alone) == 1:
            cases.keep(session, clause, alone, mechanism_id=mechanism_id, on=on, actor=actor, now=now)
    return made


def already(session: Session, mechanism_id: int, source: str, row: Wanted, lead_id: int) -> Task | None:
    """The open task that says the same: a form sent twice makes no second one."""
    same = (Task.mechanism_id == mechanism_id, Task.source == source, Task.title == row.title, Task.lead_id == lead_id)
    return session.scalars(select(Task).where(*same, Task.due_on == row.due_on, Task.ended_at.is_(None)).limit(1)).first()


def is_past(day: date, now: datetime) -> bool:
    """May no task be due on that day any more?"""
    return day < local_date(now)
