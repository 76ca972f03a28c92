"""A small county for tests: two mechanisms, a few units, one person per role. Plain rows, no services."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from coordination.access import actor_of
from coordination.permissions import Actor
from models import (
    AuditHead,
    CalendarDay,
    CalendarYear,
    Mechanism,
    Membership,
    Person,
    Role,
    RoleGrant,
    TopRung,
    Unit,
    UnitKind,
)

NOW = datetime(2026, 6, 18, 1, 0, tzinfo=UTC)  # Thursday 18 June 2026, 9:00 in China, the day before the dragon-boat holiday
TODAY = date(2026, 6, 18)
HOLIDAYS_2026 = {
    "2026-01-01": "元旦",
    "2026-06-19": "端午节",
    "2026-09-25": "中秋节",
    **{f"2026-10-0{day}": "国庆节" for day in range(1, 8)},
}
MADE_UP_2026 = ("2026-09-20", "2026-10-10")


@dataclass
class World:
    """What the tests speak of: units, mechanisms and people by code or username."""

    units: dict[str, Unit] = field(default_factory=dict)
    mechanisms: dict[str, Mechanism] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, session: Session, username: str) -> Actor:
        """The named person as services see them."""
        return actor_of(session, session.merge(self.people[username], load=True))


UNITS = {
    "SCJG": ("示例县市场监督管理局", "县市场监管局", UnitKind.BUREAU),
    "JYJ": ("示例县教育局", "县教育局", UnitKind.BUREAU),
    "WLJ": ("示例县文化和旅游局", "县文旅局", UnitKind.BUREAU),
    "SWJ": ("示例县商务局", "县商务局", UnitKind.BUREAU),
    "GAJ": ("示例县公安局", "县公安局", UnitKind.BUREAU),
    "XBG": ("消费者权益保护股", "消保股", UnitKind.SECTION),
    "GGG": ("广告监督管理股", "广告股", UnitKind.SECTION),
    "JLG": ("计量股", "计量股", UnitKind.SECTION),
}


def build_world(session: Session) -> World:
    """Insert the county and return it; the caller commits."""
    world = World()
    for position, (code, (name, short, kind)) in enumerate(UNITS.items()):
        world.units[code] = Unit(code=code, name=name, short_name=short, kind=kind, position=position, former_names=[])
    session.add_all(world.units.values())
    session.flush()
    for code in ("XBG", "GGG", "JLG"):
        world.units[code].parent = world.units["SCJG"]
    _mechanism(session, world, "county", TopRung.REPORT_UP, "SCJG", ("SCJG", "JYJ", "WLJ", "SWJ", "GAJ"))
    _mechanism(session, world, "sections", TopRung.CRITICISM, "XBG", ("XBG", "GGG", "JLG"))
    _people(session, world)
    _calendar(session)
    if session.get(AuditHead, 1) is None:
        session.add(AuditHead(id=1))
    session.flush()
    return world


def _mechanism(session: Session, world: World, code: str, top: TopRung, office: str, members: tuple[str, ...]) -> None:
    county = code == "county"
    mechanism = Mechanism(
        code=code,
        name="示例县消费者权益保护工作联席会议" if county else "示例县市场监督管理局消费者权益保护工作股室联席会议",
        short_name="联席会议" if county else "股室联席会议",
        issuer="示例县市场监督管理局",
        top_rung=top,
        office_unit=world.units[office],
    )
    session.add(mechanism)
    session.flush()
    world.mechanisms[code] = mechanism
    for position, unit in enumerate(members):
        session.add(Membership(mechanism=mechanism, unit=world.units[unit], from_on=date(2024, 1, 1), position=position))


def _people(session: Session, world: World) -> None:
    both = tuple(world.mechanisms.values())
    for role in Role:
        if role in {Role.LIAISON, Role.UNIT_HEAD}:
            continue
        person = _person(world, role.value, role.label, "SCJG")
        bound = role in {Role.CONVENOR, Role.DEPUTY, Role.OFFICE, Role.RECORDER}
        person.grants = [RoleGrant(role=role, mechanism=m) for m in both] if bound else [RoleGrant(role=role)]
        session.add(person)
    for code, unit in world.units.items():
        for prefix, role in (("liaison", Role.LIAISON), ("head", Role.UNIT_HEAD)):
            person = _person(world, f"{prefix}-{code}", f"{unit.short_name}{role.label}", code)
            person.grants = [RoleGrant(role=role)]
            session.add(person)


def _person(world: World, username: str, name: str, unit: str) -> Person:
    # No password: these people act through services, or through a session row made by the ``sign_in`` fixture.
    email = f"{username}@example.org"
    person = Person(username=username, name=name[:40], email=email, password_hash="!", must_change_password=False, unit=world.units[unit])
    world.people[username] = person
    return person


def _calendar(session: Session) -> None:
    for year in (2024, 2025, 2026):
        if session.get(CalendarYear, year) is not None:
            continue
        row = CalendarYear(year=year, imported_at=NOW)
        if year == 2026:
            row.days = [CalendarDay(day=date.fromisoformat(day), is_off=True, name=name) for day, name in HOLIDAYS_2026.items()]
            row.days += [CalendarDay(day=date.fromisoformat(day), is_off=False, name="调休") for day in MADE_UP_2026]
        session.add(row)
