"""What the page of one recognition says: where it stands, what comes next and who does it, and what else may be done."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from coordination.notices import full_day
from coordination.permissions import Actor, Permission, can
from coordination.registry import inspecting, queries
from coordination.registry.actions import Action, possible
from coordination.registry.lists import Whole
from coordination.settings.queries import calendar
from models import ApplicationPaper, ObjectionStatus, Recognition, RecognitionStatus, RemovalProposalStatus
from models.calendar import ONE_DAY
from models.light import Light, light

S = RecognitionStatus


@dataclass(frozen=True)
class Stage:
    """One step of the stepper."""

    label: str
    state: str


@dataclass(frozen=True)
class Step:
    """The panel 下一步: what is to happen, its buttons as (label, url), the first one primary."""

    what: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Visit:
    """Who looks at what, and when."""

    session: Session
    actor: Actor
    recognition: Recognition
    whole: Whole
    today: date

    @property
    def objections(self) -> list[int]:
        """The ids of the objections that are open."""
        return [one.id for one in self.whole.objections if one.status == ObjectionStatus.OPEN]

    @property
    def may(self) -> frozenset[Action]:
        """What this person may do now."""
        return possible(self.actor, self.recognition, self.today, objections=len(self.objections))

    def url(self, endpoint: str, **more: object) -> str:
        """An address under this recognition's."""
        return url_for(f"registry.{endpoint}", recognition_id=self.recognition.id, **more)  # type: ignore[arg-type]


GATES = (S.APPLIED, S.REVIEWED, S.INSPECTED, S.ON_NOTICE, S.RECOGNISED)
STAGES = ("审核", "现场检查", "公示", "认定")


def steps(recognition: Recognition) -> list[Stage]:
    """申报✓ 审核● 现场检查 公示 认定; nothing for what has ended."""
    if recognition.status not in Recognition.PENDING:
        return []
    # Inspected waits to be published, on notice waits to be recognised: the word names what is under way.
    at = {S.APPLIED: 0, S.REVIEWED: 1, S.INSPECTED: 2, S.ON_NOTICE: 2}[recognition.status]
    words = [Stage("申报", "done")]
    return words + [Stage(label, "done" if n < at else "current" if n == at else "todo") for n, label in enumerate(STAGES)]


def next_step(visit: Visit) -> Step:
    """What this person is to do next, or whom the thing waits for."""
    owed = _owed(visit)
    if owed is not None:
        return owed
    return {
        S.APPLIED: _to_review,
        S.REVIEWED: _to_inspect,
        S.INSPECTED: _to_publish,
        S.ON_NOTICE: _to_recognise,
        S.RECOGNISED: _on_the_list,
        S.RECTIFYING: _to_mend,
    }.get(visit.recognition.status, _ended)(visit)


def _owed(visit: Visit) -> Step | None:
    """What presses before the state does: a proposal of removal that waits, or a measure the own unit owes."""
    waiting = next((p for p in visit.whole.proposals if p.status == RemovalProposalStatus.PENDING), None)
    if waiting is not None and can(visit.actor, Permission.REMOVAL_CONFIRM, waiting.scope):
        what = f"有一条移出建议待确认：{waiting.event.ground.name}。最迟{full_day(waiting.due_on)}。"
        return Step(what, (("办理移出建议", url_for("registry.proposal", proposal_id=waiting.id)),))
    mine = next((m for m in visit.whole.measures if m.done_at is None and can(visit.actor, Permission.MEASURE_WRITE, m.scope)), None)
    if mine is not None:
        what = f"{mine.unit.short_name}对该行业负有职责，请填报移出后采取的措施。"
        return Step(what, (("填报措施", url_for("registry.measure", measure_id=mine.id)),))
    return None


def _to_review(visit: Visit) -> Step:
    lead = visit.recognition.category.responsible.short_name
    if Action.REVIEW not in visit.may:
        return Step(f"等{lead}审核材料。审核通过后进行现场检查。")
    return Step("请核对证照、材料和下面的提示。通过后进行现场检查；不予认定的须写明理由。", _links(visit, Action.REVIEW, Action.REFUSE))


def _to_inspect(visit: Visit) -> Step:
    if Action.INSPECT not in visit.may:
        return Step(f"等{visit.recognition.category.responsible.short_name}现场检查。")
    return Step(
        "用手机打开检查页，按评分表逐项评分；达到最低分即进入公示，未达到的可再次检查。", _links(visit, Action.INSPECT, Action.REFUSE)
    )


