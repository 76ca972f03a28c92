"""Every address × every role; foreign things look like missing ones; reading never writes; a page asks no more when its list is longer."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.test import TestResponse

from coordination.cli import access_of
from coordination.permissions import GRANTS
from models import (
    ApiScope,
    Appeal,
    Feedback,
    Mechanism,
    Meeting,
    Minutes,
    MinutesPart,
    Objection,
    Person,
    Promise,
    Proposal,
    Recognition,
    Removal,
    Role,
    Task,
    TradeMeasure,
    TrustEvent,
    Unit,
)
from models.base import db

MISSING = 999_999_999
WRITING = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.I)


@pytest.fixture(autouse=True)
def _forms_without_tokens(demo_app: Flask) -> None:
    """Here access is asked about, not forgery (tests/accounts does that)."""
    demo_app.config["WTF_CSRF_ENABLED"] = False


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if "static" not in rule.endpoint]


def address(app: Flask, rule: Rule, ids: dict[str, Any]) -> str:
    """The rule's address with these ids, MISSING for an argument that has none."""
    missing = {name: MISSING if isinstance(kind, IntegerConverter) else "none" for name, kind in rule._converters.items()}
    values = {name: ids.get(name, missing[name]) for name in missing}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def test_every_address_says_who_may_open_it(demo_app: Flask):
    silent = [rule.endpoint for rule in rules(demo_app) if access_of(demo_app, rule.endpoint) is None]
    assert silent == []


def is_for_programs(app: Flask, rule: Rule) -> bool:
    """Does the address ask for a program's key (``@api_client``)? Then it is one of the API's, and the other way round."""
    asks = isinstance(access_of(app, rule.endpoint), ApiScope)
    assert asks == rule.rule.startswith("/api/v"), rule
    return asks


def test_signed_out_only_public_addresses_open(demo_app: Flask):
    client = demo_app.test_client()
    for rule in rules(demo_app):
        for method in rule.methods & {"GET", "POST"}:
            answer = client.open(address(demo_app, rule, {}), method=method)
            if access_of(demo_app, rule.endpoint) == "public":
                assert answer.status_code != 403, rule
            elif is_for_programs(demo_app, rule):
                assert (answer.status_code, answer.mimetype) == (401, "application/json"), rule
                assert answer.headers["WWW-Authenticate"].startswith("Bearer"), rule
            else:
                assert answer.status_code == 302, (rule, answer.status_code)
                assert "/login" in answer.headers["Location"], rule


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_a_role_opens_what_its_permissions_say_and_nothing_else(demo_app: Flask, demo_sign_in: Callable[[str], FlaskClient], role: Role):
    username = {Role.LIAISON: "liaison-JYJ", Role.UNIT_HEAD: "head-JYJ"}.get(role, role.value)
    client = demo_sign_in(username)
    person = db.session.scalars(select(Person).where(Person.username == username)).one()
    roles = {grant.role for grant in person.grants}
    assert role in roles
    for rule in rules(demo_app):
        if rule.endpoint == "accounts.logout":
            continue
        access = access_of(demo_app, rule.endpoint)
        for method in rule.methods & {"GET", "POST"}:
            answer = client.open(address(demo_app, rule, {}), method=method)
            if is_for_programs(demo_app, rule):
                assert answer.status_code == 401, (role, method, rule)  # a person's session opens nothing there
                continue
            allowed = access == "public" or any(access in GRANTS[held] for held in roles)
            assert answer.status_code < 500 or rule.endpoint == "portal.readyz", (role, method, rule)
            assert (answer.status_code != 403) == allowed, (role, method, rule, answer.status_code)


def _of(kind: type, **where: Any) -> Any:
    return db.session.scalars(select(kind).filter_by(**where).order_by(kind.id)).first()


