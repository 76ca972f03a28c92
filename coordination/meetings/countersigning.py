"""Countersigning (会签) of minutes, where the mechanism has it: the round goes out, units answer, the office takes opinions in.

Silence after the last day is consent (逾期视为同意); that is read from the date, so no job is needed for it to be right.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination import audit
from coordination.accounts.queries import people_in_role
from coordination.meetings import audience, drafting, queries, revisions, words
from coordination.permissions import Actor, Permission, require
from coordination.settings.queries import rule_in_force
from coordination.tasks.queries import calendar
from models import Countersign, CountersignAnswer, CountersignRound, Meeting, Minutes, MinutesStatus, Reply, Role, Unit
from models.calendar import local_date
from models.errors import BadInput, Conflict, IllegalMove, NotFound

RULE = "COUNTERSIGN"


# Reading


def attending(session: Session, meeting: Meeting, on: date) -> list[Unit]:
    """The units that were there, late ones included; their heirs of that day answer for them."""
    kept = queries.heirs_loaded(session)
    there = [reply.unit.heir(on) for reply in queries.replies_of(session, meeting) if reply.was_there]
    del kept
    return list({unit.id: unit for unit in there}.values())


def rounds(session: Session, minutes: Minutes) -> list[CountersignRound]:
    """Every round with its answers, the latest first."""
    of_unit, of_people = joinedload(Countersign.unit), (joinedload(Countersign.answered_by), joinedload(Countersign.handled_by))
    answers = joinedload(CountersignRound.answers).options(of_unit, *of_people)
    query = select(CountersignRound).where(CountersignRound.minutes_id == minutes.id).options(answers, joinedload(CountersignRound.sent_by))
    return list(session.scalars(query.order_by(CountersignRound.number.desc())).unique())


def current(session: Session, minutes: Minutes) -> CountersignRound | None:
    """The round that counts; None while none was sent."""
    return next(iter(rounds(session, minutes)), None)


def own(session: Session, actor: Actor, meeting: Meeting) -> Countersign | None:
    """What this person's unit was asked in the round that counts, an unanswered one first; None when it was asked nothing."""
    query = select(Countersign).join(Countersign.round).join(CountersignRound.minutes).where(Minutes.meeting_id == meeting.id)
    mine = query.where(Countersign.unit_id.in_(queries.answers_for(actor)), CountersignRound.counts())
    loaded = joinedload(Countersign.round).joinedload(CountersignRound.minutes), joinedload(Countersign.unit)
    mine = mine.options(*loaded).order_by(Countersign.answer.is_not(None), Countersign.id)
    return session.scalars(mine.execution_options(populate_existing=True)).first()


def last_day(session: Session, meeting: Meeting, today: date) -> date:
    """The last day to answer a round sent today. NotFound or CalendarMissing, in words, where no rule or calendar says."""
    rule = rule_in_force(session, RULE, today, meeting.mechanism_id)
    return calendar(session).shift(today, rule.limit)


def unfinished(meeting: Meeting, replies: Sequence[Reply], latest: CountersignRound | None, today: date) -> list[str]:
    """What of the countersigning keeps the convenor from signing, in words; empty when nothing does, or where minutes are not countersigned
    or nobody was there to ask. ``latest``: the round that counts."""
    if not meeting.mechanism.has_countersign or not any(reply.was_there for reply in replies):
        return []
    if latest is None:
        return ["纪要还没有会签"]
    found = []
    if not latest.is_over(today):
        names = [row.unit.short_name for row in latest.waiting]
        found.append(f"会签还有{len(names)}个单位未答复（{words.listed(names)}），最迟{words.full_day(latest.due_on)}，逾期视为同意")
    return found + [f"{row.unit.short_name}的修改意见还没有写明处理情况" for row in latest.unhandled]


# Acting


