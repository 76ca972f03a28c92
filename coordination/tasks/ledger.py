"""督办台账 of a year: the same cells on the page, in the .xlsx and in the .docx, for officials copy numbers from one to the other."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from coordination import sheets
from coordination.documents.fonts import Fonts
from coordination.documents.paper import Part, PlainPaper, Table
from coordination.documents.wording import official_date
from coordination.members.queries import heirs
from coordination.permissions import Actor
from coordination.tasks import queries
from coordination.tasks.letters import answering_unit
from models import ProgressReport, Task, TaskStatus
from models.calendar import local_date
from models.errors import BadInput

HEAD = ("序号", "议定事项", "牵头", "配合", "时限", "进展", "灯", "销号")
SHARES = (28, 102, 54, 62, 68, 94, 54, 68)  # tenths of a character of the table: a date parts after its month, a light after its number
PAGE = 50
MOST = 5_000  # tasks in one file
LONGEST = 120  # characters of a report in one cell
MARKS = {"bad": "■", "warn": "▲", "ok": "●", "idle": "◆"}


class Entry(NamedTuple):
    """One task: its id, the words of its cells in the order of ``HEAD``, and the kind of its light."""

    id: int
    cells: tuple[str, ...]
    light: str


class Page(NamedTuple):
    """A page of the ledger; ``after``: the id to go on behind, None at the end."""

    entries: list[Entry]
    total: int
    after: int | None


def page(session: Session, actor: Actor, *, year: int, mechanism_id: int | None, today: date, after: int = 0, limit: int = PAGE) -> Page:
    """The year's tasks in the order they were given, behind the task ``after``; their 序号 counts through all pages."""
    which = _which(actor, year, mechanism_id)
    total = session.scalar(select(func.count()).select_from(Task).where(*which)) or 0
    before = session.scalar(select(func.count()).select_from(Task).where(*which, Task.id <= after)) or 0 if after else 0
    query = select(Task).where(*which, Task.id > after).order_by(Task.id).limit(limit + 1)
    tasks = list(session.scalars(query.options(joinedload(Task.lead), joinedload(Task.mechanism), selectinload(Task.co_units))))
    shown = tasks[:limit]
    # Numbers count within a mechanism: in a ledger of several one number may stand twice.
    several = mechanism_id is None and len(session.scalars(select(Task.mechanism_id).where(*which).distinct().limit(2)).all()) > 1
    return Page(_entries(session, shown, today, before, several), total, shown[-1].id if len(tasks) > limit else None)


def whole(session: Session, actor: Actor, *, year: int, mechanism_id: int | None, today: date) -> list[Entry]:
    """All of it, for a file. BadInput where it is longer than anybody would print."""
    found = page(session, actor, year=year, mechanism_id=mechanism_id, today=today, limit=MOST)
    if found.after is not None:
        raise BadInput(f"台账共{found.total:,}件，一个文件最多{MOST:,}件，请按机制分别导出")
    return found.entries


def title(year: int, mechanism: str) -> str:
    """What the ledger is called: 县联席会议2026年议定事项督办台账."""
    return f"{mechanism}{year}年议定事项督办台账"


def caption(entries: Sequence[Entry], today: date) -> str:
    """The line under the title: how many, how many late, as of which day."""
    late = sum(entry.light == "bad" for entry in entries)
    return f"共{len(entries)}件，其中逾期{late}件；数据截至{official_date(today)}"


def as_table(entries: Sequence[Entry]) -> bytes:
    """The .xlsx."""
    return sheets.write("督办台账", HEAD, [entry.cells for entry in entries], widths=[share * 0.3 for share in SHARES])


def as_paper(name: str, entries: Sequence[Entry], today: date, author: str, fonts: Fonts) -> bytes:
    """The .docx, on A4 turned sideways."""
    from coordination.documents import plain  # the .docx library is loaded for whoever writes one, not at every start

    rows = tuple(entry.cells for entry in entries) or (("—", "本年度没有任务", *("—" for _ in HEAD[2:])),)
    legend = "灯：■逾期　▲临期　●正常　◆已报结待核验、已销号或已撤销。"
    parts = (Part(table=Table(HEAD, rows, SHARES)),)
    return plain.build(
        PlainPaper(title=name, opening=f"{caption(entries, today)}。\n{legend}", parts=parts, day=today, author=author, is_wide=True),
        fonts,
    )


def _which(actor: Actor, year: int, mechanism_id: int | None) -> list[ColumnElement[bool]]:
    found = [queries.visible(actor), Task.year == year]
    return found if mechanism_id is None else [*found, Task.mechanism_id == mechanism_id]


def _entries(session: Session, tasks: Sequence[Task], today: date, before: int, several: bool) -> list[Entry]:
    """The rows; ``several``: numbers are told with their mechanism. Three queries more, however many there are."""
    calendar, limits = queries.calendar(session), queries.limits(session, today)
    newest = _newest(session, tasks)
    kept = heirs(session, today)  # held while the rows are told: a merged unit's heir is then at hand
    found = []
    for number, task in enumerate(tasks, before + 1):
        light = queries.lamp(task, today, calendar, limits)
        cells = (
            str(number),
            f"{task.title}（{f'{task.mechanism.short_name}，' if several else ''}{task.number}）",
            answering_unit(task.lead, today),
            "、".join(unit.short_name for unit in task.co_units) or "—",
            _due(task),
            _progress(task, newest.get(task.id)),
            f"{MARKS[light.kind]}{light.text}",
            _ended(task),
        )
        found.append(Entry(task.id, cells, light.kind))
    del kept
    return found


def _newest(session: Session, tasks: Sequence[Task]) -> dict[int, ProgressReport]:
    """Each task's newest report, by task."""
    ids = (
        select(func.max(ProgressReport.id)).where(ProgressReport.task_id.in_([task.id for task in tasks])).group_by(ProgressReport.task_id)
    )
    return {report.task_id: report for report in session.scalars(select(ProgressReport).where(ProgressReport.id.in_(ids)))}


def _due(task: Task) -> str:
    first = f"（原{official_date(task.first_due_on)}）" if task.first_due_on != task.due_on else ""
    return f"{official_date(task.due_on)}{first}"


def _progress(task: Task, report: ProgressReport | None) -> str:
    if report is None:
        return task.status.label
    text = " ".join(report.text.split())
    said = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return f"{task.status.label}，{queries.done(task.status, task.percent)}：{said}"


def _ended(task: Task) -> str:
    if task.ended_at is None:
        return "—"
    word = "销号" if task.status == TaskStatus.CLOSED else "撤销"
    return f"{official_date(local_date(task.ended_at))}{word}"
