"""What the tests of the desk share: rows as the other features leave them, in the state a test speaks of."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination.desk import queries
from coordination.settings.service import load_defaults
from models import (
    Meeting,
    MeetingKind,
    MeetingStatus,
    Minutes,
    MinutesReceipt,
    MinutesStatus,
    Proposal,
    ProposalStatus,
    Reply,
    StoredFile,
    Task,
    TaskStatus,
)
from tests.world import NOW, World


class County:
    """Makes rows and asks for desks."""

    def __init__(self, session: Session, world: World) -> None:
        self.session, self.world = session, world

    def desk(self, username: str, now: datetime = NOW) -> list[queries.Todo]:
        """The lines this person finds."""
        self.session.flush()
        return queries.todos(self.session, self.world.actor(self.session, username), now)

    def titles(self, username: str, now: datetime = NOW) -> list[str]:
        """Their words alone."""
        return [todo.title for todo in self.desk(username, now)]

    def meeting(self, status: MeetingStatus, starts_at: datetime, due_on: date = date(2026, 6, 22), code: str = "county") -> Meeting:
        """A meeting in this state, with what its state needs."""
        mechanism = self.world.mechanisms[code]
        serial = 1 + len(list(self.session.scalars(select(Meeting.id).where(Meeting.mechanism_id == mechanism.id))))
        meeting = Meeting(
            mechanism=mechanism, year=2026, serial=serial, title="会议", kind=MeetingKind.REGULAR, status=status, starts_at=starts_at
        )
        meeting.place, meeting.proposals_due_on = "三楼", due_on
        if status in {MeetingStatus.NOTIFIED, MeetingStatus.IN_SESSION, MeetingStatus.HELD}:
            meeting.announced_at = meeting.notified_at = NOW
        if status == MeetingStatus.HELD:
            meeting.held_at = NOW
        if status == MeetingStatus.POSTPONED:
            meeting.reason = "时间冲突"
        self.session.add(meeting)
        self.session.flush()
        return meeting

    def invite(self, meeting: Meeting, *codes: str) -> None:
        """These units owe a reply."""
        self.session.add_all(Reply(meeting=meeting, unit=self.world.units[code]) for code in codes)

    def proposal(self, unit: str, status: ProposalStatus, meeting: Meeting | None, title: str = "预付费投诉") -> Proposal:
        """A proposal of that unit."""
        reason = "请补充" if status == ProposalStatus.RETURNED else ""
        proposal = Proposal(
            mechanism=self.world.mechanisms["county"], meeting=meeting, unit=self.world.units[unit], title=title, body="内容"
        )
        proposal.status, proposal.reason = status, reason
        self.session.add(proposal)
        return proposal

    def task(self, unit: str, status: TaskStatus, due_on: date, title: str = "清查", assigned_at: datetime = NOW) -> Task:
        """A task led by that unit."""
        serial = 1 + len(list(self.session.scalars(select(Task.id))))
        facts = {"mechanism": self.world.mechanisms["county"], "year": 2026, "meeting_serial": 1, "serial": serial, "title": title}
        task = Task(lead=self.world.units[unit], first_due_on=due_on, due_on=due_on, assigned_at=assigned_at, status=status, **facts)
        task.reason = "请补充" if status == TaskStatus.RETURNED else ""
        task.reported_on = date(2026, 6, 17) if status == TaskStatus.REPORTED else None
        self.session.add(task)
        self.session.flush()
        return task

    def minutes(self, meeting: Meeting, status: MinutesStatus, **facts: object) -> Minutes:
        """Minutes of a meeting that was held."""
        minutes = Minutes(meeting=meeting, mechanism_id=meeting.mechanism_id, year=2026, status=status, compiled_at=NOW, **facts)
        if status in {MinutesStatus.SIGNED, MinutesStatus.ISSUED}:
            minutes.number, minutes.signed_at, minutes.signed_by = 1, NOW, self.world.people["convenor"]
        if status == MinutesStatus.ISSUED:
            minutes.issued_at = NOW
            minutes.file = StoredFile(sha256="0" * 64, name="纪要.docx", media_type="x", size=1, created_at=NOW)
        self.session.add(minutes)
        self.session.flush()
        return minutes

    def receipt(self, minutes: Minutes, unit: str) -> MinutesReceipt:
        """That unit's copy, unread."""
        receipt = MinutesReceipt(minutes=minutes, unit=self.world.units[unit])
        self.session.add(receipt)
        return receipt


@pytest.fixture
def county(session: Session, world: World) -> County:
    """The county with its limits loaded."""
    load_defaults(session, NOW)
    session.flush()
    return County(session, world)


@pytest.fixture
def today() -> Iterator[None]:
    """The clock stands at 9:00 on 18 June 2026 in China."""
    with time_machine.travel(NOW, tick=False):
        yield


def at(day: int, hour: int = 9, month: int = 6) -> datetime:
    """That day of June 2026 (or another month), at this hour in China."""
    return datetime(2026, month, day, hour - 8, tzinfo=UTC)
