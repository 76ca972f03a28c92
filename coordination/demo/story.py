"""What a mechanism's share of the demo is made of. The stories themselves are in county.py and sections.py, as data.

Units are named by code, days as working days from the day of loading (-5: the fifth before it).
"""

import re
from dataclasses import dataclass, field

STEP = re.compile(r"(?P<day>-?\d+) (?P<verb>签收|进展|配合|报结|销号|退回|撤销)(?: (?P<number>[+-]?\d+))?(?: (?P<text>.+))?")


@dataclass(frozen=True)
class Step:
    """One thing that happened to a task. 进展 is reported by the lead unit, 配合 by the first that helps it.

    ``number`` is the percentage of either, and the new due day of a 退回.
    """

    day: int
    verb: str
    number: int
    text: str


def step(line: str) -> Step:
    """Read ``-15 进展 40 已完成初步核对。``; ValueError for a line that says nothing of the kind."""
    read = STEP.fullmatch(line)
    if read is None:
        raise ValueError(line)
    return Step(int(read["day"]), read["verb"], int(read["number"] or 0), read["text"] or "")


@dataclass(frozen=True)
class Clause:
    """A decision clause and what became of its task. ``{due}`` in the text stands for the day (于11月9日前)."""

    lead: str
    co: str
    due: int
    deliverable: str
    text: str
    steps: tuple[str, ...] = ()
    reservation: str = ""


@dataclass(frozen=True)
class Item:
    """An item of the meeting that was held: proposed by ``unit``, or (``unit`` None) the office's own, presented by ``presenter``."""

    title: str
    discussion: str
    unit: str | None = None
    presenter: str | None = None
    body: str = ""
    minutes: int = 10
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True)
class Absence:
    """Who did not come in person: 请假 with a reason, or 代会 by somebody of this name and post."""

    unit: str
    reason: str = ""
    name: str = ""
    post: str = ""


@dataclass(frozen=True)
class Proposal:
    """A proposal for the meeting in collecting, and how far it has come: 起草 提交 列入 退回 会前解决, with the office's words."""

    unit: str
    fate: str
    title: str
    body: str
    words: str = ""
    urgent: str = ""


@dataclass(frozen=True)
class Extra:
    """A task without a meeting, given on the last working day."""

    lead: str
    co: str
    due: int
    title: str
    text: str
    deliverable: str
    source: str


@dataclass(frozen=True)
class Bulletin:
    """A 工作简报 (else 情况通报) the office wrote on that day; ``issued``: and sent out, read by all but the mechanism's slow readers."""

    day: int
    is_brief: bool
    issued: bool
    title: str
    body: str


@dataclass(frozen=True)
class Story:
    """One mechanism: the meeting that was held ``held`` working days ago, what it left to do, and the one that now collects."""

    mechanism: str
    convenor: str
    held: int
    clock: str
    place: str
    members: tuple[str, ...]
    post: str
    items: tuple[Item, ...]
    guests: tuple[tuple[str, str, str], ...]
    absences: tuple[Absence, ...]
    late: str
    unread: tuple[str, ...]
    next_held: int
    proposals: tuple[Proposal, ...]
    kept_off: tuple[Proposal, ...] = ()  # handed in for the meeting that was held, and kept off its agenda by the liaison meeting
    extras: tuple[Extra, ...] = field(default=())
    bulletins: tuple[Bulletin, ...] = field(default=())
    correction: tuple[str, str] = ("", "")  # of the issued minutes: what is put right, and why
    opinion: tuple[str, str, str] = ("", "", "")  # of the countersigning: the unit that asks for a change, what for, what became of it
