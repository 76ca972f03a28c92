"""扫码核验: what a plaque's code comes to, and what a consumer says after a visit. Never kept anywhere."""

import secrets

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import public
from coordination.portal import flood
from coordination.portal.forms import ReviewForm
from coordination.portal.routes.blueprint import bp
from coordination.registry import life
from coordination.registry import public as registry
from coordination.registry.public import Answer
from coordination.transaction import transaction
from models import Recognition
from models.base import db
from models.calendar import SHANGHAI
from models.errors import IllegalMove, NotFound

VISIT_LASTS = 24 * 3600  # seconds from the scan; the bill is usually settled by then
REVIEWS_AN_HOUR = 30  # from one address: a mall's visitors may share one


@bp.get("/verify")
@public
def verify_help() -> Response:
    """What the code on a plaque is for, where somebody comes without one."""
    return _fresh(render_template("portal/verify_help.html"))


@bp.get("/verify/<token>")
@public
def verify(token: str) -> Response:
    """有效, 已不在名录 or 查无此码."""
    found = registry.verify(db.session(), token, clock.today())
    at = f"{clock.now().astimezone(SHANGHAI):%H:%M:%S}"
    return _fresh(render_template("portal/verify.html", found=found, token=token, at=at))


@bp.route("/verify/<token>/review", methods=["GET", "POST"])
@public
def review(token: str) -> Response:
    """消费评价, for whoever has stood before the plaque: one for each time it is scanned."""
    unit = _listed_unit(token)
    form = ReviewForm(visit=_signer().dumps([unit.id, secrets.token_urlsafe(12)]))
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return _fresh(render_template("portal/review.html", form=form, unit=unit, token=token), status)
    now = clock.now()
    visit = _visit(form.visit.data, unit.id)
    with transaction() as session:
        flood.take_turn(session, "review", request.remote_addr or "", REVIEWS_AN_HOUR, now)
        life.review_by_consumer(session, recognition_id=unit.id, visit=visit, stars=form.stars.data, text=form.text.data or "", now=now)
    flash("评价已收到，谢谢。评价满规定人数后，按日汇总公布平均分。")
    return redirect(url_for(".verify", token=token))


def _listed_unit(token: str) -> Recognition:
    """The unit whose plaque this is, on the list now."""
    found = registry.verify(db.session(), token, clock.today())
    if found.answer != Answer.VALID or found.unit is None:
        raise NotFound("该单位不在名录上")
    return found.unit


def _visit(signed: str, unit_id: int) -> str:
    """The visit a form was given at the scan. IllegalMove for one of another shop, or too old."""
    try:
        whose, visit = _signer().loads(signed, max_age=VISIT_LASTS)
    except (BadSignature, ValueError, TypeError):
        whose, visit = 0, ""
    if whose != unit_id:
        raise IllegalMove("本页停留过久，评价没有保存。请重新扫描店内标牌再评价")
    return str(visit)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="visit")


def _fresh(page: str, status: int = 200) -> Response:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
