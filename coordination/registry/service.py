"""The gates an application passes: review, inspection, public notice, recognition, or a refusal with its reason at any of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coordination import attachments, audit, crypto
from coordination.permissions import Actor, Permission, require
from coordination.registry import certificates, inspecting, limits, queries, telling
from coordination.settings.queries import calendar, rule_in_force
from models import (
    Category,
    Inspection,
    InspectionKind,
    InspectionPhoto,
    Objection,
    ObjectionStatus,
    Recognition,
    RecognitionStatus,
    Role,
)
from models.calendar import in_words, local_date
from models.errors import BadInput, Conflict, IllegalMove, NotFound
from models.registry import raise_list_version

MOST_PHOTOS = 30
LARGEST_PHOTO = 10 * 1024 * 1024
PHOTO_TYPES = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n"}


@dataclass(frozen=True)
class Photo:
    """A photo as it was taken: of one item (its id) or of the whole."""

    name: str
    media_type: str
    content: bytes
    item_id: int | None = None


@dataclass(frozen=True)
class Findings:
    """An inspection as it comes from the site. ``key`` is made once on the device; the same key is the same inspection."""

    key: str
    sheet_id: int
    inspected_on: date
    points: Mapping[int, int]
    notes: Mapping[int, str] = field(default_factory=dict)
    finding: str = ""
    photos: tuple[Photo, ...] = ()


def review(session: Session, *, actor: Actor, recognition_id: int, opinion: str, now: datetime) -> Recognition:
    """审核通过: the papers are in order and nothing known stands against it."""
    recognition = begin(session, actor, recognition_id, Permission.REGISTRY_REVIEW)
    _check_obstacles(session, recognition, local_date(now))
    recognition.review()
    audit.record(session, actor=actor, action="registry:review", subject=recognition, at=now, text=f"审核通过。{opinion}".strip())
    return recognition


def inspect(session: Session, *, actor: Actor, recognition_id: int, kind: InspectionKind, found: Findings, now: datetime) -> Inspection:
    """Keep an inspection and what follows from it; sent a second time (same key) it is the first one that is returned.

    FIRST moves on only when every minimum is reached; otherwise it stays to be inspected again, or is refused by a person. RECHECK sets the
    next date when it passes; RECTIFICATION puts right what was to be mended.
    """
    recognition = begin(session, actor, recognition_id, Permission.REGISTRY_INSPECT)
    known = session.scalar(select(Inspection).where(Inspection.recognition_id == recognition.id, Inspection.key == found.key))
    if known is not None:
        return known
    inspecting.check_kind(recognition, kind)
    sheet = inspecting.sheet_for(session, recognition, found.sheet_id)
    if found.inspected_on > local_date(now) or found.inspected_on < recognition.applied_on:
        raise BadInput("检查日期应在申报之后、今天以前，请核对")
    result = inspecting.weigh(sheet, found.points)
    others = inspecting.voices(session, recognition) if kind == InspectionKind.RECHECK else None
    shortfall = "；".join(filter(None, (result.shortfall, others.shortfall(sheet) if others else "")))[:300]
    inspection = Inspection(
        recognition=recognition,
        sheet=sheet,
        kind=kind,
        key=found.key,
        inspected_on=found.inspected_on,
        person_id=actor.person_id,
        unit_id=_own_unit(actor, recognition),
        total=result.total,
        passed=not shortfall,
        shortfall=shortfall,
        finding=found.finding,
        received_at=now,
        scores=inspecting.scores(found.points, found.notes),
        photos=_photos(session, found.photos, {item.id for item in sheet.items}, now),
    )
    session.add(inspection)
    _after_inspection(session, recognition, inspection)
    verdict = "达到要求" if inspection.passed else f"未达要求：{inspection.shortfall}"
    text = f"{kind.label}{in_words(found.inspected_on)}，{result.total}分（满分{sheet.most}分），{verdict}"
    text += f"。{others.words}" if others else ""
    audit.record(session, actor=actor, action="registry:inspect", subject=recognition, at=now, text=text, key=found.key)
    return inspection


def notice_period(session: Session, category: Category, today: date) -> tuple[int, date]:
    """How many working days a notice published today runs, and its last day. CalendarMissing when that day cannot be known."""
    days = category.notice_days or rule_in_force(session, "REG_NOTICE", today, category.scheme.mechanism_id).limit
    return days, calendar(session).shift(today, days)


def publish(session: Session, *, actor: Actor, recognition_id: int, now: datetime) -> Recognition:
    """公示 from today on for the category's working days. CalendarMissing when its last day cannot be known."""
    recognition = begin(session, actor, recognition_id, Permission.REGISTRY_PUBLISH)
    today, category = local_date(now), recognition.category
    _check_obstacles(session, recognition, today)
    days, until = notice_period(session, category, today)
    recognition.publish(today, until)
    raise_list_version(session, now)
    text = f"公示{days}个工作日，至{in_words(until)}"
    audit.record(session, actor=actor, action="registry:publish", subject=recognition, at=now, text=text)
    return recognition


