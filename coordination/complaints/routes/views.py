"""我的视图: naming the filters of a queue, coming back to them, letting them go."""

from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer
from coordination.complaints import forms, listing, saving
from coordination.complaints.routes.blueprint import bp, database, unit_choices
from coordination.permissions import Permission
from coordination.transaction import transaction
from models import Channel, ComplaintKind
from models.errors import BadInput

READ = Permission.COMPLAINT_READ
LABELS = {"light": {"late": "已逾期", "near": "临期"}}


@bp.route("/views", methods=["GET", "POST"])
@requires(READ)
def views() -> Answer:
    """The views of this person, and naming the filters one came with (``query``)."""
    form, status = forms.NamedView(data={"query": request.query_string.decode(errors="replace")}), 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                made = saving.keep(session, actor=actor(), name=form.name.data or "", query=form.query.data or "", now=clock.now())
                name, query = made.name, made.query
        except BadInput as wrong:
            form.form_errors.append(wrong.message)
        else:
            flash(f"已保存视图“{name}”，在队列上方可直接打开。")
            return redirect(f"{url_for('.index')}?{query}")
    if form.errors:
        status = 422
    rows = [(one, f"{url_for('.index')}?{one.query}", in_words(one.query)) for one in saving.saved(database(), actor())]
    asked = saving.narrowed(form.query.data or "")
    return render_template("complaints/views.html", form=form, rows=rows, asked=in_words(asked)), status


@bp.post("/views/<int:view_id>/drop")
@requires(READ)
def drop_view(view_id: int) -> Response:
    """Let one go."""
    with transaction() as session:
        name = saving.drop(session, actor=actor(), view_id=view_id, now=clock.now())
    flash(f"已移除视图“{name}”。")
    return redirect(url_for(".views"))


def in_words(query: str) -> str:
    """The filters as people read them: 待分派，举报，临期."""
    asked = dict(parse_qsl(query))
    queues = {**listing.UNITS, **listing.views(actor())}
    words = (
        queues[asked["view"]][0] if asked.get("view") in queues else "",
        next((kind.label for kind in ComplaintKind if kind.value == asked.get("kind")), ""),
        LABELS["light"].get(asked.get("light", ""), ""),
        next((channel.label for channel in Channel if channel.value == asked.get("channel")), ""),
        f"所在地含“{asked['place']}”" if asked.get("place") else "",
        next((name for id_, name in unit_choices() if str(id_) == asked["unit"]), "") if asked.get("unit") else "",
    )
    return "，".join(filter(None, words))
