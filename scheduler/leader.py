"""One leader among the scheduler processes: on PostgreSQL by an advisory lock, on SQLite by a lease row. Both leave a heartbeat (Lease).

Leading only saves work: two that lead at once for a moment (one was frozen and wakes) double nothing, because every notice and every rung
has a unique key and every mail is claimed in its row before it is sent.
"""

import logging
import os
import secrets
import socket
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from models import Lease

log = logging.getLogger(__name__)

NAME = "scheduler"
LOCK = 7_315_002  # any number of ours; schema upgrades hold the one before it
BEAT_SECONDS = 10
# A leader that was killed must be followed within half a minute, and one that is slow must not be robbed: two beats may be missed.
LEASE_SECONDS = 25
POLL_SECONDS = 2


class Leadership(Protocol):
    """Who leads. Not shared between threads."""

    def hold(self, now: datetime) -> bool:
        """Take the lead or keep it, leaving a heartbeat; False when another process has it, or it was lost."""

    def release(self, now: datetime) -> None:
        """Give it up, so that another may take it at once."""


def leadership(engine: Engine, seconds: float = LEASE_SECONDS) -> Leadership:
    """How this database settles it; ``seconds``: how long a lease lasts without a beat."""
    return AdvisoryLock(engine, seconds) if engine.dialect.name == "postgresql" else LeaseRow(engine, seconds)


def holder() -> str:
    """This process by machine, number and a word of its own, since numbers come again."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}:{secrets.token_hex(4)}"


class LeaseRow:
    """SQLite: a row that says who leads and until when. Whoever finds it run out takes over."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        self._engine = engine
        self._holder = holder()
        self._lasts = timedelta(seconds=seconds)
        self._until: datetime | None = None

    def hold(self, now: datetime) -> bool:
        """See Leadership. A database that does not answer costs the lead only when the lease has run out."""
        try:
            with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
                row = connection.execute(select(Lease.holder, Lease.expires_at).where(Lease.name == NAME)).one_or_none()
                if row is not None and row.holder != self._holder and row.expires_at > now:
                    self._until = None
                    return False
                _beat(connection, self._holder, now, now + self._lasts)
        except DBAPIError as failure:
            log.warning("the lease could not be renewed: %s", failure.orig)
            return self._until is not None and now < self._until
        self._until = now + self._lasts
        return True

    def release(self, now: datetime) -> None:
        """See Leadership."""
        if self._until is None:
            return
        self._until = None
        try:
            with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
                table: Any = Lease.__table__
                mine = (table.c.name == NAME, table.c.holder == self._holder)
                connection.execute(table.update().where(*mine).values(expires_at=now))
        except DBAPIError as failure:
            log.warning("the lease could not be given up and will run out: %s", failure.orig)


class AdvisoryLock:
    """PostgreSQL: a lock that belongs to one connection and ends with it, so a dead leader is followed at once."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        self._engine = engine
        self._holder = holder()
        self._lasts = timedelta(seconds=seconds)
        self._connection: Connection | None = None

    def hold(self, now: datetime) -> bool:
        """See Leadership. The heartbeat goes through the connection that has the lock: a lost connection shows here."""
        try:
            if self._connection is None:
                self._connection = self._locked()
            if self._connection is None:
                return False
            _beat(self._connection, self._holder, now, now + self._lasts)
        except DBAPIError as failure:
            log.warning("the lead is lost: %s", failure.orig)
            self._close()
            return False
        return True

    def release(self, now: datetime) -> None:
        """See Leadership."""
        self._close()

    def _locked(self) -> Connection | None:
        # Taken out of the pool for good: the lock must not outlive its use in a connection that somebody else is given.
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()
        if connection.scalar(select(func.pg_try_advisory_lock(LOCK))):
            return connection
        connection.close()
        return None

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _beat(connection: Connection, who: str, now: datetime, until: datetime) -> None:
    """The sign of life that /readyz and the admin's page look at."""
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    facts = {"holder": who, "beat_at": now, "expires_at": until}
    connection.execute(insert(Lease).values(name=NAME, **facts).on_conflict_do_update(index_elements=["name"], set_=facts))
