"""A mark that changes with everything a person's rights are derived from.

Whoever answers a request keeps what it worked out (units answered for, seats, roles) beside the mark it read, and works it out anew when
the mark is another one. So one small read tells every process, on the very next request, that units, seats, roles or people have changed.
"""

from secrets import token_hex
from typing import Any

from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from models.base import Line, Model
from models.mechanism import Mechanism, Membership
from models.people import Person, RoleGrant
from models.unit import Unit

WATCHED = (Person, RoleGrant, Unit, Membership, Mechanism)


class AccessMark(Model):
    """The one row. Its mark is random rather than counted, so that one written in a transaction that failed never comes again."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(Line(32))


def renew(session: Session) -> None:
    """Write a new mark in the transaction of what changed."""
    connection = session.connection()
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    mark = token_hex(16)
    connection.execute(insert(AccessMark).values(id=1, mark=mark).on_conflict_do_update(index_elements=["id"], set_={"mark": mark}))


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
