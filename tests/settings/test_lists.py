"""Jobs, the outbox and the audit ledger as admin and auditor meet them: told in words, paged, and no dearer when they grow."""

import re
from datetime import timedelta

import pytest
from flask import g
from sqlalchemy import select

from coordination import audit, clock
from coordination.permissions import SYSTEM
from coordination.transaction import transaction
from models import JobRun, Lease, Mail
from models.base import db
from tests.settings.pages import NOW, owe_mails, prepare, words
from tests.statements import statements


@pytest.fixture
def app(app):
    """The county with its defaults and a mail server; see ``prepare``."""
    return prepare(app)


# Jobs and the outbox


def test_jobs_are_told_with_what_failed(sign_in):
    with transaction() as session:
        session.add(Lease(name="scheduler", holder="host:1", beat_at=NOW - timedelta(hours=1), expires_at=NOW))
        session.add(JobRun(job="deliver_mail", started_at=NOW, finished_at=NOW + timedelta(seconds=2), done=3, failed=1))
        session.add(JobRun(job="task_ladder", started_at=NOW, finished_at=NOW, error="磁盘已满"))
    said = words(sign_in("admin").get("/settings/jobs"))
    assert "已停止" in said
    assert "发送邮件" in said
    assert "2.0秒" in said
    assert "磁盘已满" in said


def test_the_outbox_is_paged_by_state_and_leads_back(sign_in, world):
    owe_mails(world, 70)
    client = sign_in("admin")
    first = client.get("/settings/jobs/outbox")
    assert "等待发送70封，已停止0封" in words(first)
    older = re.search(r'rel="next" href="([^"]+)"', first.get_data(as_text=True)).group(1).replace("&amp;", "&")
    second = client.get(older)
    assert "催办第39件" in words(second)
    newer = re.search(r'rel="prev" href="([^"]+)"', second.get_data(as_text=True)).group(1).replace("&amp;", "&")
    assert words(client.get(newer)).count("催办第") == words(first).count("催办第") == 30
    assert client.get("/settings/jobs/outbox?state=x&before=99999999999999999999&after=-1").status_code == 200


def test_mails_that_were_given_up_go_again_one_by_one_or_all(sign_in, world, session):
    owe_mails(world, 3, given_up_at=NOW, attempts=8, last_error="收件地址被拒收（550 unknown）")
    client = sign_in("admin")
    assert "收件地址被拒收（550 unknown）" in words(client.get("/settings/jobs/outbox?state=given_up"))
    answer = client.post("/settings/jobs/outbox/1/again", follow_redirects=True)
    assert "1封邮件已重新列入发送。" in words(answer)
    assert client.post("/settings/jobs/outbox/1/again").status_code == 409
    assert "2封邮件已重新列入发送。" in words(client.post("/settings/jobs/outbox/again", follow_redirects=True))
    assert "没有需要重新发送的邮件。" in words(client.post("/settings/jobs/outbox/again", follow_redirects=True))
    assert {mail.attempts for mail in session.scalars(select(Mail))} == {0}


# The ledger


@pytest.fixture
def ledger(app, world):
    """Entries of two people about two sorts of things, on two days."""
    with transaction() as session:
        for number in range(60):
            who = world.actor(session, "liaison-JYJ") if number % 2 else SYSTEM
            at = NOW - timedelta(days=40 if number < 10 else 0)
            subject = f"task:{number}" if number % 3 else "setting:mail"
            audit.record(session, actor=who, action="test:write", subject=subject, at=at, text=f"办理第{number}件")
    return app


def test_the_ledger_is_paged_newest_first(ledger, sign_in):
    client = sign_in("auditor")
    first = client.get("/settings/audit")
    said = words(first)
    assert said.index("办理第59件") < said.index("办理第58件")
    assert said.count("办理第") == 50
    older = re.search(r'rel="next" href="([^"]+)"', first.get_data(as_text=True)).group(1).replace("&amp;", "&")
    assert words(client.get(older)).count("办理第") == 10


def test_the_ledger_is_filtered_by_person_thing_and_day(ledger, sign_in):
    client, day = sign_in("auditor"), (clock.today() - timedelta(days=20)).isoformat()
    assert words(client.get("/settings/audit?who=教育局")).count("办理第") == 30
    assert words(client.get("/settings/audit?who=%25")).count("办理第") == 0
    things = words(client.get("/settings/audit?thing=setting"))
    assert things.count("办理第") == 20
    assert "系统设置：发信服务器" in things
    assert words(client.get(f"/settings/audit?end={day}")).count("办理第") == 10
    assert words(client.get(f"/settings/audit?start={day}&who=系统")).count("办理第") == 25
    assert "任务59" in words(client.get("/settings/audit"))
    both = client.get(f"/settings/audit?thing=task&start={day}")
    assert "去掉条件：" in words(both)


UNMEANT = [
    "start=x",
    "end=2026-13-01",
    "start=0001-01-01",
    "end=9999-12-31",
    "who=%00",
    "thing=x",
    "before=x",
    "after=99999999999999999999",
]


def test_a_filter_nobody_means_is_told_or_passed_over(ledger, sign_in):
    client = sign_in("auditor")
    for query in UNMEANT:
        answer = client.get(f"/settings/audit?{query}")
        assert answer.status_code == 200, query
        assert ("不是有效日期，未按此筛选" in words(answer)) == query.startswith(("start=", "end="))


@pytest.mark.parametrize(
    ("path", "username"),
    [("/settings/jobs/outbox", "admin"), ("/settings/audit", "auditor"), ("/settings/rules", "admin"), ("/settings/jobs", "admin")],
)
def test_a_page_asks_no_more_of_the_database_when_its_list_is_longer(app, world, sign_in, path, username):
    client = sign_in(username)

    def count() -> int:
        client.get(path)  # so that what is remembered of the person is remembered both times
        db.session.remove()
        for name in list(g):
            g.pop(name)
        with statements() as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    owe_mails(world, 3)
    before = count()
    owe_mails(world, 30, attempts=1)
    with transaction() as session:
        for number in range(40):
            audit.record(session, actor=SYSTEM, action="test:write", subject=f"task:{number}", at=NOW)
            session.add(JobRun(job=f"job{number}", started_at=NOW, error="x"))
    assert count() == before
