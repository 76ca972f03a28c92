"""消保中心's queries to units (查询): asked by the router, answered by the unit."""

from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did, act_page
from coordination.complaints import forms, inquiring, queries
from coordination.complaints.routes.blueprint import bp, database, tabs, unit_choices
from coordination.notices import full_day
from coordination.permissions import Permission, can
from coordination.settings.queries import calendar
from models import Complaint
from models.calendar import local_date
from models.light import light

READ = Permission.COMPLAINT_READ


@bp.get("/inquiries")
@requires(READ)
def inquiries() -> str:
    """Queries that wait for an answer, the nearest day first; with ``view=answered`` those that have theirs."""
    session, today, done = database(), clock.today(), request.args.get("view") == "answered"
    next_url = None
    if done:
        before = request.args.get("before", type=int)
        rows = inquiring.answered(session, actor(), before=before if before is not None and 0 < before <= queries.MOST_ID else None)
        next_url = url_for(".inquiries", view="answered", before=rows[-1].id) if len(rows) == queries.PAGE else None
    else:
        rows = inquiring.unanswered(session, actor())
    working = calendar(session)
    return render_template(
        "complaints/inquiries.html",
        rows=rows,
        done=done,
        next_url=next_url,
        lamp=lambda row: light(row.due_on, today, working),
        may_ask=can(actor(), Permission.COMPLAINT_ROUTE),
        subnav=tabs("inquiries"),
    )


@bp.route("/inquiries/new", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def ask() -> Answer:
    """向单位查询, about a case (``complaint`` in the address) or a question of its trade."""
    asked = request.args.get("complaint", type=int)
    complaint = queries.get_complaint(database(), actor(), asked) if asked else None
    form = forms.Ask()
    form.unit_id.choices = forms.choices(unit_choices())
    if complaint is not None and complaint.lead is not None and request.method == "GET":
        form.unit_id.data = complaint.lead.unit_id

    def act(session: Session) -> Did:
        told: dict[str, Any] = {"unit_id": form.unit_id.data, "complaint_id": complaint.id if complaint else None}
        made = inquiring.ask(session, actor=actor(), question=form.question.data or "", now=clock.now(), **told)
        return f"已向{made.unit.short_name}查询，最迟{full_day(made.due_on)}答复。", url_for("complaints.inquiry", inquiry_id=made.id)

    here = url_for("complaints.inquiries")
    about = [("投诉举报", complaint.number), ("内容", complaint.text[:300])] if complaint is not None else []
    more = {
        "crumbs": [("投诉举报", url_for("complaints.index")), ("查询", here)],
        "options": {"unit_id": {"columns": True}},
        "facts": about,
        "what": "发出后通知该单位联络员，单位须在期限内书面答复；答复后提醒您。",
        "back_label": "返回，不查询",
    }
    return act_page(form, act, title="向单位查询", verb="发出查询", back=here, **more)


@bp.route("/inquiries/<int:inquiry_id>", methods=["GET", "POST"])
@requires(READ)
def inquiry(inquiry_id: int) -> Answer:
    """One query and its answer."""
    found = inquiring.get_inquiry(database(), actor(), inquiry_id)
    form = forms.Said()
    form.text.label.text = "答复内容"

    def act(session: Session) -> Did:
        inquiring.answer_query(session, actor=actor(), inquiry_id=inquiry_id, text=form.text.data or "", now=clock.now())
        return "已答复。", url_for("complaints.inquiry", inquiry_id=inquiry_id)

    working = calendar(database())
    facts: list[tuple[str, object]] = [("单位", found.unit.short_name), ("问题", found.question), ("最迟答复", full_day(found.due_on))]
    if found.complaint is not None:
        facts.insert(0, ("投诉举报", found.complaint.number))
    if found.answered_at is not None:
        facts.append(("答复", found.answer))
        facts.append(("答复日期", full_day(local_date(found.answered_at))))
    owed = found.answered_at is None and can(actor(), Permission.COMPLAINT_HANDLE, found.scope)
    here = url_for("complaints.inquiries")
    crumbs = [("投诉举报", url_for("complaints.index")), ("查询", here)]
    more = {
        "crumbs": crumbs,
        "facts": facts,
        "shows_form": owed or request.method == "POST",
        "badge": "已答复" if found.answered_at else "待答复",
    }
    more["light"] = light(found.due_on, clock.today(), working) if found.answered_at is None else None
    more["what"] = "答复后提醒查询人；只能答复一次，不写投诉人姓名、电话。"
    more["back_label"] = "返回，不答复"
    if found.complaint is not None and _may_open(found.complaint):
        more["more_link"] = ("打开有关的投诉举报", url_for("complaints.show", complaint_id=found.complaint.id))
    return act_page(form, act, title=f"查询：{found.unit.short_name}", verb="答复", back=here, **more)


def _may_open(complaint: Complaint) -> bool:
    """A unit may be asked about a case it has no part in."""
    return database().scalar(select(Complaint.id).where(Complaint.id == complaint.id, queries.seen_by(actor()))) is not None
