"""What keeps the platform itself going: the admin's lines."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from coordination.desk.todo import Limits, Todo
from coordination.permissions import Actor, Permission, can
from coordination.settings.queries import job_states, missing_year, outbox_count


def todos(session: Session, actor: Actor, limits: Limits, now: datetime) -> Iterator[Todo]:
    """A working calendar to import, jobs that fail, mails that do not go out; four queries, none for who may not settle them."""
    if not can(actor, Permission.SETTINGS_EDIT):
        return
    year = missing_year(session, limits.today)
    if year is not None:
        last_day = date(year, 1, 1)  # from this day on nothing can be counted without it
        yield Todo(f"导入{year}年工作日历", "国务院办公厅放假通知", "settings.calendar", {}, last_day, limits.light(last_day))
    for state in job_states(session, now):
        if state.went_wrong:
            yield Todo(f"处理作业失败：{state.title}", "作业", "settings.jobs", {})
    count = outbox_count(session)
    if count.given_up:
        yield Todo(f"处理未能发出的邮件{count.given_up:,}封", "发件箱", "settings.outbox", {})
