"""Feedback of the public on a unit or a plaque: numbered, to the unit that answers, with a clock. It is no complaint."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coordination import audit, crypto
from coordination.permissions import PUBLIC, Actor, Permission, require
from coordination.registry import limits, queries, telling
from models import Category, Feedback, FeedbackKind, Mechanism, Recognition, Scheme, Unit
from models.calendar import local_date
from models.errors import BadInput, IllegalMove, NotFound, RuleBroken
from models.numbering import take_number

MOST_AN_HOUR = 10  # from one address


class TooMany(RuleBroken):
    """Too many from one place in a short time."""

    status = 429


def send(
    session: Session, *, recognition_id: int | None, kind: FeedbackKind, text: str, contact: str, address: str, now: datetime
) -> Feedback:
    """Take a report in and give it a number. ``recognition_id`` None: a plaque nobody issued. TooMany from one address in an hour."""
    audit.queue(session)
    place = crypto.keyed_hash("feedback", address)
    recent = select(func.count(Feedback.id)).where(Feedback.place == place, Feedback.received_at > now - timedelta(hours=1))
    if (session.scalar(recent) or 0) >= MOST_AN_HOUR:
        raise TooMany("提交过于频繁，请一小时后再试。紧急情况请拨打12315")
    if not text.strip():
        raise BadInput("请写明反馈的情况")
    today = local_date(now)
    category, unit = _who_answers(session, recognition_id)
    feedback = Feedback(
        number=f"反馈{today.year}-{take_number(session, f'feedback:{today.year}')}",
        recognition_id=recognition_id,
        kind=kind,
        text=text,
        contact=crypto.seal_contact(contact),
        place=place,
        received_at=now,
        unit=unit,
        due_on=limits.due_day(session, "REG_FEEDBACK", today, category.scheme.mechanism_id if category else None, otherwise=7),
    )
    session.add(feedback)
    session.flush()
    audit.record(session, actor=PUBLIC, action="feedback:send", subject=feedback, at=now, text=f"{kind.label}，转{unit.short_name}")
    people = telling.of_units(session, [unit], now)
    path = f"/registry/feedback/{feedback.id}#do"
    telling.tell(session, kind="registry_feedback", subject=feedback, people=people, path=path, now=now, feedback=feedback)
    return feedback


def answer(session: Session, *, actor: Actor, feedback_id: int, text: str, now: datetime) -> Feedback:
    """The unit answers what it found and did. IllegalMove when a colleague has answered."""
    audit.queue(session)
    found = session.get(Feedback, feedback_id, populate_existing=True) if 0 < feedback_id <= queries.LARGEST_ID else None
    if found is None or (found.unit_id not in actor.unit_ids and actor.oversees(Permission.REGISTRY_READ) == frozenset()):
        raise NotFound("没有这条反馈")
    require(actor, Permission.FEEDBACK_ANSWER, found.scope)
    if found.answered_at is not None:
        raise IllegalMove("这条反馈已答复")
    if not text.strip():
        raise BadInput("请填写核实和处理情况")
    found.answer, found.answered_at, found.person_id = text, now, actor.person_id
    audit.record(session, actor=actor, action="feedback:answer", subject=found, at=now, text="答复监督反馈")
    return found


def _who_answers(session: Session, recognition_id: int | None) -> tuple[Category | None, Unit]:
    """The responsible unit; for a plaque nobody issued, the office of the first scheme."""
    if recognition_id is not None:
        recognition = session.get(Recognition, recognition_id) if 0 < recognition_id <= queries.LARGEST_ID else None
        if recognition is None or recognition.recognised_on is None:
            raise NotFound("没有这个单位")
        return recognition.category, recognition.category.responsible
    mechanism = session.scalars(select(Mechanism).join(Scheme, Scheme.mechanism_id == Mechanism.id).order_by(Scheme.id)).first()
    if mechanism is None:
        raise NotFound("本平台尚未开展示范单位创建")
    return None, mechanism.office_unit
