"""Planning a meeting: plan, change, collect proposals, put off, cancel."""

from collections.abc import Callable

from flask import flash, render_template, url_for

from coordination import clock
from coordination.access import actor, requires
from coordination.forms import choices
from coordination.meetings import audience, extra, queries, service, words
from coordination.meetings.forms import ActForm, PlanForm, ReasonForm
from coordination.meetings.routes.blueprint import Page, asked, bp, conflict_page, database, to
from coordination.permissions import Permission, require
from coordination.transaction import transaction
from models import Meeting, MeetingKind
from models.errors import BadInput, Conflict, IllegalMove


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def new() -> Page:
    """筹备会议."""
    mechanisms = queries.mechanisms(database(), actor(), Permission.MEETING_PLAN)
    wanted = asked("request")
    source = extra.get(database(), actor(), wanted) if wanted else None
    form = PlanForm()
    form.mechanism_id.choices = choices((mechanism.id, mechanism.name) for mechanism in mechanisms)
    if not form.is_submitted() and mechanisms:
        form.mechanism_id.data = source.mechanism_id if source else asked("mechanism") or mechanisms[0].id
        form.kind.data = MeetingKind.EXTRA if source else form.kind.data
    if form.validate_on_submit():
        try:
            with transaction() as session:
                given = {"actor": actor(), "mechanism_id": form.mechanism_id.data, "now": clock.now(), **_plan(form)}
                meeting = extra.plan(session, request_id=source.id, **given) if source else service.plan(session, **given)
                meeting_id, name = meeting.id, meeting.name
        except BadInput as bad:
            form.form_errors.append(bad.message)
        else:
            flash(f"{name}已列入筹备，尚未告知任何人。")
            return to("show", meeting_id=meeting_id)
    return render_template("meetings/plan.html", form=form, meeting=None, told=None, source=source), 422 if form.errors else 200


@bp.route("/<int:meeting_id>/edit", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def edit(meeting_id: int) -> Page:
    """修改会议安排, until the notice is sent."""
    meeting = _open_meeting(meeting_id)
    form = PlanForm(obj=meeting)
    del form.mechanism_id
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.change(
                    session, actor=actor(), meeting_id=meeting_id, version=form.version.data, now=clock.now(), **_plan(form, meeting)
                )
        except BadInput as bad:
            form.form_errors.append(bad.message)
        except Conflict as conflict:
            url = url_for("meetings.edit", meeting_id=meeting_id)
            return conflict_page(conflict, _open_meeting(meeting_id), label="会议安排", theirs_url=url)
        else:
            flash("会议安排已修改。")
            return to("show", meeting_id=meeting_id)
    told = audience.concerned(database(), meeting)
    return render_template("meetings/plan.html", form=form, meeting=meeting, told=told, source=None), 422 if form.errors else 200


@bp.route("/<int:meeting_id>/collect", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def collect(meeting_id: int) -> Page:
    """开始征集议题: who will be told, then the telling."""
    session = database()
    meeting = queries.get_meeting(session, actor(), meeting_id)
    require(actor(), Permission.MEETING_PLAN, meeting.scope)
    form = ActForm()
    if form.validate_on_submit():
        with transaction() as session:
            service.collect(session, actor=actor(), meeting_id=meeting_id, now=clock.now())
        flash("已开始征集议题，成员单位联络员已收到告知。")
        return to("show", meeting_id=meeting_id)
    if not meeting.agenda_is_open or meeting.status in Meeting.COLLECTS:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，不能开始征集议题")
    return render_template(
        "meetings/told.html",
        form=form,
        meeting=meeting,
        title="开始征集议题",
        verb="开始征集并告知",
        message=words.collecting(meeting),
        told=audience.of_members(session, meeting),
        consequences=[
            "开始后各成员单位可看到本次会议。",
            f"议题最迟{words.full_day(meeting.proposals_due_on)}提交，之后提交的列入迟交清单。",
        ],
    )


@bp.route("/<int:meeting_id>/postpone", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def postpone(meeting_id: int) -> Page:
    """推迟会议, with the reason."""
    return _put_off(meeting_id, "推迟", service.postpone)


@bp.route("/<int:meeting_id>/cancel", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def cancel(meeting_id: int) -> Page:
    """取消会议, with the reason."""
    return _put_off(meeting_id, "取消", service.cancel)


def _put_off(meeting_id: int, verb: str, act: Callable[..., Meeting]) -> Page:
    session = database()
    meeting = queries.get_meeting(session, actor(), meeting_id)
    require(actor(), Permission.MEETING_PLAN, meeting.scope)
    form = ReasonForm()
    form.reason.label.text = f"{verb}原因"
    if form.validate_on_submit():
        with transaction() as session:
            act(session, actor=actor(), meeting_id=meeting_id, reason=form.reason.data or "", now=clock.now())
        flash(f"会议已{verb}。")
        return to("show", meeting_id=meeting_id)
    told = audience.concerned(session, meeting)
    kept = "议题退回待列入，可列入其他会议。" if verb == "取消" else "议程和议题保留，改定时间后重新征集、重新通知。"
    page = render_template(
        "meetings/reason.html",
        form=form,
        title=f"{verb}会议：{meeting.name}",
        verb=f"{verb}会议",
        crumb=(meeting.name, url_for("meetings.show", meeting_id=meeting_id)),
        back_url=url_for("meetings.show", meeting_id=meeting_id),
        back_label=f"返回，不{verb}",
        hint="将原文告知上述人员。",
        told=told,
        consequences=[f"{told.in_words}提醒。" if told.people else "尚未告知成员单位，不告知任何人。", kept, *_guests(meeting)],
    )
    return page, 422 if form.errors else 200


def _guests(meeting: Meeting) -> list[str]:
    named = words.listed([f"{guest.body}{guest.name}" for guest in meeting.guests])
    return [f"列席人员不在平台内，请另行通知：{named}。"] if named else []


def _plan(form: PlanForm, meeting: Meeting | None = None) -> dict:
    """The fields of the plan as the service takes them; an emptied name or chair keeps what it was."""
    return {
        "kind": form.kind.data,
        "starts_at": form.starts_at.data,
        "place": form.place.data,
        "proposals_due_on": form.proposals_due_on.data,
        "chair": form.chair.data or (meeting.chair if meeting else ""),
        "title": form.title.data or (meeting.title if meeting else ""),
    }


def _open_meeting(meeting_id: int) -> Meeting:
    meeting = queries.get_meeting(database(), actor(), meeting_id)
    require(actor(), Permission.MEETING_PLAN, meeting.scope)
    if not meeting.agenda_is_open:
        raise IllegalMove(f"会议现为“{meeting.status.label}”：会议通知发出后不再改动，可推迟或取消会议")
    return meeting
