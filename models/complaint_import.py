"""One export of 12315 that was taken in: who did it when, how far it has come, and what could not be taken."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words
from models.people import Person


class ComplaintImport(Model):
    """``digest``: where the file lies, encrypted, until it is taken in. ``done``: rows dealt with so far, of ``total``; broken off, it is
    taken up again from the start, for what is there already stays as it is. ``rejected``: the rows not taken, with their reasons, sealed,
    for a reason quotes the cell."""

    __table_args__ = (
        CheckConstraint("done <= total", name="done"),
        CheckConstraint("finished_at IS NULL OR started_at IS NOT NULL", name="finished_at"),
        Index("ix_complaint_import_looked_at", "looked_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    file_name: Mapped[str] = mapped_column(Line(200))
    digest: Mapped[str] = mapped_column(Line(64), default="")
    looked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[str] = mapped_column(Words(50_000_000), default="")
    person: Mapped[Person | None] = relationship()

    @property
    def is_broken_off(self) -> bool:
        """Was it begun and not brought to its end?"""
        return self.started_at is not None and self.finished_at is None


class ImportColumn(Model):
    """What the office once said a heading means, remembered for the next file. ``heading``: without gaps and marks; ``key``: empty for
    one that is kept with the row and means nothing to us."""

    heading: Mapped[str] = mapped_column(Line(200), primary_key=True)
    key: Mapped[str] = mapped_column(Line(40))
