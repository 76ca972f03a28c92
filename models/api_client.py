"""Programs of other platforms (接口账号): their keys, what they registered, what they were answered, and what they are owed to be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.complaint import Complaint, ComplaintStatus
from models.states import Status
from models.unit import Unit


class ApiScope(Status):
    """What a key opens; each address of the API asks for one."""

    COMPLAINTS_WRITE = "complaints:write", "登记投诉举报"
    COMPLAINTS_READ = "complaints:read", "查询本接口登记的投诉举报"
    UNITS_READ = "units:read", "读取示范单位名录"


class ApiClient(Model):
    """One program (接口账号) and the unit that answers for it. Of the key only a hash is kept; it is shown once.

    ``scopes`` are values of ``ApiScope``. ``webhook_url`` empty: this client is never spoken to. ``webhook_secret`` is sealed (crypto.py).
    """

    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("key_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Line(60))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    key_hash: Mapped[str] = mapped_column(Line(64))
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    webhook_url: Mapped[str] = mapped_column(Line(300), default="")
    webhook_secret: Mapped[str] = mapped_column(Words(1000), default="")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    unit: Mapped[Unit] = relationship()

    @property
    def scope_words(self) -> list[str]:
        """What it may, in words, in the order of ``ApiScope``."""
        return [scope.label for scope in ApiScope if scope.value in self.scopes]


class ApiComplaint(Model):
    """Which client registered a complaint: it alone may ask for it. ``status`` is the last one its client was owed to be told."""

    __table_args__ = (Index("ix_api_complaint_client_id", "client_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"))
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), unique=True)
    status: Mapped[ComplaintStatus] = mapped_column(choice(ComplaintStatus))
    complaint: Mapped[Complaint] = relationship()


class ApiCall(Model):
    """A request that bore an Idempotency-Key, and the answer it got: sent again it gets the same. No personal data is in it.

    ``body_hash`` is keyed: from the table alone nobody can try out names and telephone numbers.
    """

    __table_args__ = (UniqueConstraint("client_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"))
    key: Mapped[str] = mapped_column(Line(128))
    body_hash: Mapped[str] = mapped_column(Line(64))
    status: Mapped[int]
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


class WebhookDelivery(Model):
    """One change of status a client is owed to be told. ``event`` is the number of the audit entry that records the change.

    The unique key makes owing it twice impossible; sent twice by a crash, it bears the same ``event``. ``tries`` counts attempts.
    """

    __table_args__ = (
        UniqueConstraint("client_id", "event"),
        Index("ix_webhook_delivery_sent_at_next_at", "sent_at", "given_up_at", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"))
    event: Mapped[int]
    number: Mapped[str] = mapped_column(Line(60))
    status: Mapped[ComplaintStatus] = mapped_column(choice(ComplaintStatus))
    at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Line(500), default="")
    client: Mapped[ApiClient] = relationship()
