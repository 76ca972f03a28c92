"""The doctor says what is wrong and what to do, and never fails itself."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from coordination import audit, clock, notices
from coordination.permissions import SYSTEM
from coordination.settings import doctor, schema, service
from coordination.transaction import transaction
from models import CalendarDay, CalendarYear, JobRun, Lease, Mail, Setting
from models.base import db
from models.calendar import local_date

NOW = clock.now()  # databases tell their own time, so these tests do not live in June 2026


@pytest.fixture
def instance(app, session) -> Path:
    """An instance in good health: keys in place, tables at head, calendars loaded, the scheduler alive."""
    folder = app.config["CONFIG"].instance
    for name in ("secret.key", "data.key"):
        (folder / name).write_text("x")
        (folder / name).chmod(0o600)
    with transaction() as writing:
        writing.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        writing.execute(text(f"INSERT INTO alembic_version VALUES ('{schema.head()}')"))
        for year in (local_date(NOW).year, local_date(NOW).year + 1):
            writing.merge(CalendarYear(year=year, imported_at=NOW))
        writing.add(Lease(name="scheduler", holder="h", beat_at=NOW - timedelta(seconds=20), expires_at=NOW + timedelta(minutes=1)))
        audit.record(writing, actor=SYSTEM, action="test:write", subject="thing:1", at=NOW)
    return folder


def found(instance: Path, now=NOW) -> dict[str, tuple[str, str]]:
    return {check.name: (check.level, check.words) for check in doctor.checks(db.engine, instance, now)}


def test_an_instance_in_good_health_has_nothing_to_mend(instance):
    now = clock.now()  # not NOW: the database's clock went on while other tests ran
    with transaction() as writing:
        writing.get(Lease, "scheduler").beat_at = now
    seen = found(instance, now)
    assert {name: level for name, (level, _) in seen.items() if name != "磁盘空间"} == dict.fromkeys(
        ["密钥", "数据库", "数据结构", "工作日历", "调度进程", "发件箱", "审计记录", "时钟"], "ok"
    )
    assert "磁盘空间" in seen


def test_keys_that_are_missing_or_open_to_others_are_told(instance, monkeypatch):
    monkeypatch.delenv("DATA_KEY", raising=False)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    (instance / "data.key").chmod(0o644)
    assert found(instance)["密钥"] == ("warn", f"{instance / 'data.key'}可被其他用户读取，请执行 chmod 600")
    (instance / "data.key").unlink()
    assert found(instance)["密钥"][0] == "bad"
    monkeypatch.setenv("DATA_KEY", "from the environment")
    assert found(instance)["密钥"][0] == "ok"


@pytest.mark.parametrize(("free", "level"), [(10 * 1024**3, "ok"), (1024**3, "warn"), (100 * 1024**2, "bad")])
def test_little_room_on_the_disk_is_told(instance, monkeypatch, free, level):
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": free}))
    assert found(instance)["磁盘空间"][0] == level


def test_a_structure_that_is_not_the_programs_is_told_and_nothing_else_is_read(instance):
    with transaction() as writing:
        writing.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    seen = found(instance)
    assert seen["数据结构"] == ("bad", f"数据库为第0000版，程序需要第{schema.head()}版。请重新启动平台，由其自动升级")
    assert "调度进程" not in seen


def test_a_database_that_is_away_is_a_finding(instance, tmp_path):
    away = create_engine(f"sqlite:///{tmp_path / 'no' / 'where.sqlite3'}")
    (check,) = [check for check in doctor.checks(away, instance, NOW) if check.name == "数据库"]
    away.dispose()
    assert check.level == "bad"
    assert "连接或读取失败" in check.words


def test_the_next_year_is_asked_for_from_november_on(instance):
    year = local_date(NOW).year + 1
    with transaction() as writing:
        writing.query(CalendarDay).filter(CalendarDay.year == year).delete()
        writing.delete(writing.get(CalendarYear, year))
    october, november = NOW.replace(month=10, day=31, hour=1), NOW.replace(month=11, day=1, hour=1)
    assert found(instance, october)["工作日历"][0] == "ok"
    level, words = found(instance, november)["工作日历"]
    assert level == "warn"
    assert words.startswith(f"{year}年工作日历尚未导入")
    assert found(instance, NOW.replace(year=year, month=1, day=2))["工作日历"][0] == "bad"


def test_a_scheduler_that_never_ran_or_stopped_is_told(instance):
    assert found(instance, NOW + timedelta(minutes=4))["调度进程"][0] == "bad"
    with transaction() as writing:
        writing.delete(writing.get(Lease, "scheduler"))
    assert found(instance)["调度进程"] == ("bad", "从未运行，提醒和催办不会发出。请启动调度进程（python -m scheduler）")


def test_a_job_whose_newest_run_failed_is_told_until_it_runs_well(instance):
    with transaction() as writing:
        writing.add(JobRun(job="send_mail", started_at=NOW - timedelta(hours=2), done=1, failed=2))
        writing.add(JobRun(job="tell_overdue", started_at=NOW - timedelta(hours=2), done=0, error="坏了"))
    assert found(instance)["作业"][1].startswith("2项作业最近一次运行有失败：send_mail、tell_overdue")
    with transaction() as writing:
        writing.add(JobRun(job="send_mail", started_at=NOW - timedelta(hours=1), done=1))
        writing.add(JobRun(job="tell_overdue", started_at=NOW - timedelta(hours=1), done=1))
    assert "作业" not in found(instance)


def test_an_outbox_that_is_stuck_or_gave_up_is_told(instance, world):
    with transaction() as writing:
        writing.add(Setting(key="mail", value={"host": "127.0.0.1"}, changed_at=NOW))
        person = writing.merge(world.people["liaison-JYJ"])
        then = NOW - timedelta(hours=3)
        notices.owe(writing, kind="k", subject="s", people=[person], title="题", text="文", now=then)
    assert found(instance)["发件箱"][1].startswith("1封等待发送，最早的自")
    with transaction() as writing:
        (mail,) = writing.query(Mail).all()
        mail.given_up_at = NOW - timedelta(days=1)
    assert found(instance)["发件箱"][1].startswith("近7日有1封多次发送未成")
    with transaction() as writing:
        writing.query(Mail).one().sent_at = NOW
    assert found(instance)["发件箱"] == ("ok", "0封等待发送")


def test_a_ledger_that_was_touched_is_told(instance, session):
    audit.write_anchor(session, instance / audit.ANCHORS, NOW)
    session.commit()
    assert found(instance)["审计记录"][0] == "ok"
    with transaction() as writing:
        writing.execute(text("UPDATE audit_entry SET text = '改过' WHERE number = 1"))
    assert found(instance)["审计记录"] == ("bad", "第1条校验不符，记录可能被改动。请保全数据库和日志并报告")
    (instance / audit.ANCHORS).write_text("?\n")
    assert "审计锚定文件第1行无法识别" in found(instance)["审计记录"][1]


def test_a_clock_that_runs_behind_the_ledger_is_told(instance):
    level, words = found(instance, NOW - timedelta(hours=1))["时钟"]
    assert level == "bad"
    assert "早于最近一条审计记录" in words


def test_defaults_alone_are_enough_for_this_year(instance):
    with transaction() as writing:
        service.load_defaults(writing, NOW)
    assert found(instance)["工作日历"][0] == "ok"
