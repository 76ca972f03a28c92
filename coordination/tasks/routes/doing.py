"""What is done to a task, each on a page of its own: accept, report, close, return, cancel, edit; and a task without a meeting."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires, safe_next
from coordination.forms import choices, uploaded
from coordination.notices import full_day
from coordination.permissions import Permission
from coordination.tasks import forms, page, queries, service
from coordination.tasks.actions import Action, entitled
from coordination.tasks.routes.blueprint import Answer, ahead, bp, done_or_again, due, opened
from coordination.transaction import transaction
from models import Task
from models.base import db
from models.errors import BadInput, NotFound


@bp.post("/<int:task_id>/accept")
@requires(Permission.TASK_REPORT)
def accept(task_id: int) -> Response:
    """签收, from the task or from 我的待办 (which sends no ``next`` and is returned to)."""
    with transaction() as session:
        task = service.accept(session, actor=actor(), task_id=task_id, now=clock.now())
        said = f"已签收{task.number}。最迟{full_day(task.due_on)}办结。"
    flash(said)
    return redirect(safe_next(request.form.get("next")))


@bp.route("/<int:task_id>/report", methods=["GET", "POST"])
@requires(Permission.TASK_REPORT)
def report(task_id: int) -> Answer:
    """填报进展, by the lead unit or a co-operating one on its own share."""
    task, action = _reported(task_id)
    newest = queries.newest_report(db.session(), task, actor().unit_ids)
    form = forms.Report(version=newest.id if newest else 0, percent=newest.percent if newest else 0)
    if action is Action.HELP:
        del form.final

    def act(session: Session) -> str:
        final = bool(form.final and form.final.data)
        given = {"text": form.text.data, "percent": form.percent.data, "final": final, "seen": form.version.data}
        given |= {"difficulty": form.difficulty.data or "", "support": form.support.data or "", "files": uploaded(form.files)}
        service.submit_report(session, actor=actor(), task_id=task_id, now=clock.now(), **given)
        return "已报结，等办公室核验。" if final else "进展已填报。"

    return done_or_again(task_id, form, act, "tasks/report.html", verb=action.label)


@bp.route("/<int:task_id>/close", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def close(task_id: int) -> Answer:
    """核验销号."""
    task = opened(task_id, Action.CLOSE)
    form = forms.Close(version=task.version)

    def act(session: Session) -> str:
        given = {"finding": form.finding.data, "version": form.version.data}
        return f"{service.close(session, actor=actor(), task_id=task_id, now=clock.now(), **given).number}已销号。"

    return done_or_again(task_id, form, act, "tasks/close.html")


@bp.route("/<int:task_id>/return", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def send_back(task_id: int) -> Answer:
    """退回重办."""
    task = opened(task_id, Action.SEND_BACK)
    form = forms.SendBack(version=task.version)

    def act(session: Session) -> str:
        given = {"reason": form.reason.data, "due_on": form.due_on.data, "version": form.version.data}
        task = service.send_back(session, actor=actor(), task_id=task_id, now=clock.now(), **given)
        return f"{task.number}已退回重办。新的时限为{due(session, task.due_on)}。"

    return done_or_again(task_id, form, act, "tasks/return.html", hint=ahead())


@bp.route("/<int:task_id>/cancel", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def cancel(task_id: int) -> Answer:
    """撤销, on a page of its own that says what follows."""
    task = opened(task_id, Action.CANCEL)
    form = forms.Cancel(version=task.version)

    def act(session: Session) -> str:
        given = {"reason": form.reason.data, "version": form.version.data}
        return f"{service.cancel(session, actor=actor(), task_id=task_id, now=clock.now(), **given).number}已撤销。"

    return done_or_again(task_id, form, act, "tasks/cancel.html")


@bp.route("/<int:task_id>/edit", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def edit(task_id: int) -> Answer:
    """更改任务内容; whoever is second sees both texts."""
    task = opened(task_id, Action.EDIT)
    form = forms.Edit(obj=task)
    if task.decision_id is not None:
        del form.text

    def act(session: Session) -> str:
        text = form.text.data if form.text else task.text
        given = {"title": form.title.data, "text": text or "", "deliverable": form.deliverable.data or "", "version": form.version.data}
        given |= {"priority": form.priority.data, "cadence": form.cadence.data}
        service.edit(session, actor=actor(), task_id=task_id, now=clock.now(), **given)
        return "任务内容已更改。"

    return done_or_again(task_id, form, act, "tasks/edit.html")


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def new() -> Answer:
    """新建任务, without a meeting."""
    session = db.session()
    mine = queries.mechanisms(session, actor().oversees(Permission.TASK_SUPERVISE))
    mechanism = next((m for m in mine if m.code == request.args.get("mechanism")), mine[0] if mine else None)
    if mechanism is None:
        raise NotFound("还没有联席会议机制")
    form = forms.New()
    offered = choices((unit.id, unit.short_name) for unit in queries.members(session, mechanism.id, clock.today()))
    form.lead_id.choices = form.co_ids.choices = offered
    mechanism_id, tabs = mechanism.id, [(m.short_name, url_for(".new", mechanism=m.code), m is mechanism) for m in mine]
    if form.validate_on_submit():
        given = {name: form[name].data for name in ("source", "title", "lead_id", "due_on")}
        given |= {"priority": form.priority.data, "cadence": form.cadence.data}
        given |= {"text": form.text.data or "", "deliverable": form.deliverable.data or "", "co_ids": form.co_ids.data or []}
        try:
            with transaction() as writing:
                task = service.create(writing, actor=actor(), mechanism_id=mechanism_id, now=clock.now(), **given)
                said = f"已下达{task.number}，时限{due(writing, task.due_on)}。已通知牵头、配合单位联络员。"
                url = url_for(".show", task_id=task.id)
        except BadInput as broken:
            form.form_errors.append(broken.message)
        else:
            flash(said)
            return redirect(url)
    shown = render_template(
        "tasks/new.html", form=form, subnav=tabs if len(tabs) > 1 else [], hint=ahead(), earliest=page.earliest(clock.today())
    )
    return shown, 422 if form.errors else 200


def _reported(task_id: int) -> tuple[Task, Action]:
    """The task and as what this person reports on it: as the lead unit, or as a co-operating one."""
    task = queries.page_of(db.session(), actor(), task_id)
    action = Action.REPORT if entitled(actor(), task, Action.REPORT) else Action.HELP
    return opened(task_id, action), action
