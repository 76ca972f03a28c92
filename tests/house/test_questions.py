"""Pages cost what they show: with ten times the rows behind its lists no page asks the database more often."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, insert, select

from coordination import clock, search
from coordination.portal.routes.copies import NUMBERS
from coordination.portal.routes.copies import PAGES as KEPT
from models import (
    Assignment,
    AuditEntry,
    AuditHead,
    Business,
    Complaint,
    ConsumerReview,
    Duty,
    Feedback,
    Meeting,
    Notice,
    Objection,
    ProgressReport,
    Promise,
    Proposal,
    Recognition,
    RecognitionStatus,
    Removal,
    RemovalProposal,
    Subject,
    Task,
    TrustEvent,
)
from models.base import db
from models.calendar import ONE_DAY

TIMES = 10
PAGES = {
    "office": [
        *("/desk", "/desk/done", "/tasks", "/tasks/board", "/meetings", "/meetings/proposals", "/reminders", "/members"),
        *("/members/duties", "/members/who?q=学费", "/members/subjects", "/members/duties/coverage"),
        *("/registry", "/registry/events", "/registry/proposals", "/registry/removals", "/registry/feedback", "/registry/board"),
    ],
    "approver": ["/desk", "/registry", "/registry/appeals"],
    "liaison-SCJG": ["/complaints", "/complaints?view=closed", "/desk", "/registry", "/registry/measures", "/registry/feedback"],
    "liaison-JYJ": ["/desk", "/desk/done", "/tasks", "/meetings", "/meetings/proposals", "/reminders"],
    "router": [
        *("/desk", "/complaints", "/complaints?view=handling", "/complaints?view=closed", "/complaints?q=面包"),
        *(
            "/complaints/advice",
            "/complaints/advice/automatic",
            "/complaints/advice/preferences",
            "/complaints/calls",
            "/complaints/events",
            "/complaints/inquiries",
            "/complaints/rates",
            "/complaints/quality",
        ),
    ],
    "convenor": ["/desk", "/tasks", "/meetings"],
    "auditor": ["/settings/audit", "/settings/jobs", "/settings/jobs/outbox", "/tasks"],
    "admin": ["/desk", "/accounts", "/settings/rules", "/settings/jobs"],
}
PUBLIC = [
    *(
        "/",
        "/who",
        "/who?q=学费",
        "/who?subject=1",
        "/units",
        "/units?q=示例",
        "/units?q=便利店",
        "/units?category=1&street=城东街道",
        "/units?on={day}",
        "/units/{unit}",
        "/units/{gone}",
    ),
    *("/units/removed", "/units/notice", "/units/progress", "/units/wall", "/verify", "/verify/{token}", "/verify/{token}/review"),
    *("/feedback", "/units/{unit}/feedback", "/units/notice/{noticed}/objection", "/appeals", "/receipts", "/apply"),
    *("/open", "/open/units.csv", "/open/units.json", "/open/removed.csv", "/open/removed.json"),
    *("/feeds/additions.atom", "/feeds/removals.atom"),
]


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
    _copies(Subject, code=lambda row, n: f"{row['code']}-{n}")
    _copies(Duty)
    _copies(ProgressReport)
    _copies(Notice, slot=lambda row, n: f"{row['slot']}#{n}")
    _multiply_registry()
    _multiply_complaints()
    last = db.session.get_one(AuditHead, 1).number
    _copies(AuditEntry, number=lambda row, n: row["number"] + last * n)
    db.session.commit()


def _multiply_registry() -> None:
    """Nine more of every business, each with recognitions of its own beside the first ones."""
    _copies(Business, uscc=lambda _row, _n: None)
    new = iter(db.session.scalars(select(Business.id).where(Business.uscc.is_(None)).order_by(Business.id)).all())
    numbers = {"certificate_no": lambda row, n: row["certificate_no"] and f"{row['certificate_no']}/{n}"}
    tokens = {"token": lambda row, n: row["token"] and f"{'ghijklmnop'[n]}{row['token'][1:]}"}
    known = db.session.scalars(select(func.max(Recognition.id))).one()
    _copies(Recognition, business_id=lambda _row, _n: next(new), **numbers, **tokens)
    gone = select(Recognition).where(Recognition.id > known, Recognition.status == RecognitionStatus.REMOVED).order_by(Recognition.id)
    removed = db.session.scalars(gone).all()
    holders, owners = iter(removed), iter(removed)
    _copies(Removal, recognition_id=lambda _row, _n: next(holders).id, business_id=lambda _row, _n: next(owners).business_id)
    _copies(Promise)
    _copies(ConsumerReview, visit_hash=lambda row, n: f"{'ghijklmnop'[n]}{row['visit_hash'][1:]}")
    for business in db.session.scalars(select(Business).where(Business.uscc.is_(None))).all():
        search.keep(db.session(), business)
    last = db.session.scalars(select(TrustEvent.id).order_by(TrustEvent.id.desc())).first()
    _copies(TrustEvent, fingerprint=lambda row, n: f"{'ghijklmnop'[n]}{row['fingerprint'][1:]}")
    events = iter(db.session.scalars(select(TrustEvent.id).where(TrustEvent.id > last)).all())
    _copies(RemovalProposal, event_id=lambda _row, _n: next(events))
    _copies(Objection)
    _copies(Feedback, number=lambda row, n: f"{row['number']}/{n}")


def _multiply_complaints() -> None:
    """Nine more of every complaint, each with the assignments of the first."""
    first = db.session.execute(select(Complaint.id, func.max(Complaint.id).over()).order_by(Complaint.id)).all()
    _copies(Complaint, number=lambda row, n: f"{row['number']}/{n}")
    step = {id_: at for at, (id_, _) in enumerate(first)}
    last = first[-1][1]
    _copies(Assignment, complaint_id=lambda row, n: last + (n - 1) * len(first) + step[row["complaint_id"]] + 1)


def _places() -> dict[str, object]:
    """What the public's addresses hold: a unit on the list, its plaque, one removed, one on notice, a day gone by."""
    today = clock.today()
    unit = db.session.scalars(select(Recognition).where(Recognition.is_listed(today)).order_by(Recognition.id).limit(1)).one()
    noticed = select(Recognition.id).where(Recognition.status == RecognitionStatus.ON_NOTICE, Recognition.notice_until >= today)
    return {
        "unit": unit.id,
        "token": unit.token,
        "gone": db.session.scalars(select(Removal.recognition_id).where(Removal.is_public(today)).order_by(Removal.id)).first(),
        "noticed": db.session.scalars(noticed.order_by(Recognition.id)).first(),
        "day": today - ONE_DAY,
    }


def test_no_page_asks_more_when_its_list_is_ten_times_longer(demo_app: Flask, demo_sign_in: Callable[[str], FlaskClient], asked: list[str]):
    places = _places()
    pages = {**PAGES, "the public": [path.format(**places) for path in PUBLIC]}
    clients = {username: demo_sign_in(username) for username in PAGES} | {"the public": demo_app.test_client()}

    def count() -> dict[tuple[str, str], int]:
        counts = {}
        for username, paths in pages.items():
            for path in paths:
                clients[username].get(path)  # once before, so that what is remembered of the person is warm both times
                for kept in (KEPT, NUMBERS):
                    demo_app.extensions.pop(kept, None)  # but not what is kept of the page itself
                asked.clear()
                assert clients[username].get(path).status_code in {200, 410}, (username, path)
                counts[username, path] = len(asked)
        return counts

    before = count()
    _multiply()
    after = count()
    assert {page: (before[page], after[page]) for page in after if after[page] > before[page]} == {}
    assert max(after.values()) <= 30
