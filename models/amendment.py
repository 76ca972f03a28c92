"""Amendments of a frozen agenda (议程修改): numbered within the meeting, each with what changed and why."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model
from models.meeting import Meeting
from models.people import Person


class Amendment(Model):
    """议程修改第``number``号: all that the invited units were told of it. Kept as it was sent, never changed."""

    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    change: Mapped[str] = mapped_column(Line(1000))
    reason: Mapped[str] = mapped_column(Line(500))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    meeting: Mapped[Meeting] = relationship(back_populates="amendments")
    made_by: Mapped[Person | None] = relationship()
