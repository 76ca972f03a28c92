"""How a unit is looked at: inspections with scores and photos, what it promises, what consumers and third parties say of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import StoredFile
from models.base import Line, Model, Words, choice
from models.people import Person
from models.registry import Recognition
from models.scheme import ScoreItem, ScoreSheet
from models.states import Status
from models.unit import Unit


class InspectionKind(Status):
    """What an inspection is for."""

    FIRST = "first", "认定检查"
    RECHECK = "recheck", "年度复查"
    RECTIFICATION = "rectification", "整改复核"


class Inspection(Model):
    """One inspection as it was done. ``key`` comes from the inspector's device, so that one sent twice is kept once."""

    __table_args__ = (
        UniqueConstraint("recognition_id", "key"),
        CheckConstraint("total >= 0", name="total"),
        CheckConstraint("passed = (shortfall = '')", name="shortfall"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognition.id"))
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    kind: Mapped[InspectionKind] = mapped_column(choice(InspectionKind))
    key: Mapped[str] = mapped_column(Line(64))
    inspected_on: Mapped[date]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    total: Mapped[int]
    passed: Mapped[bool]
    shortfall: Mapped[str] = mapped_column(Line(300), default="")
    finding: Mapped[str] = mapped_column(Words(4000), default="")
    received_at: Mapped[datetime]
    recognition: Mapped[Recognition] = relationship()
    sheet: Mapped[ScoreSheet] = relationship()
    person: Mapped[Person | None] = relationship()
    unit: Mapped[Unit] = relationship()
    scores: Mapped[list["InspectionScore"]] = relationship(cascade="all, delete-orphan", order_by="InspectionScore.item_id")
    photos: Mapped[list["InspectionPhoto"]] = relationship(cascade="all, delete-orphan", order_by="InspectionPhoto.id")


class InspectionScore(Model):
    """The points given for one item."""

    __table_args__ = (CheckConstraint("points >= 0", name="points"),)

    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("score_item.id"), primary_key=True)
    points: Mapped[int]
    note: Mapped[str] = mapped_column(Line(500), default="")
    item: Mapped[ScoreItem] = relationship()


class InspectionPhoto(Model):
    """A photo taken on site, of one item or of the whole."""

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("score_item.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file: Mapped[StoredFile] = relationship()


class PromiseKind(Status):
    """What recognised units promise (S4 二(三)1)."""

    FIRST_ASKED = "first_asked", "首问负责"
    PAY_FIRST = "pay_first", "先行赔付"
    RETURNS = "returns", "七日无理由退货"
    THREE_GUARANTEES = "three_guarantees", "三包"
    FAST_LANE = "fast_lane", "先行和解（绿色通道）"
    OTHER = "other", "其他承诺"


class Promise(Model):
    """One promise of a unit, public with its scope and terms, until it is ended."""

    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= since", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognition.id"), index=True)
    kind: Mapped[PromiseKind] = mapped_column(choice(PromiseKind))
    text: Mapped[str] = mapped_column(Line(500))
    since: Mapped[date]
    ended_on: Mapped[date | None]
    recognition: Mapped[Recognition] = relationship()


class ConsumerReview(Model):
    """What one consumer said after one visit (消费者评价): 1 to 5, one for each visit token."""

    __table_args__ = (
        UniqueConstraint("recognition_id", "visit_hash"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        Index("ix_consumer_review_recognition_id_at", "recognition_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognition.id"))
    visit_hash: Mapped[str] = mapped_column(Line(64))
    stars: Mapped[int]
    text: Mapped[str] = mapped_column(Line(500), default="")
    at: Mapped[datetime]


class Assessment(Model):
    """A third party's assessment (第三方评估) of a unit, of 100, with its report."""

    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 100", name="score"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognition.id"), index=True)
    assessor: Mapped[str] = mapped_column(Line(120))
    assessed_on: Mapped[date]
    score: Mapped[int]
    finding: Mapped[str] = mapped_column(Words(4000), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    recorded_at: Mapped[datetime]
    file: Mapped[StoredFile | None] = relationship()
