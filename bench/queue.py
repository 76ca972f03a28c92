"""What a unit's queue costs when the register is a hundred times longer, and its last page against its first.

``large_to_small``: the time of a unit's queue page among 1,000,000 complaints ÷ among 10,000, of which the unit has the same number open.
``deep_to_first``: page 10,000 of the longest queue ÷ page 1. Answered by the whole application in this process, taking turns; medians.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import String, cast, insert, select

from bench._databases import multiply, on_both
from bench.result import Result
from coordination import clock, demo
from coordination.access import SEEN, token_hash
from coordination.app import create_app
from coordination.complaints.listing import PAGE
from coordination.config import Config
from coordination.settings import schema
from coordination.settings.service import load_defaults
from coordination.transaction import transaction
from models import Assignment, Channel, Complaint, ComplaintKind, ComplaintStatus, LoginSession, Person, Sector, Unit
from models.base import db
from models.complaint import NO_DAY

SMALL, LARGE = 10_000, 1_000_000
OPEN, DEEP = 3_000, 10_000
BLOCK = 1_000  # closed ones, and waiting ones, that are then copied
ROUNDS = 100
GOALS = {"large_to_small_sqlite": "<=1.25", "large_to_small_postgresql": "<=1.25"}
DEEP_GOALS = {"deep_to_first_sqlite": "<=1.2", "deep_to_first_postgresql": "<=2"}
LIAISON, OTHERS, ROUTER = "liaison-JYJ", "SWJ", "router"
FIRST = date(2026, 1, 5)


def run() -> list[Result]:
    """Measure on SQLite, and on PostgreSQL where it is installed."""
    return on_both("queue", ("small", "large"), _measure)


def _measure(database: str, folder: Path, small_url: str, large_url: str) -> Result:
    small, large = _county(folder / "s", small_url, SMALL), _county(folder / "l", large_url, LARGE)
    few, many = _visit(small, LIAISON, ("/complaints",)), _visit(large, LIAISON, ("/complaints",))
    with large.app_context():
        deep_at = _place(DEEP * PAGE)
    first, deep = _visit(large, ROUTER, ("/complaints",)), _visit(large, ROUTER, (f"/complaints?after={deep_at}",))
    for visit in (few, many, first, deep):
        visit()
    pages = [(_seconds(many), _seconds(few)) for _ in range(ROUNDS)]
    turns = [(_seconds(deep), _seconds(first)) for _ in range(ROUNDS)]
    for app in (small, large):
        with app.app_context():
            db.engine.dispose()
    ratios = {
        f"large_to_small_{database}": median(a for a, _ in pages) / median(b for _, b in pages),
        f"deep_to_first_{database}": median(a for a, _ in turns) / median(b for _, b in turns),
    }
    figures = {
        "milliseconds_large": 1000 * median(a for a, _ in pages),
        "milliseconds_small": 1000 * median(b for _, b in pages),
        "milliseconds_deep": 1000 * median(a for a, _ in turns),
        "milliseconds_first": 1000 * median(b for _, b in turns),
        "complaints": LARGE,
    }
    goals = {name: goal for name, goal in {**GOALS, **DEEP_GOALS}.items() if name in ratios}
    return Result("queue", database, ratios, goals, figures)


def _county(folder: Path, url: str, number: int) -> Flask:
    """The demo county with so many more complaints: those of one unit open, the others waiting or closed."""
    folder.mkdir()
    app = create_app(Config(instance=folder, database_url=url, secret_key="secret-of-the-bench", data_key="data-of-the-bench"))
    with app.app_context():
        schema.upgrade(db.engine)
        with transaction() as session:
            load_defaults(session, clock.now())
        with transaction() as session:
            demo.load(session, password="demo-of-the-bench", now=clock.now())
        _fill(number)
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        db.session.remove()
    return app


def _fill(number: int) -> None:
    """Half of all wait for the router, for the deep page; of the others one unit has ``OPEN`` in hand, and the rest are closed."""
    with transaction() as session:
        start = (session.scalar(select(Complaint.id).order_by(Complaint.id.desc()).limit(1)) or 0) + 1
        units = {unit.code: unit.id for unit in session.scalars(select(Unit))}
        mine, others = units["JYJ"], units[OTHERS]
        at = datetime(2026, 6, 1, tzinfo=UTC)
        closed, waiting = start + OPEN, start + number // 2
        cases = [_case(id_, ComplaintStatus.RECEIVED, at) for id_ in range(start, closed)]
        cases += [_case(id_, ComplaintStatus.CLOSED, at) for id_ in range(closed, closed + BLOCK)]
        cases += [_case(id_, ComplaintStatus.REGISTERED, at) for id_ in range(waiting, waiting + BLOCK)]
        given = []
        for case in cases[:-BLOCK]:
            is_open, id_ = case["id"] < closed, case["id"]
            due = FIRST + timedelta(days=id_ % 300) if is_open else None
            lead = mine if is_open or id_ % 16 == 0 else others
            given.append({"complaint_id": id_, "unit_id": lead, "is_lead": True, "assigned_at": at, "queued_on": due})
        session.execute(insert(Complaint), cases)
        session.execute(insert(Assignment), given)
        for first, blocks in ((closed, (number // 2 - OPEN) // BLOCK), (waiting, number // 2 // BLOCK)):
            multiply(session, Complaint, "id", first, BLOCK, blocks, lambda id_: {"number": "77" + cast(id_, String)})
        multiply(session, Assignment, "complaint_id", closed, BLOCK, (number // 2 - OPEN) // BLOCK)


def _case(id_: int, status: ComplaintStatus, at: datetime) -> dict[str, Any]:
    closed = status == ComplaintStatus.CLOSED
    return {
        "id": id_,
        "number": f"77{id_}",
        "kind": ComplaintKind.COMPLAINT,
        "channel": Channel.PLATFORM,
        "sector": Sector.MARKET,
        "status": status,
        "received_at": at,
        "received_on": at.date(),
        "registered_at": at,
        "due_on": NO_DAY if closed else FIRST + timedelta(days=id_ % 300),
        "closed_at": at if closed else None,
        "target_name": f"示例商店{id_ % 5000}号",
        "text": "买到的商品有质量问题，多次联系商家未解决，要求退款。",
        "request": "退款",
    }


def _place(rows: int) -> str:
    """Where the page begins that so many rows lie before, in the router's queue."""
    query = select(Complaint.due_on, Complaint.id).where(Complaint.status == ComplaintStatus.REGISTERED)
    due_on, id_ = db.session.execute(query.order_by(Complaint.due_on, Complaint.id).offset(rows - 1).limit(1)).one()
    return f"{due_on.isoformat()}.{id_}"


def _visit(app: Flask, username: str, paths: tuple[str, ...]) -> Callable[[], None]:
    """Pages as somebody signed in reads them."""
    client, token = app.test_client(), f"bench-{username}-{len(paths)}-{id(paths)}"
    with app.app_context(), transaction() as session:
        person = session.scalars(select(Person).where(Person.username == username)).one()
        now = clock.now()
        lasts = {"created_at": now, "confirmed_at": now, "expires_at": now + timedelta(hours=9)}
        session.add(LoginSession(token_hash=token_hash(token), person_id=person.id, **lasts))
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"], cookie[SEEN] = token, True, int(clock.now().timestamp())

    def visit() -> None:
        for path in paths:
            if client.get(path).status_code != 200:
                raise RuntimeError(f"{path} is not there")

    return visit


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
