"""The pages of suggestions: on 分派, in the queue, many at once; versions, 自动分派, 指定去向; and who may."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from coordination.complaints import training
from coordination.transaction import transaction
from models import Advice, RoutingModel, Subject
from tests.complaints.county_duties import FOOD, TUITION, UNCLEAR, give_duties
from tests.complaints.pages import done, refused, seen
from tests.world import NOW

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture
def router(sign_in):
    return sign_in("router")


@pytest.fixture
def county(cases):
    """The county's cases, with its duties in the register."""
    with transaction() as writing:
        give_duties(writing, cases.world)
    return cases


def trained(cases, minutes_ago=0):
    """The id of a version trained so long ago."""
    now = NOW - timedelta(minutes=minutes_ago)
    found = training.learn(cases.session, now)
    with transaction() as writing:
        return training.keep(writing, found, now=now).id


def test_the_page_presets_the_unit_with_its_reasons_and_marks_the_words(county, router):
    one = county.made(text=TUITION)
    unit = county.world.units["JYJ"].id
    shown = seen(router, f"/complaints/{one}/assign")
    assert "县教育局 把握" in shown
    assert "民办教育促进法第八条" in shown
    assert "<mark>" in shown
    assert re.search(rf'<input[^>]*checked[^>]*value="{unit}"', shown)
    assert "已分派给县教育局" in done(router, f"/complaints/{one}/assign", lead_id=unit)
    assert county.session.scalars(select(Advice)).one().followed


def test_another_unit_needs_a_reason_and_what_was_typed_stays(county, router):
    one = county.made(text=TUITION)
    unit = county.world.units["WLJ"].id
    said = refused(router, f"/complaints/{one}/assign", lead_id=unit, note="请快办")
    assert "没有采用建议的单位，请写明理由" in said
    assert "请快办" in said
    assert "已分派给县文旅局" in done(router, f"/complaints/{one}/assign", lead_id=unit, why="属研学旅行")
    assert county.session.scalars(select(Advice)).one().why == "属研学旅行"


def test_nothing_is_preset_below_the_threshold(county, router):
    one = county.made(text=UNCLEAR)
    shown = seen(router, f"/complaints/{one}/assign")
    assert "把握不足，请人工判断" in shown
    assert "checked" not in shown
    assert "已分派给县商务局" in done(router, f"/complaints/{one}/assign", lead_id=county.world.units["SWJ"].id)


def test_a_page_without_any_duty_lets_one_choose_by_hand(cases, router):
    one = cases.made(text=TUITION)
    assert "把握不足，请人工判断" in seen(router, f"/complaints/{one}/assign")
    assert "已分派给县教育局" in done(router, f"/complaints/{one}/assign", lead_id=cases.world.units["JYJ"].id)


def test_the_queue_names_the_unit_and_many_go_as_suggested(county, router):
    tuition, food, unclear = county.made("1", text=TUITION), county.made("2", text=FOOD), county.made("3", text=UNCLEAR)
    queue = seen(router, "/complaints")
    assert "建议单位" in queue
    assert "请人工判断" in queue
    shown = seen(router, f"/complaints/assign-advised?id={tuition}&id={food}&id={unclear}")
    assert "按建议分派2件" in shown
    assert "请人工判断的1件，本次不分派" in shown
    assert "食品安全法第六条" in shown
    units = county.world.units
    pairs = [f"{tuition}:{units['JYJ'].id}", f"{food}:{units['SCJG'].id}"]
    assert "已分派2件" in done(router, "/complaints/assign-advised", pair=pairs)
    assert county.listed("router") == [unclear]


def test_a_suggestion_that_changed_meanwhile_is_not_pressed_through(county, router):
    one = county.made(text=TUITION)
    said = refused(router, "/complaints/assign-advised", status=200, pair=[f"{one}:{county.world.units['WLJ'].id}", "x:1", "1:"])
    assert "建议已有变化" in said
    assert county.the(one).lead is None
    assert "请先在队列中勾选" in done(router, "/complaints/assign-advised")


def test_several_to_one_unit_against_the_suggestion_need_a_reason(county, router):
    one = county.made(text=TUITION)
    unit = county.world.units["WLJ"].id
    assert "没有采用建议的单位，请写明理由" in refused(router, "/complaints/assign-many", status=200, id=one, lead_id=unit)
    assert "已分派1件" in done(router, "/complaints/assign-many", id=one, lead_id=unit, why="属研学旅行")


