"""The page, the styles and settings, and that nothing of python-docx's default template is left (GB/T 9704-2012 §5, §7)."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from functools import partial
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from coordination.documents import minutes
from coordination.documents.fonts import DEFAULT, Fonts
from coordination.documents.sheet import Properties, new_sheet, to_bytes

build = partial(minutes.build, fonts=DEFAULT)


def value(element, attribute: str = "val"):
    return element.get(qn(f"w:{attribute}"))


@pytest.fixture(scope="module")
def file(make_paper) -> bytes:
    return build(make_paper(), pages=2)


@pytest.fixture(scope="module")
def document(file):
    return docx.Document(BytesIO(file))


def test_the_page_is_a4_with_the_margins_of_the_standard(document):
    section = document.sections[0]
    size, margins = section._sectPr.find(qn("w:pgSz")), section._sectPr.find(qn("w:pgMar"))
    assert (value(size, "w"), value(size, "h")) == ("11906", "16838")
    assert section.orientation == WD_ORIENT.PORTRAIT
    assert [value(margins, side) for side in ("top", "left", "right", "bottom")] == ["2098", "1587", "1474", "1984"]
    assert section.footer_distance.mm == pytest.approx(24.8, abs=0.05)


def test_the_type_area_is_156_by_225_mm(document):
    section = document.sections[0]
    assert (section.page_width - section.left_margin - section.right_margin) / Mm(1) == pytest.approx(156, abs=0.1)
    assert (section.page_height - section.top_margin - section.bottom_margin) / Mm(1) == pytest.approx(225, abs=0.1)


def test_the_grid_is_22_lines_of_28_characters(document):
    grid = document.sections[0]._sectPr.find(qn("w:docGrid"))
    assert value(grid, "type") == "linesAndChars"
    assert int(value(grid, "linePitch")) == 579
    assert 22 * 579 <= 16838 - 2098 - 1984
    assert int(value(grid, "charSpace")) == pytest.approx((156 / 25.4 * 72 / 28 - 16) * 4096, abs=10)


def test_main_text_is_16_points_on_an_exact_line_of_579_twips(document):
    normal = document.styles["Normal"]
    assert normal.font.size == Pt(16)
    assert normal.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
    assert value(normal.element.pPr.find(qn("w:spacing")), "line") == "579"
    assert normal.paragraph_format.space_after == normal.paragraph_format.space_before == 0
    assert normal.font.color.rgb == RGBColor(0, 0, 0)


@pytest.mark.parametrize("switch", ["widowControl", "autoSpaceDE", "autoSpaceDN", "snapToGrid", "adjustRightInd"])
def test_what_breaks_22_lines_of_28_characters_is_off(document, switch):
    assert value(document.styles["Normal"].element.pPr.find(qn(f"w:{switch}"))) == "0"


def test_28_characters_less_their_tracking_fit_the_line(document):
    run = document.styles["Normal"].element.rPr
    assert value(run.find(qn("w:snapToGrid"))) == "0"
    assert 28 * (16 * 20 + int(value(run.find(qn("w:spacing"))))) <= 11906 - 1587 - 1474


def test_every_run_and_style_names_its_font_for_chinese_with_the_hint(file, parts):
    for name, part in parts(file).xml().items():
        for fonts in part.iter(qn("w:rFonts")):
            assert value(fonts, "hint") == "eastAsia", name
            assert len({value(fonts, script) for script in ("ascii", "hAnsi", "eastAsia", "cs")}) == 1, name
            assert not any("heme" in attribute for attribute in fonts.attrib), name
        for run in part.iter(qn("w:r")):
            assert run.find(f".//{qn('w:t')}") is None or run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}") is not None, name


@pytest.mark.parametrize(
    ("style", "font", "points"),
    [
        ("Normal", "仿宋", 16),
        ("公文正文", "仿宋", 16),
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体", 16),
        ("footer", "宋体", 14),
        ("版记", "仿宋", 14),
    ],
)
def test_each_style_has_the_font_and_size_of_the_standard(document, style, font, points):
    def first(tag: str, attribute: str) -> str:
        found = None
        one = document.styles[style]
        while found is None:
            found = one.element.rPr.find(qn(tag)) if one.element.rPr is not None else None
            one = one.base_style
        return value(found, attribute)

    assert first("w:rFonts", "eastAsia") == font
    assert int(first("w:sz", "val")) == int(first("w:szCs", "val")) == points * 2
    assert not document.styles[style].font.bold


def test_fonts_are_what_the_office_sets(make_paper, parts):
    fonts = Fonts(body="仿宋_GB2312", heading1="方正黑体", heading2="楷体_GB2312", title="方正小标宋_GBK", number="方正书宋")
    made = parts(minutes.build(make_paper(), fonts))
    used = {value(one, "eastAsia") for part in made.xml().values() for one in part.iter(qn("w:rFonts"))}
    assert used == {fonts.body, fonts.heading1, fonts.heading2, fonts.title, fonts.number}
    assert {value(one, "name") for one in made["fontTable"]} == used


def test_the_font_table_says_what_stands_in_for_a_missing_font(file, parts):
    substitutes = {value(font, "name"): value(font.find(qn("w:altName"))) for font in parts(file)["fontTable"]}
    assert substitutes["方正小标宋简体"] == "华文中宋"
    assert substitutes["仿宋"] == "FangSong"


def test_the_language_is_chinese(document, file, parts):
    assert document.core_properties.language == "zh-CN"
    styles = parts(file)["styles"]
    assert {value(lang, "eastAsia") for lang in styles.iter(qn("w:lang"))} == {"zh-CN"}
    assert value(parts(file)["settings"].find(qn("w:themeFontLang")), "eastAsia") == "zh-CN"


def test_settings_are_those_of_a_chinese_word_2013(file, parts):
    settings = parts(file)["settings"]
    modes = {value(mode, "name"): value(mode) for mode in settings.iter(qn("w:compatSetting"))}
    assert modes["compatibilityMode"] == "15"
    assert value(settings.find(qn("w:characterSpacingControl"))) == "compressPunctuation"
    assert settings.find(qn("w:evenAndOddHeaders")) is not None


def test_the_file_says_who_made_it_and_when(document):
    core = document.core_properties
    assert core.author == core.last_modified_by == "示例县市场监督管理局"
    assert core.title == "示例县消费者权益保护工作联席会议2026年第2次会议纪要"
    assert core.subject == "会议纪要"
    assert core.comments == core.keywords == ""
    assert core.created == core.modified == datetime(2026, 7, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "trace", ["python-docx", "ja-JP", "Calibri", "Cambria", "asciiTheme", "eastAsiaTheme", "Macintosh Word", "2013-12-23"]
)
def test_nothing_of_the_default_template_is_left(file, parts, trace):
    for name, data in parts(file).raw.items():
        assert trace.encode() not in data, name


def test_the_file_holds_only_what_the_paper_needs(file, parts):
    assert set(parts(file).raw) == {
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/core.xml",
        "word/_rels/document.xml.rels",
        "word/document.xml",
        "word/fontTable.xml",
        "word/footer1.xml",
        "word/footer2.xml",
        "word/settings.xml",
        "word/styles.xml",
    }


def test_equal_papers_are_equal_bytes_in_another_process_and_at_another_time(make_paper, file):
    script = (
        "import hashlib, sys; from datetime import date; from coordination.documents.sheet import *; "
        "from coordination.documents.fonts import DEFAULT; from coordination.documents import blocks; "
        "made = new_sheet(DEFAULT, Properties(title='题', author='局', day=date(2026, 1, 1))); blocks.text(made, '文'); "
        "print(hashlib.sha256(to_bytes(made)).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout
        for seed, zone in (("1", "Asia/Shanghai"), ("2", "UTC"))
    ]
    assert runs[0] == runs[1]
    assert hashlib.sha256(build(make_paper(), pages=2)).digest() == hashlib.sha256(file).digest()
    with ZipFile(BytesIO(file)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_another_paper_is_other_bytes(make_paper, file):
    assert build(make_paper(number="〔2026〕4号"), pages=2) != file


def test_over_long_properties_are_cut_to_what_the_format_holds():
    made = docx.Document(BytesIO(to_bytes(new_sheet(DEFAULT, Properties(title="题" * 400, author="\x00局", day=date(2026, 1, 1))))))
    assert made.core_properties.title == "题" * 255
    assert made.core_properties.author == "局"
