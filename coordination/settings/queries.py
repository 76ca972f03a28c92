"""Calendars, rules, settings, jobs, the outbox and the audit ledger as they are read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from coordination.documents.fonts import Fonts
from coordination.settings.defaults import JOBS, RULES, SETTINGS
from models import AuditEntry, Calendar, CalendarYear, JobRun, Lease, Mail, Mechanism, Rule, Setting
from models.calendar import SHANGHAI, as_calendar
from models.errors import NotFound

MOST_ID = 2**31 - 1  # what an id's column holds; a database asked for more does not answer «none» but fails
NEXT_YEAR_FROM = 11  # the month in which the next year's arrangement is usually published


def calendar(session: Session) -> Calendar:
    """The working calendar of every year loaded."""
    return as_calendar(calendar_years(session))


def calendar_years(session: Session) -> list[CalendarYear]:
    """Every year loaded with its days, newest first."""
    return list(session.scalars(select(CalendarYear).options(selectinload(CalendarYear.days)).order_by(CalendarYear.year.desc())))


def get_year(session: Session, year: int) -> CalendarYear:
    """One year loaded; NotFound for another."""
    row = session.get(CalendarYear, year) if year <= MOST_ID else None
    if row is None:
        raise NotFound(f"{year}年工作日历尚未导入")
    return row


def missing_year(session: Session, today: date) -> int | None:
    """The year an admin should import now: this one, or from November on the next; None when all is there."""
    wanted = [today.year, *([today.year + 1] if today.month >= NEXT_YEAR_FROM else [])]
    loaded = set(session.scalars(select(CalendarYear.year).where(CalendarYear.year.in_(wanted))))
    return next((year for year in wanted if year not in loaded), None)


def rule_in_force(session: Session, code: str, on: date, mechanism_id: int | None = None) -> Rule:
    """The rule under ``code`` in force on that day; one made for the mechanism goes before the common one. NotFound when there is none."""
    query = (
        select(Rule)
        .where(Rule.code == code, Rule.effective_from <= on, or_(Rule.effective_to.is_(None), Rule.effective_to >= on))
        .where(or_(Rule.mechanism_id.is_(None), Rule.mechanism_id == mechanism_id))
        .order_by(Rule.mechanism_id.is_(None), Rule.effective_from.desc(), Rule.id.desc())
    )
    rule = session.scalars(query).first()
    if rule is None:
        raise NotFound(f"{on.isoformat()}没有生效的时限规则“{code}”，请管理员补录")
    return rule


def get_rule(session: Session, rule_id: int) -> Rule:
    """One rule row; NotFound when there is none."""
    rule = session.get(Rule, rule_id) if rule_id <= MOST_ID else None
    if rule is None:
        raise NotFound("没有这条时限规则")
    return rule


@dataclass(frozen=True)
class RuleGroup:
    """All rows under one code, newest first; ``current``: the common one in force."""

    code: str
    title: str
    rows: list[Rule]
    current: Rule | None

    @property
    def coming(self) -> list[Rule]:
        """Rows that start later than the one in force."""
        return [row for row in self.rows if self.current is not None and row.effective_from > self.current.effective_from]

    @property
    def special(self) -> int:
        """How many mechanisms have a limit of their own."""
        return len({row.mechanism_id for row in self.rows if row.mechanism_id is not None})


def rule_groups(session: Session, today: date, code: str | None = None) -> list[RuleGroup]:
    """The rules by code, in the order of the defaults; one code only when told (NotFound when it has no row)."""
    query = select(Rule).options(selectinload(Rule.mechanism)).order_by(Rule.effective_from.desc(), Rule.id.desc())
    by_code: dict[str, list[Rule]] = {}
    for rule in session.scalars(query.where(Rule.code == code) if code else query):
        by_code.setdefault(rule.code, []).append(rule)
    if code and not by_code:
        raise NotFound("没有这类时限规则")
    order = {rule.code: place for place, rule in reversed(list(enumerate(RULES)))}
    return [_group(one, by_code[one], today) for one in sorted(by_code, key=lambda code: (order.get(code, len(RULES)), code))]


def _group(code: str, rows: list[Rule], today: date) -> RuleGroup:
    common = [row for row in rows if row.mechanism_id is None]
    current = next((row for row in common if row.in_force(today)), None)
    return RuleGroup(code, (current or rows[0]).title, rows, current)


def mechanisms(session: Session) -> list[Mechanism]:
    """The mechanisms a limit may be made for."""
    return list(session.scalars(select(Mechanism).order_by(Mechanism.id)))


def setting(session: Session, key: str) -> Any:
    """The value of one setting: the office's own, else the default. KeyError for a name that is none."""
    default = SETTINGS[key].default
    stored = session.get(Setting, key)
    return default if stored is None else stored.value


def fonts(session: Session) -> Fonts:
    """The fonts every paper is set in, as the office names them."""
    return Fonts(**setting(session, "fonts"))


