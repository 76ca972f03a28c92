"""Shared by benchmarks: the demo county with some hundred tasks more, in a temporary place, and a signed-in browser."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bench import _units
from coordination import clock, demo
from coordination.access import actor_of
from coordination.app import create_app
from coordination.config import Config
from coordination.permissions import Actor
from coordination.settings import schema
from coordination.settings import service as settings
from coordination.tasks import queries, service
from coordination.transaction import transaction
from models import Mechanism, Person
from models.base import db

PASSWORD = "demo-of-the-benchmarks"
TASKS, UNITS = 300, 300
SECRETS = {"SECRET_KEY": "secret-of-the-benchmarks", "DATA_KEY": "data-of-the-benchmarks"}


@dataclass(frozen=True)
class County:
    """A database with the county in it, and the application on it in this process."""

    app: Flask
    instance: Path
    database_url: str

    @property
    def environment(self) -> dict[str, str]:
        """What a server of its own process needs to stand on the same county."""
        return {**os.environ, **SECRETS, "INSTANCE_PATH": str(self.instance), "DATABASE_URL": self.database_url, "TZ": "Asia/Shanghai"}

    def sign_in(self, username: str) -> FlaskClient:
        """A client that went through the log-in page."""
        client = self.app.test_client()
        form = {"username": username, "password": PASSWORD, "csrf_token": csrf_token(client.get("/login").text)}
        answer = client.post("/login", data=form)
        if answer.status_code != 302:
            raise RuntimeError(f"{username} could not log in: {answer.status}")
        return client


@contextmanager
def county(instance: Path, database_url: str) -> Iterator[County]:
    """Load the county into an empty database."""
    instance.mkdir(parents=True, exist_ok=True)
    keys = {"secret_key": SECRETS["SECRET_KEY"], "data_key": SECRETS["DATA_KEY"]}
    app = create_app(Config(instance=instance, database_url=database_url, **keys))
    with app.app_context():
        schema.ensure(db.engine)
        with transaction() as session:
            settings.load_defaults(session, now=clock.now())
        with transaction() as session:
            demo.load(session, password=PASSWORD, now=clock.now())
        _hand_out_tasks()
    try:
        yield County(app, instance, database_url)
    finally:
        with app.app_context():
            db.engine.dispose()


@contextmanager
def listed(instance: Path, database_url: str) -> Iterator[County]:
    """A county with units on the public list, in an empty database."""
    instance.mkdir(parents=True, exist_ok=True)
    app = create_app(Config(instance=instance, database_url=database_url, secret_key=SECRETS["SECRET_KEY"], data_key=SECRETS["DATA_KEY"]))
    with app.app_context():
        schema.ensure(db.engine)
        _units.fill(db.engine, UNITS)
        db.session.remove()
    try:
        yield County(app, instance, database_url)
    finally:
        with app.app_context():
            db.engine.dispose()


def actor(username: str) -> Actor:
    """Who that person is to the services."""
    session = db.session()
    return actor_of(session, session.scalars(select(Person).where(Person.username == username)).one())


def csrf_token(page: str) -> str:
    """The hidden token of a page's first form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("the page has no form")
    return found[1]


def _hand_out_tasks() -> None:
    """Tasks of the county's mechanism, with no, one or two co-operating units, due over the next sixty days."""
    with transaction() as session:
        mechanism = session.scalars(select(Mechanism).where(Mechanism.code == "county")).one()
        units = [unit.id for unit in queries.members(session, mechanism.id, clock.today())]
        for number in range(TASKS):
            lead, *helpers = (units[(number + step) % len(units)] for step in range(1 + number % 3))
            service.create(
                session,
                actor=actor("office"),
                mechanism_id=mechanism.id,
                title=f"第{number + 1}批农贸市场计量器具专项检查",
                text="对辖区农贸市场计量器具开展专项检查，并将结果报联席会议办公室。",
                deliverable="检查情况报告",
                lead_id=lead,
                co_ids=helpers,
                due_on=clock.today() + timedelta(days=1 + number % 60),
                source="县政府交办",
                now=clock.now(),
            )
