"""The pages of applications: the list, the gates, the inspection on a phone."""

from datetime import timedelta
from io import BytesIO

import docx
import pytest
from sqlalchemy import func, select

from coordination.permissions import PUBLIC, SYSTEM
from coordination.registry import service
from coordination.transaction import transaction
from models import (
    Inspection,
    Objection,
    Recognition,
    RecognitionStatus,
    Setting,
)
from tests.registry.county import OFFERED, RECOGNISED, code, hand_in, put_on_notice
from tests.registry.pages import hidden, links, main, on, points, status_of

S = RecognitionStatus

pytestmark = pytest.mark.usefixtures("no_tokens")


def test_an_application_goes_through_every_gate_by_its_pages(session, world, shop, sign_in):
    with on(OFFERED):
        unit, office = sign_in("liaison-SCJG"), sign_in("office")
        given = {"uscc": code(1), "name": "惠民超市", "address": "人民路18号", "street": "城关街道", "category_id": str(shop.id)}
        answer = unit.post("/registry/new", data=given, follow_redirects=True)
        assert "请县市场监管局审核" in main(answer)
        id_ = session.scalars(select(Recognition.id)).one()
        assert "惠民超市" in main(unit.get("/registry"))
        assert f"/registry/{id_}/review" in links(unit.get(f"/registry/{id_}"))
        assert "审核已通过" in main(unit.post(f"/registry/{id_}/review", data={"opinion": "齐全"}, follow_redirects=True))
        form = {**points(session), "inspected_on": "2026-06-18", "key": "k1", "finding": "好"}
        assert "达到要求" in main(unit.post(f"/registry/{id_}/inspect/first", data=form, follow_redirects=True))
        assert unit.post(f"/registry/{id_}/publish").status_code == 403
        assert "已公示，至2026年6月26日" in main(office.post(f"/registry/{id_}/publish", follow_redirects=True))
        assert office.get(f"/registry/{id_}/1.docx").status_code == 404
        assert office.get(f"/registry/{id_}/certificate.docx").status_code == 409
    with on(RECOGNISED):
        unit, approver = sign_in("liaison-SCJG"), sign_in("approver")
        page = approver.get(f"/registry/{id_}/recognise")
        assert "最近检查" in main(page)
        done = approver.post(f"/registry/{id_}/recognise", data=hidden(page), follow_redirects=True)
        assert "已认定，证书号示放消2026-0001" in main(done)
        for kind, word in (("certificate", "放心消费示范单位证书"), ("plaque", "惠民超市")):
            paper = docx.Document(BytesIO(unit.get(f"/registry/{id_}/{kind}.docx").data))
            assert word in "".join(paragraph.text for paragraph in paper.paragraphs)
        with transaction() as writing:
            writing.add(Setting(key="fonts", value={"title": "华文中宋"}, changed_at=RECOGNISED))
        paper = docx.Document(BytesIO(unit.get(f"/registry/{id_}/plaque.docx").data))
        assert "华文中宋" in paper.element.xml, "the fonts are those the office set"
    assert status_of(id_) == S.RECOGNISED


def test_the_approver_cannot_recognise_while_the_notice_runs_and_is_told_until_when(session, shop, made, sign_in):
    id_ = made(put_on_notice, 1)
    with on(OFFERED + timedelta(days=3)):
        approver = sign_in("approver")
        assert f"/registry/{id_}/recognise" not in links(approver.get(f"/registry/{id_}"))
        refused = approver.post(f"/registry/{id_}/recognise", data={"version": "4"})
        assert (refused.status_code, "公示期至2026年6月26日" in main(refused)) == (409, True)


def test_an_objection_is_looked_into_by_the_office_and_stops_the_approver(session, made, sign_in):
    id_ = made(put_on_notice, 1)
    with transaction() as writing:
        service.object_to(writing, actor=PUBLIC, recognition_id=id_, text="地址不实", contact="", now=OFFERED)
    with on(OFFERED):
        office = sign_in("office")
        objection_id = session.scalars(select(Objection.id)).one()
        assert f"/registry/objections/{objection_id}" in links(office.get(f"/registry/{id_}"))
        assert "请填写核实情况" in main(office.post(f"/registry/objections/{objection_id}", data={"upheld": "0"}))
        answer = office.post(f"/registry/objections/{objection_id}", data={"upheld": "1", "finding": "属实"}, follow_redirects=True)
        assert "异议成立，已不予认定" in main(answer)
        assert sign_in("liaison-SCJG").get(f"/registry/objections/{objection_id}").status_code == 403
    assert status_of(id_) == S.REFUSED


@pytest.mark.parametrize("path", ["", "/refuse", "/inspect/first", "/review", "/business"])
def test_another_units_application_looks_like_none(session, made, sign_in, path):
    id_ = made(hand_in, 1)
    client = sign_in("liaison-JYJ")
    theirs, none = client.get(f"/registry/{id_}{path}"), client.get(f"/registry/987654{path}")
    assert theirs.status_code == none.status_code
    assert theirs.status_code in {403, 404}
    assert main(theirs) == main(none)


def test_a_refusal_needs_its_reason_and_keeps_what_stands(session, made, sign_in):
    id_ = made(hand_in, 1)
    with on(OFFERED):
        unit = sign_in("liaison-SCJG")
        answer = unit.post(f"/registry/{id_}/refuse", data={"reason": " "})
        assert (answer.status_code, "请填写理由" in main(answer)) == (422, True)
        assert status_of(id_) == S.APPLIED
        assert "已记为不予认定" in main(unit.post(f"/registry/{id_}/refuse", data={"reason": "不符合条件"}, follow_redirects=True))
        assert unit.get(f"/registry/{id_}/review").status_code == 409


