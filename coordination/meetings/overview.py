"""概览 of one mechanism's year: meetings against the rule, who came, what became of proposals, how soon minutes went out.

Every figure stands beside what it was counted from; a share of few is not told (product.md «Numbers»).
"""

from dataclasses import dataclass, field
from datetime import date
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from coordination.members.queries import heirs
from coordination.settings.queries import calendar, rule_in_force
from models import Answer, Mechanism, Meeting, MeetingStatus, Minutes, Presence, Proposal, ProposalStatus, Reply, Rule, Unit
from models.calendar import deadline, local_date

EVERY = "MEETING_EVERY"
FEWEST_FOR_RATE = 3  # meetings a unit was invited to; a share of fewer says nothing


@dataclass
class Attendance:
    """One unit at the meetings held in the year, merged ones counted in."""

    name: str
    invited: int = 0
    there: int = 0
    late: int = 0
    stand_ins: int = 0
    leave: int = 0
    absent: int = 0

    @property
    def rate(self) -> float | None:
        """The share of meetings at which somebody of the unit was there, late ones too; None of too few."""
        return self.there / self.invited if self.invited >= FEWEST_FOR_RATE else None

    def add(self, answer: Answer | None, presence: Presence | None) -> None:
        """One more meeting it was invited to."""
        self.invited += 1
        self.there += presence in {Presence.PRESENT, Presence.LATE}
        self.late += presence == Presence.LATE
        self.stand_ins += answer == Answer.STAND_IN and presence in {Presence.PRESENT, Presence.LATE}
        self.leave += answer == Answer.LEAVE and presence == Presence.ABSENT
        self.absent += answer != Answer.LEAVE and presence == Presence.ABSENT


@dataclass
class Overview:
    """One mechanism in one year. ``last_on``: the last meeting held in any year; ``next_by``: by when the rule wants another (None: there
    was none yet). ``issued``: minutes that are out, each with the working days from the meeting to their issue (None: a calendar lacks);
    ``waiting``: how many are not out."""

    rule: Rule
    meetings: list[Meeting]
    last_on: date | None
    next_by: date | None
    coming: Meeting | None
    proposals: dict[ProposalStatus, int]
    attendance: list[Attendance]
    issued: list[tuple[Minutes, int | None]] = field(default_factory=list)
    waiting: int = 0

    @property
    def held(self) -> list[Meeting]:
        """Those that took place."""
        return [meeting for meeting in self.meetings if meeting.status == MeetingStatus.HELD]

    @property
    def middle(self) -> float | None:
        """The middle one of the working days from meeting to issue."""
        known = [days for _, days in self.issued if days is not None]
        return median(known) if known else None


def overview(session: Session, mechanism: Mechanism, year: int, today: date) -> Overview:
    """The figures of ``year``, in a number of queries that does not grow with meetings and units."""
    of_it = Meeting.mechanism_id == mechanism.id
    meetings = list(session.scalars(select(Meeting).where(of_it, Meeting.year == year).order_by(Meeting.starts_at, Meeting.id)))
    rule = rule_in_force(session, EVERY, today, mechanism.id)
    last_at = session.scalar(select(func.max(Meeting.held_at)).where(of_it))
    last_on = local_date(last_at) if last_at else None
    by = deadline(last_on, rule.limit, rule.unit.value, calendar(session)).due if last_on else None
    coming = session.scalars(
        select(Meeting).where(of_it, Meeting.status.not_in({MeetingStatus.HELD, *Meeting.PUT_OFF})).order_by(Meeting.starts_at).limit(1)
    ).first()
    issued, waiting = _issued(session, mechanism.id, year)
    proposals, attendance = _proposals(session, mechanism.id, year), _attendance(session, meetings, today)
    return Overview(rule, meetings, last_on, by, coming, proposals, attendance, issued, waiting)


def _proposals(session: Session, mechanism_id: int, year: int) -> dict[ProposalStatus, int]:
    """Of the proposals meant for the year's meetings, how many stand where; what is still being drafted is its unit's own."""
    query = select(Proposal.status, func.count()).join(Proposal.meeting).where(Proposal.mechanism_id == mechanism_id, Meeting.year == year)
    handed_in = Proposal.status.not_in({ProposalStatus.DRAFT, ProposalStatus.RELEASED})
    found: dict[ProposalStatus, int] = dict(session.execute(query.where(handed_in).group_by(Proposal.status)).all())  # type: ignore[arg-type]
    return {status: found[status] for status in ProposalStatus if status in found}


def _attendance(session: Session, meetings: list[Meeting], today: date) -> list[Attendance]:
    held = [meeting.id for meeting in meetings if meeting.status == MeetingStatus.HELD]
    answering = heirs(session, today)
    rows: dict[int, Attendance] = {}
    query = select(Reply.answer, Reply.presence, Unit).join(Reply.unit).where(Reply.meeting_id.in_(held)).order_by(Unit.position, Unit.id)
    for answer, presence, unit in session.execute(query):
        unit = answering.get(unit.id, unit)
        rows.setdefault(unit.id, Attendance(unit.short_name)).add(answer, presence)
    return list(rows.values())


def _issued(session: Session, mechanism_id: int, year: int) -> tuple[list[tuple[Minutes, int | None]], int]:
    query = select(Minutes).join(Minutes.meeting).where(Meeting.mechanism_id == mechanism_id, Meeting.year == year)
    rows = session.scalars(query.options(joinedload(Minutes.meeting)).order_by(Meeting.held_at, Meeting.id)).all()
    working = calendar(session)
    found: list[tuple[Minutes, int | None]] = []
    for minutes in rows:
        if minutes.issued_at is not None and minutes.meeting.held_at is not None:
            first, last = local_date(minutes.meeting.held_at), local_date(minutes.issued_at)
            known = all(one in working.years for one in range(first.year, last.year + 1))
            found.append((minutes, working.working_days_between(first, last) if known else None))
    return found, sum(minutes.issued_at is None for minutes in rows)
