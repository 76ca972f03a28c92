"""Atom feeds (RFC 4287) of what came onto the list and what was taken off it."""

from flask import Response, render_template, url_for

from coordination import clock
from coordination.access import public
from coordination.portal import queries
from coordination.portal.routes.blueprint import bp
from coordination.portal.routes.copies import edition, kept_copy
from coordination.registry import public as registry
from models.base import db

ATOM = "application/atom+xml; charset=utf-8"
NEWEST = 50


@bp.get("/feeds/additions.atom")
@public
@kept_copy
def additions_feed() -> Response:
    """The newest units that are still on the list."""
    entries = queries.addition_entries(registry.additions(db.session(), clock.today(), NEWEST))
    return _feed("新认定单位", url_for(".additions_feed", _external=True), url_for(".units", _external=True), entries)


@bp.get("/feeds/removals.atom")
@public
@kept_copy
def removals_feed() -> Response:
    """The newest removals that may be shown."""
    rows, _ = registry.removed(db.session(), clock.today(), limit=NEWEST)
    return _feed("移出名录", url_for(".removals_feed", _external=True), url_for(".removed", _external=True), queries.removal_entries(rows))


def _feed(title: str, own: str, page: str, entries: list[queries.Entry]) -> Response:
    changed = edition().changed_at or clock.now()
    text = render_template("portal/feed.xml", title=title, own=own, page=page, entries=entries, changed=changed)
    return Response(text, content_type=ATOM)
