"""Rule rows: every limit of the law or of the office, with its clause and the time it is in force. No limit is a constant."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.mechanism import Mechanism
from models.states import Status


class LimitUnit(Status):
    """In what a limit is counted."""

    WORKING = "working", "个工作日"
    CALENDAR = "calendar", "日"
    MONTH = "month", "个月"
    YEAR = "year", "年"


class Rule(Model):
    """One limit under one code, from/to (both days included; the day that matters is the day the clock starts).

    A changed rule is a new row and an end date on the old one, so that history keeps the limit it was made under.
    """

    __table_args__ = (
        CheckConstraint("effective_to IS NULL OR effective_to >= effective_from", name="period"),
        Index("ix_rule_code_effective_from", "code", "effective_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Line(40))
    title: Mapped[str] = mapped_column(Line(120))
    limit: Mapped[int]
    unit: Mapped[LimitUnit] = mapped_column(choice(LimitUnit))
    clause: Mapped[str] = mapped_column(Line(200))
    note: Mapped[str] = mapped_column(Words(1000), default="")
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    mechanism_id: Mapped[int | None] = mapped_column(ForeignKey("mechanism.id"), index=True)
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    mechanism: Mapped[Mechanism | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def in_force(self, on: date) -> bool:
        """True from ``effective_from`` to ``effective_to``."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    @property
    def words(self) -> str:
        """The limit as people say it: 7个工作日; 当日 for none; a negative one counts back from the due date: 到期前3个工作日."""
        if self.limit == 0:
            return "当日"
        return f"{'到期前' if self.limit < 0 else ''}{abs(self.limit)}{self.unit.label}"
