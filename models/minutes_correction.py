"""Corrections (更正) of issued minutes: numbered, signed by the convenor; the issued text stays as it was."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import StoredFile
from models.base import Line, Model, Words
from models.minutes import Minutes
from models.people import Person
from models.scope import Scope


class MinutesCorrection(Model):
    """更正第1号 of one issue of minutes. Drafted by the office; ``number``, within the minutes, and the file are given at signing."""

    __table_args__ = (
        UniqueConstraint("minutes_id", "number"),
        CheckConstraint("(number IS NULL) = (signed_at IS NULL)", name="signed_at"),
        CheckConstraint("(number IS NULL) = (file_id IS NULL)", name="file"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    number: Mapped[int | None]
    text: Mapped[str] = mapped_column(Words(10_000))
    reason: Mapped[str] = mapped_column(Line(500))
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    version: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[Minutes] = relationship()
    drafted_by: Mapped[Person | None] = relationship(foreign_keys=drafted_by_id)
    signed_by: Mapped[Person | None] = relationship(foreign_keys=signed_by_id)
    file: Mapped[StoredFile | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """The mechanism's."""
        return Scope(mechanism_id=self.minutes.mechanism_id)

    @property
    def label(self) -> str:
        """更正第1号 once signed, else 更正（待签发）."""
        return f"更正第{self.number}号" if self.number else "更正（待签发）"

    def sign(self, number: int, file: StoredFile, by: Person, at: datetime) -> None:
        """签发 by the convenor."""
        self.number, self.file, self.signed_by, self.signed_at = number, file, by, at
