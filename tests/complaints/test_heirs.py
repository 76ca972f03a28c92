"""A unit abolished while it has cases, and two people at one case: its heir goes on, and nothing is done twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coordination.complaints import calling, handling, onsite, queries, service, transferring
from coordination.transaction import transaction
from models import AuditEntry, ComplaintStatus, HandlingRound, Notice, RecipientKind
from models.errors import IllegalMove, NotFound
from tests.world import TODAY


@pytest.fixture
def abolish(cases):
    """县教育局 is merged into 县文旅局 today, with its last day yesterday."""

    def act():
        with transaction() as writing:
            unit = writing.merge(cases.world.units["JYJ"])
            unit.valid_to, unit.successor_id = TODAY - timedelta(days=1), cases.world.units["WLJ"].id

    return act


def test_the_heir_sees_handles_and_closes(cases, abolish):
    one = cases.with_unit()
    with pytest.raises(NotFound):
        queries.get_complaint(cases.session, cases.actor("liaison-WLJ"), one)
    abolish()
    lead = cases.the(one).lead
    assert (lead.unit.code, lead.answering(TODAY).code) == ("JYJ", "WLJ"), "history stays, who answers is derived"
    assert cases.listed("liaison-WLJ") == [one]
    cases.do("liaison-WLJ", handling.accept, one)
    cases.do("liaison-WLJ", onsite.order_on_site, one, place="某路")
    cases.do("liaison-WLJ", handling.settle, one, result="退款")
    assert cases.do("liaison-WLJ", handling.close, one) == ComplaintStatus.CLOSED


def test_opened_again_the_heir_is_told(cases, abolish):
    one = cases.settled()
    abolish()
    cases.do("router", calling.call_back, one, reached=True, solved=False, satisfied=False, note="未退款", reopen=True)
    told = set(cases.session.scalars(select(Notice.person_id).where(Notice.kind == "complaint_reopened")))
    assert told >= {cases.world.people[who].id for who in ("liaison-WLJ", "head-WLJ")}
    assert cases.do("liaison-WLJ", handling.accept, one) == ComplaintStatus.ACCEPTED


@pytest.mark.parametrize("deed", ["reopen", "transfer", "receive"])
def test_the_second_of_two_is_refused_in_words_and_leaves_nothing(cases, deed):
    paper = {"recipient_kind": RecipientKind.POLICE, "recipient": "公安", "reason": "诈骗", "document_no": "1号", "on": TODAY}
    bad = {"reached": True, "solved": False, "satisfied": False, "note": "未退款", "reopen": True}
    if deed == "receive":
        one = cases.made()
        cases.do("router", service.assign, one, lead_id=cases.world.units["JYJ"].id)
        people, act = ("liaison-JYJ", "head-JYJ"), lambda who: cases.do(who, service.receive, one)
    elif deed == "reopen":
        one = cases.settled()
        people, act = ("router", "router"), lambda who: cases.do(who, calling.call_back, one, **bad)
    else:
        one = cases.with_unit()
        people, act = ("router", "liaison-JYJ"), lambda who: cases.do(who, transferring.transfer, one, **paper)
    act(people[0])
    entries = len(cases.session.scalars(select(AuditEntry)).all())
    version = cases.the(one).version
    with pytest.raises(IllegalMove, match="现为"):
        act(people[1])
    assert cases.the(one).version == version
    assert len(cases.session.scalars(select(AuditEntry)).all()) == entries
    assert len(cases.session.scalars(select(HandlingRound)).all()) == (deed == "reopen")