def object_to(session: Session, *, actor: Actor, recognition_id: int, text: str, contact: str, now: datetime) -> Objection:
    """Anyone's objection while the public notice runs. It stops the recognition until it has been looked into."""
    audit.queue(session)
    recognition = session.get(Recognition, recognition_id, populate_existing=True) if 0 < recognition_id <= queries.LARGEST_ID else None
    today = local_date(now)
    if recognition is None or recognition.status != RecognitionStatus.ON_NOTICE or recognition.notice_until is None:
        raise NotFound("该单位不在公示中")
    if today > recognition.notice_until:
        raise IllegalMove(f"公示已于{in_words(recognition.notice_until)}结束。认定后可通过监督反馈提出")
    if not text.strip():
        raise BadInput("请写明异议内容")
    clock = limits.clock(session, "REG_OBJECTION", today, recognition.category.scheme.mechanism_id, began="收到")
    objection = Objection(
        recognition=recognition,
        text=text,
        contact=crypto.seal_contact(contact),
        received_at=now,
        due_on=clock.due_on,
        status=ObjectionStatus.OPEN,
    )
    session.add(objection)
    session.flush()
    audit.record(session, actor=actor, action="registry:object", subject=recognition, at=now, text="收到公示异议", objection=objection.id)
    people = telling.each_once(telling.office(session, recognition.category), telling.responsible(session, recognition.category, now))
    path = f"/registry/{recognition.id}#do"
    telling.tell(session, kind="registry_objection", subject=objection, people=people, path=path, now=now, objection=objection)
    return objection


def decide_objection(session: Session, *, actor: Actor, objection_id: int, upheld: bool, finding: str, now: datetime) -> Objection:
    """核实 an objection: 成立 refuses the application with that reason, 不成立 lets it go on."""
    audit.queue(session)
    objection = session.get(Objection, objection_id, populate_existing=True) if 0 < objection_id <= queries.LARGEST_ID else None
    if objection is None:
        raise NotFound("没有这件异议")
    recognition = queries.get_recognition(session, actor, objection.recognition_id)
    require(actor, Permission.REGISTRY_PUBLISH, recognition.scope)
    if not finding.strip():
        raise BadInput("请填写核实情况")
    objection.decide(now, upheld=upheld, finding=finding, person_id=actor.person_id)
    text = f"异议{objection.status.label}：{finding}"
    audit.record(session, actor=actor, action="registry:objection", subject=recognition, at=now, text=text, objection=objection.id)
    if upheld and recognition.status == RecognitionStatus.ON_NOTICE:
        _refuse(session, actor, recognition, f"公示异议成立：{finding}"[:500], now)
    return objection


def recognise(session: Session, *, actor: Actor, recognition_id: int, version: int, now: datetime) -> Recognition:
    """认定 by the approver after the notice: certificate number and token are given, and it is on the list with this transaction.

    IllegalMove while the notice runs or an objection is open; BadInput with what speaks against it; Conflict when it changed since
    ``version``.
    """
    recognition = begin(session, actor, recognition_id, Permission.REGISTRY_RECOGNISE)
    today, category = local_date(now), recognition.category
    if recognition.version != version:
        raise Conflict("这份申报刚有变化，没有认定。请看过新情况再办", version=recognition.version)
    if recognition.status == RecognitionStatus.ON_NOTICE and recognition.notice_until is not None and today <= recognition.notice_until:
        raise IllegalMove(f"公示期至{in_words(recognition.notice_until)}，期满后方可认定")
    if open_objections(session, recognition.id):
        raise IllegalMove("公示异议尚未核实，不能认定")
    _check_obstacles(session, recognition, today)
    recognition.recognise(
        today,
        certificate_no=certificates.next_number(session, category.scheme, today),
        token=certificates.new_token(),
        valid_until=(until := certificates.valid_until(session, category, today)),
        next_check_on=certificates.next_check(session, category, today),
    )
    session.flush()
    raise_list_version(session, now)
    text = f"认定为{category.scheme.title}（{category.name}），证书号{recognition.certificate_no}，有效期至{in_words(until)}"
    audit.record(session, actor=actor, action="registry:recognise", subject=recognition, at=now, text=text)
    people = telling.each_once(telling.responsible(session, category, now), telling.office(session, category))
    path = f"/registry/{recognition.id}"
    telling.tell(session, kind="registry_recognised", subject=recognition, people=people, path=path, now=now, recognition=recognition)
    return recognition


