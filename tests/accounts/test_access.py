"""Who is at the other end: seen at once, at the cost of one query, and led to no other host."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, event, update
from sqlalchemy.orm import Session

from coordination import access
from models import LoginSession, Membership, Person, Role, RoleGrant, Setting, Unit
from models.base import db
from models.session import AccountRules
from tests.world import NOW


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL sent while inside, but for the BEGIN we say ourselves on SQLite."""
    sent: list[str] = []

    def hear(_connection, _cursor, statement, *_) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


@pytest.fixture
def look(app: Flask) -> Callable[..., access.SignedIn | None]:
    """``look(token)``: who a request with this token is taken for, last seen ``idle`` ago."""

    def as_request(token: str, idle: timedelta = timedelta()) -> access.SignedIn | None:
        with app.app_context(), app.test_request_context():
            from flask import session

            session[access.SEEN] = (access.clock.now() - idle).timestamp()
            return access.load_user(token)

    return as_request


@pytest.fixture
def token(session: Session, liaison: Person) -> str:
    """A living session of the education bureau's liaison."""
    now = access.clock.now()
    lasts = {"created_at": now, "confirmed_at": now, "expires_at": now + timedelta(hours=9)}
    session.add(LoginSession(token_hash=access.token_hash("the-token"), person_id=liaison.id, **lasts))
    session.commit()
    return "the-token"


def test_a_signed_in_request_costs_one_query_to_know_who_it_is(look, token):
    look(token)
    with statements() as sent:
        found = look(token)
    assert found is not None
    assert len(sent) == 1


def test_even_the_first_request_after_a_change_costs_few_queries(look, token):
    with statements() as sent:
        look(token)
    assert len(sent) <= 6


def join_as_recorder(session: Session, liaison: Person, world) -> None:
    session.add(RoleGrant(person_id=liaison.id, role=Role.RECORDER, mechanism_id=world.mechanisms["county"].id))


def lose_every_role(session: Session, liaison: Person, world) -> None:
    session.execute(delete(RoleGrant).where(RoleGrant.person_id == liaison.id))


def move_to_another_unit(session: Session, liaison: Person, world) -> None:
    liaison.unit_id = world.units["SWJ"].id


def be_renamed(session: Session, liaison: Person, world) -> None:
    session.execute(update(Person).where(Person.id == liaison.id).values(name="钱二"))


def merge_another_unit(session: Session, liaison: Person, world) -> None:
    other = session.merge(world.units["WLJ"])
    other.valid_to, other.successor_id = date(2026, 1, 31), world.units["JYJ"].id


def leave_the_mechanism(session: Session, liaison: Person, world) -> None:
    session.execute(update(Membership).where(Membership.unit_id == liaison.unit_id).values(to_on=date(2026, 1, 31)))


def sit_in_another_mechanism(session: Session, liaison: Person, world) -> None:
    session.add(Membership(mechanism_id=world.mechanisms["sections"].id, unit_id=liaison.unit_id, from_on=date(2026, 1, 1)))


def rename_the_unit(session: Session, liaison: Person, world) -> None:
    session.get_one(Unit, liaison.unit_id).short_name = "县教体局"


