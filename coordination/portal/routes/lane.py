"""先行和解: the recognised unit answers behind the link it was sent; no account, and nothing of it in any list."""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import public
from coordination.complaints import fast_lane
from coordination.portal import flood
from coordination.portal.forms import LaneForm
from coordination.portal.routes.blueprint import bp
from coordination.registry.feedback import TooMany
from coordination.transaction import transaction
from models.base import db
from models.errors import BadInput, IllegalMove

ANSWERS_AN_HOUR = 20


@bp.route("/lane/<token>", methods=["GET", "POST"])
@public
def lane(token: str) -> Response:
    """The case as the unit may read it, and its answer. A link that was never given is 404; one that is over says so."""
    form, status, now = LaneForm(), 200, clock.now()
    said = ""
    if form.validate_on_submit():
        try:
            with transaction() as session:
                flood.take_turn(session, "lane", request.remote_addr or "", ANSWERS_AN_HOUR, now)
                settled = form.settled.data == "yes"
                done = fast_lane.answer_lane(session, token=token, settled=settled, text=form.text.data or "", now=now)
                said = f"已收到您的答复：{done.status.label}。"
        except (BadInput, IllegalMove, TooMany) as broken:
            form.form_errors.append(broken.message)
            status = broken.status
    elif form.errors:
        status = 422
    view, over = None, ""
    if not said:
        try:
            view = fast_lane.seen_by_business(db.session(), token=token, now=now)
        except IllegalMove as ended:
            over = ended.message
    page = render_template("portal/lane.html", form=form, view=view, over=over, said=said)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
