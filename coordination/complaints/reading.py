"""Opening the tables people really have: .xlsx and .csv, with titles above the headings, headings of two rows, ghost rows and gaps.

Cells become text at once, so that the same row read from either format, or twice, is the same row.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from coordination.complaints import columns
from models.errors import BadInput
from models.text import clean_text

HEADINGS_WITHIN = 20
MOST_UNPACKED = 1 << 30
LONGEST_CELL = 1 << 20
SHORT = 40  # characters of a cell that is worth remembering
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the head of .xls, and of an .xlsx locked with a password


@dataclass(frozen=True)
class Table:
    """The rows below the headings, each with its number as a spreadsheet shows it and its cells by heading.

    ``unknown``: the headings that mean nothing to us; what stands under them is kept with the row.
    """

    headings: tuple[str, ...]
    unknown: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]


def read(name: str, content: bytes, remembered: Mapping[str, str]) -> Table:
    """The first sheet that has a column for 登记编号; BadInput says what to do when there is none or the file cannot be read."""
    if content.startswith(_OLD) or name.lower().endswith((".xls", ".et")):
        raise BadInput("不能读取.xls或加密的文件，请用表格软件打开后另存为.xlsx（不设密码）再导入")
    if content.startswith(b"PK"):
        sheets: Iterator[list[list[Any]]] = _sheets(content)
    elif name.lower().endswith((".xlsx", ".xlsm")):
        raise BadInput("文件不是有效的.xlsx，可能是未下载完的文件或表格软件的临时文件（~$开头），请关闭表格后重新选择")
    else:
        sheets = iter([_csv(content)])
    for sheet in sheets:
        table = _table(sheet, remembered)
        if table is not None:
            return table
    raise BadInput("没有找到“登记编号”列，不能导入。请确认表头中有登记编号（或投诉编号、编号）")


def as_text(cell: Any) -> str:
    """A cell as text: real dates in one form, whole numbers without .0, no gaps around it, no control characters."""
    if type(cell) is str:
        return _cleaned(cell) if len(cell) <= SHORT else clean_text(cell) or ""
    if cell is None or cell is False:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return (clean_text(str(cell)) or "").strip()


@lru_cache(maxsize=1 << 14)
def _cleaned(cell: str) -> str:
    """Short cells say the same few things row after row."""
    return clean_text(cell) or ""


def _sheets(content: bytes) -> Iterator[list[list[Any]]]:
    _check_size(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            yield book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError, OverflowError) as wrong:
        raise BadInput("文件无法读取，请用表格软件打开后另存为.xlsx再导入") from wrong


def _check_size(content: bytes) -> None:
    """BadInput for what is no archive, and for one that unpacks beyond all reason, whatever it says of itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            left = MOST_UNPACKED
            for entry in archive.infolist():
                if not entry.filename.endswith((".xml", ".rels")):
                    continue
                with archive.open(entry) as member:
                    while chunk := member.read(min(1 << 20, left + 1)):
                        left -= len(chunk)
                        if left < 0:
                            raise BadInput("文件展开后过大，请分开导入")
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as wrong:
        raise BadInput("文件不是有效的.xlsx，请用表格软件打开后另存为.xlsx再导入") from wrong


def _csv(content: bytes) -> list[list[Any]]:
    """UTF-8 (with or without mark) or GB18030; separated by commas, tabs or semicolons, whichever its first lines hold most."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadInput("文字编码无法识别，请另存为.xlsx或UTF-8编码的.csv再导入")
    head = text[:4000]
    mark = max((",", "\t", ";"), key=head.count)
    csv.field_size_limit(LONGEST_CELL)
    try:
        return list(csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=mark))
    except csv.Error as wrong:
        raise BadInput("文件不是有效的.csv，请另存为.xlsx再导入") from wrong


def _table(sheet: list[list[Any]], remembered: Mapping[str, str]) -> Table | None:
    for at, line in enumerate(sheet[:HEADINGS_WITHIN]):
        heads = [as_text(cell) for cell in line]
        if columns.NUMBER not in {columns.key_of(head, remembered) for head in heads if head}:
            continue
        below = [as_text(cell) for cell in sheet[at + 1]] if at + 1 < len(sheet) else []
        two = _is_second_row(heads, below, remembered)
        if two:
            heads = _joined(heads, below, remembered)
        names = _each_once(heads)
        rows = [(number, row) for number, cells in enumerate(sheet[at + 1 + two :], at + 2 + two) if (row := _row(names, cells))]
        used = tuple(name for name in names if name)
        return Table(used, tuple(name for name in used if columns.key_of(name, remembered) is None), rows)
    return None


def _is_second_row(heads: list[str], below: list[str], remembered: Mapping[str, str]) -> bool:
    """Are the headings of two rows: nothing under 登记编号, and at least half of what stands there are headings we know?"""
    at = next(at for at, head in enumerate(heads) if head and columns.key_of(head, remembered) == columns.NUMBER)
    if not any(below) or (below[at] if at < len(below) else ""):
        return False
    joined = _joined(heads, below, remembered)
    known = [bool(columns.key_of(joined[place], remembered)) for place, name in enumerate(below) if name]
    return sum(known) * 2 >= len(known)


def _joined(heads: list[str], below: list[str], remembered: Mapping[str, str]) -> list[str]:
    """Group and name together where that is a heading we know (投诉人 + 电话), else the name, else the group."""
    found, group = [], ""
    for at in range(max(len(heads), len(below))):
        group = (heads[at] if at < len(heads) else "") or group
        name = below[at] if at < len(below) else ""
        found.append(group if not name else group + name if columns.key_of(group + name, remembered) else name)
    return found


def _each_once(heads: list[str]) -> list[str]:
    """A heading that stands twice is told apart by a number: nothing under it is lost."""
    seen: dict[str, int] = {}
    names = []
    for head in heads:
        name = re.sub(r"\s+", "", head)
        seen[name] = seen.get(name, 0) + 1
        names.append(f"{name}#{seen[name]}" if name and seen[name] > 1 else name)
    return names


def _row(names: list[str], cells: list[Any]) -> dict[str, str]:
    """The cells that hold something, by heading; a cell without a heading goes under its place."""
    row = {}
    for at, cell in enumerate(cells):
        text = as_text(cell)
        if text:
            row[(names[at] if at < len(names) else "") or f"第{at + 1}列"] = text
    return row
