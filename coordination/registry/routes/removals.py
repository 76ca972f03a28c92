"""Proposals of removal, removals, appeals, and what the units did about them."""

from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.crypto import open_contact
from coordination.notices import full_day
from coordination.permissions import Permission, can, require
from coordination.registry import appeals as appealing
from coordination.registry import forms, lists, queries
from coordination.registry import proposals as proposing
from coordination.registry import removal as removing
from coordination.registry.routes.blueprint import HOME, Answer, Did, act_page, bp, database, neighbours, tabs, turn
from coordination.settings.queries import calendar
from models import AppealStatus, RemovalProposal, RemovalProposalStatus
from models.calendar import ONE_DAY, local_date
from models.errors import NotFound
from models.light import light
from models.text import clean_text

PENDING = RemovalProposalStatus.PENDING


@bp.get("/proposals")
@requires(Permission.REGISTRY_READ)
def proposals() -> Answer:
    """移出建议: those that wait, or all."""
    session, who, today = database(), actor(), clock.today()
    every = request.args.get("view") == "all"
    found = lists.proposals(session, who, None if every else PENDING, turn())
    working = calendar(session)
    lights = {one.id: light(one.due_on, today, working) for one in found.rows if one.status == PENDING}
    return render_template(
        "registry/proposals.html", rows=found.rows, every=every, lights=lights, subnav=tabs("proposals"), **neighbours(found)
    )


@bp.get("/proposals/<int:proposal_id>")
@requires(Permission.REGISTRY_READ)
def proposal(proposal_id: int) -> Answer:
    """One proposal: the event, why a person must judge, and the two answers."""
    session, who = database(), actor()
    found = queries.get_proposal(session, who, proposal_id)
    return render_template(
        "registry/proposal.html",
        proposal=found,
        event=found.event,
        recognition=found.recognition,
        light=light(found.due_on, clock.today(), calendar(session)) if found.status == PENDING else None,
        may_decide=found.status == PENDING and can(who, Permission.REMOVAL_CONFIRM, found.scope),
        crumbs=_crumbs("移出建议", "proposals"),
    )


@bp.route("/proposals/<int:proposal_id>/<string:how>", methods=["GET", "POST"])
@requires(Permission.REMOVAL_CONFIRM)
def decide_proposal(proposal_id: int, how: str) -> Answer:
    """确认移出 (confirm) or 不予移出 (reject), with the reason; the second of two people is told who was first."""
    found = queries.get_proposal(database(), actor(), proposal_id)
    require(actor(), Permission.REMOVAL_CONFIRM, found.scope)
    if how not in {"confirm", "reject"}:
        raise NotFound("没有这一页")
    form, name = forms.Reason(), found.recognition.business.name
    confirms = how == "confirm"

    def act(session: Session) -> Did:
        given = {"proposal_id": proposal_id, "reason": form.reason.data, "now": clock.now()}
        if not confirms:
            proposing.reject(session, actor=actor(), **given)
            return "已记为不予移出。", url_for("registry.proposal", proposal_id=proposal_id)
        made = proposing.confirm(session, actor=actor(), **given)
        bar = f"{full_day(made.bar_until + ONE_DAY)}起方可再申报。" if made.bar_until else ""
        return f"{name}已移出名录。{bar}", url_for("registry.removal", removal_id=made.id)

    title = f"{'移出名录' if confirms else '不予移出'}：{name}"
    here = url_for("registry.proposal", proposal_id=proposal_id)
    more: dict[str, Any] = {
        "consequences": _after(found) if confirms else ("失信信息留存，该单位仍在名录上", "同一条信息不再提出移出建议"),
        "kind": "danger" if confirms else "primary",
        "back": here,
        "back_label": "返回，不移出" if confirms else "返回，不办理",
        "crumbs": [*_crumbs("移出建议", "proposals"), (name, here)],
        "badge": found.status.label,
        "facts": [
            ("失信信息", f"{found.event.ground.name}，{full_day(found.event.happened_on)}"),
            ("来源", f"{found.event.source.label}，{found.event.origin}"),
            ("为何须由人确认", found.why),
            ("证书号", found.recognition.certificate_no),
        ],
    }
    return act_page(form, act, title=title, verb="移出名录" if confirms else "不予移出", **more)


def _after(found: RemovalProposal) -> tuple[str, ...]:
    return (
        "立即从公开名录、检索、开放数据和核验页移出，公示移出事由和日期",
        f"按“{found.event.ground.name}”计算再申报限制",
        "向责任单位下达摘除标牌任务，通知责任单位、办公室和负有行业职责的成员单位",
        "移出不能撤回；有误的经申诉由分管领导决定恢复",
    )


@bp.get("/removals")
@requires(Permission.REGISTRY_READ)
def removals() -> Answer:
    """移出记录 with the seconds from event to removal."""
    words = (clean_text(request.args.get("q", "")) or "").strip()[:120]
    found = lists.removals(database(), actor(), words, turn())
    more = {"words": words, "today": clock.today(), "subnav": tabs("removals"), **neighbours(found)}
    return render_template("registry/removals.html", rows=found.rows, **more)


