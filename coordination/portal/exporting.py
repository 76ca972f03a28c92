"""Open data as text: which fields, what each means, and CSV and JSON a stretch at a time. Pure."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from coordination.registry.public import Line
from models import RecognitionStatus, Removal

Row = tuple[str | None, ...]
Fields = tuple[tuple[str, str, str], ...]
BOM = "\ufeff"  # so that a spreadsheet reads the Chinese as it is
STRETCH = 500  # rows of a piece
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

_DAY = "日期，如2026-06-30"
UNIT_FIELDS: Fields = (
    ("certificate", "证书编号", "一经发放，不再用于其他单位"),
    ("name", "名称", "经营者现用名称"),
    ("category", "类别", "如放心商店"),
    ("uscc", "统一社会信用代码", "18位；没有的为空"),
    ("address", "经营地址", "认定的经营场所"),
    ("recognised_on", "认定日期", _DAY),
    ("valid_until", "有效期至", f"{_DAY}，含当日"),
    ("status", "状态", "在册、整改中或已移出名录"),
)
REMOVED_FIELDS: Fields = (
    *UNIT_FIELDS,
    ("removed_on", "移出日期", _DAY),
    ("ground", "移出原因", "移出事由名称"),
    ("no_reentry_before", "何日起方可再申报", f"{_DAY}；不限制的为空"),
)


def unit_row(line: Line) -> Row:
    """A unit on the list, in the order of ``UNIT_FIELDS``."""
    days = (line.recognised_on.isoformat(), line.valid_until.isoformat())
    return (line.certificate_no, line.name, line.category, line.uscc, line.address, *days, line.status.label)


def removed_row(removal: Removal) -> Row:
    """A removal, in the order of ``REMOVED_FIELDS``."""
    valid_until = removal.recognition.valid_until
    return (
        removal.certificate_no,
        removal.name,
        removal.category_name,
        removal.uscc or None,
        removal.address,
        removal.recognised_on.isoformat(),
        valid_until.isoformat() if valid_until else None,
        RecognitionStatus.REMOVED.label,
        removal.removed_on.isoformat(),
        removal.ground,
        removal.open_again_on.isoformat() if removal.open_again_on else None,
    )


def as_csv(fields: Fields, rows: Iterator[Row]) -> Iterator[str]:
    """The head line and every row, in pieces. A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write(BOM)
    writer.writerow([name for name, _, _ in fields])
    for count, row in enumerate(rows, 1):
        writer.writerow([_safe(value) for value in row])
        if count % STRETCH == 0:
            yield _taken(out)
    yield _taken(out)


def as_json(fields: Fields, rows: Iterator[Row], **about: str | int) -> Iterator[str]:
    """``{…about, "items": [{…}, …]}``, in pieces."""
    names = [name for name, _, _ in fields]
    out = io.StringIO()
    out.write(json.dumps(about, ensure_ascii=False)[:-1] + ', "items": [')
    for count, row in enumerate(rows):
        out.write(("," if count else "") + "\n" + json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False))
        if count % STRETCH == STRETCH - 1:
            yield _taken(out)
    out.write("\n]}\n")
    yield _taken(out)


def schema() -> dict[str, Any]:
    """What both sets hold, as JSON Schema with its words in Chinese."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "示范单位名录开放数据",
        "description": "units为现在册单位，removed为可公开的移出记录。每次下载均为下载时的名录，请勿长期转载旧数据。",
        "$defs": {"unit": _object(UNIT_FIELDS), "removed": _object(REMOVED_FIELDS)},
        "type": "object",
        "properties": {
            "as_of": {"type": "string", "format": "date", "description": "数据日期"},
            "version": {"type": "integer", "description": "名录版本号，名录每变动一次加1"},
            "items": {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/unit"}, {"$ref": "#/$defs/removed"}]}},
        },
        "required": ["as_of", "version", "items"],
    }


def _object(fields: Fields) -> dict[str, Any]:
    properties = {}
    for name, title, words in fields:
        may_be_empty = "为空" in words or name == "valid_until"
        properties[name] = {"title": title, "description": words, "type": ["string", "null"] if may_be_empty else "string"}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _safe(value: str | None) -> str:
    text = value or ""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text
