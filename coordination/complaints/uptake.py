"""How suggestions were taken: month by month, so that a model that has grown old shows."""

from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from models import Advice
from models.calendar import SHANGHAI

MONTHS = 6


@dataclass(frozen=True)
class Month:
    """One month: cases assigned, those with a suggestion, those that followed it, those that went by themselves."""

    first: date
    assigned: int
    suggested: int
    followed: int
    automatic: int

    @property
    def overridden(self) -> int:
        """Those that went to another unit than the one suggested."""
        return self.suggested - self.followed


def by_month(session: Session, today: date) -> list[Month]:
    """The last months, the newest first, those without any assignment left out; one query."""
    firsts = [_month(today, back) for back in range(-1, MONTHS)]
    parts = []
    for until, since in pairwise(firsts):
        numbers = (func.count(), _sum(Advice.suggested_id.is_not(None)), _sum(Advice.followed), _sum(Advice.is_automatic))
        within = (Advice.at >= _begin(since), Advice.at < _begin(until))
        parts.append(select(literal(since.isoformat()), *numbers).where(*within))
    return [Month(date.fromisoformat(since), *numbers) for since, *numbers in session.execute(union_all(*parts)) if numbers[0]]


def _sum(condition: Any) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _month(today: date, back: int) -> date:
    """The first of the month so many months back."""
    number = today.year * 12 + today.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
