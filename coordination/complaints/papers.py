"""The papers of a complaint (文书): which its state permits, and each as a .docx. Callers own the transaction.

市场监管 uses the ten forms of April 2026; every other bureau writes under its own heading (消费者权益保护法实施条例第四十六条). Which it is
follows the unit that handles the case, not the sector: a case may be imported under one sector and be given to another bureau. A
section or station acts for its bureau.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.complaints import composing, importing, queries
from coordination.complaints.actions import may_unmask
from coordination.complaints.composing import FIELDS, LABELS, Asked, Case
from coordination.documents.fonts import Fonts
from coordination.permissions import Actor, Permission, can
from coordination.settings.queries import fonts
from models import Complaint, ComplaintKind, ComplaintPaper, ComplaintStatus, PaperKind, Person, ReportKind, Unit, UnitKind
from models.calendar import local_date
from models.complaint_paper import EVENT_REPORTS, REGISTERS
from models.errors import BadInput, IllegalMove, NotAllowed
from models.numbering import take_number

LONGEST = 4000  # characters in one field
_MARKET = "市场监督管理"
_PLACE = re.compile(r"^(.{2,12}?[县市区旗])")
_BODY = re.compile(r"^[省市县区旗]|(支局|局|委员会|委|办公室|办|中心|支队|大队|队|所|股|科)$")
_K, _S = PaperKind, ComplaintStatus
_TRANSFERS = frozenset({_K.TRANSFER, _K.TRANSFER_NOTICE})
# The words that tell the papers of a bureau apart in their numbers (机关代字 + …).
_WORDS: dict[PaperKind, str] = {
    _K.DISTRIBUTION: "分送",
    _K.IDENTITY: "投证",
    _K.ACCEPTANCE: "投受",
    _K.REFUSAL: "投不受",
    _K.MEDIATION: "投调通",
    _K.TERMINATION: "投终",
    _K.AGREEMENT: "投调",
    _K.RESULT: "举告",
    _K.OTHER_ACCEPTANCE: "投受",
    _K.OTHER_REFUSAL: "投不受",
    _K.OTHER_MEDIATION: "投调通",
    _K.OTHER_TERMINATION: "投终",
    _K.OTHER_AGREEMENT: "投调",
    _K.OTHER_RESULT: "举告",
    _K.ANSWER: "询答",
    _K.TRANSFER: "移函",
    _K.TRANSFER_NOTICE: "移告",
    _K.FIRST_REPORT: "专报",
    _K.FURTHER_REPORT: "专报",
    _K.FINAL_REPORT: "专报",
}
_COMPOSED: dict[PaperKind, Callable[[Case], Any]] = {
    _K.COMPLAINT_FORM: composing.register,
    _K.REPORT_FORM: composing.register,
    _K.DISTRIBUTION: composing.distribution,
    _K.IDENTITY: composing.identity_request,
    _K.ACCEPTANCE: composing.plain,
    _K.REFUSAL: composing.refusal,
    _K.MEDIATION: composing.mediation_notice,
    _K.TERMINATION: composing.termination,
    _K.AGREEMENT: composing.agreement,
    _K.RESULT: composing.report_result,
    _K.OTHER_ACCEPTANCE: composing.letter,
    _K.OTHER_REFUSAL: composing.letter,
    _K.OTHER_MEDIATION: composing.mediation_notice,
    _K.OTHER_TERMINATION: composing.letter,
    _K.OTHER_AGREEMENT: composing.agreement,
    _K.OTHER_RESULT: composing.report_result,
    _K.ANSWER: composing.letter,
    _K.TRANSFER: composing.transfer,
    _K.TRANSFER_NOTICE: composing.transfer,
    _K.FIRST_REPORT: composing.event_report(ReportKind.FIRST),
    _K.FURTHER_REPORT: composing.event_report(ReportKind.FURTHER),
    _K.FINAL_REPORT: composing.event_report(ReportKind.FINAL),
}
# The day of the step a paper tells of; the others tell of none.
_STEPS: dict[PaperKind, Callable[[Complaint], date | None]] = {
    _K.ACCEPTANCE: lambda one: one.accepted_on,
    _K.REFUSAL: lambda one: one.decided_on,
    _K.TERMINATION: lambda one: one.ended_on,
    _K.AGREEMENT: lambda one: one.ended_on,
    _K.OTHER_ACCEPTANCE: lambda one: one.accepted_on,
    _K.OTHER_REFUSAL: lambda one: one.decided_on,
    _K.OTHER_TERMINATION: lambda one: one.ended_on,
    _K.OTHER_AGREEMENT: lambda one: one.ended_on,
    _K.ANSWER: lambda one: one.answered_on,
}


def available(complaint: Complaint) -> list[PaperKind]:
    """The papers that the kind, the state and the unit of this case permit, in the order they are made."""
    lead = complaint.lead.unit if complaint.lead else None
    found = _registers(complaint)
    if lead is not None and complaint.kind != ComplaintKind.MIXED:
        found += _of_market(complaint, lead) if is_market(lead) else _of_other_bureaus(complaint)
    if complaint.kind == ComplaintKind.QUERY and complaint.answered_on is not None:
        found.append(_K.ANSWER)
    if complaint.kind != ComplaintKind.MIXED and complaint.status not in {_S.CLOSED, _S.WITHDRAWN}:
        found += [_K.TRANSFER, _K.TRANSFER_NOTICE]
    if complaint.is_group or complaint.events:
        found += [_K.FIRST_REPORT, _K.FURTHER_REPORT, _K.FINAL_REPORT]
    return found


def document(session: Session, *, actor: Actor, complaint_id: int, kind: PaperKind, now: datetime, **fields: Any) -> tuple[str, bytes]:
    """The paper as (file name, bytes), for the router and the handling unit; that it was made is kept, with its number.

    ``fields``: those of FIELDS[kind], named and typed as in ``composing.Asked``; TypeError for any other. IllegalMove when the case does
    not permit the paper, or nobody is there to issue it; BadInput for a day past or too long a text. The file name tells nothing personal.
    """
    audit.queue(session)
    complaint = queries.get_complaint(session, actor, complaint_id)
    if not may_make(actor, complaint, kind):
        raise NotAllowed("文书写有投诉人信息，只有分派员和承办单位可以制作；举报分派后只有承办单位可以制作")
    if kind not in available(complaint):
        raise IllegalMove(f"按现在的办理情况（{complaint.status.label}），不能制作{kind.label}")
    asked = _asked(kind, fields, now)
    unit = _issuer_of(session, complaint, actor, now)
    paper = None if kind in REGISTERS else _numbered(session, complaint, kind, unit, actor, asked, now)
    case = Case(
        complaint,
        importing.open_sealed(complaint),
        asked,
        unit.name if unit else "",
        unit.phone if unit else "",
        _registrar(session, complaint, actor),
        paper.label if paper else "",
        paper.turn if paper else 1,
        _signed_on(complaint, paper) if paper else None,
        local_date(now),
    )
    content = _build(kind, _COMPOSED[kind](case), fonts(session))
    text = f"制作{kind.label}" + (f"：{paper.label}" if paper else "")
    audit.record(session, actor=actor, action="complaint:paper", subject=complaint, at=now, text=text)
    return f"{kind.label}{paper.label if paper else f'-{complaint.id}'}.docx", content


def may_make(actor: Actor, complaint: Complaint, kind: PaperKind) -> bool:
    """Whoever may see who complained; the router also hands a case over by its 分送通知书, which is made after it was assigned."""
    return may_unmask(actor, complaint) or (kind is PaperKind.DISTRIBUTION and can(actor, Permission.COMPLAINT_ROUTE))


def made(session: Session, complaint: Complaint) -> list[ComplaintPaper]:
    """The numbered papers made of this case so far, oldest first."""
    return list(session.scalars(select(ComplaintPaper).where(ComplaintPaper.complaint_id == complaint.id).order_by(ComplaintPaper.id)))


def asked_for(kind: PaperKind) -> dict[str, str]:
    """What this paper asks of the writer: name of the field and what it is called, in the order of the paper."""
    return {name: LABELS[name] for name in FIELDS[kind]}


def bureau(unit: Unit) -> Unit:
    """Who issues a unit's papers: a section or station acts for the body it belongs to."""
    while unit.parent is not None and unit.kind in {UnitKind.SECTION, UnitKind.STATION}:
        unit = unit.parent
    return unit


