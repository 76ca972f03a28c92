"""The public's page, and what a watchman asks."""

import logging
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from coordination.members import duties, service
from coordination.members.duties import DutyFacts
from coordination.permissions import OPERATOR
from coordination.settings import schema
from models import Lease, Subject
from tests.statements import statements
from tests.world import NOW


def test_a_stranger_reads_what_the_joint_meeting_is(app):
    answer = app.test_client().get("/")
    assert answer.status_code == 200
    assert "示例县消费者权益保护工作联席会议" in answer.text
    assert "12315" in answer.text
    assert "县教育局、县文旅局" in answer.text
    assert 'href="/login"' in answer.text


def test_no_person_is_named_to_the_public(app, world):
    page = app.test_client().get("/").text
    assert not [person.name for person in world.people.values() if person.name in page.replace("联席会议办公室", "")]


def test_the_public_reads_who_handles_what_as_it_stands_today(app, session, world):
    old, heir = world.units["SWJ"], world.units["WLJ"]
    subject = Subject(code="S09", name="旅游购物")
    session.add(subject)
    session.flush()
    facts = DutyFacts(subject.id, "查处强迫购物", "旅游法第八十三条", {"强迫购物": 1})
    duties.add_duty(session, actor=OPERATOR, unit_id=old.id, facts=facts, now=NOW)
    ended = {"valid_to": date(2026, 1, 31), "successor_id": heir.id}
    service.end_unit(session, actor=OPERATOR, unit_id=old.id, version=old.version, now=NOW, **ended)
    session.commit()
    assert f'href="/who?subject={subject.id}"' in app.test_client().get("/").text
    for asked in (f"subject={subject.id}", "q=强迫购物"):
        page = app.test_client().get(f"/who?{asked}").text
        assert "县文旅局" in page
        assert "旅游法第八十三条" in page
        assert "县商务局" not in page


def test_a_copy_is_asked_for_again_and_confirmed_until_something_changes(app, session, world):
    client = app.test_client()
    client.get("/")
    first = client.get("/")
    assert first.headers["Cache-Control"] == "no-cache"
    tag = first.headers["ETag"]
    same = client.get("/", headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    unit = world.units["JYJ"]
    unit.short_name = "县教体局"
    session.commit()
    changed = client.get("/", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "县教体局" in changed.text


def test_a_copy_in_another_type_size_is_another_copy(app):
    client = app.test_client()
    client.get("/")
    tag = client.get("/").headers["ETag"]
    client.set_cookie("type_size", "huge")
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 200


def test_an_empty_installation_has_a_name_too(app, session):
    session.execute(text("DELETE FROM membership"))
    session.execute(text("UPDATE role_grant SET mechanism_id = NULL"))
    session.execute(text("DELETE FROM mechanism"))
    session.commit()
    assert "示例县消费者权益保护工作联席会议" in app.test_client().get("/").text


def test_the_process_answers_without_asking_the_database(app, session):
    with statements() as sent:
        answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text, sent) == (200, "ok", [])


@pytest.fixture
def stamped(session):
    """The database says that it stands at the newest migration, and the scheduler lives."""
    session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": schema.head()})
    now = datetime.now(UTC)
    session.add(Lease(name="scheduler", holder="test", beat_at=now, expires_at=now + timedelta(minutes=1)))
    session.commit()
    return session


def test_ready_when_database_structure_and_scheduler_are_there(app, stamped):
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"ready": True, "database": "ok", "migrations": "ok", "scheduler": "ok"}


def test_not_ready_when_the_scheduler_has_been_silent(app, stamped):
    stamped.execute(text("UPDATE lease SET beat_at = '2026-06-18 00:00:00'"))
    stamped.commit()
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["scheduler"], answer.json["ready"]) == (503, "failed", False)


def test_not_ready_when_the_structure_is_older(app, stamped):
    stamped.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    stamped.commit()
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["migrations"]) == (503, "failed")


def test_not_ready_without_a_database_and_no_word_why(app, stamped, caplog):
    stamped.execute(text("ALTER TABLE lease RENAME TO lease_gone"))
    stamped.commit()
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "database": "failed", "migrations": "failed", "scheduler": "failed"}
    assert "lease" not in answer.text
