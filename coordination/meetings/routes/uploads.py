"""Word定稿 of minutes: upload it, see where it differs from the compiled text, download it, go back to the compiled one."""

from io import BytesIO

from flask import flash, render_template, send_file

from coordination import attachments, clock, evidence
from coordination.access import actor, requires
from coordination.meetings import minutes as text
from coordination.meetings import queries, uploading
from coordination.meetings.forms import ActForm, UploadForm
from coordination.meetings.routes.blueprint import Page, bp, database, to
from coordination.permissions import Permission, can
from coordination.transaction import transaction
from models import Minutes
from models.errors import BadInput, IllegalMove, NotFound


@bp.get("/<int:meeting_id>/minutes/upload")
@requires(Permission.MEETING_READ)
def minutes_upload(meeting_id: int) -> Page:
    """上传Word定稿, and what was uploaded against the compiled text."""
    return _page(_overseen(meeting_id), UploadForm())


@bp.post("/<int:meeting_id>/minutes/upload")
@requires(Permission.MINUTES_EDIT)
def upload_minutes(meeting_id: int) -> Page:
    """Take in a final text, judged by its bytes."""
    form, minutes = UploadForm(), _overseen(meeting_id)
    if not form.validate_on_submit():
        return _page(minutes, form), 422
    given = form.file.data
    try:
        file = evidence.word_document(given.filename or "", given.read())
        with transaction() as session:
            uploading.upload(session, actor=actor(), meeting_id=meeting_id, file=file, now=clock.now())
    except BadInput as refused:
        form.file.errors = [*form.file.errors, str(refused)]
        return _page(_overseen(meeting_id), form), 422
    flash("已上传Word定稿，印发时用这份文件。请核对与汇编稿的不同。")
    return to("minutes_upload", meeting_id=meeting_id)


@bp.post("/<int:meeting_id>/minutes/upload/drop")
@requires(Permission.MINUTES_EDIT)
def drop_upload(meeting_id: int) -> Page:
    """改用汇编稿."""
    with transaction() as session:
        uploading.drop(session, actor=actor(), meeting_id=meeting_id, now=clock.now())
    flash("已改用汇编稿，上传的文件留存备查。")
    return to("minutes_upload", meeting_id=meeting_id)


@bp.get("/<int:meeting_id>/minutes/upload/file")
@requires(Permission.MEETING_READ)
def upload_file(meeting_id: int) -> Page:
    """The uploaded file as it is."""
    uploaded = uploading.current(database(), _overseen(meeting_id))
    if uploaded is None:
        raise NotFound("没有上传的Word定稿")
    content = BytesIO(attachments.read(uploaded.file))
    return send_file(content, mimetype=text.DOCX, as_attachment=True, download_name=uploaded.file.name)


def _overseen(meeting_id: int) -> Minutes:
    """The minutes, for those who read drafts."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    if not queries.oversees(who, meeting.mechanism_id):
        raise NotFound("没有上传的Word定稿")
    return queries.get_minutes(session, who, meeting)


def _page(minutes: Minutes, form: UploadForm) -> str:
    session, meeting = database(), minutes.meeting
    may_edit = can(actor(), Permission.MINUTES_EDIT, minutes.scope) and minutes.is_open
    uploaded = uploading.current(session, minutes)
    if uploaded is None and not may_edit:
        raise IllegalMove("没有上传的Word定稿，印发时用汇编稿")
    return render_template(
        "meetings/upload.html",
        form=form,
        act=ActForm(),
        meeting=meeting,
        minutes=minutes,
        uploaded=uploaded,
        texts=uploading.compared(session, meeting, minutes, uploaded, clock.today()) if uploaded else None,
        unfinished=uploading.unfinished(session, minutes) if minutes.is_open else [],
        may_edit=may_edit,
    )
