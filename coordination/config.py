"""What the environment says, and where the instance keeps its files."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"  # as in pyproject.toml; shown in the footer and named in the addresses of style sheets


@dataclass(frozen=True)
class Config:
    """Everything fixed while the process runs. Secrets come from the environment or from key files in the instance folder."""

    instance: Path
    database_url: str
    secret_key: str
    data_key: str
    secure_cookies: bool = False
    proxies: int = 0
    testing: bool = False

    @property
    def is_sqlite(self) -> bool:
        """True on SQLite, false on PostgreSQL."""
        return self.database_url.startswith("sqlite")


def load() -> Config:
    """The configuration of this process; makes the instance folder and its keys when they are missing."""
    instance = Path(os.environ.get("INSTANCE_PATH") or ROOT / "instance").resolve()
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Config(
        instance=instance,
        database_url=database_url(os.environ.get("DATABASE_URL"), instance),
        secret_key=os.environ.get("SECRET_KEY") or _key(instance / "secret.key"),
        data_key=os.environ.get("DATA_KEY") or _key(instance / "data.key"),
        secure_cookies=os.environ.get("SECURE_COOKIES", "") == "1",
        proxies=int(os.environ.get("TRUSTED_PROXIES") or 0),
    )


def database_url(given: str | None, instance: Path) -> str:
    """The SQLAlchemy address, whole: SQLite in the instance folder unless told; PostgreSQL always through psycopg 3."""
    if not given:
        return f"sqlite:///{instance / 'coordination.sqlite3'}"
    if given.startswith("sqlite:///"):
        return f"sqlite:///{Path(given.removeprefix('sqlite:///')).resolve()}"
    for scheme in ("postgresql://", "postgres://"):
        if given.startswith(scheme):
            return "postgresql+psycopg://" + given.removeprefix(scheme)
    return given


def _key(path: Path) -> str:
    """The key in ``path``; made once, readable by the owner alone, safe when two processes start together."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()
