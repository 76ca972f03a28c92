"""Guessing is slowed down, and no stranger can lock an official out."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from coordination.accounts import lockout, sessions
from coordination.accounts.lockout import Tallies, Tally
from coordination.accounts.sessions import Origin, Outcome
from models import AccountRules, LoginFailure, Setting
from tests.accounts.conftest import PASSWORD
from tests.world import NOW

RULES = AccountRules()
OFFICE, HOME, STRANGER = Origin("10.0.0.1", "browser-of-the-office"), Origin("10.9.9.9", "browser-at-home"), Origin("203.0.113.7", "x")
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 16), (10, 30), (100, 30), (100_000, 30)]
)
def test_the_wait_doubles_from_the_fifth_failure_up_to_half_an_hour(failures, minutes):
    tallies = Tallies(Tally(failures, NOW), Tally(), Tally())
    until = lockout.wait_until(tallies, known=True, rules=RULES, now=NOW)
    assert until == (NOW + minutes * MINUTE if minutes else None)


def test_a_wait_that_is_over_holds_nobody_up():
    tallies = Tallies(Tally(5, NOW - MINUTE), Tally(), Tally())
    assert lockout.wait_until(tallies, known=True, rules=RULES, now=NOW) is None


@pytest.mark.parametrize(("place", "account"), [(30, 0), (0, 50)])
def test_what_others_did_slows_only_places_not_known(place, account):
    tallies = Tallies(Tally(), Tally(place, NOW), Tally(account, NOW))
    assert lockout.wait_until(tallies, known=True, rules=RULES, now=NOW) is None
    assert lockout.wait_until(tallies, known=False, rules=RULES, now=NOW) == NOW + MINUTE


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "-"),
        (None, "-"),
        ("x" * 200, "x" * 64),
    ],
)
def test_an_address_is_counted_by_what_one_connection_has(address, place):
    assert lockout.place_of(address) == place


@pytest.fixture
def few(session: Session) -> None:
    """Rules with small numbers: six failures from one address, eight of one account."""
    session.add(Setting(key=AccountRules.KEY, value={"address_tries": 6, "account_tries": 8}, changed_at=NOW))
    session.commit()


def attempt(session: Session, username: str, password: str, origin: Origin, now: datetime = NOW) -> Outcome:
    """One try, settled and committed as the log-in page does."""
    examined = sessions.examine(session, username=username, password=password, origin=origin, now=now)
    outcome = sessions.log_in(session, attempt=examined, code=None, origin=origin, now=now)
    session.commit()
    return outcome


def fail(session: Session, username: str, origin: Origin, times: int, now: datetime = NOW) -> Outcome:
    for _ in range(times):
        outcome = attempt(session, username, "wrong", origin, now)
    return outcome


@pytest.mark.parametrize("username", ["office", "nobody-of-that-name", "😀", "联络员", "a\x00b", "\ud800", "x" * 5000, ""])
def test_five_failures_must_wait_and_are_told_the_time_whoever_it_is(app, session, username):
    assert fail(session, username, STRANGER, 4).refusal == sessions.WRONG
    fifth = fail(session, username, STRANGER, 1)
    assert fifth.must_wait
    assert fifth.refusal == "连续多次不正确，为防他人猜测密码，请于9:01后再试。忘记密码请联系平台管理员"


def test_while_waiting_even_the_right_password_is_not_heard_and_nothing_is_counted(app, session):
    fail(session, "office", STRANGER, 5)
    counted = session.query(LoginFailure).count()
    for _ in range(10):
        assert attempt(session, "office", PASSWORD, STRANGER).must_wait
    assert session.query(LoginFailure).count() == counted
    assert attempt(session, "office", PASSWORD, STRANGER, NOW + MINUTE).token


def test_a_stranger_elsewhere_cannot_lock_an_official_out(app, session, few):
    assert attempt(session, "office", PASSWORD, OFFICE).token
    for number in range(9):
        fail(session, "office", Origin(f"203.0.113.{number}"), 1)
    assert attempt(session, "office", PASSWORD, OFFICE).token
    assert attempt(session, "office", PASSWORD, Origin(OFFICE.address, "new browser there")).token
    assert attempt(session, "office", PASSWORD, HOME).must_wait


def test_a_stranger_behind_the_same_address_cannot_lock_out_the_browser_in_use(app, session, few):
    assert attempt(session, "office", PASSWORD, OFFICE).token
    same = Origin(OFFICE.address, "another browser")
    fail(session, "office", same, 5)
    for number in range(6):
        fail(session, f"somebody-{number}", same, 1)
    assert attempt(session, "office", PASSWORD, same).must_wait
    assert attempt(session, "office", PASSWORD, OFFICE).token


def test_a_browser_known_to_one_account_is_not_known_to_another(app, session, few):
    assert attempt(session, "office", PASSWORD, OFFICE).token
    for number in range(6):
        fail(session, f"somebody-{number}", OFFICE, 1)
    assert attempt(session, "convenor", PASSWORD, OFFICE).must_wait
    assert attempt(session, "office", PASSWORD, OFFICE).token


def test_one_address_going_through_many_names_must_wait(app, session, few):
    for number in range(6):
        fail(session, f"somebody-{number}", STRANGER, 1)
    assert attempt(session, "office", PASSWORD, STRANGER).must_wait
    assert attempt(session, "office", PASSWORD, HOME).token


def test_one_account_guessed_from_many_addresses_is_slowed_for_new_places(app, session, few):
    for number in range(8):
        fail(session, "office", Origin(f"203.0.113.{number}"), 1)
    assert attempt(session, "office", PASSWORD, HOME).must_wait
    assert attempt(session, "office", PASSWORD, HOME, NOW + MINUTE).token


def test_signing_in_clears_the_failures_made_there_and_a_day_clears_all(app, session):
    fail(session, "office", OFFICE, 4)
    assert attempt(session, "office", PASSWORD, OFFICE).token
    assert fail(session, "office", OFFICE, 4).refusal == sessions.WRONG
    fail(session, "convenor", STRANGER, 9)
    tomorrow = NOW + timedelta(days=1, seconds=1)
    assert fail(session, "convenor", STRANGER, 1, tomorrow).refusal == sessions.WRONG
    assert attempt(session, "office", PASSWORD, HOME, tomorrow).token
    assert session.query(LoginFailure).count() == 1


def test_guesses_sent_side_by_side_are_counted_one_after_the_other(app, session):
    side_by_side = [sessions.examine(session, username="office", password="wrong", origin=STRANGER, now=NOW) for _ in range(9)]
    right = sessions.examine(session, username="office", password=PASSWORD, origin=STRANGER, now=NOW)
    outcomes = [sessions.log_in(session, attempt=one, code=None, origin=STRANGER, now=NOW) for one in [*side_by_side, right]]
    assert [outcome.must_wait for outcome in outcomes] == [False] * 4 + [True] * 6
    assert session.query(LoginFailure).count() == 5


def test_what_was_typed_as_a_name_is_kept_nowhere_in_clear(app, session):
    fail(session, "my-password-in-the-wrong-box", STRANGER, 5)
    kept = [(failure.account, failure.place) for failure in session.query(LoginFailure)]
    assert all("password" not in account for account, _ in kept)
    log = (app.config["CONFIG"].instance / "security.log").read_text(encoding="utf-8")
    assert "my-password" not in log
    assert "person=- address=203.0.113.7" in log
    assert "locked until" in log
