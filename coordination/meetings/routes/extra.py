"""临时会议: asking for one, the office's answer, the convenor's decision, and the trail."""

from typing import Any

from flask import render_template, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did, act_page
from coordination.forms import choices
from coordination.meetings import extra, opinions, queries, words
from coordination.meetings import proposals as service
from coordination.meetings.forms import ExtraAnswerForm, ExtraForm
from coordination.meetings.routes.blueprint import Page, asked, bp, database, subnav
from coordination.permissions import Permission, can, require
from coordination.tasks.queries import calendar
from models import ExtraRequest, ExtraRequestStatus
from models.calendar import local_date
from models.errors import IllegalMove
from models.light import light
from models.scope import Scope


@bp.get("/requests")
@requires(Permission.MEETING_READ)
def requests() -> Page:
    """临时会议申请, newest first."""
    session, who = database(), actor()
    page = extra.listed(session, who, before=asked("before"), after=asked("after"))
    return render_template("meetings/requests.html", page=page, subnav=subnav("requests"), may_ask=can(who, Permission.PROPOSAL_WRITE))


@bp.get("/requests/<int:request_id>")
@requires(Permission.MEETING_READ)
def extra_request(request_id: int) -> Page:
    """One request: what was asked, answered and decided, and what is to be done now."""
    session, who = database(), actor()
    found = extra.get(session, who, request_id)
    lamp = light(found.due_on, clock.today(), calendar(session)) if found.status == ExtraRequestStatus.ASKED and found.due_on else None
    scope, agreed = Scope(found.mechanism_id), found.status == ExtraRequestStatus.AGREED
    plans = can(who, Permission.MEETING_PLAN, scope)
    clock_ = opinions.clock_of(session, extra.RULE, found.mechanism_id, local_date(found.asked_at))
    return render_template(
        "meetings/request.html",
        request_=found,
        lamp=lamp,
        steps="→".join(clock_[1].steps) if clock_ else "",
        may_answer=plans and found.status == ExtraRequestStatus.ASKED,
        may_decide=can(who, Permission.MEETING_CONVENE, scope) and found.status == ExtraRequestStatus.ANSWERED,
        may_plan=plans and agreed and found.meeting_id is None,
        sees_meeting=found.meeting is not None and (found.meeting.is_shared or queries.oversees(who, found.mechanism_id)),
        history=queries.history(session, found),
    )


@bp.route("/requests/new", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_WRITE)
def ask_extra() -> Answer:
    """提请召开临时会议, with the reason."""
    session, who = database(), actor()
    mechanisms = queries.mechanisms(session, who, Permission.PROPOSAL_WRITE)
    form = ExtraForm()
    form.mechanism_id.choices = choices((mechanism.id, mechanism.name) for mechanism in mechanisms)
    if not form.is_submitted() and mechanisms:
        form.mechanism_id.data = mechanisms[0].id
    back = url_for("meetings.requests")

    def act(session: Session) -> Did:
        given: dict[str, Any] = {"mechanism_id": form.mechanism_id.data, "title": form.title.data, "reason": form.reason.data}
        unit_id = service.unit_that_proposes(session, who, form.mechanism_id.data, clock.now())
        made = extra.ask(session, actor=who, unit_id=unit_id, now=clock.now(), **given)
        return "已提请召开临时会议，等联席会议办公室答复。", url_for("meetings.extra_request", request_id=made.id)

    due = [extra_due(session, mechanism.id, mechanism.short_name) for mechanism in mechanisms]
    lines = (*due, "是否召开由召集人决定，办公室和召集人的意见会告知本单位")
    hints = {"title": "一句话写明开会要议什么", "reason": "写明情况、为什么不能等到下次例会、建议何时召开、建议哪些单位参加"}
    more: dict[str, Any] = {"consequences": lines, "hints": hints, "crumbs": [("会议", url_for("meetings.index")), ("临时会议", back)]}
    return act_page(form, act, title="提请召开临时会议", verb="提请召开", back=back, back_label="返回，不提请", **more)


def extra_due(session: Session, mechanism_id: int, name: str) -> str:
    """By when the office of this mechanism answers what is asked today."""
    found = opinions.clock_of(session, extra.RULE, mechanism_id, clock.today())
    if found is None or found[1].due is None:
        return f"{name}办公室的答复没有设定时限"
    return f"{name}办公室最迟{words.full_day(found[1].due)}答复（{found[0].words}）"


@bp.route("/requests/<int:request_id>/answer", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def answer_extra(request_id: int) -> Answer:
    """The office's answer, for the convenor to decide on."""
    found = _open(request_id, Permission.MEETING_PLAN, ExtraRequestStatus.ASKED)
    form = ExtraAnswerForm()
    form.agrees.choices = choices([("yes", "建议召开"), ("no", "建议不召开")])

    def act(session: Session) -> Did:
        agrees, text = form.agrees.data == "yes", form.words.data or ""
        extra.answer(session, actor=actor(), request_id=request_id, agrees=agrees, text=text, now=clock.now())
        return "已答复，报召集人决定。", url_for("meetings.extra_request", request_id=request_id)

    lines = ("报召集人决定是否召开", f"{found.unit.short_name}会收到答复")
    return _page(form, act, found, "答复临时会议申请", "答复并报召集人", lines)


@bp.route("/requests/<int:request_id>/decide", methods=["GET", "POST"])
@requires(Permission.MEETING_CONVENE)
def decide_extra(request_id: int) -> Answer:
    """The convenor's decision."""
    found = _open(request_id, Permission.MEETING_CONVENE, ExtraRequestStatus.ANSWERED)
    form = ExtraAnswerForm()
    form.agrees.label.text, form.words.label.text = "决定", "意见"
    form.agrees.choices = choices([("yes", "同意召开"), ("no", "不召开")])

    def act(session: Session) -> Did:
        agrees, text = form.agrees.data == "yes", form.words.data or ""
        extra.decide(session, actor=actor(), request_id=request_id, agrees=agrees, text=text, now=clock.now())
        said = "已同意召开，由办公室筹备。" if agrees else "已决定不召开。"
        return said, url_for("meetings.extra_request", request_id=request_id)

    lines = (f"{found.unit.short_name}和办公室会收到决定", "同意召开的，由办公室据此筹备临时会议")
    return _page(form, act, found, "定临时会议", "作出决定", lines)


def _page(form: ExtraAnswerForm, act: Any, found: ExtraRequest, title: str, verb: str, lines: tuple[str, ...]) -> Answer:
    there = url_for("meetings.extra_request", request_id=found.id)
    facts = [("提请单位", found.unit.short_name), ("理由", found.reason)]
    if found.answered_at:
        facts.append(("办公室意见", f"{'建议召开' if found.office_agrees else '建议不召开'}。{found.office_words}"))
    crumbs = [("会议", url_for("meetings.index")), ("临时会议", url_for("meetings.requests")), (found.title, there)]
    more: dict[str, Any] = {"facts": facts, "consequences": lines, "crumbs": crumbs}
    if found.status == ExtraRequestStatus.ASKED and found.due_on:
        facts.append(("答复时限", words.full_day(found.due_on)))
        more["light"] = light(found.due_on, clock.today(), calendar(database()))
    return act_page(form, act, title=f"{title}：{found.title}", verb=verb, back=there, **more)


def _open(request_id: int, permission: Permission, status: ExtraRequestStatus) -> ExtraRequest:
    found = extra.get(database(), actor(), request_id)
    require(actor(), permission, Scope(found.mechanism_id))
    if found.status != status:
        raise IllegalMove(f"申请现为“{found.status.label}”，不能再办理")
    return found
