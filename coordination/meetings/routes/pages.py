"""The list of meetings, and the page of one."""

from datetime import date
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session, joinedload

from coordination import clock
from coordination.access import actor, requires
from coordination.meetings import (
    agenda,
    audience,
    countersigning,
    drafting,
    extra,
    invitation,
    issuing,
    paperwork,
    queries,
    restricted,
    service,
    stages,
)
from coordination.meetings.routes.blueprint import Page, asked, bp, database, followed_up, subnav
from coordination.permissions import UNIT_ROLES, Actor, Permission, can
from coordination.tasks.queries import calendar
from coordination.tasks.reviewing import notes
from models import AgendaItem, Answer, Meeting, MeetingKind, MeetingStatus, Minutes, Presence, Reply, Task
from models.light import Light, light

# When members read the table of item 1: once the notice is out; those who oversee the mechanism always do.
REVIEW_OPEN = frozenset({MeetingStatus.NOTIFIED, MeetingStatus.IN_SESSION})
# What members read of a meeting's history: its own steps, not what other units answered or how the office prepared it.
STEPS_FOR_MEMBERS = (
    *("meeting:collect", "meeting:change", "meeting:liaison", "meeting:notify", "agenda:amend", "meeting:postpone"),
    *("meeting:cancel", "meeting:open", "meeting:end", "minutes:issue"),
)


@bp.get("")
@requires(Permission.MEETING_READ)
def index() -> Page:
    """会议: newest first, by mechanism and year."""
    session, who = database(), actor()
    mechanism_id, year = asked("mechanism"), asked("year")
    page = queries.listed(session, who, mechanism_id=mechanism_id, year=year, before=asked("before"), after=asked("after"))
    return render_template(
        "meetings/index.html",
        subnav=subnav("index"),
        page=page,
        mechanism_choices=[("", "全部"), *((mechanism.id, mechanism.short_name) for mechanism in queries.mechanisms(session, who))],
        year_choices=[("", "全部"), *((known, f"{known}年") for known in queries.years(session, who))],
        mechanism_id=mechanism_id,
        year=year,
        minutes=queries.minutes_by_meeting(session, who, page.rows),
        replies=queries.replies_by_meeting(session, who, page.rows),
        has_unit=bool(who.roles & UNIT_ROLES),
        may_plan=can(who, Permission.MEETING_PLAN),
    )


