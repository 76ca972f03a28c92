"""More time, another lead, and the files of reports."""

from io import BytesIO

from flask import send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import attachments, clock
from coordination.access import actor, requires
from coordination.acting import Did, act_page
from coordination.forms import choices
from coordination.notices import full_day
from coordination.permissions import Permission
from coordination.tasks import extending, forms, page, queries, service
from coordination.tasks.actions import Action
from coordination.tasks.routes.blueprint import Answer, ahead, bp, due, head_of, opened
from models import Extension
from models.base import db
from models.errors import IllegalMove


@bp.route("/<int:task_id>/extend", methods=["GET", "POST"])
@requires(Permission.TASK_REPORT)
def ask_more(task_id: int) -> Answer:
    """申请延期, before the due date."""
    task = opened(task_id, Action.ASK_MORE)
    if task.due_on < clock.today():
        raise IllegalMove(extending.TOO_LATE)
    form = forms.AskMore(version=task.version)

    def act(session: Session) -> Did:
        given = {"wanted_on": form.wanted_on.data, "reason": form.reason.data}
        extending.ask(session, actor=actor(), task_id=task_id, now=clock.now(), **given)
        return "已申请延期，等办公室审核。审核之前仍按原时限办理。", url_for(".show", task_id=task_id)

    lines = (f"现时限最迟{full_day(task.due_on)}，同意之前仍按此提醒和催办", "办公室会收到申请，结果通知本单位联络员")
    hints = {"wanted_on": f"应晚于现时限。{ahead()}", "reason": "为什么不能按期完成，已做了什么，延后怎样完成"}
    return act_page(
        form,
        act,
        title=f"申请延期：{task.title}",
        verb="申请延期",
        consequences=lines,
        hints=hints,
        back_label="返回，不申请",
        **head_of(task, form="wanted_on"),
    )


@bp.route("/extensions/<int:extension_id>/grant", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def grant_more(extension_id: int) -> Answer:
    """同意延期, to the day asked for or another."""
    asked = _asked(extension_id)
    form = forms.GrantMore(due_on=asked.wanted_on)

    def act(session: Session) -> Did:
        done = extending.grant(session, actor=actor(), extension_id=extension_id, due_on=form.due_on.data, now=clock.now())
        assert done.granted_on is not None
        return f"已同意延期，新的时限为{due(session, done.granted_on)}。", url_for(".show", task_id=done.task_id)

    lines = ("提醒和催办按新的时限重新计算，未发出的督办文书不再发出", "原时限仍会显示；牵头、配合单位联络员会收到通知")
    hints = {"due_on": f"申请延至{full_day(asked.wanted_on)}，可另定；应晚于现时限{full_day(asked.task.due_on)}"}
    title = f"同意延期：{asked.task.title}"
    more = {"facts": _facts(asked), "back_label": "返回，暂不答复", **head_of(asked.task, form="due_on")}
    return act_page(form, act, title=title, verb="同意延期", consequences=lines, hints=hints, **more)


@bp.route("/extensions/<int:extension_id>/refuse", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def refuse_more(extension_id: int) -> Answer:
    """不同意延期, with the reason."""
    asked = _asked(extension_id)
    form = forms.Why()
    form.reason.label.text = "不同意的原因"

    def act(session: Session) -> Did:
        extending.refuse(session, actor=actor(), extension_id=extension_id, answer=form.reason.data, now=clock.now())
        return "已答复不同意延期，仍按原时限办理。", url_for(".show", task_id=asked.task_id)

    lines = (f"仍按{full_day(asked.task.due_on)}办结，到期前提醒，逾期催办", "牵头、配合单位联络员会收到原因")
    title = f"不同意延期：{asked.task.title}"
    more = {"facts": _facts(asked), "back_label": "返回，暂不答复", **head_of(asked.task)}
    return act_page(form, act, title=title, verb="不同意延期", consequences=lines, **more)


@bp.route("/<int:task_id>/lead", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def change_lead(task_id: int) -> Answer:
    """更换牵头单位."""
    task = opened(task_id, Action.CHANGE_LEAD)
    form = forms.ChangeLead(version=task.version)
    members = queries.members(db.session(), task.mechanism_id, clock.today())
    form.lead_id.choices = choices((unit.id, unit.short_name) for unit in members if unit.id != task.lead_id)

    def act(session: Session) -> Did:
        given = {"lead_id": form.lead_id.data, "reason": form.reason.data, "version": form.version.data}
        done = service.change_lead(session, actor=actor(), task_id=task_id, now=clock.now(), **given)
        return f"牵头单位已改为{done.lead.short_name}，等其签收。", url_for(".show", task_id=task_id)

    lines = (
        f"现牵头单位{task.lead.short_name}不再负责，已填报的进展保留；仍需配合的，请在任务内容中注明",
        f"时限最迟{full_day(task.due_on)}不变，签收期限重新计算",
        "原、现牵头单位和配合单位的联络员会收到通知",
    )
    more = {**head_of(task), "options": {"lead_id": {"columns": True}}, "back_label": "返回，不更换"}
    return act_page(form, act, title=f"更换牵头单位：{task.title}", verb="更换牵头单位", consequences=lines, **more)


@bp.get("/<int:task_id>/files/<int:file_id>")
@requires(Permission.TASK_READ)
def report_file(task_id: int, file_id: int) -> Response:
    """A file of one of the task's reports; always as a download, whatever it is."""
    stored = queries.get_file(db.session(), actor(), task_id, file_id)
    content = BytesIO(attachments.read(stored))
    response = send_file(content, mimetype=stored.media_type, as_attachment=True, download_name=stored.name)
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


def _asked(extension_id: int) -> Extension:
    asked = extending.get_extension(db.session(), actor(), extension_id)
    opened(asked.task_id, Action.DECIDE_MORE)
    return asked


def _facts(asked: Extension) -> list[tuple[str, str]]:
    return page.asked_facts(asked)