def _to_publish(visit: Visit) -> Step:
    if Action.PUBLISH not in visit.may:
        return Step("现场检查已通过，等联席会议办公室发布公示。")
    return Step("现场检查已通过。发布公示后，任何人可在公示期内提出异议。", _links(visit, Action.PUBLISH, Action.REFUSE))


def _to_recognise(visit: Visit) -> Step:
    recognition = visit.recognition
    last = full_day(recognition.notice_until) if recognition.notice_until else ""
    if visit.objections and can(visit.actor, Permission.REGISTRY_PUBLISH, recognition.scope):
        urls = [url_for("registry.objection", objection_id=id_) for id_ in visit.objections]
        links = tuple((f"核实异议{n or ''}".replace("0", ""), url) for n, url in enumerate(urls))
        return Step(f"公示至{last}。收到{len(urls)}件异议，核实前不能认定。", links)
    if visit.objections:
        return Step(f"公示至{last}。有{len(visit.objections)}件异议正在核实，核实后方可认定。", _links(visit, Action.REFUSE))
    if Action.RECOGNISE in visit.may:
        return Step(
            f"公示已于{last}期满，没有待核实的异议。认定后立即列入公开名录，并生成证书号。", _links(visit, Action.RECOGNISE, Action.REFUSE)
        )
    if recognition.notice_until is not None and visit.today <= recognition.notice_until:
        return Step(f"公示至{last}，期满后由分管领导认定。", _links(visit, Action.REFUSE))
    return Step(f"公示已于{last}期满，等分管领导认定。")


def _on_the_list(visit: Visit) -> Step:
    recognition = visit.recognition
    check, last = recognition.next_check_on, recognition.valid_until
    said = f"在册，有效期至{full_day(last)}。" if last else ""
    if not recognition.is_listed(visit.today):
        return Step(f"有效期已于{full_day(last)}届满，已不在公开名录上。" if last else "已不在公开名录上。")
    if check is not None and check <= visit.today and Action.RECHECK in visit.may:
        others = inspecting.voices(visit.session, recognition)
        return Step(f"{said}应于{full_day(check)}前年度复查。复查计入：{others.words}。", _links(visit, Action.RECHECK, Action.RECTIFY))
    if check is not None and check > visit.today:
        said += f"下次复查不迟于{full_day(check)}。"
    return Step(said + ("续期须近一个周期内复查合格。" if Action.RENEW in visit.may else ""), _links(visit, Action.RENEW))


def _to_mend(visit: Visit) -> Step:
    by = visit.recognition.rectify_by
    what = f"限期整改，最迟{full_day(by)}改正；逾期未改正的，将提出移出建议。整改期间仍在名录上，并注明整改中。" if by else ""
    return Step(what, _links(visit, Action.CHECK_MENDED))


def _ended(visit: Visit) -> Step:
    recognition, removal = visit.recognition, visit.whole.removal
    when = full_day(recognition.ended_on) if recognition.ended_on else ""
    what = f"{when}{recognition.status.label}。原因：{recognition.reason}。"
    if removal is None:
        return Step(what)
    if removal.overturned_at is not None:
        return Step(f"{what}该移出已因申诉成立撤销。")
    bar = f"{full_day(removal.bar_until + ONE_DAY)}起方可再申报。" if removal.bar_until else "不设再申报限制，或限制已解除。"
    return Step(what + bar, (("查看移出记录", url_for("registry.removal", removal_id=removal.id)),))


# The buttons: endpoint, and what else its address needs.
ADDRESSES: dict[Action, tuple[str, dict[str, str]]] = {
    Action.REVIEW: ("review", {}),
    Action.INSPECT: ("inspect", {"kind": "first"}),
    Action.PUBLISH: ("publish", {}),
    Action.RECOGNISE: ("recognise", {}),
    Action.REFUSE: ("refuse", {}),
    Action.RECHECK: ("inspect", {"kind": "recheck"}),
    Action.CHECK_MENDED: ("inspect", {"kind": "rectification"}),
    Action.RECTIFY: ("rectify", {}),
    Action.RENEW: ("renew", {}),
    Action.PROMISE: ("promise", {}),
    Action.ASSESS: ("assess", {}),
    Action.CHANGE: ("change_business", {}),
    Action.CLOSE: ("close_business", {}),
    Action.WITHDRAW: ("withdraw", {}),
}
SELDOM = (
    Action.RECHECK,
    Action.RECTIFY,
    Action.PROMISE,
    Action.ASSESS,
    Action.CHANGE,
    Action.CLOSE,
    Action.WITHDRAW,
)