@bp.get("/<int:meeting_id>")
@requires(Permission.MEETING_READ)
def show(meeting_id: int) -> Page:
    """会议页: how far it is, what to do next, agenda, replies, decisions, history."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id, joinedload(Meeting.guests), joinedload(Meeting.amendments))
    return render_template("meetings/show.html", **_sheet(session, who, meeting))


def _sheet(session: Session, who: Actor, meeting: Meeting) -> dict[str, Any]:
    """All the page shows, in a number of queries that does not grow with items and units."""
    today = clock.today()
    overseen = queries.oversees(who, meeting.mechanism_id)
    items, replies = restricted.shown(session, who, meeting, queries.items_of(session, meeting)), queries.replies_of(session, meeting)
    minutes = queries.minutes_of(session, who, meeting) if meeting.status == MeetingStatus.HELD else None
    situation = situation_of(session, who, meeting, minutes, items, replies)
    due_on = audience.reply_due_on(session, meeting) if meeting.status == MeetingStatus.NOTIFIED else None
    return {
        "meeting": meeting,
        "steps": stages.steps(meeting, minutes),
        "next": stages.next_step(situation),
        "items": items,
        "numbers": {item.id: number for number, item in enumerate(items, start=1)},
        "total": agenda.total_minutes(items),
        "recorded": meeting.status in {MeetingStatus.IN_SESSION, MeetingStatus.HELD}
        and (overseen or bool(minutes and not minutes.is_open)),
        "tasks": _tasks(who, items),
        "replies": replies,
        "counts": {answer.label: sum(reply.answer == answer for reply in replies) for answer in Answer},
        "there": {presence.label: sum(reply.presence == presence for reply in replies) for presence in Presence},
        "unanswered": [reply for reply in replies if reply.answer is None],
        "own_reply": situation.reply,
        "overseen": overseen,
        "minutes": minutes,
        "extra": extra.of_meeting(session, meeting) if meeting.kind == MeetingKind.EXTRA and overseen else None,
        "due_on": due_on,
        "deadline": _deadline(session, situation, overseen, due_on, today),
        "hints": service.day_hints(session, meeting.starts_at, meeting.proposals_due_on) if meeting.agenda_is_open and overseen else [],
        "papers": paperwork.offered(session, who, meeting, minutes, items, today, replies),
        "review": (review := _review(session, meeting, overseen, today)),
        "review_notes": notes(session, meeting) if review else {},
        "may_plan": situation.may(Permission.MEETING_PLAN),
        "amendments": meeting.amendments if meeting.notified_at else [],
        "in_words": invitation.in_words,
        "history": queries.history(session, meeting, minutes, actions=() if overseen else STEPS_FOR_MEMBERS),
    }


def situation_of(
    session: Session, who: Actor, meeting: Meeting, minutes: Minutes | None, items: list[AgendaItem], replies: list[Reply]
) -> stages.Situation:
    """What decides on the next step; only what that state needs is asked of the database."""
    may_plan = can(who, Permission.MEETING_PLAN, meeting.scope)
    open_ = minutes if minutes is not None and minutes.is_open else None
    today, held = clock.today(), meeting.status == MeetingStatus.HELD
    return stages.Situation(
        actor=who,
        meeting=meeting,
        now=clock.now(),
        minutes=minutes,
        reply=next((reply for reply in replies if reply.unit_id in queries.answers_for(who)), None),
        receipt=issuing.own_receipt(session, who, minutes) if minutes is not None and minutes.file_id else None,
        answered=sum(reply.answer is not None for reply in replies),
        invited=len(replies),
        waiting=len(queries.waiting(session, meeting)) if may_plan and meeting.status in Meeting.COLLECTS else 0,
        obstacles=drafting.obstacles(session, meeting, open_, items, replies) if open_ else [],
        round=(latest := countersigning.current(session, open_) if open_ else None),
        asked=countersigning.own(session, who, meeting) if held and minutes is None else None,
        unfinished=countersigning.unfinished(meeting, replies, latest, today) if open_ else [],
    )


def _deadline(
    session: Session, situation: stages.Situation, overseen: bool, reply_due_on: date | None, today: date
) -> tuple[str, Light, date] | None:
    """The date that now presses this person, with its light: proposals while they are collected, replies while any are owed."""
    meeting, reply = situation.meeting, situation.reply
    owed = situation.answered < situation.invited if overseen else reply is not None and reply.answer is None
    if meeting.status == MeetingStatus.COLLECTING:
        return "议题截止", light(meeting.proposals_due_on, today, calendar(session)), meeting.proposals_due_on
    if reply_due_on is not None and owed:
        return "答复截止", light(reply_due_on, today, calendar(session)), reply_due_on
    return None


def _tasks(who: Actor, items: list[AgendaItem]) -> dict[int, tuple[Task, bool]]:
    """The task of each decision, and whether this person may open it."""
    tasks = queries.tasks_of(items)
    return {decision_id: (task, can(who, Permission.TASK_READ, task.scope)) for decision_id, task in tasks.items()}


def _review(session: Session, meeting: Meeting, overseen: bool, today: date) -> list[tuple[Task, Light]] | None:
    """The table of item 1 with lights; None once the minutes hold it, or before members read it."""
    if meeting.status in {MeetingStatus.HELD, MeetingStatus.CANCELLED} or not (overseen or meeting.status in REVIEW_OPEN):
        return None
    return followed_up(session, meeting, today, whole=overseen)
