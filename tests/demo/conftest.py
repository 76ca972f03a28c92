"""The demo county, loaded once on both databases; tests only read it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from coordination import demo
from coordination.app import create_app
from coordination.config import Config
from coordination.transaction import transaction
from models.base import db
from tests.browser.county import config_of
from tests.world import NOW

PASSWORD = "demo-of-the-tests"


def empty_app(folder: Path, url: str) -> Flask:
    """The application on an empty database with all tables."""
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(
        Config(instance=folder, database_url=url, secret_key="secret-of-the-tests", data_key="data-of-the-tests", testing=True)
    )
    with app.app_context():
        db.create_all()
    return app


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The session of an application whose demo county was loaded at 9:00 on 18 June 2026; tests only read."""
    opened = _on_postgresql if request.param == "postgresql" else _on_sqlite
    with opened(request, tmp_path_factory.mktemp("demo")) as app, app.app_context(), time_machine.travel(NOW, tick=False):
        yield db.session()
        db.session.remove()
        db.engine.dispose()


@contextmanager
def _on_sqlite(request: pytest.FixtureRequest, folder: Path) -> Iterator[Flask]:
    shutil.copytree(request.getfixturevalue("june_template"), folder, dirs_exist_ok=True)
    yield create_app(config_of(folder))


@contextmanager
def _on_postgresql(request: pytest.FixtureRequest, folder: Path) -> Iterator[Flask]:
    cluster = request.getfixturevalue("cluster")
    cluster.sql("CREATE DATABASE demo_county")
    app = empty_app(folder, cluster.url("demo_county"))
    with app.app_context(), time_machine.travel(NOW, tick=False), transaction() as session:
        assert demo.load(session, password=PASSWORD, now=NOW)
    yield app
    cluster.sql("DROP DATABASE demo_county WITH (FORCE)")
