"""One action, one transaction, the same on SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models.base import db
from models.errors import Conflict

try:
    import pysqlite3 as sqlite_driver  # carries a SQLite without the WAL-reset bug of 3.7.0 to 3.51.2
except ImportError:
    sqlite_driver = sqlite3


@contextmanager
def transaction() -> Iterator[Session]:
    """Everything inside happens, or none of it does. Starts afresh: what was read before is read again under the write lock."""
    session: Session = db.session()
    session.rollback()
    session.connection(execution_options={"writes": True})
    try:
        yield session
        session.commit()
    except StaleDataError as stale:
        session.rollback()
        raise Conflict("他人刚刚改过这一项，您的操作没有保存，请看过新内容再办") from stale
    except BaseException:
        session.rollback()
        raise


@contextmanager
def glance() -> Iterator[Connection]:
    """A connection for one read of what is committed now. Neither session nor transaction is made: that is half the work."""
    engine = db.engine
    options = {"bare": True} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def engine_options(database_url: str) -> dict[str, Any]:
    """How connections are made: on SQLite the driver's own transactions are switched off, we say BEGIN ourselves."""
    if database_url.startswith("sqlite"):
        return {"module": sqlite_driver, "connect_args": {"isolation_level": None, "timeout": 10, "check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 10}


def prepare_engine(engine: Engine) -> None:
    """Make SQLite safe: WAL, full sync, foreign keys, and BEGIN IMMEDIATE for whoever writes, so that no update is lost.

    Tell PostgreSQL that a page read out of order costs hardly more than the next one, as from memory or a solid-state disk. It takes every
    disk for a spinning one, and would read a whole table in order rather than look up the few rows a search has found.
    """
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _on_postgresql)
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        options = connection.get_execution_options()
        if not options.get("bare"):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


def _on_postgresql(connection: Any, _record: Any) -> None:
    connection.autocommit = True  # or the setting would go with the first transaction that is rolled back
    connection.execute("SET random_page_cost = 1.1")
    connection.autocommit = False
