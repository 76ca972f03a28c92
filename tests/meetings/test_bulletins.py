"""简报通报 and 资料库: numbers, receipts, who reads what, what is found."""

import pytest

from coordination.meetings import bulletins, library
from coordination.meetings.library import Sought
from models import Bulletin, BulletinKind, BulletinStatus, LimitUnit, Notice, Rule
from models.errors import Conflict, IllegalMove, NotAllowed, NotFound
from tests.meetings import test_correcting
from tests.meetings.steps import HOUR, one
from tests.meetings.test_papers import words_of
from tests.world import NOW

pytestmark = pytest.mark.usefixtures("clock")
BODY = "一季度全县受理投诉举报310件。\n预付式消费投诉集中。"


def draft(steps, kind=BulletinKind.BRIEF, title="一季度消费维权情况"):
    mechanism_id = steps.world.mechanisms["county"].id
    return bulletins.draft(
        steps.session, actor=steps.staff("office"), mechanism_id=mechanism_id, kind=kind, title=title, body=BODY, now=NOW
    )


def issued(steps, **given):
    made = draft(steps, **given)
    return bulletins.issue(steps.session, actor=steps.staff("office"), bulletin_id=made.id, version=made.version, now=NOW)


def test_a_brief_counts_in_its_year_and_a_circular_in_the_series_of_papers(session, world, steps):
    world.mechanisms["county"].document_code = "示市监消联"
    labels = [issued(steps, kind=kind).label for kind in (BulletinKind.BRIEF, BulletinKind.CIRCULAR, BulletinKind.BRIEF)]
    assert labels == ["2026年第1期", "示市监消联〔2026〕1号", "2026年第2期"]
    notice_no = steps.notified().mechanism and library.listed(session, steps.staff("office"), Sought(kind="notice"))[0][0].label
    assert notice_no == "示市监消联〔2026〕2号", "one series for all papers of the issuer"


def test_a_draft_is_the_offices_own_and_what_was_issued_stays(session, steps):
    made = draft(steps)
    liaison = steps.actor("liaison-JYJ")
    with pytest.raises(NotFound):
        bulletins.get(session, liaison, made.id)
    with pytest.raises(NotAllowed):
        bulletins.draft(session, actor=liaison, mechanism_id=made.mechanism_id, kind=made.kind, title="x", body="x", now=NOW)
    out = bulletins.issue(session, actor=steps.staff("office"), bulletin_id=made.id, version=made.version, now=NOW)
    assert bulletins.get(session, liaison, made.id) is out
    for again in (bulletins.discard, lambda *a, **k: bulletins.issue(*a, version=out.version, **k)):
        with pytest.raises(IllegalMove):
            again(session, actor=steps.staff("office"), bulletin_id=made.id, now=NOW)


def test_two_editors_do_not_overwrite_each_other_and_nobody_issues_what_was_not_seen(session, steps):
    made = draft(steps)
    seen, office = made.version, steps.staff("office")
    given = {"actor": office, "bulletin_id": made.id, "version": seen, "kind": made.kind, "title": made.title, "now": NOW}
    bulletins.edit(session, body="改过的正文。", **given)
    session.flush()
    with pytest.raises(Conflict):
        bulletins.edit(session, body="另一种正文。", **given)
    with pytest.raises(Conflict):
        bulletins.issue(session, actor=office, bulletin_id=made.id, version=seen, now=NOW)
    assert made.status == BulletinStatus.DRAFT
    assert made.number is None


def test_every_member_owes_a_reading_and_only_the_others_are_reminded(session, steps):
    out = issued(steps)
    assert {receipt.read_at for receipt in bulletins.receipts(session, out)} == {None}
    assert "liaison-JYJ" in steps.told("bulletin")
    first = bulletins.acknowledge(session, actor=steps.actor("liaison-JYJ"), bulletin_id=out.id, now=NOW + HOUR)
    again = bulletins.acknowledge(session, actor=steps.actor("liaison-JYJ"), bulletin_id=out.id, now=NOW + 2 * HOUR)
    assert (again, again.read_at) == (first, NOW + HOUR)
    session.query(Notice).delete()
    bulletins.remind(session, actor=steps.staff("office"), bulletin_id=out.id, now=NOW + 3 * HOUR)
    assert "liaison-JYJ" not in steps.told("bulletin")
    assert "liaison-SWJ" in steps.told("bulletin")


