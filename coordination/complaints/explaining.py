"""Why a unit is suggested, as data that a page puts into words: each reason can be looked up, and none is guessed.

Words shared by a text and a duty are found in the text as it was written, so that a page can mark them there.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from coordination.complaints.grams import MOST, plain

MOST_WORDS = 6  # shown of one duty
MOST_PLACES = 3  # marked of one word
READ = 3_000  # characters of a text searched for words
_PIECE = re.compile(r"[^。；;\n]+")
_WORD = re.compile(r"[0-9a-z\u3400-\u9fff]{2,}")
_PARTICLES = "的了是在我你他她它们这那和与及或等不没有也都就要会对为以被把从到个其一各本该什么怎吗呢吧啊"
_EMPTY_WORDS = frozenset(_PARTICLES)

_folded = lru_cache(maxsize=10_000)(plain)  # for the few words of the register; texts are not kept


@dataclass(frozen=True)
class DutyText:
    """A duty of a unit as the register has it. ``ref`` names the row to its owner; valid on both its days."""

    unit: str
    text: str
    subject: str = ""
    clause: str = ""
    keywords: tuple[tuple[str, float], ...] = ()
    """Words and how much each says, 1 being usual."""
    excluded: tuple[str, ...] = ()
    """Words that show that it is another's matter."""
    territory: str = ""
    """Streets and towns it is confined to, joined by 、; empty: the whole county."""
    lead: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    ref: str = ""

    def in_force(self, on: date) -> bool:
        """True from ``valid_from`` to ``valid_to``, both days included; None is without end."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    @property
    def territories(self) -> tuple[str, ...]:
        """The streets and towns one by one."""
        return tuple(filter(None, self.territory.split("、")))

    @property
    def plain_keywords(self) -> list[tuple[str, float]]:
        """The keywords as they are looked for in a plain text."""
        return [(_folded(word), weight) for word, weight in self.keywords if word.strip()]

    def is_excluded(self, text: str) -> bool:
        """Has this plain text one of the excluded words?"""
        return bool(self.excluded) and any(_folded(word) in text for word in self.excluded if word.strip())


class RulingKind(StrEnum):
    """What people decided of a kind of case, strongest first."""

    DESIGNATED = "designated"
    NOT_OURS = "not_ours"
    PREFERRED = "preferred"


@dataclass(frozen=True)
class Ruling:
    """A decision on a kind of case: whose it is (by designation, or as the office prefers) or whose it is not (a unit's answer).

    It holds for cases that agree in every one of subject, business and territory it names and, if it has a text, are like it.
    """

    unit: str
    kind: RulingKind
    subject: str = ""
    business: str = ""
    territory: str = ""
    text: str = ""
    why: str = ""
    """Number of the document, or the reason given."""
    ref: str = ""


@dataclass(frozen=True)
class Word:
    """A word of the case: ``text`` stands at ``start`` to ``end`` of its ``field`` (title or detail)."""

    text: str
    field: str
    start: int
    end: int


@dataclass(frozen=True)
class ByDuty:
    """The text has words of this duty; ``piece`` is the part of the duty they stand in."""

    duty: DutyText
    piece: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class ByKeyword:
    """The text has keywords that the register lists for this duty."""

    duty: DutyText
    words: tuple[Word, ...]


@dataclass(frozen=True)
class BySubject:
    """The case was given the subject of this duty."""

    duty: DutyText


@dataclass(frozen=True)
class ByTerritory:
    """The case belongs to the territory of this duty (属地)."""

    duty: DutyText


@dataclass(frozen=True)
class ByCases:
    """Of the ``of`` most similar confirmed cases, ``count`` went to this unit; ``refs`` name them, most similar first."""

    count: int
    of: int
    refs: tuple[str, ...]


@dataclass(frozen=True)
class ByRuling:
    """Somebody decided this."""

    ruling: Ruling


Reason = ByRuling | ByDuty | ByKeyword | BySubject | ByTerritory | ByCases


class Wording:
    """The duties of one unit, cut into pieces and laid out by their pairs of characters, so that a text is held against all at once."""

    def __init__(self, duties: Iterable[DutyText]) -> None:
        self._duties = tuple(duties)
        self._pieces = [(duty, piece) for duty in self._duties for piece in dict.fromkeys([duty.subject, *_PIECE.findall(duty.text)])]
        self._with_pair: dict[str, list[int]] = {}
        for at, (_, piece) in enumerate(self._pieces):
            for pair in _pairs(plain(piece)):
                self._with_pair.setdefault(pair, []).append(at)

    def shared(self, written: "Written", rarity: Callable[[str], float], least: float) -> ByDuty | None:
        """The duty, and its piece, whose rare words (of at least this rarity) the text has most of; None if it has none.

        A duty whose excluded words the text has gives no reason.
        """
        weights: dict[int, float] = {}
        for pair in self._with_pair.keys() & written.pairs:
            says = rarity(pair)
            if says >= least and not _EMPTY_WORDS & set(pair):
                for at in self._with_pair[pair]:
                    weights[at] = weights.get(at, 0) + says
        weights = {at: weight for at, weight in weights.items() if not self._pieces[at][0].is_excluded(written.text)}
        if not weights:
            return None
        duty, piece = self._pieces[max(weights, key=lambda at: (weights[at], -at))]
        words = sorted(_words(plain(piece), written.folded, rarity, least), key=lambda word: (-len(word), word))[:MOST_WORDS]
        return ByDuty(duty, piece.strip(), written.places(words))


class Written:
    """What was written, ready to be held against duties: ``fields`` are name and text of each, ``folded`` their plain texts."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        self.fields = [(name, text[:MOST]) for name, text in fields]
        self.folded = [plain(text) for _, text in self.fields]
        self.text = "\n".join(self.folded)
        self.pairs = {pair for text in self.folded for pair in _pairs(text[:READ])}

    def places(self, words: Iterable[str]) -> tuple[Word, ...]:
        """Where these plain words stand, as written there; in the order of the text."""
        wanted, found = list(words), []
        for (name, text), folded in zip(self.fields, self.folded, strict=True):
            spans = {hit.span() for word in wanted for hit in islice(re.finditer(re.escape(word), folded), MOST_PLACES)}
            found += [Word(text[start:end], name, start, end) for start, end in sorted(spans)]
        return tuple(found)


def by_keyword(duty: DutyText, written: Written) -> ByKeyword | None:
    """The keywords of this duty that the text has."""
    words = written.places(word for word, _ in duty.plain_keywords)
    return ByKeyword(duty, words) if words else None


def _pairs(text: str) -> set[str]:
    return {run[at : at + 2] for run in _WORD.findall(text) for at in range(len(run) - 1)}


def _words(piece: str, texts: Sequence[str], rarity: Callable[[str], float], least: float) -> set[str]:
    """The longest words that a piece of duty and the texts share, without particles at their ends, if rare."""
    pairs, shared = _pairs(piece), set()
    for text in (whole[:READ] for whole in texts):
        at = 0
        while at < len(text) - 1:
            if text[at : at + 2] not in pairs:
                at += 1
                continue
            end = at + 2
            while end < len(text) and text[end - 1 : end + 1] in pairs and text[at : end + 1] in piece:
                end += 1
            word = text[at:end].strip(_PARTICLES)
            if len(word) > 1 and max(rarity(word[i : i + 2]) for i in range(len(word) - 1)) >= least:
                shared.add(word)
            at = end if end > at + 2 else at + 1
    return shared
