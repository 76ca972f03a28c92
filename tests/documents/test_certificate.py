"""Certificate and plaque are opened, read, and their QR code leads to the address."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import docx
import pytest

from coordination.documents.certificate import CertificatePaper, certificate, plaque, qr_png
from coordination.documents.fonts import DEFAULT

PAPER = CertificatePaper(
    title="放心消费示范单位",
    category="放心商店",
    business="示例县惠民超市有限公司",
    address="示例县城关街道人民路18号",
    certificate_no="示放消2026-0132",
    recognised_on=date(2026, 6, 29),
    valid_until=date(2029, 6, 29),
    issuer="示例县消费者权益保护工作联席会议办公室",
    address_to_check="https://lxhy.example.gov.cn/verify/0123456789abcdef0123456789abcdef",
)


def read(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(content)).paragraphs)


@pytest.mark.parametrize("build", [certificate, plaque])
def test_it_says_to_whom_for_what_and_until_when(build):
    said = read(build(PAPER, DEFAULT)).replace("\n", "")
    for words in ("惠民超市有限公司", "放心消费示范单位", "放心商店", "示放消2026-0132", "2029年6月29日", "联席会议办公室", "扫码核验"):
        assert words in said


@pytest.mark.parametrize("build", [certificate, plaque])
def test_equal_papers_are_equal_bytes_and_the_picture_says_what_it_is(build):
    content = build(PAPER, DEFAULT)
    assert content == build(replace(PAPER), DEFAULT)
    document = docx.Document(BytesIO(content))
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == ["核验二维码"]


def test_the_mark_stands_on_the_paper_where_the_office_has_one():
    document = docx.Document(BytesIO(plaque(replace(PAPER, mark=qr_png("mark")), DEFAULT)))
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == ["放心消费统一标识", "核验二维码"]


@pytest.mark.parametrize("name", ["店", "示例县" + "城关街道人民路老字号传统糕点食品" * 4 + "有限公司", "A&B<店>\x00"])
@pytest.mark.parametrize("build", [certificate, plaque])
def test_any_name_fits(build, name):
    said = read(build(replace(PAPER, business=name), DEFAULT)).replace("\n", "")
    assert name.replace("\x00", "") in said


def test_mark_long_name_and_code_stand_on_one_a4_page(lay_out):
    long = replace(PAPER, business="示例县城关街道人民路老字号传统糕点食品批发零售连锁经营管理有限公司第十二分公司", mark=qr_png("mark"))
    for pages in lay_out(certificate=certificate(long, DEFAULT), plaque=plaque(long, DEFAULT)).values():
        assert len(pages.texts()) == 1
