"""What the handling unit does, step by step, up to the end."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did
from coordination.complaints import forms, handling
from coordination.complaints.actions import Action
from coordination.complaints.routes.blueprint import act_on, bp, home, opened
from coordination.forms import Form
from coordination.permissions import Permission
from coordination.transaction import transaction

ROUTES_OF_39 = "不予受理通知会写明其他途径：与经营者协商和解、请求消费者组织调解、仲裁、诉讼（消费者权益保护法第三十九条）"


def _step(
    complaint_id: int,
    action: Action,
    form: Form,
    verb: Callable[..., Any],
    said: str,
    told: Callable[[], dict[str, Any]] = dict,
    **more: Any,
) -> Answer:
    """One step on a page of its own. ``told``: what the form says, as the service's verb wants it."""
    complaint = opened(complaint_id, action)

    def act(session: Session) -> Did:
        verb(session, actor=actor(), complaint_id=complaint_id, now=clock.now(), **told())
        return said, home(complaint_id)

    return act_on(complaint, action, form, act, **more)


def _at_once(complaint_id: int, verb: Callable[..., Any], said: str) -> Response:
    """One press that needs no words."""
    with transaction() as session:
        verb(session, actor=actor(), complaint_id=complaint_id, now=clock.now())
    flash(said)
    return redirect(home(complaint_id))


