"""Proposals: the unit drafts and hands in, the office decides; others see nothing before it stands on an agenda."""

import pytest

from coordination.meetings import agenda, proposals, queries, room
from models import ItemOutcome, Proposal, ProposalStatus, Unit, UnitKind
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import DAY, STARTS_AT
from tests.world import NOW, TODAY


def edit(steps, proposal, body, version=None, by="liaison-SWJ"):
    return proposals.edit(
        steps.session,
        actor=steps.actor(by),
        proposal_id=proposal.id,
        version=proposal.version if version is None else version,
        title=proposal.title,
        body=body,
        minutes_wanted=15,
        meeting_id=proposal.meeting_id,
        now=NOW,
    )


def test_a_draft_is_its_units_alone(steps):
    proposal = steps.drafted(steps.collecting())
    for username in ("liaison-SWJ", "head-SWJ", "auditor"):
        assert queries.get_proposal(steps.session, steps.actor(username), proposal.id) is proposal
    for username in ("office", "convenor", "liaison-JYJ", "router"):
        with pytest.raises(NotFound):
            queries.get_proposal(steps.session, steps.actor(username), proposal.id)


def test_handed_in_it_is_the_offices_too_and_on_the_agenda_every_members(steps):
    meeting = steps.collecting()
    proposal = steps.submitted(meeting)
    assert steps.told("proposal_submitted") == {"office"}
    assert queries.get_proposal(steps.session, steps.actor("office"), proposal.id) is proposal
    with pytest.raises(NotFound):
        queries.get_proposal(steps.session, steps.actor("liaison-JYJ"), proposal.id)
    agenda.take_up(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, proposal_id=proposal.id, now=NOW)
    assert queries.get_proposal(steps.session, steps.actor("liaison-JYJ"), proposal.id) is proposal
    assert steps.told("proposal_taken_up") == {"liaison-SWJ", "head-SWJ"}
    with pytest.raises(NotFound):
        queries.get_proposal(steps.session, steps.actor("liaison-GGG"), proposal.id)


def test_on_the_agenda_of_a_meeting_nobody_knows_it_is_not_shown(steps):
    meeting = steps.plan()
    proposal = steps.submitted(None)
    agenda.take_up(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, proposal_id=proposal.id, now=NOW)
    with pytest.raises(NotFound):
        queries.get_proposal(steps.session, steps.actor("liaison-JYJ"), proposal.id)
    assert steps.told("proposal_taken_up") == set()


def test_handed_in_after_the_deadline_it_is_late(steps):
    meeting = steps.collecting()
    in_time = steps.submitted(meeting, now=NOW + 6 * DAY)
    late = steps.submitted(meeting, now=NOW + 7 * DAY)
    assert (in_time.is_late, late.is_late) == (False, True)
    assert queries.waiting(steps.session, meeting) == [in_time, late]


def test_once_the_notice_is_out_the_meeting_takes_none(steps):
    meeting = steps.collecting()
    draft = steps.drafted(meeting)
    steps.notify(meeting)
    with pytest.raises(IllegalMove, match="改为提交下次会议"):
        proposals.submit(steps.session, actor=steps.actor("liaison-SWJ"), proposal_id=draft.id, now=NOW)


def test_another_unit_can_neither_edit_nor_hand_in(steps):
    draft = steps.drafted(steps.collecting())
    with pytest.raises(NotFound):
        edit(steps, draft, "改动", by="liaison-JYJ")
    with pytest.raises(NotFound):
        proposals.submit(steps.session, actor=steps.actor("liaison-JYJ"), proposal_id=draft.id, now=NOW)


def test_a_unit_cannot_propose_for_another_or_where_it_does_not_sit(steps, world):
    with pytest.raises(NotAllowed):
        proposals.draft(
            steps.session,
            actor=steps.actor("liaison-JYJ"),
            mechanism_id=world.mechanisms["county"].id,
            unit_id=steps.unit("SWJ"),
            title="题",
            body="文",
            minutes_wanted=5,
            now=NOW,
        )
    with pytest.raises(NotFound):
        proposals.draft(
            steps.session,
            actor=steps.actor("liaison-JYJ"),
            mechanism_id=world.mechanisms["sections"].id,
            unit_id=steps.unit("JYJ"),
            title="题",
            body="文",
            minutes_wanted=5,
            now=NOW,
        )


def test_two_colleagues_on_one_draft_lose_neither_text(steps):
    draft = steps.drafted(steps.collecting())
    seen = draft.version
    edit(steps, draft, "联络员的文字", by="liaison-SWJ")
    steps.session.flush()
    with pytest.raises(Conflict) as clash:
        edit(steps, draft, "负责人的文字", version=seen, by="head-SWJ")
    assert (clash.value.mine, clash.value.theirs, clash.value.version) == ("负责人的文字", "联络员的文字", draft.version)
    assert draft.body == "联络员的文字"
    edit(steps, draft, "负责人的文字", version=clash.value.version, by="head-SWJ")
    assert draft.body == "负责人的文字"


