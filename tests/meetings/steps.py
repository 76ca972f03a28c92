"""The life of a meeting in steps, through the services, so that each test says only what it is about."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination.meetings import agenda, drafting, invitation, issuing, proposals, room, service
from coordination.permissions import Actor
from models import (
    AgendaItem,
    Answer,
    Decision,
    ItemKind,
    ItemOutcome,
    Meeting,
    MeetingKind,
    Minutes,
    Notice,
    Person,
    Proposal,
    Reply,
    Role,
    RoleGrant,
)
from models.base import db
from tests.world import NOW, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STARTS_AT = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)  # Tuesday, 9:00 in China
DUE_ON = date(2026, 6, 24)
TASK_DUE = date(2026, 9, 30)


def one(model: Any, **facts: Any) -> Any:
    """The only row with these facts."""
    return db.session.scalars(select(model).filter_by(**facts)).one()


@dataclass
class Steps:
    """A meeting's steps. What is made is flushed, never committed."""

    session: Session
    world: World
    _staff: dict[str, Actor] = field(default_factory=dict)

    def staff(self, username: str) -> Actor:
        """As ``actor``, asked of the database once: for office, recorder and convenor, whose rights no test changes."""
        return self._staff.setdefault(username, self._staff.get(username) or self.actor(username))

    def actor(self, username: str) -> Actor:
        """The named person as services see them."""
        return self.world.actor(self.session, username)

    def unit(self, code: str) -> int:
        """The id of a unit."""
        return self.world.units[code].id

    def plan(self, mechanism: str = "county", starts_at: datetime = STARTS_AT, due_on: date = DUE_ON, now: datetime = NOW) -> Meeting:
        """A meeting in 筹备."""
        return service.plan(
            self.session,
            actor=self.staff("office"),
            mechanism_id=self.world.mechanisms[mechanism].id,
            kind=MeetingKind.REGULAR,
            starts_at=starts_at,
            place="县市场监管局三楼会议室",
            proposals_due_on=due_on,
            now=now,
        )

    def collecting(self, **plan: Any) -> Meeting:
        """A meeting in 征集."""
        meeting = self.plan(**plan)
        return service.collect(self.session, actor=self.staff("office"), meeting_id=meeting.id, now=plan.get("now", NOW))

    def drafted(self, meeting: Meeting | None, unit: str = "SWJ", title: str = "预付式消费投诉集中问题") -> Proposal:
        """A unit's draft for that meeting, or for the next one of the county's mechanism."""
        return proposals.draft(
            self.session,
            actor=self.actor(f"liaison-{unit}"),
            mechanism_id=meeting.mechanism_id if meeting else self.world.mechanisms["county"].id,
            unit_id=self.unit(unit),
            title=title,
            body=f"{title}，提请会议研究。",
            minutes_wanted=15,
            meeting_id=meeting.id if meeting else None,
            now=NOW,
        )

    def submitted(self, meeting: Meeting | None, unit: str = "SWJ", now: datetime = NOW, **draft: Any) -> Proposal:
        """A proposal handed in."""
        proposal = self.drafted(meeting, unit, **draft)
        return proposals.submit(self.session, actor=self.actor(f"liaison-{unit}"), proposal_id=proposal.id, now=now)

    def placed(self, meeting: Meeting, unit: str = "SWJ", **draft: Any) -> AgendaItem:
        """A proposal on the agenda."""
        proposal = self.submitted(meeting, unit, **draft)
        return agenda.take_up(self.session, actor=self.staff("office"), meeting_id=meeting.id, proposal_id=proposal.id, now=NOW)

    def added(self, meeting: Meeting, title: str = "消费维权数据通报") -> AgendaItem:
        """An item of the office's own."""
        return agenda.add_item(
            self.session, actor=self.staff("office"), meeting_id=meeting.id, title=title, presenter_id=None, minutes_planned=10, now=NOW
        )

    def notified(self, *, proposals: int = 1, **plan: Any) -> Meeting:
        """A meeting whose notice is out, with so many proposals on its agenda."""
        meeting = self.collecting(**plan)
        for number in range(proposals):
            self.placed(meeting, title=f"议题{number + 1}")
        return self.notify(meeting)

    def notify(self, meeting: Meeting, now: datetime = NOW + HOUR) -> Meeting:
        """发会议通知."""
        return invitation.send_notice(self.session, actor=self.staff("office"), meeting_id=meeting.id, now=now)

    def answer(self, meeting: Meeting, unit: str, choice: Answer = Answer.ATTEND, **given: Any) -> Reply:
        """A unit's answer."""
        username = given.pop("by", f"liaison-{unit}")
        now = given.pop("now", NOW + 2 * HOUR)
        return invitation.answer(self.session, actor=self.actor(username), meeting_id=meeting.id, choice=choice, now=now, **given)

    def in_session(self, **given: Any) -> Meeting:
        """A meeting that has begun; 县教育局 attends, 县公安局 is on leave, the others have not answered."""
        meeting = self.notified(**given)
        if meeting.mechanism.code == "county":
            self.answer(meeting, "JYJ", name="王某", post="副局长")
            self.answer(meeting, "GAJ", Answer.LEAVE, reason="参加县委会议")
        return room.open_meeting(self.session, actor=self.staff("recorder"), meeting_id=meeting.id, now=meeting.starts_at)

    def record(self, item: AgendaItem, discussion: str = "会议听取了汇报。", outcome: ItemOutcome = ItemOutcome.DECIDED) -> AgendaItem:
        """What was said on an item, by the recorder who saw its newest text."""
        return room.record(
            self.session,
            actor=self.staff("recorder"),
            item_id=item.id,
            version=item.text_version,
            discussion=discussion,
            outcome=outcome,
            now=STARTS_AT,
        )

    def clause(self, item: AgendaItem, text: str = "由县商务局牵头，于9月底前完成备案清查。", **given: Any) -> Decision:
        """A decision clause, complete and confirmed unless told otherwise."""
        whole = {"lead_id": self.unit("SWJ"), "due_on": TASK_DUE} | given
        clause = room.Clause(text=text, **whole)
        return room.add_clause(
            self.session, actor=self.staff("recorder"), item_id=item.id, clause=clause, now=STARTS_AT, insists=clause.is_whole
        )

    def recorded(self, **given: Any) -> Meeting:
        """A meeting in session with every item recorded and one clause for each proposal."""
        meeting = self.in_session(**given)
        for item in meeting.items:
            decided = item.kind in {ItemKind.PROPOSAL, ItemKind.APPROVAL}
            self.record(item, outcome=ItemOutcome.DECIDED if decided else ItemOutcome.NOTED)
            if item.kind == ItemKind.PROPOSAL:
                self.clause(item)
        return meeting

    def held(self, **given: Any) -> Meeting:
        """A meeting that is over."""
        meeting = self.recorded(**given)
        return room.end_meeting(self.session, actor=self.staff("recorder"), meeting_id=meeting.id, now=meeting.starts_at + HOUR)

    def compiled(self, meeting: Meeting | None = None) -> Minutes:
        """Minutes in draft."""
        meeting = meeting or self.held()
        now = meeting.starts_at + 2 * HOUR
        return drafting.compile_minutes(self.session, actor=self.staff("recorder"), meeting_id=meeting.id, now=now)

    def signed(self, meeting: Meeting | None = None, now: datetime | None = None) -> Minutes:
        """Minutes signed by the convenor."""
        minutes = self.compiled(meeting)
        at = now or minutes.meeting.starts_at + DAY
        return issuing.sign(self.session, actor=self.staff("convenor"), meeting_id=minutes.meeting_id, now=at)

    def issued(self, meeting: Meeting | None = None) -> Minutes:
        """Minutes issued."""
        minutes = self.signed(meeting)
        at = minutes.meeting.starts_at + 2 * DAY
        return issuing.issue(self.session, actor=self.staff("office"), meeting_id=minutes.meeting_id, now=at)

    def told(self, kind: str) -> set[str]:
        """The usernames of those owed a notice of this kind."""
        return set(self.session.scalars(select(Person.username).join(Notice, Notice.person_id == Person.id).where(Notice.kind == kind)))

    def member_of_sections_only(self) -> Actor:
        """The office of the sections' mechanism alone, whose person belongs to no unit of the county's."""
        facts = {"password_hash": "!", "must_change_password": False, "unit_id": self.unit("XBG")}
        person = Person(username="sections-office", name="股室办公室", **facts)
        person.grants = [RoleGrant(role=Role.OFFICE, mechanism=self.world.mechanisms["sections"])]
        self.session.add(person)
        self.session.flush()
        self.world.people["sections-office"] = person
        return self.actor("sections-office")
