"""Tables by their pages: looked at first, then taken in whole or not at all."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from coordination.transaction import transaction
from models import (
    Recognition,
    RecognitionStatus,
)
from tests.registry.county import OFFERED, RECOGNISED, code, recognise, strike
from tests.registry.pages import hidden, main, on, status_of, xlsx

S = RecognitionStatus

pytestmark = pytest.mark.usefixtures("no_tokens")


HEADINGS = ("经营者名称", "统一社会信用代码", "类别", "经营地址")


def upload(client, path, table, **more):
    return client.post(path, data={"file": (table, "表.xlsx"), **more}, content_type="multipart/form-data")


def test_a_table_of_applications_is_looked_at_first_and_then_taken_in_whole(session, shop, sign_in):
    with on(OFFERED):
        unit = sign_in("liaison-SCJG")
        page = upload(unit, "/registry/import/applications", xlsx(HEADINGS, *(("店", code(n), "放心商店", "路") for n in (1, 2))))
        assert "新增2行" in main(page)
        assert session.scalar(select(func.count(Recognition.id))) == 0
        taken = unit.post("/registry/import/applications/confirmed", data=hidden(page), follow_redirects=True)
        assert "已导入2条申报" in main(taken)
        assert session.scalar(select(func.count(Recognition.id))) == 2


def test_a_bad_row_stops_all_and_says_why(session, shop, sign_in):
    with on(OFFERED):
        unit = sign_in("liaison-SCJG")
        page = upload(
            unit, "/registry/import/applications", xlsx(HEADINGS, ("甲店", code(1), "放心商店", "路"), ("乙店", "123", "放心商店", "路"))
        )
        assert all(said in main(page) for said in ("不能导入1行", "统一社会信用代码应为18位，现有3位", "现在没有导入任何一行"))
        assert "confirmed" not in page.get_data(as_text=True)


def test_only_the_table_one_has_looked_at_oneself_is_taken(session, shop, sign_in):
    with on(OFFERED):
        unit, office = sign_in("liaison-SCJG"), sign_in("office")
        page = upload(unit, "/registry/import/applications", xlsx(HEADINGS, ("甲店", code(1), "放心商店", "路")))
        stolen = office.post("/registry/import/applications/confirmed", data=hidden(page), follow_redirects=True)
        assert "请重新上传核对" in main(stolen)
        nonsense = unit.post("/registry/import/applications/confirmed", data={"digest": "../../etc", "seal": "x"}, follow_redirects=True)
        assert "请重新上传核对" in main(nonsense)
        assert session.scalar(select(func.count(Recognition.id))) == 0


def test_a_penalty_list_says_who_would_go_and_removes_exactly_those(session, made, sign_in):
    ids = [made(recognise, serial) for serial in (1, 2, 3)]
    headings = ("企业名称", "统一社会信用代码", "列入日期", "决定书文号")
    rows = [
        ("惠民超市1号店", code(1), "2026年6月20日", "示1号"),
        ("别处商行", code(77), "2026-06-21", "示2号"),
        ("惠民超市3号店", code(3), "2026/6/22", "示3号"),
    ]
    with on(RECOGNISED):
        office = sign_in("office")
        more = {"ground": "ABNORMAL", "source": "official_list", "authority": "示例县市场监督管理局"}
        page = upload(office, "/registry/events/import", xlsx(headings, *rows), **more)
        assert all(said in main(page) for said in ("以下2家在册单位", "惠民超市1号店（放心商店）", "惠民超市3号店（放心商店）"))
        stolen = sign_in("liaison-SCJG").post("/registry/events/import/confirmed", data=hidden(page), follow_redirects=True)
        assert "请重新上传核对" in main(stolen)
        office.post("/registry/events/import/confirmed", data=hidden(page))
    assert [status_of(id_) for id_ in ids] == [S.REMOVED, S.RECOGNISED, S.REMOVED]


FORMER = (*HEADINGS, "证书号", "认定日期", "有效期至")


def test_units_recognised_earlier_are_on_the_list_with_their_numbers(session, shop, sign_in):
    with on(OFFERED):
        office = sign_in("office")
        assert sign_in("liaison-SCJG").get("/registry/import/former").status_code == 403
        rows = [("老店", code(1), "放心商店", "路1号", "示放消2026-0041", "2026年1月5日", "2029-01-05")]
        page = upload(office, "/registry/import/former", xlsx(FORMER, *rows))
        assert "已导入1家" in main(office.post("/registry/import/former/confirmed", data=hidden(page), follow_redirects=True))
    unit = session.scalars(select(Recognition)).one()
    assert (unit.certificate_no, unit.is_listed(OFFERED.date()), len(unit.token)) == ("示放消2026-0041", True, 32)
    with transaction() as writing:
        new = recognise(writing, writing.merge(shop), 2)
        assert new.certificate_no == "示放消2026-0042"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("店", code(1), "放心商店", "路", "A1", "2026-01-05", "2026-06-17"), "已届满"),
        (("店", code(1), "放心商店", "路", "A1", "2026-06-19", "2029-01-01"), "尚未到"),
        (("店", code(1), "放心商店", "路", "", "2026-01-05", "2029-01-01"), "请填写证书号"),
        (("店", code(1), "放心药店", "路", "A1", "2026-01-05", "2029-01-01"), "没有“放心药店”这个类别"),
        (("店", code(9), "放心商店", "路", "A1", "2026-01-05", "2029-01-01"), "列入严重违法失信名单"),
        (("店", code(1), "放心商店", "路", "A1", "年初", "2029-01-01"), "无法识别"),
    ],
)
def test_a_unit_that_cannot_be_on_the_list_is_refused_with_its_row(session, shop, sign_in, row, said):
    with transaction() as writing:
        strike(writing, 9, on=OFFERED.date() - timedelta(days=5), now=OFFERED)
    with on(OFFERED):
        page = upload(sign_in("office"), "/registry/import/former", xlsx(FORMER, row))
        assert said in main(page)
        assert session.scalar(select(func.count(Recognition.id))) == 0


def test_empty_tables_can_be_taken_away_and_come_back_readable(session, shop, sign_in):
    with on(OFFERED):
        office = sign_in("office")
        for kind in ("applications", "former", "events"):
            empty = office.get(f"/registry/import/{kind}.xlsx")
            assert empty.data.startswith(b"PK")
            path = "/registry/events/import" if kind == "events" else f"/registry/import/{kind}"
            more = {"ground": "SERIOUS", "source": "official_list"} if kind == "events" else {}
            assert "表中没有数据行" in main(upload(office, path, BytesIO(empty.data), **more))
        assert office.get("/registry/import/other.xlsx").status_code == 404
