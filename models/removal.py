"""Removals (移出): the tombstone, what the bar rests on, what each unit did about it, and appeals."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.calendar import ONE_DAY
from models.people import Person
from models.registry import Recognition
from models.scope import Scope
from models.states import Stateful, Status
from models.task import Task
from models.trust import TrustEvent
from models.unit import Unit


class Removal(Model):
    """One removal as the public reads it (tombstone): facts copied at that instant, so that no later edit changes what was said.

    ``bar_until``: the last day no re-entry is open (None: no bar). ``shown_until``: the last day the tombstone is public. Both are found
    from ``bases``, what the removal rests on, and end with them. ``overturned_at``: an appeal undid it.
    """

    __table_args__ = (
        CheckConstraint("overturned_at IS NULL OR (bar_until IS NULL AND shown_until IS NULL)", name="overturned_at"),
        Index("ix_removal_removed_on", "removed_on", "id"),
        Index("ix_removal_shown_until", "shown_until", "id"),
        Index("ix_removal_business_id", "business_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognition.id"), unique=True)
    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"))
    certificate_no: Mapped[str] = mapped_column(Line(60))
    name: Mapped[str] = mapped_column(Line(120))
    category_name: Mapped[str] = mapped_column(Line(60))
    uscc: Mapped[str] = mapped_column(Line(18), default="")
    address: Mapped[str] = mapped_column(Line(200), default="")
    recognised_on: Mapped[date]
    ground: Mapped[str] = mapped_column(Line(60))
    clause: Mapped[str] = mapped_column(Line(300), default="")
    known_at: Mapped[datetime]
    removed_at: Mapped[datetime]
    removed_on: Mapped[date]
    bar_until: Mapped[date | None]
    shown_until: Mapped[date | None]
    overturned_at: Mapped[datetime | None]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    version: Mapped[int] = mapped_column(default=1)
    recognition: Mapped[Recognition] = relationship()
    task: Mapped[Task | None] = relationship()
    bases: Mapped[list["RemovalBasis"]] = relationship(back_populates="removal", order_by="RemovalBasis.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def seconds(self) -> float:
        """From the moment the platform knew of the event (or a person confirmed it) to the removal."""
        return (self.removed_at - self.known_at).total_seconds()

    @property
    def open_again_on(self) -> date | None:
        """The first day it may apply again; None: at any time."""
        return self.bar_until + ONE_DAY if self.bar_until is not None else None

    @hybrid_method
    def bars(self, on: date) -> bool:
        """Is re-entry closed on that day because of this removal?"""
        return self.bar_until is not None and on <= self.bar_until

    @bars.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _bars(cls, on: date) -> Any:
        return cls.bar_until >= on

    @hybrid_method
    def is_public(self, on: date) -> bool:
        """May the tombstone and its ground be shown on that day, whichever day is asked about?"""
        return self.shown_until is not None and on <= self.shown_until

    @is_public.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _is_public(cls, on: date) -> Any:
        return cls.shown_until >= on

    def rest_on_what_stands(self) -> None:
        """Find bar, public period and ground again from the bases that still stand; with none left all three end."""
        standing = [basis for basis in self.bases if basis.ended_on is None] if self.overturned_at is None else []
        barred = [basis.bar_until for basis in standing if basis.bar_until is not None]
        self.bar_until = max(barred) if barred else None
        self.shown_until = max((basis.shown_until for basis in standing), default=None)
        if standing:
            self.ground, self.clause = standing[0].ground, standing[0].clause

    def overturn(self, at: datetime) -> None:
        """An appeal was upheld: nothing of it stays public, nothing bars."""
        self.overturned_at = at
        self.rest_on_what_stands()


class RemovalBasis(Model):
    """One event a removal rests on, with its ground as it read then. ``ended_on``: it was repaired or reversed."""

    __table_args__ = (UniqueConstraint("removal_id", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    removal_id: Mapped[int] = mapped_column(ForeignKey("removal.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("trust_event.id"), index=True)
    ground: Mapped[str] = mapped_column(Line(60))
    clause: Mapped[str] = mapped_column(Line(300), default="")
    bar_until: Mapped[date | None]
    bar_clause: Mapped[str] = mapped_column(Line(200), default="")
    shown_until: Mapped[date]
    ended_on: Mapped[date | None]
    removal: Mapped[Removal] = relationship(back_populates="bases")
    event: Mapped[TrustEvent] = relationship()


class TradeMeasure(Model):
    """What a unit with a duty for the trade did after a removal (一处违法、处处受限); owed from the removal on."""

    __table_args__ = (
        UniqueConstraint("removal_id", "unit_id"),
        CheckConstraint("(done_at IS NULL) = (text = '')", name="done_at"),
        Index("ix_trade_measure_unit_id_done_at", "unit_id", "done_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    removal_id: Mapped[int] = mapped_column(ForeignKey("removal.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    owed_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Line(1000), default="")
    done_at: Mapped[datetime | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    removal: Mapped[Removal] = relationship()
    unit: Mapped[Unit] = relationship()
    person: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The unit's alone."""
        return Scope(self.removal.recognition.category.scheme.mechanism_id, frozenset({self.unit_id}))


class AppealStatus(Status):
    """What became of an appeal."""

    OPEN = "open", "待复核"
    UPHELD = "upheld", "申诉成立"
    REFUSED = "refused", "维持移出"


class AppealOrigin(Status):
    """Who asks for the removal to be looked at again."""

    BUSINESS = "business", "经营者申诉"
    REVERSED = "reversed", "移出依据被撤销"


_OPEN = text("status = 'open'")


class Appeal(Stateful, Model):
    """申诉 against a removal, with its clock; the approver decides. One at a time."""

    MOVES = {
        AppealStatus.OPEN: {AppealStatus.UPHELD, AppealStatus.REFUSED},
        AppealStatus.UPHELD: set(),
        AppealStatus.REFUSED: set(),
    }

    __table_args__ = (
        CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("status = 'open' OR answer <> ''", name="answer"),
        Index("uq_appeal_open", "removal_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_appeal_status_due_on", "status", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    removal_id: Mapped[int] = mapped_column(ForeignKey("removal.id"), index=True)
    origin: Mapped[AppealOrigin] = mapped_column(choice(AppealOrigin))
    text: Mapped[str] = mapped_column(Words(4000))
    contact: Mapped[str] = mapped_column(Line(800), default="")  # encrypted: who writes to the office is nobody else's business
    received_at: Mapped[datetime]
    due_on: Mapped[date]
    derivation: Mapped[str] = mapped_column(Words(2000), default="")
    status: Mapped[AppealStatus] = mapped_column(choice(AppealStatus), default=AppealStatus.OPEN)
    answer: Mapped[str] = mapped_column(Words(4000), default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    removal: Mapped[Removal] = relationship()
    decided_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def decide(self, at: datetime, *, upheld: bool, answer: str, person_id: int | None) -> None:
        """申诉成立 or 维持移出, with the written answer."""
        self._move_to(AppealStatus.UPHELD if upheld else AppealStatus.REFUSED)
        self.decided_at, self.answer, self.decided_by_id = at, answer, person_id
