"""指定去向: the office says where complaints of a kind go, whatever was learned. Callers own the transaction."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination import audit
from coordination.members.queries import get_subject, get_unit
from coordination.permissions import Actor, Permission, require
from models import RoutingPreference
from models.calendar import local_date
from models.errors import BadInput, IllegalMove, NotFound

MOST = 500  # that stand at once: each is asked for every suggestion


def preferences(session: Session) -> list[RoutingPreference]:
    """Those that stand, newest first."""
    query = select(RoutingPreference).where(RoutingPreference.ended_at.is_(None)).order_by(RoutingPreference.id.desc())
    return list(session.scalars(query.options(joinedload(RoutingPreference.unit), joinedload(RoutingPreference.subject))))


def prefer(
    session: Session,
    *,
    actor: Actor,
    unit_id: int,
    subject_id: int | None = None,
    business: str = "",
    territory: str = "",
    why: str,
    now: datetime,
) -> RoutingPreference:
    """Send what agrees in all that is named to this unit. BadInput when nothing is named, no reason given, or the unit stands no more."""
    require(actor, Permission.ROUTING_EDIT)
    audit.queue(session)
    business, territory, why = business.strip(), territory.strip(), why.strip()
    if subject_id is None and not business and not territory:
        raise BadInput("事项分类、被投诉方、所在地至少填写一项")
    if not why:
        raise BadInput("请写明理由，分派时会显示")
    unit = get_unit(session, unit_id)
    if not unit.stands(local_date(now)):
        raise BadInput(f"{unit.short_name}已不存在，请改选")
    standing = preferences(session)
    if len(standing) >= MOST:
        raise BadInput(f"指定去向最多{MOST}条，请先停止不用的")
    if any((one.subject_id, one.business, one.territory) == (subject_id, business, territory) for one in standing):
        raise BadInput("相同条件已有指定去向，请先停止原来的")
    subject = get_subject(session, subject_id) if subject_id is not None else None
    made = RoutingPreference(unit=unit, subject=subject, business=business, territory=territory, why=why, made_at=now)
    session.add(made)
    session.flush()
    text = f"指定去向：{condition_of(made)}交{unit.short_name}（{why}）"
    audit.record(session, actor=actor, action="routing:prefer", subject=made, at=now, text=text)
    return made


def end(session: Session, *, actor: Actor, preference_id: int, now: datetime) -> RoutingPreference:
    """Let a preference hold no longer. IllegalMove when it was ended before."""
    require(actor, Permission.ROUTING_EDIT)
    audit.queue(session)
    found = session.get(RoutingPreference, preference_id)
    if found is None:
        raise NotFound("没有这条指定去向")
    if found.ended_at is not None:
        raise IllegalMove("这条指定去向已停止")
    found.ended_at = now
    audit.record(session, actor=actor, action="routing:unprefer", subject=found, at=now, text=f"停止指定去向：{condition_of(found)}")
    return found


def condition_of(preference: RoutingPreference) -> str:
    """What a case must agree in, in words."""
    named = (preference.subject.name if preference.subject else "", preference.business, preference.territory)
    return "、".join(filter(None, named))
