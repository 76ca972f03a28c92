"""Runs of jobs, and a real mail server that can be told to hold its answer."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope
from flask import Flask
from sqlalchemy import select

from coordination import notices
from coordination.transaction import transaction
from models import Mail, Person, Setting
from tests.settings.mailbox import Server
from tests.world import NOW


class Sink:
    """Takes every mail. One to ``hold_for`` is taken too, but the answer waits until ``go_on`` is set: the sender is caught in mid-job."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []  # (Message-ID, address)
        self.hold_for = ""
        self.holding = threading.Event()
        self.go_on = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, and answer now or later."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append((message["Message-ID"], message["To"]))
        if message["To"] == self.hold_for:
            self.holding.set()
            while not self.go_on.is_set():
                await asyncio.sleep(0.02)
        return "250 taken"


@pytest.fixture
def sink(app: Flask) -> Iterator[Sink]:
    """A mail server, configured as the office's own."""
    sink = Sink()
    server = Server(sink, hostname="127.0.0.1", port=0)
    server.start()
    value = {"host": "127.0.0.1", "port": server.port, "security": "none", "sender": "notify@example.org", "username": ""}
    with transaction() as session:
        session.merge(Setting(key="mail", value=value, changed_at=NOW))
    yield sink
    sink.go_on.set()
    server.stop()


@pytest.fixture
def owe() -> Callable[..., list[str]]:
    """``owe("office", …)``: a notice with a mail to each of these people; returns the Message-IDs in order."""

    def owe(*usernames: str, slot: str = "", now: datetime | None = None) -> list[str]:
        with transaction() as session:
            for username in usernames:
                people = session.scalars(select(Person).where(Person.username == username)).all()
                facts = {"kind": "task_urge", "subject": f"task:{username}", "slot": slot, "title": "催办", "text": "请抓紧。"}
                notices.owe(session, people=people, now=now or datetime.now(UTC), **facts)
            return list(session.scalars(select(Mail.message_id).order_by(Mail.id)))

    return owe
