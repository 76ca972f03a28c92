"""Every public page without scripts, without a barrier, on a phone and a desk; and the ways through the forms."""

import pytest

from tests.browser.official import DESK, PHONE
from tests.registry.county import code

PAGES = {
    "home": "/",
    "who": "/who",
    "who by words": "/who?q=零售店",
    "who by class": "/who?subject=1",
    "who too short": "/who?q=购",
    "who nobody": "/who?q=航空母舰",
    "list": "/units",
    "found": "/units?q=惠民",
    "nothing found": "/units?q=预付",
    "too short": "/units?q=惠",
    "as of a day": "/units?on=2026-07-01",
    "a day to come": "/units?on=2027-07-01",
    "unit": "/units/{p.shop}",
    "mending unit": "/units/{p.mending}",
    "removed unit": "/units/{p.removed}",
    "removed": "/units/removed",
    "notice": "/units/notice",
    "progress": "/units/progress",
    "wall": "/units/wall",
    "verify help": "/verify",
    "valid": "/verify/{p.token}",
    "gone": "/verify/{p.removed_token}",
    "unknown": "/verify/ffffffffffffffffffffffffffffffff",
    "review": "/verify/{p.token}/review",
    "feedback": "/feedback",
    "feedback on a unit": "/units/{p.shop}/feedback?kind=mismatch",
    "objection": "/units/notice/{p.noticed}/objection",
    "appeal": "/appeals",
    "receipts": "/receipts",
    "apply": "/apply",
    "open data": "/open",
    "narrowed": "/units?category=1&street=城关街道",
    "no such unit": "/units/999999",
    "accessibility": "/accessibility",
}


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
def test_every_page_fits_and_has_no_barrier(street, passer, scripts):
    reader = passer(java_script_enabled=scripts)
    for name, path in PAGES.items():
        reader.page.set_viewport_size(PHONE)
        reader.opens(path.format(p=street[1]))
        assert reader.page.locator("h1").count() == 1, name
        if scripts:
            reader.fits()
            reader.finds_no_barrier()
            reader.page.set_viewport_size(DESK)
            reader.fits()
            reader.finds_no_barrier()


def test_every_page_fits_in_the_largest_type(street, passer):
    reader = passer()
    reader.page.set_viewport_size(PHONE)
    reader.opens("/")
    reader.chooses_largest_type()
    for path in PAGES.values():
        reader.opens(path.format(p=street[1]))
        reader.fits()


def test_a_business_applies_on_a_phone_without_scripts(street, passer, tmp_path):
    shop = passer(java_script_enabled=False)
    shop.page.set_viewport_size({"width": 360, "height": 740})
    shop.opens("/apply")
    shop.presses("开始申报")
    secret = shop.page.locator(".secret").inner_text()
    shop.follows("1. 填写基本情况")
    shop.presses("保存并继续")
    shop.sees("有7处需要更正")
    shop.sees("请选择申报类别")
    shop.sees("请填写统一社会信用代码")
    shop.chooses("申报类别", "放心商店")
    shop.fills(经营者名称="江滨文具店", 统一社会信用代码=code(77)[:-1] + "0", 经营地址="江滨路7号")
    shop.presses("保存草稿，以后再填")
    shop.sees("填了一部分")

    shop.opens("/apply")
    shop.fills(查询码=f" {secret} ")
    shop.presses("打开我的申报")
    shop.follows("3. 核对并提交")
    shop.sees("还有3项没有填写")
    shop.follows("继续填写基本情况")
    shop.fills(**{"所在街道（乡镇）": "江滨街道"}, 联系人="李某", 联系电话="0579-7654321")
    shop.presses("保存并继续")
    shop.sees("校验位不符，请核对第18位")
    shop.fills(统一社会信用代码=code(77).lower())
    shop.presses("保存并继续")
    shop.sees_heading("上传材料")
    paper, note = tmp_path / "执照.pdf", tmp_path / "说明.txt"
    paper.write_bytes(b"%PDF-1.7 licence")
    note.write_text("不是材料")
    shop.chooses("材料名称", "营业执照")
    shop.page.get_by_label("文件").set_input_files(note)
    shop.presses("上传这份材料")
    shop.sees("材料只接收PDF、JPG、PNG文件")
    shop.page.get_by_label("文件").set_input_files(paper)
    shop.presses("上传这份材料")
    shop.sees("营业执照：执照.pdf")
    shop.follows("材料已传完，去核对")
    shop.presses("提交申报")
    shop.sees("请选择承诺事项")
    for box in shop.page.get_by_role("checkbox").all():
        box.check()
    shop.presses("提交申报")
    shop.sees_heading("申报进度：江滨文具店")
    shop.sees("正在审核申报材料")
    shop.opens(f"/apply/{secret}")
    shop.sees("待审核")


