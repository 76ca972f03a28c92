"""A year of follow-up, day by day: twenty-four decisions, extensions, returns, a merged unit, and an outage over the National Day holiday.

What must come out is worked out beside the ladder, by counting days one after the other; the notices and drafts must be just those.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from coordination import clock
from coordination.tasks import extending, service
from models import AgendaItem, Decision, ItemKind, Meeting, MeetingStatus, Notice, Person, Task, TaskPaper, TaskPaperStatus
from models.calendar import SHANGHAI, local_date
from models.errors import IllegalMove
from tests.tasks.conftest import Story, china
from tests.tasks.test_urging import run
from tests.world import HOLIDAYS_2026, MADE_UP_2026

HOURS = ("08:30",)
ALL_HOURS = ("08:00", "08:30", "17:29", "17:30")  # in one month, so that the year does not take a minute
OUTAGE = (date(2026, 9, 28), date(2026, 10, 12))  # both included: a week before the holiday's end and the made-up Saturday after it
MERGED_ON = date(2026, 8, 1)  # from this day on 县公安局 answers for 县教育局
RUNGS = (("remind", -3), ("urge", 1), ("letter", 3), ("top", 6))
TOLD = {
    "remind": ("task_remind", ("liaison-{}",)),
    "urge": ("task_urge", ("liaison-{}", "head-{}")),
    "letter": ("task_letter", ("office",)),
    "top": ("task_top", ("office", "convenor")),
}
DRAFTS = {"letter": ("supervision",), "top": ("circular", "report_up")}


def works(day: date) -> bool:
    """Do people work on that day?"""
    return day.isoformat() in MADE_UP_2026 or (day.weekday() < 5 and day.isoformat() not in HOLIDAYS_2026)


def counted(day: date, steps: int) -> date:
    """So many working days after ``day``, or before it, counted one by one."""
    while steps:
        day += timedelta(days=1 if steps > 0 else -1)
        steps -= (1 if steps > 0 else -1) if works(day) else 0
    return day


@dataclass
class Expected:
    """One task of the year: from when to when its unit owes it by which date, and what the ladder must do of that."""

    lead: str
    owed: list[tuple[date, date, date]] = field(default_factory=list)  # from (included), to (excluded), due

    def steps(self) -> Iterator[tuple[date, str, date]]:
        """(day, rung, due date) in order: on each day the machine runs, the highest rung that has come, once."""
        for start, end, due in self.owed:
            done, day = -1, start
            comes = [counted(due, away) for _, away in RUNGS]
            while day < end:
                if works(day) and not OUTAGE[0] <= day <= OUTAGE[1]:
                    come = max((at for at, on in enumerate(comes) if on <= day), default=-1)
                    if come > done:
                        done = come
                        yield day, RUNGS[come][0], due
                day += timedelta(days=1)


class Year:
    """Plays the year: what people do on which day, and what is expected of it."""

    def __init__(self, story: Story, session: Any) -> None:
        self.story, self.session = story, session
        self.acts: dict[date, list[Callable[[], Any]]] = {}
        self.tasks: dict[int, Expected] = {}
        self.end = date(2026, 12, 24)

    def on(self, day: date, act: Callable[[], Any]) -> None:
        """Do this on that day at eight, before the machine first looks."""
        self.acts.setdefault(day, []).append(act)

    def decided(self, title: str, lead: str, made: date, due: date) -> Task:
        """A decision of a meeting held that day, accepted at once."""
        with time_machine.travel(china(made.isoformat(), "07:00"), tick=False):
            decision = self._decision(title, lead, due)
            facts = {"decision": decision, "meeting": decision.item.meeting}
            task = self.story.act(service.create_from_decision, "office", now=clock.now(), **facts)
            self.story.accept(task, who=f"liaison-{lead}", now=clock.now())
        self.tasks[task.id] = Expected(lead)
        return task

    def _decision(self, title: str, lead: str, due: date) -> Decision:
        county = self.story.world.mechanisms["county"]
        serial = len(self.tasks) + 1
        facts = {
            "mechanism_id": county.id,
            "year": 2026,
            "serial": serial,
            "title": f"第{serial}次会议",
            "starts_at": clock.now(),
            "place": "三楼",
        }
        meeting = Meeting(**facts, proposals_due_on=clock.today(), status=MeetingStatus.HELD, notified_at=clock.now(), held_at=clock.now())
        item = AgendaItem(meeting=meeting, position=1, kind=ItemKind.OTHER, title=title)
        decision = Decision(item=item, position=1, text=title, lead=self.session.merge(self.story.world.units[lead]), due_on=due)
        self.session.add_all([meeting, item, decision])
        self.session.commit()
        return decision

    def owes(self, task: Task, start: date, end: date, due: date) -> None:
        """What the oracle goes by."""
        self.tasks[task.id].owed.append((start, end, due))

    def reports_done(self, task: Task, day: date) -> None:
        """报结 by whoever answers for the unit that day, and 销号 at once."""
        lead = self.tasks[task.id].lead
        who = "liaison-GAJ" if lead == "JYJ" and day >= MERGED_ON else f"liaison-{lead}"
        self.on(day, lambda: self.story.report(task, who=who, percent=100, final=True, now=clock.now()))
        self.on(day, lambda: self.story.act(service.close, "office", task_id=task.id, finding="办结", now=clock.now()))

    def plays(self) -> None:
        """Every day from January to December; the machine looks every morning, but not in the outage."""
        day = date(2026, 1, 5)
        while day <= self.end:
            with time_machine.travel(china(day.isoformat(), "07:30"), tick=False) as traveller:
                for act in self.acts.get(day, ()):
                    act()
                hours = () if OUTAGE[0] <= day <= OUTAGE[1] else ALL_HOURS if day.month == 6 else HOURS
                for hour in hours:
                    traveller.move_to(china(day.isoformat(), hour))
                    run(clock.now())
            day += timedelta(days=1)


def merge(year: Year) -> None:
    gone = year.session.merge(year.story.world.units["JYJ"])
    gone.valid_to, gone.successor_id = MERGED_ON - timedelta(days=1), year.story.world.units["GAJ"].id
    year.session.commit()


def script(year: Year) -> None:
    """Two decisions a month, twelve of each mind, so that every way a task may go is gone in every season."""
    year.on(MERGED_ON, lambda: merge(year))
    for month in range(1, 13):
        made = date(2026, month, 6)
        due = date(2026, month, 29 if month == 9 else 20)
        first = year.decided(f"第{month}月第一项", ("JYJ", "WLJ", "SWJ")[month % 3], made, due)
        way = silent if month == 9 else (on_time, late, silent, extended)[month % 4]  # it comes to three rungs while nothing runs
        way(year, first, made, due)
        other = year.decided(f"第{month}月第二项", ("WLJ", "JYJ")[month % 2], made, due - timedelta(days=2))
        (returned, asked_too_late, refused)[month % 3](year, other, made, due - timedelta(days=2))


def on_time(year: Year, task: Task, made: date, due: date) -> None:
    done = counted(due, -5)
    year.reports_done(task, done)
    year.owes(task, made, done, due)


def late(year: Year, task: Task, made: date, due: date) -> None:
    done = counted(due, 2)
    year.reports_done(task, done)
    year.owes(task, made, done, due)


def silent(year: Year, task: Task, made: date, due: date) -> None:
    year.owes(task, made, year.end + timedelta(days=1), due)


def extended(year: Year, task: Task, made: date, due: date) -> None:
    """Asked two days before the due date and granted the next; then silent: the ladder starts anew."""
    asked_on, granted_on, new = counted(due, -2), counted(due, -1), due + timedelta(days=12)
    who = "liaison-GAJ" if year.tasks[task.id].lead == "JYJ" and asked_on >= MERGED_ON else f"liaison-{year.tasks[task.id].lead}"

    def ask() -> None:
        year.story.act(extending.ask, who, task_id=task.id, wanted_on=new, reason="机构名单未到", now=clock.now())

    def grant() -> None:
        asked = extending.waiting(year.session, year.session.get_one(Task, task.id))
        assert asked is not None
        year.story.act(extending.grant, "office", extension_id=asked.id, due_on=new, now=clock.now())

    year.on(asked_on, ask)
    year.on(granted_on, grant)
    year.owes(task, made, granted_on, due)
    year.owes(task, granted_on, year.end + timedelta(days=1), new)


def returned(year: Year, task: Task, made: date, due: date) -> None:
    """Reported done a day early and sent back; overdue by the new date, then done."""
    reported_on, sent_back_on, new = counted(due, -1), due, due + timedelta(days=10)
    lead = year.tasks[task.id].lead
    who = "liaison-GAJ" if lead == "JYJ" and reported_on >= MERGED_ON else f"liaison-{lead}"
    year.on(reported_on, lambda: year.story.report(task, who=who, percent=100, final=True, now=clock.now()))
    facts = {"task_id": task.id, "reason": "缺名单", "due_on": new}
    year.on(sent_back_on, lambda: year.story.act(service.send_back, "office", now=clock.now(), **facts))
    done = counted(new, 4)
    if done <= year.end:
        year.reports_done(task, done)
    year.owes(task, made, reported_on, due)
    year.owes(task, sent_back_on, min(done, year.end + timedelta(days=1)), new)


def asked_too_late(year: Year, task: Task, made: date, due: date) -> None:
    """Asked for more time a day after the due date: refused with that reason, and nothing changes."""
    lead = year.tasks[task.id].lead
    day = due + timedelta(days=1)
    who = "liaison-GAJ" if lead == "JYJ" and day >= MERGED_ON else f"liaison-{lead}"

    def ask() -> None:
        with pytest.raises(IllegalMove, match="时限已过，不能申请延期"):
            year.story.act(extending.ask, who, task_id=task.id, wanted_on=due + timedelta(days=9), reason="忙", now=clock.now())
        year.session.rollback()

    year.on(day, ask)
    year.owes(task, made, year.end + timedelta(days=1), due)


def refused(year: Year, task: Task, made: date, due: date) -> None:
    """Asked in time and refused; done five working days late."""
    lead = year.tasks[task.id].lead
    day = counted(due, -4)
    who = "liaison-GAJ" if lead == "JYJ" and day >= MERGED_ON else f"liaison-{lead}"

    def refuse() -> None:
        asked = year.story.act(extending.ask, who, task_id=task.id, wanted_on=due + timedelta(days=9), reason="忙", now=clock.now())
        year.story.act(extending.refuse, "office", extension_id=asked.id, answer="不宜再拖", now=clock.now())

    year.on(day, refuse)
    done = counted(due, 5)
    year.reports_done(task, done)
    year.owes(task, made, done, due)


def expected_notices(year: Year) -> Counter[tuple[date, str, int, str]]:
    """(day, kind, task, who) of every notice the ladder owes."""
    found: Counter[tuple[date, str, int, str]] = Counter()
    for task_id, one in year.tasks.items():
        for day, rung, _ in one.steps():
            kind, people = TOLD[rung]
            units = [one.lead] if one.lead != "JYJ" or day < MERGED_ON else ["JYJ", "GAJ"]
            for who in {name.format(unit) for name in people for unit in units}:
                found[day, kind, task_id, who] += 1
    return found


def expected_drafts(year: Year) -> Counter[tuple[date, str, int]]:
    """(day, kind, task) of every paper drafted."""
    drafts: Counter[tuple[date, str, int]] = Counter()
    for task_id, one in year.tasks.items():
        for day, rung, _ in one.steps():
            for kind in DRAFTS.get(rung, ()):
                drafts[day, kind, task_id] += 1
    return drafts


@pytest.mark.usefixtures("rules")
def test_a_year_brings_exactly_the_notices_and_drafts_it_should(session, world):
    year = Year(Story(world), session)
    script(year)
    assert len(year.tasks) == 24
    year.plays()
    session.rollback()
    query = select(Notice.created_at, Notice.kind, Notice.subject, Person.username).join(Person, Notice.person_id == Person.id)
    kinds = [kind for kind, _ in TOLD.values()]
    told = Counter(
        (local_date(at), kind, int(subject.removeprefix("task:")), who)
        for at, kind, subject, who in session.execute(query.where(Notice.kind.in_(kinds)))
    )
    assert told == expected_notices(year)
    papers = session.scalars(select(TaskPaper)).all()
    assert Counter((local_date(paper.drafted_at), paper.kind.value, paper.task_id) for paper in papers) == expected_drafts(year)
    live = {paper.task_id for paper in papers if paper.status == TaskPaperStatus.DRAFT}
    assert live == {paper.task_id for paper in papers if paper.task.status in Task.WITH_UNIT and paper.for_on == paper.task.due_on}
    hours = {f"{at.astimezone(SHANGHAI):%H:%M}" for at in session.scalars(select(Notice.created_at).where(Notice.kind.in_(kinds)))}
    assert hours == {"08:30"}
    caught_up = [step for one in year.tasks.values() for step in one.steps() if step[0] == OUTAGE[1] + timedelta(days=1)]
    assert [rung for _, rung, _ in caught_up] == ["top"], "the outage ends with one notice, not with four"
