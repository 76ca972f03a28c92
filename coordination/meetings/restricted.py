"""Items for attending units alone (限到会单位): left out of what units get, read and find that were not at the meeting.

State secrets have no place on the platform at all; this keeps what was said among those who were there.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session

from coordination.permissions import UNIT_ROLES, Actor, Permission
from models import AgendaItem, Decision, Meeting, Presence, Reply, Task

THERE = (Presence.PRESENT, Presence.LATE)


def readable(actor: Actor) -> ColumnElement[bool]:
    """Of a query over AgendaItem and its Meeting: an open item, or one whose meeting this person oversees or their unit attended."""
    wide = actor.oversees(Permission.MEETING_READ)
    if wide is None:
        return true()
    there = exists().where(Reply.meeting_id == AgendaItem.meeting_id, Reply.unit_id.in_(_own(actor)), Reply.presence.in_(THERE))
    return or_(~AgendaItem.is_confidential, Meeting.mechanism_id.in_(wide), there.correlate(AgendaItem))


def hides_from(session: Session, actor: Actor, meeting: Meeting) -> bool:
    """Are the meeting's restricted items hidden from this person? Not from those who oversee it, nor from a unit that was there."""
    wide = actor.oversees(Permission.MEETING_READ)
    if wide is None or meeting.mechanism_id in wide:
        return False
    query = select(Reply.id).where(Reply.meeting_id == meeting.id, Reply.unit_id.in_(_own(actor)), Reply.presence.in_(THERE))
    return session.scalar(query.limit(1)) is None


def shown(session: Session, actor: Actor, meeting: Meeting, items: Sequence[AgendaItem]) -> list[AgendaItem]:
    """Those of the meeting's items that this person may read."""
    if not any(item.is_confidential for item in items) or not hides_from(session, actor, meeting):
        return list(items)
    return open_ones(items)


def open_ones(items: Iterable[AgendaItem]) -> list[AgendaItem]:
    """The items for everybody."""
    return [item for item in items if not item.is_confidential]


def open_tasks(session: Session, tasks: Sequence[Task]) -> list[Task]:
    """The tasks that no restricted item made."""
    ids = [task.decision_id for task in tasks if task.decision_id is not None]
    query = select(Decision.id).join(Decision.item).where(Decision.id.in_(ids), AgendaItem.is_confidential)
    hidden = frozenset(session.scalars(query))
    return [task for task in tasks if task.decision_id not in hidden]


def _own(actor: Actor) -> frozenset[int]:
    return actor.unit_ids if actor.roles & UNIT_ROLES else frozenset()
