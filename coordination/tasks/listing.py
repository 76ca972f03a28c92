"""The list of tasks (台账) and the matrix unit × light (看板).

A page of the list costs what it shows: a few queries over an index, whatever the tables hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, not_, or_, select, true
from sqlalchemy.orm import Session

from coordination.members.queries import heirs
from coordination.permissions import Actor, Permission
from coordination.tasks import queries
from models import Membership, Task, TaskCoUnit, TaskStatus, Unit
from models.access import kept
from models.light import Light
from models.text import clean_text

PAGE = 30
MOST_COUNTED = 500  # a list is counted no further than this; nobody reads more, and counting reads what it counts
FEWEST_FOR_RATE = 5  # a rate of fewer tasks says nothing about a unit
LIGHTS = {"bad": "逾期", "warn": "临期", "ok": "正常"}
OPEN, ALL = "open", "all"
STATUSES = {OPEN: "未销号", **{status.value: status.label for status in TaskStatus}, ALL: "全部"}

Place = tuple[date, int]

HELPERS = (
    select(TaskCoUnit.task_id, Unit.short_name)
    .join(Unit, Unit.id == TaskCoUnit.unit_id)
    .where(TaskCoUnit.task_id.in_(bindparam("ids", expanding=True)))
    .order_by(Unit.position, Unit.id)
)


@dataclass(frozen=True)
class Sought:
    """What the list is narrowed to; empty parts narrow nothing."""

    status: str = OPEN
    light: str = ""
    mechanism_id: int | None = None
    unit_id: int | None = None
    year: int | None = None

    @property
    def newest_first(self) -> bool:
        """Open tasks stand by due date, the most pressing first; what has ended is looked for from the latest back."""
        return self.status in {ALL, *Task.ENDED}


class Line(NamedTuple):
    """One task as the list shows it."""

    id: int
    number: str
    title: str
    lead: str
    helpers: str
    mechanism_id: int
    due_on: date
    light: Light
    status: str
    percent: str


@dataclass(frozen=True)
class Page:
    """One page of the list. ``before`` and ``after`` are the places to turn at, None where there is no more.

    ``total`` and ``late``: how many tasks are sought and how many of them are overdue, counted up to ``MOST_COUNTED`` in the list's order.
    """

    lines: list[Line]
    total: int
    late: int
    before: Place | None = None
    after: Place | None = None


class Reader:
    """Reads tasks for one person on one day; what all lines need (calendar, limits, lights) is kept until a rule or a calendar changes."""

    def __init__(self, session: Session, actor: Actor, today: date) -> None:
        self.session = session
        self.actor = actor
        self.today = today
        self.calendar = queries.calendar(session)
        self.limits = queries.limits(session, today)
        self._lights: dict[tuple[str, date, int], Light] = kept(session, ("lights of tasks", today), dict)

    def light(self, status: TaskStatus, due_on: date, mechanism_id: int) -> Light:
        """The light of one line; equal ones are worked out once a day."""
        warn = queries.warn_within(self.limits, mechanism_id)
        key = (status, due_on, warn)
        if key not in self._lights:
            self._lights[key] = queries.light_of(status, due_on, self.today, self.calendar, warn)
        return self._lights[key]

    def page(self, sought: Sought, *, after: Place | None = None, before: Place | None = None) -> Page:
        """The tasks sought behind the place ``after``, or in front of ``before``."""
        backwards = before is not None
        rows = self.session.execute(self.query(sought, before or after, backwards)).all()
        # The count comes with the rows; only a page behind the last one has none to bring it.
        total, late = (rows[0].total, rows[0].late) if rows else self.session.execute(self._count(sought)).one()
        more, rows = len(rows) > PAGE, rows[:PAGE]
        if backwards:
            rows = rows[::-1]
        first, last = ((rows[0].due_on, rows[0].id), (rows[-1].due_on, rows[-1].id)) if rows else (None, None)
        has_before, has_after = (more, True) if backwards else (after is not None, more)
        return Page(self._told(rows), total, late or 0, first if has_before else None, last if has_after else None)

    def query(self, sought: Sought, turn: Place | None = None, backwards: bool = False) -> Select[*tuple[Any, ...]]:
        """One page of the list, and one row more if there is another page behind it. The first page everybody opens is spelt out once."""
        if turn is None and sought == Sought():
            return kept(self.session, ("list of tasks", self.actor, self.today), lambda: self._query(sought, turn, backwards))
        return self._query(sought, turn, backwards)

    def _query(self, sought: Sought, turn: Place | None, backwards: bool) -> Select[*tuple[Any, ...]]:
        descending = sought.newest_first is not backwards
        columns = (Task.id, Task.year, Task.meeting_serial, Task.serial, Task.title, Task.due_on, Task.status, Task.percent)
        counted = self._count(sought).subquery()
        query = select(*columns, Task.mechanism_id, Task.lead_id, Unit.short_name, Unit.successor_id, counted.c.total, counted.c.late)
        query = query.select_from(Task).join(Task.lead).join(counted, true()).where(*self._conditions(sought))
        if turn is not None:
            query = query.where(_beyond(turn, descending))
        order = (Task.due_on.desc(), Task.id.desc()) if descending else (Task.due_on, Task.id)
        return query.order_by(*order).limit(PAGE + 1)

    def _count(self, sought: Sought) -> Select[int, Any]:
        order = (Task.due_on.desc(), Task.id.desc()) if sought.newest_first else (Task.due_on, Task.id)
        first = select(self.has_light("bad").label("bad")).where(*self._conditions(sought)).order_by(*order)
        some = first.limit(MOST_COUNTED).subquery()
        return select(func.count().label("total"), func.sum(case((some.c.bad, 1), else_=0)).label("late")).select_from(some)

    def _conditions(self, sought: Sought) -> list[ColumnElement[bool]]:
        """As SQL."""
        found = [queries.visible(self.actor), *self._status(sought.status)]
        if sought.mechanism_id is not None:
            found.append(Task.mechanism_id == sought.mechanism_id)
        if sought.unit_id is not None:
            found.append(Task.lead_id.in_(self.answered_by(sought.unit_id)))
        if sought.year is not None:
            found.append(Task.year == sought.year)
        if sought.light:
            found.append(self.has_light(sought.light))
        return found

    @staticmethod
    def _status(status: str) -> list[ColumnElement[bool]]:
        if status == ALL:
            return []
        return [Task.ended_at.is_(None) if status == OPEN else Task.status == status]

    def has_light(self, kind: str) -> ColumnElement[bool]:
        """Tasks that show this light, as SQL."""
        owed = Task.status.in_(Task.WITH_UNIT)
        if kind == "bad":
            return and_(owed, Task.due_on < self.today)
        soon = queries.soon(self.limits, self.today, self.calendar)
        return and_(owed, Task.due_on >= self.today, soon) if kind == "warn" else and_(owed, not_(soon))

    def answered_by(self, unit_id: int) -> set[int]:
        """The unit and those merged into it."""
        return {unit_id, *(merged for merged, heir in heirs(self.session, self.today).items() if heir.id == unit_id)}

    def _told(self, rows: Sequence[Row[Any]]) -> list[Line]:
        """The rows with the names of the co-operating units and of who answers for merged ones."""
        helpers: dict[int, list[str]] = {}
        for task_id, name in self.session.execute(HELPERS, {"ids": [row.id for row in rows]}):
            helpers.setdefault(task_id, []).append(name)
        answering = heirs(self.session, self.today) if any(row.successor_id for row in rows) else {}
        return [self._line(row, helpers.get(row.id, ()), answering) for row in rows]

    def _line(self, row: Row[Any], helpers: Sequence[str], answering: Mapping[int, Unit]) -> Line:
        heir = answering.get(row.lead_id)
        return Line(
            id=row.id,
            number=f"任务〔{row.year}〕{row.meeting_serial or '临'}-{row.serial}",
            title=row.title,
            lead=row.short_name if heir is None or heir.id == row.lead_id else f"{row.short_name}（{heir.short_name}承接）",
            helpers="、".join(helpers),
            mechanism_id=row.mechanism_id,
            due_on=row.due_on,
            light=self.light(row.status, row.due_on, row.mechanism_id),
            status=row.status.label,
            percent=queries.done(row.status, row.percent),
        )


def _beyond(place: Place, descending: bool) -> ColumnElement[bool]:
    """Further on than this place in that direction. Spelled out, since SQLite walks its index for this form."""
    due_on, task_id = place
    if descending:
        return and_(Task.due_on <= due_on, or_(Task.due_on < due_on, Task.id < task_id))
    return and_(Task.due_on >= due_on, or_(Task.due_on > due_on, Task.id > task_id))


# The matrix


@dataclass
class BoardRow:
    """One unit in the matrix: open tasks by light, those that wait for the office, and of the year's closed ones how many were on time."""

    name: str
    code: str = ""
    bad: int = 0
    warn: int = 0
    ok: int = 0
    waits: int = 0
    closed: int = 0
    on_time: int = 0

    @property
    def rate(self) -> float | None:
        """The share of closed tasks that were reported done on time; None when there are too few to say."""
        return self.on_time / self.closed if self.closed >= FEWEST_FOR_RATE else None

    def add(self, other: "BoardRow") -> None:
        """Count another row's tasks in."""
        for name in ("bad", "warn", "ok", "waits", "closed", "on_time"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Board:
    """The matrix and its last line."""

    rows: list[BoardRow]
    total: BoardRow = field(default_factory=lambda: BoardRow("合计"))


def board(reader: Reader, mechanism_id: int, year: int) -> Board:
    """The matrix of one mechanism: every member and every unit that leads a task, merged ones under their heirs. Four queries."""
    session, today = reader.session, reader.today
    answering = heirs(session, today)
    rows = {unit.id: BoardRow(unit.short_name, unit.code) for unit in _shown(reader, mechanism_id)}
    counted = _counts(reader, mechanism_id, year)
    strangers = {lead_id for lead_id, _ in counted if lead_id not in rows and lead_id not in answering}
    for unit in session.scalars(select(Unit).where(Unit.id.in_(strangers)).order_by(Unit.position, Unit.id)):
        rows[unit.id] = BoardRow(unit.short_name, unit.code)
    found = Board(list(rows.values()))
    for lead_id, counts in counted:
        heir = answering.get(lead_id)
        row = rows.get(heir.id if heir else lead_id)
        if row is None and heir is not None:
            row = rows[heir.id] = BoardRow(heir.short_name, heir.code)
            found.rows.append(row)
        if row is not None:
            row.add(counts)
        found.total.add(counts)
    return found


def _shown(reader: Reader, mechanism_id: int) -> list[Unit]:
    """The members of the mechanism for whoever oversees it; a unit's own people see their own unit."""
    units = queries.members(reader.session, mechanism_id, reader.today)
    overseen = reader.actor.oversees(Permission.TASK_READ)
    if overseen is None or mechanism_id in overseen:
        return units
    return [unit for unit in units if unit.id in reader.actor.unit_ids]


def _counts(reader: Reader, mechanism_id: int, year: int) -> list[tuple[int, BoardRow]]:
    """Per lead unit as named in the tasks."""

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    closed = and_(Task.status == TaskStatus.CLOSED, Task.year == year)
    columns = {
        "bad": reader.has_light("bad"),
        "warn": reader.has_light("warn"),
        "ok": reader.has_light("ok"),
        "waits": Task.status == TaskStatus.REPORTED,
        "closed": closed,
        "on_time": and_(closed, Task.reported_on <= Task.due_on),
    }
    query = select(Task.lead_id, *(number(condition).label(name) for name, condition in columns.items()))
    query = query.where(queries.led(reader.actor), Task.mechanism_id == mechanism_id, or_(Task.ended_at.is_(None), closed))
    rows = reader.session.execute(query.group_by(Task.lead_id)).mappings()
    return [(row["lead_id"], BoardRow("", **{name: row[name] for name in columns})) for row in rows]


def units_to_choose(session: Session) -> list[tuple[str, str]]:
    """(code, name) of the units that sit somewhere or answer for a merged one, in the order of the register, for the filter."""

    def work() -> list[tuple[str, str]]:
        seated, heirs_of_some = select(Membership.unit_id), select(Unit.successor_id)
        query = select(Unit.code, Unit.short_name).where(Unit.successor_id.is_(None), or_(Unit.id.in_(seated), Unit.id.in_(heirs_of_some)))
        return [(code, name) for code, name in session.execute(query.order_by(Unit.position, Unit.id))]

    return kept(session, "units to choose", work)


def unit_coded(session: Session, code: str) -> tuple[int, str] | None:
    """Id and name of the unit with this code; None when there is none."""
    row = session.execute(select(Unit.id, Unit.short_name).where(Unit.code == (clean_text(code) or "")[:32])).one_or_none()
    return None if row is None else (row.id, row.short_name)
