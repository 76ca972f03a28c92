"""The demo county: who sits, what was held, what is owed; loaded once, whole, on any day, on both databases."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import docx
import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coordination import attachments, audit, clock, demo
from coordination.access import actor_of
from coordination.accounts import passwords
from coordination.demo.county import COUNTY
from coordination.demo.sections import SECTIONS
from coordination.desk import queries as desk
from coordination.meetings import liaison, paperwork, queries
from coordination.members import queries as members
from coordination.settings.queries import calendar
from coordination.transaction import transaction
from models import (
    Answer,
    AuditEntry,
    LiaisonWord,
    Mechanism,
    Meeting,
    MeetingStatus,
    Minutes,
    MinutesStatus,
    Notice,
    Person,
    Presence,
    Proposal,
    ProposalStatus,
    Role,
    Setting,
    Task,
    TaskStatus,
    Unit,
)
from models.base import db
from models.calendar import local_date
from models.errors import IllegalMove
from models.light import light
from tests.demo.conftest import PASSWORD, empty_app
from tests.world import NOW, TODAY

MECHANISMS = ("county", "sections")


def mechanism(session: Session, code: str) -> Mechanism:
    return session.scalars(select(Mechanism).where(Mechanism.code == code)).one()


def held(session: Session, code: str) -> Meeting:
    query = select(Meeting).join(Mechanism).where(Mechanism.code == code, Meeting.status == MeetingStatus.HELD)
    return session.scalars(query).one()


def test_sixteen_units_sit_of_which_fourteen_go_back_to_2017(loaded):
    county = mechanism(loaded, "county")
    seats = members.seats(loaded, [county], TODAY)[county.id]
    assert len(seats) == 16
    assert [seat.unit.code for seat in seats] == list(COUNTY.members)
    assert sum(seat.since.year == 2017 for seat in seats) == 14
    assert {seat.unit.short_name for seat in seats if seat.since.year > 2017} == {"县农业农村局", "县体育局"}
    assert [[unit.code for unit in seat.merged] for seat in seats if seat.unit.code == "WLJ"] == [["WHJ", "LYJ"]]
    assert len([seat for seat in county.memberships if seat.from_on.year == 2017]) == 16


def test_nineteen_sections_sit_under_the_bureau(loaded):
    sections = mechanism(loaded, "sections")
    units = sections.members(TODAY)
    assert len(units) == 19
    assert {unit.parent.code for unit in units} == {"SCJG"}
    assert sections.office_unit.code == "XBG"


def test_every_member_has_a_duty_with_its_clause_a_liaison_and_a_head(loaded):
    for code in MECHANISMS:
        found = mechanism(loaded, code)
        for seat in members.seats(loaded, [found], TODAY)[found.id]:
            duties = members.duties_of(loaded, [seat.unit.id])
            assert duties, seat.unit.name
            assert all(duty.clause for duty in duties)
            assert seat.liaisons, seat.unit.name
            assert seat.heads, seat.unit.name


def test_some_units_are_no_members(loaded):
    seated = {unit.code for code in MECHANISMS for unit in mechanism(loaded, code).members(TODAY)}
    assert {"XBW", "CDJD", "JXZ", "CDS"} <= set(loaded.scalars(select(Unit.code))) - seated


def test_the_accounts_are_told_in_order_and_open_with_the_one_password(loaded):
    names = [username for username, _ in demo.accounts(loaded)]
    assert names[:8] == ["convenor", "deputy", "office", "recorder", "router", "approver", "auditor", "admin"]
    assert names[8:] == [f"{kind}-{code}" for code in (*COUNTY.members, *SECTIONS.members) for kind in ("head", "liaison")]
    people = list(loaded.scalars(select(Person)))
    assert len(people) == len(names)
    assert len({person.password_hash for person in people}) == 1
    assert passwords.matches(people[0].password_hash, PASSWORD)
    assert not any(person.must_change_password for person in people)


def test_its_people_do_not_carry_their_units_name_which_stands_beside_theirs(loaded):
    said = dict(demo.accounts(loaded))
    assert (said["office"], said["auditor"]) == ("办公室丙·县市场监管局", "审计员庚")
    assert re.fullmatch("联络员.·县教育局", said["liaison-JYJ"])
    people = loaded.scalars(select(Person).where(Person.unit_id.is_not(None))).all()
    assert [person.name for person in people if person.unit.short_name in person.name] == []


def test_the_deputy_of_the_county_convenes_the_sections(loaded):
    deputy = loaded.scalars(select(Person).where(Person.username == "deputy")).one()
    assert {(grant.role, grant.mechanism.code) for grant in deputy.grants} == {(Role.DEPUTY, "county"), (Role.CONVENOR, "sections")}


@pytest.mark.parametrize("code", MECHANISMS)
def test_one_meeting_was_held_about_five_weeks_ago_and_is_issued(loaded, code):
    meeting = held(loaded, code)
    assert timedelta(weeks=4) < NOW - meeting.starts_at < timedelta(weeks=7)
    assert calendar(loaded).is_working(local_date(meeting.starts_at))
    assert len(meeting.items) >= 6
    assert sum(len(item.decisions) for item in meeting.items) >= 8
    assert meeting.guests
    answers = [reply.answer for reply in meeting.replies]
    assert len(answers) == len(mechanism(loaded, code).members(TODAY))
    assert (answers.count(None), answers.count(Answer.LEAVE), answers.count(Answer.STAND_IN)) == (0, 1, 1)
    assert {reply.presence for reply in meeting.replies} == set(Presence)
    minutes = loaded.scalars(select(Minutes).where(Minutes.meeting_id == meeting.id)).one()
    assert (minutes.status, minutes.number) == (MinutesStatus.ISSUED, 1)
    assert minutes.signed_by.username == {"county": "convenor", "sections": "deputy"}[code]


@pytest.mark.parametrize("code", MECHANISMS)
def test_its_minutes_are_a_paper_that_names_every_decision(loaded, code):
    meeting = held(loaded, code)
    minutes = loaded.scalars(select(Minutes).where(Minutes.meeting_id == meeting.id)).one()
    text = "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(attachments.read(minutes.file))).paragraphs)
    for item in meeting.items:
        assert item.title in text
        assert all(decision.text.rstrip("。") in text for decision in item.decisions)


@pytest.mark.parametrize("code", MECHANISMS)
def test_tasks_stand_in_every_state_and_under_every_light(loaded, code):
    tasks = list(loaded.scalars(select(Task).join(Mechanism).where(Mechanism.code == code)))
    assert {task.status for task in tasks} == set(TaskStatus)
    assert any(task.meeting_serial is None and task.number.endswith("临-1") for task in tasks)
    assert any(task.is_overdue(TODAY) for task in tasks)
    working = calendar(loaded)
    owed = [task for task in tasks if task.status in Task.WITH_UNIT]
    assert {light(task.due_on, TODAY, working).kind for task in owed} == {"ok", "warn", "bad"}


def test_something_is_owed_on_every_working_day_of_the_next_two_months(loaded):
    last = max(task.due_on for task in loaded.scalars(select(Task).where(Task.status.in_(Task.WITH_UNIT))))
    assert last > TODAY + timedelta(days=56)


@pytest.mark.parametrize("code", MECHANISMS)
def test_one_meeting_collects_proposals_in_several_states(loaded, code):
    query = select(Meeting).join(Mechanism).where(Mechanism.code == code, Meeting.status == MeetingStatus.COLLECTING)
    meeting = loaded.scalars(query).one()
    assert meeting.starts_at > NOW
    assert meeting.proposals_due_on > TODAY
    states = set(loaded.scalars(select(Proposal.status).where(Proposal.meeting_id == meeting.id)))
    wanted = (ProposalStatus.DRAFT, ProposalStatus.SUBMITTED, ProposalStatus.RETURNED, ProposalStatus.ON_AGENDA)
    assert states == {*wanted, ProposalStatus.SETTLED_BEFORE}


def test_the_liaison_meeting_left_its_word_on_every_proposal_and_the_record_tells_it(loaded):
    meeting = paperwork.find_meeting(loaded, "latest", "county")
    found = liaison.outcomes(loaded, meeting)
    handed_in = queries.proposals_of(loaded, meeting)
    assert {row.proposal_id for row in found} == {proposal.id for proposal in handed_in}
    assert {row.outcome for row in found} == {LiaisonWord.UP, LiaisonWord.SETTLED, LiaisonWord.MORE}
    assert all(row.words for row in found if row.outcome != LiaisonWord.UP)
    record = docx.Document(BytesIO(paperwork.document(loaded, meeting, paperwork.Kind.LIAISON, TODAY)[1]))
    rows = [[cell.text for cell in row.cells] for row in record.tables[0].rows[1:]]
    assert [(row[1], row[3], row[4] or "—") for row in rows if row[3] != "上会"] == [
        (row.proposal.title, row.outcome.label, row.words) for row in found if row.outcome != LiaisonWord.UP
    ]


def test_the_ledger_is_whole_and_tells_the_story_in_its_order(loaded):
    count, broken = audit.verify(loaded)
    assert (count > 400, broken) == (True, None)
    entries = list(loaded.scalars(select(AuditEntry).where(AuditEntry.subject != "settings:defaults").order_by(AuditEntry.number)))
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    assert entries[-1].at <= NOW


def test_desks_are_not_empty_and_old_reminders_are_read(loaded):
    for username in ("office", "liaison-JYJ", "liaison-WLJ", "head-JYJ", "liaison-JLG", "liaison-CZJ"):
        person = loaded.scalars(select(Person).where(Person.username == username)).one()
        assert desk.todos(loaded, actor_of(loaded, person), NOW), username
    unread = loaded.scalar(select(func.count(Notice.id)).where(Notice.read_at.is_(None)))
    assert 0 < unread < 60


def test_no_word_of_it_names_a_real_place(loaded):
    texts = [unit.name for unit in loaded.scalars(select(Unit))] + list(loaded.scalars(select(AuditEntry.text)))
    assert not [text for text in texts if "浦江" in text or "金华" in text or "浙江" in text]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Session]:
    """The session of an application on an empty SQLite database."""
    app = empty_app(tmp_path, f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with app.app_context():
        yield db.session()
        db.session.remove()
        db.engine.dispose()


def test_a_second_load_changes_nothing_and_a_new_password_is_taken(empty):
    now = clock.now()
    with transaction() as session:
        assert demo.is_empty(session)
        assert demo.load(session, password=PASSWORD, now=now)
    before = empty.scalar(select(func.count(AuditEntry.number)))
    with transaction() as session:
        assert demo.is_loaded(session)
        assert not demo.load(session, password="another-password", now=now)
        assert demo.set_password(session, password=PASSWORD, now=now) == 0
    assert empty.scalar(select(func.count(AuditEntry.number))) == before
    with transaction() as session:
        assert demo.set_password(session, password="another-password", now=now) == len(list(demo.accounts(session)))
    assert passwords.matches(empty.scalars(select(Person)).first().password_hash, "another-password")


def test_a_database_with_other_data_is_refused_and_left_alone(session, world):
    with pytest.raises(IllegalMove, match="已有其他数据"), transaction() as own:
        demo.load(own, password=PASSWORD, now=NOW)
    assert session.scalar(select(func.count(AuditEntry.number))) == 0


def test_settings_alone_are_no_other_data(empty):
    empty.add(Setting(key="county_name", value="示例县", changed_at=NOW))
    empty.commit()
    assert demo.is_empty(empty)
    assert not demo.has_people(empty)


@pytest.mark.parametrize("day", ["2026-12-31T23:50+08:00", "2027-01-02T08:00+08:00"])
def test_it_loads_on_the_last_and_first_days_of_a_year_without_the_next_calendar(empty, day):
    now = datetime.fromisoformat(day)
    with time_machine.travel(now, tick=False), transaction() as session:
        assert demo.load(session, password=PASSWORD, now=now)
    statuses = list(empty.scalars(select(Meeting.status)))
    assert sorted(statuses) == ["collecting", "collecting", "held", "held"]
    assert set(empty.scalars(select(Task.status))) == set(TaskStatus)


def test_every_account_of_the_demo_opens_its_desk(demo_app, demo_sign_in):
    usernames = [username for username, _ in demo.accounts(db.session())]
    answers = {username: demo_sign_in(username).get("/desk").status_code for username in usernames}
    assert {username: status for username, status in answers.items() if status != 200} == {"auditor": 302}
