"""Two databases of each kind, side by side: what is compared stands in both."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.result import Result
from tests import postgres


def on_both(bench: str, names: tuple[str, str], measure: Callable[[str, Path, str, str], Result]) -> list[Result]:
    """What ``measure(kind, folder, first url, second url)`` finds on SQLite, and on PostgreSQL where it is installed."""
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        first, second = (f"sqlite:///{folder / f'{name}.sqlite3'}" for name in names)
        results = [measure("sqlite", folder, first, second)]
    programs = postgres.binaries()
    if programs is None:
        sys.stderr.write(f"没有找到PostgreSQL，{bench}.*_postgresql 未测\n")
        return results
    cluster = postgres.Cluster(programs)
    try:
        cluster.start()
        for name in names:
            cluster.sql(f"CREATE DATABASE {name}")
        with tempfile.TemporaryDirectory() as kept:
            results.append(measure("postgresql", Path(kept), *map(cluster.url, names)))
    finally:
        cluster.remove()
    return results
