"""What may be done to a complaint, by whom and in which state: what the pages offer. The services enforce the same, and more."""

from collections.abc import Callable
from dataclasses import dataclass

from coordination.permissions import Actor, Permission, can
from models import Complaint, ComplaintKind, ComplaintStatus
from models.complaint import TRACKS
from models.states import Status

S, K = ComplaintStatus, ComplaintKind
ENDED = frozenset({S.REFUSED, S.SETTLED, S.TERMINATED, S.WITHDRAWN, S.INFORMED, S.ANSWERED})
OPEN = frozenset(ComplaintStatus) - {S.CLOSED, S.TRANSFERRED}


class Action(Status):
    """Everything people do to a complaint, in the words of the buttons."""

    ASSIGN = "assign", "分派"
    REASSIGN = "reassign", "改派…"
    DESIGNATE = "designate", "记录指定结果"
    SPLIT = "split", "拆分投诉和举报"
    DIVIDE = "divide", "拆分为两件…"
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
    TRANSFER = "transfer", "移送其他机关…"
    TRANSFER_RECEIVED = "transfer_received", "登记对方签收"
    TELL_TRANSFERRED = "tell_transferred", "登记已书面告知"
    TRANSFER_REFUSED = "transfer_refused", "登记对方退回…"
    CLOSE_TRANSFERRED = "close_transferred", "办结"
    ORDER_ON_SITE = "order_on_site", "安排现场调处…"
    ARRIVE = "arrive", "登记到场"
    FINISH_ON_SITE = "finish_on_site", "登记现场调处结果"
    LINK = "link", "合并重复…"
    UNLINK = "unlink", "解除并入…"
    CALL_BACK = "call_back", "登记回访"
    FLAG_GROUP = "flag_group", "登记为群体投诉…"
    FLAG_EMERGENCY = "flag_emergency", "登记为突发事件…"
    OFFER_LANE = "offer_lane", "转经营者先行和解…"
    CONFIRM_LANE = "confirm_lane", "登记投诉人意见"
    PROVE_BROKEN = "prove_broken", "登记承诺未兑现…"


@dataclass(frozen=True)
class Terms:
    """Which right it needs, whether only the handling unit has it, and in which states it makes sense."""

    permission: Permission
    states: frozenset[ComplaintStatus]
    own: bool = True
    router: bool = False  # the router may as well


def _by_unit(*states: ComplaintStatus) -> Terms:
    return Terms(Permission.COMPLAINT_HANDLE, frozenset(states))


def _by_both(*states: ComplaintStatus) -> Terms:
    return Terms(Permission.COMPLAINT_HANDLE, frozenset(states), router=True)


def _by_router(*states: ComplaintStatus) -> Terms:
    return Terms(Permission.COMPLAINT_ROUTE, frozenset(states), own=False)


TERMS: dict[Action, Terms] = {
    Action.ASSIGN: _by_router(S.REGISTERED, S.RETURNED),
    Action.REASSIGN: _by_router(S.ASSIGNED),
    Action.DESIGNATE: _by_router(S.DISPUTED),
    Action.SPLIT: _by_router(S.REGISTERED),
    Action.DIVIDE: _by_router(S.REGISTERED, S.RETURNED),
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
    Action.CLOSE: _by_unit(*ENDED),
    Action.TRANSFER: _by_both(S.REGISTERED, S.RETURNED, S.DISPUTED, S.RECEIVED, S.CHECKING, S.TERMINATED),
    Action.TRANSFER_RECEIVED: _by_both(S.TRANSFERRED),
    Action.TELL_TRANSFERRED: _by_both(S.TRANSFERRED),
    Action.TRANSFER_REFUSED: _by_both(S.TRANSFERRED),
    Action.CLOSE_TRANSFERRED: _by_both(S.TRANSFERRED),
    Action.ORDER_ON_SITE: _by_both(*OPEN),
    Action.ARRIVE: _by_unit(*OPEN),
    Action.FINISH_ON_SITE: _by_unit(*OPEN),
    Action.LINK: _by_router(S.REGISTERED, S.ASSIGNED, S.RECEIVED, S.RETURNED, S.CHECKING),
    Action.UNLINK: _by_router(S.CLOSED),
    Action.CALL_BACK: _by_router(S.CLOSED),
    Action.FLAG_GROUP: _by_both(*OPEN),
    Action.FLAG_EMERGENCY: _by_both(*OPEN),
    Action.OFFER_LANE: _by_router(S.REGISTERED),
    Action.CONFIRM_LANE: _by_router(S.REGISTERED),
    Action.PROVE_BROKEN: _by_unit(*(OPEN - {S.ASSIGNED})),
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
    if not terms.own or (terms.router and can(actor, Permission.COMPLAINT_ROUTE)):
        return can(actor, Permission.COMPLAINT_ROUTE)
    return can(actor, terms.permission, complaint.lead_scope)


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
    found -= {action for action, holds in _BESIDE.items() if action in found and not holds(complaint)}
    if may_unmask(actor, complaint):
        found.add(Action.UNMASK)
    return frozenset(found)


def _appraised(complaint: Complaint) -> bool:
    return any(one.until is None for one in complaint.appraisals)


def _untold(complaint: Complaint) -> bool:
    return complaint.termination is not None and complaint.told_on is None


# What must hold besides the state.
_BESIDE: dict[Action, Callable[[Complaint], bool]] = {
    Action.ASSIGN: lambda c: c.kind != K.MIXED,
    Action.SPLIT: lambda c: c.kind == K.MIXED,
    Action.DIVIDE: lambda c: c.kind != K.MIXED,
    Action.APPRAISE: lambda c: not _appraised(c),
    Action.APPRAISED: _appraised,
    Action.TELL_ENDED: _untold,
    Action.CLOSE: lambda c: not _untold(c),
    Action.CLOSE_TRANSFERRED: lambda c: not c.transfers[-1].missing,
    Action.EXTEND: lambda c: not c.report_extended,
    Action.SEND_BACK: lambda c: c.lead is None or not c.lead.is_designated,
    Action.TRANSFER: lambda c: c.kind != K.MIXED,
    Action.TRANSFER_RECEIVED: lambda c: c.transfers[-1].received_on is None,
    Action.TELL_TRANSFERRED: lambda c: c.transfers[-1].told_on is None,
    Action.LINK: lambda c: c.kind != K.MIXED,
    Action.UNLINK: lambda c: c.duplicate_of is not None,
    Action.CALL_BACK: lambda c: c.duplicate_of is None,
    Action.FLAG_GROUP: lambda c: not c.is_group,
    Action.OFFER_LANE: lambda c: c.kind == K.COMPLAINT and c.business_id is not None,
    Action.PROVE_BROKEN: lambda c: c.business_id is not None,
}
