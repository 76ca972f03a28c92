"""A suggestion as the pages of 分派 show it: units with their confidence and reasons, the text with the words they rest on."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from flask import url_for

from coordination.complaints.advising import Advised
from models import Complaint

if TYPE_CHECKING:
    from coordination.complaints.routing import Suggestion

MOST_OPTIONS, MOST_WITHIN, MOST_REASONS = 3, 2, 4
LEAST_SHOWN = 0.03  # confidence of a unit worth a line
CERTAIN = 0.995  # from which a number would promise too much


@dataclass(frozen=True)
class Why:
    """A reason in words, and the cases it rests on as (number, address)."""

    text: str
    cases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Option:
    """A unit to choose: how sure, why, and the bodies under it."""

    unit_id: int
    name: str
    sure: str
    reasons: tuple[Why, ...]
    within: tuple["Option", ...] = ()


@dataclass(frozen=True)
class Shown:
    """A suggestion on the page. ``options``: units worth a line; ``preset``: whether one is chosen beforehand; ``notes``: what a person
    should know; ``text``: the case's own words in pieces, those that reasons rest on marked; ``parts``: two stretches about two matters."""

    options: tuple[Option, ...]
    preset: int | None
    notes: tuple[str, ...]
    text: list[tuple[str, bool]]
    parts: tuple[tuple[str, str], ...]

    @property
    def unit_ids(self) -> frozenset[int]:
        """Every unit that has a line."""
        return frozenset(one.unit_id for option in self.options for one in (option, *option.within))


def shown(advised: Advised, complaint: Complaint, units: Iterable[tuple[int, str]]) -> Shown:
    """The suggestion in words; ``units``: the ids and names of those that may be chosen."""
    from coordination.complaints.reasons import marked

    names, answer = dict(units), advised.answer
    ranked = [one for one in answer.ranked[:MOST_OPTIONS] if one.confidence >= LEAST_SHOWN and int(one.unit) in names]
    reasons = [reason for one in ranked for reason in one.reasons]
    parts = [(complaint.text[part.start : part.end], names.get(int(part.unit), "")) for part in answer.parts]
    return Shown(
        options=tuple(_option(one, names) for one in ranked),
        preset=advised.unit_id,
        notes=tuple(note.value for note in answer.notes),
        text=marked(complaint.text, reasons),
        parts=tuple((text if len(text) <= 40 else f"{text[:40]}……", name) for text, name in parts),
    )


def sure(confidence: float) -> str:
    """把握92%."""
    return "99%以上" if confidence > CERTAIN else f"{confidence:.0%}"


def _option(one: "Suggestion", names: dict[int, str]) -> Option:
    within = [body for body in one.within[:MOST_WITHIN] if body.confidence >= LEAST_SHOWN and int(body.unit) in names]
    told_below = {reason for body in within for reason in body.reasons}
    return Option(
        int(one.unit),
        names[int(one.unit)],
        sure(one.confidence),
        _reasons(reason for reason in one.reasons if reason not in told_below),
        tuple(Option(int(body.unit), names[int(body.unit)], sure(body.confidence), _reasons(body.reasons)) for body in within),
    )


def _reasons(reasons: Iterable[object]) -> tuple[Why, ...]:
    from coordination.complaints.reasons import in_words

    lines = [in_words(reason) for reason in islice(reasons, MOST_REASONS)]  # type: ignore[arg-type]
    return tuple(Why(line.text, tuple((ref, url_for("complaints.index", q=ref)) for ref in line.refs)) for line in lines)
