"""Tasks: the list, the matrix, the page of one task and what is done there."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires, safe_next
from coordination.filters import with_query
from coordination.forms import choices
from coordination.notices import full_day
from coordination.permissions import Permission, can
from coordination.tasks import forms, listing, page, queries, service
from coordination.tasks.actions import TERMS, Action, entitled
from coordination.tasks.listing import LIGHTS, STATUSES, Place, Reader, Sought
from coordination.transaction import transaction
from models import ProgressReport, Task
from models.base import db
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound

Answer = str | Response | tuple[str, int]
Shown = TypeVar("Shown", bound=forms.TaskForm)

ANY = ("", "全部")

bp = Blueprint("tasks", __name__, url_prefix="/tasks")


@bp.get("")
@requires(Permission.TASK_READ)
def index() -> str:
    """The list, narrowed by what the address says."""
    session, me, today = db.session(), actor(), clock.today()
    overseen = queries.overseen(session, me)
    sought, chips = _sought(session, overseen)
    found = Reader(session, me, today).page(sought, after=_place("after"), before=_place("before"))
    return render_template(
        "tasks/index.html",
        lines=found.lines,
        count=_counted(found.total, found.late),
        mechanisms=(ANY, *((m.code, m.short_name) for m in overseen)) if len(overseen) > 1 else (),
        names={m.id: m.short_name for m in overseen} if len(overseen) > 1 and sought.mechanism_id is None else {},
        units=(ANY, *listing.units_to_choose(session)) if overseen else (),
        asked={name: request.args.get(name, "") for name in ("mechanism", "unit", "light", "status")},
        empty_text=_empty(chips),
        chips=chips,
        statuses=tuple(STATUSES.items()),
        lights=(ANY, *LIGHTS.items()),
        previous_url=_turned(before=found.before),
        next_url=_turned(after=found.after),
        subnav=_subnav(overseen, "index"),
        may_create=can(me, Permission.TASK_SUPERVISE),
    )


@bp.get("/board")
@requires(Permission.TASK_READ)
def board() -> str:
    """看板: unit × light; every number leads to its rows."""
    session, me, today = db.session(), actor(), clock.today()
    overseen = queries.overseen(session, me)
    shown = overseen or queries.named(session, me.mechanism_ids)
    if not shown:
        raise NotFound("没有可看的看板")
    asked = request.args.get("mechanism")
    mechanism = next((m for m in shown if m.code == asked), shown[0])
    year = request.args.get("year", today.year, type=int)
    matrix = listing.board(Reader(session, me, today), mechanism.id, min(max(year, 2000), 9999))
    return render_template(
        "tasks/board.html",
        board=matrix,
        mechanism=mechanism,
        mechanisms=[(m.code, m.short_name) for m in shown],
        now=clock.now(),
        year=year,
        years=[(past, f"{past}年") for past in range(today.year, today.year - 5, -1)],
        fewest=listing.FEWEST_FOR_RATE,
        subnav=_subnav(overseen, "board"),
    )


@bp.get("/<int:task_id>")
@requires(Permission.TASK_READ)
def show(task_id: int) -> str:
    """One task."""
    session, me, today = db.session(), actor(), clock.today()
    task = queries.page_of(session, me, task_id)
    calendar, limits = page.light_args(session, today)
    can_oversee = me.oversees(Permission.TASK_READ) != frozenset()
    return render_template(
        "tasks/show.html",
        task=task,
        light=queries.lamp(task, today, calendar, limits),
        chain=page.chain(task),
        step=page.next_step(me, task, today, calendar, limits),
        facts=page.facts(task, today, calendar),
        progress=page.progress(queries.reports(session, task)),
        history=page.history(session, task),
        more=page.more(me, task),
        list_name="督办台账" if can_oversee else "本单位任务",
    )


@bp.post("/<int:task_id>/accept")
@requires(Permission.TASK_REPORT)
def accept(task_id: int) -> Response:
    """签收, from the task or from 我的待办 (which sends no ``next`` and is returned to)."""
    with transaction() as session:
        task = service.accept(session, actor=actor(), task_id=task_id, now=clock.now())
        said = f"已签收{task.number}。最迟{full_day(task.due_on)}办结。"
    flash(said)
    return redirect(safe_next(request.form.get("next")))


@bp.route("/<int:task_id>/report", methods=["GET", "POST"])
@requires(Permission.TASK_REPORT)
def report(task_id: int) -> Answer:
    """填报进展, by the lead unit or a co-operating one on its own share."""
    task, action = _reported(task_id)
    newest = queries.newest_report(db.session(), task, actor().unit_ids)
    form = forms.Report(version=newest.id if newest else 0, percent=newest.percent if newest else 0)
    if action is Action.HELP:
        del form.final

    def act(session: Session) -> str:
        final = bool(form.final and form.final.data)
        given = {"text": form.text.data, "percent": form.percent.data, "final": final, "seen": form.version.data}
        service.submit_report(session, actor=actor(), task_id=task_id, now=clock.now(), **given)
        return "已报结，等办公室核验。" if final else "进展已填报。"

    return _done_or_again(task_id, form, act, "tasks/report.html", verb=action.label)


@bp.route("/<int:task_id>/close", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def close(task_id: int) -> Answer:
    """核验销号."""
    task = _opened(task_id, Action.CLOSE)
    form = forms.Close(version=task.version)

    def act(session: Session) -> str:
        given = {"finding": form.finding.data, "version": form.version.data}
        return f"{service.close(session, actor=actor(), task_id=task_id, now=clock.now(), **given).number}已销号。"

    return _done_or_again(task_id, form, act, "tasks/close.html")


@bp.route("/<int:task_id>/return", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def send_back(task_id: int) -> Answer:
    """退回重办."""
    task = _opened(task_id, Action.SEND_BACK)
    form = forms.SendBack(version=task.version)

    def act(session: Session) -> str:
        given = {"reason": form.reason.data, "due_on": form.due_on.data, "version": form.version.data}
        task = service.send_back(session, actor=actor(), task_id=task_id, now=clock.now(), **given)
        return f"{task.number}已退回重办。新的时限为{_due(session, task.due_on)}。"

    return _done_or_again(task_id, form, act, "tasks/return.html", hint=_ahead())


@bp.route("/<int:task_id>/cancel", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def cancel(task_id: int) -> Answer:
    """撤销, on a page of its own that says what follows."""
    task = _opened(task_id, Action.CANCEL)
    form = forms.Cancel(version=task.version)

    def act(session: Session) -> str:
        given = {"reason": form.reason.data, "version": form.version.data}
        return f"{service.cancel(session, actor=actor(), task_id=task_id, now=clock.now(), **given).number}已撤销。"

    return _done_or_again(task_id, form, act, "tasks/cancel.html")


@bp.route("/<int:task_id>/edit", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def edit(task_id: int) -> Answer:
    """更改任务内容; whoever is second sees both texts."""
    task = _opened(task_id, Action.EDIT)
    form = forms.Edit(obj=task)
    if task.decision_id is not None:
        del form.text

    def act(session: Session) -> str:
        text = form.text.data if form.text else task.text
        given = {"title": form.title.data, "text": text or "", "deliverable": form.deliverable.data or "", "version": form.version.data}
        service.edit(session, actor=actor(), task_id=task_id, now=clock.now(), **given)
        return "任务内容已更改。"

    return _done_or_again(task_id, form, act, "tasks/edit.html")


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def new() -> Answer:
    """新建任务, without a meeting."""
    session = db.session()
    mine = queries.mechanisms(session, actor().oversees(Permission.TASK_SUPERVISE))
    mechanism = next((m for m in mine if m.code == request.args.get("mechanism")), mine[0] if mine else None)
    if mechanism is None:
        raise NotFound("还没有联席会议机制")
    form = forms.New()
    offered = choices((unit.id, unit.short_name) for unit in queries.members(session, mechanism.id, clock.today()))
    form.lead_id.choices = form.co_ids.choices = offered
    mechanism_id, tabs = mechanism.id, [(m.short_name, url_for(".new", mechanism=m.code), m is mechanism) for m in mine]
    if form.validate_on_submit():
        given = {name: form[name].data for name in ("source", "title", "lead_id", "due_on")}
        given |= {"text": form.text.data or "", "deliverable": form.deliverable.data or "", "co_ids": form.co_ids.data or []}
        try:
            with transaction() as writing:
                task = service.create(writing, actor=actor(), mechanism_id=mechanism_id, now=clock.now(), **given)
                said = f"已下达{task.number}，时限{_due(writing, task.due_on)}。已通知牵头、配合单位联络员。"
                url = url_for(".show", task_id=task.id)
        except BadInput as broken:
            form.form_errors.append(broken.message)
        else:
            flash(said)
            return redirect(url)
    shown = render_template(
        "tasks/new.html", form=form, subnav=tabs if len(tabs) > 1 else [], hint=_ahead(), earliest=page.earliest(clock.today())
    )
    return shown, 422 if form.errors else 200


# What the pages share


def _opened(task_id: int, action: Action) -> Task:
    """The task if this person may do this to it (404, 403); a page that is only opened also needs the state for it (409)."""
    session, me = db.session(), actor()
    task = queries.page_of(session, me, task_id)
    if not entitled(me, task, action):
        raise NotAllowed(f"您没有{action.label}这项任务的权限，需要请联系联席会议办公室")
    if request.method == "GET" and task.status not in TERMS[action].states:
        raise IllegalMove(service.refusal(session, task, action))
    return task


def _reported(task_id: int) -> tuple[Task, Action]:
    """The task and as what this person reports on it: as the lead unit, or as a co-operating one."""
    task = queries.page_of(db.session(), actor(), task_id)
    action = Action.REPORT if entitled(actor(), task, Action.REPORT) else Action.HELP
    return _opened(task_id, action), action


def _done_or_again(task_id: int, form: Shown, act: Callable[[Session], str], template: str, **more: Any) -> Answer:
    """Do it and go to the task; or show the form again with all that was typed, and why it was not done."""
    status, conflict = 200, None
    if form.validate_on_submit():
        try:
            with transaction() as session:
                said = act(session)
        except Conflict as broken:
            conflict, status = broken, 409
            form.take_version(broken.version)
        except (IllegalMove, BadInput) as broken:
            status = broken.status
            form.form_errors.append(broken.message)
        else:
            flash(said)
            return redirect(url_for(".show", task_id=task_id))
    elif form.errors:
        status = 422
    session, today = db.session(), clock.today()
    task = queries.page_of(session, actor(), task_id)
    light = queries.lamp(task, today, *page.light_args(session, today))
    more |= {"task": task, "light": light, "conflict": conflict, "earliest": page.earliest(today)}
    if isinstance(form, forms.Close):
        more["newest"] = next((done for done in queries.reports(session, task) if done.is_final), None)
        more["late"] = page.late_by(task, queries.calendar(session))
    elif isinstance(form, forms.Report) and conflict is not None:
        more["newest"] = session.get_one(ProgressReport, conflict.version)
    return render_template(template, form=form, **more), status


def _subnav(overseen: Sequence[queries.Named], current: str) -> list[tuple[str, str, bool]]:
    """台账 and 看板, for who oversees more than a unit's own tasks."""
    if not overseen:
        return []
    return [("台账", url_for(".index"), current == "index"), ("看板", url_for(".board"), current == "board")]


