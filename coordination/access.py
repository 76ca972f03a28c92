"""Who is at the other end of a request, and what each address asks of them.

Every view is declared ``@public``, ``@requires(permission)`` or, for programs, ``@api_client(scope)``; a house test walks the map of
addresses. Sessions are rows
(models/session.py); the cookie holds only the token. Reading a page writes nothing: the time of last use is kept in the cookie.

A signed-in request costs one query: session, person, unread notices and the mark of models/access.py. What a person's rights are derived
from, and the rules of log-in, are kept beside that mark in this process, and read again when the mark, or the day, has changed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, flash, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_user
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Row, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response

from coordination import clock
from coordination.permissions import Actor, Grant, Permission, can
from models import AccessMark, AccountRules, ApiClient, ApiScope, LoginSession, Membership, Notice, Person, Setting, Unit
from models.access import MARK, kept
from models.base import db
from models.errors import NotAllowed, RuleBroken
from models.session import token_hash

View = TypeVar("View", bound=Callable[..., Any])
login_manager = LoginManager()
SEEN = "seen"
CONFIRMED_FOR = timedelta(minutes=30)
DUTIES = {"accounts.password": {"accounts.password"}, "accounts.totp": {"accounts.totp", "accounts.password", "accounts.confirm"}}
LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
NOT_A_GOAL = ("/login", "/logout", "/account/confirm")

LIVING = (
    select(
        LoginSession.id.label("session_id"),
        LoginSession.confirmed_at,
        Person.id.label("person_id"),
        Person.username,
        Person.name,
        Person.must_change_password,
        Person.password_changed_at,
        Person.totp_secret.is_not(None).label("has_totp"),
        select(AccessMark.mark).where(AccessMark.id == 1).scalar_subquery().label("mark"),
        select(func.count(Notice.id)).where(Notice.person_id == Person.id, Notice.read_at.is_(None)).scalar_subquery().label("unread"),
    )
    .join(LoginSession.person)
    .where(
        LoginSession.token_hash == bindparam("token_hash"),
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > bindparam("now"),
        Person.disabled_at.is_(None),
    )
)


class Cookies(SecureCookieSessionInterface):
    """Flask's signed cookie; what signs it is made once for the application instead of once for each request."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The one of this application; its key is fixed while the process runs."""
        if "cookie_signer" not in app.extensions:
            app.extensions["cookie_signer"] = super().get_signing_serializer(app)
        return app.extensions["cookie_signer"]


@dataclass(frozen=True)
class Standing:
    """What follows from units, seats and roles on one day."""

    actor: Actor
    unit_name: str | None


class SignedIn(UserMixin):
    """The person behind a session, as Flask-Login and the templates see them."""

    def __init__(self, token: str, row: Row[Any], standing: Standing, rules: AccountRules, now: datetime) -> None:
        self.token = token
        self.session_id: int = row.session_id
        self.confirmed_at: datetime = row.confirmed_at
        self.person_id: int = row.person_id
        self.username: str = row.username
        self.name: str = row.name
        self.unread: int = row.unread
        self.unit_name = standing.unit_name
        self.actor = standing.actor
        self.must_change_password = row.must_change_password or rules.must_change(row.password_changed_at, now)
        self.must_set_up_totp = not row.has_totp and not self.actor.roles.isdisjoint(rules.totp_roles)

    def get_id(self) -> str:
        """What goes into the cookie: the token, never the person's id."""
        return self.token

    @property
    def duty(self) -> str | None:
        """The page this person must be done with before any other opens: a new password, or setting up one-time codes."""
        if self.must_change_password:
            return "accounts.password"
        return "accounts.totp" if self.must_set_up_totp else None


@login_manager.user_loader
def load_user(token: str) -> SignedIn | None:
    """The person of a living session that has not idled too long; None otherwise."""
    now = clock.now()
    database = db.session()
    # Asked of the connection: a statement of columns needs nothing that a session adds.
    row = database.connection().execute(LIVING, {"token_hash": token_hash(token), "now": now}).one_or_none()
    if row is None:
        return None
    database.info[MARK] = row.mark
    rules = kept(database, AccountRules.KEY, lambda: _rules(database))
    idle = now.timestamp() - session.get(SEEN, 0)
    if idle > rules.idle_minutes * 60:
        return None
    if idle > 60:
        session[SEEN] = int(now.timestamp())
    return SignedIn(token, row, _standing(database, row.person_id), rules, now)


def _rules(database: Session) -> AccountRules:
    return AccountRules.read(database.scalar(select(Setting.value).where(Setting.key == AccountRules.KEY)))


def _standing(database: Session, person_id: int) -> Standing:
    """What this person may be today, and whose they are."""
    today = clock.today()

    def work() -> Standing:
        query = select(Person).where(Person.id == person_id).options(joinedload(Person.unit), selectinload(Person.grants))
        person = database.scalars(query.execution_options(populate_existing=True)).one()
        return Standing(actor_of(database, person), person.unit.heir(today).short_name if person.unit else None)

    return kept(database, ("standing", person_id, today), work)


