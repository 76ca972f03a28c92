"""A proposal before it is handed in: what is missing, the head's release, papers, urgency; and what other units think of it."""

from datetime import date

import pytest

from coordination.evidence import Evidence
from coordination.meetings import opinions, proposals, queries
from models import LimitUnit, ProposalStatus, Rule
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import DAY
from tests.world import NOW

PDF = Evidence("投诉统计.pdf", "application/pdf", b"%PDF-1.7 test")


def act(steps, verb, proposal, by, **given):
    return verb(steps.session, actor=steps.actor(by), proposal_id=proposal.id, now=NOW, **given)


@pytest.fixture
def draft(steps, world):
    """A draft of a unit whose head releases its proposals."""
    world.units["SWJ"].releases_proposals = True
    return steps.drafted(steps.collecting())


def test_where_the_head_releases_a_liaison_cannot_hand_in_before(steps, draft):
    with pytest.raises(IllegalMove, match="须由负责人审签"):
        act(steps, proposals.submit, draft, "liaison-SWJ")
    act(steps, proposals.ask_release, draft, "liaison-SWJ")
    assert steps.told("proposal_release_asked") == {"head-SWJ"}
    with pytest.raises(NotAllowed):
        act(steps, proposals.release, draft, "liaison-SWJ")
    act(steps, proposals.release, draft, "head-SWJ")
    assert (draft.status, draft.release_asked_at) == (ProposalStatus.RELEASED, None)
    assert steps.told("proposal_released") == {"liaison-SWJ"}
    act(steps, proposals.submit, draft, "liaison-SWJ")
    assert draft.status == ProposalStatus.SUBMITTED


def test_the_head_sends_it_back_to_be_changed_even_after_the_release(steps, draft):
    act(steps, proposals.ask_release, draft, "liaison-SWJ")
    act(steps, proposals.ask_changes, draft, "head-SWJ", reason="请补充数据")
    assert (draft.status, draft.release_note, draft.waits_for_head) == (ProposalStatus.DRAFT, "请补充数据", False)
    assert steps.told("proposal_changes_asked") == {"liaison-SWJ"}
    act(steps, proposals.ask_release, draft, "liaison-SWJ")
    act(steps, proposals.release, draft, "head-SWJ")
    act(steps, proposals.ask_changes, draft, "head-SWJ", reason="再改")
    assert draft.status == ProposalStatus.DRAFT


def test_a_head_who_hands_in_releases_with_it_and_it_is_written_down(steps, draft):
    act(steps, proposals.submit, draft, "head-SWJ")
    said = [line.what for line in queries.history(steps.session, draft)]
    assert said[:2] == ["提交议题", "审签议题"]


def test_returned_by_the_office_it_needs_the_head_again(steps, draft):
    act(steps, proposals.submit, draft, "head-SWJ")
    act(steps, proposals.send_back, draft, "office", reason="请补充材料")
    with pytest.raises(IllegalMove, match="审签"):
        act(steps, proposals.submit, draft, "liaison-SWJ")
    act(steps, proposals.ask_release, draft, "liaison-SWJ")
    act(steps, proposals.release, draft, "head-SWJ")
    act(steps, proposals.submit, draft, "liaison-SWJ")
    assert draft.status == ProposalStatus.SUBMITTED


def test_what_is_missing_is_said_before_and_at_handing_in(steps):
    draft = steps.drafted(steps.collecting())
    draft.body = "  "
    assert proposals.missing(draft, may_release=False, on=NOW.date()) == ["还没有写内容，请写明情况、问题和提请会议议定的事项"]
    with pytest.raises(IllegalMove, match="还没有写内容"):
        act(steps, proposals.submit, draft, "liaison-SWJ")


def test_papers_and_urgency_go_with_it_and_the_office_reads_why(steps):
    meeting = steps.collecting()
    draft = steps.drafted(meeting)
    given = {"version": draft.version, "title": draft.title, "body": draft.body, "minutes_wanted": 15, "meeting_id": meeting.id}
    act(steps, proposals.edit, draft, "liaison-SWJ", urgent_reason="学员集中上访", files=[PDF], **given)
    assert ([file.name for file in draft.files], draft.is_urgent) == (["投诉统计.pdf"], True)
    late = steps.world.people and NOW + 30 * DAY
    proposals.submit(steps.session, actor=steps.actor("liaison-SWJ"), proposal_id=draft.id, now=late)
    assert (draft.is_late, "紧急：学员集中上访" in queries.history(steps.session, draft)[0].what) == (True, True)
    with pytest.raises(IllegalMove, match="附件不能再改"):
        act(steps, proposals.remove_file, draft, "liaison-SWJ", file_id=draft.files[0].id)


