"""更正 of issued minutes: draft, change, sign, download."""

from io import BytesIO

from flask import flash, render_template, send_file, url_for

from coordination import access, attachments, clock
from coordination.access import actor, requires
from coordination.meetings import correcting, queries
from coordination.meetings import minutes as text
from coordination.meetings.forms import CorrectionForm, RemoveForm
from coordination.meetings.routes.blueprint import Page, bp, conflict_page, database, to
from coordination.permissions import Permission, can, require
from coordination.transaction import transaction
from models import Minutes, MinutesCorrection, MinutesStatus
from models.errors import Conflict, IllegalMove, NotFound


@bp.route("/<int:meeting_id>/minutes/corrections/new", methods=["GET", "POST"])
@requires(Permission.MINUTES_ISSUE)
def new_correction(meeting_id: int) -> Page:
    """拟更正."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    minutes = queries.get_minutes(session, who, meeting)
    require(who, Permission.MINUTES_ISSUE, minutes.scope)
    form = CorrectionForm()
    if form.validate_on_submit():
        said, reason = form.text.data or "", form.reason.data or ""
        with transaction() as session:
            row = correcting.draft(session, actor=who, meeting_id=meeting_id, words_=said, reason=reason, now=clock.now())
            correction_id = row.id
        flash("更正已拟好，召集人已收到告知。签发前可以修改。")
        return to("correction", correction_id=correction_id)
    if minutes.status != MinutesStatus.ISSUED and not form.errors:
        raise IllegalMove(f"纪要现为“{minutes.status.label}”，印发后发现差错方可更正，现在请直接修改")
    return _form_page(form, minutes)


@bp.get("/minutes/corrections/<int:correction_id>")
@requires(Permission.MEETING_READ)
def correction(correction_id: int) -> Page:
    """One correction: as it waits for the convenor, or as signed."""
    session, who = database(), actor()
    row = correcting.get(session, who, correction_id)
    form = RemoveForm()
    form.version.data = row.version
    return render_template(
        "meetings/correction.html",
        form=form,
        row=row,
        minutes=row.minutes,
        meeting=row.minutes.meeting,
        may_edit=row.number is None and can(who, Permission.MINUTES_ISSUE, row.scope),
        may_sign=row.number is None and can(who, Permission.MINUTES_SIGN, row.scope),
    )


@bp.route("/minutes/corrections/<int:correction_id>/edit", methods=["GET", "POST"])
@requires(Permission.MINUTES_ISSUE)
def edit_correction(correction_id: int) -> Page:
    """修改更正 before it is signed."""
    session, who = database(), actor()
    row = correcting.get(session, who, correction_id)
    require(who, Permission.MINUTES_ISSUE, row.scope)
    form = CorrectionForm(obj=row)
    if form.validate_on_submit():
        said, reason, version = form.text.data or "", form.reason.data or "", form.version.data or 0
        given = {"words_": said, "reason": reason}
        try:
            with transaction() as session:
                correcting.edit(session, actor=who, correction_id=correction_id, version=version, now=clock.now(), **given)
        except Conflict as conflict:
            url = url_for("meetings.edit_correction", correction_id=correction_id)
            row = correcting.get(database(), who, correction_id)
            return conflict_page(conflict, row.minutes, label="更正", name="text", theirs_url=url)
        flash("更正已修改。")
        return to("correction", correction_id=correction_id)
    if row.number is not None:
        raise IllegalMove(f"{row.label}已签发，不再改动")
    return _form_page(form, row.minutes, row)


def _form_page(form: CorrectionForm, minutes: Minutes, row: MinutesCorrection | None = None) -> Page:
    """The form; where some items are kept to the units that attended, it says that a correction is not."""
    keeps_some = any(item.is_confidential for item in queries.items_of(database(), minutes.meeting))
    facts = {"meeting": minutes.meeting, "minutes": minutes, "row": row, "keeps_some": keeps_some}
    return render_template("meetings/correction_form.html", form=form, **facts), 422 if form.errors else 200


@bp.post("/minutes/corrections/<int:correction_id>/sign")
@requires(Permission.MINUTES_SIGN)
def sign_correction(correction_id: int) -> Page:
    """签发更正."""
    if not access.recently_confirmed(clock.now()):
        return access.confirm_first()
    form = RemoveForm()
    with transaction() as session:
        row = correcting.sign(session, actor=actor(), correction_id=correction_id, version=form.version.data or 0, now=clock.now())
        label, meeting_id = row.label, row.minutes.meeting_id
    flash(f"{label}已签发，收到纪要的单位已收到告知。")
    return to("minutes", anchor="corrections", meeting_id=meeting_id)


@bp.get("/minutes/corrections/<int:correction_id>/file")
@requires(Permission.MEETING_READ)
def correction_file(correction_id: int) -> Page:
    """The .docx of a signed correction."""
    row = correcting.get(database(), actor(), correction_id)
    if row.file is None:
        raise NotFound("这份更正还没有签发")
    content = BytesIO(attachments.read(row.file))
    return send_file(content, mimetype=text.DOCX, as_attachment=True, download_name=row.file.name)
