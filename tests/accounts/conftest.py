"""Clients as browsers are: each request stands on its own, and several people are at the screen at once."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from coordination.accounts.passwords import hash_password
from models import Person
from models.base import db
from tests.world import World

PASSWORD = "duanwu-jie-618"
PASSWORD_HASH = hash_password(PASSWORD)
HIDDEN = re.compile(r'<input[^>]*name="(csrf_token|version|offered)"[^>]*value="([^"]*)"')


class Browser(FlaskClient):
    """A client whose every request has an application context of its own, as under a server: what ``g`` and the database session hold
    ends with the request. Afterwards the test's own session forgets what it had read."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """One request."""
        with self.application.app_context():
            response = super().open(*args, buffered=True, **kwargs)
        db.session.rollback()
        return response

    def submit(self, url: str, *, page: str = "", **typed: Any) -> TestResponse:
        """Open the form at ``page`` (``url`` unless told), fill it in and send it to ``url``; hidden fields go along as they came."""
        shown = self.get(page or url).text
        return self.post(url, data={**dict(HIDDEN.findall(shown)), **typed})

    def log_in(self, username: str, password: str = PASSWORD, to: str = "") -> TestResponse:
        """Fill in the log-in page, on the way to another page."""
        return self.submit(f"/login?{urlencode({'next': to})}" if to else "/login", username=username, password=password)


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application, whose clients are browsers; everybody has the same password."""
    app.test_client_class = Browser
    db.session.query(Person).update({"password_hash": PASSWORD_HASH})
    db.session.commit()
    return app


@pytest.fixture
def browser(app: Flask) -> Callable[..., Browser]:
    """``browser("10.0.0.7")``: a browser at that address, nobody signed in."""

    def at(address: str = "10.0.0.1") -> Browser:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return client

    return at


@pytest.fixture
def someone(browser: Callable[..., Browser]) -> Callable[[str], Browser]:
    """``someone("office")``: a browser in which this person has signed in with the password."""

    def signed_in(username: str, address: str = "10.0.0.1") -> Browser:
        client = browser(address)
        assert client.log_in(username).status_code == 302
        return client

    return signed_in


@pytest.fixture
def liaison(world: World, session: Session) -> Person:
    """The liaison of the education bureau."""
    return session.merge(world.people["liaison-JYJ"])
