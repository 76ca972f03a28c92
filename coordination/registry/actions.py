"""What may be done to a recognition, by whom and in which state: what the pages offer. The services enforce the same, and more."""

from dataclasses import dataclass
from datetime import date

from coordination.permissions import Actor, Permission, can
from models import Recognition, RecognitionStatus
from models.states import Status

S = RecognitionStatus


class Action(Status):
    """Everything people do to a recognition, in the words of the buttons."""

    REVIEW = "review", "审核通过"
    INSPECT = "inspect", "现场检查"
    PUBLISH = "publish", "发布公示"
    RECOGNISE = "recognise", "认定"
    REFUSE = "refuse", "不予认定…"
    RECHECK = "recheck", "年度复查"
    CHECK_MENDED = "check_mended", "整改复核"
    RECTIFY = "rectify", "要求整改…"
    RENEW = "renew", "续期"
    PROMISE = "promise", "登记承诺"
    ASSESS = "assess", "登记第三方评估"
    REPORT = "report", "登记失信信息"
    CHANGE = "change", "更名或迁址"
    CLOSE = "close", "主体停业或注销…"
    WITHDRAW = "withdraw", "自愿退出…"


@dataclass(frozen=True)
class Terms:
    """Which right it needs, and in which states it makes sense."""

    permission: Permission
    states: frozenset[RecognitionStatus]


_GATES = {
    S.APPLIED: Permission.REGISTRY_REVIEW,
    S.REVIEWED: Permission.REGISTRY_INSPECT,
    S.INSPECTED: Permission.REGISTRY_PUBLISH,
    S.ON_NOTICE: Permission.REGISTRY_RECOGNISE,
}

TERMS: dict[Action, Terms] = {
    Action.REVIEW: Terms(Permission.REGISTRY_REVIEW, frozenset({S.APPLIED})),
    Action.INSPECT: Terms(Permission.REGISTRY_INSPECT, frozenset({S.REVIEWED})),
    Action.PUBLISH: Terms(Permission.REGISTRY_PUBLISH, frozenset({S.INSPECTED})),
    Action.RECOGNISE: Terms(Permission.REGISTRY_RECOGNISE, frozenset({S.ON_NOTICE})),
    Action.RECHECK: Terms(Permission.REGISTRY_INSPECT, frozenset({S.RECOGNISED})),
    Action.CHECK_MENDED: Terms(Permission.REGISTRY_INSPECT, frozenset({S.RECTIFYING})),
    Action.RECTIFY: Terms(Permission.REGISTRY_INSPECT, frozenset({S.RECOGNISED})),
    Action.RENEW: Terms(Permission.REGISTRY_RECOGNISE, frozenset({S.RECOGNISED})),
    Action.PROMISE: Terms(Permission.REGISTRY_INSPECT, Recognition.LIVE),
    Action.ASSESS: Terms(Permission.REGISTRY_INSPECT, Recognition.LISTED),
    Action.REPORT: Terms(Permission.TRUST_WRITE, Recognition.LIVE),
    Action.CHANGE: Terms(Permission.REGISTRY_EDIT, Recognition.LIVE),
    Action.CLOSE: Terms(Permission.REGISTRY_EDIT, Recognition.LIVE),
    Action.WITHDRAW: Terms(Permission.REGISTRY_EDIT, Recognition.LIVE),
}


def entitled(actor: Actor, recognition: Recognition, action: Action) -> bool:
    """Has this person the right to do it to this recognition, as it stands? Refusing belongs to whoever keeps the gate it stands at."""
    if action is Action.REFUSE:
        gate = _GATES.get(recognition.status)
        return gate is not None and can(actor, gate, recognition.scope)
    return can(actor, TERMS[action].permission, recognition.scope)


def possible(actor: Actor, recognition: Recognition, today: date, *, objections: int = 0) -> frozenset[Action]:
    """What this person may do to it today; ``objections``: how many are open. Recognising waits for the end of the notice and for them."""
    found = {action for action, terms in TERMS.items() if recognition.status in terms.states and entitled(actor, recognition, action)}
    if entitled(actor, recognition, Action.REFUSE):
        found.add(Action.REFUSE)
    if recognition.status in Recognition.LISTED and not recognition.is_listed(today):
        found -= {Action.RENEW, Action.RECHECK, Action.ASSESS}
    if recognition.notice_until is not None and (today <= recognition.notice_until or objections):
        found.discard(Action.RECOGNISE)
    return frozenset(found)
