"""Deadlines for a whole table: CSV in, the same columns with the deadline beside them out."""

import csv
import io
from datetime import date

from models.calendar import Calendar, deadline
from models.errors import BadInput

ASKED = ("start", "days", "unit")
FOUND = ("due", "raw", "provisional")
MOST_REASONS = 5


def rows_with_deadlines(text: str, calendar: Calendar) -> list[dict[str, str]]:
    """Each row of the CSV with ``due``, ``raw`` and ``provisional`` (true, false) after its own columns, which stay as they are.

    Asked for are the columns ``start`` (2026-06-18), ``days`` (a whole number) and ``unit`` (working, calendar, month, year). A deadline
    that is not known yet is empty. BadInput names the lines that cannot be read and why; no half result is given.
    """
    found, reasons = [], []
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    _check_head(reader.fieldnames)
    try:
        for row in reader:
            try:
                found.append({**row, **_deadline(row, calendar)})
            except BadInput as wrong:
                reasons.append(f"第{reader.line_num}行：{wrong.message}")
    except csv.Error as wrong:
        raise BadInput(f"第{reader.line_num + 1}行不是CSV格式，引号可能没有配对") from wrong
    if reasons:
        more = f"；另有{len(reasons) - MOST_REASONS}行" if len(reasons) > MOST_REASONS else ""
        raise BadInput("；".join(reasons[:MOST_REASONS]) + more)
    return found


def as_csv(rows: list[dict[str, str]]) -> str:
    """The rows as CSV with their head; lines end with LF."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]) if rows else [*ASKED, *FOUND], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _check_head(names: object) -> None:
    """The three columns are there, each once, and none that we add."""
    columns = list(names) if isinstance(names, list | tuple) else []
    missing = [name for name in ASKED if name not in columns]
    if missing:
        raise BadInput(f"首行缺少列：{'、'.join(missing)}")
    twice = {name for name in columns if columns.count(name) > 1} | (set(columns) & set(FOUND))
    if twice:
        raise BadInput(f"首行列名重复或与结果列同名：{'、'.join(sorted(twice))}")


def _deadline(row: dict[str, str], calendar: Calendar) -> dict[str, str]:
    """What is added to one row."""
    if None in row or None in row.values():
        raise BadInput("列数与首行不同")
    found = deadline(_day(row["start"]), _number(row["days"]), row["unit"].strip(), calendar)
    return {
        "due": found.due.isoformat() if found.due else "",
        "raw": found.raw.isoformat() if found.raw else "",
        "provisional": "true" if found.provisional else "false",
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as wrong:
        raise BadInput(f"起算日“{text}”不是2026-06-18这样的日期") from wrong


def _number(text: str) -> int:
    if not text.strip().removeprefix("-").isascii() or not text.strip().removeprefix("-").isdigit() or len(text) > 9:
        raise BadInput(f"天数“{text}”应为整数")
    return int(text)
