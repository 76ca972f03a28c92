"""Classes of what consumers complain about (事项分类): a tree kept by the office, so that every duty calls a thing by the same word."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model


class Subject(Model):
    """One class: 服务 › 教育培训 › 学科类培训. Nothing is deleted: a class ends on a day, and what it was used for still names it.

    ``is_public``: shown under 谁来管 on the portal; work between offices (案件审核) is not. ``auto_percent``: complaints of this class are
    assigned without a person once the suggestion is so sure (自动分派); None: never.
    """

    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Line(32), unique=True)
    name: Mapped[str] = mapped_column(Line(80), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"), index=True)
    is_public: Mapped[bool] = mapped_column(default=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    auto_percent: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    parent: Mapped["Subject | None"] = relationship(remote_side=[id])

    __mapper_args__ = {"version_id_col": version}

    def in_force(self, on: date) -> bool:
        """True from ``valid_from`` to ``valid_to``, both days included; None is without end."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)
