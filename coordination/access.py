"""Who is at the other end of a request, and what each address asks of them.

Every view is declared ``@public`` or ``@requires(permission)``; a house test walks the map of addresses. Sessions are rows
(models/session.py); the cookie holds only the token. Reading a page writes nothing: the time of last use is kept in the cookie.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination import clock
from coordination.permissions import Actor, Grant, Permission, can
from models import LoginSession, Membership, Person, Unit
from models.base import db
from models.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., Any])
security_log = logging.getLogger("security")
login_manager = LoginManager()
SEEN = "seen"


class SignedIn(UserMixin):
    """The person behind a session, as Flask-Login and the templates see them."""

    def __init__(self, login: LoginSession, token: str, actor: Actor) -> None:
        self.token = token
        self.session_id = login.id
        self.confirmed_at = login.confirmed_at
        self.person_id = login.person.id
        self.username = login.person.username
        self.name = login.person.name
        self.unit_name = login.person.unit.heir(clock.today()).short_name if login.person.unit else None
        self.must_change_password = login.person.must_change_password
        self.actor = actor

    def get_id(self) -> str:
        """What goes into the cookie: the token, never the person's id."""
        return self.token


def token_hash(token: str) -> str:
    """How a token is kept in the database."""
    return hashlib.sha256(token.encode()).hexdigest()


@login_manager.user_loader
def load_user(token: str) -> SignedIn | None:
    """The person of a living session that has not idled too long; None otherwise."""
    now = clock.now()
    idle = timedelta(minutes=current_app.config["IDLE_MINUTES"])
    if now.timestamp() - session.get(SEEN, 0) > idle.total_seconds():
        return None
    query = select(LoginSession).where(LoginSession.token_hash == token_hash(token))
    login = db.session.scalar(query.options(joinedload(LoginSession.person).joinedload(Person.unit)))
    if login is None or login.ended_at is not None or login.expires_at <= now or login.person.disabled_at is not None:
        return None
    if now.timestamp() - session[SEEN] > 60:
        session[SEEN] = int(now.timestamp())
    return SignedIn(login, token, actor_of(db.session(), login.person))


def actor_of(database: Session, person: Person) -> Actor:
    """What ``person`` may be today: own roles, the units answered for, the mechanisms they sit in."""
    today = clock.today()
    unit_ids: frozenset[int] = frozenset()
    if person.unit is not None:
        own = person.unit.heir(today).id
        merged = database.scalars(select(Unit).where(Unit.successor_id.is_not(None)))
        unit_ids = frozenset({own, person.unit.id, *(unit.id for unit in merged if unit.heir(today).id == own)})
    seats = database.scalars(select(Membership).where(Membership.unit_id.in_(unit_ids)))
    return Actor(
        name=f"{person.name}（{person.unit.short_name}）" if person.unit else person.name,
        person_id=person.id,
        unit_ids=unit_ids,
        mechanism_ids=frozenset(seat.mechanism_id for seat in seats if seat.sits(today)),
        grants=frozenset(Grant(grant.role, grant.mechanism_id) for grant in person.grants),
    )


def actor() -> Actor:
    """Who acts in this request."""
    return current_user.actor


def public(view: View) -> View:
    """Declare: anyone may open this address."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare: only who is signed in and holds ``permission`` may open this address."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return login_manager.unauthorized()
            if current_user.must_change_password and request.endpoint not in {"accounts.password", "accounts.logout"}:
                return redirect(url_for("accounts.password"))
            if not can(actor(), permission):
                raise NotAllowed("本页不属于您的职责，您没有查看权限。需要请联系联席会议办公室")
            g.staff_page = True
            return view(*args, **kwargs)

        guarded.access = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def init_app(app: Flask) -> None:
    """Sign-in for this application."""
    login_manager.init_app(app)
    login_manager.login_view = "accounts.login"
    login_manager.login_message = "请先登录。"
    login_manager.session_protection = None
    app.config.setdefault("IDLE_MINUTES", 60)
