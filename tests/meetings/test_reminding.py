"""已阅: the office reminds whoever has not read, the job does so once the day has come; each unit finds its excerpt."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from coordination.meetings import issuing, reminding
from models import LimitUnit, Notice, Rule
from models.errors import IllegalMove, NotAllowed, NotFound
from scheduler import jobs
from tests.meetings.steps import DAY, STARTS_AT
from tests.world import NOW

ISSUED = STARTS_AT + 2 * DAY  # Thursday 2 July
LAST_DAY = datetime(2026, 7, 9, 2, 0, tzinfo=UTC)  # five working days later, 10:00 in China


@pytest.fixture
def minutes(steps):
    """Issued minutes that only 县教育局 has read; units have five working days."""
    facts = {"title": "纪要阅知", "limit": 5, "unit": LimitUnit.WORKING, "clause": "本平台", "effective_from": date(2020, 1, 1)}
    steps.session.add(Rule(code="MINUTES_READ", changed_at=NOW, **facts))
    minutes = steps.issued()
    issuing.acknowledge(steps.session, actor=steps.actor("liaison-JYJ"), meeting_id=minutes.meeting_id, now=ISSUED)
    return minutes


def run(steps, now):
    steps.session.commit()
    tally = jobs.Tally()
    jobs.minutes_reminders(jobs.Run(now, Path()), tally)
    assert tally.failed == 0, tally.error
    return tally.done


def test_the_office_reminds_those_who_have_not_read_once_a_day(steps, minutes):
    press = {"meeting_id": minutes.meeting_id, "now": ISSUED}
    assert reminding.remind_unread(steps.session, actor=steps.actor("office"), **press) == 8
    assert reminding.remind_unread(steps.session, actor=steps.actor("office"), **press) == 0
    assert steps.told("minutes_remind") == {f"{role}-{code}" for role in ("liaison", "head") for code in ("SCJG", "WLJ", "SWJ", "GAJ")}
    for name in ("recorder", "convenor", "liaison-SWJ"):
        with pytest.raises(NotAllowed):
            reminding.remind_unread(steps.session, actor=steps.actor(name), **press)
    with pytest.raises(NotFound):
        reminding.remind_unread(steps.session, actor=steps.actor("liaison-GGG"), **press)


def test_when_all_have_read_there_is_nobody_to_remind(steps, minutes):
    for code in ("SCJG", "WLJ", "SWJ", "GAJ"):
        issuing.acknowledge(steps.session, actor=steps.actor(f"head-{code}"), meeting_id=minutes.meeting_id, now=ISSUED)
    with pytest.raises(IllegalMove, match="各单位都已阅知"):
        reminding.remind_unread(steps.session, actor=steps.actor("office"), meeting_id=minutes.meeting_id, now=ISSUED)


def test_the_job_reminds_each_unit_once_when_the_day_for_reading_has_come(steps, minutes):
    assert run(steps, LAST_DAY - DAY) == 0
    assert run(steps, LAST_DAY) == 8
    assert run(steps, LAST_DAY) == 0
    assert run(steps, LAST_DAY + 4 * DAY) == 0  # told once, a missed day is caught up
    assert "liaison-JYJ" not in steps.told("minutes_unread")


def test_the_notice_of_the_issue_names_the_excerpt_to_those_it_concerns(steps, minutes):
    texts = {notice.person.username: notice.text for notice in steps.session.scalars(select(Notice).where(Notice.kind == "minutes_issued"))}
    assert "节录，可在纪要页下载" in texts["liaison-SWJ"]
    assert "节录" not in texts["liaison-GAJ"]
    assert len(texts) == 10


@pytest.mark.usefixtures("clock")
def test_the_page_offers_the_excerpt_and_the_reminder(steps, minutes, clerk, clock):
    steps.session.commit()
    clock.move_to(ISSUED)
    here = f"/meetings/{minutes.meeting_id}/minutes"
    page = clerk("liaison-SWJ").opens(here)
    assert "下载本单位节录" in page
    assert "下载本单位节录" not in clerk("liaison-GAJ").opens(here)
    office = clerk("office")
    page = office.opens(here)
    assert "最迟2026年7月9日（周四）阅知。" in page
    assert "提醒4个单位阅知" in page
    assert "已提醒8人阅知。" in office.sends(f"{here}/remind")
