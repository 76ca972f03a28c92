"""Which complaints belong together, and by what they are found: keys of likeness, and postings of the pairs of characters in their text."""

from array import array
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from models.base import Line, Model, choice
from models.complaint import Complaint
from models.states import Status


class LinkKind(Status):
    """Why one case rests on another."""

    DUPLICATE = "duplicate", "重复件"
    REPEAT = "repeat", "重复举报，无新事实"
    MERGED = "merged", "重复举报，有新事实并案"


class ComplaintLink(Model):
    """One case closed with reference to the first; ``told_on``: the complainant was told so. Undone it stays on record."""

    __table_args__ = (
        CheckConstraint("complaint_id <> first_id", name="itself"),
        CheckConstraint("undone_at IS NULL OR undone_why <> ''", name="undone_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    kind: Mapped[LinkKind] = mapped_column(choice(LinkKind))
    reason: Mapped[str] = mapped_column(Line(500))
    linked_at: Mapped[datetime]
    told_on: Mapped[date]
    undone_at: Mapped[datetime | None]
    undone_why: Mapped[str] = mapped_column(Line(500), default="")
    complaint: Mapped[Complaint] = relationship(foreign_keys=[complaint_id])
    first: Mapped[Complaint] = relationship(foreign_keys=[first_id])


class ComplaintKey(Model):
    """What like cases share: a number made of person and target, or of target and one pair of its text. The key is the index.

    No foreign key: it would be asked five times for each row of an import, and rows are written by ``finding`` alone.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    complaint_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Ids(TypeDecorator):
    """Ids of rows, four bytes each, lowest byte first."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Iterable[int] | None, dialect: Any) -> bytes | None:
        """As bytes."""
        return None if value is None else b"".join(one.to_bytes(4, "little") for one in value)

    def process_result_value(self, value: bytes | None, dialect: Any) -> array | None:
        """As numbers."""
        return None if value is None else array("I", (int.from_bytes(value[at : at + 4], "little") for at in range(0, len(value), 4)))


class ComplaintPosting(Model):
    """Two neighbouring characters, and the cases of one batch whose text has them; ``batch`` is the highest id of the batch.

    A batch rather than a case: a row for each pair of each of a million texts would be a hundred million. What it says may be out of date
    (a text was changed); who searches looks at the text itself.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)

    gram: Mapped[str] = mapped_column(Line(2), primary_key=True)
    batch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ids: Mapped[Any] = mapped_column(Ids())
