"""Which complaints belong together, and by what they are found: keys of likeness, and slices of what their texts are made of."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

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


class ComplaintSlice(Model):
    """For one batch of cases: which of them may have a pair of characters that falls into this bucket, a bit for each, lowest byte first.

    A row for each pair of each of a million texts would be a hundred million; so a text is a signature, and the signatures of a batch are
    kept bit by bit. The bucket -1 holds the ids of the batch, four bytes each, in the order of the bits. What a slice says may be too much,
    never too little: who searches looks at the text itself.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)

    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    batch: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    bits: Mapped[bytes] = mapped_column(LargeBinary)
