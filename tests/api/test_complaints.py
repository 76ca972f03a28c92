"""Complaints of other platforms: registered once, told by field what is wrong, and shown to nobody but who registered them."""

import json
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from coordination.api import clients
from coordination.api import service as api
from coordination.complaints import handling, service
from coordination.complaints.importing import open_sealed
from coordination.permissions import Permission, can
from coordination.transaction import transaction
from models import ApiCall, ApiClient, ApiScope, AuditEntry, Complaint, PublicWrite
from models.errors import NotFound
from tests.api.conftest import PERSON, sent
from tests.world import NOW, TODAY

pytestmark = pytest.mark.usefixtures("morning")


def count(session: Any, kind: type) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(kind))


def errors(answer: Any) -> dict[str, str]:
    return {error["field"]: error["message"] for error in answer.json["errors"]}


# Registering


def test_a_complaint_is_registered_under_a_number_and_where_to_ask_for_it(program, session):
    answer = program().post(sent())
    assert answer.status_code == 201
    assert answer.json == {
        "number": "投诉〔2026〕1",
        "status": "registered",
        "links": {"self": "/api/v1/complaints/%E6%8A%95%E8%AF%89%E3%80%942026%E3%80%951"},
    }
    assert answer.headers["Location"] == answer.json["links"]["self"]
    complaint = session.scalars(select(Complaint)).one()
    assert open_sealed(complaint)["person"] == PERSON
    assert (complaint.amount, complaint.channel, complaint.target_name) == (1250, "city_hotline", "惠民超市")
    assert complaint.due_on is not None


def test_the_ledger_names_the_client(program, session):
    program("省12345平台").post(sent())
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "complaint:register")).one()
    assert (entry.who, entry.person_id) == ("接口：省12345平台", None)


def test_no_answer_and_no_row_holds_what_identifies_the_person(program, session):
    one = program()
    number = one.post(sent(), **{"Idempotency-Key": "a-1"}).json["number"]
    shown = [one.get("/complaints").text, one.get(f"/complaints/{number}").text, one.post(sent(), **{"Idempotency-Key": "a-1"}).text]
    for table in ("complaint", "api_call", "api_complaint", "audit_entry", "public_write"):
        shown.append(str(session.execute(text(f"SELECT * FROM {table}")).all()))
    assert [word for word in PERSON.values() if any(word in said for said in shown)] == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"kind": None}, {"kind": "请填写"}),
        ({"kind": "praise"}, {"kind": "应为complaint、report、query、mixed之一"}),
        ({"text": " \u200e"}, {"text": "应为1至50,000字"}),
        ({"text": "长" * 50_001}, {"text": "应为1至50,000字"}),
        ({"request": None, "target_name": None}, {"request": "投诉须填写", "target_name": "投诉须填写"}),
        ({"person": {"name": "张三丰"}}, {"person.phone": "投诉须填写"}),
        ({"person": None}, {"person.name": "投诉须填写", "person.phone": "投诉须填写"}),
        ({"person": {**PERSON, "age": 40}}, {"person.age": "没有这个字段"}),
        ({"person": "张三丰"}, {"person": "应为JSON对象", "person.name": "投诉须填写", "person.phone": "投诉须填写"}),
        ({"target_uscc": "91330726MA28000000"}, {"target_uscc": "统一社会信用代码校验位不符，请核对第18位"}),
        ({"received_at": "昨天"}, {"received_at": "不是有效时间，请按“2026-06-18T09:00:00+08:00”填写"}),
        ({"received_at": "2026-06-18T09:30:00+08:00"}, {"received_at": "收到时间不能晚于现在"}),
        ({"received_at": "0001-01-01T00:00:00+08:00"}, {"received_at": "收到时间不能早于2000年"}),
        ({"amount": "12"}, {"amount": "应为整数"}),
        ({"amount": True}, {"amount": "应为整数"}),
        ({"amount": -1}, {"amount": "应在0至10000000000000之间"}),
        ({"is_small": "yes"}, {"is_small": "应为true或false"}),
        ({"number": "1/2"}, {"number": "登记编号只能有字母、数字和-、_"}),
        ({"colour": "red"}, {"colour": "没有这个字段"}),
    ],
)
def test_what_cannot_be_taken_is_told_by_field_and_nothing_is_written(program, session, change, wrong):
    answer = program().post(sent(**change))
    assert (answer.status_code, errors(answer)) == (422, wrong)
    assert count(session, Complaint) == 0


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b'{"a": ', b"[" * 100_000, b'{"amount": ' + b"9" * 5000 + b"}", b"{'kind': 1}"])
def test_malformed_json_is_told_so(program, raw):
    answer = program().send(raw)
    assert (answer.status_code, answer.json) == (400, {"errors": [{"field": "", "message": "请求内容不是有效的JSON（UTF-8）"}]})


