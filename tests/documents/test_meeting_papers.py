"""Every paper of the demo's issued meetings, in both mechanisms: what the file says, and its pages as LibreOffice lays them out."""

import re
import shutil
from collections import Counter

import docx
import pytest
import time_machine
from docx.oxml.ns import qn

from coordination.app import create_app
from coordination.meetings import paperwork
from coordination.meetings.paperwork import Kind, find_meeting
from models.base import db
from tests.browser.county import config_of
from tests.world import NOW, TODAY

MECHANISMS = ("county", "sections")
EVERY = [(mechanism, kind) for mechanism in MECHANISMS for kind in Kind]
WITH_HEAD = {Kind.NOTICE, Kind.MINUTES, Kind.EXCERPT}
PLAIN = [Kind.AGENDA, Kind.LIAISON, Kind.BRIEF, Kind.DECISIONS, Kind.SIGNIN]
each = pytest.mark.parametrize(("mechanism", "kind"), EVERY)
ISSUER = "示例县市场监督管理局"


@pytest.fixture(scope="module")
def files(june_template, tmp_path_factory):
    """The newest issued meeting's papers by mechanism and kind."""
    folder = tmp_path_factory.mktemp("papers")
    shutil.copytree(june_template, folder, dirs_exist_ok=True)
    app = create_app(config_of(folder))
    with app.app_context(), time_machine.travel(NOW, tick=False):
        session = db.session()
        meetings = {mechanism: find_meeting(session, "latest", mechanism) for mechanism in MECHANISMS}
        made = {(name, kind): paperwork.document(session, meetings[name], kind, TODAY)[1] for name, kind in EVERY}
        again = {(name, kind): paperwork.document(session, meetings[name], kind, TODAY)[1] for name, kind in EVERY}
        db.session.remove()
        db.engine.dispose()
    assert made == again
    return made


@pytest.fixture(scope="module")
def opened(files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("opened")
    found = {}
    for (mechanism, kind), content in files.items():
        path = folder / f"{mechanism}-{kind}.docx"
        path.write_bytes(content)
        found[mechanism, kind] = docx.Document(str(path))
    return found


@pytest.fixture(scope="module")
def pages(files, lay_out):
    laid = lay_out(**{f"{mechanism}-{kind}": content for (mechanism, kind), content in files.items()})
    return {(mechanism, kind): laid[f"{mechanism}-{kind}"] for mechanism, kind in files}


def texts(document) -> list[str]:
    return [one.text for one in document.paragraphs if one.text.strip()]


def rows(document) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]


# The file


@each
def test_a_paper_says_what_it_is_and_whose(opened, mechanism, kind):
    document = opened[mechanism, kind]
    core = document.core_properties
    assert core.author == core.last_modified_by == ISSUER
    assert core.language == "zh-CN"
    assert "\n" not in core.title
    assert core.title
    said = "".join(texts(document)).replace("\n", "")
    assert core.title in said


@each
def test_every_run_names_its_font_for_chinese(files, parts, mechanism, kind):
    for name, part in parts(files[mechanism, kind]).xml().items():
        for fonts in part.iter(qn("w:rFonts")):
            assert fonts.get(qn("w:eastAsia")), name
            assert fonts.get(qn("w:hint")) == "eastAsia", name
        for trace in (b"python-docx", b"Calibri", b"asciiTheme"):
            assert trace not in parts(files[mechanism, kind]).raw.get(name, b"")


