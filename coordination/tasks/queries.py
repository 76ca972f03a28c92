"""Tasks as they are read. Each query says for whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from coordination.members.queries import heirs
from coordination.permissions import UNIT_ROLES, Actor, Permission, can
from coordination.settings import queries as settings
from models import (
    AgendaItem,
    Calendar,
    Decision,
    LimitUnit,
    Mechanism,
    Membership,
    ProgressReport,
    ReportFile,
    Rule,
    StoredFile,
    Task,
    TaskCoUnit,
    TaskPaper,
    TaskPaperKind,
    TaskPaperStatus,
    TaskStatus,
    Unit,
)
from models.access import kept
from models.calendar import ONE_DAY
from models.errors import NotFound
from models.light import Light, light

WARN_WITHIN = 3  # working days before the due date from which a light is yellow, where no rule row says otherwise
CODES = ("LADDER_REMIND", "LADDER_URGE", "LADDER_LETTER", "LADDER_TOP", "LADDER_ANSWER", "TASK_ACCEPT", "TASK_WARN")
LARGEST_ID = 2**31 - 1  # what an id column of PostgreSQL holds

WAITS = Light("idle", "待核验")


# Rules and calendar


@dataclass(frozen=True)
class Limit:
    """So many days, working or not; negative: before."""

    days: int
    unit: LimitUnit = LimitUnit.WORKING


@dataclass(frozen=True)
class Limits:
    """The rules about tasks that are in force on one day."""

    rules: Mapping[tuple[str, int | None], Limit]

    def of(self, code: str, mechanism_id: int | None) -> Limit | None:
        """The mechanism's own limit, else the common one; None where there is no rule."""
        return self.rules.get((code, mechanism_id)) or self.rules.get((code, None))

    def mechanisms(self, codes: Iterable[str]) -> set[int]:
        """The mechanisms that have a limit of their own under one of these codes."""
        wanted = set(codes)
        return {mechanism_id for code, mechanism_id in self.rules if code in wanted and mechanism_id is not None}


def limits(session: Session, on: date) -> Limits:
    """The rules about tasks in force on that day, in one query when they have changed, and none otherwise."""

    def work() -> Limits:
        query = (
            select(Rule.code, Rule.mechanism_id, Rule.limit, Rule.unit)
            .where(Rule.code.in_(CODES), Rule.effective_from <= on, or_(Rule.effective_to.is_(None), Rule.effective_to >= on))
            .order_by(Rule.effective_from, Rule.id)
        )
        return Limits({(code, mechanism_id): Limit(days, unit) for code, mechanism_id, days, unit in session.execute(query)})

    return kept(session, ("limits of tasks", on), work)


def calendar(session: Session) -> Calendar:
    """The working calendar of every year loaded; read again only when one was imported since this process read it last."""
    return kept(session, "calendar", lambda: settings.calendar(session))


# Who sees which


def visible(actor: Actor) -> ColumnElement[bool]:
    """The tasks this person may see: those of the mechanisms overseen, and those the person's units lead or help with."""
    overseen = actor.oversees(Permission.TASK_READ)
    if overseen is None:
        return true()
    found = [of_mechanisms(overseen)] if overseen else []
    if actor.roles & UNIT_ROLES:
        helped = select(TaskCoUnit.task_id).where(TaskCoUnit.unit_id.in_(actor.unit_ids))
        found += [Task.lead_id.in_(actor.unit_ids), Task.id.in_(helped)]
    return or_(*found) if found else false()


def of_mechanisms(ids: frozenset[int]) -> ColumnElement[bool]:
    """The tasks of these mechanisms. For one, an index leads through its tasks in the order of lists. For several no index could, and the
    sum, which no index knows, keeps the database from gathering and sorting all their tasks where it can walk through those of all."""
    return Task.mechanism_id == next(iter(ids)) if len(ids) == 1 else (Task.mechanism_id + 0).in_(sorted(ids))


def led(actor: Actor) -> ColumnElement[bool]:
    """Of the visible ones those that count for somebody in the matrix of this person: overseen, or led by the person's own units."""
    overseen = actor.oversees(Permission.TASK_READ)
    return true() if overseen is None else or_(Task.mechanism_id.in_(overseen), Task.lead_id.in_(actor.unit_ids))


def get_task(session: Session, actor: Actor, task_id: int, *, lock: bool = False) -> Task:
    """The task, if ``actor`` may see it; otherwise NotFound, as if there were none. ``lock``: nobody else moves it until we are done."""
    if task_id > LARGEST_ID:
        raise NotFound("没有这项任务")
    query = select(Task).where(Task.id == task_id, visible(actor)).options(selectinload(Task.co_units))
    task = session.scalar(query.with_for_update(of=Task).execution_options(populate_existing=True) if lock else query)
    if task is None:
        raise NotFound("没有这项任务")
    return task


