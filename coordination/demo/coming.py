"""The meeting that now collects proposals, and the proposals in every state."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from coordination.demo.stage import Stage, clock
from coordination.demo.story import Proposal, Story
from coordination.meetings import agenda, proposals, service
from models import MeetingKind

PLANNED, COLLECTING, PROPOSED, DECIDED = -8, -7, -5, -2
DUE_BEFORE = 10  # working days between the last day for proposals and the meeting


class ComingMeeting:
    """One meeting in 征集中; every step is planned on the stage."""

    def __init__(self, stage: Stage, story: Story) -> None:
        self.stage, self.story = stage, story
        self.session, self.mechanism = stage.session, stage.mechanisms[story.mechanism]
        self.meeting_id = 0
        stage.plan(PLANNED, "10:30", self.plan_meeting)
        stage.plan(COLLECTING, "9:15", self.collect)
        for number, proposal in enumerate(story.proposals):
            stage.plan(PROPOSED + number % 3, clock(number), self._propose(proposal))

    def plan_meeting(self, now: datetime) -> None:
        """筹备."""
        days = self.stage.days
        meeting = service.plan(
            self.session,
            actor=self.stage.actor("office"),
            mechanism_id=self.mechanism.id,
            kind=MeetingKind.REGULAR,
            starts_at=days.at(self.story.next_held, self.story.clock),
            place=self.story.place,
            chair=self.stage.people[self.story.convenor].name,
            proposals_due_on=days.day(self.story.next_held - DUE_BEFORE),
            now=now,
        )
        self.meeting_id = meeting.id

    def collect(self, now: datetime) -> None:
        """开始征集."""
        service.collect(self.session, actor=self.stage.actor("office"), meeting_id=self.meeting_id, now=now)

    def _propose(self, proposal: Proposal) -> Callable[[datetime], None]:
        def hand_in(now: datetime) -> None:
            liaison = self.stage.liaison(proposal.unit)
            draft = proposals.draft(
                self.session,
                actor=liaison,
                mechanism_id=self.mechanism.id,
                meeting_id=self.meeting_id,
                unit_id=self.stage.units[proposal.unit].id,
                title=proposal.title,
                body=proposal.body,
                minutes_wanted=10,
                urgent_reason=proposal.urgent,
                now=now,
            )
            if proposal.fate != "起草":
                proposals.submit(self.session, actor=liaison, proposal_id=draft.id, now=now)
                self.stage.plan(DECIDED, "15:00", self._decide(draft.id, proposal))

        return hand_in

    def _decide(self, proposal_id: int, proposal: Proposal) -> Callable[[datetime], None]:
        """What the office makes of it; one just handed in waits."""
        office: dict[str, Any] = {"actor": self.stage.actor("office"), "proposal_id": proposal_id}

        def decide(now: datetime) -> None:
            if proposal.fate == "列入":
                agenda.take_up(self.session, meeting_id=self.meeting_id, now=now, **office)
            elif proposal.fate == "退回":
                proposals.send_back(self.session, reason=proposal.words, now=now, **office)
            elif proposal.fate == "会前解决":
                proposals.settle_before(self.session, reason=proposal.words, now=now, **office)

        return decide
