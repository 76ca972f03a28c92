"""回访: the centre asks after closing whether it was solved; a bad answer can have the case handled anew."""

from collections.abc import Iterable
from datetime import date, datetime, time

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.complaints import queries, rulebook
from coordination.complaints.service import refresh
from coordination.complaints.telling import begin, handlers, routers, tell, written
from coordination.permissions import Actor, Permission, require
from coordination.registry.limits import weekdays_after
from models import CallBack, Complaint, ComplaintStatus, HandlingRound
from models.calendar import SHANGHAI, deadline, local_date
from models.errors import BadInput, IllegalMove

CALL_DAYS = 5  # where the office keeps no rule
MOST_COUNTED = 1000
_UNCALLED = (
    Complaint.status == ComplaintStatus.CLOSED,
    Complaint.duplicate_of_id.is_(None),
    ~exists().where(CallBack.complaint_id == Complaint.id, CallBack.reached, CallBack.at >= Complaint.closed_at),
)


def call_back(
    session: Session,
    *,
    actor: Actor,
    complaint_id: int,
    reached: bool,
    solved: bool | None = None,
    satisfied: bool | None = None,
    note: str = "",
    reopen: bool = False,
    now: datetime,
) -> CallBack:
    """Write down one call. ``reopen`` after a bad answer: what had been decided stays on record (HandlingRound), the unit has it again.

    IllegalMove for a case not closed, or closed as a duplicate (its first is asked about); BadInput for answers that cannot be.
    """
    complaint = begin(session, actor, complaint_id, router=True)
    if complaint.status != ComplaintStatus.CLOSED:
        raise IllegalMove(f"现为“{complaint.status.label}”，办结后才回访")
    if complaint.duplicate_of is not None:
        raise IllegalMove(f"本件已并入{complaint.duplicate_of.number}，请回访该件")
    if reached and (solved is None or satisfied is None):
        raise BadInput("请选择是否解决、是否满意")
    if not reached and (solved is not None or satisfied is not None):
        raise BadInput("未联系上的，不填写是否解决、是否满意")
    call = CallBack(complaint=complaint, at=now, person_id=actor.person_id, reached=reached, solved=solved, satisfied=satisfied, note=note)
    if reopen and not call.is_bad:
        raise BadInput("投诉人表示已解决并满意，或未联系上，不能重新办理")
    session.add(call)
    audit.record(session, actor=actor, action="complaint:call_back", subject=complaint, at=now, text=f"回访：{said(call)}")
    if reopen:
        call.reopened = True
        _reopen(session, actor, complaint, written(note, "请写明重新办理的理由"), now)
    return call


def said(call: CallBack) -> str:
    """A call in words: 已解决，不满意."""
    if not call.reached:
        return "未联系上"
    return f"{'已解决' if call.solved else '未解决'}，{'满意' if call.satisfied else '不满意'}"


def to_call(session: Session, *, actor: Actor, since: tuple[datetime, int] | None = None, limit: int = queries.PAGE) -> list[Complaint]:
    """Cases closed since their last call (duplicates left out), the longest closed first; ``since``: those behind this (closed_at, id)."""
    require(actor, Permission.COMPLAINT_ROUTE)
    query = select(Complaint).where(*_UNCALLED)
    if since is not None:
        at, id_ = since
        query = query.where(Complaint.closed_at >= at, or_(Complaint.closed_at > at, Complaint.id > id_))
    return list(session.scalars(query.order_by(Complaint.closed_at, Complaint.id).limit(limit)))


def overdue(session: Session, today: date) -> int:
    """How many of ``to_call`` are past the last day of the rule CALL_BACK, counted up to ``MOST_COUNTED``."""
    last = queries.due_before(session, "CALL_BACK", today, otherwise=CALL_DAYS)
    began = datetime.combine(last, time.min, SHANGHAI)
    some = select(Complaint.id).where(*_UNCALLED, Complaint.closed_at < began).limit(MOST_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def call_by(session: Session, complaints: Iterable[Complaint]) -> dict[int, date]:
    """The last day to call about each, by the rule CALL_BACK; one that is not closed has none. Rules and calendar are read once."""
    book = rulebook.read(session)
    found = {}
    for complaint in complaints:
        if complaint.closed_at is None:
            continue
        closed = local_date(complaint.closed_at)
        rule = book.rule_of("CALL_BACK", closed)
        due = deadline(closed, rule.limit, rule.unit.value, book.calendar).due if rule is not None else None
        found[complaint.id] = due or weekdays_after(closed, CALL_DAYS)
    return found


def calls_of(session: Session, complaint: Complaint) -> list[CallBack]:
    """Every call about the case, newest first."""
    return list(session.scalars(select(CallBack).where(CallBack.complaint_id == complaint.id).order_by(CallBack.id.desc())))


def satisfaction(session: Session, *, actor: Actor, since: datetime, until: datetime) -> dict[str, int]:
    """Calls within [since, until): ``calls``, ``reached``, ``solved``, ``satisfied``, ``reopened``."""
    require(actor, Permission.COMPLAINT_ROUTE)
    columns: Iterable[str] = ("reached", "solved", "satisfied", "reopened")
    counts = [func.count().filter(getattr(CallBack, name)) for name in columns]
    row = session.execute(select(func.count(), *counts).select_from(CallBack).where(CallBack.at >= since, CallBack.at < until)).one()
    return dict(zip(("calls", *columns), row, strict=True))


def _reopen(session: Session, actor: Actor, complaint: Complaint, reason: str, now: datetime) -> None:
    past = HandlingRound.of(complaint, now, reason)
    complaint.reopen(local_date(now), past)
    refresh(session, complaint)
    audit.record(session, actor=actor, action="complaint:reopen", subject=complaint, at=now, text=f"重新办理：{reason}")
    people = handlers(session, complaint, now, heads=True) or routers(session)
    tell(session, kind="complaint_reopened", complaint=complaint, people=people, now=now, slot=past.id, reason=reason)
