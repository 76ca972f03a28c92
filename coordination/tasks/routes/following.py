"""催办 by hand, 落实情况 for the next meeting, 日历订阅 and 群消息."""

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, public, requires
from coordination.acting import Did, act_page
from coordination.forms import choices
from coordination.permissions import UNIT_ROLES, Permission
from coordination.tasks import feeds, forms, hooks, pressing, queries, reviewing
from coordination.tasks.routes.blueprint import Answer, bp, head_of, tabs
from coordination.transaction import transaction
from models import Unit
from models.base import db
from models.errors import BadInput, IllegalMove


@bp.route("/urge", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def urge() -> Answer:
    """催办 the tasks chosen in the list, on a page that shows everyone it will reach."""
    ids = [int(one) for one in (request.form if request.method == "POST" else request.args).getlist("task") if one.isdigit()]
    session = db.session()
    form = forms.Urge()
    try:
        reached = pressing.preview(session, actor=actor(), task_ids=ids, now=clock.now())
    except BadInput as wrong:
        flash(wrong.message + "。", "warning")
        return redirect(url_for(".index"))
    if form.validate_on_submit():
        with transaction() as writing:
            count, told = pressing.urge(writing, actor=actor(), task_ids=ids, said=form.said.data or "", now=clock.now())
        flash(f"已催办{count}件，通知{told}人次。")
        return redirect(url_for(".index"))
    people = {person.id: person for one in reached for person in one.people}
    silent = [one.task for one in reached if not one.people]
    page = render_template("tasks/urge.html", form=form, reached=reached, people=len(people), silent=silent)
    return page, 422 if form.errors else 200


@bp.route("/<int:task_id>/review", methods=["GET", "POST"])
@requires(Permission.TASK_READ)
def review(task_id: int) -> Answer:
    """填写落实情况 for the next meeting."""
    session = db.session()
    task = queries.page_of(session, actor(), task_id)
    reviewing.require_writer(actor(), task)
    found = reviewing.coming(session, task)
    if found is None and request.method == "GET":
        raise IllegalMove(reviewing.CLOSED)
    note = found.note if found else None
    form = forms.Review(version=note.version if note else 0, text=note.text if note else "")

    def act(writing: Session) -> Did:
        given = {"text": form.text.data, "version": form.version.data}
        reviewing.write(writing, actor=actor(), task_id=task_id, now=clock.now(), **given)
        return "落实情况已保存，列入下次会议的落实情况表。", url_for(".show", task_id=task_id)

    name = found.meeting.name if found else ""
    hints = {"text": "几句话：做到什么程度，还差什么，打算怎样"}
    what = f"列入{name}“上次会议议定事项落实情况”，会议通知发出后不能再改。"
    return act_page(
        form,
        act,
        title=f"填写落实情况：{task.title}",
        verb="保存落实情况",
        hints=hints,
        what=what,
        back_label="返回，不保存",
        **head_of(task),
    )


@bp.get("/feeds", endpoint="feeds")
@requires(Permission.TASK_READ)
def list_feeds() -> str:
    """日历订阅 of one's own unit."""
    me = actor()
    units = _own_units(db.session()) if me.roles & UNIT_ROLES else []
    return render_template("tasks/feeds.html", feeds=feeds.listed(db.session(), me), units=units, address="", subnav=tabs("month"))


@bp.post("/feeds")
@requires(Permission.TASK_READ)
def make_feed() -> Answer:
    """生成订阅地址: shown on this page alone."""
    unit_id = request.form.get("unit", 0, type=int)
    with transaction() as session:
        _, token = feeds.make(session, actor=actor(), unit_id=unit_id, now=clock.now())
    address = url_for(".feed", token=token, _external=True)
    session = db.session()
    return render_template(
        "tasks/feeds.html", feeds=feeds.listed(session, actor()), units=_own_units(session), address=address, subnav=tabs("month")
    )


@bp.post("/feeds/<int:feed_id>/revoke")
@requires(Permission.TASK_READ)
def revoke_feed(feed_id: int) -> Response:
    """停用."""
    with transaction() as session:
        feeds.revoke(session, actor=actor(), feed_id=feed_id, now=clock.now())
    flash("订阅地址已停用。")
    return redirect(url_for(".feeds"))


@bp.get("/feed/<string:token>.ics")
@public
def feed(token: str) -> Response:
    """The unit's due dates for whoever holds the token."""
    response = make_response(feeds.calendar_of(db.session(), token, clock.now()))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/hooks", methods=["GET", "POST"], endpoint="hooks")
@requires(Permission.TASK_SUPERVISE)
def list_hooks() -> Answer:
    """群消息: the addresses written down, and one more."""
    session, me = db.session(), actor()
    form = forms.NewHook()
    overseen = queries.mechanisms(session, me.oversees(Permission.TASK_SUPERVISE))
    form.mechanism_id.choices = choices((m.id, m.short_name) for m in overseen)
    if form.validate_on_submit():
        given = {"mechanism_id": form.mechanism_id.data, "name": form.name.data, "kind": form.format.data, "url": form.url.data}
        try:
            with transaction() as writing:
                hooks.add(writing, actor=me, secret=form.secret.data or "", now=clock.now(), **given)
        except BadInput as wrong:
            form.form_errors.append(wrong.message)
        else:
            flash("推送地址已登记，督办各步会推送到该群。")
            return redirect(url_for(".hooks"))
    rows = [(hook, hooks.last_error(session, hook)) for hook in hooks.listed(session, me)]
    return render_template("tasks/hooks.html", form=form, rows=rows, subnav=tabs("hooks")), 422 if form.errors else 200


@bp.post("/hooks/<int:hook_id>/disable")
@requires(Permission.TASK_SUPERVISE)
def disable_hook(hook_id: int) -> Response:
    """停用."""
    with transaction() as session:
        hooks.disable(session, actor=actor(), hook_id=hook_id, now=clock.now())
    flash("推送地址已停用，未发出的不再发出。")
    return redirect(url_for(".hooks"))


def _own_units(session: Session) -> list[Unit]:
    """The units one answers for, that a feed may be made of."""
    found = session.scalars(db.select(Unit).where(Unit.id.in_(actor().unit_ids)).order_by(Unit.position, Unit.id))
    return [unit for unit in found if unit.stands(clock.today())]
