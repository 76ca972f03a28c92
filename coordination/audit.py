"""The audit ledger: one entry per service write, in the same transaction, sealed to the one before.

Whoever can write to the database could still cut off the newest entries and turn the head back. Therefore the head is anchored outside
it: a line «number seal time» a day in a file, and in print in the minutes.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from coordination import crypto
from coordination.permissions import Actor
from models import AuditEntry, AuditHead
from models.errors import BadInput


def record(session: Session, *, actor: Actor, action: str, subject: Any, at: datetime, text: str = "", **facts: Any) -> AuditEntry:
    """Write down that ``actor`` did ``action`` to ``subject`` (a row, or a word such as ``settings:mail``).

    ``text`` is the Chinese sentence people read under 办理过程; ``facts`` are plain values (no personal data of complainants).
    """
    session.flush()
    head = session.scalar(select(AuditHead).where(AuditHead.id == 1).with_for_update())
    if head is None:
        head = AuditHead(id=1, number=0, mac="")
        session.add(head)
    entry = AuditEntry(
        number=head.number + 1,
        at=at.astimezone(UTC),
        person_id=actor.person_id,
        who=actor.name,
        action=action,
        subject=subject if isinstance(subject, str) else subject_of(subject),
        text=text,
        facts=json.loads(json.dumps(facts, default=str)),
        previous=head.mac,
    )
    entry.mac = seal(entry)
    head.number, head.mac = entry.number, entry.mac
    session.add(entry)
    session.flush()
    return entry


def subject_of(row: Any) -> str:
    """``task:7``: how entries and notices name a row."""
    return f"{row.__table__.name}:{'-'.join(str(part) for part in inspect(row).identity)}"


def seal(entry: AuditEntry) -> str:
    """The keyed hash over everything the entry says and the seal before it."""
    who, when = (entry.person_id, entry.who), entry.at.isoformat()
    said = [entry.number, when, who, entry.action, entry.subject, entry.text, entry.facts, entry.previous]
    return crypto.keyed_hash("audit", json.dumps(said, ensure_ascii=False, sort_keys=True))


def history(session: Session, *rows: Any) -> list[AuditEntry]:
    """What was done to these rows, newest first."""
    subjects = [subject_of(row) for row in rows]
    query = select(AuditEntry).where(AuditEntry.subject.in_(subjects)).order_by(AuditEntry.number.desc()).limit(200)
    return list(session.scalars(query))


def entries(session: Session) -> Iterator[AuditEntry]:
    """The whole ledger in order, read a thousand at a time."""
    yield from session.scalars(select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=1000))


def queue(session: Session) -> None:
    """Wait for one's turn to write: what is checked after this still holds when it is recorded."""
    session.scalar(select(AuditHead.id).where(AuditHead.id == 1).with_for_update())


ANCHORS = "audit.anchors"  # the file's name in the instance folder
RESTORED = "restored"


def verify(session: Session, anchors: Path | None = None, *, last: int | None = None) -> tuple[int, int | None]:
    """Check the ledger: (how many entries it has, None), or (how many are sound, the first number that is not).

    Edits, gaps and deletions break the chain; a cut tail shows against the head and, when the head was turned back too, against the
    ``anchors`` file. ``last``: only that many of the newest entries. BadInput when the anchors cannot be read.
    """
    # One statement, so that entries written meanwhile cannot make the head and the ledger look apart.
    newest = select(func.max(AuditEntry.number)).scalar_subquery()
    row = session.execute(select(func.coalesce(func.max(AuditHead.number), 0), func.max(AuditHead.mac), newest)).one()
    number, mac, highest = row[0], row[1] or "", row[2] or 0
    start = 0 if last is None else max(0, number - last)
    previous = (session.scalar(select(AuditEntry.mac).where(AuditEntry.number == start)) or "") if start else ""
    known = {at: seal_ for at, seal_ in _anchored(anchors) if at > start} if anchors is not None else {}
    sound, previous = _sound(session, start, number, previous, known)
    if sound < number:
        return sound, sound + 1
    if previous != mac:
        return number - 1, number
    if highest > number or any(at > number for at in known):
        return number, number + 1
    return number, None


def _sound(session: Session, start: int, end: int, previous: str, known: dict[int, str]) -> tuple[int, str]:
    """The last number up to which the chain holds from ``start`` (its seal: ``previous``) on, and the seal there."""
    query = select(AuditEntry).where(AuditEntry.number > start, AuditEntry.number <= end).order_by(AuditEntry.number)
    # What this session has read before must not stand in for what the database says now.
    with session.scalars(query.execution_options(yield_per=1000, populate_existing=True)) as found:
        for entry in found:
            follows = entry.number == start + 1 and entry.previous == previous
            if not follows or entry.mac != seal(entry) or known.get(entry.number, entry.mac) != entry.mac:
                break
            start, previous = entry.number, entry.mac
    return start, previous


def write_anchor(session: Session, path: Path, now: datetime) -> bool:
    """Append the head to the anchor file unless it stands there already; returns whether a line was written."""
    head = session.scalar(select(AuditHead).where(AuditHead.id == 1).execution_options(populate_existing=True))
    if head is None or head.number == 0 or (head.number, head.mac) in _anchored(path)[-1:]:
        return False
    _append(path, f"{head.number} {head.mac} {now.astimezone(UTC).isoformat(timespec='seconds')}")
    return True


def mark_restored(path: Path, now: datetime) -> None:
    """Say in the anchor file that the database was restored from a backup: anchors before this line speak of another ledger."""
    if path.exists():
        _append(path, f"{RESTORED} {now.astimezone(UTC).isoformat(timespec='seconds')}")


def _anchored(path: Path) -> list[tuple[int, str]]:
    """The anchors that hold, oldest first; none when there is no file yet. BadInput for a line that is none."""
    found: list[tuple[int, str]] = []
    for place, line in enumerate(path.read_text("utf-8").splitlines() if path.exists() else [], 1):
        words = line.split(" ")
        if words[0] == RESTORED:
            found = []
        elif len(words) == 3 and words[0].isdecimal():
            found.append((int(words[0]), words[1]))
        else:
            raise BadInput(f"审计锚定文件第{place}行无法识别，文件可能被改动：{path}")
    return found


def _append(path: Path, line: str) -> None:
    """Add one line and wait until it is on disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
