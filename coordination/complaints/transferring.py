"""移送: a case handed over to a body outside the county or to the police, with its paper, its receipt and the word to the complainant.

Inside the county nothing is handed over: a unit returns, the router assigns (总局令第121号第四十一条).
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from coordination import audit
from coordination.complaints.service import refresh
from coordination.complaints.telling import begin, routers, tell, written
from coordination.permissions import Actor
from models import Complaint, ComplaintStatus, RecipientKind, Transfer
from models.calendar import in_words, local_date
from models.errors import BadInput, IllegalMove

IN_MEDIATION = frozenset({ComplaintStatus.ACCEPTED, ComplaintStatus.MEDIATING})


def transfer(
    session: Session,
    *,
    actor: Actor,
    complaint_id: int,
    recipient_kind: RecipientKind,
    recipient: str,
    reason: str,
    document_no: str,
    on: date,
    now: datetime,
) -> Transfer:
    """Hand the case over. IllegalMove for one in mediation, which is ended first; BadInput for what the paper must say."""
    complaint = begin(session, actor, complaint_id, router=True, unit=True)
    if complaint.status in IN_MEDIATION:
        raise IllegalMove("已受理的投诉须先作出终止调解决定（总局令第121号第二十三条第六项），再移送")
    if not (complaint.received_on or on) <= on <= local_date(now):
        raise BadInput("移送日期应在收到之日至今天之间")
    complaint.transfer(on)
    made = Transfer(
        complaint=complaint,
        recipient_kind=recipient_kind,
        recipient=written(recipient, "请填写接收机关"),
        reason=written(reason, "请写明移送的理由"),
        document_no=written(document_no, "请填写移送函文号"),
        on_day=on,
        recorded_at=now,
        person_id=actor.person_id,
    )
    session.add(made)
    refresh(session, complaint)
    text = f"移送{made.recipient}（{recipient_kind.label}），{made.document_no}：{made.reason}"
    audit.record(session, actor=actor, action="complaint:transfer", subject=complaint, at=now, text=text)
    if actor.unit_ids and complaint.lead is not None and complaint.lead.unit_id in actor.unit_ids:
        tell(session, kind="complaint_transferred", complaint=complaint, people=routers(session), now=now, slot=made.id, transfer=made)
    return made


def transfer_received(session: Session, *, actor: Actor, complaint_id: int, on: date, receipt_no: str = "", now: datetime) -> Transfer:
    """The recipient has signed for it."""
    complaint, made = _open(session, actor, complaint_id)
    if made.received_on is not None:
        raise IllegalMove(f"接收机关已于{in_words(made.received_on)}签收")
    _within(on, made, now, "签收日期")
    made.received_on, made.receipt_no = on, receipt_no.strip()
    text = f"{made.recipient}签收" + (f"，{made.receipt_no}" if made.receipt_no else "")
    audit.record(session, actor=actor, action="complaint:transfer", subject=complaint, at=now, text=text)
    return made


def tell_transferred(session: Session, *, actor: Actor, complaint_id: int, on: date, how: str, now: datetime) -> Transfer:
    """The complainant was told in writing to whom it went: only now do the clocks of receipt stand still."""
    complaint, made = _open(session, actor, complaint_id)
    if made.told_on is not None:
        raise IllegalMove(f"已于{in_words(made.told_on)}书面告知投诉人")
    _within(on, made, now, "告知日期")
    made.told_on, made.told_how = on, written(how, "请填写告知方式（信函、短信、邮件等）")
    refresh(session, complaint)
    audit.record(session, actor=actor, action="complaint:transfer", subject=complaint, at=now, text=f"移送情况已书面告知投诉人：{how}")
    return made


def transfer_refused(session: Session, *, actor: Actor, complaint_id: int, on: date, reason: str, now: datetime) -> Transfer:
    """The recipient sent it back: the router has it again, and whoever had it before has not."""
    complaint, made = _open(session, actor, complaint_id)
    _within(on, made, now, "退回日期")
    made.refused_on, made.refusal = on, written(reason, "请写明接收机关退回的理由")
    for one in complaint.current:
        one.returned_at, one.reason = now, "移送后被退回"
    complaint.come_home()
    refresh(session, complaint)
    text = f"{made.recipient}退回：{made.refusal}"
    audit.record(session, actor=actor, action="complaint:transfer", subject=complaint, at=now, text=text)
    tell(session, kind="complaint_transfer_back", complaint=complaint, people=routers(session), now=now, slot=made.id, transfer=made)
    return made


def close_transferred(session: Session, *, actor: Actor, complaint_id: int, now: datetime) -> Complaint:
    """办结 on this register, once the recipient has it and the complainant knows."""
    complaint, made = _open(session, actor, complaint_id)
    complaint.close(now)
    refresh(session, complaint)
    audit.record(session, actor=actor, action="complaint:close", subject=complaint, at=now, text=f"移送{made.recipient}，办结")
    return complaint


def _open(session: Session, actor: Actor, complaint_id: int) -> tuple[Complaint, Transfer]:
    """The case and its transfer under way."""
    complaint = begin(session, actor, complaint_id, router=True, unit=True)
    if complaint.status != ComplaintStatus.TRANSFERRED:
        raise IllegalMove(f"现为“{complaint.status.label}”，没有进行中的移送")
    return complaint, complaint.transfers[-1]


def _within(on: date, made: Transfer, now: datetime, what: str) -> None:
    if not made.on_day <= on <= local_date(now):
        raise BadInput(f"{what}应在移送之日至今天之间")
