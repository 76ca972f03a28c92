"""Backup and restore: every row and every stored file in one checksummed archive, made while the product runs.

The archive is a zip: ``manifest.json`` says what is inside, with the SHA-256 of every member; ``tables/NAME.jsonl`` holds one row a line
in the same form whatever the database, so that an archive made on SQLite restores into PostgreSQL and the other way round;
``files/SHA256`` are the stored files. Keys are never inside. Who is logged in and who leads the scheduler belong to the running
instance and are left out: after a restoration everyone logs in again.
"""

import hashlib
import json
import os
import tempfile
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, Table, select

from coordination import attachments, crypto
from coordination.settings import schema
from models import Lease, LoginSession, StoredFile
from models.base import db
from models.calendar import SHANGHAI

FORMAT = 1
LEFT_OUT = frozenset({LoginSession.__tablename__, Lease.__tablename__})
AT_ONCE = 500
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Report:
    """What was written or read: when the archive was made, rows of all tables, stored files, and the names of files that were missing."""

    made_at: datetime
    rows: int
    files: int
    missing: tuple[str, ...]


def backup(engine: Engine, target: Path, *, now: datetime) -> Report:
    """Write the archive to ``target``, which is replaced only by a complete one; readable by its owner alone.

    It holds one moment's state; writers are not held up. A stored file whose bytes are gone or spoilt is named in the report.
    """
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            manifest = _write(engine, file, now)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return report_of(manifest)


def report_of(manifest: dict[str, Any]) -> Report:
    """The manifest in numbers."""
    rows = sum(table["rows"] for table in manifest["tables"].values())
    return Report(datetime.fromisoformat(manifest["made_at"]), rows, len(manifest["files"]), tuple(manifest["missing"]))


def tables() -> list[Table]:
    """The tables an archive holds, those referred to before those that refer."""
    return [table for table in db.metadata.sorted_tables if table.name not in LEFT_OUT]


def _write(engine: Engine, file: IO[bytes], now: datetime) -> dict[str, Any]:
    """Fill the archive from one snapshot; returns its manifest."""
    made_at = now.astimezone(SHANGHAI)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_at": made_at.isoformat(timespec="seconds"),
        "database": engine.dialect.name,
        "key": key_mark(made_at.isoformat(timespec="seconds")),
        "tables": {},
        "files": {},
        "missing": [],
    }
    with _snapshot(engine) as connection, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        manifest["revision"] = schema.current(connection)
        for table in tables():
            manifest["tables"][table.name] = {
                "columns": [column.name for column in table.columns],
                **_write_member(archive, f"tables/{table.name}.jsonl", _lines(connection, table), made_at),
            }
        for digest in connection.scalars(select(StoredFile.sha256).distinct().order_by(StoredFile.sha256)):
            content = bytes_of(digest)
            if content is None:
                manifest["missing"].append(digest)
            else:
                manifest["files"][digest] = _write_member(archive, f"files/{digest}", iter([content]), made_at)
        words = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        _write_member(archive, MANIFEST, iter([words]), made_at)
        archive.comment = hashlib.sha256(words).hexdigest().encode()
    return manifest


def key_mark(made_at: str) -> str:
    """Tells whether the reader holds the key of the writer, without saying anything about it."""
    return crypto.keyed_hash("backup", made_at)


def _snapshot(engine: Engine) -> Connection:
    """A connection that sees one moment: SQLite's read transaction does, PostgreSQL is asked to."""
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return connection


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Every row as one line of JSON, in the order of the primary key."""
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=AT_ONCE)
    with connection.execute(query) as rows:
        for row in rows:
            yield json.dumps([_plain(value) for value in row], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    """A value as JSON can say it; ``restoring`` knows from the column how to read it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return b64encode(value).decode() if isinstance(value, bytes) else value


def bytes_of(digest: str) -> bytes | None:
    """The stored file's bytes; None when they are gone or are not what their name says."""
    path = attachments.path_of(digest)
    content = path.read_bytes() if path.is_file() else None
    return content if content is not None and hashlib.sha256(content).hexdigest() == digest else None


def _write_member(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes], made_at: datetime) -> dict[str, Any]:
    """Write one member piece by piece; returns its number of pieces, its size and SHA-256."""
    info = zipfile.ZipInfo(name, made_at.timetuple()[:6])
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    digest, size, count = hashlib.sha256(), 0, 0
    with archive.open(info, "w", force_zip64=True) as member:
        for piece in pieces:
            member.write(piece)
            digest.update(piece)
            size, count = size + len(piece), count + 1
    return {"rows": count, "size": size, "sha256": digest.hexdigest()}