def versions(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Which version of each setting is stored; 0 while it is the default."""
    stored = {row.key: row.version for row in session.scalars(select(Setting).where(Setting.key.in_(list(keys))))}
    return {key: stored.get(key, 0) for key in keys}


@dataclass(frozen=True)
class JobState:
    """How one job fares: its newest run, and its runs and failed items of the last seven days."""

    newest: JobRun
    runs: int
    failures: int

    @property
    def title(self) -> str:
        """What the job is called."""
        return job_title(self.newest.job)

    @property
    def went_wrong(self) -> bool:
        """Did the newest run fail, in whole or for some items?"""
        return bool(self.newest.failed or self.newest.error)


def job_title(name: str) -> str:
    """What people call the job of this name."""
    return JOBS.get(name, name)


def job_states(session: Session, now: datetime) -> list[JobState]:
    """Every job that ran within the last seven days, by name."""
    recent = (
        select(func.max(JobRun.id).label("newest"), func.count().label("runs"), func.sum(JobRun.failed).label("failures"))
        .where(JobRun.started_at > now - timedelta(days=7))
        .group_by(JobRun.job)
        .subquery()
    )
    query = select(JobRun, recent.c.runs, recent.c.failures).join(recent, recent.c.newest == JobRun.id).order_by(JobRun.job)
    return [JobState(run, runs, failures or 0) for run, runs, failures in session.execute(query)]


def failed_runs(session: Session, limit: int = 20) -> list[JobRun]:
    """The newest runs that failed in whole or for some items."""
    query = select(JobRun).where(or_(JobRun.failed > 0, JobRun.error != "")).order_by(JobRun.id.desc()).limit(limit)
    return list(session.scalars(query))


def leases(session: Session) -> list[Lease]:
    """Who leads what, and the last sign of life."""
    return list(session.scalars(select(Lease).order_by(Lease.name)))


MAIL_STATES = {
    "waiting": (Mail.sent_at.is_(None), Mail.given_up_at.is_(None)),
    "given_up": (Mail.sent_at.is_(None), Mail.given_up_at.is_not(None)),
    "sent": (Mail.sent_at.is_not(None),),
}


@dataclass(frozen=True)
class MailPage:
    """One page of the outbox, newest first. ``older``, ``newer``: the id to go on from, or None at the end."""

    rows: list[Mail]
    older: int | None
    newer: int | None


def mails(session: Session, state: str, *, before: int | None = None, after: int | None = None, size: int = 30) -> MailPage:
    """The mails in one of ``MAIL_STATES``, those with a smaller id than ``before`` or a larger one than ``after``."""
    query = select(Mail).where(*MAIL_STATES[state]).options(selectinload(Mail.notice)).limit(size + 1)
    if after is not None:
        rows = list(session.scalars(query.where(Mail.id > after).order_by(Mail.id)))
        more, rows = len(rows) > size, rows[:size][::-1]
        return MailPage(rows, rows[-1].id if rows else None, rows[0].id if more else None)
    rows = list(session.scalars((query if before is None else query.where(Mail.id < before)).order_by(Mail.id.desc())))
    more, rows = len(rows) > size, rows[:size]
    return MailPage(rows, rows[-1].id if more else None, rows[0].id if rows and before is not None else None)


@dataclass(frozen=True)
class OutboxCount:
    """How many mails wait and were given up; and since when the oldest waits."""

    waiting: int
    given_up: int
    oldest_waiting: datetime | None


def outbox_count(session: Session) -> OutboxCount:
    """The outbox in numbers."""
    waiting, given_up = (session.scalar(select(func.count(Mail.id)).where(*MAIL_STATES[state])) or 0 for state in ("waiting", "given_up"))
    # next_try_at moves with every attempt; the notice beside it says since when the mail is owed.
    oldest = session.scalars(select(Mail).where(*MAIL_STATES["waiting"]).options(selectinload(Mail.notice)).order_by(Mail.id)).first()
    return OutboxCount(waiting, given_up, oldest.notice.created_at if oldest else None)


def given_up(session: Session, limit: int = 500) -> list[int]:
    """Ids of mails that were given up, oldest first."""
    return list(session.scalars(select(Mail.id).where(*MAIL_STATES["given_up"]).order_by(Mail.id).limit(limit)))


def get_mail(session: Session, mail_id: int) -> Mail:
    """One mail of the outbox; NotFound when there is none."""
    mail = session.get(Mail, mail_id) if mail_id <= MOST_ID else None
    if mail is None:
        raise NotFound("没有这封邮件")
    return mail


@dataclass(frozen=True)
class LedgerFilter:
    """Which entries of the audit ledger are asked for; empty: all."""

    who: str = ""
    thing: str = ""  # a table's name, e.g. task
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class LedgerPage:
    """One page of the ledger, newest first. ``older``, ``newer``: the number to go on from, or None at the end."""

    rows: list[AuditEntry]
    older: int | None
    newer: int | None


def ledger(session: Session, asked: LedgerFilter, *, before: int | None = None, after: int | None = None, size: int = 50) -> LedgerPage:
    """The entries that match, with a smaller number than ``before`` or a larger one than ``after``."""
    query = select(AuditEntry).where(*_asked(asked)).limit(size + 1)
    if after is not None:
        rows = list(session.scalars(query.where(AuditEntry.number > after).order_by(AuditEntry.number)))
        more, rows = len(rows) > size, rows[:size][::-1]
        return LedgerPage(rows, rows[-1].number if rows else None, rows[0].number if more else None)
    older = query if before is None else query.where(AuditEntry.number < before)
    rows = list(session.scalars(older.order_by(AuditEntry.number.desc())))
    more, rows = len(rows) > size, rows[:size]
    return LedgerPage(rows, rows[-1].number if more else None, rows[0].number if rows and before is not None else None)


def _asked(asked: LedgerFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions; days are days in China, both included."""
    conditions: list[ColumnElement[bool]] = []
    if asked.who:
        conditions.append(AuditEntry.who.contains(asked.who, autoescape=True))
    if asked.thing:
        conditions.append(AuditEntry.subject.startswith(asked.thing + ":", autoescape=True))
    if asked.start:
        conditions.append(AuditEntry.at >= datetime.combine(asked.start, time.min, SHANGHAI))
    if asked.end:
        conditions.append(AuditEntry.at < datetime.combine(asked.end, time.min, SHANGHAI) + timedelta(days=1))
    return conditions
