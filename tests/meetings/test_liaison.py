"""The liaison meeting: an outcome and a word for each proposal, the agenda and the record that follow from it."""

from io import BytesIO

import docx
import pytest

from coordination.meetings import liaison, paperwork, queries
from coordination.meetings.liaison import Verdict
from models import LiaisonWord, MeetingStatus, Proposal, ProposalStatus
from models.errors import BadInput, IllegalMove, NotAllowed
from tests.meetings.steps import DAY, HOUR, one
from tests.world import NOW, TODAY


@pytest.fixture
def meeting(steps, world):
    """A meeting that collects, in a mechanism with a liaison meeting, with four proposals handed in."""
    world.mechanisms["county"].has_liaison_meeting = True
    meeting = steps.collecting()
    for title in ("上会的", "解决的", "补充的", "退回的"):
        steps.submitted(meeting, title=title)
    return meeting


def verdicts():
    said = {"上会的": (LiaisonWord.UP, ""), "解决的": (LiaisonWord.SETTLED, "两局已商定")}
    said |= {"补充的": (LiaisonWord.MORE, "附上统计表"), "退回的": (LiaisonWord.BACK, "不属本机制职责")}
    return {one(Proposal, title=title).id: Verdict(*verdict) for title, verdict in said.items()}


def hold(steps, meeting, said, by="office", held_at=NOW, chair="副召集人"):
    given = {"meeting_id": meeting.id, "chair": chair, "held_at": held_at, "verdicts": said}
    return liaison.hold(steps.session, actor=steps.actor(by), now=NOW, **given)


def test_each_outcome_is_carried_out_at_once_and_its_unit_told(steps, meeting):
    hold(steps, meeting, verdicts())
    states = {title: one(Proposal, title=title).status for title in ("上会的", "解决的", "补充的", "退回的")}
    assert states == {
        "上会的": ProposalStatus.ON_AGENDA,
        "解决的": ProposalStatus.SETTLED_BEFORE,
        "补充的": ProposalStatus.RETURNED,
        "退回的": ProposalStatus.RETURNED,
    }
    assert one(Proposal, title="补充的").reason == "请补充材料：附上统计表"
    assert (meeting.status, meeting.liaison_chair) == (MeetingStatus.LIAISON_HELD, "副召集人")
    assert [item.title for item in meeting.items][1:] == ["上会的"]
    assert steps.told("proposal_returned") == {"liaison-SWJ", "head-SWJ"}


def test_the_record_says_what_was_said_then_whatever_happens_later(steps, meeting):
    hold(steps, meeting, verdicts())
    later = one(Proposal, title="补充的")
    later.submit(NOW + DAY, late=False)
    steps.session.flush()
    _, content = paperwork.document(steps.session, meeting, paperwork.Kind.LIAISON, TODAY)
    paper = docx.Document(BytesIO(content))
    rows = [[cell.text for cell in row.cells][1:] for row in paper.tables[0].rows][1:]
    assert ["补充的", "县商务局", "补充材料", "附上统计表"] in rows
    assert ["上会的", "县商务局", "上会", ""] in rows
    assert "副召集人主持召开联络员会议" in "".join(paragraph.text for paragraph in paper.paragraphs)


@pytest.mark.parametrize("outcome", [LiaisonWord.SETTLED, LiaisonWord.MORE, LiaisonWord.BACK])
def test_what_does_not_go_up_needs_a_word(steps, meeting, outcome):
    with pytest.raises(BadInput, match="请写明说明"):
        hold(steps, meeting, {one(Proposal, title="上会的").id: Verdict(outcome)})


def test_it_is_recorded_after_it_was_held_once_and_by_the_office_alone(steps, meeting):
    with pytest.raises(BadInput, match="还没有到"):
        hold(steps, meeting, {}, held_at=NOW + HOUR)
    for username in ("convenor", "recorder", "liaison-SWJ"):
        with pytest.raises(NotAllowed):
            hold(steps, meeting, {}, by=username)
    hold(steps, meeting, {})
    with pytest.raises(IllegalMove):
        hold(steps, meeting, {})


def test_a_proposal_somebody_else_dealt_with_meanwhile_is_not_dealt_with_twice(steps, meeting):
    said = verdicts()
    one(Proposal, title="解决的").settle_before("先解决了")
    steps.session.flush()
    with pytest.raises(IllegalMove, match="已由他人办理"):
        hold(steps, meeting, said)


def test_the_page_takes_an_outcome_for_each_and_shows_what_is_missing(clock, steps, clerk, meeting):
    steps.session.commit()
    office, there = clerk("office"), f"/meetings/{meeting.id}/liaison-meeting"
    assert "记联络员会议…" in office.opens(f"/meetings/{meeting.id}")
    page = office.opens(there)
    assert "副召集人" in page
    lines = {f"lines-{n}-proposal_id": row.id for n, row in enumerate(queries.waiting(steps.session, meeting))}
    fields = {"held_at": "2026-06-18T08:30", "chair": "副召集人甲", **lines, "lines-0-outcome": "up", "lines-1-outcome": "back"}
    refused = office.tries(there, **fields)
    assert (refused.status_code, "请写明说明" in refused.text) == (422, True)
    page = office.sends(there, **fields, **{"lines-1-words": "请另行提出"})
    assert "已记联络员会议：上会1项、退回1项" in page
    assert office.client.get(there).status_code == 409
