"""Log-in sessions as rows: logging out, changing the password or disabling the account ends them at once; and the rules of log-in."""

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model
from models.people import Person, Role
from models.states import Status


def token_hash(token: str) -> str:
    """How a token is kept in the database: whoever reads the table cannot act with what they find."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class LoginSession(Model):
    """One log-in. Only the hash of the token is kept; the token itself is in the person's cookie."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(Line(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]  # when the password was last given: a signature asks again after 30 minutes
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(Line(64), default="")
    device: Mapped[str] = mapped_column(Line(64), default="")  # hash of the cookie by which this browser is known again
    totp_step: Mapped[int | None]  # the 30-second step whose code was given: none is taken twice
    person: Mapped[Person] = relationship()

    def lives(self, at: datetime) -> bool:
        """Neither ended nor run out."""
        return self.ended_at is None and at < self.expires_at


class PasswordProfile(Status):
    """Which rules a password must keep."""

    LENGTH = "length", "按长度：至少10位，不常见"
    DENGBAO = "dengbao", "按等级保护：至少8位，含三类字符，90天更换"


PASSWORD_LASTS = timedelta(days=90)  # under 等保 (GB/T 22239-2019, 身份鉴别: 定期更换); the length profile never expires one


@dataclass(frozen=True)
class AccountRules:
    """How people prove who they are, one set for the installation. Kept as the setting ``KEY``; absent values stand at these defaults."""

    KEY: ClassVar[str] = "accounts.rules"

    password_profile: str = PasswordProfile.LENGTH.value
    idle_minutes: int = 60
    session_hours: int = 12
    tries: int = 5  # failures of one account from one place before the next try must wait
    address_tries: int = 30  # failures from one address, whatever the account
    account_tries: int = 50  # failures of one account, wherever from
    first_wait_minutes: int = 1  # doubles with each further failure
    longest_wait_minutes: int = 30
    totp_roles: tuple[Role, ...] = ()  # who must use a one-time code beside the password

    @classmethod
    def read(cls, value: dict[str, Any] | None) -> "AccountRules":
        """The rules as a setting holds them."""
        known = {field.name for field in fields(cls)}
        given = {name: part for name, part in (value or {}).items() if name in known}
        if "totp_roles" in given:
            given["totp_roles"] = tuple(role for role in Role if role.value in given["totp_roles"])
        return cls(**given)

    def must_change(self, changed_at: datetime | None, at: datetime) -> bool:
        """Has a password of this age run out?"""
        expires = self.password_profile == PasswordProfile.DENGBAO
        return expires and (changed_at is None or changed_at + PASSWORD_LASTS <= at)
