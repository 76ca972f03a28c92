"""Versions of what was learned: when one is trained, from what, which is in use, and going back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coordination import attachments
from coordination.complaints import automatic, service, training, uptake
from coordination.complaints.advising import advisor, in_use
from coordination.transaction import transaction
from models import Assignment, RoutingModel, Subject
from models.errors import IllegalMove, NotAllowed, NotFound
from tests.complaints.county_duties import FOOD, TOUR, TUITION, give_duties
from tests.world import NOW, TODAY

NIGHT = NOW + timedelta(hours=18)  # 3:00 of the next day in China


@pytest.fixture
def county(cases):
    """The county's cases, with its duties in the register."""
    with transaction() as writing:
        give_duties(writing, cases.world)
    return cases


def trained(cases, now=NOW):
    """The id of a version trained now."""
    found = training.learn(cases.session, now)
    with transaction() as writing:
        return training.keep(writing, found, now=now).id


def several(cases, number, text, unit):
    """The ids of so many cases of a kind, each taken by that unit."""
    return [cases.with_unit(f"{unit}{at}", unit, text=f"{text}第{at}家") for at in range(number)]


def used(cases):
    """The id of the version in use."""
    cases.session.expire_all()
    return in_use(cases.session).id


def test_nothing_is_trained_before_there_is_a_complaint(county):
    assert not training.is_due(county.session, NOW)
    county.made(text=FOOD)
    assert training.is_due(county.session, NOW)


def test_a_version_on_order_is_trained_and_used_and_nothing_is_learned_twice(county):
    several(county, 6, TUITION, "JYJ")
    several(county, 6, FOOD, "SCJG")
    ordered = county.do("router", training.order)
    with pytest.raises(IllegalMove, match="已在排队"):
        county.do("office", training.order)
    assert training.is_due(county.session, NOW)
    assert trained(county) == ordered == used(county)
    version = training.get_version(county.session, ordered)
    assert version.cases == 12
    assert version.figures["accuracy"] == 1
    assert sum(number for number, _ in version.figures["units"].values()) == 12
    assert not training.is_due(county.session, NIGHT)
    county.with_unit("new", "WLJ", text=TOUR)
    assert not training.is_due(county.session, NOW + timedelta(hours=1))  # the same day
    assert training.is_due(county.session, NIGHT)


def test_what_people_confirm_outranks_the_duty_text(county):
    several(county, 3, FOOD, "SCJG")
    before = trained(county)
    one = county.made("ask", text=TUITION)
    assert advisor(county.session, TODAY).advise(county.the(one)).unit_id == county.world.units["JYJ"].id
    several(county, 12, TUITION, "WLJ")
    after = trained(county, NOW + timedelta(minutes=1))
    assert advisor(county.session, TODAY).advise(county.the(one)).answer.ranked[0].unit == str(county.world.units["WLJ"].id)
    older, newer = (training.get_version(county.session, id_) for id_ in (before, after))
    changes = training.changed(county.session, newer, older, NOW)
    assert {(one.one, one.other) for one in changes} == {("县文旅局", "县教育局")}


def test_what_a_unit_sent_back_and_what_went_by_itself_is_no_lesson(county):
    back, alone, waiting = (county.made(str(at), text=FOOD) for at in range(3))
    county.do("router", service.assign, back, lead_id=county.world.units["SCJG"].id)
    county.do("liaison-SCJG", service.send_back, back, reason="不属职责", believed_id=None)
    county.do("router", service.assign, alone, lead_id=county.world.units["SCJG"].id)
    with transaction() as writing:
        writing.scalars(select(Assignment).where(Assignment.complaint_id == alone)).one().person_id = None
    found = training.learn(county.session, NOW)
    assert (found.cases, found.texts) == (0, 3)
    county.do("liaison-SCJG", service.receive, alone)
    county.do("router", service.assign, waiting, lead_id=county.world.units["SCJG"].id)
    found = training.learn(county.session, NOW)
    assert (found.cases, found.texts) == (2, 1)


