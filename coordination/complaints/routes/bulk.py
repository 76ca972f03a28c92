"""分派 of several cases at once: chosen in the queue, looked at on a page of their own, then assigned."""

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer
from coordination.complaints import bulk, forms, queries
from coordination.complaints.actions import Action, possible
from coordination.complaints.advising import advisor
from coordination.complaints.routes import suggesting
from coordination.complaints.routes.blueprint import bp, database, unit_choices
from coordination.permissions import Permission
from coordination.transaction import transaction
from models import Complaint
from models.errors import BadInput, NotFound

PAIR = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")  # a case and its unit


@bp.route("/assign-many", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def assign_many() -> Answer:
    """The page that confirms, and the assigning; what could not be assigned is told with its reason."""
    chosen = _chosen(request.values.getlist("id", type=int))
    if not chosen:
        flash("请先在队列中勾选要分派的投诉举报。", "warning")
        return redirect(url_for("complaints.index"))
    form, status = forms.AssignMany(), 200
    form.lead_id.choices = forms.choices(unit_choices())
    if form.validate_on_submit():
        pairs = [(one.id, form.lead_id.data) for one in chosen]
        try:
            with transaction() as session:
                told: dict[str, Any] = {"note": form.note.data or "", "report_by": form.report_by.data, "why": form.why.data or ""}
                done = bulk.assign_many(session, actor=actor(), pairs=pairs, now=clock.now(), **told)
        except BadInput as wrong:
            form.form_errors.append(wrong.message)
            status = 422
        else:
            return _said(done, chosen)
    elif form.errors and request.method == "POST":
        status = 422
    return render_template("complaints/bulk.html", form=form, chosen=chosen), status


@bp.route("/assign-advised", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def assign_advised() -> Answer:
    """按建议分派: every suggestion with its reasons, then the assigning; what nobody is sure of is left to a person."""
    found = (PAIR.fullmatch(pair) for pair in request.form.getlist("pair")[: bulk.MOST])
    pairs = [(int(pair[1]), int(pair[2])) for pair in found if pair is not None]
    chosen = _chosen(request.args.getlist("id", type=int) or [one for one, _ in pairs])
    if not chosen:
        flash("请先在队列中勾选要分派的投诉举报。", "warning")
        return redirect(url_for("complaints.index"))
    form, status = forms.AssignAdvised(), 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                told: dict[str, Any] = {"note": form.note.data or "", "report_by": form.report_by.data, "as_advised": True}
                done = bulk.assign_many(session, actor=actor(), pairs=pairs, now=clock.now(), **told)
        except BadInput as wrong:
            form.form_errors.append(wrong.message)
            status = 422
        else:
            return _said(done, chosen)
    elif form.errors and request.method == "POST":
        status = 422
    judge, units = advisor(database(), clock.today()), unit_choices()
    told_of = [(one, suggesting.shown(judge.advise(one), one, units)) for one in chosen]
    sure = [pair for pair in told_of if pair[1].preset is not None]
    return render_template(
        "complaints/bulk_advised.html", form=form, rows=sure, unsure=[pair for pair in told_of if pair not in sure]
    ), status


def _said(done: list[bulk.Done], chosen: list[Complaint]) -> Answer:
    """How many were assigned, and what was not, with the reason."""
    refused = [one for one in done if not one.is_done]
    flash(f"已分派{len(done) - len(refused)}件，已通知联络员签收。")
    if not refused:
        return redirect(url_for("complaints.index"))
    numbers = {one.id: one.number for one in chosen}
    return render_template("complaints/bulk_refused.html", refused=refused, numbers=numbers)


def _chosen(ids: list[int]) -> list[Complaint]:
    """The cases named that this person may assign, in the order of the queue, each once."""
    found = []
    for id_ in dict.fromkeys(ids[: bulk.MOST]):
        try:
            complaint = queries.get_complaint(database(), actor(), id_)
        except NotFound:
            continue
        if Action.ASSIGN in possible(actor(), complaint):
            found.append(complaint)
    return found
