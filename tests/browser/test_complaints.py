"""A complaint's way in a real browser, from the export of 12315 to the call that ends it; a report and a query go theirs."""

import re
from pathlib import Path

import docx
import xlsxwriter

from tests.browser.county import at
from tests.browser.office import opens_in_libreoffice

PHONE = "13812345678"
HEADS = ("登记编号", "类型", "接收方式", "接收时间", "投诉人", "联系电话", "企业名称", "企业地址", "诉求内容", "具体问题")
COMPLAINT, REPORT, QUERY = "3307002026061700001", "3307002026061700002", "3307002026061700003"
MORNING = at(6, 18, 9, 30)


def export(file: Path) -> Path:
    """What 12315 hands over, with one row that cannot be taken."""
    rows = (
        (COMPLAINT, "投诉", "2026-06-17 10:00", "张三丰", "示例青松托管班", "退费", f"托管班停办，不退余款。联系张三丰{PHONE}"),
        (REPORT, "举报", "2026-06-17 11:00", "李四光", "示例康康保健品店", "", "店员称保健品能治病。"),
        (QUERY, "咨询", "2026-06-17 12:00", "王五", "", "", "预付卡余额怎样退。"),
        ("3307002026061700004", "投诉", "很久以前", "赵六", "某店", "退款", "时间写错的一行。"),
    )
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("导出")
        for at_, head in enumerate(HEADS):
            sheet.write_string(0, at_, head)
        for line, (number, kind, when, who, target, asks, text) in enumerate(rows, start=1):
            for at_, cell in enumerate((number, kind, "全国12315平台", when, who, PHONE, target, "城东街道", asks, text)):
                sheet.write_string(line, at_, cell)
    return file


