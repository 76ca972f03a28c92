"""The blueprint of the feature, and what its pages share."""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination.access import actor
from coordination.meetings import queries, restricted
from coordination.permissions import Permission, can
from coordination.tasks.queries import calendar, for_review, lamp, limits
from models import Meeting, Task
from models.base import db
from models.errors import Conflict
from models.light import Light
from models.text import clean_text

bp = Blueprint("meetings", __name__, url_prefix="/meetings")
Page = Response | str | tuple[str, int]
TOKEN = "csrf_token"


def database() -> Session:
    """The session of this request, for reading."""
    session: Session = db.session()
    return session


def to(endpoint: str, anchor: str | None = None, **values: Any) -> Response:
    """Redirect after a post to one of the feature's pages."""
    return redirect(url_for(f"meetings.{endpoint}", _anchor=anchor, **values))


def subnav(current: str) -> list[tuple[str, str, bool]]:
    """The sub-pages of 会议 this person may open; none for whoever reads 资料库 alone."""
    if not can(actor(), Permission.MEETING_READ):
        return []
    pages = [("index", "会议"), ("proposals", "议题"), ("requests", "临时会议"), ("bulletins", "简报通报"), ("library", "资料库")]
    if actor().oversees(Permission.MEETING_READ) != frozenset():
        pages.append(("overview", "概览"))
    return [(label, url_for(f"meetings.{name}"), name == current) for name, label in pages]


def asked(name: str) -> int | None:
    """A number from the address (``?mechanism=2``); None when it is missing, or none that a row could have."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number <= queries.LARGEST_ID else None


def followed_up(session: Session, meeting: Meeting, today: date, *, whole: bool = True) -> list[tuple[Task, Light]]:
    """What item 1 is about: the tasks of earlier meetings that are open or ended since the last one, each with its light.

    Not ``whole``: without those of items kept to the units that attended.
    """
    tasks = for_review(session, meeting.mechanism_id, queries.since_previous(meeting))
    tasks = tasks if whole else restricted.open_tasks(session, tasks)
    working, rules = calendar(session), limits(session, today)
    return [(task, lamp(task, today, working, rules)) for task in tasks]


def conflict_page(conflict: Conflict, row: Any, *, label: str, theirs_url: str, name: str | None = None, version: str = "version") -> Page:
    """Both texts, when somebody else changed ``row`` meanwhile. ``name``: the field that holds the text; None when it is a whole form.

    Everything else that was typed goes along in the form; ``version`` is the field that gets the version now stored.
    """
    kept = [
        (key, clean_text(value)) for key, value in request.form.items(multi=True) if key not in {TOKEN, version, name or ""} | BUTTON_NAMES
    ]
    page = render_template(
        "meetings/conflict.html",
        conflict=conflict,
        last=queries.last_change(database(), row),
        label=label,
        name=name,
        text=clean_text(request.form.get(name, "")) if name else None,
        kept=[*kept, (version, conflict.version)],
        theirs_url=theirs_url,
        me=actor(),
    )
    return page, 409


BUTTON_NAMES = frozenset({"go"})
