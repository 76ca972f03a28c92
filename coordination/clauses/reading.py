"""Official sentences into clauses: who leads, who co-operates, by when, what comes of it; with the words each was read from."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from coordination.clauses.blocks import BlockReader
from coordination.clauses.deliverables import deliverable
from coordination.clauses.drafts import Draft
from coordination.clauses.dues import dues
from coordination.clauses.labels import Answer
from coordination.clauses.names import Entry, index, mentions
from coordination.clauses.periods import NONE
from coordination.clauses.shape import Shape, shape
from coordination.clauses.text import Plain, plain
from models.calendar import Calendar

FIELDS = ("lead", "co", "due", "deliverable")


@dataclass(frozen=True)
class Term:
    """By when: ``kind`` and ``value`` as dues.Due has them, ``raw`` the words it was read from."""

    kind: str = NONE
    value: str | None = None
    raw: str = ""


@dataclass(frozen=True)
class Clause:
    """One task. ``lead`` and ``co`` are names of the register, ``unknown`` words for units it has none for.

    ``span`` and ``spans``: the [start, end) in code points of the text that the clause, and by field each part, was read from.
    ``certain``: False for a field that a person must look at; ``doubts`` says why, in words.
    """

    text_span: str
    span: list[int]
    lead: list[str]
    co: list[str]
    unknown: list[str]
    due: Term
    deliverable: str
    spans: dict[str, list[list[int]]]
    certain: dict[str, bool]
    doubts: list[str]

    def as_dict(self) -> dict[str, Any]:
        """As JSON shows it."""
        return asdict(self)

    def in_words(self) -> str:
        """读作: the fields on one line, and what must be looked at."""
        lead, co = "、".join(self.lead) or "未写明", "、".join(self.co) or "无"
        said = f"牵头 {lead}｜配合 {co}｜时限 {self.due.value or self.due.raw or '未写明'}｜成果 {self.deliverable or '未写明'}"
        return said + (f"　请核对：{'；'.join(self.doubts)}" if self.doubts else "")


def read(text: str, register: Iterable[Entry], on: date, calendar: Calendar) -> list[Clause]:
    """The tasks a text gives, in order; none where it gives none.

    ``register``: the units it may name; ``on``: the meeting's day, from which limits are counted; ``calendar``: for limits in working
    days. Never fails on a text; costs time in proportion to it.
    """
    simple = plain(text)
    units = mentions(simple.text, index(tuple(register)))
    shaped = shape(simple.text, units, dues(simple.text, on, calendar))
    return [_Written(text, simple, shaped, draft).clause() for draft in BlockReader(shaped).read()]


@dataclass
class _Written:
    """One task brought back to the text as written."""

    text: str
    simple: Plain
    shaped: Shape
    draft: Draft
    spans: dict[str, list[list[int]]] = field(default_factory=lambda: {name: [] for name in FIELDS})
    certain: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(FIELDS, True))
    doubts: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def clause(self) -> Clause:
        """The clause."""
        lead_at, co_at = roles_of(self.draft.answer)
        lead = self._units("lead", lead_at, [])
        co = self._units("co", co_at, lead)
        if self.draft.answer.is_doubtful:
            self._doubt("lead", "co", why="牵头、配合单位按位置读出，请核对")
        if not lead_at:
            self._doubt("lead", why="没有写明牵头单位")
        due, result, where = self._due(), self._result(), self._whole()
        return Clause(self._cut(where), where, lead, co, self.unknown, due, result, self.spans, self.certain, self.doubts)

    def _units(self, role: str, places: list[int], taken: list[str]) -> list[str]:
        names: list[str] = []
        for place in places:
            unit = self.shaped.units[place]
            where = self.simple.span(unit.start, unit.end)
            if unit.name is None:
                self._ask(role, self._cut(where), unit.names)
            elif unit.name not in (*names, *taken):
                names.append(unit.name)
                self.spans[role].append(where)
        return names

    def _ask(self, role: str, raw: str, choices: tuple[str, ...]) -> None:
        self.certain[role] = False
        if raw not in self.unknown:
            self.unknown.append(raw)
            self.doubts.append(f"“{raw}”可指{'、'.join(choices)}，请选择" if choices else f"“{raw}”对应不到单位，请选择")

    def _due(self) -> Term:
        if self.draft.due is None:
            return Term()
        due, two = self.shaped.dues[self.draft.due], self.draft.is_doubtful_due
        where = self.simple.span(due.start, due.end)
        self.spans["due"].append(where)
        if due.doubt or two:
            self._doubt("due", why=due.doubt or "有两个时限，请选择")
        return Term(due.kind, None if two else due.value, self._cut(where))

    def _result(self) -> str:
        found = deliverable(self.shaped.text, self.draft.actions)
        if self.draft.title is not None and (found is None or not found[2]):
            named = deliverable(self.shaped.text, [self.draft.title])
            found = named if named and (named[2] or found is None) else found
        self.certain["deliverable"] = found is not None and found[2]
        if found is None:
            return ""
        where = self.simple.span(self.shaped.starts[found[0]], self.shaped.ends[found[1] - 1])
        self.spans["deliverable"].append(where)
        return self._cut(where)

    def _whole(self) -> list[int]:
        """The stretch of the task, without the marks around it."""
        words = self.shaped.text[self.draft.start : self.draft.end]
        start = self.draft.start + len(words) - len(words.lstrip(" \t，、：\n"))
        end = self.draft.start + len(words.rstrip(" \t，、；：\n"))
        return self.simple.span(self.shaped.starts[start], self.shaped.ends[end - 1])

    def _cut(self, where: list[int]) -> str:
        return self.text[where[0] : where[1]]

    def _doubt(self, *fields: str, why: str) -> None:
        self.certain.update(dict.fromkeys(fields, False))
        self.doubts.append(why)


def roles_of(answer: Answer) -> tuple[list[int], list[int]]:
    """Who leads and who co-operates: where one leads, everybody else responsible co-operates; else all responsible lead."""
    lead, others = [*answer.lead, *answer.helped], list(answer.responsible)
    if answer.first_leads and not lead:
        lead, others = others[:1], others[1:]
    if not lead:
        lead, others = others, []
    if not lead and not answer.co:
        return sorted(set(answer.soft)), []
    return sorted(set(lead)), sorted({*answer.co, *others, *answer.soft} - set(lead))
