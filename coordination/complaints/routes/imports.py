"""导入: upload → 核对 → taken in while the page shows how far it is; broken off, it is taken up again."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, stream_template, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from coordination import clock, sheets
from coordination.access import actor, requires
from coordination.acting import Answer
from coordination.complaints import columns, forms, taking
from coordination.complaints.importing import Import
from coordination.complaints.routes.blueprint import bp, database, tabs
from coordination.permissions import Actor, Permission
from coordination.transaction import transaction
from models import ComplaintImport
from models.errors import BadInput, IllegalMove, RuleBroken

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 30


@dataclass(frozen=True)
class Reached:
    """How far an import has come: rows done; ``ended``: all of them; ``broken``: why it stopped."""

    done: int
    ended: ComplaintImport | None = None
    broken: str = ""


@bp.route("/imports", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_IMPORT)
def imports() -> Answer:
    """Upload a table, and the tables taken in so far."""
    form = forms.Table()
    if form.validate_on_submit():
        content, name = form.file.data.read(), form.file.data.filename or ""
        try:
            with transaction() as session:
                found = taking.look(session, actor=actor(), name=name, content=content, now=clock.now())
                url = url_for("complaints.one_import", import_id=found.id)
        except BadInput as wrong:
            form.form_errors.append(wrong.message)
        else:
            return redirect(url)
    rows = taking.newest(database(), actor(), before=request.args.get("before", type=int), limit=PAGE + 1)
    older = url_for("complaints.imports", before=rows[PAGE - 1].id) if len(rows) > PAGE else None
    page = render_template("complaints/imports.html", form=form, rows=rows[:PAGE], older=older, subnav=tabs("imports"))
    return page, 422 if form.errors else 200


@bp.get("/imports/<int:import_id>")
@requires(Permission.COMPLAINT_IMPORT)
def one_import(import_id: int) -> Answer:
    """One table: what it would do, or what came of it."""
    found = taking.get_import(database(), actor(), import_id)
    shown: dict[str, Any] = {"found": found, "preview": None, "gone": "", "rejected": [], "form": forms.Confirm()}
    if found.finished_at is not None:
        shown["rejected"] = taking.rejected_rows(found)
    else:
        try:
            shown["preview"] = taking.preview(database(), actor=actor(), import_id=import_id, now=clock.now())
        except (BadInput, IllegalMove) as broken:
            shown["gone"] = broken.message
    return render_template("complaints/import.html", fields=list(taking.WORDS.items()), **shown)


@bp.post("/imports/<int:import_id>/columns")
@requires(Permission.COMPLAINT_IMPORT)
def import_columns(import_id: int) -> Response:
    """What headings mean, remembered for the next file too."""
    headings, keys = request.form.getlist("heading"), request.form.getlist("key")
    meanings = {heading: key for heading, key in zip(headings, keys, strict=False) if heading and len(heading) <= columns.LENGTHS["text"]}
    try:
        with transaction() as session:
            taking.remember(session, actor=actor(), import_id=import_id, meanings=meanings, now=clock.now())
    except BadInput as wrong:
        flash(wrong.message, "bad")
    else:
        flash("已记住列的对应关系，下次导入沿用。")
    return redirect(url_for("complaints.one_import", import_id=import_id))


@bp.post("/imports/<int:import_id>/run")
@requires(Permission.COMPLAINT_IMPORT)
def run_import(import_id: int) -> Answer:
    """Take it in; the page grows as it goes on, without scripts."""
    me = actor()
    try:
        with transaction() as session:
            running, found = taking.begin(session, actor=me, import_id=import_id, now=clock.now())
            total, name = found.total, found.file_name
    except IllegalMove as broken:
        flash(broken.message, "bad")
        return redirect(url_for("complaints.one_import", import_id=import_id))
    body = stream_template("complaints/importing.html", total=total, name=name, import_id=import_id, steps=_run(me, import_id, running))
    return Response(body, mimetype="text/html")  # type: ignore[arg-type]


def _run(me: Actor, import_id: int, running: Import) -> Iterator[Reached]:
    """Batch by batch, each in its own transaction: what is in stays in, whatever happens to the rest."""
    done = 0
    try:
        for batch in running.batches():
            with transaction() as session:
                done = taking.advance(session, actor=me, import_id=import_id, running=running, batch=batch)
            yield Reached(done)
        with transaction() as session:
            taking.finish(session, actor=me, import_id=import_id, result=running.result, now=clock.now())
        yield Reached(done, ended=taking.get_import(database(), me, import_id))
    except RuleBroken as broken:
        yield Reached(done, broken=broken.message)
    except SQLAlchemyError:
        yield Reached(done, broken="数据库暂时不能写入")


@bp.get("/imports/<int:import_id>/rejected.xlsx")
@requires(Permission.COMPLAINT_IMPORT)
def rejected_rows(import_id: int) -> Response:
    """不能导入的行: the row, its number, the column, the reason; not the cells, which hold people's data."""
    found = taking.get_import(database(), actor(), import_id)
    rows = [(str(one.row), one.number, one.column, one.reason) for one in taking.rejected_rows(found)]
    content = BytesIO(sheets.write("不能导入的行", ("行", "登记编号", "列", "原因"), rows))
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name="不能导入的行.xlsx")
