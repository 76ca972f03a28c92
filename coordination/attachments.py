"""Stored files: bytes under their SHA-256 outside the web root, a row in the database."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import StoredFile

ASIDE = "aside"
_folder = Path()


def use(folder: Path) -> None:
    """Set where the bytes lie; called once when the application is made."""
    global _folder
    _folder = folder


def store(session: Session, *, name: str, media_type: str, content: bytes, now: datetime) -> StoredFile:
    """Keep ``content``. The bytes are on disk before the row exists, so a crash leaves at most a file nobody names."""
    digest = keep(content)
    stored = StoredFile(sha256=digest, name=name, media_type=media_type, size=len(content), created_at=now)
    session.add(stored)
    session.flush()
    return stored


def keep(content: bytes) -> str:
    """Have these bytes on disk under their hash, complete or not at all; returns the hash."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        _write(path, content)
    return digest


def read(stored: StoredFile) -> bytes:
    """The bytes, checked against their hash; OSError when they are gone or spoilt."""
    content = path_of(stored.sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise OSError(f"stored file {stored.id} does not match its hash")
    return content


def path_of(digest: str) -> Path:
    """Where the bytes of this hash lie."""
    return _folder / digest[:2] / digest


def clear(session: Session, digests: Iterable[str]) -> None:
    """Delete the bytes of rows that are gone, unless another row shares them."""
    for digest in digests:
        if session.scalar(select(StoredFile.id).where(StoredFile.sha256 == digest).limit(1)) is None:
            path_of(digest).unlink(missing_ok=True)


def set_aside(content: bytes, now: datetime) -> str:
    """Keep the bytes of something looked at but not taken yet, apart from stored files; returns their hash."""
    digest = hashlib.sha256(content).hexdigest()
    path = _aside(digest)
    _write(path, content)
    os.utime(path, (now.timestamp(), now.timestamp()))
    return digest


def aside(digest: str) -> bytes | None:
    """What was set aside under this hash; None when it is there no more."""
    try:
        return _aside(digest).read_bytes()
    except OSError:
        return None


def drop_aside(digest: str) -> None:
    """It was taken, and need not be kept here."""
    _aside(digest).unlink(missing_ok=True)


def clear_aside(before: datetime) -> int:
    """Delete what was set aside before that moment and never taken; returns how many."""
    old = [path for path in (_folder / ASIDE).glob("*") if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _aside(digest: str) -> Path:
    return _folder / ASIDE / Path(digest).name


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
