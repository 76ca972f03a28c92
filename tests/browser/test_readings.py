"""Official sentences at a browser: typed, read while typing, corrected, confirmed, and a task with those fields at the end."""

from playwright.sync_api import expect

from tests.browser.county import at
from tests.browser.test_two_recorders import meeting_in_session

SENTENCE = "由有关部门牵头，县教育局、县文旅局配合，于9月底前完成备案清单。"
OTHER = "请县体育局牵头，县公安局配合，于7月20日前完成预付卡清查。"


def test_typed_read_corrected_confirmed_and_a_task_with_those_fields(county, official, tmp_path):
    meeting_id, items = meeting_in_session(tmp_path / "county")
    recorder = official("recorder")
    for item in items[:-1]:
        recorder.opens(f"/meetings/{meeting_id}/room?item={item}")
        recorder.chooses("本项结果", "已通报")
        recorder.presses("保存")
    recorder.opens(f"/meetings/{meeting_id}/room?item={items[-1]}")

    recorder.page.get_by_text("添加一条").first.click()
    recorder.page.get_by_label("议定事项").fill(SENTENCE)
    live = recorder.page.locator("[data-reading-of]")
    expect(live).to_contain_text("“有关部门”对应不到单位，请选择")
    expect(live.locator("mark").first).to_contain_text("县教育局")
    recorder.presses("保存这一条，以后确认")
    recorder.sees("已保存")
    recorder.finds_no_barrier()
    recorder.presses("改读法")
    recorder.chooses("牵头单位", "县市场监管局")
    recorder.presses("保存并确认这一条")
    recorder.sees("已保存并确认")

    recorder.page.get_by_text("添加一条").first.click()
    recorder.page.get_by_label("议定事项").fill(OTHER)
    expect(live).to_contain_text("2026年7月20日（周一）")
    recorder.presses("保存这一条，以后确认")
    recorder.goes("结束会议…")
    recorder.presses("结束会议")
    recorder.presses("汇编纪要")
    recorder.sees("条款 2条：已确认1，待确认1")
    recorder.sees("读法还没有确认")
    recorder.finds_no_barrier()
    recorder.presses("确认第")
    recorder.sees("已确认这一条")
    recorder.presses("重新汇编")
    recorder.presses("报请召集人签发")

    county.moves_to(at(6, 18, 11))
    convenor, office = official("convenor"), official("office")
    convenor.opens(f"/meetings/{meeting_id}/minutes")
    convenor.goes("审阅并签发纪要…")
    convenor.presses("签发纪要")
    convenor.sees("纪要已签发，编号")
    office.opens(f"/meetings/{meeting_id}/minutes")
    office.goes("印发纪要…")
    office.presses("印发纪要")
    office.sees("印发，文字和文件已锁定")
    office.goes("督办")
    office.sees_row("完成备案清单", "县市场监管局", "9月30日")
    office.sees_row("完成预付卡清查", "县体育局", "县公安局", "7月20日")

    office.goes("由文字登记任务")
    office.fills(任务来源="县政府交办", 文字="请县教育局于8月20日前报送培训机构名单。")
    office.presses("读出任务…")
    office.sees("①县教育局")
    office.finds_no_barrier()
    office.presses("下达勾选的任务")
    office.sees("已下达1项任务：任务〔2026〕临-")
    office.sees_row("报送培训机构名单", "县教育局", "8月20日")
