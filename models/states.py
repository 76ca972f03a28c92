"""How things change state: a StrEnum, a MOVES table, one verb per move. Status is assigned nowhere else."""

from enum import StrEnum
from typing import Any, ClassVar

from models.errors import IllegalMove


class Status(StrEnum):
    """A state with its Chinese word: ``ASSIGNED = "assigned", "待签收"``."""

    label: str

    def __new__(cls, value: str, label: str) -> "Status":
        """Keep the word people read beside the word the code reads."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Stateful:
    """Mixin of a thing whose ``status`` moves only along ``MOVES``."""

    MOVES: ClassVar[dict[Any, set[Any]]]
    status: Any

    def _move_to(self, target: Any) -> None:
        """Change the status, or IllegalMove naming both states."""
        if target not in self.MOVES[self.status]:
            raise IllegalMove(f"现为“{self.status.label}”，不能转为“{target.label}”")
        self.status = target
