"""修订记录 of minutes: every revision with author and time, and any one against the present text."""

from flask import render_template

from coordination.access import actor, requires
from coordination.meetings import queries, revisions
from coordination.meetings.routes.blueprint import Page, asked, bp, database
from coordination.permissions import Permission
from models import Minutes
from models.errors import NotFound


@bp.get("/<int:meeting_id>/minutes/revisions")
@requires(Permission.MEETING_READ)
def minutes_revisions(meeting_id: int) -> Page:
    """修订记录: newest first."""
    session, minutes = database(), _overseen(meeting_id)
    rows = revisions.listed(session, minutes, before=asked("before"))
    shown = rows[: queries.PAGE]
    return render_template(
        "meetings/revisions.html",
        meeting=minutes.meeting,
        minutes=minutes,
        rows=shown,
        newest=revisions.newest(session, minutes),
        next_number=shown[-1].number if len(rows) > len(shown) else None,
        is_first=asked("before") is None,
    )


@bp.get("/<int:meeting_id>/minutes/revisions/<int:number>")
@requires(Permission.MEETING_READ)
def minutes_revision(meeting_id: int, number: int) -> Page:
    """One revision against the present text, section by section."""
    session, minutes = database(), _overseen(meeting_id)
    revision = revisions.get(session, minutes, number)
    sections = revisions.compared(session, minutes, number)
    return render_template(
        "meetings/revision.html",
        meeting=minutes.meeting,
        revision=revision,
        newest=revisions.newest(session, minutes),
        changed=[section for section in sections if not section.is_same],
        same=[section for section in sections if section.is_same],
    )


def _overseen(meeting_id: int) -> Minutes:
    """The minutes, for those who read drafts; for all others there are no revisions."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    if not queries.oversees(who, meeting.mechanism_id):
        raise NotFound("没有这次会议纪要的修订记录")
    return queries.get_minutes(session, who, meeting)
