"""The demo county's accounts: one for each role of the county, and a head and a liaison for every unit that sits. One password for all."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import cycle
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination import audit
from coordination.accounts import passwords
from coordination.accounts.service import create_person
from coordination.permissions import OPERATOR, Grant
from models import Mechanism, Person, Role, Unit

# Username, name, role, unit (None: outside the county's units).
OFFICIALS = (
    ("convenor", "召集人甲", Role.CONVENOR, "SCJG"),
    ("deputy", "副召集人乙", Role.DEPUTY, "SCJG"),
    ("office", "办公室丙", Role.OFFICE, "SCJG"),
    ("recorder", "记录员丁", Role.RECORDER, "SCJG"),
    ("router", "分派员戊", Role.ROUTER, "ZHZX"),
    ("approver", "分管领导己", Role.APPROVER, "SCJG"),
    ("auditor", "审计员庚", Role.AUDITOR, None),
    ("admin", "管理员辛", Role.ADMIN, "SCJG"),
)
OF_UNITS = (("head", Role.UNIT_HEAD, "负责人"), ("liaison", Role.LIAISON, "联络员"))
# People have no surnames here: the ten stems, then the twelve branches, one for each unit in turn.
SIGNS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


def load_people(
    session: Session,
    units: dict[str, Unit],
    mechanisms: dict[str, Mechanism],
    sitting: Iterable[str],
    password: str,
    now: datetime,
) -> dict[str, Person]:
    """Make every account, by username. The password is hashed once: a hash for each would take ten seconds."""
    hashed = passwords.hash_password(password)
    people: dict[str, Person] = {}

    def make(username: str, name: str, unit: str | None, grants: list[Grant]) -> None:
        unit_id, email = units[unit].id if unit else None, f"{username}@example.org"
        given: dict[str, Any] = {"username": username, "name": name, "email": email, "unit_id": unit_id, "grants": grants}
        people[username], _ = create_person(session, actor=OPERATOR, password_hash=hashed, must_change=False, now=now, **given)

    for username, name, role, unit in OFFICIALS:
        make(username, name, unit, _grants(role, mechanisms))
    for code, sign in zip(sitting, cycle(SIGNS), strict=False):
        for prefix, role, word in OF_UNITS:
            make(f"{prefix}-{code}", f"{word}{sign}", code, [Grant(role)])
    return people


def _grants(role: Role, mechanisms: dict[str, Mechanism]) -> list[Grant]:
    """Convenor, office and recorder serve both; the deputy is deputy of the county and convenes the sections (S3 第四章第十三条)."""
    county, sections = mechanisms["county"].id, mechanisms["sections"].id
    if role == Role.DEPUTY:
        return [Grant(Role.DEPUTY, county), Grant(Role.CONVENOR, sections)]
    if role in {Role.CONVENOR, Role.OFFICE, Role.RECORDER}:
        return [Grant(role, county), Grant(role, sections)]
    return [Grant(role)]


def demo_people(session: Session) -> list[Person]:
    """The demo's accounts that may still log in: those of the county first, then unit by unit, as they were made."""
    usernames = {username for username, *_ in OFFICIALS}
    query = select(Person).where(Person.disabled_at.is_(None)).options(joinedload(Person.unit)).order_by(Person.id)
    people = session.scalars(query)
    return [person for person in people if person.username in usernames or person.username.startswith(("head-", "liaison-"))]


def accounts(session: Session) -> Iterator[tuple[str, str]]:
    """Username and whose it is, of every demo account: (``liaison-JYJ``, ``联络员丙·县教育局``)."""
    for person in demo_people(session):
        yield person.username, f"{person.name}·{person.unit.short_name}" if person.unit else person.name


def set_password(session: Session, *, password: str, now: datetime) -> int:
    """Give the demo's accounts this password where they have another one; returns how many had. One look when nothing has changed."""
    people = demo_people(session)
    if not people or passwords.matches(people[0].password_hash, password):
        return 0
    hashed = passwords.hash_password(password)
    for person in people:
        person.password_hash, person.password_changed_at, person.must_change_password = hashed, now, False
    audit.record(session, actor=OPERATOR, action="demo:password", subject="demo:county", at=now, text=f"演示账号{len(people)}个改用新密码")
    return len(people)
