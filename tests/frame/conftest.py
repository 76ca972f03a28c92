"""The gallery, served to a test client and to a real browser."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.frame.gallery import create_app


@pytest.fixture(scope="session")
def gallery() -> Any:
    """The gallery application."""
    return create_app()


@pytest.fixture
def client(gallery: Any) -> Any:
    """A test client of the gallery."""
    return gallery.test_client()


@pytest.fixture(scope="session")
def address(gallery: Any) -> Iterator[str]:
    """Where the gallery is served for the browser tests."""
    server = make_server("127.0.0.1", 0, gallery, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
