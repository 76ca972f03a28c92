"""The pages of complaints, as each person meets them."""

import html
import io
import re

import pytest
import time_machine
from sqlalchemy import select

from coordination import attachments
from coordination.complaints import listing, service, taking
from coordination.complaints.importing import Import
from coordination.complaints.listing import Place, Sought
from coordination.complaints.reading import read
from coordination.permissions import OPERATOR
from coordination.settings import service as settings
from coordination.transaction import transaction
from models import Assignment, AuditEntry, Complaint, ComplaintImport, ComplaintStatus
from models.complaint import NO_DAY
from tests.world import NOW

HEAD = "登记编号,类型,登记时间,投诉人,联系电话,企业名称,诉求内容,具体问题,科室备注\n"
PHONE = "13812345678"


def table(*rows: str) -> bytes:
    return (HEAD + "".join(row + "\n" for row in rows)).encode()


def row(number: str, kind: str = "投诉", day: str = "2026-06-16") -> str:
    return f"{number},{kind},{day} 08:00,张三丰,{PHONE},惠民超市,退款,张三丰买的面包过期 电话{PHONE},急"


@pytest.fixture(autouse=True)
def now(app):
    """18 June 2026, when the world's people are at work; forms need no token here (tests/house asks for that)."""
    app.config["WTF_CSRF_ENABLED"] = False
    with transaction() as writing:
        settings.load_defaults(writing, NOW)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cases(session):
    """``cases("A1", "A2")``: cases with these numbers, waiting for the router; their ids."""

    def make(*numbers: str, kind: str = "投诉") -> list[int]:
        running = Import(read("a.csv", table(*(row(number, kind) for number in numbers)), {}), {}, NOW)
        with transaction() as writing:
            for batch in running.batches():
                running.take(writing, actor=OPERATOR, batch=batch)
            return [writing.scalars(select(Complaint.id).where(Complaint.number == number)).one() for number in numbers]

    return make


@pytest.fixture
def given(session, world):
    """``given(id, "JYJ")``: assigned to that unit."""

    def act(complaint_id: int, unit: str = "JYJ", **more) -> None:
        with transaction() as writing:
            actor = world.actor(writing, "router")
            service.assign(writing, actor=actor, complaint_id=complaint_id, lead_id=world.units[unit].id, now=NOW, **more)

    return act


