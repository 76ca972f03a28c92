"""Duties: wordings by day, keywords with weights, classes of subjects, who answers today, and what nobody answers for."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coordination import audit
from coordination.members import duties, owners, queries, service, subjects, wording
from coordination.members.duties import DutyFacts
from coordination.members.subjects import SubjectFacts
from coordination.permissions import OPERATOR
from models import DutyRole, Subject, UnitKind
from models.errors import BadInput, Conflict, NotAllowed
from tests.members.duty_tables import CLAUSE, add, classes
from tests.world import NOW, TODAY

ONE_DAY = timedelta(days=1)


@pytest.fixture
def office(session, world):
    return world.actor(session, "office")


@pytest.fixture
def kinds(session):
    return classes(session)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("学费*3、培训", {"学费": 3, "培训": 1}),
        ("学费×３，培训", {"学费": 3, "培训": 1}),
        ("学费：2；培训(4) 停课", {"学费": 2, "培训": 4, "停课": 1}),
        ("学费 * 3、学费", {"学费": 3}),
        ("12315、7天无理由", {"12315": 1, "7天无理由": 1}),
        ("", {}),
    ],
)
def test_keywords_are_read_with_their_weights_however_they_are_typed(typed, read):
    assert wording.keywords(typed) == read


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("学费*0", "权重应在1至9"),
        ("学费*12", "权重应在1至9"),
        ("费", "每个2至20字"),
        ("长" * 21, "每个2至20字"),
        ("、".join(f"词语{number}" for number in range(61)), "最多60个"),
    ],
)
def test_a_keyword_that_cannot_be_one_is_refused_in_words(typed, why):
    with pytest.raises(BadInput, match=why):
        wording.keywords(typed)


def test_the_office_and_the_admin_keep_duties_and_nobody_else(session, world, kinds):
    facts = DutyFacts(kinds["旅游"].id, "受理旅游投诉", "旅游法第九十一条")
    for username in ("liaison-JYJ", "head-JYJ", "router", "auditor", "convenor"):
        with pytest.raises(NotAllowed):
            duties.add_duty(session, actor=world.actor(session, username), unit_id=world.units["WLJ"].id, facts=facts, now=NOW)
    for username, unit in (("office", "WLJ"), ("admin", "SWJ")):
        duties.add_duty(session, actor=world.actor(session, username), unit_id=world.units[unit].id, facts=facts, now=NOW)


def test_a_word_cannot_speak_for_and_against(session, world, kinds):
    with pytest.raises(BadInput, match="不能既是关键词又是排除词"):
        add(session, world.units["JYJ"], kinds["学科类培训"], keywords={"培训": 1}, exclusions=("培训",))


def test_a_unit_has_one_duty_once_on_a_day(session, world, kinds):
    first = add(session, world.units["JYJ"], kinds["学科类培训"], valid_to=TODAY)
    with pytest.raises(BadInput, match="已有这项职责"):
        add(session, world.units["JYJ"], kinds["学科类培训"], valid_from=TODAY)
    add(session, world.units["JYJ"], kinds["学科类培训"], valid_from=TODAY + ONE_DAY)
    with pytest.raises(BadInput, match="已有这项职责"):
        duties.end_duty(session, actor=OPERATOR, duty_id=first.id, version=first.version, valid_to=TODAY + ONE_DAY, now=NOW)


def revise(session, duty, on, **changed):
    facts = DutyFacts(duty.subject_id, duty.text, duty.clause, duty.keywords, duty.exclusions, duty.territory, duty.role)
    given = {"facts": replace(facts, **changed), "valid_from": on, "version": duty.version, "now": NOW}
    return duties.revise_duty(session, actor=OPERATOR, duty_id=duty.id, **given)


def test_a_slip_of_the_pen_is_put_right_in_place(session, world, kinds):
    duty = add(session, world.units["JYJ"], kinds["学科类培训"], valid_from=TODAY)
    assert revise(session, duty, TODAY, text="改正") is duty
    assert (duty.text, queries.wordings(session, duty)) == ("改正", [duty])


def test_a_duty_does_not_change_before_it_began_nor_after_it_ended(session, world, kinds):
    duty = add(session, world.units["JYJ"], kinds["学科类培训"], valid_from=TODAY, valid_to=TODAY)
    with pytest.raises(BadInput, match="不能早于原职责的起始日期"):
        revise(session, duty, TODAY - ONE_DAY)
    with pytest.raises(BadInput, match="请改为增加职责"):
        revise(session, duty, TODAY + ONE_DAY)
    with pytest.raises(BadInput, match="不能早于起始日期"):
        duties.end_duty(session, actor=OPERATOR, duty_id=duty.id, version=duty.version, valid_to=TODAY - ONE_DAY, now=NOW)


def test_every_wording_is_kept_with_its_days_and_who_wrote_it(session, world, kinds):
    first = add(session, world.units["JYJ"], kinds["学科类培训"], valid_from=date(2020, 1, 1), keywords={"培训": 1})
    third = revise(session, first, date(2026, 1, 1), text="第三次的文本", keywords={"学费": 3})
    between = revise(session, first, date(2023, 1, 1), text="第二次的文本")
    session.flush()
    for duty in (first, between, third):
        assert [one.text for one in queries.wordings(session, duty)] == ["第三次的文本", "第二次的文本", first.text]
    assert (first.valid_to, between.valid_to, third.valid_to) == (date(2022, 12, 31), date(2025, 12, 31), None)
    told = audit.history(session, first, between, third)
    assert told[1].text == f"自2026年1月1日起，学科类培训：职责由“{first.text}”改为“第三次的文本”；关键词由“培训”改为“学费*3”"


def test_two_editors_of_a_duty_both_keep_their_words(session, world, kinds):
    duty = add(session, world.units["JYJ"], kinds["学科类培训"])
    seen = duty.version
    revise(session, duty, None, text="别人写的")
    session.flush()
    facts = DutyFacts(duty.subject_id, "我写的", duty.clause)
    with pytest.raises(Conflict) as refused:
        duties.revise_duty(session, actor=OPERATOR, duty_id=duty.id, version=seen, facts=facts, valid_from=None, now=NOW)
    assert "职责：我写的" in refused.value.mine
    assert "职责：别人写的" in refused.value.theirs


def test_a_duty_withdrawn_yesterday_is_nobodys_today(session, world, kinds):
    duty = add(session, world.units["JYJ"], kinds["学科类培训"], keywords={"学费": 1}, valid_from=date(2020, 1, 1))
    duties.end_duty(session, actor=OPERATOR, duty_id=duty.id, version=duty.version, valid_to=TODAY - ONE_DAY, now=NOW)
    session.flush()
    assert [one.id for one in queries.duties_valid(session, TODAY - ONE_DAY)] == [duty.id]
    assert queries.duties_valid(session, TODAY) == []
    assert owners.find(session, TODAY, words="学费").answers == []
    assert [row.name for row, _ in owners.coverage(session, TODAY).unowned] == ["学科类培训", "旅游", "案件审核"]


def test_two_units_with_one_duty_are_both_shown_and_told_apart_as_a_gap(session, world, kinds):
    one = add(session, world.units["JYJ"], kinds["学科类培训"], keywords={"学费": 2})
    other = add(session, world.units["WLJ"], kinds["学科类培训"], keywords={"学费": 2})
    assert {answer.duty.id for answer in owners.find(session, TODAY, words="孩子的学费不退").answers} == {one.id, other.id}
    found = owners.coverage(session, TODAY).contested
    assert [(gap.path, [duty.unit for duty in gap.duties]) for gap in found] == [("服务 › 教育培训 › 学科类培训", ["县教育局", "县文旅局"])]


def test_a_helper_a_section_and_other_streets_are_no_second_owner(session, world, kinds):
    add(session, world.units["SCJG"], kinds["旅游"])
    add(session, world.units["XBG"], kinds["旅游"])
    add(session, world.units["WLJ"], kinds["旅游"], role=DutyRole.CO)
    for code, street in (("JYJ", "城东街道"), ("SWJ", "城西街道、甲溪镇")):
        add(session, world.units[code], kinds["教育培训"], territory=street)
    assert owners.coverage(session, TODAY).contested == []
    add(session, world.units["GAJ"], kinds["教育培训"], territory="甲溪镇")
    gap = owners.coverage(session, TODAY).contested
    assert [[duty.unit for duty in one.duties] for one in gap] == [["县商务局", "县公安局"]]


def test_a_class_is_owned_from_above(session, world, kinds):
    add(session, world.units["JYJ"], kinds["教育培训"])
    assert "学科类培训" not in [row.name for row, _ in owners.coverage(session, TODAY).unowned]
    answers = owners.find(session, TODAY, subject_id=kinds["学科类培训"].id).answers
    assert [answer.unit.code for answer in answers] == ["JYJ"]
    assert [answer.unit.code for answer in owners.find(session, TODAY, subject_id=kinds["服务"].id).answers] == ["JYJ"]
    assert owners.find(session, TODAY, subject_id=kinds["旅游"].id).answers == []


def test_owners_without_a_case_are_named(session, world, kinds):
    add(session, world.units["JYJ"], kinds["学科类培训"])
    add(session, world.units["WLJ"], kinds["旅游"], role=DutyRole.CO)
    assert [unit.code for unit in owners.coverage(session, TODAY).idle] == ["JYJ"]


def test_the_heaviest_keywords_come_first_and_a_word_rules_out(session, world, kinds):
    light = add(session, world.units["SWJ"], kinds["旅游"], "管理预付卡", keywords={"会员卡": 1}, exclusions=("健身",))
    heavy = add(session, world.units["JYJ"], kinds["教育培训"], keywords={"会员卡": 1, "补课": 3})
    found = owners.find(session, TODAY, words="补课班的会员卡")
    assert [(answer.duty.id, answer.hits) for answer in found.answers] == [(heavy.id, ("会员卡", "补课")), (light.id, ("会员卡",))]
    assert [answer.duty.id for answer in owners.find(session, TODAY, words="健身会员卡").answers] == [heavy.id]


@pytest.mark.parametrize("typed", ["卡", " 卡 ", ""])
def test_one_character_is_not_looked_for(typed):
    with pytest.raises(BadInput, match="至少2个字"):
        owners.read_words(typed)


def test_the_heir_answers_and_a_unit_without_one_does_not(session, world, kinds):
    add(session, world.units["SWJ"], kinds["旅游"])
    add(session, world.units["GAJ"], kinds["教育培训"])
    for code, heir in (("SWJ", world.units["WLJ"].id), ("GAJ", None)):
        unit = world.units[code]
        given = {"valid_to": TODAY - ONE_DAY, "successor_id": heir, "now": NOW}
        service.end_unit(session, actor=OPERATOR, unit_id=unit.id, version=unit.version, **given)
    session.flush()
    assert [(duty.unit, duty.subjects) for duty in queries.duties_valid(session, TODAY)] == [("县文旅局", ("旅游", "服务"))]


def test_what_routing_is_given_is_apart_from_the_database(session, world, kinds):
    said = {"keywords": {"学费": 3, "培训": 1}, "exclusions": ("驾校",), "territory": "城东街道 城西街道"}
    duty = add(session, world.units["JYJ"], kinds["学科类培训"], **said)
    [valid] = queries.duties_valid(session, TODAY)
    assert (valid.id, valid.unit_id, valid.parent_id) == (duty.id, world.units["JYJ"].id, None)
    assert (valid.subject, valid.clause, valid.role) == ("学科类培训", CLAUSE, DutyRole.LEAD)
    assert (dict(valid.keywords), valid.exclusions) == ({"学费": 3, "培训": 1}, ("驾校",))
    assert valid.territories == ("城东街道", "城西街道")


def test_a_long_answer_goes_on_behind_its_last_line(session, world, kinds):
    for number in range(owners.SHOWN + 5):
        add(session, world.units["JYJ"], kinds["旅游"], clause=f"第{number}条")
    first = owners.find(session, TODAY, subject_id=kinds["旅游"].id)
    rest = owners.find(session, TODAY, subject_id=kinds["旅游"].id, after=first.next)
    assert (first.total, len(first.answers), len(rest.answers), rest.next) == (35, 30, 5, None)
    assert len({answer.duty.id for answer in (*first.answers, *rest.answers)}) == 35


# Classes


def edit(session, subject, **changed):
    stored = SubjectFacts(subject.name, subject.parent_id, subject.is_public, subject.valid_from, subject.valid_to)
    facts = replace(stored, **changed)
    return subjects.edit_subject(session, actor=OPERATOR, subject_id=subject.id, version=subject.version, facts=facts, now=NOW)


def test_the_default_classes_come_once_and_leave_alone_what_is_there(session, world):
    session.add(Subject(code="OWN", name="食品"))
    session.flush()
    assert subjects.load_default_subjects(session, NOW) > 90
    assert subjects.load_default_subjects(session, NOW) == 0
    own = session.scalars(select(Subject).where(Subject.name == "食品")).one()
    assert own.code == "OWN"
    assert session.scalars(select(Subject).where(Subject.name == "食品销售")).one().parent is own
    names = [row.name for row in queries.subjects(session, TODAY)]
    assert names.index("教育培训") < names.index("学科类培训") < names.index("电信服务")


def test_a_class_is_added_renamed_and_its_history_kept(session, office, kinds):
    facts = SubjectFacts("幼儿托育", parent_id=kinds["教育培训"].id)
    made = subjects.add_subject(session, actor=office, code="s0399", facts=facts, now=NOW)
    assert (made.code, made.parent.name) == ("S0399", "教育培训")
    edit(session, made, name="托育服务", is_public=False)
    assert audit.history(session, made)[0].text == "托育服务：名称由“幼儿托育”改为“托育服务”；向公众公布由“是”改为“否”"


@pytest.mark.parametrize(
    ("code", "name", "why"), [("S09", "新事项", "已用于“旅游”"), ("游", "新事项", "代码由"), ("S99", "旅游", "已有同名")]
)
def test_a_class_has_a_code_and_a_name_of_its_own(session, kinds, code, name, why):
    with pytest.raises(BadInput, match=why):
        subjects.add_subject(session, actor=OPERATOR, code=code, facts=SubjectFacts(name), now=NOW)


def test_a_class_never_stands_below_itself(session, kinds):
    with pytest.raises(BadInput, match="自己的下级"):
        edit(session, kinds["服务"], parent_id=kinds["学科类培训"].id)


def test_a_class_ends_only_with_the_duties_and_classes_that_need_it(session, world, kinds):
    duty = add(session, world.units["JYJ"], kinds["学科类培训"])
    with pytest.raises(BadInput, match="县教育局等单位的职责还在用"):
        edit(session, kinds["学科类培训"], valid_to=TODAY)
    with pytest.raises(BadInput, match="下还有分类“学科类培训”"):
        edit(session, kinds["教育培训"], valid_to=TODAY)
    duties.end_duty(session, actor=OPERATOR, duty_id=duty.id, version=duty.version, valid_to=TODAY, now=NOW)
    edit(session, kinds["学科类培训"], valid_to=TODAY)
    assert "学科类培训" not in [row.name for row in queries.subjects(session, TODAY + ONE_DAY)]
    assert "学科类培训" in [row.name for row in queries.subjects(session)]


def test_a_second_editor_of_a_class_is_shown_both_texts(session, kinds):
    seen = kinds["旅游"].version
    edit(session, kinds["旅游"], name="旅游服务")
    session.flush()
    with pytest.raises(Conflict, match="没有丢失"):
        subjects.edit_subject(session, actor=OPERATOR, subject_id=kinds["旅游"].id, version=seen, facts=SubjectFacts("文旅"), now=NOW)


def test_a_station_answers_for_its_streets_and_shows_its_own_telephone(session, world, kinds):
    made = {"name": "城东所", "short_name": "城东所", "kind": UnitKind.STATION, "parent_id": world.units["SCJG"].id, "phone": "0000-1"}
    station = service.create_unit(session, actor=OPERATOR, code="CDS", complaint_way="所内窗口", now=NOW, **made)
    add(session, station, kinds["旅游"], territory="城东街道")
    add(session, world.units["XBG"], kinds["旅游"])
    world.units["SCJG"].phone = "0000-9"
    answers = owners.find(session, TODAY, subject_id=kinds["旅游"].id).answers
    told = {answer.unit.code: (answer.bureau.code, answer.phone, answer.way) for answer in answers}
    assert told == {"CDS": ("CDS", "0000-1", "所内窗口"), "XBG": ("SCJG", "0000-9", "")}
