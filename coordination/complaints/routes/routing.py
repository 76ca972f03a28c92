"""Whose a case is: assigned, received, returned, decided in a dispute."""

from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires, safe_next
from coordination.acting import Answer, Did
from coordination.complaints import forms, service
from coordination.complaints.actions import Action, possible
from coordination.complaints.advising import advisor
from coordination.complaints.routes import suggesting
from coordination.complaints.routes.blueprint import act_on, bp, brief, database, home, opened, unit_choices
from coordination.notices import full_day
from coordination.permissions import Permission
from coordination.transaction import transaction
from models import Complaint

ROUTERS_WORDS = "分派后通知主办、协办单位的联络员；不属其职责的，单位可在退回期限内退回。"


@bp.route("/<int:complaint_id>/assign", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def assign(complaint_id: int) -> Answer:
    """分派."""
    return _assigning(opened(complaint_id, Action.ASSIGN), Action.ASSIGN)


@bp.route("/<int:complaint_id>/reassign", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def reassign(complaint_id: int) -> Answer:
    """改派 of what nobody has received yet."""
    return _assigning(opened(complaint_id, Action.REASSIGN), Action.REASSIGN)


def _assigning(complaint: Complaint, action: Action) -> Answer:
    form = forms.Assign()
    advised = advisor(database(), clock.today()).advise(complaint)
    shown = suggesting.shown(advised, complaint, unit_choices())
    if request.method == "GET":
        form.lead_id.data = advised.unit_id
    form.lead_id.choices = form.co_ids.choices = forms.choices(unit_choices())

    def act(session: Session) -> Did:
        told: dict[str, Any] = {"lead_id": form.lead_id.data, "co_ids": form.co_ids.data or (), "report_by": form.report_by.data}
        told |= {"note": form.note.data or "", "advised": advised, "why": form.why.data or ""}
        done = service.assign(session, actor=actor(), complaint_id=complaint.id, now=clock.now(), **told)
        return f"已分派给{done.current[0].unit.short_name}，已通知其联络员签收。", home(complaint.id)

    more: dict[str, Any] = {"template": "complaints/assign.html", "back_label": "返回，不分派", "advice": shown}
    more["divide_url"] = url_for("complaints.divide", complaint_id=complaint.id) if Action.DIVIDE in possible(actor(), complaint) else None
    more["facts"] = [row for row in brief(complaint) if row[0] != "内容"]
    return act_on(complaint, action, form, act, what=ROUTERS_WORDS, **more)


@bp.route("/<int:complaint_id>/designate", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def designate(complaint_id: int) -> Answer:
    """记录指定结果."""
    complaint = opened(complaint_id, Action.DESIGNATE)
    form = forms.Designate()
    form.lead_id.choices = forms.choices(unit_choices())

    def act(session: Session) -> Did:
        told = {"lead_id": form.lead_id.data, "document_no": f"{form.body.data}{form.document_no.data}"}
        done = service.designate(session, actor=actor(), complaint_id=complaint.id, now=clock.now(), **told)
        return f"已按指定结果分派给{done.current[0].unit.short_name}，该单位不能再退回。", home(complaint.id)

    what = "联席会议办公室只协调，由有权机关指定。请按会议纪要或文件登记指定结果；被指定的单位不能再退回。"
    return act_on(complaint, Action.DESIGNATE, form, act, what=what, options={"lead_id": {"columns": True}})


@bp.post("/<int:complaint_id>/receive")
@requires(Permission.COMPLAINT_HANDLE)
def receive(complaint_id: int) -> Response:
    """签收, from the case or from 我的待办 (which sends no ``next`` and is returned to)."""
    with transaction() as session:
        complaint = service.receive(session, actor=actor(), complaint_id=complaint_id, now=clock.now())
        last = complaint.last_day
        said = f"已签收{complaint.number}。" + (f"最近的期限是{full_day(last)}。" if last else "")
    flash(said)
    return redirect(safe_next(request.form.get("next")))


@bp.route("/<int:complaint_id>/return", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def send_back(complaint_id: int) -> Answer:
    """退回分派中心."""
    complaint = opened(complaint_id, Action.SEND_BACK)
    form = forms.SendBack()
    form.offer(pair for pair in unit_choices() if complaint.lead is None or pair[0] != complaint.lead.unit_id)

    def act(session: Session) -> Did:
        told = {"reason": form.reason.data or "", "believed_id": form.believed_id.data}
        done = service.send_back(session, actor=actor(), complaint_id=complaint.id, now=clock.now(), **told)
        return f"已退回分派中心，现为“{done.status.label}”。", "/complaints"

    lines = (
        "退回后由分派员重新分派，本单位不能自行转送其他单位（总局令第121号第四十一条）",
        "另一单位再次退回的，作为职责争议由有权机关指定",
    )
    return act_on(complaint, Action.SEND_BACK, form, act, kind="danger", consequences=lines, back_label="返回，不退回")
