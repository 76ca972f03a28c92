"""The ladder climbs: who is told what and when, once, and nothing is lost or sent twice."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from coordination import audit
from coordination.tasks import ladder, service, urging
from coordination.transaction import transaction
from models import CalendarDay, CalendarYear, LadderStep, LimitUnit, Notice, Person, Rule, Rung, Setting, Task, TaskStatus
from models.calendar import ONE_DAY, local_date
from scheduler import jobs
from tests.tasks.conftest import china, told
from tests.tasks.test_ladder import CALENDAR, HOURS, STEPS
from tests.world import NOW, TODAY

pytestmark = pytest.mark.usefixtures("rules")


def run(now: datetime, job=jobs.task_ladder) -> int:
    """One run of the job; returns how many things it did. Nothing in it may fail."""
    tally = jobs.Tally()
    job(jobs.Run(now, Path()), tally)
    assert (tally.failed, tally.error) == (0, "")
    return tally.done


def climbed(session, task: Task) -> list[tuple[str, str]]:
    """(day in China, rung) in the order it happened."""
    session.rollback()
    steps = session.scalars(select(LadderStep).where(LadderStep.task_id == task.id).order_by(LadderStep.at, LadderStep.rung))
    return [(local_date(step.at).isoformat()[5:], Rung(step.rung).name) for step in steps]


def test_a_task_nobody_finishes_climbs_rung_by_rung_on_the_right_days(session, story):
    task = story.in_state(TaskStatus.ACCEPTED)
    for offset in range(30):
        for hour in ("08:00", "08:30", "12:00", "17:29", "17:30"):
            run(china((TODAY + timedelta(days=offset)).isoformat(), hour))
    assert climbed(session, task) == [("06-25", "REMIND"), ("07-01", "URGE"), ("07-03", "LETTER"), ("07-08", "TOP")]
    assert told(session, "task_remind") == ["liaison-JYJ", "liaison-WLJ"]
    assert told(session, "task_urge") == ["head-JYJ", "head-WLJ", "liaison-JYJ", "liaison-WLJ"]
    assert told(session, "task_letter") == ["office"]
    assert told(session, "task_top") == ["convenor", "office"]
    texts = {notice.kind: notice for notice in session.scalars(select(Notice))}
    assert texts["task_remind"].title == "到期提醒（剩3个工作日）：在营培训机构备案清单"
    assert texts["task_urge"].title == "催办（逾期1个工作日）：在营培训机构备案清单"
    assert "时限为2026年6月30日（周二），已逾期1个工作日" in texts["task_urge"].text
    assert texts["task_top"].title == "待报请县政府督查：在营培训机构备案清单"
    assert texts["task_urge"].path == f"/tasks/{task.id}#do"
    assert "催办，通知4人" in [entry.text for entry in audit.history(session, task)]


def test_inside_one_bureau_the_top_is_criticism(session, story):
    story.task(mechanism="sections", lead="GGG", helpers=(), due_on=TODAY)
    run(china("2026-06-30"))
    assert session.scalars(select(Notice.title).where(Notice.kind == "task_top")).all() == ["待审通报批评：在营培训机构备案清单"] * 2


def test_a_second_run_does_nothing(story):
    story.in_state(TaskStatus.ACCEPTED)
    assert run(china("2026-07-01")) == 1
    assert run(china("2026-07-01")) == 0
    assert run(china("2026-07-02", "17:00")) == 0


def test_after_an_outage_it_catches_up_to_the_highest_rung_and_the_missed_ones_are_not_sent_late(session, story):
    task = story.in_state(TaskStatus.ACCEPTED)
    run(china("2026-06-25"))
    for hour in ("09:00", "10:00"):
        run(china("2026-07-06", hour))
    run(china("2026-07-08"))
    assert climbed(session, task) == [("06-25", "REMIND"), ("07-06", "LETTER"), ("07-08", "TOP")]
    assert told(session, "task_urge") == []


def test_nothing_is_sent_over_the_national_holiday_and_the_made_up_saturday_is_a_working_day(session, story):
    task = story.in_state(TaskStatus.ACCEPTED, due_on=date(2026, 9, 30))
    for offset in range(20):
        run(china((date(2026, 9, 30) + timedelta(days=offset)).isoformat()))
    assert climbed(session, task) == [("09-30", "REMIND"), ("10-08", "URGE"), ("10-10", "LETTER"), ("10-14", "TOP")]


def test_a_new_date_starts_the_ladder_anew_and_the_old_one_is_climbed_no_further(session, story):
    task = story.in_state(TaskStatus.ACCEPTED)
    run(china("2026-07-01"))
    story.report(task, percent=100, final=True, now=china("2026-07-02"))
    story.act(service.send_back, "office", task_id=task.id, reason="不全", due_on=date(2026, 7, 10), now=china("2026-07-02"))
    for offset in range(15):
        run(china((date(2026, 7, 3) + timedelta(days=offset)).isoformat()))
    assert climbed(session, task) == [("07-01", "URGE"), ("07-07", "REMIND"), ("07-13", "URGE"), ("07-15", "LETTER")]


@pytest.mark.parametrize("status", [TaskStatus.REPORTED, TaskStatus.CLOSED, TaskStatus.CANCELLED])
def test_what_the_unit_no_longer_owes_is_not_urged(story, status):
    story.in_state(status)
    assert run(china("2026-07-20")) == 0


def test_a_co_operating_unit_that_has_done_its_share_is_left_in_peace(session, story):
    task = story.in_state(TaskStatus.ACCEPTED)
    story.report(task, who="liaison-WLJ", percent=100)
    run(china("2026-07-01"))
    assert told(session, "task_urge") == ["head-JYJ", "liaison-JYJ"]


def test_a_unit_that_reports_between_the_query_and_its_turn_is_not_urged(session, story):
    task = story.in_state(TaskStatus.ACCEPTED)
    book = ladder.rulebook(session, china("2026-07-01"))
    assert ladder.climbing(session, book) == [task.id]
    story.report(task, percent=100, final=True)
    with transaction() as writing:
        assert not urging.climb(writing, task_id=task.id, book=book)
    assert climbed(session, task) == []


def test_a_merged_units_heir_is_urged(session, world, story):
    story.in_state(TaskStatus.ACCEPTED, helpers=())
    gone = session.merge(world.units["JYJ"])
    gone.valid_to, gone.successor_id = date(2026, 6, 20), world.units["GAJ"].id
    session.commit()
    run(china("2026-07-01"))
    assert told(session, "task_urge") == ["head-GAJ", "head-JYJ", "liaison-GAJ", "liaison-JYJ"]
    assert "牵头县教育局（由县公安局承接）" in session.scalars(select(Notice.text).where(Notice.kind == "task_urge")).first()


def test_a_unit_without_liaison_is_told_to_the_office_so_that_somebody_calls(session, world, story):
    task = story.in_state(TaskStatus.ACCEPTED, helpers=())
    for name in ("liaison-JYJ", "head-JYJ"):
        session.merge(world.people[name]).disabled_at = NOW
    session.commit()
    assert run(china("2026-07-01")) == 1
    assert run(china("2026-07-01")) == 0
    assert told(session, "task_unreached") == ["office"]
    assert climbed(session, task) == [("07-01", "URGE")]


def test_a_task_not_accepted_in_two_working_days_is_told_to_unit_and_office_once(session, story):
    task = story.task()
    assert run(china("2026-06-23", "17:00")) == 0
    assert run(china("2026-06-24", "08:30")) == 1
    assert run(china("2026-06-24", "09:00")) == 0
    assert told(session, "task_unaccepted") == ["head-JYJ", "head-WLJ", "liaison-JYJ", "liaison-WLJ"]
    assert told(session, "task_unaccepted_office") == ["office"]
    assert climbed(session, task) == [("06-24", "ACCEPT")]
    story.accept(story.task())
    assert run(china("2026-06-24", "10:00")) == 0


def test_a_mechanism_may_have_limits_of_its_own(session, world, story):
    common = story.in_state(TaskStatus.ACCEPTED)
    special = story.task(mechanism="sections", lead="GGG", helpers=())
    story.accept(special, who="liaison-GGG")
    facts = {"title": "催办", "clause": "本局规定", "effective_from": date(2026, 1, 1), "changed_at": NOW}
    session.add(Rule(code="LADDER_URGE", limit=0, unit=LimitUnit.CALENDAR, mechanism_id=world.mechanisms["sections"].id, **facts))
    session.commit()
    run(china("2026-06-30"))
    assert climbed(session, special) == [("06-30", "URGE")]
    assert climbed(session, common) == [("06-30", "REMIND")]


def test_the_office_hours_are_a_setting(session, story):
    story.in_state(TaskStatus.ACCEPTED)
    session.add(Setting(key="office_hours", value={"from": "09:00", "to": "12:00"}, changed_at=NOW))
    session.commit()
    assert run(china("2026-07-01", "08:59")) == 0
    assert run(china("2026-07-01", "12:00")) == 0
    assert run(china("2026-07-01", "09:00")) == 1


def test_in_a_year_whose_calendar_is_not_loaded_nothing_is_sent_and_the_admin_is_told_once(session, story):
    story.in_state(TaskStatus.ACCEPTED)
    assert run(china("2027-01-05")) == 1
    assert run(china("2027-01-06")) == 0
    assert told(session, "calendar_missing") == ["admin"]
    assert session.scalars(select(LadderStep)).all() == []


def test_before_the_new_year_what_is_known_is_still_sent_and_the_admin_is_told_of_the_rest(session, story):
    task = story.in_state(TaskStatus.ACCEPTED, due_on=date(2026, 12, 31))
    story.accept(story.task(due_on=date(2027, 1, 4)))
    assert run(china("2026-12-30")) == 2
    assert climbed(session, task) == [("12-30", "REMIND")]
    assert told(session, "calendar_missing") == ["admin"]
    with transaction() as writing:
        writing.add(CalendarYear(year=2027, imported_at=NOW, days=[CalendarDay(day=date(2027, 1, 1), is_off=True, name="元旦")]))
    assert run(china("2026-12-30")) == 1


moments = st.lists(
    st.builds(
        lambda days, minutes: china("2026-06-18", "00:00") + timedelta(days=days, minutes=minutes), st.integers(0, 45), st.integers(0, 1439)
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=moments, ordered=st.booleans(), offset=st.integers(0, 30))
def test_whatever_the_order_and_gaps_of_runs_no_rung_comes_twice_early_or_outside_working_time_and_none_is_lost(
    session, story, moments, ordered, offset
):
    due = TODAY + timedelta(days=offset)
    task = story.in_state(TaskStatus.ACCEPTED, due_on=due)
    for now in sorted(moments) if ordered else moments:
        run(now)
        session.rollback()
        steps = session.scalars(select(LadderStep).where(LadderStep.task_id == task.id)).all()
        if ladder.is_working_time(now, HOURS, CALENDAR):
            owed = ladder.rung_of(due, local_date(now), STEPS, CALENDAR)
            assert owed is None or max((step.rung for step in steps), default=-1) >= owed, "lost"
        for step in steps:
            assert ladder.is_working_time(step.at, HOURS, CALENDAR), "outside working time"
            assert ladder.falls_on(due, STEPS[Rung(step.rung)], CALENDAR) <= local_date(step.at), "early"
    kinds = session.scalars(select(Notice.kind).where(Notice.subject == f"task:{task.id}", Notice.kind.like("task_%"))).all()
    for kind, people in (("task_remind", 2), ("task_urge", 4), ("task_letter", 1), ("task_top", 2)):
        assert kinds.count(kind) in {0, people}, "twice"


# The digest


def digest(now: datetime) -> int:
    """One run of the digest."""
    return run(now, jobs.task_digest)


def test_every_morning_whoever_has_something_waiting_gets_one_notice_and_nobody_else(session, story):
    story.in_state(TaskStatus.ACCEPTED)
    story.in_state(TaskStatus.REPORTED)
    assert digest(china("2026-06-18")) == 1, "the office has one to check; the unit's are not due soon"
    assert told(session, "task_digest") == ["office"]
    assert digest(china("2026-06-29", "08:29")) == 0
    assert digest(china("2026-06-29", "08:30")) == 3
    assert digest(china("2026-06-29", "15:00")) == 0
    assert digest(china("2026-06-30", "08:30")) == 3
    assert digest(china("2026-06-27", "08:30")) == 0, "a Saturday"
    assert told(session, "task_digest") == ["liaison-JYJ", "liaison-JYJ", "liaison-WLJ", "liaison-WLJ", "office", "office", "office"]


def test_the_digest_says_what_is_late_and_what_is_due_with_the_most_pressing_first(session, story):
    for n in range(12):
        story.accept(story.task(title=f"任务{n:02}", due_on=TODAY + timedelta(days=4 + n // 6), helpers=()))
    digest(china("2026-06-23"))
    notice = session.scalars(select(Notice).where(Notice.kind == "task_digest")).one()
    assert notice.title == "今日督办：逾期6件，临期6件"
    lines = notice.text.splitlines()
    assert lines[0] == "2026年6月23日（周二），以下事项等您办理。"
    assert lines[1] == "本单位任务逾期6件，临期6件（列出最急的10件）："
    assert lines[2] == "1. 逾期1个工作日　任务〔2026〕临-1　任务00　最迟2026年6月22日（周一）"
    assert len(lines) == 12


def test_a_helpers_digest_says_that_it_helps(session, story):
    story.in_state(TaskStatus.ACCEPTED)
    digest(china("2026-06-29"))
    person = select(Person.id).where(Person.username == "liaison-WLJ").scalar_subquery()
    assert "（配合）" in session.scalars(select(Notice.text).where(Notice.kind == "task_digest", Notice.person_id == person)).one()


def test_who_is_liaison_and_office_at_once_gets_one_notice_that_says_both(session, world, story):
    story.in_state(TaskStatus.REPORTED)
    story.task(lead="SCJG", helpers=(), due_on=TODAY + ONE_DAY)
    office = session.merge(world.people["office"])
    office.grants.append(type(office.grants[0])(role=type(office.grants[0].role).LIAISON))
    session.commit()
    digest(china("2026-06-18"))
    person = session.scalars(select(Notice).where(Notice.kind == "task_digest", Notice.person_id == office.id)).one()
    assert person.title == "今日督办：临期1件，待核验1件"


def test_the_office_hears_of_papers_that_wait_until_the_unit_reports(session, story):
    task = story.in_state(TaskStatus.ACCEPTED)
    run(china("2026-07-03"))
    digest(china("2026-07-06"))
    titles = select(Notice.title).where(Notice.kind == "task_digest", Notice.slot == "2026-07-06").order_by(Notice.title)
    assert session.scalars(titles).all() == ["今日督办：待办文书1件", "今日督办：逾期1件", "今日督办：逾期1件"]
    story.report(task, percent=100, final=True, now=china("2026-07-06"))
    digest(china("2026-07-07"))
    titles = select(Notice.title).where(Notice.kind == "task_digest", Notice.slot == "2026-07-07")
    assert session.scalars(titles).all() == ["今日督办：待核验1件"]
