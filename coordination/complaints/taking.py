"""An uploaded export on its way in: kept sealed, looked at, taken in batch by batch, and what came of it. Callers own the transaction."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import attachments, audit, crypto
from coordination.complaints import columns, masking, reading
from coordination.complaints.importing import Import, Rejected, Result
from coordination.complaints.reading import Table
from coordination.permissions import Actor, Permission, require
from models import ComplaintImport, ImportColumn
from models.errors import BadInput, IllegalMove, NotFound

SEAL = "complaint:file"
SHOWN = 20  # rows of a table shown on 核对
MOST_KEPT = 5000  # rejected rows kept with their reasons; the number is exact beyond
KEPT_FOR = timedelta(days=2)  # how long a file that was looked at and not taken in lies here
WORDS = {key: names[0] for key, names in columns.COLUMNS.items()}


@dataclass(frozen=True)
class Shown:
    """One row as 核对 shows it; nothing in it identifies a person."""

    row: int
    number: str
    kind: str
    received: datetime | None
    target: str
    text: str


@dataclass(frozen=True)
class Preview:
    """What the file would do. ``meanings``: (heading, what it is taken for), in the order of the file."""

    meanings: list[tuple[str, str]]
    unknown: tuple[str, ...]
    result: Result
    first: list[Shown]


def look(session: Session, *, actor: Actor, name: str, content: bytes, now: datetime) -> ComplaintImport:
    """Keep an upload, sealed, to be looked at. BadInput when it cannot be read."""
    require(actor, Permission.COMPLAINT_IMPORT)
    table = reading.read(name, content, remembered(session))
    digest = attachments.keep(crypto.encrypt_bytes(SEAL, content))
    found = ComplaintImport(person_id=actor.person_id, file_name=name[-200:], digest=digest, looked_at=now, total=len(table.rows))
    session.add(found)
    session.flush()
    text = f"上传待核对的导出表，{found.total}行"
    audit.record(session, actor=actor, action="complaint_import:look", subject=found, at=now, text=text)
    return found


def preview(session: Session, *, actor: Actor, import_id: int, now: datetime) -> Preview:
    """What the file would do, without doing it."""
    known = remembered(session)
    table = table_of(session, actor, import_id, known)
    running = Import(table, known, now)
    for batch in running.batches():
        running.take(session, actor=actor, batch=batch, write=False)
    meanings = [(heading, WORDS.get(columns.key_of(heading, known) or "", "原样保留")) for heading in table.headings]
    return Preview(meanings, table.unknown, running.result, list(_first(table, known, now)))


def begin(session: Session, *, actor: Actor, import_id: int, now: datetime) -> tuple[Import, ComplaintImport]:
    """Start to take it in, or take it up again after it broke off."""
    audit.queue(session)
    known = remembered(session)
    table = table_of(session, actor, import_id, known)
    found = get_import(session, actor, import_id)
    found.started_at, found.done = now, 0
    audit.record(session, actor=actor, action="complaint_import:begin", subject=found, at=now, text=f"开始导入，{found.total}行")
    return Import(table, known, now), found


def advance(session: Session, *, actor: Actor, import_id: int, running: Import, batch: list[tuple[int, dict[str, str]]]) -> int:
    """Take one batch in; returns how many rows are done."""
    running.take(session, actor=actor, batch=batch)
    found = get_import(session, actor, import_id)
    found.done = min(found.done + len(batch), found.total)
    return found.done


def finish(session: Session, *, actor: Actor, import_id: int, result: Result, now: datetime) -> ComplaintImport:
    """It is all in: keep what came of it, and let the file go."""
    audit.queue(session)
    found = get_import(session, actor, import_id)
    found.finished_at, found.done, digest = now, found.total, found.digest
    found.created, found.updated, found.unchanged = result.created, result.updated, result.unchanged
    found.refused = len(result.rejected)
    kept = [asdict(one) for one in result.rejected[:MOST_KEPT]]
    found.rejected = crypto.encrypt(SEAL, json.dumps(kept, ensure_ascii=False)) if kept else ""
    found.digest = ""
    session.flush()
    _let_go(digest)
    text = f"导入完成：新登记{found.created}件，更新{found.updated}件，未变{found.unchanged}件，未导入{found.refused}行"
    audit.record(session, actor=actor, action="complaint_import:finish", subject=found, at=now, text=text)
    return found


def rejected_rows(found: ComplaintImport) -> list[Rejected]:
    """The rows that were not taken, with their reasons."""
    return [Rejected(**one) for one in json.loads(crypto.decrypt(SEAL, found.rejected))] if found.rejected else []


def remember(session: Session, *, actor: Actor, import_id: int, meanings: Mapping[str, str], now: datetime) -> None:
    """Keep what these headings mean (``columns.COLUMNS``' keys, empty: nothing), for this file and the next. BadInput for two 登记编号."""
    audit.queue(session)
    found = get_import(session, actor, import_id)
    for heading, key in meanings.items():
        if key and key not in columns.COLUMNS:
            raise BadInput("没有这个字段，请重新选择")
        session.merge(ImportColumn(heading=columns.plain(heading)[:200], key=key))
    said = "、".join(f"“{heading}”对应{WORDS[key]}" if key else f"“{heading}”原样保留" for heading, key in meanings.items())
    audit.record(session, actor=actor, action="complaint_import:columns", subject=found, at=now, text=f"记住列对应：{said}"[:500])


def remembered(session: Session) -> dict[str, str]:
    """What the office has said headings mean."""
    return {one.heading: one.key for one in session.scalars(select(ImportColumn)) if one.key}


def get_import(session: Session, actor: Actor, import_id: int) -> ComplaintImport:
    """One import, for whoever may import; otherwise NotFound."""
    require(actor, Permission.COMPLAINT_IMPORT)
    found = session.get(ComplaintImport, import_id) if 0 < import_id < 2**62 else None
    if found is None:
        raise NotFound("没有这次导入")
    return found


def newest(session: Session, actor: Actor, *, before: int | None = None, limit: int = 30) -> list[ComplaintImport]:
    """The imports, newest first."""
    require(actor, Permission.COMPLAINT_IMPORT)
    query = select(ComplaintImport).order_by(ComplaintImport.id.desc()).limit(limit)
    return list(session.scalars(query if before is None else query.where(ComplaintImport.id < before)))


def forget_old(session: Session, *, now: datetime) -> int:
    """Let go the files that were looked at and not taken in; returns how many."""
    query = select(ComplaintImport).where(ComplaintImport.digest != "", ComplaintImport.looked_at < now - KEPT_FOR)
    old = list(session.scalars(query.limit(100)))
    for found in old:
        digest, found.digest = found.digest, ""
        session.flush()
        _let_go(digest)
    return len(old)


def table_of(session: Session, actor: Actor, import_id: int, known: Mapping[str, str]) -> Table:
    """The rows of the file. IllegalMove when it is taken in, or no longer kept."""
    found = get_import(session, actor, import_id)
    if found.finished_at is not None:
        raise IllegalMove("这个文件已经导入")
    path = attachments.path_of(found.digest) if found.digest else None
    if path is None or not path.exists():
        raise IllegalMove("文件已不再保存，请重新上传")
    return reading.read(found.file_name, crypto.decrypt_bytes(SEAL, path.read_bytes()), known)


def _let_go(digest: str) -> None:
    """Delete the bytes; every upload is sealed anew, so no other row names them."""
    if digest:
        attachments.path_of(digest).unlink(missing_ok=True)


def _first(table: Table, known: Mapping[str, str], now: datetime) -> Iterator[Shown]:
    for line, row in table.rows[:SHOWN]:
        try:
            read = columns.fields(row, known, now)
        except BadInput:
            continue
        person = list(read.person.values())
        c = read.columns
        text = masking.mask_text(c["text"] or c["request"], person)
        yield Shown(line, read.number, c["kind"].label, c["received_at"], c["target_name"], text[:80])
