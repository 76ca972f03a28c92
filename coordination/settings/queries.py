"""Calendars, rules and settings as they are read."""

from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from coordination.settings.defaults import SETTINGS
from models import Calendar, CalendarYear, Rule, Setting
from models.calendar import as_calendar
from models.errors import NotFound


def calendar(session: Session) -> Calendar:
    """The working calendar of every year loaded."""
    return as_calendar(session.scalars(select(CalendarYear).options(selectinload(CalendarYear.days))))


def rule_in_force(session: Session, code: str, on: date, mechanism_id: int | None = None) -> Rule:
    """The rule under ``code`` in force on that day; one made for the mechanism goes before the common one. NotFound when there is none."""
    query = (
        select(Rule)
        .where(Rule.code == code, Rule.effective_from <= on, or_(Rule.effective_to.is_(None), Rule.effective_to >= on))
        .where(or_(Rule.mechanism_id.is_(None), Rule.mechanism_id == mechanism_id))
        .order_by(Rule.mechanism_id.is_(None), Rule.effective_from.desc(), Rule.id.desc())
    )
    rule = session.scalars(query).first()
    if rule is None:
        raise NotFound(f"{on.isoformat()}没有生效的时限规则“{code}”，请管理员补录")
    return rule


def setting(session: Session, key: str) -> Any:
    """The value of one setting: the office's own, else the default. KeyError for a name that is none."""
    default = SETTINGS[key].default
    stored = session.get(Setting, key)
    return default if stored is None else stored.value
