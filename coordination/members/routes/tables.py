"""The duty register as a table: taken away, or taken in after 核对, all of it or none."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coordination import attachments, checked, clock
from coordination.access import actor, requires
from coordination.members import importing
from coordination.members.routes.blueprint import Answer, bp
from coordination.permissions import Permission
from coordination.sheets import Preview
from coordination.transaction import transaction
from models.base import db
from models.errors import BadInput


@bp.get("/duties.xlsx")
@requires(Permission.MEMBERS_READ)
def export_duties() -> Response:
    """The register as it stands, or with all that is over (``?state=all``), in the columns of the import."""
    today = clock.today()
    content = importing.export(db.session(), None if request.args.get("state") == "all" else today)
    return checked.table_file(content, f"{importing.TITLE} {today:%Y%m%d}")


@bp.get("/duties/import/blank.xlsx")
@requires(Permission.MEMBERS_READ)
def blank_duties() -> Response:
    """An empty table with the columns."""
    return checked.blank(importing.TITLE, importing.COLUMNS)


@bp.route("/duties/import", methods=["GET", "POST"])
@requires(Permission.DUTY_EDIT)
def import_duties() -> Answer:
    """导入职责: the upload, then what each line would do. Nothing is written but the table's bytes."""
    form = checked.Table()
    if form.validate_on_submit():
        content = form.file.data.read()
        try:
            return _review(_look(content), checked.set_aside(content, clock.now()))
        except BadInput as wrong:
            form.form_errors.append(wrong.message)
    names = [column.names[0] + ("" if column.required else "（可空）") for column in importing.COLUMNS.values()]
    return render_template("members/import.html", form=form, columns=names), 422 if form.errors else 200


@bp.post("/duties/import/confirmed")
@requires(Permission.DUTY_EDIT)
def duties_confirmed() -> Answer:
    """Take in the table that was looked at; BadInput leaves everything as it was and says why."""
    form = checked.Checked()
    content = checked.kept(form) if form.validate_on_submit() else None
    if content is None:
        return _gone()
    try:
        with transaction() as session:
            taken = importing.take_in(session, actor=actor(), content=content, now=clock.now())
    except BadInput as refused:
        return render_template("members/review.html", form=form, preview=None, rows=(), unshown=0, refused=refused.message), 422
    attachments.drop_aside(form.digest.data or "")
    flash(f"已导入{taken:,}项职责。" if taken else "表中都是已有的，没有导入新的。")
    return redirect(url_for("members.duties"))


@bp.post("/duties/import/refused.xlsx")
@requires(Permission.DUTY_EDIT)
def duties_refused() -> Answer:
    """不能导入的行, each with its reason."""
    form = checked.Checked()
    content = checked.kept(form) if form.validate_on_submit() else None
    return _gone() if content is None else checked.refused_rows(content, importing.COLUMNS, _look(content))


def _look(content: bytes) -> Preview:
    return importing.preview(db.session(), actor=actor(), content=content, now=clock.now())


def _review(preview: Preview, aside: dict[str, str]) -> str:
    lines = checked.lines(preview)
    form = checked.Checked(formdata=None, data=aside)
    unshown = max(0, len(lines) - checked.SHOWN)
    return render_template("members/review.html", form=form, preview=preview, rows=lines[: checked.SHOWN], unshown=unshown, refused=None)


def _gone() -> Response:
    flash("表格已不在，请重新上传核对。", "warning")
    return redirect(url_for("members.import_duties"))
