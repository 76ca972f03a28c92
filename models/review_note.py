"""What a unit says about a task for the next meeting (落实情况), until the notice of that meeting is sent."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Words
from models.meeting import Meeting
from models.task import Task
from models.unit import Unit


class ReviewNote(Model):
    """The lead unit's words on one task for one meeting; frozen once the notice is out."""

    __table_args__ = (UniqueConstraint("meeting_id", "task_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Words(1000))
    at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    meeting: Mapped[Meeting] = relationship()
    task: Mapped[Task] = relationship()
    unit: Mapped[Unit] = relationship()

    __mapper_args__ = {"version_id_col": version}
