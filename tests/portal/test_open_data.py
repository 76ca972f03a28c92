"""Open data and feeds: complete, fresh, and harmless to a spreadsheet."""

import csv
import io
import json
from xml.etree import ElementTree

import pytest
from sqlalchemy import update

from coordination.portal import exporting
from models import Business
from tests.portal.county import LONG_NAME, NAMES
from tests.registry.county import code

ATOM = "{http://www.w3.org/2005/Atom}"


def table(answer):
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_the_list_as_csv(visitor):
    answer = visitor.get("/open/units.csv")
    assert answer.text.startswith("\ufeffcertificate,name,category,uscc,address,recognised_on,valid_until,status\r\n")
    rows = table(answer)
    assert [row["name"] for row in rows] == [LONG_NAME, NAMES[3], NAMES[2], NAMES[1]]
    assert rows[-1] == {
        "certificate": "示放消2026-0001",
        "name": NAMES[1],
        "category": "放心商店",
        "uscc": code(1),
        "address": "人民路1号",
        "recognised_on": "2026-06-29",
        "valid_until": "2029-06-29",
        "status": "在册",
    }


def test_removals_as_csv_and_json_say_the_same(visitor):
    (row,) = table(visitor.get("/open/removed.csv"))
    (item,) = json.loads(visitor.get("/open/removed.json").text)["items"]
    assert row == item
    assert (row["removed_on"], row["ground"], row["status"]) == ("2026-07-05", "列入严重违法失信名单", "已移出名录")
    assert row["no_reentry_before"] > row["removed_on"]
    assert list(row)[-3:] == ["removed_on", "ground", "no_reentry_before"]


def test_the_list_as_json_says_of_which_day_and_version_it_is(visitor):
    data = json.loads(visitor.get("/open/units.json").text)
    assert (data["as_of"], len(data["items"])) == ("2026-07-06", 4)
    assert data["version"] > 0


def test_a_name_that_is_a_formula_is_only_text(visitor, session):
    session.execute(update(Business).where(Business.uscc == code(1)).values(name="=cmd|' /C calc'!A0", address="@SUM(1)"))
    session.commit()
    row = table(visitor.get("/open/units.csv"))[-1]
    assert (row["name"], row["address"]) == ("'=cmd|' /C calc'!A0", "'@SUM(1)")
    assert json.loads(visitor.get("/open/units.json").text)["items"][-1]["name"] == "=cmd|' /C calc'!A0"


def test_commas_quotes_and_lines_stay_in_their_cell():
    rows = iter([('甲,"乙"\n丙',), (None,)])
    text = "".join(exporting.as_csv((("name", "", ""),), rows))
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff")))) == [["name"], ['甲,"乙"\n丙'], [""]]


@pytest.mark.parametrize("number", [0, 1, exporting.STRETCH, exporting.STRETCH * 2 + 1])
def test_long_lists_come_in_pieces_and_whole(number):
    fields = (("name", "", ""),)
    pieces = list(exporting.as_json(fields, ((f"店{n}",) for n in range(number)), version=1))
    assert len(pieces) == number // exporting.STRETCH + 1
    assert [item["name"] for item in json.loads("".join(pieces))["items"]] == [f"店{n}" for n in range(number)]


def test_the_schema_describes_what_is_there(visitor):
    schema = visitor.get("/open/schema").json
    for name, kind in (("units", "unit"), ("removed", "removed")):
        item = json.loads(visitor.get(f"/open/{name}.json").text)["items"][0]
        assert list(item) == schema["$defs"][kind]["required"]
        assert all(schema["$defs"][kind]["properties"][field]["title"] for field in item)


@pytest.mark.parametrize("feed", ["additions", "removals"])
def test_a_feed_is_atom(visitor, feed):
    answer = visitor.get(f"/feeds/{feed}.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.text)
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.iter(f"{ATOM}entry")):
        for required in ("id", "title", "updated"):
            assert element.findtext(f"{ATOM}{required}"), required
        assert "T" in element.findtext(f"{ATOM}updated")
    ids = [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)) == {"additions": 4, "removals": 1}[feed]
    assert root.find(f"{ATOM}author/{ATOM}name").text


def test_robots_leave_secret_addresses_alone(visitor):
    assert "Disallow: /apply/" in visitor.get("/robots.txt").text
