"""Every test that touches the database runs on SQLite and, where its binaries are found, on PostgreSQL."""

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import make_url, select
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
from tests.browser import county
from tests.kept import kept_app, made_once, run_folder
from tests.world import World, build_world

# Workers, served counties, schedulers and commands import the same modules. Where they may not be kept compiled, each of these processes
# would spend seconds compiling them; ``./run`` lifts such a setting, too.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

BACKENDS = ("sqlite", "postgresql")
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"]


LONG = ("tests/browser/", "tests/demo/", "tests/house/test_questions.py", "tests/house/test_run_script.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests come first: one that is begun when all others are done has everybody wait for it."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


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
def postgresql_copy(cluster: postgres.Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Copy]:
    """A PostgreSQL database holding the world, put back for each test."""
    cluster.sql("CREATE DATABASE world")
    _make(_config(tmp_path_factory.mktemp("postgresql"), cluster.url("world")))
    cluster.sql(postgres.KEEPING, "world")
    copy = postgres.Copy(cluster, "world", "test")
    yield copy
    copy.close()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the instance folders of the tests' applications are, one for each database."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the applications of this run, served ones too, find templates that another has compiled."""
    folder = run_folder(tmp_path_factory) / "compiled"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, home: Path) -> str:
    """The address of the world, as if nobody had been there yet; on SQLite it is a file in the instance folder."""
    instance = home / request.param
    shutil.rmtree(instance, ignore_errors=True)
    instance.mkdir()
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), instance / "test.sqlite3")
        return f"sqlite:///{instance / 'test.sqlite3'}"
    copy = request.getfixturevalue("postgresql_copy")
    copy.put_back()
    return copy.url


@pytest.fixture
def app(database_url: str, home: Path, compiled: Path) -> Iterator[Flask]:
    """The application on a fresh copy of the world, with its context pushed."""
    with kept_app(_config(home / make_url(database_url).get_backend_name(), database_url), compiled).as_new() as app:
        app.test_client_class = Visitor
        yield app


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The database session of the application. Where a job that failed gave it up for another one, nobody else would close it."""
    session = db.session()
    yield session
    session.close()


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


def _load_demo(folder: Path) -> None:
    app = create_app(_config(folder, f"sqlite:///{folder / 'demo.sqlite3'}"))
    with app.app_context():
        schema.upgrade(db.engine)
        with transaction() as session:
            settings_service.load_defaults(session, now=clock.now())
        with transaction() as session:
            demo.load(session, password="demo-of-the-tests", now=clock.now())
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file holding the demo county, and its stored files beside it."""
    return made_once(tmp_path_factory, "demo", _load_demo)


@pytest.fixture(scope="session")
def june_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as it stands when loaded at 9:00 on 18 June 2026."""
    return made_once(tmp_path_factory, "june", county.load)


@pytest.fixture
def demo_app(demo_template: Path, home: Path, compiled: Path) -> Iterator[Flask]:
    """The application on a fresh copy of the demo county (SQLite; tests/demo loads it on both databases)."""
    folder = home / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(demo_template, folder)
    with kept_app(_config(folder, f"sqlite:///{folder / 'demo.sqlite3'}"), compiled).as_new() as app:
        app.test_client_class = Visitor
        yield app


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
