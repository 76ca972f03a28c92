"""Many assigned at once: each for itself, with the reason where it could not be."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coordination.complaints import bulk
from coordination.transaction import transaction
from models import Assignment, AuditEntry, ComplaintStatus
from models.errors import BadInput, NotAllowed
from tests.world import NOW, TODAY


def test_one_that_cannot_be_stops_no_other_and_leaves_nothing(cases):
    units = {code: unit.id for code, unit in cases.world.units.items()}
    with transaction() as writing:
        gone = writing.merge(cases.world.units["SWJ"])
        gone.valid_to, gone.successor_id = TODAY - timedelta(days=1), units["WLJ"]
    good, mixed, abolished, last = cases.made("1"), cases.made("2", kind="投诉举报"), cases.made("3"), cases.made("4")
    pairs = [(good, units["JYJ"]), (mixed, units["JYJ"]), (abolished, units["SWJ"]), (99_999, units["JYJ"]), (last, units["WLJ"])]
    done = cases.do("router", bulk.assign_many, pairs=pairs, note="请尽快")
    assert [one.is_done for one in done] == [True, False, False, False, True]
    assert "请先拆分" in done[1].reason
    assert "现由县文旅局承担" in done[2].reason
    assert cases.the(good).status == cases.the(last).status == ComplaintStatus.ASSIGNED
    assert cases.the(abolished).status == ComplaintStatus.REGISTERED
    assert len(cases.session.scalars(select(Assignment)).all()) == 2
    assert len(cases.session.scalars(select(AuditEntry).where(AuditEntry.action == "complaint:assign")).all()) == 2
    assert set(cases.listed("router")) == {mixed, abolished}


def test_all_or_none(cases):
    one, mixed = cases.made("1"), cases.made("2", kind="投诉举报")
    unit = cases.world.units["JYJ"].id
    with pytest.raises(BadInput, match="全部未分派"):
        cases.do("router", bulk.assign_many, pairs=[(one, unit), (mixed, unit)], whole=True)
    assert cases.the(one).status == ComplaintStatus.REGISTERED


def test_who_may_and_how_many(cases):
    unit = cases.world.units["JYJ"].id
    with pytest.raises(NotAllowed):
        cases.do("liaison-JYJ", bulk.assign_many, pairs=[(1, unit)])
    with pytest.raises(BadInput, match="分派两次"):
        cases.do("router", bulk.assign_many, pairs=[(1, unit), (1, unit)])
    with pytest.raises(BadInput, match="一次最多"):
        cases.do("router", bulk.assign_many, pairs=[(at, unit) for at in range(bulk.MOST + 1)])
    assert cases.do("router", bulk.assign_many, pairs=[], now=NOW) == []
