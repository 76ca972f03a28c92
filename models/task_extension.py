"""Requests to extend a task (延期申请): asked before the due date with a reason, granted or refused by the office."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, choice
from models.people import Person
from models.states import Stateful, Status
from models.task import Task
from models.unit import Unit


class ExtensionStatus(Status):
    """What became of a request. One that the task's own way has overtaken (reported, returned, ended) lapses."""

    ASKED = "asked", "待审核"
    GRANTED = "granted", "同意延期"
    REFUSED = "refused", "不同意延期"
    LAPSED = "lapsed", "已失效"


class Extension(Stateful, Model):
    """One request; a task has at most one that waits. ``from_on``: the due date it was asked under; ``granted_on``: the new one."""

    MOVES = {
        ExtensionStatus.ASKED: {ExtensionStatus.GRANTED, ExtensionStatus.REFUSED, ExtensionStatus.LAPSED},
        ExtensionStatus.GRANTED: set(),
        ExtensionStatus.REFUSED: set(),
        ExtensionStatus.LAPSED: set(),
    }

    __table_args__ = (
        CheckConstraint("wanted_on > from_on", name="later"),
        CheckConstraint("(status = 'granted') = (granted_on IS NOT NULL)", name="granted_on"),
        CheckConstraint("status <> 'refused' OR answer <> ''", name="answer"),
        CheckConstraint("(status = 'asked') = (decided_at IS NULL)", name="decided_at"),
        Index(
            "uq_extension_task_id_asked",
            "task_id",
            unique=True,
            sqlite_where=text("status = 'asked'"),
            postgresql_where=text("status = 'asked'"),
        ),
        Index("ix_extension_task_id", "task_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    from_on: Mapped[date]
    wanted_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Line(500))
    status: Mapped[ExtensionStatus] = mapped_column(choice(ExtensionStatus), default=ExtensionStatus.ASKED)
    granted_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(Line(500), default="")
    decided_at: Mapped[datetime | None]
    task: Mapped[Task] = relationship()
    unit: Mapped[Unit] = relationship()
    person: Mapped[Person | None] = relationship()

    def grant(self, due_on: date, at: datetime) -> None:
        """The office grants it, to the day asked for or another."""
        self._move_to(ExtensionStatus.GRANTED)
        self.granted_on, self.decided_at = due_on, at

    def refuse(self, answer: str, at: datetime) -> None:
        """The office refuses it and says why; the due date stays."""
        self._move_to(ExtensionStatus.REFUSED)
        self.answer, self.decided_at = answer, at

    def lapse(self, at: datetime) -> None:
        """The task went its way before the office answered."""
        self._move_to(ExtensionStatus.LAPSED)
        self.decided_at = at
