"""The pages of duties, classes, 谁来管 and the table, for those who keep them and those who read."""

import re
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from coordination import sheets
from coordination.members import importing
from models import Duty, Subject
from tests.members.duty_tables import CLAUSE, add, classes, row, table
from tests.members.test_pages import queries_of, send, token
from tests.world import TODAY


@pytest.fixture
def kinds(session, world):
    found = classes(session)
    session.commit()
    return found


@pytest.mark.parametrize("username", ["office", "admin", "liaison-JYJ", "router", "auditor"])
def test_everybody_reads_and_the_office_and_the_admin_keep(session, world, kinds, sign_in, username):
    duty = add(session, world.units["JYJ"], kinds["学科类培训"])
    session.commit()
    client, keeps = sign_in(username), username in {"office", "admin"}
    read = ["/members/duties", f"/members/duties/{duty.id}", "/members/who", "/members/subjects", "/members/duties/coverage"]
    read += ["/members/duties.xlsx", "/members/duties/import/blank.xlsx", f"/members/who?subject={kinds['服务'].id}"]
    edit = [f"/members/units/{world.units['JYJ'].id}/duties/new", f"/members/duties/{duty.id}/edit", f"/members/duties/{duty.id}/end"]
    edit += ["/members/subjects/new", f"/members/subjects/{kinds['旅游'].id}/edit", "/members/duties/import"]
    assert {client.get(address).status_code for address in read} == {200}
    assert {client.get(address).status_code for address in edit} == {200 if keeps else 403}
    for address, words in ((read[0], "导入…"), (read[1], "更改职责"), (read[3], "新增分类")):
        assert (words in client.get(address).text) == keeps


def test_a_duty_is_written_down_found_changed_and_ended(session, world, kinds, sign_in):
    client, unit = sign_in("office"), world.units["JYJ"]
    fields = {"subject_id": kinds["学科类培训"].id, "text": "管理校外培训", "role": "lead", "clause": CLAUSE}
    fields |= {"keywords": "培训，学费*3、退费", "exclusions": "驾校"}
    assert send(client, f"/members/units/{unit.id}/duties/new", **fields).status_code == 302
    duty = session.scalars(select(Duty).where(Duty.unit_id == unit.id)).one()
    assert (duty.keywords, duty.exclusions) == ({"培训": 1, "学费": 3, "退费": 1}, ["驾校"])
    assert "管理校外培训" in client.get("/members/duties?q=学费&role=lead").text
    assert "没有找到“航空”" in client.get("/members/duties?q=航空&after=7").text
    assert 'value="培训、学费*3、退费"' in client.get(f"/members/duties/{duty.id}/edit").text
    changed = {**fields, "text": "管理校外培训机构", "valid_from": "2026-06-01", "version": duty.version}
    assert send(client, f"/members/duties/{duty.id}/edit", **changed).status_code == 302
    session.refresh(duty)
    assert duty.valid_to == date(2026, 5, 31)
    new = session.scalars(select(Duty).where(Duty.text == "管理校外培训机构")).one()
    assert send(client, f"/members/duties/{new.id}/end", valid_to="2026-12-31", version=new.version).status_code == 302
    page = client.get(f"/members/duties/{duty.id}").text
    assert "历次文本（2次）" in page
    assert "<ins" in page
    assert "自2026年6月1日起，学科类培训：职责由“管理校外培训”改为“管理校外培训机构”" in page
    assert "以往和未生效的职责（1项）" in client.get(f"/members/units/{unit.id}").text.replace("\n", "")


def test_wrong_keywords_are_told_and_all_that_was_typed_is_kept(world, kinds, sign_in):
    client, unit = sign_in("office"), world.units["JYJ"]
    fields = {"subject_id": kinds["旅游"].id, "text": "受理旅游投诉", "role": "lead", "clause": "旅游法", "keywords": "学费*99"}
    answer = send(client, f"/members/units/{unit.id}/duties/new", **fields)
    assert answer.status_code == 422
    assert "关键词“学费”的权重应在1至9之间" in answer.text
    assert "受理旅游投诉" in answer.text
    assert send(client, f"/members/units/{unit.id}/duties/new", **{**fields, "subject_id": 999_999}).status_code == 422


def test_a_second_editor_of_a_duty_sees_both_texts(session, world, kinds, sign_in):
    duty = add(session, world.units["JYJ"], kinds["学科类培训"])
    session.commit()
    client, address = sign_in("office"), f"/members/duties/{duty.id}/edit"
    fields = {"subject_id": duty.subject_id, "role": "lead", "clause": CLAUSE, "version": duty.version}
    assert send(client, address, **fields, text="别人写的").status_code == 302
    answer = send(client, address, **fields, text="我写的")
    assert answer.status_code == 409
    assert "您写的内容没有丢失" in answer.text
    assert "<del>别人</del>" in re.sub(r"<(ins|del)[^>]*>(<span[^>]*>[^<]*</span>)?", r"<\1>", answer.text)