@pytest.fixture
def foreign(demo_app: Flask) -> dict[str, Any]:
    """Ids of things of the sections' mechanism, which a county unit's liaison must not know of."""
    sections = db.session.scalars(select(Mechanism).where(Mechanism.code == "sections")).one()
    minutes = _of(Minutes, mechanism_id=sections.id)
    meeting = db.session.get_one(Meeting, minutes.meeting_id)
    item = next(item for item in meeting.items if item.decisions)
    return {
        "meeting_id": meeting.id,
        "minutes_id": minutes.id,
        "item_id": item.id,
        "decision_id": item.decisions[0].id,
        "part_id": _of(MinutesPart, minutes_id=minutes.id).id,
        "guest_id": meeting.guests[0].id,
        "reply_id": meeting.replies[0].id,
        "proposal_id": _of(Proposal, mechanism_id=sections.id).id,
        "task_id": _of(Task, mechanism_id=sections.id).id,
        "recognition_id": _of(Recognition).id,
        "removal_id": _of(Removal).id,
        "appeal_id": _of(Appeal).id,
        "objection_id": _of(Objection).id,
        "promise_id": _of(Promise).id,
        "measure_id": _of(TradeMeasure).id,
        "feedback_id": _of(Feedback).id,
        "file_id": 1,
        "notice_id": 1,
        "session_id": 1,
        "person_id": _of(Person, username="admin").id,
    }


def told(answer: TestResponse) -> str:
    """What the page says, without its tokens and the address it was asked at."""
    return re.sub(r'(name="(csrf_token|next)"|csrf-token")[^>]*value="[^"]*"|content="[^"]*"', "", answer.text)


OPEN_TO_ALL_STAFF = {"unit_id", "mechanism_id"}  # the register of units is shared with everybody who works here


@pytest.mark.parametrize("username", ["liaison-JYJ", "head-JYJ"])
def test_another_units_things_answer_exactly_like_missing_ones(
    demo_app: Flask, demo_sign_in: Callable[[str], FlaskClient], foreign: dict[str, Any], username: str
):
    client = demo_sign_in(username)
    tried = 0
    for rule in rules(demo_app):
        if not rule.arguments or rule.arguments & OPEN_TO_ALL_STAFF or access_of(demo_app, rule.endpoint) == "public":
            continue  # what is public looks alike to everybody (tests/portal)
        if is_for_programs(demo_app, rule):
            continue  # opens to no person; between programs tests/api asks
        for method in rule.methods & {"GET", "POST"}:
            missing = client.open(address(demo_app, rule, {}), method=method)
            theirs = client.open(address(demo_app, rule, foreign), method=method)
            assert (theirs.status_code, told(theirs)) == (missing.status_code, told(missing)), (method, rule)
            assert missing.status_code in {403, 404}, (method, rule, missing.status_code)
            tried += 1
    assert tried > 20


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every SQL statement sent while the test runs."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("username", ["office", "liaison-JYJ", "convenor", "admin", "auditor"])
def test_reading_a_page_never_writes(demo_app: Flask, demo_sign_in: Callable[[str], FlaskClient], statements: list[str], username: str):
    client = demo_sign_in(username)
    own = {
        "meeting_id": _of(Meeting, status="held").id,
        "task_id": _of(Task, status="closed").id,
        "unit_id": _of(Unit, code="JYJ").id,
        "mechanism_id": _of(Mechanism, code="county").id,
        "proposal_id": _of(Proposal).id,
        "person_id": _of(Person, username="office").id,
        "recognition_id": _of(Recognition, status="recognised").id,
        "kind": "certificate",
        "event_id": _of(TrustEvent).id,
        "removal_id": _of(Removal).id,
        "appeal_id": _of(Appeal).id,
        "measure_id": _of(TradeMeasure).id,
        "feedback_id": _of(Feedback).id,
        "scheme_id": 1,
        "category_id": 1,
        "sheet_id": 1,
        "ground_id": 1,
    }
    statements.clear()
    for rule in rules(demo_app):
        if "GET" in rule.methods:
            client.get(address(demo_app, rule, own))
    assert [statement for statement in statements if WRITING.match(statement)] == []
