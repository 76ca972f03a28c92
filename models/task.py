"""Tasks (议定事项督办): what a joint meeting agreed that a unit will do by a day."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import StoredFile
from models.base import Line, Model, Words, choice
from models.decision import Decision
from models.errors import IllegalMove
from models.mechanism import Mechanism
from models.people import Person
from models.scope import Scope
from models.states import Stateful, Status
from models.unit import Unit


class TaskStatus(Status):
    """Where a task stands. Overdue and light are derived, not stored."""

    ASSIGNED = "assigned", "待签收"
    ACCEPTED = "accepted", "已签收"
    IN_PROGRESS = "in_progress", "办理中"
    REPORTED = "reported", "已报结"
    RETURNED = "returned", "退回重办"
    CLOSED = "closed", "已销号"
    CANCELLED = "cancelled", "已撤销"


class Priority(Status):
    """How pressing the office holds a task."""

    NORMAL = "normal", "一般"
    IMPORTANT = "important", "重点"
    URGENT = "urgent", "紧急"


class Cadence(Status):
    """How often something comes round: a progress report, or a duty."""

    NONE = "none", "不定期"
    WEEK = "week", "每周"
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF = "half", "每半年"
    YEAR = "year", "每年"

    @property
    def months(self) -> int:
        """Its length in months; 0 where it is not counted in them."""
        return {"month": 1, "quarter": 3, "half": 6, "year": 12}.get(self.value, 0)

    def after(self, day: date, times: int = 1) -> date | None:
        """The day so many rounds after ``day``; None when nothing comes round. A month without that day ends sooner."""
        if self == Cadence.WEEK:
            return day + timedelta(weeks=times)
        if not self.months:
            return None
        year, month = divmod(day.year * 12 + day.month - 1 + self.months * times, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

    def last_missed(self, first: date, today: date) -> date | None:
        """Of ``first`` and the days that come round after it the last one before ``today``; None when none is past."""
        missed, times = None, 0
        while (day := self.after(first, times)) is not None and day < today:
            missed, times = day, times + 1
        return missed


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index over some of the rows, on both databases."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Task(Stateful, Model):
    """One agreed task of one lead unit and its co-operating units. ``meeting_serial`` None: its number is 任务〔year〕临-serial."""

    MOVES = {
        TaskStatus.ASSIGNED: {TaskStatus.ACCEPTED, TaskStatus.CANCELLED},
        TaskStatus.ACCEPTED: {TaskStatus.ASSIGNED, TaskStatus.IN_PROGRESS, TaskStatus.REPORTED, TaskStatus.CANCELLED},
        TaskStatus.IN_PROGRESS: {TaskStatus.ASSIGNED, TaskStatus.REPORTED, TaskStatus.CANCELLED},
        TaskStatus.REPORTED: {TaskStatus.CLOSED, TaskStatus.RETURNED, TaskStatus.CANCELLED},
        TaskStatus.RETURNED: {TaskStatus.ASSIGNED, TaskStatus.IN_PROGRESS, TaskStatus.REPORTED, TaskStatus.CANCELLED},
        TaskStatus.CLOSED: set(),
        TaskStatus.CANCELLED: set(),
    }
    ENDED = frozenset({TaskStatus.CLOSED, TaskStatus.CANCELLED})
    WITH_UNIT = frozenset({TaskStatus.ASSIGNED, TaskStatus.ACCEPTED, TaskStatus.IN_PROGRESS, TaskStatus.RETURNED})

    __table_args__ = (
        UniqueConstraint("mechanism_id", "year", "meeting_serial", "serial"),
        Index("uq_task_recurring_id_period_on", "recurring_id", "period_on", unique=True),
        CheckConstraint("(recurring_id IS NULL) = (period_on IS NULL)", name="period_on"),
        CheckConstraint("(cadence = 'none') = (report_due_on IS NULL)", name="report_due_on"),
        CheckConstraint("(status IN ('closed', 'cancelled')) = (ended_at IS NOT NULL)", name="ended_at"),
        CheckConstraint("status <> 'closed' OR finding <> ''", name="finding"),
        CheckConstraint("status NOT IN ('returned', 'cancelled') OR reason <> ''", name="reason"),
        CheckConstraint("status <> 'assigned' OR accepted_at IS NULL", name="accepted_at"),
        CheckConstraint("status <> 'reported' OR reported_on IS NOT NULL", name="reported_on"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        Index("ix_task_status_due_on", "status", "due_on"),
        Index("ix_task_status_assigned_at", "status", "assigned_at"),
        Index("ix_task_lead_id_status_due_on", "lead_id", "status", "due_on"),
        Index("ix_task_mechanism_id_due_on_id", "mechanism_id", "due_on", "id"),
        # Lists of open tasks walk one of the first two from page to page: what has ended piles up over the years and is not in their way.
        _partial("ix_task_open_due_on_id", "due_on", "id", where="ended_at IS NULL"),
        _partial("ix_task_open_mechanism_id_due_on_id", "mechanism_id", "due_on", "id", where="ended_at IS NULL"),
        _partial("ix_task_open_report_due_on", "report_due_on", where="report_due_on IS NOT NULL AND ended_at IS NULL"),
        _partial("ix_task_ended_mechanism_id_ended_at", "mechanism_id", "ended_at", where="ended_at IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    year: Mapped[int]
    meeting_serial: Mapped[int | None]
    serial: Mapped[int]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    source: Mapped[str] = mapped_column(Line(200), default="")
    title: Mapped[str] = mapped_column(Line(200))
    text: Mapped[str] = mapped_column(Words(4000), default="")
    deliverable: Mapped[str] = mapped_column(Line(500), default="")
    lead_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    first_due_on: Mapped[date]
    due_on: Mapped[date]
    status: Mapped[TaskStatus] = mapped_column(choice(TaskStatus), default=TaskStatus.ASSIGNED)
    reason: Mapped[str] = mapped_column(Line(500), default="")
    finding: Mapped[str] = mapped_column(Line(500), default="")
    assigned_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    reported_on: Mapped[date | None]  # the day in China of the newest 报结: on time or late is judged by it
    ended_at: Mapped[datetime | None]
    percent: Mapped[int] = mapped_column(default=0)  # how much of it the lead unit last reported done
    priority: Mapped[Priority] = mapped_column(choice(Priority), default=Priority.NORMAL)
    cadence: Mapped[Cadence] = mapped_column(choice(Cadence), default=Cadence.NONE)  # how often the lead unit reports at least
    report_due_on: Mapped[date | None]  # by when it reports next
    recurring_id: Mapped[int | None] = mapped_column(ForeignKey("recurring_duty.id"))
    period_on: Mapped[date | None]  # the first day of the period this instance of a recurring duty is for
    version: Mapped[int] = mapped_column(default=1)
    mechanism: Mapped[Mechanism] = relationship()
    decision: Mapped[Decision | None] = relationship()
    lead: Mapped[Unit] = relationship()
    co_units: Mapped[list[Unit]] = relationship(secondary="task_co_unit", order_by="Unit.position, Unit.id")
    shares: Mapped[list["TaskCoUnit"]] = relationship(viewonly=True)
    reports: Mapped[list["ProgressReport"]] = relationship(back_populates="task", order_by="ProgressReport.id.desc()")

    __mapper_args__ = {"version_id_col": version}

    @property
    def number(self) -> str:
        """任务〔2026〕2-3; without a meeting 任务〔2026〕临-7."""
        return f"任务〔{self.year}〕{self.meeting_serial or '临'}-{self.serial}"

    @property
    def scope(self) -> Scope:
        """The lead and the co-operating units', in its mechanism."""
        return Scope(self.mechanism_id, frozenset({self.lead_id, *(unit.id for unit in self.co_units)}))

    @property
    def lead_scope(self) -> Scope:
        """The lead unit's alone: accepting and reporting it done."""
        return Scope(self.mechanism_id, frozenset({self.lead_id}))

    @hybrid_method
    def is_overdue(self, today: date) -> bool:
        """True from the day after the due date as long as the unit still owes it. Once reported done it waits for the office."""
        return self.status in self.WITH_UNIT and self.due_on < today

    @is_overdue.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _is_overdue(cls, today: date) -> Any:
        return cls.status.in_(cls.WITH_UNIT) & (cls.due_on < today)

    def accept(self, at: datetime) -> None:
        """签收 by the lead unit."""
        self._move_to(TaskStatus.ACCEPTED)
        self.accepted_at = at

    def hand_over(self, lead: Unit, at: datetime) -> None:
        """Another unit leads from now on: it has to accept the task, and its share begins at nothing."""
        if self.status != TaskStatus.ASSIGNED:
            self._move_to(TaskStatus.ASSIGNED)
        self.lead, self.assigned_at, self.accepted_at, self.percent = lead, at, None, 0

    def extend(self, due_on: date) -> None:
        """延期 to a later day; the first date stays on record. IllegalMove once the unit does not owe it any more."""
        if self.status not in self.WITH_UNIT:
            raise IllegalMove(f"任务现为“{self.status.label}”，不能延期")
        self.due_on = due_on

    def set_cadence(self, cadence: Cadence, since: date) -> None:
        """From that day on the lead unit reports at least so often."""
        self.cadence, self.report_due_on = cadence, cadence.after(since)

    def progress(self) -> None:
        """The first progress report (or the first after a return) sets it in progress; later ones change nothing."""
        if self.status != TaskStatus.IN_PROGRESS:
            self._move_to(TaskStatus.IN_PROGRESS)

    def report_done(self, on: date) -> None:
        """报结 on that day: the lead unit says it is done; the office will check."""
        self._move_to(TaskStatus.REPORTED)
        self.reported_on = on

    def close(self, at: datetime, finding: str) -> None:
        """销号: the office found it done."""
        self._move_to(TaskStatus.CLOSED)
        self.ended_at, self.finding = at, finding

    def send_back(self, reason: str, due_on: date) -> None:
        """退回重办 with the reason and the new date; the first date stays on record."""
        self._move_to(TaskStatus.RETURNED)
        self.reason, self.due_on = reason, due_on

    def cancel(self, at: datetime, reason: str) -> None:
        """撤销 by the office, with the reason."""
        self._move_to(TaskStatus.CANCELLED)
        self.ended_at, self.reason = at, reason


