"""A unit's way in a real browser: it applies on a phone, is inspected, on notice, recognised, struck, removed, and back after its bar.

The public does its part on the public's own pages (tests/browser/shopkeeper.py says how).
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination.app import create_app
from coordination.demo.registry_schemes import mark_png
from coordination.demo.registry_units import code
from coordination.documents.certificate import qr_png
from coordination.transaction import transaction
from models import Business, Recognition
from models.base import db
from models.calendar import SHANGHAI
from tests.browser.county import at, config_of
from tests.browser.official import DESK, PHONE
from tests.browser.shopkeeper import appeals, applies, looks_around, objects, sits_down

NAME, SERIAL = "示例安吉日用品店", 901
APPLIED, RECOGNISED = at(6, 18, 9, 30), at(6, 29, 9)
AFTER_THE_BAR = datetime(2027, 7, 1, 9, tzinfo=SHANGHAI)


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Callable[[Callable[[Session], Any]], Any]]:
    """``street(ask)``: what the served county's database holds, which only a camera could read off a plaque."""
    app = create_app(config_of(tmp_path / "county"))

    def do(act: Callable[[Session], Any]) -> Any:
        with app.app_context(), transaction() as session:
            return act(session)

    yield do
    with app.app_context():
        db.engine.dispose()


def newest(session: Session) -> Recognition:
    """The newest recognition of the business this is about."""
    return session.scalars(select(Recognition).join(Business).where(Business.name == NAME).order_by(Recognition.id.desc())).first()


def forgive(person, words: str) -> None:
    """The browser complained of what the test brought about itself: a refusal, a cut connection."""
    person.complaints[:] = [said for said in person.complaints if words not in said]


def gives_full_marks(person) -> None:
    """Press 满分 for every item of the sheet."""
    for button in person.page.get_by_role("button", name=re.compile("^满分")).all():
        button.click()


def qr_codes(file: Path) -> list[bytes]:
    """The pictures printed in a document."""
    return [part.blob for part in docx.Document(str(file)).part.package.iter_parts() if part.partname.startswith("/word/media/")]


def test_a_unit_comes_onto_the_list_leaves_it_and_comes_back_after_its_bar(county, official, street, tmp_path):
    county.moves_to(APPLIED)
    shop = sits_down(official(None))
    secret = applies(shop, name=NAME, uscc=code(SERIAL), looks=True)
    shop.sees_heading(f"申报进度：{NAME}")
    looks_around(shop)

    liaison, office = official("liaison-SCJG"), official("office")
    liaison.page.set_viewport_size(PHONE)
    liaison.opens("/desk")
    liaison.follows(f"审核：{NAME}")
    liaison.presses("审核通过")
    liaison.goes("现场检查")
    liaison.sees_heading(f"认定检查：{NAME}")
    liaison.fits()
    liaison.finds_no_barrier()
    gives_full_marks(liaison)
    liaison.sees("已评8/8项，合计100分")
    liaison.presses("提交检查结果")
    liaison.sees("认定检查已收到：100分，达到要求")

    office.goes_to_desk()
    office.follows(f"发布公示：{NAME}")
    office.presses("发布公示")
    office.sees("已公示，至2026年6月26日")
    objects(shop, name=NAME, text="地址不实")
    office.goes_to_desk()
    office.follows(f"核实异议：{NAME}")
    office.chooses("核实结论", "异议不成立，继续公示和认定")
    office.fills(核实情况="到场核对，地址与执照一致。")
    office.presses("提交核实结论")
    office.sees("异议不成立，公示和认定继续")
    shop.page.reload()
    shop.sees("到场核对，地址与执照一致。")

    county.moves_to(RECOGNISED)
    approver = official("approver")
    approver.follows(f"认定：{NAME}")
    approver.sees("1件。不成立：到场核对，地址与执照一致。")
    approver.presses("认定为放心消费示范单位")
    approver.sees("已认定，证书号示放消2026-")
    with approver.page.expect_download() as download:
        approver.goes("下载标牌.docx")
    download.value.save_as(tmp_path / "plaque.docx")
    assert NAME in "".join(paragraph.text for paragraph in docx.Document(str(tmp_path / "plaque.docx")).paragraphs)
    plaque = f"/verify/{street(lambda session: newest(session).token)}"
    assert qr_png(f"{county.address}{plaque}") in qr_codes(tmp_path / "plaque.docx")
    shop.opens(f"/apply/{secret}")
    shop.sees("已认定")
    shop.opens(plaque)
    shop.sees_heading("有效")
    shop.sees(NAME)
    looks_around(shop)
    shop.opens(f"/units?q={NAME}")
    shop.sees("示放消2026-")

    office = official("office")
    office.opens("/registry/events/new")
    office.page.get_by_label("移出事由").select_option(label="列入严重违法失信名单")
    office.chooses("来源", "官方名单")
    office.fills(
        经营者名称=NAME, 统一社会信用代码=code(SERIAL), 列入或决定日期="2026-06-28", 文号="示严列字〔2026〕9号", 计入截止日期="2027-06-20"
    )
    office.presses("登记")
    office.sees(f"已移出名录：{NAME}")
    shop.page.reload()
    shop.sees("没有找到")
    shop.opens(plaque)
    shop.sees_heading("已移出名录")
    shop.sees("2027年6月30日起方可再申报")
    looks_around(shop)
    shop.opens("/units/removed")
    shop.sees(NAME)
    office.opens(f"/registry?view=recognised&q={NAME}")
    office.sees_no_row(NAME)
    office.opens("/registry/removals")
    office.sees_row(NAME, "列入严重违法失信名单", "不到1秒", "公示中")
    office.finds_no_barrier()

    receipt = appeals(shop, name=NAME, uscc=code(SERIAL), text="已整改")
    approver.goes_to_desk()
    approver.follows(f"复核申诉：{NAME}")
    approver.chooses("复核结论", "维持移出")
    approver.fills(答复意见="名单列入合法有效，维持移出。")
    approver.presses("答复申诉")
    approver.sees("已答复：维持移出")
    shop.opens("/receipts")
    shop.fills(查询码=receipt)
    shop.presses("查办理结果")
    shop.sees("名单列入合法有效，维持移出。")
    looks_around(shop)

    applies(shop, name=NAME, uscc=code(SERIAL))
    shop.sees("不能申报：因列入严重违法失信名单于2026年6月29日移出名录，2027年6月30日起方可再申报")
    looks_around(shop)
    forgive(shop, "422")
    forgive(shop, "410")
    county.moves_to(AFTER_THE_BAR)
    applies(sits_down(official(None)), name=NAME, uscc=code(SERIAL))
    liaison = official("liaison-SCJG")
    liaison.follows(f"审核：{NAME}")


