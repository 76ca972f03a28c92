"""谁来管: by subject or by words, which unit handles it, by which clause, and where one complains. No log-in, no scripts."""

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import public
from coordination.filters import with_query
from coordination.members.owners import MOST
from coordination.portal import queries
from coordination.portal.routes.blueprint import bp
from coordination.portal.routes.copies import tag_of
from coordination.registry.queries import LARGEST_ID
from models.base import db
from models.errors import BadInput
from models.text import clean_text


@bp.get("/who")
@public
def who() -> Response:
    """It may be kept, but is asked for again each time: a duty that ended yesterday is on no page of today."""
    session, today = db.session(), clock.today()
    typed = (clean_text(request.args.get("q", "")) or "")[:MOST]
    subject_id, after = _number("subject"), _number("after")
    found, wrong = None, ""
    try:
        if typed or subject_id is not None:
            found = queries.who(session, today, words=typed, subject_id=subject_id, after=after)
    except BadInput as short:
        wrong = short.message
    classes = () if found and found.handled else queries.classes(session, today)
    office = queries.office_unit(session)
    tag = tag_of(classes, found, wrong, office and (office.name, office.phone), request.full_path)
    if tag in request.if_none_match:
        response = make_response("", 304)
    else:
        next_url = with_query(request.full_path, after=found.next) if found and found.next else None
        first_url = with_query(request.full_path, after=None) if found and after else None
        shown = {"classes": classes, "found": found, "wrong": wrong, "typed": typed, "office": office}
        page = render_template("portal/who.html", next_url=next_url, first_url=first_url, here=url_for(".who"), **shown)
        response = make_response(page, 422 if wrong else 200)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _number(name: str) -> int | None:
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number <= LARGEST_ID else None
