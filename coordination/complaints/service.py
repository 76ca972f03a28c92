"""Whose a complaint is: assigned by the router, received or returned by the unit, decided in a dispute. Callers own the transaction.

A unit that lacks authority returns the case to the router and may not hand it on (总局令第121号第四十一条).
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit, notices
from coordination.complaints import clocks, queries, rulebook
from coordination.complaints.advising import Advised
from coordination.permissions import SYSTEM, Actor, Permission, require
from coordination.registry.limits import due_day
from coordination.tasks.letters import LIAISONS, people_of
from models import Assignment, Complaint, ComplaintKind, ComplaintStatus, Unit
from models.calendar import in_words, local_date
from models.errors import BadInput, IllegalMove, NotFound

RETURN_DAYS = 2  # where the office keeps no rule
PATH = "/complaints/{}#do"


def assign(
    session: Session,
    *,
    actor: Actor,
    complaint_id: int,
    lead_id: int,
    co_ids: Iterable[int] = (),
    note: str = "",
    report_by: date | None = None,
    advised: Advised | None = None,
    why: str = "",
    now: datetime,
) -> Complaint:
    """分派 to a handling unit and those that help it. BadInput for a unit that no longer stands or is named twice, or a report day past.

    ``advised``: what was suggested; another unit needs a reason ``why``, and both are kept. SYSTEM assigns as suggested (自动分派).
    """
    complaint = _begin(session, actor, complaint_id, Permission.COMPLAINT_ROUTE)
    if complaint.kind == ComplaintKind.MIXED:
        raise IllegalMove("这件既有投诉又有举报，请先拆分，再分别分派（总局令第121号第九条）")
    if complaint.status == ComplaintStatus.DISPUTED:
        raise IllegalMove("职责有争议，须由有权机关指定，不能直接分派")
    if advised is not None:
        advised.check(lead_id, why)
    given = _give(session, actor, complaint, lead_id, co_ids, note, report_by, now)
    if advised is not None:
        advised.record(session, given, why=why, is_automatic=actor == SYSTEM, now=now)
    return complaint


def receive(session: Session, *, actor: Actor, complaint_id: int, now: datetime) -> Complaint:
    """签收 by the handling unit."""
    complaint = _begin(session, actor, complaint_id, Permission.COMPLAINT_HANDLE, own=True)
    complaint.receive()
    assert complaint.lead is not None
    complaint.lead.received_at = now
    audit.record(session, actor=actor, action="complaint:receive", subject=complaint, at=now, text=f"{complaint.lead.unit.short_name}签收")
    return complaint


def send_back(session: Session, *, actor: Actor, complaint_id: int, reason: str, believed_id: int | None, now: datetime) -> Complaint:
    """退回 to the router with the reason and the unit believed competent. IllegalMove after its days, or for a unit that was designated."""
    complaint = _begin(session, actor, complaint_id, Permission.COMPLAINT_HANDLE, own=True)
    lead = complaint.lead
    assert lead is not None
    if not reason.strip():
        raise BadInput("请写明不属本单位职责的理由")
    if lead.is_designated:
        raise IllegalMove(f"本件已由{lead.document_no}指定由本单位办理，不能退回")
    if lead.return_by is not None and local_date(now) > lead.return_by:
        raise IllegalMove(f"退回期限{in_words(lead.return_by)}已过，不能退回。确有困难请联系分派员")
    if believed_id == lead.unit_id:
        raise BadInput("认为有权处理的单位不能是本单位")
    lead.believed = _unit(session, believed_id, local_date(now)) if believed_id is not None else None
    lead.reason, lead.sent_back = reason, True
    for one in complaint.current:
        one.returned_at = now
        one.reason = one.reason or "随主办单位退回"
    complaint.come_back()
    refresh(session, complaint)
    text = f"{lead.unit.short_name}退回：{reason}" + (f"；认为应由{lead.believed.short_name}办理" if lead.believed else "")
    audit.record(session, actor=actor, action="complaint:return", subject=complaint, at=now, text=text)
    return complaint


def designate(session: Session, *, actor: Actor, complaint_id: int, lead_id: int, document_no: str, now: datetime) -> Complaint:
    """指定 the unit in a dispute, with the paper that says so; this unit may not return it. Whoever may route writes it down."""
    complaint = _begin(session, actor, complaint_id, Permission.COMPLAINT_ROUTE)
    if complaint.status != ComplaintStatus.DISPUTED:
        raise IllegalMove("没有职责争议，请直接分派")
    if not document_no.strip():
        raise BadInput("请填写指定的依据（会议纪要或文件文号）")
    lead = _give(session, actor, complaint, lead_id, (), f"依据{document_no}指定", None, now)
    lead.is_designated, lead.document_no, lead.return_by = True, document_no, None
    return complaint


def refresh(session: Session, complaint: Complaint) -> None:
    """Keep beside the case its nearest last day, whether a clock was done late, and when its unit is owed a word about one."""
    session.flush()
    book = rulebook.read(session)
    cards = book.cards(complaint)
    complaint.queue_by(clocks.nearest(cards))
    complaint.was_late = any(card.done_on is not None and card.is_late(card.done_on) for card in cards)
    with_unit = complaint.lead is not None and complaint.status != ComplaintStatus.CLOSED
    complaint.tell_on = book.first_day(cards) if with_unit else None


def _begin(session: Session, actor: Actor, complaint_id: int, permission: Permission, *, own: bool = False) -> Complaint:
    """The case as it stands now, for one who may do this to it; ``own``: only its handling unit may."""
    audit.queue(session)
    complaint = queries.get_complaint(session, actor, complaint_id)
    require(actor, permission, complaint.lead_scope if own else None)
    return complaint


def _give(
    session: Session,
    actor: Actor,
    complaint: Complaint,
    lead_id: int,
    co_ids: Iterable[int],
    note: str,
    report_by: date | None,
    now: datetime,
) -> Assignment:
    today = local_date(now)
    if report_by is not None and report_by < today:
        raise BadInput("报告结果日期不能早于今天")
    units = [_unit(session, unit_id, today) for unit_id in (lead_id, *co_ids)]
    if len({unit.id for unit in units}) < len(units):
        raise BadInput("同一单位不能既主办又协办")
    for one in complaint.current:
        one.returned_at, one.reason = now, "重新分派"
    complaint.assign()
    given = [
        Assignment(
            unit=unit,
            is_lead=at == 0,
            person_id=actor.person_id,
            assigned_at=now,
            note=note,
            report_by=report_by,
            return_by=due_day(session, "RETURN", today, None, RETURN_DAYS) if at == 0 else None,
        )
        for at, unit in enumerate(units)
    ]
    complaint.assignments.extend(given)
    refresh(session, complaint)
    words = f"分派给{units[0].short_name}" + (f"，{'、'.join(unit.short_name for unit in units[1:])}协办" if units[1:] else "")
    audit.record(session, actor=actor, action="complaint:assign", subject=complaint, at=now, text=words)
    title, text = notices.worded("complaint_assigned", complaint=complaint, note=note)
    notices.owe(
        session,
        kind="complaint_assigned",
        subject=audit.subject_of(complaint),
        people=people_of(session, units, LIAISONS, now),
        title=title,
        text=text,
        now=now,
        slot=str(given[0].id),
        path=PATH.format(complaint.id),
    )
    return given[0]


def _unit(session: Session, unit_id: int, today: date) -> Unit:
    unit = session.scalar(select(Unit).where(Unit.id == unit_id))
    if unit is None:
        raise NotFound("没有这个单位")
    if not unit.stands(today):
        raise BadInput(f"{unit.short_name}已不存在，现由{unit.heir(today).short_name}承担其职责，请改选")
    return unit
