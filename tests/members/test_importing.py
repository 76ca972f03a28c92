"""Duties from a table: looked at line by line, taken in whole or not at all, and taken away in the same columns."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from coordination.members import importing, queries, service
from coordination.permissions import OPERATOR
from models import AuditEntry, Duty, DutyRole
from models.errors import BadInput, NotAllowed
from tests.members.duty_tables import CLAUSE, HEADINGS, add, classes, row, table
from tests.world import NOW, TODAY

ONE_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def kinds(session, world):
    return classes(session)


@pytest.fixture
def office(session, world):
    return world.actor(session, "office")


def look(session, actor, *rows, **more):
    return importing.preview(session, actor=actor, content=table(*rows, **more), now=NOW)


def take(session, actor, *rows, **more):
    taken = importing.take_in(session, actor=actor, content=table(*rows, **more), now=NOW)
    session.flush()
    return taken


def stored(session):
    return list(session.scalars(select(Duty).order_by(Duty.id)))


def test_a_table_as_an_office_makes_it_is_read(session, office):
    rows = (
        row(关键词="学费*3、培训", 排除词="驾校", 地域="城东街道、城西街道", 起始日期=date(2026, 1, 1)),
        row("文旅局", "S09", "受理旅游投诉", 依据条款="旅游法第九十一条", 起始日期="２０２６年１月１日", 截止日期="2026.12.31"),
        row("县公安局", "旅游", "维护景区治安", 分工="协办", 起始日期="20260101"),
    )
    rows = (rows[0], ("县文旅局", *rows[1][1:]), rows[2])
    title = (("职责登记表",), ("填报单位：办公室",))
    assert take(session, office, *rows, above=title, below=40) == 3
    first, second, third = stored(session)
    assert (first.keywords, first.exclusions, first.territory) == ({"学费": 3, "培训": 1}, ["驾校"], "城东街道、城西街道")
    assert {duty.valid_from for duty in (first, second, third)} == {date(2026, 1, 1)}
    assert (second.unit.code, second.subject.name, second.valid_to) == ("WLJ", "旅游", date(2026, 12, 31))
    assert third.role == DutyRole.CO


def test_looking_writes_nothing_and_only_the_office_may(session, world, office):
    seen = look(session, office, row())
    assert [words for _, words in seen.fresh] == [f"县教育局：学科类培训（{CLAUSE}）"]
    assert stored(session) == []
    for act in (importing.preview, importing.take_in):
        with pytest.raises(NotAllowed):
            act(session, actor=world.actor(session, "liaison-JYJ"), content=table(row()), now=NOW)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"unit": "县航天局"}, "没有“县航天局”这个单位"),
        ({"unit": ""}, "请填写单位"),
        ({"subject": "航天"}, "没有“航天”这个事项"),
        ({"subject": ""}, "请填写事项"),
        ({"text": ""}, "请填写职责"),
        ({"依据条款": ""}, "请填写依据条款"),
        ({"text": "长" * 2001}, "职责最多2,000字，现有2,001字"),
        ({"分工": "督办"}, "应为主办或协办"),
        ({"关键词": "学费*99"}, "权重应在1至9"),
        ({"关键词": "学费", "排除词": "学费"}, "既是关键词又是排除词"),
        ({"起始日期": "今年春天"}, "日期“今年春天”无法识别"),
        ({"起始日期": "2026-02-30"}, "无法识别"),
        ({"起始日期": "2026-06-30", "截止日期": "2026-06-29"}, "截止日期不能早于起始日期"),
    ],
)
def test_a_line_that_cannot_be_taken_says_why_and_stops_all(session, office, wrong, why):
    seen = look(session, office, row("县文旅局", "旅游"), row(**wrong))
    assert [(line, why in told) for line, told in seen.problems] == [(3, True)]
    with pytest.raises(BadInput, match="没有导入任何一行"):
        take(session, office, row("县文旅局", "旅游"), row(**wrong))
    assert stored(session) == []


def test_a_line_said_twice_is_named_with_the_other(session, office):
    seen = look(session, office, row(), row(text="另一种写法"), row(依据条款="民办教育促进法第十二条"))
    assert seen.problems == [(3, "与第2行重复（同一单位、事项、依据和起始日期）")]


def test_two_units_may_have_one_duty(session, office):
    assert take(session, office, row(), row("县文旅局")) == 2
    assert {duty.unit for duty in queries.duties_valid(session, TODAY)} == {"县教育局", "县文旅局"}


@pytest.mark.parametrize("name", ["ＪＹＪ", "示例县教育局", "县教育局", "县教委"])
def test_a_unit_goes_by_its_code_and_any_of_its_names(session, world, office, name):
    world.units["JYJ"].former_names = ["县教委"]
    take(session, office, row(name))
    assert stored(session)[0].unit is world.units["JYJ"]


def test_a_name_two_units_bear_asks_for_the_code(session, world, office):
    world.units["JLG"].short_name = "广告股"
    [(_, why)] = look(session, office, row("广告股")).problems
    assert "有2个单位叫“广告股”，请改填单位代码：GGG、JLG" in why
    assert look(session, office, row("县市场监管局计量监督管理股")).problems != []


def test_what_is_there_already_is_left_and_what_differs_is_changed(session, world, office, kinds):
    kept = add(session, world.units["WLJ"], kinds["旅游"], "受理旅游投诉")
    slip = add(session, world.units["JYJ"], kinds["学科类培训"], "管理校外培训几构", valid_from=date(2020, 1, 1))
    rows = (row("县文旅局", "旅游", "受理旅游投诉"), row(起始日期="2020-01-01"))
    seen = look(session, office, *rows)
    assert (seen.known, [line for line, _ in seen.changed], seen.fresh) == ([2], [3], [])
    assert take(session, office, *rows) == 1
    assert stored(session) == [kept, slip]
    assert slip.text == "管理学科类校外培训机构"


def test_a_new_first_day_keeps_the_old_wording_until_the_day_before(session, world, office, kinds):
    old = add(session, world.units["JYJ"], kinds["学科类培训"], "旧文本", valid_from=date(2020, 1, 1))
    take(session, office, row(起始日期="2026-07-01"))
    new = stored(session)[-1]
    assert (old.text, old.valid_to, new.valid_from, new.replaces_id) == ("旧文本", date(2026, 6, 30), date(2026, 7, 1), old.id)
    [(_, why)] = look(session, office, row(起始日期="2019-01-01")).problems
    assert "起始日期早于已有的同一职责（2020年1月1日起）" in why


def test_days_left_empty_stay_as_they_are_and_a_last_day_ends_it(session, world, office, kinds):
    duty = add(session, world.units["JYJ"], kinds["学科类培训"], valid_from=date(2020, 1, 1))
    assert look(session, office, row()).known == [2]
    assert take(session, office, row(截止日期=TODAY - ONE_DAY)) == 1
    assert (duty.valid_from, duty.valid_to) == (date(2020, 1, 1), TODAY - ONE_DAY)
    assert queries.duties_valid(session, TODAY) == []


def test_what_is_taken_away_comes_back_unchanged(session, world, office, kinds):
    said = {"keywords": {"学费": 3, "培训": 1}, "exclusions": ("驾校",), "territory": "城东街道"}
    add(session, world.units["JYJ"], kinds["学科类培训"], valid_from=date(2020, 1, 1), **said)
    add(session, world.units["WLJ"], kinds["旅游"], "=1+1", valid_to=TODAY, role=DutyRole.CO)
    ended = world.units["SWJ"]
    add(session, ended, kinds["旅游"])
    given = {"valid_to": TODAY - ONE_DAY, "successor_id": world.units["WLJ"].id, "now": NOW}
    service.end_unit(session, actor=OPERATOR, unit_id=ended.id, version=ended.version, **given)
    session.flush()
    content = importing.export(session, TODAY)
    assert importing.preview(session, actor=office, content=content, now=NOW).known == [2, 3, 4]
    assert importing.take_in(session, actor=office, content=content, now=NOW) == 0


def test_an_import_is_written_down(session, office):
    take(session, office, row(), row("县文旅局"))
    text = session.scalar(select(AuditEntry.text).where(AuditEntry.action == "duty:import"))
    assert text == "导入职责：新增2项，更改0项，不变0项"
    assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "duty:add")) == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"no table", "不是有效的.xlsx"),
        (table(), "表中没有数据行"),
        (table(("县教育局", "旅游"), headings=("单位", "事项")), "表头缺少：职责、依据条款"),
        (table(("x",), headings=("甲",)), "没有找到表头"),
    ],
)
def test_what_is_no_such_table_is_refused_in_words(session, office, content, why):
    with pytest.raises(BadInput, match=why):
        importing.preview(session, actor=office, content=content, now=NOW)


def test_the_headings_are_those_of_the_template():
    assert tuple(column.names[0] for column in importing.COLUMNS.values()) == HEADINGS
