"""Signing in and out, one's own account, and the admin's accounts pages."""

import secrets
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_login import current_user

from coordination import access, audit, clock
from coordination.access import actor, public, requires, safe_next
from coordination.accounts import lockout, own, passwords, queries, service, sessions, totp
from coordination.accounts.forms import (
    ActForm,
    CodeForm,
    ConfirmForm,
    LoginForm,
    PasswordForm,
    PersonForm,
    RulesForm,
    SetUpForm,
    say,
    sought,
    take_over,
)
from coordination.accounts.sessions import Origin, Outcome, Pending
from coordination.forms import Form
from coordination.permissions import Permission
from coordination.transaction import transaction
from models import Person, Role
from models.base import db
from models.errors import BadInput, Conflict, NotAllowed

bp = Blueprint("accounts", __name__)
Page = Response | str | tuple[str, int]
DEVICE = "device"
PENDING = "pending"


@bp.route("/login", methods=["GET", "POST"])
@public
def login() -> Any:
    """Sign in with name and password; who has set up one-time codes is asked for one next."""
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")))
    form = LoginForm()
    if not form.validate_on_submit():
        return _open_page("accounts/login.html", form)
    origin, now = _origin(), clock.now()
    attempt = sessions.examine(db.session(), username=form.username.data, password=form.password.data, origin=origin, now=now)
    outcome = _log_in(attempt, None, origin)
    if outcome.wants_code:
        session[PENDING] = asdict(sessions.pending(attempt, now))
        return redirect(url_for(".login_code", next=request.args.get("next")))
    return _signed_in(outcome, origin) if outcome.token else _open_page("accounts/login.html", form, outcome)


@bp.route("/login/code", methods=["GET", "POST"])
@public
def login_code() -> Any:
    """The one-time code, within five minutes of the password."""
    kept = session.get(PENDING)
    form = CodeForm()
    if kept is None:
        return redirect(url_for(".login", next=request.args.get("next")))
    if not form.validate_on_submit():
        return _open_page("accounts/code.html", form)
    origin = _origin()
    attempt = sessions.resume(db.session(), kept=Pending(**kept), origin=origin, now=clock.now())
    if not attempt.proven:
        session.pop(PENDING)
        flash("已超过5分钟，请重新输入用户名和密码。", "warning")
        return redirect(url_for(".login", next=request.args.get("next")))
    outcome = _log_in(attempt, form.code.data, origin)
    return _signed_in(outcome, origin) if outcome.token else _open_page("accounts/code.html", form, outcome)


@bp.post("/logout")
@public
def logout() -> Any:
    """End this session at once; harmless for who has none."""
    if current_user.is_authenticated:
        with transaction() as database:
            sessions.log_out(database, actor=actor(), session_id=current_user.session_id, now=clock.now())
    access.sign_out()
    flash("已退出。")
    return redirect(url_for(".login"))


@bp.get("/account")
@requires(Permission.OWN_ACCOUNT)
def account() -> str:
    """我的账号."""
    person = queries.get_person(db.session(), current_user.person_id)
    living = queries.living_sessions(db.session(), person.id, clock.now())
    return render_template("accounts/account.html", person=person, living=living)


@bp.post("/account/sessions")
@requires(Permission.OWN_ACCOUNT)
def end_others() -> Any:
    """End every other session of one's own."""
    with transaction() as database:
        ended = sessions.end_others(database, actor=actor(), session_id=current_user.session_id, now=clock.now())
    flash(f"已结束其他登录{ended}个，这些设备须重新登录。" if ended else "没有其他登录。")
    return redirect(url_for(".account"))


