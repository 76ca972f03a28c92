"""Jobs as they run: each thing on its own, everything on record, a second run with nothing left to do."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import current_app
from sqlalchemy import select

from coordination import attachments, audit, clock
from coordination.api import clients
from coordination.permissions import OPERATOR
from coordination.registry import applying
from coordination.settings.defaults import JOBS
from coordination.settings.service import load_defaults
from coordination.transaction import transaction
from models import (
    AccountRules,
    ApiCall,
    ApiScope,
    ApplicationDraft,
    ApplicationPaper,
    JobRun,
    LimitUnit,
    LoginFailure,
    LoginSession,
    Mail,
    Notice,
    Rule,
    Setting,
    WebhookDelivery,
)
from scheduler import commands, jobs
from scheduler.timetable import TIMETABLE
from tests.tasks.conftest import Story, china
from tests.world import NOW, TODAY

ZEROS = {entry.name: 0 for entry in TIMETABLE}


def test_every_job_has_a_name_for_the_page_of_jobs():
    assert {entry.name for entry in TIMETABLE} <= set(JOBS)


@pytest.fixture
def story(session, world) -> Story:
    """Tasks under the rules of a new installation."""
    with transaction() as writing:
        load_defaults(writing, NOW)
    return Story(world)


def perform(job: jobs.Job, now=NOW, folder: Path = Path(), stopping: Callable[[], bool] = lambda: False) -> jobs.Tally:
    return jobs.perform("a_job", job, jobs.Run(now, folder, stopping), clock.now)


def note(session, text: str) -> int:
    """Something to do that can be counted afterwards."""
    session.add(Setting(key=text, value=text, changed_at=NOW))
    return 1


def noted(session) -> list[str]:
    session.rollback()
    return sorted(session.scalars(select(Setting.key).where(Setting.key.like("item%"))))


def test_one_bad_thing_is_logged_and_counted_and_never_stops_the_rest(session, caplog):
    def job(run, tally):
        def act(writing, n):
            note(writing, f"item{n}")
            if n == 2:
                raise ArithmeticError("spoilt row")
            return 1

        jobs._each(run, tally, [1, 2, 3], act)

    tally = perform(job)
    assert (tally.done, tally.failed) == (2, 1)
    assert noted(session) == ["item1", "item3"], "what failed left nothing behind"
    assert "spoilt row" in caplog.text
    row = session.scalars(select(JobRun)).one()
    assert (row.job, row.done, row.failed, row.error) == ("a_job", 2, 1, "item 2: ArithmeticError: spoilt row")
    assert row.finished_at >= row.started_at


def test_a_job_that_fails_as_a_whole_is_on_record_too(session, caplog):
    def job(run, tally):
        raise LookupError("no such table")

    assert perform(job).failed == 1
    assert session.scalars(select(JobRun.error)).one() == "a_job: LookupError: no such table"
    assert "no such table" in caplog.text


def test_told_to_stop_a_job_ends_after_the_thing_in_hand(session):
    done = []

    def job(run, tally):
        def act(writing, n):
            done.append(n)
            return note(writing, f"item{n}")

        jobs._each(run, tally, range(5), act)

    perform(job, stopping=lambda: len(done) == 2)
    assert noted(session) == ["item0", "item1"]


def test_the_whole_outbox_is_sent_in_one_run_however_long_it_is(session, sink, owe):
    for n in range(30):
        owe("office", "liaison-JYJ", slot=str(n), now=NOW)
    assert perform(jobs.deliver_mail).done == 60
    assert len(set(sink.taken)) == len(sink.taken) == 60
    assert perform(jobs.deliver_mail).done == 0


def test_without_a_mail_server_nothing_leaves(session, owe):
    owe("office")
    assert perform(jobs.deliver_mail).done == 0


def test_a_mail_the_server_refuses_is_tried_again_later_and_is_no_failure_of_the_job(session, sink, owe):
    (message_id,) = owe("office", now=NOW)
    setting = session.get(Setting, "mail")
    setting.value = {**setting.value, "port": 1}
    session.commit()
    tally = perform(jobs.deliver_mail)
    assert (tally.done, tally.failed) == (0, 0)
    row = session.scalars(select(Mail).where(Mail.message_id == message_id)).one()
    assert row.next_try_at > NOW
    assert row.last_error


def test_old_sessions_go_and_those_still_good_for_something_stay(session, world):
    def login(token: str, *, age: int, lasts: int = 1, **more):
        at = NOW - timedelta(days=age)
        facts = {"token_hash": token, "person_id": world.people["office"].id, "created_at": at, "confirmed_at": at}
        session.add(LoginSession(**facts, expires_at=at + timedelta(days=lasts), **more))

    login("old", age=200)
    login("old but living", age=200, lasts=300)
    login("old and ended", age=200, lasts=300, ended_at=NOW - timedelta(days=190))
    login("young and over", age=20)
    for hours in (1, 25):
        session.add(LoginFailure(account="a", place="p", at=NOW - timedelta(hours=hours)))
    session.commit()
    assert perform(jobs.purge_sessions).done == 3
    assert sorted(session.scalars(select(LoginSession.token_hash))) == ["old but living", "young and over"]
    assert len(session.scalars(select(LoginFailure)).all()) == 1
    assert perform(jobs.purge_sessions).done == 0
    assert AccountRules().session_hours < 24, "a session's life is far shorter than what it vouches for"


def test_of_the_runs_that_found_nothing_only_the_newest_is_kept_and_of_the_others_half_a_year(session):
    def counting(done):
        def job(run, tally):
            tally.done = done

        return job

    for minute, done in enumerate((0, 0, 3, 0, 0, 0)):
        perform(counting(done), now=NOW + timedelta(minutes=minute))
    runs = session.scalars(select(JobRun).order_by(JobRun.id)).all()
    assert [(run.started_at, run.done) for run in runs] == [(NOW + timedelta(minutes=2), 3), (NOW + timedelta(minutes=5), 0)]
    session.add(JobRun(job="old", started_at=NOW - timedelta(days=181), done=1))
    session.add(JobRun(job="younger", started_at=NOW - timedelta(days=179), done=1))
    session.commit()
    assert perform(jobs.purge_runs).done == 1
    assert "old" not in session.scalars(select(JobRun.job)).all()


def test_answers_kept_for_programs_and_messages_done_with_go_after_their_time(session, world):
    with transaction() as writing:
        told = {"name": "12345平台", "unit_id": world.units["SCJG"].id, "scopes": [ApiScope.UNITS_READ]}
        client_id = clients.add(writing, actor=OPERATOR, now=NOW, **told).client.id
        for age in (29, 31):
            facts = {"key": str(age), "body_hash": "", "status": 201, "answer": {}, "at": NOW - timedelta(days=age)}
            writing.add(ApiCall(client_id=client_id, **facts))
        for event, (age, sent) in enumerate(((179, True), (181, True), (181, False))):
            at = NOW - timedelta(days=age)
            facts = {"number": "1", "status": "assigned", "at": at, "next_at": at, "sent_at": at if sent else None}
            writing.add(WebhookDelivery(client_id=client_id, event=event, **facts))
    assert perform(jobs.purge_calls).done == 2
    assert session.scalars(select(ApiCall.key)).all() == ["29"]
    assert session.scalars(select(WebhookDelivery.event).order_by(WebhookDelivery.event)).all() == [0, 2]


def test_tables_only_looked_at_and_drafts_past_their_day_go_and_the_others_stay(session):
    old, young = (attachments.set_aside(text, NOW - timedelta(hours=age)) for text, age in ((b"old", 25), (b"young", 23)))
    stored = attachments.store(session, name="licence.pdf", media_type="application/pdf", content=b"%PDF-1", now=NOW - timedelta(days=90))
    drafts = [applying.start_draft(session, now=NOW - timedelta(days=age)) for age in (90, 1)]
    paper = {"kind": "营业执照", "name": "a.pdf", "media_type": "application/pdf", "content": b"%PDF-2"}
    applying.attach(session, token=drafts[0][1], now=NOW - timedelta(days=90), **paper)
    kept = drafts[1][0].id
    session.commit()
    assert perform(jobs.purge_aside).done == 2
    assert (attachments.aside(old), attachments.aside(young), attachments.read(stored)) == (None, b"young", b"%PDF-1")
    assert session.scalars(select(ApplicationDraft.id)).all() == [kept]
    assert session.scalars(select(ApplicationPaper.id)).all() == []
    assert perform(jobs.purge_aside).done == 0


def test_rows_are_deleted_some_at_a_time_until_none_is_left(session, monkeypatch):
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    session.add_all([LoginFailure(account="a", place="p", at=NOW - timedelta(days=2)) for _ in range(5)])
    session.commit()
    assert perform(jobs.purge_sessions).done == 5


def test_the_ledgers_head_is_anchored_once_until_something_is_written(session, story, tmp_path):
    assert perform(jobs.audit_anchor, folder=tmp_path).done == 1
    assert perform(jobs.audit_anchor, folder=tmp_path).done == 0
    story.task()
    assert perform(jobs.audit_anchor, folder=tmp_path).done == 1
    session.rollback()
    assert audit.verify(session, tmp_path / audit.ANCHORS)[1] is None


# By hand: ./run cli jobs run


def call(*arguments: str) -> Result:
    return CliRunner().invoke(commands.jobs, ["run", *arguments], obj=current_app.config["CONFIG"])


def test_by_hand_all_jobs_run_and_a_second_call_finds_nothing(session, story, sink):
    story.accept(story.task(due_on=TODAY))
    first = call("all", "--at", "2026-06-22T08:30")
    assert first.exit_code == 0, first.stderr
    counts = json.loads(first.stdout.splitlines()[-1])
    assert list(counts) == list(ZEROS)
    assert {name: count for name, count in counts.items() if count} == {
        "task_ladder": 1,  # one task climbs
        "task_digest": 2,  # both liaisons
        "deliver_mail": 8,  # two for the new task, four of the 催办, two digests
        "audit_anchor": 1,
    }
    second = call("all", "--at", "2026-06-22T08:30")
    assert json.loads(second.stdout.splitlines()[-1]) == ZEROS
    assert len(sink.taken) == 8


def test_a_time_without_zone_is_the_time_in_china(session, story):
    story.accept(story.task(due_on=TODAY))
    assert json.loads(call("task_ladder", "--at", "2026-06-22T08:29").stdout) == {"task_ladder": 0}
    assert json.loads(call("task_ladder", "--at", "2026-06-22T00:30+00:00").stdout) == {"task_ladder": 1}
    session.rollback()
    assert session.scalars(select(Notice.created_at).where(Notice.kind == "task_urge")).first() == china("2026-06-22", "08:30")


@pytest.mark.parametrize("arguments", [("no_such_job",), ("all", "--at", "yesterday"), ()])
def test_wrong_usage_is_told_so(app, arguments):
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


def test_a_job_that_fails_by_hand_prints_its_count_and_ends_with_one_line_of_why(session, story):
    story.accept(story.task(due_on=date(2026, 6, 22)))
    rule = session.scalars(select(Rule).where(Rule.code == "LADDER_URGE")).one()
    rule.unit = LimitUnit.MONTH
    session.commit()
    result = call("task_ladder", "--at", "2026-06-24T08:30")
    assert result.exit_code == 1
    assert json.loads(result.stdout.splitlines()[-1]) == {"task_ladder": 0}
    assert "督办各步的时限只能按工作日或日计算" in result.stderr.splitlines()[-1]
