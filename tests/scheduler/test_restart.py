"""Two scheduler processes whose leader is killed in mid-job while their database is started anew: nothing is doubled, nothing lost."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from models import Mail
from models.base import db
from tests import conftest, postgres
from tests.scheduler.test_processes import PATIENCE, both, start, until

__all__ = ["start"]


@pytest.fixture
def own_cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server of this test's own, which it may stop."""
    programs = postgres.binaries()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    cluster = postgres.Cluster(programs, lasting=True)
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture
def database_url(own_cluster: postgres.Cluster, tmp_path: Path) -> str:
    """The world on that server."""
    own_cluster.sql("CREATE DATABASE restarted")
    url = own_cluster.url("restarted")
    conftest._make(conftest._config(tmp_path / "made", url))
    return url


def sent(message_ids: list[str]) -> bool:
    """Are all of these marked as sent?"""
    db.session.rollback()
    return db.session.scalars(select(Mail.id).where(Mail.message_id.in_(message_ids), Mail.sent_at.is_(None))).first() is None


def test_a_leader_killed_and_a_database_restarted_under_the_other_lose_and_double_nothing(session, own_cluster, start, sink, owe):
    owed = owe(*(f"liaison-{code}" for code in ("JYJ", "WLJ", "SWJ", "GAJ", "GGG", "JLG")))
    sink.hold_for = "liaison-SWJ@example.org"
    first, second = both(start)
    assert sink.holding.wait(PATIENCE), "the leader never came to the third mail"
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    db.session.remove()
    db.engine.dispose()
    own_cluster.stop()
    own_cluster.start()
    sink.hold_for = ""
    sink.go_on.set()
    # The mail that was under way is tried again after a minute; here the minute has passed.
    db.session.execute(update(Mail).where(Mail.sent_at.is_(None)).values(next_try_at=datetime.now(UTC)))
    db.session.commit()
    until("every mail is sent", lambda: sent(owed))
    copies = Counter(message_id for message_id, _ in sink.taken)
    assert [copies[message_id] for message_id in owed] == [1, 1, 2, 1, 1, 1], "only the one cut off came again, as the same mail"
    assert second.end(signal.SIGTERM) == 0