def test_the_office_finds_by_state_category_street_name_and_code(session, made, categories, sign_in):
    made(hand_in, 1, name="惠民超市")
    made(put_on_notice, 2, name="明亮眼镜店")
    with on(OFFERED):
        office = sign_in("office")
        shop = categories["shop"].id

        def found(query: str) -> tuple[bool, bool]:
            page = main(office.get(f"/registry?{query}"))
            return "惠民超市" in page, "明亮眼镜店" in page

        assert found("") == (True, True)
        assert found("view=applied") == (True, False)
        assert found("view=on_notice") == (False, True)
        assert found("q=眼镜") == (False, True)
        assert found("q=mlyj") == (False, True)
        assert found("q=明亮眼镜") == (False, True)
        assert found("q=lyj") == (False, True)
        assert found("q=人民路1号") == (True, False)
        assert found("q=没有的店") == (False, False)
        short = office.get("/registry?q=惠")
        assert (short.status_code, "请至少输入2个字或字母再查" in main(short)) == (422, True)
        assert found(f"q={code(1).lower()}") == (True, False)
        assert found(f"category={shop}&street=城关街道") == (True, True)
        assert found("street=城东街道") == (False, False)
        assert found(f"category={categories['sight'].id}") == (False, False)
        assert found("view=nonsense&category=x&before=-1") == (True, True)


def test_the_list_turns_by_key_and_shows_each_once(session, shop, sign_in):
    with transaction() as writing:
        for serial in range(1, 36):
            hand_in(writing, writing.merge(shop), serial)
    with on(OFFERED):
        office = sign_in("office")
        first = office.get("/registry")
        older = next(link for link in links(first) if "before=" in link)
        second = office.get(older)
        shown = [main(page).count("待审核") for page in (first, second)]
        assert [count > 4 for count in shown] == [True, True]
        back = next(link for link in links(second) if "after=" in link)
        assert [link for link in links(office.get(back)) if link.startswith("/registry/3")] == [
            link for link in links(first) if link.startswith("/registry/3")
        ]


def test_an_inspection_sent_twice_by_the_device_is_kept_once_and_answered_both_times(session, made, sign_in):
    id_ = made(hand_in, 1)
    with transaction() as writing:
        service.review(writing, actor=SYSTEM, recognition_id=id_, opinion="", now=OFFERED)
    with on(OFFERED):
        unit = sign_in("liaison-SCJG")
        form = {**points(session), "inspected_on": "2026-06-18", "key": "device-1"}
        answers = [unit.post(f"/registry/{id_}/inspect/first", data=form, headers={"X-Inspect": "1"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert {answer.json["url"] for answer in answers} == {f"/registry/{id_}"}
        assert session.scalar(select(func.count(Inspection.id))) == 1


def test_a_sheet_that_is_not_full_says_which_items_and_keeps_what_was_typed(session, made, sign_in):
    id_ = made(hand_in, 1)
    with transaction() as writing:
        service.review(writing, actor=SYSTEM, recognition_id=id_, opinion="", now=OFFERED)
    with on(OFFERED):
        unit = sign_in("liaison-SCJG")
        form = {**points(session), "inspected_on": "2026-06-18", "key": "k", "finding": "有两处问题"}
        first, second = [name for name in form if name.startswith("points-")][:2]
        wrong = {**form, first: "", second: "999", second.replace("points", "note"): "票据不全"}
        answer = unit.post(f"/registry/{id_}/inspect/first", data=wrong)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert all(said in main(answer) for said in ("还有2项需要更正", "请评分", "应为0至", "有两处问题"))
        assert 'value="票据不全"' in page
        told = unit.post(f"/registry/{id_}/inspect/first", data=wrong, headers={"X-Inspect": "1"})
        assert (told.status_code, set(told.json["wrong"])) == (422, {first.partition("-")[2], second.partition("-")[2]})


def test_a_photo_is_kept_with_its_item_and_seen_by_those_who_see_the_unit(session, made, sign_in):
    id_ = made(hand_in, 1)
    with transaction() as writing:
        service.review(writing, actor=SYSTEM, recognition_id=id_, opinion="", now=OFFERED)
    picture = b"\x89PNG\r\n\x1a\n and more"
    with on(OFFERED):
        unit = sign_in("liaison-SCJG")
        form = {**points(session, short=True), "inspected_on": "2026-06-18", "key": "k"}
        name = next(name for name in form if name.startswith("points-")).replace("points", "photos")
        sent = {**form, name: (BytesIO(picture), "现场.png", "image/png")}
        answer = unit.post(f"/registry/{id_}/inspect/first", data=sent, content_type="multipart/form-data", follow_redirects=True)
        assert "未达要求" in main(answer)
        photo = session.scalars(select(Inspection)).one().photos[0]
        assert photo.item_id == int(name.partition("-")[2])
        seen = unit.get(f"/registry/{id_}/files/{photo.file_id}")
        assert (seen.data, seen.mimetype) == (picture, "image/png")
        assert sign_in("liaison-JYJ").get(f"/registry/{id_}/files/{photo.file_id}").status_code == 404
        fake = {**form, "key": "k2", "photos": (BytesIO(b"MZ"), "a.png", "image/png")}
        refused = unit.post(f"/registry/{id_}/inspect/first", data=fake, content_type="multipart/form-data")
        assert (refused.status_code, "只收10MB以内的JPG、PNG" in main(refused)) == (422, True)
