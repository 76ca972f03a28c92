"""By when: the words of time of official papers, and the day or the rhythm they name."""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

from coordination.clauses.numerals import NUMBER, number, year_of
from coordination.clauses.rhythms import recurring
from coordination.clauses.verbs import VERBS
from models.calendar import Calendar
from models.errors import CalendarMissing

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
_AFTER_MEETING = r"(?:自)?(?:本次)?(?:会后|散会后|会议?结束(?:之)?后|会议(?:召开)?之?后|会议(?:召开|结束)?之日起)(?:的)?"
_DAY = re.compile(rf"{_Y}(?P<month>{_N})月(?:份)?(?P<day>{_N})(?:[日号]|(?=前(?![往来去])|之前|以前))(?P<tail>{_BEFORE})")
_ISO = re.compile(rf"(?P<year>20\d\d)[-./](?P<month>\d{{1,2}})[-./](?P<day>\d{{1,2}})(?!\d)(?P<tail>{_BEFORE})")
_DAY_OF_MONTH = re.compile(rf"(?P<which>本月|当月|下个?月|次月)(?:的)?(?P<day>{_N})[日号](?P<tail>{_BEFORE})")
_MONTH = re.compile(rf"{_Y}(?P<month>{_N})月(?:份)?(?P<part>底|末|上旬|中旬|下旬|月底|初)?(?P<tail>(?:之前|以前|前|止|之内|以内|内)?)")
_MONTH_END = re.compile(r"(?P<which>本月|当月|这个月|下个?月|次月)?(?P<part>月?底|月?末|上旬|中旬|下旬|内)(?P<tail>(?:之前|以前|前|止)?)")
_QUARTER = re.compile(rf"{_Y}(?:(?P<which>本|下)季度?|第?(?P<quarter>[一二三四1-4])季度)(?P<part>末|底|内)?(?P<tail>(?:之前|以前|前|止)?)")
_HALF = re.compile(rf"{_Y}(?P<half>[上下])半年(?P<part>末|底|内)?(?P<tail>(?:之前|以前|前)?)")
_YEAR = re.compile(rf"{_Y}(?P<part>年?底|年?末|年内|内|之内|以内)?(?P<tail>(?:之前|以前|前|止)?)")
_WEEK = re.compile(
    r"(?P<which>本|这|下)?(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])(?P<tail>(?:下班|上午|下午|中午)?(?:之前|以前|前)?)"
)
_PLAN = re.compile(r"(?:[三五]年)(?:行动|计划|规划)(?:方案)?(?P<tail>结束(?:之前|前|时)?|末|期末|期内|期间|完成时)")
_END_DAY = re.compile(rf"(?P<day>{_N})[日号](?:之前|前|止)?")
_RANGE = re.compile(r"(?:至|到|-|--)")
_PLAN_YEARS = re.compile(r"(?P<from>20\d\d)年?(?:-|--|至|到)(?P<to>20\d\d)年")
_FESTIVAL = re.compile(
    r"(?:(?:20\d\d年|今年|明年)?“?(?:春节|元旦|清明|五一|端午|中秋|国庆|十一|两节|双节|元宵|重阳|3·15|双十一|暑期|暑假|寒假|汛期|旅游旺季|旺季|秋季(?:学期)?开学|春季(?:学期)?开学|开学|节日|入冬|入汛)”?)"
    r"(?:节|旅游|销售)?(?:小?长?假期?|期间)?(?:来临|到来)?(?:之前|以前|前夕|前)(?!后)"
)
_SPAN = re.compile(rf"(?:{_N}|半)个?(?:工作日|小时|日|天|周|月|年)(?:之内|以内|内)")
_NOW = re.compile(r"立行立改|即知即改|立说立行|立查立改|边查边改|即查即改|第一时间|即日起|立即|马上|即刻|当即|即行")
_NEXT = re.compile(
    r"(?:下一?次|下一?届|下期|下一期|下个)[^，。；：\n]{0,12}?(?:会议|例会|联席会|办公会|调度会|专题会|会(?=之?前|以前))(?:召开)?(?:之前|以前|前|上|时|召开时)?"
)
_MEETING = re.compile(
    rf"{_AFTER_MEETING}(?:第)?(?:(?P<n>{_N}|半)个?(?P<unit>工作日|日|天|周|星期|礼拜|月)(?:之内|以内|内)?(?:之前|前)?|(?P<same>当天|当日|即日))"
)
# The first character of any expression, so that the grammar is tried where one can begin.
_START = re.compile(
    r"\d{1,4}(?:[年月日号个天周]|小时|工作日|[-./])|[〇○零一二三四五六七八九十廿两百]{1,5}(?:[年月日号个天周]|季度|工作日)|第[一二三四1-4一]|[1-4]季度|今[年天日]|本[年月周季次星]|当[年月天即]"
    r"|明[年天日]|来年|次[年月]|后[年天日]|年[底末内]|月[底末]|上半|下[半个一次月周届期季星]|[两双]节|每|逢|按[月季年周半]|逐|自[本会]|会[后议]|散会|[“春元清端中国重暑寒汛旅旺秋开入]|节[日前]"
    r"|十[一四五六][五前假“期]|五一|双十|3·|季度|月度|实行月|半[年个]|立|即|马上|边查|这[个周]|周[一二三四五六日]|星期|礼拜|[三五]年[行计规]"
)
_NO_LIMIT = re.compile(r"^(?:以来|起施行|起执行|起实施|起|施行|公布的|生效|出生|注册|成立|至今|召开的|发生|实施的|间|\.|次|件|起案)")
_NAMES_PLAN = re.compile("(?:对照|按照|根据|依据)[^，。；]{0,12}（$")
_MEETING_HELD = re.compile(r"[^。；\n]{0,60}(?:主持召开|会议?在[^，。；\n]{1,24}(?:召开|举行))")
_THIS_YEAR, _REACHES = ("今年", "本年", "本年度", "当年"), re.compile("[^，。；]{0,4}(?:完成|建成|实现|达到|新增)")
_IN_FORCE = re.compile("起(?:施行|实施|执行|生效|有效)?，?(?:有效期)?至?$")
_COLUMN = re.compile("[局委办所队处股室心会府院]$")  # a limit glued to the column of units before it
_ISSUED = re.compile("印发|下发")
_NOT_BEFORE = re.compile(
    r"(?:去|往|历|近|每|学|截至|截止|截止到|有效期至|有效期|有效期为|使用期限为|执行至|试行至|去年|上年|自|从|原定|将于|拟于|改至|改期至|顺延至|对照|按照|根据|依据)$"
)
_EXPECTED = re.compile(
    r"(?:于|在|到|至|最迟|至迟|不迟于|不晚于|不超过|截止|截至|时限|时间|期限|节点|时限：|时间：|期限：|节点：|进度："
    r"|为|（|）|\t|  | |，|^|力争|确保|争取|务必|请)$"
)
_DOING = re.compile(
    rf"(?:份|，)?(?:全面|全部|基本|全县|集中|正式|联合|统一|开始|分批|陆续|率先|再|前后|现场|免费)*(?:{VERBS}|下班|由|定稿|挂牌|揭牌|投用|见效|完工|竣工|交付|报|结束|见|到位|举行|落成|揭牌|在|于)"
)
_STOP = re.compile("[。\n]")
_COMPARED = re.compile("(?:从|由|较|比|均|达)(?:原来)?$")  # 从每月十来起降到两三起
_LATEST = re.compile(r"(?:最迟|至迟|不超过|不晚于|不迟于|确保)$")


