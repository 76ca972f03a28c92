"""The meeting that was held: planned, proposed to, called, held, written up, signed and issued, all through the services."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from coordination.demo import before
from coordination.demo.days import in_words
from coordination.demo.followed import follow
from coordination.demo.stage import Stage, clock
from coordination.demo.story import Absence, Item, Story
from coordination.meetings import agenda, correcting, countersigning, drafting, invitation, issuing, liaison, proposals, room, service
from coordination.meetings.liaison import Verdict
from models import Answer, CountersignAnswer, ItemOutcome, LiaisonWord, Meeting, MeetingKind, Minutes, Presence

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
# Working days from the day of the meeting.
PLANNED, COLLECTING, PROPOSED, DUE, PLACED, LIAISON_MET, CALLED, ANSWERED, AMENDED = -20, -19, -16, -10, -9, -8, -7, -4, -3
COMPILED, COUNTERSIGNED, ASKED, SIGNED, ISSUED, READ = 1, 2, 3, 3, 4, 6


class HeldMeeting:
    """One meeting of the past; every step is planned on the stage at its own day and hour."""

    def __init__(self, stage: Stage, story: Story) -> None:
        self.stage, self.story = stage, story
        self.session, self.mechanism = stage.session, stage.mechanisms[story.mechanism]
        self.meeting_id = 0
        self.handed_in: dict[str, int] = {}
        self._plan_before()
        self._plan_after()

    def _plan_before(self) -> None:
        held, on = self.story.held, self.stage.plan
        on(held + PLANNED, "10:00", self.plan_meeting)
        on(held + COLLECTING, "9:00", self._step(service.collect, "office"))
        handed_in = [(item.unit, item.title, item.body, item.minutes) for item in self.story.items if item.unit]
        handed_in += [(proposal.unit, proposal.title, proposal.body, 10) for proposal in self.story.kept_off]
        for number, proposal in enumerate(handed_in):
            on(held + PROPOSED + number % 5, clock(number), self._proposal(*proposal))
        if self.mechanism.has_liaison_meeting:
            on(held + LIAISON_MET, "15:00", self.hold_liaison_meeting)
        else:
            on(held + PLACED, "10:00", self.set_agenda)
        on(held + CALLED, "9:30", self._step(invitation.send_notice, "office"))
        on(held + AMENDED, "15:20", lambda now: before.amend(self.stage, self.meeting_id, now))
        for number, unit in enumerate(self.story.members):
            on(held + ANSWERED - number % 3, clock(number), self._reply(number, unit))

    def _plan_after(self) -> None:
        held, on = self.story.held, self.stage.plan
        hour = int(self.story.clock.partition(":")[0])
        on(held, self.story.clock, self.hold)
        on(held, f"{hour + 2}:05", self._step(room.end_meeting, "recorder"))
        on(held + COMPILED, "15:20", self._step(drafting.compile_minutes, "recorder"))
        if self.mechanism.has_countersign:
            on(held + COMPILED, "16:10", self._step(countersigning.send, "office"))
            on(held + COUNTERSIGNED, "10:00", self.countersign)
        on(held + ASKED, "9:10", self._step(issuing.submit, "office"))
        on(held + SIGNED, "16:30", self._step(issuing.sign, self.story.convenor))
        on(held + ISSUED, "9:40", self.issue)
        if self.story.correction[0]:
            on(held + READ, "17:00", self.correct)

    def _step(self, verb: Callable[..., Any], username: str, **given: Any) -> Callable[[datetime], Any]:
        """``verb`` done to this meeting by that person, when its time has come."""
        return lambda now: verb(self.session, actor=self.stage.actor(username), meeting_id=self.meeting_id, now=now, **given)

    def plan_meeting(self, now: datetime) -> None:
        """筹备."""
        days = self.stage.days
        meeting = service.plan(
            self.session,
            actor=self.stage.actor("office"),
            mechanism_id=self.mechanism.id,
            kind=MeetingKind.REGULAR,
            starts_at=days.at(self.story.held, self.story.clock),
            place=self.story.place,
            chair=self.stage.people[self.story.convenor].name,
            proposals_due_on=days.day(self.story.held + DUE),
            now=now,
        )
        self.meeting_id = meeting.id

    def _proposal(self, code: str, title: str, body: str, minutes: int) -> Callable[[datetime], None]:
        def hand_in(now: datetime) -> None:
            draft = proposals.draft(
                self.session,
                actor=self.stage.liaison(code),
                mechanism_id=self.mechanism.id,
                meeting_id=self.meeting_id,
                unit_id=self.stage.units[code].id,
                title=title,
                body=body,
                minutes_wanted=minutes,
                now=now,
            )
            proposals.submit(self.session, actor=self.stage.liaison(code), proposal_id=draft.id, now=now)
            self.handed_in[title] = draft.id

        return hand_in

    def hold_liaison_meeting(self, now: datetime) -> None:
        """联络员会议: which proposals go on the agenda, what becomes of the others; then the rest of the agenda is set."""
        words = {word.label: word for word in LiaisonWord}
        verdicts = {self.handed_in[item.title]: Verdict(LiaisonWord.UP) for item in self.story.items if item.unit}
        verdicts |= {self.handed_in[one.title]: Verdict(words[one.fate], one.words) for one in self.story.kept_off}
        chair = liaison.director(self.session, self.session.get_one(Meeting, self.meeting_id))
        self._step(liaison.hold, "office", chair=chair, held_at=now, verdicts=verdicts)(now)
        self._add_others(now)

    def set_agenda(self, now: datetime) -> None:
        """议题上会 as the office decides, where no liaison meeting is held."""
        for item in self.story.items:
            if item.unit:
                self._step(agenda.take_up, "office", proposal_id=self.handed_in[item.title])(now)
        self._add_others(now)

    def _add_others(self, now: datetime) -> None:
        """The office's own items, and the guests."""
        for item in self.story.items:
            if item.unit is None:
                presenter_id = self.stage.units[item.presenter or ""].id
                self._step(agenda.add_item, "office", title=item.title, presenter_id=presenter_id, minutes_planned=item.minutes)(now)
        for body, name, post in self.story.guests:
            self._step(agenda.invite_guest, "office", body=body, name=name, post=post)(now)

    def _reply(self, number: int, unit: str) -> Callable[[datetime], Any]:
        absence = next((absence for absence in self.story.absences if absence.unit == unit), None)
        name = f"{SURNAMES[number % len(SURNAMES)]}某"
        return self._step(invitation.answer, f"liaison-{unit}", **_answer(absence, name, self.story.post))

    def hold(self, now: datetime) -> None:
        """开会: who came, what was said and what was agreed, item by item."""
        meeting, recorder = self.session.get_one(Meeting, self.meeting_id), self.stage.actor("recorder")
        self._step(room.open_meeting, "recorder")(now)
        self._sign_in(meeting, now)
        told = {item.title: item for item in self.story.items}
        for item in list(meeting.items):
            story = told.get(item.title)
            outcome = ItemOutcome.DECIDED if story and story.clauses else ItemOutcome.NOTED
            words: dict[str, Any] = {"discussion": story.discussion if story else "", "outcome": outcome, "version": item.text_version}
            room.record(self.session, actor=recorder, item_id=item.id, now=now, **words)
            for clause in self._clauses(story) if story else ():
                room.add_clause(self.session, actor=recorder, item_id=item.id, clause=clause, now=now, insists=True)

    def _clauses(self, item: Item) -> Iterator[room.Clause]:
        units, days = self.stage.units, self.stage.days
        for clause in item.clauses:
            due_on = days.day(clause.due)
            yield room.Clause(
                text=clause.text.format(due=in_words(due_on, days.day(self.story.held))),
                lead_id=units[clause.lead].id,
                co_ids=frozenset(units[code].id for code in clause.co.split()),
                due_on=due_on,
                deliverable=clause.deliverable,
                reservation=clause.reservation,
            )

    def _sign_in(self, meeting: Meeting, now: datetime) -> None:
        late_id = self.stage.units[self.story.late].id
        seen = {reply.id: room.Attendance(reply.presence, reply.person_name, reply.person_post) for reply in meeting.replies}
        late = {
            reply.id: room.Attendance(Presence.LATE, reply.person_name, reply.person_post)
            for reply in meeting.replies
            if reply.unit_id == late_id
        }
        self._step(room.sign_in, "recorder", seen=seen, said=late)(now)

    def countersign(self, now: datetime) -> None:
        """会签: all agree but the story's one unit, whose opinion the office takes in."""
        minutes = self.session.scalars(select(Minutes).where(Minutes.meeting_id == self.meeting_id)).one()
        row = countersigning.current(self.session, minutes)
        unit, opinion, handling = self.story.opinion
        for asked in row.answers if row else ():
            amends = asked.unit.code == unit
            said = (CountersignAnswer.AMEND, opinion) if amends else (CountersignAnswer.AGREE, "")
            self._step(countersigning.answer, f"liaison-{asked.unit.code}", choice=said[0], opinion=said[1])(now)
            if amends:
                office, version = self.stage.actor("office"), asked.version
                countersigning.handle(self.session, actor=office, countersign_id=asked.id, version=version, handling=handling, now=now)

    def correct(self, now: datetime) -> None:
        """更正: the office drafts it, the convenor signs."""
        words, reason = self.story.correction
        row = correcting.draft(
            self.session, actor=self.stage.actor("office"), meeting_id=self.meeting_id, words_=words, reason=reason, now=now
        )
        self.session.flush()
        signer = self.stage.actor(self.story.convenor)
        correcting.sign(self.session, actor=signer, correction_id=row.id, version=row.version, now=now)

    def issue(self, now: datetime) -> None:
        """印发: the tasks are made, and what becomes of each is planned; most units read their copy."""
        self._step(issuing.issue, "office")(now)
        decisions = issuing.decisions_of(self.session, self.session.get_one(Meeting, self.meeting_id))
        clauses = [clause for item in self.story.items for clause in item.clauses]
        for decision, clause in zip(decisions, clauses, strict=True):
            follow(self.stage, decision, clause)
        for number, unit in enumerate(unit for unit in self.story.members if unit not in self.story.unread):
            self.stage.plan(self.story.held + READ, clock(number), self._step(issuing.acknowledge, f"liaison-{unit}"))


def _answer(absence: Absence | None, name: str, post: str) -> dict[str, Any]:
    """What a unit answers to the notice."""
    if absence is None:
        return {"choice": Answer.ATTEND, "name": name, "post": post}
    if absence.reason:
        return {"choice": Answer.LEAVE, "reason": absence.reason}
    return {"choice": Answer.STAND_IN, "name": absence.name, "post": absence.post}
