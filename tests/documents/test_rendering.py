"""Pages as LibreOffice lays them out: sizes, places and what may not stand alone."""

from functools import partial

import pytest

from coordination.documents import blocks, minutes
from coordination.documents.decisions import Decision
from coordination.documents.fonts import DEFAULT
from coordination.documents.minutes import Attendance, Section
from coordination.documents.sheet import to_bytes

build = partial(minutes.build, fonts=DEFAULT)

TOP, BOTTOM, LEFT, RIGHT = 37, 262, 28, 184


def _ending_after(make_paper, lines: int):
    """Minutes whose text ends so many lines later."""
    body = "\n".join("会议研究了有关工作。" for _ in range(lines))
    return make_paper(sections=(Section("", (body,)),), present=(Attendance("县教育局", "李某"),), on_leave=(), guests=())


@pytest.fixture(scope="module")
def pages(lay_out, make_paper, make_short_paper, make_long_paper, sampler):
    wide = "示例县人民政府行政审批服务与公共资源交易监督管理局（示例县大数据发展服务中心、示例县政务服务管理办公室）"
    wide_paper = make_paper(
        mark="示例县消费者权益保护工作联席会议办公室联络员会议纪要",
        issuer=wide,
        printed_by=wide,
        title=f"{wide}关于预付式消费领域突出问题专项整治行动的会议纪要",
        present=tuple(Attendance(wide, "李某") for _ in range(4)),
        sections=(Section(wide, (wide,), (Decision("办理", wide, (wide,), "2026年9月30日"),)),),
    )
    files = {
        "usual": build(make_paper()),
        "short": build(make_short_paper(), pages=2),
        "short_duplex": build(make_short_paper()),
        "duplex": build(_ending_after(make_paper, 30)),
        "long": build(make_long_paper()),
        "wide": build(wide_paper),
        "blocks": to_bytes(sampler),
    }
    files |= {f"lines{count}": build(_ending_after(make_paper, count), pages=2) for count in range(24)}
    files |= {f"counted{count}": build(_ending_after(make_paper, count)) for count in range(24)}
    return lay_out(**files)


def test_every_page_is_a4(pages):
    assert {size for one in pages.values() for size in one.sizes()} == {(210, 297)}


def test_short_minutes_are_one_page_with_the_imprint_on_it(pages):
    (only,) = pages["short"].texts()
    assert only.startswith("会议纪要〔2026〕3号示例县市场监督管理局办公室2026年7月3日第2次会议纪要会议研究了预付式消费。")
    assert "示例县市场监督管理局办公室2026年7月3日印发" in only
    assert "—1—" in only


def test_twenty_items_are_about_ten_pages_numbered_in_order_with_the_imprint_on_the_last(pages):
    texts = pages["long"].texts()
    assert 9 <= len(texts) <= 13
    assert all(f"—{number}—" in text for number, text in enumerate(texts, start=1))
    assert ["印发" in text for text in texts] == [False] * (len(texts) - 1) + [True]
    assert "二十、关于第20项重点领域消费纠纷源头治理的议题" in "".join(texts)


def test_page_numbers_stand_at_the_outer_edge(pages):
    """The dash 7 mm below the type area, one character (5 mm) from its edge."""
    odd, even = pages["usual"].ink(1)[-1], pages["usual"].ink(2)[-1]
    for top, bottom, *_ in (odd, even):
        assert (top + bottom) / 2 == pytest.approx(BOTTOM + 7, abs=0.5)
    assert odd[3] == pytest.approx(RIGHT - 5, abs=0.8)
    assert even[2] == pytest.approx(LEFT + 5, abs=0.8)


def test_the_mark_begins_35_mm_below_the_type_area_on_one_line(pages):
    for name in ("usual", "short", "wide"):
        mark, _ = pages[name].ink(1, red=True)
        assert mark[0] == pytest.approx(TOP + 35, abs=0.7), name
        assert mark[2] >= LEFT, name
        assert mark[3] <= RIGHT, name


