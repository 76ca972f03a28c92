"""Whom the registry owes what: notices (templates/notices/registry_*.txt), in the transaction that causes them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from coordination import audit, notices
from coordination.accounts.queries import people_in_role
from coordination.tasks.letters import LIAISONS, LIAISONS_AND_HEADS, people_of
from models import Category, Person, Role, Unit


def tell(
    session: Session, *, kind: str, subject: Any, people: Iterable[Person], path: str, now: datetime, slot: object = "", **facts: Any
) -> int:
    """Owe these people the notice ``kind`` about ``subject``; returns how many are newly owed it."""
    title, text = notices.worded(kind, **facts)
    return notices.owe(
        session,
        kind=kind,
        subject=audit.subject_of(subject),
        people=people,
        title=title,
        text=text,
        now=now,
        slot=str(slot),
        path=path,
    )


def responsible(session: Session, category: Category, now: datetime, *, heads: bool = False) -> list[Person]:
    """The liaisons (and heads) of the unit responsible for a category, or of its heir."""
    return people_of(session, [category.responsible], LIAISONS_AND_HEADS if heads else LIAISONS, now)


def of_units(session: Session, units: Iterable[Unit], now: datetime) -> list[Person]:
    """The liaisons of these units, or of their heirs."""
    return people_of(session, units, LIAISONS, now)


def office(session: Session, category: Category) -> list[Person]:
    """The office of the category's mechanism."""
    return people_in_role(session, Role.OFFICE, category.scheme.mechanism_id)


def in_role(session: Session, category: Category, role: Role) -> list[Person]:
    """Who holds ``role`` in the category's mechanism or in all."""
    return people_in_role(session, role, category.scheme.mechanism_id)


def each_once(*groups: Iterable[Person]) -> list[Person]:
    """Everybody of these groups, each once."""
    return list({person.id: person for group in groups for person in group}.values())
