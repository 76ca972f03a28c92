"""The demo county as the browser tests meet it: served at an address, with a clock that is set, and jobs run when due."""

import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import demo
from coordination.access import actor_of
from coordination.app import create_app
from coordination.config import ROOT, Config
from coordination.meetings import agenda, invitation, service
from coordination.settings import schema
from coordination.transaction import transaction
from models import Mechanism, MeetingKind, Person
from models.base import db
from models.calendar import SHANGHAI
from tests.browser.server import serve

START = datetime(2026, 6, 18, 9, 0, tzinfo=SHANGHAI)  # Thursday, the day before the dragon-boat holiday
EXTRA_MEETING = datetime(2026, 6, 22, 14, 0, tzinfo=SHANGHAI)  # the next working day
PASSWORD = "demo-of-the-tests"
KEYS = {"SECRET_KEY": "secret-of-the-tests", "DATA_KEY": "data-of-the-tests"}
# Web processes are forked from one that has imported the application already: a second and a half less for each.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.browser.server"])


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A time of 2026 in China."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def config_of(folder: Path) -> Config:
    """The configuration of the county in this folder."""
    url = f"sqlite:///{folder / 'county.sqlite3'}"
    return Config(instance=folder, database_url=url, secret_key=KEYS["SECRET_KEY"], data_key=KEYS["DATA_KEY"], testing=True)


def load(folder: Path) -> None:
    """Make a SQLite database with the demo county in this folder, as it stands on the morning of START."""
    with _at_work(folder):
        schema.upgrade(db.engine)
        with transaction() as session:
            assert demo.load(session, password=PASSWORD, now=START)


def call_extra_meeting(folder: Path) -> None:
    """An extra meeting on the next working day, in the county that ``load`` made: the notice is out, the units are to answer."""
    with _at_work(folder), transaction() as session:
        _call_extra_meeting(session)


@contextmanager
def _at_work(folder: Path) -> Iterator[None]:
    """The application of this folder, at START."""
    app = create_app(config_of(folder))
    with app.app_context(), time_machine.travel(START, tick=False):
        yield
        db.session.remove()
        db.engine.dispose()


def _call_extra_meeting(session: Session) -> None:
    office = actor_of(session, session.scalars(select(Person).where(Person.username == "office")).one())
    county = session.scalars(select(Mechanism).where(Mechanism.code == "county")).one()
    given = {"kind": MeetingKind.EXTRA, "starts_at": EXTRA_MEETING, "place": "县政府第一会议室", "proposals_due_on": START.date()}
    meeting = service.plan(session, actor=office, mechanism_id=county.id, now=START, **given)
    session.flush()
    service.collect(session, actor=office, meeting_id=meeting.id, now=START)
    agenda.add_item(session, actor=office, meeting_id=meeting.id, title="汛期消费提示", presenter_id=None, minutes_planned=10, now=START)
    invitation.send_notice(session, actor=office, meeting_id=meeting.id, now=START)


class County:
    """A served copy of the county."""

    def __init__(self, pipe: Any, config: Config) -> None:
        self._pipe, self._config = pipe, config
        self.address = f"http://127.0.0.1:{pipe.recv()}"

    def moves_to(self, instant: datetime) -> None:
        """Set the clock of the web process."""
        self._pipe.send(instant)
        self._pipe.recv()

    def runs_jobs(self, instant: datetime) -> dict[str, int]:
        """``jobs run all --at`` that instant, by hand; returns how much each job did."""
        places = {"INSTANCE_PATH": str(self._config.instance), "DATABASE_URL": self._config.database_url, "PYTHONUTF8": "1"}
        command = (sys.executable, "wsgi.py", "jobs", "run", "all", "--at", instant.isoformat())
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **KEYS, **places}, capture_output=True, text=True, check=True)
        counts: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
        return counts


@contextmanager
def served(folder: Path, compiled: Path) -> Iterator[County]:
    """Serve the county of this folder until the block ends; its clock starts at START, its templates lie in ``compiled``."""
    ours, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=serve, args=(theirs, config_of(folder), START, compiled), daemon=True)
    process.start()
    theirs.close()
    try:
        yield County(ours, config_of(folder))
    finally:
        ours.close()
        process.join()
