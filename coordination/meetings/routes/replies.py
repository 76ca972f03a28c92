"""The notice and the units' replies: who will be told, answering, urging."""

from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did, act_page
from coordination.meetings import audience, entries, invitation, queries, restricted, service, words
from coordination.meetings.forms import ActForm, RearrangeForm, ReplyForm
from coordination.meetings.routes.blueprint import Page, bp, conflict_page, database, to
from coordination.permissions import Permission, require
from coordination.settings.queries import setting
from coordination.tasks.queries import calendar
from coordination.transaction import transaction
from models import Meeting, MeetingStatus
from models.errors import Conflict, IllegalMove, NotFound
from models.light import light


@bp.route("/<int:meeting_id>/notice", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def notice(meeting_id: int) -> Page:
    """发会议通知: everyone who will be told is shown before anything is sent."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    require(who, Permission.MEETING_PLAN, meeting.scope)
    form = ActForm()
    if form.validate_on_submit():
        with transaction() as session:
            invitation.send_notice(session, actor=who, meeting_id=meeting_id, now=clock.now())
        flash("会议通知已发出，议程不再改动。各成员单位的答复会列在本页。")
        return to("show", meeting_id=meeting_id)
    if meeting.status not in Meeting.COLLECTS:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，不能发会议通知")
    due_on = audience.reply_due_on(session, meeting)
    return render_template(
        "meetings/told.html",
        form=form,
        meeting=meeting,
        title="发会议通知",
        verb="发出会议通知",
        message=words.invitation(meeting, due_on),
        told=invitation.recipients(session, meeting),
        consequences=[line for line in _consequences(session, meeting, due_on) if line],
    )


def _consequences(session, meeting: Meeting, due_on) -> list[str]:
    waiting, guests = len(queries.waiting(session, meeting)), [f"{guest.body}{guest.name}" for guest in meeting.guests]
    skipped = meeting.mechanism.has_liaison_meeting and meeting.liaison_held_at is None
    return [
        "发出后议程不再改动。",
        f"各成员单位须答复参会，最迟{words.full_day(due_on)}。" if due_on else "各成员单位须在会前答复参会。",
        f"还有{waiting}项议题未审议，将留待下次会议。" if waiting else "",
        "本机制规定会前召开联络员会议，尚未记下召开。" if skipped else "",
        f"列席人员不在平台内，请另行通知：{words.listed(guests)}。" if guests else "",
    ]


@bp.route("/<int:meeting_id>/rearrange", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def rearrange(meeting_id: int) -> Answer:
    """改时间地点 after the notice: everyone who will be told is shown before anything is sent."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    require(who, Permission.MEETING_PLAN, meeting.scope)
    if meeting.status != MeetingStatus.NOTIFIED:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，不能改时间地点")
    form, there, name = RearrangeForm(obj=meeting), url_for("meetings.show", meeting_id=meeting_id), meeting.name

    def act(session: Session) -> Did:
        given: dict[str, Any] = {"starts_at": form.starts_at.data, "place": form.place.data, "chair": form.chair.data or ""}
        invitation.rearrange(session, actor=who, meeting_id=meeting_id, version=form.version.data or 0, now=clock.now(), **given)
        return "会议安排已改。10分钟内再改的，邮件合并为一次。", there

    told = audience.concerned(session, meeting)
    lines = (
        f"{told.in_words}提醒，写明改后的时间、地点和主持",
        "邮件在10分钟后发出并更新日历，其间再改的合并为一次",
        "议程和各单位的答复不变；日期未定的，请推迟会议",
        *service.day_hints(session, meeting.starts_at, meeting.proposals_due_on),
    )
    more: dict[str, Any] = {"consequences": lines, "told": told, "crumbs": [("会议", url_for("meetings.index")), (name, there)]}
    title = f"改时间地点：{name}"
    return act_page(
        form, act, title=title, verb="改时间地点", back=there, back_label="返回，不改", template="meetings/amend_one.html", **more
    )


@bp.get("/<int:meeting_id>/calendar.ics")
@requires(Permission.MEETING_READ)
def calendar_entry(meeting_id: int) -> Page:
    """加入日历: the meeting as a file for whoever gets no mail."""
    session = database()
    meeting = queries.get_meeting(session, actor(), meeting_id)
    if meeting.notified_at is None or meeting.status == MeetingStatus.POSTPONED:
        raise NotFound("会议通知发出后，才有日历文件")
    method = entries.Method.CANCEL if meeting.status == MeetingStatus.CANCELLED else entries.Method.PUBLISH
    content = entries.written(meeting, method, clock.now(), site=setting(session, "site_url").rstrip("/"))
    return send_file(BytesIO(content.encode()), mimetype="text/calendar", as_attachment=True, download_name=f"{meeting.name}.ics")


@bp.route("/<int:meeting_id>/urge", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def urge(meeting_id: int) -> Page:
    """催请答复: the people of the units that have not answered."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    require(who, Permission.MEETING_PLAN, meeting.scope)
    form = ActForm()
    if form.validate_on_submit():
        with transaction() as session:
            count = invitation.urge(session, actor=who, meeting_id=meeting_id, now=clock.now())
        flash(f"已催请{count}人答复。" if count else "今天已经催请过，没有再发。")
        return to("show", anchor="replies", meeting_id=meeting_id)
    told = audience.of_invited(session, meeting, unanswered=True)
    if meeting.status != MeetingStatus.NOTIFIED or not told.groups:
        raise IllegalMove("各单位都已答复，或会议不在通知答复阶段，不需催请")
    return render_template(
        "meetings/told.html",
        form=form,
        meeting=meeting,
        title="催请答复",
        verb=f"催请{len(told.groups)}个单位答复",
        message=words.urging(meeting),
        told=told,
        consequences=["同一人一天只催请一次。"],
    )


@bp.route("/<int:meeting_id>/reply", methods=["GET", "POST"])
@requires(Permission.REPLY_WRITE)
def reply(meeting_id: int) -> Page:
    """答复参会 for one's unit: 参加, 代会 or 请假; may be changed until the meeting opens."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    own = queries.own_reply(session, who, meeting)
    if own is None:
        raise NotFound("本单位不在会议通知范围内")
    form = ReplyForm(obj=own)
    if form.validate_on_submit():
        fields = {"name": form.person_name.data or "", "post": form.person_post.data or "", "reason": form.reason.data or ""}
        version = form.version.data or None
        try:
            with transaction() as session:
                invitation.answer(
                    session, actor=who, meeting_id=meeting_id, choice=form.answer.data, version=version, now=clock.now(), **fields
                )
        except Conflict as conflict:
            url = url_for("meetings.reply", meeting_id=meeting_id)
            return conflict_page(conflict, queries.get_meeting(database(), who, meeting_id), label="本单位的答复", theirs_url=url)
        flash(f"已答复：{form.answer.data.label}。开会前可以更改。")
        return redirect(url_for("desk.index")) if request.form.get("back") == "desk" else to("show", meeting_id=meeting_id)
    if meeting.status != MeetingStatus.NOTIFIED and not form.errors:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，不能再答复。有变化请直接联系联席会议办公室")
    due_on = audience.reply_due_on(session, meeting)
    page = render_template(
        "meetings/reply.html",
        form=form,
        meeting=meeting,
        reply=own,
        items=restricted.shown(session, who, meeting, queries.items_of(session, meeting)),
        due_on=due_on,
        due_light=light(due_on, clock.today(), calendar(session)) if due_on else None,
        in_words=invitation.in_words,
    )
    return page, 422 if form.errors else 200
