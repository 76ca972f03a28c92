"""Cases of readings: sentences whose reading a person has judged, kept so that the reader can be measured on them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination.clauses import Entry
from coordination.documents.decisions import names, says_day
from coordination.documents.wording import official_date
from coordination.members.queries import named_units
from coordination.permissions import Actor
from coordination.tasks.readings import DAYS, Reading
from models import ReadingCase, Unit, Verdict

LONGEST = 4000  # characters of a sentence that is kept


@dataclass(frozen=True)
class Clause:
    """A sentence with what a person says of it: who owes what by when, as far as it is known.

    ``reservation`` (保留意见): which unit does not agree, and why; empty: all agree (协商一致).
    """

    text: str
    lead_id: int | None = None
    co_ids: frozenset[int] = frozenset()
    due_on: date | None = None
    deliverable: str = ""
    reservation: str = ""

    @property
    def is_filled(self) -> bool:
        """Is anything said of it beside its sentence?"""
        return bool(self.lead_id or self.co_ids or self.due_on or self.deliverable)

    @property
    def is_whole(self) -> bool:
        """Can a task be made of it?"""
        return self.lead_id is not None and self.due_on is not None


def keep(
    session: Session, clause: Clause, read: Sequence[Reading], *, mechanism_id: int, on: date, actor: Actor, now: datetime
) -> ReadingCase:
    """Keep a confirmed clause: as it was read, and as it should be read as far as the sentence itself says it."""
    key = _key(session, clause, read)
    as_read = [one.clause.as_dict() for one in read]
    same = [(one.lead_id, one.co_ids, one.due_on) for one in read] == [(clause.lead_id, clause.co_ids, clause.due_on)]
    verdict = Verdict.CONFIRMED if same else Verdict.CORRECTED
    facts = {"text": clause.text, "read": as_read, "key": [key], "verdict": verdict}
    case = ReadingCase(mechanism_id=mechanism_id, said_on=on, at=now, person_id=actor.person_id, **facts)
    session.add(case)
    return case


def keep_rejected(
    session: Session, text: str, read: Sequence[Reading], *, mechanism_id: int, on: date, actor: Actor, now: datetime
) -> ReadingCase:
    """Keep a sentence that should give nobody a task."""
    facts = {"text": text, "read": [one.clause.as_dict() for one in read], "key": [], "verdict": Verdict.REJECTED}
    case = ReadingCase(mechanism_id=mechanism_id, said_on=on, at=now, person_id=actor.person_id, **facts)
    session.add(case)
    return case


def items(session: Session, verdict: Verdict | None = None) -> Iterator[dict[str, Any]]:
    """Every case as an item of the reader's own format, with its key and the register of its day; who judged it is left out."""
    query = select(ReadingCase).order_by(ReadingCase.id).execution_options(yield_per=500)
    registers: dict[date, list[dict[str, Any]]] = {}
    for case in session.scalars(query if verdict is None else query.where(ReadingCase.verdict == verdict)):
        if case.said_on not in registers:
            registers[case.said_on] = [_unit(entry) for entry in named_units(session, case.said_on)]
        yield {
            "id": f"case-{case.id}",
            "meeting_date": case.said_on.isoformat(),
            "units": registers[case.said_on],
            "text": case.text,
            "clauses": case.key,
            "verdict": case.verdict.value,
            "judged_at": case.at.isoformat(),
        }


def _unit(entry: Entry) -> dict[str, Any]:
    return {"name": entry.name, "short": list(entry.short), "former": list(entry.former), "group": entry.group}


def _key(session: Session, clause: Clause, read: Sequence[Reading]) -> dict[str, Any]:
    """The clause that the sentence should be read as. What a person added and the sentence does not say is left out of it."""
    one = read[0].clause if len(read) == 1 else None
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_([*clause.co_ids, clause.lead_id or 0])))}
    lead = _said_in(clause.text, [units[clause.lead_id]] if clause.lead_id else [], one.lead if one else ())
    if one and one.co and read[0].co_ids == clause.co_ids:
        co = list(one.co)  # as the sentence writes them, a group word as itself
    else:
        co = _said_in(clause.text, [units[unit_id] for unit_id in sorted(clause.co_ids)], one.co if one else ())
    return {
        "text_span": one.text_span if one else clause.text,
        "lead": lead,
        "co": co,
        "unknown": [] if lead or co or one is None else one.unknown,
        "due": _due_said(clause, read),
        "deliverable": clause.deliverable if clause.deliverable and clause.deliverable in clause.text else "",
    }


def _said_in(text: str, units: Iterable[Unit], read_as: Iterable[str]) -> list[str]:
    """The full names of those of the units that the text names, or was read to name."""
    named = set(read_as)
    return [unit.name for unit in units if unit.name in named or names(text, unit.name) or names(text, unit.short_name)]


def _due_said(clause: Clause, read: Sequence[Reading]) -> dict[str, str | None]:
    due = read[0].clause.due if len(read) == 1 else None
    day = clause.due_on.isoformat() if clause.due_on else None
    if due is not None and due.kind in DAYS:
        return {"kind": due.kind if due.value in (day, None) else "date", "value": day}
    if clause.due_on is not None and says_day(clause.text, official_date(clause.due_on)):
        return {"kind": "date", "value": day}
    return {"kind": due.kind if due else "none", "value": due.value if due else None}
