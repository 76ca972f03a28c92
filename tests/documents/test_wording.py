"""Dates, numerals and clean text."""

from datetime import date

import pytest
from docx.oxml import OxmlElement
from hypothesis import given
from hypothesis import strategies as st

from coordination.documents.wording import chinese_number, clean, full_stop, official_date, ordinal, paragraphs, widest, width


def test_a_date_has_its_full_year_and_no_leading_zero():
    assert official_date(date(2026, 3, 5)) == "2026年3月5日"
    assert official_date(date(2026, 12, 31)) == "2026年12月31日"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (21, "二十一"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (999, "九百九十九"),
    ],
)
def test_numerals_are_chinese(number, words):
    assert chinese_number(number) == words


@pytest.mark.parametrize("number", [0, -1, 1000])
def test_a_numeral_outside_the_range_is_refused(number):
    with pytest.raises(ValueError, match="no ordinal"):
        chinese_number(number)


def test_numerals_are_all_different():
    assert len({chinese_number(number) for number in range(1, 1000)}) == 999


def test_the_four_levels_are_marked_as_the_standard_says():
    assert [ordinal(level, 2) for level in (1, 2, 3, 4)] == ["二、", "（二）", "2.", "（2）"]
    with pytest.raises(ValueError, match="four levels"):
        ordinal(5, 1)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_becomes_text_that_xml_can_hold(text):
    """Surrogates, control characters and non-characters included; lxml refuses what XML forbids."""
    OxmlElement("w:t").text = clean(text)
    clean(text).encode()


def test_what_turns_the_order_of_the_text_is_taken_out_and_the_rest_stays():
    assert clean("\u202e甲\u200f乙\x00\ud800丙😀\ufeff") == "甲乙丙😀"


def test_line_ends_and_tabs_become_blanks_and_typed_indents_go():
    assert clean("　　甲\t乙\r\n丙 ") == "甲 乙 丙"
    assert paragraphs("　　甲\r\n\n \x0b乙\u2028丙\n") == ["甲", "乙", "丙"]
    assert paragraphs("") == []


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("完成备案", "完成备案。"),
        ("完成备案；", "完成备案。"),
        ("完成备案。", "完成备案。"),
        ("“完成备案。”", "“完成备案。”"),
        ("如下：", "如下："),
        ("", ""),
    ],
)
def test_a_sentence_ends_once(text, ended):
    assert full_stop(text) == ended


def test_chinese_is_one_wide_and_digits_half():
    assert width("〔2026〕3号") == 2 + 2 + 0.5 + 1
    assert width("“”—…") == 4
    assert width("e\u0301") == 0.5
    assert widest("2026年") > width("2026年")
    assert widest("办公室") == width("办公室")
