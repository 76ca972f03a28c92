"""Migrations: head is what the models say; up, down and up again; rows survive."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.orm import Session

from coordination.settings import schema
from coordination.transaction import engine_options, prepare_engine
from models import Duty, Subject
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


def test_every_check_of_the_models_stands_alone_under_its_name(engine: Engine):
    def checks() -> list[tuple[str, str | None, str]]:
        """(table, name, condition) of each, as the database tells them."""
        told = inspect(engine)
        tables = sorted(db.metadata.tables)
        return sorted((table, one["name"], one["sqltext"]) for table in tables for one in told.get_check_constraints(table))

    schema.upgrade(engine)
    migrated = checks()
    schema.downgrade(engine, "base")
    db.metadata.create_all(engine)
    assert migrated == checks()


def test_up_down_and_up_again(engine: Engine):
    schema.upgrade(engine)
    schema.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    schema.upgrade(engine)
    assert set(inspect(engine).get_table_names()) >= set(db.metadata.tables)


OLD_DUTY = """INSERT INTO duty (id, unit_id, subject, text, keywords, territory, clause, role, version)
    VALUES (:id, 1, :subject, '职责', :keywords, '城东街道', '条款', 'lead', 1)"""


def test_duties_written_under_free_subjects_keep_them_as_classes(engine: Engine):
    schema.upgrade(engine, "0004")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO unit (id, code, name, short_name, former_names, kind, position, phone, version)"
                " VALUES (1, 'JYJ', '县教育局', '县教育局', '[]', 'bureau', 0, '', 1)"
            )
        )
        for id, subject, words in ((1, "校外培训", ["培训", "学费"]), (2, "旅游", []), (3, "校外培训", ["补课"])):
            connection.execute(text(OLD_DUTY), {"id": id, "subject": subject, "keywords": json.dumps(words)})
    schema.upgrade(engine)
    with Session(engine) as session:
        found = [(duty.subject.name, duty.keywords, duty.exclusions) for duty in session.scalars(select(Duty).order_by(Duty.id))]
        assert found == [("校外培训", {"培训": 1, "学费": 1}, []), ("旅游", {}, []), ("校外培训", {"补课": 1}, [])]
        assert len(session.scalars(select(Subject)).all()) == 2
    schema.downgrade(engine, "0004")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT subject, keywords FROM duty ORDER BY id")).all()
    words = [json.loads(row.keywords) if isinstance(row.keywords, str) else row.keywords for row in rows]
    assert ([row.subject for row in rows], words) == (["校外培训", "旅游", "校外培训"], [["培训", "学费"], [], ["补课"]])


def test_rows_survive_an_upgrade_that_finds_nothing_to_do(engine: Engine):
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO number_series (key, last) VALUES ('minutes:county:2026', 3)"))
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT last FROM number_series")) == 3
