"""The ledger on page and in files, the month, 催办 by hand, commands, feed, group messages, 落实情况 and asking the meeting for support."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from click.testing import CliRunner
from docx import Document
from flask import current_app
from python_calamine import CalamineWorkbook
from sqlalchemy import event, select

from coordination.meetings import posting
from coordination.tasks import commands, feeds, hooks, ledger, pressing, reviewing, service
from coordination.transaction import transaction
from models import HookFormat, HookMessage, Meeting, MeetingStatus, Notice, Proposal, ProposalStatus, ReviewNote, Task, TaskStatus
from models.base import db
from models.errors import BadInput, Conflict, IllegalMove, NotFound
from scheduler import jobs
from tests.api.receiver import Receiver
from tests.tasks.conftest import china, told, words
from tests.tasks.test_urging import run
from tests.world import NOW, TODAY


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Another machine that takes messages."""
    receiver = Receiver()
    yield receiver
    receiver.stop()


def cells(page: str) -> list[list[str]]:
    """The rows of a page's table, cell by cell."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.S)[1]
    rows = re.findall(r"<tr.*?</tr>", body, re.S)
    return [[" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows]


@pytest.fixture
def year(story) -> list[Task]:
    """A year's tasks: closed, late, given more time, of both mechanisms."""
    tasks = [story.in_state(TaskStatus.CLOSED), story.in_state(TaskStatus.IN_PROGRESS, title="第二件", due_on=TODAY)]
    tasks.append(story.in_state(TaskStatus.RETURNED, title="第三件"))
    tasks.append(story.task(mechanism="sections", lead="GGG", helpers=(), title="第四件"))
    return tasks


def test_page_table_and_paper_say_the_same(sign_in, year, on_the_day):
    on_the_day.move_to(china("2026-06-22"))
    office = sign_in("office")
    shown = cells(office.get("/tasks/ledger?year=2026").get_data(as_text=True))
    book = CalamineWorkbook.from_filelike(BytesIO(office.get("/tasks/ledger/xlsx?year=2026").get_data()))
    table = book.get_sheet_by_index(0).to_python()
    paper = Document(BytesIO(office.get("/tasks/ledger/docx?year=2026").get_data()))
    printed = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert table[0] == printed[0] == list(ledger.HEAD) == ["序号", "议定事项", "牵头", "配合", "时限", "进展", "灯", "销号"]
    assert table[1:] == printed[1:] == shown
    assert shown[1] == [
        "2",
        "第二件（联席会议，任务〔2026〕临-2）",
        "县教育局",
        "县文旅局",
        "2026年6月18日",
        "办理中，60%：已登记23家。",
        "■逾期1个工作日",
        "—",
    ]
    assert shown[0][5:] == ["已销号，100%：已登记23家。", "◆已销号", "2026年6月18日销号"]
    assert shown[2][4] == "2026年7月14日（原2026年6月30日）"


def test_the_ledger_of_one_mechanism_and_of_another_year(sign_in, year, on_the_day):
    office = sign_in("office")
    assert [row[1] for row in cells(office.get("/tasks/ledger?mechanism=sections").get_data(as_text=True))] == [
        "第四件（任务〔2026〕临-1）"
    ]
    assert "本年度没有任务" in words(office.get("/tasks/ledger?year=2025"))


def test_numbers_go_on_from_page_to_page(session, sign_in, story, on_the_day, monkeypatch):
    for n in range(5):
        story.task(title=f"任务{n}")
    monkeypatch.setattr(ledger, "PAGE", 2)
    monkeypatch.setattr(ledger.page, "__kwdefaults__", {**ledger.page.__kwdefaults__, "limit": 2})
    office, address, numbers = sign_in("office"), "/tasks/ledger", []
    while address:
        page = office.get(address).get_data(as_text=True)
        numbers += [row[0] for row in cells(page)]
        turn = re.search(r'rel="next" href="([^"]+)"', page)
        address = turn and turn[1].replace("&amp;", "&")
    assert numbers == ["1", "2", "3", "4", "5"]


def test_a_ledger_too_long_for_a_file_says_what_to_do(session, story, monkeypatch):
    story.task(), story.task()
    monkeypatch.setattr(ledger, "MOST", 1)
    with pytest.raises(BadInput, match="请按机制分别导出"):
        ledger.whole(session, story.world.actor(session, "office"), year=2026, mechanism_id=None, today=TODAY)


# The month


