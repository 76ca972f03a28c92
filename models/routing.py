"""Suggestions of whose a complaint is: the versions of what was learned, what was suggested each time, and what the office prefers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import StoredFile
from models.base import Line, Model
from models.complaint import Assignment
from models.people import Person
from models.subject import Subject
from models.unit import Unit


class RoutingModel(Model):
    """One version (建议模型): ordered by a person or by the timetable (``asked_by`` None), then trained, then perhaps put in use.

    The version in use is the one chosen last. ``figures`` were measured on cases left out of training: ``cases``, ``accuracy``,
    ``coverage_at_95``, ``ece``, ``units`` (id → [cases, right]), ``mixed_up`` ([right id, suggested id, cases], the most frequent first).
    ``seen`` tells what the version had seen, so that nothing is learned twice. An old version keeps its figures; its file may be gone.
    """

    __table_args__ = (
        CheckConstraint("(trained_at IS NULL) = (seen = '')", name="seen"),
        CheckConstraint("chosen_at IS NULL OR file_id IS NOT NULL", name="chosen_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    trained_at: Mapped[datetime | None]
    seen: Mapped[str] = mapped_column(Line(120), default="")
    cases: Mapped[int] = mapped_column(default=0)
    texts: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    chosen_at: Mapped[datetime | None]
    chosen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    file: Mapped[StoredFile | None] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    chosen_by: Mapped[Person | None] = relationship(foreign_keys=[chosen_by_id])


class Advice(Model):
    """What was suggested when a complaint was assigned, beside what was done.

    ``ranked``: [unit id, confidence] of the first few. ``suggested``: the unit preset; None where nobody was sure enough. ``followed``: the
    case went to that unit, or to a body under it. ``why``: the reason for another unit.
    """

    __table_args__ = (
        CheckConstraint("suggested_id IS NULL OR followed OR why <> ''", name="why"),
        CheckConstraint("NOT followed OR suggested_id IS NOT NULL", name="followed"),
        CheckConstraint("NOT is_automatic OR followed", name="is_automatic"),
        Index("ix_advice_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    model_id: Mapped[int | None] = mapped_column(ForeignKey("routing_model.id"))
    at: Mapped[datetime]
    ranked: Mapped[list[Any]] = mapped_column(JSON)
    suggested_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    followed: Mapped[bool]
    is_automatic: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(Line(300), default="")
    assignment: Mapped[Assignment] = relationship()
    suggested: Mapped[Unit | None] = relationship()


class RoutingPreference(Model):
    """指定去向: complaints that agree in all that is named go to this unit, until the preference is ended.

    ``business``: the name or the 统一社会信用代码 as complaints write it. ``territory``: words that the place of the matter contains.
    """

    __table_args__ = (CheckConstraint("subject_id IS NOT NULL OR business <> '' OR territory <> ''", name="names_something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    business: Mapped[str] = mapped_column(Line(200), default="")
    territory: Mapped[str] = mapped_column(Line(80), default="")
    why: Mapped[str] = mapped_column(Line(300))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    unit: Mapped[Unit] = relationship()
    subject: Mapped[Subject | None] = relationship()
