"""A proposal before it is handed in: 报请审签, 审签, 退回修改, and its papers."""

from io import BytesIO

from flask import flash, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import attachments, clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did, act_page
from coordination.meetings import proposals as service
from coordination.meetings import queries
from coordination.meetings.forms import ReasonForm
from coordination.meetings.routes.blueprint import Page, bp, database, to
from coordination.permissions import Permission, require
from coordination.transaction import transaction
from models.errors import IllegalMove, NotFound


@bp.post("/proposals/<int:proposal_id>/ask-release")
@requires(Permission.PROPOSAL_WRITE)
def ask_release(proposal_id: int) -> Page:
    """报请审签."""
    with transaction() as session:
        service.ask_release(session, actor=actor(), proposal_id=proposal_id, now=clock.now())
    flash("已报请本单位负责人审签。审签后可提交。")
    return to("proposal", proposal_id=proposal_id)


@bp.post("/proposals/<int:proposal_id>/release")
@requires(Permission.PROPOSAL_RELEASE)
def release_proposal(proposal_id: int) -> Page:
    """审签."""
    with transaction() as session:
        service.release(session, actor=actor(), proposal_id=proposal_id, now=clock.now())
    flash("已审签，可以提交联席会议办公室。")
    return to("proposal", anchor="do", proposal_id=proposal_id)


@bp.route("/proposals/<int:proposal_id>/ask-changes", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_RELEASE)
def ask_changes(proposal_id: int) -> Answer:
    """退回修改, with what the head wants changed."""
    found = queries.get_proposal(database(), actor(), proposal_id)
    require(actor(), Permission.PROPOSAL_RELEASE, found.scope)
    if not (found.waits_for_head or found.status == "released"):
        raise IllegalMove(f"议题现为“{found.status.label}”，没有报请审签")
    form = ReasonForm()
    form.reason.label.text = "修改意见"
    there = url_for("meetings.proposal", proposal_id=proposal_id)

    def act(session: Session) -> Did:
        service.ask_changes(session, actor=actor(), proposal_id=proposal_id, reason=form.reason.data or "", now=clock.now())
        return "已退回联络员修改。", there

    lines = ("本单位联络员会收到修改意见，修改后再报请审签",)
    more = {"consequences": lines, "crumbs": [("议题", there)], "back_label": "返回，不退回"}
    return act_page(form, act, title=f"退回修改：{found.title}", verb="退回修改", back=there, **more)


@bp.get("/proposals/<int:proposal_id>/files/<int:file_id>")
@requires(Permission.MEETING_READ)
def proposal_file(proposal_id: int, file_id: int) -> Response:
    """A paper of the proposal; always as a download, whatever it is."""
    found = queries.get_proposal(database(), actor(), proposal_id)
    stored = next((one for one in found.files if one.id == file_id), None)
    if stored is None:
        raise NotFound("没有这个附件")
    content = BytesIO(attachments.read(stored))
    response = send_file(content, mimetype=stored.media_type, as_attachment=True, download_name=stored.name)
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


@bp.post("/proposals/<int:proposal_id>/files/<int:file_id>/remove")
@requires(Permission.PROPOSAL_WRITE)
def remove_proposal_file(proposal_id: int, file_id: int) -> Page:
    """移除附件."""
    with transaction() as session:
        service.remove_file(session, actor=actor(), proposal_id=proposal_id, file_id=file_id, now=clock.now())
    flash("附件已移除。")
    return to("proposal", anchor="files", proposal_id=proposal_id)
