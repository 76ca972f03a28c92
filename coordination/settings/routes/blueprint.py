"""What the settings pages share: the blueprint, the links under h1, and how a refused form is shown."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from coordination.access import actor
from coordination.forms import Form
from coordination.permissions import Permission, can
from models.errors import BadInput, IllegalMove

bp = Blueprint("settings", __name__, url_prefix="/settings")
Answer = str | Response | tuple[str, int]
PAGES = (
    ("运行状况", "index"),
    ("系统设置", "general"),
    ("工作日历", "calendar"),
    ("时限规则", "rules"),
    ("作业", "jobs"),
    ("发件箱", "outbox"),
)
GROUPS = ({"index", "general"}, {"jobs", "outbox"})  # pages that share one line of the menu


@bp.context_processor
def _shared() -> dict[str, Any]:
    """What the templates need to hide what the guard would refuse, and to link the pages."""
    return {"may_edit": can(actor(), Permission.SETTINGS_EDIT), "tabs": tabs}


def tabs(current: str) -> list[tuple[str, str, bool]]:
    """The links under h1. An admin finds the rest in the menu; an auditor, whose menu has none of it, finds everything here."""
    if can(actor(), Permission.SETTINGS_EDIT):
        shown = [page for page in PAGES if any({current, page[1]} <= group for group in GROUPS)]
    else:
        shown = [("审计记录", "audit"), *PAGES]
    return [(label, url_for(f"settings.{endpoint}"), endpoint == current) for label, endpoint in shown]


def tried(form: Form, act: Callable[[], Any]) -> bool:
    """Do it; a refusal becomes an error of the form, so that what was typed is kept."""
    try:
        act()
    except (BadInput, IllegalMove) as refused:
        form.form_errors.append(refused.message)
        return False
    return True


def status(form: Form) -> int:
    """The answer's status: 422 for a form with errors."""
    return 422 if form.errors else 200
