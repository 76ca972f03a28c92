"""What the tests of the settings pages share."""

import pytest
from flask import Flask

# Addresses the frame of every page links to; another feature brings each of them.
FRAME = (
    "portal.index",
    "accounts.password",
    "accounts.logout",
    "desk.reminders",
    "desk.menu",
    "desk.help",
    "desk.accessibility",
    "desk.type_size",
)


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application, with a stand-in for every address of the frame that is not there."""
    for endpoint in FRAME:
        if endpoint not in app.view_functions:
            app.add_url_rule(f"/stand-in/{endpoint}", endpoint, lambda: "", methods=["GET", "POST"])
    return app
