"""现场调处: the centre or the unit orders it, somebody goes there, something comes of it (S4 二(三)1)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.complaints.telling import begin, handlers, tell, written
from coordination.permissions import Actor
from models import Complaint, ComplaintStatus, OnSite
from models.errors import BadInput, IllegalMove


def order_on_site(session: Session, *, actor: Actor, complaint_id: int, place: str, now: datetime) -> OnSite:
    """Have the case settled on the spot; the unit is told at once, whatever the hour. IllegalMove while one is under way."""
    complaint = begin(session, actor, complaint_id, router=True, unit=True)
    if complaint.status == ComplaintStatus.CLOSED:
        raise IllegalMove("本件已办结，不能安排现场调处")
    if _running(session, complaint) is not None:
        raise IllegalMove("已安排现场调处，尚无结果")
    made = OnSite(complaint=complaint, ordered_at=now, place=written(place, "请填写现场地点"))
    session.add(made)
    session.flush()
    audit.record(session, actor=actor, action="complaint:on_site", subject=complaint, at=now, text=f"安排现场调处：{made.place}")
    people = handlers(session, complaint, now)
    tell(session, kind="complaint_on_site", complaint=complaint, people=people, now=now, slot=made.id, on_site=made)
    return made


def arrive(session: Session, *, actor: Actor, complaint_id: int, at: datetime, now: datetime) -> OnSite:
    """Somebody of the unit was there ``at`` that time."""
    complaint, on_site = _begin(session, actor, complaint_id)
    if on_site.arrived_at is not None:
        raise IllegalMove("已登记到场时间")
    if not on_site.ordered_at <= at <= now:
        raise BadInput("到场时间应在安排之后、现在之前")
    on_site.arrived_at = at
    audit.record(session, actor=actor, action="complaint:on_site", subject=complaint, at=now, text="现场调处人员到场")
    return on_site


def finish(session: Session, *, actor: Actor, complaint_id: int, at: datetime, result: str, now: datetime) -> OnSite:
    """What came of it. The case itself goes on by its own steps."""
    complaint, on_site = _begin(session, actor, complaint_id)
    if on_site.arrived_at is None:
        raise IllegalMove("尚未登记到场时间")
    if not on_site.arrived_at <= at <= now:
        raise BadInput("结束时间应在到场之后、现在之前")
    on_site.finished_at, on_site.result = at, written(result, "请写明现场调处的结果")
    audit.record(session, actor=actor, action="complaint:on_site", subject=complaint, at=now, text="现场调处有结果")
    return on_site


def on_sites_of(session: Session, complaint: Complaint) -> list[OnSite]:
    """Every one of the case, oldest first."""
    return list(session.scalars(select(OnSite).where(OnSite.complaint_id == complaint.id).order_by(OnSite.id)))


def _begin(session: Session, actor: Actor, complaint_id: int) -> tuple[Complaint, OnSite]:
    complaint = begin(session, actor, complaint_id, unit=True)
    running = _running(session, complaint)
    if running is None:
        raise IllegalMove("没有进行中的现场调处")
    return complaint, running


def _running(session: Session, complaint: Complaint) -> OnSite | None:
    return next((one for one in on_sites_of(session, complaint) if one.finished_at is None), None)
