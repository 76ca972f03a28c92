"""How much of a bare view's speed our pages keep, with everything they do besides: the staff's list of tasks, the public list of units
(``public``), and the answer that a kept copy of it is still good (``unchanged``).

Both stand under Granian with two processes on the same database: the demo county with some hundred tasks more, one full page of them shown
to the office, signed in. A client of ours in a process of its own asks over kept connections; the two take turns, so that what else the
machine does falls on both. The ratio is the median over the rounds. PostgreSQL is left out, and said so, where its binaries are missing.
"""

import cProfile
import io
import pstats
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from statistics import median
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from flask.testing import FlaskClient

from bench._county import County, county, listed
from bench._frozen import frozen, frozen_units, without_tokens
from bench._load import HOST
from bench.result import Result
from coordination.config import ROOT
from coordination.serving import THREADS, WORKERS
from tests import postgres

GOALS = {"sqlite": ">=0.70", "postgresql": ">=0.75"}
PUBLIC_GOAL = ">=0.85"  # of public and unchanged, on both databases
PAGE, PUBLIC_PAGE = "/tasks", "/units"
CONNECTIONS = 8
ROUNDS = 7
SECONDS = 2.0
PROFILED = 200


def run() -> list[Result]:
    """Measure on SQLite, and on PostgreSQL where it is installed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results = [_measure("sqlite", folder / "sqlite", f"sqlite:///{folder / 'sqlite' / 'county.sqlite3'}")]
        results.append(_measure_public("sqlite", folder / "public", f"sqlite:///{folder / 'public' / 'county.sqlite3'}"))
        programs = postgres.binaries()
        if programs is None:
            sys.stderr.write("没有找到PostgreSQL，pages.staff_postgresql 未测\n")
            return results
        cluster = postgres.Cluster(programs)
        try:
            cluster.start()
            cluster.sql("CREATE DATABASE county")
            results.append(_measure("postgresql", folder / "postgresql", cluster.url("county")))
            cluster.sql("CREATE DATABASE units")
            results.append(_measure_public("postgresql", folder / "units", cluster.url("units")))
        finally:
            cluster.remove()
    return results


def _measure(database: str, folder: Path, url: str) -> Result:
    with county(folder, url) as made:
        client = made.sign_in("office")
        page = client.get(PAGE).text
        shapes = made.app.jinja_env.get_template("components/light.html").module.shapes  # type: ignore[attr-defined]
        (folder / "list.html").write_text(frozen(page, shapes), encoding="utf-8")
        with served(made, folder, "wsgi:app") as ours, served(made, folder, "bench._reference:app") as bare:
            requests = {ours: _request(client), bare: f"GET {PAGE} HTTP/1.1\nHost: {HOST}\n"}
            _same_bytes(page, bare)
            for port in requests:
                _load(port, requests[port], SECONDS)
            rounds = [(_load(ours, requests[ours], SECONDS), _load(bare, requests[bare], SECONDS)) for _ in range(ROUNDS)]
        name = f"staff_{database}"
        ratio, speed, full = (median(numbers) for numbers in ([a / b for a, b in rounds], *zip(*rounds, strict=True)))
        figures = {
            "requests_per_second": speed,
            "requests_per_second_bare": full,
            "milliseconds": 1000 * WORKERS / speed,
            "milliseconds_bare": 1000 * WORKERS / full,
            "bytes": len(page.encode()),
        }
        goals = {name: GOALS[database]}
        result = Result("pages", database, {name: ratio}, goals, figures)
        if result.missed():
            return Result("pages", database, {name: ratio}, goals, figures, _profile(client))
        return result


def _measure_public(database: str, folder: Path, url: str) -> Result:
    """The public list, first page, whole and unchanged."""
    with listed(folder, url) as made:
        page = made.app.test_client().get(PUBLIC_PAGE).text
        (folder / "list.html").write_text(frozen_units(page), encoding="utf-8")
        whole = f"GET {PUBLIC_PAGE} HTTP/1.1\nHost: {HOST}\n"
        with served(made, folder, "wsgi:app") as ours, served(made, folder, "bench._public_reference:app") as bare:
            _same_bytes(page, bare, PUBLIC_PAGE)
            known = f"{whole}If-None-Match: {_tag(ours)}\n"
            asked = {"public": (whole, whole), "unchanged": (known, f"GET /unchanged HTTP/1.1\nHost: {HOST}\n")}
            speeds = {name: _turns(ours, bare, *requests) for name, requests in asked.items()}
    ratios = {f"{name}_{database}": median(a / b for a, b in rounds) for name, rounds in speeds.items()}
    figures = {}
    for name, rounds in speeds.items():
        figures[f"requests_per_second_{name}"], figures[f"requests_per_second_{name}_bare"] = map(median, zip(*rounds, strict=True))
    return Result("pages", database, ratios, dict.fromkeys(ratios, PUBLIC_GOAL), figures)


def _turns(ours: int, bare: int, our_request: str, bare_request: str) -> list[tuple[float, float]]:
    """Answers per second of both, round by round; a round before is not counted."""
    rounds = [(_load(ours, our_request, SECONDS), _load(bare, bare_request, SECONDS)) for _ in range(ROUNDS + 1)]
    return rounds[1:]


@contextmanager
def served(made: County, folder: Path, target: str, workers: int = WORKERS) -> Iterator[int]:
    """Granian with this application on a free port, until the block ends."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    options = [
        "--interface",
        "wsgi",
        "--workers",
        str(workers),
        "--blocking-threads",
        str(THREADS),
        "--log-level",
        "warning",
        "--workers-kill-timeout",
        "5",
    ]
    options += ["--host", HOST, "--port", str(port)]
    environment = {**made.environment, "FROZEN": str(folder)}
    server = subprocess.Popen([sys.executable, "-m", "granian", *options, target], cwd=ROOT, env=environment, stdout=sys.stderr)
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=60)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until the port is open: a second or two, a minute at most."""
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the web server did not start")


def _request(client: FlaskClient) -> str:
    """The head of a request with what this browser was given at log-in."""
    cookie = client.get_cookie("session")
    if cookie is None:
        raise RuntimeError("nobody is signed in")
    return f"GET {PAGE} HTTP/1.1\nHost: {HOST}\nCookie: session={cookie.value}\n"


def _same_bytes(page: str, port: int, path: str = PAGE) -> None:
    """RuntimeError unless the bare view answers with the page as it was frozen."""
    with urlopen(f"http://{HOST}:{port}{path}", timeout=30) as answer:
        other = answer.read().decode()
    if without_tokens(other) != without_tokens(page):
        raise RuntimeError("the bare view does not print the same page; see bench/_frozen.py")


def _tag(port: int) -> str:
    """The tag of the list as it is served. RuntimeError unless asking with it is answered 304."""
    asked = Request(f"http://{HOST}:{port}{PUBLIC_PAGE}", headers={"Host": HOST})
    with urlopen(asked, timeout=30) as answer:
        tag: str = answer.headers["ETag"]
    asked.add_header("If-None-Match", tag)
    try:
        urlopen(asked, timeout=30).close()
    except HTTPError as unchanged:
        if unchanged.code == HTTPStatus.NOT_MODIFIED:
            return tag
        raise
    raise RuntimeError("an unchanged page was sent whole")


def _load(port: int, request: str, seconds: float) -> float:
    """Answers per second over some seconds."""
    command = [sys.executable, "-m", "bench._load", str(port), str(CONNECTIONS), str(seconds)]
    done = subprocess.run(command, cwd=ROOT, input=request, capture_output=True, encoding="ascii", check=True)
    answers, taken = done.stdout.split()
    return int(answers) / float(taken)


def _profile(client: FlaskClient) -> str:
    """Where the time of one answer goes, by function, measured in this process."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(PROFILED):
        client.get(PAGE)
    profile.disable()
    text = io.StringIO()
    pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(30)
    return text.getvalue()