def refuse(session: Session, *, actor: Actor, recognition_id: int, reason: str, now: datetime) -> Recognition:
    """不予认定 with the reason, by whoever keeps the gate it stands at: the unit before the notice, the office and the approver after."""
    audit.queue(session)
    recognition = queries.get_recognition(session, actor, recognition_id)
    gates = {
        RecognitionStatus.APPLIED: Permission.REGISTRY_REVIEW,
        RecognitionStatus.REVIEWED: Permission.REGISTRY_INSPECT,
        RecognitionStatus.INSPECTED: Permission.REGISTRY_PUBLISH,
        RecognitionStatus.ON_NOTICE: Permission.REGISTRY_RECOGNISE,
    }
    gate = gates.get(recognition.status)
    if gate is None:
        raise IllegalMove(f"现为“{recognition.status.label}”，不能再不予认定")
    require(actor, gate, recognition.scope)
    if not reason.strip():
        raise BadInput("请填写不予认定的理由")
    return _refuse(session, actor, recognition, reason, now)


def begin(session: Session, actor: Actor, recognition_id: int, permission: Permission) -> Recognition:
    """The recognition in one's turn to write: what is checked from here on still holds when it is recorded."""
    audit.queue(session)
    recognition = queries.get_recognition(session, actor, recognition_id)
    require(actor, permission, recognition.scope)
    return recognition


def open_objections(session: Session, recognition_id: int) -> int:
    """How many objections to it are not decided."""
    query = select(func.count(Objection.id)).where(Objection.recognition_id == recognition_id, Objection.status == ObjectionStatus.OPEN)
    return session.scalar(query) or 0


def _refuse(session: Session, actor: Actor, recognition: Recognition, reason: str, now: datetime) -> Recognition:
    was_public = recognition.status == RecognitionStatus.ON_NOTICE
    gate = recognition.status.label
    recognition.refuse(now, local_date(now), reason)
    if was_public:
        raise_list_version(session, now)
    audit.record(session, actor=actor, action="registry:refuse", subject=recognition, at=now, text=f"不予认定（{gate}）。理由：{reason}")
    category = recognition.category
    people = telling.each_once(telling.responsible(session, category, now), telling.in_role(session, category, Role.OFFICE))
    path = f"/registry/{recognition.id}"
    telling.tell(session, kind="registry_refused", subject=recognition, people=people, path=path, now=now, recognition=recognition)
    return recognition


def _check_obstacles(session: Session, recognition: Recognition, on: date) -> None:
    found = queries.obstacles(session, recognition.business, recognition.category, on, itself=recognition.id)
    if found:
        raise BadInput(f"{recognition.business.name}现不能认定：{'；'.join(found)}")


def _after_inspection(session: Session, recognition: Recognition, inspection: Inspection) -> None:
    if not inspection.passed:
        return
    if inspection.kind == InspectionKind.FIRST:
        recognition.pass_inspection()
    else:
        if inspection.kind == InspectionKind.RECTIFICATION:
            recognition.set_right()
        recognition.next_check_on = certificates.next_check(session, recognition.category, inspection.inspected_on)


def _own_unit(actor: Actor, recognition: Recognition) -> int:
    """In whose name it was inspected: the own unit if it takes part, else the responsible one (the office went)."""
    shared = sorted(recognition.scope.unit_ids & actor.unit_ids)
    if recognition.category.responsible_id in shared or not shared:
        return recognition.category.responsible_id
    return shared[0]


def _photos(session: Session, photos: tuple[Photo, ...], item_ids: set[int], now: datetime) -> list[InspectionPhoto]:
    if len(photos) > MOST_PHOTOS:
        raise BadInput(f"照片最多{MOST_PHOTOS}张")
    kept = []
    for photo in photos:
        if len(photo.content) > LARGEST_PHOTO or not photo.content.startswith(PHOTO_TYPES.get(photo.media_type, b"\0")):
            raise BadInput(f"照片“{photo.name}”不能接收：只收10MB以内的JPG、PNG")
        if photo.item_id is not None and photo.item_id not in item_ids:
            raise BadInput(f"照片“{photo.name}”对应的评分项不在评分表中")
        stored = attachments.store(session, name=photo.name, media_type=photo.media_type, content=photo.content, now=now)
        kept.append(InspectionPhoto(item_id=photo.item_id, file=stored))
    return kept