def is_market(unit: Unit) -> bool:
    """True of 市场监管 and whatever acts for it."""
    return _MARKET in bureau(unit).name or unit.kind == UnitKind.STATION


def document_code(unit: Unit) -> str:
    """机关代字, from the names of the register: 示市监 of 示例县市场监督管理局, 示文旅 of 示例县文化和旅游局 (县文旅局)."""
    place = _PLACE.match(unit.name)
    body = "市监" if is_market(unit) else _BODY.sub("", unit.short_name)
    return f"{place[1][0] if place else ''}{body}"[:20]


def _registers(complaint: Complaint) -> list[PaperKind]:
    kinds = {
        ComplaintKind.COMPLAINT: [_K.COMPLAINT_FORM],
        ComplaintKind.REPORT: [_K.REPORT_FORM],
        ComplaintKind.MIXED: [_K.COMPLAINT_FORM, _K.REPORT_FORM],
    }
    return list(kinds.get(complaint.kind, []))


def _of_market(complaint: Complaint, lead: Unit) -> list[PaperKind]:
    if complaint.kind == ComplaintKind.QUERY:
        return []
    is_below = lead.kind == UnitKind.STATION and bureau(lead) is not lead
    found = [_K.DISTRIBUTION] if is_below and complaint.status != _S.CLOSED else []
    if complaint.kind == ComplaintKind.REPORT:
        return found + ([_K.RESULT] if complaint.verdict_on else [])
    found += [_K.IDENTITY] if complaint.status == _S.RECEIVED else []
    return found + _of_steps(complaint, (_K.ACCEPTANCE, _K.REFUSAL, _K.MEDIATION, _K.TERMINATION, _K.AGREEMENT))


