"""登记 by hand, and splitting what is both a complaint and a report."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did, act_page
from coordination.complaints import forms, registering
from coordination.complaints.actions import Action
from coordination.complaints.advising import advisor
from coordination.complaints.columns import PERSONAL
from coordination.complaints.registering import Registration
from coordination.complaints.routes.blueprint import act_on, bp, database, home, opened, tabs
from coordination.permissions import Permission
from models.errors import BadInput

PLAIN = ("kind", "channel", "received_at", "sector", "text", "number", "request", "target_name", "target_uscc", "target_address", "problem")
MOST_YUAN = 10**12


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def new() -> Answer:
    """登记投诉举报."""
    form = forms.Registering(received_at=clock.now().replace(second=0, microsecond=0))

    def act(session: Session) -> Did:
        done = registering.register(session, actor=actor(), registration=_registration(form), now=clock.now())
        return f"已登记，编号{done.number}。请分派。", home(done.id)

    return act_page(
        form,
        act,
        title="登记投诉举报",
        verb="登记",
        back=url_for("complaints.index"),
        back_label="返回，不登记",
        template="complaints/new.html",
        subnav=tabs("new"),
    )


@bp.route("/<int:complaint_id>/split", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def split(complaint_id: int) -> Answer:
    """拆分投诉和举报."""
    complaint = opened(complaint_id, Action.SPLIT)
    form = forms.Split(complaint_text=complaint.text, report_text=complaint.text)

    def act(session: Session) -> Did:
        given: dict[str, Any] = {
            "complaint_id": complaint_id,
            "complaint_text": form.complaint_text.data or "",
            "report_text": form.report_text.data or "",
        }
        _, report = registering.split(session, actor=actor(), now=clock.now(), **given)
        return f"已拆分，举报编号{report.number}。请分别分派。", home(complaint_id)

    hints = {"complaint_text": "原文已带入，请删去只属举报的内容", "report_text": "原文已带入，请删去只属投诉的内容"}
    lines = ("本件改为投诉，举报另立一件，分别计算期限、分别办理（总局令第121号第九条）",)
    return act_on(complaint, Action.SPLIT, form, act, consequences=lines, facts=(), back_label="返回，不拆分", hints=hints)


@bp.route("/<int:complaint_id>/divide", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def divide(complaint_id: int) -> Answer:
    """拆分为两件."""
    complaint = opened(complaint_id, Action.DIVIDE)
    form = forms.Divide()
    if request.method == "GET":
        parts = advisor(database(), clock.today()).advise(complaint).answer.parts
        texts = [complaint.text[part.start : part.end] for part in parts] or [complaint.text] * 2
        form.first_text.data, form.second_text.data = texts

    def act(session: Session) -> Did:
        given = {"first_text": form.first_text.data or "", "second_text": form.second_text.data or ""}
        _, other = registering.divide(session, actor=actor(), complaint_id=complaint_id, now=clock.now(), **given)
        return f"已拆分，另立的一件编号{other.number}。请分别分派。", home(complaint_id)

    hints = {"first_text": "请删去另一件事的内容", "second_text": "请只留另一件事的内容"}
    lines = (f"本件保留一件事，另一件事另立一件{complaint.kind.label}，投诉人和收到时间相同，分别计算期限、分别办理",)
    return act_on(complaint, Action.DIVIDE, form, act, consequences=lines, facts=(), back_label="返回，不拆分", hints=hints)


def _registration(form: forms.Registering) -> Registration:
    given: dict[str, Any] = {name: getattr(form, name).data or "" for name in PLAIN}
    agreed = {"yes": True, "no": False}
    return Registration(
        **given,
        category=form.category.data or "",
        place=form.place.data or "",
        amount=_fen(form.amount.data),
        is_small=form.is_small.data,
        consents_to_publication=agreed.get(form.publication.data),
        consents_to_delegation=agreed.get(form.delegation.data),
        person={key: getattr(form, key).data or "" for key in PERSONAL},
    )


def _fen(text: str | None) -> int | None:
    """A sum in yuan as typed, in fen; BadInput when it is none."""
    if not (text or "").strip():
        return None
    try:
        yuan = Decimal((text or "").replace(",", "").replace("，", "").rstrip("元"))
    except InvalidOperation as wrong:
        raise BadInput("涉及金额应为数字，如1280或1280.50") from wrong
    if not yuan.is_finite() or not 0 <= yuan < MOST_YUAN:
        raise BadInput("涉及金额应为数字，如1280或1280.50")
    return int((yuan * 100).to_integral_value())
