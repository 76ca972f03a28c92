"""What each paper of a complaint says: the case, its unit and what was asked of the writer, as the plain data that builders take. Pure.

The papers name who complained in clear: ``opened`` is the unsealed case, and only papers.py, which asks for the right, opens one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from coordination.documents.complaint_paper import (
    Agreement,
    BureauLetter,
    Distribution,
    EventReport,
    FormPaper,
    IdentityRequest,
    MediationNotice,
    Party,
    Refusal,
    Register,
    ReportResult,
    Termination,
)
from models import Complaint, ComplaintEvent, ComplaintKind, PaperKind, RefusalGround, ReportKind, TerminationGround
from models import EventReport as ReportRow
from models.calendar import SHANGHAI


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the papers ask for and no column holds; everything may be left empty, which leaves a line to write on.

    ``to_target``: this copy goes to the other party. ``time`` and ``next_by``: instants. ``sequence``: which 续报
    (None: the last one written).
    """

    about: str = ""
    to_target: bool = False
    contact: str = ""
    phone: str = ""
    address: str = ""
    deadline: date | None = None
    materials: str = ""
    time: datetime | None = None
    place: str = ""
    mediator: str = ""
    recusal_days: int | None = None
    copies: int | None = None
    pages: int | None = None
    id_kind: str = ""
    target_contact: str = ""
    target_phone: str = ""
    agent: str = ""
    agent_phone: str = ""
    agent_address: str = ""
    target_agent: str = ""
    target_agent_phone: str = ""
    target_agent_address: str = ""
    law: str = ""
    article: str = ""
    text: str = ""
    receiver: str = ""
    reason: str = ""
    enclosures: str = ""
    event: str = ""
    recipients: str = ""
    copies_to: str = ""
    measures: str = ""
    outlook: str = ""
    plans: str = ""
    approved_by: str = ""
    next_by: datetime | None = None
    sequence: int | None = None


# What each name above is called on a page.
LABELS: dict[str, str] = {
    "about": "投诉举报事项",
    "to_target": "发给被投诉人",
    "contact": "联系人",
    "phone": "联系电话",
    "address": "通信地址",
    "deadline": "提供材料的最后日期",
    "materials": "需提供的材料",
    "time": "调解时间",
    "place": "调解地点",
    "mediator": "调解人员",
    "recusal_days": "申请回避的日数",
    "copies": "相关材料份数",
    "pages": "相关材料页数",
    "id_kind": "证件类型",
    "target_contact": "被投诉人联系人或负责人",
    "target_phone": "被投诉人联系电话",
    "agent": "投诉人的委托代理人",
    "agent_phone": "投诉人代理人联系电话",
    "agent_address": "投诉人代理人联系地址",
    "target_agent": "被投诉人的委托代理人",
    "target_agent_phone": "被投诉人代理人联系电话",
    "target_agent_address": "被投诉人代理人联系地址",
    "law": "法律依据（名称）",
    "article": "法律依据（第几条）",
    "text": "告知的结果",
    "receiver": "移送给",
    "reason": "理由",
    "enclosures": "附件（每行一件）",
    "event": "事件名称",
    "recipients": "报送单位",
    "copies_to": "抄送单位",
    "measures": "已采取的措施",
    "outlook": "风险研判（终报：原因分析）",
    "plans": "下一步工作（终报：防范措施）",
    "approved_by": "审核人",
    "next_by": "下次报告时间",
    "sequence": "第几次续报",
}
_WHOM = ("about", "contact", "phone")
_AGENTS = ("agent", "agent_phone", "agent_address", "target_agent", "target_agent_phone", "target_agent_address")
_MEETING = ("about", "to_target", "time", "place", "materials", "mediator", "phone")
_AGREED = ("target_contact", "target_phone", *_AGENTS)
_EVENT = ("event", "recipients", "copies_to", "text", "measures", "outlook", "plans", "contact", "phone", "approved_by")
_K = PaperKind
FIELDS: dict[PaperKind, tuple[str, ...]] = {
    _K.COMPLAINT_FORM: ("id_kind", "target_contact", "target_phone"),
    _K.REPORT_FORM: (),
    _K.DISTRIBUTION: ("about", "copies", "pages"),
    _K.IDENTITY: ("deadline", "materials", "phone", "address"),
    _K.ACCEPTANCE: _WHOM,
    _K.REFUSAL: ("about",),
    _K.MEDIATION: (*_MEETING, "recusal_days"),
    _K.TERMINATION: ("about", "to_target"),
    _K.AGREEMENT: _AGREED,
    _K.RESULT: ("about", "law", "article", "text"),
    _K.OTHER_ACCEPTANCE: _WHOM,
    _K.OTHER_REFUSAL: _WHOM,
    _K.OTHER_MEDIATION: _MEETING,
    _K.OTHER_TERMINATION: (*_WHOM, "to_target"),
    _K.OTHER_AGREEMENT: _AGREED,
    _K.OTHER_RESULT: (*_WHOM, "law", "article", "text"),
    _K.ANSWER: _WHOM,
    _K.TRANSFER: (*_WHOM, "receiver", "reason", "enclosures", "target_phone"),
    _K.TRANSFER_NOTICE: (*_WHOM, "receiver", "reason"),
    _K.FIRST_REPORT: (*_EVENT, "next_by"),
    _K.FURTHER_REPORT: (*_EVENT, "next_by", "sequence"),
    _K.FINAL_REPORT: _EVENT,
}


