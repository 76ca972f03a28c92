"""The audit ledger (审计): one entry per write, append only, numbered, chained by a keyed hash."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Line, Model, Words


class AuditEntry(Model):
    """One write: who did what to which thing. ``mac`` seals this entry and, through ``previous``, all before it."""

    __table_args__ = (Index("ix_audit_entry_subject_id", "subject", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    who: Mapped[str] = mapped_column(Line(200))
    action: Mapped[str] = mapped_column(Line(60))
    subject: Mapped[str] = mapped_column(Line(80))
    text: Mapped[str] = mapped_column(Words(4000), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous: Mapped[str] = mapped_column(Line(64))
    mac: Mapped[str] = mapped_column(Line(64))


class AuditHead(Model):
    """The newest number and seal, one row: writers queue on it, so that numbers have no gap and the chain no fork."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(default=0)
    mac: Mapped[str] = mapped_column(Line(64), default="")
