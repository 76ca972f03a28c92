"""The audit ledger: one entry per service write, in the same transaction, sealed to the one before."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from coordination import crypto
from coordination.permissions import Actor
from models import AuditEntry, AuditHead


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


def history(session: Session, row: Any) -> list[AuditEntry]:
    """What was done to ``row``, newest first."""
    query = select(AuditEntry).where(AuditEntry.subject == subject_of(row)).order_by(AuditEntry.number.desc()).limit(200)
    return list(session.scalars(query))


def entries(session: Session) -> Iterator[AuditEntry]:
    """The whole ledger in order, read a thousand at a time."""
    yield from session.scalars(select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=1000))
