"""谁来管: anybody reads who answers for what today, by which clause, and where one complains."""

from datetime import timedelta

import pytest

from coordination import clock
from coordination.members import duties, service
from coordination.permissions import OPERATOR
from models import DutyRole
from tests.members.duty_tables import CLAUSE, add, classes
from tests.world import NOW

ONE_DAY = timedelta(days=1)


@pytest.fixture
def kinds(session, world):
    found = classes(session)
    add(session, world.units["JYJ"], found["学科类培训"], keywords={"学费": 3})
    add(session, world.units["WLJ"], found["旅游"], "受理旅游投诉", "旅游法第九十一条", keywords={"导游": 3})
    add(session, world.units["XBG"], found["案件审核"], "审核处罚案件", "办法第七条", keywords={"处罚": 1})
    session.commit()
    return found


def test_nothing_registered_says_where_to_turn(app):
    page = app.test_client().get("/who")
    assert page.status_code == 200
    assert "还没有公布各单位的职责" in page.text
    assert "12315" in page.text


def test_a_stranger_finds_the_unit_its_duty_clause_and_where_to_complain(app, session, world, kinds):
    unit = world.units["JYJ"]
    unit.phone, unit.complaint_way = "0000-1234567", "县教育局信访窗口"
    session.commit()
    for asked in ("q=补课班不退学费", f"subject={kinds['学科类培训'].id}", f"subject={kinds['服务'].id}"):
        page = app.test_client().get(f"/who?{asked}").text
        assert all(words in page for words in ("县教育局", "管理学科类校外培训机构", CLAUSE, "0000-1234567", "县教育局信访窗口", "12315"))
    assert "县教育局" not in app.test_client().get(f"/who?subject={kinds['旅游'].id}").text


def test_the_way_there_is_on_the_first_page(app, kinds):
    page = app.test_client().get("/").text
    assert f'href="/who?subject={kinds["旅游"].id}"' in page
    assert 'action="/who"' in page


@pytest.mark.parametrize("typed", ["费", "%20费%20"])
def test_one_character_is_refused_in_words_and_the_classes_are_offered(app, kinds, typed):
    page = app.test_client().get(f"/who?q={typed}")
    assert page.status_code == 422
    assert "请输入至少2个字再查" in page.text
    assert "教育培训" in page.text


def test_what_nobody_answers_for_leads_to_the_hotline(app, kinds):
    page = app.test_client().get("/who?q=航空母舰").text
    assert "没有找到“航空母舰”" in page
    assert "不清楚归谁管的" in page


def test_work_between_offices_is_not_the_publics(app, kinds):
    client = app.test_client()
    assert "审核处罚案件" not in client.get("/who?q=处罚").text
    assert "案件审核" not in client.get("/who").text
    for subject in (kinds["案件审核"].id, 999_999):
        assert client.get(f"/who?subject={subject}").status_code == 404


def test_two_units_with_one_duty_are_both_shown_the_leading_one_first(app, session, world, kinds):
    add(session, world.units["GAJ"], kinds["旅游"], "协助处理", keywords={"导游": 3}, role=DutyRole.CO)
    add(session, world.units["SWJ"], kinds["旅游"], "也受理旅游投诉", keywords={"导游": 3})
    session.commit()
    page = app.test_client().get(f"/who?subject={kinds['旅游'].id}").text
    places = [page.index(name) for name in ("县文旅局", "县商务局", "县公安局（协办）")]
    assert places == sorted(places)


def test_a_duty_that_ended_yesterday_is_on_no_page_of_today(app, session, world, kinds):
    client, address = app.test_client(), "/who?q=导游"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    duty = next(one for one in duties.same_duties(session, world.units["WLJ"], kinds["旅游"], "旅游法第九十一条"))
    yesterday = clock.today() - ONE_DAY
    duties.end_duty(session, actor=OPERATOR, duty_id=duty.id, version=duty.version, valid_to=yesterday, now=NOW)
    session.commit()
    answer = client.get(address, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "县文旅局" not in answer.text


def test_a_merged_units_heir_answers(app, session, world, kinds):
    old = world.units["WLJ"]
    given = {"valid_to": clock.today() - ONE_DAY, "successor_id": world.units["SWJ"].id, "now": NOW}
    service.end_unit(session, actor=OPERATOR, unit_id=old.id, version=old.version, **given)
    session.commit()
    page = app.test_client().get("/who?q=导游").text
    assert "县商务局" in page
    assert "县文旅局" not in page


def test_no_person_is_named_and_odd_addresses_are_answered_calmly(app, world, kinds):
    client = app.test_client()
    page = client.get("/who?q=导游").text
    assert not [person.name for person in world.people.values() if person.name in page]
    for query in ("q=%00%F0%9F%98%80x", "q=" + "长" * 500, "subject=x", "subject=99999999999999999999", "q=导游&after=7", "q=%25%25"):
        assert client.get(f"/who?{query}").status_code in {200, 404, 422}
