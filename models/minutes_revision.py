"""Revisions (修订) of the text of minutes, and the final texts that were uploaded as .docx."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import StoredFile
from models.base import Line, Model
from models.minutes import Minutes
from models.people import Person

OPENING = "0"  # the opening's key in ``changed``; a section's is its id


class MinutesRevision(Model):
    """What one compile or edit made of the text. ``number`` counts within the minutes; ``what`` says which part was touched.

    ``changed``: [heading, text] of every section that reads otherwise than in the revision before, by the section's id; the text as of a
    revision is what all up to it say, the later one counting. Rows are added and never changed.
    """

    __table_args__ = (UniqueConstraint("minutes_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    what: Mapped[str] = mapped_column(Line(200))
    changed: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    minutes: Mapped[Minutes] = relationship()
    by: Mapped[Person | None] = relationship()


class MinutesUpload(Model):
    """A final text edited in Word and uploaded before signing. The latest one not dropped is what will be issued."""

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    dropped_at: Mapped[datetime | None]
    minutes: Mapped[Minutes] = relationship()
    file: Mapped[StoredFile] = relationship()
    by: Mapped[Person | None] = relationship()