CHANGES = [
    join_as_recorder,
    lose_every_role,
    move_to_another_unit,
    be_renamed,
    merge_another_unit,
    leave_the_mechanism,
    sit_in_another_mechanism,
    rename_the_unit,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_what_somebody_may_do_is_seen_on_the_very_next_request(look, token, session, liaison, world, change):
    before = look(token)
    change(session, liaison, world)
    session.commit()
    after = look(token)
    fresh = access.actor_of(session, session.get_one(Person, liaison.id))
    assert after.actor != before.actor
    assert after.actor == fresh


def test_a_change_that_was_rolled_back_leaves_nothing_behind(look, token, session, liaison, world):
    before = look(token)
    join_as_recorder(session, liaison, world)
    session.flush()
    session.rollback()
    move_to_another_unit(session, liaison, world)
    session.commit()
    after = look(token)
    assert after.actor.roles == before.actor.roles
    assert after.actor.unit_ids == {world.units["SWJ"].id}


def test_a_seat_that_begins_tomorrow_counts_from_tomorrow(look, session, liaison, world):
    with time_machine.travel(NOW, tick=False) as traveller:
        lasts = {"created_at": NOW, "confirmed_at": NOW, "expires_at": NOW + timedelta(days=3)}
        session.add(LoginSession(token_hash=access.token_hash("t"), person_id=liaison.id, **lasts))
        sections = world.mechanisms["sections"].id
        session.add(Membership(mechanism_id=sections, unit_id=liaison.unit_id, from_on=date(2026, 6, 19)))
        session.commit()
        assert sections not in look("t").actor.mechanism_ids
        traveller.shift(timedelta(days=1))
        assert sections in look("t").actor.mechanism_ids


def end_the_session(session: Session, liaison: Person) -> None:
    session.execute(update(LoginSession).values(ended_at=NOW))


def let_it_run_out(session: Session, liaison: Person) -> None:
    session.execute(update(LoginSession).values(expires_at=NOW))


def disable_the_person(session: Session, liaison: Person) -> None:
    session.execute(update(Person).where(Person.id == liaison.id).values(disabled_at=NOW))


@pytest.mark.parametrize("change", [end_the_session, let_it_run_out, disable_the_person])
def test_a_session_that_is_over_opens_nothing(look, token, session, liaison, change):
    assert look(token) is not None
    change(session, liaison)
    session.commit()
    assert look(token) is None


@pytest.mark.parametrize("token", ["", "no such token", "\ud800", "x" * 10_000])
def test_a_token_that_was_never_given_opens_nothing(look, token):
    assert look(token) is None


@pytest.mark.parametrize(("setting", "minutes", "in_"), [(None, 59, True), (None, 61, False), (15, 14, True), (15, 16, False)])
def test_a_session_left_alone_ends_after_the_minutes_set(look, token, session, setting, minutes, in_):
    if setting is not None:
        session.add(Setting(key=AccountRules.KEY, value={"idle_minutes": setting}, changed_at=NOW))
        session.commit()
    assert (look(token, timedelta(minutes=minutes)) is not None) is in_


def test_reading_a_page_writes_nothing(app, someone):
    office = someone("office")
    with statements() as sent:
        assert office.get("/account").status_code == 200
    assert [statement for statement in sent if not statement.startswith("SELECT")] == []


OURS = ["/accounts?q=%E5%8E%BF&page=2", "/tasks/7#do", "/account/password", "/", "/meetings/示例"]
NOT_OURS = [
    "https://example.org/",
    "//example.org/",
    "/\\example.org/",
    "\\\\example.org",
    "///example.org",
    "/\t/example.org",
    "\t//example.org",
    "/ok\nLocation: https://example.org",
    "javascript:alert(1)",
    "example.org",
    "@example.org",
    "/login",
    "/logout",
    "",
    None,
]


def test_one_is_led_on_to_pages_of_ours_and_nowhere_else(app):
    with app.test_request_context():
        assert [target for target in OURS if access.safe_next(target) != target] == []
        assert [target for target in NOT_OURS if access.safe_next(target) != "/desk"] == []


@pytest.mark.parametrize(("target", "location"), [("/accounts?q=%E5%8E%BF", "/accounts?q=%E5%8E%BF"), ("//example.org/", "/desk")])
def test_signing_in_goes_on_to_the_page_one_wanted_but_to_no_other_host(app, browser, target, location):
    assert browser().log_in("office", to=target).location == location


def test_who_is_not_signed_in_is_led_to_log_in_and_back(app, browser):
    client = browser()
    response = client.get("/accounts?q=%E5%8E%BF")
    assert response.location == "/login?next=/accounts?q%3D%25E5%258E%25BF"
    assert "请先登录。" in client.get(response.location).text
    assert client.log_in("admin", to="/accounts?q=%E5%8E%BF").location == "/accounts?q=%E5%8E%BF"


def test_a_form_sent_after_the_session_ended_is_led_to_log_in_and_told_why(app, someone, session):
    office = someone("office")
    form = office.get("/account").text
    session.execute(update(LoginSession).values(ended_at=NOW))
    session.commit()
    response = office.post("/account/sessions", data={"csrf_token": form.split('name="csrf_token" value="')[1].split('"')[0]})
    assert response.location == "/login"
    assert "登录已超时或已结束，请重新登录。" in office.get("/login").text
