"""Countersigning (会签) of minutes: a round goes to the units that attended, each agrees, asks for a change, or lets the day pass."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.minutes import Minutes
from models.people import Person
from models.scope import Scope
from models.states import Status
from models.unit import Unit


class CountersignAnswer(Status):
    """What a unit says of the draft."""

    AGREE = "agree", "同意"
    AMEND = "amend", "修改意见"


class CountersignRound(Model):
    """One round. ``revision``: the text that was sent, by its number; ``due_on``: the last day to answer, after which silence is consent.

    Sent anew, the round before it is over and done with: the latest one counts.
    """

    __table_args__ = (UniqueConstraint("minutes_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    number: Mapped[int]
    revision: Mapped[int]
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    minutes: Mapped[Minutes] = relationship()
    sent_by: Mapped[Person | None] = relationship()
    answers: Mapped[list["Countersign"]] = relationship(back_populates="round", order_by="Countersign.id", cascade="all, delete-orphan")

    @classmethod
    def counts(cls) -> ColumnElement[bool]:
        """Of a query: none was sent after it."""
        later = aliased(cls)
        return ~exists().where(later.minutes_id == cls.minutes_id, later.number > cls.number)

    def has_lapsed(self, today: date) -> bool:
        """Is the last day past? Whoever has not answered then is taken to agree (逾期视为同意)."""
        return today > self.due_on

    def is_over(self, today: date) -> bool:
        """Have all answered, or let the day pass?"""
        return self.has_lapsed(today) or all(row.answer is not None for row in self.answers)

    @property
    def waiting(self) -> list["Countersign"]:
        """Those that have not answered."""
        return [row for row in self.answers if row.answer is None]

    @property
    def unhandled(self) -> list["Countersign"]:
        """修改意见 of which the office has not said yet what became of it."""
        return [row for row in self.answers if row.answer == CountersignAnswer.AMEND and row.handled_at is None]


class Countersign(Model):
    """One unit's answer in a round: owed by the unit. ``handling``: what the office made of a 修改意见."""

    __table_args__ = (
        UniqueConstraint("round_id", "unit_id"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at"),
        CheckConstraint("answer IS NULL OR answer <> 'amend' OR text <> ''", name="text"),
        CheckConstraint("(handled_at IS NULL) = (handling = '')", name="handling"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("countersign_round.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    answer: Mapped[CountersignAnswer | None] = mapped_column(choice(CountersignAnswer))
    text: Mapped[str] = mapped_column(Words(4000), default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    handling: Mapped[str] = mapped_column(Line(500), default="")
    handled_at: Mapped[datetime | None]
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    round: Mapped[CountersignRound] = relationship(back_populates="answers")
    unit: Mapped[Unit] = relationship()
    answered_by: Mapped[Person | None] = relationship(foreign_keys=answered_by_id)
    handled_by: Mapped[Person | None] = relationship(foreign_keys=handled_by_id)

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The unit that owes the answer."""
        return Scope(self.round.minutes.mechanism_id, frozenset({self.unit_id}))

    def give(self, answer: CountersignAnswer, text: str, *, by_id: int | None, at: datetime) -> None:
        """The unit answers, or answers anew; words belong to a 修改意见 alone."""
        self.answer, self.answered_by_id, self.answered_at = answer, by_id, at
        self.text = text if answer == CountersignAnswer.AMEND else ""

    def handle(self, handling: str, *, by_id: int | None, at: datetime) -> None:
        """The office says what became of the 修改意见."""
        self.handling, self.handled_by_id, self.handled_at = handling, by_id, at
