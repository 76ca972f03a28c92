"""A county with one scheme."""

import pytest

from coordination.transaction import transaction
from models import Category
from tests.registry.county import found_scheme


@pytest.fixture
def categories(session, world) -> dict[str, Category]:
    """The categories ``shop`` and ``sight``, committed."""
    with transaction() as writing:
        found_scheme(writing)
    from sqlalchemy import select

    return {category.code: category for category in session.scalars(select(Category))}


@pytest.fixture
def shop(categories) -> Category:
    """放心商店, of 县市场监管局."""
    return categories["shop"]


@pytest.fixture
def made(session, shop):
    """``made(hand_in, 1)``: do it to 放心商店 in a transaction, and tell the id of what came of it."""

    def make(deed, *args, **more) -> int:
        with transaction() as writing:
            row = deed(writing, writing.merge(shop), *args, **more)
            writing.flush()
            return row.id

    return make


@pytest.fixture
def no_tokens(app) -> None:
    """Forms without tokens: here it is asked what they do, not whether they can be forged (tests/accounts does that)."""
    app.config["WTF_CSRF_ENABLED"] = False