def test_the_paper_says_what_was_written(session, world, steps):
    world.mechanisms["county"].document_code = "示市监消联"
    brief, circular = issued(steps), issued(steps, kind=BulletinKind.CIRCULAR)
    for made, said in ((brief, "第1期"), (circular, "各成员单位：")):
        name, content = bulletins.document(session, made, NOW.date())
        assert said in words_of(content)
        assert "预付式消费投诉集中。" in words_of(content)
        assert name == f"{made.kind.label}{made.label}.docx"


def test_the_shelf_holds_what_went_out_and_finds_it_by_word_and_number(session, world, steps):
    world.mechanisms["county"].document_code = "示市监消联"
    minutes = steps.issued()
    brief = issued(steps)
    draft(steps, title="还没有印发")
    office, liaison = steps.staff("office"), steps.actor("liaison-JYJ")
    everything, more = library.listed(session, office, Sought())
    assert {one.kind for one in everything} == {"minutes", "notice", "letter", "brief"}
    assert more is None
    assert all(one.kind != "letter" for one in library.listed(session, liaison, Sought())[0]), "the letter is to another unit"
    found = [
        library.listed(session, office, Sought(text=words))[0] for words in ("预付式消费投诉集中", "2026年第1期", "100%", "听取了汇报")
    ]
    assert [[one.kind for one in rows] for rows in found[0:1]] == [["brief"]]
    assert ("brief", brief.id) in {(one.kind, one.id) for one in found[1]}
    assert found[2] == []
    assert [one.of for one in found[3]] == [minutes.meeting_id]
    behind = library.read_place(everything[0].place)
    assert library.listed(session, office, Sought(), behind)[0] == everything[1:]
    assert library.read_place("x~y~z") is library.read_place("2026-01-01T00:00:00+00:00~brief~0") is None


def test_a_signed_correction_stands_on_the_shelf_under_the_number_of_its_minutes(session, steps):
    minutes = steps.issued()
    liaison = steps.actor("liaison-JYJ")
    waiting = test_correcting.draft(steps, minutes)
    assert library.listed(session, liaison, Sought(kind="correction"))[0] == []
    test_correcting.sign(steps, waiting)
    for words in ("", "10月底前", minutes.label):
        (row,) = library.listed(session, liaison, Sought(text=words, kind="correction"))[0]
        assert (row.of, row.label) == (waiting.id, f"{minutes.label}更正第1号"), words
    assert library.listed(session, liaison, Sought(text="没有这个词", kind="correction"))[0] == []
    name, content = library.file(session, liaison, "correction", waiting.id, NOW.date())
    assert "10月底前" in words_of(content)
    assert name.endswith("更正第1号.docx")


def test_from_draft_to_reading_by_forms_alone(session, world, steps, clerk):
    session.add(
        Rule(code="MINUTES_READ", title="阅知", limit=5, unit=LimitUnit.WORKING, clause="本平台", effective_from=NOW.date(), changed_at=NOW)
    )
    session.commit()
    office, liaison = clerk("office"), clerk("liaison-JYJ")
    assert "还没有简报和通报" in liaison.opens("/meetings/bulletins")
    assert "还没有资料" in liaison.opens("/meetings/library")
    office.sends("/meetings/bulletins/new", mechanism_id=world.mechanisms["county"].id, kind="brief", title="情况", body=BODY)
    made = one(Bulletin)
    here = f"/meetings/bulletins/{made.id}"
    assert liaison.client.get(here).status_code == 404
    assert "印发后编号" in office.opens(f"{here}/issue")
    version = office.hidden(f"{here}/issue", "version")
    assert "2026年第1期" in office.sends(f"{here}/issue", version=version)
    assert "阅知：情况" in liaison.opens("/desk")
    liaison.sends(f"{here}/receipt")
    assert "未阅" in office.opens(here)
    assert "将向" in office.opens(f"{here}/remind")
    office.sends(f"{here}/remind")
    assert "2026年第1期" in liaison.opens("/meetings/library?q=第1期")
    assert "没有符合条件的资料" in liaison.opens("/meetings/library?q=没有这个词&kind=x")
    assert liaison.client.get(f"{here}/file").data[:2] == b"PK"
