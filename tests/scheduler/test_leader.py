"""One leads: the other waits, and takes over when the first is gone."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from models import Lease
from models.base import db
from scheduler import leader
from tests.world import NOW


@pytest.fixture
def two(app):
    """Two processes' claims to the lead."""
    one, other = (leader.leadership(db.engine, seconds=25) for _ in range(2))
    yield one, other
    for each in (one, other):
        each.release(NOW)


def after(seconds: float):
    return NOW + timedelta(seconds=seconds)


def lease(session) -> Lease:
    session.rollback()
    return session.get(Lease, leader.NAME, populate_existing=True)


def test_only_one_of_two_leads_and_keeps_the_lead_as_long_as_it_breathes(two):
    one, other = two
    for seconds in range(0, 100, 10):
        assert one.hold(after(seconds))
        assert not other.hold(after(seconds + 5))


def test_who_gives_up_the_lead_is_followed_at_once(two):
    one, other = two
    assert one.hold(NOW)
    one.release(after(1))
    assert other.hold(after(1))
    assert not one.hold(after(2))


def test_the_leaders_breath_is_on_record(two, session):
    one, other = two
    one.hold(NOW)
    other.hold(after(3))
    assert lease(session).beat_at == NOW
    first = lease(session).holder
    one.hold(after(10))
    assert (lease(session).beat_at, lease(session).holder) == (after(10), first)


def test_giving_up_a_lead_one_does_not_have_changes_nothing(two):
    one, other = two
    assert one.hold(NOW)
    other.release(after(1))
    assert not other.hold(after(2))
    assert one.hold(after(3))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_sqlite_a_dead_leader_is_followed_when_its_lease_has_run_out_and_not_before(two):
    one, other = two
    assert one.hold(NOW)
    assert not other.hold(after(24.9))
    assert other.hold(after(25))
    assert not one.hold(after(26)), "it was frozen and wakes: another leads now"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_sqlite_a_database_that_is_locked_for_a_while_costs_the_lead_only_when_the_lease_is_over(two, app):
    one, _ = two
    assert one.hold(NOW)
    with db.engine.connect().execution_options(writes=True) as busy:
        busy.execute(select(1))
        one._engine = db.engine.execution_options()
        quick = db.create_engine(db.engine.url, module=db.engine.dialect.dbapi, connect_args={"timeout": 0.01})
        one._engine = quick
        assert one.hold(after(20))
        assert not one.hold(after(26))
        quick.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_on_postgresql_a_lost_connection_is_a_lost_lead(two, session):
    one, other = two
    assert one.hold(NOW)
    assert not other.hold(NOW)
    killed = session.scalars(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"))
    assert list(killed) == [True]
    assert other.hold(after(1))
    assert not one.hold(after(2))
