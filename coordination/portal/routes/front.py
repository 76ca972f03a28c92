"""The public's first page, what robots may read, and what a watchman asks."""

from flask import jsonify, make_response, render_template, request
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import public
from coordination.portal import queries
from coordination.portal.routes.blueprint import bp
from coordination.portal.routes.copies import remembered, tag_of
from coordination.registry import public as registry
from models.base import db

NEWEST = 5
PRIVATE = ("/apply/", "/receipts", "/verify/", "/login")


@bp.get("/")
@public
def index() -> Response:
    """The public's first page. It may be kept, but is asked for again each time: 304 while nothing on it has changed."""
    session, today = db.session(), clock.today()
    front = queries.front(session, today)
    tag = tag_of(front, request.full_path)
    if tag in request.if_none_match:
        response = make_response("", 304)
    else:
        listed = remembered("listed", lambda: registry.count_listed(session, today))
        removals, _ = registry.removed(session, today, limit=NEWEST)
        response = make_response(render_template("portal/index.html", front=front, listed=listed, removals=removals))
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """What search engines should leave alone: pages opened by a secret address."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), ""]
    return make_response("\n".join(lines), 200, {"Content-Type": "text/plain; charset=utf-8"})


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
