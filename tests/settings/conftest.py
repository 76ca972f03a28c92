"""What the tests of settings share."""

import pytest

from coordination.settings import service
from coordination.transaction import transaction
from tests.world import NOW


@pytest.fixture
def office(session, world):
    """The county with its defaults; returns the admin as services see them."""
    with transaction() as writing:
        service.load_defaults(writing, NOW)
    return world.actor(session, "admin")
