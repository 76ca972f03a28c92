"""Finding businesses by two or more characters of name, former names or address, or by the initials of their pinyin.

One table of two and three neighbouring characters (grams), the same on both databases: a county's server may have no extension for this.
A search walks along its rarest gram from the newest business back and stops when the page is full, so it costs what it shows; up to three
characters the gram is all it asks. Who may be seen is the
caller's join with the living status; nothing about it is kept here, so a removal needs nothing done here.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, literal, literal_column, select
from sqlalchemy.orm import Session

from models import Business, SearchGram, SearchText
from models.business import initials, read_name

LEAST = 2  # characters a keyword must have
MOST = 60
LONGEST = 3  # characters of a gram
MOST_GRAMS = 12  # grams of a keyword that are weighed against each other; the text itself is compared whole
COUNTED = 400  # a gram is counted no further at first; for a long keyword, which few businesses have, a hundred times as far
SHORT = 3  # grams: keywords up to five characters are found often enough that any of their grams soon fills a page
MOST_CHOSEN = 10_000  # keywords whose gram a process remembers: one that was rare may become common, which costs time and nothing else
_chosen: dict[str, str] = {}
_LETTERS = re.compile(r"(?=.*[a-z])[a-z0-9]+", re.I)


@dataclass(frozen=True)
class Sought:
    """A keyword ready to be looked for: ``text`` plain, and the gram of it that fewest businesses have."""

    text: str
    rarest: str

    @property
    def is_whole(self) -> bool:
        """The gram is the whole keyword."""
        return self.text == self.rarest


def keep(session: Session, business: Business) -> None:
    """Have the business found by what it is called and where it is now. Every service that writes these calls this, in its transaction."""
    session.flush()
    row = session.get(SearchText, business.id)
    words = words_of(business)
    before = grams(row.words) if row is not None else set()
    if row is None:
        session.add(SearchText(business_id=business.id, words=words))
    else:
        row.words = words
    after = grams(words)
    if before - after:
        session.execute(delete(SearchGram).where(SearchGram.business_id == business.id, SearchGram.gram.in_(before - after)))
    if after - before:
        session.execute(insert(SearchGram), [{"gram": gram, "business_id": business.id} for gram in sorted(after - before)])


def words_of(business: Business) -> str:
    """The lines a business is found by."""
    names = [business.name, *(old["name"] for old in business.former_names)]
    lines = [*map(_plain, names), _plain(business.address), *map(initials, names)]
    return "\n".join(dict.fromkeys(line for line in lines if line))


def grams(words: str) -> set[str]:
    """Every two and three neighbouring characters, line by line."""
    return {gram for line in words.split("\n") for length in (LEAST, LONGEST) for gram in _of(line, length)}


def read(typed: str) -> str:
    """A keyword as typed, made plain: letters (and digits) alone are initials, anything else is text. May be too short to look for."""
    text = _plain(typed)[:MOST]
    return text.lower() if _LETTERS.fullmatch(text) else text


def seek(session: Session, text: str) -> Sought | None:
    """Choose the gram to look along; None when it is shorter than ``LEAST``, or when a gram of a longer one is nobody's."""
    if len(text) < LEAST:
        return None
    if text in _chosen:
        return Sought(text, _chosen[text])
    wanted = list(dict.fromkeys(_of(text, min(len(text), LONGEST))))[:MOST_GRAMS]
    if len(wanted) == 1:
        return Sought(text, wanted[0])
    number, rarest = _rarest(session, wanted, COUNTED)
    if number == COUNTED and len(wanted) > SHORT:
        number, rarest = _rarest(session, wanted, COUNTED * 100)
    if not number:
        return None
    if len(_chosen) >= MOST_CHOSEN:
        _chosen.clear()
    _chosen[text] = rarest
    return Sought(text, rarest)


def narrowed(query: Select[Any], sought: Sought, business_id: Any) -> Select[Any]:
    """The query for those businesses only; order it by ``SearchGram.business_id`` to have it cost what it shows."""
    return along(query, business_id, sought.rarest, None if sought.is_whole else sought.text)


def along(query: Select[Any], business_id: Any, gram: Any, text: Any) -> Select[Any]:
    """The query along one gram, for those businesses that also hold ``text`` (None: the gram is all); either may be a bound parameter."""
    query = query.join(SearchGram, SearchGram.business_id == business_id).where(SearchGram.gram == gram)
    if text is None:
        return query
    # Asked of one business at a time. As a join, PostgreSQL would rather read the texts of all businesses than step along the gram.
    holds = select(func.replace(SearchText.words, text, "") != SearchText.words)
    return query.where(holds.where(SearchText.business_id == SearchGram.business_id).correlate(SearchGram).scalar_subquery())


def _of(line: str, length: int) -> list[str]:
    return [line[at : at + length] for at in range(len(line) - length + 1)]


def _plain(text: str) -> str:
    return "".join(read_name(text).split())


def _rarest(session: Session, wanted: list[str], most: int) -> tuple[int, str]:
    """The gram fewest businesses have, and how many: ``most`` or more count as ``most``."""
    counts = session.execute(_counts(len(wanted), most), {f"gram{at}": gram for at, gram in enumerate(wanted)}).one()
    return min(zip(counts, wanted, strict=True))


@lru_cache(maxsize=2 * MOST_GRAMS)
def _counts(number: int, most: int) -> Select[Any]:
    """How many businesses have each of so many grams, in one row; made once, for making it takes longer than running it."""
    return select(*(_count(f"gram{at}", most) for at in range(number)))


def _count(name: str, most: int) -> Any:
    some = select(literal(1)).where(SearchGram.gram == bindparam(name)).limit(literal_column(str(most))).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
