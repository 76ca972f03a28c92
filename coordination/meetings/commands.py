"""``./run cli meetings read-clauses``: official sentences read into clauses, for whoever wants to see how well."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from coordination.clauses import read
from coordination.clauses.items import clauses_of
from coordination.members.queries import named_units
from coordination.settings.queries import calendar
from models.base import db
from models.errors import BadInput

a_file = click.Path(path_type=Path, dir_okay=False)


@click.command("read-clauses")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), metavar="日期", help="会议日期，时限从这一天算起。")
@click.option("--file", "file", type=a_file, metavar="文件", help="要读的文本，UTF-8编码。")
@click.option("--jsonl", "items", type=a_file, metavar="文件", help="每行一项：id、meeting_date、units、text，各用自带的单位。")
@click.option("--json", "as_json", is_flag=True, help="只打印一行JSON。")
def read_clauses(on: datetime | None, file: Path | None, items: Path | None, as_json: bool) -> None:
    """读出文本中的议定事项：牵头、配合、时限、成果；没有把握的另行注明。"""
    days = calendar(db.session())
    if items is not None:
        for number, line in enumerate(text_of(items).split("\n"), 1):
            if line.strip():
                _say(clauses_of(line, number, days))
        return
    if on is None or file is None:
        raise click.UsageError("须给出 --date 和 --file，或 --jsonl 文件")
    found = read(text_of(file), named_units(db.session(), on.date()), on.date(), days)
    if as_json:
        _say([clause.as_dict() for clause in found])
        return
    for number, clause in enumerate(found, 1):
        click.echo(f"第{number}条 {clause.text_span}\n  {clause.in_words()}")


def text_of(file: Path) -> str:
    """What a text file holds; BadInput when it is not UTF-8."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadInput(f"{file}不是UTF-8编码的文本，请另存为UTF-8") from wrong


def _say(result: Any) -> None:
    click.echo(json.dumps(result, ensure_ascii=False))
