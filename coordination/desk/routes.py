"""我的待办, 已办, 提醒, the menu as a page, help, and the size of type."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from coordination import clock, notices
from coordination.access import LOCAL_PATH, actor, public, requires
from coordination.desk import queries
from coordination.desk.menu import SIZES
from coordination.members.queries import office_unit
from coordination.members.routes.blueprint import row_id
from coordination.permissions import Permission
from coordination.transaction import transaction
from models import Role
from models.base import db

bp = Blueprint("desk", __name__)
ONE_YEAR = 365 * 24 * 3600
NOTICES_PAGE = 30


@bp.get("/desk")
@requires(Permission.DESK)
def index() -> str | Response:
    """我的待办; who only oversees has none and lands on the ledger."""
    if actor().roles == {Role.AUDITOR}:
        return redirect(url_for("settings.audit"))
    todos = queries.todos(db.session(), actor(), clock.now())
    g.todo_count = len(todos)
    mixed = len({todo.is_own for todo in todos}) == 2  # somebody of the office who is a liaison too must tell the one from the other
    return render_template("desk/index.html", todos=todos, overdue=sum(todo.is_overdue for todo in todos), mixed=mixed)


@bp.get("/desk/done")
@requires(Permission.DESK)
def done() -> str:
    """已办: what this person and, for the unit, colleagues did, newest first."""
    before = request.args.get("before", type=row_id)
    return render_template("desk/done.html", page=queries.done(db.session(), actor(), before=before), before=before)


@bp.get("/reminders")
@requires(Permission.DESK)
def reminders() -> str:
    """提醒: what this person is owed to know, newest first."""
    before = request.args.get("before", type=row_id)
    found = notices.listed(db.session(), current_user.person_id, before=before, limit=NOTICES_PAGE + 1)
    older = found[NOTICES_PAGE - 1].id if len(found) > NOTICES_PAGE else None
    return render_template("desk/reminders.html", notices=found[:NOTICES_PAGE], older=older, before=before)


@bp.post("/reminders/<int:notice_id>")
@requires(Permission.DESK)
def reminder(notice_id: int) -> Response:
    """已阅 one."""
    with transaction() as session:
        notices.mark_read(session, person_id=current_user.person_id, notice_id=notice_id, now=clock.now())
    return redirect(url_for(".reminders"))


@bp.post("/reminders/all")
@requires(Permission.DESK)
def all_reminders() -> Response:
    """全部已阅."""
    with transaction() as session:
        notices.mark_all_read(session, person_id=current_user.person_id, now=clock.now())
    flash("提醒已全部标为已阅。")
    return redirect(url_for(".reminders"))


@bp.get("/menu")
@requires(Permission.DESK)
def menu() -> str:
    """The menu as a page, where 菜单 leads on a phone without scripts."""
    return render_template("menu.html")


@bp.get("/help")
@requires(Permission.DESK)
def help() -> str:
    """What one does here, role by role; one's own first."""
    own = [role for role in Role if role in actor().roles]
    return render_template("desk/help.html", own=own, others=[role for role in Role if role not in own])


@bp.get("/accessibility")
@public
def accessibility() -> str:
    """无障碍说明, with whom to call."""
    return render_template("desk/accessibility.html", office=office_unit(db.session()))


@bp.post("/type-size")
@public
def type_size() -> Response:
    """字号: kept in a cookie, for whoever reads, signed in or not; back to the page one came from."""
    size, target = request.form.get("size", ""), request.form.get("next", "")
    response = redirect(target if LOCAL_PATH.fullmatch(target) else url_for("portal.index"))
    if size in SIZES:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie("type_size", size, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=secure)
    return response