@bp.route("/account/password", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def password() -> Any:
    """Change one's own password; all other sessions end at once."""
    form = PasswordForm()
    if form.validate_on_submit() and (token := _changed_password(form)):
        access.sign_in(token)
        flash("密码已修改，其他设备上的登录已全部结束。")
        return redirect(url_for("desk.index"))
    hint = passwords.HINTS[queries.rules(db.session()).password_profile]
    return _page("accounts/password.html", form, hint=hint)


@bp.route("/account/confirm", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def confirm() -> Any:
    """Give the password once more before something that counts as a signature."""
    form = ConfirmForm()
    if form.validate_on_submit():
        attempt = _examine_own(form.password.data)
        with transaction() as database:
            outcome = sessions.confirm(database, actor=actor(), session_id=current_user.session_id, attempt=attempt, now=clock.now())
        if not outcome.refusal:
            return redirect(safe_next(request.args.get("next")))
        say(form.password, outcome.refusal)
    return _page("accounts/confirm.html", form, back_url=safe_next(request.args.get("next")))


@bp.route("/account/totp", methods=["GET", "POST"], endpoint="totp")
@requires(Permission.OWN_ACCOUNT)
def totp_page() -> Any:
    """Set up one-time codes, or give them up again."""
    if request.method == "GET" and not access.recently_confirmed(clock.now()):
        return access.confirm_first()
    person = queries.get_person(db.session(), current_user.person_id)
    return _drop_totp() if person.totp_secret else _set_up_totp(person)


@bp.get("/accounts")
@requires(Permission.ACCOUNTS_EDIT)
def people() -> str:
    """The accounts, by username."""
    wanted = sought(request.args)
    page = queries.listed(db.session(), wanted, after=_key("after"), before=_key("before"))
    return render_template("accounts/people.html", page=page, sought=wanted, roles=[(role.value, role.label) for role in Role])


@bp.route("/accounts/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT)
def new() -> Any:
    """A new account; its one-time password is shown once."""
    form = _person_form(None)
    if form.validate_on_submit():
        try:
            with transaction() as database:
                made, given = service.create_person(database, actor=actor(), username=form.username.data, now=clock.now(), **form.facts)
            return render_template("accounts/issued.html", person=made, password=given, is_new=True)
        except BadInput as wrong:
            say(form, wrong.message)
    return _page("accounts/new.html", form)


@bp.get("/accounts/<int:person_id>")
@requires(Permission.ACCOUNTS_EDIT)
def person(person_id: int) -> str:
    """One account: who, where, which roles, what was done to it."""
    database = db.session()
    shown = queries.get_person(database, person_id)
    living = queries.living_sessions(database, person_id, clock.now())
    history = [{"at": entry.at, "who": entry.who, "what": entry.text, "text": None} for entry in audit.history(database, shown)]
    last = queries.last_log_ins(database, [person_id]).get(person_id)
    return render_template("accounts/person.html", person=shown, living=living, history=history, last=last)


@bp.route("/accounts/<int:person_id>/edit", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT)
def edit(person_id: int) -> Any:
    """Change name, unit, roles, address."""
    shown = queries.get_person(db.session(), person_id)
    form = _person_form(shown)
    theirs = None
    if request.method == "GET":
        form.show(shown)
    elif form.validate():
        try:
            with transaction() as database:
                service.edit_person(database, actor=actor(), person_id=person_id, version=form.version.data, now=clock.now(), **form.facts)
            flash("已保存，从其下一次操作起生效。")
            return redirect(url_for(".person", person_id=person_id))
        except (BadInput, NotAllowed) as wrong:
            say(form, wrong.message)
        except Conflict:
            stored = _person_form(shown)
            stored.show(shown)
            theirs = take_over(form, stored)
    return _page("accounts/edit.html", form, person=shown, theirs=theirs, status=None if theirs is None else 409)


@bp.route("/accounts/<int:person_id>/disable", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT)
def disable(person_id: int) -> Any:
    """Keep somebody out at once."""
    form = ActForm()
    if form.validate_on_submit():
        with transaction() as database:
            ended = service.disable(database, actor=actor(), person_id=person_id, version=form.version.data, now=clock.now())
        flash(f"账号已停用，已结束登录{ended}个。")
        return redirect(url_for(".person", person_id=person_id))
    return _act_page("accounts/disable.html", person_id)


@bp.post("/accounts/<int:person_id>/enable")
@requires(Permission.ACCOUNTS_EDIT)
def enable(person_id: int) -> Any:
    """Let somebody in again."""
    with transaction() as database:
        service.enable(database, actor=actor(), person_id=person_id, version=ActForm().version.data, now=clock.now())
    flash("账号已启用，可用原密码登录。")
    return redirect(url_for(".person", person_id=person_id))


@bp.route("/accounts/<int:person_id>/password", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT)
def reset_password(person_id: int) -> Any:
    """Give somebody a one-time password, shown once."""
    form = ActForm()
    if form.validate_on_submit():
        with transaction() as database:
            given = service.reset_password(database, actor=actor(), person_id=person_id, version=form.version.data, now=clock.now())
        shown = queries.get_person(db.session(), person_id)
        return render_template("accounts/issued.html", person=shown, password=given, is_new=False)
    return _act_page("accounts/reset_password.html", person_id)


@bp.route("/accounts/<int:person_id>/totp", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT)
def reset_totp(person_id: int) -> Any:
    """Forget somebody's authenticator."""
    form = ActForm()
    if form.validate_on_submit():
        with transaction() as database:
            service.reset_totp(database, actor=actor(), person_id=person_id, version=form.version.data, now=clock.now())
        flash("动态验证码已解除，其登录已全部结束。")
        return redirect(url_for(".person", person_id=person_id))
    return _act_page("accounts/reset_totp.html", person_id)


@bp.route("/accounts/rules", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT)
def rules() -> Any:
    """The rules of log-in."""
    form = RulesForm()
    theirs = None
    if request.method == "GET":
        form.show(queries.rules(db.session()), queries.rules_version(db.session()))
    elif form.validate():
        try:
            with transaction() as database:
                service.change_rules(database, actor=actor(), rules=form.rules, version=form.version.data, now=clock.now())
            flash("登录规则已保存，即时生效。")
            return redirect(url_for(".rules"))
        except Conflict:
            stored = RulesForm(formdata=None)
            stored.show(queries.rules(db.session()), queries.rules_version(db.session()))
            theirs = take_over(form, stored)
    return _page("accounts/rules.html", form, theirs=theirs, status=None if theirs is None else 409)


def _origin() -> Origin:
    """Where this request comes from; a browser that is not known yet is given a secret to be known by."""
    return Origin(request.remote_addr or "", request.cookies.get(DEVICE, "")[:64] or secrets.token_urlsafe(24))


def _log_in(attempt: sessions.Attempt, code: str | None, origin: Origin) -> Outcome:
    replaces = current_user.session_id if current_user.is_authenticated else None
    with transaction() as database:
        return sessions.log_in(database, attempt=attempt, code=code, origin=origin, now=clock.now(), replaces=replaces)


def _signed_in(outcome: Outcome, origin: Origin) -> Any:
    access.sign_in(outcome.token)
    response = redirect(safe_next(request.args.get("next")))
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(DEVICE, origin.device, max_age=lockout.KNOWN_FOR, httponly=True, samesite="Lax", secure=secure)
    return response


def _open_page(template: str, form: Form, outcome: Outcome | None = None) -> Any:
    """A page for who is not signed in yet, kept nowhere."""
    g.staff_page = True
    if outcome is not None:
        say(form, outcome.refusal)
    return _page(template, form, status=429 if outcome is not None and outcome.must_wait else None)


def _page(template: str, form: Form, *, status: int | None = None, **more: Any) -> Page:
    return render_template(template, form=form, **more), status or (422 if form.errors else 200)


def _examine_own(typed: str) -> sessions.Attempt:
    return sessions.examine(db.session(), username=current_user.username, password=typed, origin=_origin(), now=clock.now())


def _changed_password(form: PasswordForm) -> str:
    """The token of the fresh session; "" when refused, which the form then says."""
    attempt = _examine_own(form.current.data)
    try:
        with transaction() as database:
            outcome = own.change_password(database, actor=actor(), attempt=attempt, new=form.new.data, origin=_origin(), now=clock.now())
    except BadInput as wrong:
        say(form.new, wrong.message)
        return ""
    if outcome.refusal:
        say(form.current, outcome.refusal)
    return outcome.token


def _set_up_totp(person: Person) -> Any:
    form = SetUpForm()
    if form.validate_on_submit():
        try:
            with transaction() as database:
                own.set_up_totp(
                    database,
                    actor=actor(),
                    session_id=current_user.session_id,
                    offered=form.offered.data or "",
                    code=form.code.data,
                    now=clock.now(),
                )
            flash("动态验证码已启用，下次登录时须填写。")
            return redirect(url_for(".account"))
        except BadInput as wrong:
            say(form.code, wrong.message)
    if not form.offered.data:
        form.offered.data = totp.offer(person.id, totp.new_secret())
    secret = totp.accept(person.id, form.offered.data)
    picture = totp.picture(secret, username=current_user.username, platform=queries.platform_name(db.session()))
    return _page("accounts/totp.html", form, secret=secret, picture=picture)


def _drop_totp() -> Any:
    form = CodeForm()
    if form.validate_on_submit():
        try:
            with transaction() as database:
                own.drop_totp(database, actor=actor(), code=form.code.data, now=clock.now())
            flash("动态验证码已停用。")
            return redirect(url_for(".account"))
        except BadInput as wrong:
            say(form.code, wrong.message)
    demanded = not actor().roles.isdisjoint(queries.rules(db.session()).totp_roles)
    return _page("accounts/totp_off.html", form, demanded=demanded)


def _key(name: str) -> str:
    """A username a page begins or ends at."""
    return request.args.get(name, "").replace("\x00", "")


def _person_form(shown: Person | None) -> PersonForm:
    """The form of one account (None: a new one) with what can be chosen today."""
    database = db.session()
    form = PersonForm()
    if shown is not None:
        del form.username
    units = queries.units_to_choose(database, clock.today(), shown.unit_id if shown else None)
    form.offer(units, queries.mechanisms(database), shown)
    return form


def _act_page(template: str, person_id: int) -> str:
    shown = queries.get_person(db.session(), person_id)
    living = queries.living_sessions(db.session(), person_id, clock.now())
    return render_template(template, person=shown, living=living)