def page_of(session: Session, actor: Actor, task_id: int) -> Task:
    """The task with everything its page shows: units, shares, and the decision and proposal it comes from."""
    item = joinedload(Task.decision).joinedload(Decision.item)
    query = select(Task).where(Task.id == min(task_id, LARGEST_ID), visible(actor))
    options = (
        joinedload(Task.lead),
        joinedload(Task.mechanism),
        item.joinedload(AgendaItem.proposal),
        item.joinedload(AgendaItem.meeting),
        selectinload(Task.co_units),
        selectinload(Task.shares),
    )
    task = session.scalar(query.options(*options))
    if task is None:
        raise NotFound("没有这项任务")
    return task


def get_file(session: Session, actor: Actor, task_id: int, file_id: int) -> StoredFile:
    """A file of one of the task's reports, if this person may see the task; otherwise NotFound."""
    task = get_task(session, actor, task_id)
    query = select(StoredFile).join(ReportFile, ReportFile.file_id == StoredFile.id).join(ProgressReport)
    stored = session.scalar(query.where(ProgressReport.task_id == task.id, StoredFile.id == min(file_id, LARGEST_ID)))
    if stored is None:
        raise NotFound("没有这个文件")
    return stored


def get_report(session: Session, actor: Actor, report_id: int) -> ProgressReport:
    """The report with its task, if this person may see the task; otherwise NotFound."""
    query = select(ProgressReport).join(ProgressReport.task).where(ProgressReport.id == min(report_id, LARGEST_ID), visible(actor))
    report = session.scalar(query.options(joinedload(ProgressReport.task).joinedload(Task.mechanism), joinedload(ProgressReport.unit)))
    if report is None:
        raise NotFound("没有这份进展")
    return report


REPORTS_SHOWN = 50


def reports(session: Session, task: Task) -> list[ProgressReport]:
    """The newest progress reports with unit and author, newest first."""
    query = select(ProgressReport).where(ProgressReport.task_id == task.id).order_by(ProgressReport.id.desc()).limit(REPORTS_SHOWN)
    return list(
        session.scalars(
            query.options(joinedload(ProgressReport.unit), joinedload(ProgressReport.person), selectinload(ProgressReport.files))
        )
    )


def newest_report(session: Session, task: Task, unit_ids: Iterable[int]) -> ProgressReport | None:
    """The newest report of these units on the task."""
    query = select(ProgressReport).where(ProgressReport.task_id == task.id, ProgressReport.unit_id.in_(list(unit_ids)))
    return session.scalars(query.order_by(ProgressReport.id.desc()).limit(1)).first()


def for_review(session: Session, mechanism_id: int, since: datetime | None) -> list[Task]:
    """上次会议议定事项落实情况: the tasks meetings of the mechanism made that are still open, and those that ended after ``since`` (None:
    ever). What was handed down without a meeting (临) is no 议定事项."""
    ended = true() if since is None else or_(Task.ended_at.is_(None), Task.ended_at > since)
    agreed = Task.meeting_serial.is_not(None)
    query = (
        select(Task).where(Task.mechanism_id == mechanism_id, agreed, ended).order_by(Task.year, Task.meeting_serial, Task.serial, Task.id)
    )
    return list(session.scalars(query.options(joinedload(Task.lead), selectinload(Task.co_units))))


# Papers

OUT = (TaskPaperStatus.SENT, TaskPaperStatus.RECEIVED)


def visible_papers(actor: Actor) -> ColumnElement[bool]:
    """The papers this person may see: all of the mechanisms overseen; of those sent, what went to the own units, and every 通报 of a
    mechanism in which they sit."""
    overseen = actor.oversees(Permission.TASK_READ)
    if overseen is None:
        return true()
    found: list[ColumnElement[bool]] = [TaskPaper.mechanism_id.in_(overseen)] if overseen else []
    if actor.roles & UNIT_ROLES:
        led = select(Task.id).where(Task.lead_id.in_(actor.unit_ids))
        to_unit = TaskPaper.task_id.in_(led) & (TaskPaper.kind != TaskPaperKind.REPORT_UP)
        told = TaskPaper.kind.in_((TaskPaperKind.CRITICISM, TaskPaperKind.CIRCULAR)) & TaskPaper.mechanism_id.in_(actor.mechanism_ids)
        found.append(TaskPaper.status.in_(OUT) & or_(to_unit, told))
    return or_(*found) if found else false()


