"""The blueprint of complaints, and what its pages share: the links under h1, and who may do what to which case."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor
from coordination.acting import Answer, Did, act_page
from coordination.complaints import queries
from coordination.complaints.actions import TERMS, Action, entitled
from coordination.complaints.routes import page
from coordination.forms import Form
from coordination.members.queries import standing
from coordination.notices import full_day
from coordination.permissions import Permission, can
from models import Complaint, ComplaintStatus, Unit
from models.base import db
from models.errors import IllegalMove, NotAllowed

bp = Blueprint("complaints", __name__, url_prefix="/complaints")
TABS: tuple[tuple[str, str, Permission], ...] = (
    ("队列", "index", Permission.COMPLAINT_READ),
    ("登记", "new", Permission.COMPLAINT_ROUTE),
    ("导入", "imports", Permission.COMPLAINT_IMPORT),
    ("回访", "calls", Permission.COMPLAINT_ROUTE),
    ("突发和群体", "event_list", Permission.COMPLAINT_READ),
    ("查询", "inquiries", Permission.COMPLAINT_READ),
    ("值班", "roster_page", Permission.COMPLAINT_READ),
    ("处理率", "rates", Permission.COMPLAINT_READ),
    ("规范录入", "quality", Permission.COMPLAINT_READ),
    ("分派建议", "advice", Permission.ROUTING_READ),
)


def database() -> Session:
    """The session of this request, for reading."""
    session: Session = db.session()
    return session


def tabs(current: str) -> list[tuple[str, str, bool]]:
    """The links under h1; none where there is only the queue."""
    found = [(label, url_for(f"complaints.{endpoint}"), endpoint == current) for label, endpoint, needs in TABS if can(actor(), needs)]
    return found if len(found) > 1 else []


def opened(complaint_id: int, action: Action) -> Complaint:
    """The case if this person may do this to it (404, 403); a page that is only opened also needs the state for it (409)."""
    complaint = queries.get_complaint(database(), actor(), complaint_id)
    if not entitled(actor(), complaint, action):
        raise NotAllowed("您没有办理这件事的权限，需要请联系分派员")
    if request.method == "GET" and action in TERMS and complaint.status not in TERMS[action].states:
        raise IllegalMove(f"现为“{complaint.status.label}”，不能办理“{action.label.rstrip('…')}”")
    return complaint


def home(complaint_id: int) -> str:
    """The address of a case."""
    return url_for("complaints.show", complaint_id=complaint_id)


def title_of(complaint: Complaint) -> str:
    """What a case is called on pages: what it is against and its kind, never who complained."""
    return f"{complaint.kind.label}：{complaint.target_name or complaint.category or complaint.problem or complaint.number}"


def act_on(
    complaint: Complaint, action: Action, form: Form, act: Callable[[Session], Did], *, verb: str | None = None, **more: Any
) -> Answer:
    """The page of doing one thing to a case, with what must be before one's eyes."""
    here = home(complaint.id)
    shown: dict[str, Any] = {
        "title": f"{action.label.rstrip('…')}：{complaint.number}",
        "verb": verb or action.label.rstrip("…"),
        "back": here,
        "crumbs": [("投诉举报", url_for("complaints.index")), (complaint.number, here)],
        "badge": complaint.status.label,
        "light": page.lamp(page.Visit(database(), actor(), complaint, clock.today())),
        "facts": brief(complaint),
        "more_link": ("查看全部情况和办理过程", here),
    }
    return act_page(form, act, **{**shown, **more})


def brief(complaint: Complaint) -> list[tuple[str, object]]:
    """What whoever decides on it must have before their eyes."""
    text = complaint.text if len(complaint.text) <= 300 else f"{complaint.text[:300]}……"
    rows: list[tuple[str, object]] = [(page.against(complaint), complaint.target_name), ("诉求", complaint.request), ("内容", text)]
    if complaint.last_day is not None and complaint.status != ComplaintStatus.CLOSED:
        rows.insert(0, ("最近期限", f"最迟{full_day(complaint.last_day)}"))
    return [row for row in rows if row[1]]


def unit_choices() -> list[tuple[int, str]]:
    """The units that stand today, as (id, short name)."""
    return [(unit.id, unit.short_name) for unit in units()]


def units() -> list[Unit]:
    """The units that stand today."""
    return standing(database(), clock.today())
