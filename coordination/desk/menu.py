"""The frame of every page: its menu by role, and what the top bar shows."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from coordination import clock, notices
from coordination.permissions import Actor, Permission, can
from coordination.settings.queries import setting
from models.base import db

VERSION = "0.1.0"
SIZES = ("standard", "large", "huge")


@dataclass(frozen=True)
class MenuItem:
    """One line of the navigation."""

    label: str
    url: str
    current: bool
    count: int | None = None


# Label, endpoint, permission; the order is the same for every role, a person with several roles sees the union.
ENTRIES: tuple[tuple[str, str, Permission], ...] = (
    ("我的待办", "desk.index", Permission.DESK),
    ("审计记录", "settings.audit", Permission.AUDIT_READ),
    # The auditor may read these pages too, and finds them under 审计记录; the menu holds what one has to look after.
    ("运行状况", "settings.index", Permission.SETTINGS_EDIT),
    ("工作日历", "settings.calendar", Permission.SETTINGS_EDIT),
    ("时限规则", "settings.rules", Permission.SETTINGS_EDIT),
    ("作业与发件箱", "settings.jobs", Permission.SETTINGS_EDIT),
)


def menu_for(actor: Actor, path: str) -> list[MenuItem]:
    """What this person finds in the navigation, with the entry that holds ``path`` marked."""
    items = [(label, url_for(endpoint)) for label, endpoint, permission in ENTRIES if can(actor, permission)]
    best = max((url for _, url in items if path == url or path.startswith(url.rstrip("/") + "/")), key=len, default="")
    return [MenuItem(label, url, url == best) for label, url in items]


def frame() -> dict[str, Any]:
    """What every template may use."""
    signed_in = current_user.is_authenticated
    session: Session = db.session()
    size = request.cookies.get("type_size", "standard")
    return {
        "menu": menu_for(current_user.actor, request.path) if signed_in else [],
        "reminders": notices.unread(session, current_user.person_id) if signed_in else 0,
        "platform_name": setting(session, "platform_name"),
        "type_size": size if size in SIZES else "standard",
        "version": VERSION,
        "today": clock.today(),
        "print_view": request.args.get("view") == "print",
        "printed": None,
        "search_url": None,
    }