def get_paper(session: Session, actor: Actor, paper_id: int, *, lock: bool = False) -> TaskPaper:
    """The paper, if ``actor`` may see it; otherwise NotFound. ``lock``: neither it nor its task moves until we are done."""
    query = select(TaskPaper).where(TaskPaper.id == min(paper_id, LARGEST_ID), visible_papers(actor))
    query = query.options(joinedload(TaskPaper.task).joinedload(Task.lead), joinedload(TaskPaper.mechanism))
    paper = session.scalar(query)
    if paper is not None and lock:
        # The task first, as everybody who moves it holds it before its papers.
        session.execute(select(Task.id).where(Task.id == paper.task_id).with_for_update())
        paper = session.scalar(query.with_for_update(of=TaskPaper).execution_options(populate_existing=True))
    if paper is None:
        raise NotFound("没有这份文书")
    return paper


def can_report(actor: Actor, task: Task) -> bool:
    """Does this person act for the lead unit?"""
    return can(actor, Permission.TASK_REPORT, task.lead_scope) and bool(actor.roles & UNIT_ROLES)


# What forms offer


def mechanisms(session: Session, ids: Iterable[int] | None) -> list[Mechanism]:
    """These mechanisms, or (None) all, in order."""
    query = select(Mechanism).order_by(Mechanism.id)
    return list(session.scalars(query if ids is None else query.where(Mechanism.id.in_(list(ids)))))


@dataclass(frozen=True, slots=True)
class Named:
    """A mechanism as lists and filters name it."""

    id: int
    code: str
    short_name: str


def named(session: Session, ids: frozenset[int] | None) -> tuple[Named, ...]:
    """These mechanisms, or (None) all, in order; read again only when one was changed."""
    return kept(session, ("mechanisms", ids), lambda: tuple(Named(m.id, m.code, m.short_name) for m in mechanisms(session, ids)))


def overseen(session: Session, actor: Actor) -> tuple[Named, ...]:
    """The mechanisms whose every task this person sees; none for a unit's people."""
    ids = actor.oversees(Permission.TASK_READ)
    return named(session, ids) if ids is None or ids else ()


def members(session: Session, mechanism_id: int, on: date) -> list[Unit]:
    """The units that sit in the mechanism on that day and so can be given a task, in the order of the register; heirs in place of merged
    ones."""
    answering = heirs(session, on)
    query = select(Membership).where(Membership.mechanism_id == mechanism_id).order_by(Membership.position, Membership.id)
    seats = session.scalars(query.options(joinedload(Membership.unit)))
    units = [answering.get(seat.unit_id, seat.unit) for seat in seats if seat.sits(on)]
    return list({unit.id: unit for unit in units}.values())


# Lights and progress


def done(status: TaskStatus, percent: int) -> str:
    """How much is done, as the lead unit last said; once the office has sent the task back that is no more than what it had claimed."""
    return f"原报{percent}%" if status == TaskStatus.RETURNED else f"{percent}%"


def lamp(task: Task, today: date, calendar: Calendar, limits: Limits) -> Light:
    """The light of one task: how its due date stands while the unit owes it; grey once it waits for the office or has ended."""
    return light_of(task.status, task.due_on, today, calendar, warn_within(limits, task.mechanism_id))


def light_of(status: TaskStatus, due_on: date, today: date, calendar: Calendar, warn: int) -> Light:
    """The light of a status and a due date."""
    if status == TaskStatus.REPORTED:
        return WAITS
    if status in Task.ENDED:
        return Light("idle", status.label)
    return light(due_on, today, calendar, warn)


def warn_within(limits: Limits, mechanism_id: int | None) -> int:
    """Within how many working days of its due date a task's light is yellow."""
    limit = limits.of("TASK_WARN", mechanism_id)
    return WARN_WITHIN if limit is None else limit.days


def last_warn_day(today: date, calendar: Calendar, warn: int) -> date:
    """The latest due date whose light is yellow today; asked of ``light`` itself, so that lists and lights cannot differ."""
    day = today
    while light(day + ONE_DAY, today, calendar, warn).kind == "warn":
        day += ONE_DAY
    return day


def soon(limits: Limits, today: date, calendar: Calendar) -> ColumnElement[bool]:
    """Due no later than the last yellow day of its mechanism; the overdue ones are among them."""
    common = last_warn_day(today, calendar, warn_within(limits, None))
    special = {m: last_warn_day(today, calendar, warn_within(limits, m)) for m in limits.mechanisms(("TASK_WARN",))}
    if not special:
        return Task.due_on <= common
    own = [and_(Task.mechanism_id == mechanism_id, Task.due_on <= day) for mechanism_id, day in special.items()]
    return or_(and_(Task.mechanism_id.not_in(special), Task.due_on <= common), *own)
