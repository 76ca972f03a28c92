"""Real scheduler processes on a real database, with mails counted at a real server."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from coordination.config import ROOT
from models import JobRun, Lease, Mail
from models.base import db

LEASE_SECONDS = "3"
PATIENCE = 60  # seconds until a wait is given up; far longer than anything here takes


def until(what: str, there: Callable[[], bool]) -> None:
    """Wait until ``there`` says so."""
    end = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.05)


class Process:
    """One ``python -m scheduler``."""

    def __init__(self, folder: Path, name: str, database_url: str) -> None:
        self.log = folder / f"{name}.log"
        keys = {"SECRET_KEY": "secret-of-the-tests", "DATA_KEY": "data-of-the-tests", "SCHEDULER_LEASE_SECONDS": LEASE_SECONDS}
        environment = {**os.environ, **keys, "DATABASE_URL": database_url, "INSTANCE_PATH": str(folder / "instance")}
        with self.log.open("w") as log:
            self.child = subprocess.Popen([sys.executable, "-m", "scheduler"], cwd=ROOT, env=environment, stdout=log, stderr=log)

    def says(self, words: str) -> bool:
        """Has it logged this?"""
        assert self.child.poll() is None, self.log.read_text()
        return words in self.log.read_text()

    def end(self, how: signal.Signals) -> int:
        """Send it a signal, by its id, and wait; returns the exit code."""
        os.kill(self.child.pid, how)
        return self.child.wait(PATIENCE)


@pytest.fixture
def start(tmp_path: Path, database_url: str) -> Iterator[Callable[[str], Process]]:
    """``start("first")``: a scheduler process on this test's database."""
    started: list[Process] = []

    def start(name: str) -> Process:
        started.append(Process(tmp_path, name, database_url))
        return started[-1]

    yield start
    for process in started:
        if process.child.poll() is None:
            process.end(signal.SIGKILL)


def both(start: Callable[[str], Process]) -> tuple[Process, Process]:
    """Two processes started together: the one that leads, and the one that stands by."""
    two = [start("one"), start("other")]
    until("one leads and the other waits", lambda: sorted(process.says("standing by") for process in two) == [False, True])
    until("one leads", lambda: any(process.says("leading") for process in two))
    two.sort(key=lambda process: process.says("standing by"))
    return two[0], two[1]


def test_a_leader_killed_in_mid_job_is_followed_and_no_mail_is_lost_or_doubled(session, start, sink, owe):
    people = [f"liaison-{code}" for code in ("JYJ", "WLJ", "SWJ", "GAJ", "GGG", "JLG")]
    owed = owe(*people)
    sink.hold_for = "liaison-SWJ@example.org"

    first, second = both(start)
    assert sink.holding.wait(PATIENCE), "the leader never came to the third mail"
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    sink.hold_for = ""
    sink.go_on.set()
    # The mail that was under way is tried again after a minute; here the minute has passed.
    session.execute(update(Mail).where(Mail.sent_at.is_(None)).values(next_try_at=datetime.now(UTC)))
    session.commit()

    def all_sent() -> bool:
        session.rollback()
        return session.scalars(select(Mail.id).where(Mail.message_id.in_(owed), Mail.sent_at.is_(None))).first() is None

    until("every mail is sent", all_sent)
    copies = Counter(message_id for message_id, _ in sink.taken)
    assert {message_id: copies[message_id] for message_id in owed} == dict(zip(owed, (1, 1, 2, 1, 1, 1), strict=True)), (
        "the third was taken before the kill and again after it, as the same mail; all others once"
    )
    assert session.get(Lease, "scheduler").holder.split(":")[1] == str(second.child.pid)
    cut_off = session.scalars(select(JobRun).where(JobRun.job == "deliver_mail").order_by(JobRun.id)).first()
    assert cut_off.finished_at is None, "the run that was cut off is on record as unfinished"
    assert second.end(signal.SIGTERM) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_told_to_end_the_leader_ends_at_once_and_another_takes_over(session, start, sink, owe):
    owe("liaison-JYJ")
    sink.hold_for = "liaison-JYJ@example.org"
    first, second = both(start)
    assert sink.holding.wait(PATIENCE)
    assert first.end(signal.SIGTERM) == 0
    assert not sink.go_on.is_set(), "it did not wait for the mail server's answer"
    until("the second leads", lambda: second.says("leading"))
    assert second.end(signal.SIGINT) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_scheduler_waits_for_a_database_that_is_not_there_yet(start, session):
    db.metadata.tables["lease"].drop(db.engine)
    process = start("first")
    until("it has looked in vain", lambda: process.says("no such table"))
    db.metadata.tables["lease"].create(db.engine)
    until("it leads", lambda: process.says("leading"))
    assert process.end(signal.SIGTERM) == 0
