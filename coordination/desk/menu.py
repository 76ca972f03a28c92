"""The frame of every page: its menu by role, and what the top bar shows."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app, g, request, session, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from coordination import clock
from coordination.config import VERSION
from coordination.permissions import GRANTS, UNIT_ROLES, Actor, Permission, can
from coordination.settings.queries import setting
from models import Role
from models.access import kept
from models.base import db

MOST_TOKENS = 10_000
READ_ONLY = "您以审计身份登录，只能查看。"
SIZES = ("standard", "large", "huge")


@dataclass(frozen=True)
class MenuItem:
    """One line of the navigation."""

    label: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Entry:
    """A line as the product knows it: its words, its address, the right it needs, and the roles that find it in their menu."""

    label: str
    endpoint: str
    permission: Permission
    roles: frozenset[Role] = frozenset(Role)


EVERYBODY_BUT_AUDITORS = frozenset(Role) - {Role.AUDITOR}
LEADERS = frozenset({Role.CONVENOR, Role.DEPUTY, Role.OFFICE, Role.AUDITOR})
ADMIN = frozenset({Role.ADMIN})

# The order of every menu (screens.md §3). A person with several roles sees the union; of two names for one address, the first that fits.
ENTRIES: tuple[Entry, ...] = (
    Entry("我的待办", "desk.index", Permission.DESK, EVERYBODY_BUT_AUDITORS),
    Entry("审计记录", "settings.audit", Permission.AUDIT_READ),
    Entry("会议", "meetings.index", Permission.MEETING_READ),
    Entry("督办", "tasks.index", Permission.TASK_READ, LEADERS),
    Entry("本单位任务", "tasks.index", Permission.TASK_READ, UNIT_ROLES),
    Entry("登记投诉", "complaints.new", Permission.COMPLAINT_ROUTE),
    Entry("分派队列", "complaints.index", Permission.COMPLAINT_ROUTE),
    Entry("导入", "complaints.imports", Permission.COMPLAINT_IMPORT),
    Entry("本单位投诉", "complaints.index", Permission.COMPLAINT_READ, UNIT_ROLES),
    Entry("投诉", "complaints.index", Permission.COMPLAINT_READ, LEADERS),
    Entry("示范单位", "registry.index", Permission.REGISTRY_READ, LEADERS | UNIT_ROLES),
    Entry("示范单位审批", "registry.index", Permission.REGISTRY_RECOGNISE),
    Entry("运行状况", "settings.index", Permission.SETTINGS_READ, ADMIN),
    Entry("账号", "accounts.people", Permission.ACCOUNTS_EDIT),
    Entry("接口账号", "api_clients.index", Permission.ACCOUNTS_EDIT),
    Entry("单位与机制", "members.index", Permission.MEMBERS_EDIT),
    Entry("成员单位", "members.index", Permission.MEMBERS_READ, LEADERS | UNIT_ROLES),
    Entry("职责表", "members.duties", Permission.MEMBERS_READ, frozenset({Role.ROUTER})),
    Entry("工作日历", "settings.calendar", Permission.SETTINGS_READ, ADMIN),
    Entry("时限规则", "settings.rules", Permission.SETTINGS_READ, ADMIN),
    Entry("作业与发件箱", "settings.jobs", Permission.SETTINGS_READ, ADMIN),
    Entry("已办", "desk.done", Permission.DESK, frozenset({Role.APPROVER})),
    Entry("资料库", "meetings.library", Permission.LIBRARY_READ),
)


@lru_cache(maxsize=1000)
def only_reads(actor: Actor) -> bool:
    """Is this an auditor who may change nothing but the own account?"""
    held = {permission for role in actor.roles for permission in GRANTS[role]}
    return Role.AUDITOR in actor.roles and all(p == Permission.OWN_ACCOUNT or p.endswith(":read") for p in held)


_tokens: dict[str, str] = {}


@lru_cache(maxsize=1000)
def entries_for(actor: Actor) -> tuple[Entry, ...]:
    """What this person finds in the navigation, each address once."""
    found: dict[str, Entry] = {}
    for entry in ENTRIES:
        if entry.roles & actor.roles and can(actor, entry.permission):
            found.setdefault(entry.endpoint, entry)
    return tuple(found.values())


def menu_for(actor: Actor, path: str) -> list[MenuItem]:
    """The navigation with the entry that holds ``path`` marked; only what is built is in it."""
    built = [entry for entry in entries_for(actor) if entry.endpoint in current_app.view_functions]
    items = [(entry, address(entry.endpoint)) for entry in built]
    best = max((url for _, url in items if path == url or path.startswith(url.rstrip("/") + "/")), key=len, default="")
    return [MenuItem(entry.label, url, url == best, _count(entry)) for entry, url in items]


def _count(entry: Entry) -> int | None:
    """How much is to be done, where the page has just counted it; no page counts for the menu's sake."""
    return g.get("todo_count") if entry.endpoint == "desk.index" else None


def address(endpoint: str, **values: Any) -> str:
    """Flask's ``url_for`` for templates. An address of pages without variable parts, or of a file of ours, is spelt out once: each asking
    costs as much as two rows of a list, and a page names two dozen."""
    if endpoint.startswith(".") or (values and not endpoint.endswith("static")):
        return url_for(endpoint, **values)
    spelt: dict[Hashable, str] = current_app.extensions.setdefault("addresses", {})
    key = (request.script_root, endpoint, *values.items())
    if key not in spelt:
        spelt[key] = url_for(endpoint, **values)
    return spelt[key]


def form_token() -> str:
    """Flask-WTF's token for forms, signed once for each session instead of once for each page. It knows no time limit (``app.py``)."""
    if "csrf_token" in g:
        return generate_csrf()
    known = _tokens.get(session.get("csrf_token", ""))
    if known is not None:
        return known
    token = generate_csrf()
    if len(_tokens) >= MOST_TOKENS:
        _tokens.clear()
    _tokens[session["csrf_token"]] = token
    return token


def frame() -> dict[str, Any]:
    """What every template may use."""
    visitor = current_user._get_current_object()
    signed_in = visitor.is_authenticated
    database: Session = db.session()
    size = request.cookies.get("type_size", "standard")
    return {
        "menu": menu_for(visitor.actor, request.path) if signed_in else [],
        "reminders": visitor.unread if signed_in else 0,
        "platform_name": kept(database, "platform_name", lambda: setting(database, "platform_name")),
        "type_size": size if size in SIZES else "standard",
        "version": VERSION,
        "today": clock.today(),
        "print_view": request.args.get("view") == "print",
        "printed": None,
        "search_url": None,
        "strip": READ_ONLY if signed_in and only_reads(visitor.actor) else None,
    }