def _of_other_bureaus(complaint: Complaint) -> list[PaperKind]:
    if complaint.kind == ComplaintKind.REPORT:
        return [_K.OTHER_RESULT] if complaint.verdict_on else []
    kinds = (_K.OTHER_ACCEPTANCE, _K.OTHER_REFUSAL, _K.OTHER_MEDIATION, _K.OTHER_TERMINATION, _K.OTHER_AGREEMENT)
    return _of_steps(complaint, kinds) if complaint.kind == ComplaintKind.COMPLAINT else []


def _of_steps(complaint: Complaint, kinds: tuple[PaperKind, ...]) -> list[PaperKind]:
    """Those of ``kinds`` (accepted, refused, mediating, terminated, settled) whose step was taken."""
    taken = (
        complaint.accepted_on is not None,
        complaint.refusal is not None,
        complaint.status == _S.MEDIATING,
        complaint.termination is not None,
        complaint.is_settled,
    )
    return [kind for kind, is_taken in zip(kinds, taken, strict=True) if is_taken]


def _asked(kind: PaperKind, fields: dict[str, Any], now: datetime) -> Asked:
    unknown = set(fields) - set(FIELDS[kind])
    if unknown:
        raise TypeError(f"{kind.value} does not ask for {sorted(unknown)}")
    asked = Asked(**fields)
    for name, value in fields.items():
        if isinstance(value, str) and len(value) > LONGEST:
            raise BadInput(f"{LABELS[name]}过长：最多{LONGEST:,}字，现有{len(value):,}字")
    if asked.deadline is not None and asked.deadline < local_date(now):
        raise BadInput("提供材料的最后日期不能早于今天")
    if asked.time is not None and asked.time < now:
        raise BadInput("调解时间不能早于现在")
    if asked.next_by is not None and asked.next_by < now:
        raise BadInput("下次报告时间不能早于现在")
    if asked.sequence is not None and not 1 <= asked.sequence <= 999:
        raise BadInput("续报次数应在1到999之间")
    if any(count is not None and not 0 <= count <= 9999 for count in (asked.copies, asked.pages, asked.recusal_days)):
        raise BadInput("份数、页数和日数应在0到9999之间")
    return asked


def _issuer_of(session: Session, complaint: Complaint, actor: Actor, now: datetime) -> Unit | None:
    """The handling unit's bureau as it stands today; of a case nobody has, the bureau of whoever makes the paper."""
    unit = complaint.lead.unit if complaint.lead else _own_unit(session, actor)
    return bureau(unit.heir(local_date(now))) if unit is not None else None