@dataclass(frozen=True)
class Case:
    """All that a paper is made of. ``opened``: the unsealed case; ``issuer``: the bureau in full; ``signed_on``: the day it bears."""

    complaint: Complaint
    opened: Mapping[str, Any]
    asked: Asked
    issuer: str
    issuer_phone: str
    registrar: str
    number: str
    turn: int
    signed_on: date | None
    today: date

    @property
    def person(self) -> Party:
        """Who complained, as far as it is known."""
        known = self.opened["person"]
        id_no = known.get("id_no", "")
        kind = self.asked.id_kind or ("居民身份证" if len(id_no) == 18 else "")
        return Party(name=known.get("name", ""), phone=known.get("phone", ""), id_kind=kind, id_no=id_no, address=known.get("address", ""))

    @property
    def target(self) -> Party:
        """Whom it is about."""
        complaint, asked = self.complaint, self.asked
        return Party(name=complaint.target_name, phone=asked.target_phone, address=complaint.target_address, contact=asked.target_contact)

    @property
    def facts(self) -> str:
        """What happened, as it was written, with the place and the amount."""
        complaint = self.complaint
        said = [self.opened["text"] or complaint.text]
        said += [f"发生地点：{complaint.place}"] if complaint.place else []
        said += [f"涉及金额：{complaint.amount / 100:,.2f}元"] if complaint.amount else []
        return "\n".join(said)

    @property
    def about(self) -> str:
        """What stands after 关于: whom it is about and the kind of problem, nothing of who complained."""
        complaint = self.complaint
        problem = f"（{complaint.problem}）" if complaint.problem else ""
        return self.asked.about or (f"{complaint.target_name}{problem}" if complaint.target_name else complaint.problem)

    @property
    def common(self) -> dict[str, Any]:
        """What every notice and decision has."""
        return {
            "issuer": self.issuer,
            "number": self.number,
            "to": self.complaint.target_name if self.asked.to_target else self.person.name,
            "about": self.about,
            "received_on": self.complaint.received_on,
            "contact": self.asked.contact,
            "phone": self.asked.phone or self.issuer_phone,
            "signed_on": self.signed_on,
            "day": self.signed_on or self.today,
        }


def register(case: Case) -> Register:
    """投诉登记表, 举报登记表."""
    complaint = case.complaint
    return Register(
        unit=case.registrar,
        number=complaint.number,
        person=case.person,
        target=case.target,
        facts=case.facts,
        request=complaint.request,
        consents_to_publication=complaint.consents_to_publication,
        consents_to_delegation=complaint.consents_to_delegation,
        day=case.today,
    )


def plain(case: Case) -> FormPaper:
    """投诉受理决定书: nothing but what all have."""
    return FormPaper(**case.common)


def distribution(case: Case) -> Distribution:
    """投诉/举报分送通知书, addressed to the unit that handles it."""
    lead = case.complaint.lead
    return Distribution(
        **{**case.common, "to": lead.unit.name if lead else ""},
        person=case.person.name,
        is_report=case.complaint.kind == ComplaintKind.REPORT,
        report_by=lead.report_by if lead else None,
        copies=case.asked.copies,
        pages=case.asked.pages,
    )


def identity_request(case: Case) -> IdentityRequest:
    """限期提供身份证明材料通知书."""
    asked = case.asked
    return IdentityRequest(**case.common, until=asked.deadline, materials=asked.materials, address=asked.address)


