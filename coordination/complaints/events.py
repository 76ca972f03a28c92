"""Group complaints and emergencies: flagged, the office alarmed at any hour, and reported on (信息专报) until they are over.

Such an alarm waits for no working hours: the notice is owed at once, and mail goes out within seconds of it.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination import audit, crypto
from coordination.complaints import masking, queries
from coordination.complaints.actions import may_unmask
from coordination.complaints.telling import begin, handlers, office, routers, tell, written
from coordination.permissions import Actor, Permission, can, require
from coordination.registry.limits import clock, rule_or_none
from coordination.settings.queries import MOST_ID
from models import Complaint, ComplaintEvent, EventKind, EventLevel, EventReport, ReportKind
from models.calendar import local_date
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound

RULES = {ReportKind.FIRST: "EVENT_FIRST", ReportKind.FURTHER: "EVENT_FURTHER", ReportKind.FINAL: "EVENT_FINAL"}
RECIPIENTS = ("县人民政府", "上级市场监督管理部门", "联席会议召集人")  # S2: 及时向党委政府汇报工作; the writer may change them
REPRESENTATIVES = 2  # 总局令第121号第十二条
SEAL = "complaint:representatives"


def flag_group(
    session: Session,
    *,
    actor: Actor,
    complaint_id: int,
    people: int,
    representatives: Iterable[Mapping[str, str]],
    facts: str,
    level: EventLevel = EventLevel.GENERAL,
    now: datetime,
) -> ComplaintEvent:
    """群体性投诉 of ``people`` persons, with the two they chose in writing ({"name", "phone", "paper"}); the office is alarmed."""
    chosen = [{key: one.get(key, "").strip() for key in ("name", "phone", "paper")} for one in representatives]
    if len(chosen) != REPRESENTATIVES or any(not all(one.values()) for one in chosen):
        raise BadInput("群体投诉须书面推选两名代表人，请填写其姓名、电话和推选书（总局令第121号第十二条）")
    if people < REPRESENTATIVES:
        raise BadInput("群体投诉的人数至少为2人")
    complaint = begin(session, actor, complaint_id, router=True, unit=True)
    complaint.is_group = True
    sealed = crypto.encrypt(SEAL, json.dumps(chosen, ensure_ascii=False))
    known = [value for one in chosen for value in (one["name"], one["phone"])]
    hidden = masking.mask_text(written(facts, "请写明基本情况"), known)
    event = ComplaintEvent(kind=EventKind.GROUP, level=level, people=people, representatives=sealed, facts=hidden)
    return _open(session, actor, complaint, event, now)


def flag_emergency(
    session: Session, *, actor: Actor, complaint_id: int, level: EventLevel, facts: str, people: int = 0, now: datetime
) -> ComplaintEvent:
    """突发事件 of that grade; the office is alarmed. ``people``: how many are known to be concerned."""
    if people < 0:
        raise BadInput("涉及人数不能为负")
    complaint = begin(session, actor, complaint_id, router=True, unit=True)
    hidden = masking.mask_text(written(facts, "请写明基本情况"))
    return _open(session, actor, complaint, ComplaintEvent(kind=EventKind.EMERGENCY, level=level, people=people, facts=hidden), now)


def write_report(
    session: Session, *, actor: Actor, report_id: int, text: str, recipients: Iterable[str], number: str = "", now: datetime
) -> EventReport:
    """The report is written and goes to these bodies; while the event lasts the next one is owed from now on."""
    audit.queue(session)
    report = _report(session, report_id)
    event = report.event
    _require_right(actor, event.complaint)
    if report.made_at is not None:
        raise IllegalMove(f"这份{report.kind.label}已经报出")
    bodies = [one.strip() for one in recipients if one.strip()]
    if not bodies:
        raise BadInput("请填写报送对象")
    report.text, report.recipients, report.number = masking.mask_text(written(text, "请写明报告内容")), bodies, number.strip()
    report.made_at, report.made_by_id = now, actor.person_id
    if event.ended_on is None:
        _owe(session, event, ReportKind.FURTHER, local_date(now))
    elif report.kind != ReportKind.FINAL:
        _owe(session, event, ReportKind.FINAL, event.ended_on)
    said = f"{event.kind.label}{report.kind.label}报送{'、'.join(bodies)}"
    audit.record(session, actor=actor, action="complaint:event_report", subject=event.complaint, at=now, text=said)
    return report


def end_event(session: Session, *, actor: Actor, event_id: int, on: date, outcome: str, now: datetime) -> ComplaintEvent:
    """The event is over: a further report not yet written becomes the final one, with its own day; a first one is still owed before it."""
    audit.queue(session)
    event = get_event(session, actor, event_id)
    _require_right(actor, event.complaint)
    if event.ended_on is not None:
        raise IllegalMove("这一事件已经平息")
    if not local_date(event.opened_at) <= on <= local_date(now):
        raise BadInput("平息日期应在登记之日至今天之间")
    event.ended_on, event.outcome = on, masking.mask_text(written(outcome, "请写明处置结果"))
    owed = event.owed
    if owed is not None and owed.kind == ReportKind.FURTHER:
        owed.kind = ReportKind.FINAL
        owed.due_on, owed.derivation = _day(session, ReportKind.FINAL, on)
    text = f"{event.kind.label}平息：{event.outcome}"
    audit.record(session, actor=actor, action="complaint:event_end", subject=event.complaint, at=now, text=text)
    return event


def reports_due(session: Session, today: date) -> list[int]:
    """Ids of the reports to be written by today or earlier, the longest owed first."""
    query = select(EventReport.id).where(EventReport.made_at.is_(None), EventReport.due_on <= today)
    return list(session.scalars(query.order_by(EventReport.due_on, EventReport.id)))


def tell_due(session: Session, *, report_id: int, now: datetime) -> bool:
    """Tell office and routers once that this report is due; False when they know, or it has been written."""
    audit.queue(session)
    report = _report(session, report_id)
    if report.made_at is not None:
        return False
    complaint = report.event.complaint
    facts: dict[str, Any] = {
        "complaint": complaint,
        "event": report.event,
        "report": report,
        "now": now,
        "slot": f"{report.id}:{report.due_on.isoformat()}",
    }
    told = tell(session, kind="complaint_report_due", people=routers(session), **facts)
    return told + tell(session, kind="complaint_report_due", people=office(session), path="", **facts) > 0


def open_events(session: Session, actor: Actor) -> list[ComplaintEvent]:
    """The events not over yet whose cases this person may see, newest first."""
    query = select(ComplaintEvent).join(Complaint).where(ComplaintEvent.ended_on.is_(None), queries.seen_by(actor))
    return list(session.scalars(query.options(joinedload(ComplaintEvent.complaint)).order_by(ComplaintEvent.id.desc())))


def events_of(session: Session, complaint: Complaint) -> list[ComplaintEvent]:
    """What the case was flagged as."""
    return list(session.scalars(select(ComplaintEvent).where(ComplaintEvent.complaint_id == complaint.id).order_by(ComplaintEvent.id)))


def get_event(session: Session, actor: Actor, event_id: int) -> ComplaintEvent:
    """The event, if this person may see its case; otherwise NotFound."""
    query = select(ComplaintEvent).join(Complaint).where(ComplaintEvent.id == event_id, queries.seen_by(actor))
    found = session.scalar(query) if 0 < event_id <= MOST_ID else None
    if found is None:
        raise NotFound("没有这一事件")
    return found


def representatives(session: Session, *, actor: Actor, event_id: int, reason: str, now: datetime) -> list[dict[str, str]]:
    """Who was chosen, for those who may know who complained; every look is kept with its reason."""
    audit.queue(session)
    event = get_event(session, actor, event_id)
    if not may_unmask(actor, event.complaint):
        raise NotAllowed("代表人信息只有分派员和承办单位可以查看")
    text = f"查看代表人信息：{written(reason, '请写明查看的用途')}"
    audit.record(session, actor=actor, action="complaint:unmask", subject=event.complaint, at=now, text=text)
    found: list[dict[str, str]] = json.loads(crypto.decrypt(SEAL, event.representatives)) if event.representatives else []
    return found


def _open(session: Session, actor: Actor, complaint: Complaint, event: ComplaintEvent, now: datetime) -> ComplaintEvent:
    known = select(ComplaintEvent.id).where(ComplaintEvent.complaint_id == complaint.id, ComplaintEvent.kind == event.kind)
    if session.scalar(known) is not None:
        raise IllegalMove(f"本件已登记为{event.kind.label}")
    event.complaint, event.opened_at, event.opened_by_id = complaint, now, actor.person_id
    session.add(event)
    session.flush()
    _owe(session, event, ReportKind.FIRST, local_date(now))
    text = f"登记为{event.kind.label}（{event.level.label}）" + (f"，涉及{event.people}人" if event.people else "")
    audit.record(session, actor=actor, action="complaint:event", subject=complaint, at=now, text=text)
    facts: dict[str, Any] = {"complaint": complaint, "event": event, "report": event.owed, "now": now, "slot": event.id}
    tell(session, kind="complaint_alarm", people=[*routers(session), *handlers(session, complaint, now, heads=True)], **facts)
    tell(session, kind="complaint_alarm", people=office(session), path="", **facts)
    return event


def _owe(session: Session, event: ComplaintEvent, kind: ReportKind, since: date) -> None:
    due_on, derivation = _day(session, kind, since)
    event.reports.append(
        EventReport(serial=len(event.reports) + 1, kind=kind, due_on=due_on, derivation=derivation, recipients=list(RECIPIENTS))
    )
    session.flush()


def _day(session: Session, kind: ReportKind, since: date) -> tuple[date, str]:
    """The last day of a report and how it was found; the same day where the office keeps no rule."""
    if rule_or_none(session, RULES[kind], since, None) is None:
        return since, ""
    found = clock(session, RULES[kind], since, None)
    return found.due_on, found.derivation


def _report(session: Session, report_id: int) -> EventReport:
    found = session.get(EventReport, report_id, populate_existing=True) if 0 < report_id <= MOST_ID else None
    if found is None:
        raise NotFound("没有这份信息专报")
    return found


def may_write(actor: Actor, complaint: Complaint) -> bool:
    """The routers write for any event, a handling unit for its own."""
    return can(actor, Permission.COMPLAINT_ROUTE) or can(actor, Permission.COMPLAINT_HANDLE, complaint.lead_scope)


def _require_right(actor: Actor, complaint: Complaint) -> None:
    if not may_write(actor, complaint):
        require(actor, Permission.COMPLAINT_HANDLE, complaint.lead_scope)
