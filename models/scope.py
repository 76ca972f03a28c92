"""Whom a thing concerns: the question every permission check asks of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Scope:
    """The mechanism a thing belongs to (None: none) and the units whose business it is."""

    mechanism_id: int | None = None
    unit_ids: frozenset[int] = field(default_factory=frozenset)
