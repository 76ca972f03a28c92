"""Numbered papers of a meeting: the notice (会议通知), and the letters (函) that hand each unit what it was asked to do."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import StoredFile
from models.base import Line, Model, choice
from models.meeting import Meeting
from models.states import Status
from models.unit import Unit


class MeetingPaperKind(Status):
    """Which paper bears the number."""

    NOTICE = "notice", "会议通知"
    LETTER = "letter", "函"


class MeetingPaper(Model):
    """A paper that went out: its number, never given twice, and the file as it was then. A notice sent anew is another paper.

    ``unit``: whom a letter is to.
    """

    __table_args__ = (
        UniqueConstraint("prefix", "year", "number"),
        CheckConstraint("(kind = 'letter') = (unit_id IS NOT NULL)", name="unit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    kind: Mapped[MeetingPaperKind] = mapped_column(choice(MeetingPaperKind))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    prefix: Mapped[str] = mapped_column(Line(40))
    year: Mapped[int]
    number: Mapped[int]
    made_at: Mapped[datetime]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    meeting: Mapped[Meeting] = relationship()
    unit: Mapped[Unit | None] = relationship()
    file: Mapped[StoredFile] = relationship()

    @property
    def label(self) -> str:
        """示市监消联〔2026〕3号."""
        return f"{self.prefix}〔{self.year}〕{self.number}号"
