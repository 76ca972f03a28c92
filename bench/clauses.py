"""What reading official sentences costs as the text and the register grow.

``ten_times_text``: the time of ten times the text ÷ the time of the text; ``ten_times_register``: the same for the register, once it is
known; ``ten_times_odd``: the worst of texts that are no texts, one piece over and over. A page is 2,000 characters, a register 60 units.
"""

import gc
import time
from collections.abc import Callable
from datetime import date
from statistics import median

from bench.result import Result
from coordination.clauses import Entry, read
from coordination.clauses.names import index
from models.calendar import Calendar

PAGE, UNITS, ROUNDS = 2_000, 60, 15
ON = date(2026, 3, 5)
CALENDAR = Calendar(frozenset({2026}))
GOALS = {"ten_times_text": "<=12", "ten_times_odd": "<=20"}
ODD = ("\n", "由", "的", "（", "6月", "县商务局\t", "由县商务局", "（县商务局牵头）", "第1项由县商务局负责，", "议题")
FIELDS = [
    "市场监督管理",
    "发展和改革",
    "商务",
    "教育",
    "公安",
    "司法",
    "财政",
    "住房和城乡建设",
    "交通运输",
    "文化和旅游",
    "卫生健康",
    "农业农村",
    "体育",
    "民政",
    "自然资源",
]
SENTENCES = (
    "由县市场监管局牵头，县教育局、县文旅局配合，于9月底前完成预付式消费备案。",
    "会议听取了县商务局关于预付卡治理情况的汇报。会议认为，消费维权工作取得了积极进展，但仍存在部门协同不够等问题。",
    "加强校外培训预收费监管，实行资金专户管理。（责任单位：县教育局、县市场监管局，第一位为牵头单位；完成时限：6月30日前）",
    "为进一步优化消费环境，按照省、市统一部署，结合我县实际，各成员单位要压实责任，每月5日前报送工作进展。",
    "请县财政局会后10个工作日内落实工作经费，县司法局配合做好合同文本审查。",
)


def run() -> list[Result]:
    """Measure in this process; no database takes part."""
    text, register = _text(PAGE), _register(UNITS)
    ways = {"page": (text, register), "ten_pages": (text * 10, register), "ten_registers": (text, _register(UNITS * 10))}
    works: dict[str, Callable[[], object]] = {name: _work(*given) for name, given in ways.items()}
    for work in works.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(_seconds(work))
    page = median(times["page"])
    ratios = {"ten_times_text": median(times["ten_pages"]) / page, "ten_times_register": median(times["ten_registers"]) / page}
    ratios["ten_times_odd"] = max(_growth(piece, register) for piece in ODD)
    index.cache_clear()
    figures = {"milliseconds_page": 1000 * page, "milliseconds_page_and_new_register": 1000 * _seconds(works["page"])}
    return [Result("clauses", None, ratios, GOALS, {**figures, "characters": PAGE, "units": UNITS})]


def _growth(piece: str, register: tuple[Entry, ...]) -> float:
    """The time of ten pages of the piece ÷ the time of one; the least of several, for what disturbs only adds."""
    pages = [_work(piece * (length // len(piece)), register) for length in (PAGE, PAGE * 10)]
    one, ten = (min(_seconds(page) for _ in range(3)) for page in pages)
    return ten / one


def _work(text: str, register: tuple[Entry, ...]) -> Callable[[], object]:
    return lambda: read(text, register, ON, CALENDAR)


def _text(length: int) -> str:
    whole = "\n".join(SENTENCES) + "\n"
    return (whole * (length // len(whole) + 1))[:length]


def _register(units: int) -> tuple[Entry, ...]:
    """The bureaus the text speaks of, then those of other counties."""
    counties = ["示例县", *(f"乙{chr(0x4E00 + number)}县" for number in range(2, units // len(FIELDS) + 1))]
    return tuple(
        Entry(f"{county}{field}局", (f"{county[-1]}{field}局",) if county == "示例县" else ()) for county in counties for field in FIELDS
    )


def _seconds(work: Callable[[], object]) -> float:
    """Of the processor, for other work on the machine says nothing about this."""
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun
