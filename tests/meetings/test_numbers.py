"""Numbers under concurrency: two at once on a real database never share one and never leave a gap."""

import pytest
from sqlalchemy import select

from coordination.access import actor_of
from coordination.meetings import issuing, service
from models import Meeting, MeetingKind, Minutes, Person
from models.base import db
from models.errors import RuleBroken
from tests.meetings.steps import DAY, DUE_ON, HOUR, STARTS_AT
from tests.racing import at_once
from tests.world import NOW


def signer(meeting_id):
    def act(session):
        convenor = session.scalars(select(Person).where(Person.username == "convenor")).one()
        signed = issuing.sign(session, actor=actor_of(session, convenor), meeting_id=meeting_id, now=STARTS_AT + DAY)
        return signed.number

    return act


@pytest.fixture
def two_drafts(steps):
    ids = [steps.compiled(steps.held(starts_at=STARTS_AT + number * HOUR)).meeting_id for number in range(2)]
    steps.session.commit()
    return ids


def test_two_who_sign_at_once_give_one_number(app, two_drafts):
    results = at_once(app, *[signer(two_drafts[0])] * 4)
    assert sorted(result for result in results if isinstance(result, int)) == [1]
    assert sum(isinstance(result, RuleBroken) for result in results) == 3
    assert db.session.scalars(select(Minutes.number).where(Minutes.number.is_not(None))).all() == [1]


def test_two_minutes_signed_at_once_take_consecutive_numbers(app, two_drafts):
    assert sorted(at_once(app, signer(two_drafts[0]), signer(two_drafts[1]))) == [1, 2]


def test_a_number_whose_signature_fails_is_given_again(app, two_drafts):
    def fails(session):
        signer(two_drafts[0])(session)
        raise RuleBroken("中断")

    assert at_once(app, fails)[0].message == "中断"
    assert at_once(app, signer(two_drafts[1])) == [1]


def test_meetings_planned_at_once_take_consecutive_serials(app, steps, world):
    mechanism_id = world.mechanisms["county"].id
    steps.session.commit()

    def plan(session):
        office = session.scalars(select(Person).where(Person.username == "office")).one()
        facts = {"starts_at": STARTS_AT, "place": "三楼", "proposals_due_on": DUE_ON, "kind": MeetingKind.EXTRA, "now": NOW}
        return service.plan(session, actor=actor_of(session, office), mechanism_id=mechanism_id, **facts).serial

    assert sorted(at_once(app, *[plan] * 5)) == [1, 2, 3, 4, 5]
    assert len(db.session.scalars(select(Meeting)).all()) == 5
