"""Decision clauses (议定事项) in the words of official papers."""

import calendar
import re
from dataclasses import dataclass

from coordination.documents.wording import clean, full_stop

# A number typed before the sentence, which the paper sets itself; 3.15 is a day, not a number.
_TYPED_NUMBER = re.compile(r"^(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|\d{1,2}[.．、](?!\d))\s*")
_DATE = re.compile(r"^(\d{4})年(\d{1,2})月(\d{1,2})日$")
_SHORT_ENDINGS = {"委员会": "委", "办公室": "办"}
# A first sentence of at most so many characters stands as the clause's head, in 楷体.
_HEAD = 20


@dataclass(frozen=True)
class Decision:
    """A decision clause (议定事项): the sentence agreed, who leads, who helps, until when, and what there shall be then.

    ``due`` is in words, as 2026年9月30日; ``reservation``: who does not agree, and why. What ``text`` already says of lead, help, due and
    deliverable is not said again.
    """

    text: str
    lead: str = ""
    co: tuple[str, ...] = ()
    due: str = ""
    deliverable: str = ""
    reservation: str = ""


def in_words(decision: Decision) -> tuple[str, str]:
    """The clause as a short head, which may be empty, and the rest.

    The rest ends with 牵头单位, 配合单位, 完成时限 and 成果形式 where the sentence itself lacks them, and with 保留意见 where there is one.
    """
    words = full_stop(_TYPED_NUMBER.sub("", clean(decision.text)))
    head, stop, rest = words.partition("。")
    owed = _owed(decision, words)
    if stop and rest and len(head) <= _HEAD:
        return head + stop, rest + owed
    return "", words + owed


def _owed(decision: Decision, words: str) -> str:
    lead = [clean(decision.lead)] if not names(words, clean(decision.lead)) else []
    co = [unit for unit in map(clean, decision.co) if not names(words, unit)]
    due = clean(decision.due)
    deliverable = clean(decision.deliverable)
    parts = [
        ("牵头单位", "、".join(lead)),
        ("配合单位", "、".join(co)),
        ("完成时限", "" if says_day(words, due) else due),
        ("成果形式", "" if deliverable in words else deliverable),
        ("保留意见", clean(decision.reservation).rstrip("。")),
    ]
    said = "；".join(f"{label}：{value}" for label, value in parts if value)
    return f"{said}。" if said else ""


def names(words: str, unit: str) -> bool:
    """Whether the words name the unit, in full or by a short name made of its characters in order: 县文旅局 for 县文化和旅游局."""
    if unit in words:
        return True
    if len(unit) < 4:
        return False
    first, middle, last = re.escape(unit[0]), unit[1:-1], re.escape(unit[-1])
    for ending, short in _SHORT_ENDINGS.items():
        if unit.endswith(ending):
            middle, last = unit[1 : -len(ending)], f"(?:{ending}|{short})"
    skipped = "".join(f"{re.escape(sign)}?" for sign in middle)
    return re.search(f"{first}(?!{last}){skipped}{last}", words) is not None


def says_day(words: str, due: str) -> bool:
    """Whether the words hold the day: in full, as 9月30日, or as 9月底 and 年底 where it is the last one."""
    if due in words:
        return True
    match = _DATE.match(due)
    if not match:
        return False
    year, month, day = map(int, match.groups())
    ways = [f"{month}月{day}日"]
    if 1 <= month <= 12 and day == calendar.monthrange(year, month)[1]:
        ways += [f"{month}月底", f"{month}月末"] + (["年底", "年末"] if month == 12 else [])
    return re.search(rf"(?<!\d)(?:{'|'.join(ways)})", words) is not None