@pytest.mark.parametrize("raw", [b"", b"[]", b'"x"', b"null", b"7", b'{"kind": {"a": []}}'])
def test_json_that_is_no_complaint_is_told_so(program, raw):
    assert program().send(raw).status_code == 422


def test_a_field_nobody_knows_is_named_whatever_its_name_holds(program):
    answer = program().send(json.dumps({**sent(), "\ud800\x00": 1, "长" * 5000: 2}).encode())
    assert (answer.status_code, errors(answer)) == (422, {"?\x00": "没有这个字段", "长" * 60: "没有这个字段"})


def test_answers_are_readable_as_they_come(program):
    assert "请填写".encode() in program().post({}).data


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/x+json", ""])
def test_only_json_is_read(program, content_type):
    answer = program().send(json.dumps(sent()).encode(), content_type)
    assert answer.status_code == 415
    assert "application/json" in answer.json["errors"][0]["message"]


def test_a_body_beyond_its_size_is_refused_unread(program):
    assert program().send(b" " * (512 * 1024 + 1)).status_code == 413


def test_text_that_no_database_can_keep_is_cleaned_as_in_every_form(program, session):
    raw = json.dumps(sent(text="面包\x00过期\ud800。", target_name="惠民\u202e超市")).encode()
    assert program().send(raw).status_code == 201
    complaint = session.scalars(select(Complaint)).one()
    assert (complaint.text, complaint.target_name) == ("面包过期。", "惠民超市")


def test_a_time_without_zone_is_the_time_in_china_and_a_holiday_counts_for_nothing(program, session):
    one = program()
    assert one.post(sent(received_at="2026-06-18T08:59:00")).status_code == 201
    assert one.post(sent(received_at="2026-05-01T10:00:00Z")).status_code == 201
    early, late = session.scalars(select(Complaint).order_by(Complaint.received_at))
    assert early.received_on == date(2026, 5, 1)
    assert late.received_at == datetime(2026, 6, 18, 0, 59, tzinfo=UTC)


def test_a_number_the_other_platform_gave_is_kept_and_not_taken_twice(program, session):
    one = program()
    assert one.post(sent(number="DH2026-0618_1")).json["number"] == "DH2026-0618_1"
    again = one.post(sent(number="DH2026-0618_1"))
    assert (again.status_code, errors(again)) == (422, {"number": "登记编号DH2026-0618_1已登记，同一件不重复登记"})
    assert count(session, Complaint) == 1


def test_reports_and_queries_need_nobodys_name(program):
    one = program()
    for kind in ("report", "query", "mixed"):
        assert one.post(sent(kind=kind, person=None, request=None, target_name=None)).status_code == 201


# The same request again


def test_the_same_request_again_gets_the_same_answer_and_registers_nothing(program, session, handle, world):
    one = program()
    first = one.post(sent(), **{"Idempotency-Key": "k1"})
    handle("router", service.assign, first.json["number"], lead_id=world.units["JYJ"].id)
    again = one.post(dict(reversed(sent(received_at=sent()["received_at"]).items())), **{"Idempotency-Key": "k1"})
    body = sent()
    second = one.post(body, **{"Idempotency-Key": "k2"})
    third = one.post(dict(reversed(body.items())), **{"Idempotency-Key": "k2"})
    assert (first.status_code, second.status_code, third.status_code) == (201, 201, 200)
    assert again.status_code == 409  # the clock goes: another time of receipt is another body
    assert third.json == second.json
    assert count(session, Complaint) == 2


def test_the_same_key_with_another_body_is_refused(program, session):
    one = program()
    one.post(sent(), **{"Idempotency-Key": "k1"})
    answer = one.post(sent(text="别的事"), **{"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json["errors"][0]["message"]) == (409, "这个Idempotency-Key已用于另一份内容，请换一个")
    assert count(session, Complaint) == 1


def test_two_clients_may_use_the_same_key(program, session):
    body = sent()
    answers = [program(name).post(body, **{"Idempotency-Key": "1"}).status_code for name in ("甲", "乙")]
    assert answers == [201, 201]


def test_a_refused_request_may_be_mended_under_its_key(program):
    one = program()
    assert one.post(sent(text=None), **{"Idempotency-Key": "k1"}).status_code == 422
    assert one.post(sent(), **{"Idempotency-Key": "k1"}).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 129, "a b", "键".encode().decode("latin-1")])