def refusal(case: Case) -> Refusal:
    """投诉不予受理决定书."""
    ground = case.complaint.refusal
    number = list(RefusalGround).index(ground) + 1 if ground else None
    return Refusal(**case.common, ground=number, reason=case.complaint.result)


def termination(case: Case) -> Termination:
    """投诉终止调解决定书."""
    ground = case.complaint.termination
    number = list(TerminationGround).index(ground) + 1 if ground else None
    return Termination(**case.common, ground=number, reason=case.complaint.result)


def mediation_notice(case: Case) -> MediationNotice:
    """投诉调解通知书."""
    asked = case.asked
    return MediationNotice(
        **case.common,
        held_at=asked.time.astimezone(SHANGHAI) if asked.time else None,
        place=asked.place,
        materials=asked.materials,
        recusal_days=asked.recusal_days,
        mediators=asked.mediator,
    )


def agreement(case: Case) -> Agreement:
    """投诉调解书."""
    asked = case.asked
    return Agreement(
        **case.common,
        person=case.person,
        person_agent=Party(name=asked.agent, phone=asked.agent_phone, address=asked.agent_address),
        target=case.target,
        target_agent=Party(name=asked.target_agent, phone=asked.target_agent_phone, address=asked.target_agent_address),
        matter="\n".join(words for words in (case.facts, case.complaint.request) if words),
        terms=case.complaint.result,
    )


def report_result(case: Case) -> ReportResult:
    """举报处理结果告知书."""
    asked = case.asked
    return ReportResult(**case.common, law=asked.law, article=asked.article, result=asked.text or case.complaint.result)


def letter(case: Case) -> BureauLetter:
    """A paper under a bureau's own heading."""
    complaint, asked = case.complaint, case.asked
    ground = complaint.refusal or complaint.termination
    return BureauLetter(
        **case.common,
        ground=ground.label if ground else "",
        reason=asked.reason or complaint.result,
        receiver=asked.receiver,
        is_report=complaint.kind == ComplaintKind.REPORT,
        person=case.person,
        target=case.target,
        facts=case.facts,
        request=complaint.request,
        enclosures=tuple(asked.enclosures.splitlines()),
    )


def transfer(case: Case) -> BureauLetter:
    """移送函 and the notice of it; once the step was written down, what it says of the receiver and the reason."""
    asked, steps = case.asked, [one for one in case.complaint.transfers if one.refused_on is None]
    receiver = asked.receiver or (steps[-1].recipient if steps else "")
    return replace(letter(case), receiver=receiver, reason=asked.reason or (steps[-1].reason if steps else ""))


def event_report(stage: ReportKind) -> Callable[[Case], EventReport]:
    """信息专报: it names nobody who complained; what the writer leaves out is told by the event, its report and the masked text."""

    def compose(case: Case) -> EventReport:
        asked, complaint = case.asked, case.complaint
        event = complaint.events[-1] if complaint.events else None
        written = _written(event, stage, case.turn)
        following = [one.due_on for one in event.reports if written and one.serial == written.serial + 1] if event else []
        return EventReport(
            issuer=case.issuer,
            number=case.number,
            stage=stage.label,
            sequence=case.turn if stage == ReportKind.FURTHER else 1,
            event=asked.event or _name_of(event, complaint),
            recipients=asked.recipients or ("、".join(written.recipients) if written else ""),
            happened=asked.text or (written.text if written else "") or (event.facts if event else complaint.text),
            measures=asked.measures or (event.outcome if event and stage == ReportKind.FINAL else ""),
            outlook=asked.outlook,
            plans=asked.plans,
            contact=asked.contact,
            phone=asked.phone or case.issuer_phone,
            approved_by=asked.approved_by,
            next_by=asked.next_by.astimezone(SHANGHAI) if asked.next_by else None,
            next_on=following[0] if following else None,
            copies_to=asked.copies_to,
            signed_on=case.signed_on,
            day=case.signed_on or case.today,
        )

    return compose


def _written(event: ComplaintEvent | None, stage: ReportKind, turn: int) -> ReportRow | None:
    """The report of the event that this paper is, if it was written: of the further ones the ``turn``-th."""
    of_stage = [one for one in event.reports if one.kind == stage and one.made_at is not None] if event else []
    at = turn - 1 if stage == ReportKind.FURTHER else len(of_stage) - 1
    return of_stage[at] if 0 <= at < len(of_stage) else None


def _name_of(event: ComplaintEvent | None, complaint: Complaint) -> str:
    kind = event.kind.label if event else "群体性投诉"
    return f"{complaint.target_name}{kind}" if complaint.target_name else ""
