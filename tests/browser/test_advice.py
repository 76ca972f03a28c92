"""A suggestion in a real browser: taken, overridden with its reason, missing; then the override is learned, and taken back."""

from datetime import timedelta
from pathlib import Path

import xlsxwriter

from tests.browser.county import START, at

MORNING = at(6, 18, 9, 30)
HEADS = ("登记编号", "类型", "接收时间", "企业名称", "诉求内容", "具体问题")
FOOD, UNCLEAR = "在超市买到过期食品，食品已经变质，要求按食品安全法赔偿。", "昨天的事情一直没有人来处理。"
REASON = "研学旅行由文旅部门主管"
CAMP = "暑期研学营临时改行程，研学课程没有上，营地不肯退研学费用。"


def export(file: Path) -> Path:
    """A table of complaints: one matter whose duty is plain, one nobody can judge, and several of a matter no duty names."""
    texts = [FOOD, UNCLEAR, *(f"{CAMP}第{n}营地。" for n in range(1, 14))]
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("导出")
        sheet.write_row(0, 0, HEADS)
        for line, text in enumerate(texts, start=1):
            sheet.write_row(line, 0, (f"33070020260617{line:05}", "投诉", "2026-06-17 10:00", f"示例商户{line}", "退款", text))
    return file


def number(line: int) -> str:
    """登记编号 of a line of the table."""
    return f"33070020260617{line:05}"


def opens_assigning(router, line: int) -> None:
    """The page 分派 of that case."""
    router.opens("/complaints")
    router.fills(登记编号或关键词=number(line))
    router.presses("查询")
    router.goes("分派")


def test_suggestions_are_taken_overridden_learned_and_taken_back(county, official, tmp_path):
    county.moves_to(MORNING)
    router = official("router")
    router.goes("导入")
    router.page.set_input_files("input[type=file]", export(tmp_path / "导出.xlsx"))
    router.presses("上传并核对")
    router.presses("导入15件")
    router.sees("导入完成：新登记15件")
    county.runs_jobs(START + timedelta(minutes=35))  # the first version: old texts, and what the county confirmed before

    opens_assigning(router, 1)
    router.sees("县市场监管局 把握")
    router.sees("职责：")
    assert router.page.locator("mark").count() > 0
    router.finds_no_barrier()
    router.presses("分派给所选单位")
    router.sees("已分派给县市场监管局")

    opens_assigning(router, 2)
    router.sees("把握不足，请人工判断")
    assert router.page.locator("input[name=lead_id]:checked").count() == 0
    router.chooses("主办单位", "县经济商务局")
    router.presses("分派给所选单位")
    router.sees("已分派给县经济商务局")

    opens_assigning(router, 3)
    preset = router.page.locator("input[name=lead_id]:checked").count()
    router.chooses("主办单位", "县文旅局")
    if preset:
        router.presses("分派给所选单位")
        router.sees("没有采用建议的单位，请写明理由")
    router.fills(不采用建议的理由=REASON)
    router.presses("分派给所选单位")
    router.sees("已分派给县文旅局")
    router.opens("/complaints")
    for line in range(4, 15):
        router.page.get_by_label(f"选择{number(line)}").check()
    router.presses("分派给同一单位…")
    router.chooses("主办单位", "县文旅局")
    router.fills(不采用建议的理由=REASON)
    router.presses("分派11件")
    router.sees_heading("分派队列")
    router.goes("分派队列", "分派建议")
    router.presses("重新学习")
    router.sees("已安排重新学习")
    county.runs_jobs(MORNING + timedelta(minutes=10))
    county.moves_to(MORNING + timedelta(minutes=15))
    router.opens("/complaints/advice")
    router.finds_no_barrier()
    opens_assigning(router, 15)
    router.sees("县文旅局 把握")
    router.sees("相似：已确认的相近投诉")
    assert router.page.locator("input[name=lead_id]:checked").count() == 1

    router.goes("分派队列", "分派建议")
    router.page.get_by_role("row").filter(has_text="可改用").get_by_role("link").first.click()
    router.sees("建议不同的投诉举报")
    router.presses("改用这一版")
    router.sees("现用第1版")
    opens_assigning(router, 15)
    assert "已确认的相近投诉12件" not in router.page.inner_text("main")
