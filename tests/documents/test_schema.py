"""Word refuses a file whose elements do not stand in the order of the schema (ISO/IEC 29500-1, wml.xsd)."""

from datetime import date
from functools import partial
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn

from coordination.documents import minutes, official, plain
from coordination.documents.fonts import DEFAULT
from coordination.documents.markup import ordered
from coordination.documents.paper import Attendance, OfficialPaper, Part, PlainPaper, Section, Table
from coordination.documents.sheet import to_bytes

build = partial(minutes.build, fonts=DEFAULT)

RUN = (
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish webHidden color "
    "spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath"
)
PARAGRAPH = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens "
    "kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing "
    "mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
)
SETTINGS = (
    "writeProtection view zoom removePersonalInformation removeDateAndTime mirrorMargins proofState attachedTemplate trackRevisions "
    "documentProtection defaultTabStop autoHyphenation clickAndTypeStyle defaultTableStyle evenAndOddHeaders drawingGridHorizontalSpacing "
    "drawingGridVerticalSpacing noPunctuationKerning characterSpacingControl noLineBreaksAfter noLineBreaksBefore updateFields footnotePr "
    "endnotePr compat docVars rsids mathPr themeFontLang clrSchemeMapping shapeDefaults decimalSymbol listSeparator"
)
SEQUENCES = {
    "rPr": RUN,
    "pPr": PARAGRAPH,
    "sectPr": (
        "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType cols formProt vAlign "
        "noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings sectPrChange"
    ),
    "tblPr": (
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders shd "
        "tblLayout tblCellMar tblLook tblCaption tblDescription tblPrChange"
    ),
    "trPr": "cnfStyle divId gridBefore gridAfter wBefore wAfter cantSplit trHeight tblHeader tblCellSpacing jc hidden ins del trPrChange",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "tcBorders": "top start left bottom end right insideH insideV tl2br tr2bl",
    "tblBorders": "top start left bottom end right insideH insideV",
    "tblCellMar": "top start left bottom end right",
    "settings": SETTINGS,
    "compat": "doNotExpandShiftReturn adjustLineHeightInTable useFELayout compatSetting",
    "styles": "docDefaults latentStyles style",
    "docDefaults": "rPrDefault pPrDefault",
    "style": (
        "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked pPr rPr tblPr trPr tcPr"
    ),
    "font": "altName panose1 charset family notTrueType pitch sig",
    "tbl": "tblPr tblGrid tr",
    "tr": "trPr tc",
    "tc": "tcPr p",
    "p": "pPr r",
    "r": "rPr t tab br fldChar instrText",
}


def local(element) -> str:
    return element.tag.rpartition("}")[2]


@pytest.fixture(scope="module")
def files(make_paper, sampler) -> list[bytes]:
    facts = {"title": "县局\n关于开会的通知", "opening": "通知如下：", "day": date(2026, 7, 3), "author": "县局"}
    listed = Part("事项", ("甲。",), ("乙；",), Table(("序号", "事项"), (("1", "甲"),), (1, 9), 10))
    sent = OfficialPaper(issuer="县局", number="〔2026〕1号", to="各单位", parts=(listed,), note="联系：县局", copies_to="县委", **facts)
    turned = plain.build(PlainPaper(parts=(listed,), is_wide=True, signed_by="县局", **facts), DEFAULT)
    made = [build(make_paper(note="附注")), build(make_paper(), pages=3), build(_ending_on_an_even_page(make_paper)), to_bytes(sampler)]
    return [*made, official.document(sent, DEFAULT), official.letter(sent, DEFAULT), turned]


def _ending_on_an_even_page(make_paper):
    """Two full pages, so that a blank one stands before the 版记."""
    said = "\n".join("会议研究了有关工作。" for _ in range(23))
    return make_paper(sections=(Section("", (said,)),), present=(Attendance("县教育局", "李某"),), on_leave=(), guests=())


def test_children_stand_in_the_order_of_the_schema(files, parts):
    seen = set()
    for file in files:
        for name, part in parts(file).xml().items():
            for element in part.iter():
                order = SEQUENCES.get(local(element), "").split()
                if order:
                    seen.add(local(element))
                    places = [order.index(local(child)) for child in element]
                    assert places == sorted(places), f"{name}: {local(element)} has {[local(child) for child in element]}"
    assert seen == set(SEQUENCES)


def test_properties_stand_once(files, parts):
    for file in files:
        for part in parts(file).xml().values():
            for element in part.iter(*(qn(f"w:{name}") for name in ("pPr", "rPr", "tblPr", "trPr", "tcPr", "settings", "style"))):
                assert len({child.tag for child in element}) == len(element)


def test_the_body_ends_with_its_section_after_a_paragraph_and_so_does_every_cell(files, parts):
    for file in files:
        body = parts(file)["document"][0]
        assert [local(child) for child in body[-2:]] == ["p", "sectPr"]
        assert all(local(cell[-1]) == "p" for cell in body.iter(qn("w:tc")))


def test_no_two_tables_touch(files, parts):
    """Word would make one of them."""
    for file in files:
        body = parts(file)["document"][0]
        assert all(local(table.getnext()) == "p" for table in body.iterchildren(qn("w:tbl")))


def test_every_style_a_paragraph_names_exists(files):
    for file in files:
        document = docx.Document(BytesIO(file))
        known = {style.style_id for style in document.styles}
        footers = [footer for section in document.sections for footer in (section.footer, section.even_page_footer)]
        roots = [document.element, *(footer._element for footer in footers)]
        used = {style.get(qn("w:val")) for root in roots for style in root.iter(qn("w:pStyle"))}
        assert used <= known


def test_a_child_without_a_place_is_refused():
    with pytest.raises(KeyError, match="shading"):
        ordered("pPr", shading=True)
