"""Two recorders at one item, each with a browser that saves by itself: nothing either of them wrote is lost."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import select

from coordination.access import actor_of
from coordination.app import create_app
from coordination.config import Config
from coordination.meetings import agenda, invitation, room, service
from coordination.transaction import transaction
from models import Mechanism, MeetingKind, Person
from models.base import db
from tests.browser.county import KEYS, START


def meeting_in_session(folder: Path) -> tuple[int, list[int]]:
    """A meeting of the county's mechanism that has begun; its id and those of its items."""
    url = f"sqlite:///{folder / 'county.sqlite3'}"
    app = create_app(Config(instance=folder, database_url=url, secret_key=KEYS["SECRET_KEY"], data_key=KEYS["DATA_KEY"], testing=True))
    with app.app_context():
        with transaction() as session:
            office = actor_of(session, session.scalars(select(Person).where(Person.username == "office")).one())
            meeting = service.plan(
                session,
                actor=office,
                mechanism_id=session.scalars(select(Mechanism.id).where(Mechanism.code == "county")).one(),
                kind=MeetingKind.EXTRA,
                starts_at=START + timedelta(hours=1),
                place="县政府第三会议室",
                proposals_due_on=START.date(),
                now=START,
            )
            service.collect(session, actor=office, meeting_id=meeting.id, now=START)
            agenda.add_item(
                session, actor=office, meeting_id=meeting.id, title="预付式消费", presenter_id=None, minutes_planned=10, now=START
            )
            invitation.send_notice(session, actor=office, meeting_id=meeting.id, now=START)
            room.open_meeting(session, actor=office, meeting_id=meeting.id, now=START)
            session.flush()
            made = meeting.id, [item.id for item in meeting.items]
        db.session.remove()
        db.engine.dispose()
    return made


def test_what_both_wrote_is_kept_and_the_cursor_stays(county, official, tmp_path):
    meeting_id, items = meeting_in_session(tmp_path / "county")
    here = f"/meetings/{meeting_id}/room?item={items[-1]}"
    recorder, office = official("recorder"), official("office")
    for person in (recorder, office):
        person.opens(here)
    said = {person: person.page.locator("[data-autosave-status]") for person in (recorder, office)}

    recorder.fills(讨论情况="记录员写的一句。")
    expect(said[recorder]).to_contain_text("已自动保存")
    expect(recorder.page.get_by_label("讨论情况")).to_be_focused()

    office.fills(讨论情况="办公室写的一句。")
    expect(said[office]).to_contain_text("也改了讨论情况。您写的内容没有丢失。")
    office.sees("记录员写的一句。")
    expect(office.page.get_by_label("讨论情况")).to_have_value("办公室写的一句。")
    office.presses("两份接在一起")
    expect(said[office]).to_contain_text("已自动保存")
    refused = [complaint for complaint in office.complaints if "409" in complaint]
    assert (len(refused), len(office.complaints)) == (1, 1)
    office.complaints.clear()  # the answer to the second text, which the browser reports as an error

    recorder.opens(here)
    expect(recorder.page.get_by_label("讨论情况")).to_have_value("记录员写的一句。\n办公室写的一句。")


def test_the_keys_save_and_move_between_the_items(county, official, tmp_path):
    meeting_id, items = meeting_in_session(tmp_path / "county")
    recorder = official("recorder")
    recorder.opens(f"/meetings/{meeting_id}/room?item={items[0]}")
    recorder.fills(讨论情况="通报了情况。")
    recorder.page.keyboard.press("Control+s")
    expect(recorder.page.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    recorder.page.keyboard.press("Alt+ArrowDown")
    recorder.sees_heading("2. ")
    recorder.page.keyboard.press("Alt+ArrowUp")
    recorder.sees_heading("1. ")
    expect(recorder.page.get_by_label("讨论情况")).to_have_value("通报了情况。")
