"""Tables as .xlsx: reading them as people really make them (ghost rows, headings further down, dates as text or as dates, full-width
digits), and writing those that are taken away."""

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from models.errors import BadInput
from models.text import clean_text

MOST_ROWS = 20_000
MOST_UNPACKED = 200 * 1024 * 1024
HEADINGS_WITHIN = 10
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?|(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True)
class Column:
    """A column we look for: the headings it goes by, whether it must be there."""

    names: tuple[str, ...]
    required: bool = True


@dataclass
class Row:
    """One line of the table: its number as the spreadsheet shows it, its cells by our column key, and what is wrong with it."""

    line: int
    cells: dict[str, Any]
    problems: list[str] = field(default_factory=list)

    def text(self, key: str) -> str:
        """The cell as one line of text; whole numbers without the .0 that spreadsheets add."""
        value = self.cells.get(key)
        if value is None or isinstance(value, bool):
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return " ".join((clean_text(str(value)) or "").split())

    def as_written(self, key: str) -> str:
        """The cell as one line of text, whatever it is: days as 2026-06-30."""
        value = self.cells.get(key)
        if isinstance(value, datetime):
            value = value.date()
        return value.isoformat() if isinstance(value, date) else self.text(key)

    def code(self, key: str) -> str:
        """A long code. One that was stored as a number has lost its last digits, which is said."""
        if isinstance(self.cells.get(key), int | float) and not isinstance(self.cells.get(key), bool):
            self.problems.append("统一社会信用代码存成了数字，末几位已失真，请把该列设为文本后重填")
            return ""
        return self.text(key)

    def day(self, key: str) -> date | None:
        """The cell as a day, whether it is a real date or text in one of the usual forms; a problem is noted when it is neither."""
        value = self.cells.get(key)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        words = unicodedata.normalize("NFKC", self.text(key)).strip()
        if not words:
            return None
        found = _DAY.fullmatch(words)
        try:
            parts = [int(part) for part in found.groups() if part is not None] if found else []
            return date(*parts)
        except (ValueError, TypeError):
            self.problems.append(f"日期“{words}”无法识别，请写成2026-06-30")
            return None


@dataclass
class Preview:
    """What an import would do: lines new, lines that change something, lines known already, and (line, why) of those that cannot be
    taken. Nothing is written."""

    fresh: list[tuple[int, str]] = field(default_factory=list)
    changed: list[tuple[int, str]] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    removes: list[str] = field(default_factory=list)

    def refuse(self) -> None:
        """BadInput naming every line that cannot be taken, if there is any."""
        if self.problems:
            told = "\n".join(f"第{line}行：{why}" for line, why in self.problems)
            raise BadInput(f"没有导入任何一行。{len(self.problems)}行不能导入：\n{told}")


def write(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float] = ()) -> bytes:
    """A table with these headings; ``widths`` of the columns in characters, else all alike.

    Every cell is text, so that no spreadsheet takes one for a formula or spoils a long code's digits.
    """
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": bool(widths)})
        head = book.add_format({"bold": True, "num_format": "@", "bottom": 1})
        sheet = book.add_worksheet(title)
        sheet.set_column(0, len(headings) - 1, 24, text)
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width, text)
        if widths:
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        for line, row in enumerate((headings, *rows)):
            for at, value in enumerate(row):
                sheet.write_string(line, at, value, head if line == 0 else text)
    return content.getvalue()


def read(content: bytes, columns: Mapping[str, Column]) -> list[Row]:
    """The rows under the headings of the first sheet that has them, empty ones left out. BadInput when it is no such table.

    What is written once in cells merged downwards holds for each of their rows; a row merged across is a heading between rows.
    """
    _check_size(content)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        tables = [_table(book.get_sheet_by_name(name)) for name in book.sheet_names]
    except (CalamineError, ValueError, OSError) as wrong:
        raise BadInput("文件无法读取，请另存为.xlsx后再试") from wrong
    missing: list[str] = []
    for table in tables:
        for at, heading in enumerate(table[:HEADINGS_WITHIN]):
            places = _places(heading, columns)
            missing = [column.names[0] for key, column in columns.items() if column.required and key not in places]
            if places and not missing:
                return _rows(table, at, places)
            if len(places) > 1:
                raise BadInput(f"表头缺少：{'、'.join(missing)}")
    raise BadInput(f"没有找到表头。首行应有：{'、'.join(column.names[0] for column in columns.values() if column.required)}")


def _table(sheet: CalamineSheet) -> list[list[Any]]:
    """Every cell of a sheet, merged ones filled in as ``read`` says."""
    table = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if bottom >= len(table) or left >= len(table[top]):
            continue
        if right > left and _is_banner(table[top]):
            table[top] = [""] * len(table[top])
            continue
        for line in range(top + 1, bottom + 1):
            table[line][left] = table[top][left]
    return table


def _is_banner(cells: list[Any]) -> bool:
    """Is there but one thing in the row?"""
    return sum(cell != "" for cell in cells) == 1


def _rows(table: list[list[Any]], heading: int, places: dict[str, int]) -> list[Row]:
    rows = []
    for line, cells in enumerate(table[heading + 1 :], heading + 2):
        row = Row(line, {key: cells[at] if at < len(cells) else None for key, at in places.items()})
        if any(row.text(key) for key in places):
            rows.append(row)
        if len(rows) > MOST_ROWS:
            raise BadInput(f"一次最多导入{MOST_ROWS:,}行，请分开导入")
    if not rows:
        raise BadInput("表中没有数据行")
    return rows


def _places(heading: list[Any], columns: Mapping[str, Column]) -> dict[str, int]:
    """Where each column stands, by its heading without gaps and marks."""
    found: dict[str, int] = {}
    for at, cell in enumerate(heading):
        words = re.sub(r"[\s*＊:：（(].*$", "", unicodedata.normalize("NFKC", str(cell or "")).strip())
        for key, column in columns.items():
            if words in column.names and key not in found:
                found[key] = at
    return found


def _check_size(content: bytes) -> None:
    """BadInput for what is no .xlsx, and for one that unpacks to more than it says or than is sane."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            left = MOST_UNPACKED
            for entry in archive.infolist():
                with archive.open(entry) as member:
                    while chunk := member.read(min(1 << 20, left + 1)):
                        left -= len(chunk)
                        if left < 0:
                            raise BadInput("文件展开后过大，请分开导入")
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as wrong:
        raise BadInput("文件不是有效的.xlsx，请用表格软件另存为.xlsx后再试") from wrong
