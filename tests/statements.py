"""What the application asks of its database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from models.base import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL sent while inside. The engine serves other tests afterwards, so that nobody may go on listening."""
    sent: list[str] = []

    def hear(_connection, _cursor, statement, *_) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