def test_learning_is_ordered_looked_at_and_taken_back(county, router):
    for at in range(6):
        county.with_unit(f"a{at}", "JYJ", text=f"{TUITION}{at}")
        county.with_unit(f"b{at}", "SCJG", text=f"{FOOD}{at}")
    assert "还没有学习过" in seen(router, "/complaints/advice")
    assert "已安排重新学习" in done(router, "/complaints/advice/learn")
    assert router.post("/complaints/advice/learn").status_code == 409
    first = trained(county, 2)
    for at in range(12):
        county.with_unit(f"c{at}", "WLJ", text=f"{TUITION}{at}")
    second = trained(county, 1)
    page = seen(router, "/complaints/advice")
    assert f"现用第{second}版" in page
    assert "24件已确认" in page
    version = seen(router, f"/complaints/advice/versions/{first}")
    assert "建议不同的投诉举报" in version
    assert "改用这一版" in version
    assert f"已改用第{first}版" in done(router, f"/complaints/advice/versions/{first}/choose")
    assert "改用这一版" not in seen(router, f"/complaints/advice/versions/{first}")
    assert router.get("/complaints/advice/versions/999").status_code == 404


def test_a_version_without_its_file_says_so(county, router):
    county.with_unit("1", "SCJG", text=FOOD)
    first, second = trained(county, 2), trained(county, 1)
    with transaction() as writing:
        gone = writing.get_one(RoutingModel, first)
        gone.chosen_at, gone.file = None, None
    assert "模型文件已不保留" in seen(router, f"/complaints/advice/versions/{first}")
    assert router.post(f"/complaints/advice/versions/{first}/choose").status_code == 409
    assert f"现用第{second}版" in seen(router, "/complaints/advice")


def test_a_class_goes_by_itself_and_no_more(county, sign_in):
    office = sign_in("office")
    assert "全部由分派员分派" in seen(office, "/complaints/advice/automatic")
    subject = county.session.scalars(select(Subject).where(Subject.name == "食品")).one().id
    assert "50" in refused(office, "/complaints/advice/automatic/new", subject_id=subject, percent=10)
    assert "已开启自动分派：食品" in done(office, "/complaints/advice/automatic/new", subject_id=subject, percent=95)
    assert "95%" in seen(office, "/complaints/advice/automatic")
    assert "已停止自动分派：食品" in done(office, f"/complaints/advice/automatic/{subject}/stop")


def test_where_a_kind_of_case_goes_is_said_and_unsaid(county, sign_in):
    office, unit = sign_in("office"), county.world.units["SWJ"].id
    assert "没有指定去向" in seen(office, "/complaints/advice/preferences")
    said = refused(office, "/complaints/advice/preferences/new", unit_id=unit, why="专班办理")
    assert "至少填写一项" in said
    assert "专班办理" in said
    assert "已新增指定去向" in done(office, "/complaints/advice/preferences/new", unit_id=unit, business="惠民超市", why="专班办理")
    assert "惠民超市" in seen(office, "/complaints/advice/preferences")
    assert "已停止该指定去向" in done(office, "/complaints/advice/preferences/1/end")
    assert office.post("/complaints/advice/preferences/1/end").status_code == 409


def test_who_sees_and_who_may(county, sign_in):
    auditor, liaison = sign_in("auditor"), sign_in("liaison-JYJ")
    assert "重新学习</button>" not in seen(auditor, "/complaints/advice")
    assert auditor.post("/complaints/advice/learn").status_code == 403
    assert liaison.get("/complaints/advice").status_code == 403
    assert liaison.get("/complaints/assign-advised").status_code == 403


def test_a_text_about_two_matters_is_offered_in_two(county, router):
    one = county.made("two", text=f"{TUITION * 2}另外，{FOOD * 2}")
    shown = seen(router, f"/complaints/{one}/assign")
    assert "可能涉及两件事，可拆分办理" in shown
    page = seen(router, f"/complaints/{one}/divide")
    first, second = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)
    assert ("培训机构" in first) != ("培训机构" in second)
    assert "另立的一件编号two-2" in done(router, f"/complaints/{one}/divide", first_text=first, second_text=second)
