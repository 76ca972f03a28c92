"""How far a reading agrees with a key: by field, counted over the clauses that belong to each other."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from coordination.clauses import Clause, Entry, read
from models.calendar import Calendar

HERE = Path(__file__).parent
HOLIDAYS = {
    "元旦": ("2026-01-01", "2026-01-02", "2026-01-03"),
    "春节": tuple(f"2026-02-{day}" for day in range(15, 24)),
    "清明节": ("2026-04-04", "2026-04-05", "2026-04-06"),
    "劳动节": tuple(f"2026-05-0{day}" for day in range(1, 6)),
    "端午节": ("2026-06-19", "2026-06-20", "2026-06-21"),
    "中秋节": ("2026-09-25", "2026-09-26", "2026-09-27"),
    "国庆节": tuple(f"2026-10-0{day}" for day in range(1, 8)),
}
MADE_UP = ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")
CALENDAR = Calendar(
    frozenset({2026}),
    {date.fromisoformat(day): (True, name) for name, days in HOLIDAYS.items() for day in days}
    | {date.fromisoformat(day): (False, "") for day in MADE_UP},
)


def entries(units: list[dict[str, Any]]) -> tuple[Entry, ...]:
    """A register as the data files write it."""
    return tuple(Entry(unit["name"], tuple(unit["short"]), tuple(unit["former"]), bool(unit["group"])) for unit in units)


def load(name: str) -> tuple[dict[str, tuple[Entry, ...]], list[dict[str, Any]]]:
    """The registers and the sentences of a data file; one may name another file for its registers."""
    data = json.loads((HERE / name).read_text(encoding="utf-8"))
    if isinstance(data["registers"], str):
        return load(data["registers"])[0], data["sentences"]
    return {code: entries(units) for code, units in data["registers"].items()}, data["sentences"]


@dataclass
class Score:
    """Counts by field: right, given and wanted; and the sentences that give nobody a task but were read as if they did."""

    right: Counter[str] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    negatives: int = 0
    false: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    def precision(self, name: str) -> float:
        """Of what was read, how much is right."""
        return self.right[name] / self.given[name] if self.given[name] else 1.0

    def recall(self, name: str) -> float:
        """Of what should be read, how much is."""
        return self.right[name] / self.wanted[name] if self.wanted[name] else 1.0

    def _counts(self, name: str) -> str:
        return f"({self.right[name]} right of {self.given[name]} read, {self.wanted[name]} wanted)"

    def __str__(self) -> str:
        lines = [f"{name:<12} P {self.precision(name):.3f}  R {self.recall(name):.3f}  {self._counts(name)}" for name in self.wanted]
        return "\n".join([*lines, f"negatives read as tasks: {len(self.false)} of {self.negatives}"])


def score(name: str) -> Score:
    """Read every sentence of a data file and compare."""
    registers, sentences = load(name)
    total = Score()
    for sentence in sentences:
        read_now = read(sentence["text"], registers[sentence["register"]], date.fromisoformat(sentence["meeting_date"]), CALENDAR)
        if not sentence["clauses"]:
            total.negatives += 1
            if read_now:
                total.false.append(sentence["id"])
                total.misses.append(_told(sentence, None, read_now[0]))
            continue
        for key, clause in _pairs(sentence["text"], sentence["clauses"], read_now):
            _count(total, sentence, key, clause)
    return total


def _pairs(text: str, keys: list[dict[str, Any]], read_now: list[Clause]) -> list[tuple[dict[str, Any] | None, Clause | None]]:
    """Each key with the clause that shares most of its words, each once; what is left over stands alone."""
    at = 0
    overlaps = []
    for number, key in enumerate(keys):
        start = text.index(key["text_span"], at)
        at = start
        end = start + len(key["text_span"])
        for other, clause in enumerate(read_now):
            shared = min(end, clause.span[1]) - max(start, clause.span[0])
            if shared > 0:
                overlaps.append((shared, -number, -other))
    paired: dict[int, int] = {}
    for _, number, other in sorted(overlaps, reverse=True):
        if -number not in paired and -other not in paired.values():
            paired[-number] = -other
    found: list[tuple[dict[str, Any] | None, Clause | None]] = [
        (key, read_now[paired[number]] if number in paired else None) for number, key in enumerate(keys)
    ]
    return found + [(None, clause) for number, clause in enumerate(read_now) if number not in paired.values()]


def _count(total: Score, sentence: dict[str, Any], key: dict[str, Any] | None, clause: Clause | None) -> None:
    wanted = _facts(key["lead"], key["co"], key["unknown"], key["due"]["kind"], key["due"]["value"]) if key else {}
    given = _facts(clause.lead, clause.co, clause.unknown, clause.due.kind, clause.due.value) if clause else {}
    total.wanted["clause"] += key is not None
    total.given["clause"] += clause is not None
    total.right["clause"] += key is not None and clause is not None
    for name in ("lead", "co", "due", "unknown"):
        total.wanted[name] += len(wanted.get(name, ()))
        total.given[name] += len(given.get(name, ()))
        total.right[name] += len(wanted.get(name, set()) & given.get(name, set()))
    if key and key["deliverable"]:
        total.wanted["deliverable"] += 1
        total.given["deliverable"] += clause is not None and bool(clause.deliverable)
        total.right["deliverable"] += clause is not None and _alike(key["deliverable"], clause.deliverable)
    if wanted != given:
        total.misses.append(_told(sentence, key, clause))


def _facts(lead: list[str], co: list[str], unknown: list[str], kind: str, value: str | None) -> dict[str, set[Any]]:
    return {"lead": set(lead), "co": set(co), "unknown": set(unknown), "due": {(kind, value)} if kind != "none" else set()}


def _alike(wanted: str, given: str) -> bool:
    return bool(given) and (wanted in given or given in wanted or len(set(wanted) & set(given)) >= len(set(wanted)) / 2)


def _told(sentence: dict[str, Any], key: dict[str, Any] | None, clause: Clause | None) -> str:
    shown = clause and (clause.text_span, clause.lead, clause.co, clause.unknown, clause.due.kind, clause.due.value)
    wanted = key and (key["text_span"], key["lead"], key["co"], key["unknown"], key["due"]["kind"], key["due"]["value"])
    return f"{sentence['id']} {sentence['text']!r}\n   key  {wanted}\n   read {shown}"
