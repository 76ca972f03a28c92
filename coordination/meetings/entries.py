"""A meeting as an entry for calendars (.ics, RFC 5545 and 5546): one UID for good, a higher SEQUENCE replaces what was told before.

The platform receives no mail: what a calendar program answers reaches nobody, so the entry asks for no answer (RSVP=FALSE); units
answer on the platform.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from coordination import notices
from coordination.meetings import agenda
from coordination.settings.queries import setting
from models import Meeting, Person
from models.calendar import SHANGHAI, local_date

if TYPE_CHECKING:
    from icalendar import Event

HELD_BACK = timedelta(minutes=10)  # how long the mail on a changed time or place waits for the next change
ZONE = "Asia/Shanghai"


class Method(StrEnum):
    """What the calendar program is to do with the entry (RFC 5546)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


def for_each(session: Session, meeting: Meeting, method: Method, now: datetime) -> Callable[[Person], str]:
    """Raise the meeting's sequence and give the maker of each person's entry, to go with the mail that is owed to them."""
    meeting.sequence += 1
    sender = (notices.mail_settings(session) or {}).get("sender", "")
    site = setting(session, "site_url").rstrip("/")
    return lambda person: written(meeting, method, now, site=site, sender=sender, person=person)


def written(meeting: Meeting, method: Method, now: datetime, *, site: str, sender: str = "", person: Person | None = None) -> str:
    """The entry as text, lines ended by CRLF; organiser and attendee where it is sent to ``person`` by ``sender``."""
    from icalendar import Calendar  # loaded for whoever writes an entry, not at every start

    calendar = Calendar()
    calendar.add("prodid", "-//coordination//meetings//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    event = _event(meeting, method, now, site)
    if person is not None and sender:
        event.add("organizer", _address(sender, meeting.mechanism.issuer), encode=False)
        attendee = _address(person.email, person.name)
        attendee.params["RSVP"] = "FALSE"
        event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    on = local_date(meeting.starts_at)
    calendar.add_missing_timezones(first_date=date(on.year, 1, 1), last_date=date(on.year + 1, 1, 1))
    return calendar.to_ical().decode()


def _event(meeting: Meeting, method: Method, now: datetime, site: str) -> "Event":
    from icalendar import Event

    starts_at = meeting.starts_at.astimezone(SHANGHAI)
    event = Event()
    event.add("uid", f"meeting-{meeting.id}@coordination.local")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=agenda.total_minutes(meeting.items)))
    event.add("summary", meeting.title)
    event.add("location", meeting.place)
    chair = f"主持：{meeting.chair}。" if meeting.chair else ""
    event.add("description", f"{chair}议程和参会答复以平台为准，请在平台答复参会人员。")
    event.add("status", "CANCELLED" if method == Method.CANCEL else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if site:
        event.add("url", f"{site}/meetings/{meeting.id}")
    return event


def _address(email: str, name: str) -> Any:
    from icalendar import vCalAddress, vText

    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name)
    return address
