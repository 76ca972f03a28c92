"""Restoring a backup: checked to the last byte before anything is touched, then all of it or nothing."""

import hashlib
import json
import re
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, exists, func, insert, inspect, select, text, update
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from coordination import attachments, audit
from coordination.permissions import OPERATOR
from coordination.settings import schema
from coordination.settings.backup import AT_ONCE, FORMAT, LEFT_OUT, MANIFEST, Report, bytes_of, key_mark, report_of, tables
from models import AuditEntry
from models.base import db
from models.errors import BadInput, IllegalMove

# A database that holds nothing but these was never used: a new installation fills them by itself.
FRESH = frozenset({"calendar_year", "calendar_day", "rule", "setting", "access_mark", "audit_head", "job_run", "login_failure", *LEFT_OUT})
PIECE = 1024 * 1024
MOST_MANIFEST = 64 * PIECE
LOCK_SECONDS = 30
BROKEN = "备份文件不完整或已损坏，没有改动任何数据。请换一份备份"
DIGEST = re.compile(r"[0-9a-f]{64}")
READERS: dict[type, Callable[[Any], Any]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: Decimal,
    bytes: b64decode,
}


def restore(
    engine: Engine, source: Path, *, now: datetime, replace: bool = False, anchors: Path | None = None, other_key: bool = False
) -> Report:
    """Put the archive's rows and stored files in place of what is there.

    BadInput for an archive that is spoilt, incomplete, of another structure, or sealed with another key (unless ``other_key`` is said: its
    audit chain and sealed secrets then stay unreadable). IllegalMove when the database holds data and ``replace`` is not said.
    ``anchors``: the audit anchor file, which is told that the ledger starts anew. An empty database gets its tables first.
    """
    with _opened(source) as archive:
        manifest = _manifest(archive)
        _check_members(archive, manifest)
        if manifest["key"] != key_mark(manifest["made_at"]) and not other_key:
            raise BadInput("备份与本机密钥不符。请先把备份时的data.key放回实例目录，再恢复")
        _check_target(engine, manifest, replace)
        for digest in manifest["files"]:
            _put_file(digest, archive.read(f"files/{digest}"))
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            _lock(connection)
            try:
                _load(connection, archive)
            except (StatementError, ValueError) as unfit:
                raise BadInput("备份中有本程序不接受的数据，没有改动任何数据。请用制作备份的版本恢复") from unfit
            _note(connection, manifest, now)
    if anchors is not None:
        audit.mark_restored(anchors, now)
    return report_of(manifest)


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; BadInput when it cannot be opened."""
    try:
        archive = zipfile.ZipFile(source)
    except FileNotFoundError as missing:
        raise BadInput(f"没有这个备份文件：{source}") from missing
    except PermissionError as closed:
        raise BadInput(f"没有读取备份文件的权限：{source}") from closed
    except Exception as broken:  # a spoilt zip fails in many ways
        raise BadInput(BROKEN) from broken
    with archive:
        yield archive


@contextmanager
def _checking() -> Iterator[None]:
    """Whatever goes wrong while an archive is checked means that it is not what was written."""
    try:
        yield
    except BadInput:
        raise
    except Exception as broken:  # a spoilt zip fails in many ways
        raise BadInput(BROKEN) from broken


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """What the archive says of itself."""
    with _checking():
        if archive.getinfo(MANIFEST).file_size > MOST_MANIFEST:
            raise BadInput(BROKEN)
        words = archive.read(MANIFEST)
        if hashlib.sha256(words).hexdigest().encode() != archive.comment:
            raise BadInput(BROKEN)
        manifest = json.loads(words)
        if manifest["format"] != FORMAT:
            raise BadInput(f"备份文件的格式（第{manifest['format']}版）与本程序不符，请用制作备份的程序恢复")
        return manifest


def _check_members(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Every member is there once, nothing else is, and each is what the manifest says, to the last byte. Nothing is unpacked by name."""
    with _checking():
        expected = {f"tables/{name}.jsonl": facts for name, facts in manifest["tables"].items()}
        expected |= {f"files/{digest}": facts for digest, facts in manifest["files"].items()}
        names = sorted(name for name in archive.namelist() if name != MANIFEST)
        if names != sorted(expected) or len(archive.namelist()) != len(names) + 1:
            raise BadInput(BROKEN)
        if not all(DIGEST.fullmatch(digest) and facts["sha256"] == digest for digest, facts in manifest["files"].items()):
            raise BadInput(BROKEN)
        for name, facts in expected.items():
            if _measured(archive, name, facts["size"]) != (facts["size"], facts["sha256"]):
                raise BadInput(BROKEN)