def _links(visit: Visit, *actions: Action) -> tuple[tuple[str, str], ...]:
    """The buttons of these actions, those that may be done now."""
    may = visit.may
    return tuple((a.label, visit.url(ADDRESSES[a][0], **ADDRESSES[a][1])) for a in actions if a in may)


def more(visit: Visit) -> list[tuple[str, str]]:
    """Seldom done, folded away."""
    found = list(_links(visit, *SELDOM))
    if Action.REPORT in visit.may:
        found.append((Action.REPORT.label, url_for("registry.new_event", recognition=visit.recognition.id)))
    return found


def warnings(visit: Visit) -> list[str]:
    """What speaks against the unit now, and what should be looked at, for an application in hand or a unit on the list."""
    recognition = visit.recognition
    if recognition.status not in Recognition.LIVE:
        return []
    against = queries.obstacles(visit.session, recognition.business, recognition.category, visit.today, itself=recognition.id)
    return against + queries.warnings(visit.session, recognition.business, visit.today)


def facts(visit: Visit) -> list[tuple[str, object]]:
    """要点."""
    r, b = visit.recognition, visit.recognition.business
    former = "、".join(f"{old['name']}（至{old['until']}）" for old in b.former_names)
    rows: list[tuple[str, object]] = [
        ("信用代码", b.uscc),
        ("经营地址", b.address if b.street in b.address else f"{b.street}{b.address}"),
        ("类别", f"{r.category.name}（责任单位：{r.category.responsible.short_name}）"),
        ("申报", f"{full_day(r.applied_on)}，{r.origin.label}{f'（{r.proposed_by.short_name}）' if r.proposed_by else ''}"),
        ("联系人", " ".join(filter(None, (b.contact, b.phone)))),
        ("主体状态", b.legal_status.label),
    ]
    if former:
        rows.append(("曾用名", former))
    if r.notice_from and r.notice_until:
        rows.append(("公示期", f"{full_day(r.notice_from)}至{full_day(r.notice_until)}"))
    if r.recognised_on and r.valid_until:
        rows += [("证书号", r.certificate_no), ("认定日期", full_day(r.recognised_on)), ("有效期至", full_day(r.valid_until))]
    if r.next_check_on and r.status in Recognition.LISTED:
        rows.append(("下次复查", f"不迟于{full_day(r.next_check_on)}"))
    if r.rectify_by:
        rows.append(("整改期限", full_day(r.rectify_by)))
    return rows


def lamp(visit: Visit) -> Light | None:
    """The light of the day that presses: rectification, re-check or expiry of a unit on the list."""
    r = visit.recognition
    days = [day for day in (r.rectify_by, r.next_check_on, r.valid_until) if day is not None]
    if r.status not in Recognition.LISTED or not days:
        return None
    found = light(min(days), visit.today, calendar(visit.session))
    return found if found.kind != "ok" else None


def brief(recognition: Recognition, whole: Whole | None = None) -> list[tuple[str, object]]:
    """What whoever decides on it must have before their eyes; ``whole``: with the inspection and the objections."""
    b = recognition.business
    found: list[tuple[str, object]] = [
        ("信用代码", b.uscc),
        ("经营地址", b.address),
        ("类别", recognition.category.name),
        ("申报", f"{full_day(recognition.applied_on)}，{recognition.origin.label}"),
    ]
    if whole is not None and whole.inspections:
        last = whole.inspections[0]
        found.append(("最近检查", f"{full_day(last.inspected_on)}，{last.total}分（满分{last.sheet.most}分）"))
    if whole is not None and recognition.notice_until is not None:
        said = "；".join(f"{one.status.label}：{one.finding}" for one in whole.objections if one.finding)
        found.append(("公示异议", f"{len(whole.objections)}件。{said}" if whole.objections else "没有"))
    return found


def paper(visit: Visit, handed_in: ApplicationPaper) -> dict[str, Any]:
    """One paper as the list of files shows it."""
    file = handed_in.file
    url = visit.url("file", file_id=file.id, download=1)
    return {"name": f"{handed_in.kind}：{file.name}", "type": None, "size": file.size, "url": url, "by": None, "at": file.created_at}
