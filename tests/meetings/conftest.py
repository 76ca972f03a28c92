"""What the tests of meetings share."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import LimitUnit, Rule
from tests.meetings.clicking import FreshClient
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
