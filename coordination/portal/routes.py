"""What anyone may read without signing in, and what a watchman asks."""

import hashlib

from flask import Blueprint, jsonify, make_response, render_template, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import public
from coordination.config import VERSION
from coordination.portal import queries
from coordination.settings.queries import setting
from models.base import db

bp = Blueprint("portal", __name__)


@bp.get("/")
@public
def index() -> Response:
    """The public's first page. It may be kept, but is asked for again each time: 304 while nothing on it has changed."""
    front = queries.front(db.session(), clock.today())
    tag = _tag(front, setting(db.session(), "platform_name"))
    fresh = tag in request.if_none_match
    response = make_response("", 304) if fresh else make_response(render_template("portal/index.html", front=front))
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/healthz")
@public
def healthz() -> Response:
    """Does this process answer? Asks nothing else."""
    return make_response("ok", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"})


@bp.get("/readyz")
@public
def readyz() -> Response:
    """Is everything there that serving needs? Says what is amiss, not why: anyone may ask."""
    parts = queries.readiness(db.session(), clock.now())
    words = {name: "ok" if fine else "failed" for name, fine in parts.items()}
    response = jsonify(ready=all(parts.values()), **words)
    response.status_code = 200 if all(parts.values()) else 503
    response.headers["Cache-Control"] = "no-store"
    return response


def _tag(*content: object) -> str:
    """What a copy of the page depends on: its content, the product's version, and of the reader the type size, who is signed in, what is
    to be told once, and the token that the copy's form carries."""
    generate_csrf()
    reader = (request.cookies.get("type_size"), current_user.get_id(), session.get("_flashes"), session["csrf_token"])
    return hashlib.sha256(repr((content, reader, request.args.get("view"), VERSION)).encode()).hexdigest()[:32]
