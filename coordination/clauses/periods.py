"""Days and the ends of periods, as official papers name them: 6月30日, 本月底, 三季度, 下半年, “十五五”末."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from coordination.clauses.numerals import NUMBER, number, year_of
from coordination.clauses.verbs import VERBS
from models.calendar import Calendar

DATE, PERIOD_END, WORKING_DAYS = "date", "period_end", "working_days_after_meeting"
RECURRING, NEXT_MEETING, IMMEDIATE, NONE = "recurring", "before_next_meeting", "immediate", "none"
DAYS = frozenset({DATE, PERIOD_END, WORKING_DAYS, NEXT_MEETING})  # limits that come on a day
PAST = "past"  # no limit but a day that is over: what stands with it is told
MONTHS = 12


@dataclass(frozen=True)
class Due:
    """A limit at [start, end) of the plain text. ``value``: an ISO date, a rhythm such as monthly-05, next_meeting, or None.

    ``doubt`` says in words why it must be looked at; ``is_plain``: it is a limit wherever it stands, not only where one is expected.
    ``rank``: of two in one clause the higher counts.
    """

    start: int
    end: int
    kind: str
    value: str | None = None
    doubt: str = ""
    is_plain: bool = True
    rank: int = 5
    is_over: bool = False


_N = NUMBER
_Y = r"(?:(?P<year>(?:20\d\d|[二2][〇○零0oO][〇○零一二三四五六七八九]{2})年|今年|本年度?|当年|明年|来年|次年|后年)(?:的)?)?"
_BEFORE = (
    r"(?:（[^（）\n]{1,8}）)?(?:当[天日])?(?:周[一二三四五六日])?(?:上午|下午|中午|下班|晚)?(?:\d{1,2}(?:[：:]\d\d|[时点]))?(?:之前"
    r"|以前|前(?![往来去])|止|之内|以内|内|底前)?"
)
_DAY = re.compile(rf"{_Y}(?P<month>{_N})月(?:份)?(?P<day>{_N})(?:[日号]|(?=前(?![往来去])|之前|以前))(?P<tail>{_BEFORE})")
_ISO = re.compile(rf"(?P<year>20\d\d)[-./](?P<month>\d{{1,2}})[-./](?P<day>\d{{1,2}})(?!\d)(?P<tail>{_BEFORE})")
_DAY_OF_MONTH = re.compile(rf"(?P<which>本月|当月|下个?月|次月)(?:的)?(?P<day>{_N})[日号](?P<tail>{_BEFORE})")
_MONTH = re.compile(rf"{_Y}(?P<month>{_N})月(?:份)?(?P<part>底|末|上旬|中旬|下旬|月底|初)?(?P<tail>(?:之前|以前|前|止|之内|以内|内)?)")
_MONTH_END = re.compile(r"(?P<which>本月|当月|这个月|下个?月|次月)?(?P<part>月?底|月?末|上旬|中旬|下旬|内)(?P<tail>(?:之前|以前|前|止)?)")
_QUARTER = re.compile(rf"{_Y}(?:(?P<which>本|下)季度?|第?(?P<quarter>[一二三四1-4])季度)(?P<part>末|底|内)?(?P<tail>(?:之前|以前|前|止)?)")
_HALF = re.compile(rf"{_Y}(?P<half>[上下])半年(?P<part>末|底|内)?(?P<tail>(?:之前|以前|前)?)")
_YEAR = re.compile(rf"{_Y}(?P<part>年?底|年?末|年内|内|之内|以内)?(?P<tail>(?:之前|以前|前(?![一两三几]|\d)|止)?)")
_WEEK = re.compile(
    r"(?P<which>本|这|下)?(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])(?P<tail>(?:下班|上午|下午|中午)?(?:之前|以前|前)?)"
)
_PLAN = re.compile(
    r"(?:[三五]年)(?:行动|计划|规划)(?:方案|计划)?(?:（[^（）]{0,14}）)?》?(?P<tail>结束(?:之前|前|时)?|末|期末|期内|期间|完成时)"
)
PLAN_YEARS = re.compile(r"(?P<from>20\d\d)年?(?:-|--|至|到)(?P<to>20\d\d)年")
DOING = re.compile(
    rf"(?:份|，)?(?:全面|全部|基本|全县|集中|正式|联合|统一|开始|分批|陆续|率先|再|前后|现场|免费)*(?:{VERBS}|下班|由|定稿|挂牌|揭牌|投用|见效|完工|竣工|交付|报|结束|见|到位|举行|落成|揭牌|在|于)"
)
_THIS_YEAR, _REACHES = ("今年", "本年", "本年度", "当年"), re.compile("[^，。；]{0,4}(?:完成|建成|实现|达到|新增)")


@dataclass(frozen=True)
class Setting:
    """What limits are read by: the meeting's day, the working calendar, the last year of the plan the text is of (0: none), and the later
    year that the sentence has named before (0: none)."""

    on: date
    calendar: Calendar
    plan: int = 0
    year: int = 0


def single(text: str, at: int, setting: Setting) -> Due | None:
    """The one day or end of a period that begins at ``at``; None where none does."""
    for pattern, reader in _READERS:
        found = pattern.match(text, at)
        if found and found.end() > at:
            one = reader(found, setting)
            if one:
                return one
    return None


def _read_day(found: re.Match[str], setting: Setting) -> Due | None:
    month, day = number(found["month"]), number(found["day"])
    if month is None or day is None or not 1 <= month <= MONTHS or not 1 <= day <= 31:
        return Due(found.start(), found.end(), NONE, None, "日期无法识别") if found["tail"] else None
    told = year_of(found["year"], setting.on) or setting.year
    value, is_impossible = day_of(told or setting.on.year, month, day)
    doubt = f"{month}月没有{day}日，按月末日读" if is_impossible else ""
    is_limit = bool(re.search("[前内止底]|下班", found["tail"]))  # an hour alone is when something is or was
    if not told and value < setting.on and is_limit:
        value, _ = day_of(setting.on.year + 1, month, day)
        doubt = doubt or _far(value, setting)
    return Due(found.start(), found.end(), DATE, value.isoformat(), doubt, is_limit)


def _read_day_of_month(found: re.Match[str], setting: Setting) -> Due | None:
    day = number(found["day"])
    if day is None or not 1 <= day <= 31:
        return None
    value, is_impossible = day_of(*_month(found["which"], setting), day)
    return Due(found.start(), found.end(), DATE, value.isoformat(), f"该月没有{day}日，按月末日读" if is_impossible else "")


def _month(which: str | None, setting: Setting) -> tuple[int, int]:
    months = setting.on.year * MONTHS + setting.on.month - 1 + bool(which and which[0] in "下次")
    return months // MONTHS, months % MONTHS + 1


def _read_month(found: re.Match[str], setting: Setting) -> Due | None:
    month, part = number(found["month"]), found["part"] or ""
    if month is None or not 1 <= month <= MONTHS:
        return Due(found.start(), found.end(), NONE, None, "月份无法识别") if part else None
    told = year_of(found["year"], setting.on) or setting.year
    value = _part(told or setting.on.year, month, part)
    doubt = ""
    if not told and value < setting.on and not part and not found["tail"]:
        return Due(found.start(), found.end(), PERIOD_END, None, rank=-1)  # 6月抽查发现: the June that is over
    if not told and value < setting.on:
        value = _part(setting.on.year + 1, month, part)
        doubt = _far(value, setting)
    is_open = not part and found["tail"] in ("前", "之前", "以前")
    if is_open or part == "初":  # 6月前: does it include June? That is asked, not guessed.
        return Due(found.start(), found.end(), PERIOD_END, None, f"“{found[0]}”是否含当月不明，请填写日期")
    return Due(found.start(), found.end(), PERIOD_END, value.isoformat(), doubt, bool(part or found["tail"]))


def _read_month_end(found: re.Match[str], setting: Setting) -> Due | None:
    which, part = found["which"], found["part"]
    if not which and part not in ("月底", "月末"):
        return None
    return Due(found.start(), found.end(), PERIOD_END, _part(*_month(which, setting), part).isoformat())


def _read_quarter(found: re.Match[str], setting: Setting) -> Due | None:
    told = year_of(found["year"], setting.on)
    now = (setting.on.month - 1) // 3 + 1
    quarter = now + (found["which"] == "下") if found["which"] else number(found["quarter"]) or 0
    value = _part((told or setting.year or setting.on.year) + quarter // 5, (quarter - 1) % 4 * 3 + 3, "")
    return Due(found.start(), found.end(), PERIOD_END, value.isoformat(), "", bool(found["part"] or found["tail"] or told))


def _read_half(found: re.Match[str], setting: Setting) -> Due | None:
    told = year_of(found["year"], setting.on) or setting.year or setting.on.year
    return Due(found.start(), found.end(), PERIOD_END, _part(told, 6 if found["half"] == "上" else 12, "").isoformat())


def _read_year(found: re.Match[str], setting: Setting) -> Due | None:
    told, part = year_of(found["year"], setting.on), found["part"] or ""
    if not told and part not in ("年底", "年末", "年内"):
        return None
    if told and not part and found["tail"] in ("前", "之前", "以前"):
        return Due(found.start(), found.end(), PERIOD_END, None, f"“{found[0]}”是否含当年不明，请填写日期")
    if found["year"] in _THIS_YEAR and not part and not found["tail"] and not _REACHES.match(found.string, found.end()):
        return None
    is_limit = (
        part or re.search(r"[到至]$", found.string[max(0, found.start() - 1) : found.start()]) or DOING.match(found.string, found.end())
    )
    return (
        Due(found.start(), found.end(), PERIOD_END, date(told or setting.year or setting.on.year, 12, 31).isoformat()) if is_limit else None
    )


def _read_week(found: re.Match[str], setting: Setting) -> Due | None:
    if not found["which"] and not found["tail"]:
        return None
    day = min("一二三四五六日".find(found["day"].replace("天", "日").replace("末", "日")), 6)
    value = setting.on + timedelta(days=day - setting.on.weekday() + 7 * (found["which"] == "下"))
    if value < setting.on and not found["which"]:
        value += timedelta(days=7)
    return Due(found.start(), found.end(), DATE, value.isoformat())


def _read_this_week(found: re.Match[str], setting: Setting) -> Due | None:
    value = setting.on + timedelta(days=6 - setting.on.weekday() + 7 * (found[0][0] == "下"))
    return Due(found.start(), found.end(), PERIOD_END, value.isoformat())


def _read_today(found: re.Match[str], setting: Setting) -> Due | None:
    days = {"今": 0, "明": 1, "后": 2}[found[0][0]]
    return Due(found.start(), found.end(), DATE, (setting.on + timedelta(days=days)).isoformat())


def _read_plan(found: re.Match[str], setting: Setting) -> Due | None:
    if not setting.plan:
        return Due(found.start(), found.end(), PERIOD_END, None, "没有写明行动的起止年份，请填写日期")
    return Due(found.start(), found.end(), PERIOD_END, date(setting.plan, 12, 31).isoformat())


def _read_plan_years(found: re.Match[str], setting: Setting) -> Due | None:
    return Due(found.start(), found.end(), PERIOD_END, date(int(found["to"]), 12, 31).isoformat(), rank=3)


def _read_five_years(found: re.Match[str], setting: Setting) -> Due | None:
    ends = {"四": 2025, "五": 2030, "六": 2035}
    return Due(found.start(), found.end(), PERIOD_END, date(ends[found["plan"]], 12, 31).isoformat())


_READERS = (
    (PLAN_YEARS, _read_plan_years),
    (_DAY, _read_day),
    (_ISO, _read_day),
    (_DAY_OF_MONTH, _read_day_of_month),
    (_MONTH, _read_month),
    (_MONTH_END, _read_month_end),
    (_QUARTER, _read_quarter),
    (_HALF, _read_half),
    (re.compile(r"“?十(?P<plan>[四五六])五”?(?:规划)?(?:末|期末|期间|时期)"), _read_five_years),
    (_WEEK, _read_week),
    (re.compile(r"(?:本|这|下)(?:个)?(?:周|星期)(?:内|之内|以内)"), _read_this_week),
    (re.compile(r"[今明后](?:天|日)(?:上午|下午|下班|中午)?(?:之前|以前|前|内)"), _read_today),
    (_PLAN, _read_plan),
    (_YEAR, _read_year),
)


def _part(year: int, month: int, part: str) -> date:
    """The last day of a month, or of its first or second third."""
    return date(year, month, {"上旬": 10, "中旬": 20}.get(part, monthrange(year, month)[1]))


def day_of(year: int, month: int, day: int) -> tuple[date, bool]:
    """The day, and whether the month has none of that number: then it is the month's last."""
    last = monthrange(year, month)[1]
    return date(year, month, min(day, last)), day > last


def _far(value: date, setting: Setting) -> str:
    """A month just past is read as next year's, and that is said."""
    return f"已过今年该月，按{value.year}年读" if (value - setting.on).days > 270 else ""