@each
def test_the_page_is_the_standards_and_a_list_of_decisions_lies_on_its_side(opened, mechanism, kind):
    section = opened[mechanism, kind].sections[0]
    size = section._sectPr.find(qn("w:pgSz"))
    turned = kind == Kind.DECISIONS
    assert [size.get(qn(f"w:{side}")) for side in "wh"] == (["16838", "11906"] if turned else ["11906", "16838"])
    assert (size.get(qn("w:orient")) == "landscape") == turned
    margins = [round(one.mm) for one in (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)]
    assert margins == ([28, 37, 26, 35] if turned else [37, 26, 35, 28])


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("kind", PLAIN)
def test_a_paper_without_head_opens_with_its_title_and_a_sentence_before_any_table(opened, mechanism, kind):
    body = opened[mechanism, kind].element.body
    title, sentence = body[0], body[1]
    assert title.find(f"{qn('w:pPr')}/{qn('w:pStyle')}").get(qn("w:val")) == "Title"
    assert {fonts.get(qn("w:eastAsia")) for fonts in title.iter(qn("w:rFonts"))} == {"方正小标宋简体"}
    assert sentence.find(f"{qn('w:pPr')}/{qn('w:pStyle')}").get(qn("w:val")) == "Body"
    assert "".join(one.text for one in sentence.iter(qn("w:t"))).endswith("。")
    assert opened[mechanism, kind].styles["公文正文"].element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_the_notice_is_numbered_dated_and_signed(opened, mechanism):
    document = opened[mechanism, Kind.NOTICE]
    said = texts(document)
    code = "示市监消联" if mechanism == "county" else "示市监股联"
    assert said[:2] == [f"{ISSUER}文件", f"{code}〔2026〕1号"]
    assert said[2].startswith(f"{ISSUER}\n关于召开")
    assert said[2].endswith("的通知")
    assert said[3] == "各成员单位："
    day = said.index(ISSUER) + 1
    assert re.fullmatch(r"2026年\d{1,2}月\d{1,2}日", said[day])
    assert rows(document)[-1][0].startswith(ISSUER)
    assert rows(document)[-1][0].endswith(f"{said[day]}印发")


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_the_letter_hands_a_unit_its_decisions_under_the_bare_name(opened, mechanism):
    document = opened[mechanism, Kind.LETTER]
    section, said = document.sections[0], texts(document)
    assert section.different_first_page_header_footer
    name, rule = section.first_page_header.paragraphs
    assert name.text == ISSUER
    border = rule._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert (border.get(qn("w:val")), border.get(qn("w:color"))) == ("thickThinSmallGap", "FF0000")
    (lower,) = section.first_page_footer.paragraphs
    assert lower.text == ""
    assert lower._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom")).get(qn("w:val")) == "thinThickSmallGap"
    assert re.fullmatch(r"示市监[消股]联函〔2026〕1号", said[0])
    assert said[1].endswith("议定事项的函")
    assert said[2] == ("示例县教育局：" if mechanism == "county" else "12315指挥中心：")
    assert sum("牵头，" in line for line in said) >= 2
    (copies,) = rows(document)
    assert copies[0].startswith("抄送：")
    assert "印发" not in copies[0]
    assert document.tables[0]._tbl.find(f".//{qn('w:tcBorders')}") is None


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_an_excerpt_is_whole_minutes_with_fewer_items(opened, mechanism):
    whole, part = texts(opened[mechanism, Kind.MINUTES]), texts(opened[mechanism, Kind.EXCERPT])
    assert part[:3] == whole[:3]
    assert part[3].endswith("纪要（节录）")
    assert len(part) < len(whole)
    for label in ("出席：", "请假：", "列席："):
        assert [line for line in part if line.startswith(label)] == [line for line in whole if line.startswith(label)]
    assert rows(opened[mechanism, Kind.EXCERPT])[-1][0].endswith("印发")


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_the_list_of_decisions_says_of_each_who_what_and_until_when(opened, mechanism):
    head, *listed = rows(opened[mechanism, Kind.DECISIONS])
    assert head == ["序号", "议定事项", "牵头单位", "配合单位", "完成时限", "成果形式"]
    assert [row[0] for row in listed] == [str(number) for number in range(1, len(listed) + 1)]
    assert all(row[1].endswith("。") and row[2] and re.fullmatch(r"\d{4}年\d+月\d+日", row[4]) for row in listed)
    assert f"议定事项共{len(listed)}项" in texts(opened[mechanism, Kind.DECISIONS])[1]


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_everybody_announced_can_sign_in(opened, mechanism):
    head, *listed = rows(opened[mechanism, Kind.SIGNIN])
    assert head == ["序号", "单位", "姓名", "职务", "签名", "备注"]
    assert Counter(row[5] for row in listed)["列席"] == 2
    assert Counter(row[5] for row in listed)["代会"] == 1
    assert all(row[4] == "" for row in listed)


# The pages


@each
def test_pages_have_the_right_size_and_their_words(pages, mechanism, kind):
    assert pages[mechanism, kind].sizes() == {(297, 210) if kind == Kind.DECISIONS else (210, 297)}
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in pages[mechanism, kind].texts() if text)


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("kind", sorted(WITH_HEAD))
def test_the_imprint_stands_on_the_last_page_which_is_even(pages, mechanism, kind):
    found = pages[mechanism, kind].texts()
    assert len(found) % 2 == 0
    assert ["印发" in text and "抄送" in text for text in found] == [False] * (len(found) - 1) + [True]
    rules = [band for band in pages[mechanism, kind].ink(len(found)) if band[3] - band[2] > 150]
    assert rules[-1][1] == pytest.approx(262, abs=0.4)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_the_notice_fits_one_sheet(pages, mechanism):
    assert len(pages[mechanism, Kind.NOTICE].texts()) == 2


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_letters_first_page_has_its_rules_where_the_standard_wants_them_and_no_number(pages, mechanism):
    paper = pages[mechanism, Kind.LETTER]
    first, *others = paper.texts()
    assert "—1—" not in first
    assert all(f"—{number}—" in text for number, text in enumerate(others, start=2))
    assert "抄送" in paper.texts()[-1]
    ink = paper.ink(1, red=True)
    assert ink[0][0] == pytest.approx(30, abs=0.7)
    rules = [band for band in ink if band[3] - band[2] > 165]
    assert (rules[0][2], rules[0][3]) == (pytest.approx(20, abs=0.4), pytest.approx(190, abs=0.4))
    assert rules[0][0] - max(bottom for _, bottom, left, right in ink if right - left < 165) == pytest.approx(4, abs=0.8)
    assert rules[-1][1] == pytest.approx(297 - 20, abs=0.5)


@each
def test_page_numbers_go_on_from_page_to_page(pages, mechanism, kind):
    found = pages[mechanism, kind].texts()
    for number, text in enumerate(found, start=1):
        if text and not (number == 1 and kind == Kind.LETTER) and not re.fullmatch(r"抄送：.*印发", text):
            assert f"—{number}—" in text
