"""Complaints (投诉、举报、咨询): what somebody asked for, whose it is, and what became of it.

What identifies the person who complained is not in these columns: name, phone, id number, address and the text as written lie in
``sealed``, encrypted with a key outside the database. ``text`` is the same text with such facts masked.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.business import Business
from models.errors import IllegalMove
from models.states import Stateful, Status


class ComplaintKind(Status):
    """What it is in law; a mixed one is split and each part handled on its own track (总局令第121号第九条)."""

    COMPLAINT = "complaint", "投诉"
    REPORT = "report", "举报"
    QUERY = "query", "咨询"
    MIXED = "mixed", "投诉举报（待拆分）"


class Channel(Status):
    """How it came in; every count can be split by it."""

    PLATFORM = "platform", "全国12315平台"
    HOTLINE = "hotline", "12315热线"
    CITY_HOTLINE = "city_hotline", "12345热线"
    LETTER = "letter", "来函"
    ON_SITE = "on_site", "现场"
    VISIT = "visit", "来信来访"
    HANDED_OVER = "handed_over", "移送"
    OTHER = "other", "其他"


class Sector(Status):
    """Whose law sets the limits: 市场监管's own, that of every department, or a sector's."""

    MARKET = "market", "市场监管"
    DEPARTMENT = "department", "其他部门"
    GAS = "gas", "燃气"
    TELECOM = "telecom", "电信"
    POST = "post", "邮政快递"


class ComplaintStatus(Status):
    """Where it stands. Near and overdue are derived from the clocks."""

    REGISTERED = "registered", "待分派"
    ASSIGNED = "assigned", "待签收"
    RECEIVED = "received", "待受理"
    RETURNED = "returned", "已退回"
    DISPUTED = "disputed", "职责争议"
    ACCEPTED = "accepted", "已受理"
    REFUSED = "refused", "不予受理"
    MEDIATING = "mediating", "调解中"
    SETTLED = "settled", "达成调解"
    TERMINATED = "terminated", "终止调解"
    WITHDRAWN = "withdrawn", "已撤回"
    CHECKING = "checking", "核查中"
    FILED = "filed", "已立案"
    NOT_FILED = "not_filed", "不予立案"
    INFORMED = "informed", "已告知"
    ANSWERED = "answered", "已答复"
    CLOSED = "closed", "已办结"


_S = ComplaintStatus
_K = ComplaintKind
ON_THE_WAY = frozenset({_S.REGISTERED, _S.ASSIGNED, _S.RECEIVED, _S.RETURNED, _S.DISPUTED, _S.CLOSED})
TRACKS: dict[ComplaintKind, frozenset[ComplaintStatus]] = {
    _K.COMPLAINT: ON_THE_WAY | {_S.ACCEPTED, _S.REFUSED, _S.MEDIATING, _S.SETTLED, _S.TERMINATED, _S.WITHDRAWN},
    _K.REPORT: ON_THE_WAY | {_S.CHECKING, _S.FILED, _S.NOT_FILED, _S.INFORMED, _S.WITHDRAWN},
    _K.QUERY: ON_THE_WAY | {_S.ANSWERED},
    _K.MIXED: frozenset({_S.REGISTERED}),
}


class Complaint(Stateful, Model):
    """One case. ``number`` is 登记编号 where 12315 gave one, else our own; ``print_`` tells whether an imported row has changed.

    ``received_at`` is when the competent body received it (None: the source does not say, and no clock can be told). ``amount`` is in
    fen (分). ``due_on``: the nearest last day among the clocks, kept for the order of queues. What ``said_`` is told by the source.
    """

    MOVES = {
        _S.REGISTERED: {_S.ASSIGNED, _S.ANSWERED, _S.WITHDRAWN, _S.CLOSED},
        _S.ASSIGNED: {_S.RECEIVED, _S.RETURNED, _S.WITHDRAWN, _S.ASSIGNED},
        _S.RECEIVED: {_S.ACCEPTED, _S.REFUSED, _S.RETURNED, _S.CHECKING, _S.ANSWERED, _S.WITHDRAWN},
        _S.RETURNED: {_S.ASSIGNED, _S.DISPUTED, _S.WITHDRAWN, _S.CLOSED},
        _S.DISPUTED: {_S.ASSIGNED, _S.WITHDRAWN},
        _S.ACCEPTED: {_S.MEDIATING, _S.SETTLED, _S.TERMINATED, _S.WITHDRAWN},
        _S.REFUSED: {_S.CLOSED},
        _S.MEDIATING: {_S.SETTLED, _S.TERMINATED, _S.WITHDRAWN},
        _S.SETTLED: {_S.CLOSED},
        _S.TERMINATED: {_S.CLOSED},
        _S.WITHDRAWN: {_S.CLOSED},
        _S.CHECKING: {_S.FILED, _S.NOT_FILED, _S.WITHDRAWN},
        _S.FILED: {_S.INFORMED},
        _S.NOT_FILED: {_S.INFORMED},
        _S.INFORMED: {_S.CLOSED},
        _S.ANSWERED: {_S.CLOSED},
        _S.CLOSED: {_S.RECEIVED},
    }

    __table_args__ = (
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("amount IS NULL OR amount >= 0", name="amount"),
        CheckConstraint("kind <> 'mixed' OR status = 'registered'", name="mixed"),
        Index("ix_complaint_status_due_on", "status", "due_on", "id"),
        Index("ix_complaint_received_on", "received_on", "id"),
        Index("ix_complaint_phone_hash", "phone_hash"),
        Index("ix_complaint_business_id", "business_id", "id"),
        Index("ix_complaint_target_name", "target_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Line(60), unique=True)
    kind: Mapped[ComplaintKind] = mapped_column(choice(ComplaintKind))
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    sector: Mapped[Sector] = mapped_column(choice(Sector), default=Sector.MARKET)
    status: Mapped[ComplaintStatus] = mapped_column(choice(ComplaintStatus), default=ComplaintStatus.REGISTERED)
    received_at: Mapped[datetime | None]
    received_on: Mapped[date | None]
    registered_at: Mapped[datetime]
    due_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    target_name: Mapped[str] = mapped_column(Line(200), default="")
    target_uscc: Mapped[str] = mapped_column(Line(18), default="")
    target_address: Mapped[str] = mapped_column(Line(300), default="")
    business_id: Mapped[int | None] = mapped_column(ForeignKey("business.id"))
    text: Mapped[str] = mapped_column(Words(), default="")
    request: Mapped[str] = mapped_column(Words(2000), default="")
    problem: Mapped[str] = mapped_column(Line(200), default="")
    category: Mapped[str] = mapped_column(Line(200), default="")
    place: Mapped[str] = mapped_column(Line(200), default="")
    amount: Mapped[int | None] = mapped_column(BigInteger)
    consents_to_publication: Mapped[bool | None]
    consents_to_delegation: Mapped[bool | None]
    said_status: Mapped[str] = mapped_column(Line(60), default="")
    said_body: Mapped[str] = mapped_column(Line(200), default="")
    said_section: Mapped[str] = mapped_column(Line(200), default="")
    said_result: Mapped[str] = mapped_column(Words(), default="")
    sealed: Mapped[str] = mapped_column(Words(400_000), default="")
    phone_hash: Mapped[str] = mapped_column(Line(64), default="")
    print_: Mapped[str] = mapped_column("print", Line(64), default="")
    version: Mapped[int] = mapped_column(default=1)
    business: Mapped[Business | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def _move_to(self, target: Any) -> None:
        """Change the status along the track of its kind, or IllegalMove."""
        if target not in TRACKS[self.kind]:
            raise IllegalMove(f"{self.kind.label}没有“{target.label}”这一步")
        super()._move_to(target)
