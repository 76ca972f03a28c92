"""The ledger tells when it was touched: edits, gaps, deletions, and a cut tail against the anchors outside the database."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from coordination import audit
from coordination.permissions import SYSTEM
from coordination.transaction import transaction
from models.errors import BadInput
from tests.world import NOW


@pytest.fixture
def ledger(session: Session) -> Session:
    """Ten entries, committed."""
    with transaction() as writing:
        for number in range(1, 11):
            at = NOW + timedelta(minutes=number)
            audit.record(writing, actor=SYSTEM, action="test:write", subject=f"thing:{number}", at=at, text=f"第{number}件", n=number / 10)
    return session


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    return tmp_path / "audit.anchors"


def tamper(*statements: str) -> None:
    """Write past the application, as somebody with the database's password could."""
    with transaction() as session:
        for statement in statements:
            session.execute(text(statement))


def test_an_untouched_ledger_is_sound(ledger, anchors):
    assert audit.verify(ledger) == (10, None)
    assert audit.write_anchor(ledger, anchors, NOW)
    assert audit.verify(ledger, anchors) == (10, None)


def test_an_empty_ledger_is_sound(session, anchors):
    assert audit.verify(session, anchors) == (0, None)
    assert not audit.write_anchor(session, anchors, NOW)


EDITS = [
    "text = '改过'",
    "who = '别人'",
    "action = 'test:other'",
    "subject = 'thing:9'",
    "facts = '{\"n\": 9}'",
    "at = '2026-06-18 05:00:00.000000'",
    "previous = 'x'",
    "mac = 'x'",
]


def test_any_edit_is_found_at_its_number(ledger):
    assert audit.verify(ledger) == (10, None)  # what the session knows from here on must not hide the edit
    for change in EDITS:
        with transaction() as session:
            session.execute(text(f"UPDATE audit_entry SET {change} WHERE number = 4"))
            assert audit.verify(session) == (3, 4), change
            session.rollback()
    assert audit.verify(ledger) == (10, None)


def test_an_edit_sealed_without_the_key_is_found(ledger):
    tamper("UPDATE audit_entry SET text = '改过', mac = (SELECT mac FROM audit_entry WHERE number = 3) WHERE number = 4")
    assert audit.verify(ledger) == (3, 4)


def test_a_deletion_in_the_middle_is_found_at_the_gap(ledger):
    tamper("DELETE FROM audit_entry WHERE number = 5")
    assert audit.verify(ledger) == (4, 5)


def test_a_deletion_closed_by_renumbering_is_found(ledger):
    tamper("DELETE FROM audit_entry WHERE number = 5", "UPDATE audit_entry SET number = 5 WHERE number = 6")
    assert audit.verify(ledger) == (4, 5)


def test_the_first_entry_cannot_go(ledger):
    tamper("DELETE FROM audit_entry WHERE number = 1")
    assert audit.verify(ledger) == (0, 1)


def test_two_entries_that_changed_places_are_found(ledger):
    tamper(
        "UPDATE audit_entry SET number = 99 WHERE number = 4",
        "UPDATE audit_entry SET number = 4 WHERE number = 5",
        "UPDATE audit_entry SET number = 5 WHERE number = 99",
    )
    assert audit.verify(ledger) == (3, 4)


def test_a_cut_tail_shows_against_the_head(ledger):
    tamper("DELETE FROM audit_entry WHERE number > 7")
    assert audit.verify(ledger) == (7, 8)


CUT_WITH_HEAD = (
    "DELETE FROM audit_entry WHERE number > 7",
    "UPDATE audit_head SET number = 7, mac = (SELECT mac FROM audit_entry WHERE number = 7)",
)


def test_a_cut_tail_with_the_head_turned_back_shows_only_against_the_anchors(ledger, anchors):
    audit.write_anchor(ledger, anchors, NOW)
    tamper(*CUT_WITH_HEAD)
    assert audit.verify(ledger) == (7, None)
    assert audit.verify(ledger, anchors) == (7, 8)


def test_a_tail_written_anew_after_a_cut_does_not_match_its_anchor(ledger, anchors):
    audit.write_anchor(ledger, anchors, NOW)
    tamper(*CUT_WITH_HEAD)
    with transaction() as writing:
        for _ in range(5):
            audit.record(writing, actor=SYSTEM, action="test:write", subject="thing:x", at=NOW, text="另写")
    assert audit.verify(ledger) == (12, None)
    assert audit.verify(ledger, anchors) == (9, 10)


def test_the_whole_ledger_gone_shows_against_the_anchors(ledger, anchors):
    audit.write_anchor(ledger, anchors, NOW)
    tamper("DELETE FROM audit_entry", "DELETE FROM audit_head")
    assert audit.verify(ledger, anchors) == (0, 1)


def test_a_head_that_was_touched_or_lags_is_found(ledger):
    tamper("UPDATE audit_head SET mac = 'x'")
    assert audit.verify(ledger) == (9, 10)
    tamper("UPDATE audit_head SET number = 8, mac = (SELECT mac FROM audit_entry WHERE number = 8)")
    assert audit.verify(ledger) == (8, 9)


def test_the_newest_entries_alone_can_be_checked(ledger):
    assert audit.verify(ledger, last=3) == (10, None)
    tamper("UPDATE audit_entry SET text = '改过' WHERE number = 2")
    assert audit.verify(ledger, last=3) == (10, None)
    tamper("UPDATE audit_entry SET text = '改过' WHERE number = 9")
    assert audit.verify(ledger, last=3) == (8, 9)


def test_an_anchor_is_written_once_for_a_head_and_the_file_is_the_owners_alone(ledger, anchors):
    assert audit.write_anchor(ledger, anchors, NOW)
    assert not audit.write_anchor(ledger, anchors, NOW + timedelta(days=1))
    with transaction() as writing:
        audit.record(writing, actor=SYSTEM, action="test:write", subject="thing:11", at=NOW)
    assert audit.write_anchor(ledger, anchors, NOW + timedelta(days=2))
    lines = anchors.read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["10", "11"]
    assert lines[0].split()[2] == "2026-06-18T01:00:00+00:00"
    assert anchors.stat().st_mode & 0o777 == 0o600


def test_anchors_before_a_restoration_speak_of_another_ledger(ledger, anchors):
    audit.write_anchor(ledger, anchors, NOW)
    tamper(*CUT_WITH_HEAD)
    audit.mark_restored(anchors, NOW)
    assert audit.verify(ledger, anchors) == (7, None)


def test_an_anchor_file_that_cannot_be_read_is_refused_in_words(ledger, anchors):
    anchors.write_text("10 abc\n", encoding="utf-8")
    with pytest.raises(BadInput, match="审计锚定文件第1行无法识别，文件可能被改动"):
        audit.verify(ledger, anchors)
