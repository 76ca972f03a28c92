"""What an official paper costs against a bare script that writes the same words, and as it grows.

``minutes_to_bare``: the time of minutes of 20 items on 10 pages as GB/T 9704 wants them ÷ that of a plain python-docx script which adds the
same paragraphs and the same table of the 版记 to the library's own template and saves them. ``per_item_200_to_20``: the time an item takes
in minutes of 200 ÷ in minutes of 20. Taking turns, in this process; medians of the processor's time. No database takes part.
"""

import gc
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from statistics import median

import docx

from bench.result import Result
from coordination.documents.decisions import Decision
from coordination.documents.fonts import DEFAULT
from coordination.documents.minutes import build
from coordination.documents.paper import Attendance, MinutesPaper, Section

ITEMS, MANY, ROUNDS = 20, 200, 15
GOALS = {"minutes_to_bare": "<=1.2", "per_item_200_to_20": "<=1.5"}
DAY = date(2026, 7, 3)
UNITS = "县市场监管局、县发改局、县教育局、县公安局、县司法局、县财政局、县建设局、县交通局、县商务局、县文旅局、县卫生健康局、县体育局"
SAID = "会议指出，今年以来全县共接到此类投诉37件，比上年同期增加26件，主要集中在校外培训、体育健身和美容美发行业。"
AGREED = (
    Decision("由县商务局牵头，县文旅局配合，于9月底前完成备案", "县商务局", ("县文旅局",), "2026年9月30日"),
    Decision("开展专项检查", "县教育局", ("县公安局",), "2026年10月31日", "检查情况通报"),
)


def run() -> Result:
    """Measure in this process."""
    few, many = _paper(ITEMS), _paper(MANY)
    lines, rows = _words(build(few, DEFAULT))
    works: dict[str, Callable[[], object]] = {
        "minutes": lambda: build(few, DEFAULT),
        "bare": lambda: _bare(lines, rows),
        "many": lambda: build(many, DEFAULT),
    }
    for work in works.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(_seconds(work))
    seconds = {name: median(taken) for name, taken in times.items()}
    ratios = {
        "minutes_to_bare": seconds["minutes"] / seconds["bare"],
        "per_item_200_to_20": (seconds["many"] / MANY) / (seconds["minutes"] / ITEMS),
    }
    figures = {f"milliseconds_{name}": 1000 * taken for name, taken in seconds.items()}
    return Result("documents", None, ratios, GOALS, figures | {"items": ITEMS, "items_many": MANY, "paragraphs": len(lines)})


def _paper(items: int) -> MinutesPaper:
    sections = tuple(Section(f"关于第{at}项重点领域消费纠纷源头治理的议题", (SAID,), AGREED) for at in range(1, items + 1))
    return MinutesPaper(
        mark="示例县消费者权益保护工作联席会议纪要",
        number="〔2026〕3号",
        issuer="示例县市场监督管理局",
        issued_on=DAY,
        title="示例县消费者权益保护工作联席会议2026年第2次会议纪要",
        opening="2026年6月30日上午，召集人在县市场监管局三楼会议室主持召开会议。现将会议情况和议定事项纪要如下：",
        sections=sections,
        present=tuple(Attendance(unit, "张某（副局长）") for unit in UNITS.split("、")),
        copies_to="各成员单位",
        printed_by="示例县市场监督管理局",
        printed_on=DAY,
        author="示例县市场监督管理局",
    )


def _words(file: bytes) -> tuple[list[str], list[str]]:
    """The paragraphs and the rows of the table of a .docx."""
    document = docx.Document(BytesIO(file))
    return [one.text for one in document.paragraphs], [row.cells[0].text for table in document.tables for row in table.rows]


def _bare(lines: list[str], rows: list[str]) -> bytes:
    """The same words with the library alone, as somebody would write them who knows nothing of the standard."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    table = document.add_table(rows=len(rows), cols=1)
    for row, words in zip(table.rows, rows, strict=True):
        row.cells[0].text = words
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _seconds(work: Callable[[], object]) -> float:
    """Of the processor, for other work on the machine says nothing about this."""
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun
