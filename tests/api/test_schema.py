"""The description tells the truth: schemathesis makes requests of it, sound and unsound, and holds every answer against it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import EngineFinished, FatalError, NonFatalError, ScenarioFinished
from werkzeug.serving import make_server

from tests.browser.server import QuietHandler

OPERATIONS = {"POST /api/v1/complaints", "GET /api/v1/complaints", "GET /api/v1/complaints/{number}", "GET /api/v1/units"}


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application as a server on this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def config(key: str) -> SchemathesisConfig:
    """All checks; as many requests as a test has time for."""
    return SchemathesisConfig.from_dict(
        {
            "headers": {"Authorization": f"Bearer {key}"},
            "generation": {"max-examples": 15, "deterministic": True},
            "continue-on-failure": True,
            # What a schema cannot say is refused by field: a check digit, a day to come, what the law asks of a complaint.
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "304", "404", "422"]}},
            "phases": {"stateful": {"enabled": False}},  # nothing here can be changed or deleted
        }
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the shapes are the same on both; what is stored is asked elsewhere
def test_every_answer_is_as_described(address: str, program: Callable[..., Any]):
    schema = schemathesis.openapi.from_url(f"{address}/api/openapi.json", config=config(program().key))
    asked: dict[str, int] = {}
    wrong: list[str] = []
    for event in from_schema(schema).execute():
        assert not isinstance(event, FatalError), event.exception
        if isinstance(event, NonFatalError):
            wrong.append(f"{event.label}: {event.value}")
        if isinstance(event, ScenarioFinished):
            asked[event.recorder.label] = asked.get(event.recorder.label, 0) + len(event.recorder.interactions)
        if isinstance(event, EngineFinished):
            wrong += [f"{failure.operation}: {failure.title}\n{failure.message}" for failure in event.failures]
    assert wrong == []
    assert set(asked) >= OPERATIONS
    assert min(asked[operation] for operation in OPERATIONS) > 10
