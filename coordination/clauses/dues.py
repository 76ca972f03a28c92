"""By when: the words of time of official papers, and the day or the rhythm they name."""

import re
from dataclasses import replace
from datetime import date, timedelta

from coordination.clauses.numerals import NUMBER, number
from coordination.clauses.periods import (
    DATE,
    DOING,
    IMMEDIATE,
    MONTHS,
    NEXT_MEETING,
    NONE,
    PAST,
    PLAN_YEARS,
    RECURRING,
    WORKING_DAYS,
    Due,
    Setting,
    day_of,
    single,
)
from coordination.clauses.rhythms import recurring
from models.calendar import Calendar
from models.errors import CalendarMissing

_AFTER_MEETING = r"(?:自)?(?:本次)?(?:会后|散会后|会议?结束(?:之)?后|会议(?:召开)?之?后|会议(?:召开|结束)?之日起)(?:的)?"
_END_DAY = re.compile(rf"(?P<day>{NUMBER})[日号](?:之前|前|止)?")
_RANGE = re.compile(r"(?:至|到|-|--)")
_FESTIVAL = re.compile(
    r"(?:(?:20\d\d年|今年|明年)?“?(?:春节|元旦|清明|五一|端午|中秋|国庆|十一|两节|双节|元宵|重阳|3·15|双十一|暑期|暑假|寒假|汛期|旅游旺季|旺季|秋季(?:学期)?开学|春季(?:学期)?开学|开学|节日|入冬|入汛)”?)"
    r"(?:节|旅游|销售)?(?:小?长?假期?|期间)?(?:来临|到来)?(?:之前|以前|前夕|前)(?!后)"
)
_SPAN = re.compile(rf"(?:{NUMBER}|半)个?(?:工作日|小时|日|天|周|月|年)(?:之内|以内|内)")
_NOW = re.compile(r"立行立改|即知即改|立说立行|立查立改|边查边改|即查即改|第一时间|即日起|立即|马上|即刻|当即|即行")
_NEXT = re.compile(
    r"(?:下一?次|下一?届|下期|下一期|下个)[^，。；：\n]{0,12}?(?:会议|例会|联席会|办公会|调度会|专题会|会(?=之?前|以前))(?:召开)?(?:之前|以前|前|上|时|召开时)?"
)
_MEETING = re.compile(
    rf"{_AFTER_MEETING}(?:第)?(?:(?P<n>{NUMBER}|半)个?(?P<unit>工作日|日|天|周|星期|礼拜|月)(?:之内|以内|内)?(?:之前|前)?|(?P<same>当天|当日|即日))"
)
# The first character of any expression, so that the grammar is tried where one can begin.
_START = re.compile(
    r"\d{1,4}(?:[年月日号个天周]|小时|工作日|[-./])|[〇○零一二三四五六七八九十廿两百]{1,5}(?:[年月日号个天周]|季度|工作日)|第[一二三四1-4一]|[1-4]季度|今[年天日]|本[年月周季次星]|当[年月天即]"
    r"|明[年天日]|来年|次[年月]|后[年天日]|年[底末内]|月[底末]|上半|下[半个一次月周届期季星]|[两双]节|每|逢|按[月季年周半]|逐|自[本会]|会[后议]|散会|[“春元清端中国重暑寒汛旅旺秋开入]|节[日前]"
    r"|十[一四五六][五前假“期]|五一|双十|3·|季度|月度|实行月|半[年个]|立|即|马上|边查|这[个周]|周[一二三四五六日]|星期|礼拜|[三五]年[行计规]"
)
_NO_LIMIT = re.compile(r"^(?:以来|起施行|起执行|起实施|起|施行|公布的|生效|出生|注册|成立|至今|召开的|发生|实施的|间|\.|次|件|起案)")
_NAMES_PLAN = re.compile("(?:对照|按照|根据|依据)[^，。；]{0,12}（$")
_MEETING_HELD = re.compile(r"[^。；\n]{0,60}(?:主持召开|(?:会议?|宣传周|活动|仪式)在[^，。；\n]{1,24}(?:召开|举行|启动|开幕))")
_UPPER = re.compile("(?:里|上级|[省市总]局|厅|组)定于$|[拟将]于$")
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
_STOP = re.compile("[。；\n]")
_COMPARED = re.compile("(?:从|由|较|比|均|达)(?:原来)?$")  # 从每月十来起降到两三起
_LATEST = re.compile(r"(?:最迟|至迟|不超过|不晚于|不迟于|确保)$")


def dues(text: str, on: date, calendar: Calendar) -> list[Due]:
    """Every limit in a plain text, in order, none within another. Limits counted from other events are of kind none."""
    plan = [int(found["to"]) for found in PLAN_YEARS.finditer(text)]
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
        return Due(at, found.end(), DATE, day_of(months // MONTHS, months % MONTHS + 1, setting.on.day)[0].isoformat())
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
    one = single(text, at, setting)
    if one is None:
        return None
    joined = _RANGE.match(text, one.end)
    if joined:
        last = single(text, joined.end(), replace(setting, year=_year_told(text, one, setting.on) or setting.year))
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
    return replace(one, end=found.end(), value=day_of(first.year, first.month, day)[0].isoformat())


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
    if (
        _UPPER.search(before)
        and text[one.end - 1] not in "前底内"
        and after.startswith(("来", "赴", "到", "对我", "检查", "督查", "验收", "考核", "评估"))
    ):
        return replace(one, rank=-1)
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
        and not DOING.match(after)
        and not (_EXPECTED.search(before) and re.match(r"$|[，。；、）\s]|完成", after))
        and not re.search(r"[于到至迟过]$", before)
        and not (_COLUMN.search(before) and re.match(r"$|\n", after))
    ):
        return replace(one, rank=-1)
    return replace(one, rank=7) if _LATEST.search(before) else one
