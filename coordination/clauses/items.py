"""Texts that bring their own register, one a line as JSON; for trying the reader on papers of other places."""

import json
from datetime import date
from typing import Any

from coordination.clauses.names import Entry
from coordination.clauses.reading import read
from models.calendar import Calendar
from models.errors import BadInput


def clauses_of(line: str, number: int, calendar: Calendar) -> dict[str, Any]:
    """{id, clauses} of a line {id, meeting_date, units: [{name, short, former, group}], text}. BadInput names the line that is none."""
    try:
        item = json.loads(line)
        on = date.fromisoformat(item["meeting_date"])
        register = tuple(_entry(unit) for unit in item["units"])
        text, key = item["text"], item["id"]
    except KeyError as missing:
        raise BadInput(f"第{number}行缺少{missing.args[0]}") from missing
    except (ValueError, TypeError, AttributeError) as wrong:
        raise BadInput(f"第{number}行无法识别，应为JSON：id、meeting_date、units、text") from wrong
    if not isinstance(text, str):
        raise BadInput(f"第{number}行的text应为文本")
    return {"id": key, "clauses": [clause.as_dict() for clause in read(text, register, on, calendar)]}


def _entry(unit: dict[str, Any]) -> Entry:
    return Entry(str(unit["name"]), _names(unit.get("short")), _names(unit.get("former")), bool(unit.get("group")))


def _names(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(str(name) for name in given or ())
