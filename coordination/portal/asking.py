"""What an address of the list asks for. Whatever cannot be read narrows nothing: addresses are typed and mangled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from models.text import clean_text

LARGEST_ID = 2**31 - 1
MOST = 60  # characters of a keyword or street


@dataclass(frozen=True)
class Asked:
    """The list's filters as they stand in the address; ``on``: the day, None for now; ``after``: the id of the last unit seen."""

    keyword: str = ""
    category_id: int | None = None
    street: str = ""
    on: date | None = None
    after: int | None = None

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "Asked":
        """The filters of these query parameters."""
        return cls(
            keyword=_words(arguments.get("q", "")),
            category_id=_id(arguments.get("category", "")),
            street=_words(arguments.get("street", "")),
            on=_day(arguments.get("on", "")),
            after=_id(arguments.get("after", "")),
        )

    @property
    def narrows(self) -> bool:
        """Is anything left out of the list?"""
        return bool(self.keyword or self.category_id or self.street)


def _words(typed: str) -> str:
    return " ".join((clean_text(typed) or "").split())[:MOST]


def _id(typed: str) -> int | None:
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 10 else 0
    return number if 0 < number <= LARGEST_ID else None


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
