"""What taking in an export of 100,000 rows costs against the least it could: reading the file and writing rows that are ready.

``to_bare``: wall time of the import as ``./run cli complaints import`` does it (reading, matching, masking, sealing, clocks, everything a
later page needs) ÷ a calamine read of the same file and an ``executemany`` of the very rows it wrote into the same empty tables with the
same indexes, a thousand rows to a transaction. The two take turns batch by batch, so that what else the machine does falls on both.
"""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, create_engine

from bench._databases import on_both
from bench.result import Result
from coordination import clock
from coordination.app import create_app
from coordination.complaints import reading
from coordination.complaints.importing import Import
from coordination.config import Config
from coordination.permissions import OPERATOR
from coordination.settings import schema
from coordination.settings.service import load_defaults
from coordination.transaction import engine_options, prepare_engine, transaction
from models.base import db

ROWS = 100_000
TABLES = {"complaint": "id", "complaint_key": "complaint_id", "complaint_slice": "batch"}  # with the column that grows from batch to batch
GOALS = {"to_bare": "<=3"}
HEADS = (
    *("登记编号", "类型", "接收方式", "企业名称", "企业地址", "诉求内容", "问题类别", "事发地", "具体问题", "初查受理状态", "处理机构"),
    *("处理部门", "反馈内容"),
)
STORIES = (
    "消费者称于上月在该店购买一台电饭煲，使用一周后不再加热，多次联系商家要求更换，商家称须自费寄回原厂检测，拒绝按三包规定处理。",
    "办理健身年卡后门店突然停业，会籍顾问失联，要求退还剩余会费。多名会员情况相同，门口贴有装修通知但无人施工。",
    "网购的被套标称纯棉，收到后标签为聚酯纤维，与商品详情页不符，要求退货退款并承担来回运费，商家以已拆封为由拒绝。",
    "就餐时菜中有异物，服务员只同意换菜，要求退还餐费并按食品安全法赔偿。有照片为证。",
)


def run() -> list[Result]:
    """Measure on SQLite, and on PostgreSQL where it is installed."""
    content = _file()
    return on_both("import", ("ours", "bare"), lambda database, folder, ours, bare: _measure(database, folder, content, ours, bare))


def _file() -> bytes:
    """An export: 13 columns, as many words as such cells have."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, head in enumerate(HEADS):
            sheet.write_string(0, at, head)
        for line in range(1, ROWS + 1):
            kind = ("投诉", "举报", "咨询")[line % 3]
            shop, street = f"示例商店{line % 7919}号", f"城东街道人民路{line % 211}号"
            story = f"{STORIES[line % len(STORIES)]}涉及金额{line % 997}元，订单{line:09}。"
            cells = (f"88{line:012}", kind, "全国12315平台", shop, street, "退货,更换", "其他投诉问题", "城东街道", story, "已受理")
            for at, cell in enumerate((*cells, "县市场监管局", "城东所", "双方达成一致，退款。")):
                sheet.write_string(line, at, cell)
    return content.getvalue()


def _measure(database: str, folder: Path, content: bytes, ours_url: str, bare_url: str) -> Result:
    app = _made(folder / "ours", ours_url)
    _made(folder / "bare", bare_url)
    engine = create_engine(bare_url, **engine_options(bare_url))
    prepare_engine(engine)
    seconds = {"ours": 0.0, "bare": 0.0}
    with app.app_context():
        with _counted(seconds, "bare"):
            CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
        with _counted(seconds, "ours"):
            running = Import(reading.read("export.xlsx", content, {}), {}, clock.now())
        written = dict.fromkeys(TABLES, 0)
        for batch in running.batches():
            with _counted(seconds, "ours"), transaction() as session:
                running.take(session, actor=OPERATOR, batch=batch)
            rows = {table: _newer(table, written) for table in TABLES}
            with _counted(seconds, "bare"):
                _write(engine, rows)
        if running.result.created != ROWS:
            raise RuntimeError(f"{running.result.created} rows were taken in, not {ROWS}")
        db.session.remove()
        db.engine.dispose()
    engine.dispose()
    figures = {
        "seconds": seconds["ours"],
        "seconds_bare": seconds["bare"],
        "rows_per_second": ROWS / seconds["ours"],
        "megabytes_most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    name = f"to_bare_{database}"
    return Result("import", database, {name: seconds["ours"] / seconds["bare"]}, {name: GOALS["to_bare"]}, figures)


def _made(folder: Path, url: str) -> Flask:
    folder.mkdir()
    app = create_app(Config(instance=folder, database_url=url, secret_key="secret-of-the-bench", data_key="data-of-the-bench"))
    with app.app_context():
        schema.upgrade(db.engine)
        with transaction() as session:
            load_defaults(session, clock.now())
        db.session.remove()
        db.engine.dispose()
    return app


@contextmanager
def _counted(seconds: dict[str, float], whose: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    seconds[whose] += time.perf_counter() - begun


def _newer(table: str, written: dict[str, int]) -> tuple[list[str], list[Any]]:
    """The columns of a table and the rows that the last batch put into it, as the driver gives them."""
    raw = db.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute(f'SELECT * FROM "{table}" WHERE {TABLES[table]} > {written[table]}')
    names, rows = [column[0] for column in cursor.description or ()], cursor.fetchall()
    at = names.index(TABLES[table])
    written[table] = max(row[at] for row in rows)
    raw.close()
    return names, rows


def _write(engine: Engine, rows: dict[str, tuple[list[str], list[Any]]]) -> None:
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    with engine.begin() as connection:
        cursor = connection.connection.cursor()
        for table, (names, found) in rows.items():
            quoted, marks = ", ".join(f'"{name}"' for name in names), ", ".join([mark] * len(names))
            cursor.executemany(f'INSERT INTO "{table}" ({quoted}) VALUES ({marks})', found)
