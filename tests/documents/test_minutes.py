"""会议纪要: what stands where."""

from datetime import date
from functools import partial
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from coordination.documents import minutes
from coordination.documents.decisions import Decision
from coordination.documents.fonts import DEFAULT
from coordination.documents.minutes import Attendance, Section

build = partial(minutes.build, fonts=DEFAULT)


@pytest.fixture
def read(make_paper):
    """The text of minutes, paragraph by paragraph."""

    def texts(**changes) -> list[str]:
        return [one.text for one in docx.Document(BytesIO(build(make_paper(**changes), pages=2))).paragraphs]

    return texts


def test_minutes_begin_with_mark_number_issuer_rule_and_title(read):
    assert read()[:5] == [
        "示例县消费者权益保护工作联席会议纪要",
        "〔2026〕3号",
        "示例县市场监督管理局办公室\t2026年7月3日",
        "",
        "示例县消费者权益保护工作联席会议\n2026年第2次会议纪要",
    ]


def test_the_number_may_be_that_of_an_issue(read):
    assert read(number="第3期")[1] == "第3期"


def test_items_are_numbered_and_decisions_stand_below_them(read):
    texts = read()
    start = texts.index("一、上次会议议定事项落实情况")
    assert texts[start : start + 8] == [
        "一、上次会议议定事项落实情况",
        "会议听取了汇报。",
        "会议议定：同意销号6项。牵头单位：县教育局；完成时限：2026年9月30日。",
        "二、预付式消费投诉集中问题",
        "会议指出，今年以来共接到投诉37件。",
        "会议议定：",
        "（一）由县商务局牵头，县文旅局配合，于9月底前完成备案。",
        "（二）开展专项检查。检查结果向社会公示。牵头单位：县教育局；配合单位：县公安局；完成时限：2026年8月31日；成果形式：检查情况通报。",
    ]


def test_a_single_item_bears_no_number(read):
    assert "预付式消费" in read(sections=(Section("预付式消费"),))


def test_an_item_without_words_prints_nothing(read):
    assert read(sections=(Section(""),)) == read(sections=())
    assert not any(line.startswith("会议议定") for line in read(sections=(Section("其他", (), (Decision(" "),)),)))


def test_the_lists_stand_after_the_text_each_on_lines_of_its_own(read):
    texts = read(present=(Attendance("县教育局", "李某"), Attendance("县公安局"), Attendance("", "专家王某")))
    assert texts[-4:-1] == ["出席：县教育局　李某；县公安局；专家王某", "请假：县财政局　孙某", "列席：县消费者权益保护委员会　韩某"]


def test_a_list_of_nobody_is_left_out_and_the_first_one_keeps_its_blank_line(make_paper):
    document = docx.Document(BytesIO(build(make_paper(present=(), guests=()))))
    (leave,) = [one for one in document.paragraphs if one.text.startswith(("出席", "请假", "列席"))]
    assert leave.text == "请假：县财政局　孙某"
    assert leave.paragraph_format.space_before.twips == 579


def test_the_imprint_says_who_gets_copies_and_who_printed_the_paper(make_paper):
    document = docx.Document(BytesIO(build(make_paper(printed_on=date(2026, 7, 6)))))
    (table,) = document.tables
    assert [row.cells[0].text for row in table.rows] == [
        "抄送：县人民政府办公室，各成员单位，各乡镇人民政府、街道办事处。",
        "示例县市场监督管理局办公室\t2026年7月6日印发",
    ]


def test_without_copies_the_imprint_is_one_line(make_paper):
    document = docx.Document(BytesIO(build(make_paper(copies_to=""))))
    assert len(document.tables[0].rows) == 1


def test_a_note_stands_in_round_brackets_after_the_lists(read):
    assert read(note="记录员乙")[-2] == "（记录员乙）"


@pytest.mark.parametrize("pages", [2, 10])
def test_on_an_even_page_the_imprint_stays_where_the_text_ends(make_paper, pages):
    assert len(docx.Document(BytesIO(build(make_paper(), pages=pages))).sections) == 1


def test_after_an_odd_page_the_imprint_moves_to_the_next_even_one_which_bears_no_number(make_paper):
    text, imprint = docx.Document(BytesIO(build(make_paper(), pages=3))).sections
    assert imprint._sectPr.find(qn("w:type")).get(qn("w:val")) == "evenPage"
    assert text.footer.paragraphs[0].text == text.even_page_footer.paragraphs[0].text == "— 1 —"
    assert imprint.footer.paragraphs[0].text == imprint.even_page_footer.paragraphs[0].text == ""
    assert (imprint.page_width, imprint.bottom_margin) == (text.page_width, text.bottom_margin)


def test_long_minutes_number_their_items_to_the_last(make_long_paper):
    texts = [one.text for one in docx.Document(BytesIO(build(make_long_paper(200)))).paragraphs]
    assert "二百、关于第200项重点领域消费纠纷源头治理的议题" in texts
    assert sum(text.startswith("会议议定：") for text in texts) == 200


any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)


@settings(max_examples=25, deadline=None)
@given(any_text, any_text, any_text)
def test_no_text_can_break_the_file(make_paper, first, second, third):
    """Control characters, lone surrogates, direction marks and emoji in every field: the file opens and holds what may be printed."""
    paper = make_paper(
        mark=first,
        number=second,
        issuer=third,
        title=second,
        opening=first,
        sections=(Section(third, (first,), (Decision(second, third, (first,), second, third), Decision(first))), Section(first)),
        present=(Attendance(second, third),),
        copies_to=third,
        printed_by=second,
        author=first,
        subject=third,
        note=second,
    )
    file = build(paper)
    assert len(docx.Document(BytesIO(file)).tables) == 1
    assert build(paper) == file


def test_emoji_stay_and_direction_marks_go(read):
    assert "办公室😀甲乙" in read(opening="办公室😀甲\u202e乙\ud83d")
