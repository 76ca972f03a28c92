"""由文字登记任务: a text is read into rows, a person looks at them, and what is ticked becomes tasks."""

import html
import re
from datetime import date

import pytest
from sqlalchemy import select

from models import ReadingCase, Task, Unit, UnitKind, Verdict

pytestmark = pytest.mark.usefixtures("rules", "on_the_day")
HERE = "/tasks/from-text?mechanism=county"
ROWS = "/tasks/from-text/rows?mechanism=county"
LETTER = "县市场监管局、县商务局：\n请县商务局牵头，县教育局配合，于9月底前完成预付卡备案清查。\n请有关部门于7月10日前报送联系人名单。"
TABLE = (
    "任务\t牵头单位\t配合单位\t时限\n开展培训机构清查\t县教育局\t县公安局、县文旅局\t8月底前\n公布检查结果\t县文旅局\t县教育局\t9月15日前"
)


def pasted(client, text=LETTER, **given):
    return client.post(HERE, data={"source": "县政府交办〔2026〕12号", "on": "2026-06-18", "text": text, **given})


def rows(response) -> dict[str, str]:
    """What the form of the rows would send."""
    page = response.get_data(as_text=True)
    inputs = re.findall(r"<input\b[^>]*>", page)
    fields = {}
    for tag in inputs:
        facts = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if facts.get("name", "").startswith("rows-") and (facts.get("type") != "checkbox" or re.search(r"\bchecked\b", tag)):
            fields[facts["name"]] = html.unescape(facts.get("value", ""))
    return {"source": "县政府交办〔2026〕12号", "on": "2026-06-18", **fields}


def test_a_letter_is_read_into_rows_and_nothing_is_written(session, sign_in):
    response = pasted(sign_in("office"))
    assert response.status_code == 200
    fields = rows(response)
    assert {name: fields[f"rows-0-{name}"] for name in ("take", "title", "lead", "co", "due_on")} == {
        "take": "y",
        "title": "完成预付卡备案清查",
        "lead": "县商务局",
        "co": "县教育局",
        "due_on": "2026-09-30",
    }
    assert "rows-1-take" not in fields
    assert (fields["rows-1-lead"], fields["rows-1-due_on"]) == ("", "2026-07-10")
    assert "“有关部门”对应不到单位，请选择" in response.get_data(as_text=True)
    assert session.scalars(select(Task)).all() == []


def test_ticked_rows_become_tasks_and_are_kept_as_cases(session, world, sign_in):
    client = sign_in("office")
    fields = rows(pasted(client)) | {"rows-1-take": "y", "rows-1-lead": "教育局"}
    answer = client.post(ROWS, data=fields, follow_redirects=True).get_data(as_text=True)
    assert "已下达2项任务：任务〔2026〕临-1至临-2" in answer
    first, second = session.scalars(select(Task).order_by(Task.serial))
    assert (first.lead.code, [unit.code for unit in first.co_units], first.due_on) == ("SWJ", ["JYJ"], date(2026, 9, 30))
    assert (first.source, first.number) == ("县政府交办〔2026〕12号", "任务〔2026〕临-1")
    assert (second.lead.code, second.due_on) == ("JYJ", date(2026, 7, 10))
    assert [case.verdict for case in session.scalars(select(ReadingCase).order_by(ReadingCase.id))] == [
        Verdict.CONFIRMED,
        Verdict.CORRECTED,
    ]
    again = client.post(ROWS, data=fields)
    assert (again.status_code, "已登记为任务〔2026〕临-1" in again.get_data(as_text=True)) == (422, True)


def test_a_table_is_read_by_its_columns(sign_in):
    fields = rows(pasted(sign_in("office"), TABLE))
    assert [(fields[f"rows-{n}-lead"], fields[f"rows-{n}-co"], fields[f"rows-{n}-due_on"]) for n in (0, 1)] == [
        ("县教育局", "县文旅局、县公安局", "2026-08-31"),
        ("县文旅局", "县教育局", "2026-09-15"),
    ]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"rows-0-lead": "县水务局"}, "“县水务局”对应不到单位，请写登记的名称或简称"),
        ({"rows-0-lead": ""}, "请填写牵头单位"),
        ({"rows-0-lead": "县商务局、县教育局"}, "请填写一个牵头单位"),
        ({"rows-0-co": "县教育局，某局"}, "“某局”对应不到单位"),
        ({"rows-0-due_on": ""}, "请填写完成时限"),
        ({"rows-0-due_on": "2026-06-17"}, "完成时限不能早于今天"),
        ({"rows-0-title": ""}, "请填写任务名称"),
        ({"source": ""}, "请填写任务来源"),
    ],
)
def test_a_row_that_is_not_whole_is_told_at_its_field_and_nothing_is_made(session, sign_in, changed, why):
    client = sign_in("office")
    answer = client.post(ROWS, data=rows(pasted(client)) | changed)
    assert (answer.status_code, why in html.unescape(answer.get_data(as_text=True))) == (422, True)
    assert session.scalars(select(Task)).all() == []


def test_without_a_tick_nothing_is_made(sign_in):
    client = sign_in("office")
    fields = {name: value for name, value in rows(pasted(client)).items() if not name.endswith("-take")}
    assert "还没有勾选要登记的任务" in client.post(ROWS, data=fields).get_data(as_text=True)


def test_a_short_name_of_two_units_is_asked_in_both_steps(session, sign_in):
    session.add(Unit(code="SWJ2", name="示例县商务执法局", short_name="县商务局", kind=UnitKind.BUREAU, former_names=[], position=99))
    session.commit()
    client = sign_in("office")
    response = pasted(client)
    assert "“县商务局”可指示例县商务局、示例县商务执法局，请选择" in response.get_data(as_text=True)
    fields = rows(response)
    assert fields["rows-0-lead"] == ""
    answer = client.post(ROWS, data=fields | {"rows-0-take": "y", "rows-0-lead": "县商务局"})
    assert "请写全称" in answer.get_data(as_text=True)


def test_a_text_without_tasks_says_so_and_keeps_what_was_pasted(sign_in):
    answer = pasted(sign_in("office"), "会议听取了汇报。")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "没有读出任务" in page, "会议听取了汇报。" in page) == (422, True, True)


def test_fifty_thousand_characters_are_read_and_the_first_rows_shown(sign_in):
    text = "由县市场监管局牵头，县教育局、县文旅局配合，于9月底前完成备案。" * 1600
    answer = pasted(sign_in("office"), text[:50_000])
    assert answer.status_code == 200
    assert "只列出前60项" in answer.get_data(as_text=True)
    answer = pasted(sign_in("office"), "长" * 50_000)
    assert answer.status_code == 422


def test_only_who_supervises_tasks_pastes(sign_in):
    for username in ("recorder", "liaison-SWJ", "auditor"):
        assert sign_in(username).get(HERE).status_code == 403
        assert sign_in(username).post(ROWS, data={}).status_code == 403


def test_members_of_the_list_find_the_page(sign_in):
    assert "/tasks/from-text" in sign_in("office").get("/tasks").get_data(as_text=True)
