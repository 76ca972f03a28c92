"""Log-in sessions as rows: logging out, changing the password or disabling the account ends them at once."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model
from models.people import Person


class LoginSession(Model):
    """One log-in. Only the hash of the token is kept; the token itself is in the person's cookie."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(Line(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]  # when the password was last given: a signature asks again after 30 minutes
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(Line(64), default="")
    person: Mapped[Person] = relationship()
