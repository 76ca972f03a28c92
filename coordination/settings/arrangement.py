"""One year's holiday arrangement as a file (JSON): read, checked day by day, and compared with what is loaded.

The form is {"year": 2026, "papers": [address], "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}, …]}: the days that
differ from their weekday, off or worked to make up. The arrangement of a year may set days of the December before it.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from models.calendar import WEEKDAYS
from models.errors import BadInput
from models.text import clean_text

MOST_BYTES = 200_000
MOST_DAYS = 120
MOST_REASONS = 20
FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")  # 全国年节及纪念日放假办法 (2024-11-10)

Said = tuple[bool, str]  # is it off, the holiday's name


class BadArrangement(BadInput):
    """The file cannot be loaded; ``reasons`` says for each thing why."""

    def __init__(self, *reasons: str) -> None:
        more = f"；另有{len(reasons) - MOST_REASONS}处" if len(reasons) > MOST_REASONS else ""
        self.reasons = reasons[:MOST_REASONS]
        super().__init__("；".join(self.reasons) + more)


@dataclass(frozen=True)
class Arrangement:
    """What the file says: the year, where it was read, and each day that differs from its weekday."""

    year: int
    source: str
    days: dict[date, Said]

    @property
    def off(self) -> int:
        """How many days are off."""
        return sum(is_off for is_off, _ in self.days.values())

    @property
    def made_up(self) -> int:
        """How many weekend days are worked."""
        return len(self.days) - self.off

    @property
    def doubts(self) -> list[str]:
        """What is odd though not wrong, for a person to judge: a festival that is not named."""
        names = "、".join(name for _, name in self.days.values())
        missing = [festival for festival in FESTIVALS if festival.removesuffix("节") not in names]
        return [f"文件中没有{'、'.join(missing)}，请核对是否完整"] if missing else []


@dataclass(frozen=True)
class Difference:
    """One day that the file sets otherwise than the calendar loaded. None: as its weekday says."""

    day: date
    before: Said | None
    after: Said | None


def read(content: bytes | str) -> Arrangement:
    """The arrangement in this file. BadArrangement with every reason why it cannot be loaded."""
    data = _decoded(content)
    year = data.get("year")
    if isinstance(year, bool) or not isinstance(year, int) or not 2000 <= year <= 2100:
        raise BadArrangement("year应为四位年份，如2027")
    days = data.get("days")
    if not isinstance(days, list) or not days:
        raise BadArrangement(f"days为空：{year}年的安排可能尚未公布，不能导入")
    if len(days) > MOST_DAYS:
        raise BadArrangement(f"days有{len(days)}条，最多{MOST_DAYS}条")
    found: dict[date, Said] = {}
    reasons: list[str] = []
    for place, entry in enumerate(days, 1):
        try:
            day, said = _day(entry, year)
            if day in found:
                raise BadInput(f"{day}重复")
            found[day] = said
        except BadInput as wrong:
            reasons.append(f"第{place}条：{wrong.message}")
    if reasons:
        raise BadArrangement(*reasons)
    return Arrangement(year, _source(data), dict(sorted(found.items())))


@dataclass(frozen=True)
class Festival:
    """One holiday of a year: the stretches of days off, first and last day each, and the weekend days worked for it."""

    name: str
    off: list[tuple[date, date]]
    made_up: list[date]

    @property
    def days_off(self) -> int:
        """How many days are off."""
        return sum((last - first).days + 1 for first, last in self.off)


def festivals(days: dict[date, Said]) -> list[Festival]:
    """The days of a year by holiday, in the order of their first day off."""
    found: dict[str, Festival] = {}
    for day, (is_off, name) in sorted(days.items()):
        festival = found.setdefault(name, Festival(name, [], []))
        if not is_off:
            festival.made_up.append(day)
        elif festival.off and day - festival.off[-1][1] == timedelta(days=1):
            festival.off[-1] = (festival.off[-1][0], day)
        else:
            festival.off.append((day, day))
    return sorted(found.values(), key=lambda festival: festival.off[0] if festival.off else (festival.made_up[0],))


def differences(arrangement: Arrangement, loaded: dict[date, Said]) -> list[Difference]:
    """Every day on which the file and what is loaded for its year disagree, in order."""
    days = sorted({*arrangement.days, *loaded})
    changed = (Difference(day, loaded.get(day), arrangement.days.get(day)) for day in days)
    return [difference for difference in changed if difference.before != difference.after]


def _decoded(content: bytes | str) -> dict[str, Any]:
    """The JSON object in the file."""
    if len(content) > MOST_BYTES:
        raise BadArrangement("文件过大，不是节假日安排")
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        data = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise BadArrangement("文件不是UTF-8编码的JSON，请用规定格式的文件") from wrong
    if not isinstance(data, dict):
        raise BadArrangement("文件内容应为含year和days的JSON对象")
    return data


def _source(data: dict[str, Any]) -> str:
    """The first paper the file names, if it names one."""
    papers = data.get("papers")
    first = papers[0] if isinstance(papers, list) and papers else ""
    return (clean_text(first) or "")[:300] if isinstance(first, str) else ""


def _day(entry: Any, year: int) -> tuple[date, Said]:
    """One entry of ``days``; BadInput says what is wrong with it."""
    if not isinstance(entry, dict):
        raise BadInput("应为含name、date、isOffDay的对象")
    day, name, is_off = _date(entry.get("date")), entry.get("name"), entry.get("isOffDay")
    if day.year != year and (day.year, day.month) != (year - 1, 12):
        raise BadInput(f"{day}不在{year}年")
    if not isinstance(name, str) or not clean_text(name) or len(name) > 40:
        raise BadInput("name应为节日名称，1至40字")
    if not isinstance(is_off, bool):
        raise BadInput("isOffDay应为true（放假）或false（上班）")
    if not is_off and day.weekday() < 5:
        raise BadInput(f"{day}是周{WEEKDAYS[day.weekday()]}，本来上班，不应列为调休上班")
    return day, (is_off, clean_text(name) or "")


def _date(given: Any) -> date:
    """A day written 2027-01-01, with nothing else around it."""
    if isinstance(given, str):
        with suppress(ValueError):
            day = date.fromisoformat(given)
            if day.isoformat() == given:
                return day
    raise BadInput("date应为2027-01-01这样的日期")
