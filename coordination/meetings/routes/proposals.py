"""Proposals (议题): the list, the page of one, drafting, handing in, and what the office makes of it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from coordination import clock, evidence
from coordination.access import actor, requires
from coordination.acting import Answer, Did, act_page
from coordination.complaints.queries import seen_by
from coordination.forms import Form, choices, uploaded
from coordination.meetings import agenda, opinions, posting, queries, words
from coordination.meetings import proposals as service
from coordination.meetings.forms import NEXT_MEETING, ProposalForm, ReasonForm, SendForm
from coordination.meetings.routes.blueprint import Page, asked, bp, conflict_page, database, subnav, to
from coordination.permissions import Actor, Permission, can, require
from coordination.tasks.queries import calendar, get_report
from coordination.transaction import transaction
from models import AgendaItem, Complaint, Meeting, Proposal, ProposalStatus, Task
from models.calendar import local_date
from models.errors import BadInput, Conflict, IllegalMove
from models.light import light
from models.scope import Scope


@bp.get("/proposals")
@requires(Permission.MEETING_READ)
def proposals() -> Page:
    """议题: newest first, by mechanism and state."""
    session, who = database(), actor()
    mechanism_id, status = asked("mechanism"), _status(request.args.get("status", ""))
    page = queries.listed_proposals(session, who, mechanism_id=mechanism_id, status=status, before=asked("before"), after=asked("after"))
    return render_template(
        "meetings/proposals.html",
        subnav=subnav("proposals"),
        page=page,
        mechanism_choices=[("", "全部"), *((mechanism.id, mechanism.short_name) for mechanism in queries.mechanisms(session, who))],
        status_choices=[("", "全部"), *((kind.value, kind.label) for kind in ProposalStatus)],
        mechanism_id=mechanism_id,
        status=status,
        may_write=can(who, Permission.PROPOSAL_WRITE),
    )


@bp.get("/proposals/<int:proposal_id>")
@requires(Permission.MEETING_READ)
def proposal(proposal_id: int) -> Page:
    """议题页: its text, where it stands, where it led."""
    session, who = database(), actor()
    found = queries.get_proposal(session, who, proposal_id)
    items = queries.items_of_proposal(session, who, found)
    said, working = opinions.of_proposal(session, who, found), calendar(session)
    meetings = queries.collecting(session, [found.mechanism_id]) if _may_decide(who, found) else []
    return render_template(
        "meetings/proposal.html",
        proposal=found,
        chain=[*chain(session, who, found, items), *(_link(session, who, one, "转送") for one in posting.linked(session, found)[1])],
        **_before_handing_in(who, found),
        opinions=said,
        lamps={one.id: light(one.due_on, clock.today(), working) for one in said},
        may_ask=opinions.may_ask(who, found),
        own_units=queries.answers_for(who),
        may_decide=_may_decide(who, found),
        may_send=_may_decide(who, found) and found.status in Proposal.WITH_OFFICE and bool(posting.others(session, found)),
        may_place=bool(meetings) and found.status in {ProposalStatus.SUBMITTED, ProposalStatus.CARRIED_OVER},
        meetings=meetings,
        late=found.meeting is not None and clock.today() > found.meeting.proposals_due_on,
        history=queries.history(session, found),
    )


def _before_handing_in(who: Actor, found: Proposal) -> dict[str, Any]:
    """What the unit can still do, and what is missing before it is handed in."""
    today = clock.today()
    writes, releases = (can(who, right, found.scope) for right in (Permission.PROPOSAL_WRITE, Permission.PROPOSAL_RELEASE))
    own = writes and found.status in Proposal.WITH_ITS_UNIT
    needs = service.needs_release(found, today)
    return {
        "may_write": own,
        "may_submit": writes and found.status in Proposal.WITH_ITS_UNIT | {ProposalStatus.RELEASED} and (releases or not needs),
        "may_ask_release": own and needs and not releases and not found.waits_for_head,
        "may_release": releases and found.waits_for_head,
        "may_ask_changes": releases and (found.waits_for_head or found.status == ProposalStatus.RELEASED),
        "missing": service.missing(found, may_release=True, on=today) if writes else [],
    }


def chain(session: Session, who: Actor, found: Proposal, items: list[AgendaItem]) -> list[dict[str, Any]]:
    """来龙去脉: the proposal, the meeting, its decisions, their tasks; each with its state, 尚无 where it has not got so far."""
    links = [*_source(session, who, found), {"label": "议题", "state": found.status.label, "url": None, "current": True}]
    if not items:
        return [*links, *({"label": label, "state": "尚无", "url": None, "current": False} for label in ("会议", "议定事项", "任务"))]
    item = items[-1]
    url = url_for("meetings.show", meeting_id=item.meeting_id)
    links.append(
        {"label": f"{item.meeting.name}第{item.position + 1}项", "state": item.outcome.label, "url": f"{url}#agenda", "current": False}
    )
    tasks = queries.tasks_of(items)
    shown = queries.oversees(who, item.meeting.mechanism_id) or bool(tasks)
    count = len(item.decisions) if shown else 0
    links.append(
        {
            "label": f"议定事项{count or ''}",
            "state": "" if count else "尚无",
            "url": f"{url}#decisions" if count else None,
            "current": False,
        }
    )
    return [*links, *_task_links(who, list(tasks.values()))]


def _source(session: Session, who: Actor, found: Proposal) -> list[dict[str, Any]]:
    """What it was posted from; a link for whoever may see that."""
    complaint = queries.disputed_in(session, found)
    if complaint is None:
        return [_link(session, who, one, "转自") for one in posting.linked(session, found)[0]]
    seen = session.scalar(select(exists().where(Complaint.id == complaint.id, seen_by(who))))
    url = url_for("complaints.show", complaint_id=complaint.id) if seen else None
    return [{"label": f"{complaint.kind.label}{complaint.number}", "state": complaint.status.label, "url": url, "current": False}]


def _link(session: Session, who: Actor, other: Proposal, word: str) -> dict[str, Any]:
    """The same matter in another mechanism; a link for whoever may see that."""
    seen = session.scalar(select(exists().where(Proposal.id == other.id, queries.visible_proposals(who))))
    url = url_for("meetings.proposal", proposal_id=other.id) if seen else None
    return {"label": f"{word}{other.mechanism.short_name}议题", "state": other.status.label, "url": url, "current": False}


def _task_links(who: Actor, tasks: list[Task]) -> list[dict[str, Any]]:
    if not tasks:
        return [{"label": "任务", "state": "尚无", "url": None, "current": False}]
    first, more = tasks[0], len(tasks) - 1
    may_open = can(who, Permission.TASK_READ, first.scope)
    url = url_for("tasks.show", task_id=first.id) if may_open else None
    return [{"label": first.number + (f"等{more + 1}项" if more else ""), "state": first.status.label, "url": url, "current": False}]


@bp.route("/proposals/new", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_WRITE)
def new_proposal() -> Page:
    """提出议题: a draft, of which nobody is told."""
    session, who = database(), actor()
    mechanisms = queries.mechanisms(session, who, Permission.PROPOSAL_WRITE)
    meetings = queries.collecting(session, [mechanism.id for mechanism in mechanisms])
    form = ProposalForm()
    form.meeting_id.choices = choices(
        [
            *((meeting.id, _choice(meeting)) for meeting in meetings),
            *((-mechanism.id, f"{mechanism.short_name}下次会议（时间未定）") for mechanism in mechanisms),
        ]
    )
    if not form.is_submitted():
        given = asked("meeting_id")
        form.meeting_id.data = given if given in {meeting.id for meeting in meetings} else form.meeting_id.choices[0].value
    if form.validate_on_submit():
        target = next((meeting for meeting in meetings if meeting.id == form.meeting_id.data), None)
        mechanism_id = target.mechanism_id if target else -form.meeting_id.data
        try:
            with transaction() as session:
                unit_id = service.unit_that_proposes(session, who, mechanism_id, clock.now())
                made = service.draft(
                    session,
                    actor=who,
                    mechanism_id=mechanism_id,
                    unit_id=unit_id,
                    meeting_id=form.meeting_id.data if target else None,
                    now=clock.now(),
                    **_text(form),
                )
                proposal_id = made.id
        except BadInput as bad:
            form.form_errors.append(bad.message)
        else:
            flash("议题已存为草稿，尚未提交。")
            return to("proposal", anchor="do", proposal_id=proposal_id)
    return render_template("meetings/proposal_form.html", form=form, proposal=None, types=evidence.TYPES), 422 if form.errors else 200


@bp.route("/proposals/<int:proposal_id>/edit", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_WRITE)
def edit_proposal(proposal_id: int) -> Page:
    """修改议题, while it is with its unit."""
    who = actor()
    found = queries.get_proposal(database(), who, proposal_id)
    require(who, Permission.PROPOSAL_WRITE, found.scope)
    if found.status not in Proposal.WITH_ITS_UNIT:
        raise IllegalMove(f"议题现为“{found.status.label}”，不能再修改。需要改动请联系联席会议办公室退回")
    form = ProposalForm(data=_stored(found))
    meetings = queries.collecting(database(), [found.mechanism_id])
    form.meeting_id.choices = choices([*((meeting.id, _choice(meeting)) for meeting in meetings), (NEXT_MEETING, "下次会议（时间未定）")])
    if not form.is_submitted() and form.meeting_id.data not in {meeting.id for meeting in meetings}:
        form.meeting_id.data = NEXT_MEETING
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.edit(
                    session,
                    actor=who,
                    proposal_id=proposal_id,
                    version=form.version.data or 0,
                    meeting_id=form.meeting_id.data or None,
                    now=clock.now(),
                    **_text(form),
                )
        except BadInput as bad:
            form.form_errors.append(bad.message)
        except Conflict as conflict:
            url = url_for("meetings.proposal", proposal_id=proposal_id)
            return conflict_page(conflict, queries.get_proposal(database(), who, proposal_id), label="议题", name="body", theirs_url=url)
        else:
            flash("议题已修改，尚未提交。")
            return to("proposal", anchor="do", proposal_id=proposal_id)
    return render_template("meetings/proposal_form.html", form=form, proposal=found, types=evidence.TYPES), 422 if form.errors else 200


@bp.post("/proposals/<int:proposal_id>/submit")
@requires(Permission.PROPOSAL_WRITE)
def submit_proposal(proposal_id: int) -> Page:
    """提交议题 to the office."""
    with transaction() as session:
        made = service.submit(session, actor=actor(), proposal_id=proposal_id, now=clock.now())
        late = made.is_late
    flash("议题已提交，列入迟交清单，等联席会议办公室审议。" if late else "议题已提交，等联席会议办公室审议。")
    return to("proposal", proposal_id=proposal_id)


@bp.post("/proposals/of-dispute/<int:complaint_id>")
@requires(Permission.PROPOSAL_POST)
def post_dispute(complaint_id: int) -> Page:
    """提请联席会议议定 the dispute about a case; back to the case, where it goes on."""
    with transaction() as session:
        made = posting.post_dispute(session, actor=actor(), complaint_id=complaint_id, now=clock.now())
        name = made.mechanism.short_name
    flash(f"已提请{name}议定，等联席会议办公室审议。议定后请按会议纪要登记指定结果。")
    return redirect(url_for("complaints.show", complaint_id=complaint_id))


@bp.route("/proposals/of-support/<int:report_id>", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_POST)
def post_support(report_id: int) -> Answer:
    """提请下次会议议定 what a unit reports it needs support for; what will be handed in is on the page."""
    report = get_report(database(), actor(), report_id)
    there = url_for("tasks.show", task_id=report.task_id)

    def act(session: Session) -> Did:
        made = posting.post_support(session, actor=actor(), report_id=report_id, now=clock.now())
        return f"已提请{made.mechanism.short_name}议定。", url_for(".proposal", proposal_id=made.id)

    facts = [("任务", f"{report.task.number}　{report.task.title}"), ("提出单位", report.unit.short_name), ("需要支持", report.support)]
    lines = (f"以{report.unit.short_name}的名义列为议题，等审议后列入议程", "议题注明来自这项任务，任务照常办理和督办")
    more = {"consequences": lines, "facts": facts, "crumbs": [(report.task.number, there)]}
    return act_page(Form(), act, title="提请下次会议议定", verb="提请议定", back=there, **more)


@bp.route("/proposals/<int:proposal_id>/settle", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def settle_proposal(proposal_id: int) -> Page:
    """会前解决: how it was settled."""
    words_ = {"title": "会前解决", "verb": "记为会前解决", "label": "解决办法", "back_label": "返回，不记"}
    return _decide(proposal_id, service.settle_before, "议题已记为会前解决。", "记下后不再列入议程，提出单位会收到解决办法。", words_)


@bp.route("/proposals/<int:proposal_id>/return", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def return_proposal(proposal_id: int) -> Page:
    """退回议题, with the reason."""
    words_ = {"title": "退回议题", "verb": "退回议题", "label": "退回原因", "back_label": "返回，不退回"}
    return _decide(proposal_id, service.send_back, "议题已退回。", "提出单位会收到退回原因，修改后可再提交。", words_)


def _decide(proposal_id: int, act: Any, done: str, told: str, words_: dict[str, str]) -> Page:
    who = actor()
    found = queries.get_proposal(database(), who, proposal_id)
    require(who, Permission.MEETING_PLAN, Scope(found.mechanism_id))
    form = ReasonForm()
    form.reason.label.text = words_["label"]
    if form.validate_on_submit():
        with transaction() as session:
            act(session, actor=who, proposal_id=proposal_id, reason=form.reason.data, now=clock.now())
        flash(done)
        return to("proposal", proposal_id=proposal_id)
    if found.status != ProposalStatus.SUBMITTED:
        raise IllegalMove(f"议题现为“{found.status.label}”，不能{words_['verb']}")
    url = url_for("meetings.proposal", proposal_id=proposal_id)
    page = render_template(
        "meetings/reason.html",
        form=form,
        title=f"{words_['title']}：{found.title}",
        verb=words_["verb"],
        crumb=("议题", url),
        back_url=url,
        back_label=words_["back_label"],
        hint=None,
        told=None,
        consequences=[told],
    )
    return page, 422 if form.errors else 200


@bp.route("/proposals/<int:proposal_id>/send", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def send_proposal(proposal_id: int) -> Answer:
    """转送另一机制: a proposal there, linked both ways."""
    who = actor()
    found = queries.get_proposal(database(), who, proposal_id)
    require(who, Permission.MEETING_PLAN, Scope(found.mechanism_id))
    if found.status not in Proposal.WITH_OFFICE:
        raise IllegalMove(f"议题现为“{found.status.label}”，不能转送")
    form, there = SendForm(), url_for("meetings.proposal", proposal_id=proposal_id)
    form.mechanism_id.choices = choices((one.id, one.name) for one in posting.others(database(), found))

    def act(session: Session) -> Did:
        given = {"proposal_id": proposal_id, "mechanism_id": form.mechanism_id.data}
        made = posting.send_to(session, actor=who, now=clock.now(), **given)
        return f"已转送{made.mechanism.short_name}，等其办公室审议。", there

    lines = ("在所选机制列为议题，附件一并转去，由其办公室审议", "本机制的议题不变；不再上会的，请另行办理会前解决或退回")
    more: dict[str, Any] = {"consequences": lines, "back_label": "返回，不转送"}
    more["crumbs"] = [("会议", url_for("meetings.index")), ("议题", url_for("meetings.proposals")), (found.title, there)]
    return act_page(form, act, title=f"转送另一机制：{found.title}", verb="转送议题", back=there, **more)


@bp.post("/proposals/<int:proposal_id>/take-up")
@requires(Permission.MEETING_PLAN)
def take_up_proposal(proposal_id: int) -> Page:
    """列入议程 of the meeting named in the form."""
    meeting_id = request.form.get("meeting_id", type=int) or 0
    who = actor()
    queries.get_proposal(database(), who, proposal_id)
    with transaction() as session:
        item = agenda.take_up(session, actor=who, meeting_id=meeting_id, proposal_id=proposal_id, now=clock.now())
        title, number = item.title, item.position + 1
    flash(f"“{title}”已列入议程，为第{number}项。")
    return to("agenda", meeting_id=meeting_id)


def _may_decide(who: Actor, found: Proposal) -> bool:
    return can(who, Permission.MEETING_PLAN, Scope(found.mechanism_id))


def _status(value: str) -> ProposalStatus | None:
    return {status.value: status for status in ProposalStatus}.get(value)


def _choice(meeting: Meeting) -> str:
    late = "，现已截止，提交即为迟交" if clock.today() > meeting.proposals_due_on else ""
    on = words.day(local_date(meeting.starts_at))
    return f"{meeting.name}：{on}召开，议题最迟{words.day(meeting.proposals_due_on)}提交{late}"


def _stored(found: Proposal) -> dict[str, Any]:
    """What the form shows of a proposal; its papers stand on its own page."""
    return {name: getattr(found, name) for name in ("version", "meeting_id", "title", "body", "urgent_reason", "minutes_wanted")}


def _text(form: ProposalForm) -> dict[str, Any]:
    return {
        "title": form.title.data,
        "body": form.body.data or "",
        "minutes_wanted": form.minutes_wanted.data,
        "urgent_reason": form.urgent_reason.data or "",
        "files": uploaded(form.files),
    }
