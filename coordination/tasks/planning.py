"""A yearly plan (行动方案、任务分解表) as an .xlsx: looked at without writing, then every line a task or none is.

Of several responsible units the first leads and the others co-operate. Each unit of the plan may owe its own 工作方案 by a day besides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit, sheets
from coordination.clauses import Clause, Entry
from coordination.clauses import read as read_clauses
from coordination.members.queries import GROUP_WORDS, named_units
from coordination.notices import full_day
from coordination.permissions import Actor, Permission, require
from coordination.sheets import Column, Preview, Row
from coordination.tasks import queries, service
from coordination.tasks.letters import day_note
from models import Calendar, Mechanism, Task, TaskStatus, Unit
from models.calendar import local_date
from models.errors import BadInput, NotFound
from models.scope import Scope

COLUMNS = {
    "task": Column(("任务", "工作任务", "任务名称", "重点任务", "主要任务", "工作内容")),
    "units": Column(("责任单位", "牵头单位", "责任部门", "牵头部门")),
    "co": Column(("配合单位", "协同单位", "协办单位", "配合部门", "参与单位"), required=False),
    "goal": Column(("目标", "工作目标", "目标要求", "成果", "成果形式"), required=False),
    "due": Column(("时限", "完成时限", "完成时间", "时间", "时间要求")),
}
LONGEST_TASK, LONGEST_GOAL = 3000, 500


@dataclass(frozen=True)
class Plan:
    """What holds for the whole plan: its mechanism, its name, and by when each unit hands in its own 工作方案 (None: it does not)."""

    mechanism_id: int
    name: str
    schemes_due_on: date | None = None


@dataclass(frozen=True)
class Item:
    """One line as a task."""

    text: str
    goal: str
    lead: Unit
    co_units: tuple[Unit, ...]
    due_on: date


@dataclass
class Checked:
    """A plan that was looked at: what the page shows, the items that would be made, and the units that would owe a 工作方案."""

    preview: Preview = field(default_factory=Preview)
    items: list[Item] = field(default_factory=list)
    schemes: list[Unit] = field(default_factory=list)


def preview(session: Session, *, actor: Actor, content: bytes, plan: Plan, now: datetime) -> Checked:
    """Each line as it would be taken, or why it cannot be. Nothing is written."""
    require(actor, Permission.TASK_SUPERVISE, Scope(plan.mechanism_id))
    if session.get(Mechanism, plan.mechanism_id) is None:
        raise NotFound("没有这个联席会议机制")
    today = local_date(now)
    reader = _Reader(session, plan, today)
    found = Checked()
    if plan.schemes_due_on is not None and plan.schemes_due_on < today:
        raise BadInput("工作方案的报送时限不能早于今天")
    seen: dict[tuple[str, int], int] = {}
    for row in sheets.read(content, COLUMNS):
        try:
            item = reader.item(row)
        except BadInput as wrong:
            found.preview.problems.append((row.line, wrong.message))
            continue
        first = seen.setdefault((item.text, item.lead.id), row.line)
        if first != row.line:
            found.preview.problems.append((row.line, f"与第{first}行重复（同一任务、同一牵头单位）"))
        elif (service.title_of(item.text), item.lead.id) in reader.known:
            found.preview.known.append(row.line)
        else:
            found.items.append(item)
            found.preview.fresh.append((row.line, _in_words(item, reader.calendar)))
    if plan.schemes_due_on is not None:
        units = {unit.id: unit for item in found.items for unit in (item.lead, *item.co_units)}
        found.schemes = [unit for unit in units.values() if (_scheme(plan), unit.id) not in reader.known]
    return found


def take(session: Session, *, actor: Actor, content: bytes, plan: Plan, now: datetime) -> list[Task]:
    """Every line becomes a task, or BadInput names those that cannot be taken and nothing is written."""
    audit.queue(session)
    checked = preview(session, actor=actor, content=content, plan=plan, now=now)
    checked.preview.refuse()
    made = [
        service.create(
            session,
            actor=actor,
            mechanism_id=plan.mechanism_id,
            title=service.title_of(item.text),
            text=f"{item.text}\n目标：{item.goal}" if item.goal else item.text,
            deliverable=item.goal[:LONGEST_GOAL],
            lead_id=item.lead.id,
            co_ids=[unit.id for unit in item.co_units],
            due_on=item.due_on,
            source=plan.name,
            now=now,
        )
        for item in checked.items
    ]
    made += _schemes(session, actor, plan, checked.schemes, now)
    text = f"导入“{plan.name}”，下达任务{len(made)}件"
    audit.record(session, actor=actor, action="task:plan", subject=f"plan:{plan.mechanism_id}", at=now, text=text)
    return made


def _schemes(session: Session, actor: Actor, plan: Plan, units: Iterable[Unit], now: datetime) -> list[Task]:
    """Each unit of the plan owes its own 工作方案."""
    facts: dict[str, Any] = {
        "mechanism_id": plan.mechanism_id,
        "title": _scheme(plan),
        "text": f"按照“{plan.name}”，结合本单位职责制定工作方案，报联席会议办公室。",
        "deliverable": "工作方案",
        "co_ids": [],
        "due_on": plan.schemes_due_on,
        "source": plan.name,
    }
    return [service.create(session, actor=actor, lead_id=unit.id, now=now, **facts) for unit in units]


def _scheme(plan: Plan) -> str:
    """What handing in a 工作方案 for this plan is called."""
    return f"报送“{plan.name}”工作方案"[:200]


def _known(session: Session, plan: Plan) -> set[tuple[str, int]]:
    """(title, lead) of what was made of this plan before."""
    query = select(Task.title, Task.lead_id).where(Task.mechanism_id == plan.mechanism_id, Task.source == plan.name)
    return {(title, lead_id) for title, lead_id in session.execute(query.where(Task.status != TaskStatus.CANCELLED))}


def _in_words(item: Item, calendar: Calendar) -> str:
    helpers = "、".join(unit.short_name for unit in item.co_units)
    return f"{service.title_of(item.text)}｜牵头{item.lead.short_name}{f'，配合{helpers}' if helpers else ''}｜{_by(item.due_on, calendar)}"


def _by(day: date, calendar: Calendar) -> str:
    return f"最迟{full_day(day)}{day_note(day, calendar)}"


class _Reader:
    """Reads lines against the register, the members and the calendar, all read once."""

    def __init__(self, session: Session, plan: Plan, today: date) -> None:
        self.today = today
        self.known = _known(session, plan)
        self._register: tuple[Entry, ...] = tuple(named_units(session, today))
        self.calendar: Calendar = queries.calendar(session)
        self._members = queries.members(session, plan.mechanism_id, today)
        units = session.scalars(select(Unit))
        self._units: Mapping[str, Unit] = {unit.name: unit for unit in units if unit.stands(today)}

    def item(self, row: Row) -> Item:
        """The line as a task; BadInput with everything that is wrong with it."""
        task, goal = row.text("task"), row.text("goal")
        if not task:
            raise BadInput("没有写任务")
        if len(task) > LONGEST_TASK or len(goal) > LONGEST_GOAL:
            raise BadInput(f"任务最多{LONGEST_TASK:,}字，目标最多{LONGEST_GOAL}字")
        read = self._read(row)
        lead, co_units = self._named(row, read)
        return Item(task, goal, lead, co_units, self._due(row, read))

    def _read(self, row: Row) -> Clause:
        """The cells about units and time, read as the sentence an official paper would make of them."""
        parts = (("责任单位", row.text("units")), ("配合单位", row.text("co")), ("完成时限", row.as_written("due")))
        said = "；".join(f"{label}：{words}" for label, words in parts if words)
        found = read_clauses(f"落实该项工作。{said}。", self._register, self.today, self.calendar)
        if not row.text("units"):
            raise BadInput("没有写责任单位")
        if not found:
            raise BadInput(f"责任单位“{row.text('units')}”无法识别，请写单位名称")
        return found[0]

    def _named(self, row: Row, read: Clause) -> tuple[Unit, tuple[Unit, ...]]:
        if read.unknown or not read.lead:
            words = "、".join(read.unknown) or row.text("units")
            raise BadInput(f"“{words}”对应不到成员单位，请写单位登记的名称或简称")
        if read.lead[0] in GROUP_WORDS:
            raise BadInput(f"责任单位“{read.lead[0]}”不是一个单位，请写明由哪个单位牵头")
        named = [unit for name in (*read.lead, *read.co) for unit in self._gathered(name)]
        lead, *others = dict.fromkeys(named)
        return lead, tuple(others)

    def _gathered(self, name: str) -> list[Unit]:
        """The unit of this name; all members for a word for them."""
        if name == GROUP_WORDS[0]:
            return self._members
        if name not in self._units:
            raise BadInput(f"“{name}”对应不到成员单位，请写单位登记的名称或简称")
        return [self._units[name]]

    def _due(self, row: Row, read: Clause) -> date:
        words = row.as_written("due")
        if not words:
            raise BadInput("没有写时限")
        day = Row(row.line, dict(row.cells)).day("due")
        if day is None and read.due.value is not None:
            day = _as_day(read.due.value)
        if day is None:
            raise BadInput(f"时限“{words}”没有日期，请写明；长期坚持的请设为常态化任务")
        if day < self.today:
            raise BadInput(f"时限{full_day(day)}已过")
        return day


def _as_day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None
