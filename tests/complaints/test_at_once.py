"""Two who act on one case at the same instant: one of them does it, the other is told how it stands, and nothing is half-written."""

from sqlalchemy import func, select

from coordination.complaints import handling, importing, saving, service
from coordination.complaints.importing import Import
from coordination.complaints.reading import read
from coordination.meetings import posting
from coordination.permissions import OPERATOR
from models import Assignment, Complaint, ComplaintStatus, Proposal, RefusalGround, SavedView
from models.errors import IllegalMove, RuleBroken
from tests.complaints.conftest import HEAD
from tests.racing import at_once
from tests.world import NOW


def act(cases, who, verb, **more):
    """One act, to be done in a thread: what it returned says which it was."""

    def run(session):
        verb(session, actor=cases.world.actor(session, who), now=NOW, **more)
        return verb.__name__

    return run


def done(results):
    return sorted(result for result in results if isinstance(result, str))


def test_two_routers_assign_it_to_two_units(app, cases):
    one = cases.made()
    units = [cases.world.units[code].id for code in ("JYJ", "WLJ")]
    results = at_once(app, *(act(cases, "router", service.assign, complaint_id=one, lead_id=unit) for unit in units))
    leads = cases.session.scalars(select(Assignment.unit_id).where(Assignment.returned_at.is_(None), Assignment.is_lead)).all()
    assert len(leads) == 1, "one unit has it, whoever came last"
    assert cases.the(one).status == ComplaintStatus.ASSIGNED
    assert all(isinstance(result, str | IllegalMove) for result in results)


def test_one_accepts_while_a_colleague_refuses(app, cases):
    one = cases.with_unit()
    accept = act(cases, "liaison-JYJ", handling.accept, complaint_id=one)
    refuse = act(cases, "head-JYJ", handling.refuse, complaint_id=one, ground=RefusalGround.TOO_OLD, reason="逾三年")
    results = at_once(app, accept, refuse)
    assert len(done(results)) == 1
    assert sum(isinstance(result, IllegalMove) for result in results) == 1
    complaint = cases.the(one)
    assert (complaint.status == ComplaintStatus.REFUSED) == (complaint.refusal is not None)


def test_the_unit_receives_it_while_the_router_gives_it_to_another(app, cases):
    one = cases.made()
    cases.do("router", service.assign, one, lead_id=cases.world.units["JYJ"].id)
    receive = act(cases, "liaison-JYJ", service.receive, complaint_id=one)
    reassign = act(cases, "router", service.assign, complaint_id=one, lead_id=cases.world.units["WLJ"].id)
    results = at_once(app, receive, reassign)
    assert len(done(results)) == 1, results
    complaint = cases.the(one)
    assert (complaint.status, complaint.lead.unit.code) in {(ComplaintStatus.RECEIVED, "JYJ"), (ComplaintStatus.ASSIGNED, "WLJ")}


def test_one_file_taken_in_twice_at_once_registers_each_case_once(app, cases):
    table = "\n".join([HEAD, *(f"{number},投诉,2026-06-18 08:00,张三丰,13812345678,惠民超市,面包过期" for number in range(1, 41))])

    def take(session):
        running = Import(read("a.csv", table.encode(), {}), {}, NOW)
        for batch in running.batches():
            running.take(session, actor=OPERATOR, batch=batch)
        return running.result.created

    assert sorted(at_once(app, take, take)) == [0, 40]
    assert cases.session.scalar(select(func.count()).select_from(Complaint)) == 40
    assert importing.BATCH > 40, "all of it in one transaction"


def test_a_dispute_is_posted_once_and_a_view_kept_once(app, cases):
    one = cases.made()
    for unit in ("JYJ", "WLJ"):
        cases.do("router", service.assign, one, lead_id=cases.world.units[unit].id)
        cases.do(f"liaison-{unit}", service.send_back, one, reason="不属本单位职责", believed_id=None)
    post = [act(cases, who, posting.post_dispute, complaint_id=one) for who in ("router", "office")]
    results = at_once(app, *post)
    assert done(results) == ["post_dispute"]
    assert sum(isinstance(result, RuleBroken) for result in results) == 1
    keep = act(cases, "router", saving.keep, name="临期", query="light=near")
    assert done(at_once(app, keep, keep)) == ["keep", "keep"]
    assert [cases.session.scalar(select(func.count()).select_from(kind)) for kind in (Proposal, SavedView)] == [1, 1]
