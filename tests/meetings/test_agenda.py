"""The agenda: the system's items first, the office's order after them, frozen once the notice is sent."""

import pytest

from coordination.meetings import agenda, issuing
from models import ItemKind, MeetingStatus, ProposalStatus
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import DAY, STARTS_AT
from tests.world import NOW


def titles(meeting):
    return [item.title for item in meeting.items]


def act(steps, verb, **given):
    return verb(steps.session, actor=steps.actor("office"), now=NOW, **given)


def test_open_minutes_of_an_earlier_meeting_make_item_two(steps):
    earlier = steps.compiled()
    meeting = steps.collecting(starts_at=STARTS_AT + 60 * DAY, due_on=(STARTS_AT + 50 * DAY).date())
    assert titles(meeting) == ["上次会议议定事项落实情况", "审议2026年第1次联席会议纪要"]
    at = STARTS_AT + DAY
    issuing.sign(steps.session, actor=steps.actor("convenor"), meeting_id=earlier.meeting_id, now=at)
    issuing.issue(steps.session, actor=steps.actor("office"), meeting_id=earlier.meeting_id, now=at)
    steps.notify(meeting, now=at)
    assert [item.kind for item in meeting.items] == [ItemKind.REVIEW]


def test_open_minutes_of_another_mechanism_are_not_our_business(steps):
    steps.compiled(steps.held(mechanism="sections", proposals=0))
    assert len(steps.collecting(starts_at=STARTS_AT + 60 * DAY, due_on=(STARTS_AT + 50 * DAY).date()).items) == 1


def test_a_proposal_brings_its_unit_and_its_length(steps):
    item = steps.placed(steps.collecting())
    assert (item.kind, item.presenter_id, item.minutes_planned, item.position) == (ItemKind.PROPOSAL, steps.unit("SWJ"), 15, 1)
    assert agenda.total_minutes(item.meeting.items) == 25


def test_items_move_by_one_place_and_stop_at_the_ends(steps):
    meeting = steps.collecting()
    a, b, c = (steps.added(meeting, title) for title in "甲乙丙")
    act(steps, agenda.move_item, item_id=c.id, up=True)
    assert titles(meeting)[1:] == ["甲", "丙", "乙"]
    act(steps, agenda.move_item, item_id=a.id, up=False)
    assert titles(meeting)[1:] == ["丙", "甲", "乙"]
    act(steps, agenda.move_item, item_id=c.id, up=True)
    act(steps, agenda.move_item, item_id=b.id, up=False)
    assert titles(meeting) == ["上次会议议定事项落实情况", "丙", "甲", "乙"]
    assert [item.position for item in meeting.items] == [0, 1, 2, 3]


def test_the_systems_items_stay_where_they_are(steps):
    review = steps.collecting().items[0]
    with pytest.raises(IllegalMove, match="固定在议程最前"):
        act(steps, agenda.move_item, item_id=review.id, up=False)
    with pytest.raises(IllegalMove, match="不能移出"):
        act(steps, agenda.remove_item, item_id=review.id)
    with pytest.raises(BadInput, match="名称不能改"):
        act(steps, agenda.change_item, item_id=review.id, title="改名", presenter_id=None, minutes_planned=5)
    act(steps, agenda.change_item, item_id=review.id, title=review.title, presenter_id=steps.unit("SCJG"), minutes_planned=20)
    assert (review.presenter_id, review.minutes_planned) == (steps.unit("SCJG"), 20)


def test_taken_off_a_proposal_waits_again(steps):
    meeting = steps.collecting()
    item, other = steps.placed(meeting), steps.added(meeting)
    proposal = item.proposal
    act(steps, agenda.remove_item, item_id=item.id)
    assert proposal.status == ProposalStatus.SUBMITTED
    assert (titles(meeting)[1:], other.position) == (["消费维权数据通报"], 1)


def test_a_presenter_must_be_a_unit(steps):
    with pytest.raises(BadInput, match="汇报单位"):
        act(steps, agenda.add_item, meeting_id=steps.collecting().id, title="甲", presenter_id=999_999, minutes_planned=5)


def test_guests_come_and_go_until_the_notice(steps):
    meeting = steps.collecting()
    guest = act(steps, agenda.invite_guest, meeting_id=meeting.id, name="赵某", body="县人民法院", post="副院长")
    steps.session.flush()
    assert [(g.body, g.name) for g in meeting.guests] == [("县人民法院", "赵某")]
    act(steps, agenda.uninvite_guest, guest_id=guest.id)
    assert meeting.guests == []


def verbs(meeting, proposal, guest):
    """Every verb that changes the agenda, with what it needs."""
    item_id = meeting.items[-1].id
    return [
        (agenda.take_up, {"meeting_id": meeting.id, "proposal_id": proposal.id}),
        (agenda.add_item, {"meeting_id": meeting.id, "title": "甲", "presenter_id": None, "minutes_planned": 5}),
        (agenda.change_item, {"item_id": item_id, "title": "乙", "presenter_id": None, "minutes_planned": 5}),
        (agenda.move_item, {"item_id": item_id, "up": True}),
        (agenda.remove_item, {"item_id": item_id}),
        (agenda.invite_guest, {"meeting_id": meeting.id, "name": "赵某", "body": "县人民法院", "post": ""}),
        (agenda.uninvite_guest, {"guest_id": guest.id}),
    ]


def test_the_notice_freezes_the_agenda(steps):
    meeting = steps.collecting()
    steps.placed(meeting)
    left = steps.submitted(meeting, unit="JYJ")
    guest = act(steps, agenda.invite_guest, meeting_id=meeting.id, name="钱某", body="县法院", post="")
    steps.notify(meeting)
    before = titles(meeting)
    for function, given in verbs(meeting, left, guest):
        with pytest.raises(IllegalMove, match="会议通知发出后议程不再改动"):
            act(steps, function, **given)
    assert (titles(meeting), len(meeting.guests), left.status) == (before, 1, ProposalStatus.SUBMITTED)


def test_only_the_mechanisms_office_touches_the_agenda(steps):
    meeting = steps.collecting()
    steps.placed(meeting)
    left = steps.submitted(meeting, unit="JYJ")
    guest = act(steps, agenda.invite_guest, meeting_id=meeting.id, name="钱某", body="县法院", post="")
    steps.session.flush()
    seeing = [steps.actor(username) for username in ("convenor", "deputy", "recorder", "liaison-JYJ", "head-SWJ", "auditor")]
    blind = [steps.member_of_sections_only(), steps.actor("liaison-GGG"), steps.actor("admin")]
    for function, given in verbs(meeting, left, guest):
        for actors, refusal in ((seeing, NotAllowed), (blind, NotFound)):
            for actor in actors:
                with pytest.raises(refusal):
                    function(steps.session, actor=actor, now=NOW, **given)
    assert meeting.status == MeetingStatus.COLLECTING
