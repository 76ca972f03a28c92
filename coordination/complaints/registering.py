"""Complaints taken by hand, mixed ones split, and who complained shown to those who must know. Callers own the transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.complaints import finding, importing, queries
from coordination.complaints.actions import may_unmask
from coordination.complaints.columns import PERSONAL, Read
from coordination.complaints.service import refresh
from coordination.permissions import Actor, Permission, require
from models import Channel, Complaint, ComplaintKind, ComplaintStatus, Sector
from models.business import read_uscc
from models.calendar import local_date
from models.errors import BadInput, IllegalMove, NotAllowed
from models.numbering import take_number

PARTS = (ComplaintKind.COMPLAINT, ComplaintKind.REPORT)
DIVISIBLE = frozenset({ComplaintStatus.REGISTERED, ComplaintStatus.RETURNED})


@dataclass(frozen=True)
class Registration:
    """What is written into 投诉登记表 or 举报登记表 (2026年4月式样). ``person``: name, phone, id_no, address.

    ``amount`` in fen. ``number``: 登记编号 of 12315 where there is one.
    """

    kind: ComplaintKind
    channel: Channel
    received_at: datetime
    text: str
    number: str = ""
    request: str = ""
    sector: Sector = Sector.MARKET
    target_name: str = ""
    target_uscc: str = ""
    target_address: str = ""
    problem: str = ""
    category: str = ""
    place: str = ""
    amount: int | None = None
    is_small: bool = False
    is_group: bool = False
    consents_to_publication: bool | None = None
    consents_to_delegation: bool | None = None
    person: Mapping[str, str] = field(default_factory=dict)


def register(session: Session, *, actor: Actor, registration: Registration, now: datetime) -> Complaint:
    """Take one in by hand. BadInput for what the form must have (总局令第121号第十条、第十一条), or a number that is there already."""
    require(actor, Permission.COMPLAINT_REGISTER)
    audit.queue(session)
    _check(registration, now)
    number = registration.number.strip() or _own_number(session, now)
    if session.scalar(select(Complaint.id).where(Complaint.number == number)) is not None:
        raise BadInput(f"登记编号{number}已登记，请核对；同一件不重复登记")
    complaint = _made(registration, number)
    complaint.registered_at = now
    session.add(complaint)
    importing.match_business(session, complaint)
    refresh(session, complaint)
    finding.keep(session, {complaint.id: finding.found_of(complaint, registration.person.get("name", "").strip())})
    text = f"登记{complaint.kind.label}（{complaint.channel.label}）"
    audit.record(session, actor=actor, action="complaint:register", subject=complaint, at=now, text=text)
    return complaint


def split(
    session: Session, *, actor: Actor, complaint_id: int, complaint_text: str, report_text: str, now: datetime
) -> tuple[Complaint, Complaint]:
    """拆分 a mixed one: it becomes the complaint, and a report is registered beside it; each goes its own way (第九条)."""
    require(actor, Permission.COMPLAINT_ROUTE)
    audit.queue(session)
    mixed = queries.get_complaint(session, actor, complaint_id)
    if mixed.kind != ComplaintKind.MIXED:
        raise IllegalMove("这件不是投诉举报混合件，不需拆分")
    if not complaint_text.strip() or not report_text.strip():
        raise BadInput("请分别写明投诉和举报的内容")
    report = _parted(session, mixed, complaint_text, report_text, ComplaintKind.REPORT, f"{mixed.number}-举报", now)
    audit.record(session, actor=actor, action="complaint:split", subject=mixed, at=now, text=f"拆出举报{report.number}")
    audit.record(session, actor=actor, action="complaint:register", subject=report, at=now, text=f"由{mixed.number}拆分登记")
    return mixed, report


def divide(
    session: Session, *, actor: Actor, complaint_id: int, first_text: str, second_text: str, now: datetime
) -> tuple[Complaint, Complaint]:
    """拆分为两件 what is about two matters: the second is registered beside it under its number with -2, -3, … of the same kind."""
    require(actor, Permission.COMPLAINT_ROUTE)
    audit.queue(session)
    whole = queries.get_complaint(session, actor, complaint_id)
    if whole.kind == ComplaintKind.MIXED:
        raise IllegalMove("这件既有投诉又有举报，请用“拆分投诉和举报”")
    if whole.status not in DIVISIBLE:
        raise IllegalMove(f"现为“{whole.status.label}”，分派前才能拆分")
    if not first_text.strip() or not second_text.strip():
        raise BadInput("请分别写明两件的内容")
    taken = set(session.scalars(select(Complaint.number).where(Complaint.split_from_id == whole.id)))
    number = next(name for at in count(2) if (name := f"{whole.number}-{at}") not in taken)
    other = _parted(session, whole, first_text, second_text, whole.kind, number, now)
    audit.record(session, actor=actor, action="complaint:split", subject=whole, at=now, text=f"拆出{other.number}")
    audit.record(session, actor=actor, action="complaint:register", subject=other, at=now, text=f"由{whole.number}拆分登记")
    return whole, other


def _parted(session: Session, whole: Complaint, kept: str, parted: str, kind: ComplaintKind, number: str, now: datetime) -> Complaint:
    """Leave ``kept`` with the case and register ``parted`` beside it, with who complained and when it was received."""
    sealed = importing.open_sealed(whole)
    registration = Registration(
        kind=kind,
        channel=whole.channel,
        received_at=whole.received_at or now,
        text=parted,
        request=whole.request if kind == whole.kind else "",
        sector=whole.sector,
        target_name=whole.target_name,
        target_uscc=whole.target_uscc,
        target_address=whole.target_address,
        problem=whole.problem,
        category=whole.category,
        place=whole.place,
        is_group=whole.is_group,
        person=sealed["person"],
    )
    other = _made(registration, number[:60])
    other.registered_at, other.received_at, other.received_on = now, whole.received_at, whole.received_on
    other.split_from, other.business_id = whole, whole.business_id
    session.add(other)
    if whole.kind == ComplaintKind.MIXED:
        whole.kind = ComplaintKind.COMPLAINT
    name = sealed["person"].get("name", "")
    before = finding.found_of(whole, name)
    whole.text, whole.sealed = importing.hidden(kept, sealed["person"], sealed["row"])
    for one in (whole, other):
        refresh(session, one)
    finding.keep(session, {other.id: finding.found_of(other, name)})
    finding.keep_changed(session, whole.id, before, finding.found_of(whole, name))
    return other


def unmask(session: Session, *, actor: Actor, complaint_id: int, reason: str, now: datetime) -> dict[str, str]:
    """Who complained and the text as written, for the router and the handling unit; every look is kept with its reason."""
    audit.queue(session)
    complaint = queries.get_complaint(session, actor, complaint_id)
    if not may_unmask(actor, complaint):
        raise NotAllowed("投诉人、举报人信息只有分派员和承办单位可以查看；举报分派后只有承办单位可以查看")
    if not reason.strip():
        raise BadInput("请写明查看的用途")
    sealed = importing.open_sealed(complaint)
    audit.record(session, actor=actor, action="complaint:unmask", subject=complaint, at=now, text=f"查看投诉人信息：{reason}")
    return {**{key: sealed["person"].get(key, "") for key in PERSONAL}, "text": sealed["text"]}


def found_by_phone(session: Session, *, actor: Actor, phone: str, limit: int = 30) -> list[Complaint]:
    """The newest cases of one phone that this person may see; the phone itself is kept nowhere."""
    require(actor, Permission.COMPLAINT_READ)
    key = importing.phone_hash(phone)
    if not key:
        return []
    query = select(Complaint).where(Complaint.phone_hash == key, queries.seen_by(actor)).order_by(Complaint.id.desc()).limit(limit)
    return list(session.scalars(query))


def _made(registration: Registration, number: str) -> Complaint:
    person = {key: value.strip() for key, value in registration.person.items() if value.strip()}
    columns = {
        name: getattr(registration, name) for name in Registration.__dataclass_fields__ if name not in ("person", "number", "target_uscc")
    }
    columns["received_on"] = local_date(registration.received_at)
    columns["target_uscc"] = read_uscc(registration.target_uscc) if registration.target_uscc.strip() else ""
    return Complaint(**importing.sealed_columns(Read(number, columns, person), {}))


def _check(registration: Registration, now: datetime) -> None:
    if registration.kind not in (*PARTS, ComplaintKind.QUERY, ComplaintKind.MIXED):
        raise BadInput("请选择投诉、举报或咨询")
    if registration.received_at > now:
        raise BadInput("收到时间不能晚于现在")
    if not registration.text.strip():
        raise BadInput("请写明具体问题")
    if registration.kind == ComplaintKind.COMPLAINT:
        missing = [word for word, value in _needed(registration).items() if not value.strip()]
        if missing:
            raise BadInput(f"投诉须登记{'、'.join(missing)}（总局令第121号第十条）")


def _needed(registration: Registration) -> dict[str, str]:
    return {
        "投诉人姓名": registration.person.get("name", ""),
        "投诉人电话": registration.person.get("phone", ""),
        "被投诉人名称": registration.target_name,
        "投诉请求": registration.request,
    }


def _own_number(session: Session, now: datetime) -> str:
    year = local_date(now).year
    return f"投诉〔{year}〕{take_number(session, f'complaint:{year}')}"
