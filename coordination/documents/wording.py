"""Words as official papers set them: dates, numerals, clean text and its width in characters (字)."""

import re
import unicodedata
from datetime import date
from functools import cache
from itertools import pairwise

# What XML 1.0 forbids (control characters, surrogates, U+FFFE/FFFF), and marks that have no width but can turn the order of the text.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_ENDED = re.compile("[。！？…：][”’）]?$")
SEAM = 0.25  # the blank, in characters, that parts digits from Chinese
_DIGITS = "零一二三四五六七八九"


def official_date(day: date) -> str:
    """The day with full year and no leading zero, as 2026年3月5日 (GB/T 9704 §7.3.5)."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_number(number: int) -> str:
    """1–999 in Chinese numerals, for the levels 一、 and （一）; ValueError outside."""
    if not 1 <= number <= 999:
        raise ValueError(f"no ordinal for {number}")
    if number < 20:
        return ("" if number < 10 else "十") + (_DIGITS[number % 10] if number % 10 else "")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = _DIGITS[hundreds] + "百" if hundreds else ""
    if tens:
        words += _DIGITS[tens] + "十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones else "")


def ordinal(level: int, number: int) -> str:
    """The mark before a heading or item of that level: 一、 · （一） · 1. · （1）."""
    match level:
        case 1:
            return f"{chinese_number(number)}、"
        case 2:
            return f"（{chinese_number(number)}）"
        case 3:
            return f"{number}."
        case 4:
            return f"（{number}）"
    raise ValueError(f"official papers have four levels, not {level}")


def legal(text: str) -> str:
    """The text without what no .docx can hold; line ends and tabs become a space."""
    return _LINE_ENDS.sub(" ", _FORBIDDEN.sub("", text)).replace("\t", " ")


def clean(text: str) -> str:
    """The text as one legal line without blanks at its ends (officials indent with blanks; styles do it here)."""
    return legal(text).strip()


def paragraphs(text: str) -> list[str]:
    """The lines of the text that say something, each clean."""
    lines = (clean(line) for line in _LINE_ENDS.split(text))
    return [line for line in lines if line]


def full_stop(text: str) -> str:
    """The text, ended with a full stop unless it already ends a sentence."""
    bare = text.rstrip("；;，,、. ")
    return bare if not bare or _ENDED.search(bare) else f"{bare}。"


def width(text: str) -> float:
    """How many characters wide the text is set: 1 for Chinese and full-width signs, 0.5 for others, 0 for combining marks."""
    return sum(map(_width, text))


def widest(text: str) -> float:
    """The width where digits are wider than half a character and a quarter blank parts them from Chinese, as LibreOffice sets them."""
    half = sum(sign.isascii() for sign in text)
    seams = sum(first.isascii() != second.isascii() for first, second in pairwise(text))
    return width(text) + 0.1 * half + SEAM * seams


@cache
def _width(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0
    return 1 if unicodedata.east_asian_width(sign) in "WFA" else 0.5
