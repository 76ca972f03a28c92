"""Meetings, proposals and minutes: pages, one file per family of addresses."""

from coordination.meetings.routes import (
    agenda,
    attendance,
    bulletins,
    library,
    minutes,
    overview,
    pages,
    papers,
    planning,
    proposals,
    readings,
    replies,
    room,
)
from coordination.meetings.routes.blueprint import bp

__all__ = [
    "agenda",
    "attendance",
    "bp",
    "bulletins",
    "library",
    "minutes",
    "overview",
    "pages",
    "papers",
    "planning",
    "proposals",
    "readings",
    "replies",
    "room",
]