class Papers:
    """Makes the papers a page offers and opens each."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, {}

    def makes(self, person, *names: str) -> None:
        """Each of these, as somebody downloads it, and read back."""
        home = person.page.url
        for name in names:
            person.opens(home.removeprefix(person.address))
            person.goes(f"{name}…")
            with person.page.expect_download() as download:
                person.presses(f"下载{name}.docx")
            file = self.folder / f"{len(self.made)}.docx"
            download.value.save_as(file)
            self.made[name] = file
            assert PHONE not in download.value.suggested_filename
            assert self.text(name)
        person.opens(home.removeprefix(person.address))

    def text(self, name: str) -> str:
        """All that is written on one."""
        return "".join(part.text or "" for part in docx.Document(str(self.made[name])).element.body.iter() if part.tag.endswith("}t"))


def opens_case(person, number: str) -> None:
    """By its number, from the queue."""
    person.opens("/complaints")
    person.fills(登记编号或关键词=number)
    person.presses("查询")


def assigns(router, unit: str) -> None:
    """分派 to that unit; with a reason, which counts where another was suggested."""
    router.goes("分派")
    box = router.page.get_by_role("group", name="主办单位")
    radio = box.get_by_label(re.compile(rf"^{unit}( 把握.*)?$"))
    box.wait_for()  # where no unit is sure enough the others are open already: a press before the page stands would close them
    if not radio.is_visible():
        box.get_by_text("其他单位").click()
    radio.check()
    router.fills(不采用建议的理由="按机构职责")
    router.presses("分派给所选单位")


def test_a_complaint_is_imported_disputed_settled_and_called_about(county, official, tmp_path):
    county.moves_to(MORNING)
    papers = Papers(tmp_path)
    router = official("router")
    router.goes("导入")
    router.page.set_input_files("input[type=file]", export(tmp_path / "导出.xlsx"))
    router.presses("上传并核对")
    router.sees("读取4行：新登记3件，更新0件，未变0件，不能导入1行")
    router.finds_no_barrier()
    assert PHONE not in router.page.content()
    router.presses("导入3件")
    router.sees("导入完成：新登记3件")
    router.goes("查看导入结果")
    router.sees("无法识别")

    opens_case(router, COMPLAINT)
    router.sees("待分派")
    router.finds_no_barrier()
    papers.makes(router, "投诉登记表")
    assert "张三丰" in papers.text("投诉登记表")
    assigns(router, "县教育局")
    router.sees("已分派给县教育局")

    education, market = official("liaison-JYJ"), official("liaison-SCJG")
    education.goes_to_desk()
    education.follows("签收：示例青松托管班")
    education.goes("退回分派中心…")
    education.fills(不属本单位职责的理由="未取得办学许可，不属校外培训")
    education.presses("退回分派中心")
    education.sees("已退回分派中心，现为“已退回”")
    opens_case(router, COMPLAINT)
    router.sees("县教育局退回：未取得办学许可")
    assigns(router, "县市场监管局")
    market.goes_to_desk()
    market.follows("签收：示例青松托管班")
    market.goes("退回分派中心…")
    market.fills(不属本单位职责的理由="应由教育部门牵头")
    market.presses("退回分派中心")
    market.sees("现为“职责争议”")
    opens_case(router, COMPLAINT)
    router.presses("提请联席会议议定")
    router.sees("已提请县联席会议议定，等联席会议办公室审议")
    router.sees("联席会议议题")
    router.goes("记录指定结果")
    router.chooses("指定办理单位", "县市场监管局")
    router.chooses("指定机关", "联席会议")
    router.fills(会议纪要或文件文号="纪要〔2026〕2号")
    router.presses("记录指定结果")
    router.sees("该单位不能再退回")

    county.moves_to(at(6, 22, 9))
    router, market = official("router"), official("liaison-SCJG")  # yesterday's sessions have ended
    opens_case(market, COMPLAINT)
    market.sees("依据联席会议纪要〔2026〕2号指定由本单位办理，不能退回")
    market.presses("签收")
    market.goes("受理")
    market.presses("受理")
    market.sees("已受理，请告知投诉人")
    market.goes("组织调解")
    market.fills(时间和地点="6月24日，县市场监管局二楼")
    market.presses("组织调解")
    papers.makes(market, "投诉受理决定书", "投诉调解通知书")
    market.goes("登记调解达成")
    market.fills(调解结果="退还余款1,200元，当场履行。")
    market.presses("登记调解达成")
    market.sees("已登记调解结果")
    papers.makes(market, "投诉调解书")
    market.presses("办结")
    market.sees("已办结")
    market.finds_no_barrier()

    router.opens("/complaints/calls")
    router.follows(COMPLAINT)
    router.chooses("是否联系上", "联系上")
    router.chooses("是否解决", "已解决")
    router.chooses("是否满意", "满意")
    router.presses("登记回访")
    router.sees("已登记回访：已解决，满意")
    assert all(opens_in_libreoffice(file) in (True, None) for file in papers.made.values())


def test_a_report_and_a_query_go_their_own_ways(county, official, tmp_path):
    county.moves_to(MORNING)
    papers = Papers(tmp_path)
    router, market = official("router"), official("liaison-SCJG")
    router.goes("导入")
    router.page.set_input_files("input[type=file]", export(tmp_path / "导出.xlsx"))
    router.presses("上传并核对")
    router.presses("导入3件")
    router.sees("导入完成")
    for number in (REPORT, QUERY):
        opens_case(router, number)
        assigns(router, "县市场监管局")
        router.sees("已分派给县市场监管局")

    opens_case(market, REPORT)
    market.presses("签收")
    market.sees("已签收")
    market.presses("开始核查")
    market.goes("登记核查结果")
    market.chooses("核查结论", "立案")
    market.fills(案号="示市监立〔2026〕9号", 核查情况="宣传用语无依据。")
    market.presses("登记核查结果")
    papers.makes(market, "举报登记表", "举报处理结果告知书")
    market.presses("登记已告知举报人")
    market.presses("办结")
    market.sees("已办结")

    opens_case(market, QUERY)
    market.presses("签收")
    market.goes("答复咨询")
    market.fills(答复内容="可向发卡经营者申请退还余额。")
    market.presses("答复咨询")
    papers.makes(market, "咨询答复书")
    market.presses("办结")
    market.sees("已办结")
    opens_case(router, REPORT)
    router.sees("已办结")
    assert "李四光" not in router.page.content()
    assert all(opens_in_libreoffice(file) in (True, None) for file in papers.made.values())
