"""``./run``: prepare the database, say where the product is, then keep the web server and the scheduler going."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from coordination.config import ROOT, Config

HOST = "127.0.0.1"
CLOSING_SECONDS = 10


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
    options = ("--interface", "wsgi", "--workers", "2", "--log-level", "warning")
    places = {"INSTANCE_PATH": str(settings.instance), "DATABASE_URL": settings.database_url}
    web = _start(places, "granian", *options, "--host", HOST, "--port", str(port), "wsgi:app")
    scheduler = _start(places, "scheduler")
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        web.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while web.poll() is None:
        try:
            web.wait(timeout=5)
        except subprocess.TimeoutExpired:
            if scheduler.poll() is not None and not stopping:
                scheduler = _start(places, "scheduler")
    _end(scheduler)
    return 0 if stopping else 1


def _start(places: dict[str, str], module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A child of its own session: a Ctrl-C reaches this process alone, which then ends its children in order.

    It stands in the project's folder, wherever the caller stands, so it is told the whole paths.
    """
    command: Sequence[str] = (sys.executable, "-m", module, *arguments)
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **places}, start_new_session=True)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(timeout=CLOSING_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
