"""What the tests of meetings share."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import LimitUnit, Rule
from tests.meetings.clicking import Clerk, FreshClient
from tests.meetings.steps import Steps
from tests.world import NOW, World


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application, asked by several people in one test."""
    app.test_client_class = FreshClient
    return app


@pytest.fixture
def steps(session: Session, world: World) -> Steps:
    """The steps of a meeting; a reply is due one working day before it."""
    rule = {"title": "参会答复截止", "limit": 1, "unit": LimitUnit.WORKING, "clause": "本平台", "effective_from": date(2020, 1, 1)}
    session.add(Rule(code="REPLY_DUE", changed_at=NOW, **rule))
    session.flush()
    return Steps(session, world)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """For pages: it is the world's morning until a test says otherwise."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clerk(sign_in: Callable[[str], FlaskClient]) -> Callable[[str], Clerk]:
    """``clerk("office")``: that person at a browser without scripts."""
    return lambda username: Clerk(sign_in(username))
