"""Recognitions (认定): a business's application in one category and all that becomes of it, up to its end. Nothing is ever deleted.

What is on the public list is derived from status and dates by one rule (``is_listed``), in Python and in SQL.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Line, Model, choice
from models.business import Business
from models.scheme import Category
from models.scope import Scope
from models.states import Stateful, Status
from models.unit import Unit


class RecognitionStatus(Status):
    """Where a recognition stands. Expiring, overdue and listed are derived."""

    APPLIED = "applied", "待审核"
    REVIEWED = "reviewed", "待检查"
    INSPECTED = "inspected", "待公示"
    ON_NOTICE = "on_notice", "公示中"
    RECOGNISED = "recognised", "在册"
    RECTIFYING = "rectifying", "整改中"
    REFUSED = "refused", "不予认定"
    EXPIRED = "expired", "到期退出"
    WITHDRAWN = "withdrawn", "自愿退出"
    REMOVED = "removed", "已移出名录"


class Origin(Status):
    """How a recognition came about."""

    BUSINESS = "business", "经营者申报"
    UNIT = "unit", "单位推荐"
    IMPORT = "import", "批量导入"
    REINSTATED = "reinstated", "申诉后恢复"


_S = RecognitionStatus
# On the list but for its last day, without naming a status: a database takes a partial index only for the very words of its condition, and
# SQLite, once a status is named, goes along an index of statuses and sorts. The CHECKs below make it the same as ``status in LISTED``.
_LISTED = text("certificate_no IS NOT NULL AND ended_on IS NULL")
_LIVE = text("status IN ('applied', 'reviewed', 'inspected', 'on_notice', 'recognised', 'rectifying')")


class Recognition(Stateful, Model):
    """One business in one category. ``gate``: where it was refused. ``ended_on``: the first day it is no longer listed.

    ``street`` repeats the business's, so that the public list by street costs what it shows. ``reinstates``: the removed one whose place
    it takes after an appeal.
    """

    MOVES = {
        _S.APPLIED: {_S.REVIEWED, _S.REFUSED, _S.WITHDRAWN},
        _S.REVIEWED: {_S.INSPECTED, _S.REFUSED, _S.WITHDRAWN},
        _S.INSPECTED: {_S.ON_NOTICE, _S.REFUSED, _S.WITHDRAWN},
        _S.ON_NOTICE: {_S.RECOGNISED, _S.REFUSED, _S.WITHDRAWN},
        _S.RECOGNISED: {_S.RECTIFYING, _S.EXPIRED, _S.WITHDRAWN, _S.REMOVED},
        _S.RECTIFYING: {_S.RECOGNISED, _S.EXPIRED, _S.WITHDRAWN, _S.REMOVED},
        _S.REFUSED: set(),
        _S.EXPIRED: set(),
        _S.WITHDRAWN: set(),
        _S.REMOVED: set(),
    }
    LISTED = frozenset({_S.RECOGNISED, _S.RECTIFYING})
    PENDING = frozenset({_S.APPLIED, _S.REVIEWED, _S.INSPECTED, _S.ON_NOTICE})
    LIVE = LISTED | PENDING

    __table_args__ = (
        CheckConstraint(
            "(certificate_no IS NULL) = (recognised_on IS NULL) AND (certificate_no IS NULL) = (token IS NULL)"
            " AND (certificate_no IS NULL) = (valid_until IS NULL)",
            name="certificate",
        ),
        CheckConstraint(
            "status NOT IN ('recognised', 'rectifying', 'expired', 'removed') OR certificate_no IS NOT NULL", name="recognised"
        ),
        CheckConstraint(
            "status NOT IN ('applied', 'reviewed', 'inspected', 'on_notice', 'refused') OR certificate_no IS NULL", name="not_yet"
        ),
        CheckConstraint("(status IN ('refused', 'expired', 'withdrawn', 'removed')) = (ended_at IS NOT NULL)", name="ended_at"),
        CheckConstraint("(ended_at IS NULL) = (ended_on IS NULL)", name="ended_on"),
        CheckConstraint("status NOT IN ('refused', 'withdrawn', 'removed') OR reason <> ''", name="reason"),
        CheckConstraint("(status = 'refused') = (gate <> '')", name="gate"),
        CheckConstraint("(status = 'rectifying') = (rectify_by IS NOT NULL)", name="rectify_by"),
        CheckConstraint("status <> 'on_notice' OR (notice_from IS NOT NULL AND notice_until >= notice_from)", name="notice"),
        CheckConstraint("valid_until IS NULL OR valid_until >= recognised_on", name="validity"),
        Index("uq_recognition_live", "business_id", "category_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_recognition_listed", "id", sqlite_where=_LISTED, postgresql_where=_LISTED),
        Index("ix_recognition_listed_category", "category_id", "id", sqlite_where=_LISTED, postgresql_where=_LISTED),
        Index("ix_recognition_listed_street", "street", "id", sqlite_where=_LISTED, postgresql_where=_LISTED),
        Index("ix_recognition_listed_both", "category_id", "street", "id", sqlite_where=_LISTED, postgresql_where=_LISTED),
        Index("ix_recognition_recognised_on", "recognised_on", "id"),
        Index("ix_recognition_business_id", "business_id", "id"),
        Index("ix_recognition_status", "status", "id"),
        Index("ix_recognition_category_id_status", "category_id", "status", "id"),
        Index("ix_recognition_valid_until", "status", "valid_until"),
        Index("ix_recognition_next_check_on", "status", "next_check_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    street: Mapped[str] = mapped_column(Line(40), default="")
    origin: Mapped[Origin] = mapped_column(choice(Origin))
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    declarations: Mapped[list[str]] = mapped_column(JSON, default=list)
    applied_on: Mapped[date]
    status: Mapped[RecognitionStatus] = mapped_column(choice(RecognitionStatus), default=RecognitionStatus.APPLIED)
    gate: Mapped[str] = mapped_column(Line(24), default="")
    reason: Mapped[str] = mapped_column(Line(500), default="")
    notice_from: Mapped[date | None]
    notice_until: Mapped[date | None]
    recognised_on: Mapped[date | None]
    certificate_no: Mapped[str | None] = mapped_column(Line(60), unique=True)
    token: Mapped[str | None] = mapped_column(Line(32), unique=True)
    valid_until: Mapped[date | None]
    next_check_on: Mapped[date | None]
    rectify_by: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_on: Mapped[date | None]
    reinstates_id: Mapped[int | None] = mapped_column(ForeignKey("recognition.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    business: Mapped[Business] = relationship()
    category: Mapped[Category] = relationship()
    proposed_by: Mapped[Unit | None] = relationship()
    reinstates: Mapped["Recognition | None"] = relationship(remote_side=[id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope(self) -> Scope:
        """Whose business it is: the responsible unit's, the co-operating ones', and that of the unit that put it forward."""
        wide = self.category.wide_scope
        proposer = {self.proposed_by_id} if self.proposed_by_id is not None else set()
        return Scope(wide.mechanism_id, wide.unit_ids | proposer)

    @property
    def day_to_watch(self) -> tuple[str, date | None]:
        """The day a list shows for its state, and what that day is; nothing is said of the day something ended."""
        days = {_S.RECTIFYING: ("整改至", self.rectify_by), _S.RECOGNISED: ("有效至", self.valid_until)}
        days[_S.ON_NOTICE] = ("公示至", self.notice_until)
        return days.get(self.status) or (("", self.ended_on) if self.ended_on else ("申报", self.applied_on))

    @hybrid_method
    def is_listed(self, today: date) -> bool:
        """On the public list: recognised (also while it mends something) and not past its last day."""
        return self.status in self.LISTED and self.valid_until is not None and self.valid_until >= today

    @is_listed.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _is_listed(cls, today: date) -> Any:
        return cls.is_recognised() & (cls.valid_until >= today)

    @classmethod
    def is_recognised(cls) -> Any:
        """As SQL: recognised or rectifying, whether or not its last day is past; in the very words of the partial indexes."""
        return cls.certificate_no.is_not(None) & cls.ended_on.is_(None)

    @hybrid_method
    def was_listed(self, day: date) -> bool:
        """Was it on the list at the end of that day? Only for days that are over, or today."""
        if self.recognised_on is None or self.valid_until is None:
            return False
        return self.recognised_on <= day <= self.valid_until and (self.ended_on is None or self.ended_on > day)

    @was_listed.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _was_listed(cls, day: date) -> Any:
        return (cls.recognised_on <= day) & (cls.valid_until >= day) & (cls.ended_on.is_(None) | (cls.ended_on > day))

    @classmethod
    def reinstated(cls, removed: "Recognition", on: date, *, certificate_no: str, token: str, next_check_on: date) -> "Recognition":
        """A new recognition in the place of a removed one after an appeal, to the day the old one was valid; a new number and token."""
        return cls(
            business=removed.business,
            category=removed.category,
            street=removed.business.street,
            origin=Origin.REINSTATED,
            proposed_by_id=removed.proposed_by_id,
            declarations=list(removed.declarations),
            applied_on=on,
            status=_S.RECOGNISED,
            recognised_on=on,
            certificate_no=certificate_no,
            token=token,
            valid_until=removed.valid_until,
            next_check_on=next_check_on,
            reinstates=removed,
        )

    @classmethod
    def recognised_earlier(
        cls, business: Business, category: Category, *, on: date, certificate_no: str, token: str, valid_until: date, next_check_on: date
    ) -> "Recognition":
        """A recognition made before the platform was there (历史认定), with the number and dates of its certificate."""
        return cls(
            business=business,
            category=category,
            street=business.street,
            origin=Origin.IMPORT,
            declarations=[],
            applied_on=on,
            status=_S.RECOGNISED,
            recognised_on=on,
            certificate_no=certificate_no,
            token=token,
            valid_until=valid_until,
            next_check_on=next_check_on,
        )

    def review(self) -> None:
        """The papers are in order (审核通过)."""
        self._move_to(_S.REVIEWED)

    def pass_inspection(self) -> None:
        """The on-site inspection reached the minimums."""
        self._move_to(_S.INSPECTED)

    def publish(self, first: date, last: date) -> None:
        """公示 from the first to the last day, both included."""
        self._move_to(_S.ON_NOTICE)
        self.notice_from, self.notice_until = first, last

    def recognise(self, on: date, *, certificate_no: str, token: str, valid_until: date, next_check_on: date) -> None:
        """认定: it is on the list from this moment."""
        self._move_to(_S.RECOGNISED)
        self.recognised_on, self.certificate_no, self.token = on, certificate_no, token
        self.valid_until, self.next_check_on = valid_until, next_check_on

    def refuse(self, at: datetime, on: date, reason: str) -> None:
        """不予认定 at whichever gate it stands, with the reason."""
        gate = self.status
        self._move_to(_S.REFUSED)
        self.gate = gate.value
        self._end(at, on, reason)

    def rectify(self, by: date) -> None:
        """限期整改: it stays on the list and mends what was found by that day."""
        self._move_to(_S.RECTIFYING)
        self.rectify_by = by

    def set_right(self) -> None:
        """整改到位."""
        self._move_to(_S.RECOGNISED)
        self.rectify_by = None

    def renew(self, valid_until: date) -> None:
        """续期: it stays listed without a gap. IllegalMove unless it is recognised."""
        if self.status != _S.RECOGNISED:
            self._move_to(_S.RECOGNISED)
        self.valid_until = valid_until

    def expire(self, at: datetime) -> None:
        """The last day has passed without renewal."""
        assert self.valid_until is not None
        self._move_to(_S.EXPIRED)
        self._end(at, self.valid_until + timedelta(days=1), "有效期届满未续")

    def withdraw(self, at: datetime, on: date, reason: str) -> None:
        """自愿退出, or the business is no more."""
        self._move_to(_S.WITHDRAWN)
        self._end(at, on, reason)

    def remove(self, at: datetime, on: date, reason: str) -> None:
        """失信退出. Only coordination/registry/removal.py calls this: what must follow stands there."""
        self._move_to(_S.REMOVED)
        self._end(at, on, reason)

    def _end(self, at: datetime, on: date, reason: str) -> None:
        self.ended_at, self.ended_on, self.reason, self.rectify_by = at, on, reason, None


class ListVersion(Model):
    """The number every public page of the registry carries in its ETag. One row; raised inside the transaction that changes the list."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    changed_at: Mapped[datetime]


def raise_list_version(session: Session, at: datetime) -> int:
    """The next version, in the caller's transaction: a page is either wholly of the old list or wholly of the new one."""
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(ListVersion).values(id=1, number=1, changed_at=at)
    row = row.on_conflict_do_update(index_elements=["id"], set_={"number": ListVersion.number + 1, "changed_at": at})
    return session.execute(row.returning(ListVersion.number)).scalar_one()
