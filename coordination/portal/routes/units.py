"""The public list and what belongs to it: one unit, removals, units on public notice, progress, and the wall-screen."""

from datetime import date
from typing import Any

from flask import current_app, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from coordination import attachments, clock, search
from coordination.access import public
from coordination.filters import with_query
from coordination.portal import queries
from coordination.portal.asking import Asked
from coordination.portal.routes.blueprint import bp
from coordination.portal.routes.copies import edition, kept_copy, remembered
from coordination.registry import public as registry
from models.base import db
from models.errors import BadInput, NotFound

MOST_STREETS = 60  # more are typed, not chosen
WALL_UNITS, WALL_REMOVALS = 300, 2


@bp.get("/units")
@public
@kept_copy
def units() -> Response:
    """名录: the units on the list now, or (``on``) at the end of a day; by category, street and keyword."""
    session, today = db.session(), clock.today()
    asked, wrong = Asked.read(request.args), ""
    page = registry.Page([], None)
    try:
        page = _page(asked, today)
    except BadInput as refused:
        wrong = refused.message
    about: dict[str, Any] = {
        "asked": asked,
        "page": page,
        "wrong": wrong,
        "titles": remembered("titles", lambda: queries.titles(session, today)),
        "count": remembered("listed", lambda: registry.count_listed(session, today)),
        "edition": edition(),
        "categories": remembered("categories", lambda: queries.category_choices(session, today)),
        "streets": [(street, street) for street in remembered("streets", lambda: registry.streets(session, MOST_STREETS + 1))],
        "most_streets": MOST_STREETS,
        "next_url": with_query(request.full_path, after=page.next) if page.next else None,
        "first_url": with_query(request.full_path, after=None) if asked.after else None,
    }
    return make_response(render_template("portal/units.html", **about), 422 if wrong else 200)


def _page(asked: Asked, today: date) -> registry.Page:
    """What was asked for; BadInput says what cannot be looked for."""
    session = db.session()
    exact = queries.by_number(session, asked.keyword, today) if asked.keyword and asked.on is None else None
    if exact is not None:
        return registry.Page([exact], None)
    text = search.read(asked.keyword)
    if asked.keyword and len(text) < search.LEAST:
        raise BadInput(f"请至少输入{search.LEAST}个字或字母再查")
    wanted = registry.Filter(asked.category_id, asked.street, text)
    if asked.on is None:
        return registry.listed(session, today, wanted, after=asked.after)
    return registry.listed_on(session, asked.on, today, wanted, after=asked.after)


@bp.get("/units/<int:unit_id>")
@public
@kept_copy
def unit(unit_id: int) -> Response:
    """One unit: certificate, place, promises, what consumers say; of a removed one, its tombstone (410)."""
    session, today = db.session(), clock.today()
    try:
        found = registry.get_unit(session, unit_id, today)
    except NotFound:
        removal = registry.tombstone(session, unit_id, today)
        return make_response(render_template("portal/tombstone.html", removal=removal), 410)
    reviews = queries.reviews(session, found, today)
    promises = registry.promises(session, found.id, today)
    return make_response(render_template("portal/unit.html", unit=found, promises=promises, reviews=reviews))


@bp.get("/marks/<int:scheme_id>")
@public
def mark(scheme_id: int) -> Response:
    """The unified mark of a scheme, as the office uploaded it; its hash is its tag."""
    stored = queries.mark_of(db.session(), scheme_id)
    if stored.sha256 in request.if_none_match:
        response = current_app.response_class(status=304)
    else:
        response = current_app.response_class(attachments.read(stored), mimetype=stored.media_type)
    response.set_etag(stored.sha256)
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/units/removed")
@public
@kept_copy
def removed() -> str:
    """已移出: the tombstones that may be shown, newest first."""
    asked = Asked.read(request.args)
    rows, following = registry.removed(db.session(), clock.today(), after=asked.after)
    next_url = url_for(".removed", after=following) if following else None
    return render_template("portal/removed.html", rows=rows, next_url=next_url, after=asked.after)


@bp.get("/units/notice")
@public
@kept_copy
def notice() -> str:
    """公示中: the units whose public notice runs, each with the way to object."""
    asked = Asked.read(request.args)
    rows, following = registry.on_notice(db.session(), clock.today(), after=asked.after)
    next_url = url_for(".notice", after=following) if following else None
    return render_template("portal/notice.html", rows=rows, next_url=next_url, after=asked.after)


@bp.get("/units/progress")
@public
@kept_copy
def progress() -> str:
    """创建进展: how many there are against the year's targets, and why units were removed."""
    session, today = db.session(), clock.today()
    rows = remembered("progress", lambda: queries.progress(session, today))
    grounds = remembered("grounds", lambda: queries.removals_by_ground(session, today))
    return render_template("portal/progress.html", rows=rows, grounds=grounds, changed_at=edition().changed_at)


@bp.get("/units/wall")
@public
@kept_copy
def wall() -> str:
    """大屏: the list in large letters; our script asks again every few seconds and blanks it when the server is silent."""
    session, today = db.session(), clock.today()
    page = registry.listed(session, today, registry.Filter(), limit=WALL_UNITS)
    removals, _ = registry.removed(session, today, limit=WALL_REMOVALS)
    count = remembered("listed", lambda: registry.count_listed(session, today))
    titles = remembered("titles", lambda: queries.titles(session, today))
    return render_template("portal/wall.html", rows=page.rows, removals=removals, count=count, titles=titles)