def test_the_month_shows_each_task_on_its_day_and_counts_what_does_not_fit(sign_in, story, on_the_day):
    for n in range(6):
        story.task(title=f"月末任务{n}")
    story.in_state(TaskStatus.CANCELLED, title="撤了的")
    page = words(sign_in("office").get("/tasks/calendar?month=2026-06"))
    assert "2026年6月到期任务" in page
    assert "月末任务3（县教育局）" in page
    assert "月末任务4" not in page
    assert "共6件" in page
    assert "撤了的" not in page
    assert "19 日 端午节" in page
    assert "月末任务" not in words(sign_in("liaison-SWJ").get("/tasks/calendar?month=2026-06"))
    unit = sign_in("liaison-JYJ").get("/tasks/calendar?month=2026-06")
    assert "（县教育局）" not in words(unit), "whose tasks they are its own people know"
    assert 'href="/tasks/feeds"' in unit.get_data(as_text=True)
    assert "本月没有到期的任务" in words(sign_in("liaison-SWJ").get("/tasks/calendar?month=2026-06"))
    for odd in ("0001-01", "9999-12", "2026-13", "x"):
        assert sign_in("office").get(f"/tasks/calendar?month={odd}").status_code == 200


# 催办 by hand


def test_the_preview_names_everybody_and_only_they_are_told(session, sign_in, story, on_the_day):
    tasks = [story.in_state(TaskStatus.ACCEPTED), story.in_state(TaskStatus.REPORTED), story.task(lead="SWJ", helpers=(), title="另一件")]
    office = sign_in("office")
    chosen = "&".join(f"task={task.id}" for task in tasks)
    page = words(office.get(f"/tasks/urge?{chosen}"))
    assert "将向以下6人发送" in page
    for name in ("县教育局联络员", "县教育局单位负责人", "县文旅局联络员", "县商务局单位负责人"):
        assert name in page
    assert told(session, "task_urged_by_hand") == []
    data = {"task": [str(task.id) for task in tasks], "said": "请于本周内办结。"}
    assert "已催办2件，通知6人次" in words(office.post("/tasks/urge", data=data, follow_redirects=True))
    assert told(session, "task_urged_by_hand") == ["head-JYJ", "head-SWJ", "head-WLJ", "liaison-JYJ", "liaison-SWJ", "liaison-WLJ"]
    assert "请于本周内办结。" in session.scalars(select(Notice.text).where(Notice.kind == "task_urged_by_hand")).first()
    assert "请先选择要催办的任务" in words(office.get("/tasks/urge", follow_redirects=True))


def test_urging_by_hand_moves_no_rung_and_too_many_at_once_are_refused(session, story):
    task = story.in_state(TaskStatus.ACCEPTED)
    actor = story.world.actor(session, "office")
    pressing.urge(session, actor=actor, task_ids=[task.id], said="", now=NOW)
    session.commit()
    assert session.scalars(select(Notice.slot).where(Notice.kind == "task_urge")).all() == []
    with pytest.raises(BadInput, match="最多催办100件"):
        pressing.preview(session, actor=actor, task_ids=range(101), now=NOW)


# Commands


def call(*arguments: str):
    return CliRunner().invoke(commands.tasks, arguments, obj=current_app.config["CONFIG"], catch_exceptions=True)


@pytest.mark.parametrize("kind", ["supervision", "criticism", "report-up"])
def test_a_paper_by_command(story, tmp_path, on_the_day, kind):
    story.task()
    story.task(mechanism="sections", lead="GGG", helpers=())
    out = tmp_path / "paper.docx"
    answer = call("document", "2026-临-1", "--kind", kind, "-o", str(out))
    assert (answer.exit_code, answer.output) == (0, f"{out}\n")
    assert "在营培训机构备案清单" in "\n".join(p.text for p in Document(str(out)).paragraphs)


def test_commands_refuse_in_words(story, tmp_path, on_the_day):
    story.task()
    out = str(tmp_path / "x.docx")
    for arguments, why in (
        (("document", "2026-2-9", "--kind", "supervision", "-o", out), NotFound),
        (("document", "二号", "--kind", "supervision", "-o", out), BadInput),
        (("document", "2026-临-1", "--kind", "criticism", "-o", out), BadInput),
        (("ledger", "--year", "2026", "--mechanism", "none", "-o", out), NotFound),
        (("ledger", "--year", "2026", "-o", str(tmp_path / "x.pdf")), BadInput),
    ):
        assert isinstance(call(*arguments).exception, why), arguments
    assert list(tmp_path.iterdir()) == []


def test_the_ledger_by_command(story, tmp_path, on_the_day):
    story.task()
    for name in ("台账.xlsx", "台账.docx"):
        assert call("ledger", "--year", "2026", "--mechanism", "county", "-o", str(tmp_path / name)).exit_code == 0
    table = CalamineWorkbook.from_path(str(tmp_path / "台账.xlsx")).get_sheet_by_index(0).to_python()
    assert table[1][1] == "在营培训机构备案清单（任务〔2026〕临-1）"
    assert Document(str(tmp_path / "台账.docx")).tables[0].rows[1].cells[1].text == table[1][1]


# The feed


