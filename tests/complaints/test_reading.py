"""Tables as people really have them are opened, or refused in words that say what to do."""

import io
import zipfile
from datetime import datetime

import pytest
import xlsxwriter

from coordination.complaints.reading import read
from models.errors import BadInput


def workbook(*rows, merge=(), sheets=1) -> bytes:
    """An .xlsx whose last sheet holds these rows."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for _ in range(sheets):
            sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(at, place, cell, day)
                elif cell is not None:
                    sheet.write(at, place, cell)
        for area, words in merge:
            sheet.merge_range(area, words)
    return content.getvalue()


def rows(content: bytes, name: str = "a.xlsx", remembered=None) -> list[tuple[int, dict[str, str]]]:
    return read(name, content, remembered or {}).rows


def test_rows_keep_the_number_a_spreadsheet_shows():
    assert rows(workbook(["登记编号", "内容"], ["1", "甲"], [], ["2", "乙"])) == [
        (2, {"登记编号": "1", "内容": "甲"}),
        (4, {"登记编号": "2", "内容": "乙"}),
    ]


def test_a_title_above_and_headings_of_two_rows_are_read():
    content = workbook(
        ["登记表"],
        ["登记编号", "投诉人", None, "被投诉人"],
        [None, "姓名", "电话", "名称"],
        ["1", "张三", "13812345678", "惠民超市"],
        merge=[("B2:C2", "投诉人")],
    )
    table = read("a.xlsx", content, {})
    assert table.rows[0][0] == 4
    assert table.rows[0][1] == {"登记编号": "1", "投诉人姓名": "张三", "投诉人电话": "13812345678", "被投诉人名称": "惠民超市"}


def test_a_first_row_without_a_number_is_a_row_and_no_second_heading():
    found = rows(workbook(["登记编号", "企业名称", "具体问题"], [None, "惠民超市", "面包过期"], ["2", "甲", "乙"]))
    assert [line for line, _ in found] == [2, 3]


def test_real_dates_numbers_and_gaps_become_text_once():
    content = workbook(["登记编号", "登记时间", "涉及金额", "内容"], [1130001.0, datetime(2026, 6, 18, 9, 30), 12.5, "\t\u3000甲\u3000"])  # noqa: DTZ001
    assert rows(content)[0][1] == {"登记编号": "1130001", "登记时间": "2026-06-18 09:30:00", "涉及金额": "12.5", "内容": "甲"}


def test_a_heading_that_stands_twice_and_one_that_is_missing_lose_nothing():
    assert rows(workbook(["登记编号", "内容", "内容", None], ["1", "甲", "乙", "丙"]))[0][1] == {
        "登记编号": "1",
        "内容": "甲",
        "内容#2": "乙",
        "第4列": "丙",
    }


def test_another_sheet_may_hold_the_table_and_the_office_may_name_its_headings():
    content = workbook(["案号", "内容"], ["1", "甲"], sheets=3)
    assert rows(content, remembered={"案号": "number"}) == [(2, {"案号": "1", "内容": "甲"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_is_read_whatever_its_encoding_and_its_separator(encoding, mark):
    text = f'登记编号{mark}内容\r\n1{mark}"两行\r\n文字"\r\n{mark}\r\n2{mark}乙\r\n'
    assert rows(text.encode(encoding), "a.csv") == [(2, {"登记编号": "1", "内容": "两行\n文字"}), (4, {"登记编号": "2", "内容": "乙"})]


def bomb() -> bytes:
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(1100):
            member.write(b"0" * (1 << 20))
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "另存为.xlsx"),
        ("~$a.xlsx", b"\x05user", "临时文件"),
        ("a.xlsx", b"PK\x03\x04broken", "不是有效的.xlsx"),
        ("a.xlsx", bomb(), "展开后过大"),
        ("a.csv", b"\xff\xfe\x00\x81", "编码无法识别"),
        ("a.csv", "姓名,内容\n甲,乙\n".encode(), "没有找到“登记编号”列"),
        ("a.xlsx", b"", "不是有效的.xlsx"),
        ("a.csv", b"", "没有找到“登记编号”列"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(name, content, words):
    with pytest.raises(BadInput, match=words):
        read(name, content, {})
