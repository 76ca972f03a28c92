"""Group messages (群消息推送): what the ladder does, told to an address the office has written down; row → send → mark."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.mechanism import Mechanism
from models.states import Status


class HookFormat(Status):
    """How a message is written."""

    GENERIC = "generic", "通用（JSON，带签名）"
    WECOM = "wecom", "企业微信群机器人"


class TaskHook(Model):
    """One address of one mechanism. ``url`` and ``secret`` are sealed (crypto.py): a robot's address is itself a key."""

    id: Mapped[int] = mapped_column(primary_key=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"), index=True)
    name: Mapped[str] = mapped_column(Line(60))
    format: Mapped[HookFormat] = mapped_column(choice(HookFormat))
    host: Mapped[str] = mapped_column(Line(200))
    url: Mapped[str] = mapped_column(Words(2000))
    secret: Mapped[str] = mapped_column(Words(1000), default="")
    made_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    mechanism: Mapped[Mechanism] = relationship()


class HookMessage(Model):
    """One message owed to one address, once for an ``event``; a copy sent twice by a crash bears the same."""

    __table_args__ = (
        UniqueConstraint("hook_id", "event"),
        Index("ix_hook_message_sent_at_next_at", "sent_at", "given_up_at", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hook_id: Mapped[int] = mapped_column(ForeignKey("task_hook.id"))
    event: Mapped[str] = mapped_column(Line(80))
    text: Mapped[str] = mapped_column(Words(2000))
    path: Mapped[str] = mapped_column(Line(200), default="")
    at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Line(500), default="")
    hook: Mapped[TaskHook] = relationship()
