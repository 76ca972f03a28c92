"""Does anybody read of a unit as listed after its removal was committed? Counted, with caches as browsers have them.

Four web processes serve a county. Thirty-two readers, each with a connection and a cache of its own (a 304 gives it its own copy back), ask
in turn for the list, a search, CSV, JSON, the plaque, the feed and, with a program's key, the API, while units are removed one after
another by the service. ``stale``: answers to requests begun after the commit that still show the unit as listed. ``seen_before``: how
often the reader who saw a unit least had seen it as listed before; without it a stale copy could not have shown.
"""

import http.client
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import select

from bench import _units, pages
from bench._county import listed
from bench._load import HOST
from bench.result import Result
from coordination import clock
from coordination.api import clients
from coordination.permissions import SYSTEM
from coordination.registry import trust
from coordination.registry.trust import EventFacts
from coordination.transaction import transaction
from models import ApiScope, EventSource, Recognition, Unit
from models.base import db
from tests import postgres

PROCESSES, READERS, REMOVED = 4, 32, 6
PATIENCE = 120  # seconds until every reader has seen a unit; more means that something is broken
SETTLE = 1.0  # seconds of reading after each removal
SHARED = ("/units", "/open/units.csv", "/open/units.json", "/feeds/additions.atom", "/units/wall", "/api/v1/units")
ADDRESSES = len(SHARED) + 2  # and a search and a plaque of each unit


@dataclass
class Target:
    """A unit to be removed, and when it was."""

    certificate_no: str
    token: str
    name: str
    business_code: str
    removed_at: float | None = None


@dataclass
class Reader:
    """One reader: what it asks for, its cache, and what it noticed."""

    number: int
    port: int
    key: str
    targets: list[Target]
    copies: dict[str, tuple[str, str]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    answers: int = 0
    stale: list[str] = field(default_factory=list)

    def read(self, stop: threading.Event) -> None:
        """Ask, one address after another, until told to stop."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        turn = self.number
        while not stop.is_set():
            target = self.targets[turn // ADDRESSES % len(self.targets)]
            own = (f"/units?q={quote(target.name)}", f"/verify/{target.token}")
            path = (*SHARED, *own)[turn % ADDRESSES]
            begun = time.perf_counter()
            self._judge(path, begun, self._ask(connection, path))
            turn += 1

    def _ask(self, connection: http.client.HTTPConnection, path: str) -> str:
        tag, copy = self.copies.get(path, ("", ""))
        headers = {"Authorization": f"Bearer {self.key}"} if path.startswith("/api/") else {}
        connection.request("GET", path, headers={**headers, "If-None-Match": tag} if tag else headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        self.answers += 1
        if answer.status == 304:
            return copy
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        if answer.headers["ETag"]:
            self.copies[path] = (answer.headers["ETag"], body)
        return body

    def _judge(self, path: str, begun: float, body: str) -> None:
        for target in self.targets:
            if path.startswith("/verify/"):
                shown = path.endswith(target.token) and "verdict-valid" in body
            else:
                shown = target.certificate_no in body or (path == "/units/wall" and f">{target.name}<" in body)
            if not shown:
                continue
            removed_at = target.removed_at
            if removed_at is None:
                self.seen[target.token] = self.seen.get(target.token, 0) + 1
            elif begun > removed_at:
                self.stale.append(f"{path}: {target.certificate_no}")


def run() -> list[Result]:
    """Measure on SQLite, and on PostgreSQL where it is installed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results = [_measure("sqlite", folder / "sqlite", f"sqlite:///{folder / 'sqlite' / 'county.sqlite3'}")]
        programs = postgres.binaries()
        if programs is None:
            sys.stderr.write("没有找到PostgreSQL，removal.stale_postgresql 未测\n")
            return results
        cluster = postgres.Cluster(programs)
        try:
            cluster.start()
            cluster.sql("CREATE DATABASE county")
            results.append(_measure("postgresql", folder / "postgresql", cluster.url("county")))
        finally:
            cluster.remove()
        return results


def _measure(database: str, folder: Path, url: str) -> Result:
    with listed(folder, url) as made, made.app.app_context():
        targets, key = _targets(), _key()
        with pages.served(made, folder, "wsgi:app", PROCESSES) as port:
            readers = [Reader(number, port, key, targets) for number in range(READERS)]
            stop, seconds = threading.Event(), []
            threads = [threading.Thread(target=reader.read, args=(stop,)) for reader in readers]
            for thread in threads:
                thread.start()
            try:
                for target in targets:
                    _wait_until_seen(readers, threads, target)
                    seconds.append(_remove(target))
                    time.sleep(SETTLE)
            finally:
                stop.set()
                for thread in threads:
                    thread.join()
        db.session.remove()
    stale = [line for reader in readers for line in reader.stale]
    least = min(reader.seen.get(target.token, 0) for reader in readers for target in targets)
    ratios = {f"stale_{database}": len(stale), f"seen_before_{database}": least}
    goals = {f"stale_{database}": "<=0", f"seen_before_{database}": ">=1"}
    figures = {"answers": sum(reader.answers for reader in readers), "removals": len(targets), "milliseconds_removal": 1000 * max(seconds)}
    return Result("removal", database, ratios, goals, figures, "\n".join(stale[:50]))


def _targets() -> list[Target]:
    """The newest units on the first page, which every address shows; they read their pairs whole."""
    newest = db.session.scalars(select(Recognition).order_by(Recognition.id.desc()).limit(REMOVED)).all()
    found = [Target(one.certificate_no or "", one.token or "", one.business.name, one.business.uscc or "") for one in newest]
    assert [target.name for target in found] == [_units.name_of(one.id) for one in newest]
    db.session.rollback()
    return found


def _key() -> str:
    """The key of a program that reads the list."""
    with transaction() as session:
        unit_id = session.scalars(select(Unit.id).order_by(Unit.id).limit(1)).one()
        more = {"name": "bench", "unit_id": unit_id, "scopes": (ApiScope.UNITS_READ,), "now": clock.now()}
        return clients.add(session, actor=SYSTEM, **more).key


def _wait_until_seen(readers: list[Reader], threads: list[threading.Thread], target: Target) -> None:
    deadline = time.monotonic() + PATIENCE
    while any(reader.seen.get(target.token, 0) < 1 for reader in readers):
        if time.monotonic() > deadline or not all(thread.is_alive() for thread in threads):
            raise RuntimeError("not every reader has seen the unit")
        time.sleep(0.01)


def _remove(target: Target) -> float:
    """Remove the unit as the platform would; returns the seconds from the event to the commit."""
    begun = time.perf_counter()
    facts = EventFacts(
        ground="SERIOUS",
        source=EventSource.OFFICIAL_LIST,
        name=target.name,
        uscc=target.business_code,
        happened_on=clock.today(),
        document_no=f"示市监列严字{target.certificate_no}",
        authority="示例县市场监督管理局",
        text="列入严重违法失信名单",
    )
    with transaction() as session:
        trust.record_event(session, actor=SYSTEM, facts=facts, now=clock.now())
    target.removed_at = time.perf_counter()
    return target.removed_at - begun
