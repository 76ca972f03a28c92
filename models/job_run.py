"""The scheduler's own records: who leads, when it last drew breath, and how each job went."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Line, Model


class Lease(Model):
    """Who holds a task that only one process may do, until when. ``beat_at`` is the holder's last sign of life."""

    name: Mapped[str] = mapped_column(Line(40), primary_key=True)
    holder: Mapped[str] = mapped_column(Line(120))
    beat_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class JobRun(Model):
    """One run of one job: what it did and what failed."""

    __table_args__ = (Index("ix_job_run_job_started_at", "job", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(Line(60))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Line(500), default="")
