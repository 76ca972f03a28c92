"""What the pages cost: as many questions to the database for a large meeting as for a small one."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from models import (
    AgendaItem,
    Answer,
    Decision,
    ItemKind,
    LimitUnit,
    MeetingStatus,
    Membership,
    Presence,
    Proposal,
    ProposalStatus,
    Reply,
    Rule,
    Unit,
    UnitKind,
)
from models.base import db
from tests.meetings.steps import STARTS_AT, TASK_DUE
from tests.world import NOW

pytestmark = pytest.mark.usefixtures("clock")


def queries_of(client, address):
    asked = []
    count = lambda *args: asked.append(args[2]) if args[2] != "BEGIN" else None  # noqa: E731
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


def fill(steps, meeting, items=200, units=40):
    """Rows as a very large meeting has them: every item with a proposal, a clause and its task, every unit with a reply."""
    session, world = steps.session, steps.world
    facts = {"kind": UnitKind.BUREAU, "former_names": []}
    invited = [Unit(code=f"V{meeting.id}-{n}", name=f"单位{n}", short_name=f"单位{n}", **facts) for n in range(units)]
    session.add_all(invited)
    if meeting.notified_at:
        meeting.replies += [Reply(unit=unit, answer=Answer.ATTEND, replied_at=NOW, presence=Presence.PRESENT) for unit in invited]
    lead, recorded = world.units["SWJ"], meeting.status == MeetingStatus.HELD
    for number in range(items):
        facts = {"mechanism_id": meeting.mechanism_id, "unit_id": lead.id, "submitted_at": NOW, "status": ProposalStatus.ON_AGENDA}
        handed_in = Proposal(title=f"议{number}", body="提请研究。", **facts)
        place = {"meeting_id": meeting.id, "position": number + 10, "kind": ItemKind.PROPOSAL, "proposal": handed_in}
        item = AgendaItem(title=f"议{number}", presenter=lead, units=invited[:3], heard=invited[3:6], **place)
        if recorded:
            item.decisions = [Decision(position=1, text="抓紧办理。", lead=lead, due_on=TASK_DUE, co_units=invited[:2], confirmed_at=NOW)]
        session.add(item)
    session.flush()
    session.expire_all()


def test_the_page_of_a_meeting_of_200_items_and_40_units_asks_12_times_at_most(steps, world, clerk, clock):
    rule = {"limit": 3, "unit": LimitUnit.WORKING, "clause": "本平台", "effective_from": NOW.date(), "changed_at": NOW}
    steps.session.add(Rule(code="COUNTERSIGN", title="会签", **rule))
    earlier = steps.issued()
    world.mechanisms["county"].has_countersign = True
    meetings = {"issued": earlier.meeting, "held": steps.compiled(steps.held(starts_at=STARTS_AT + timedelta(hours=3))).meeting}
    meetings |= {"in session": steps.in_session(starts_at=STARTS_AT + timedelta(hours=6))}
    meetings |= {"notified": steps.notified(starts_at=STARTS_AT + timedelta(hours=9))}
    meetings |= {"collecting": steps.collecting(starts_at=STARTS_AT + timedelta(hours=12))}
    for meeting in meetings.values():
        fill(steps, meeting)
    steps.session.commit()
    asked = {}
    for username in ("office", "convenor", "liaison-SWJ", "auditor"):
        client = clerk(username).client
        for state, meeting in meetings.items():
            client.get(f"/meetings/{meeting.id}")
            asked[username, state] = queries_of(client, f"/meetings/{meeting.id}")
    assert {known: count for known, count in asked.items() if count > 12} == {}


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
