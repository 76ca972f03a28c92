"""After the notice the agenda changes only by numbered amendments; who attends for an item; sending a proposal to another mechanism."""

import pytest

from coordination.meetings import agenda, amending, posting, proposals
from models import Amendment, Notice, ProposalStatus
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import one
from tests.world import NOW


def amend(steps, verb, meeting, by="office", reason="情况变化", **given):
    return verb(steps.session, actor=steps.actor(by), meeting_id=meeting.id, reason=reason, now=NOW, **given)


def item(title="汛期消费提示", **given):
    return {"title": title, "presenter_id": None, "minutes_planned": 10, "unit_ids": [], **given}


def test_each_amendment_has_the_next_number_and_everybody_invited_is_told(steps):
    meeting = steps.notified()
    first = amend(steps, amending.add_item, meeting, **item())
    second = amend(steps, amending.remove_item, meeting, item_id=meeting.items[1].id, reason="单位撤回")
    assert [(made.number, made.change) for made in (first, second)] == [(1, "增加第3项“汛期消费提示”"), (2, "撤下原第2项“议题1”")]
    assert steps.told("agenda_amended") >= {"convenor", "recorder", "liaison-JYJ", "head-GAJ"}
    text = steps.session.query(Notice.text).filter(Notice.kind == "agenda_amended").order_by(Notice.id.desc()).first()[0]
    assert "议程修改第2号：撤下原第2项“议题1”。原因：单位撤回。修改后的议程：1.上次会议议定事项落实情况；2.汛期消费提示。" in text


def test_a_change_is_told_as_it_was_and_as_it_is(steps):
    meeting = steps.notified()
    changed = item("议题1", presenter_id=steps.unit("JYJ"), minutes_planned=20, unit_ids=[steps.unit("GAJ")])
    made = amend(steps, amending.change_item, meeting, item_id=meeting.items[1].id, **changed)
    assert made.change == "第2项由“议题1，县商务局汇报，15分钟”改为“议题1，县教育局汇报，20分钟，县公安局参加”"
    with pytest.raises(BadInput, match="没有改动"):
        amend(steps, amending.change_item, meeting, item_id=meeting.items[1].id, **changed)


def test_an_urgent_proposal_comes_on_the_agenda_and_one_taken_off_waits_again(steps):
    meeting = steps.notified()
    proposal = steps.submitted(None, title="紧急的")
    amend(steps, amending.take_up, meeting, proposal_id=proposal.id)
    assert proposal.status == ProposalStatus.ON_AGENDA
    amend(steps, amending.remove_item, meeting, item_id=meeting.items[-1].id)
    assert proposal.status == ProposalStatus.SUBMITTED


def test_before_the_notice_and_from_the_opening_on_there_is_nothing_to_amend(steps):
    for meeting in (steps.collecting(), steps.in_session()):
        with pytest.raises(IllegalMove, match="不作议程修改"):
            amend(steps, amending.add_item, meeting, **item())


def test_only_the_office_amends_and_never_what_the_system_made_or_another_meeting_has(steps):
    meeting, other = steps.notified(), steps.notified()
    for username in ("convenor", "recorder", "liaison-SWJ"):
        with pytest.raises(NotAllowed):
            amend(steps, amending.add_item, meeting, by=username, **item())
    with pytest.raises(IllegalMove, match="系统生成"):
        amend(steps, amending.remove_item, meeting, item_id=meeting.items[0].id)
    with pytest.raises(NotFound):
        amend(steps, amending.remove_item, meeting, item_id=other.items[1].id)


def test_the_units_of_an_item_are_members_that_exist(steps):
    meeting = steps.collecting()
    added = {"actor": steps.actor("office"), "meeting_id": meeting.id, "now": NOW}
    made = agenda.add_item(steps.session, **added, **item(unit_ids=[steps.unit("GAJ"), steps.unit("JYJ")]))
    assert [unit.code for unit in made.units] == ["JYJ", "GAJ"]
    with pytest.raises(BadInput, match="重新选择参加单位"):
        agenda.add_item(steps.session, **added, **item(unit_ids=[999_999]))


def send(steps, proposal, by="office"):
    given = {"proposal_id": proposal.id, "mechanism_id": steps.world.mechanisms["sections"].id, "now": NOW}
    return posting.send_to(steps.session, actor=steps.actor(by), **given)


def test_sent_to_the_other_mechanism_it_is_a_proposal_there_and_each_leads_to_the_other(steps):
    proposal = steps.submitted(steps.collecting())
    made = send(steps, proposal)
    assert (made.mechanism.code, made.unit.code, made.status) == ("sections", "XBG", ProposalStatus.SUBMITTED)
    assert posting.linked(steps.session, made) == ([proposal], [])
    assert posting.linked(steps.session, proposal) == ([], [made])
    with pytest.raises(IllegalMove, match="不重复转送"):
        send(steps, proposal)
    for username in ("liaison-SWJ", "convenor"):
        with pytest.raises(NotAllowed):
            send(steps, proposal, by=username)
    proposals.settle_before(steps.session, actor=steps.actor("office"), proposal_id=proposal.id, reason="已转送", now=NOW)
    with pytest.raises(IllegalMove, match="不能转送"):
        send(steps, proposal)


def test_the_pages_show_who_will_be_told_and_then_the_amendment(clock, steps, clerk):
    meeting = steps.notified()
    waiting = steps.submitted(None, title="等着的")
    steps.session.commit()
    office, there = clerk("office"), f"/meetings/{meeting.id}"
    assert "议程修改…" in office.opens(there)
    page = office.opens(f"{there}/amend")
    assert "等着的" in page
    assert "将告知的人员" in office.opens(f"{there}/amend/add")
    assert office.tries(f"{there}/amend/add", title="", reason="").status_code == 422
    page = office.sends(f"{there}/amend/add", title="防汛提示", presenter_id=0, minutes_planned=5, reason="汛情")
    assert "议程修改第1号已发出" in page
    page = office.sends(f"{there}/amend/proposals/{waiting.id}", reason="紧急")
    assert "第2号" in page
    item_id = meeting.items[0].id
    office.sends(f"{there}/amend/items/{item_id}", presenter_id=0, minutes_planned=25, reason="事项较多")
    assert "撤下：议题1" in office.opens(f"{there}/amend/items/{meeting.items[1].id}/remove")
    assert "防汛提示" in clerk("liaison-JYJ").opens(there)
    assert one(Amendment, number=3).change.startswith("第1项由“上次会议议定事项落实情况，10分钟”")
    assert clerk("liaison-JYJ").client.get(f"{there}/amend").status_code == 403


def test_a_proposal_is_sent_on_from_its_page(clock, steps, clerk):
    proposal = steps.submitted(steps.collecting())
    steps.session.commit()
    office, there = clerk("office"), f"/meetings/proposals/{proposal.id}"
    assert "转送另一机制…" in office.opens(there)
    page = office.sends(f"{there}/send", mechanism_id=steps.world.mechanisms["sections"].id)
    assert "转送股室联席会议议题" in page
    assert "转送股室联席会议议题" in clerk("liaison-SWJ").opens(there)
