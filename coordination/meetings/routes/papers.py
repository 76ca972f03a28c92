"""文书 of a meeting as downloads: notice, agenda, lists, excerpts and letters."""

from io import BytesIO

from flask import request, send_file

from coordination import clock
from coordination.access import actor, requires
from coordination.meetings import minutes as text
from coordination.meetings import paperwork, queries, restricted
from coordination.meetings.routes.blueprint import Page, bp, database
from coordination.meetings.routes.minutes import minutes_file
from coordination.permissions import Permission
from models.errors import NotFound


@bp.get("/<int:meeting_id>/papers/<string:kind>")
@requires(Permission.MEETING_READ)
def paper(meeting_id: int, kind: str) -> Page:
    """One paper as .docx, if this person may have it; ``?unit=`` names the unit (code) of an excerpt or a letter."""
    session, who, today = database(), actor(), clock.today()
    meeting = queries.get_meeting(session, who, meeting_id)
    minutes, items = queries.minutes_of(session, who, meeting), queries.items_of(session, meeting)
    items = restricted.shown(session, who, meeting, items)
    wanted = (kind, request.args.get("unit") or None)
    found = [
        one
        for one in paperwork.offered(session, who, meeting, minutes, items, today)
        if (one.kind.value, one.unit.code if one.unit else None) == wanted
    ]
    if not found:
        raise NotFound("没有这份文书")
    if found[0].kind == paperwork.Kind.MINUTES:
        return minutes_file(meeting_id)  # with its corrections
    name, content = paperwork.document(
        session, meeting, found[0].kind, today, found[0].unit, whole=not restricted.hides_from(session, who, meeting)
    )
    return send_file(BytesIO(content), mimetype=text.DOCX, as_attachment=True, download_name=name)
