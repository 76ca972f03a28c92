"""Which units were heard on an item, were away, attend it, or help with a clause or its task: all lists of an agenda in one query."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, inspect, literal, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from models import AgendaItem, Decision, Meeting, Task, Unit

_LISTS: tuple[tuple[Any, str], ...] = (
    *((AgendaItem, name) for name in ("heard", "away", "units")),
    *((model, "co_units") for model in (Decision, Task)),
)


def load(session: Session, meeting: Meeting, items: Sequence[AgendaItem]) -> None:
    """Fill the lists of these items, their decisions and the tasks of these, which are read already. A loader for each would ask five
    times; a list that was read before stays as it is."""
    named = union_all(*(_named(model, name, meeting) for model, name in _LISTS)).subquery()
    query = select(named.c.list, named.c.row_id, Unit).join(Unit, Unit.id == named.c.unit_id).order_by(Unit.position, Unit.id)
    found: dict[tuple[str, int], list[Unit]] = {}
    for list_, row_id, unit in session.execute(query):
        found.setdefault((list_, row_id), []).append(unit)
    decisions = [decision for item in items for decision in item.decisions]
    tasks = [decision.task for decision in decisions if decision.task is not None]
    rows: dict[Any, Sequence[Any]] = {AgendaItem: items, Decision: decisions, Task: tasks}
    for model, name in _LISTS:
        for row in rows[model]:
            if name in inspect(row).unloaded:
                set_committed_value(row, name, found.get((_key(model, name), row.id), []))


def _key(model: Any, name: str) -> str:
    return f"{model.__tablename__}.{name}"


def _named(model: Any, name: str, meeting: Meeting) -> Select[Any]:
    """(list, row, unit) of one of the lists, over all items of the meeting."""
    pairs = getattr(model, name).property.secondary
    row_id = pairs.c["item_id" if model is AgendaItem else f"{model.__tablename__}_id"]
    query = select(literal(_key(model, name)).label("list"), row_id.label("row_id"), pairs.c.unit_id)
    query = query.join(model, model.id == row_id)
    if model is Task:
        query = query.join(Decision, Decision.id == Task.decision_id)
    if model is not AgendaItem:
        query = query.join(AgendaItem, AgendaItem.id == Decision.item_id)
    return query.where(AgendaItem.meeting_id == meeting.id)
