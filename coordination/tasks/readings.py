"""Official sentences as pages show them: each task with whom, by when and what, every field tied to numbered words of the sentence.

A reading is shown, never applied by itself. What a person may take over from it is what is certain; what is doubtful stays empty, and
why is said in words.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination.clauses import Clause, Entry, read
from coordination.clauses.periods import DATE, NONE, PERIOD_END, WORKING_DAYS
from coordination.members.queries import named_units
from coordination.notices import full_day
from coordination.tasks import queries
from models import Unit
from models.access import kept

MARKS = "①②③④"
LABELS = {"lead": "牵头", "co": "配合", "due": "时限", "deliverable": "成果"}
MEMBERS = re.compile("成员单位$")
DAYS = frozenset({DATE, PERIOD_END, WORKING_DAYS})  # kinds of limit that name one day
_END = re.compile(r"[。；;！？\n]")
_GAP = "…"


@dataclass(frozen=True, slots=True)
class Named:
    """A unit that stands, as sentences and pages name it."""

    id: int
    name: str
    short_name: str


@dataclass(frozen=True)
class Register:
    """Whom sentences may name on one day. ``units``: by full name, two where two bear the same; ``members``: who sits in the mechanism."""

    entries: tuple[Entry, ...]
    units: Mapping[str, tuple[Named, ...]]
    members: tuple[Named, ...]

    def short(self, name: str) -> str:
        """How pages call the unit with this full name; a group word stays itself."""
        found = self.units.get(name, ())
        return found[0].short_name if found else name


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the sentence; ``mark``: the number of the field that was read from it, or nothing."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field as read. ``words`` empty: the sentence does not say; ``is_doubtful``: a person must look at it."""

    label: str
    words: str
    mark: str = ""
    is_doubtful: bool = False


@dataclass(frozen=True)
class Reading:
    """One task as read. ``lead_id`` … ``deliverable``: what may be taken over; ``doubts``: what a person must say first, and why."""

    clause: Clause
    pieces: tuple[Piece, ...]
    fields: tuple[Field, ...]
    doubts: tuple[str, ...]
    lead_id: int | None
    co_ids: frozenset[int]
    due_on: date | None
    deliverable: str

    @property
    def is_sure(self) -> bool:
        """May it be confirmed as it stands?"""
        return not self.doubts and self.lead_id is not None and self.due_on is not None

    @property
    def facts(self) -> list[object]:
        """What makes it this reading and no other."""
        due = self.due_on.isoformat() if self.due_on else None
        return [self.clause.text_span, self.lead_id, sorted(self.co_ids), due, self.deliverable, list(self.doubts)]


def register(session: Session, mechanism_id: int, on: date) -> Register:
    """The register of units on that day and the members of the mechanism; read again only when units or seats have changed."""

    def work() -> Register:
        units: dict[str, list[Named]] = {}
        for unit in session.scalars(select(Unit).order_by(Unit.position, Unit.id)):
            if unit.stands(on):
                units.setdefault(unit.name, []).append(Named(unit.id, unit.name, unit.short_name))
        members = tuple(Named(unit.id, unit.name, unit.short_name) for unit in queries.members(session, mechanism_id, on))
        return Register(tuple(named_units(session, on)), {name: tuple(found) for name, found in units.items()}, members)

    return kept(session, ("register", mechanism_id, on), work)


def readings(session: Session, mechanism_id: int, text: str, on: date) -> list[Reading]:
    """The tasks a text gives, in order; limits are counted from ``on``. Asks the database nothing while units and calendar stay."""
    known = register(session, mechanism_id, on)
    found = read(text, known.entries, on, queries.calendar(session))
    return [_Shown(text, clause, known, on, whole=len(found) == 1).reading() for clause in found]


