"""签到, taking a clause away, and ending the meeting."""

from typing import Any

from flask import flash, render_template, request, url_for

from coordination import clock
from coordination.access import actor, requires
from coordination.meetings import arriving, queries
from coordination.meetings import room as service
from coordination.meetings.forms import UNKNOWN, ActForm, AttendanceForm, RemoveForm
from coordination.meetings.routes.blueprint import Page, bp, database, to
from coordination.permissions import Permission, require
from coordination.settings.queries import setting
from coordination.transaction import transaction
from models import Meeting, MeetingStatus, Presence, Reply
from models.errors import IllegalMove

SEPARATOR = "|"


@bp.route("/<int:meeting_id>/presence", methods=["GET", "POST"])
@requires(Permission.MEETING_RECORD)
def presence(meeting_id: int) -> Page:
    """签到: present, late or absent, unit by unit, prefilled from the replies."""
    session, who = database(), actor()
    meeting = _meeting(meeting_id)
    if meeting.status not in {MeetingStatus.IN_SESSION, MeetingStatus.HELD}:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，会中方可签到")
    replies = queries.replies_of(session, meeting)
    form = AttendanceForm(data={"lines": [_stored(reply) for reply in replies]})
    if form.validate_on_submit():
        said = {line.reply_id.data or 0: _said(line.presence.data, line.person_name.data, line.person_post.data) for line in form.lines}
        seen = {line.reply_id.data or 0: _was(line.was.data or "") for line in form.lines}
        with transaction() as session:
            changed = service.sign_in(session, actor=who, meeting_id=meeting_id, said=said, seen=seen, now=clock.now())
        flash(f"出席情况已保存，改动{changed}个单位。" if changed else "出席情况没有改动。")
        return to("room", meeting_id=meeting_id)
    lines = list(zip(replies, form.lines, strict=False))
    page = render_template("meetings/presence.html", form=form, meeting=meeting, lines=lines, guests=meeting.guests)
    return page, 422 if form.errors else 200


def _stored(reply: Reply) -> dict[str, Any]:
    state = reply.presence.value if reply.presence else UNKNOWN
    was = SEPARATOR.join((state, reply.person_name, reply.person_post))
    return {"reply_id": reply.id, "presence": state, "person_name": reply.person_name, "person_post": reply.person_post, "was": was}


def _said(state: str | None, name: str | None, post: str | None) -> service.Attendance:
    known = {presence.value: presence for presence in Presence}
    return service.Attendance(known.get(state or ""), name or "", post or "")


def _was(words: str) -> service.Attendance:
    state, name, post = [*words.split(SEPARATOR), "", ""][:3]
    return _said(state, name, post)


@bp.get("/<int:meeting_id>/sign-in-code")
@requires(Permission.MEETING_RECORD)
def sign_in_code(meeting_id: int) -> Page:
    """签到码: the code to scan at the venue."""
    import segno  # loaded for the pages that show a picture, not at every start

    meeting = _meeting(meeting_id)
    if meeting.status not in {MeetingStatus.NOTIFIED, MeetingStatus.IN_SESSION}:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，会议通知发出后、会议结束前可用签到码")
    site = setting(database(), "site_url").rstrip("/") or request.host_url.rstrip("/")
    address = site + url_for("portal.here", code=arriving.code_of(meeting))
    picture = segno.make(address, error="m", micro=False).svg_data_uri(scale=8, border=4)
    return render_template("meetings/sign_in_code.html", meeting=meeting, address=address, picture=picture)


@bp.route("/decisions/<int:decision_id>/remove", methods=["GET", "POST"])
@requires(Permission.MEETING_RECORD)
def remove_clause(decision_id: int) -> Page:
    """删去一条议定事项: what it says, then its removal."""
    session, who = database(), actor()
    decision = queries.get_decision(session, who, decision_id)
    require(who, Permission.MEETING_RECORD, decision.item.meeting.scope)
    item_id, meeting_id = decision.item_id, decision.item.meeting_id
    form = RemoveForm(obj=decision)
    if form.validate_on_submit():
        with transaction() as session:
            service.remove_clause(session, actor=who, decision_id=decision_id, version=form.version.data or 0, now=clock.now())
        flash("已删去一条议定事项。")
        return to("room", meeting_id=meeting_id, item=item_id)
    lines = service.clause_in_words(session, service.said(decision))
    back_url = url_for("meetings.room", meeting_id=meeting_id, item=item_id)
    return render_template("meetings/remove_clause.html", form=form, decision=decision, lines=lines, back_url=back_url)


@bp.route("/<int:meeting_id>/end", methods=["GET", "POST"])
@requires(Permission.MEETING_RECORD)
def end(meeting_id: int) -> Page:
    """结束会议: what is still missing and what will follow, then the end."""
    session, who = database(), actor()
    meeting = _meeting(meeting_id)
    form = ActForm()
    if form.validate_on_submit():
        with transaction() as session:
            service.end_meeting(session, actor=who, meeting_id=meeting_id, now=clock.now())
        flash("会议已结束。可汇编纪要。")
        return to("show", meeting_id=meeting_id)
    if meeting.status != MeetingStatus.IN_SESSION:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，不能结束会议")
    items = queries.items_of(session, meeting)
    pending = set(service.unfinished(items))
    return render_template(
        "meetings/end.html",
        form=form,
        meeting=meeting,
        pending=[(number, item) for number, item in enumerate(items, start=1) if number in pending],
        incomplete=[(item, decision) for item in items for decision in item.decisions if decision.missing],
        unseen=[reply.unit.short_name for reply in queries.replies_of(session, meeting) if reply.presence is None],
        clauses=sum(len(item.decisions) for item in items),
    )


def _meeting(meeting_id: int) -> Meeting:
    meeting = queries.get_meeting(database(), actor(), meeting_id)
    require(actor(), Permission.MEETING_RECORD, meeting.scope)
    return meeting
