"""Tasks in every state, and people who look at them."""

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from coordination.settings.service import load_defaults
from coordination.tasks import service
from coordination.transaction import transaction
from models import AgendaItem, Decision, ItemKind, Meeting, MeetingStatus, Notice, Person, Proposal, Task, TaskStatus
from models.base import db
from tests.world import NOW, TODAY, World

DUE = date(2026, 6, 30)  # a Tuesday; the dragon-boat holiday (19 June) and two weekends lie before it


class Browser(FlaskClient):
    """A client whose every request has an application context of its own, as under a server: whoever was signed in before is forgotten."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """One request."""
        with self.application.app_context():
            response = super().open(*args, **{"buffered": True, **kwargs})
        db.session.rollback()
        return response


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application on 18 June 2026, whose clients are browsers; forms need no token here (tests/house asks for that)."""
    app.test_client_class = Browser
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def rules(session: Session) -> None:
    """The rule rows of a new installation."""
    with transaction() as writing:
        load_defaults(writing, NOW)


@pytest.fixture
def on_the_day() -> Any:
    """The pages' clock stands at 18 June 2026, 9:00 in China, until it is moved."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def china(day: str, hour: str = "09:00") -> datetime:
    """An instant by the clock in China."""
    return datetime.fromisoformat(f"{day}T{hour}:00+08:00").astimezone(UTC)


class Story:
    """Makes tasks and lets people act on them through the services, committed."""

    def __init__(self, world: World) -> None:
        self.world = world

    def task(self, *, lead: str = "JYJ", helpers: tuple[str, ...] = ("WLJ",), due_on: date = DUE, now: datetime = NOW, **more: Any) -> Task:
        """A task of the county's mechanism, led by the education bureau."""
        mechanism = self.world.mechanisms[more.pop("mechanism", "county")]
        facts = {"title": "在营培训机构备案清单", "text": "登记全县在营培训机构。", "deliverable": "清单", "source": "县政府交办", **more}
        units = {"lead_id": self.world.units[lead].id, "co_ids": [self.world.units[code].id for code in helpers]}
        return self.act(service.create, "office", mechanism_id=mechanism.id, due_on=due_on, now=now, **units, **facts)

    def act(self, verb: Callable[..., Any], who: str, *, now: datetime = NOW, **facts: Any) -> Any:
        """One verb of the service by one person, in a transaction of its own."""
        with transaction() as session:
            result = verb(session, actor=self.world.actor(session, who), now=now, **facts)
            session.flush()
            session.refresh(result)
        return result

    def accept(self, task: Task, who: str = "liaison-JYJ", now: datetime = NOW) -> Task:
        """签收."""
        return self.act(service.accept, who, task_id=task.id, now=now)

    def report(self, task: Task, who: str = "liaison-JYJ", percent: int = 60, final: bool = False, now: datetime = NOW, **more: Any) -> Any:
        """填报进展."""
        facts = {"text": "已登记23家。", **more}
        return self.act(service.submit_report, who, task_id=task.id, percent=percent, final=final, now=now, **facts)

    def in_state(self, status: TaskStatus, **more: Any) -> Task:
        """A task brought to this state the way people bring it there."""
        task = self.task(**more)
        way = {
            TaskStatus.ASSIGNED: "",
            TaskStatus.ACCEPTED: "a",
            TaskStatus.IN_PROGRESS: "ap",
            TaskStatus.REPORTED: "apd",
            TaskStatus.RETURNED: "apdr",
            TaskStatus.CLOSED: "apdc",
            TaskStatus.CANCELLED: "x",
        }[status]
        steps: dict[str, Callable[[], Any]] = {
            "a": lambda: self.accept(task),
            "p": lambda: self.report(task),
            "d": lambda: self.report(task, percent=100, final=True),
            "r": lambda: self.act(service.send_back, "office", task_id=task.id, reason="缺乡镇名单", due_on=DUE + timedelta(days=14)),
            "c": lambda: self.act(service.close, "office", task_id=task.id, finding="清单齐全"),
            "x": lambda: self.act(service.cancel, "office", task_id=task.id, reason="县政府另有安排"),
        }
        for step in way:
            steps[step]()
        return task


@pytest.fixture
def story(world: World) -> Story:
    """See Story."""
    return Story(world)


def words(response) -> str:
    """What a page says, without markup."""
    text = re.sub(r"<(head|nav class=\"side).*?</(head|nav)>", "", response.get_data(as_text=True), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def told(session: Session, kind: str) -> list[str]:
    """Who was owed a notice of this kind, by username, in order."""
    session.rollback()
    return sorted(session.scalars(db.select(Person.username).join(Notice, Notice.person_id == Person.id).where(Notice.kind == kind)))


@pytest.fixture
def decision(session: Session, world: World) -> tuple[int, int]:
    """(meeting, decision) by id: a clause the county's second meeting agreed on a proposal of the education bureau."""
    county = world.mechanisms["county"]
    facts = {"mechanism_id": county.id, "year": 2026, "serial": 2, "title": "第二次会议", "starts_at": NOW, "place": "三楼"}
    meeting = Meeting(**facts, proposals_due_on=TODAY, status=MeetingStatus.HELD, notified_at=NOW, held_at=NOW)
    session.add(meeting)
    session.flush()
    proposal = Proposal(mechanism_id=county.id, meeting=meeting, unit=world.units["JYJ"], title="校外培训预收费", body="建议专项整治。")
    item = AgendaItem(meeting=meeting, position=1, kind=ItemKind.PROPOSAL, title="校外培训预收费", proposal=proposal)
    text = "由县教育局牵头，县文旅局、县公安局配合，于6月底前完成在营学科类培训机构备案清单。"
    decision = Decision(item=item, position=1, text=text, lead=world.units["JYJ"], due_on=DUE, deliverable="备案清单")
    decision.co_units = [world.units["WLJ"], world.units["GAJ"]]
    session.add_all([proposal, item, decision])
    session.commit()
    return meeting.id, decision.id