def test_the_red_rule_is_as_wide_as_the_type_area_and_4_mm_below_the_line_above(pages):
    _, rule = pages["usual"].ink(1, red=True)
    above = max(bottom for _, bottom, *_ in pages["usual"].ink(1) if bottom < rule[0])
    assert rule[0] - above == pytest.approx(4, abs=0.5)
    assert (rule[2], rule[3]) == (pytest.approx(LEFT, abs=0.3), pytest.approx(RIGHT, abs=0.3))


@pytest.mark.parametrize("name", ["usual", "short", "long", "wide", "blocks", "duplex", "short_duplex"])
def test_the_last_rule_of_the_imprint_ends_the_type_area(pages, name):
    rules = [band for band in pages[name].ink(len(pages[name].texts())) if band[3] - band[2] > 150]
    assert rules[-1][1] == pytest.approx(BOTTOM, abs=0.4)
    assert (rules[-1][2], rules[-1][3]) == (pytest.approx(LEFT, abs=0.3), pytest.approx(RIGHT, abs=0.3))


def test_28_characters_stand_on_a_line_and_22_lines_fill_the_type_area(pages):
    lines = [band for band in pages["blocks"].ink(2) if band[3] - band[2] > 150]
    assert lines[1][0] - lines[0][0] == pytest.approx(225 / 22, abs=0.15)
    first = [word for _, _, word in pages["blocks"].words(2) if set(word) == {"中"}]
    assert len(first[0]) == 28


@pytest.mark.parametrize("count", range(24))
def test_wherever_the_text_ends_the_imprint_neither_covers_it_nor_stands_alone(pages, count):
    paper = pages[f"lines{count}"]
    texts = paper.texts()
    assert "印发" in texts[-1]
    assert "出席：县教育局李某" in texts[-1]
    words = paper.words(len(texts))
    imprint = min(top for top, _, word in words if word.startswith("抄送"))
    assert max(bottom for top, bottom, _ in words if top < imprint - 1) < imprint
    assert "".join(texts).count("会议研究了有关工作。") == count


def test_printed_on_both_sides_the_imprint_stands_on_an_even_page_without_number(pages):
    for name, count in (("short_duplex", 2), ("duplex", 4)):
        texts = pages[name].texts()
        assert len(texts) == count
        assert f"—{count - 1}—" in texts[-2]
        assert "印发" in texts[-1]
        assert "—" not in texts[-1]


@pytest.mark.parametrize("count", range(24))
def test_the_pages_are_counted_as_they_are_laid_out_and_the_imprint_ends_an_even_one(pages, count):
    plain, counted = pages[f"lines{count}"].texts(), pages[f"counted{count}"].texts()
    assert len(counted) == len(plain) + len(plain) % 2
    assert "印发" in counted[-1]
    assert ("—" in counted[-1]) == (len(plain) % 2 == 0)


def test_very_long_names_stay_inside_the_type_area(pages):
    paper = pages["wide"]
    for number in range(1, len(paper.texts()) + 1):
        assert all(left >= LEFT - 0.3 and right <= RIGHT + 5.6 for _, _, left, right in paper.ink(number))  # a comma may hang over the edge


def test_a_signature_keeps_the_end_of_the_text_on_its_page(lay_out, sheet):
    blocks.text(sheet, "\n".join("第几行" for _ in range(20)))
    blocks.text(sheet, "特此通知。")
    blocks.signature(sheet, "示例县市场监督管理局", "2026年12月31日")
    texts = lay_out(signed=to_bytes(sheet))["signed"].texts()
    assert len(texts) == 2
    assert texts[1].startswith("特此通知。示例县市场监督管理局2026年12月31日")


def test_a_table_over_pages_repeats_its_head(pages):
    with_rows = [text for text in pages["blocks"].texts() if "完成经营者备案" in text.replace("\n", "")]
    assert len(with_rows) > 1
    assert all("序号议定事项单位" in text for text in with_rows)