def _sought(session: Session, overseen: Sequence[queries.Named]) -> tuple[Sought, list[tuple[str, str]]]:
    """The filters of the address; what they do not know narrows nothing. And the chips that take each away."""
    args = request.args
    chips: list[tuple[str, str]] = []

    def chip(name: str, words: str) -> None:
        chips.append((words, with_query(request.full_path, **{"after": None, "before": None, name: None})))

    mechanism = next((m for m in overseen if m.code == args.get("mechanism")), None)
    if mechanism is not None and len(overseen) > 1:
        chip("mechanism", mechanism.short_name)
    unit_id = None
    if overseen and args.get("unit"):
        unit = listing.unit_coded(session, args["unit"])
        if unit is not None:
            unit_id = unit[0]
            chip("unit", f"牵头：{unit[1]}")
    status = args.get("status", "") if args.get("status") in STATUSES else listing.OPEN
    if status != listing.OPEN:
        chip("status", STATUSES[status])
    light = args.get("light", "") if args.get("light") in LIGHTS else ""
    if light:
        chip("light", LIGHTS[light])
    year = args.get("year", type=int)
    if year is not None and 2000 <= year <= 9999:
        chip("year", f"{year}年")
    else:
        year = None
    return Sought(status, light, mechanism.id if mechanism else None, unit_id, year), chips


