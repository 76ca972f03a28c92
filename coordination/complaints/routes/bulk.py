"""分派 of several cases at once: chosen in the queue, looked at on a page of their own, then assigned."""

from flask import flash, redirect, render_template, request, url_for

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer
from coordination.complaints import bulk, forms, queries
from coordination.complaints.actions import Action, possible
from coordination.complaints.routes.blueprint import bp, database, unit_choices
from coordination.permissions import Permission
from coordination.transaction import transaction
from models import Complaint
from models.errors import BadInput, NotFound


@bp.route("/assign-many", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def assign_many() -> Answer:
    """The page that confirms, and the assigning; what could not be assigned is told with its reason."""
    chosen = _chosen(request.values.getlist("id", type=int))
    if not chosen:
        flash("请先在队列中勾选要分派的投诉举报。", "warning")
        return redirect(url_for("complaints.index"))
    form, status, refused = forms.AssignMany(), 200, []
    form.lead_id.choices = forms.choices(unit_choices())
    if form.validate_on_submit():
        pairs = [(one.id, form.lead_id.data) for one in chosen]
        try:
            with transaction() as session:
                note, by = form.note.data or "", form.report_by.data
                done = bulk.assign_many(session, actor=actor(), pairs=pairs, note=note, report_by=by, now=clock.now())
        except BadInput as wrong:
            form.form_errors.append(wrong.message)
            status = 422
        else:
            refused = [one for one in done if not one.is_done]
            flash(f"已分派{len(done) - len(refused)}件，已通知联络员签收。")
            if not refused:
                return redirect(url_for("complaints.index"))
            numbers = {one.id: one.number for one in chosen}
            return render_template("complaints/bulk_refused.html", refused=refused, numbers=numbers)
    elif form.errors and request.method == "POST":
        status = 422
    return render_template("complaints/bulk.html", form=form, chosen=chosen), status


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
