"""Migrations: head is what the models say; up, down and up again; rows survive."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from coordination.settings import schema
from coordination.transaction import engine_options, prepare_engine
from models.base import db


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        cluster = request.getfixturevalue("cluster")
        cluster.sql("CREATE DATABASE empty")
        url = cluster.url("empty")
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        cluster.sql("DROP DATABASE empty WITH (FORCE)")


def test_head_is_what_the_models_say(engine: Engine):
    schema.upgrade(engine)
    assert schema.differences(engine) == []
    with engine.connect() as connection:
        assert schema.current(connection) == schema.head()


def test_up_down_and_up_again(engine: Engine):
    schema.upgrade(engine)
    schema.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    schema.upgrade(engine)
    assert set(inspect(engine).get_table_names()) >= set(db.metadata.tables)


def test_rows_survive_an_upgrade_that_finds_nothing_to_do(engine: Engine):
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO number_series (key, last) VALUES ('minutes:county:2026', 3)"))
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT last FROM number_series")) == 3
