"""Tables as people really make them: all of it or none, each line that cannot be taken with its reason."""

import random
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO

import pytest
import xlsxwriter
from sqlalchemy import func, select

from coordination.permissions import SYSTEM
from coordination.registry import importing, public
from models import Business, EventSource, Recognition, RecognitionStatus, TrustEvent
from models.calendar import local_date
from models.errors import BadInput, NotAllowed
from tests.registry.county import OFFERED, RECOGNISED, code, recognise

LIST = {"ground": "SERIOUS", "authority": "示例县市场监督管理局", "source": EventSource.OFFICIAL_LIST, "now": RECOGNISED}
HEAD = ("经营者名称", "统一社会信用代码", "类别", "经营地址")


def table(*rows, sheet="Sheet1", formats=None) -> bytes:
    """An .xlsx of these rows; a date becomes a real date, None an empty formatted cell (a ghost)."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    page, dated = book.add_worksheet(sheet), book.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(at, column, datetime(value.year, value.month, value.day), dated)  # noqa: DTZ001
            elif value is None:
                page.write_blank(at, column, None, dated)
            else:
                page.write(at, column, value)
    book.close()
    return content.getvalue()


def applications(session, content):
    return importing.import_applications(session, actor=SYSTEM, content=content, unit_id=None, now=OFFERED)


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


def test_a_table_with_a_title_ghost_rows_and_full_width_codes_is_taken_whole(session, shop):
    content = table(
        ("2026年第一批申报汇总表",),
        ("经营者名称*", "统一社会信用代码（18位）", "类别", "经营地址"),
        ("惠民超市", wide(code(1)), "放心商店", "人民路1号"),
        (None, None, None, None),
        ("", "  ", "", ""),
        (" 好邻居\n便利店 ", code(2), "放心商店", "人民路2号"),
    )
    preview = importing.preview_applications(session, actor=SYSTEM, content=content, now=OFFERED)
    assert [line for line, _ in preview.fresh] == [3, 6]
    assert session.scalar(select(func.count(Business.id))) == 0
    made = applications(session, content)
    assert [one.business.name for one in made] == ["惠民超市", "好邻居 便利店"]
    assert made[0].business.uscc == code(1)


def test_one_bad_line_stops_all_and_every_bad_line_is_named(session, shop):
    content = table(
        HEAD,
        ("惠民超市", code(1), "放心商店", "人民路1号"),
        ("错码超市", code(2)[:-1] + "0", "放心商店", "人民路2号"),
        ("惠民超市", code(1), "放心商店", "人民路1号"),
        ("无类超市", code(3), "放心菜场", "人民路3号"),
        ("数码超市", 913307260000000044, "放心商店", "人民路4号"),
        ("无址超市", code(5), "放心商店", ""),
    )
    with pytest.raises(BadInput) as refused:
        applications(session, content)
    told = refused.value.message.split("\n")
    assert told[0] == "没有导入任何一行。5行不能导入："
    assert told[1] == "第3行：统一社会信用代码校验位不符，请核对第18位"
    assert told[2] == "第4行：与第2行重复（同一经营主体、同一类别）"
    assert told[3] == "第5行：没有“放心菜场”这个类别，或该类别现不接受申报"
    assert "末几位已失真" in told[4]
    assert told[5] == "第7行：请填写经营地址"
    assert session.scalar(select(func.count(Recognition.id))) == 0


def test_a_penalty_list_removes_exactly_the_right_units(session, shop):
    units = {serial: recognise(session, shop, serial) for serial in range(1, 7)}
    content = table(
        ("企业名称", "统一社会信用代码", "列入日期", "列入原因", "文号"),
        ("惠民超市2号店", code(2), "２０２６年６月２０日", "预收费后关门", "1号"),
        ("别名超市", code(4).lower(), date(2026, 6, 25), "拒不召回", "2号"),
        ("惠民超市5号店", code(99), "2026/6/1", "同名不同码", "3号"),
        ("惠民超市6号店", "", "20260602", "无信用代码", "4号"),
        ("不在名录", code(50), "2026.6.3", "计量欺骗", "5号"),
    )
    preview = importing.preview_events(session, actor=SYSTEM, content=content, **LIST)
    assert preview.removes == ["惠民超市2号店（放心商店）", "惠民超市4号店（放心商店）"]
    importing.import_events(session, actor=SYSTEM, content=content, **LIST)
    gone = {serial for serial, unit in units.items() if unit.status == RecognitionStatus.REMOVED}
    assert gone == {2, 4}
    assert public.count_listed(session, local_date(RECOGNISED)) == 4
    assert importing.import_events(session, actor=SYSTEM, content=content, **LIST) == []


def test_dates_that_cannot_be_are_named_and_stop_all(session, shop):
    content = table(
        ("企业名称", "统一社会信用代码", "列入日期"),
        ("甲店", code(1), "2026年2月30日"),
        ("乙店", code(2), date(2027, 1, 1)),
        ("丙店", code(3), ""),
        ("丁店", code(4), "去年"),
    )
    with pytest.raises(BadInput) as refused:
        importing.import_events(session, actor=SYSTEM, content=content, **LIST)
    assert refused.value.message.split("\n")[1:] == [
        "第2行：日期“2026年2月30日”无法识别，请写成2026-06-30",
        "第3行：日期2027年1月1日尚未到，请核对",
        "第4行：请填写列入或决定日期",
        "第5行：日期“去年”无法识别，请写成2026-06-30",
    ]
    assert session.scalars(select(TrustEvent)).all() == []


def test_only_the_office_imports_official_lists(session, shop, world):
    content = table(("企业名称", "列入日期"), ("甲店", "2026-06-01"))
    with pytest.raises(NotAllowed):
        importing.import_events(session, actor=world.actor(session, "liaison-SCJG"), content=content, **LIST)
    importing.import_events(session, actor=world.actor(session, "office"), content=content, **LIST)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "不是有效的.xlsx"),
        (b"PK\x03\x04 broken", "不是有效的.xlsx"),
        (table(("甲", "乙")), "没有找到表头。首行应有：经营者名称、统一社会信用代码、类别、经营地址"),
        (table(("经营者名称", "类别")), "表头缺少：统一社会信用代码、经营地址"),
        (table(HEAD), "表中没有数据行"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_words(session, shop, content, message):
    with pytest.raises(BadInput, match=message):
        applications(session, content)


def test_a_damaged_file_is_refused_and_never_crashes(session, shop):
    sound, chance = table(HEAD, ("惠民超市", code(1), "放心商店", "人民路1号")), random.Random(7)
    for _ in range(150):
        spoilt = bytearray(sound)
        for _ in range(chance.randint(1, 30)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        with suppress(BadInput):  # anything else would be a crash
            importing.preview_applications(session, actor=SYSTEM, content=bytes(spoilt[: chance.randint(10, len(spoilt))]), now=OFFERED)