def _own_unit(session: Session, actor: Actor) -> Unit | None:
    person = session.get(Person, actor.person_id) if actor.person_id is not None else None
    return person.unit if person is not None else None


def _registrar(session: Session, complaint: Complaint, actor: Actor) -> str:
    """登记单位: the bureau of who assigned it first; before that, of who makes the form."""
    first = complaint.assignments[0].person if complaint.assignments else None
    unit = first.unit if first is not None and first.unit is not None else _own_unit(session, actor)
    return bureau(unit).name if unit is not None else ""


def _numbered(
    session: Session, complaint: Complaint, kind: PaperKind, unit: Unit | None, actor: Actor, asked: Asked, now: datetime
) -> ComplaintPaper:
    """The paper with the number it has, or takes now: made again for the same step, it keeps it."""
    if unit is None:
        raise IllegalMove("尚未分派，不能确定由哪个单位出具这份文书")
    said = {"complaint_id": complaint.id, "kind": kind, "unit_id": unit.id, "turn": _turn(complaint, kind, asked)}
    paper = session.scalar(select(ComplaintPaper).filter_by(**said))
    if paper is None:
        prefix = document_code(unit) + _WORDS[kind]
        year = (_step_day(complaint, kind) or local_date(now)).year
        number = take_number(session, f"complaint_paper:{prefix}:{year}")
        paper = ComplaintPaper(**said, prefix=prefix, year=year, number=number, made_at=now, person_id=actor.person_id)
        session.add(paper)
        session.flush()
    return paper


def _step_day(complaint: Complaint, kind: PaperKind) -> date | None:
    return _STEPS[kind](complaint) if kind in _STEPS else None


def _turn(complaint: Complaint, kind: PaperKind, asked: Asked) -> int:
    """The how-manieth paper of its kind this is, which tells it from those made before the case was reopened or came back."""
    if kind == _K.FURTHER_REPORT:
        rows = complaint.events[-1].reports if complaint.events else []
        return asked.sequence or max(1, sum(one.kind == ReportKind.FURTHER and one.made_at is not None for one in rows))
    if kind in EVENT_REPORTS:
        return max(1, len(complaint.events))
    returned = sum(one.refused_on is not None for one in complaint.transfers) if kind in _TRANSFERS else 0
    return 1 + len(complaint.rounds) + returned


def _signed_on(complaint: Complaint, paper: ComplaintPaper) -> date:
    """The day a paper bears: of the step it tells of, else when it was first made."""
    return _step_day(complaint, paper.kind) or local_date(paper.made_at)


def _build(kind: PaperKind, paper: Any, given: Fonts) -> bytes:
    # The .docx library is loaded for whoever writes a paper, not at every start.
    from coordination.documents import bureau_letters, complaint_decisions, complaint_notices, complaint_tables, event_reports

    builders: dict[PaperKind, Callable[[Any, Fonts], bytes]] = {
        _K.COMPLAINT_FORM: complaint_tables.complaint_register,
        _K.REPORT_FORM: complaint_tables.report_register,
        _K.DISTRIBUTION: complaint_notices.distribution,
        _K.IDENTITY: complaint_notices.identity_request,
        _K.ACCEPTANCE: complaint_notices.acceptance,
        _K.REFUSAL: complaint_decisions.refusal,
        _K.MEDIATION: complaint_notices.mediation_notice,
        _K.TERMINATION: complaint_decisions.termination,
        _K.AGREEMENT: complaint_decisions.agreement,
        _K.RESULT: complaint_notices.report_result,
        _K.OTHER_ACCEPTANCE: bureau_letters.acceptance,
        _K.OTHER_REFUSAL: bureau_letters.refusal,
        _K.OTHER_MEDIATION: bureau_letters.mediation_notice,
        _K.OTHER_TERMINATION: bureau_letters.termination,
        _K.OTHER_AGREEMENT: bureau_letters.agreement,
        _K.OTHER_RESULT: bureau_letters.report_result,
        _K.ANSWER: bureau_letters.answer,
        _K.TRANSFER: bureau_letters.transfer,
        _K.TRANSFER_NOTICE: bureau_letters.transfer_notice,
        _K.FIRST_REPORT: event_reports.event_report,
        _K.FURTHER_REPORT: event_reports.event_report,
        _K.FINAL_REPORT: event_reports.event_report,
    }
    return builders[kind](paper, given)