@dataclass(frozen=True)
class Setting:
    """What limits are read by: the meeting's day, the working calendar, the last year of the plan the text is of (0: none), and the later
    year that the sentence has named before (0: none)."""

    on: date
    calendar: Calendar
    plan: int = 0
    year: int = 0


def dues(text: str, on: date, calendar: Calendar) -> list[Due]:
    """Every limit in a plain text, in order, none within another. Limits counted from other events are of kind none."""
    plan = [int(found["to"]) for found in _PLAN_YEARS.finditer(text)]
    setting, found, at = Setting(on, calendar, plan[-1] if plan else 0), list[Due](), 0
    while start := _START.search(text, at):
        if setting.year and _STOP.search(text, found[-1].end, start.start()):
            setting = replace(setting, year=0)
        one = _one(text, start.start(), setting)
        if one is None:
            at = _past_digits(text, start.end())  # the rest of a number begins nothing of its own
            continue
        found.append(one)
        if _year_told(text, one, on) > on.year:
            setting = replace(setting, year=_year_told(text, one, on))
        at = max(one.end, start.end())
    return [one for one in found if one.end > one.start and (one.rank >= 0 or one.kind == PAST)]


def _past_digits(text: str, at: int) -> int:
    while text[at - 1].isdecimal() and at < len(text) and text[at].isdecimal():
        at += 1
    return at


