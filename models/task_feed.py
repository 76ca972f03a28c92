"""Calendar feeds (日历订阅): an address with a token under which a unit's due dates are read by calendar programs."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model
from models.unit import Unit


class TaskFeed(Model):
    """One feed of one unit. Of the token only a hash is kept; it is shown once, and revoked it opens nothing any more."""

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(Line(64), unique=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    unit: Mapped[Unit] = relationship()
