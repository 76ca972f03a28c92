"""Titles broken by sense."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.documents.titles import title_lines
from coordination.documents.wording import width


def test_a_short_title_is_one_line():
    assert title_lines("2026年第2次会议纪要") == ["2026年第2次会议纪要"]


@pytest.mark.parametrize(
    "lines",
    [
        ["示例县消费者权益保护工作联席会议", "2026年第2次会议纪要"],
        ["示例县消费者权益保护工作联席会议", "联络员会议2026年第12次会议纪要"],
        ["关于召开示例县消费者权益保护工作联席会议", "2026年第3次全体会议的通知"],
    ],
)
def test_a_long_title_is_broken_between_phrases(lines):
    assert title_lines("".join(lines)) == lines


def test_a_title_of_three_lines_is_a_diamond_or_trapezoid_and_cuts_no_word():
    title = "示例县消费者权益保护工作联席会议办公室关于印发《示例县预付式消费领域突出问题专项整治行动实施方案》的通知"
    lines = title_lines(title)
    steps = [width(second) - width(first) for first, second in pairwise(lines)]
    assert len(lines) == 3
    assert not steps[0] < 0 < steps[1]
    assert lines[0].endswith("办公室")


def test_line_ends_of_the_writer_are_kept():
    assert title_lines("关于开展检查的\n通知") == ["关于开展检查的", "通知"]


@given(st.text(alphabet="关于召开会议的通知2026年第次，。《》“”（）、 A", max_size=150))
def test_no_title_loses_a_character_or_runs_over_the_line(title):
    lines = title_lines(title)
    assert "".join(lines) == title.strip()
    assert all(0 < width(line) <= 20 for line in lines)


def test_a_number_stays_whole_and_no_line_begins_with_a_closing_sign():
    lines = title_lines("示例县市场监督管理局（消费者权益保护股）关于2026年第一季度、第二季度消费投诉情况的通报")
    assert all(line[0] not in "，、）》的" and not line[-1].isdigit() for line in lines)
