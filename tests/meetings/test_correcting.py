"""Corrections of issued minutes: numbered, signed, told; what was issued stays as it was."""

import zipfile
from io import BytesIO

import pytest

from coordination import attachments
from coordination.desk import queries as desk
from coordination.documents import received
from coordination.meetings import correcting
from models.errors import Conflict, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import DAY, STARTS_AT

LATER = STARTS_AT + 10 * DAY


def draft(steps, minutes, by="office", said="第二项中“9月底前”应为“10月底前”。", reason="会议记录笔误"):
    who = steps.actor(by)
    return correcting.draft(steps.session, actor=who, meeting_id=minutes.meeting_id, words_=said, reason=reason, now=LATER)


def sign(steps, row, by="convenor", version=None):
    who = steps.actor(by)
    return correcting.sign(steps.session, actor=who, correction_id=row.id, version=version or row.version, now=LATER)


def test_a_correction_is_numbered_at_signing_kept_as_a_paper_and_told_while_the_issue_stays(steps):
    minutes = steps.issued()
    issued, body = attachments.read(minutes.file), minutes.parts[1].body
    row = draft(steps, minutes)
    assert (row.number, row.label) == (None, "更正（待签发）")
    assert steps.told("correction_to_sign") == {"convenor"}
    sign(steps, row)
    second = sign(steps, draft(steps, minutes, said="出席名单补列县财政局。"))
    assert [one.label for one in correcting.listed(steps.session, minutes)] == ["更正第1号", "更正第2号"]
    assert second.file is not None
    lines = received.lines(attachments.read(row.file))
    assert "第二项中“9月底前”应为“10月底前”。" in lines
    assert "更正原因：会议记录笔误。" in lines
    assert {"liaison-SWJ", "head-GAJ", "office"} <= steps.told("minutes_corrected")
    assert (attachments.read(minutes.file), minutes.parts[1].body) == (issued, body)


def test_only_the_office_drafts_and_only_the_convenor_signs(steps):
    minutes = steps.issued()
    for name in ("recorder", "convenor", "liaison-SWJ"):
        with pytest.raises(NotAllowed):
            draft(steps, minutes, by=name)
    row = draft(steps, minutes)
    with pytest.raises(NotAllowed):
        sign(steps, row, by="office")
    with pytest.raises(NotFound):
        sign(steps, row, by="liaison-SWJ")
    with pytest.raises(IllegalMove, match="还有一份更正待召集人签发"):
        draft(steps, minutes)


def test_nothing_is_corrected_before_the_issue_or_changed_after_the_signature(steps):
    with pytest.raises(IllegalMove, match="现在请直接修改"):
        draft(steps, steps.signed())


def test_a_draft_changed_while_the_convenor_reads_is_not_signed(steps):
    row = draft(steps, steps.issued())
    version = row.version
    change = {"actor": steps.actor("office"), "correction_id": row.id, "words_": "改了。", "reason": "笔误", "now": LATER}
    correcting.edit(steps.session, version=version, **change)
    steps.session.flush()
    with pytest.raises(Conflict, match="被修改，没有签发"):
        sign(steps, row, version=version)
    sign(steps, row)
    with pytest.raises(IllegalMove, match="更正第1号已于2026年7月10日（周五）签发"):
        correcting.edit(steps.session, version=row.version, **change)


@pytest.mark.usefixtures("clock")
def test_by_forms_alone_and_later_readers_get_the_correction_with_the_minutes(steps, clerk, clock):
    minutes = steps.issued()
    steps.session.commit()
    clock.move_to(LATER)
    here = f"/meetings/{minutes.meeting_id}/minutes"
    office, convenor, unit = clerk("office"), clerk("convenor"), clerk("liaison-GAJ")
    assert unit.client.get(f"{here}/file").mimetype.endswith("wordprocessingml.document")
    assert "拟更正…" in office.opens(here)
    page = office.sends(f"{here}/corrections/new", text="第二项时限应为10月底。", reason="笔误")
    assert "待召集人签发" in page
    assert "第二项时限应为10月底。" not in unit.opens(here)
    row = correcting.listed(steps.session, minutes)[0]
    address = f"/meetings/minutes/corrections/{row.id}"
    assert unit.client.get(address).status_code == 404
    office.sends(f"{address}/edit", version=office.hidden(f"{address}/edit", "version"), text="第二项时限应为11月底。", reason="笔误")
    todos = [todo.title for todo in desk.todos(steps.session, steps.actor("convenor"), LATER)]
    assert f"签发更正：{minutes.meeting.name}" in todos
    convenor.sends(f"{address}/sign", version=convenor.hidden(address, "version"))
    assert "第二项时限应为11月底。" in unit.opens(here)
    assert unit.client.get(f"{address}/file").status_code == 200
    answer = unit.client.get(f"{here}/file")
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        names = archive.namelist()
        assert archive.read(names[0]) == attachments.read(minutes.file)
    assert [name.endswith("更正第1号.docx") for name in names] == [False, True]
    assert unit.client.get(f"/meetings/{minutes.meeting_id}/papers/minutes").data == answer.data