def test_a_feed_shows_the_units_open_tasks_to_who_holds_the_token_and_revoked_to_nobody(session, sign_in, story, on_the_day):
    story.task(title="逗号,分号;反斜\\杠")
    story.in_state(TaskStatus.CLOSED, title="办完的")
    story.task(lead="SWJ", helpers=(), title="别家的")
    client = sign_in("liaison-JYJ")
    page = client.post("/tasks/feeds", data={"unit": str(story.world.units["JYJ"].id)}).get_data(as_text=True)
    address = re.search(r"<code>http://localhost(\S+)</code>", page)[1]
    assert address not in client.get("/tasks/feeds").get_data(as_text=True), "shown once"
    stranger = current_app.test_client()
    answer = stranger.get(address)
    assert answer.mimetype == "text/calendar"
    text = answer.get_data(as_text=True).replace("\r\n ", "")
    assert "SUMMARY:到期：逗号\\,分号\\;反斜\\\\杠" in text
    assert "DTSTART;VALUE=DATE:20260630" in text
    assert "办完的" not in text
    assert "别家的" not in text
    assert all(len(line.encode()) <= 75 for line in answer.get_data(as_text=True).split("\r\n"))
    feed_id = feeds.listed(session, story.world.actor(session, "liaison-JYJ"))[0].id
    assert sign_in("liaison-SWJ").post(f"/tasks/feeds/{feed_id}/revoke").status_code == 404
    client.post(f"/tasks/feeds/{feed_id}/revoke")
    assert stranger.get(address).status_code == 404
    assert stranger.get("/tasks/feed/none.ics").status_code == 404
    assert sign_in("office").post("/tasks/feeds", data={"unit": str(story.world.units["JYJ"].id)}).status_code == 404


def test_the_heir_of_a_merged_unit_reads_its_tasks_in_the_old_feed(session, story):
    story.task(helpers=())
    with transaction() as writing:
        actor = story.world.actor(writing, "liaison-JYJ")
        token = feeds.make(writing, actor=actor, unit_id=story.world.units["JYJ"].id, now=NOW)[1]
    gone = session.merge(story.world.units["JYJ"])
    gone.valid_to, gone.successor_id = TODAY, story.world.units["GAJ"].id
    session.commit()
    text = feeds.calendar_of(session, token, china("2026-06-22"))
    assert "县公安局任务时限" in text
    assert "在营培训机构备案清单" in text.replace("\r\n ", "")


# Group messages


@pytest.mark.usefixtures("rules")
def test_the_ladder_tells_the_group_once_in_its_format_and_only_where_an_address_was_written_down(session, story, receiver):
    story.in_state(TaskStatus.ACCEPTED)
    run(china("2026-07-01"))
    assert session.scalars(select(HookMessage)).all() == [], "no address, no message"
    for kind, secret in ((HookFormat.WECOM, ""), (HookFormat.GENERIC, "0123456789abcdef")):
        given = {"mechanism_id": story.world.mechanisms["county"].id, "name": kind.value, "url": receiver.url, "secret": secret}
        story.act(hooks.add, "office", kind=kind, **given)
    assert [run(china("2026-07-03", hour)) for hour in ("09:00", "10:00")] == [1, 0]
    assert [run(china("2026-07-03", hour), jobs.deliver_hooks) for hour in ("10:05", "10:10")] == [2, 0]
    bodies = sorted((json.loads(message.body) for message in receiver.taken), key=lambda body: "msgtype" in body)
    assert bodies[1] == {
        "msgtype": "text",
        "text": {"content": "拟督办函：任务〔2026〕临-1“在营培训机构备案清单”，牵头县教育局，时限2026年6月30日（周二）"},
    }
    assert (bodies[0]["event"], bodies[0]["text"]) == ("task:1:2026-06-30:LETTER", bodies[1]["text"]["content"])


def test_an_address_that_is_none_or_a_generic_one_without_secret_is_refused_and_nothing_secret_is_shown(
    session, sign_in, story, on_the_day
):
    office = sign_in("office")
    data = {"mechanism_id": str(story.world.mechanisms["county"].id), "name": "工作群", "format": "generic"}
    for url, secret, why in (
        ("ftp://x", "0123456789abcdef", "http://或https://开头"),
        ("https://example.gov.cn/h?key=abc", "short", "至少16个字符"),
    ):
        assert why in words(office.post("/tasks/hooks", data={**data, "url": url, "secret": secret}))
    good = {"url": "https://example.gov.cn/h?key=abcdef", "secret": "0123456789abcdef"}
    page = office.post("/tasks/hooks", data={**data, **good}, follow_redirects=True).get_data(as_text=True)
    assert "example.gov.cn" in page
    assert "abcdef" not in page
    hook = session.scalars(select(hooks.TaskHook)).one()
    assert "abcdef" not in hook.url
    assert "已停用" in words(office.post(f"/tasks/hooks/{hook.id}/disable", follow_redirects=True))


