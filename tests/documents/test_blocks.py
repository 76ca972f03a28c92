"""The blocks every official paper is made of (GB/T 9704-2012 §7)."""

import pytest
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from coordination.documents import blocks, foot, tables
from coordination.documents.wording import width

TYPE_WIDTH = 11906 - 1587 - 1474
CHARACTER = 314


def value(element, path: str, attribute: str = "val"):
    """The attribute of the first element on a path like pPr/ind, or None."""
    found = element.find("/".join(qn(f"w:{step}") for step in path.split("/")))
    return None if found is None else found.get(qn(f"w:{attribute}"))


def written(sheet) -> list:
    return list(sheet.document.element.body)[:-1]


def said(paragraph) -> str:
    return "".join(text.text for text in paragraph.iter(qn("w:t")))


def fonts(paragraph) -> list[str]:
    return [one.get(qn("w:eastAsia")) for one in paragraph.iter(qn("w:rFonts"))]


@pytest.mark.parametrize(
    "mark", ["纪要", "会议纪要", "示例县消保工作纪要", "示例县消费者权益保护工作联席会议纪要", "县" * 40, "县" * 120, "2026"]
)
def test_a_mark_of_any_length_stays_on_one_line_and_is_as_large_as_it_can_be(sheet, mark):
    blocks.red_mark(sheet, mark)
    (paragraph,) = written(sheet)
    points, scale = int(value(paragraph, "r/rPr/sz")) / 2, int(value(paragraph, "r/rPr/w") or 100) / 100
    taken = width(mark) * points * scale * 20
    assert taken <= TYPE_WIDTH
    assert points == 54 or taken > TYPE_WIDTH * 0.9
    assert scale >= 0.32


def test_the_mark_is_red_centred_and_set_in_the_title_font(sheet):
    blocks.red_mark(sheet, "示例县消费者权益保护工作联席会议纪要")
    (paragraph,) = written(sheet)
    assert value(paragraph, "r/rPr/color") == "FF0000"
    assert fonts(paragraph) == ["方正小标宋简体"]
    assert value(sheet.document.styles["发文机关标志"].element, "pPr/jc") == "center"
    assert int(value(paragraph, "r/rPr/sz")) / 2 > 22


def test_the_red_rule_is_a_border_on_an_unindented_paragraph(sheet):
    blocks.red_rule(sheet)
    (paragraph,) = written(sheet)
    assert value(paragraph, "pPr/pBdr/bottom", "color") == "FF0000"
    assert 8 <= int(value(paragraph, "pPr/pBdr/bottom", "sz")) <= 12
    assert paragraph.find(f".//{qn('w:ind')}") is None


def test_main_text_is_indented_by_two_characters_said_in_characters_and_in_twips(sheet):
    blocks.text(sheet, "第一段\n第二段")
    first, second = written(sheet)
    assert (said(first), said(second)) == ("第一段", "第二段")
    style = sheet.document.styles["公文正文"].element
    assert value(style, "pPr/ind", "firstLineChars") == "200"
    assert value(style, "pPr/ind", "firstLine") == str(2 * CHARACTER)


@pytest.mark.parametrize(
    ("level", "style", "text", "font"),
    [
        (1, "Heading1", "二、标题", "黑体"),
        (2, "Heading2", "（二）标题", "楷体"),
        (3, "Body", "2.标题", "仿宋"),
        (4, "Body", "（2）标题", "仿宋"),
    ],
)
def test_the_four_levels_have_their_marks_and_fonts(sheet, level, style, text, font):
    blocks.heading(sheet, level, 2, "标题")
    (paragraph,) = written(sheet)
    assert (value(paragraph, "pPr/pStyle"), said(paragraph), fonts(paragraph)) == (style, text, [font])


def test_text_may_go_on_after_a_heading_in_its_own_font(sheet):
    blocks.heading(sheet, 2, 1, "工作重点。", "一是加强领导。")
    (paragraph,) = written(sheet)
    assert said(paragraph) == "（一）工作重点。一是加强领导。"
    assert fonts(paragraph) == ["楷体", "仿宋"]


def test_a_heading_and_a_lead_in_stay_on_the_page_of_what_follows(sheet):
    blocks.lead_in(sheet, "会议议定：")
    assert written(sheet)[0].pPr.find(qn("w:keepNext")) is not None
    for style in ("Heading 1", "Heading 2", "Title"):
        assert sheet.document.styles[style].paragraph_format.keep_with_next


