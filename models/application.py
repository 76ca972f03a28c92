"""What surrounds an application: the public form in progress, its papers, and objections to the public notice."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import StoredFile
from models.base import Line, Model, Words, choice
from models.people import Person
from models.registry import Recognition
from models.states import Stateful, Status


class ApplicationDraft(Model):
    """A public application in progress, found again by a token of which only the hash is kept. Once handed in it names the recognition."""

    __table_args__ = (Index("ix_application_draft_expires_on", "expires_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(Line(64), unique=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    expires_on: Mapped[date]
    recognition_id: Mapped[int | None] = mapped_column(ForeignKey("recognition.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    recognition: Mapped[Recognition | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class ApplicationPaper(Model):
    """A paper handed in with an application (营业执照, 许可证, 承诺书 …): to a draft first, then to what came of it."""

    __table_args__ = (CheckConstraint("draft_id IS NOT NULL OR recognition_id IS NOT NULL", name="belongs"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("application_draft.id"), index=True)
    recognition_id: Mapped[int | None] = mapped_column(ForeignKey("recognition.id"), index=True)
    kind: Mapped[str] = mapped_column(Line(60))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file: Mapped[StoredFile] = relationship()


class ObjectionStatus(Status):
    """What became of an objection."""

    OPEN = "open", "待核实"
    UPHELD = "upheld", "成立"
    DISMISSED = "dismissed", "不成立"


class Objection(Stateful, Model):
    """An objection (异议) to a unit on public notice. While one is open there is no recognition."""

    MOVES = {
        ObjectionStatus.OPEN: {ObjectionStatus.UPHELD, ObjectionStatus.DISMISSED},
        ObjectionStatus.UPHELD: set(),
        ObjectionStatus.DISMISSED: set(),
    }

    __table_args__ = (
        CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("status = 'open' OR finding <> ''", name="finding"),
        Index("ix_objection_recognition_id_status", "recognition_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognition.id"))
    text: Mapped[str] = mapped_column(Words(4000))
    contact: Mapped[str] = mapped_column(Line(800), default="")  # encrypted: who writes to the office is nobody else's business
    received_at: Mapped[datetime]
    due_on: Mapped[date]
    status: Mapped[ObjectionStatus] = mapped_column(choice(ObjectionStatus), default=ObjectionStatus.OPEN)
    finding: Mapped[str] = mapped_column(Words(4000), default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    recognition: Mapped[Recognition] = relationship()
    decided_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def decide(self, at: datetime, *, upheld: bool, finding: str, person_id: int | None) -> None:
        """成立 or 不成立, with what was found."""
        self._move_to(ObjectionStatus.UPHELD if upheld else ObjectionStatus.DISMISSED)
        self.decided_at, self.finding, self.decided_by_id = at, finding, person_id