def test_a_key_that_is_none_is_told_so(program, key):
    answer = program().post(sent(), **{"Idempotency-Key": key})
    assert answer.status_code == 422
    assert list(errors(answer)) == ["Idempotency-Key"]


def test_two_copies_arriving_together_register_one_complaint(app: Flask, program, session):
    one, body = program(), sent()
    session.commit()
    answers: list[Any] = []

    def post() -> None:
        with app.app_context():
            headers = {"Authorization": f"Bearer {one.key}", "Idempotency-Key": "together"}
            answer = app.test_client().post("/api/v1/complaints", json=body, headers=headers)
            answers.append((answer.status_code, answer.json["number"]))

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
    assert len({number for _, number in answers}) == 1
    assert (count(session, Complaint), count(session, ApiCall)) == (1, 1)


def test_one_client_may_register_so_many_an_hour_and_no_more(program, session):
    one, other = program("甲"), program("乙")
    one.post(sent())
    place = session.scalars(select(PublicWrite.place)).one()
    session.add_all(PublicWrite(place=place, kind="api", at=NOW) for _ in range(api.REGISTERED_AN_HOUR - 1))
    session.commit()
    refused = one.post(sent())
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert other.post(sent()).status_code == 201
    session.execute(update(PublicWrite).values(at=NOW - timedelta(hours=2)))
    session.commit()
    assert one.post(sent()).status_code == 201


# Asking


def test_another_clients_complaint_answers_exactly_like_none(program):
    mine, theirs = program("甲"), program("乙")
    number = theirs.post(sent()).json["number"]
    foreign, missing = mine.get(f"/complaints/{number}"), mine.get("/complaints/none")
    assert (foreign.status_code, foreign.data, sorted(foreign.headers)) == (missing.status_code, missing.data, sorted(missing.headers))
    assert foreign.status_code == 404
    assert mine.get("/complaints").json == {"items": [], "next": None}
    assert theirs.get(f"/complaints/{number}").status_code == 200


def test_a_complaint_that_came_another_way_is_nobodys(program, session):
    one = program()
    one.post(sent(number="A1"))
    session.execute(text("DELETE FROM api_complaint"))
    session.commit()
    assert one.get("/complaints/A1").status_code == 404


@pytest.mark.parametrize("number", ["%00", "x" * 500, "%FF", "%2e%2e", "1%2F2"])
def test_a_number_that_is_none_is_not_found(program, number):
    assert program().get(f"/complaints/{number}").status_code == 404


def test_what_is_told_of_a_complaint_follows_its_life(program, handle, world):
    one = program()
    number = one.post(sent()).json["number"]
    handle("router", service.assign, number, lead_id=world.units["JYJ"].id)
    handle("liaison-JYJ", service.receive, number)
    handle("liaison-JYJ", handling.accept, number)
    told = one.get(f"/complaints/{number}").json
    assert (told["status"], told["status_text"], told["kind"]) == ("accepted", "已受理", "complaint")
    assert told["registered_at"].startswith("2026-06-18T09:00")
    assert date.fromisoformat(told["due_on"]) > TODAY
    assert told["closed_at"] is None
    handle("liaison-JYJ", handling.settle, number, result="退款")
    handle("liaison-JYJ", handling.close, number)
    ended = one.get(f"/complaints/{number}").json
    assert (ended["status"], ended["due_on"], ended["closed_at"]) == ("closed", None, "2026-06-18T09:05:00+08:00")


def test_the_list_is_paged_the_newest_first_and_nothing_is_shown_twice(program):
    one, other = program("甲"), program("乙")
    numbers = [one.post(sent(number=f"N{place}")).json["number"] for place in range(5)]
    other.post(sent(number="X"))
    path, seen = "/complaints?limit=2", []
    while path:
        page = one.get(path.removeprefix("/api/v1")).json
        seen += [item["number"] for item in page["items"]]
        path = page["next"]
        one.post(sent())  # what comes meanwhile moves nothing
    assert seen == numbers[::-1]


@pytest.mark.parametrize("query", ["after=0", "after=x", "after=99999999999999", "limit=0", "limit=201", "limit=1.5", "limit="])
def test_a_page_that_is_none_is_told_by_its_name(program, query):
    answer = program().get(f"/complaints?{query}")
    assert answer.status_code == 422
    assert list(errors(answer)) == [query.split("=")[0]]


# Keys


