"""计划导入 and 常态化任务: many tasks from one table, and duties that come round."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import attachments, checked, clock
from coordination.access import actor, requires
from coordination.acting import Did, act_page
from coordination.filters import with_query
from coordination.forms import choices
from coordination.notices import full_day
from coordination.permissions import Permission
from coordination.tasks import forms, planning, queries, recurring
from coordination.tasks.planning import COLUMNS, Checked, Plan
from coordination.tasks.routes.blueprint import Answer, ahead, bp, earliest, tabs
from coordination.transaction import transaction
from models import Mechanism
from models.base import db
from models.errors import BadInput, NotFound, RuleBroken
from models.text import clean_text

DUTIES = 30


@bp.route("/plan", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def import_plan() -> Answer:
    """导入计划: the upload; a table that can be read is shown on the page 核对, and nothing is written."""
    form = forms.PlanTable()
    form.mechanism_id.choices = choices((m.id, m.short_name) for m in _mechanisms())
    if form.mechanism_id.data is None and len(form.mechanism_id.choices) == 1:
        form.mechanism_id.data = form.mechanism_id.choices[0].value
    if form.validate_on_submit():
        content = form.file.data.read()
        plan = Plan(form.mechanism_id.data, form.name.data, form.schemes_due_on.data)
        try:
            found = planning.preview(db.session(), actor=actor(), content=content, plan=plan, now=clock.now())
        except BadInput as wrong:
            form.form_errors.append(wrong.message)
        else:
            return _review(found, content, plan)
    names = [column.names[0] + ("" if column.required else "（可空）") for column in COLUMNS.values()]
    return render_template("tasks/plan.html", form=form, columns=names, hint=ahead(), earliest=earliest()), 422 if form.errors else 200


@bp.post("/plan/confirmed")
@requires(Permission.TASK_SUPERVISE)
def take_plan() -> Answer:
    """导入 what was looked at: every line or none."""
    form = forms.CheckedPlan()
    content = checked.kept(form) if form.validate_on_submit() else None
    if content is None:
        flash("表格已不在，请重新上传核对。", "warning")
        return redirect(url_for(".import_plan"))
    plan = Plan(form.mechanism_id.data, clean_text(form.name.data) or "", form.schemes_due_on.data)
    try:
        with transaction() as session:
            made = planning.take(session, actor=actor(), content=content, plan=plan, now=clock.now())
    except RuleBroken as refused:
        if refused.status != 422:
            raise
        return render_template("tasks/plan_review.html", form=form, found=None, refused=refused.message, rows=(), unshown=0, plan=plan), 422
    attachments.drop_aside(form.digest.data)
    flash(f"已下达任务{len(made)}件，牵头、配合单位联络员会收到通知。" if made else "表中的任务都已下达过，没有重复下达。")
    return redirect(url_for(".index"))


@bp.get("/plan/blank.xlsx")
@requires(Permission.TASK_SUPERVISE)
def blank_plan() -> Response:
    """An empty table with the columns of a plan."""
    return checked.blank("行动计划任务表", COLUMNS)


@bp.get("/recurring", endpoint="recurring")
@requires(Permission.TASK_SUPERVISE)
def list_duties() -> str:
    """常态化任务."""
    after = min(max(request.args.get("after", 0, type=int), 0), queries.LARGEST_ID)
    duties = recurring.listed(db.session(), actor(), after=after, limit=DUTIES + 1)
    older = with_query(request.full_path, after=duties[DUTIES - 1].id) if len(duties) > DUTIES else None
    return render_template("tasks/recurring.html", duties=duties[:DUTIES], next_url=older, today=clock.today(), subnav=tabs("recurring"))


@bp.route("/recurring/new", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def new_recurring() -> Answer:
    """设常态化任务."""
    mechanisms = _mechanisms()
    mechanism = next((m for m in mechanisms if m.code == request.args.get("mechanism")), mechanisms[0])
    mechanism_id = mechanism.id
    form = forms.NewDuty()
    offered = choices((unit.id, unit.short_name) for unit in queries.members(db.session(), mechanism.id, clock.today()))
    form.lead_id.choices = form.co_ids.choices = offered

    def act(session: Session) -> Did:
        given: dict[str, Any] = {name: form[name].data for name in ("title", "lead_id", "cadence", "from_on", "to_on")}
        given |= {name: form[name].data or "" for name in ("source", "text", "deliverable")}
        made = recurring.add(session, actor=actor(), mechanism_id=mechanism_id, co_ids=form.co_ids.data or [], now=clock.now(), **given)
        return f"已设常态化任务“{made.title}”，每期在工作时间自动下达。", url_for(".recurring")

    what = "每期（月、季、半年或年）自动下达一件任务，时限为该期最后一日；下达、提醒、催办与其他任务相同。"
    tips = {"title": "下达时后面注明期别，如“消费提示发布（2026年3月）”", "from_on": "不早于本月1日", "to_on": "不填为长期"}
    options = {"lead_id": {"columns": True}, "co_ids": {"columns": True}}
    pages = [(m.short_name, url_for(".new_recurring", mechanism=m.code), m is mechanism) for m in mechanisms]
    more: dict[str, Any] = {"what": what, "hints": tips, "options": options, "back": url_for(".recurring"), "back_label": "返回，不设"}
    return act_page(
        form,
        act,
        title=f"设常态化任务：{mechanism.short_name}",
        verb="设常态化任务",
        crumbs=[("常态化任务", url_for(".recurring"))],
        subnav=pages if len(pages) > 1 else (),
        **more,
    )


@bp.route("/recurring/<int:recurring_id>/stop", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def stop_recurring(recurring_id: int) -> Answer:
    """停止 from a day on."""
    duty = recurring.get_duty(db.session(), actor(), recurring_id)
    form = forms.StopDuty(to_on=clock.today())

    def act(session: Session) -> Did:
        given = {"recurring_id": recurring_id, "to_on": form.to_on.data}
        done = recurring.stop(session, actor=actor(), now=clock.now(), **given)
        assert done.to_on is not None
        return f"“{done.title}”{full_day(done.to_on)}后不再下达。", url_for(".recurring")

    lines = ("已下达的任务照常办理", "停止后可另设一项")
    return act_page(
        form,
        act,
        title=f"停止：{duty.title}",
        verb="停止下达",
        consequences=lines,
        kind="danger",
        back=url_for(".recurring"),
        back_label="返回，不停止",
        crumbs=[("常态化任务", url_for(".recurring"))],
    )


def _mechanisms() -> list[Mechanism]:
    found = queries.mechanisms(db.session(), actor().oversees(Permission.TASK_SUPERVISE))
    if not found:
        raise NotFound("还没有联席会议机制")
    return found


def _review(found: Checked, content: bytes, plan: Plan) -> str:
    given = {"mechanism_id": plan.mechanism_id, "name": plan.name, "schemes_due_on": plan.schemes_due_on}
    form = forms.CheckedPlan(formdata=None, data={**checked.set_aside(content, clock.now()), **given})
    lines = checked.lines(found.preview)
    shown = lines[: checked.SHOWN]
    return render_template(
        "tasks/plan_review.html", form=form, found=found, refused=None, rows=shown, unshown=len(lines) - len(shown), plan=plan
    )
