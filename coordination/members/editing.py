"""Editing what somebody else may be editing too: the version an editor saw, both texts when it is not the stored one, and what changed."""

from datetime import date
from typing import Any

from models.errors import Conflict


def seen_as_stored(row: Any, version: int, wanted: dict[str, str], stored: dict[str, str]) -> None:
    """Conflict, with both texts, unless the editor saw the row as it is stored."""
    if row.version != version:
        mine, theirs = ("\n".join(f"{label}：{value}" for label, value in lines.items()) for lines in (wanted, stored))
        raise Conflict("他人刚刚改过这一项，您写的内容没有丢失，请看过不同再保存", mine=mine, theirs=theirs, version=row.version)


def changes(stored: dict[str, str], wanted: dict[str, str]) -> str:
    """What was changed, in words: 名称由“…”改为“…”."""
    told = [f"{label}由“{stored[label]}”改为“{value}”" for label, value in wanted.items() if stored[label] != value]
    return "；".join(told) or "内容未变"


def in_words(on: date) -> str:
    """A day as a message says it: 2026年6月30日."""
    return f"{on.year}年{on.month}月{on.day}日"
