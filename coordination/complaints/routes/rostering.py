"""值班表 of a unit."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did, act_page
from coordination.complaints import forms, queries, roster
from coordination.complaints.routes.blueprint import bp, database, tabs, unit_choices
from coordination.members.queries import get_unit
from coordination.permissions import Permission
from coordination.transaction import transaction
from models.errors import NotFound

READ = Permission.COMPLAINT_READ


@bp.get("/roster")
@requires(READ)
def roster_page() -> str:
    """Who is on duty for a unit from today on; a unit's people see their own."""
    unit = get_unit(database(), _unit_id())
    rows = roster.shifts(database(), unit.id, clock.today())
    choices = unit_choices() if queries.sees_all(actor()) else []
    may = roster.may_keep(actor(), unit.id)
    return render_template("complaints/roster.html", unit=unit, rows=rows, units=choices, may_keep=may, subnav=tabs("roster_page"))


@bp.route("/roster/new", methods=["GET", "POST"])
@requires(READ)
def add_shift() -> Answer:
    """登记值班."""
    unit = get_unit(database(), _unit_id())
    if not roster.may_keep(actor(), unit.id):
        raise NotFound("没有可登记的值班表")
    form = forms.Shift(from_on=clock.today(), to_on=clock.today())
    here = url_for("complaints.roster_page", unit=unit.id)

    def act(session: Session) -> Did:
        told: dict[str, Any] = {"from_on": form.from_on.data, "to_on": form.to_on.data}
        told |= {"name": form.name.data or "", "phone": form.phone.data or ""}
        roster.add_shift(session, actor=actor(), unit_id=unit.id, now=clock.now(), **told)
        return "已登记值班。", here

    crumbs = [("投诉举报", url_for("complaints.index")), ("值班", here)]
    what = "登记后分派员和联席会议办公室可按此联系。"
    more = {"what": what, "back_label": "返回，不登记", "options": {name: {"width": "medium"} for name in ("name", "phone")}}
    return act_page(form, act, title=f"登记值班：{unit.short_name}", verb="登记值班", back=here, crumbs=crumbs, **more)


@bp.post("/roster/<int:shift_id>/drop")
@requires(READ)
def drop_shift(shift_id: int) -> Response:
    """取消值班."""
    with transaction() as session:
        roster.drop_shift(session, actor=actor(), shift_id=shift_id, now=clock.now())
    flash("已取消值班。")
    return redirect(url_for("complaints.roster_page", unit=request.args.get("unit", type=int)))


def _unit_id() -> int:
    """The unit the address names, the own one without; whoever sees every case may look at another's, the first one without any."""
    asked = request.args.get("unit", type=int)
    own = min(actor().unit_ids, default=0)
    if not own and queries.sees_all(actor()):
        own = next((id_ for id_, _ in unit_choices()), 0)
    if asked is None or (asked not in actor().unit_ids and not queries.sees_all(actor())):
        return own
    return asked