@bp.get("/removals/<int:removal_id>")
@requires(Permission.REGISTRY_READ)
def removal(removal_id: int) -> Answer:
    """One removal: on what it rests, until when it bars and is shown, what was done about it, appeals."""
    session, who = database(), actor()
    found = queries.get_removal(session, removal_id)
    recognition = queries.get_recognition(session, who, found.recognition_id)
    whole = lists.whole(session, recognition)
    return render_template(
        "registry/removal.html",
        removal=found,
        recognition=recognition,
        measures=whole.measures,
        appeals=lists.appeals_of(session, found),
        last=appealing.last_day(session, found),
        crumbs=_crumbs("移出记录", "removals"),
        today=clock.today(),
    )


@bp.get("/appeals")
@requires(Permission.REGISTRY_READ)
def appeals() -> Answer:
    """申诉: those that wait, or all."""
    session, today = database(), clock.today()
    every = request.args.get("view") == "all"
    found = lists.appeals(session, actor(), open_only=not every, turn=turn())
    working = calendar(session)
    lights = {one.id: light(one.due_on, today, working) for one in found.rows if one.status == AppealStatus.OPEN}
    return render_template(
        "registry/appeals.html", rows=found.rows, every=every, lights=lights, subnav=tabs("appeals"), **neighbours(found)
    )


@bp.route("/appeals/<int:appeal_id>", methods=["GET", "POST"])
@requires(Permission.REGISTRY_READ)
def appeal(appeal_id: int) -> Answer:
    """One appeal; the approver decides here, with a written answer."""
    session, who = database(), actor()
    found = queries.get_appeal(session, who, appeal_id)
    scope = found.removal.recognition.scope
    if request.method == "POST":
        require(who, Permission.APPEAL_DECIDE, scope)
    form = forms.Decide(version=found.version)

    def act(session: Session) -> Did:
        given = {"version": form.version.data, "upheld": bool(form.upheld.data), "answer": form.answer.data}
        again = appealing.decide(session, actor=who, appeal_id=appeal_id, now=clock.now(), **given)
        if again is not None:
            return f"申诉成立，已恢复在册，新证书号{again.certificate_no}。", url_for("registry.show", recognition_id=again.id)
        return f"已答复：{'申诉成立，移出已撤销' if form.upheld.data else '维持移出'}。", url_for("registry.appeal", appeal_id=appeal_id)

    more: dict[str, Any] = {
        "appeal": found,
        "contact": open_contact(found.contact),
        "removal": found.removal,
        "may_decide": found.status == AppealStatus.OPEN and can(who, Permission.APPEAL_DECIDE, scope),
        "light": light(found.due_on, clock.today(), calendar(session)) if found.status == AppealStatus.OPEN else None,
        "crumbs": _crumbs("申诉", "appeals"),
        "template": "registry/appeal.html",
        "today": clock.today(),
    }
    return act_page(form, act, title=f"申诉：{found.removal.name}", verb="答复申诉", back=url_for("registry.appeals"), **more)


@bp.get("/measures")
@requires(Permission.REGISTRY_READ)
def measures() -> Answer:
    """协同惩戒（一处违法、处处受限）: what units did after removals, and what they still owe."""
    every = request.args.get("view") == "all"
    found = lists.measures(database(), actor(), open_only=not every, turn=turn())
    return render_template("registry/measures.html", rows=found.rows, every=every, subnav=tabs("measures"), **neighbours(found))


@bp.route("/measures/<int:measure_id>", methods=["GET", "POST"])
@requires(Permission.REGISTRY_READ)
def measure(measure_id: int) -> Answer:
    """What one unit did after a removal."""
    session, who = database(), actor()
    found = lists.get_measure(session, who, measure_id)
    may_write = can(who, Permission.MEASURE_WRITE, found.scope)
    if request.method == "POST":
        require(who, Permission.MEASURE_WRITE, found.scope)
    form = forms.Answer()
    form.text.label.text = "采取的措施"

    def act(session: Session) -> Did:
        removing.record_measure(session, actor=who, measure_id=measure_id, text=form.text.data, now=clock.now())
        return "措施已填报。", url_for("registry.measure", measure_id=measure_id)

    gone = found.removal
    facts = [
        ("经营主体", f"{gone.name}（{gone.uscc or '无代码'}）"),
        ("移出", f"{full_day(gone.removed_on)}，{gone.ground}"),
        ("原类别", gone.category_name),
        ("填报单位", found.unit.short_name),
        ("告知", full_day(local_date(found.owed_at))),
    ]
    if found.done_at is not None:
        facts += [
            ("填报", f"{full_day(local_date(found.done_at))} {found.person.name if found.person else ''}"),
            ("采取的措施", found.text),
        ]
    more: dict[str, Any] = {
        "facts": facts,
        "what": "请依职责写明对该主体采取的措施，如取消评优、增加检查频次、限制申报；没有可采取的措施也请写明。",
        "crumbs": _crumbs("协同惩戒", "measures"),
        "badge": "已填报" if found.done_at else "待填报",
        "shows_form": may_write and found.done_at is None,
    }
    return act_page(form, act, title=f"协同惩戒：{gone.name}", verb="填报措施", back=url_for("registry.measures"), **more)


def _crumbs(label: str, endpoint: str) -> list[tuple[str, str]]:
    return [(HOME, url_for("registry.index")), (label, url_for(f"registry.{endpoint}"))]
