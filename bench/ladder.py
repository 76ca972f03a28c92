"""What the overdue scan and the ladder cost when the county's tasks are a hundred times more, as many of them due.

``large_to_small``: the time in which one run of the job finds the tasks owed a rung and lets them climb, with 1,000,000 open tasks of which
1,000 are due ÷ with 10,000 open and as many due. Taking turns; medians. Each round undoes what the one before it wrote.
"""

import time
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import delete, func, insert, select

from bench._databases import multiply, on_both
from bench.result import Result
from coordination.app import create_app
from coordination.config import Config
from coordination.settings import schema
from coordination.settings.service import load_defaults
from coordination.transaction import transaction
from models import LadderStep, Notice, Task, TaskStatus, Unit
from models.base import db
from models.calendar import SHANGHAI
from scheduler import jobs
from tests.world import NOW, build_world

SMALL, LARGE, DUE = 10_000, 1_000_000, 1_000
ROUNDS = 3
GOALS = {"large_to_small_sqlite": "<=1.5", "large_to_small_postgresql": "<=1.5"}
RUN = datetime(2026, 7, 1, 9, tzinfo=SHANGHAI)  # the working day after the due date: 催办
DUE_ON, LATER = date(2026, 6, 30), date(2026, 9, 1)


def run() -> list[Result]:
    """Measure on SQLite, and on PostgreSQL where it is installed."""
    return on_both("ladder", ("small", "large"), _measure)


def _measure(database: str, folder: Path, small_url: str, large_url: str) -> Result:
    small, large = _county(folder / "s", small_url, SMALL), _county(folder / "l", large_url, LARGE)
    for app in (small, large):
        _seconds(app)
    turns = [(_seconds(large), _seconds(small)) for _ in range(ROUNDS)]
    for app in (small, large):
        with app.app_context():
            db.engine.dispose()
    name = f"large_to_small_{database}"
    figures = {
        "seconds_large": median(a for a, _ in turns),
        "seconds_small": median(b for _, b in turns),
        "tasks": LARGE,
        "due": DUE,
    }
    return Result("ladder", database, {name: median(a / b for a, b in turns)}, {name: GOALS[name]}, figures)


def _county(folder: Path, url: str, number: int) -> Flask:
    """A county with so many open tasks, the first ``DUE`` of them due; the others are copies of as many."""
    folder.mkdir()
    app = create_app(Config(instance=folder, database_url=url, secret_key="secret-of-the-bench", data_key="data-of-the-bench"))
    with app.app_context():
        schema.upgrade(db.engine)
        with transaction() as session:
            load_defaults(session, NOW)
        with transaction() as session:
            world = build_world(session)
            session.flush()
            mechanism_id, leads = world.mechanisms["county"].id, [unit.id for unit in session.scalars(select(Unit).order_by(Unit.id))][:3]
        with transaction() as session:
            session.execute(insert(Task), [_task(n, mechanism_id, leads[n % len(leads)]) for n in range(2 * DUE)])
            multiply(session, Task, "id", DUE + 1, DUE, number // DUE - 1, lambda id_: {"serial": id_})
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        db.session.remove()
    return app


def _task(n: int, mechanism_id: int, lead_id: int) -> dict[str, Any]:
    due_on = DUE_ON if n < DUE else LATER + timedelta(days=n % 300)
    return {
        "id": n + 1,
        "mechanism_id": mechanism_id,
        "year": 2026,
        "serial": n + 1,
        "title": f"示例任务{n + 1}",
        "lead_id": lead_id,
        "first_due_on": due_on,
        "due_on": due_on,
        "status": TaskStatus.ACCEPTED,
        "assigned_at": NOW,
        "accepted_at": NOW,
    }


def _seconds(app: Flask) -> float:
    """One run of the job over tasks none of which has climbed; RuntimeError unless it lets just those climb that are due."""
    with app.app_context():
        with transaction() as session:
            session.execute(delete(LadderStep))
            session.execute(delete(Notice))
        tally = jobs.Tally()
        begun = time.perf_counter()
        jobs.task_ladder(jobs.Run(RUN, app.config["CONFIG"].instance), tally)
        taken = time.perf_counter() - begun
        climbed = db.session.scalar(select(func.count()).select_from(LadderStep))
        if (tally.done, tally.failed, climbed) != (DUE, 0, DUE):
            raise RuntimeError(f"{tally.done} climbed, {tally.failed} failed ({tally.error}), {climbed} steps")
        db.session.remove()
    return taken
