"""Pages cost what they show: with ten times the rows behind its lists no page asks the database more often."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select

from models import (
    AuditEntry,
    AuditHead,
    Business,
    Feedback,
    Meeting,
    Notice,
    Objection,
    ProgressReport,
    Proposal,
    Recognition,
    RemovalProposal,
    Task,
    TrustEvent,
)
from models.base import db

TIMES = 10
PAGES = {
    "office": [
        *("/desk", "/desk/done", "/tasks", "/tasks/board", "/meetings", "/meetings/proposals", "/reminders", "/members"),
        *("/registry", "/registry/events", "/registry/proposals", "/registry/removals", "/registry/feedback", "/registry/board"),
    ],
    "approver": ["/desk", "/registry", "/registry/appeals"],
    "liaison-SCJG": ["/desk", "/registry", "/registry/measures", "/registry/feedback"],
    "liaison-JYJ": ["/desk", "/desk/done", "/tasks", "/meetings", "/meetings/proposals", "/reminders"],
    "convenor": ["/desk", "/tasks", "/meetings"],
    "auditor": ["/settings/audit", "/settings/jobs", "/settings/jobs/outbox", "/tasks"],
    "admin": ["/desk", "/accounts", "/settings/rules", "/settings/jobs"],
}


@pytest.fixture
def asked(demo_app: Flask) -> Iterator[list[str]]:
    """The SELECTs sent."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def _copies(kind: type, **changed: Callable[[Any, int], Any]) -> None:
    """Nine more of every row; ``changed`` says what makes a copy another one."""
    table = kind.__table__
    rows = [dict(row) for row in db.session.execute(select(table)).mappings()]
    copies = []
    for round_ in range(1, TIMES):
        for row in rows:
            copy = {**row, **{name: change(row, round_) for name, change in changed.items()}}
            copy.pop("id", None)
            copies.append(copy)
    db.session.execute(insert(table), copies)


def _multiply() -> None:
    _copies(Task, serial=lambda row, n: row["serial"] + 1000 * n, decision_id=lambda _row, _n: None)
    _copies(Meeting, serial=lambda row, n: row["serial"] + 1000 * n)
    _copies(Proposal)
    _copies(ProgressReport)
    _copies(Notice, slot=lambda row, n: f"{row['slot']}#{n}")
    _multiply_registry()
    last = db.session.get_one(AuditHead, 1).number
    _copies(AuditEntry, number=lambda row, n: row["number"] + last * n)
    db.session.commit()


def _multiply_registry() -> None:
    """Nine more of every business, each with recognitions of its own beside the first ones."""
    _copies(Business, uscc=lambda _row, _n: None)
    new = iter(db.session.scalars(select(Business.id).where(Business.uscc.is_(None)).order_by(Business.id)).all())
    numbers = {"certificate_no": lambda row, n: row["certificate_no"] and f"{row['certificate_no']}/{n}"}
    tokens = {"token": lambda row, n: row["token"] and f"{'ghijklmnop'[n]}{row['token'][1:]}"}
    _copies(Recognition, business_id=lambda _row, _n: next(new), **numbers, **tokens)
    last = db.session.scalars(select(TrustEvent.id).order_by(TrustEvent.id.desc())).first()
    _copies(TrustEvent, fingerprint=lambda row, n: f"{'ghijklmnop'[n]}{row['fingerprint'][1:]}")
    events = iter(db.session.scalars(select(TrustEvent.id).where(TrustEvent.id > last)).all())
    _copies(RemovalProposal, event_id=lambda _row, _n: next(events))
    _copies(Objection)
    _copies(Feedback, number=lambda row, n: f"{row['number']}/{n}")


def test_no_page_asks_more_when_its_list_is_ten_times_longer(demo_app: Flask, demo_sign_in: Callable[[str], FlaskClient], asked: list[str]):
    clients = {username: demo_sign_in(username) for username in PAGES}

    def count() -> dict[tuple[str, str], int]:
        counts = {}
        for username, paths in PAGES.items():
            for path in paths:
                clients[username].get(path)  # once before, so that what is remembered of the person is warm both times
                asked.clear()
                assert clients[username].get(path).status_code == 200, (username, path)
                counts[username, path] = len(asked)
        return counts

    before = count()
    _multiply()
    after = count()
    assert {page: (before[page], after[page]) for page in after if after[page] > before[page]} == {}
    assert max(after.values()) <= 30
