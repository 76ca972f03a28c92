"""概览: what it counts, and who sees it."""

from datetime import date, timedelta

import pytest

from coordination.meetings import overview, room
from models import Answer, LimitUnit, Presence, ProposalStatus, Reply, Rule
from models.calendar import local_date
from tests.meetings.steps import STARTS_AT, one
from tests.world import NOW

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def every_half_year(session, world):
    rule = {"title": "例会间隔", "limit": 6, "unit": LimitUnit.MONTH, "clause": "本平台", "effective_from": date(2020, 1, 1)}
    session.add(Rule(code=overview.EVERY, changed_at=NOW, **rule))
    session.flush()


def held(steps):
    meeting = steps.in_session()
    steps.submitted(None, title="还没有安排的议题")
    for item in meeting.items:
        steps.record(item)
    came = {"JYJ": Presence.LATE, "SWJ": Presence.PRESENT, "GAJ": Presence.ABSENT}
    said = {one(Reply, meeting_id=meeting.id, unit_id=steps.unit(code)).id: room.Attendance(there) for code, there in came.items()}
    room.sign_in(steps.session, actor=steps.staff("recorder"), meeting_id=meeting.id, seen={}, said=said, now=STARTS_AT)
    return meeting


def test_a_meeting_counts_once_it_was_held_with_who_came(session, world, steps):
    meeting = held(steps)
    county, today = world.mechanisms["county"], local_date(STARTS_AT)
    before = overview.overview(session, county, 2026, today)
    assert (before.held, before.attendance, before.last_on, before.coming) == ([], [], None, meeting)
    room.end_meeting(session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=STARTS_AT + timedelta(hours=2))
    after = overview.overview(session, county, 2026, today)
    assert (after.held, after.coming, after.last_on, after.next_by) == ([meeting], None, today, date(2026, 12, 30))
    rows = {row.name: row for row in after.attendance}
    education, police = (rows[world.units[code].short_name] for code in ("JYJ", "GAJ"))
    assert (education.invited, education.there, education.late, education.leave) == (1, 1, 1, 0)
    assert (police.invited, police.there, police.leave, police.absent) == (1, 0, 1, 0)
    assert education.rate is None, "one meeting says nothing about a unit"
    assert after.proposals == {ProposalStatus.DECIDED: 1}, "the meeting's own, in the year"


def test_a_share_is_told_of_three_meetings_and_more():
    row = overview.Attendance("县教育局")
    for presence in (Presence.PRESENT, Presence.ABSENT, Presence.LATE):
        row.add(Answer.STAND_IN, presence)
    assert (row.rate, row.stand_ins, row.absent) == (2 / 3, 2, 1)


def test_minutes_count_from_the_meeting_to_their_issue_in_working_days(session, world, steps):
    minutes = steps.issued()
    found = overview.overview(session, world.mechanisms["county"], 2026, date(2026, 7, 20))
    [(row, days)] = found.issued
    assert (row, found.waiting, found.middle) == (minutes, 0, days)
    assert days is not None
    assert days >= 0


def test_the_page_is_for_those_who_see_the_whole_mechanism(steps, clerk):
    held(steps)
    steps.session.commit()
    page = clerk("office").opens("/meetings/overview")
    assert "会议概览" in page
    assert "例会间隔" in page
    assert "/meetings/overview" in clerk("office").opens("/meetings")
    liaison = clerk("liaison-JYJ")
    assert "/meetings/overview" not in liaison.opens("/meetings")
    assert liaison.client.get("/meetings/overview").status_code == 404
    assert "没有会议" in clerk("auditor").opens("/meetings/overview?year=2025&mechanism=999")
