"""Copies of public pages: a browser may keep them, but asks each time, and is told 304 while nothing they rest on has changed.

What they rest on is read in one row: the list's version, raised inside every transaction that changes the list, and the mark of what is
arranged. So a removed unit is on no page asked for after the removal was committed, and an unchanged page costs one small query.

What the tag says is all that a page rests on, so this process keeps the pages it has just made too, under their tags: what everybody asks
for is made once for each edition. Like a browser's copy, such a page is never looked for before the edition has been read.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import current_app, g, make_response, request, session
from werkzeug.wrappers import Response

from coordination import clock
from coordination.config import VERSION
from coordination.registry import public
from coordination.registry.public import Edition
from coordination.transaction import glance

View = TypeVar("View", bound=Callable[..., Any])
Fact = TypeVar("Fact")
NUMBERS, PAGES = "public_numbers", "public_pages"
MOST_PAGES = 256
MOST_BYTES = 100_000  # of a page; a page of the list has a fifth of that


def kept_copy(view: View) -> View:
    """Declare: the page rests on the list's version, what is arranged, the day and its address alone. Refusals are not kept."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Response:
        tag = tag_of(request.full_path)
        pages: dict[str, Response] = current_app.extensions.setdefault(PAGES, {})
        if tag in request.if_none_match:
            response: Response = current_app.response_class(status=304)
        elif tag in pages:
            response = _copy(pages[tag])
        else:
            g.told_once = "_flashes" in session
            response = make_response(view(*args, **kwargs))
            if response.status_code != 200:
                response.headers["Cache-Control"] = "no-store"
                return response
            _remember(pages, tag, response)
        response.set_etag(tag)
        response.headers["Cache-Control"] = "no-cache"
        return response

    return answered  # type: ignore[return-value]


def _copy(page: Response) -> Response:
    return current_app.response_class(page.get_data(), headers=list(page.headers))


def _remember(pages: dict[str, Response], tag: str, page: Response) -> None:
    """Keep a page made for a stranger; streams, and what was told somebody once, are not kept."""
    if page.is_streamed or g.pop("told_once", False) or "_user_id" in session or (page.content_length or 0) > MOST_BYTES:
        return
    if len(pages) >= MOST_PAGES:
        pages.clear()
    pages[tag] = _copy(page)


def tag_of(*content: object) -> str:
    """The tag of a page of today's edition that shows ``content`` to this reader."""
    # Read straight from the cookie: who is signed in is never told a copy is still good by its tag alone (access.py: no-store).
    reader = (request.scheme, request.host, request.cookies.get("type_size"), session.get("_user_id"), session.get("_flashes"))
    return hashlib.sha256(repr((edition(), clock.today(), content, reader, VERSION)).encode()).hexdigest()[:32]


def edition() -> Edition:
    """The list's edition this answer is made of, read once and before anything else: what is read later is as new or newer."""
    if "edition" not in g:
        with glance() as connection:
            g.edition = public.edition(connection)
    return g.edition


def remembered(name: str, work: Callable[[], Fact]) -> Fact:
    """A number of the whole list, counted once in this process for each edition and day."""
    key = (edition(), clock.today())
    of, facts = current_app.extensions.get(NUMBERS, (None, {}))
    if of != key:
        facts = {}
        current_app.extensions[NUMBERS] = (key, facts)
    if name not in facts:
        facts[name] = work()
    return facts[name]
