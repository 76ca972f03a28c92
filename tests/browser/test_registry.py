"""A unit's way in a real browser: put forward on a phone, inspected, on notice, recognised, struck, removed, and back after its bar.

What the public does is done through the services here; its pages have tests of their own (tests/portal).
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
from coordination.permissions import PUBLIC
from coordination.registry import appeals, public, service
from coordination.registry.public import Answer
from coordination.transaction import transaction
from models import Business, Recognition, Removal
from models.base import db
from models.calendar import SHANGHAI, local_date
from tests.browser.county import at, config_of
from tests.browser.official import DESK, PHONE

NAME, SERIAL = "示例安吉日用品店", 901
APPLIED, RECOGNISED = at(6, 18, 9, 30), at(6, 29, 9)
AFTER_THE_BAR = datetime(2027, 7, 1, 9, tzinfo=SHANGHAI)


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Callable[[Callable[[Session], Any]], Any]]:
    """``street(act)``: somebody from the street does or asks something of the served county's database."""
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


def puts_forward(person) -> None:
    """Fill in the page 推荐申报 and hand it in."""
    person.opens("/registry/new")
    person.fills(统一社会信用代码=code(SERIAL), 经营者名称=NAME, 经营地址="城东街道东升路9号")
    person.page.get_by_label(re.compile("^街道")).fill("城东街道")
    person.chooses("申报类别", "放心商店（县市场监管局）")
    person.presses("提交申报")


def gives_full_marks(person) -> None:
    """Press 满分 for every item of the sheet."""
    for button in person.page.get_by_role("button", name=re.compile("^满分")).all():
        button.click()


def test_a_unit_comes_onto_the_list_leaves_it_and_comes_back_after_its_bar(county, official, street, tmp_path):
    county.moves_to(APPLIED)
    liaison, office = official("liaison-SCJG"), official("office")
    liaison.page.set_viewport_size(PHONE)
    puts_forward(liaison)
    liaison.sees("请县市场监管局审核")
    liaison.fits()
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
    street(lambda s: service.object_to(s, actor=PUBLIC, recognition_id=newest(s).id, text="地址不实", contact="", now=APPLIED).id)
    office.goes_to_desk()
    office.follows(f"核实异议：{NAME}")
    office.chooses("核实结论", "异议不成立，继续公示和认定")
    office.fills(核实情况="到场核对，地址与执照一致。")
    office.presses("提交核实结论")
    office.sees("异议不成立，公示和认定继续")

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
    token = street(lambda s: newest(s).token)
    assert street(lambda s: public.verify(s, token, local_date(RECOGNISED)).answer) == Answer.VALID

    office = official("office")
    office.opens("/registry/events/new")
    office.page.get_by_label("移出事由").select_option(label="列入严重违法失信名单")
    office.chooses("来源", "官方名单")
    office.fills(
        经营者名称=NAME, 统一社会信用代码=code(SERIAL), 列入或决定日期="2026-06-28", 文号="示严列字〔2026〕9号", 计入截止日期="2027-06-20"
    )
    office.presses("登记")
    office.sees(f"已移出名录：{NAME}")
    assert street(lambda s: public.verify(s, token, local_date(RECOGNISED)).answer) == Answer.GONE
    office.opens(f"/registry?view=recognised&q={NAME}")
    office.sees_no_row(NAME)
    office.opens("/registry/removals")
    office.sees_row(NAME, "列入严重违法失信名单", "不到1秒", "公示中")
    office.finds_no_barrier()

    def appeal(session: Session) -> None:
        removal = session.scalars(select(Removal).where(Removal.name == NAME)).one()
        appeals.lodge(session, actor=PUBLIC, removal_id=removal.id, text="已整改", contact="", now=RECOGNISED)

    street(appeal)
    approver.goes_to_desk()
    approver.follows(f"复核申诉：{NAME}")
    approver.chooses("复核结论", "维持移出")
    approver.fills(答复意见="名单列入合法有效，维持移出。")
    approver.presses("答复申诉")
    approver.sees("已答复：维持移出")

    liaison = official("liaison-SCJG")
    puts_forward(liaison)
    liaison.sees("2027年6月30日起方可再申报")
    forgive(liaison, "422")
    county.moves_to(AFTER_THE_BAR)
    liaison = official("liaison-SCJG")
    puts_forward(liaison)
    liaison.sees("请县市场监管局审核")


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
