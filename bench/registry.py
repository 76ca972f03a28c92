"""What the public list costs when it is a thousand times longer, and what a search costs against reading every name.

``large_to_small``: the time of one page of the list and one unit's page among 2,000,000 units, as a share of the same among 2,000; both
answered by the whole application in this process, taking turns. ``search2_to_scan`` and ``search3_to_scan``: the time of the list's query
for keywords of two, and of three and more characters, as a share of one scan of all names for the same words. Medians, with the database's
pages as warm as both leave them to each other.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench import _units
from bench._databases import on_both
from bench.result import Result
from coordination import clock, search
from coordination.app import create_app
from coordination.config import Config
from coordination.portal.routes.copies import PAGES
from coordination.registry import public
from coordination.settings import schema
from models import Business
from models.base import db

SMALL, LARGE = 2_000, 2_000_000
ROUNDS = 200
SCANS = 5
TWO = ("惠民", "超市", "金鼎", "滨路", "hm")
MORE = ("惠民超", "启航书店", "金鼎百货城关", "99999号店", "hmcs")
GOALS = {"large_to_small": "<=1.25", "search2_to_scan": "<=0.1", "search3_to_scan": "<=0.01"}


def run() -> list[Result]:
    """Measure on SQLite, and on PostgreSQL where it is installed."""
    return on_both("registry", ("small", "large"), _measure)


def _measure(database: str, folder: Path, small_url: str, large_url: str) -> Result:
    small, large = _county(folder / "s", small_url, SMALL), _county(folder / "l", large_url, LARGE)
    few, many = _visit(small, SMALL), _visit(large, LARGE)
    few(), many()
    pairs = [(_seconds(many), _seconds(few)) for _ in range(ROUNDS)]
    with large.app_context():
        two, scan2 = _searches(TWO)
        more, scan3 = _searches(MORE)
        db.engine.dispose()
    with small.app_context():
        db.engine.dispose()
    ratios = {"large_to_small": median(a for a, _ in pairs) / median(b for _, b in pairs), "search2_to_scan": two / scan2}
    ratios["search3_to_scan"] = more / scan3
    figures = {
        "milliseconds_large": 1000 * median(a for a, _ in pairs),
        "milliseconds_small": 1000 * median(b for _, b in pairs),
        "milliseconds_search2": 1000 * two,
        "milliseconds_search3": 1000 * more,
        "milliseconds_scan": 1000 * scan2,
        "units": LARGE,
    }
    named = {f"{name}_{database}": ratio for name, ratio in ratios.items()}
    return Result("registry", database, named, {f"{name}_{database}": goal for name, goal in GOALS.items()}, figures)


def _county(instance: Path, url: str, number: int) -> Flask:
    instance.mkdir()
    app = create_app(Config(instance=instance, database_url=url, secret_key="secret-of-the-benchmarks", data_key="data-of-the-benchmarks"))
    with app.app_context():
        schema.ensure(db.engine)
        _units.fill(db.engine, number)
        _units.check(db.engine)
        db.session.remove()
    return app


def _visit(app: Flask, number: int) -> Callable[[], None]:
    """One page from the middle of the list, and one unit's."""
    client = app.test_client()

    def visit() -> None:
        app.extensions.pop(PAGES, None)  # the page itself is to be measured, not what is kept of it
        for path in (f"/units?after={number // 2}", f"/units/{number // 2}"):
            if client.get(path).status_code != 200:
                raise RuntimeError(f"{path} is not there")

    return visit


def _searches(words: tuple[str, ...]) -> tuple[float, float]:
    """Seconds of a search and of a scan, each the median over these words of the best of some."""
    today = clock.today()
    searched, scanned = [], []
    for word in words:
        asked = public.Filter(text=search.read(word))
        column = Business.initials if word.isascii() else Business.plain_name
        with Session(db.engine) as session:
            searched.append(min(_seconds(lambda: public.listed(session, today, asked)) for _ in range(SCANS)))  # noqa: B023
            scan = select(func.count()).where(column.contains(word))
            scanned.append(min(_seconds(lambda: session.scalar(scan)) for _ in range(SCANS)))  # noqa: B023
    return median(searched), median(scanned)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
