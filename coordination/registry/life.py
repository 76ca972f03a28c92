"""The life of a recognised unit: re-check, rectification, renewal, expiry, leaving, the end of the business; and its promises."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Exists, String, cast, exists, func, literal, select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.permissions import SYSTEM, Actor, Permission, require
from coordination.registry import businesses, certificates, limits, queries, telling, trust
from coordination.registry.removal import lapse_proposals, plaque_task
from coordination.registry.service import begin
from coordination.registry.trust import EventFacts
from models import (
    Business,
    Category,
    ConsumerReview,
    EventSource,
    Inspection,
    InspectionKind,
    LegalStatus,
    Notice,
    Promise,
    PromiseKind,
    Recognition,
    RecognitionStatus,
    RemovalProposal,
    Role,
    TrustEvent,
)
from models.calendar import in_words, local_date
from models.errors import BadInput, IllegalMove, NotFound
from models.registry import raise_list_version

EXPIRING_DAYS = 60  # where the office keeps no REG_EXPIRING rule
BROKEN_PROMISE, UNMENDED = "BROKEN_PROMISE", "UNMENDED"


def rectification_due(session: Session, category: Category, today: date) -> date:
    """The last day of a rectification ordered today, as the rule has it."""
    return limits.clock(session, "REG_RECTIFY", today, category.scheme.mechanism_id, began="要求整改").due_on


def order_rectification(
    session: Session, *, actor: Actor, recognition_id: int, finding: str, by: date | None, now: datetime
) -> Recognition:
    """限期整改: what is to be mended, and by when (None: the rule's period). The unit stays on the list, marked so."""
    recognition = begin(session, actor, recognition_id, Permission.REGISTRY_INSPECT)
    today = local_date(now)
    if not finding.strip():
        raise BadInput("请写明需要整改的问题")
    due_on = by or rectification_due(session, recognition.category, today)
    if due_on <= today:
        raise BadInput("整改期限应在今天之后")
    recognition.rectify(due_on)
    raise_list_version(session, now)
    text = f"要求整改，期限{in_words(due_on)}：{finding}"
    audit.record(session, actor=actor, action="registry:rectify", subject=recognition, at=now, text=text)
    return recognition


def rectification_overdue(session: Session, today: date) -> list[int]:
    """Ids of units whose day to have mended it has passed, and for which no proposal of removal waits or was decided since."""
    proposed = exists().where(RemovalProposal.recognition_id == Recognition.id, TrustEvent.happened_on > Recognition.rectify_by)
    proposed = proposed.where(TrustEvent.id == RemovalProposal.event_id, TrustEvent.source == EventSource.RECTIFICATION)
    late = (Recognition.status == RecognitionStatus.RECTIFYING, Recognition.rectify_by < today, ~proposed)
    query = select(Recognition.id).where(*late)
    return queries.ids(query.order_by(Recognition.id), session)


def propose_unmended(session: Session, *, recognition_id: int, now: datetime) -> bool:
    """整改逾期 becomes a trust event and so a proposal of removal, once for each day set. False when there is nothing to do."""
    audit.queue(session)
    recognition = session.get(Recognition, recognition_id, populate_existing=True)
    if recognition is None or recognition.rectify_by is None or recognition.rectify_by >= local_date(now):
        return False
    facts = EventFacts(
        ground=UNMENDED,
        source=EventSource.RECTIFICATION,
        name=recognition.business.name,
        uscc=recognition.business.uscc or "",
        happened_on=recognition.rectify_by + timedelta(days=1),
        document_no=f"{recognition.certificate_no}整改",
        text="要求整改的问题逾期未改正",
    )
    if trust.known_event(session, facts) is not None:
        return False
    trust.take_event(session, actor=SYSTEM, facts=facts, now=now)
    return True


def renew(session: Session, *, actor: Actor, recognition_id: int, now: datetime) -> Recognition:
    """续期 by the approver, within the time before expiry: nothing known against it, and a re-check passed since it was last recognised."""
    recognition = begin(session, actor, recognition_id, Permission.REGISTRY_RECOGNISE)
    today, category = local_date(now), recognition.category
    if recognition.status != RecognitionStatus.RECOGNISED or not recognition.is_listed(today):
        raise IllegalMove(f"现为“{recognition.status.label}”，不能续期")
    assert recognition.valid_until is not None
    opens_on = recognition.valid_until - timedelta(days=expiring_days(session, today))
    if today < opens_on:
        raise IllegalMove(f"{in_words(opens_on)}起方可办理续期")
    obstacles = queries.obstacles(session, recognition.business, category, today, itself=recognition.id)
    if obstacles:
        raise BadInput(f"{recognition.business.name}现不能续期：{'；'.join(obstacles)}")
    if not _checked_since(session, recognition, today):
        raise BadInput("近一个复查周期内没有合格的年度复查，不能续期")
    before = recognition.valid_until
    recognition.renew(certificates.valid_until(session, category, before))
    raise_list_version(session, now)
    text = f"续期：有效期由{in_words(before)}延至{in_words(recognition.valid_until)}"
    audit.record(session, actor=actor, action="registry:renew", subject=recognition, at=now, text=text)
    return recognition


def expired(session: Session, today: date) -> list[int]:
    """Ids of units past their last day that no one has renewed; they are off the list already."""
    query = select(Recognition.id).where(Recognition.status.in_(Recognition.LISTED), Recognition.valid_until < today)
    return queries.ids(query.order_by(Recognition.valid_until, Recognition.id), session)


def expire(session: Session, *, recognition_id: int, now: datetime) -> bool:
    """到期退出: write down what its date brought about, and have the plaque taken down. False when it was renewed or left meanwhile."""
    audit.queue(session)
    recognition = session.get(Recognition, recognition_id, populate_existing=True)
    today = local_date(now)
    if recognition is None or recognition.status not in Recognition.LISTED or recognition.is_listed(today):
        return False
    assert recognition.valid_until is not None
    recognition.expire(now)
    _left(session, SYSTEM, recognition, "registry:expire", f"有效期至{in_words(recognition.valid_until)}，届满未续，退出名录", now)
    return True


def expiring(session: Session, today: date) -> list[int]:
    """Ids of units whose last day comes within the time of the rule REG_EXPIRING, and of which nobody has been told for this day."""
    until = today + timedelta(days=expiring_days(session, today))
    coming = (Recognition.is_listed(today), Recognition.valid_until <= until, ~_told("registry_expiring", Recognition.valid_until))
    query = select(Recognition.id).where(*coming)
    return queries.ids(query.order_by(Recognition.valid_until, Recognition.id), session)


def remind_expiring(session: Session, *, recognition_id: int, now: datetime) -> bool:
    """Tell the responsible unit once for each last day that it comes. False when everybody has been told."""
    recognition = session.get(Recognition, recognition_id)
    if recognition is None or not recognition.is_listed(local_date(now)):
        return False
    return _remind(session, recognition, "registry_expiring", recognition.valid_until, now)


def to_recheck(session: Session, today: date) -> list[int]:
    """Ids of listed units whose yearly re-check is due by that day, and of which nobody has been told for it."""
    due = (Recognition.is_listed(today), Recognition.next_check_on <= today, ~_told("registry_recheck", Recognition.next_check_on))
    query = select(Recognition.id).where(*due)
    return queries.ids(query.order_by(Recognition.next_check_on, Recognition.id), session)


def remind_recheck(session: Session, *, recognition_id: int, now: datetime) -> bool:
    """Tell the responsible unit once for each due day that the re-check is due. False when everybody has been told."""
    recognition = session.get(Recognition, recognition_id)
    if recognition is None or recognition.next_check_on is None or not recognition.is_listed(local_date(now)):
        return False
    return _remind(session, recognition, "registry_recheck", recognition.next_check_on, now)


def withdraw(session: Session, *, actor: Actor, recognition_id: int, reason: str, now: datetime) -> Recognition:
    """自愿退出, asked for by the business and entered by the office: from the list, or from an application in hand."""
    recognition = begin(session, actor, recognition_id, Permission.REGISTRY_EDIT)
    if not reason.strip():
        raise BadInput("请填写退出的原因")
    _withdraw(session, actor, recognition, reason, now)
    return recognition


def close_business(session: Session, *, actor: Actor, business_id: int, status: LegalStatus, remark: str, now: datetime) -> Business:
    """The business is 停业, 注销 or (again) 存续: whatever it holds ends with it, and its plaques are taken down.

    吊销 is a trust event and is recorded as one (trust.record_event), beside this.
    """
    audit.queue(session)
    require(actor, Permission.REGISTRY_EDIT)
    business = businesses.get_business(session, business_id)
    if business.legal_status == status:
        raise IllegalMove(f"该经营主体现已为“{status.label}”")
    if not remark.strip():
        raise BadInput("请写明依据")
    business.legal_status = status
    audit.record(session, actor=actor, action="business:close", subject=business, at=now, text=f"主体状态改为{status.label}：{remark}")
    if status != LegalStatus.OPEN:
        for recognition in queries.live_recognitions(session, business.id):
            _withdraw(session, actor, recognition, f"经营主体{status.label}", now)
    return business


def promise(session: Session, *, actor: Actor, recognition_id: int, kind: PromiseKind, text: str, now: datetime) -> Promise:
    """Put a promise of the unit on its public page."""
    recognition = begin(session, actor, recognition_id, Permission.REGISTRY_INSPECT)
    if recognition.status not in Recognition.LIVE:
        raise IllegalMove(f"现为“{recognition.status.label}”，不能登记承诺")
    if not text.strip():
        raise BadInput("请写明承诺的范围和条件")
    made = Promise(recognition=recognition, kind=kind, text=text, since=local_date(now))
    session.add(made)
    raise_list_version(session, now)
    audit.record(session, actor=actor, action="registry:promise", subject=recognition, at=now, text=f"登记承诺：{kind.label}，{text}")
    return made


def end_promise(session: Session, *, actor: Actor, promise_id: int, reason: str, now: datetime) -> Promise:
    """Take a promise off the unit's public page from tomorrow on; until today it binds."""
    found = get_promise(session, promise_id)
    recognition = begin(session, actor, found.recognition_id, Permission.REGISTRY_INSPECT)
    if found.ended_on is not None:
        raise IllegalMove(f"这项承诺已于{in_words(found.ended_on)}终止")
    if not reason.strip():
        raise BadInput("请写明终止的原因")
    found.ended_on = local_date(now)
    raise_list_version(session, now)
    text = f"终止承诺：{found.kind.label}，{found.text}。原因：{reason}"
    audit.record(session, actor=actor, action="registry:promise", subject=recognition, at=now, text=text)
    return found


def get_promise(session: Session, promise_id: int) -> Promise:
    """The promise, or NotFound."""
    found = session.get(Promise, promise_id) if 0 < promise_id <= queries.LARGEST_ID else None
    if found is None:
        raise NotFound("没有这项承诺")
    return found


def record_breach(session: Session, *, actor: Actor, promise_id: int, happened_on: date, proof: str, now: datetime) -> TrustEvent:
    """A proven breach of a promise is a trust event, and so a proposal of removal."""
    found = get_promise(session, promise_id)
    recognition = begin(session, actor, found.recognition_id, Permission.REGISTRY_INSPECT)
    if not proof.strip():
        raise BadInput("请写明查实的情况")
    if happened_on < found.since or (found.ended_on is not None and happened_on > found.ended_on):
        raise BadInput(f"该承诺自{in_words(found.since)}起有效，日期不在承诺期内")
    facts = EventFacts(
        ground=BROKEN_PROMISE,
        source=EventSource.PROMISE,
        name=recognition.business.name,
        uscc=recognition.business.uscc or "",
        happened_on=happened_on,
        document_no=f"{recognition.certificate_no or recognition.id}{found.kind.label}",
        text=f"未兑现“{found.kind.label}”承诺：{proof}",
    )
    if trust.known_event(session, facts) is not None:
        raise BadInput("这一天的同一项承诺已登记过未兑现")
    return trust.take_event(session, actor=actor, facts=facts, now=now)


def review_by_consumer(session: Session, *, recognition_id: int, visit: str, stars: int, text: str, now: datetime) -> ConsumerReview:
    """One consumer's word after one visit; the visit's token counts once. NotFound for a unit that is not on the list."""
    recognition = session.get(Recognition, recognition_id) if 0 < recognition_id <= queries.LARGEST_ID else None
    if recognition is None or not recognition.is_listed(local_date(now)):
        raise NotFound("该单位不在名录上")
    if not 1 <= stars <= 5:
        raise BadInput("请选择1至5分")
    visit_hash = hashlib.sha256(visit.encode("utf-8", "replace")).hexdigest()
    audit.queue(session)
    same = (ConsumerReview.recognition_id == recognition.id, ConsumerReview.visit_hash == visit_hash)
    if session.scalar(select(ConsumerReview.id).where(*same)) is not None:
        raise IllegalMove("这次消费已评价过，谢谢")
    review = ConsumerReview(recognition_id=recognition.id, visit_hash=visit_hash, stars=stars, text=text, at=now)
    session.add(review)
    session.flush()
    return review


def _withdraw(session: Session, actor: Actor, recognition: Recognition, reason: str, now: datetime) -> None:
    listed = recognition.status in Recognition.LISTED
    recognition.withdraw(now, local_date(now), reason)
    if listed:
        _left(session, actor, recognition, "registry:withdraw", f"退出名录：{reason}", now)
        return
    raise_list_version(session, now)
    audit.record(session, actor=actor, action="registry:withdraw", subject=recognition, at=now, text=f"撤回申报：{reason}")


def _left(session: Session, actor: Actor, recognition: Recognition, action: str, text: str, now: datetime) -> None:
    """Common to every way off the list but removal: version, proposals, plaque, audit."""
    raise_list_version(session, now)
    lapse_proposals(session, recognition, f"该单位已退出名录（{recognition.status.label}）", now)
    plaque_task(session, recognition, recognition.reason, now)
    audit.record(session, actor=actor, action=action, subject=recognition, at=now, text=text)


def _remind(session: Session, recognition: Recognition, kind: str, day: date | None, now: datetime) -> bool:
    category = recognition.category
    people = telling.responsible(session, category, now) or telling.in_role(session, category, Role.OFFICE)
    path = f"/registry/{recognition.id}"
    facts = {"recognition": recognition, "day": day}
    return telling.tell(session, kind=kind, subject=recognition, people=people, path=path, now=now, slot=day, **facts) > 0


def _told(kind: str, day: Any) -> Exists:
    """Is somebody owed the notice of this kind for that day of the unit?"""
    subject = literal("recognition:") + cast(Recognition.id, String)
    return exists().where(Notice.kind == kind, Notice.subject == subject, Notice.slot == cast(day, String))


def _checked_since(session: Session, recognition: Recognition, today: date) -> bool:
    """A passed re-check, or being recognised, lies no longer back than one cycle."""
    query = select(func.max(Inspection.inspected_on)).where(
        Inspection.recognition_id == recognition.id, Inspection.passed, Inspection.kind != InspectionKind.FIRST
    )
    last = session.scalar(query) or recognition.recognised_on
    assert last is not None
    return certificates.next_check(session, recognition.category, last) >= today


def expiring_days(session: Session, today: date) -> int:
    """How many days before its last day a unit counts as expiring: the rule REG_EXPIRING."""
    rule = limits.rule_or_none(session, "REG_EXPIRING", today, None)
    return (limits.last_day_of(rule, today) - today).days if rule is not None else EXPIRING_DAYS
