"""The rules and the calendar by which the clocks of many cases are told, read once; and the rungs on which their units are told.

Three rungs, each so many days before or after a clock's last day by a rule row: the liaison is reminded, the head is told, the router is
told. A clock is owed the highest rung whose day has come; a missed run loses nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination.complaints import queries
from coordination.complaints.clocks import Card, cards
from coordination.settings.queries import calendar
from coordination.tasks.ladder import falls_on
from coordination.tasks.queries import Limit
from models import Calendar, Complaint, Rule
from models.errors import CalendarMissing

REMIND, URGE, TOP = "COMPLAINT_REMIND", "COMPLAINT_URGE", "COMPLAINT_TOP"
DOWNWARD = (TOP, URGE, REMIND)


@dataclass(frozen=True)
class Rulebook:
    """Everything clocks go by; make it with ``read``."""

    rules: tuple[Rule, ...]
    calendar: Calendar

    def rule_of(self, code: str, on: date) -> Rule | None:
        """The common rule under ``code`` in force on that day, if there is one."""
        return next((rule for rule in self.rules if rule.code == code and rule.in_force(on)), None)

    def cards(self, complaint: Complaint) -> list[Card]:
        """Every clock of the case; none where the day of receipt is not known."""
        facts = queries.facts_of(complaint)
        return cards(facts, self.rule_of, self.calendar) if facts is not None else []

    def rung_of(self, due_on: date, today: date) -> str | None:
        """The highest rung a clock due on ``due_on`` has come to; None before the first."""
        return next((code for code, day in self._days(due_on, today) if day <= today), None)

    def first_day(self, found: Iterable[Card], today: date | None = None) -> date | None:
        """The first day (after ``today``, if told) on which somebody is owed a word about one of these clocks while they run."""
        days = (day for card in found if card.is_running and card.due_on for _, day in self._days(card.due_on, today or card.due_on))
        return min((day for day in days if today is None or day > today), default=None)

    def _days(self, due_on: date, on: date) -> Iterator[tuple[str, date]]:
        """Rung and day, the top first; a day that leads through a year without a calendar is not known yet."""
        for code in DOWNWARD:
            rule = self.rule_of(code, on)
            if rule is not None:
                try:
                    yield code, falls_on(due_on, Limit(rule.limit, rule.unit), self.calendar)
                except CalendarMissing:
                    continue


def read(session: Session) -> Rulebook:
    """The rules and the calendar as they stand."""
    rules = session.scalars(select(Rule).where(Rule.mechanism_id.is_(None)).order_by(Rule.effective_from.desc(), Rule.id.desc()))
    return Rulebook(tuple(rules), calendar(session))
