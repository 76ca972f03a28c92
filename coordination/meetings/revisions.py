"""Revisions of the text of minutes: what each compile or edit changed, who did it and when; any of them can be read and compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from coordination.documents.wording import ordinal
from coordination.meetings import queries
from coordination.permissions import Actor
from models import Minutes, MinutesRevision
from models.errors import NotFound
from models.minutes_revision import OPENING

Texts = dict[str, list[str]]
BEFORE = "启用修订记录前的文字"
OPENING_NAME = "导语"


@dataclass(frozen=True)
class Compared:
    """One section as it was in a revision and as it is now."""

    heading: str
    old: str
    new: str

    @property
    def is_same(self) -> bool:
        """Does it read the same?"""
        return self.old == self.new


def text_now(minutes: Minutes) -> Texts:
    """The whole text as it stands: [heading, text] by section."""
    return {OPENING: [OPENING_NAME, minutes.opening]} | {str(part.id): [part.heading, part.body] for part in minutes.parts}


def text_at(session: Session, minutes: Minutes, number: int) -> Texts:
    """The whole text as of revision ``number``."""
    query = select(MinutesRevision.changed).where(MinutesRevision.minutes_id == minutes.id, MinutesRevision.number <= number)
    found: Texts = {}
    for changed in session.scalars(query.order_by(MinutesRevision.number)):
        found |= changed
    return found


def newest(session: Session, minutes: Minutes) -> int:
    """The number of the latest revision; 0 when there is none."""
    return session.scalar(select(func.max(MinutesRevision.number)).where(MinutesRevision.minutes_id == minutes.id)) or 0


def begin(session: Session, minutes: Minutes) -> None:
    """Before the first change of minutes that were compiled without revisions: keep the text they have."""
    if newest(session, minutes) == 0:
        session.add(MinutesRevision(minutes_id=minutes.id, number=1, at=minutes.compiled_at, what=BEFORE, changed=text_now(minutes)))
        session.flush()


def keep(session: Session, minutes: Minutes, *, actor: Actor, what: str, now: datetime) -> None:
    """A new revision if the text reads otherwise than in the latest one. The caller holds the minutes' lock."""
    session.flush()
    number = newest(session, minutes)
    before, after = text_at(session, minutes, number), text_now(minutes)
    changed = {key: said for key, said in after.items() if before.get(key) != said}
    if changed:
        row = MinutesRevision(minutes_id=minutes.id, number=number + 1, at=now, by_id=actor.person_id, what=what, changed=changed)
        session.add(row)
        session.flush()


def listed(session: Session, minutes: Minutes, *, before: int | None = None, limit: int = queries.PAGE) -> Sequence[MinutesRevision]:
    """The revisions, newest first; those older than number ``before``. One more than ``limit`` says that there are more."""
    query = select(MinutesRevision).where(MinutesRevision.minutes_id == minutes.id).options(joinedload(MinutesRevision.by))
    if before is not None:
        query = query.where(MinutesRevision.number < before)
    return list(session.scalars(query.order_by(MinutesRevision.number.desc()).limit(limit + 1)))


def get(session: Session, minutes: Minutes, number: int) -> MinutesRevision:
    """One revision of these minutes; NotFound when there is none."""
    query = select(MinutesRevision).where(MinutesRevision.minutes_id == minutes.id).options(joinedload(MinutesRevision.by))
    found = session.scalar(query.where(MinutesRevision.number == number)) if number <= queries.LARGEST_ID else None
    if found is None:
        raise NotFound(f"没有第{number}稿")
    return found


def compared(session: Session, minutes: Minutes, number: int) -> list[Compared]:
    """Every section as of that revision and now, in the order of the minutes; its heading counts as its first line."""
    then = text_at(session, minutes, number)
    return [Compared(said[0], _joined(key, then.get(key, ["", ""])), _joined(key, said)) for key, said in text_now(minutes).items()]


def as_sent(session: Session, minutes: Minutes, number: int) -> list[tuple[str, str]]:
    """(heading, text) of every section as of that revision, in the order of the minutes and numbered as on paper: 一、.

    The opening's heading is empty; a single section has no number.
    """
    then = text_at(session, minutes, number)
    order = [key for key in text_now(minutes) if key in then and key != OPENING]
    numbers = [ordinal(1, n) if len(order) > 1 else "" for n in range(1, len(order) + 1)]
    return [("", then[OPENING][1]), *((said + then[key][0], then[key][1]) for said, key in zip(numbers, order, strict=True))]


def _joined(key: str, said: list[str]) -> str:
    heading, words = said
    return words if key == OPENING else "\n".join(line for line in (heading, words) if line)