def test_going_back_holds_until_the_newest_is_chosen_again(county):
    several(county, 3, FOOD, "SCJG")
    first, second = trained(county), trained(county, NOW + timedelta(minutes=1))
    assert used(county) == second
    county.do("router", training.choose, model_id=first, now=NOW + timedelta(minutes=2))
    assert used(county) == first
    third = trained(county, NOW + timedelta(minutes=3))
    assert used(county) == first
    county.do("office", training.choose, model_id=third, now=NOW + timedelta(minutes=4))
    fourth = trained(county, NOW + timedelta(minutes=5))
    assert used(county) == fourth


def test_who_may_and_what_is_there(county):
    several(county, 3, FOOD, "SCJG")
    version = trained(county)
    for who in ("liaison-JYJ", "auditor", "admin"):
        with pytest.raises(NotAllowed):
            county.do(who, training.choose, model_id=version)
        with pytest.raises(NotAllowed):
            county.do(who, training.order)
    with pytest.raises(NotFound):
        county.do("router", training.choose, model_id=version + 1)


def test_old_files_go_and_figures_stay(county, monkeypatch):
    monkeypatch.setattr(training, "KEPT", 2)
    several(county, 3, FOOD, "SCJG")
    ids = [trained(county, NOW + timedelta(minutes=at)) for at in range(4)]
    county.do("router", training.choose, model_id=ids[0], now=NOW + timedelta(hours=1))
    county.with_unit("more", "WLJ", text=TOUR)
    ids.append(trained(county, NOW + timedelta(hours=2)))
    paths = {id_: attachments.path_of(county.session.get(RoutingModel, id_).file.sha256) for id_ in ids}
    with transaction() as writing:
        dropped = training.drop_old(writing)
    attachments.clear(county.session, dropped)
    county.session.expire_all()
    kept = [id_ for id_ in ids if county.session.get(RoutingModel, id_).file is not None]
    assert kept == [ids[0], *ids[-2:]]
    assert all(paths[id_].exists() for id_ in kept)
    assert county.session.get(RoutingModel, ids[1]).figures["accuracy"] == 1
    with pytest.raises(IllegalMove, match="不保留"):
        county.do("router", training.choose, model_id=ids[1])


def switched(cases, name, percent):
    """自动分派 of a class, by the office."""
    subject = cases.session.scalars(select(Subject).where(Subject.name == name)).one()
    cases.do("office", automatic.switch, subject_id=subject.id, percent=percent, version=subject.version)


def go_alone(cases):
    """What the scheduler does: the ids of those assigned."""
    found = []
    for one in automatic.sure(cases.session, NOW):
        with transaction() as writing:
            if automatic.assign_alone(writing, complaint_id=one, now=NOW):
                found.append(one)
    return found


def test_nothing_goes_by_itself_unless_its_class_is_switched_on(county):
    several(county, 12, TUITION, "JYJ")
    several(county, 12, FOOD, "SCJG")
    several(county, 12, TOUR, "WLJ")
    trained(county)
    tuition, food = county.made("t", text=TUITION), county.made("f", text=FOOD)
    mixed = county.made("m", kind="投诉举报", text=TUITION)
    assert go_alone(county) == []
    switched(county, "校外培训", 60)
    assert go_alone(county) == [tuition]
    assert go_alone(county) == []
    assert county.the(food).lead is None
    assert county.the(mixed).lead is None
    given = county.the(tuition).lead
    assert (given.unit.short_name, given.person_id) == ("县教育局", None)
    month = uptake.by_month(county.session, TODAY)[0]
    assert (month.assigned, month.suggested, month.followed, month.automatic, month.overridden) == (1, 1, 1, 1, 0)
    county.do("liaison-JYJ", service.send_back, tuition, reason="不属职责", believed_id=None)
    assert go_alone(county) == []
    switched(county, "校外培训", None)
    county.made("t2", text=TUITION)
    assert automatic.switched_on(county.session) == {}
    assert go_alone(county) == []


def test_less_sure_than_the_class_asks_waits_for_a_person(county):
    county.made("t", text=TUITION)
    switched(county, "校外培训", 100)
    assert go_alone(county) == []