def test_wrapped_names_stand_under_the_first_name(sheet):
    blocks.people_list(sheet, "出席", ["县教育局　李某"], first=True)
    (paragraph,) = written(sheet)
    style = sheet.document.styles["出席名单"].element
    left, hanging = int(value(style, "pPr/ind", "left")), int(value(style, "pPr/ind", "hanging"))
    assert (left - hanging, hanging) == (2 * CHARACTER, len("出席：") * CHARACTER)
    assert value(style, "pPr/jc") == "left"
    assert said(paragraph) == "出席：县教育局　李某"
    assert fonts(paragraph) == ["黑体", "仿宋", "仿宋"]
    assert value(paragraph, "pPr/spacing", "before") == "579"


def test_a_line_of_the_list_ends_between_two_units_and_holds_what_fits(sheet):
    units = [f"县第{number}科　李某" for number in range(1, 8)]
    blocks.people_list(sheet, "出席", [*units, "县" * 40, "县公安局"])
    lines = Paragraph(written(sheet)[0], None).text.removeprefix("出席：").split("\n")
    assert "".join(lines) == "；".join([*units, "县" * 40, "县公安局"])
    assert all(line.endswith("；") for line in lines[:-1])
    assert all(width(line) <= 28 - 5 + 1 for line in lines if "县" * 40 not in line)
    assert len(lines) < len(units)


def test_one_attachment_bears_no_number_and_no_closing_sign(sheet):
    blocks.attachments(sheet, ["会议议程。"])
    (paragraph,) = written(sheet)
    assert said(paragraph) == "附件：会议议程"
    assert value(paragraph, "pPr/spacing", "before") == "579"
    assert value(paragraph, "pPr/ind", "left") == str(5 * CHARACTER)


def test_several_attachments_are_numbered_one_below_the_other(sheet):
    blocks.attachments(sheet, ["会议议程", "名单"])
    first, second = written(sheet)
    assert (said(first), said(second)) == ("附件：1.会议议程", "2.名单")
    starts = [int(value(one, "pPr/ind", "left")) - int(value(one, "pPr/ind", "hanging")) for one in (first, second)]
    assert starts == [2 * CHARACTER, 5 * CHARACTER]
    assert value(first, "pPr/ind", "left") == value(second, "pPr/ind", "left")


def test_a_date_without_a_seal_begins_two_characters_right_of_the_name(sheet):
    blocks.text(sheet, "特此通知。")
    blocks.signature(sheet, "示例县市场监督管理局", "2026年1月1日")
    text, name, day = written(sheet)
    assert int(value(name, "pPr/ind", "left")) == (28 - 2 - 10) * CHARACTER
    assert int(value(day, "pPr/ind", "left")) - int(value(name, "pPr/ind", "left")) == 2 * CHARACTER
    assert text.pPr.find(qn("w:keepNext")) is not None
    assert name.pPr.find(qn("w:keepNext")) is not None


def test_a_date_longer_than_the_name_stands_two_characters_from_the_right(sheet):
    blocks.signature(sheet, "县局", "2026年12月31日")
    _, name, day = written(sheet)
    assert (value(day, "pPr/jc"), value(day, "pPr/ind", "right")) == ("right", str(2 * CHARACTER))
    assert int(value(name, "pPr/ind", "left")) == (28 - 2 - 7 - 2) * CHARACTER


def test_a_date_as_long_as_the_name_cannot_wrap(sheet):
    blocks.signature(sheet, "县市场监管局", "2026年1月1日")
    assert value(written(sheet)[-1], "pPr/jc") == "right"


def test_a_name_wider_than_the_line_begins_at_the_margin(sheet):
    blocks.signature(sheet, "县" * 40, "2026年1月1日")
    _, name, _ = written(sheet)
    assert value(name, "pPr/ind", "left") is None


def test_words_at_both_ends_stand_one_character_in(sheet):
    blocks.issuer_line(sheet, "办公室", "2026年7月3日")
    (line,) = written(sheet)
    assert [value(line, "pPr/ind", side) for side in ("left", "right")] == [str(CHARACTER)] * 2
    assert value(line, "pPr/tabs/tab", "pos") == str(TYPE_WIDTH - CHARACTER)
    assert value(line, "r/rPr/w") is None


