"""The stage the demo is played on: who acts, what day it is, and everything in the order of time, as it would have happened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from coordination.access import actor_of
from coordination.demo.days import Days
from coordination.permissions import Actor
from models import Mechanism, Person, Unit

HOURS = (9, 10, 11, 14, 15, 16)


def clock(number: int) -> str:
    """Some time within office hours, another for each number: ``10:35``."""
    return f"{HOURS[number % len(HOURS)]}:{(number * 17 + 5) % 60:02}"


@dataclass
class Stage:
    """``plan`` what shall happen, in any order; ``play`` does it by the clock, so that the audit ledger reads like a year's."""

    session: Session
    days: Days
    units: dict[str, Unit]
    mechanisms: dict[str, Mechanism]
    people: dict[str, Person]
    _planned: list[tuple[datetime, int, Callable[[datetime], object]]] = field(default_factory=list)
    _actors: dict[str, Actor] = field(default_factory=dict)

    def plan(self, day: int, clock: str, act: Callable[[datetime], object]) -> None:
        """``act(now)`` at that time of that day (0: today, -5: the fifth working day before)."""
        self._planned.append((self.days.at(day, clock), len(self._planned), act))

    def play(self, until: datetime) -> None:
        """Do everything planned up to ``until``, also what is planned by what is done; what lies later is left out."""
        while self._planned:
            self._planned.sort(key=lambda planned: planned[:2])
            at, _, act = self._planned.pop(0)
            if at <= until:
                act(at)

    def actor(self, username: str) -> Actor:
        """The person with this username, as services see them."""
        if username not in self._actors:
            self._actors[username] = actor_of(self.session, self.people[username])
        return self._actors[username]

    def liaison(self, unit: str) -> Actor:
        """The liaison of the unit with this code."""
        return self.actor(f"liaison-{unit}")
