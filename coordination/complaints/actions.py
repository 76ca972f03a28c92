"""What may be done to a complaint, by whom and in which state: what the pages offer. The services enforce the same, and more."""

from dataclasses import dataclass

from coordination.permissions import Actor, Permission, can
from models import Complaint, ComplaintKind, ComplaintStatus
from models.complaint import TRACKS
from models.states import Status

S, K = ComplaintStatus, ComplaintKind


class Action(Status):
    """Everything people do to a complaint, in the words of the buttons."""

    ASSIGN = "assign", "分派"
    REASSIGN = "reassign", "改派…"
    DESIGNATE = "designate", "记录指定结果"
    SPLIT = "split", "拆分投诉和举报"
    RECEIVE = "receive", "签收"
    SEND_BACK = "send_back", "退回分派中心…"
    ACCEPT = "accept", "受理"
    REFUSE = "refuse", "不予受理…"
    MEDIATE = "mediate", "组织调解"
    SETTLE = "settle", "登记调解达成"
    TERMINATE = "terminate", "终止调解…"
    TELL_ENDED = "tell_ended", "登记已告知双方"
    WITHDRAW = "withdraw", "登记投诉人撤回…"
    APPRAISE = "appraise", "委托鉴定、检测"
    APPRAISED = "appraised", "登记鉴定、检测结论"
    CHECK = "check", "开始核查"
    DECIDE_REPORT = "decide_report", "登记核查结果"
    EXTEND = "extend", "延长核查期限…"
    INFORM = "inform", "登记已告知举报人"
    ANSWER = "answer", "答复咨询"
    CLOSE = "close", "办结"
    UNMASK = "unmask", "查看投诉人信息…"


@dataclass(frozen=True)
class Terms:
    """Which right it needs, whether only the handling unit has it, and in which states it makes sense."""

    permission: Permission
    states: frozenset[ComplaintStatus]
    own: bool = True


def _by_unit(*states: ComplaintStatus) -> Terms:
    return Terms(Permission.COMPLAINT_HANDLE, frozenset(states))


def _by_router(*states: ComplaintStatus) -> Terms:
    return Terms(Permission.COMPLAINT_ROUTE, frozenset(states), own=False)


TERMS: dict[Action, Terms] = {
    Action.ASSIGN: _by_router(S.REGISTERED, S.RETURNED),
    Action.REASSIGN: _by_router(S.ASSIGNED),
    Action.DESIGNATE: _by_router(S.DISPUTED),
    Action.SPLIT: _by_router(S.REGISTERED),
    Action.RECEIVE: _by_unit(S.ASSIGNED),
    Action.SEND_BACK: _by_unit(S.ASSIGNED, S.RECEIVED),
    Action.ACCEPT: _by_unit(S.RECEIVED),
    Action.REFUSE: _by_unit(S.RECEIVED),
    Action.MEDIATE: _by_unit(S.ACCEPTED),
    Action.SETTLE: _by_unit(S.ACCEPTED, S.MEDIATING),
    Action.TERMINATE: _by_unit(S.ACCEPTED, S.MEDIATING),
    Action.TELL_ENDED: _by_unit(S.TERMINATED),
    Action.WITHDRAW: _by_unit(S.RECEIVED, S.ACCEPTED, S.MEDIATING, S.CHECKING),
    Action.APPRAISE: _by_unit(S.ACCEPTED, S.MEDIATING),
    Action.APPRAISED: _by_unit(S.ACCEPTED, S.MEDIATING),
    Action.CHECK: _by_unit(S.RECEIVED),
    Action.DECIDE_REPORT: _by_unit(S.CHECKING),
    Action.EXTEND: _by_unit(S.RECEIVED, S.CHECKING),
    Action.INFORM: _by_unit(S.FILED, S.NOT_FILED),
    Action.ANSWER: _by_unit(S.RECEIVED),
    Action.CLOSE: _by_unit(S.REFUSED, S.SETTLED, S.TERMINATED, S.WITHDRAWN, S.INFORMED, S.ANSWERED),
}
# Where a step leads; what the kind's track does not know is not offered.
_LEADS_TO: dict[Action, ComplaintStatus] = {
    Action.ACCEPT: S.ACCEPTED,
    Action.REFUSE: S.REFUSED,
    Action.MEDIATE: S.MEDIATING,
    Action.SETTLE: S.SETTLED,
    Action.TERMINATE: S.TERMINATED,
    Action.WITHDRAW: S.WITHDRAWN,
    Action.CHECK: S.CHECKING,
    Action.DECIDE_REPORT: S.FILED,
    Action.EXTEND: S.FILED,
    Action.ANSWER: S.ANSWERED,
}


def entitled(actor: Actor, complaint: Complaint, action: Action) -> bool:
    """Has this person the right to do it to this case, whatever its state?"""
    if action is Action.UNMASK:
        return may_unmask(actor, complaint)
    terms = TERMS[action]
    return can(actor, terms.permission, complaint.lead_scope if terms.own else None)


def may_unmask(actor: Actor, complaint: Complaint) -> bool:
    """The handling unit may; the router may too, but of an informant only while nobody handles the report (总局令第121号第三十七条)."""
    if complaint.lead is not None and can(actor, Permission.COMPLAINT_HANDLE, complaint.lead_scope):
        return True
    if complaint.kind in (K.REPORT, K.MIXED) and complaint.lead is not None:
        return False
    return can(actor, Permission.COMPLAINT_ROUTE) and can(actor, Permission.COMPLAINT_UNMASK)


def possible(actor: Actor, complaint: Complaint) -> frozenset[Action]:
    """What this person may do to the case now."""
    found = {a for a, terms in TERMS.items() if complaint.status in terms.states and entitled(actor, complaint, a)}
    found = {a for a in found if a not in _LEADS_TO or _LEADS_TO[a] in TRACKS[complaint.kind]}
    appraised = any(one.until is None for one in complaint.appraisals)
    if complaint.kind == K.MIXED:
        found.discard(Action.ASSIGN)
    else:
        found.discard(Action.SPLIT)
    found.discard(Action.APPRAISE if appraised else Action.APPRAISED)
    if complaint.termination is None or complaint.told_on is not None:
        found.discard(Action.TELL_ENDED)
    else:
        found.discard(Action.CLOSE)
    if complaint.report_extended:
        found.discard(Action.EXTEND)
    lead = complaint.lead
    if lead is not None and lead.is_designated:
        found.discard(Action.SEND_BACK)
    if may_unmask(actor, complaint):
        found.add(Action.UNMASK)
    return frozenset(found)
