"""Notices (提醒) and the outbox: what people are owed to know, and the mails that carry it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words
from models.people import Person


class Notice(Model):
    """One thing one person is owed to know. The unique key makes owing it twice impossible."""

    __table_args__ = (
        UniqueConstraint("kind", "subject", "slot", "person_id"),
        Index("ix_notice_person_id_read_at", "person_id", "read_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Line(40))
    subject: Mapped[str] = mapped_column(Line(80))
    slot: Mapped[str] = mapped_column(Line(40), default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(Line(200))
    text: Mapped[str] = mapped_column(Words(4000))
    path: Mapped[str] = mapped_column(Line(200), default="")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()


class Mail(Model):
    """One mail of the outbox. ``message_id`` is fixed when the row is made: a copy sent twice by a crash is recognised.

    ``calendar``: the entry for the receiver's calendar that goes along (text/calendar, RFC 5546); empty: none.
    """

    __table_args__ = (Index("ix_mail_sent_at_next_try_at", "sent_at", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), unique=True)
    address: Mapped[str] = mapped_column(Line(254))
    message_id: Mapped[str] = mapped_column(Line(200), unique=True)
    calendar: Mapped[str] = mapped_column(Words(10_000), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Line(500), default="")
    notice: Mapped[Notice] = relationship()
