"""回访: which closed cases are to be called about, and what was said."""

from datetime import datetime

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did
from coordination.complaints import calling, forms, queries
from coordination.complaints.actions import Action
from coordination.complaints.routes.blueprint import act_on, bp, database, home, opened, tabs
from coordination.permissions import Permission
from coordination.settings.queries import calendar
from models import Complaint
from models.light import light


@bp.get("/calls")
@requires(Permission.COMPLAINT_ROUTE)
def calls() -> str:
    """待回访: the longest closed first."""
    session, today = database(), clock.today()
    rows = calling.to_call(session, actor=actor(), since=_since(request.args.get("after", "")), limit=queries.PAGE + 1)
    more = rows[queries.PAGE - 1] if len(rows) > queries.PAGE else None
    working = calendar(session)
    days = calling.call_by(session, rows)
    return render_template(
        "complaints/calls.html",
        rows=rows[: queries.PAGE],
        days=days,
        lamp=lambda row: light(days[row.id], today, working),
        next_url=url_for("complaints.calls", after=_mark(more)) if more is not None else None,
        subnav=tabs("calls"),
    )


@bp.route("/<int:complaint_id>/call", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_ROUTE)
def call_back(complaint_id: int) -> Answer:
    """登记回访."""
    complaint = opened(complaint_id, Action.CALL_BACK)
    form = forms.Call()
    answers = {"yes": True, "no": False}

    def act(session: Session) -> Did:
        reached = form.reached.data == "yes"
        call = calling.call_back(
            session,
            actor=actor(),
            complaint_id=complaint_id,
            reached=reached,
            solved=answers.get(form.solved.data),
            satisfied=answers.get(form.satisfied.data),
            note=form.note.data or "",
            reopen=bool(form.reopen.data),
            now=clock.now(),
        )
        return ("已登记回访，本件重新办理。" if call.reopened else f"已登记回访：{calling.said(call)}。"), home(complaint_id)

    hints = {"reopen": "原决定留存，由原承办单位重新办理", "note": "重新办理的须写明理由"}
    options = {name: {"columns": True} for name in ("reached", "solved", "satisfied")}
    what = "联系上的，选明是否解决、是否满意；未联系上的仍留在待回访中。勾选重新办理的，通知原承办单位。"
    return act_on(complaint, Action.CALL_BACK, form, act, what=what, hints=hints, options=options)


def _mark(row: Complaint) -> str:
    assert row.closed_at is not None
    return f"{row.closed_at.isoformat()}.{row.id}"


def _since(text: str) -> tuple[datetime, int] | None:
    """Where the last page ended; None for what no page ever wrote."""
    at, _, number = text.rpartition(".")
    try:
        found = datetime.fromisoformat(at), int(number)
    except ValueError:
        return None
    return found if found[0].tzinfo is not None and 0 < found[1] <= queries.MOST_ID else None
