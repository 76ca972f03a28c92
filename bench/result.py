"""What one benchmark measured on one database, and whether that reaches its goals."""

import math
import re
from dataclasses import dataclass, field

_GOAL = re.compile(r"(>=|<=)(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Result:
    """One measurement: ratios with their goals, and the absolute numbers they came from.

    A ratio is measured against a reference that does the same work in the same run, or it is a count; both are free of the machine's
    speed. Figures carry their unit in the name (``requests_per_second``, ``milliseconds_p95``) and depend on the machine.
    """

    bench: str
    """Name of the module in bench/; in reports and issues a number is called ``bench.ratio``, e.g. ``pages.staff_sqlite``."""

    database: str | None
    """``sqlite``, ``postgresql``, or None where no database takes part."""

    ratios: dict[str, float]
    """Name to number; the name ends in ``_sqlite`` or ``_postgresql`` where both databases are measured."""

    goals: dict[str, str] = field(default_factory=dict)
    """Name of a ratio to ``>=NUMBER`` or ``<=NUMBER``."""

    figures: dict[str, float] = field(default_factory=dict)
    """Absolute numbers."""

    profile: str = ""
    """Where the time went, as text; it is shown when a goal is missed, so measure it then."""

    def __post_init__(self) -> None:
        """Refuse what could not be judged: a goal without its ratio or in another form, a number that is none (ValueError)."""
        for name, goal in self.goals.items():
            if name not in self.ratios:
                raise ValueError(f"{self.bench}: the goal {name} has no ratio of that name")
            if not _GOAL.fullmatch(goal):
                raise ValueError(f"{self.bench}.{name}: a goal is written >=NUMBER or <=NUMBER, not {goal!r}")
        for name, number in {**self.ratios, **self.figures}.items():
            if not math.isfinite(number):
                raise ValueError(f"{self.bench}.{name} is {number}, which measures nothing")

    def reaches(self, name: str) -> bool:
        """Tell whether the ratio called ``name`` is on the right side of its goal; one without a goal always is."""
        goal = _GOAL.fullmatch(self.goals.get(name, ""))
        if goal is None:
            return True
        bound = float(goal[2])
        return self.ratios[name] >= bound if goal[1] == ">=" else self.ratios[name] <= bound

    def missed(self) -> list[str]:
        """List the ratios that do not reach their goal, in the order of the goals."""
        return [name for name in self.goals if not self.reaches(name)]
