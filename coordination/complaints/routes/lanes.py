"""先行和解: offered to a recognised unit through a link, confirmed with the complainant; and a promise proven broken."""

from flask import render_template, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did
from coordination.complaints import fast_lane, forms
from coordination.complaints.actions import Action
from coordination.complaints.routes.blueprint import act_on, bp, database, home, opened
from coordination.notices import full_day
from coordination.permissions import Permission
from coordination.settings.queries import setting
from coordination.transaction import transaction
from models.errors import BadInput, IllegalMove


@bp.route("/<int:complaint_id>/lane", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def offer_lane(complaint_id: int) -> Answer:
    """转经营者先行和解: the link is shown once, to be sent to the unit."""
    complaint = opened(complaint_id, Action.OFFER_LANE)
    form, status = forms.Lane(), 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                given = {"consents": bool(form.consents.data), "shares_contact": bool(form.shares_contact.data)}
                lane, token = fast_lane.offer(session, actor=actor(), complaint_id=complaint_id, now=clock.now(), **given)
                name, until = lane.recognition.business.name, full_day(lane.due_on)
                site = setting(session, "site_url").rstrip("/")
        except (BadInput, IllegalMove) as broken:
            form.form_errors.append(broken.message)
            status = broken.status
        else:
            link = site + url_for("portal.lane", token=token) if site else url_for("portal.lane", token=token, _external=True)
            return render_template("complaints/lane_link.html", link=link, name=name, until=until, complaint=complaint)
    elif form.errors:
        status = 422
    found = fast_lane.offering(database(), complaint.business_id, clock.today())
    crumbs = [("投诉举报", url_for("complaints.index")), (complaint.number, home(complaint_id))]
    page = render_template("complaints/lane.html", form=form, complaint=complaint, offering=found, crumbs=crumbs)
    return page, status


@bp.route("/<int:complaint_id>/lane/confirm", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def confirm_lane(complaint_id: int) -> Answer:
    """What the complainant says of the settlement."""
    complaint = opened(complaint_id, Action.CONFIRM_LANE)
    form = forms.LaneConfirm()
    lane = fast_lane.lane_of(database(), complaint)

    def act(session: Session) -> Did:
        told = {"confirmed": form.confirmed.data == "yes", "note": form.note.data or ""}
        done = fast_lane.confirm_lane(session, actor=actor(), complaint_id=complaint_id, now=clock.now(), **told)
        return f"已登记：{done.status.label}。", home(complaint_id)

    what = f"经营者答复：{lane.answer}" if lane is not None else None
    hints = {"note": "写明何时以何种方式向投诉人核实"}
    return act_on(complaint, Action.CONFIRM_LANE, form, act, what=what, hints=hints)


@bp.route("/<int:complaint_id>/broken-promise", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def prove_broken(complaint_id: int) -> Answer:
    """登记承诺未兑现."""
    complaint = opened(complaint_id, Action.PROVE_BROKEN)
    form = forms.BrokenPromise()
    found = fast_lane.promises_of(database(), complaint, clock.today())
    form.promise_id.choices = forms.choices((one.id, f"{one.kind.label}：{one.text}") for one in found)

    def act(session: Session) -> Did:
        given = {"promise_id": form.promise_id.data, "finding": form.finding.data or "", "document_no": form.document_no.data or ""}
        fast_lane.prove_broken(session, actor=actor(), complaint_id=complaint_id, now=clock.now(), **given)
        return "已登记为失信信息，移出建议由联席会议办公室确认。", home(complaint_id)

    lines = ("作为失信信息提出移出名录的建议，由联席会议办公室确认",)
    return act_on(complaint, Action.PROVE_BROKEN, form, act, consequences=lines, kind="danger", back_label="返回，不登记")
