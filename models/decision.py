"""Decisions (议定事项): what a meeting agreed, who owes it by when, and which readings of such sentences a person has judged."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.meeting import AgendaItem
from models.states import Status
from models.unit import Unit

if TYPE_CHECKING:
    from models.task import Task


class Decision(Model):
    """A decision clause (议定事项): its sentence, and who owes what by when.

    ``reservation`` (保留意见): which unit does not agree, and why; empty: all agree (协商一致, S3 第四章第十六条).
    ``confirmed_at``: when a person last said that these fields are what the sentence means; None while nobody has, or since either changed.
    """

    __table_args__ = (CheckConstraint("confirmed_at IS NULL OR (lead_id IS NOT NULL AND due_on IS NOT NULL)", name="confirmed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Words(4000))
    deliverable: Mapped[str] = mapped_column(Line(500), default="")
    reservation: Mapped[str] = mapped_column(Line(500), default="")
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    due_on: Mapped[date | None]
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    item: Mapped[AgendaItem] = relationship(back_populates="decisions")
    lead: Mapped[Unit | None] = relationship()
    co_units: Mapped[list[Unit]] = relationship(secondary="decision_co_unit", order_by="Unit.position, Unit.id")
    task: Mapped["Task | None"] = relationship(viewonly=True)  # what the issue of the minutes made of it

    __mapper_args__ = {"version_id_col": version}

    @property
    def missing(self) -> list[str]:
        """What a task needs and this clause does not say yet, in words; recording goes on without, signing does not."""
        wanted = (("牵头单位", self.lead_id), ("完成时限", self.due_on))
        return [name for name, value in wanted if value is None]


class DecisionCoUnit(Model):
    """A co-operating unit (配合单位) of a decision."""

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)


class Verdict(Status):
    """What a person said of a reading."""

    CONFIRMED = "confirmed", "照读法确认"
    CORRECTED = "corrected", "改后确认"
    REJECTED = "rejected", "不是议定事项"


class ReadingCase(Model):
    """A sentence, how it was read and what a person made of it; the reader is measured on such cases. Never changed afterwards.

    ``said_on``: the day from which its limits were counted. ``read``: the clauses as the reader gave them. ``key``: those it should give,
    as far as the sentence itself says them; none when it gives nobody a task.
    """

    __table_args__ = (Index("ix_reading_case_mechanism_id_id", "mechanism_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    text: Mapped[str] = mapped_column(Words(4000))
    said_on: Mapped[date]
    read: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    key: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
