"""The page of one case, and who complained, shown for a reason that is kept."""

from flask import render_template, url_for

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, history
from coordination.complaints import forms, listing, papers, queries, registering
from coordination.complaints.actions import Action
from coordination.complaints.routes import page
from coordination.complaints.routes.blueprint import bp, database, home, opened, title_of
from coordination.permissions import Permission
from coordination.transaction import transaction
from models.errors import BadInput


@bp.get("/<int:complaint_id>")
@requires(Permission.COMPLAINT_READ)
def show(complaint_id: int) -> Answer:
    """One case: its clocks, where it stands, what may be done now, and all that was done."""
    session = database()
    complaint = queries.get_complaint(session, actor(), complaint_id)
    visit = page.Visit(session, actor(), complaint, clock.today())
    others = listing.neighbours_of(session, actor(), complaint.business_id, complaint.id) if complaint.business_id else []
    return render_template(
        "complaints/show.html",
        complaint=complaint,
        title=title_of(complaint),
        light=page.lamp(visit),
        chain=page.chain(visit),
        step=page.next_step(visit),
        more=page.more(visit),
        clocks=page.clocks(visit),
        facts=page.facts(visit),
        history=history(session, complaint),
        papers=[kind for kind in papers.available(complaint) if papers.may_make(actor(), complaint, kind)],
        made=papers.made(session, complaint),
        others=others,
    )


@bp.route("/<int:complaint_id>/unmask", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_UNMASK)
def unmask(complaint_id: int) -> Answer:
    """查看投诉人信息: asked with the purpose, shown once, kept nowhere but in the audit ledger's note that it was shown."""
    complaint = opened(complaint_id, Action.UNMASK)
    form, person, status = forms.Purpose(), None, 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                reason, now = form.reason.data or "", clock.now()
                person = registering.unmask(session, actor=actor(), complaint_id=complaint_id, reason=reason, now=now)
        except BadInput as wrong:
            form.form_errors.append(wrong.message)
            status = 422
    elif form.errors:
        status = 422
    crumbs = [("投诉举报", url_for("complaints.index")), (complaint.number, home(complaint_id))]
    return render_template("complaints/unmask.html", form=form, person=person, complaint=complaint, crumbs=crumbs), status
