"""What goes into calendars: every entry parses, an update replaces the first, a cancelled meeting goes; changes make one notice."""

from datetime import datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from coordination.meetings import entries, invitation, service
from coordination.settings import outbox
from models import Mail, Notice, Setting
from models.calendar import SHANGHAI
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed
from tests.meetings.steps import DAY, HOUR, STARTS_AT
from tests.world import NOW

ADDRESS = "liaison-JYJ@example.org"
LATER = NOW + 2 * HOUR


@pytest.fixture(autouse=True)
def mail_server(session):
    """The office has a mail server; nothing is sent to it here."""
    server = {"host": "127.0.0.1", "port": 1, "sender": "office@example.org"}
    session.add(Setting(key="mail", value=server, changed_at=NOW))


def mails(steps, address=ADDRESS):
    """The mails with an entry owed to that address, oldest first."""
    return list(steps.session.scalars(select(Mail).where(Mail.address == address, Mail.calendar != "").order_by(Mail.id)))


def event_of(mail):
    """The one event of the mail's entry, and the method."""
    calendar = Calendar.from_ical(mail.calendar)
    (event,) = calendar.walk("VEVENT")
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert mail.calendar.count("\r\n") == mail.calendar.count("\n")
    return str(calendar["METHOD"]), event


def rearrange(steps, meeting, now=LATER, by="office", version=None, **changed):
    given = {"starts_at": meeting.starts_at, "place": meeting.place, "chair": meeting.chair} | changed
    version = meeting.version if version is None else version
    return invitation.rearrange(steps.session, actor=steps.actor(by), meeting_id=meeting.id, version=version, now=now, **given)


def test_the_notice_brings_an_entry_for_each_receivers_calendar(steps):
    meeting = steps.notified()
    method, event = event_of(mails(steps)[0])
    assert (method, str(event["UID"]), event["SEQUENCE"]) == ("REQUEST", f"meeting-{meeting.id}@coordination.local", 1)
    assert event["DTSTART"].dt == datetime(2026, 6, 30, 9, 0, tzinfo=SHANGHAI)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=25)
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (meeting.title, meeting.place)
    assert (str(event["ATTENDEE"]), event["ATTENDEE"].params["RSVP"]) == (f"mailto:{ADDRESS}", "FALSE")
    assert str(event["ORGANIZER"]) == "mailto:office@example.org"
    everybody = steps.session.scalars(select(Mail.calendar).join(Notice).where(Notice.kind == "meeting_notice")).all()
    assert all(len(Calendar.from_ical(text).walk("VEVENT")) == 1 for text in everybody)
    assert len(everybody) == 13


def test_an_update_has_the_same_uid_and_a_higher_sequence(steps):
    meeting = steps.notified()
    rearrange(steps, meeting, starts_at=STARTS_AT + DAY)
    (_, first), (method, second) = map(event_of, mails(steps))
    assert (method, second["UID"]) == ("REQUEST", first["UID"])
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second["DTSTART"].dt - first["DTSTART"].dt == DAY


def test_changes_soon_after_one_another_are_told_once_as_they_stand_at_last(steps):
    meeting = steps.notified()
    rearrange(steps, meeting, place="县政府一楼")
    rearrange(steps, meeting, now=LATER + timedelta(minutes=5), starts_at=STARTS_AT + HOUR)
    told = steps.session.scalars(select(Notice).where(Notice.kind == "meeting_rearranged", Notice.person.has(email=ADDRESS))).all()
    assert len(told) == 1
    assert "2026年6月30日（周二）10:00，县政府一楼" in told[0].text
    (mail,) = mails(steps)[1:]
    assert mail.next_try_at == LATER + timedelta(minutes=15)
    assert event_of(mail)[1]["SEQUENCE"] == 3


def test_a_change_that_was_read_or_whose_mail_is_on_its_way_stays_and_the_next_is_told_too(steps):
    meeting = steps.notified()
    rearrange(steps, meeting, place="县政府一楼")
    for notice in steps.session.scalars(select(Notice).where(Notice.kind == "meeting_rearranged")):
        notice.read_at = LATER
    mails(steps, "head-JYJ@example.org")[-1].attempts = 1
    rearrange(steps, meeting, now=LATER + timedelta(minutes=5), place="县政府二楼")
    assert [len(mails(steps, address)) for address in (ADDRESS, "head-JYJ@example.org")] == [3, 3]


