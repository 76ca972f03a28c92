"""``./run cli tasks …``: papers about tasks and the yearly ledger."""

import re
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import clock
from coordination.permissions import OPERATOR
from coordination.settings.queries import fonts
from coordination.tasks import composing, ledger, papers
from coordination.usage import write_file
from models import Mechanism, Task, TaskPaperKind
from models.base import db
from models.errors import BadInput, NotFound

a_file = click.Path(path_type=Path, dir_okay=False)
KINDS = {kind.value.replace("_", "-"): kind for kind in TaskPaperKind}
_NUMBER = re.compile(r"(?:任务)?〔?(\d{4})〕?-?(临|\d{1,6})-(\d{1,6})")


@click.group("tasks")
def tasks() -> None:
    """任务和督办。"""


@tasks.command("document")
@click.argument("task")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="文书种类：督办函、通报批评、情况通报、报请督查。")
@click.option("--mechanism", metavar="代码", help="机制代码；不写则取写得出这种文书的机制。")
@click.option("-o", "out", type=a_file, required=True, metavar="文件", help="写入的.docx，已有则覆盖。")
def task_document(task: str, kind: str, mechanism: str | None, out: Path) -> None:
    """导出任务的督办文书；TASK 如 2026-2-3、2026-临-7，或任务〔2026〕2-3。"""
    session = db.session()
    found = find_task(session, task, mechanism, KINDS[kind])
    write_file(out, papers.document_of(session, found, KINDS[kind], clock.today())[1])


@tasks.command("ledger")
@click.option("--year", type=click.IntRange(2000, 9999), required=True, help="年度。")
@click.option("--mechanism", metavar="代码", help="机制代码；不写则为全部机制。")
@click.option("-o", "out", type=a_file, required=True, metavar="文件", help="写入的.xlsx或.docx，已有则覆盖。")
def task_ledger(year: int, mechanism: str | None, out: Path) -> None:
    """导出一年的督办台账，与页面相同；扩展名决定格式。"""
    session, today = db.session(), clock.today()
    chosen = None if mechanism is None else _mechanism(session, mechanism)
    if out.suffix not in {".xlsx", ".docx"}:
        raise BadInput(f"台账写成.xlsx或.docx，现为“{out.name}”")
    entries = ledger.whole(session, OPERATOR, year=year, mechanism_id=chosen.id if chosen else None, today=today)
    name = ledger.title(year, chosen.short_name if chosen else "")
    author = chosen.issuer if chosen else ""
    write_file(out, ledger.as_table(entries) if out.suffix == ".xlsx" else ledger.as_paper(name, entries, today, author, fonts(session)))


def find_task(session: Session, reference: str, code: str | None, kind: TaskPaperKind) -> Task:
    """The task of this number. Numbers count within a mechanism: without ``code`` one that may write this kind of paper goes first.

    BadInput for another form of number, NotFound where there is none. For the operator: asks nobody's rights.
    """
    named = _NUMBER.fullmatch(reference.strip())
    if named is None:
        raise BadInput(f"任务应写作“2026-2-3”或“2026-临-7”，现为“{reference}”")
    serial = None if named[2] == "临" else int(named[2])
    query = select(Task).where(Task.year == int(named[1]), Task.serial == int(named[3]))
    query = query.where(Task.meeting_serial.is_(None) if serial is None else Task.meeting_serial == serial)
    if code is not None:
        query = query.where(Task.mechanism_id == _mechanism(session, code).id)
    found = list(session.scalars(query.order_by(Task.mechanism_id)))
    if not found:
        raise NotFound(f"没有任务“{reference}”")
    return next((task for task in found if kind in composing.kinds_of(task.mechanism)), found[0])


def _mechanism(session: Session, code: str) -> Mechanism:
    found = session.scalar(select(Mechanism).where(Mechanism.code == code))
    if found is None:
        raise NotFound(f"没有代码为“{code}”的机制")
    return found
