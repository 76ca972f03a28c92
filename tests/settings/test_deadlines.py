"""A table of deadlines: the columns given stay, three are added, and one bad line is told instead of a half result."""

import pytest

from coordination.settings.deadlines import as_csv, rows_with_deadlines
from coordination.settings.defaults import CALENDARS, days_of
from models.calendar import Calendar
from models.errors import BadInput

CALENDAR = Calendar(frozenset(CALENDARS), {day: (off, name) for year in CALENDARS for day, off, name in days_of(year)})


def test_the_deadline_stands_beside_the_columns_given():
    text = (
        "编号,start,days,unit,备注\n甲,2026-06-18,7,working,端午\n乙,2026-08-05,60,calendar,\n"
        "丙,2026-12-25,7,working,\n丁,2026-12-25,1,month,\n"
    )
    assert as_csv(rows_with_deadlines(text, CALENDAR)) == (
        "编号,start,days,unit,备注,due,raw,provisional\n"
        "甲,2026-06-18,7,working,端午,2026-06-30,2026-06-30,false\n"
        "乙,2026-08-05,60,calendar,,2026-10-08,2026-10-04,false\n"
        "丙,2026-12-25,7,working,,,,true\n"
        "丁,2026-12-25,1,month,,2027-01-25,2027-01-25,true\n"
    )


def test_a_table_of_a_spreadsheet_with_its_mark_and_line_ends_is_read():
    text = '\ufeffstart,days,unit,说明\r\n2026-06-18,7,working,"两行\r\n文字,和逗号"\r\n'
    (row,) = rows_with_deadlines(text, CALENDAR)
    assert (row["due"], row["说明"]) == ("2026-06-30", "两行\r\n文字,和逗号")


def test_a_table_with_no_rows_gives_its_head_alone():
    assert as_csv(rows_with_deadlines("start,days,unit\n", CALENDAR)) == "start,days,unit,due,raw,provisional\n"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-02-30,7,working", "第2行：起算日“2026-02-30”不是2026-06-18这样的日期"),
        ("明天,7,working", "第2行：起算日“明天”不是2026-06-18这样的日期"),
        ("2026-06-18,七,working", "第2行：天数“七”应为整数"),
        ("2026-06-18,７,working", "第2行：天数“７”应为整数"),
        ("2026-06-18,,working", "第2行：天数“”应为整数"),
        ("2026-06-18,1e3,working", "第2行：天数“1e3”应为整数"),
        ("2026-06-18,9999999999,calendar", "第2行：天数“9999999999”应为整数"),
        ("2026-06-18,999999999,calendar", "第2行：期限过长，算到的日期超出9999年"),
        ("2026-06-18,-1,working", "第2行：期限不能为负数，请填写0或正整数"),
        ("2026-06-18,7,week", "第2行：期限单位“week”无法识别，应为working、calendar、month或year"),
        ("2026-06-18,7", "第2行：列数与首行不同"),
        ("2026-06-18,7,working,多", "第2行：列数与首行不同"),
        ('2026-06-18,7,"working', "第2行不是CSV格式，引号可能没有配对"),
    ],
)
def test_a_bad_line_is_named_with_its_reason(line, reason):
    with pytest.raises(BadInput) as refused:
        rows_with_deadlines(f"start,days,unit\n{line}\n", CALENDAR)
    assert refused.value.message == reason


def test_many_bad_lines_are_not_all_recited():
    text = "start,days,unit\n" + "2026-06-18,x,working\n" * 7
    with pytest.raises(BadInput) as refused:
        rows_with_deadlines(text, CALENDAR)
    assert refused.value.message.startswith("第2行：天数“x”应为整数；第3行")
    assert refused.value.message.endswith("；另有2行")


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("", "首行缺少列：start、days、unit"),
        ("start,unit", "首行缺少列：days"),
        ("start,days,unit,due", "首行列名重复或与结果列同名：due"),
        ("start,days,unit,start", "首行列名重复或与结果列同名：start"),
    ],
)
def test_a_head_that_does_not_fit_is_refused(head, reason):
    with pytest.raises(BadInput) as refused:
        rows_with_deadlines(head + "\n2026-06-18,7,working\n", CALENDAR)
    assert refused.value.message == reason