@pytest.mark.parametrize("verb", [service.postpone, service.cancel])
def test_put_off_or_cancelled_it_leaves_the_calendars_and_an_unsent_change_is_not_sent(steps, verb):
    meeting = steps.notified()
    rearrange(steps, meeting, place="县政府一楼")
    verb(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, reason="防汛", now=LATER)
    (_, first), (method, last) = map(event_of, mails(steps))
    assert (method, str(last["STATUS"]), last["UID"]) == ("CANCEL", "CANCELLED", first["UID"])
    assert last["SEQUENCE"] == 3


def test_called_anew_after_it_was_put_off_it_comes_back_under_the_same_uid(steps):
    meeting = steps.notified()
    service.postpone(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, reason="防汛", now=LATER)
    service.collect(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, now=LATER)
    steps.notify(meeting, now=LATER + HOUR)
    found = [event_of(mail) for mail in mails(steps)]
    assert [(method, event["SEQUENCE"]) for method, event in found] == [("REQUEST", 1), ("CANCEL", 2), ("REQUEST", 3)]
    assert len({str(event["UID"]) for _, event in found}) == 1


def test_put_off_before_the_notice_nobodys_calendar_knows_it(steps):
    meeting = steps.collecting()
    service.postpone(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, reason="防汛", now=LATER)
    assert mails(steps) == []


def test_only_the_office_changes_time_and_place_until_the_opening_and_sees_a_colleagues_change(steps):
    meeting = steps.notified()
    with pytest.raises(NotAllowed):
        rearrange(steps, meeting, by="recorder", place="别处")
    with pytest.raises(BadInput, match="已过"):
        rearrange(steps, meeting, starts_at=NOW)
    seen = meeting.version
    rearrange(steps, meeting, place="县政府一楼")
    steps.session.flush()
    with pytest.raises(Conflict) as clash:
        rearrange(steps, meeting, version=seen, place="县政府二楼")
    assert "县政府一楼" in clash.value.theirs
    with pytest.raises(IllegalMove, match="征集中"):
        rearrange(steps, steps.collecting(), place="别处")


@pytest.mark.parametrize("title", ["逗号,分号;反斜杠\\换行", "表情🙂" * 30, "会" * 120])
def test_no_title_spoils_the_entry(steps, title):
    meeting = steps.notified()
    meeting.title = title
    text = entries.written(meeting, entries.Method.PUBLISH, NOW, site="https://example.gov.cn")
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["SUMMARY"]) == title
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_the_mail_carries_the_entry_as_its_other_form_and_is_the_same_mail_each_time(steps):
    steps.notified()
    server = steps.session.get_one(Setting, "mail").value
    mail = mails(steps)[0]
    first, again = (outbox._message(steps.session, mail, server).as_bytes() for _ in range(2))
    assert first == again
    message = outbox._message(steps.session, mail, server)
    plain, calendar = message.iter_parts()
    assert (message.get_content_type(), plain.get_content_type()) == ("multipart/alternative", "text/plain")
    assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "REQUEST")
    assert calendar.get_payload(decode=True).decode() == mail.calendar


def test_the_page_shows_who_will_be_told_and_members_take_the_entry_as_a_file(clock, steps, clerk):
    meeting = steps.notified()
    steps.session.commit()
    office, there = clerk("office"), f"/meetings/{meeting.id}"
    page = office.opens(f"{there}/rearrange")
    assert "将告知的人员" in page
    fields = {
        "version": office.hidden(f"{there}/rearrange", "version"),
        "starts_at": "2026-06-30T14:30",
        "place": "县政府一楼",
        "chair": "召集人",
    }
    assert office.tries(f"{there}/rearrange", **fields | {"place": ""}).status_code == 422
    assert "会议安排已改" in office.sends(f"{there}/rearrange", **fields)
    member = clerk("liaison-JYJ")
    assert "加入日历" in member.opens(there)
    answer = member.client.get(f"{there}/calendar.ics")
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
    assert (answer.mimetype, event["DTSTART"].dt.hour, str(event["LOCATION"])) == ("text/calendar", 14, "县政府一楼")
    assert clerk("liaison-GGG").client.get(f"{there}/calendar.ics").status_code == 404