class TaskCoUnit(Model):
    """A co-operating unit (配合单位) of a task, and how much of its own share it last reported done."""

    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
    percent: Mapped[int] = mapped_column(default=0)


class ProgressReport(Model):
    """What a unit reported on a task; never edited, a correction is a new report."""

    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Words(10_000))
    percent: Mapped[int]
    is_final: Mapped[bool] = mapped_column(default=False)
    difficulty: Mapped[str] = mapped_column(Words(2000), default="")
    support: Mapped[str] = mapped_column(Words(2000), default="")  # what the unit asks the joint meeting to help with
    files: Mapped[list[StoredFile]] = relationship(secondary="report_file", order_by=StoredFile.id)
    task: Mapped[Task] = relationship(back_populates="reports")
    unit: Mapped[Unit] = relationship()
    person: Mapped[Person | None] = relationship()


class ReportFile(Model):
    """A file that proves what a report says."""

    report_id: Mapped[int] = mapped_column(ForeignKey("progress_report.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), primary_key=True, index=True)


class Rung(IntEnum):
    """The rungs of the ladder (督办), the higher the later. Two stand beside it: ``ACCEPT``, a task not accepted in time, and ``REPORT``, a
    periodic progress report that did not come."""

    REPORT = -1
    ACCEPT = 0
    REMIND = 1
    URGE = 2
    LETTER = 3
    TOP = 4

    @property
    def label(self) -> str:
        """As people call it."""
        return ("催报进展", "催促签收", "到期提醒", "催办", "拟督办函", "拟通报或报请督查")[self + 1]


class LadderStep(Model):
    """One rung as it was climbed. The key lets each rung happen once for a due date (``ACCEPT``: for a day of assignment; ``REPORT``:
    for the day a report was due).

    A row of its own, not a column of the task: the ladder must not make the text somebody is just writing a conflict. ``told``: how many
    people were owed a notice by it.
    """

    __table_args__ = (CheckConstraint("rung BETWEEN -1 AND 4", name="rung"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    for_on: Mapped[date] = mapped_column(primary_key=True)
    rung: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    told: Mapped[int]
