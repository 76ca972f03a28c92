"""The real application, in a process of its own whose clock can be set.

Started with the instant it begins at; the database, the instance folder and the keys come from the environment as for any other web
process. It prints its port. Each line it then reads is an instant its clock moves to, answered by a line; the end of input ends it.
"""

import sys
import threading
from datetime import datetime

import time_machine
from werkzeug.serving import WSGIRequestHandler, make_server

from coordination.app import create_app


class QuietHandler(WSGIRequestHandler):
    """Requests are not worth a line each; errors still are."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main() -> None:
    """Serve until the input ends."""
    with time_machine.travel(datetime.fromisoformat(sys.argv[1]), tick=True) as clock:
        server = make_server("127.0.0.1", 0, create_app(), threaded=True, request_handler=QuietHandler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        for line in sys.stdin:
            clock.move_to(datetime.fromisoformat(line.strip()))
            sys.stdout.write("moved\n")
            sys.stdout.flush()
        server.shutdown()
        thread.join()


if __name__ == "__main__":
    main()