def test_a_class_is_added_changed_and_ended(session, kinds, sign_in):
    client = sign_in("office")
    fields = {"code": "S0399", "name": "托育", "parent_id": kinds["教育培训"].id, "is_public": "y"}
    assert send(client, "/members/subjects/new", **fields).status_code == 302
    made = session.scalars(select(Subject).where(Subject.code == "S0399")).one()
    address = f"/members/subjects/{made.id}/edit"
    ended = {"name": "托育服务", "parent_id": fields["parent_id"], "valid_to": "2026-01-31", "version": made.version}
    assert send(client, address, **ended).status_code == 302
    assert "托育服务" not in client.get("/members/subjects").text
    assert "托育服务" in client.get("/members/subjects?state=all").text
    assert "名称由“托育”改为“托育服务”" in client.get(address).text
    assert send(client, "/members/subjects/new", **{**fields, "code": "?"}).status_code == 422


def test_who_handles_it_is_told_by_words_and_by_class(session, world, kinds, sign_in):
    add(session, world.units["JYJ"], kinds["学科类培训"], keywords={"学费": 3})
    session.commit()
    client = sign_in("router")
    page = client.get("/members/who?q=补课班不退学费").text
    assert "命中关键词：学费" in page
    assert CLAUSE in page
    assert "县教育局" in client.get(f"/members/who?subject={kinds['学科类培训'].id}").text
    assert "没有找到管“航空”的单位" in client.get("/members/who?q=航空").text
    short = client.get("/members/who?q=费")
    assert (short.status_code, "请输入至少2个字再查" in short.text) == (422, True)
    coverage = client.get("/members/duties/coverage").text
    assert "没有单位主办的事项（2项）" in coverage
    assert "服务 › 旅游" in coverage


def upload(client, content, address="/members/duties/import"):
    sent = {"csrf_token": token(client, address), "file": (BytesIO(content), "职责.xlsx")}
    return client.post(address, data=sent, content_type="multipart/form-data")


def checked(page):
    """The hidden fields of the page 核对."""
    return {name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1] for name in ("csrf_token", "digest", "seal")}


def test_a_table_is_looked_at_then_taken_in(session, world, kinds, sign_in):
    client = sign_in("office")
    page = upload(client, table(row(起始日期=TODAY), row("县文旅局", "旅游")))
    assert page.status_code == 200
    assert "新增2项，更改0项，不变0项，不能导入0行" in page.text
    assert session.scalars(select(Duty)).all() == []
    answer = client.post("/members/duties/import/confirmed", data=checked(page.text))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/members/duties")
    assert "已导入2项职责" in client.get("/members/duties").text
    again = upload(client, client.get("/members/duties.xlsx").data)
    assert "表中都与现有职责相同" in again.text


def test_a_table_with_a_bad_line_is_refused_whole_and_its_lines_taken_away(session, kinds, sign_in):
    client = sign_in("office")
    page = upload(client, table(row(), row("县航天局")))
    assert "没有“县航天局”这个单位" in page.text
    assert "导入1项职责" not in page.text
    file = client.post("/members/duties/import/refused.xlsx", data=checked(page.text))
    columns = {"line": sheets.Column(("行",)), "why": sheets.Column(("不能导入的原因",)), **importing.COLUMNS}
    assert [(one.text("line"), one.text("unit")) for one in sheets.read(file.data, columns)] == [("3", "县航天局")]
    refused = client.post("/members/duties/import/confirmed", data=checked(page.text))
    assert refused.status_code == 422
    assert "没有导入任何一行" in refused.text
    assert session.scalars(select(Duty)).all() == []


def test_what_another_person_looked_at_is_not_taken_in(kinds, sign_in):
    fields = checked(upload(sign_in("admin"), table(row())).text)
    client = sign_in("office")
    fields["csrf_token"] = token(client, "/members/duties/import")
    answer = client.post("/members/duties/import/confirmed", data=fields)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/members/duties/import")


def test_what_is_no_table_is_refused_on_the_page(kinds, sign_in):
    answer = upload(sign_in("office"), b"no table")
    assert answer.status_code == 422
    assert "不是有效的.xlsx" in answer.text


def test_more_duties_ask_the_database_no_more_often(session, world, kinds, sign_in):
    one = add(session, world.units["JYJ"], kinds["旅游"])
    session.commit()
    client = sign_in("office")
    pages = [f"/members/duties/{one.id}", f"/members/who?subject={kinds['旅游'].id}", "/members/who?q=培训", "/members/duties/coverage"]
    for page in pages:
        client.get(page)
    before = [queries_of(client, page) for page in pages]
    for number in range(60):
        add(session, list(world.units.values())[number % 8], kinds["旅游"], clause=f"第{number}条")
    session.commit()
    for page in pages:
        client.get(page)
    assert [queries_of(client, page) for page in pages] == before
