"""Tasks that come again: 每月5日前, 每季度末月25日前, 每年3月15日, 按季度."""

import re

from coordination.clauses.numerals import NUMBER, number

WEEKDAYS = dict(zip("一二三四五六日天末", ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN", "SUN", "SUN"), strict=True))
MONTHS = 12
_TAIL = r"(?:之前|以前|前|止|内|上午|下午|下班前)?"
_RECURRING = (
    (re.compile(rf"每(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])?(?:下班)?{_TAIL}"), "weekly"),
    (
        re.compile(
            rf"每(?:个)?季度?(?:(?P<which>末|最后一?个|首|第[一二三1-3]个?)(?:个)?月(?:份)?的?(?:(?P<day>{NUMBER})[日号])?|(?:结束|终了)?(?P<next>后)(?:的)?(?P<days>{NUMBER})(?:日|天)内?|末|底)?{_TAIL}"
        ),
        "quarterly",
    ),
    (re.compile(rf"(?:每|逢)(?:个)?月(?:份)?(?:的)?(?:(?P<day>{NUMBER})[日号]|(?P<end>月?底|月?末|最后一[天日]))?{_TAIL}"), "monthly"),
    (re.compile(r"每(?:隔)?半年|(?<![上下])半年(?=一次|报(?!告)|通报(?!稿|会)|开展一次)|按半年"), "halfyearly"),
    (
        re.compile(
            rf"每(?:一)?年(?:度)?(?:的)?(?:(?P<month>{NUMBER})月(?:份)?(?:(?P<day>{NUMBER})[日号]|底|末)?|(?P<end>年?底|年?末)|(?P<half>上半年)|(?P<quarter>[一二三四])季度)?{_TAIL}"
        ),
        "yearly",
    ),
    (re.compile(r"按月度?|逐月|月度(?=通报|报送|调度|分析)|实行月(?=报|调度|通报)"), "monthly"),
    (re.compile(r"按季度?|逐季度?|季度(?=通报|报送|调度)"), "quarterly"),
    (re.compile(r"按周|逐周"), "weekly"),
    (re.compile(r"按年度?|逐年(?=报|公布|通报)"), "yearly"),
    (re.compile(r"每[两双三二\d]个?(?:周|月|季度|年)|每(?:个)?(?:工作)?[日天](?!常)|每(?:个)?(?:学期|学年|旬|次)"), ""),
)


def recurring(text: str, at: int) -> tuple[int, str | None, str] | None:
    """The rhythm that begins here: where it ends, its value (monthly-05), and what is doubtful; None where none begins."""
    if text[at] not in "每逢按逐月季半实":
        return None
    for pattern, rhythm in _RECURRING:
        found = pattern.match(text, at)
        if found is None:
            continue
        if not rhythm:
            return found.end(), None, "这一周期无法表示，请填写"
        detail, doubt = _detail(rhythm, found.groupdict())
        if not doubt and re.match(r"、\d", text[found.end() : found.end() + 2]):
            doubt = "周期内有几个日期，请核对"
        return found.end(), rhythm + detail, doubt
    return None


def _detail(rhythm: str, found: dict[str, str | None]) -> tuple[str, str]:
    """The day within a rhythm as the value writes it: -FRI, -05, -m3-25, -12-end."""
    day = number(found.get("day") or "") if rhythm != "weekly" else None
    if day is not None and not 1 <= day <= 31:
        return "", "日期无法识别"
    if rhythm == "weekly" and found.get("day"):
        return f"-{WEEKDAYS[found['day'] or '']}", ""
    if rhythm == "monthly":
        return (f"-{day:02}" if day else "-end" if found.get("end") else ""), ""
    if rhythm == "quarterly":
        return _within_quarter(found, day)
    if rhythm == "yearly":
        if found.get("month"):
            month = number(found["month"] or "")
            if month is None or not 1 <= month <= MONTHS:
                return "", "日期无法识别"
            return (f"-{month:02}-{day:02}" if day else f"-{month:02}-end"), ""
        month = (
            12
            if found.get("end")
            else 6
            if found.get("half")
            else 3 * ("一二三四".index(found["quarter"] or "") + 1)
            if found.get("quarter")
            else 0
        )
        return (f"-{month:02}-end" if month else ""), ""
    return "", ""


def _within_quarter(found: dict[str, str | None], day: int | None) -> tuple[str, str]:
    if found.get("next"):
        days = number(found["days"] or "")
        return (f"-m1-{days:02}", "") if days and days <= 28 else ("", "日期无法识别")
    which = found.get("which") or ""
    if not which or day is None:
        return "", ""
    month = 3 if which.startswith(("末", "最后")) else 1 if which.startswith("首") else number(which[1]) or 1
    return f"-m{month}-{day:02}", ""