def digest(*facts: object) -> str:
    """What the page shows, in a few signs: confirmed is only what was seen."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, default=str).encode()).hexdigest()[:20]


@dataclass
class _Shown:
    """One clause on its way to the page."""

    text: str
    clause: Clause
    known: Register
    on: date
    whole: bool
    doubts: list[str] = field(default_factory=list)

    def reading(self) -> Reading:
        """The reading, with what is doubtful left out of what may be taken over."""
        clause = self.clause
        lead_id, co_ids, due_on = self._lead(), self._co(), self._due()
        reasons = dict.fromkeys([*(why for why in clause.doubts if why not in self.doubts), *self.doubts])
        marks = dict(zip((name for name in LABELS if clause.spans[name]), MARKS, strict=False))
        return Reading(
            clause=clause,
            pieces=tuple(piece for piece in self._pieces(marks) if piece.text),
            fields=tuple(self._fields(marks, lead_id, co_ids, due_on)),
            doubts=tuple(reasons),
            lead_id=lead_id,
            co_ids=co_ids - {lead_id} if lead_id else co_ids,
            due_on=due_on,
            deliverable=clause.deliverable[:500],
        )

    def _lead(self) -> int | None:
        """The one unit that leads, when it is plain which."""
        names = self.clause.lead
        if len(names) > 1:
            self.doubts.append(f"读出{len(names)}个牵头单位（{'、'.join(map(self.known.short, names))}），请选定一个")
        if len(names) != 1:
            return None
        found = self.known.units.get(names[0], ())
        if len(found) != 1:
            self.doubts.append(
                f"“{names[0]}”不是一个单位，请选定牵头单位" if not found else f"有{len(found)}个单位名为“{names[0]}”，请选择"
            )
            return None
        return found[0].id if self.clause.certain["lead"] else None

    def _co(self) -> frozenset[int]:
        """Who co-operates; 各成员单位 are the members of the mechanism, one by one."""
        ids: set[int] = set()
        for name in self.clause.co:
            found = self.known.units.get(name, ())
            if not found and MEMBERS.search(name):
                ids |= {unit.id for unit in self.known.members}
            elif len(found) == 1:
                ids.add(found[0].id)
            else:
                self.doubts.append(f"“{name}”请逐一选定单位" if not found else f"有{len(found)}个单位名为“{name}”，请选择")
        if not self.clause.certain["co"]:
            return frozenset()
        lead = [unit.id for name in self.clause.lead for unit in self.known.units.get(name, ())]
        return frozenset(ids - set(lead))

    def _due(self) -> date | None:
        due = self.clause.due
        if due.kind == NONE:
            self.doubts.append("没有写明时限，请选定日期")
        elif due.kind not in DAYS:
            self.doubts.append(f"“{due.raw}”不是一个日期，请选定完成或首次报告的日期")
        if due.kind not in DAYS or due.value is None or not self.clause.certain["due"]:
            return None
        day = date.fromisoformat(due.value)
        if day < self.on:
            self.doubts.append(f"读出的时限{full_day(day)}已过，请选定日期")
            return None
        return day

    def _fields(self, marks: dict[str, str], lead_id: int | None, co_ids: frozenset[int], due_on: date | None) -> Iterator[Field]:
        clause, due = self.clause, self.clause.due
        is_doubtful = {"lead": lead_id is None, "co": bool(clause.co or not clause.certain["co"]) and not co_ids, "due": due_on is None}
        day = full_day(date.fromisoformat(due.value)) if due.kind in DAYS and due.value else due.raw
        words = {"lead": self._names(clause.lead), "co": self._names(clause.co), "due": day, "deliverable": clause.deliverable}
        if any(MEMBERS.search(name) and name not in self.known.units for name in clause.co) and co_ids:
            words["co"] += f"（共{len(co_ids)}个）"
        for name, label in LABELS.items():
            shown = words[name] or ("无" if name == "co" and clause.certain["co"] else "")
            yield Field(label, shown, marks.get(name, ""), is_doubtful.get(name, False))

    def _names(self, names: Sequence[str]) -> str:
        return "、".join(self.known.short(name) for name in names)

    def _pieces(self, marks: dict[str, str]) -> Iterator[Piece]:
        """The sentence, cut at the words that fields were read from; of a longer text only the sentences concerned."""
        spoken = sorted((start, end, marks[name]) for name in LABELS for start, end in self.clause.spans[name])
        reached = 0
        for start, end in [(0, len(self.text))] if self.whole and len(self.text) <= _WHOLE else self.windows():
            if reached:
                yield Piece(_GAP)
            at = start
            for begun, ended, mark in spoken:
                if at <= begun and ended <= end:
                    yield Piece(self.text[at:begun])
                    yield Piece(self.text[begun:ended], mark)
                    at = ended
            yield Piece(self.text[at:end])
            reached = end

    def windows(self) -> list[tuple[int, int]]:
        """The stretches of the text that the clause and its fields stand in, whole sentences, in order and apart."""
        spans = [tuple(self.clause.span), *((start, end) for spans in self.clause.spans.values() for start, end in spans)]
        found: list[tuple[int, int]] = []
        for start, end in sorted((self._begin(start), self._finish(end)) for start, end in spans):
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], max(end, found[-1][1]))
            else:
                found.append((start, end))
        return found

    def _begin(self, at: int) -> int:
        before = self.text[max(0, at - _REACH) : at]
        stops = list(_END.finditer(before))
        return at - len(before) + stops[-1].end() if stops else at - (len(before) if len(before) < _REACH else 0)

    def _finish(self, at: int) -> int:
        stop = _END.search(self.text, at, min(len(self.text), at + _REACH))
        return (stop.end() if stop and stop[0] != "\n" else stop.start()) if stop else min(len(self.text), at + _REACH)


_WHOLE = 600  # a sentence of a decision up to so many characters is shown whole
_REACH = 200  # so far around a word the end of its sentence is looked for


def excerpt(reading: Reading) -> str:
    """The words a reading rests on, without the numbers."""
    return "".join(piece.text if piece.text != _GAP else "\n" for piece in reading.pieces).strip()
