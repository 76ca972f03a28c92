"""Two databases of each kind, side by side: what is compared stands in both."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, literal, select, true
from sqlalchemy.orm import Session

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


def multiply(
    session: Session,
    kind: Any,
    key: str,
    first: int,
    block: int,
    blocks: int,
    besides: Callable[[ColumnElement[int]], dict[str, Any]] = lambda _: {},
) -> None:
    """Have the ``block`` rows whose ``key`` begins at ``first`` stand ``blocks`` times behind each other, in one statement of the database.

    ``besides``: what else differs from row to row, made of the new key.
    """
    columns = kind.__table__.columns
    counting = select(literal(1).label("n")).cte("counting", recursive=True)
    counting = counting.union_all(select(counting.c.n + 1).where(counting.c.n < blocks - 1))
    moved = columns[key] + counting.c.n * block
    names = [column.name for column in columns if column.name == key or not column.primary_key]
    written: dict[str, Any] = {**{name: columns[name] for name in names}, key: moved, **besides(moved)}
    copies = select(*(written[name] for name in names)).select_from(kind.__table__).join(counting, true())
    copies = copies.where(columns[key] >= first, columns[key] < first + block)
    session.execute(kind.__table__.insert().from_select(names, copies, include_defaults=False))