def _place(name: str) -> Place | None:
    """Where to turn the page: ``2026-06-30.17``; None for anything else."""
    day, _, number = request.args.get(name, "").partition(".")
    try:
        return date.fromisoformat(day), min(int(number), queries.LARGEST_ID)
    except ValueError:
        return None


def _turned(*, before: Place | None = None, after: Place | None = None) -> str | None:
    """The address of a neighbouring page; None where there is none."""
    place = before or after
    if place is None:
        return None
    there = f"{place[0].isoformat()}.{place[1]}"
    return with_query(request.full_path, before=there if before else None, after=there if after else None)


def _counted(total: int, late: int) -> str:
    """38件，其中3件逾期; a long list is said to be long."""
    more = "以上" if total >= listing.MOST_COUNTED else ""
    return f"{total:,}件{more}" + (f"，其中{late:,}件逾期" if late else "")


def _empty(chips: list[tuple[str, str]]) -> str:
    """What an empty list says."""
    return "没有符合条件的任务。可去掉部分条件再查。" if chips else "没有未销号的任务。会议纪要印发或办公室下达任务后，会在此列出。"


def _ahead() -> str:
    """The hint beside a date to be chosen."""
    return page.days_ahead(clock.today(), queries.calendar(db.session()))


def _due(session: Session, day: date) -> str:
    """A due date as said after it was set, with a word when it is no working day."""
    return full_day(day) + page.day_note(day, queries.calendar(session))