CHALLENGE = {"missing": "Bearer", "wrong": 'Bearer error="invalid_token"'}


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        (None, CHALLENGE["missing"]),
        ("Bearer", CHALLENGE["missing"]),
        ("Bearer ", CHALLENGE["missing"]),
        ("Basic YTpi", CHALLENGE["missing"]),
        ("Bearer wrong", CHALLENGE["wrong"]),
        ("Bearer \u00e9\u00ff", CHALLENGE["wrong"]),
    ],
)
@pytest.mark.parametrize("path", ["/complaints", "/complaints/1", "/units"])
def test_without_a_sound_key_nothing_opens(app: Flask, path, header, challenge):
    answer = app.test_client().get(f"/api/v1{path}", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, challenge)
    assert list(answer.json) == ["errors"]


def test_a_disabled_key_opens_nothing_at_once(program, session):
    one = program()
    assert one.get("/units").status_code == 200
    session.execute(update(ApiClient).values(disabled_at=NOW))
    session.commit()
    assert one.get("/units").status_code == 401
    assert one.post(sent()).status_code == 401


def test_a_key_opens_only_what_its_scopes_say_and_refusals_are_logged(app: Flask, program, session):
    reader = program("只读", (ApiScope.UNITS_READ,))
    assert reader.get("/units").status_code == 200
    for answer, scope in ((reader.post(sent()), "complaints:write"), (reader.get("/complaints"), "complaints:read")):
        assert answer.status_code == 403
        assert answer.headers["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{scope}"'
    assert count(session, Complaint) == 0
    log = (app.config["CONFIG"].instance / "security.log").read_text("utf-8")
    assert "refused key 403 endpoint=api.register client=只读" in log
    assert reader.key not in log


def test_a_key_is_asked_for_before_a_body_is_looked_at(app: Flask):
    assert app.test_client().post("/api/v1/complaints", data=b"{", content_type="text/plain").status_code == 401


def test_a_staff_session_is_worth_nothing_here_and_no_form_token_is_asked_for(app: Flask, sign_in, program):
    one = program()
    staff = sign_in("router")
    assert staff.get("/api/v1/complaints").status_code == 401
    assert staff.post("/api/v1/complaints", json=sent()).status_code == 401
    answer = staff.post("/api/v1/complaints", json=sent(), headers={"Authorization": f"Bearer {one.key}"})
    assert answer.status_code == 201
    assert "Set-Cookie" not in answer.headers


def test_a_client_holds_no_right_but_its_own(program, session, world):
    one = program()
    acting = clients.actor_of(session.get(ApiClient, one.client_id))
    assert {permission for permission in Permission if can(acting, permission)} == {Permission.COMPLAINT_REGISTER}
    number = one.post(sent()).json["number"]
    complaint_id = session.scalars(select(Complaint.id).where(Complaint.number == number)).one()
    with pytest.raises(NotFound), transaction() as writing:
        service.assign(writing, actor=acting, complaint_id=complaint_id, lead_id=world.units["JYJ"].id, now=NOW)
    reader = program("只读", (ApiScope.COMPLAINTS_READ, ApiScope.UNITS_READ))
    assert clients.actor_of(session.get(ApiClient, reader.client_id)).holds == frozenset()


# Around it


def test_only_addresses_of_the_api_are_answered_in_json(app: Flask):
    client = app.test_client()
    for path in ("/api/", "/api/v1", "/api/v1/none", "/api/v2/units"):
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "application/json"), path
    wrong = client.delete("/api/v1/complaints")
    assert (wrong.status_code, wrong.mimetype) == (405, "application/json")
    assert "POST" in wrong.headers["Allow"]
    page = client.get("/none")
    assert (page.status_code, page.mimetype) == (404, "text/html")


def test_the_description_is_open_and_names_no_other_host(app: Flask):
    answer = app.test_client().get("/api/openapi.json")
    described = answer.json
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == {"/api/v1/complaints", "/api/v1/complaints/{number}", "/api/v1/units"}
    assert described["paths"]["/api/v1/units"]["get"]["security"] == [{"key": ["units:read"]}]
    assert "http://" not in answer.text
    assert "https://" not in answer.text


def test_a_failure_of_ours_is_told_in_json_with_a_number_to_ask_for(app: Flask, program, session, caplog):
    one = program()
    session.execute(text("DROP TABLE api_call"))
    session.commit()
    answer = one.post(sent(), **{"Idempotency-Key": "k"})
    assert (answer.status_code, answer.mimetype) == (500, "application/json")
    assert "编号" in answer.json["errors"][0]["message"]
    assert count(session, Complaint) == 0
