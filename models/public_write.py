"""What the public sent lately, counted by where it came from, so that a flood is slowed down."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Line, Model


class PublicWrite(Model):
    """One thing sent. ``place`` is a keyed hash of the address: no address is kept, and the row goes when its hour is over."""

    __table_args__ = (Index("ix_public_write_place_at", "place", "kind", "at"), Index("ix_public_write_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(Line(64))
    kind: Mapped[str] = mapped_column(Line(24))
    at: Mapped[datetime]