def actor_of(database: Session, person: Person) -> Actor:
    """What ``person`` may be today: own roles, the units answered for, the mechanisms they sit in."""
    today = clock.today()
    unit_ids = _answered_for(database, person.unit, today) if person.unit else frozenset()
    seats = database.scalars(select(Membership).where(Membership.unit_id.in_(unit_ids)))
    return Actor(
        name=f"{person.name}（{person.unit.short_name}）" if person.unit else person.name,
        person_id=person.id,
        unit_ids=unit_ids,
        mechanism_ids=frozenset(seat.mechanism_id for seat in seats if seat.sits(today)),
        grants=frozenset(Grant(grant.role, grant.mechanism_id) for grant in person.grants),
    )


def _answered_for(database: Session, unit: Unit, today: date) -> frozenset[int]:
    """The unit itself, its heir, and every unit that has come to the same heir. One query fetches all that have one, and the heirs."""
    heirs = select(Unit.successor_id).where(Unit.successor_id.is_not(None))
    concerned = list(database.scalars(select(Unit).where(or_(Unit.successor_id.is_not(None), Unit.id.in_(heirs)))))
    own = unit.heir(today).id
    return frozenset({own, unit.id, *(other.id for other in concerned if other.heir(today).id == own)})


def actor() -> Actor:
    """Who acts in this request."""
    return current_user.actor


def recently_confirmed(now: datetime) -> bool:
    """Was this session's password given in the last 30 minutes? A signature asks for it again otherwise."""
    return now - current_user.confirmed_at <= CONFIRMED_FOR


def confirm_first() -> Response:
    """To the page that asks for the password again, and from there back to where one is now."""
    return redirect(url_for("accounts.confirm", next=_here()))


def safe_next(target: str | None) -> str:
    """Where to go on after signing in: ``target`` if it is a page of ours, else 我的待办. Never another host."""
    if target and LOCAL_PATH.fullmatch(target) and not target.startswith(NOT_A_GOAL):
        return target
    return url_for("desk.index")


def sign_in(token: str) -> None:
    """Give this browser the session of ``token``. Whatever its cookie held before is dropped, so nobody else's cookie gains by it."""
    session.clear()
    session[SEEN] = int(clock.now().timestamp())
    login_user(load_user(token))


def sign_out() -> None:
    """Drop what the cookie holds; the row is ended by the service."""
    session.clear()
    g.pop("_login_user", None)


def public(view: View) -> View:
    """Declare: anyone may open this address."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare: only who is signed in and holds ``permission`` may open this address."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            visitor = current_user._get_current_object()
            if not visitor.is_authenticated:
                return login_manager.unauthorized()
            duty = visitor.duty
            if duty is not None and request.endpoint not in DUTIES[duty]:
                return redirect(url_for(duty))
            if not can(visitor.actor, permission):
                raise NotAllowed("本页不属于您的职责，您没有查看权限。需要请联系联席会议办公室")
            g.staff_page = True
            return view(*args, **kwargs)

        guarded.access = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


class KeyRefused(RuleBroken):
    """The key of a program is missing, unknown, disabled (401), or does not open this address (403). ``challenge``: RFC 6750 §3."""

    def __init__(self, status: int, message: str, challenge: str, who: str = "-") -> None:
        super().__init__(message)
        self.status, self.challenge, self.who = status, challenge, who


def api_client(scope: ApiScope) -> Callable[[View], View]:
    """Declare: only a program whose key opens ``scope`` may ask this address. No cookie is looked at; ``g.client`` says who it is."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.client = _key_holder(scope)
            return view(*args, **kwargs)

        guarded.access = scope  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def _key_holder(scope: ApiScope) -> ApiClient:
    given = request.authorization
    key = given.token if given is not None and given.type == "bearer" else None
    if not key:
        raise KeyRefused(401, "请在Authorization请求头中给出密钥：Bearer 密钥", "Bearer")
    query = select(ApiClient).where(ApiClient.key_hash == token_hash(key), ApiClient.disabled_at.is_(None))
    client = db.session.scalar(query.options(joinedload(ApiClient.unit)).execution_options(populate_existing=True))
    if client is None:
        raise KeyRefused(401, "密钥有误或已停用", 'Bearer error="invalid_token"', "unknown key")
    if scope.value not in client.scopes:
        raise KeyRefused(403, f"本接口账号不能{scope.label}", f'Bearer error="insufficient_scope", scope="{scope.value}"', client.name)
    return client


def init_app(app: Flask) -> None:
    """Sign-in for this application."""
    app.session_interface = Cookies()
    login_manager.init_app(app)
    login_manager.session_protection = None


@login_manager.unauthorized_handler
def _to_login() -> Response:
    """To the log-in page, which leads back here; one whose session has just ended is told so."""
    words = "登录已超时或已结束，请重新登录。" if "_user_id" in session else "请先登录。"
    if words not in {said for _, said in session.get("_flashes", [])}:
        flash(words, "warning")
    return redirect(url_for("accounts.login", next=_here()))


def _here() -> str | None:
    """The page of this request as a goal to come back to; None when it cannot be opened by a link."""
    opens = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    return request.full_path.rstrip("?") if opens else None
