"""A small web client that asks for one address as fast as it is answered: ``python -m bench._load PORT CONNECTIONS SECONDS``.

The request's head lines stand on stdin, the first being ``GET /… HTTP/1.1``. Each connection is kept open and asks again as soon as it has
its answer; a new cookie is taken on as a browser would. Stdout: how many answers came, in how many seconds. Any answer but 200, or 304
without a body, is an error.
"""

import re
import selectors
import socket
import sys
import time
from collections.abc import Sequence

HOST = "127.0.0.1"
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
NEW_COOKIE = re.compile(rb"\r\nset-cookie: (session=[^;]+)", re.IGNORECASE)
OLD_COOKIE = re.compile(rb"session=[^;\r]+")


class Connection:
    """One kept connection and the answer it is reading."""

    def __init__(self, port: int, request: bytes) -> None:
        self.request = request
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.expected = 0
        self.answer = bytearray()

    def ask(self) -> None:
        """Send the request."""
        self.answer.clear()
        self.expected = 0
        self.socket.sendall(self.request)

    def read(self) -> bool:
        """Take what has come; tell whether the answer is complete."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self.answer += piece
        if not self.expected:
            self._read_head()
        return 0 < self.expected <= len(self.answer)

    def _read_head(self) -> None:
        end = self.answer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.answer[: end + 4])
        length = LENGTH.search(head)
        if head.startswith(b"HTTP/1.1 304 "):
            self.expected = end + 4
            return
        if not head.startswith(b"HTTP/1.1 200 ") or length is None:
            raise ConnectionError(head.decode("latin-1"))
        self.expected = end + 4 + int(length[1])
        cookie = NEW_COOKIE.search(head)
        if cookie is not None:
            self.request = OLD_COOKIE.sub(lambda _: cookie[1], self.request)


def main(arguments: Sequence[str]) -> None:
    """Ask until the time is over."""
    port, number, seconds = int(arguments[0]), int(arguments[1]), float(arguments[2])
    request = "\r\n".join([*sys.stdin.read().splitlines(), "", ""]).encode("ascii")
    selector = selectors.DefaultSelector()
    for _ in range(number):
        connection = Connection(port, request)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask()
    answers, begun = 0, time.perf_counter()
    while time.perf_counter() < begun + seconds:
        for key, _ in selector.select(timeout=seconds):
            if key.data.read():
                answers += 1
                key.data.ask()
    sys.stdout.write(f"{answers} {time.perf_counter() - begun}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