def page(client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.text[:300]
    return html.unescape(answer.text)


def say(client, url: str, **fields) -> str:
    answer = client.post(url, data=fields)
    assert answer.status_code == 302, re.findall(r"errors-title.*?</p>|field-error.*?</p>", answer.text, re.S)
    return answer.headers["Location"]


def test_the_router_finds_what_waits_and_a_number_leads_straight_to_its_case(cases, sign_in):
    one, *_ = cases("A1", "A2")
    router = sign_in("router")
    shown = page(router, "/complaints")
    assert "分派队列" in shown
    assert "待分派 2" in shown
    assert router.get("/complaints?q=A1").headers["Location"] == f"/complaints/{one}"


def test_nothing_that_tells_who_complained_stands_on_any_page_until_a_purpose_is_written(session, cases, given, sign_in):
    one = cases("A1")[0]
    given(one)
    router, liaison = sign_in("router"), sign_in("liaison-JYJ")
    for client in (router, liaison):
        for url in ("/complaints?view=" + ("handling" if client is router else ""), f"/complaints/{one}"):
            shown = page(client, url)
            assert PHONE not in shown
            assert "张三丰" not in shown
    assert PHONE not in page(liaison, f"/complaints/{one}/unmask")
    shown = html.unescape(liaison.post(f"/complaints/{one}/unmask", data={"reason": "电话告知受理结果"}).text)
    assert PHONE in shown
    assert "张三丰" in shown
    session.expire_all()
    last = session.scalars(select(AuditEntry).where(AuditEntry.action == "complaint:unmask")).one()
    assert "电话告知受理结果" in last.text


def test_of_a_report_only_who_handles_it_learns_who_told(cases, given, sign_in):
    one = cases("B1", kind="举报")[0]
    router = sign_in("router")
    assert "查看投诉人信息" in page(router, f"/complaints/{one}")
    given(one)
    assert "查看投诉人信息" not in page(router, f"/complaints/{one}")
    assert router.post(f"/complaints/{one}/unmask", data={"reason": "看看"}).status_code == 403
    assert sign_in("liaison-JYJ").post(f"/complaints/{one}/unmask", data={"reason": "核查"}).status_code == 200


def test_a_case_goes_from_assignment_to_its_end_on_the_pages(session, world, cases, sign_in):
    one = cases("A1")[0]
    router, liaison = sign_in("router"), sign_in("liaison-JYJ")
    assert "最迟2026年6月26日（周五）" in page(router, f"/complaints/{one}")  # 7 working days from 16 June; the 19th is off
    say(router, f"/complaints/{one}/assign", lead_id=world.units["JYJ"].id, co_ids=[world.units["WLJ"].id], note="尽快")
    assert "签收" in page(liaison, "/desk")
    say(liaison, f"/complaints/{one}/receive", next=f"/complaints/{one}")
    say(liaison, f"/complaints/{one}/accept")
    say(liaison, f"/complaints/{one}/mediate", place="教育局")
    say(liaison, f"/complaints/{one}/appraise", body="检测所", since="2026-06-18")
    assert "暂停" in page(liaison, f"/complaints/{one}")
    say(liaison, f"/complaints/{one}/appraised", until="2026-06-18", finding="合格")
    say(liaison, f"/complaints/{one}/terminate", ground="impossible", reason="差距过大")
    assert "终止调解决定须告知双方" in page(liaison, f"/complaints/{one}")
    say(liaison, f"/complaints/{one}/told")
    say(liaison, f"/complaints/{one}/close")
    session.expire_all()
    assert session.get(Complaint, one).status == ComplaintStatus.CLOSED
    assert session.scalars(select(Assignment.queued_on).where(Assignment.complaint_id == one)).all() == [None, None]
    assert f'href="/complaints/{one}"' in page(liaison, "/complaints?view=closed")
    assert f'href="/complaints/{one}"' not in page(liaison, "/complaints")


def test_a_report_and_a_query_go_their_own_ways(session, cases, given, sign_in):
    report, query = cases("B1", kind="举报")[0], cases("C1", kind="咨询")[0]
    liaison = sign_in("liaison-JYJ")
    for one in (report, query):
        given(one)
        say(liaison, f"/complaints/{one}/receive")
    assert "开始核查" in page(liaison, f"/complaints/{report}")
    assert "/accept" not in page(liaison, f"/complaints/{report}")
    say(liaison, f"/complaints/{report}/check")
    assert liaison.post(f"/complaints/{report}/verdict", data={"filed": 1, "result": "属实"}).status_code == 422
    say(liaison, f"/complaints/{report}/verdict", filed=1, case_number="〔2026〕1号", result="属实")
    say(liaison, f"/complaints/{report}/inform")
    say(liaison, f"/complaints/{report}/close")
    say(liaison, f"/complaints/{query}/answer", text="可以退")
    say(liaison, f"/complaints/{query}/close")
    session.expire_all()
    assert {session.get(Complaint, one).status for one in (report, query)} == {ComplaintStatus.CLOSED}


def test_two_units_send_it_back_and_the_dispute_is_decided_with_a_paper(world, cases, given, sign_in):
    one = cases("A1")[0]
    router = sign_in("router")
    given(one, "JYJ")
    say(sign_in("liaison-JYJ"), f"/complaints/{one}/return", reason="不是培训", believed_id=world.units["WLJ"].id)
    assert "县教育局退回：不是培训，认为应由县文旅局办理" in page(router, f"/complaints/{one}")
    say(router, f"/complaints/{one}/assign", lead_id=world.units["WLJ"].id)
    say(sign_in("liaison-WLJ"), f"/complaints/{one}/return", reason="也不是")
    assert "职责争议 1" in page(router, "/complaints?view=disputed")
    say(router, f"/complaints/{one}/designate", lead_id=world.units["JYJ"].id, body="联席会议", document_no="纪要〔2026〕3号")
    liaison = sign_in("liaison-JYJ")
    assert "依据联席会议纪要〔2026〕3号指定由本单位办理，不能退回" in page(liaison, f"/complaints/{one}")
    assert liaison.post(f"/complaints/{one}/return", data={"reason": "还是不是"}).status_code == 409


def test_another_units_case_looks_like_none(cases, given, sign_in):
    one = cases("A1")[0]
    given(one, "JYJ")
    other = sign_in("liaison-WLJ")
    for url in (f"/complaints/{one}", f"/complaints/{one}/accept", f"/complaints/{one}/unmask", "/complaints/999999"):
        assert other.get(url).status_code == 404
    assert f'href="/complaints/{one}"' not in page(other, "/complaints")


def test_the_office_and_the_auditor_read_and_change_nothing(cases, sign_in):
    one = cases("A1")[0]
    for who in ("office", "auditor"):
        client = sign_in(who)
        assert f'href="/complaints/{one}"' in page(client, "/complaints")
        page(client, f"/complaints/{one}")
        assert client.get(f"/complaints/{one}/assign").status_code == 403
        assert client.get(f"/complaints/{one}/unmask").status_code == 403


def test_a_form_filled_wrongly_keeps_what_was_typed(sign_in):
    router = sign_in("router")
    filled = {"kind": "complaint", "channel": "platform", "sector": "market", "received_at": "2026-06-18T08:00", "text": "面包过期"}
    answer = router.post("/complaints/new", data=filled)
    assert answer.status_code == 422
    shown = html.unescape(answer.text)
    assert "投诉须登记投诉人姓名、投诉人电话、被投诉人名称、投诉请求" in shown
    assert "面包过期" in shown
    whole = {**filled, "name": "李四", "phone": "13900001111", "target_name": "小店", "request": "退款"}
    assert "涉及金额应为数字" in html.unescape(router.post("/complaints/new", data={**whole, "amount": "很多"}).text)
    assert re.fullmatch(r"/complaints/\d+", say(router, "/complaints/new", **whole, amount="1,280.50"))


def test_the_phone_is_looked_for_by_post_alone(cases, given, sign_in):
    cases("A1")
    router = sign_in("router")
    shown = html.unescape(router.post("/complaints/by-phone", data={"phone": "138-1234-5678"}).text)
    assert "A1" in shown
    assert PHONE not in shown
    assert "没有找到该电话" in html.unescape(router.post("/complaints/by-phone", data={"phone": "13900000000"}).text)


def test_pages_of_a_queue_are_turned_both_ways_without_loss(session, world, cases, given):
    ids = cases(*(f"N{number:03}" for number in range(70)))
    actor = world.actor(session, "router")
    found, after = [], None
    while True:
        turned = listing.page(session, actor, Sought(), after=after)
        found += [one.id for one in turned.rows]
        if turned.after is None:
            break
        after = turned.after
    assert found == sorted(ids)
    back = listing.page(session, actor, Sought(), before=Place(turned.rows[0].due_on, found[60]))
    assert [one.id for one in back.rows] == found[30:60]


def test_what_has_no_day_stands_behind_what_has_one(session, world, cases):
    first, second = cases("A1", "A2")
    with transaction() as writing:
        writing.get(Complaint, first).due_on = NO_DAY
    shown = listing.page(session, world.actor(session, "router"), Sought())
    assert [one.id for one in shown.rows] == [second, first]
    assert [one.last_day for one in shown.rows][1] is None


def upload(client, content: bytes, name: str = "export.csv"):
    return client.post("/complaints/imports", data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def test_an_export_is_looked_at_then_taken_in_and_its_bytes_are_gone(app, session, sign_in):
    router = sign_in("router")
    answer = upload(router, table(row("A1"), row("A2", day="2027-01-01"), row("A1"), row("A3")))
    url = answer.headers["Location"]
    shown = page(router, url)
    assert "读取4行：新登记2件，更新0件，未变1件，不能导入1行" in shown
    assert "科室备注" in shown
    assert PHONE not in shown
    assert "张三丰" not in shown
    files = [path for path in app.config["CONFIG"].instance.rglob("*") if path.is_file()]
    kept = [path for path in files if PHONE.encode() in path.read_bytes()]
    assert kept == []
    ended = html.unescape(router.post(f"{url}/run").text)
    assert "导入完成：新登记2件，更新0件，未变1件，未导入1行" in ended
    session.expire_all()
    found = session.scalars(select(ComplaintImport)).one()
    assert found.digest == ""
    assert found.finished_at is not None
    assert "时间2027-01-01尚未到" in page(router, url)
    assert router.get(f"{url}/rejected.xlsx").data.startswith(b"PK")
    assert "文件" in html.unescape(router.post(f"{url}/run", follow_redirects=True).text)


def test_what_a_heading_means_is_remembered_for_the_next_file(session, sign_in):
    router = sign_in("router")
    content = "登记编号,类型,怎么回事\nA1,投诉,面包过期\n".encode()
    url = upload(router, content).headers["Location"]
    assert "“怎么回事”列对应" in page(router, url)
    say(router, f"{url}/columns", heading="怎么回事", key="text")
    assert "怎么回事（具体问题）" in page(router, url)
    assert "导入完成" in html.unescape(router.post(f"{url}/run").text)
    session.expire_all()
    assert session.scalars(select(Complaint.text)).one() == "面包过期"
    assert "怎么回事（具体问题）" in page(router, upload(router, content).headers["Location"])


def test_a_broken_off_import_is_taken_up_again_without_a_second_record(session, world, sign_in, monkeypatch):
    router = sign_in("router")
    monkeypatch.setattr("coordination.complaints.importing.BATCH", 2)
    url = upload(router, table(*(row(f"A{number}") for number in range(5)))).headers["Location"]
    found = session.scalars(select(ComplaintImport)).one()
    with transaction() as writing:
        actor = world.actor(writing, "router")
        running, _ = taking.begin(writing, actor=actor, import_id=found.id, now=NOW)
    with transaction() as writing:
        taking.advance(writing, actor=actor, import_id=found.id, running=running, batch=next(running.batches()))
    assert "在2／5行中断" in page(router, url)
    assert "新登记3件，更新0件，未变2件" in html.unescape(router.post(f"{url}/run").text)
    session.expire_all()
    assert len(session.scalars(select(Complaint.id)).all()) == 5


def test_a_file_that_was_only_looked_at_is_let_go_after_two_days(session, sign_in):
    router = sign_in("router")
    url = upload(router, table(row("A1"))).headers["Location"]
    path = attachments.path_of(session.scalars(select(ComplaintImport.digest)).one())
    assert path.exists()
    with transaction() as writing:
        assert taking.forget_old(writing, now=NOW + taking.KEPT_FOR * 2) == 1
    assert not path.exists()
    assert "文件已不再保存，请重新上传" in page(router, url)


@pytest.mark.parametrize(
    ("name", "content", "reason"), [("a.xls", b"\xd0\xcf\x11\xe0", "另存为.xlsx"), ("a.xlsx", b"PK\x03\x04x", "另存为.xlsx再导入")]
)
def test_a_file_that_cannot_be_read_is_refused_in_words(sign_in, name, content, reason):
    answer = upload(sign_in("router"), content, name)
    assert answer.status_code == 422
    assert reason in html.unescape(answer.text)
