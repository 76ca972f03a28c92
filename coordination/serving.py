"""``./run``: prepare the database, say where the product is, then keep the web server and the scheduler going."""

import contextvars
import multiprocessing
import os
import secrets
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import FrameType

from coordination.config import ROOT, Config

HOST = "127.0.0.1"
CLOSING_SECONDS = 10
WORKERS = 2
THREADS = 4  # of each worker: a slow answer holds up no other, and there are database connections for all of them (transaction.py)


def demo_password(instance: Path) -> str:
    """The one password of the demo accounts: from DEMO_PASSWORD, else made once and kept in the instance folder."""
    file = instance / "demo-password"
    given = os.environ.get("DEMO_PASSWORD")
    if given or not file.exists():
        file.write_text((given or f"demo-{secrets.token_hex(5)}") + "\n")
        file.chmod(0o600)
    return file.read_text().strip()


def port_is_free(port: int) -> bool:
    """Can the web server listen there?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def run_both(port: int, settings: Config) -> int:
    """Run the web server and the scheduler until one is asked to stop; returns the exit code.

    Ctrl-C and SIGTERM end both. The scheduler is started again when it dies, for a missed notice hurts; a web server that ends takes
    the product down with it, so that whoever watches this process sees it.
    """
    places = {"INSTANCE_PATH": str(settings.instance), "DATABASE_URL": settings.database_url}
    # Forked, the web server finds everything loaded that this process has loaded: half of the time to the first answer.
    web = multiprocessing.get_context("fork").Process(target=contextvars.Context().run, args=(_serve, port, places))
    web.start()
    scheduler = _start_scheduler(places)
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        web.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while web.is_alive():
        web.join(timeout=5)
        if scheduler.poll() is not None and web.is_alive() and not stopping:
            scheduler = _start_scheduler(places)
    _end(scheduler)
    return 0 if stopping else 1


def _serve(port: int, places: dict[str, str]) -> None:
    """The web server, in a process and a session of its own: a Ctrl-C reaches the parent alone, which then ends its children in order."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.setsid()
    os.chdir(ROOT)
    os.environ.update(places)
    Granian(
        "wsgi:app",
        address=HOST,
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
    ).serve()


def _start_scheduler(places: dict[str, str]) -> subprocess.Popen[bytes]:
    """The scheduler, likewise. It stands in the project's folder, wherever the caller stands, so it is told the whole paths."""
    command = (sys.executable, "-m", "scheduler")
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **places}, start_new_session=True)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(timeout=CLOSING_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
