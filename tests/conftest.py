"""Every test that touches the database runs on SQLite and, where its binaries are found, on PostgreSQL."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import clock, demo
from coordination.access import SEEN, token_hash
from coordination.app import create_app
from coordination.config import Config
from coordination.settings import schema
from coordination.settings import service as settings_service
from coordination.transaction import transaction
from models import LoginSession, Mechanism, Person, Unit
from models.base import db
from tests import postgres
from tests.world import World, build_world

BACKENDS = ("sqlite", "postgresql")
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"]


class Visitor(FlaskClient):
    """A browser of its own. The application's context stays pushed during a test, and with it ``g``, where who is signed in and the last
    form's token are kept: without clearing it the second visitor would be taken for the first."""

    def open(self, *args: Any, **more: Any) -> Any:
        """Send a request, with nothing left over from the one before."""
        for name in list(g):
            g.pop(name)
        return super().open(*args, **more)


def _config(folder: Path, url: str) -> Config:
    folder.mkdir(parents=True, exist_ok=True)
    return Config(instance=folder, database_url=url, secret_key="secret-of-the-tests", data_key="data-of-the-tests", testing=True)


def _make(config: Config) -> None:
    app = create_app(config)
    with app.app_context():
        db.create_all()
        build_world(db.session())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """The PostgreSQL server of this test run."""
    programs = postgres.binaries()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    cluster = postgres.Cluster(programs)
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file holding the world, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    _make(_config(folder, f"sqlite:///{folder / 'world.sqlite3'}"))
    return folder / "world.sqlite3"


@pytest.fixture(scope="session")
def postgresql_template(cluster: postgres.Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PostgreSQL database holding the world, copied for each test."""
    cluster.sql("CREATE DATABASE world")
    _make(_config(tmp_path_factory.mktemp("postgresql"), cluster.url("world")))
    return "world"


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh copy of the world."""
    if request.param == "sqlite":
        file = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    template, cluster = request.getfixturevalue("postgresql_template"), request.getfixturevalue("cluster")
    name = f"test_{secrets.token_hex(6)}"
    cluster.sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield cluster.url(name)
    cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh copy of the world, with its context pushed."""
    app = create_app(_config(tmp_path / "instance", database_url))
    app.test_client_class = Visitor
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Session:
    """The database session of the application."""
    return db.session()


@pytest.fixture
def world(session: Session) -> World:
    """The county's rows, read from the database of this test."""
    return World(
        units={unit.code: unit for unit in session.scalars(select(Unit))},
        mechanisms={mechanism.code: mechanism for mechanism in session.scalars(select(Mechanism))},
        people={person.username: person for person in session.scalars(select(Person))},
    )


def client_of(app: Flask, username: str) -> FlaskClient:
    """A client signed in as that person, through a session row."""
    token, now = secrets.token_urlsafe(32), clock.now()
    person = db.session.scalars(select(Person).where(Person.username == username)).one()
    lasts = {"created_at": now, "confirmed_at": now, "expires_at": now + timedelta(hours=9)}
    db.session.add(LoginSession(token_hash=token_hash(token), person_id=person.id, **lasts))
    db.session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"], cookie[SEEN] = token, True, int(now.timestamp())
    return client


@pytest.fixture
def sign_in(app: Flask, world: World) -> Callable[[str], FlaskClient]:
    """``sign_in("office")``: a client signed in as that person of the world."""
    return partial(client_of, app)


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file holding the demo county, and its stored files beside it."""
    folder = tmp_path_factory.mktemp("demo")
    app = create_app(_config(folder, f"sqlite:///{folder / 'demo.sqlite3'}"))
    with app.app_context():
        schema.upgrade(db.engine)
        with transaction() as session:
            settings_service.load_defaults(session, now=clock.now())
        with transaction() as session:
            demo.load(session, password="demo-of-the-tests", now=clock.now())
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture
def demo_app(demo_template: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh copy of the demo county (SQLite; tests/demo loads it on both databases)."""
    folder = tmp_path / "demo"
    shutil.copytree(demo_template, folder)
    app = create_app(_config(folder, f"sqlite:///{folder / 'demo.sqlite3'}"))
    app.test_client_class = Visitor
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def demo_sign_in(demo_app: Flask) -> Callable[[str], FlaskClient]:
    """``demo_sign_in("office")``: a client signed in as that person of the demo county."""
    return partial(client_of, demo_app)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, or a skip that says it is missing. One for the whole run: playwright allows one at a time in a process."""
    if not os.path.exists(CHROMIUM):
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing")
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
