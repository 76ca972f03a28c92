"""People (人员) and the roles they hold."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.mechanism import Mechanism
from models.states import Status
from models.unit import Unit


class Role(Status):
    """What a person may be; rights follow from role × unit × state (product.md «People»)."""

    CONVENOR = "convenor", "召集人"
    DEPUTY = "deputy", "副召集人"
    OFFICE = "office", "联席会议办公室"
    RECORDER = "recorder", "记录员"
    LIAISON = "liaison", "联络员"
    UNIT_HEAD = "unit_head", "单位负责人"
    ROUTER = "router", "分派员"
    APPROVER = "approver", "分管领导"
    AUDITOR = "auditor", "审计员"
    ADMIN = "admin", "管理员"


class Person(Model):
    """Somebody who can log in. Disabled rather than deleted: what they did keeps their name."""

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(Line(64), unique=True)
    name: Mapped[str] = mapped_column(Line(40))
    email: Mapped[str] = mapped_column(Line(254), default="")
    password_hash: Mapped[str] = mapped_column(Line(200))
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=True)
    totp_secret: Mapped[str | None] = mapped_column(Words(500))
    disabled_at: Mapped[datetime | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit | None] = relationship()
    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="person", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}

    @property
    def role_words(self) -> str:
        """The roles as people read them, in the order of the table of roles: 召集人（联席会议、股室联席会议）、联络员."""
        held = [(role, [grant for grant in self.grants if grant.role == role]) for role in Role]
        return "、".join(_role_words(role, grants) for role, grants in held if grants)


class RoleGrant(Model):
    """One role of one person; a role of a mechanism (convenor, deputy, office, recorder) names the mechanism."""

    __table_args__ = (UniqueConstraint("person_id", "role", "mechanism_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(choice(Role), index=True)
    mechanism_id: Mapped[int | None] = mapped_column(ForeignKey("mechanism.id"), index=True)
    person: Mapped[Person] = relationship(back_populates="grants")
    mechanism: Mapped[Mechanism | None] = relationship()


def _role_words(role: Role, grants: list[RoleGrant]) -> str:
    """One role with its joint meetings. 联席会议办公室 need not say twice of what it is the office."""
    names = [grant.mechanism.short_name for grant in sorted(grants, key=lambda grant: grant.mechanism_id or 0) if grant.mechanism]
    return f"{role.label.removeprefix('联席会议')}（{'、'.join(names)}）" if names else role.label


class LoginFailure(Model):
    """One failed log-in, kept for a day to slow down guessing.

    ``account`` is a keyed hash of the username as typed: it may be a password typed into the wrong box. ``place`` is the address it
    came from, or the browser when it is one that this account has signed in from before (coordination/accounts/lockout.py).
    """

    __table_args__ = (
        Index("ix_login_failure_account_at", "account", "at"),
        Index("ix_login_failure_place_at", "place", "at"),
        Index("ix_login_failure_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(Line(64))
    place: Mapped[str] = mapped_column(Line(80))
    at: Mapped[datetime]
