"""Lists of words as they are typed into one field: keywords with their weights, words that rule out, streets. Pure."""

import re
import unicodedata
from collections.abc import Iterable

from models.errors import BadInput

LONGEST_WORD = 20
MOST_WORDS = 60
HEAVIEST = 9
_BETWEEN = re.compile(r"[、，,;；\s]+")
_GAPS = re.compile(r"\s+(?=[*×＊:：(（)）])|(?<=[*×＊:：(（])\s+")
_WEIGHTED = re.compile(r"(.+?)(?:\s*[*×:(]\s*(\d+)\s*\)?)?")


def words(typed: str) -> list[str]:
    """The words of a field, typed with 、 ， or spaces between, each once, in the order given. BadInput for one of a single character."""
    found = list(dict.fromkeys(word for word in _BETWEEN.split(typed.strip()) if word))
    _sane(found)
    return found


def keywords(typed: str) -> dict[str, int]:
    """Each keyword with its weight: ``学费*3、培训`` (also 学费×3, 学费：3, 学费（3）; none is 1). BadInput for a weight that is none."""
    found: dict[str, int] = {}
    for part in _BETWEEN.split(_GAPS.sub("", typed.strip())):
        told = _WEIGHTED.fullmatch(unicodedata.normalize("NFKC", part))
        if part and told is not None:
            weight = int(told[2] or 1)
            if not 1 <= weight <= HEAVIEST:
                raise BadInput(f"关键词“{told[1]}”的权重应在1至{HEAVIEST}之间")
            found.setdefault(told[1], weight)
    _sane(found)
    return found


def places(typed: str) -> str:
    """Streets and towns joined by 、, each once."""
    return "、".join(dict.fromkeys(word for word in _BETWEEN.split(typed.strip()) if word))


def _sane(found: Iterable[str]) -> None:
    listed = list(found)
    wrong = next((word for word in listed if not 2 <= len(word) <= LONGEST_WORD), None)
    if wrong is not None:
        raise BadInput(f"“{wrong[:LONGEST_WORD]}”不能作关键词：每个2至{LONGEST_WORD}字，用顿号隔开")
    if len(listed) > MOST_WORDS:
        raise BadInput(f"关键词最多{MOST_WORDS}个，现有{len(listed)}个")
