"""Clients with their keys, and a complaint as another platform would send it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import clock
from coordination.api import clients
from coordination.permissions import OPERATOR
from coordination.settings import service as settings
from coordination.transaction import transaction
from models import ApiScope, Complaint, Unit
from tests.api.receiver import Receiver
from tests.world import NOW, World

PERSON = {"name": "张三丰", "phone": "13812345678", "id_no": "330726198001011234", "address": "人民路18号"}


def sent(**change: Any) -> dict[str, Any]:
    """A complaint that can be taken; a part set to None is left out."""
    whole = {
        "kind": "complaint",
        "channel": "city_hotline",
        "received_at": (clock.now() - timedelta(hours=1)).isoformat(),
        "text": "张三丰买到过期面包，电话13812345678",
        "request": "退款并赔偿",
        "target_name": "惠民超市",
        "amount": 1250,
        "person": PERSON,
        **change,
    }
    return {name: value for name, value in whole.items() if value is not None}


class Program:
    """A client of the API with its key."""

    def __init__(self, browser: FlaskClient, issued: clients.Issued) -> None:
        self.client_id, self.name, self.key, self.secret = issued.client.id, issued.client.name, issued.key, issued.secret
        self._browser = browser

    def get(self, path: str, **headers: str) -> Any:
        """Ask for an address below /api/v1."""
        return self._browser.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.key}", **headers})

    def post(self, body: Any, **headers: str) -> Any:
        """Register a complaint."""
        return self._browser.post("/api/v1/complaints", json=body, headers={"Authorization": f"Bearer {self.key}", **headers})

    def send(self, raw: bytes, content_type: str = "application/json") -> Any:
        """Register with a body exactly as given."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": content_type}
        return self._browser.post("/api/v1/complaints", data=raw, headers=headers)


@pytest.fixture(autouse=True)
def _rules(session: Session) -> None:
    with transaction() as writing:
        settings.load_defaults(writing, NOW)


@pytest.fixture
def program(app: Flask, session: Session, world: World) -> Callable[..., Program]:
    """``program("12345平台", webhook="http://…")``: a client with every scope unless told."""

    def make(name: str = "12345平台", scopes: tuple[ApiScope, ...] = tuple(ApiScope), webhook: str = "") -> Program:
        with transaction() as writing:
            unit = writing.scalars(select(Unit).where(Unit.code == "SCJG")).one()
            more = {"name": name, "unit_id": unit.id, "scopes": scopes, "webhook_url": webhook}
            issued = clients.add(writing, actor=OPERATOR, now=NOW, **more)
        return Program(app.test_client(), issued)

    return make


@pytest.fixture
def morning() -> Iterator[None]:
    """The clock stands at NOW, and goes."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Another platform that takes messages."""
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def handle(world: World) -> Callable[..., Any]:
    """``handle("router", service.assign, number, …)``: one act of one person on the complaint of that number."""

    def act(who: str, verb: Callable[..., Any], number: str, **more: Any) -> Any:
        with transaction() as writing:
            complaint_id = writing.scalars(select(Complaint.id).where(Complaint.number == number)).one()
            more = {"now": NOW + timedelta(minutes=5), **more}
            return verb(writing, actor=world.actor(writing, who), complaint_id=complaint_id, **more).status

    return act
