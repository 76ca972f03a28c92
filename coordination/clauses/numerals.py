"""Numbers as official papers write them: 30, 三十, 廿五, 二〇二六."""

import re
from datetime import date

NUMBER = r"(?:\d{1,4}|[〇○零一二三四五六七八九十廿百两]{1,5})"
_DIGITS = dict(zip("〇○零一二三四五六七八九两oO", (0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2, 0, 0), strict=True))
_RELATIVE = {"今年": 0, "本年": 0, "本年度": 0, "当年": 0, "明年": 1, "来年": 1, "次年": 1, "后年": 2}


def number(written: str) -> int | None:
    """The number, in Arabic or Chinese digits; None for what is no number."""
    if not written:
        return None
    if written.isdecimal():
        return int(written)
    if len(written) > 1 and not re.search("[十廿百]", written):
        return int("".join(str(_DIGITS[char]) for char in written)) if all(char in _DIGITS for char in written) else None
    total, digit = 0, 0
    for char in written.replace("廿", "二十"):
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in "十百":
            total, digit = total + (digit or 1) * (10 if char == "十" else 100), 0
        else:
            return None
    return total + digit


def year_of(written: str | None, on: date) -> int | None:
    """The year that 2026年, 二〇二六年, 今年 or 明年 names on that day; None when nothing is written."""
    if not written:
        return None
    if written in _RELATIVE:
        return on.year + _RELATIVE[written]
    return int("".join(char if char.isdigit() and char.isascii() else str(_DIGITS[char]) for char in written.removesuffix("年")))
