"""Readings of decision clauses (读作): what a page shows of one, and what a person may confirm.

A reading never becomes a clause's fields by itself: they are what a person filled in or confirmed, with the sentence before their eyes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from coordination.tasks.cases import Clause
from coordination.tasks.readings import Reading, digest, readings
from models import Decision, Meeting
from models.calendar import local_date


@dataclass(frozen=True)
class Shown:
    """A clause as a page shows it. ``offered``: the fields that 确认 confirms (None: nothing can be confirmed as it stands).

    ``contradicts``: what the sentence is read as and the fields say otherwise; ``seen``: what the page showed, in a few signs.
    """

    decision: Decision
    readings: Sequence[Reading]
    offered: Clause | None
    contradicts: Sequence[str]
    seen: str

    @property
    def is_confirmed(self) -> bool:
        """Has a person confirmed it?"""
        return self.decision.confirmed_at is not None

    @property
    def reading(self) -> Reading | None:
        """The one reading, where there is exactly one."""
        return self.readings[0] if len(self.readings) == 1 else None


def said(decision: Decision) -> Clause:
    """What a stored clause says."""
    co_ids = frozenset(unit.id for unit in decision.co_units)
    return Clause(decision.text, decision.lead_id, co_ids, decision.due_on, decision.deliverable, decision.reservation)


def readings_of(session: Session, meeting: Meeting, text: str) -> list[Reading]:
    """The tasks a sentence of this meeting gives, limits counted from its day."""
    return readings(session, meeting.mechanism_id, text, local_date(meeting.starts_at))


def shown(session: Session, meeting: Meeting, decision: Decision) -> Shown:
    """The clause with its reading. A confirmed one is not read again."""
    if decision.confirmed_at is not None:
        return Shown(decision, (), None, (), "")
    read, clause = readings_of(session, meeting, decision.text), said(decision)
    offered = clause if clause.is_whole else None
    if not clause.is_filled and len(read) == 1 and read[0].is_sure:
        offered = taken(decision.text, read[0], decision.reservation)
    facts = [clause.text, clause.lead_id, sorted(clause.co_ids), clause.due_on, clause.deliverable, clause.reservation]
    seen = digest(*facts, *(one.facts for one in read))
    return Shown(decision, read, offered, contradictions(read, clause) if clause.is_filled else (), seen)


def seen_of(text: str, read: Sequence[Reading]) -> str:
    """What a page shows of a sentence that is just being typed, in a few signs."""
    return digest(text, *(one.facts for one in read))


def taken(text: str, reading: Reading, reservation: str = "") -> Clause:
    """The sentence with what may be taken over from its reading; no sentence says who does not agree with it."""
    return Clause(text, reading.lead_id, reading.co_ids, reading.due_on, reading.deliverable, reservation)


def contradictions(read: Sequence[Reading], clause: Clause) -> list[str]:
    """What is read for certain and the fields say otherwise, in words; what the sentence leaves open contradicts nothing."""
    if len(read) > 1:
        return [f"这句话读出{len(read)}件事，请核对是否拆开"]
    found = []
    for one in read:
        words = {field.label: field.words for field in one.fields}
        pairs = (
            ("牵头", one.lead_id, clause.lead_id),
            ("配合", one.co_ids, clause.co_ids),
            ("时限", one.due_on, clause.due_on),
        )
        found += [f"{label}读作{words[label]}，与所填不同" for label, read_as, filled in pairs if read_as and read_as != filled]
    return found
