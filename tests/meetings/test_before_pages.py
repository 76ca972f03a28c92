"""Pages of what comes before a meeting, through a browser without scripts."""

import re
from io import BytesIO

from models import Opinion, Proposal, ProposalStatus
from tests.meetings.steps import one


def test_from_draft_to_release_to_the_office_with_a_paper(clock, steps, clerk, world):
    world.units["SWJ"].releases_proposals = True
    meeting = steps.collecting()
    steps.session.commit()
    liaison, head = clerk("liaison-SWJ"), clerk("head-SWJ")
    paper = (BytesIO(b"%PDF-1.7 test"), "统计.pdf")
    fields = {"meeting_id": meeting.id, "title": "预付卡备案", "body": "", "minutes_wanted": 10, "urgent_reason": "群众反映集中"}
    page = liaison.sends("/meetings/proposals/new", files=paper, **fields)
    assert "还不能提交：还没有写内容" in page
    assert "统计.pdf" in page
    there = f"/meetings/proposals/{one(Proposal).id}"
    version = liaison.hidden(f"{there}/edit", "version")
    page = liaison.sends(f"{there}/edit", version=version, **fields | {"body": "提请议定备案办法。"})
    assert "报请审签" in page
    liaison.sends(f"{there}/ask-release")
    assert "审签议题：预付卡备案" in head.opens("/desk")
    assert "审签议题" in head.opens(there)
    assert "退回修改" in head.opens(f"{there}/ask-changes")
    page = head.sends(f"{there}/release")
    assert "已审签" in page
    liaison.sends(f"{there}/submit")
    agenda = clerk("office").opens(f"/meetings/{meeting.id}/agenda")
    assert "紧急：群众反映集中" in agenda
    assert "审议题（紧急）：预付卡备案" in clerk("office").opens("/desk")
    file = re.search(rf'href="({there}/files/\d+)"', liaison.opens(there))[1]
    assert liaison.client.get(file).headers["Content-Disposition"].startswith("attachment")
    assert clerk("liaison-GGG").client.get(file).status_code == 404


def test_opinions_are_asked_for_and_answered_from_the_list_of_things_to_do(clock, steps, clerk):
    proposal = steps.submitted(steps.collecting())
    steps.session.commit()
    there = f"/meetings/proposals/{proposal.id}"
    office, asked = clerk("office"), clerk("liaison-JYJ")
    assert "没有设定答复时限" in office.opens(f"{there}/opinions")
    page = office.sends(f"{there}/opinions", unit_ids=steps.unit("JYJ"), question="备案由谁受理")
    assert "请研究：备案由谁受理" in page
    assert "答复意见：预付式消费投诉集中问题" in asked.opens("/desk")
    address = f"/meetings/opinions/{one(Opinion).id}"
    assert asked.tries(address, version=1, text="").status_code == 422
    page = asked.sends(address, version=asked.hidden(address, "version"), text="同意")
    assert "同意" in page
    assert "答复意见：" not in asked.opens("/desk")
    assert clerk("liaison-GAJ").client.get(address).status_code == 404
    assert clerk("liaison-JYJ").client.get(f"{there}/opinions").status_code == 409


def test_late_proposals_stand_in_a_list_of_their_own(clock, steps, clerk):
    meeting = steps.collecting()
    steps.submitted(meeting, title="按期的")
    steps.submitted(meeting, title="迟来的", now=meeting.starts_at)
    steps.session.commit()
    page = clerk("office").opens(f"/meetings/{meeting.id}/agenda")
    assert page.index("按期的") < page.index("迟交清单 1项") < page.index("迟来的")


def test_a_released_proposal_can_be_found_by_its_state(clock, steps, clerk):
    draft = steps.drafted(steps.collecting())
    draft.release()
    steps.session.commit()
    assert draft.title in clerk("liaison-SWJ").opens(f"/meetings/proposals?status={ProposalStatus.RELEASED}")
