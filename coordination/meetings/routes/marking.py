"""限到会单位: which items are kept to the units that attend."""

from flask import flash, render_template, request

from coordination import clock
from coordination.access import actor, requires
from coordination.meetings import marking, queries
from coordination.meetings.routes.blueprint import Page, bp, database, to
from coordination.permissions import Permission, require
from coordination.transaction import transaction


@bp.get("/<int:meeting_id>/restricted")
@requires(Permission.MEETING_PLAN)
def restricted_items(meeting_id: int) -> Page:
    """Every item, and a button to keep it to those who attend or to open it again."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    require(who, Permission.MEETING_PLAN, meeting.scope)
    minutes = queries.minutes_of(session, who, meeting)
    return render_template(
        "meetings/restricted.html",
        meeting=meeting,
        items=queries.items_of(session, meeting),
        may_mark=minutes is None or minutes.is_open,
    )


@bp.post("/items/<int:item_id>/restrict")
@requires(Permission.MEETING_PLAN)
def restrict_item(item_id: int) -> Page:
    """限到会单位, or 不再限定."""
    only_attending = request.form.get("only") == "attending"
    with transaction() as session:
        item = marking.restrict(session, actor=actor(), item_id=item_id, only_attending=only_attending, now=clock.now())
        title, meeting_id = item.title, item.meeting_id
    flash(f"“{title}”已限到会单位。" if only_attending else f"“{title}”不再限定范围。")
    return to("restricted_items", meeting_id=meeting_id)
