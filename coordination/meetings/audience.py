"""Who is told of a meeting: unit by unit, person by person, before anything is sent; and telling them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit, notices
from coordination.accounts.queries import people_in_role, people_of_units
from coordination.meetings import queries
from coordination.meetings.words import Message
from coordination.settings.queries import rule_in_force
from coordination.tasks.queries import calendar
from models import Meeting, Person, Role, Unit
from models.access import kept as known
from models.calendar import local_date
from models.errors import CalendarMissing, NotFound

LIAISONS = (Role.LIAISON,)
LIAISONS_AND_HEADS = (Role.LIAISON, Role.UNIT_HEAD)


@dataclass(frozen=True)
class Group:
    """A unit, or a role of the mechanism, and its people who will be told; a unit may have nobody yet."""

    name: str
    people: tuple[Person, ...]
    phone: str = ""
    is_unit: bool = True


@dataclass(frozen=True)
class Audience:
    """Everybody who will be told, as the page shows it and as the service owes it: both ask here."""

    groups: tuple[Group, ...]

    @property
    def people(self) -> list[Person]:
        """Each person once."""
        return list({person.id: person for group in self.groups for person in group.people}.values())

    @property
    def without_mail(self) -> list[Person]:
        """Those told in the platform alone."""
        return [person for person in self.people if not person.email]

    @property
    def unreached(self) -> list[Group]:
        """Units with nobody to tell: the office has to call them."""
        return [group for group in self.groups if group.is_unit and not group.people]

    @property
    def in_words(self) -> str:
        """将向16个单位32人和召集人、记录员2人发送."""
        units = [group for group in self.groups if group.is_unit and group.people]
        others = [group for group in self.groups if not group.is_unit]
        parts = [f"{len(units)}个单位{sum(len(group.people) for group in units)}人"] if units else []
        if others:
            parts.append(f"{'、'.join(group.name for group in others)}{sum(len(group.people) for group in others)}人")
        return f"将向{'和'.join(parts) or '0人'}发送"


def reply_due_on(session: Session, meeting: Meeting) -> date | None:
    """By when units should answer (rule REPLY_DUE, working days before the meeting); None where no rule or calendar says."""
    on = local_date(meeting.starts_at)
    try:
        key = ("REPLY_DUE", on, meeting.mechanism_id)
        limit = known(session, key, lambda: rule_in_force(session, *key).limit)
        return calendar(session).shift(on, -abs(limit))
    except (NotFound, CalendarMissing):
        return None


def of_units(session: Session, units: Sequence[Unit], roles: Iterable[Role], on: date) -> Audience:
    """The people of these units in one of ``roles``, those still listed under a unit merged into one of them included."""
    wanted = {unit.id for unit in units}
    kept = queries.heirs_loaded(session)
    merged = session.scalars(select(Unit).where(Unit.successor_id.is_not(None)))
    home = {unit.id: unit.heir(on).id for unit in merged if unit.heir(on).id in wanted} | {unit_id: unit_id for unit_id in wanted}
    del kept
    people: dict[int, list[Person]] = {unit_id: [] for unit_id in wanted}
    for person in people_of_units(session, list(home), roles):
        if person.unit_id is not None:
            people[home[person.unit_id]].append(person)
    return Audience(tuple(Group(unit.short_name, tuple(people[unit.id]), unit.phone) for unit in units))


def of_members(session: Session, meeting: Meeting, roles: Iterable[Role] = LIAISONS) -> Audience:
    """The people of the units that sit on the day of the meeting."""
    on = local_date(meeting.starts_at)
    return of_units(session, queries.members(session, meeting.mechanism_id, on), roles, on)


def of_invited(session: Session, meeting: Meeting, *, unanswered: bool = False) -> Audience:
    """Liaisons and heads of the units the notice went to; only of those that have not answered when ``unanswered``."""
    replies = queries.replies_of(session, meeting)
    units = [reply.unit for reply in replies if reply.answer is None or not unanswered]
    return of_units(session, units, LIAISONS_AND_HEADS, local_date(meeting.starts_at))


def with_leaders(session: Session, audience: Audience, mechanism_id: int) -> Audience:
    """The audience and, before it, convenor, deputy and recorder of the mechanism."""
    roles = (Role.CONVENOR, Role.DEPUTY, Role.RECORDER)
    leaders = [Group(role.label, tuple(people_in_role(session, role, mechanism_id)), is_unit=False) for role in roles]
    return Audience((*(group for group in leaders if group.people), *audience.groups))


def concerned(session: Session, meeting: Meeting) -> Audience:
    """Who must hear that the meeting changes, is put off or cancelled: nobody yet, the members' liaisons, or all who were invited."""
    if not meeting.is_shared:
        return Audience(())
    if meeting.notified_at is None:
        return of_members(session, meeting)
    return with_leaders(session, of_invited(session, meeting), meeting.mechanism_id)


def tell(
    session: Session,
    *,
    kind: str,
    about: Any,
    people: Iterable[Person],
    message: Message,
    path: str,
    now: datetime,
    slot: str = "",
    calendar: Callable[[Person], str] | None = None,
    held: timedelta = timedelta(),
) -> int:
    """Owe these people a notice about a row that leads to ``path``; returns how many were newly owed. No ``slot``: each is new."""
    return notices.owe(
        session,
        kind=kind,
        subject=audit.subject_of(about),
        slot=slot or now.isoformat(timespec="seconds"),
        people=people,
        title=message.title,
        text=message.text,
        now=now,
        path=path,
        calendar=calendar,
        held=held,
    )
