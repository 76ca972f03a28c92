"""``./run cli meetings …``: papers of a meeting, and what official sentences ask of whom."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from coordination import clock
from coordination.clauses import read as read_clauses
from coordination.clauses.items import clauses_of
from coordination.meetings import correcting, paperwork
from coordination.meetings.paperwork import find_meeting
from coordination.members.queries import named_units
from coordination.settings.queries import calendar
from coordination.tasks import cases
from coordination.usage import write_file
from models import Verdict
from models.base import db
from models.errors import BadInput

VERDICTS = {verdict.value: verdict for verdict in Verdict}
CORRECTION = "correction"
a_file = click.Path(path_type=Path, dir_okay=False)


@click.group("meetings")
def meetings() -> None:
    """会议和纪要。"""


@meetings.command("document")
@click.argument("meeting")
@click.option("--kind", type=click.Choice([*(kind.value for kind in paperwork.Kind), CORRECTION]), required=True, help="文书种类。")
@click.option("--mechanism", default="county", show_default=True, metavar="代码", help="机制代码。")
@click.option("--unit", "code", metavar="代码", help="节录和函所给的单位；不写则为第一个牵头单位。")
@click.option("--number", type=click.IntRange(min=1), metavar="序号", help="更正（correction）的序号；不写则为最近一份。")
@click.option("-o", "out", type=a_file, required=True, metavar="文件", help="写入的文件，已有则覆盖。")
def meeting_document(meeting: str, kind: str, mechanism: str, code: str | None, number: int | None, out: Path) -> None:
    """导出会议文书；MEETING 如 2026-2，或 latest（最近一次已印发纪要的会议）。"""
    session = db.session()
    if code is not None and kind not in paperwork.OF_A_UNIT:
        raise click.UsageError("--unit 只用于 excerpt 和 letter")
    if number is not None and kind != CORRECTION:
        raise click.UsageError("--number 只用于 correction")
    unit = paperwork.named_unit(session, code) if code is not None else None
    found = find_meeting(session, meeting, mechanism)
    if kind == CORRECTION:
        _, content = correcting.signed_file(session, found, number)
    else:
        _, content = paperwork.document(session, found, paperwork.Kind(kind), clock.today(), unit)
    write_file(out, content)


@meetings.command("read-clauses")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), metavar="日期", help="会议日期，时限从这一天算起。")
@click.option("--file", "file", type=a_file, metavar="文件", help="要读的文本，UTF-8编码。")
@click.option("--jsonl", "items", type=a_file, metavar="文件", help="每行一项：id、meeting_date、units、text，各用自带的单位。")
@click.option("--json", "as_json", is_flag=True, help="只打印一行JSON。")
def read_meeting_clauses(on: datetime | None, file: Path | None, items: Path | None, as_json: bool) -> None:
    """读出文本中的议定事项：牵头、配合、时限、成果；没有把握的另行注明。"""
    days = calendar(db.session())
    if items is not None:
        for number, line in enumerate(_text(items).split("\n"), 1):
            if line.strip():
                _say(clauses_of(line, number, days))
        return
    if on is None or file is None:
        raise click.UsageError("须给出 --date 和 --file，或 --jsonl 文件")
    found = read_clauses(_text(file), named_units(db.session(), on.date()), on.date(), days)
    if as_json:
        _say([clause.as_dict() for clause in found])
        return
    for number, clause in enumerate(found, 1):
        click.echo(f"第{number}条 {clause.text_span}\n  {clause.in_words()}")


@meetings.command("reading-cases")
@click.option("--verdict", type=click.Choice(list(VERDICTS)), help="只导出这一种结果的。")
def export_reading_cases(verdict: str | None) -> None:
    """导出经人确认或改过的读法，每行一项：id、meeting_date、units、text，并有应读出的clauses；可交给 read-clauses --jsonl 再读、比较。"""
    for item in cases.items(db.session(), VERDICTS.get(verdict or "")):
        _say(item)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadInput(f"{file}不是UTF-8编码的文本，请另存为UTF-8") from wrong


def _say(result: Any) -> None:
    click.echo(json.dumps(result, ensure_ascii=False, default=str))
