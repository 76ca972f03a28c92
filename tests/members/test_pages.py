"""The pages of the register: who may read, who may edit, and what happens to what was typed."""

import re
from datetime import date

import pytest
from sqlalchemy import event, select

from coordination.members import seating, service
from coordination.permissions import OPERATOR
from models import Duty, Membership, Subject, Unit, UnitKind
from models.base import db
from tests.world import NOW, TODAY


def token(client, address):
    """The form's token, as a browser finds it on the page."""
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).text)[1]


def send(client, address, shown=None, **fields):
    return client.post(address, data={"csrf_token": token(client, shown or address), **fields})


def unit_fields(unit, **changed):
    kept = {"name": unit.name, "short_name": unit.short_name, "kind": unit.kind.value, "phone": unit.phone, "version": unit.version}
    return {**kept, "parent_id": unit.parent_id or "", "valid_from": unit.valid_from or "", **changed}


def addresses(world):
    unit, mechanism = world.units["JYJ"].id, world.mechanisms["county"].id
    read = ["/members", "/members/units", "/members/duties", f"/members/units/{unit}", f"/members/mechanisms/{mechanism}"]
    read += ["/members/who", "/members/subjects", "/members/duties/coverage"]
    edit = [
        "/members/units/new",
        f"/members/units/{unit}/edit",
        f"/members/units/{unit}/end",
        "/members/mechanisms/new",
        f"/members/mechanisms/{mechanism}/edit",
        f"/members/mechanisms/{mechanism}/enter",
    ]
    return read, edit


@pytest.mark.parametrize("username", ["office", "liaison-JYJ", "auditor", "admin"])
def test_everybody_reads_the_register_and_only_the_admin_edits(world, sign_in, username):
    client = sign_in(username)
    read, edit = addresses(world)
    assert {client.get(address).status_code for address in read} == {200}
    assert {client.get(address).status_code for address in edit} == {200 if username == "admin" else 403}
    assert ("更改单位" in client.get(read[3]).text) == (username == "admin")


def test_strangers_are_asked_to_sign_in(app, world):
    client = app.test_client()
    read, edit = addresses(world)
    assert all("/login" in client.get(address).headers["Location"] for address in read + edit)


def test_what_does_not_exist_is_not_found(sign_in):
    client = sign_in("admin")
    pages = ["units/{}", "units/{}/edit", "units/{}/end", "units/{}/duties/new", "mechanisms/{}", "mechanisms/{}/edit"]
    pages += ["mechanisms/{}/enter", "seats/{}/leave", "duties/{}", "duties/{}/edit", "duties/{}/end", "subjects/{}/edit"]
    answers = {client.get("/members/" + page.format(row_id)).status_code for page in pages for row_id in (0, 999_999, 10**30)}
    assert answers == {404}


def test_a_page_of_a_member_names_its_people_and_what_it_answers_for(session, world, sign_in):
    old, heir = world.units["SWJ"], world.units["JYJ"]
    service.end_unit(
        session, actor=OPERATOR, unit_id=old.id, version=old.version, valid_to=date(2026, 1, 31), successor_id=heir.id, now=NOW
    )
    session.commit()
    client = sign_in("office")
    page = client.get(f"/members/units/{heir.id}").text
    assert "县教育局联络员" in page
    assert "承接了" in page
    assert f'href="/members/units/{old.id}"' in page
    assert "本单位已撤并，现由" in client.get(f"/members/units/{old.id}").text
    assert "（承接县商务局）" in client.get("/members").text.replace("\n", "").replace(" ", "")


def test_a_unit_is_entered_and_shown(sign_in, session):
    client = sign_in("admin")
    answer = send(client, "/members/units/new", code="tyj", name="示例县体育局", short_name="县体育局", kind="bureau", phone="0000-1234567")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/members/units")
    unit = session.scalars(select(Unit).where(Unit.code == "TYJ")).one()
    assert "0000-1234567" in client.get(f"/members/units/{unit.id}").text


def test_a_refused_form_keeps_what_was_typed_and_says_why(world, sign_in):
    client = sign_in("admin")
    answer = send(client, "/members/units/new", code="JYJ", name="示例县体育局", short_name="县体育局", kind="bureau")
    assert answer.status_code == 422
    assert "代码JYJ已用于示例县教育局" in answer.text
    assert 'value="示例县体育局"' in answer.text
    answer = send(client, "/members/units/new", code="", name="", short_name="县体育局", kind="")
    assert answer.status_code == 422
    assert all(words in answer.text for words in ("请填写代码", "请填写全称", "请选择类别"))


