"""Who is told of a case, and who may do what to it now: what every step beside the usual handling begins and ends with."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from coordination import audit, notices
from coordination.accounts.queries import people_in_role
from coordination.complaints import queries
from coordination.members.queries import mechanisms
from coordination.permissions import Actor, Permission, can, require
from coordination.tasks.letters import LIAISONS, LIAISONS_AND_HEADS, people_of
from models import Complaint, Person, Role
from models.errors import BadInput

PATH = "/complaints/{}#do"


def begin(session: Session, actor: Actor, complaint_id: int, *, router: bool = False, unit: bool = False) -> Complaint:
    """The case as it stands now, for the ``router``, or the handling ``unit``, or either; NotAllowed for anybody else who sees it."""
    audit.queue(session)
    complaint = queries.get_complaint(session, actor, complaint_id)
    if router and can(actor, Permission.COMPLAINT_ROUTE):
        return complaint
    if unit:
        require(actor, Permission.COMPLAINT_HANDLE, complaint.lead_scope)
    else:
        require(actor, Permission.COMPLAINT_ROUTE)
    return complaint


def tell(
    session: Session,
    *,
    kind: str,
    complaint: Complaint,
    people: Iterable[Person],
    now: datetime,
    slot: object = "",
    path: str | None = None,
    **facts: Any,
) -> int:
    """Owe these people the notice ``kind`` about the case; returns how many are newly owed it."""
    title, text = notices.worded(kind, complaint=complaint, **facts)
    return notices.owe(
        session,
        kind=kind,
        subject=audit.subject_of(complaint),
        people=people,
        title=title,
        text=text,
        now=now,
        slot=str(slot),
        path=PATH.format(complaint.id) if path is None else path,
    )


def handlers(session: Session, complaint: Complaint, now: datetime, *, heads: bool = False) -> list[Person]:
    """The liaisons (and heads) of the handling unit, or of its heir; nobody while it is not assigned."""
    lead = complaint.lead
    return people_of(session, [lead.unit], LIAISONS_AND_HEADS if heads else LIAISONS, now) if lead is not None else []


def routers(session: Session) -> list[Person]:
    """Everybody who assigns."""
    return people_in_role(session, Role.ROUTER)


def office(session: Session) -> list[Person]:
    """The office of the first mechanism between bureaus: it coordinates grave events (S3 第三章)."""
    first = next(iter(mechanisms(session)), None)
    return people_in_role(session, Role.OFFICE, first.id) if first is not None else []


def written(text: str, otherwise: str) -> str:
    """``text`` without its ends; BadInput in these words when nothing is left."""
    if not text.strip():
        raise BadInput(otherwise)
    return text.strip()
