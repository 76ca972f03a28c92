"""The database's structure: which migration it stands at, and bringing it up."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect

from models.base import db

if TYPE_CHECKING:
    from alembic.config import Config

# Alembic is loaded where a migration is at hand: it takes a fifth of a second, and a start on a database that is up needs none of it.
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
UPGRADE_LOCK = 7_315_001  # any number of ours: two processes that upgrade a PostgreSQL database at once wait for each other


def head() -> str:
    """The newest revision. Revisions are numbered files, so the last name tells it without loading Alembic's scripts."""
    return max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def current(connection: Connection) -> str | None:
    """The revision the database stands at; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def ensure(engine: Engine) -> None:
    """Bring the database up when it is behind or empty; costs one small query when it is not."""
    with engine.connect() as connection:
        there = current(connection)
    if there != head():
        upgrade(engine)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to ``revision``; does nothing when it is there."""
    from alembic import command

    with _alone(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to ``revision`` (``base``: empty)."""
    from alembic import command

    with _alone(engine) as connection:
        command.downgrade(_config(connection), revision)


def differences(engine: Engine) -> list[str]:
    """What the models say and the database does not, in words for a developer; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, db.metadata)]


def make_revision(engine: Engine, message: str, revision_id: str) -> None:
    """Write the next migration from what differs; a developer reads and mends it before it is committed."""
    from alembic import command

    with _alone(engine) as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=revision_id)


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One upgrade at a time. SQLite rebuilds tables, which with foreign keys on would delete the rows that point at them."""
    with engine.connect().execution_options(writes=True) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({UPGRADE_LOCK})")
            connection.commit()
        else:
            _foreign_keys(connection, "OFF")
        try:
            yield connection
            connection.commit()
            if engine.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise RuntimeError("the migration left rows that point at nothing")
        finally:
            connection.rollback()
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({UPGRADE_LOCK})")
                connection.commit()
            else:
                _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, state: str) -> None:
    """Switch SQLite's foreign keys; it ignores this inside a transaction, so it goes to the driver, before BEGIN."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA foreign_keys={state}")
