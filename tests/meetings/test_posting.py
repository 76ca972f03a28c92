"""A dispute about whose a complaint is comes before the joint meeting with one press, and each side shows the other."""

import pytest
import time_machine
from sqlalchemy import select

from coordination.complaints import service
from coordination.complaints.importing import Import
from coordination.complaints.reading import read
from coordination.meetings import posting, proposals
from coordination.permissions import OPERATOR
from coordination.settings import service as settings
from coordination.transaction import transaction
from models import Complaint, Membership, Notice, Proposal, ProposalStatus
from models.errors import IllegalMove, NotAllowed
from tests.world import NOW

HEAD = "登记编号,类型,登记时间,投诉人,联系电话,企业名称,具体问题"


@pytest.fixture
def disputed(session, world):
    """The id of a complaint two bureaus sent back."""
    with transaction() as writing:
        settings.load_defaults(writing, NOW)
    table = f"{HEAD}\n113,投诉,2026-06-18 08:00,张三丰,13812345678,惠民超市,张三丰的面包过期\n"
    running = Import(read("a.csv", table.encode(), {}), {}, NOW)
    with transaction() as writing:
        running.take(writing, actor=OPERATOR, batch=next(running.batches()))
        one = writing.scalars(select(Complaint.id)).one()
    for unit, believed in (("JYJ", "WLJ"), ("WLJ", None)):
        with transaction() as writing:
            service.assign(writing, actor=world.actor(writing, "router"), complaint_id=one, lead_id=world.units[unit].id, now=NOW)
        with transaction() as writing:
            told = {"reason": f"不属{unit}职责", "believed_id": world.units[believed].id if believed else None}
            service.send_back(writing, actor=world.actor(writing, f"liaison-{unit}"), complaint_id=one, now=NOW, **told)
    return one


def post(world, who, one):
    with transaction() as writing:
        return posting.post_dispute(writing, actor=world.actor(writing, who), complaint_id=one, now=NOW).id


def test_it_is_handed_in_for_the_offices_unit_and_says_who_sent_it_back_and_nothing_of_the_complainant(session, world, disputed):
    proposal = session.get(Proposal, post(world, "router", disputed))
    assert (proposal.status, proposal.mechanism.code, proposal.unit.code) == (ProposalStatus.SUBMITTED, "county", "SCJG")
    assert proposal.title == "职责争议：113由哪个单位办理"
    assert "第1次退回：县教育局，理由：不属JYJ职责。认为应由县文旅局办理。" in proposal.body
    assert "第2次退回：县文旅局，理由：不属WLJ职责。未指明应由哪个单位办理。" in proposal.body
    assert "张三丰" not in proposal.body
    assert "面包" not in proposal.body
    told = session.scalars(select(Notice.person_id).where(Notice.kind == "proposal_submitted")).all()
    assert told == [world.people["office"].id]


def test_once_only_while_it_is_open_and_only_while_it_is_disputed(session, world, disputed):
    one = post(world, "office", disputed)
    with pytest.raises(IllegalMove, match="不重复提请"):
        post(world, "router", disputed)
    with transaction() as writing:
        proposals.settle_before(writing, actor=world.actor(writing, "office"), proposal_id=one, reason="已协调", now=NOW)
    assert post(world, "router", disputed) != one, "settled, and still disputed: it may be asked again"
    with transaction() as writing:
        more = {"lead_id": world.units["SWJ"].id, "document_no": "纪要〔2026〕3号"}
        service.designate(writing, actor=world.actor(writing, "router"), complaint_id=disputed, now=NOW, **more)
    with pytest.raises(IllegalMove, match="没有职责争议"):
        post(world, "router", disputed)


def test_nobody_else_posts_it_and_units_outside_one_mechanism_are_told_where_to_go(session, world, disputed):
    for who in ("auditor", "convenor"):
        with pytest.raises(NotAllowed):
            post(world, who, disputed)
    with transaction() as writing:
        for seat in writing.scalars(select(Membership).where(Membership.unit_id == world.units["WLJ"].id)):
            writing.delete(seat)
    with pytest.raises(IllegalMove, match="不在同一联席会议机制"):
        post(world, "router", disputed)
    assert session.scalars(select(Proposal)).all() == []


def test_the_button_leads_to_a_proposal_that_leads_back(app, session, world, sign_in, disputed):
    app.config["WTF_CSRF_ENABLED"] = False
    with time_machine.travel(NOW, tick=False):
        router, office = sign_in("router"), sign_in("office")
        assert "提请联席会议议定" in router.get(f"/complaints/{disputed}").text
        answer = router.post(f"/meetings/proposals/of-dispute/{disputed}", follow_redirects=True)
        assert "已提请联席会议议定，等联席会议办公室审议" in answer.text
        assert "联席会议议题" in answer.text
        assert f"/proposals/of-dispute/{disputed}" not in answer.text
        proposal = session.scalars(select(Proposal)).one()
        assert f"/complaints/{disputed}" in office.get(f"/meetings/proposals/{proposal.id}").text
        assert f"/meetings/proposals/{proposal.id}" in office.get(f"/complaints/{disputed}").text
        assert sign_in("liaison-JYJ").post(f"/meetings/proposals/of-dispute/{disputed}").status_code == 403
        assert router.post("/meetings/proposals/of-dispute/999999").status_code == 404