def test_a_unit_of_the_joint_meeting_puts_a_business_forward(official):
    liaison = official("liaison-SCJG")
    liaison.page.set_viewport_size(PHONE)
    liaison.opens("/registry/new")
    liaison.fills(统一社会信用代码=code(SERIAL), 经营者名称=NAME, 经营地址="城东街道东升路9号")
    liaison.page.get_by_label(re.compile("^街道")).fill("城东街道")
    liaison.chooses("申报类别", "放心商店（县市场监管局）")
    liaison.presses("提交申报")
    liaison.sees("请县市场监管局审核")
    liaison.fits()


def of_the_sheet(person) -> None:
    """Open the inspection that waits in the demo, from the desk."""
    person.page.set_viewport_size(PHONE)
    person.opens("/desk")
    person.follows("现场检查：示例优品水果店")
    person.sees_heading("认定检查：示例优品水果店")


STORED = "Object.keys(localStorage).filter((key) => key.startsWith('inspection:')).length"


def test_what_was_typed_on_site_survives_leaving_and_a_lost_connection(official):
    liaison = official("liaison-SCJG")
    of_the_sheet(liaison)
    gives_full_marks(liaison)
    liaison.page.get_by_label(re.compile("^检查发现")).fill("价签一处不清")
    of_the_sheet(liaison)
    liaison.sees("已恢复上次填写、尚未提交的内容")
    assert liaison.page.get_by_label(re.compile("^检查发现")).input_value() == "价签一处不清"
    liaison.page.get_by_label(re.compile("^其他照片")).set_input_files({"name": "店面.png", "mimeType": "image/png", "buffer": mark_png()})
    liaison.page.context.set_offline(True)
    liaison.presses("提交检查结果")
    liaison.sees("没有网络，内容已存在本机，连上后自动发送")
    assert liaison.page.evaluate(STORED) == 1
    liaison.page.context.set_offline(False)
    liaison.sees("认定检查已收到：100分，达到要求")
    liaison.sees("价签一处不清")
    photo = liaison.page.get_by_role("link", name=re.compile("号照片")).get_attribute("href")
    assert liaison.page.context.request.get(f"{liaison.address}{photo}").headers["content-type"] == "image/jpeg"
    assert liaison.page.evaluate(STORED) == 0
    forgive(liaison, "ERR_INTERNET_DISCONNECTED")


def test_what_is_missing_is_said_at_its_item_and_nothing_is_lost(official):
    liaison = official("liaison-SCJG")
    of_the_sheet(liaison)
    gives_full_marks(liaison)
    first = liaison.page.locator("input[name^=points-]").first
    first.fill("")
    liaison.presses("提交检查结果")
    liaison.sees("还有1项需要更正")
    expect(first).to_be_focused()
    first.fill("0")
    liaison.presses("提交检查结果")
    liaison.sees("认定检查已收到：90分")
    forgive(liaison, "422")


def test_an_inspection_is_sent_without_scripts(official):
    liaison = official("liaison-SCJG", java_script_enabled=False)
    of_the_sheet(liaison)
    for field in liaison.page.locator("input[name^=points-]").all():
        field.fill(field.get_attribute("max"))
    liaison.presses("提交检查结果")
    liaison.sees("认定检查已收到：100分")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_registrys_pages_fit_and_have_no_barrier(official, size):
    office = official("office")
    office.page.set_viewport_size(size)
    for path in ("", "/events", "/proposals", "/removals", "/appeals", "/measures", "/feedback", "/board", "/schemes", "/new"):
        office.opens(f"/registry{path}")
        office.fits()
        office.finds_no_barrier()
    office.opens("/registry?q=示例明亮眼镜店")
    office.follows("示例明亮眼镜店")
    office.sees_heading("示例明亮眼镜店")
    office.finds_no_barrier()
