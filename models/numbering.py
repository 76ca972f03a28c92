"""Number series: gap-free, never reused, safe under two writers."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Line, Model


class NumberSeries(Model):
    """The last number given in one series, e.g. ``minutes:county:2026``."""

    key: Mapped[str] = mapped_column(Line(120), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


def take_number(session: Session, key: str) -> int:
    """The next number of the series.

    The row stays locked until the caller's transaction ends, so a number that is rolled back is given again.
    """
    series = session.scalar(select(NumberSeries).where(NumberSeries.key == key).with_for_update())
    if series is None:
        try:
            with session.begin_nested():
                session.add(NumberSeries(key=key, last=0))
        except IntegrityError:  # somebody started the series in the same moment: wait for them and go on from their number
            pass
        series = session.scalars(select(NumberSeries).where(NumberSeries.key == key).with_for_update()).one()
    session.refresh(series, with_for_update=True)
    series.last += 1
    session.flush()
    return series.last


def keep_clear(session: Session, key: str, number: int) -> None:
    """The series goes on behind ``number`` at the earliest: it was given before the series was kept here."""
    taken = session.scalar(select(NumberSeries.last).where(NumberSeries.key == key)) or 0
    if number > taken:
        take_number(session, key)
        series = session.scalars(select(NumberSeries).where(NumberSeries.key == key)).one()
        series.last = number
        session.flush()