def test_a_paper_can_be_taken_off_and_ten_are_the_most(steps):
    draft = steps.drafted(steps.collecting())
    given = {"version": draft.version, "title": draft.title, "body": draft.body, "minutes_wanted": 15, "meeting_id": draft.meeting_id}
    act(steps, proposals.edit, draft, "liaison-SWJ", files=[PDF] * 10, **given)
    steps.session.flush()
    with pytest.raises(BadInput, match="最多10个附件"):
        act(steps, proposals.edit, draft, "liaison-SWJ", files=[PDF], **given | {"version": draft.version})
    act(steps, proposals.remove_file, draft, "liaison-SWJ", file_id=draft.files[0].id)
    assert len(draft.files) == 9
    with pytest.raises(NotFound):
        act(steps, proposals.remove_file, draft, "liaison-SWJ", file_id=0)


def asked(steps, proposal, *units, by="liaison-SWJ"):
    ids = [steps.unit(code) for code in units]
    return act(steps, opinions.ask, proposal, by, unit_ids=ids, question="是否可行")


def test_a_unit_that_is_asked_reads_the_draft_and_answers_by_a_working_day(steps):
    rule = {"title": "意见答复", "limit": 3, "unit": LimitUnit.WORKING, "clause": "本平台", "effective_from": date(2020, 1, 1)}
    steps.session.add(Rule(code="OPINION", changed_at=NOW, **rule))
    draft = steps.drafted(steps.collecting())
    with pytest.raises(NotFound):
        queries.get_proposal(steps.session, steps.actor("liaison-JYJ"), draft.id)
    (opinion,) = asked(steps, draft, "JYJ")
    assert opinion.due_on == date(2026, 6, 24)  # the dragon-boat holiday and a week-end lie between
    assert steps.told("opinion_asked") == {"liaison-JYJ", "head-JYJ"}
    assert queries.get_proposal(steps.session, steps.actor("liaison-JYJ"), draft.id) is draft
    given = {"opinion_id": opinion.id, "version": opinion.version, "text": "同意，建议增加备案要求", "now": NOW}
    opinions.answer(steps.session, actor=steps.actor("head-JYJ"), **given)
    assert opinion.text == "同意，建议增加备案要求"
    assert steps.told("opinion_given") == {"liaison-SWJ"}


def test_without_a_rule_no_day_is_made_up(steps):
    (opinion,) = asked(steps, steps.drafted(steps.collecting()), "JYJ")
    assert opinion.due_on is None


def test_unit_and_office_read_all_opinions_an_asked_unit_its_own(steps):
    proposal = steps.submitted(steps.collecting())
    asked(steps, proposal, "JYJ", by="office")
    asked(steps, proposal, "GAJ")
    seen = {who: len(opinions.of_proposal(steps.session, steps.actor(who), proposal)) for who in ("office", "liaison-SWJ", "liaison-JYJ")}
    assert seen == {"office": 2, "liaison-SWJ": 2, "liaison-JYJ": 1}


def test_asked_twice_about_itself_or_by_a_stranger_it_is_refused(steps):
    proposal = steps.submitted(steps.collecting())
    asked(steps, proposal, "JYJ")
    for unit in ("JYJ", "SWJ", "GGG"):
        with pytest.raises(BadInput, match="请选择"):
            asked(steps, proposal, unit)
    with pytest.raises(NotAllowed):
        asked(steps, proposal, "GAJ", by="liaison-JYJ")
    act(steps, proposals.settle_before, proposal, "office", reason="已会商一致")
    with pytest.raises(IllegalMove, match="不再征求意见"):
        asked(steps, proposal, "GAJ")


def test_two_colleagues_answering_are_shown_both_texts(steps):
    (opinion,) = asked(steps, steps.drafted(steps.collecting()), "JYJ")
    seen = opinion.version
    given = {"opinion_id": opinion.id, "version": seen, "now": NOW}
    opinions.answer(steps.session, actor=steps.actor("liaison-JYJ"), text="同意", **given)
    steps.session.flush()
    with pytest.raises(Conflict) as clash:
        opinions.answer(steps.session, actor=steps.actor("head-JYJ"), text="不同意", **given)
    assert (clash.value.mine, clash.value.theirs) == ("不同意", "同意")
