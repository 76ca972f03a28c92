"""What the registry's staff takes away: the list as it stands on the screen, and the lines of a table that could not be taken in."""

from datetime import timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from coordination import attachments
from coordination.transaction import transaction
from tests.registry.county import OFFERED, RECOGNISED, code, hand_in, recognise
from tests.registry.pages import hidden, links, main, on, xlsx
from tests.registry.test_page_tables import FORMER, HEADINGS, upload

pytestmark = pytest.mark.usefixtures("no_tokens")


def rows_of(response) -> list[list[str]]:
    """The cells of a downloaded table."""
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment")
    return CalamineWorkbook.from_filelike(BytesIO(response.data)).get_sheet_by_index(0).to_python()


def test_the_list_is_taken_away_with_its_filters_in_the_columns_of_the_screen(session, made, sign_in):
    made(recognise, 1, name="惠民超市")
    made(hand_in, 2, name="=1+1商行", now=RECOGNISED)
    with on(RECOGNISED):
        office = sign_in("office")
        page = office.get("/registry?q=惠民&view=recognised")
        export = next(link for link in links(page) if "list.xlsx" in link)
        assert [row[:5] for row in rows_of(office.get(export))] == [
            ["名称", "类别", "街道", "状态", "证书号"],
            ["惠民超市", "放心商店", "城关街道", "在册", "示放消2026-0001"],
        ]
        every = rows_of(office.get("/registry/list.xlsx"))
        assert [row[0] for row in every] == ["名称", "=1+1商行", "惠民超市"]
        assert [row[5] for row in every] == ["日期", "申报2026-06-29", "有效至2029-06-29"]
        assert rows_of(sign_in("liaison-WLJ").get("/registry/list.xlsx")) == [every[0]]
        assert office.get("/registry/list.xlsx?q=惠").status_code == 422


def test_a_long_list_is_taken_away_whole(session, shop, sign_in, monkeypatch):
    monkeypatch.setattr("coordination.registry.lists.STRETCH", 2)
    with transaction() as writing:
        for serial in range(1, 6):
            hand_in(writing, writing.merge(shop), serial)
    with on(OFFERED):
        office = sign_in("office")
        for query in ("", "?q=惠民超市"):
            assert [row[0] for row in rows_of(office.get(f"/registry/list.xlsx{query}"))[1:]] == [
                f"惠民超市{n}号店" for n in (5, 4, 3, 2, 1)
            ]


@pytest.mark.parametrize(
    ("path", "headings", "good", "bad", "why"),
    [
        (
            "/registry/import/applications",
            HEADINGS,
            ("甲店", code(1), "放心商店", "路"),
            ("+乙店", "123", "放心商店", "路"),
            "统一社会信用代码应为18位，现有3位",
        ),
        (
            "/registry/import/former",
            FORMER,
            ("甲店", code(1), "放心商店", "路", "A1", "2026-01-05", "2029-01-05"),
            ("+乙店", code(2), "放心商店", "路", "A2", "年初", "2029-01-05"),
            "日期“年初”无法识别，请写成2026-06-30",
        ),
        (
            "/registry/events/import",
            ("企业名称", "统一社会信用代码", "列入日期"),
            ("甲店", code(1), "2026-06-01"),
            ("+乙店", code(2), "2027-06-01"),
            "日期2027年6月1日尚未到，请核对",
        ),
    ],
    ids=["applications", "former units", "trust list"],
)
def test_the_lines_that_cannot_be_taken_in_are_taken_away_with_line_and_reason(session, shop, sign_in, path, headings, good, bad, why):
    more = {"ground": "SERIOUS", "source": "official_list", "authority": "县市场监管局"} if "events" in path else {}
    with on(OFFERED):
        office = sign_in("office")
        page = upload(office, path, xlsx(headings, good, bad), **more)
        assert "下载不能导入的行" in main(page)
        table = rows_of(office.post(f"{path}/refused.xlsx", data=hidden(page)))
        assert (table[0][:2], len(table)) == (["行", "不能导入的原因"], 2)
        assert table[1][:2] == ["3", why]
        assert set(bad) <= set(table[1])
        stolen = sign_in("liaison-SCJG").post(f"{path}/refused.xlsx", data=hidden(page), follow_redirects=True)
        assert stolen.status_code == 403 or "请重新上传核对" in main(stolen)


def test_a_table_looked_at_is_kept_apart_until_it_is_taken_or_a_day_has_passed(session, shop, sign_in, app):
    def aside() -> int:
        return len(list((app.config["CONFIG"].instance / "files" / attachments.ASIDE).glob("*")))

    path = "/registry/import/applications"
    with on(OFFERED):
        unit = sign_in("liaison-SCJG")
        left = upload(unit, path, xlsx(HEADINGS, ("甲店", code(1), "放心商店", "路")))
        assert aside() == 1
    with on(OFFERED + timedelta(hours=25)):
        unit = sign_in("liaison-SCJG")
        page = upload(unit, path, xlsx(HEADINGS, ("乙店", code(2), "放心商店", "路")))
        assert aside() == 1
        assert "请重新上传核对" in main(unit.post(f"{path}/confirmed", data=hidden(left), follow_redirects=True))
        assert "已导入1条申报" in main(unit.post(f"{path}/confirmed", data=hidden(page), follow_redirects=True))
        assert aside() == 0
