"""The pages of units on the list: rectification, promises, changes, assessments; schemes and the board."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from coordination.registry import life
from coordination.transaction import transaction
from models import (
    AuditEntry,
    Category,
    PromiseKind,
    RecognitionStatus,
)
from tests.registry.county import OFFERED, RECOGNISED, hand_in, recognise, strike
from tests.registry.pages import hidden, links, main, on, points, status_of

S = RecognitionStatus

pytestmark = pytest.mark.usefixtures("no_tokens")


def test_rectification_renewal_and_leaving_by_their_pages(session, made, sign_in):
    id_ = made(recognise, 1)
    with on(RECOGNISED):
        unit, office, approver = sign_in("liaison-SCJG"), sign_in("office"), sign_in("approver")
        answer = unit.post(f"/registry/{id_}/rectify", data={"finding": "价签不清"}, follow_redirects=True)
        assert "已要求整改，期限2026年7月20日（周一）" in main(answer)
        form = {**points(session), "inspected_on": "2026-06-29", "key": "m"}
        assert "整改复核已收到" in main(unit.post(f"/registry/{id_}/inspect/rectification", data=form, follow_redirects=True))
        early = approver.post(f"/registry/{id_}/renew")
        assert (early.status_code, "起方可办理续期" in main(early)) == (409, True)
        assert unit.post(f"/registry/{id_}/withdraw", data={"reason": "搬迁"}).status_code == 403
        left = office.post(f"/registry/{id_}/withdraw", data={"reason": "搬迁"}, follow_redirects=True)
        assert "已退出名录，摘除标牌的任务已下达" in main(left)
    assert status_of(id_) == S.WITHDRAWN


def test_a_promise_is_public_until_ended_and_a_breach_proposes_removal(session, made, sign_in):
    id_ = made(recognise, 1)
    with on(RECOGNISED):
        unit = sign_in("liaison-SCJG")
        given = {"kind": PromiseKind.RETURNS.value, "text": "凭小票7日内退货"}
        assert "承诺已登记" in main(unit.post(f"/registry/{id_}/promise", data=given, follow_redirects=True))
        promise = next(link for link in links(unit.get(f"/registry/{id_}")) if link.endswith("/breach"))
        assert sign_in("liaison-JYJ").get(promise).status_code == 404
        said = unit.post(promise, data={"happened_on": "2026-06-29", "proof": "两次不退"}, follow_redirects=True)
        assert "已提出移出建议" in main(said)
        assert "承诺已终止" in main(unit.post(promise.replace("breach", "end"), data={"reason": "改为换货"}, follow_redirects=True))


def test_a_change_of_name_shows_both_to_whoever_was_second(session, made, sign_in):
    id_ = made(recognise, 1)
    with on(RECOGNISED):
        first, second = sign_in("office"), sign_in("office")
        form = hidden(second.get(f"/registry/{id_}/business"))
        given = {"name": "惠民生鲜", "address": "人民路1号", "street": "城关街道", "phone": ""}
        assert "已更改" in main(first.post(f"/registry/{id_}/business", data={**form, **given}, follow_redirects=True))
        late = second.post(f"/registry/{id_}/business", data={**form, **given, "name": "惠民便利"})
        assert late.status_code == 409
        assert all(said in main(late) for said in ("您写的内容没有丢失", "惠民便利".removeprefix("惠民")))
        saved = second.post(f"/registry/{id_}/business", data={**hidden(late), **given, "name": "惠民便利"}, follow_redirects=True)
        assert "惠民便利" in main(saved)


def test_no_edit_form_can_set_a_status(session, made, sign_in):
    id_ = made(recognise, 1)
    with transaction() as writing:
        strike(writing, 1, ground="DEFAULTER")
    with on(RECOGNISED):
        office = sign_in("office")
        for path in ("business", "close", "withdraw", "refuse", "rectify"):
            office.post(f"/registry/{id_}/{path}", data={"status": "removed", "version": "1", "name": "x", "address": "y"})
        assert status_of(id_) == S.RECOGNISED


def test_an_assessment_counts_in_the_next_recheck(session, made, sign_in):
    id_ = made(recognise, 1)
    a_year_later = RECOGNISED + timedelta(days=365)
    with on(a_year_later):
        unit = sign_in("liaison-SCJG")
        given = {"assessor": "某某评估中心", "assessed_on": "2027-06-20", "score": "70", "finding": "整体一般"}
        assert "第三方评估已登记" in main(unit.post(f"/registry/{id_}/assess", data=given, follow_redirects=True))
        assert "第三方评估70分" in main(unit.get(f"/registry/{id_}/inspect/recheck"))
        form = {**points(session), "inspected_on": "2027-06-29", "key": "y"}
        answer = unit.post(f"/registry/{id_}/inspect/recheck", data=form, follow_redirects=True)
        assert "未达要求（第三方评估70分，低于评分表要求的80%）" in main(answer)


def test_a_scheme_is_set_up_from_nothing_by_the_office(session, world, categories, sign_in):
    with on(OFFERED):
        office = sign_in("office")
        county = world.mechanisms["county"].id
        given = {
            "mechanism_id": county,
            "code": "x",
            "name": "新方案",
            "title": "承诺单位",
            "certificate_prefix": "示承",
            "issuer": "办公室",
        }
        page = office.post("/registry/schemes/new", data=given, follow_redirects=True)
        assert "方案已设立" in main(page)
        again = office.post("/registry/schemes/new", data={**given, "code": "y"})
        assert "证书号前缀“示承”已用于“新方案”" in main(again)
        new = next(link for link in links(page) if link.endswith("/categories/new"))
        facts = {"name": "放心工厂", "code": "factory", "responsible_id": world.units["SCJG"].id, "least_reviews": "5", "is_open": "y"}
        scheme = office.post(new, data={**facts, "co_ids": [world.units["SWJ"].id], "notice_days": "7"}, follow_redirects=True)
        assert all(said in main(scheme) for said in ("类别已保存", "放心工厂", "县商务局", "7个工作日公示"))
        category_id = session.scalars(select(Category.id).where(Category.code == "factory")).one()
        changed = office.get(f"/registry/categories/{category_id}")
        assert changed.status_code == 200
        target = office.post(f"/registry/categories/{category_id}/target", data={"year": "2026", "number": "12"}, follow_redirects=True)
        assert "2026年目标已定为12家" in main(target)
        sheet = {"title": "工厂评分表", "minimum": "15", "lines": "# 质量 最低5\n出厂检验 10\n# 服务\n售后响应，10分"}
        drafted = office.post(f"/registry/categories/{category_id}/sheet", data=sheet, follow_redirects=True)
        assert all(said in main(drafted) for said in ("满分20分", "出厂检验", "发布评分表"))
        publish = next(link for link in links(drafted) if link.endswith("/publish"))
        assert "评分表已发布" in main(office.post(publish, follow_redirects=True))
        assert office.post(publish).status_code == 409


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("出厂检验", "末尾没有分值"),
        ("# 质量", "请至少写一个评分项"),
        ("# 质量\n# 服务\n售后 10", "“质量”下面还没有评分项"),
        ("检验 0", "应大于0"),
    ],
)
def test_a_score_sheet_that_cannot_be_read_says_where(session, shop, sign_in, lines, said):
    with on(OFFERED):
        answer = sign_in("office").post(f"/registry/categories/{shop.id}/sheet", data={"title": "表", "minimum": "5", "lines": lines})
        assert (answer.status_code, said in main(answer)) == (422, True)
        assert lines.splitlines()[0] in answer.get_data(as_text=True)


def test_a_ground_of_the_law_cannot_lose_its_clause(session, shop, sign_in):
    from models import Ground

    with on(OFFERED):
        office = sign_in("office")
        ground = session.scalars(select(Ground).where(Ground.code == "SERIOUS")).one()
        page = office.get(f"/registry/grounds/{ground.id}")
        given = {**hidden(page), "name": "列入名单", "clause": "", "effect": "at_once", "bar_rule": "BAR_SERIOUS", "is_active": "y"}
        assert "立即移出须有法定依据" in main(office.post(f"/registry/grounds/{ground.id}", data=given))
        assert "移出事由已更改" in main(
            office.post(f"/registry/grounds/{ground.id}", data={**given, "clause": "某条"}, follow_redirects=True)
        )


def test_the_mark_is_a_picture_or_nothing(session, shop, sign_in):
    with on(OFFERED):
        office, path = sign_in("office"), f"/registry/schemes/{shop.scheme_id}/mark"
        wrong = office.post(path, data={"file": (BytesIO(b"GIF89a"), "a.png")}, content_type="multipart/form-data")
        assert "标识只接收PNG、JPG图片" in main(wrong)
        good = office.post(
            path, data={"file": (BytesIO(b"\x89PNG\r\n"), "省标.png")}, content_type="multipart/form-data", follow_redirects=True
        )
        assert "标识已更换" in main(good)
        assert office.get(f"{path}.image").data == b"\x89PNG\r\n"


def test_the_board_counts_targets_gates_and_removals_for_whom_they_concern(session, made, sign_in):
    made(recognise, 1)
    made(recognise, 2)
    made(hand_in, 3)
    with transaction() as writing:
        strike(writing, 1)
    with on(RECOGNISED):
        page = main(sign_in("office").get("/registry/board"))
        assert all(said in page for said in ("待审核 1", "在册 1", "列入严重违法失信名单 1", "放心商店 县市场监管局 1 1"))
        assert "放心商店" not in main(sign_in("liaison-JYJ").get("/registry/board"))


def test_reading_pages_writes_nothing_down(session, made, sign_in):
    id_ = made(recognise, 1)
    with on(RECOGNISED):
        office = sign_in("office")
        before = session.scalar(select(func.count(AuditEntry.number)))
        for path in ("", f"/{id_}", "/events", "/proposals", "/removals", "/appeals", "/measures", "/feedback", "/schemes", "/board"):
            assert office.get(f"/registry{path}").status_code == 200
        assert session.scalar(select(func.count(AuditEntry.number))) == before


def test_reviews_below_the_sheets_share_fail_the_recheck(session, made, sign_in):
    id_ = made(recognise, 1)
    with transaction() as writing:
        for visit in range(5):
            life.review_by_consumer(writing, recognition_id=id_, visit=str(visit), stars=3, text="", now=RECOGNISED + timedelta(days=9))
    with on(RECOGNISED + timedelta(days=300)):
        form = {**points(session), "inspected_on": "2027-04-20", "key": "y"}
        answer = sign_in("liaison-SCJG").post(f"/registry/{id_}/inspect/recheck", data=form, follow_redirects=True)
        assert "消费者评价均分3.0（满分5），低于评分表要求的80%" in main(answer)
