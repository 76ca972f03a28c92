"""扫码签到 at the venue of a meeting, for people without an account."""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import public
from coordination.filters import time
from coordination.forms import choices
from coordination.meetings import arriving, queries
from coordination.portal import flood
from coordination.portal.forms import ArrivalForm
from coordination.portal.routes.blueprint import bp
from coordination.registry.feedback import TooMany
from coordination.transaction import transaction
from models.base import db
from models.errors import BadInput, NotFound

ARRIVALS_AN_HOUR = 200  # a whole meeting may stand behind one address


@bp.route("/here/<code>", methods=["GET", "POST"])
@public
def here(code: str) -> Response:
    """The meeting's name, and who one is; a code that is none, or not today's, is 404."""
    session, now, form, status, said = db.session(), clock.now(), ArrivalForm(), 200, ""
    try:
        meeting = arriving.by_code(session, code, now)
    except NotFound as wrong:
        return _uncached(render_template("portal/here.html", meeting=None, wrong=wrong.message), wrong.status)
    form.unit.choices = choices((reply.id, reply.unit.short_name) for reply in queries.replies_of(session, meeting))
    if form.validate_on_submit():
        given = {"reply_id": form.unit.data, "name": form.name.data or "", "post": form.post.data or ""}
        try:
            with transaction() as writing:
                flood.take_turn(writing, "here", request.remote_addr or "", ARRIVALS_AN_HOUR, now)
                reply = arriving.arrive(writing, code=code, now=now, **given)
                who = f"{reply.unit.short_name}{reply.person_name}"  # who came first
                said = f"{who}已签到。" if reply.arrived_at == now else f"{who}已于{time(reply.arrived_at)}签到，这次没有再记。"
        except (BadInput, TooMany) as broken:
            form.form_errors.append(broken.message)
            status = broken.status
        meeting = arriving.by_code(db.session(), code, now)
    elif form.errors:
        status = 422
    return _uncached(render_template("portal/here.html", form=form, meeting=meeting, said=said), status)


def _uncached(page: str, status: int) -> Response:
    """Never kept and never found: the address is the right to sign in."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
