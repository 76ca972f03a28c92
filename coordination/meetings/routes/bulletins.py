"""简报通报: the office's bulletins, their issue, and the units' 已阅."""

from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires
from coordination.forms import choices
from coordination.meetings import bulletins as service
from coordination.meetings import minutes as text
from coordination.meetings import queries
from coordination.meetings.forms import ActForm, BulletinForm, RemoveForm
from coordination.meetings.routes.blueprint import Page, asked, bp, conflict_page, database, subnav, to
from coordination.permissions import Permission, can, require
from coordination.transaction import transaction
from models import Bulletin, BulletinStatus
from models.errors import BadInput, Conflict, IllegalMove


@bp.get("/bulletins")
@requires(Permission.MEETING_READ)
def bulletins() -> Page:
    """简报通报: newest first; drafts for the office alone."""
    session, who = database(), actor()
    mechanism_id = asked("mechanism")
    return render_template(
        "meetings/bulletins.html",
        subnav=subnav("bulletins"),
        page=service.listed(session, who, mechanism_id=mechanism_id, before=asked("before"), after=asked("after")),
        mechanism_choices=[("", "全部"), *((one.id, one.short_name) for one in queries.mechanisms(session, who))],
        mechanism_id=mechanism_id,
        may_write=can(who, Permission.MEETING_PLAN),
    )


@bp.route("/bulletins/new", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def new_bulletin() -> Page:
    """起草简报或通报; nobody is told."""
    session, who = database(), actor()
    form = BulletinForm()
    form.mechanism_id.choices = choices((one.id, one.short_name) for one in queries.mechanisms(session, who, Permission.MEETING_PLAN))
    if not form.is_submitted():
        form.mechanism_id.data = form.mechanism_id.choices[0].value
    if form.validate_on_submit():
        with transaction() as session:
            made = service.draft(session, actor=who, mechanism_id=form.mechanism_id.data, now=clock.now(), **_said(form))
            bulletin_id = made.id
        flash("已存为草稿，尚未印发。")
        return to("bulletin", anchor="do", bulletin_id=bulletin_id)
    return render_template("meetings/bulletin_form.html", form=form, bulletin=None), 422 if form.errors else 200


@bp.get("/bulletins/<int:bulletin_id>")
@requires(Permission.MEETING_READ)
def bulletin(bulletin_id: int) -> Page:
    """One bulletin: its text, its file, who has read it."""
    session, who = database(), actor()
    found = service.get(session, who, bulletin_id)
    issued, overseen = found.status == BulletinStatus.ISSUED, queries.oversees(who, found.mechanism_id)
    return render_template(
        "meetings/bulletin.html",
        bulletin=found,
        issued=issued,
        may_write=can(who, Permission.MEETING_PLAN, found.scope),
        receipt=service.own_receipt(session, who, found) if issued else None,
        receipts=service.receipts(session, found) if issued and overseen else [],
        history=queries.history(session, found) if overseen else [],
    )


@bp.route("/bulletins/<int:bulletin_id>/edit", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def edit_bulletin(bulletin_id: int) -> Page:
    """修改草稿."""
    session, who = database(), actor()
    found = _open(service.get(session, who, bulletin_id))
    form = BulletinForm(obj=found)
    form.mechanism_id.choices = choices([(found.mechanism_id, found.mechanism.short_name)])
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.edit(session, actor=who, bulletin_id=bulletin_id, version=form.version.data or 0, now=clock.now(), **_said(form))
        except Conflict as conflict:
            found = service.get(database(), who, bulletin_id)
            return conflict_page(conflict, found, label="正文", name="body", theirs_url=url_for(".bulletin", bulletin_id=bulletin_id))
        flash("草稿已保存。")
        return to("bulletin", anchor="do", bulletin_id=bulletin_id)
    return render_template("meetings/bulletin_form.html", form=form, bulletin=found), 422 if form.errors else 200


@bp.route("/bulletins/<int:bulletin_id>/issue", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def issue_bulletin(bulletin_id: int) -> Page:
    """印发: who will be told, then the issue."""
    session, who = database(), actor()
    found = _open(service.get(session, who, bulletin_id))
    require(who, Permission.MEETING_PLAN, found.scope)
    form = RemoveForm(obj=found)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                made = service.issue(session, actor=who, bulletin_id=bulletin_id, version=form.version.data or 0, now=clock.now())
                said = f"{made.kind.label}{made.label}已印发。"
        except BadInput as bad:
            form.form_errors.append(bad.message)
        else:
            flash(said)
            return to("bulletin", bulletin_id=bulletin_id)
    told = service.told(session, found, clock.today())
    shown = {"heading": f"印发{found.kind.label}", "consequence": "印发后编号、存档，不能撤回", "back_label": "返回，不印发"}
    return render_template("meetings/bulletin_told.html", form=form, bulletin=found, told=told, **shown), 422 if form.errors else 200


@bp.get("/bulletins/<int:bulletin_id>/file")
@requires(Permission.MEETING_READ)
def bulletin_file(bulletin_id: int) -> Response:
    """The .docx: the stored file once issued, before that the draft for those who write it."""
    session = database()
    name, content = service.document(session, service.get(session, actor(), bulletin_id), clock.today())
    return send_file(BytesIO(content), mimetype=text.DOCX, as_attachment=True, download_name=name)


@bp.post("/bulletins/<int:bulletin_id>/receipt")
@requires(Permission.MINUTES_RECEIVE)
def receive_bulletin(bulletin_id: int) -> Response:
    """已阅."""
    with transaction() as session:
        service.acknowledge(session, actor=actor(), bulletin_id=bulletin_id, now=clock.now())
    flash("已记下本单位阅知。")
    return redirect(url_for("desk.index")) if request.form.get("back") == "desk" else to("bulletin", bulletin_id=bulletin_id)


@bp.route("/bulletins/<int:bulletin_id>/remind", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def remind_bulletin(bulletin_id: int) -> Page:
    """提醒阅知: who will be told, then the reminder."""
    session, who = database(), actor()
    found = service.get(session, who, bulletin_id)
    require(who, Permission.MEETING_PLAN, found.scope)
    form = ActForm()
    if form.validate_on_submit():
        with transaction() as session:
            told = service.remind(session, actor=who, bulletin_id=bulletin_id, now=clock.now())
        flash(f"已提醒{told}人。")
        return to("bulletin", bulletin_id=bulletin_id)
    unread = service.unread_audience(session, found, clock.today())
    if not unread.groups:
        raise IllegalMove("没有需要提醒的单位")
    shown = {"heading": "提醒阅知", "consequence": "只提醒尚未阅知的单位", "back_label": "返回，不提醒"}
    return render_template("meetings/bulletin_told.html", form=form, bulletin=found, told=unread, **shown)


@bp.post("/bulletins/<int:bulletin_id>/discard")
@requires(Permission.MEETING_PLAN)
def discard_bulletin(bulletin_id: int) -> Response:
    """删去草稿."""
    with transaction() as session:
        service.discard(session, actor=actor(), bulletin_id=bulletin_id, now=clock.now())
    flash("草稿已删去。")
    return to("bulletins")


def _open(found: Bulletin) -> Bulletin:
    if found.status != BulletinStatus.DRAFT:
        raise IllegalMove(f"{found.label}已印发，不能再修改")
    return found


def _said(form: BulletinForm) -> dict[str, Any]:
    return {"kind": form.kind.data, "title": form.title.data or "", "body": form.body.data or ""}
