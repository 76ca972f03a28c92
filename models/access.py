"""A mark that changes with everything that is arranged rather than done: units, seats, people, roles, rules, calendars, settings.

Whoever answers a request keeps what it worked out from these (a person's rights, the names to choose from, the limits in force) beside the
mark it read, and works it out anew when the mark is another one. So one small read tells every process, on the very next request, that any
of them has changed.
"""

from collections.abc import Callable, Hashable
from secrets import token_hex
from typing import Any, TypeVar

from sqlalchemy import event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from models.base import Line, Model
from models.calendar import CalendarDay, CalendarYear
from models.mechanism import Mechanism, Membership
from models.people import Person, RoleGrant
from models.rule import Rule
from models.setting import Setting
from models.unit import Unit

Fact = TypeVar("Fact")

WATCHED = (Person, RoleGrant, Unit, Membership, Mechanism, Rule, CalendarYear, CalendarDay, Setting)
MOST_KEPT = 20_000  # facts one process keeps; a province's officials fit
MARK = "access_mark"  # where a session remembers the mark it read in the transaction it is in


class AccessMark(Model):
    """The one row. Its mark is random rather than counted, so that one written in a transaction that failed never comes again."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(Line(32))


_facts: tuple[str, dict[Hashable, Any]] = ("", {})


def kept(session: Session, key: Hashable, work: Callable[[], Fact]) -> Fact:
    """What ``work()`` finds, found once for each mark. It must rest on nothing but ``key`` and what is watched, and be no database row.

    Without a mark (nothing was ever written) nothing is kept.
    """
    global _facts
    if MARK not in session.info:
        session.info[MARK] = session.scalar(select(AccessMark.mark).where(AccessMark.id == 1))
    mark = session.info[MARK]
    if mark is None:
        return work()
    if _facts[0] != mark or len(_facts[1]) >= MOST_KEPT:
        _facts = (mark, {})
    facts = _facts[1]
    if key not in facts:
        facts[key] = work()
    return facts[key]


def renew(session: Session) -> None:
    """Write a new mark in the transaction of what changed."""
    session.info.pop(MARK, None)
    connection = session.connection()
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    mark = token_hex(16)
    connection.execute(insert(AccessMark).values(id=1, mark=mark).on_conflict_do_update(index_elements=["id"], set_={"mark": mark}))


@event.listens_for(Session, "after_begin")
def _on_begin(session: Session, *_: Any) -> None:
    """Another transaction may see another mark."""
    session.info.pop(MARK, None)


@event.listens_for(Session, "before_flush")
def _on_flush(session: Session, *_: Any) -> None:
    changed = any(isinstance(row, WATCHED) for row in (*session.new, *session.deleted))
    if changed or any(isinstance(row, WATCHED) and session.is_modified(row) for row in session.dirty):
        renew(session)


@event.listens_for(Session, "do_orm_execute")
def _on_bulk_write(state: ORMExecuteState) -> None:
    """UPDATE, INSERT and DELETE statements that pass the flush by."""
    writes = state.is_update or state.is_insert or state.is_delete
    if writes and state.bind_mapper is not None and issubclass(state.bind_mapper.class_, WATCHED):
        renew(state.session)
