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