def test_the_list_is_narrowed_and_a_plaque_verified_without_scripts(street, passer):
    places = street[1]
    reader = passer(java_script_enabled=False)
    reader.page.set_viewport_size(PHONE)
    reader.opens("/")
    reader.goes("名录")
    reader.page.get_by_label("名称、地址、证书编号或拼音首字母").fill("惠民")
    reader.page.get_by_label("类别").select_option(label="放心商店")
    reader.presses("查询")
    reader.sees("惠民超市")
    assert reader.page.get_by_role("main").get_by_role("link", name="启航书店").count() == 0
    reader.follows("惠民超市")
    reader.sees_heading("惠民超市")
    for token, verdict in ((places.token, "有效"), (places.removed_token, "已移出名录"), ("f" * 32, "查无此码")):
        reader.opens(f"/verify/{token}")
        reader.sees_heading(verdict)


def test_feedback_objection_and_appeal_answer_with_a_receipt(street, passer):
    places = street[1]
    reader = passer(java_script_enabled=False)
    reader.opens(f"/verify/{places.token}")
    reader.sees("有效")
    reader.follows("不一致，我要反馈")
    reader.presses("提交反馈")
    reader.sees("请填写情况说明")
    reader.fills(情况说明="店名是另一家")
    reader.presses("提交反馈")
    reader.sees_heading("监督反馈已收到")
    reader.sees("反馈2026-1")
    reader.sees("12315")
    secret = reader.page.locator(".secret").inner_text()
    reader.opens("/receipts")
    reader.fills(查询码="f1-0000000000000000")
    reader.presses("查办理结果")
    reader.sees("没有这个查询码")
    reader.fills(查询码=secret)
    reader.presses("查办理结果")
    reader.sees("待答复")

    reader.opens("/units/notice")
    reader.follows("提出异议")
    reader.fills(异议内容="该店无证经营")
    reader.presses("提出异议")
    reader.sees_heading("公示异议已收到")
    reader.sees("待核实")

    reader.opens("/units/removed")
    reader.follows("经营者申诉")
    reader.fills(证书编号=places.removed_certificate, 统一社会信用代码=code(6), 申诉的事实和理由="名单有误", 联系人和电话="王某")
    reader.presses("提交申诉")
    reader.sees("没有与证书编号和统一社会信用代码都一致的移出记录")
    reader.fills(统一社会信用代码=places.removed_code)
    reader.presses("提交申诉")
    reader.sees_heading("申诉已收到")


def test_a_consumer_reviews_after_scanning_the_plaque(street, passer):
    reader = passer(java_script_enabled=False)
    reader.opens(f"/verify/{street[1].token}")
    reader.follows("评价这次消费")
    reader.presses("提交评价")
    reader.sees("请选择评分")
    reader.chooses("评分", "5分 很满意")
    reader.presses("提交评价")
    reader.sees("评价已收到")


def test_the_wall_turns_and_blanks_itself_when_the_server_is_silent(street, passer):
    watcher = passer()
    watcher.page.clock.install()
    watcher.opens("/units/wall")
    watcher.sees("数据截至")
    watcher.page.set_viewport_size({"width": 1366, "height": 420})
    first = watcher.page.locator("[data-wall-row]:visible").first.inner_text()
    watcher.page.clock.run_for(16_000)
    assert watcher.page.locator("[data-wall-row]:visible").first.inner_text() != first
    watcher.page.route("**/*", lambda route: route.abort())
    watcher.page.clock.run_for(70_000)
    watcher.sees("更新中断")
    assert watcher.page.locator("[data-wall-row]:visible").count() == 0
    watcher.page.unroute_all()
    watcher.page.clock.run_for(6_000)
    watcher.page.locator("[data-wall-row]:visible").first.wait_for()
    watcher.complaints.clear()  # what it says of the requests that were cut off
