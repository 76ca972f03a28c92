"""The clock. Only routes, access, cli, api and the scheduler's main read it; everything below is told the time."""

from datetime import UTC, date, datetime

from models.calendar import local_date


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is in China."""
    return local_date(now())
