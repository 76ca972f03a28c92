"""Is everything as it should be? Each check says what it found, in words an admin can act on."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from coordination import audit, notices
from coordination.settings import queries, schema
from models import AuditEntry, Lease, Mail
from models.calendar import SHANGHAI, local_date
from models.errors import BadInput

OK, WARN, BAD = "ok", "warn", "bad"
BEAT = timedelta(minutes=3)  # a scheduler that lives gives a sign more often
STUCK = timedelta(hours=2)
LITTLE_DISK, NO_DISK = 2 * 1024**3, 300 * 1024**2
CLOCK = timedelta(minutes=5)
RECENT = 200
SAFE_SQLITE = (3, 51, 3)  # 3.7.0 to 3.51.2 can lose commits when several connections reset the write-ahead log
LEAST_POSTGRESQL = 15


class Check(NamedTuple):
    """One finding: ``ok``, ``warn`` (works, but look after it) or ``bad`` (does not work), what was looked at, and what to do."""

    level: str
    name: str
    words: str


def checks(engine: Engine, instance: Path, now: datetime) -> list[Check]:
    """Everything worth looking at, in the order in which one would mend it. Reads only; a database that is away is a finding too."""
    found = [_keys(instance), _disk(instance)]
    try:
        with Session(engine) as session:
            found += [_database(session), _structure(session)]
            if found[-1].level != BAD:
                for look in LOOKS:
                    found += look(session, instance, now)
    except SQLAlchemyError as away:
        reason = str(getattr(away, "orig", None) or away).splitlines()[0][:200]
        found.append(Check(BAD, "数据库", f"连接或读取失败，请检查数据库服务和DATABASE_URL（{reason}）"))
    return found


def _keys(instance: Path) -> Check:
    """The keys: without them nothing sealed can be read again."""
    name = "密钥"
    files = {"SECRET_KEY": instance / "secret.key", "DATA_KEY": instance / "data.key"}
    for variable, file in files.items():
        if os.environ.get(variable):
            continue
        if not file.is_file():
            return Check(BAD, name, f"{file}不存在。请从保管处放回；丢失后审计记录不能校验、加密内容不能解开")
        if os.name == "posix" and file.stat().st_mode & 0o077:
            return Check(WARN, name, f"{file}可被其他用户读取，请执行 chmod 600")
    return Check(OK, name, "齐全。请另行保管副本：备份文件中不含密钥")


def _disk(instance: Path) -> Check:
    """Room for the database, its log and stored files."""
    free = shutil.disk_usage(instance).free
    words = f"{instance}所在磁盘剩余{free / 1024**3:.1f}GB"
    if free < NO_DISK:
        return Check(BAD, "磁盘空间", f"{words}，即将写满，请立即清理或扩容")
    return Check(WARN if free < LITTLE_DISK else OK, "磁盘空间", f"{words}，请清理或扩容" if free < LITTLE_DISK else words)


def _database(session: Session) -> Check:
    """Which database answers, and whether its version is fit."""
    name = "数据库"
    if session.get_bind().dialect.name == "sqlite":
        version = session.scalar(text("SELECT sqlite_version()"))
        if tuple(int(part) for part in version.split(".")) < SAFE_SQLITE:
            return Check(WARN, name, f"SQLite {version}在多个进程写入时可能丢失数据，请安装依赖包pysqlite3")
        return Check(OK, name, f"SQLite {version}，连接正常")
    number = int(session.scalar(text("SELECT current_setting('server_version_num')")))
    encoding = session.scalar(text("SELECT current_setting('server_encoding')"))
    version = f"PostgreSQL {number // 10000}.{number % 10000}"
    if encoding != "UTF8":
        return Check(BAD, name, f"{version}的编码为{encoding}，请新建UTF8编码的数据库")
    if number // 10000 < LEAST_POSTGRESQL:
        return Check(WARN, name, f"{version}过旧，请升级到{LEAST_POSTGRESQL}以上")
    return Check(OK, name, f"{version}，连接正常")


def _structure(session: Session) -> Check:
    """Whether the tables are those this program wants."""
    there, wanted = schema.current(session.connection()), schema.head()
    if there == wanted:
        return Check(OK, "数据结构", f"第{wanted}版，与程序一致")
    return Check(BAD, "数据结构", f"数据库为{f'第{there}版' if there else '空库'}，程序需要第{wanted}版。请重新启动平台，由其自动升级")


def _calendar(session: Session, _instance: Path, now: datetime) -> Iterator[Check]:
    """The working calendar of this year, and from November on of the next."""
    today = local_date(now)
    missing = queries.missing_year(session, today)
    if missing is None:
        yield Check(OK, "工作日历", f"{today.year}年已导入")
    else:
        level = BAD if missing == today.year else WARN
        yield Check(level, "工作日历", f"{missing}年工作日历尚未导入，涉及该年的时限只能暂定。请在国务院办公厅公布后到“工作日历”导入")


def _scheduler(session: Session, _instance: Path, now: datetime) -> Iterator[Check]:
    """Whether reminders and mails would go out."""
    beat = session.scalar(select(func.max(Lease.beat_at)))
    if beat is None:
        yield Check(BAD, "调度进程", "从未运行，提醒和催办不会发出。请启动调度进程（python -m scheduler）")
    elif now - beat > BEAT:
        yield Check(BAD, "调度进程", f"最近一次心跳在{_clock(beat)}，提醒和催办已停止。请检查并重新启动调度进程")
    else:
        yield Check(OK, "调度进程", f"运行中，最近一次心跳{_clock(beat)}")
    wrong = [state.title for state in queries.job_states(session, now) if state.went_wrong]
    if wrong:
        yield Check(WARN, "作业", f"{len(wrong)}项作业最近一次运行有失败：{'、'.join(wrong)}。原因见“作业与发件箱”")


def _outbox(session: Session, _instance: Path, now: datetime) -> Iterator[Check]:
    """Whether mails get out."""
    name, count = "发件箱", queries.outbox_count(session)
    if notices.mail_settings(session) is None:
        words = "未配置发信服务器，只在平台内提醒"
        yield Check(WARN, name, f"{words}，另有{count.waiting}封邮件在等待") if count.waiting else Check(OK, name, words)
        return
    recent = select(func.count(Mail.id)).where(*queries.MAIL_STATES["given_up"], Mail.given_up_at > now - timedelta(days=7))
    given_up = session.scalar(recent) or 0
    if count.oldest_waiting is not None and now - count.oldest_waiting > STUCK:
        yield Check(WARN, name, f"{count.waiting}封等待发送，最早的自{_clock(count.oldest_waiting)}起。请查看失败原因和发信服务器设置")
    elif given_up:
        yield Check(WARN, name, f"近7日有{given_up}封多次发送未成，已停止发送。请在发件箱查看原因后重新发送")
    else:
        yield Check(OK, name, f"{count.waiting}封等待发送")


def _ledger(session: Session, instance: Path, _now: datetime) -> Iterator[Check]:
    """The newest entries of the audit chain, and all anchors among them."""
    try:
        sound, broken = audit.verify(session, instance / audit.ANCHORS, last=RECENT)
    except BadInput as unreadable:
        yield Check(BAD, "审计记录", unreadable.message)
        return
    if broken is None:
        yield Check(OK, "审计记录", f"共{sound}条，最近{min(sound, RECENT)}条校验无误；全部校验请执行 audit verify")
    else:
        yield Check(BAD, "审计记录", f"第{broken}条校验不符，记录可能被改动。请保全数据库和日志并报告")


def _clocks(session: Session, _instance: Path, now: datetime) -> Iterator[Check]:
    """Whether this machine's clock, the database's and the ledger agree."""
    newest = session.scalar(select(AuditEntry.at).order_by(AuditEntry.number.desc()).limit(1))
    words = f"现在是{_clock(now)}（北京时间）"
    if newest is not None and newest - now > CLOCK:
        yield Check(BAD, "时钟", f"{words}，早于最近一条审计记录（{_clock(newest)}）。请校准服务器时间")
        return
    if session.get_bind().dialect.name == "postgresql":
        there = session.scalars(select(func.clock_timestamp())).one()
        if abs(there - now) > CLOCK:
            yield Check(WARN, "时钟", f"{words}，与数据库服务器相差超过5分钟，请校准两台服务器的时间")
            return
    yield Check(OK, "时钟", words)


LOOKS: tuple[Callable[[Session, Path, datetime], Iterator[Check]], ...] = (_calendar, _scheduler, _outbox, _ledger, _clocks)


def _clock(moment: datetime) -> str:
    """An instant as China's clocks show it."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}:{local.minute:02}"
