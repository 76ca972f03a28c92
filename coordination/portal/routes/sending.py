"""What the public sends about units: feedback, objections to a public notice, appeals against a removal. Each answers with a receipt."""

from collections.abc import Callable
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import public
from coordination.permissions import PUBLIC
from coordination.portal import flood, queries, receipts
from coordination.portal.forms import AppealForm, FeedbackForm, ObjectionForm
from coordination.portal.routes.blueprint import bp
from coordination.registry import appeals, feedback, service
from coordination.transaction import transaction
from models import FeedbackKind, Recognition
from models.base import db
from models.errors import BadInput, IllegalMove

OBJECTIONS_AN_HOUR = 10  # from one address, as every number here
APPEALS_AN_HOUR = 10


@bp.route("/feedback", methods=["GET", "POST"])
@public
def feedback_on_plaque() -> Response:
    """监督反馈 on a plaque that nobody here issued, or on anything of the list."""
    return _feedback(None)


@bp.route("/units/<int:unit_id>/feedback", methods=["GET", "POST"])
@public
def feedback_on_unit(unit_id: int) -> Response:
    """监督反馈 on a unit that is or was on the list."""
    return _feedback(queries.recognised(db.session(), unit_id))


def _feedback(unit: Recognition | None) -> Response:
    offered = list(FeedbackKind) if unit is not None else [FeedbackKind.FAKE, FeedbackKind.OTHER]
    kinds, asked = {kind.value: kind for kind in offered}, request.args.get("kind", "")
    form = FeedbackForm(kind=asked if asked in kinds else None)
    form.offer(offered)

    def send() -> str:
        with transaction() as session:
            sent = feedback.send(
                session,
                recognition_id=unit.id if unit is not None else None,
                kind=kinds[form.kind.data],
                text=form.text.data,
                contact=form.contact.data or "",
                address=request.remote_addr or "",
                now=clock.now(),
            )
            return receipts.token_of(receipts.FEEDBACK, sent.id)

    return _sent(form, send, "portal/feedback.html", unit=unit)


@bp.route("/units/notice/<int:unit_id>/objection", methods=["GET", "POST"])
@public
def objection(unit_id: int) -> Response:
    """公示异议, while the notice runs."""
    unit = queries.on_notice(db.session(), unit_id, clock.today())
    form = ObjectionForm()

    def send() -> str:
        now = clock.now()
        with transaction() as session:
            flood.take_turn(session, "objection", request.remote_addr or "", OBJECTIONS_AN_HOUR, now)
            more = {"text": form.text.data, "contact": form.contact.data or "", "now": now}
            sent = service.object_to(session, actor=PUBLIC, recognition_id=unit.id, **more)
            return receipts.token_of(receipts.OBJECTION, sent.id)

    return _sent(form, send, "portal/objection.html", unit=unit)


@bp.route("/appeals", methods=["GET", "POST"])
@public
def appeal() -> Response:
    """申诉 by a removed business, which names its certificate and its code."""
    form = AppealForm(certificate_no=request.args.get("certificate", ""))

    def send() -> str:
        now = clock.now()
        with transaction() as session:
            flood.take_turn(session, "appeal", request.remote_addr or "", APPEALS_AN_HOUR, now)
            removal_id = queries.removal_of(session, form.certificate_no.data, form.uscc.data)
            more = {"text": form.text.data, "contact": form.contact.data, "now": now}
            sent = appeals.lodge(session, actor=PUBLIC, removal_id=removal_id, **more)
            return receipts.token_of(receipts.APPEAL, sent.id)

    return _sent(form, send, "portal/appeal.html")


def _sent(form: Any, send: Callable[[], str], template: str, **about: Any) -> Response:
    """The form, or once it is filled what ``send`` did, as a receipt. What is refused stands on the form, with all that was typed."""
    status = 200
    if form.validate_on_submit():
        try:
            return redirect(url_for(".receipt", token=send()))
        except (BadInput, IllegalMove) as refused:
            form.form_errors.append(refused.message)
            status = refused.status
    elif request.method == "POST":
        status = 422
    response = make_response(render_template(template, form=form, **about), status)
    response.headers["Cache-Control"] = "no-store"
    return response
