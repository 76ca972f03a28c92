"""Feedback (监督反馈) of the public on a unit or a plaque. It is no complaint: those go to 12315."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.people import Person
from models.registry import Recognition
from models.scope import Scope
from models.states import Status
from models.unit import Unit


class FeedbackKind(Status):
    """What is reported."""

    STILL_UP = "still_up", "已移出仍挂牌"
    MISMATCH = "mismatch", "名称或地址与标牌不一致"
    FAKE = "fake", "疑似假冒标牌"
    PROMISE = "promise", "未兑现承诺"
    OTHER = "other", "其他"


class Feedback(Model):
    """One report, with a clock for the unit that answers. ``place`` is a keyed hash of where it came from, to slow down floods.

    ``number`` is what the sender keeps; without a recognition it is about a plaque nobody issued.
    """

    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered_at"),
        Index("ix_feedback_place_at", "place", "received_at"),
        Index("ix_feedback_unit_id_answered_at", "unit_id", "answered_at", "due_on"),
        Index("ix_feedback_recognition_id", "recognition_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Line(40), unique=True)
    recognition_id: Mapped[int | None] = mapped_column(ForeignKey("recognition.id"))
    kind: Mapped[FeedbackKind] = mapped_column(choice(FeedbackKind))
    text: Mapped[str] = mapped_column(Words(2000))
    contact: Mapped[str] = mapped_column(Line(800), default="")  # encrypted: who writes to the office is nobody else's business
    place: Mapped[str] = mapped_column(Line(64))
    received_at: Mapped[datetime]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    due_on: Mapped[date]
    answer: Mapped[str] = mapped_column(Words(2000), default="")
    answered_at: Mapped[datetime | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    recognition: Mapped[Recognition | None] = relationship()
    unit: Mapped[Unit] = relationship()
    person: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The unit that answers."""
        return Scope(None, frozenset({self.unit_id}))