def _measured(archive: zipfile.ZipFile, name: str, most: int) -> tuple[int, str]:
    """A member's true size and SHA-256; reading stops where it grows beyond what was announced."""
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as member:
        while size <= most and (piece := member.read(PIECE)):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def _check_target(engine: Engine, manifest: dict[str, Any], replace: bool) -> None:
    """The database has the archive's structure, and holds nothing that would be lost unsaid."""
    if not inspect(engine).get_table_names():
        schema.upgrade(engine)
    with engine.connect() as connection:
        if schema.current(connection) != manifest["revision"]:
            there = schema.current(connection)
            raise BadInput(f"备份的数据结构（{manifest['revision']}）与本程序（{there}）不符。请用制作备份的版本恢复，再升级")
        if {table.name: [column.name for column in table.columns] for table in tables()} != {
            name: facts["columns"] for name, facts in manifest["tables"].items()
        }:
            raise BadInput("备份的数据表与本程序不符。请用制作备份的版本恢复，再升级")
        if not replace and _holds_data(connection):
            raise IllegalMove("数据库中已有数据，没有恢复。确要用备份替换现有数据的，请明确指定替换")


def _holds_data(connection: Connection) -> bool:
    """Has anybody worked with this database?"""
    used = [table for table in tables() if table.name not in FRESH and table.name != AuditEntry.__tablename__]
    written = select(AuditEntry.number).where(AuditEntry.action != "settings:defaults")
    return any(connection.scalar(select(exists(select(1).select_from(table)))) for table in used) or bool(
        connection.scalar(select(exists(written)))
    )


def _put_file(digest: str, content: bytes) -> None:
    """Have the stored file in its place, also where a spoilt one lies. Under its hash it harms nobody should the rows not follow."""
    if bytes_of(digest) is None:
        attachments.path_of(digest).unlink(missing_ok=True)
    attachments.keep(content)


def _lock(connection: Connection) -> None:
    """Nobody reads or writes meanwhile. SQLite's write transaction has begun; readers there go on seeing the state before."""
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
    try:
        connection.execute(
            text(f"LOCK TABLE {', '.join(quote(table.name) for table in db.metadata.sorted_tables)} IN ACCESS EXCLUSIVE MODE")
        )
    except OperationalError as busy:
        raise IllegalMove("数据库正在使用，没有恢复。请先停止平台和调度进程再试") from busy


def _load(connection: Connection, archive: zipfile.ZipFile) -> None:
    """Empty every table, fill it from the archive, and set the counters behind the ids."""
    for table in reversed(db.metadata.sorted_tables):
        if table.name != "lease":
            connection.execute(table.delete())
    for table in tables():
        own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
        with archive.open(f"tables/{table.name}.jsonl") as lines:
            rows = (_row(table, line) for line in lines)
            while batch := list(islice(rows, AT_ONCE)):
                # A row may name one of its own table that comes later (a unit its successor): those links are set afterwards.
                connection.execute(insert(table), [row | dict.fromkeys((c.name for c in own), None) for row in batch])
        if own:
            _link(connection, archive, table, own)
        _set_counter(connection, table)


def _link(connection: Connection, archive: zipfile.ZipFile, table: Table, own: list[Column[Any]]) -> None:
    """Set the columns by which rows of a table name each other."""
    (key,) = table.primary_key.columns
    with archive.open(f"tables/{table.name}.jsonl") as lines:
        for row in (_row(table, line) for line in lines):
            links = {column.name: row[column.name] for column in own if row[column.name] is not None}
            if links:
                connection.execute(update(table).where(key == row[key.name]).values(links))


def _row(table: Table, line: bytes) -> dict[str, Any]:
    """One line of the archive as values of the table's columns."""
    return {column.name: _value(column, value) for column, value in zip(table.columns, json.loads(line), strict=True)}


def _value(column: Column[Any], value: Any) -> Any:
    """A value as its column takes it."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    reader = READERS.get(kind.python_type)
    return value if value is None or reader is None else reader(value)


def _set_counter(connection: Connection, table: Table) -> None:
    """PostgreSQL counts ids beside the table: go on after the highest one. SQLite looks at the table itself."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    highest = connection.scalar(select(func.max(column)))
    if highest is not None:
        quoted = connection.dialect.identifier_preparer.quote(table.name)
        connection.execute(select(func.setval(func.pg_get_serial_sequence(quoted, column.name), highest)))


def _note(connection: Connection, manifest: dict[str, Any], now: datetime) -> None:
    """The restored ledger says that it was restored, and from when."""
    with Session(connection) as session:
        words = f"从{manifest['made_at']}的备份恢复全部数据"
        audit.record(session, actor=OPERATOR, action="backup:restore", subject="backup:restore", at=now, text=words)
        session.commit()
