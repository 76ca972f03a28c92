"""The blueprint of the registry, and what its pages share: the links under h1, turning pages, and who may do what to which recognition."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy.orm import Session

from coordination.access import actor
from coordination.acting import Answer, Did, act_page
from coordination.filters import with_query
from coordination.permissions import Permission, can
from coordination.registry import queries
from coordination.registry.actions import TERMS, Action, entitled
from coordination.registry.lists import Page, Turn
from models import Recognition
from models.base import db
from models.errors import IllegalMove, NotAllowed

__all__ = [
    "HOME",
    "Answer",
    "Did",
    "about",
    "act_page",
    "asked",
    "bp",
    "choices_of",
    "database",
    "neighbours",
    "opened",
    "tabs",
    "turn",
]

bp = Blueprint("registry", __name__, url_prefix="/registry")
HOME = "示范单位"

TABS: tuple[tuple[str, str, Permission], ...] = (
    ("申报和名录", "index", Permission.REGISTRY_READ),
    ("失信信息", "events", Permission.REGISTRY_READ),
    ("移出建议", "proposals", Permission.REGISTRY_READ),
    ("移出记录", "removals", Permission.REGISTRY_READ),
    ("申诉", "appeals", Permission.REGISTRY_READ),
    ("协同惩戒", "measures", Permission.REGISTRY_READ),
    ("反馈", "feedback", Permission.REGISTRY_READ),
    ("进度", "board", Permission.REGISTRY_READ),
    ("方案", "schemes", Permission.REGISTRY_READ),
)


def database() -> Session:
    """The session of this request, for reading."""
    session: Session = db.session()
    return session


def tabs(current: str) -> list[tuple[str, str, bool]]:
    """The links under h1."""
    return [(label, url_for(f"registry.{endpoint}"), endpoint == current) for label, endpoint, needs in TABS if can(actor(), needs)]


def turn() -> Turn:
    """Where the address says to turn the page."""
    return Turn(asked("before"), asked("after"))


def asked(name: str) -> int | None:
    """A number from the address; None when it is missing, or none that a row could have."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number <= queries.LARGEST_ID else None


def neighbours(page: Page[Any]) -> dict[str, str | None]:
    """The addresses of the pages before and behind this one, as the pager wants them."""
    here = request.full_path
    return {
        "previous_url": with_query(here, after=page.newer, before=None) if page.newer else None,
        "next_url": with_query(here, before=page.older, after=None) if page.older else None,
    }


def opened(recognition_id: int, action: Action) -> Recognition:
    """The recognition if this person may do this to it (404, 403); a page that is only opened also needs the state for it (409)."""
    recognition = queries.get_recognition(database(), actor(), recognition_id)
    if not entitled(actor(), recognition, action):
        raise NotAllowed("您没有办理这件事的权限，需要请联系联席会议办公室")
    if request.method == "GET" and action in TERMS and recognition.status not in TERMS[action].states:
        raise IllegalMove(f"现为“{recognition.status.label}”，不能办理“{action.label.rstrip('…')}”")
    return recognition


def about(recognition: Recognition, current: str | None = None) -> dict[str, Any]:
    """What a page about doing something to a recognition says of it: the way there, its state, and who it is."""
    here = url_for("registry.show", recognition_id=recognition.id)
    return {
        "crumbs": [(HOME, url_for("registry.index")), (recognition.business.name, here)],
        "badge": current or recognition.status.label,
        "back": here,
    }


def choices_of(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """A filter's choices, 全部 first."""
    return [("", "全部"), *pairs]
