"""Tables that are looked at before they are taken in: upload → 核对 → import. What such pages of every feature share.

Between looking and importing the bytes lie aside, under a seal that only the person who uploaded them can bring back.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO

from flask import send_file
from flask_wtf.file import FileField, FileRequired, FileSize
from werkzeug.wrappers import Response
from wtforms import HiddenField

from coordination import attachments, crypto, sheets
from coordination.access import actor
from coordination.forms import Form, Required
from coordination.sheets import Column, Preview

ASIDE_FOR = timedelta(days=1)  # a table looked at and not imported by then is looked at again
MOST_TABLE = 10 * 1024 * 1024
SHOWN = 200  # lines of a table shown; the rest is counted
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Table(Form):
    """A table to be checked before it is imported."""

    file = FileField(
        "表格文件",
        [FileRequired("请选择表格文件"), FileSize(MOST_TABLE, message="文件超过10MB，请分开导入")],
        render_kw={"accept": ".xlsx"},
    )


class Checked(Form):
    """The table once more, now that it was looked at: where it is kept, signed, and what it is."""

    digest = HiddenField("文件", [Required()])
    seal = HiddenField("签记", [Required()])


def set_aside(content: bytes, now: datetime) -> dict[str, str]:
    """Keep what was looked at until it is taken in or a day has passed; what the ``Checked`` form brings back."""
    attachments.clear_aside(now - ASIDE_FOR)
    digest = attachments.set_aside(content, now)
    return {"digest": digest, "seal": _seal(digest)}


def kept(form: Checked) -> bytes | None:
    """The bytes that were looked at by this person; None when they are gone or the seal is not ours."""
    digest = form.digest.data or ""
    if not hmac.compare_digest(_seal(digest), form.seal.data or ""):
        return None
    return attachments.aside(digest)


def lines(preview: Preview) -> list[tuple[int, str, str]]:
    """(line, what becomes of it, words), those that cannot be taken first."""
    wrong = [(line, "不能导入", why) for line, why in preview.problems]
    fresh = [(line, "新增", words) for line, words in preview.fresh]
    changed = [(line, "更改", words) for line, words in preview.changed]
    return [*wrong, *fresh, *changed, *((line, "已有，不重复导入", "") for line in preview.known)]


def table_file(content: bytes, name: str) -> Response:
    """A table as a download."""
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")


def blank(title: str, columns: Mapping[str, Column]) -> Response:
    """An empty table with these columns."""
    return table_file(sheets.write(title, [column.names[0] for column in columns.values()], ()), title)


def refused_rows(content: bytes, columns: Mapping[str, Column], preview: Preview) -> Response:
    """The lines that cannot be taken, as they stand in the table, with their number and reason."""
    why = dict(preview.problems)
    rows = [row for row in sheets.read(content, columns) if row.line in why]
    told = [(str(row.line), why[row.line], *(row.as_written(key) for key in columns)) for row in rows]
    headings = ["行", "不能导入的原因", *(column.names[0] for column in columns.values())]
    return table_file(sheets.write("不能导入的行", headings, told), "不能导入的行")


def _seal(digest: str) -> str:
    return crypto.keyed_hash("table", f"{actor().person_id}:{digest}")
