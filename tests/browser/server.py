"""The real application, in a process of its own whose clock can be set."""

import threading
from collections.abc import Iterator
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

import time_machine
from jinja2 import FileSystemBytecodeCache
from werkzeug.serving import WSGIRequestHandler, make_server

from coordination.app import create_app
from coordination.config import Config


class QuietHandler(WSGIRequestHandler):
    """Requests are not worth a line each; errors still are."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def serve(pipe: "Connection[int | datetime, datetime]", config: Config, start: datetime, compiled: Path) -> None:
    """Serve from ``start`` on. Tells its port; moves its clock to each instant it is then sent, and sends it back; ends with the pipe."""
    with time_machine.travel(start, tick=True) as clock:
        app = create_app(config)
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        pipe.send(server.server_port)
        for instant in _received(pipe):
            clock.move_to(instant)
            pipe.send(instant)
        server.shutdown()
        thread.join()


def _received(pipe: "Connection[int | datetime, datetime]") -> Iterator[datetime]:
    """What comes through the pipe, until the other end is closed."""
    while True:
        try:
            yield pipe.recv()
        except EOFError:
            return
