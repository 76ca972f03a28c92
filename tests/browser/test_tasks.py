"""Follow-up in a real browser: a report with its file, sent back, done again and closed; an overdue task at the top of the ladder."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from docx import Document

from tests.browser.county import at
from tests.browser.office import opens_in_libreoffice

TOP_MORNING = at(6, 29, 8, 30)  # the sixth working day after 18 June


@dataclass(frozen=True)
class Mechanism:
    """Whose task it is, and what stands at the top of its ladder."""

    tab: str
    lead: tuple[str, str]
    convenor: str
    paper: str


COUNTY = Mechanism("县联席会议", ("liaison-JYJ", "县教育局"), "convenor", "报请县政府督查的请示")
SECTIONS = Mechanism("股室联席会议", ("liaison-ZHZX", "12315指挥中心"), "deputy", "通报批评")


def gives(office, mechanism: Mechanism, title: str, due: str) -> None:
    """The office hands a task down."""
    office.goes("督办", "新建任务")
    office.goes(mechanism.tab)
    office.fills(任务来源="县政府交办", 任务名称=title, 成果="清单", 完成时限=due)
    office.chooses("牵头单位", mechanism.lead[1])
    office.presses("下达任务")
    office.sees("已下达任务〔2026〕临-")


def test_a_report_with_a_file_is_sent_back_reported_again_and_closed(official, tmp_path: Path):
    office, lead = official("office"), official("liaison-JYJ")
    title = "核对预收费机构名单"
    gives(office, COUNTY, title, "2026-06-24")
    lead.goes_to_desk()
    lead.presses("签收", within=lead.sees_row(f"签收：{title}"))

    def reports(words: str, evidence: Path | None = None) -> None:
        lead.goes_to_desk()
        lead.page.get_by_role("main").get_by_role("link", name=title).first.click()
        lead.fills(进展情况=words, 完成比例="100")
        if evidence is not None:
            lead.page.get_by_label("佐证材料").set_input_files(evidence)
        lead.page.get_by_label("任务已全部完成，报结").check()
        lead.finds_no_barrier()
        lead.presses("填报进展")

    file = tmp_path / "名单.pdf"
    file.write_bytes(b"%PDF-1.7\n")
    reports("名单已核对。", file)
    lead.sees("已报结，等办公室核验")
    office.goes_to_desk()
    office.follows(f"核验销号：{title}")
    with office.page.expect_download() as waiting:
        office.follows("名单.pdf")
    assert waiting.value.suggested_filename == "名单.pdf"
    office.goes("退回重办…")
    office.fills(退回原因="缺乡镇名单", 新的完成时限="2026-06-26")
    office.presses("退回重办")
    reports("已补乡镇名单。")
    office.goes_to_desk()
    office.follows(f"核验销号：{title}")
    office.goes("核验销号…")
    office.fills(核验意见="名单齐全")
    office.presses("销号")
    office.sees("已销号")
    office.goes("督办", "台账")
    office.sees_row(title, "已补乡镇名单", "2026年6月18日销号")
    office.finds_no_barrier()


@pytest.mark.parametrize("mechanism", [COUNTY, SECTIONS], ids=["county", "sections"])
def test_an_overdue_task_comes_to_the_top_and_the_convenor_refuses_a_draft_and_then_approves(mechanism, county, official, tmp_path: Path):
    title = "报送机构名单"
    gives(official("office"), mechanism, title, "2026-06-18")
    county.moves_to(TOP_MORNING)
    assert county.runs_jobs(TOP_MORNING)["task_ladder"] > 0
    office, convenor, lead = (official(name) for name in ("office", mechanism.convenor, mechanism.lead[0]))
    office.goes_to_desk()
    office.follows(f"报请批准{mechanism.paper}：{title}")
    office.finds_no_barrier()
    office.presses("报请召集人批准")
    office.sees("已报请召集人批准")
    convenor.goes_to_desk()
    convenor.follows(f"批准{mechanism.paper}：{title}")
    convenor.goes("不予批准…")
    convenor.fills(不予批准的原因="先约谈一次")
    convenor.presses("不予批准")
    convenor.sees("未批准，已告知办公室")
    office.goes_to_desk()
    office.follows(f"修改{mechanism.paper}：{title}")
    office.sees("先约谈一次")
    office.goes("修改文字…")
    text = office.page.get_by_label("正文").input_value()
    office.fills(正文=f"{text}\n已于6月29日约谈。")
    office.presses("保存文书")
    office.presses("再报请召集人批准")
    convenor.goes_to_desk()
    convenor.follows(f"批准{mechanism.paper}：{title}")
    convenor.goes("审阅并批准…")
    convenor.sees("已于6月29日约谈。")
    convenor.presses("批准并编号")
    convenor.sees("可以发出")
    office.goes_to_desk()
    office.follows(f"发出{mechanism.paper}：{title}")
    with office.page.expect_download() as waiting:
        office.follows("下载Word")
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert "已于6月29日约谈。" in "\n".join(paragraph.text for paragraph in Document(str(file)).paragraphs)
    assert opens_in_libreoffice(file) in (None, True)
    office.goes("发出…")
    office.presses("发出文书")
    office.sees("已发出")
    if mechanism is SECTIONS:
        lead.goes_to_desk()
        lead.follows(f"签收通报批评：{title}")
        lead.goes("签收文书…")
        lead.presses("签收文书")
        lead.sees("已签收通报批评（示市监股联〔2026〕2号）")
