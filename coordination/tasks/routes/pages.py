"""Tasks: the list, the matrix and the page of one task."""

from collections.abc import Sequence

from flask import render_template, request
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.filters import with_query
from coordination.permissions import Permission, can
from coordination.tasks import extending, listing, page, papers, queries, reviewing
from coordination.tasks.listing import LIGHTS, STATUSES, Reader, Sought
from coordination.tasks.routes.blueprint import bp, place, tabs, turned
from models import ExtensionStatus
from models.base import db
from models.errors import NotFound

ANY = ("", "全部")
HOME = "督办任务"


@bp.get("")
@requires(Permission.TASK_READ)
def index() -> str:
    """The list, narrowed by what the address says."""
    session, me, today = db.session(), actor(), clock.today()
    overseen = queries.overseen(session, me)
    sought, chips = _sought(session, overseen)
    found = Reader(session, me, today).page(sought, after=place("after"), before=place("before"))
    return render_template(
        "tasks/index.html",
        heading=HOME if overseen else "本单位任务",
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
        previous_url=turned(before=found.before),
        next_url=turned(after=found.after),
        subnav=tabs("index"),
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
        subnav=tabs("board"),
    )


@bp.get("/<int:task_id>")
@requires(Permission.TASK_READ)
def show(task_id: int) -> str:
    """One task."""
    session, me, today = db.session(), actor(), clock.today()
    task = queries.page_of(session, me, task_id)
    calendar, limits = page.light_args(session, today)
    can_oversee = me.oversees(Permission.TASK_READ) != frozenset()
    extensions = extending.of_task(session, task)
    asked = next((one for one in extensions if one.status == ExtensionStatus.ASKED), None)
    granted = sum(one.status == ExtensionStatus.GRANTED for one in extensions)
    return render_template(
        "tasks/show.html",
        task=task,
        light=queries.lamp(task, today, calendar, limits),
        chain=page.chain(task),
        step=page.next_step(me, task, today, calendar, limits, asked),
        facts=page.facts(task, today, calendar, granted),
        extensions=[page.asked_facts(one) for one in extensions],
        papers=page.papers_of(session, me, task),
        label=papers.named,
        may_post=can(me, Permission.PROPOSAL_POST, task.scope) and task.status not in task.ENDED,
        progress=page.progress(queries.reports(session, task)),
        history=page.history(session, task),
        more=page.more(me, task, reviewed=reviewing.coming(session, task) is not None and reviewing.may_write(me, task)),
        list_name=HOME if can_oversee else "本单位任务",
    )


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


def _counted(total: int, late: int) -> str:
    """38件，其中3件逾期; a long list is said to be long."""
    more = "以上" if total >= listing.MOST_COUNTED else ""
    return f"{total:,}件{more}" + (f"，其中{late:,}件逾期" if late else "")


def _empty(chips: list[tuple[str, str]]) -> str:
    """What an empty list says."""
    return "没有符合条件的任务。可去掉部分条件再查。" if chips else "没有未销号的任务。会议纪要印发或办公室下达任务后，会在此列出。"