def test_a_second_editor_sees_both_texts_and_may_still_save(session, world, sign_in):
    client, unit = sign_in("admin"), world.units["JYJ"]
    address = f"/members/units/{unit.id}/edit"
    seen = unit_fields(unit)
    send(client, address, **{**seen, "phone": "111"})
    answer = send(client, address, **{**seen, "phone": "222"})
    assert answer.status_code == 409
    assert "您写的内容没有丢失" in answer.text
    assert "111" in answer.text
    assert "222" in answer.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)[1]
    assert send(client, address, **{**seen, "phone": "222", "version": version}).status_code == 302
    session.refresh(unit)
    assert unit.phone == "222"


def test_a_seat_is_given_moved_and_given_up(session, world, sign_in):
    client, county, section = sign_in("admin"), world.mechanisms["county"], world.units["XBG"]
    page = f"/members/mechanisms/{county.id}"
    assert send(client, f"{page}/enter", unit_id=section.id, from_on="2026-06-01").status_code == 302
    seat = session.scalars(select(Membership).where(Membership.unit_id == section.id, Membership.mechanism_id == county.id)).one()
    assert send(client, f"/members/seats/{seat.id}/move", page, to="up").headers["Location"] == f"{page}#row-{seat.id}"
    session.refresh(seat)
    assert seat.position == 4
    assert "期间不能重复" in send(client, f"{page}/enter", unit_id=section.id, from_on="2026-07-01").text
    answer = send(client, f"/members/seats/{seat.id}/leave", to_on=TODAY.isoformat(), version=seat.version)
    assert answer.status_code == 302
    session.refresh(seat)
    assert seat.to_on == TODAY


def test_a_unit_merged_by_mistake_is_restored(session, world, sign_in):
    client, unit = sign_in("admin"), world.units["GAJ"]
    page = f"/members/units/{unit.id}"
    assert send(client, f"{page}/end", valid_to="2026-01-31", successor_id="", version=unit.version).status_code == 302
    session.refresh(unit)
    assert send(client, f"{page}/restore", page, version=unit.version).status_code == 302
    session.refresh(unit)
    assert unit.valid_to is None


def test_a_mechanism_is_set_up_by_the_admin(session, world, sign_in):
    client = sign_in("admin")
    fields = {"code": "network", "name": "网络市场监管联席会议", "short_name": "网络联席会议", "issuer": "示例县市场监督管理局"}
    fields |= {"office_unit_id": world.units["SCJG"].id, "top_rung": "report_up", "has_liaison_meeting": "y"}
    assert send(client, "/members/mechanisms/new", **fields).status_code == 302
    assert "网络市场监管联席会议" in client.get("/members").text
    mechanism = next(m for m in world.mechanisms.values() if m.code == "county")
    edit = {**fields, "name": mechanism.name, "short_name": "县联席会议", "version": mechanism.version}
    assert send(client, f"/members/mechanisms/{mechanism.id}/edit", **edit).status_code == 302
    assert "县联席会议" in client.get(f"/members/mechanisms/{mechanism.id}").text


def test_odd_addresses_are_answered_calmly(sign_in):
    client = sign_in("office")
    for query in ("q=%00%F0%9F%98%80", "q=" + "长" * 500, "after=999999999999999999999", "before=x", "kind=nonsense", "q=%25"):
        assert client.get(f"/members/units?{query}").status_code == 200
        assert client.get(f"/members/duties?{query}").status_code == 200
        assert client.get(f"/members/who?{query}").status_code in {200, 422}


def queries_of(client, address):
    """How many statements the page sends to the database."""
    sent = []
    listener = lambda *given: sent.append(given[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    return len(sent)


def test_longer_lists_ask_the_database_no_more_often(session, world, sign_in):
    client = sign_in("office")
    read, _ = addresses(world)
    for address in read:
        client.get(address)
    before = [queries_of(client, address) for address in read]
    for number in range(60):
        made = {"name": f"示例县第{number}局", "short_name": f"第{number}局", "kind": UnitKind.BUREAU, "parent_id": world.units["JYJ"].id}
        unit = service.create_unit(session, actor=OPERATOR, code=f"U{number}", now=NOW, **made)
        seating.enter(
            session, actor=OPERATOR, mechanism_id=world.mechanisms["county"].id, unit_id=unit.id, from_on=date(2025, 1, 1), now=NOW
        )
        if number % 3 == 0:
            ended = {"valid_to": date(2026, 1, 1), "successor_id": world.units["JYJ"].id}
            service.end_unit(session, actor=OPERATOR, unit_id=unit.id, version=unit.version, now=NOW, **ended)
        session.add(Duty(unit=unit, subject=Subject(code=f"Z{number}", name=f"事项{number}"), text="职责", clause="条款"))
    session.commit()
    for address in read:
        client.get(address)
    assert [queries_of(client, address) for address in read] == before
