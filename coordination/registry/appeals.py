"""Appeals (申诉) against a removal: a clock, the approver's decision, and putting the unit back as a new event."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit, crypto
from coordination.permissions import SYSTEM, Actor, Permission, require
from coordination.registry import certificates, limits, queries, telling
from coordination.settings.queries import rule_in_force
from coordination.tasks import service as tasks
from models import Appeal, AppealOrigin, AppealStatus, Recognition, Removal, Role, Task
from models.calendar import in_words, local_date
from models.errors import BadInput, Conflict, IllegalMove
from models.registry import raise_list_version


def lodge(session: Session, *, actor: Actor, removal_id: int, text: str, contact: str, now: datetime) -> Appeal:
    """The business appeals. IllegalMove when it is too late, when one is open, or when the removal is undone already."""
    audit.queue(session)
    removal = queries.get_removal(session, removal_id)
    category, today = removal.recognition.category, local_date(now)
    mechanism_id = category.scheme.mechanism_id
    if not text.strip():
        raise BadInput("请写明申诉的事实和理由")
    if removal.overturned_at is not None:
        raise IllegalMove("该移出已撤销，不必申诉")
    last = limits.last_day_of(rule_in_force(session, "REG_APPEAL_WITHIN", removal.removed_on, mechanism_id), removal.removed_on)
    if today > last:
        raise IllegalMove(f"申诉期限至{in_words(last)}，已过。记录修复后可凭修复证明申请解除限制")
    if session.scalar(select(Appeal.id).where(Appeal.removal_id == removal.id, Appeal.status == AppealStatus.OPEN)) is not None:
        raise IllegalMove("已有一件申诉在复核中，请等候答复")
    clock = limits.clock(session, "REG_APPEAL", today, mechanism_id, began="收到申诉")
    appeal = Appeal(
        removal=removal,
        origin=AppealOrigin.BUSINESS,
        text=text,
        contact=crypto.seal_contact(contact),
        received_at=now,
        due_on=clock.due_on,
        derivation=clock.derivation,
        status=AppealStatus.OPEN,
    )
    session.add(appeal)
    session.flush()
    said = f"收到申诉，复核期限{in_words(clock.due_on)}"
    audit.record(session, actor=actor, action="registry:appeal", subject=removal.recognition, at=now, text=said, appeal=appeal.id)
    people = telling.each_once(telling.in_role(session, category, Role.APPROVER), telling.office(session, category))
    path = f"/registry/appeals/{appeal.id}#do"
    telling.tell(session, kind="registry_appeal", subject=appeal, people=people, path=path, now=now, appeal=appeal)
    return appeal


def decide(session: Session, *, actor: Actor, appeal_id: int, version: int, upheld: bool, answer: str, now: datetime) -> Recognition | None:
    """The approver decides, with a written answer. 申诉成立 undoes the removal and, where nothing else stands against it, lists the unit
    again with a new certificate; that recognition is returned, None otherwise. Conflict when it changed since ``version``.
    """
    audit.queue(session)
    appeal = queries.get_appeal(session, actor, appeal_id)
    removal = appeal.removal
    require(actor, Permission.APPEAL_DECIDE, removal.recognition.scope)
    if appeal.status == AppealStatus.OPEN and appeal.version != version:
        raise Conflict("这件申诉刚有变化，没有办理。请看过新情况再办", mine=answer, version=appeal.version)
    if not answer.strip():
        raise BadInput("请填写答复意见")
    appeal.decide(now, upheld=upheld, answer=answer, person_id=actor.person_id)
    text = f"{appeal.status.label}：{answer}"
    audit.record(session, actor=actor, action="registry:appeal", subject=removal.recognition, at=now, text=text, appeal=appeal.id)
    again = _undo(session, actor, removal, now) if upheld else None
    category = removal.recognition.category
    people = telling.each_once(telling.responsible(session, category, now, heads=True), telling.office(session, category))
    path, facts = f"/registry/{removal.recognition_id}", {"appeal": appeal, "again": again}
    telling.tell(session, kind="registry_appeal_decided", subject=appeal, people=people, path=path, now=now, **facts)
    return again


def overdue(session: Session, today: date) -> list[int]:
    """Ids of appeals past their day without a decision."""
    query = select(Appeal.id).where(Appeal.status == AppealStatus.OPEN, Appeal.due_on < today)
    return queries.ids(query.order_by(Appeal.due_on, Appeal.id), session)


def _undo(session: Session, actor: Actor, removal: Removal, now: datetime) -> Recognition | None:
    """Nothing of the removal stays public or bars; the unit is listed again if it can be."""
    today, old = local_date(now), removal.recognition
    removal.overturn(now)
    session.flush()
    raise_list_version(session, now)
    _call_off_plaque_task(session, removal, now)
    _make_room(session, actor, old, now)
    obstacles = queries.obstacles(session, old.business, old.category, today)
    if old.valid_until is not None and old.valid_until < today:
        obstacles.append(f"原有效期至{in_words(old.valid_until)}，已届满")
    if obstacles:
        text = f"移出已撤销；未恢复在册：{'；'.join(obstacles)}"
        audit.record(session, actor=actor, action="registry:overturn", subject=old, at=now, text=text)
        return None
    again = Recognition.reinstated(
        old,
        today,
        certificate_no=certificates.next_number(session, old.category.scheme, today),
        token=certificates.new_token(),
        next_check_on=certificates.next_check(session, old.category, today),
    )
    session.add(again)
    session.flush()
    assert again.valid_until is not None
    text = f"移出已撤销，恢复在册，新证书号{again.certificate_no}，有效期至{in_words(again.valid_until)}"
    for row in (old, again):
        audit.record(session, actor=actor, action="registry:reinstate", subject=row, at=now, text=text)
    return again


def _call_off_plaque_task(session: Session, removal: Removal, now: datetime) -> None:
    task = session.get(Task, removal.task_id) if removal.task_id is not None else None
    if task is not None and task.status not in Task.ENDED:
        tasks.cancel(session, actor=SYSTEM, task_id=task.id, reason="移出已撤销，不必摘除标牌", now=now)


def _make_room(session: Session, actor: Actor, old: Recognition, now: datetime) -> None:
    """An application made since gives way: the unit gets back what it had."""
    for other in queries.live_recognitions(session, old.business_id):
        if other.category_id == old.category_id and other.status in Recognition.PENDING:
            other.withdraw(now, local_date(now), "申诉成立，原认定恢复")
            text = "撤回申报：申诉成立，原认定恢复"
            audit.record(session, actor=actor, action="registry:withdraw", subject=other, at=now, text=text)
    session.flush()


def last_day(session: Session, removal: Removal) -> date:
    """Until when an appeal can be lodged."""
    rule = limits.rule_or_none(session, "REG_APPEAL_WITHIN", removal.removed_on, removal.recognition.category.scheme.mechanism_id)
    return limits.last_day_of(rule, removal.removed_on) if rule is not None else removal.removed_on + timedelta(days=30)
