"""现场调处: ordered, arrived, finished."""

from typing import Any

from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did
from coordination.complaints import forms, onsite
from coordination.complaints.actions import Action
from coordination.complaints.routes.blueprint import act_on, bp, home, opened
from coordination.permissions import Permission

READ = Permission.COMPLAINT_READ


@bp.route("/<int:complaint_id>/on-site", methods=["GET", "POST"])
@requires(READ)
def order_on_site(complaint_id: int) -> Answer:
    """安排现场调处."""
    complaint = opened(complaint_id, Action.ORDER_ON_SITE)
    form = forms.OnSitePlace(place=complaint.target_address)

    def act(session: Session) -> Did:
        onsite.order_on_site(session, actor=actor(), complaint_id=complaint_id, place=form.place.data or "", now=clock.now())
        told = "已通知承办单位" if complaint.lead is not None else "本件尚未分派，请尽快分派并电话联系值班人员"
        return f"已安排现场调处，{told}。", home(complaint_id)

    what = "立即通知承办单位的联络员，不限工作时间；未分派的，分派后再办。"
    return act_on(complaint, Action.ORDER_ON_SITE, form, act, what=what)


@bp.route("/<int:complaint_id>/on-site/arrived", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def arrive(complaint_id: int) -> Answer:
    """登记到场."""
    complaint = opened(complaint_id, Action.ARRIVE)
    form = forms.OnSiteTime(at=clock.now().replace(second=0, microsecond=0))
    form.at.label.text = "到场时间"

    def act(session: Session) -> Did:
        told: dict[str, Any] = {"at": form.at.data}
        onsite.arrive(session, actor=actor(), complaint_id=complaint_id, now=clock.now(), **told)
        return "已登记到场。", home(complaint_id)

    return act_on(complaint, Action.ARRIVE, form, act, what="登记后请在现场组织双方调处，结束后登记结果。")


@bp.route("/<int:complaint_id>/on-site/finished", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_HANDLE)
def finish_on_site(complaint_id: int) -> Answer:
    """登记现场调处结果."""
    complaint = opened(complaint_id, Action.FINISH_ON_SITE)
    form = forms.OnSiteResult(at=clock.now().replace(second=0, microsecond=0))

    def act(session: Session) -> Did:
        told: dict[str, Any] = {"at": form.at.data, "result": form.result.data or ""}
        onsite.finish(session, actor=actor(), complaint_id=complaint_id, now=clock.now(), **told)
        return "已登记现场调处结果。", home(complaint_id)

    return act_on(complaint, Action.FINISH_ON_SITE, form, act, what="本件仍按程序登记受理、调解结果。")
