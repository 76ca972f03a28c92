"""What the public sends: applications, feedback, objections, appeals, reviews; too much of it; and who may read the answers."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from coordination.permissions import SYSTEM
from coordination.portal import receipts
from coordination.registry import feedback, service
from coordination.transaction import transaction
from models import (
    Appeal,
    ApplicationDraft,
    ApplicationPaper,
    ConsumerReview,
    Feedback,
    Objection,
    PublicWrite,
    Recognition,
    RecognitionStatus,
    StoredFile,
)
from models.errors import NotFound
from tests.portal.county import MORNING
from tests.registry.county import code

PDF = b"%PDF-1.7 licence"


def count(session, kind):
    session.rollback()
    return session.scalar(select(func.count()).select_from(kind))


def business(**changed):
    facts = {
        "name": "江滨文具店",
        "uscc": code(77),
        "address": "江滨路7号",
        "street": "江滨街道",
        "contact": "李某",
        "phone": "0579-7654321",
    }
    return {"category": "1", "version": "1", **facts, **changed}


@pytest.fixture
def token(visitor):
    """A draft just begun."""
    return visitor.post("/apply").headers["Location"].rpartition("/")[2]


def upload(visitor, token, content=PDF, name="执照.pdf", kind="营业执照"):
    form = {"kind": kind, "file": (io.BytesIO(content), name, "application/octet-stream")}
    return visitor.post(f"/apply/{token}/papers", data=form, content_type="multipart/form-data")


def declared(visitor, token):
    from coordination.registry.applying import DECLARATIONS

    return visitor.post(f"/apply/{token}/check", data={"declarations": list(DECLARATIONS)})


def test_an_application_goes_from_draft_to_the_unit_and_its_code_shows_where_it_stands(visitor, token, session):
    assert visitor.post(f"/apply/{token}/business", data=business()).status_code == 302
    upload(visitor, token)
    assert declared(visitor, token).headers["Location"] == f"/apply/{token}"
    session.rollback()
    made = session.scalars(select(Recognition).order_by(Recognition.id.desc())).first()
    assert (made.business.name, made.status) == ("江滨文具店", RecognitionStatus.APPLIED)
    assert session.scalars(select(ApplicationPaper)).one().recognition_id == made.id
    page = visitor.get(f"/apply/{token}").text
    assert "待审核" in page
    assert "正在审核申报材料" in page
    with transaction() as writing:
        service.refuse(writing, actor=SYSTEM, recognition_id=made.id, reason="经营场所不符", now=MORNING)
    assert "没有通过。原因：经营场所不符" in visitor.get(f"/apply/{token}").text
    assert visitor.get(f"/apply/{token}/business").status_code == 404
    assert declared(visitor, token).status_code == 404


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"uscc": code(77)[:-1] + "0"}, "统一社会信用代码校验位不符，请核对第18位"),
        ({"uscc": "9133"}, "统一社会信用代码应为18位，现有4位"),
        ({"uscc": ""}, "请填写统一社会信用代码"),
        ({"name": ""}, "请填写经营者名称"),
        ({"name": "店" * 121}, "经营者名称最多120字"),
        ({"category": "999"}, "请重新选择申报类别"),
        ({"category": ""}, "请选择申报类别"),
    ],
)
def test_wrong_answers_are_told_at_their_field_and_kept(visitor, token, changed, words):
    answer = visitor.post(f"/apply/{token}/business", data=business(**changed))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="江滨路7号"' in answer.text
    assert "<title>出错：" in answer.text


def test_a_code_may_be_typed_as_people_type_it(visitor, token, session):
    wide = code(77).lower().translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert visitor.post(f"/apply/{token}/business", data=business(uscc=f" {wide} ")).status_code == 302
    assert session.scalars(select(ApplicationDraft).order_by(ApplicationDraft.id.desc())).first().answers["uscc"] == code(77)


def test_two_windows_on_one_draft_lose_nothing(visitor, token):
    visitor.post(f"/apply/{token}/business", data=business(address="江滨路8号"))
    late = visitor.post(f"/apply/{token}/business", data=business(address="江滨路9号"))
    assert late.status_code == 409
    assert 'value="江滨路9号"' in late.text
    assert "江滨路8号" in late.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', late.text)[1]
    assert visitor.post(f"/apply/{token}/business", data=business(address="江滨路9号", version=version)).status_code == 302


def test_a_business_that_cannot_apply_is_told_why_and_keeps_its_draft(visitor, token, places, session):
    visitor.post(f"/apply/{token}/business", data=business(uscc=places.removed_code))
    answer = declared(visitor, token)
    assert answer.status_code == 422
    assert "起方可再申报" in answer.text
    assert "江滨路7号" in visitor.get(f"/apply/{token}/business").text
    page = visitor.get(f"/apply/{token}/business").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    assert visitor.post(f"/apply/{token}/business", data=business(uscc=code(1), version=version)).status_code == 302
    assert "已有一条记录" in declared(visitor, token).text


def test_a_draft_half_filled_cannot_be_handed_in(visitor, token, session):
    before = count(session, Recognition)
    visitor.post(f"/apply/{token}/business", data={"name": "江滨文具店", "version": "1", "later": "1"})
    answer = declared(visitor, token)
    assert answer.status_code == 422
    assert "还没有填写：申报类别、统一社会信用代码" in answer.text
    assert count(session, Recognition) == before


def test_papers_are_known_by_their_bytes_and_can_be_taken_back(visitor, token, session):
    for content, words in ((b"MZ program", "材料只接收PDF、JPG、PNG文件"), (b"", "文件是空的")):
        answer = upload(visitor, token, content, "../../执照.pdf")
        assert answer.status_code == 422
        assert words in answer.text
    assert upload(visitor, token, PDF, "../../执照.pdf").status_code == 302
    paper = session.scalars(select(ApplicationPaper)).one()
    assert paper.file.name == "执照.pdf"
    other = visitor.post("/apply").headers["Location"]
    assert visitor.post(f"{other}/papers/{paper.id}/withdraw").status_code == 404
    visitor.post(f"/apply/{token}/papers/{paper.id}/withdraw")
    assert (count(session, ApplicationPaper), count(session, StoredFile)) == (0, 1)


@pytest.mark.parametrize("wrong", ["x", "%00", "a" * 3000])
def test_a_guessed_draft_is_none(visitor, wrong):
    for path in ("", "/business", "/papers", "/check"):
        assert visitor.get(f"/apply/{wrong}{path}").status_code == 404
    answer = visitor.post("/apply/resume", data={"code": wrong[:80]})
    assert answer.status_code == 422
    assert "没有这份申报" in answer.text


def test_a_draft_left_too_long_is_gone(visitor, token):
    with time_machine.travel(MORNING + timedelta(days=120)):
        assert visitor.get(f"/apply/{token}").status_code == 404


def test_feedback_is_answered_to_whoever_has_the_code(visitor, places, session):
    form = {"kind": "mismatch", "text": "店名不同", "contact": ""}
    sent = visitor.post(f"/units/{places.shop}/feedback", data=form)
    page = visitor.get(sent.headers["Location"])
    assert page.headers["Cache-Control"] == "no-store"
    for words in ("反馈2026-1", "最迟", "12315", "不是消费投诉", "名称或地址与标牌不一致：惠民超市"):
        assert words in page.text
    with transaction() as writing:
        row = writing.scalars(select(Feedback)).one()
        feedback.answer(writing, actor=SYSTEM, feedback_id=row.id, text="已责令更换标牌", now=MORNING)
    assert "已责令更换标牌" in visitor.get(sent.headers["Location"]).text


def test_feedback_on_an_unknown_plaque_goes_to_the_office(visitor, places, session):
    assert visitor.post("/feedback", data={"kind": "fake", "text": "有人卖牌"}).status_code == 302
    row = session.scalars(select(Feedback)).one()
    assert (row.recognition_id, row.unit.code) == (None, "SCJG")
    assert "请重新选择反馈类型" in visitor.post("/feedback", data={"kind": "promise", "text": "x"}).text


def test_too_much_from_one_place_is_refused_in_words(visitor, places, session):
    for _ in range(feedback.MOST_AN_HOUR):
        visitor.post("/feedback", data={"kind": "fake", "text": "有人卖牌"})
    refused = visitor.post("/feedback", data={"kind": "fake", "text": "有人卖牌"})
    assert refused.status_code == 429
    assert count(session, Feedback) == feedback.MOST_AN_HOUR
    for _ in range(10):
        visitor.post(f"/units/notice/{places.noticed}/objection", data={"text": "有异议"})
    assert visitor.post(f"/units/notice/{places.noticed}/objection", data={"text": "有异议"}).status_code == 429
    assert count(session, Objection) == 10
    path, elsewhere = f"/units/notice/{places.noticed}/objection", {"REMOTE_ADDR": "192.0.2.7"}
    assert visitor.post(path, data={"text": "有异议"}, environ_overrides=elsewhere).status_code == 302
    with time_machine.travel(MORNING + timedelta(hours=2)):
        assert visitor.post(path, data={"text": "有异议"}).status_code == 302
    assert count(session, PublicWrite) == 1
    assert "192.0.2.7" not in str(session.scalars(select(PublicWrite.place)).all())


def test_an_objection_stands_only_while_the_notice_runs(visitor, places, session):
    path = f"/units/notice/{places.noticed}/objection"
    assert "请填写异议内容" in visitor.post(path, data={"text": " "}).text
    assert visitor.post(path, data={"text": "无证经营"}).status_code == 302
    with time_machine.travel(MORNING + timedelta(days=30)):
        assert visitor.post(path, data={"text": "无证经营"}).status_code == 404
    assert count(session, Objection) == 1


def test_an_appeal_needs_certificate_and_code_of_one_business(visitor, places, session):
    form = {"certificate_no": places.removed_certificate, "uscc": code(1), "text": "名单有误", "contact": "王某"}
    wrong = visitor.post("/appeals", data=form)
    assert wrong.status_code == 422
    assert "请对照证书核对" in wrong.text
    form["uscc"] = places.removed_code
    assert visitor.post("/appeals", data=form).status_code == 302
    twice = visitor.post("/appeals", data=form)
    assert twice.status_code == 409
    assert "已有一件申诉在复核中" in twice.text
    assert "名单有误" in twice.text
    assert count(session, Appeal) == 1


def test_a_review_needs_the_plaque_and_counts_once_for_each_scan(visitor, places, session):
    before = count(session, ConsumerReview)
    path = f"/verify/{places.token}/review"
    visit = re.search(r'name="visit"[^>]*value="([^"]+)"', visitor.get(path).text)[1]
    form = {"visit": visit, "stars": "5", "text": ""}
    assert visitor.post(path, data=form).status_code == 302
    assert "已评价过" in visitor.post(path, data=form).text
    assert visitor.post(path, data={**form, "visit": "made up"}).status_code == 409
    assert visitor.post(path, data={**form, "stars": "9"}).status_code == 422
    with time_machine.travel(MORNING + timedelta(days=2)):
        assert visitor.post(path, data=form).status_code == 409
    assert visitor.get(f"/verify/{places.removed_token}/review").status_code == 404
    assert count(session, ConsumerReview) == before + 1


def test_a_receipt_cannot_be_guessed(app):
    token = receipts.token_of(receipts.FEEDBACK, 17)
    assert receipts.read(token.upper()) == ("f", 17)
    for wrong in (f"o{token[1:]}", f"f18{token[3:]}", token[:-1], "f17-", "", "f" * 500):
        with pytest.raises(NotFound):
            receipts.read(wrong)


def test_without_a_token_no_form_is_taken(app, places):
    client = app.test_client()
    for path in ("/apply", "/feedback", "/appeals", f"/units/notice/{places.noticed}/objection", f"/verify/{places.token}/review"):
        assert client.post(path, data={"text": "x"}).status_code == 400, path
