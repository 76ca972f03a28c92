"""What the page of one case says: its clocks, what comes next and who does it, and what else may be done."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from flask import url_for
from sqlalchemy.orm import Session

from coordination.complaints import fast_lane, onsite, queries
from coordination.complaints.actions import Action, possible
from coordination.complaints.clocks import Card
from coordination.notices import full_day
from coordination.permissions import Actor, Permission, can
from coordination.settings.queries import calendar
from models import Complaint, ComplaintKind, ComplaintStatus, FastLane, LaneStatus, OnSite, Proposal
from models.calendar import Calendar
from models.light import Light, light

S = ComplaintStatus
PAUSED, NOT_BEGUN = Light("idle", "暂停"), Light("idle", "未起算")


@dataclass(frozen=True)
class Clock:
    """One clock as its card shows it: the light, what is to be done, by when, by which clause, and how the day was found."""

    light: Light
    title: str
    said: str
    clause: str
    words: str
    calendar: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """The panel 下一步: what is to happen, its buttons as (label, url, posts), the first one primary."""

    what: str
    links: tuple[tuple[str, str, bool], ...] = ()


@dataclass(frozen=True)
class Visit:
    """Who looks at what, and when."""

    session: Session
    actor: Actor
    complaint: Complaint
    today: date

    @cached_property
    def lane(self) -> FastLane | None:
        """先行和解, if the unit was asked."""
        return fast_lane.lane_of(self.session, self.complaint)

    @cached_property
    def on_sites(self) -> list[OnSite]:
        """现场调处 of the case, oldest first."""
        return onsite.on_sites_of(self.session, self.complaint)

    @cached_property
    def proposals(self) -> list[Proposal]:
        """What the joint meeting was asked about it; only a case that was disputed has any."""
        return queries.proposals_of(self.session, self.complaint) if len(self.complaint.returns) > 1 else []

    @cached_property
    def may_not_return(self) -> bool:
        """The days for 退回 are over."""
        lead = self.complaint.lead
        return lead is not None and lead.return_by is not None and self.today > lead.return_by

    @cached_property
    def may(self) -> frozenset[Action]:
        """What this person may do now."""
        found, c = set(possible(self.actor, self.complaint)), self.complaint
        if Action.OFFER_LANE in found and (self.lane is not None or not fast_lane.offering(self.session, c.business_id, self.today)):
            found.discard(Action.OFFER_LANE)
        if self.may_not_return:
            found.discard(Action.SEND_BACK)
        if self.lane is None or self.lane.status != LaneStatus.SETTLED:
            found.discard(Action.CONFIRM_LANE)
        if Action.PROVE_BROKEN in found and not fast_lane.promises_of(self.session, c, self.today):
            found.discard(Action.PROVE_BROKEN)
        running = next((one for one in self.on_sites if one.finished_at is None), None)
        if running is not None:
            found -= {Action.ORDER_ON_SITE, Action.ARRIVE if running.arrived_at else Action.FINISH_ON_SITE}
        else:
            found -= {Action.ARRIVE, Action.FINISH_ON_SITE}
        return frozenset(found)

    def links(self, *actions: Action) -> tuple[tuple[str, str, bool], ...]:
        """The buttons of these actions, those that may be done now."""
        may = self.may
        id_ = self.complaint.id
        return tuple((a.label, url_for(f"complaints.{a.value}", complaint_id=id_), a in POSTS) for a in actions if a in may)


# Steps that need no words: one press.
POSTS = frozenset({Action.RECEIVE, Action.CHECK, Action.INFORM, Action.TELL_ENDED, Action.CLOSE, Action.CLOSE_TRANSFERRED})
SELDOM = (
    *(
        Action.UNMASK,
        Action.REASSIGN,
        Action.DIVIDE,
        Action.LINK,
        Action.OFFER_LANE,
        Action.APPRAISE,
        Action.APPRAISED,
        Action.EXTEND,
        Action.WITHDRAW,
    ),
    *(Action.PROVE_BROKEN, Action.ARRIVE, Action.FINISH_ON_SITE, Action.ORDER_ON_SITE),
    *(Action.FLAG_GROUP, Action.FLAG_EMERGENCY, Action.TRANSFER, Action.TRANSFER_REFUSED, Action.UNLINK),
)


def clocks(visit: Visit) -> list[Clock]:
    """Every clock of the case, the nearest first; of one that has ended, those that ran."""
    working, ended = calendar(visit.session), visit.complaint.status == S.CLOSED
    found = queries.clocks(visit.session, visit.complaint)
    return [_clock(card, visit.today, working) for card in found if card.start is not None or not ended]


def lamp(visit: Visit) -> Light | None:
    """The light of the nearest clock; none for what has ended."""
    c = visit.complaint
    if c.status == S.CLOSED or c.last_day is None:
        return None
    return light(c.last_day, visit.today, calendar(visit.session))


def _clock(card: Card, today: date, working: Calendar) -> Clock:
    return Clock(_lamp_of(card, today, working), card.title, _said(card), card.clause, card.words, card.calendar, card.steps)


def _lamp_of(card: Card, today: date, working: Calendar) -> Light:
    if card.done_on is not None:
        return Light("bad", "逾期办理") if card.is_late(today) else Light("idle", "已办")
    if card.start is None:
        return NOT_BEGUN
    if card.paused or card.due_on is None:
        return PAUSED if card.paused else Light("idle", "暂不能计算")
    return light(card.due_on, today, working)


def _said(card: Card) -> str:
    if card.due_on is None:
        return "期间不计，结论作出后恢复计算" if card.paused else "前一步完成后起算" if card.start is None else ""
    last = f"最迟{full_day(card.due_on)}{'（暂定）' if card.provisional else ''}"
    return f"{last}，已于{full_day(card.done_on)}办理" if card.done_on else last


def next_step(visit: Visit) -> Step:
    """What this person is to do next, or whom the case waits for."""
    c = visit.complaint
    links = visit.links(*_OFFERED.get(c.status, ())) + _posting(visit)
    if links:
        return Step(_what(visit), links)
    return Step(_waits(c))


def _posting(visit: Visit) -> tuple[tuple[str, str, bool], ...]:
    """提请联席会议议定, while the case is disputed and nothing that was asked is still open."""
    c = visit.complaint
    asked = any(one.status not in Proposal.ENDED for one in visit.proposals)
    if c.status != S.DISPUTED or asked or not can(visit.actor, Permission.PROPOSAL_POST):
        return ()
    return (("提请联席会议议定", url_for("meetings.post_dispute", complaint_id=c.id), True),)


_OFFERED: dict[ComplaintStatus, tuple[Action, ...]] = {
    S.REGISTERED: (Action.CONFIRM_LANE, Action.SPLIT, Action.ASSIGN),
    S.RETURNED: (Action.ASSIGN,),
    S.DISPUTED: (Action.DESIGNATE,),
    S.ASSIGNED: (Action.RECEIVE, Action.SEND_BACK),
    S.RECEIVED: (Action.ACCEPT, Action.CHECK, Action.ANSWER, Action.REFUSE, Action.SEND_BACK),
    S.ACCEPTED: (Action.MEDIATE, Action.SETTLE, Action.TERMINATE),
    S.MEDIATING: (Action.SETTLE, Action.TERMINATE),
    S.CHECKING: (Action.DECIDE_REPORT,),
    S.FILED: (Action.INFORM,),
    S.NOT_FILED: (Action.INFORM,),
    S.TERMINATED: (Action.TELL_ENDED, Action.CLOSE),
    S.TRANSFERRED: (Action.TELL_TRANSFERRED, Action.TRANSFER_RECEIVED, Action.CLOSE_TRANSFERRED),
    S.CLOSED: (Action.CALL_BACK,),
    **dict.fromkeys((S.REFUSED, S.SETTLED, S.WITHDRAWN, S.INFORMED, S.ANSWERED), (Action.CLOSE,)),
}
_WORDS: dict[ComplaintStatus, str] = {
    S.REGISTERED: "请按职责选择主办、协办单位。分派后通知单位联络员签收。",
    S.DISPUTED: "两个以上单位认为不属本单位职责。可提请联席会议议定，办公室列入议程；有权机关指定后登记指定结果，被指定的单位不能再退回。",
    S.ASSIGNED: "签收后开始办理。",
    S.ACCEPTED: "组织双方调解；双方自行和解的登记结果，符合终止情形的终止调解并告知双方。",
    S.MEDIATING: "调解有结果后登记；符合终止情形的终止调解并告知双方。",
    S.CHECKING: "请核查线索并决定是否立案，登记核查结果。",
    S.FILED: "请将结果告知举报人后登记。",
    S.NOT_FILED: "请将结果告知举报人后登记。",
    S.TERMINATED: "终止调解决定须告知双方；告知后办结。",
    S.REFUSED: "不予受理已决定并告知。确认无误后办结。",
    S.SETTLED: "双方已达成调解。确认履行安排后办结。",
    S.WITHDRAWN: "投诉人已撤回。确认无误后办结。",
    S.INFORMED: "结果已告知举报人。确认无误后办结。",
    S.ANSWERED: "咨询已答复。确认无误后办结。",
    S.CLOSED: "已办结。请回访投诉人，问明是否解决、是否满意。",
}


def _what(visit: Visit) -> str:
    c = visit.complaint
    if visit.lane is not None and c.status == S.REGISTERED and visit.lane.status in FastLane.OPEN:
        return _in_lane(visit.lane)
    if c.status == S.TRANSFERRED:
        made = c.transfers[-1]
        return f"已移送{made.recipient}（{made.document_no}）。{made.missing}。" if made.missing else f"已移送{made.recipient}，可以办结。"
    if c.kind == ComplaintKind.MIXED:
        return "本件既有投诉又有举报，须先拆分，分别按程序办理（总局令第121号第九条）。"
    if c.status == S.RETURNED:
        last = c.returns[-1] if c.returns else None
        if last is not None:
            believed = f"，认为应由{last.believed.short_name}办理" if last.believed else ""
            return f"{last.unit.short_name}退回：{last.reason}{believed}。请重新分派。"
    if c.status in (S.ASSIGNED, S.RECEIVED):
        return _to_begin(visit)
    return _WORDS[c.status]


def _in_lane(lane: FastLane) -> str:
    if lane.status == LaneStatus.SETTLED:
        return f"经营者答复：{lane.answer}。请向投诉人核实是否认可。"
    return f"已转经营者先行和解，最迟{full_day(lane.due_on)}答复；逾期转入正常程序，也可随时分派。"


def _to_begin(visit: Visit) -> str:
    """What the unit is to begin with, and whether it may still send it back."""
    c = visit.complaint
    what = _WORDS[S.ASSIGNED]
    if c.status == S.RECEIVED:
        what = {ComplaintKind.REPORT: "请开始核查。", ComplaintKind.QUERY: "请答复咨询。"}.get(
            c.kind, "请作出受理或不予受理的决定并告知投诉人。不予受理的须写明理由，并告知其他解决途径。"
        )
    if c.lead is not None and c.lead.is_designated:
        return f"{what}本件依据{c.lead.document_no}指定由本单位办理，不能退回。"
    if visit.may_not_return:
        return f"{what}退回期限已过，确有困难请联系分派员。"
    return f"{what}不属本单位职责的，在退回期限内说明理由退回分派中心，不能自行转送其他单位。"


def _waits(c: Complaint) -> str:
    """Whom the case waits for, or how it ended."""
    lead = c.lead.unit.short_name if c.lead else ""
    if c.duplicate_of is not None:
        return f"已并入{c.duplicate_of.number}，结果以该件为准。"
    if c.status == S.CLOSED:
        return "已办结。"
    if c.status == S.TRANSFERRED:
        return f"已移送{c.transfers[-1].recipient}。"
    if c.status in (S.REGISTERED, S.RETURNED):
        return "等分派员分派。"
    if c.status == S.DISPUTED:
        return "职责有争议，等有权机关指定。"
    waits = {S.ASSIGNED: "签收", S.RECEIVED: "作出决定", S.CHECKING: "核查"}.get(c.status, "办理")
    return f"等{lead}{waits}。临近期限系统会提醒，逾期会催办。"


def more(visit: Visit) -> list[tuple[str, str]]:
    """Seldom done, folded away."""
    found = [(label, url) for label, url, _ in visit.links(*SELDOM)]
    if can(visit.actor, Permission.COMPLAINT_ROUTE):
        found.append(("向单位查询…", url_for("complaints.ask", complaint=visit.complaint.id)))
    return found


def facts(visit: Visit) -> list[tuple[str, object]]:
    """要点."""
    c = visit.complaint
    helpers = "、".join(one.unit.short_name for one in c.current if not one.is_lead)
    rows: list[tuple[str, object]] = [
        ("登记编号", c.number),
        ("接收", f"{c.channel.label}，{full_day(c.received_on)}" if c.received_on else f"{c.channel.label}，来源未写明收到时间"),
        (against(c), c.target_name),
        ("信用代码", c.target_uscc),
        ("地址", c.target_address),
        ("诉求", c.request),
        ("类别", "；".join(filter(None, (c.category, c.problem)))),
        ("事发地", c.place),
        ("涉及金额", yuan(c.amount)),
        ("适用时限", c.sector.label),
    ]
    if c.kind in (ComplaintKind.REPORT, ComplaintKind.QUERY):  # what only a complaint must have is no gap here
        rows = [row for row in rows if row[1]]
    if c.lead is not None:
        rows += _assigned(visit, helpers)
    rows += [("现场调处", _on_site(one)) for one in visit.on_sites]
    if c.refusal is not None:
        rows.append(("不予受理", f"{c.refusal.label}。{c.result}"))
    elif c.termination is not None:
        rows.append(("终止调解", f"{c.termination.label}。{c.result}"))
    elif c.result:
        rows.append(("结果", c.result))
    if c.case_number:
        rows.append(("案号", c.case_number))
    if c.kind == ComplaintKind.COMPLAINT:
        said = {True: "投诉人同意", False: "投诉人不同意", None: "投诉人未写明"}
        rows += [("公示投诉信息", said[c.consents_to_publication]), ("委托调解", said[c.consents_to_delegation])]
    return rows


def yuan(fen: int | None) -> str | None:
    """A sum as texts write it: 6,800元, 12.50元."""
    if fen is None:
        return None
    return f"{fen // 100:,}元" if fen % 100 == 0 else f"{fen / 100:,.2f}元"


def against(c: Complaint) -> str:
    """What the one it is against is called."""
    return "被举报方" if c.kind == ComplaintKind.REPORT else "被投诉方"


def _assigned(visit: Visit, helpers: str) -> list[tuple[str, object]]:
    c = visit.complaint
    assert c.lead is not None
    named = f"（{c.lead.document_no}指定）" if c.lead.is_designated else ""
    rows: list[tuple[str, object]] = [("主办单位", c.lead.unit.short_name + named)]
    if helpers:
        rows.append(("协办单位", helpers))
    if c.lead.note:
        rows.append(("交办意见", c.lead.note))
    if c.lead.report_by is not None:
        rows.append(("报告结果", f"最迟{full_day(c.lead.report_by)}"))
    if c.lead.return_by is not None and c.status in (S.ASSIGNED, S.RECEIVED) and not visit.may_not_return:
        rows.append(("可退回至", full_day(c.lead.return_by)))
    return rows


def _on_site(one: OnSite) -> str:
    if one.finished_at is not None:
        return f"{one.place}，{one.result}"
    return f"{one.place}，{'已到场，待结果' if one.arrived_at else '已安排，待到场'}"


def chain(visit: Visit) -> list[tuple[str, str, str | None, bool]]:
    """来龙去脉: what it was split from, itself, and what the joint meeting was asked; each as (label, state, url, is this one)."""
    c = visit.complaint
    found: list[tuple[str, str, str | None, bool]] = []
    if c.duplicate_of is not None:
        url = url_for("complaints.show", complaint_id=c.duplicate_of.id)
        found.append((f"并入{c.duplicate_of.number}", c.duplicate_of.status.label, url, False))
    if c.split_from is not None:
        url = url_for("complaints.show", complaint_id=c.split_from.id)
        found.append((f"{c.split_from.kind.label}{c.split_from.number}", c.split_from.status.label, url, False))
    found.append((f"{c.kind.label}{c.number}", c.status.label, None, True))
    reads = can(visit.actor, Permission.MEETING_READ)
    for one in visit.proposals:
        address = url_for("meetings.proposal", proposal_id=one.id) if reads else None
        found.append((f"{one.mechanism.short_name}议题", one.status.label, address, False))
    return found
