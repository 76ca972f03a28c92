"""What the handling unit does with a complaint, a report or a query, up to its end. Callers own the transaction."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.orm import Session

from coordination import audit
from coordination.complaints import queries
from coordination.complaints.service import refresh
from coordination.permissions import Actor, Permission, require
from models import Appraisal, Complaint, ComplaintKind, RefusalGround, TerminationGround
from models.calendar import local_date
from models.errors import BadInput, IllegalMove


def accept(session: Session, *, actor: Actor, complaint_id: int, now: datetime) -> Complaint:
    """受理, and the complainant is told (总局令第121号第十五条)."""
    return _do(session, actor, complaint_id, now, "accept", "受理", lambda case, on: case.accept(on))


def refuse(session: Session, *, actor: Actor, complaint_id: int, ground: RefusalGround, reason: str, now: datetime) -> Complaint:
    """不予受理 with its ground; the notice names the other routes of 消法第三十九条."""
    _written(reason, "请写明不予受理的理由")
    return _do(session, actor, complaint_id, now, "refuse", f"不予受理：{ground.label}", lambda case, on: case.refuse(on, ground, reason))


def mediate(session: Session, *, actor: Actor, complaint_id: int, place: str, now: datetime) -> Complaint:
    """组织调解: the parties are invited."""
    return _do(session, actor, complaint_id, now, "mediate", f"组织调解：{place}" if place else "组织调解", lambda case, _: case.mediate())


def settle(session: Session, *, actor: Actor, complaint_id: int, result: str, now: datetime) -> Complaint:
    """达成调解."""
    _written(result, "请写明调解结果")
    return _do(session, actor, complaint_id, now, "settle", "达成调解", lambda case, on: case.settle(on, result))


def terminate(session: Session, *, actor: Actor, complaint_id: int, ground: TerminationGround, reason: str, now: datetime) -> Complaint:
    """终止调解 with its ground; the parties are told within 7 working days (``tell_ended``)."""
    _written(reason, "请写明终止调解的理由")
    return _do(
        session, actor, complaint_id, now, "terminate", f"终止调解：{ground.label}", lambda case, on: case.terminate(on, ground, reason)
    )


def tell_ended(session: Session, *, actor: Actor, complaint_id: int, now: datetime) -> Complaint:
    """Both parties were told that mediation has ended. IllegalMove when it was not terminated or they have been told."""

    def move(case: Complaint, on: date) -> None:
        if case.termination is None or case.told_on is not None:
            raise IllegalMove("没有待告知的终止调解决定")
        case.told_on = on

    return _do(session, actor, complaint_id, now, "tell", "已将终止调解告知双方", move)


def withdraw(session: Session, *, actor: Actor, complaint_id: int, reason: str, now: datetime) -> Complaint:
    """The complainant takes it back."""
    _written(reason, "请写明撤回的情况")
    return _do(session, actor, complaint_id, now, "withdraw", "投诉人撤回", lambda case, on: case.withdraw(on, reason))


def start_check(session: Session, *, actor: Actor, complaint_id: int, now: datetime) -> Complaint:
    """核查 a report."""
    return _do(session, actor, complaint_id, now, "check", "开始核查", lambda case, _: case.check())


def decide_report(session: Session, *, actor: Actor, complaint_id: int, case_number: str, result: str, now: datetime) -> Complaint:
    """立案 under ``case_number``, or (empty) 不予立案 with the reason."""
    _written(result, "请写明核查结果")
    words = f"立案，案号{case_number}" if case_number else "不予立案"
    return _do(
        session, actor, complaint_id, now, "verdict", words, lambda case, on: case.decide_report(on, case_number=case_number, result=result)
    )


def extend_check(session: Session, *, actor: Actor, complaint_id: int, approved_by: str, now: datetime) -> Complaint:
    """核查期限经负责人批准延长 (市场监督管理行政处罚程序规定第十八条), once."""
    _written(approved_by, "请填写批准的负责人")

    def move(case: Complaint, _: date) -> None:
        if case.kind != ComplaintKind.REPORT or case.verdict_on is not None or case.report_extended:
            raise IllegalMove("只有核查中的举报可以延长一次")
        case.report_extended = True

    return _do(session, actor, complaint_id, now, "extend", f"经{approved_by}批准延长核查期限", move)


def inform(session: Session, *, actor: Actor, complaint_id: int, now: datetime) -> Complaint:
    """告知举报人 what became of the report."""
    return _do(session, actor, complaint_id, now, "inform", "已告知举报人", lambda case, on: case.inform(on))


def answer(session: Session, *, actor: Actor, complaint_id: int, text: str, now: datetime) -> Complaint:
    """答复 a query."""
    _written(text, "请写明答复内容")
    return _do(session, actor, complaint_id, now, "answer", "答复咨询", lambda case, on: case.answer(on, text))


def close(session: Session, *, actor: Actor, complaint_id: int, now: datetime) -> Complaint:
    """办结. A terminated one only after both parties have been told."""

    def move(case: Complaint, _: date) -> None:
        if case.termination is not None and case.told_on is None:
            raise IllegalMove("终止调解决定尚未告知双方，不能办结")
        case.close(now)

    return _do(session, actor, complaint_id, now, "close", "办结", move)


def start_appraisal(session: Session, *, actor: Actor, complaint_id: int, body: str, since: date, now: datetime) -> Complaint:
    """鉴定、检测 begins: the clock of mediation stands still. IllegalMove while one is under way, or before acceptance."""
    _written(body, "请填写鉴定、检测机构")

    def move(case: Complaint, on: date) -> None:
        if case.accepted_on is None or case.ended_on is not None:
            raise IllegalMove("只有已受理、调解未结束的投诉可以委托鉴定、检测")
        if any(one.until is None for one in case.appraisals):
            raise IllegalMove("上一次鉴定、检测尚无结果")
        if not case.accepted_on <= since <= on:
            raise BadInput("委托日期应在受理之日至今天之间")
        case.appraisals.append(Appraisal(body=body, since=since))

    return _do(session, actor, complaint_id, now, "appraise", f"委托{body}鉴定、检测，调解期限中止计算", move)


def end_appraisal(session: Session, *, actor: Actor, complaint_id: int, until: date, finding: str, now: datetime) -> Complaint:
    """The result is there: the clock goes on."""
    _written(finding, "请写明鉴定、检测结论")

    def move(case: Complaint, on: date) -> None:
        running = next((one for one in case.appraisals if one.until is None), None)
        if running is None:
            raise IllegalMove("没有进行中的鉴定、检测")
        if not running.since <= until <= on:
            raise BadInput("结论日期应在委托之日至今天之间")
        running.until, running.finding = until, finding

    return _do(session, actor, complaint_id, now, "appraised", "鉴定、检测有结论，调解期限恢复计算", move)


def _do(
    session: Session, actor: Actor, complaint_id: int, now: datetime, action: str, words: str, move: Callable[[Complaint, date], None]
) -> Complaint:
    """One step of the handling unit: who may, what the state permits, and what is kept of it."""
    audit.queue(session)
    complaint = queries.get_complaint(session, actor, complaint_id)
    require(actor, Permission.COMPLAINT_HANDLE, complaint.lead_scope)
    move(complaint, local_date(now))
    refresh(session, complaint)
    audit.record(session, actor=actor, action=f"complaint:{action}", subject=complaint, at=now, text=words)
    return complaint


def _written(text: str, otherwise: str) -> None:
    if not text.strip():
        raise BadInput(otherwise)
