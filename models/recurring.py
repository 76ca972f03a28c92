"""Recurring duties (常态化任务): what comes round every month, quarter or year; each round is a task of its own."""

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.mechanism import Mechanism
from models.scope import Scope
from models.task import Cadence
from models.unit import Unit


class RecurringDuty(Model):
    """What is to be done once in every period (calendar month, quarter, half year or year), due on the period's last day.

    In force from/to, both days included; a period counts when its first day, or ``from_on`` for the first one, lies in between.
    """

    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="period"),
        CheckConstraint("cadence NOT IN ('none', 'week')", name="cadence_months"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"), index=True)
    source: Mapped[str] = mapped_column(Line(200), default="")
    title: Mapped[str] = mapped_column(Line(180))
    text: Mapped[str] = mapped_column(Words(4000), default="")
    deliverable: Mapped[str] = mapped_column(Line(500), default="")
    lead_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    cadence: Mapped[Cadence] = mapped_column(choice(Cadence))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    mechanism: Mapped[Mechanism] = relationship()
    lead: Mapped[Unit] = relationship()
    co_units: Mapped[list[Unit]] = relationship(secondary="recurring_co_unit", order_by="Unit.position, Unit.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """Its mechanism's."""
        return Scope(self.mechanism_id)

    def period(self, day: date) -> tuple[date, date]:
        """The first and the last day of the period that holds ``day``."""
        months = self.cadence.months
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        after = self.cadence.after(first)
        assert after is not None
        return first, after - timedelta(days=1)

    def in_force(self, day: date) -> bool:
        """True from ``from_on`` to ``to_on``."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)

    def name_of(self, first: date) -> str:
        """What the task of the period that begins on ``first`` is called: 消费提示发布（2026年3月）."""
        words = {
            Cadence.MONTH: f"{first.month}月",
            Cadence.QUARTER: f"第{'一二三四'[(first.month - 1) // 3]}季度",
            Cadence.HALF: "上半年" if first.month == 1 else "下半年",
        }.get(self.cadence, "")
        return f"{self.title}（{first.year}年{words}）"


class RecurringCoUnit(Model):
    """A co-operating unit of a recurring duty."""

    recurring_id: Mapped[int] = mapped_column(ForeignKey("recurring_duty.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
