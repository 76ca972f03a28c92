"""What complaints ask of the router and of units. More than ten of a kind are one line with their number."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from coordination.complaints import listing
from coordination.complaints.listing import Sought
from coordination.desk.todo import Act, Limits, Todo
from coordination.permissions import UNIT_ROLES, Actor, Permission, can
from models import Complaint, ComplaintKind, ComplaintStatus

S = ComplaintStatus
MOST = 10
NEXT: dict[ComplaintStatus, str] = {
    S.RECEIVED: "受理",
    S.ACCEPTED: "组织调解",
    S.MEDIATING: "登记调解结果",
    S.CHECKING: "登记核查结果",
    S.FILED: "告知举报人",
    S.NOT_FILED: "告知举报人",
    S.TERMINATED: "告知双方",
}


@dataclass(frozen=True)
class Kind:
    """One queue as a kind of work: its verb, its word in the address, the page where one of it is done."""

    verb: str
    view: str
    endpoint: str
    is_own: bool
    most: int = MOST


ROUTERS = (
    Kind("分派", "", "complaints.assign", False),
    Kind("处理退回", "returned", "complaints.assign", False),
    Kind("定争议", "disputed", "complaints.designate", False),
)
UNITS = (
    Kind("签收", "assigned", "complaints.show", True),
    Kind("受理", "received", "complaints.show", True),
    Kind("办理", "handling", "complaints.show", True),
)


def todos(session: Session, actor: Actor, limits: Limits) -> Iterator[Todo]:
    """Everything complaints wait for this person to do; a page and a count for each queue."""
    if can(actor, Permission.COMPLAINT_ROUTE):
        yield from _lines(session, actor, limits, ROUTERS, own=False)
    if actor.roles & UNIT_ROLES and can(actor, Permission.COMPLAINT_HANDLE):
        yield from _lines(session, actor, limits, UNITS, own=True)


def _lines(session: Session, actor: Actor, limits: Limits, kinds: tuple[Kind, ...], *, own: bool) -> Iterator[Todo]:
    numbers = listing.counts(session, actor, own=own)
    for kind in kinds:
        number = numbers[kind.view]
        if not number:
            continue
        rows = listing.page(session, actor, Sought(view=kind.view), own=own).rows
        if number > kind.most:
            first = rows[0].last_day
            title = f"{kind.verb}：{number:,}{'件以上' if number >= listing.MOST_COUNTED else '件'}，最早的是{_name(rows[0])}"
            ids = {"view": kind.view} if kind.view else {}
            yield Todo(title, "投诉举报", "complaints.index", ids, first, limits.light(first), is_own=kind.is_own)
            continue
        for row in rows:
            yield _line(kind, row, limits, actor)


def _line(kind: Kind, row: Complaint, limits: Limits, actor: Actor) -> Todo:
    ids = {"complaint_id": row.id}
    helps = kind.is_own and (row.lead is None or row.lead.unit_id not in actor.unit_ids)
    act = Act("签收", "complaints.receive", ids, {}) if kind.view == "assigned" and not helps else None
    endpoint = "complaints.split" if row.kind == ComplaintKind.MIXED else kind.endpoint
    title = f"{'配合办理' if helps else _verb(kind, row)}：{_name(row)}"
    return Todo(title, f"{row.kind.label}{row.number}", endpoint, ids, row.last_day, limits.light(row.last_day), act, is_own=kind.is_own)


def _verb(kind: Kind, row: Complaint) -> str:
    if row.kind == ComplaintKind.MIXED:
        return "拆分"
    if row.status == S.RECEIVED:
        return {ComplaintKind.REPORT: "核查", ComplaintKind.QUERY: "答复"}.get(row.kind, "受理")
    return NEXT.get(row.status, "办结") if kind.view == "handling" else kind.verb


def _name(row: Complaint) -> str:
    return row.target_name or row.problem or row.text[:20] or row.number