@bp.route("/<int:complaint_id>/accept", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def accept(complaint_id: int) -> Answer:
    """受理."""
    lines = ("调解期限自今天起算", "须在受理期限内告知投诉人，可制作投诉受理决定书", "受理后组织双方调解")
    return _step(complaint_id, Action.ACCEPT, forms.Confirm(), handling.accept, "已受理，请告知投诉人。", consequences=lines)


@bp.route("/<int:complaint_id>/refuse", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def refuse(complaint_id: int) -> Answer:
    """不予受理."""
    form = forms.Refuse()
    told = lambda: {"ground": form.ground.data, "reason": form.reason.data or ""}  # noqa: E731
    what = "请选择情形并写明理由，须在受理期限内告知投诉人。"
    more = {"what": what, "consequences": (ROUTES_OF_39,), "kind": "danger", "back_label": "返回，不作决定"}
    return _step(complaint_id, Action.REFUSE, form, handling.refuse, "已决定不予受理，请告知投诉人。", told, **more)


@bp.route("/<int:complaint_id>/mediate", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def mediate(complaint_id: int) -> Answer:
    """组织调解."""
    form = forms.Mediate()
    told = lambda: {"place": form.place.data or ""}  # noqa: E731
    what = "现场调解的，应提前告知双方时间、地点和调解人员。"
    return _step(complaint_id, Action.MEDIATE, form, handling.mediate, "已进入调解。", told, what=what)


@bp.route("/<int:complaint_id>/settle", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def settle(complaint_id: int) -> Answer:
    """登记调解达成."""
    form = forms.Said()
    form.text.label.text = "调解结果"
    told = lambda: {"result": form.text.data or ""}  # noqa: E731
    hints = {"text": "写明退款、赔偿等金额和履行方式；不写投诉人姓名、电话"}
    what = "登记后可制作投诉调解书；履行安排确认后办结。"
    return _step(complaint_id, Action.SETTLE, form, handling.settle, "已登记调解结果。", told, hints=hints, what=what)


@bp.route("/<int:complaint_id>/terminate", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def terminate(complaint_id: int) -> Answer:
    """终止调解."""
    form = forms.Terminate()
    told = lambda: {"ground": form.ground.data, "reason": form.reason.data or ""}  # noqa: E731
    lines = ("终止调解决定须在规定期限内告知双方，告知后办结", "调解期限不再计算")
    more = {"consequences": lines, "kind": "danger", "back_label": "返回，不终止"}
    return _step(complaint_id, Action.TERMINATE, form, handling.terminate, "已终止调解，请告知双方。", told, **more)


@bp.post("/<int:complaint_id>/told")
@requires(Permission.COMPLAINT_HANDLE)
def tell_ended(complaint_id: int) -> Response:
    """终止调解已告知双方."""
    return _at_once(complaint_id, handling.tell_ended, "已登记告知双方。")


@bp.route("/<int:complaint_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def withdraw(complaint_id: int) -> Answer:
    """投诉人撤回."""
    form = forms.Said()
    form.text.label.text = "撤回的情况"
    told = lambda: {"reason": form.text.data or ""}  # noqa: E731
    lines = ("登记后不再调解、核查，确认无误后办结",)
    hints = {"text": "写明何时以何种方式撤回；不写投诉人姓名、电话"}
    more = {"consequences": lines, "hints": hints, "kind": "danger", "back_label": "返回，不登记"}
    return _step(complaint_id, Action.WITHDRAW, form, handling.withdraw, "已登记撤回。", told, **more)


@bp.post("/<int:complaint_id>/check")
@requires(Permission.COMPLAINT_HANDLE)
def check(complaint_id: int) -> Response:
    """开始核查."""
    return _at_once(complaint_id, handling.start_check, "已开始核查。")


@bp.route("/<int:complaint_id>/verdict", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def decide_report(complaint_id: int) -> Answer:
    """核查结果: 立案 or not."""
    form = forms.Verdict()

    def told() -> dict[str, Any]:
        if form.filed.data and not (form.case_number.data or "").strip():
            raise handling.BadInput("立案的请填写案号")
        return {"case_number": (form.case_number.data or "").strip() if form.filed.data else "", "result": form.result.data or ""}

    hints = {"case_number": "立案的填写，不予立案的留空", "result": "不写举报人姓名、电话"}
    more = {"hints": hints, "options": {"filed": {"columns": True}}, "what": "登记后须将结果告知举报人，再办结。"}
    return _step(complaint_id, Action.DECIDE_REPORT, form, handling.decide_report, "已登记核查结果，请告知举报人。", told, **more)


@bp.route("/<int:complaint_id>/extend", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def extend(complaint_id: int) -> Answer:
    """延长核查期限."""
    form = forms.Approved()
    told = lambda: {"approved_by": form.approved_by.data or ""}  # noqa: E731
    what = "经本单位负责人批准，核查期限可延长一次（市场监督管理行政处罚程序规定第十八条）。"
    return _step(complaint_id, Action.EXTEND, form, handling.extend_check, "已登记延长。", told, what=what)


@bp.post("/<int:complaint_id>/inform")
@requires(Permission.COMPLAINT_HANDLE)
def inform(complaint_id: int) -> Response:
    """已告知举报人."""
    return _at_once(complaint_id, handling.inform, "已登记告知举报人。")


@bp.route("/<int:complaint_id>/answer", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def answer(complaint_id: int) -> Answer:
    """答复咨询."""
    form = forms.Said()
    form.text.label.text = "答复内容"
    told = lambda: {"text": form.text.data or ""}  # noqa: E731
    what = "登记后可制作咨询答复书；答复送达咨询人后办结。"
    return _step(complaint_id, Action.ANSWER, form, handling.answer, "已登记答复。", told, what=what)


@bp.post("/<int:complaint_id>/close")
@requires(Permission.COMPLAINT_HANDLE)
def close(complaint_id: int) -> Response:
    """办结."""
    return _at_once(complaint_id, handling.close, "已办结。")


@bp.route("/<int:complaint_id>/appraise", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def appraise(complaint_id: int) -> Answer:
    """委托鉴定、检测."""
    form = forms.Appraise(since=clock.today())
    told = lambda: {"body": form.body.data or "", "since": form.since.data}  # noqa: E731
    what = "鉴定、检测期间不计入调解期限。"
    return _step(complaint_id, Action.APPRAISE, form, handling.start_appraisal, "已登记委托，调解期限中止计算。", told, what=what)


@bp.route("/<int:complaint_id>/appraised", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def appraised(complaint_id: int) -> Answer:
    """登记鉴定、检测结论."""
    form = forms.Appraised(until=clock.today())
    what = "登记后调解期限恢复计算。"
    told = lambda: {"until": form.until.data, "finding": form.finding.data or ""}  # noqa: E731
    return _step(complaint_id, Action.APPRAISED, form, handling.end_appraisal, "已登记结论，调解期限恢复计算。", told, what=what)
