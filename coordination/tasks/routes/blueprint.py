"""The blueprint of tasks, and what its pages share: the links under h1, opening a task for one action, doing it or asking again."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import clock, evidence
from coordination.access import actor
from coordination.filters import with_query
from coordination.notices import full_day
from coordination.permissions import Permission, can
from coordination.tasks import forms, guard, letters, page, queries
from coordination.tasks.actions import TERMS, Action, entitled
from coordination.tasks.listing import Place
from coordination.transaction import transaction
from models import ProgressReport, Task
from models.base import db
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed

Answer = str | Response | tuple[str, int]
Shown = TypeVar("Shown", bound=forms.TaskForm)

bp = Blueprint("tasks", __name__, url_prefix="/tasks")

# Words, endpoint, what its address has more than the list's, is it for those who oversee tasks, the right it needs.
TABS: tuple[tuple[str, str, str, bool, Permission], ...] = (
    ("任务", "index", "", False, Permission.TASK_READ),
    ("看板", "board", "/board", True, Permission.TASK_READ),
    ("台账", "ledger", "/ledger", True, Permission.TASK_READ),
    ("日历", "month", "/calendar", False, Permission.TASK_READ),
    ("文书", "papers", "/papers", False, Permission.TASK_READ),
    ("常态化任务", "recurring", "/recurring", True, Permission.TASK_SUPERVISE),
    ("群消息", "hooks", "/hooks", True, Permission.TASK_SUPERVISE),
)


def opened(task_id: int, action: Action) -> Task:
    """The task if this person may do this to it (404, 403); a page that is only opened also needs the state for it (409)."""
    session, me = db.session(), actor()
    task = queries.page_of(session, me, task_id)
    if not entitled(me, task, action):
        raise NotAllowed(f"您没有{action.label}这项任务的权限，需要请联系联席会议办公室")
    if request.method == "GET" and task.status not in TERMS[action].states:
        raise IllegalMove(guard.refusal(session, task, action))
    return task


def done_or_again(task_id: int, form: Shown, act: Callable[[Session], str], template: str, **more: Any) -> Answer:
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
    last = next(iter(page.history(session, task)), None) if conflict is not None else None
    more |= {"task": task, "light": light, "conflict": conflict, "last": last, "earliest": page.earliest(today)}
    if isinstance(form, forms.Close):
        more["newest"] = next((done for done in queries.reports(session, task) if done.is_final), None)
        more["late"] = page.late_by(task, queries.calendar(session))
    elif isinstance(form, forms.Report):
        more["types"] = evidence.TYPES
        if conflict is not None:
            more["newest"] = session.get_one(ProgressReport, conflict.version)
    return render_template(template, form=form, **more), status


def tabs(current: str) -> list[tuple[str, str, bool]]:
    """The links under h1; who oversees nothing has no use for matrix and ledger."""
    me = actor()
    oversees, home = me.oversees(Permission.TASK_READ) != frozenset(), url_for("tasks.index")
    shown = (tab for tab in TABS if (oversees or not tab[3]) and can(me, tab[4]))
    return [(words, f"{home}{more}", endpoint == current) for words, endpoint, more, _, _ in shown]


def head_of(task: Task, *, form: str = "") -> dict[str, Any]:
    """What every page that does something to a task shows; ``form``: the date field that offers no day past."""
    session, today = db.session(), clock.today()
    there = url_for("tasks.show", task_id=task.id)
    options = {form: {"attrs": page.earliest(today)}} if form else {}
    light = queries.lamp(task, today, *page.light_args(session, today))
    return {"back": there, "crumbs": [(task.number, there)], "badge": task.status.label, "light": light, "options": options}


def earliest() -> dict[str, str]:
    """The attribute that keeps a date control from offering days past."""
    return page.earliest(clock.today())


def place(name: str) -> Place | None:
    """Where to turn the page: ``2026-06-30.17``; None for anything else."""
    day, _, number = request.args.get(name, "").partition(".")
    try:
        return date.fromisoformat(day), min(int(number), queries.LARGEST_ID)
    except ValueError:
        return None


def turned(*, before: Place | None = None, after: Place | None = None) -> str | None:
    """The address of a neighbouring page; None where there is none."""
    place = before or after
    if place is None:
        return None
    there = f"{place[0].isoformat()}.{place[1]}"
    return with_query(request.full_path, before=there if before else None, after=there if after else None)


def ahead() -> str:
    """The hint beside a date to be chosen."""
    return page.days_ahead(clock.today(), queries.calendar(db.session()))


def due(session: Session, day: date) -> str:
    """A due date as said after it was set, with a word when it is no working day."""
    return full_day(day) + letters.day_note(day, queries.calendar(session))