def test_a_long_issuer_is_narrowed_and_a_longer_one_takes_a_line_of_its_own(sheet):
    blocks.issuer_line(sheet, "示例县消费者权益保护工作联席会议办公室", "2026年12月31日")
    (line,) = written(sheet)
    assert 75 <= int(value(line, "r/rPr/w")) < 100
    blocks.issuer_line(sheet, "示例县消费者权益保护工作联席会议办公室（县市场监督管理局）", "2026年12月31日")
    _, issuer, day = written(sheet)
    assert (value(issuer, "pPr/jc"), value(day, "pPr/jc")) == ("left", "right")


def test_a_table_fills_the_type_area_repeats_its_head_and_splits_no_row(sheet):
    tables.table(sheet, ["序号", "事项", "单位"], [["1", "备案", "县商务局\n县文旅局"], ["2", "", "县教育局"]], [1, 6, 3])
    (table,) = written(sheet)
    assert sum(int(column.get(qn("w:w"))) for column in table.iter(qn("w:gridCol"))) == TYPE_WIDTH
    rows = table.findall(qn("w:tr"))
    assert [row.trPr.find(qn("w:tblHeader")) is not None for row in rows] == [True, False, False]
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    assert [said(line) for line in rows[1].iter(qn("w:p"))] == ["1", "备案", "县商务局", "县文旅局"]


def test_a_table_row_without_a_cell_for_every_column_is_refused(sheet):
    with pytest.raises(ValueError, match="one cell for every column"):
        tables.table(sheet, ["序号", "事项"], [["1"]], [1, 6])


def test_pages_are_numbered_between_dashes_at_the_outer_edge(sheet):
    foot.page_numbers(sheet)
    section = sheet.document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (line,) = footer.paragraphs
        assert line.text == "— 1 —"
        assert (value(line._p, "pPr/jc"), value(line._p, "pPr/ind", side)) == (side, "280")
        assert [mark.get(qn("w:fldCharType")) for mark in line._p.iter(qn("w:fldChar"))] == ["begin", "separate", "end"]
        assert [code.text for code in line._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert set(fonts(line._p)) == {"宋体"}


def imprint_rules(table) -> list[tuple[str, str]]:
    return [(value(cell, "tcPr/tcBorders/top", "sz"), value(cell, "tcPr/tcBorders/bottom", "sz")) for cell in table.iter(qn("w:tc"))]


def test_the_imprint_has_thick_outer_and_thin_inner_rules(sheet):
    """0.35 mm is 7.9 eighths of a point, 0.25 mm is 5.7."""
    foot.imprint(sheet, printed_by="办公室", printed_on="2026年1月1日", copies_to="各成员单位", pages=2)
    table = written(sheet)[-2]
    assert imprint_rules(table) == [("8", "6"), ("6", "8")]
    assert value(table, "tblPr/tblW", "w") == str(TYPE_WIDTH)


def test_the_imprint_floats_at_the_foot_of_the_type_area(sheet):
    foot.imprint(sheet, printed_by="办公室", printed_on="2026年1月1日", pages=2)
    _, table, anchor = written(sheet)
    place = {name: value(table, "tblPr/tblpPr", name) for name in ("vertAnchor", "horzAnchor", "tblpX", "tblpYSpec")}
    assert place == {"vertAnchor": "margin", "horzAnchor": "page", "tblpX": "1587", "tblpYSpec": "bottom"}
    assert said(anchor) == ""
    assert imprint_rules(table) == [("8", "8")]


def test_copies_end_with_a_full_stop_and_wrap_under_the_first_name(sheet):
    foot.imprint(sheet, printed_by="办公室", printed_on="2026年1月1日", copies_to="县政府办公室，各成员单位；", pages=2)
    copies, printed = written(sheet)[1].iter(qn("w:p"))
    assert said(copies) == "抄送：县政府办公室，各成员单位。"
    assert [value(copies, "pPr/ind", side) for side in ("left", "hanging", "right")] == ["1120", "840", "280"]
    assert said(printed) == "办公室2026年1月1日印发"


def test_the_last_paragraph_keeps_the_imprint_company(sheet):
    blocks.text(sheet, "完。")
    foot.imprint(sheet, printed_by="办公室", printed_on="2026年1月1日", pages=2)
    assert written(sheet)[0].pPr.find(qn("w:keepNext")) is not None


def test_after_a_table_the_imprint_does_not_touch_it(sheet):
    tables.table(sheet, ["序号"], [["1"]], [1])
    foot.imprint(sheet, printed_by="办公室", printed_on="2026年1月1日", pages=2)
    assert [one.tag.rpartition("}")[2] for one in written(sheet)] == ["tbl", "p", "tbl", "p"]
