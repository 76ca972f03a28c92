"""People, their roles and their sessions as they are read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Text, and_, exists, func, or_, select, type_coerce
from sqlalchemy.orm import Session, joinedload, selectinload

from models import AccountRules, LoginSession, Mechanism, Person, Role, RoleGrant, Setting, Unit
from models.errors import NotFound

PAGE = 30
USERNAME_LENGTH = 64


def rules(session: Session) -> AccountRules:
    """The rules of log-in in force."""
    row = session.get(Setting, AccountRules.KEY)
    return AccountRules.read(row.value if row else None)


def rules_version(session: Session) -> int:
    """Which version of the rules is stored; 0 while they stand at their defaults."""
    row = session.get(Setting, AccountRules.KEY)
    return row.version if row else 0


def platform_name(session: Session) -> str:
    """What this platform is called in an authenticator app: the office's own name for it, if it has one."""
    row = session.get(Setting, "platform_name")
    return row.value if row else "联席会议平台"


def by_username(session: Session, username: str) -> Person | None:
    """Who signs in under exactly this name; nobody does under one that is too long to be kept."""
    if len(username) > USERNAME_LENGTH:
        return None
    return session.scalar(select(Person).where(Person.username == username))


def username_taken(session: Session, username: str) -> bool:
    """Does somebody have this name, whatever the case of its letters?"""
    return session.scalar(select(exists().where(func.lower(Person.username) == username.lower()))) or False


def get_person(session: Session, person_id: int) -> Person:
    """The person with unit and roles; NotFound when there is none. For the accounts pages: whoever may open them sees all people."""
    query = select(Person).where(Person.id == person_id)
    person = session.scalar(query.options(joinedload(Person.unit), selectinload(Person.grants).joinedload(RoleGrant.mechanism)))
    if person is None:
        raise NotFound("没有这个账号")
    return person


def people_of_units(session: Session, unit_ids: Iterable[int], roles: Iterable[Role] = (Role.LIAISON,)) -> list[Person]:
    """Who acts for these units in one of ``roles``, disabled people left out. For a merged unit pass its heir's id too."""
    query = (
        select(Person)
        .join(RoleGrant)
        .where(Person.unit_id.in_(list(unit_ids)), RoleGrant.role.in_(list(roles)), Person.disabled_at.is_(None))
        .order_by(Person.id)
        .distinct()
    )
    return list(session.scalars(query))


def people_in_role(session: Session, role: Role, mechanism_id: int | None = None) -> list[Person]:
    """Who holds ``role`` in that mechanism or in all of them, disabled people left out."""
    query = (
        select(Person)
        .join(RoleGrant)
        .where(RoleGrant.role == role, Person.disabled_at.is_(None))
        .where(or_(RoleGrant.mechanism_id.is_(None), RoleGrant.mechanism_id == mechanism_id))
        .order_by(Person.id)
        .distinct()
    )
    return list(session.scalars(query))


@dataclass(frozen=True)
class PeopleSought:
    """What the list of accounts is narrowed to; absent parts narrow nothing."""

    words: str = ""
    role: Role | None = None
    disabled: bool | None = None
    unit_id: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        found: list[ColumnElement[bool]] = []
        if self.words:
            sought = (Person.name, Person.username, Unit.name, Unit.short_name)
            # As plain text: a pattern may be longer than the column, whose own type would refuse it.
            found.append(or_(*(type_coerce(column, Text).icontains(self.words, autoescape=True) for column in sought)))
        if self.role is not None:
            found.append(exists().where(RoleGrant.person_id == Person.id, RoleGrant.role == self.role))
        if self.disabled is not None:
            found.append(Person.disabled_at.is_not(None) if self.disabled else Person.disabled_at.is_(None))
        if self.unit_id is not None:
            found.append(Person.unit_id == self.unit_id)
        return found


@dataclass(frozen=True)
class PeoplePage:
    """One page of the list of accounts, by username. ``before`` and ``after`` lead to its neighbours, None where there is none."""

    people: Sequence[Person]
    last_seen: dict[int, datetime]
    total: int
    before: str | None
    after: str | None


def listed(session: Session, sought: PeopleSought, *, after: str = "", before: str = "", limit: int = PAGE) -> PeoplePage:
    """The accounts sought behind the username ``after``, or in front of ``before``."""
    conditions = sought.conditions()
    total = session.scalar(select(func.count()).select_from(Person).outerjoin(Person.unit).where(*conditions)) or 0
    query = select(Person).outerjoin(Person.unit).where(*conditions).limit(limit + 1)
    query = query.options(joinedload(Person.unit), selectinload(Person.grants).joinedload(RoleGrant.mechanism))
    if before:
        rows = list(session.scalars(query.where(Person.username < before[:USERNAME_LENGTH]).order_by(Person.username.desc())))
        people, has_before, has_after = rows[:limit][::-1], len(rows) > limit, True
    else:
        rows = list(session.scalars(query.where(Person.username > after[:USERNAME_LENGTH]).order_by(Person.username)))
        people, has_before, has_after = rows[:limit], bool(after), len(rows) > limit
    first, last = (people[0].username, people[-1].username) if people else (None, None)
    seen = last_log_ins(session, [person.id for person in people])
    return PeoplePage(people, seen, total, first if has_before else None, last if has_after else None)


def last_log_ins(session: Session, person_ids: Iterable[int]) -> dict[int, datetime]:
    """When each of these people last signed in; who never did is missing."""
    query = select(LoginSession.person_id, func.max(LoginSession.created_at).label("at")).where(
        LoginSession.person_id.in_(list(person_ids))
    )
    return {row.person_id: row.at for row in session.execute(query.group_by(LoginSession.person_id))}


def living_sessions(session: Session, person_id: int, now: datetime) -> list[LoginSession]:
    """The sessions of this person that have neither ended nor run out, newest first."""
    query = select(LoginSession).where(LoginSession.person_id == person_id, LoginSession.ended_at.is_(None), LoginSession.expires_at > now)
    return list(session.scalars(query.order_by(LoginSession.id.desc())))


def known_places(session: Session, person_id: int, device: str, address: str, since: datetime) -> tuple[bool, bool]:
    """Has this person signed in since then with this browser (its hash)? From this address?"""
    own = and_(LoginSession.person_id == person_id, LoginSession.created_at > since)
    by_device, by_address = exists().where(own, LoginSession.device == device), exists().where(own, LoginSession.address == address)
    found = session.execute(select(by_device, by_address)).one()
    return bool(device) and found[0], found[1]


def last_totp_step(session: Session, person_id: int) -> int:
    """The newest 30-second step whose one-time code this person has used; 0 for none."""
    return session.scalar(select(func.max(LoginSession.totp_step)).where(LoginSession.person_id == person_id)) or 0


def units_to_choose(session: Session, on: date, kept: int | None = None) -> list[Unit]:
    """The units an account may belong to on that day, in the register's order; ``kept`` is the one it has, though merged since."""
    units = session.scalars(select(Unit).order_by(Unit.position, Unit.id))
    return [unit for unit in units if unit.stands(on) or unit.id == kept]


def mechanisms(session: Session) -> list[Mechanism]:
    """Every joint meeting, for the roles that are bound to one."""
    return list(session.scalars(select(Mechanism).order_by(Mechanism.id)))
