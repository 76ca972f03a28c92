"""Sample papers, the parts of a made .docx, and its pages as LibreOffice lays them out."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx.oxml import parse_xml
from pypdf import PdfReader

from coordination.documents import blocks, foot, tables
from coordination.documents.decisions import Decision
from coordination.documents.fonts import DEFAULT
from coordination.documents.minutes import Attendance, MinutesPaper, Section
from coordination.documents.sheet import Properties, Sheet, new_sheet

UNITS = (
    "县市场监督管理局 县发展和改革局 县教育局 县公安局 县司法局 县人力资源和社会保障局 县住房和城乡建设局 县交通运输局 "
    "县商务局 县文化和旅游局 县卫生健康局 县农业农村局 县体育局 县人民法院"
)


def _paper(**changes) -> MinutesPaper:
    facts = {
        "mark": "示例县消费者权益保护工作联席会议纪要",
        "number": "〔2026〕3号",
        "issuer": "示例县市场监督管理局办公室",
        "issued_on": date(2026, 7, 3),
        "title": "示例县消费者权益保护工作联席会议2026年第2次会议纪要",
        "opening": "2026年6月30日，召集人丙主持召开2026年第2次联席会议，听取了“上次会议议定事项”落实情况。现纪要如下：",
        "sections": (
            Section("上次会议议定事项落实情况", ("会议听取了汇报。",), (Decision("同意销号6项", "县教育局", (), "2026年9月30日"),)),
            Section(
                "预付式消费投诉集中问题",
                ("会议指出，今年以来共接到投诉37件。",),
                (
                    Decision("由县商务局牵头，县文旅局配合，于9月底前完成备案", "县商务局", ("县文化和旅游局",), "2026年9月30日"),
                    Decision("开展专项检查。检查结果向社会公示", "县教育局", ("县公安局",), "2026年8月31日", "检查情况通报"),
                ),
            ),
        ),
        "present": tuple(Attendance(unit, f"代表{at}") for at, unit in enumerate(UNITS.split(), start=1)),
        "on_leave": (Attendance("县财政局", "孙某"),),
        "guests": (Attendance("县消费者权益保护委员会", "韩某"),),
        "copies_to": "县人民政府办公室，各成员单位，各乡镇人民政府、街道办事处",
        "printed_by": "示例县市场监督管理局办公室",
        "printed_on": date(2026, 7, 3),
        "author": "示例县市场监督管理局",
        "subject": "会议纪要",
    }
    return MinutesPaper(**(facts | changes))


def _short_paper(**changes) -> MinutesPaper:
    """Minutes that fit on one page."""
    facts = {
        "mark": "会议纪要",
        "title": "第2次会议纪要",
        "opening": "会议研究了预付式消费。",
        "sections": (),
        "present": (Attendance("县教育局", "李某"),),
        "on_leave": (),
        "guests": (),
        "copies_to": "",
    }
    return _paper(**(facts | changes))


def _long_paper(items: int = 20, **changes) -> MinutesPaper:
    """Minutes of so many items, about half a page each."""
    said = "会议指出，今年以来全县共接到此类投诉37件，比上年同期增加26件，主要集中在校外培训、体育健身和美容美发行业。"
    agreed = (
        Decision("由县商务局牵头，县文旅局配合，于9月底前完成备案", "县商务局", ("县文化和旅游局",), "2026年9月30日"),
        Decision("开展专项检查", "县教育局", ("县公安局",), "2026年10月31日", "检查情况通报"),
    )
    sections = tuple(Section(f"关于第{at}项重点领域消费纠纷源头治理的议题", (said,), agreed) for at in range(1, items + 1))
    return _paper(sections=sections, **changes)


@pytest.fixture(scope="session")
def make_paper() -> Callable[..., MinutesPaper]:
    """Minutes of a usual meeting; keyword arguments change single facts."""
    return _paper


@pytest.fixture(scope="session")
def make_short_paper() -> Callable[..., MinutesPaper]:
    """Minutes that fit on one page."""
    return _short_paper


@pytest.fixture(scope="session")
def make_long_paper() -> Callable[..., MinutesPaper]:
    """Minutes of twenty items unless told otherwise."""
    return _long_paper


def _sheet() -> Sheet:
    return new_sheet(DEFAULT, Properties(title="样张", author="县局", day=date(2026, 1, 1)))


@pytest.fixture
def sheet() -> Sheet:
    """An empty paper."""
    return _sheet()


@pytest.fixture(scope="session")
def sampler() -> Sheet:
    """One paper with every block there is."""
    made = _sheet()
    foot.page_numbers(made)
    blocks.red_mark(made, "示例县市场监督管理局文件")
    blocks.number_line(made, "示市监消〔2026〕12号")
    blocks.issuer_line(made, "办公室", "2026年1月1日")
    blocks.red_rule(made)
    blocks.title(made, "关于召开示例县消费者权益保护工作联席会议2026年第3次全体会议的通知")
    blocks.text(made, "中" * 280)
    blocks.lead_in(made, "工作安排：")
    for level in (1, 2, 3, 4):
        blocks.heading(made, level, 1, "标题")
    blocks.heading(made, 2, 2, "工作重点。", "一是加强领导。")
    blocks.people_list(made, "出席", ["县教育局　李某"], first=True)
    blocks.attachments(made, ["会议议程", "名单"])
    blocks.signature(made, "示例县市场监督管理局", "2026年12月31日")
    blocks.note(made, "联系人：张某")
    rows = [[str(number), "由县商务局牵头，县文化和旅游局配合，于9月底前完成经营者备案", "县商务局\n县文旅局"] for number in range(1, 31)]
    tables.table(made, ["序号", "议定事项", "单位"], rows, [1, 6, 3])
    foot.imprint(made, printed_by="办公室", printed_on="2026年1月1日", copies_to="各成员单位")
    return made


@dataclass(frozen=True)
class Parts:
    """The XML parts of a .docx by name, parsed."""

    raw: dict[str, bytes]

    def __getitem__(self, name: str):
        return parse_xml(self.raw[f"word/{name}.xml"])

    def xml(self) -> dict:
        """Every XML part but the relations, parsed."""
        return {name: parse_xml(data) for name, data in self.raw.items() if name.endswith(".xml")}


@pytest.fixture(scope="session")
def parts() -> Callable[[bytes], Parts]:
    """Take a .docx apart."""

    def take_apart(file: bytes) -> Parts:
        with ZipFile(BytesIO(file)) as archive:
            return Parts({name: archive.read(name) for name in archive.namelist()})

    return take_apart


@dataclass(frozen=True)
class Pages:
    """A .docx laid out by LibreOffice."""

    pdf: Path

    def texts(self) -> list[str]:
        """The embedded text of each page without blanks."""
        return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(self.pdf).pages]

    def sizes(self) -> set[tuple[int, int]]:
        """The sizes of the pages in mm."""
        return {
            (round(float(page.mediabox.width) / 72 * 25.4), round(float(page.mediabox.height) / 72 * 25.4))
            for page in PdfReader(self.pdf).pages
        }

    def words(self, page: int) -> list[tuple[float, float, str]]:
        """Top, bottom (mm from the page's top) and text of each word on a page (1 is the first)."""
        html = subprocess.run(
            ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), self.pdf, "-"], capture_output=True, check=True, encoding="utf-8"
        ).stdout
        found = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)', html)
        return [(float(top) / 72 * 25.4, float(bottom) / 72 * 25.4, word) for top, bottom, word in found]

    def ink(self, page: int, *, red: bool = False, dpi: int = 200) -> list[tuple[float, float, float, float]]:
        """Bands of dark or red ink on a page as top, bottom, left, right in mm."""
        command = ["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), self.pdf]
        picture = subprocess.run(command, capture_output=True, check=True).stdout
        width, height = map(int, picture.split(None, 3)[1:3])
        pixels = picture[-width * height * 3 :]
        bands: list[list[int]] = []
        for y in range(height):
            row = pixels[y * width * 3 : (y + 1) * width * 3]
            marks = [x for x in range(width) if row[3 * x + 1] < 110 and (row[3 * x] > 150) == red]
            if marks and bands and bands[-1][1] == y:
                bands[-1] = [bands[-1][0], y + 1, min(bands[-1][2], marks[0]), max(bands[-1][3], marks[-1] + 1)]
            elif marks:
                bands.append([y, y + 1, marks[0], marks[-1] + 1])
        return [(*(edge * 25.4 / dpi for edge in band),) for band in bands]  # type: ignore[misc]


@pytest.fixture(scope="session")
def lay_out(tmp_path_factory) -> Callable[..., dict[str, Pages]]:
    """Lay out files, given by name, in one run of LibreOffice with a profile of its own."""
    missing = [program for program in ("soffice", "pdftotext", "pdftoppm") if not shutil.which(program)]
    if missing:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up(f"pages cannot be looked at: {', '.join(missing)} missing (packages libreoffice-writer-nogui, poppler-utils)")
    profile = tmp_path_factory.mktemp("profile")

    def convert(**files: bytes) -> dict[str, Pages]:
        folder = tmp_path_factory.mktemp("pages")
        for name, file in files.items():
            (folder / f"{name}.docx").write_bytes(file)
        command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
        command += [str(folder / f"{name}.docx") for name in files]
        done = subprocess.run(command, capture_output=True, check=False, timeout=180, env=os.environ | {"HOME": str(profile)})
        pages = {name: Pages(folder / f"{name}.pdf") for name in files}
        assert all(one.pdf.exists() for one in pages.values()), done.stderr.decode(errors="replace")
        return pages

    return convert
