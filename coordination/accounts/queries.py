"""People and their roles as they are read."""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Person, Role, RoleGrant


def people_of_units(session: Session, unit_ids: Iterable[int], roles: Iterable[Role] = (Role.LIAISON,)) -> list[Person]:
    """Who acts for these units in one of ``roles``, disabled people left out."""
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
