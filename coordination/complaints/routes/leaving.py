"""A case leaves: handed over to another body, or closed with reference to the one it repeats."""

from typing import Any

from flask import flash, redirect
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did
from coordination.complaints import duplicates, forms, transferring
from coordination.complaints.actions import Action
from coordination.complaints.routes.blueprint import act_on, bp, database, home, opened
from coordination.permissions import Permission
from coordination.transaction import transaction

READ = Permission.COMPLAINT_READ


@bp.route("/<int:complaint_id>/transfer", methods=["GET", "POST"])
@requires(READ)
def transfer(complaint_id: int) -> Answer:
    """移送县外有权机关、公安机关."""
    complaint = opened(complaint_id, Action.TRANSFER)
    form = forms.Transferring(on=clock.today())

    def act(session: Session) -> Did:
        told: dict[str, Any] = {"recipient_kind": form.recipient_kind.data, "recipient": form.recipient.data or "", "on": form.on.data}
        told |= {"reason": form.reason.data or "", "document_no": form.document_no.data or ""}
        made = transferring.transfer(session, actor=actor(), complaint_id=complaint_id, now=clock.now(), **told)
        return f"已移送{made.recipient}。请书面告知投诉人，并登记对方签收。", home(complaint_id)

    lines = ("移送后须书面告知投诉人，告知前原期限继续计算", "接收机关签收、投诉人已告知后方可办结")
    what = "没有管辖权或涉嫌犯罪的，移送有权机关。涉嫌诈骗、敲诈勒索等的移送公安机关（总局令第121号第四十二条）。"
    return act_on(complaint, Action.TRANSFER, form, act, what=what, consequences=lines, kind="danger", back_label="返回，不移送")


@bp.route("/<int:complaint_id>/transfer/received", methods=["GET", "POST"])
@requires(READ)
def transfer_received(complaint_id: int) -> Answer:
    """登记接收机关签收."""
    complaint = opened(complaint_id, Action.TRANSFER_RECEIVED)
    form = forms.Receipt(on=clock.today())

    def act(session: Session) -> Did:
        told = {"on": form.on.data, "receipt_no": form.receipt_no.data or ""}
        made = transferring.transfer_received(session, actor=actor(), complaint_id=complaint_id, now=clock.now(), **told)
        return f"已登记{made.recipient}签收。", home(complaint_id)

    what = "接收机关签收、投诉人已书面告知后，本件可以办结。"
    return act_on(complaint, Action.TRANSFER_RECEIVED, form, act, what=what)


@bp.route("/<int:complaint_id>/transfer/told", methods=["GET", "POST"])
@requires(READ)
def tell_transferred(complaint_id: int) -> Answer:
    """登记已书面告知投诉人."""
    complaint = opened(complaint_id, Action.TELL_TRANSFERRED)
    form = forms.ToldHow(on=clock.today())

    def act(session: Session) -> Did:
        told = {"on": form.on.data, "how": form.how.data or ""}
        transferring.tell_transferred(session, actor=actor(), complaint_id=complaint_id, now=clock.now(), **told)
        return "已登记书面告知投诉人。", home(complaint_id)

    what = "登记后本件的受理期限不再计算。告知内容可用投诉举报移送告知书。"
    return act_on(complaint, Action.TELL_TRANSFERRED, form, act, what=what, hints={"how": "如信函、短信、电子邮件"})


@bp.route("/<int:complaint_id>/transfer/refused", methods=["GET", "POST"])
@requires(READ)
def transfer_refused(complaint_id: int) -> Answer:
    """登记接收机关退回."""
    complaint = opened(complaint_id, Action.TRANSFER_REFUSED)
    form = forms.RefusedBy(on=clock.today())

    def act(session: Session) -> Did:
        told = {"on": form.on.data, "reason": form.reason.data or ""}
        transferring.transfer_refused(session, actor=actor(), complaint_id=complaint_id, now=clock.now(), **told)
        return "已登记退回，请重新分派。", home(complaint_id)

    return act_on(complaint, Action.TRANSFER_REFUSED, form, act, consequences=("本件回到分派中心，原期限继续计算",))


@bp.post("/<int:complaint_id>/transfer/close")
@requires(READ)
def close_transferred(complaint_id: int) -> Response:
    """办结 of what was handed over."""
    with transaction() as session:
        transferring.close_transferred(session, actor=actor(), complaint_id=complaint_id, now=clock.now())
    flash("已办结。")
    return redirect(home(complaint_id))


@bp.route("/<int:complaint_id>/duplicates", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def link(complaint_id: int) -> Answer:
    """合并重复: what may be the same, and why; one is chosen as the first."""
    complaint = opened(complaint_id, Action.LINK)
    found = duplicates.candidates(database(), actor(), complaint_id)
    form = forms.Link(told_on=clock.today())
    form.first_id.choices = forms.choices((one.complaint.id, one.complaint.number) for one in found)

    def act(session: Session) -> Did:
        told: dict[str, Any] = {"first_id": form.first_id.data, "told_on": form.told_on.data, "new_facts": bool(form.new_facts.data)}
        made = duplicates.link(session, actor=actor(), complaint_id=complaint_id, reason=form.reason.data or "", now=clock.now(), **told)
        return f"已并入{made.first.number}。", home(complaint_id)

    hints = {
        one.complaint.id: f"{one.complaint.status.label}；{'、'.join(one.reasons)}；{one.complaint.target_name}：{one.complaint.text[:60]}"
        for one in found
    }
    return act_on(complaint, Action.LINK, form, act, template="complaints/link.html", found=found, candidates=hints, kind="danger")


@bp.route("/<int:complaint_id>/duplicates/undo", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def unlink(complaint_id: int) -> Answer:
    """解除并入."""
    complaint = opened(complaint_id, Action.UNLINK)
    form = forms.Said()
    form.text.label.text = "解除的理由"

    def act(session: Session) -> Did:
        duplicates.unlink(session, actor=actor(), complaint_id=complaint_id, reason=form.text.data or "", now=clock.now())
        return "已解除并入，请分派。", home(complaint_id)

    return act_on(complaint, Action.UNLINK, form, act, consequences=("本件回到分派中心，期限自收到之日继续计算",))
