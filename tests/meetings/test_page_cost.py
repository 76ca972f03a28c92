"""What the pages cost: as many questions to the database for a large meeting as for a small one."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from models import Membership, Unit, UnitKind
from models.base import db
from tests.meetings.steps import STARTS_AT

pytestmark = pytest.mark.usefixtures("clock")


def queries_of(client, address):
    asked = []
    count = lambda *args: asked.append(args[2])  # noqa: E731
    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert client.get(address).status_code == 200, address
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(asked)


def grow(steps, world, items):
    """Ten times the county: more units that sit, and so many proposals with clauses on one meeting."""
    for number in range(items):
        unit = Unit(code=f"U{items}-{number}", name=f"单位{number}", short_name=f"单位{number}", kind=UnitKind.BUREAU, former_names=[])
        steps.session.add(unit)
        steps.session.add(Membership(mechanism=world.mechanisms["county"], unit=unit, from_on=STARTS_AT.date(), position=99))
    steps.session.flush()
    steps.session.expire_all()
    starts_at = STARTS_AT + timedelta(hours=items)
    return steps.compiled(steps.held(proposals=items, starts_at=starts_at)).meeting


@pytest.mark.parametrize("username", ["office", "liaison-SWJ"])
def test_no_page_asks_more_of_the_database_when_ten_times_as_much_is_shown(steps, world, clerk, username):
    addresses = {}
    for items in (2, 20):
        meeting, collecting = grow(steps, world, items), steps.collecting(starts_at=STARTS_AT + timedelta(hours=100))
        for number in range(items):
            steps.submitted(collecting, title=f"待审{number}")
        pages = [f"/meetings/{meeting.id}", "/meetings", "/meetings/proposals", f"/meetings/{collecting.id}"]
        if username == "office":
            pages += [f"/meetings/{meeting.id}/{page}" for page in ("room", "presence", "minutes")]
            pages += [f"/meetings/{collecting.id}/agenda", f"/meetings/{collecting.id}/notice"]
        addresses[items] = pages
    steps.session.commit()
    client = clerk(username).client
    for address in addresses[2]:
        client.get(address)  # what a process reads once and remembers, such as the calendar
    few, many = ([queries_of(client, address) for address in addresses[items]] for items in (2, 20))
    assert many == few
