"""Loading the demo county (示例县): once, whole or not at all, and never beside other data."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from coordination import audit, notices
from coordination.demo import before
from coordination.demo.coming import ComingMeeting
from coordination.demo.complaints import Complaints
from coordination.demo.county import COUNTY, SITTING
from coordination.demo.days import Days
from coordination.demo.duties import load_duties
from coordination.demo.followed import give
from coordination.demo.held import HeldMeeting
from coordination.demo.people import load_people
from coordination.demo.planned import Planned
from coordination.demo.published import publish
from coordination.demo.register import load_mechanisms, load_units
from coordination.demo.registry import Registry
from coordination.demo.sections import SECTIONS
from coordination.demo.stage import Stage
from coordination.permissions import OPERATOR
from coordination.settings.queries import calendar
from coordination.settings.service import load_defaults
from models import AuditEntry, Mechanism, Person, Unit
from models.calendar import local_date
from models.errors import IllegalMove

SUBJECT = "demo:county"
FIRST_DAY = -60  # working days before today: when units, mechanisms and accounts were entered
READ_UNTIL = -2  # what was told before this day has been read; the demo's people keep their desks tidy


def load(session: Session, *, password: str, now: datetime) -> bool:
    """Load the demo county, all accounts with this password, everything dated from ``now``'s day. The caller owns the transaction.

    False, and nothing is changed, when it is there already; IllegalMove on a database that holds other data.
    """
    audit.queue(session)
    if is_loaded(session):
        return False
    if not is_empty(session):
        raise IllegalMove("数据库中已有其他数据，不能装入演示县。演示请换一个空的INSTANCE_PATH或DATABASE_URL")
    load_defaults(session, now)
    stage = _stage(session, password, now)
    for story in (COUNTY, SECTIONS):
        HeldMeeting(stage, story)
        ComingMeeting(stage, story)
        publish(stage, story)
        for extra in story.extras:
            give(stage, story.mechanism, extra)
    before.plan_extra_meetings(stage)
    before.plan_opinions(stage, -2, -1, "JTJ", ("SCJG", "FGJ"), "同意。示范合同文本可由我局提供，建议由县交通局牵头推行。")
    Planned(stage)
    Registry(stage)
    Complaints(stage)
    for person in stage.people.values():
        stage.plan(READ_UNTIL, "8:00", _reading(session, person.id))
    stage.play(now)
    audit.record(session, actor=OPERATOR, action="demo:load", subject=SUBJECT, at=now, text="装入演示县")
    return True


def _stage(session: Session, password: str, now: datetime) -> Stage:
    """The county as it was before the story began."""
    days = Days(calendar(session), local_date(now))
    first = days.at(FIRST_DAY, "9:00")
    units = load_units(session, first)
    mechanisms = load_mechanisms(session, units, first)
    load_duties(session, units, first)
    people = load_people(session, units, mechanisms, (*SITTING, *SECTIONS.members), password, first)
    return Stage(session, days, units, mechanisms, people)


def _reading(session: Session, person_id: int) -> Callable[[datetime], None]:
    return lambda now: notices.mark_all_read(session, person_id=person_id, now=now)


def is_loaded(session: Session) -> bool:
    """Does this database hold the demo county?"""
    return session.scalar(select(exists().where(AuditEntry.subject == SUBJECT, AuditEntry.action == "demo:load"))) or False


def is_empty(session: Session) -> bool:
    """Is there no unit, no mechanism and nobody yet?"""
    return not any(session.scalar(select(exists().where(model.id.is_not(None)))) for model in (Person, Unit, Mechanism))


def has_people(session: Session) -> bool:
    """Is there anybody who may log in?"""
    return session.scalar(select(exists().where(Person.id.is_not(None)))) or False
