"""Mechanisms (联席会议机制): who convenes, whose office, which units sit, by which rules."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, choice
from models.scope import Scope
from models.states import Status
from models.unit import Unit


class TopRung(Status):
    """The ladder's top: inside one bureau criticism (S3 第四章第十七条), between bureaus, who are peers, a report to the county."""

    CRITICISM = "criticism", "通报批评并限期完成"
    REPORT_UP = "report_up", "通报情况并报请县政府督查"


LETTER_SIGN = "函"  # behind the 机关代字 of a letter


class Mechanism(Model):
    """One joint meeting. Without a seal, its papers go out under ``issuer`` (国办函〔2016〕73号), with ``document_code`` (机关代字)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Line(32), unique=True)
    name: Mapped[str] = mapped_column(Line(120))
    short_name: Mapped[str] = mapped_column(Line(60))
    issuer: Mapped[str] = mapped_column(Line(120))
    document_code: Mapped[str] = mapped_column(Line(20), default="")
    top_rung: Mapped[TopRung] = mapped_column(choice(TopRung))
    has_liaison_meeting: Mapped[bool] = mapped_column(default=False)
    has_countersign: Mapped[bool] = mapped_column(default=False)
    basis: Mapped[str] = mapped_column(Line(200), default="")
    office_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    version: Mapped[int] = mapped_column(default=1)
    office_unit: Mapped[Unit] = relationship()
    memberships: Mapped[list["Membership"]] = relationship(back_populates="mechanism", order_by="Membership.position")

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The mechanism itself."""
        return Scope(mechanism_id=self.id)

    def members(self, on: date) -> list[Unit]:
        """The units that sit on that day, in the order of the register; a merged unit is answered for by its heir, each once."""
        heirs = {m.unit.heir(on).id: m.unit.heir(on) for m in self.memberships if m.sits(on)}
        return list(heirs.values())


class Membership(Model):
    """A unit's seat in a mechanism, from/to (both days included)."""

    __table_args__ = (CheckConstraint("to_on IS NULL OR to_on >= from_on", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    mechanism: Mapped[Mechanism] = relationship(back_populates="memberships")
    unit: Mapped[Unit] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def sits(self, on: date) -> bool:
        """True from the day of entry to the day of exit."""
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)