def send(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> CountersignRound:
    """发起会签, or 再次会签 of a changed text, to the units that attended. IllegalMove while something else keeps the minutes from it."""
    meeting, minutes = _to_edit(session, actor, meeting_id)
    today = local_date(now)
    units = attending(session, meeting, today)
    _require_may_send(session, meeting, minutes, units)
    revisions.begin(session, minutes)
    latest = current(session, minutes)
    row = CountersignRound(
        minutes=minutes,
        number=latest.number + 1 if latest else 1,
        revision=revisions.newest(session, minutes),
        sent_at=now,
        sent_by_id=actor.person_id,
        due_on=last_day(session, meeting, today),
        answers=[Countersign(unit=unit) for unit in units],
    )
    session.add(row)
    if minutes.status == MinutesStatus.DRAFT:
        minutes.countersign()
    minutes.submitted_at = None
    said = f"发起第{row.number}轮会签，送{len(units)}个单位，最迟{words.full_day(row.due_on)}答复"
    audit.record(session, actor=actor, action="minutes:countersign", subject=minutes, at=now, text=said)
    told = audience.of_units(session, units, audience.LIAISONS_AND_HEADS, today)
    _tell(session, minutes, "minutes_countersign", told.people, words.to_countersign(minutes, row.due_on), now)
    return row


def answer(session: Session, *, actor: Actor, meeting_id: int, choice: CountersignAnswer, opinion: str = "", now: datetime) -> Countersign:
    """A unit's 同意 or 修改意见; may be changed until the day, or until the office has dealt with it. NotFound: it was not asked."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    asked = own(session, actor, meeting)
    if asked is None:
        raise NotFound("没有送本单位会签的纪要")
    require(actor, Permission.MINUTES_COUNTERSIGN, asked.scope)
    minutes = _locked(session, meeting)
    asked = own(session, actor, meeting) or asked  # the one of a round sent anew meanwhile
    _require_answerable(asked, minutes, local_date(now))
    if choice == CountersignAnswer.AMEND and not opinion:
        raise BadInput("请写明修改意见")
    asked.give(choice, opinion, by_id=actor.person_id, at=now)
    said = f"{asked.unit.short_name}会签：{choice.label}"
    audit.record(session, actor=actor, action="minutes:countersigned", subject=minutes, at=now, text=said, unit=asked.unit_id)
    if choice == CountersignAnswer.AMEND or not asked.round.waiting:
        office = [person for role in (Role.OFFICE, Role.RECORDER) for person in people_in_role(session, role, minutes.mechanism_id)]
        _tell(session, minutes, "minutes_countersigned", office, words.countersigned(minutes, asked), now)
    return asked


def handle(session: Session, *, actor: Actor, countersign_id: int, version: int, handling: str, now: datetime) -> Countersign:
    """The office says what became of a 修改意见. Conflict when the opinion was changed since ``version``."""
    row = get(session, actor, countersign_id)
    minutes = row.round.minutes
    _to_edit(session, actor, minutes.meeting_id)
    session.refresh(row)
    if row.answer != CountersignAnswer.AMEND:
        raise IllegalMove(f"{row.unit.short_name}没有修改意见，不需处理")
    if row.version != version:
        raise Conflict(f"{row.unit.short_name}刚刚更改了意见，或他人已写明处理情况。请看过再写", theirs=row.text, version=row.version)
    row.handle(handling, by_id=actor.person_id, at=now)
    said = f"处理{row.unit.short_name}的修改意见：{handling}"
    audit.record(session, actor=actor, action="minutes:handle_opinion", subject=minutes, at=now, text=said, unit=row.unit_id)
    told = audience.of_units(session, [row.unit], audience.LIAISONS_AND_HEADS, local_date(now))
    _tell(session, minutes, "minutes_opinion_handled", told.people, words.opinion_handled(minutes, handling), now)
    return row


def urge(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> int:
    """催请会签: the people of the units that have not answered, each once a day; how many were newly told."""
    _, minutes = _to_edit(session, actor, meeting_id)
    today, latest = local_date(now), current(session, minutes)
    if latest is None or latest.is_over(today):
        raise IllegalMove("各单位都已答复，或会签不在进行，不需催请")
    units = [row.unit.heir(today) for row in latest.waiting]
    told = audience.of_units(session, units, audience.LIAISONS_AND_HEADS, today)
    slot = f"{latest.number}/{today.isoformat()}"
    count = _tell(session, minutes, "minutes_countersign_urge", told.people, words.urge_countersign(minutes, latest.due_on), now, slot)
    said = f"催请{len(units)}个单位会签"
    audit.record(session, actor=actor, action="minutes:countersign_urge", subject=minutes, at=now, text=said)
    return count


def get(session: Session, actor: Actor, countersign_id: int) -> Countersign:
    """A unit's answer, for those who oversee the mechanism; NotFound otherwise."""
    query = select(Countersign).where(Countersign.id == countersign_id).options(joinedload(Countersign.unit))
    row = session.scalar(query) if countersign_id <= queries.LARGEST_ID else None
    if row is None or not queries.oversees(actor, row.round.minutes.mechanism_id):
        raise NotFound("没有这条会签意见")
    return row


# What the verbs share


def _to_edit(session: Session, actor: Actor, meeting_id: int) -> tuple[Meeting, Minutes]:
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MINUTES_EDIT, meeting.scope)
    minutes = queries.get_minutes(session, actor, meeting, lock=True)
    if not minutes.is_open:
        raise IllegalMove(f"纪要{minutes.status.label}，会签已经结束")
    return meeting, minutes


def _require_may_send(session: Session, meeting: Meeting, minutes: Minutes, units: Sequence[Unit]) -> None:
    if not meeting.mechanism.has_countersign:
        raise IllegalMove("本机制的纪要不会签，可直接报请签发")
    if not units:
        raise IllegalMove("会议记录中没有到会单位，请先补记签到，或直接报请签发")
    found = drafting.obstacles(session, meeting, minutes)
    if found:
        raise IllegalMove(f"纪要还不能会签：{'；'.join(found[:5])}{f'，等{len(found)}处' if len(found) > 5 else ''}")


def _locked(session: Session, meeting: Meeting) -> Minutes:
    """The minutes, which nobody signs or sends anew while a unit answers."""
    query = select(Minutes).where(Minutes.meeting_id == meeting.id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one()


def _require_answerable(asked: Countersign, minutes: Minutes, today: date) -> None:
    if minutes.status != MinutesStatus.COUNTERSIGNING:
        raise IllegalMove(f"纪要{minutes.status.label}，会签已经结束")
    if asked.handled_at is not None:
        raise IllegalMove("办公室已处理本单位的修改意见，不能再改。有变化请直接联系联席会议办公室")
    if asked.round.has_lapsed(today):
        raise IllegalMove(f"会签已于{words.full_day(asked.round.due_on)}截止，逾期视为同意。有意见请直接联系联席会议办公室")


def _tell(session: Session, minutes: Minutes, kind: str, people: Any, message: words.Message, now: datetime, slot: str = "") -> int:
    path = f"/meetings/{minutes.meeting_id}/minutes/countersign#do"
    return audience.tell(session, kind=kind, about=minutes, people=people, message=message, path=path, now=now, slot=slot)
