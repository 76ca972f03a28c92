"""One action, one transaction: nothing half done, no update lost, the same on both databases."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from sqlalchemy import select

from coordination import audit
from coordination.permissions import SYSTEM
from coordination.transaction import transaction
from models import AuditEntry, NumberSeries, Setting, Unit
from models.base import db
from models.errors import BadInput, Conflict
from models.numbering import take_number
from tests.world import NOW


def test_a_failure_undoes_everything_of_its_action(app, session):
    with pytest.raises(ZeroDivisionError), transaction() as own:
        own.add(Setting(key="county_name", value="别县", changed_at=NOW))
        own.flush()
        1 / 0  # noqa: B018
    assert session.get(Setting, "county_name") is None


def test_numbers_have_no_gap_and_no_double_under_many_writers(app):
    def take(_: int) -> int:
        with app.app_context(), transaction() as own:
            return take_number(own, "minutes:county:2026")

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(40))) == list(range(1, 41))


def test_a_number_that_was_rolled_back_is_given_again(app, session):
    with pytest.raises(ZeroDivisionError), transaction() as own:
        take_number(own, "minutes:county:2026")
        1 / 0  # noqa: B018
    with transaction() as own:
        assert take_number(own, "minutes:county:2026") == 1


def test_the_audit_chain_has_no_fork_under_many_writers(app, session):
    def write(number: int) -> None:
        with app.app_context(), transaction() as own:
            audit.record(own, actor=SYSTEM, action="test:write", subject=f"test:{number}", at=NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))
    assert [entry.number for entry in entries] == list(range(1, 41))
    assert all(later.previous == earlier.mac for earlier, later in pairwise(entries))


def test_two_editors_of_one_row_are_told_apart(app, world):
    unit_id = world.units["JYJ"].id
    with pytest.raises(Conflict), transaction() as own:
        unit = own.get_one(Unit, unit_id)
        own.execute(Unit.__table__.update().where(Unit.id == unit_id).values(version=Unit.version + 1))
        unit.phone = "1"


@pytest.mark.parametrize("text", ["有\x00字", "半个\ud83d字"])
def test_text_a_database_cannot_store_is_refused_alike(app, text):
    with pytest.raises(BadInput), transaction() as own:
        own.add(NumberSeries(key=text))
        own.flush()


def test_text_too_long_is_refused_alike(app):
    with pytest.raises(BadInput, match="最多120字，现有121字"), transaction() as own:
        own.add(NumberSeries(key="长" * 121))
        own.flush()


def test_emoji_and_rare_characters_are_kept_alike(app, session):
    with transaction() as own:
        own.add(NumberSeries(key="𠮷祎镕😀"))
    db.session.expire_all()
    assert session.scalars(select(NumberSeries.key)).all() == ["𠮷祎镕😀"]
