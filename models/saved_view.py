"""Saved views (我的视图): a queue narrowed in a way its owner comes back to."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Line, Model


class SavedView(Model):
    """One person's name for the filters of an address; ``query`` is what stands behind its question mark."""

    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(Line(20))
    query: Mapped[str] = mapped_column(Line(500))
    saved_at: Mapped[datetime]
