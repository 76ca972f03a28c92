"""The list of recognised units for programs: what the open data say, a page at a time, and never a unit that has left."""

import json
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event

from coordination.transaction import transaction
from models.base import db
from tests.portal.county import MORNING, NAMES, found_registry
from tests.registry.county import strike


@pytest.fixture
def reader(app, session, world, program):
    """A client, on the morning of MORNING, in a county whose registry is in use."""
    with transaction() as writing:
        found_registry(writing)
    with time_machine.travel(MORNING, tick=True):
        yield program()


def test_it_holds_the_fields_and_rows_of_the_open_data(app, reader):
    told, opened = reader.get("/units").json, json.loads(app.test_client().get("/open/units.json").text)
    assert told["items"] == opened["items"]
    assert (told["as_of"], told["version"], told["next"]) == (opened["as_of"], opened["version"], None)
    assert len(told["items"]) == 4


def test_it_is_paged_by_the_addresses_it_gives(reader):
    path, seen = "/units?limit=3", []
    while path:
        page = reader.get(path.removeprefix("/api/v1")).json
        seen.append([item["name"] for item in page["items"]])
        path = page["next"]
    assert [len(names) for names in seen] == [3, 1]
    assert seen[0] + seen[1] == [item["name"] for item in reader.get("/units").json["items"]]


def test_a_removed_unit_is_gone_with_the_removal(reader):
    before = reader.get("/units")
    tag = before.headers["ETag"]
    assert NAMES[1] in [item["name"] for item in before.json["items"]]
    assert reader.get("/units", **{"If-None-Match": tag}).status_code == 304
    with transaction() as writing:
        strike(writing, 1, now=MORNING, on=MORNING.date() - timedelta(days=1), name=NAMES[1])
    after = reader.get("/units", **{"If-None-Match": tag})
    assert after.status_code == 200
    assert NAMES[1] not in [item["name"] for item in after.json["items"]]
    assert after.json["version"] > before.json["version"]
    assert after.headers["ETag"] != tag


def test_no_copy_is_used_without_asking_and_tomorrow_is_another_list(reader):
    answer = reader.get("/units")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    with time_machine.travel(MORNING + timedelta(days=1), tick=True):
        assert reader.get("/units", **{"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_a_longer_list_takes_no_more_questions(reader):
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    counts = []
    for limit in (1, 200):
        asked.clear()
        reader.get(f"/units?limit={limit}")
        counts.append(len([one for one in asked if not one.startswith("BEGIN")]))
    event.remove(db.engine, "before_cursor_execute", note)
    assert counts[0] == counts[1] <= 4
