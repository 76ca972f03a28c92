"""Clients as browsers are: each request stands on its own, and several people are at the screen at once."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from coordination.accounts.passwords import hash_password
from coordination.app import create_app
from models import Person
from models.base import db
from tests.world import NOW, World

PASSWORD = "duanwu-jie-618"
PASSWORD_HASH = hash_password(PASSWORD)


class Browser(FlaskClient):
    """A client whose every request has an application context of its own, as under a server: what ``g`` and the database session hold
    ends with the request. Afterwards the test's own session forgets what it had read."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """One request."""
        with self.application.app_context():
            response = super().open(*args, buffered=True, **kwargs)
        db.session.rollback()
        return response


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application, whose clients are browsers."""
    app.test_client_class = Browser
    return app
