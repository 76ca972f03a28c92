"""What a decision clause still owes the reader, and what it has said already."""

import pytest

from coordination.documents.decisions import Decision, in_words, names


def said(**facts) -> str:
    return "".join(in_words(Decision(**facts)))


def test_what_the_sentence_lacks_is_added_in_official_words():
    assert said(text="完成备案", lead="县教育局", co=("县公安局", "县司法局"), due="2026年9月30日", deliverable="备案清单") == (
        "完成备案。牵头单位：县教育局；配合单位：县公安局、县司法局；完成时限：2026年9月30日；成果形式：备案清单。"
    )


def test_what_the_sentence_says_is_not_said_again():
    text = "由县商务局牵头，县文旅局配合，于2026年9月30日前形成备案清单。"
    assert said(text=text, lead="县商务局", co=("县文化和旅游局",), due="2026年9月30日", deliverable="备案清单") == text


def test_only_the_helper_that_is_not_named_is_added():
    assert (
        said(text="由县商务局、县公安局办理", lead="县商务局", co=("县公安局", "县司法局"))
        == "由县商务局、县公安局办理。配合单位：县司法局。"
    )


@pytest.mark.parametrize(
    ("words", "due", "known"),
    [
        ("于9月底前完成", "2026年9月30日", True),
        ("于9月底前完成", "2026年9月29日", False),
        ("9月30日前完成", "2026年9月30日", True),
        ("9月30日前完成", "2026年9月3日", False),
        ("19月3日", "2026年9月3日", False),
        ("于年底前完成", "2026年12月31日", True),
        ("于6月末完成", "2026年6月30日", True),
        ("长期坚持", "长期坚持", True),
        ("办理", "下次会议前", False),
    ],
)
def test_a_day_is_known_in_the_ways_officials_write_it(words, due, known):
    assert ("完成时限" in said(text=words, due=due)) is not known


@pytest.mark.parametrize(
    ("words", "unit", "named"),
    [
        ("由县文旅局配合", "县文化和旅游局", True),
        ("由县市场监管局牵头", "县市场监督管理局", True),
        ("县消保委配合", "县消费者权益保护委员会", True),
        ("县府办牵头", "县人民政府办公室", True),
        ("规范县市场秩序", "县市场监督管理局", False),
        ("县局负责", "县教育局", False),
        ("县公安局负责", "县教育局", False),
        ("由县法院负责", "县人民法院", True),
        ("中心负责", "中心", True),
        ("负责", "中心", False),
    ],
)
def test_a_unit_is_known_by_its_short_name_and_by_no_other(words, unit, named):
    assert names(words, unit) is named


@pytest.mark.parametrize("typed", ["1.", "1．", "1、", "（一）", "(1)", "（12）", "二、"])
def test_a_number_typed_before_the_sentence_is_taken_off(typed):
    assert said(text=f"{typed}完成备案") == "完成备案。"


@pytest.mark.parametrize("text", ["3.15期间开展宣传。", "2026年开展检查。", "12315平台扩容。", "一个月内完成。"])
def test_a_number_that_belongs_to_the_sentence_stays(text):
    assert said(text=text) == text


def test_a_short_first_sentence_is_the_head_of_a_longer_clause():
    assert in_words(Decision("开展专项检查。结果向社会公示")) == ("开展专项检查。", "结果向社会公示。")
    assert in_words(Decision("开展专项检查", "县教育局")) == ("", "开展专项检查。牵头单位：县教育局。")


def test_an_empty_clause_is_no_error():
    assert said(text=" \x00") == ""