def test_handed_in_it_is_no_longer_edited_until_it_is_returned(steps):
    proposal = steps.submitted(steps.collecting())
    with pytest.raises(IllegalMove, match="已提交"):
        edit(steps, proposal, "改动")
    proposals.send_back(steps.session, actor=steps.actor("office"), proposal_id=proposal.id, reason="请补充数据", now=NOW)
    assert (proposal.status, proposal.reason) == (ProposalStatus.RETURNED, "请补充数据")
    assert steps.told("proposal_returned") == {"liaison-SWJ", "head-SWJ"}
    edit(steps, proposal, "补充后的文字")
    proposals.submit(steps.session, actor=steps.actor("head-SWJ"), proposal_id=proposal.id, now=NOW)
    assert (proposal.status, proposal.reason, proposal.body) == (ProposalStatus.SUBMITTED, "", "补充后的文字")


def test_settled_before_the_meeting_it_needs_none(steps):
    meeting = steps.collecting()
    proposal = steps.submitted(meeting)
    proposals.settle_before(steps.session, actor=steps.actor("office"), proposal_id=proposal.id, reason="两局已会商一致", now=NOW)
    assert proposal.status == ProposalStatus.SETTLED_BEFORE
    assert queries.waiting(steps.session, meeting) == []
    with pytest.raises(IllegalMove):
        agenda.take_up(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, proposal_id=proposal.id, now=NOW)


def test_only_the_office_of_the_mechanism_decides(steps):
    proposal = steps.submitted(steps.collecting())
    for username in ("convenor", "recorder", "liaison-SWJ", "auditor"):
        with pytest.raises(NotAllowed):
            proposals.send_back(steps.session, actor=steps.actor(username), proposal_id=proposal.id, reason="无", now=NOW)
    with pytest.raises(NotFound):
        proposals.send_back(steps.session, actor=steps.member_of_sections_only(), proposal_id=proposal.id, reason="无", now=NOW)


def test_a_proposal_of_one_mechanism_does_not_fit_the_agenda_of_another(steps):
    proposal, elsewhere = steps.submitted(steps.collecting()), steps.collecting(mechanism="sections")
    with pytest.raises(BadInput, match="另一机制"):
        agenda.take_up(steps.session, actor=steps.actor("office"), meeting_id=elsewhere.id, proposal_id=proposal.id, now=NOW)


def test_carried_over_it_waits_for_the_next_meeting_and_stands_there_again(steps):
    meeting = steps.in_session()
    item = meeting.items[-1]
    steps.record(meeting.items[0], outcome=ItemOutcome.NOTED)
    steps.record(item, outcome=ItemOutcome.CARRIED_OVER)
    room.end_meeting(steps.session, actor=steps.actor("recorder"), meeting_id=meeting.id, now=STARTS_AT)
    assert item.proposal.status == ProposalStatus.CARRIED_OVER
    following = steps.collecting(starts_at=STARTS_AT + 60 * DAY, due_on=(STARTS_AT + 50 * DAY).date())
    assert queries.waiting(steps.session, following) == [item.proposal]
    again = agenda.take_up(steps.session, actor=steps.actor("office"), meeting_id=following.id, proposal_id=item.proposal_id, now=STARTS_AT)
    assert queries.items_of_proposal(steps.session, steps.actor("liaison-JYJ"), item.proposal) == [item, again]


def test_handed_in_too_late_for_one_meeting_it_waits_for_the_next(steps):
    meeting = steps.collecting()
    proposal = steps.submitted(meeting)
    steps.notify(meeting)
    following = steps.collecting(starts_at=STARTS_AT + 60 * DAY, due_on=(STARTS_AT + 50 * DAY).date())
    assert queries.waiting(steps.session, following) == [proposal]


def test_the_heir_of_a_merged_unit_goes_on_with_its_proposal(steps, world):
    draft = steps.drafted(steps.collecting())
    heir = Unit(code="SWTZ", name="示例县商务和投资局", short_name="县商务投资局", kind=UnitKind.BUREAU, former_names=[])
    steps.session.add(heir)
    world.units["SWJ"].valid_to, world.units["SWJ"].successor = TODAY - DAY, heir
    world.people["liaison-JYJ"].unit = heir
    steps.session.flush()
    proposals.submit(steps.session, actor=steps.actor("liaison-JYJ"), proposal_id=draft.id, now=NOW)
    assert draft.status == ProposalStatus.SUBMITTED
    assert proposals.unit_that_proposes(steps.session, steps.actor("liaison-JYJ"), draft.mechanism_id, NOW) == heir.id


@pytest.mark.parametrize("body", ["长" * 50_000, "表情🙂与生僻字𠮷", "从右\u202e向左"])
def test_long_and_strange_text_is_kept_as_it_is(steps, body):
    draft = steps.drafted(steps.collecting())
    edit(steps, draft, body)
    steps.session.flush()
    steps.session.expire(draft)
    assert steps.session.get_one(Proposal, draft.id).body == body


@pytest.mark.parametrize("body", ["长" * 50_001, "空\x00字符", "半个\ud83d字"])
def test_text_no_database_can_hold_is_refused_in_words(steps, body):
    draft = steps.drafted(steps.collecting())
    with pytest.raises(BadInput, match=r"最多50,000字|不能保存的字符"):
        edit(steps, draft, body)
        steps.session.flush()