def _year_told(text: str, one: Due, on: date) -> int:
    """The year a limit names itself; 0 when it names none."""
    found = re.match(r"20\d\d|[明来次]年", text[one.start : one.end])
    return 0 if found is None else int(found[0]) if found[0].isdecimal() else on.year + 1


def _one(text: str, at: int, setting: Setting) -> Due | None:
    """The limit that begins here."""
    one = _after_meeting(text, at, setting) or _next_or_now(text, at)
    rhythm = None if one else recurring(text, at)
    if rhythm:
        end, value, doubt = rhythm
        if _COMPARED.search(text, max(0, at - 4), at):
            return Due(at, end, NONE, rank=-1)
        return Due(at, end, RECURRING if value else NONE, value, doubt, rank=4)
    festival = None if one else _FESTIVAL.match(text, at)
    if festival:
        return Due(at, festival.end(), NONE, None, "节假日前的日期请填写", rank=1)
    one = one or _dated(text, at, setting)
    span = None if one else _SPAN.match(text, at)
    if span:
        is_counted = re.search(r"之日起$|后$|次日起$", text[max(0, at - 4) : at])
        return Due(at, span.end(), NONE, None, "" if is_counted else "从哪一天起算没有写明，请填写日期", rank=1)
    return one


def _after_meeting(text: str, at: int, setting: Setting) -> Due | None:
    found = _MEETING.match(text, at)
    if found is None:
        return None
    if found["same"]:
        return Due(at, found.end(), DATE, setting.on.isoformat())
    n = 15 if found["n"] == "半" else number(found["n"])
    if n is None or n > 1000:
        return Due(at, found.end(), NONE, None, "期限无法识别")
    if found["unit"] == "工作日":
        try:
            return Due(at, found.end(), WORKING_DAYS, setting.calendar.shift(setting.on, n).isoformat())
        except CalendarMissing as missing:
            return Due(at, found.end(), WORKING_DAYS, None, f"{missing.year}年工作日历尚未导入")
    if found["unit"] == "月" and found["n"] != "半":
        months = setting.on.year * MONTHS + setting.on.month - 1 + n
        return Due(at, found.end(), DATE, _day(months // MONTHS, months % MONTHS + 1, setting.on.day)[0].isoformat())
    days = n * 7 if found["unit"] in ("周", "星期", "礼拜") else n
    return Due(at, found.end(), DATE, (setting.on + timedelta(days=days)).isoformat())


def _next_or_now(text: str, at: int) -> Due | None:
    found = _NEXT.match(text, at)
    if found:
        return Due(at, found.end(), NEXT_MEETING, "next_meeting")
    found = _NOW.match(text, at)
    if found and not (found[0] == "即日起" and text[found.end() : found.end() + 1] in ("至", "到")):
        return Due(at, found.end(), IMMEDIATE, rank=2)
    return None


def _dated(text: str, at: int, setting: Setting) -> Due | None:
    """A day or the end of a period; of a range, its last day."""
    one = _single(text, at, setting)
    if one is None:
        return None
    joined = _RANGE.match(text, one.end)
    if joined:
        last = _single(text, joined.end(), replace(setting, year=_year_told(text, one, setting.on) or setting.year))
        last = last or _same_month(one, _END_DAY.match(text, joined.end()))
        if last:
            one = replace(last, start=at, is_plain=True)
    return _judged(text, one, setting)


def _same_month(one: Due, found: re.Match[str] | None) -> Due | None:
    """The last day of 3月10日至20日."""
    day = number(found["day"]) if found else None
    if found is None or one.kind != DATE or one.value is None or day is None or not 1 <= day <= 31:
        return None
    first = date.fromisoformat(one.value)
    return replace(one, end=found.end(), value=_day(first.year, first.month, day)[0].isoformat())


def _judged(text: str, one: Due, setting: Setting) -> Due | None:
    """The limit, if what stands around it lets it be one; a day or period that is over is told, not set."""
    before, after = text[max(0, one.start - 5) : one.start], text[one.end : one.end + 6]
    if _NOT_BEFORE.search(before) and not (re.search(r"[自从]$", before) and _RANGE.search(text[one.start : one.end])):
        return replace(one, rank=-1)
    if _NAMES_PLAN.search(text, max(0, one.start - 18), one.start):
        return replace(one, rank=-1)
    if one.end - one.start > 1 and text[one.end - 1] == "止" and _IN_FORCE.search(text[max(0, one.start - 14) : one.start]):
        return replace(one, rank=-1)
    is_meeting = re.match(r"[^，。；\n]{0,30}(?:召开|开会)", text[one.end : one.end + 34]) and text[one.end - 1] not in "前内底"
    is_held = _MEETING_HELD.match(text, one.end)
    if is_held or (is_meeting and (before.endswith("定于") or after.startswith(("在", "于")))):
        return replace(one, rank=-1)
    if _NO_LIMIT.match(after) or (_ISSUED.match(after) and text[one.end - 1] not in "前内"):
        return replace(one, rank=-1)
    if one.value and one.value < setting.on.isoformat():
        if re.search("[前底末内]", text[one.start : one.end]):
            return replace(one, doubt=one.doubt or "时限早于会议日期", is_over=True)
        return replace(one, rank=-1, kind=PAST if one.kind == DATE else one.kind)
    if (
        not one.is_plain
        and not _DOING.match(after)
        and not (_EXPECTED.search(before) and re.match(r"$|[，。；、）\s]|完成", after))
        and not re.search(r"[于到至迟过]$", before)
        and not (_COLUMN.search(before) and re.match(r"$|\n", after))
    ):
        return replace(one, rank=-1)
    return replace(one, rank=7) if _LATEST.search(before) else one


def _single(text: str, at: int, setting: Setting) -> Due | None:
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
    value, is_impossible = _day(told or setting.on.year, month, day)
    doubt = f"{month}月没有{day}日，按月末日读" if is_impossible else ""
    is_limit = bool(re.search("[前内止底]|下班", found["tail"]))  # an hour alone is when something is or was
    if not told and value < setting.on and is_limit:
        value, _ = _day(setting.on.year + 1, month, day)
        doubt = doubt or _far(value, setting)
    return Due(found.start(), found.end(), DATE, value.isoformat(), doubt, is_limit)


def _read_day_of_month(found: re.Match[str], setting: Setting) -> Due | None:
    day = number(found["day"])
    if day is None or not 1 <= day <= 31:
        return None
    value, is_impossible = _day(*_month(found["which"], setting), day)
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
        part or re.search(r"[到至]$", found.string[max(0, found.start() - 1) : found.start()]) or _DOING.match(found.string, found.end())
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
    (_PLAN_YEARS, _read_plan_years),
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


def _day(year: int, month: int, day: int) -> tuple[date, bool]:
    """The day, and whether the month has none of that number: then it is the month's last."""
    last = monthrange(year, month)[1]
    return date(year, month, min(day, last)), day > last


def _far(value: date, setting: Setting) -> str:
    """A month just past is read as next year's, and that is said."""
    return f"已过今年该月，按{value.year}年读" if (value - setting.on).days > 270 else ""
