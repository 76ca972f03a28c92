"""会签 of minutes: send a round, answer it for one's unit, see who answered what, deal with what units ask for."""

from flask import flash, render_template, url_for

from coordination import clock
from coordination.access import actor, requires
from coordination.meetings import audience, countersigning, drafting, queries, revisions
from coordination.meetings.forms import ActForm, CountersignForm, HandlingForm
from coordination.meetings.routes.blueprint import Page, bp, conflict_page, database, to
from coordination.permissions import Permission, can, require
from coordination.tasks.queries import calendar
from coordination.transaction import transaction
from models import Countersign, CountersignAnswer, Meeting
from models.errors import Conflict, IllegalMove, NotFound
from models.light import light


@bp.get("/<int:meeting_id>/minutes/countersign")
@requires(Permission.MEETING_READ)
def countersign(meeting_id: int) -> Page:
    """会签: for those who oversee the mechanism who answered what; for a unit that was asked, the text and its answer."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    if queries.oversees(who, meeting.mechanism_id):
        return _standing(meeting)
    asked = countersigning.own(session, who, meeting)
    if asked is None:
        raise NotFound("没有送本单位会签的纪要")
    return _asked_page(meeting, asked, CountersignForm(obj=asked, opinion=asked.text))


@bp.post("/<int:meeting_id>/minutes/countersign")
@requires(Permission.MINUTES_COUNTERSIGN)
def answer_countersign(meeting_id: int) -> Page:
    """同意 or 修改意见 of one's unit."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    asked = countersigning.own(session, who, meeting)
    if asked is None:
        raise NotFound("没有送本单位会签的纪要")
    form = CountersignForm()
    if not form.validate_on_submit():
        return _asked_page(meeting, asked, form), 422
    given = {"choice": form.answer.data, "opinion": form.opinion.data or ""}
    with transaction() as session:
        row = countersigning.answer(session, actor=who, meeting_id=meeting_id, now=clock.now(), **given)
        day = row.round.due_on
    flash(f"已答复：{form.answer.data.label}。{day.month}月{day.day}日前（含当日）可以更改。")
    return to("countersign", meeting_id=meeting_id)


@bp.route("/<int:meeting_id>/minutes/countersign/send", methods=["GET", "POST"])
@requires(Permission.MINUTES_EDIT)
def send_countersign(meeting_id: int) -> Page:
    """发起会签: the units, the last day and who will be told; then the round."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    require(who, Permission.MINUTES_EDIT, meeting.scope)
    minutes = queries.get_minutes(session, who, meeting)
    form = ActForm()
    if form.validate_on_submit():
        with transaction() as session:
            row = countersigning.send(session, actor=who, meeting_id=meeting_id, now=clock.now())
            count, day = len(row.answers), row.due_on
        flash(f"已送{count}个单位会签，最迟{day.month}月{day.day}日答复，逾期视为同意。")
        return to("countersign", meeting_id=meeting_id)
    if not minutes.is_open or not meeting.mechanism.has_countersign:
        raise IllegalMove(f"纪要{minutes.status.label}，不再会签" if not minutes.is_open else "本机制的纪要不会签，可直接报请签发")
    today = clock.today()
    obstacles = drafting.obstacles(session, meeting, minutes)
    units = countersigning.attending(session, meeting, today)
    return render_template(
        "meetings/send_countersign.html",
        form=form,
        meeting=meeting,
        round=countersigning.current(session, minutes),
        newest=revisions.newest(session, minutes),
        obstacles=obstacles or ([] if units else ["会议记录中没有到会单位，请先补记签到，或直接报请签发"]),
        due_on=countersigning.last_day(session, meeting, today),
        told=audience.of_units(session, units, audience.LIAISONS_AND_HEADS, today),
    )


@bp.post("/<int:meeting_id>/minutes/countersign/urge")
@requires(Permission.MINUTES_EDIT)
def urge_countersign(meeting_id: int) -> Page:
    """催请会签."""
    with transaction() as session:
        count = countersigning.urge(session, actor=actor(), meeting_id=meeting_id, now=clock.now())
    flash(f"已催请{count}人会签。" if count else "今天已经催请过，没有再发。")
    return to("countersign", meeting_id=meeting_id)


@bp.route("/minutes/countersigns/<int:countersign_id>", methods=["GET", "POST"])
@requires(Permission.MINUTES_EDIT)
def handle_opinion(countersign_id: int) -> Page:
    """写明处理情况 of a unit's 修改意见."""
    session, who = database(), actor()
    row = countersigning.get(session, who, countersign_id)
    minutes = row.round.minutes
    require(who, Permission.MINUTES_EDIT, minutes.scope)
    form = HandlingForm(obj=row)
    if form.validate_on_submit():
        version, handling = form.version.data or 0, form.handling.data or ""
        try:
            with transaction() as session:
                countersigning.handle(
                    session, actor=who, countersign_id=countersign_id, version=version, handling=handling, now=clock.now()
                )
        except Conflict as conflict:
            url = url_for("meetings.handle_opinion", countersign_id=countersign_id)
            row = countersigning.get(database(), who, countersign_id)
            return conflict_page(conflict, row.round.minutes, label="修改意见", name="handling", theirs_url=url)
        flash("已记下处理情况，提出意见的单位已收到告知。")
        return to("countersign", meeting_id=minutes.meeting_id)
    if row.answer != CountersignAnswer.AMEND and not form.errors:
        raise IllegalMove(f"{row.unit.short_name}没有修改意见，不需处理")
    page = render_template("meetings/handle_opinion.html", form=form, meeting=minutes.meeting, row=row)
    return page, 422 if form.errors else 200


def _standing(meeting: Meeting) -> str:
    session, who, today = database(), actor(), clock.today()
    minutes = queries.get_minutes(session, who, meeting)
    found = countersigning.rounds(session, minutes)
    latest = found[0] if found else None
    return render_template(
        "meetings/countersign.html",
        meeting=meeting,
        minutes=minutes,
        latest=latest,
        earlier=found[1:],
        light=light(latest.due_on, today, calendar(session)) if latest and not latest.is_over(today) and minutes.is_open else None,
        is_over=latest is not None and latest.is_over(today),
        today=today,
        unfinished=countersigning.unfinished(meeting, queries.replies_of(session, meeting), latest, today) if minutes.is_open else [],
        may_edit=can(who, Permission.MINUTES_EDIT, minutes.scope) and minutes.is_open,
        newest=revisions.newest(session, minutes),
    )


def _asked_page(meeting: Meeting, asked: Countersign, form: CountersignForm) -> str:
    session, who, today = database(), actor(), clock.today()
    minutes = asked.round.minutes
    answerable = minutes.is_open and asked.handled_at is None and not asked.round.has_lapsed(today)
    return render_template(
        "meetings/countersign_unit.html",
        form=form,
        meeting=meeting,
        minutes=minutes,
        asked=asked,
        may_answer=answerable and can(who, Permission.MINUTES_COUNTERSIGN, asked.scope),
        has_lapsed=asked.round.has_lapsed(today),
        light=light(asked.round.due_on, today, calendar(session)) if answerable and asked.answer is None else None,
        sections=revisions.as_sent(session, minutes, asked.round.revision),
    )