# 落实情况


@pytest.fixture
def reviewed(session, story, decision) -> Task:
    """A task of the second meeting; the third is being prepared."""
    meeting_id, decision_id = decision
    made = story.act(
        service.create_from_decision,
        "office",
        decision=session.get_one(type(session.get_one(Meeting, meeting_id).items[0].decisions[0]), decision_id),
        meeting=session.get_one(Meeting, meeting_id),
    )
    county = story.world.mechanisms["county"]
    facts = {
        "mechanism_id": county.id,
        "year": 2026,
        "serial": 3,
        "title": "第三次会议",
        "starts_at": NOW + timedelta(days=40),
        "place": "三楼",
    }
    session.add(Meeting(**facts, proposals_due_on=TODAY + timedelta(days=30), status=MeetingStatus.COLLECTING))
    session.commit()
    return made


def test_a_unit_says_how_far_it_is_until_the_notice_is_sent(session, story, reviewed):
    def write(text, version=0, who="liaison-JYJ"):
        return story.act(reviewing.write, who, task_id=reviewed.id, text=text, version=version)

    note = write("已登记23家，余5家月底前完成")
    with pytest.raises(Conflict):
        write("另一句")
    write("已登记28家", version=note.version)
    with pytest.raises(NotFound):
        write("别家写的", who="liaison-SWJ")
    meeting = session.scalars(select(Meeting).where(Meeting.serial == 3)).one()
    assert reviewing.notes(session, meeting) == {reviewed.id: "已登记28家"}
    meeting.status, meeting.notified_at = MeetingStatus.NOTIFIED, NOW
    session.commit()
    with pytest.raises(IllegalMove, match="会议通知已发出"):
        write("太晚了", version=note.version + 1)
    assert session.scalars(select(ReviewNote.text)).all() == ["已登记28家"]


def test_what_the_unit_wrote_stands_in_the_minutes(session, reviewed):
    from coordination.meetings.minutes import review_text

    text = review_text([reviewed], TODAY, {reviewed.id: "已登记28家"})
    assert text.endswith("，待签收。已登记28家。")


def test_the_task_page_offers_it_to_who_may(sign_in, reviewed, on_the_day):
    assert "填写下次会议落实情况…" in words(sign_in("liaison-JYJ").get(f"/tasks/{reviewed.id}"))
    assert "填写下次会议落实情况…" not in words(sign_in("liaison-WLJ").get(f"/tasks/{reviewed.id}"))
    answer = sign_in("liaison-JYJ").post(f"/tasks/{reviewed.id}/review", data={"text": "已登记28家", "version": "0"}, follow_redirects=True)
    assert "落实情况已保存" in words(answer)
    assert sign_in("liaison-WLJ").get(f"/tasks/{reviewed.id}/review").status_code == 403


# Support


def test_what_a_unit_needs_becomes_a_proposal_with_one_press(session, sign_in, story, on_the_day):
    task = story.in_state(TaskStatus.ACCEPTED)
    plain = story.report(task)
    asking = story.report(task, difficulty="机构拒不配合", support="请县公安局联合检查")
    office = sign_in("office")
    assert "提请下次会议议定…" in words(office.get(f"/tasks/{task.id}"))
    assert "提请下次会议议定…" not in words(sign_in("liaison-JYJ").get(f"/tasks/{task.id}"))
    assert "请县公安局联合检查" in words(office.get(f"/meetings/proposals/of-support/{asking.id}"))
    assert "已提请联席会议议定" in words(office.post(f"/meetings/proposals/of-support/{asking.id}", follow_redirects=True))
    proposal = session.scalars(select(Proposal)).one()
    assert (proposal.source, proposal.unit.code, proposal.status) == (f"task:{task.id}", "JYJ", ProposalStatus.SUBMITTED)
    assert "需要支持：请县公安局联合检查" in proposal.body
    with pytest.raises(IllegalMove, match="不重复提请"):
        story.act(posting.post_support, "office", report_id=asking.id)
    with pytest.raises(IllegalMove, match="没有写需要支持"):
        story.act(posting.post_support, "office", report_id=plain.id)


# What pages cost


def count_queries(act) -> int:
    seen: list[str] = []

    def note(connection, cursor, statement, *rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    act()
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("address", ["/tasks/ledger", "/tasks/calendar?month=2026-06", "/tasks/papers"])
def test_a_page_asks_no_more_when_there_is_more_on_it(sign_in, story, on_the_day, address):
    office = sign_in("office")
    story.in_state(TaskStatus.IN_PROGRESS)
    office.get(address)
    few = count_queries(lambda: office.get(address))
    for _ in range(4):
        story.in_state(TaskStatus.IN_PROGRESS)
    assert count_queries(lambda: office.get(address)) == few
