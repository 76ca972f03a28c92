"""The final text edited in Word: what is refused, what is signed and what is issued."""

import hashlib
import zipfile
from io import BytesIO

import docx
import pytest

from coordination import attachments, evidence
from coordination.documents import received
from coordination.meetings import drafting, issuing, uploading
from coordination.meetings import minutes as text
from models import MinutesUpload
from models.errors import BadInput, Conflict, IllegalMove
from tests.meetings.steps import DAY, STARTS_AT

LATER = STARTS_AT + DAY


def edited(steps, minutes, added="补写的一段。"):
    """The draft as somebody changed it in Word."""
    _, content = text.file(steps.session, minutes.meeting, minutes, LATER.date())
    document = docx.Document(BytesIO(content))
    document.paragraphs[6].add_run(added)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def upload(steps, minutes, content, name="纪要定稿.docx", now=LATER):
    file = evidence.word_document(name, content)
    return uploading.upload(steps.session, actor=steps.actor("office"), meeting_id=minutes.meeting_id, file=file, now=now)


def with_part(content, part, data=b"x"):
    """The same file with one more part."""
    kept = BytesIO(content)
    with zipfile.ZipFile(kept, "a") as archive:
        archive.writestr(part, data, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def test_the_issued_file_is_the_uploaded_one_with_its_number_filled_in(steps):
    minutes = steps.compiled()
    content = edited(steps, minutes)
    row = upload(steps, minutes, content)
    assert attachments.read(row.file) == content
    seen = uploading.seen_of(steps.session, minutes)
    issuing.sign(steps.session, actor=steps.actor("convenor"), meeting_id=minutes.meeting_id, now=LATER, seen=seen)
    issuing.issue(steps.session, actor=steps.actor("office"), meeting_id=minutes.meeting_id, now=LATER)
    issued = attachments.read(minutes.file)
    assert minutes.file.sha256 == hashlib.sha256(issued).hexdigest()
    lines = received.lines(issued)
    assert "〔2026〕1号" in lines
    assert any("补写的一段。" in line for line in lines)
    assert not any("送审稿" in line for line in lines)
    assert "送审稿" in received.lines(attachments.read(row.file))


def test_what_brings_more_than_text_is_refused_in_words(steps):
    minutes = steps.compiled()
    good = edited(steps, minutes)
    external = b'<Relationships><Relationship Type="x/relationships/attachedTemplate" TargetMode="External"/></Relationships>'
    for content, why in (
        (b"", "空的"),
        (b"%PDF-1.7\n", "不是.docx文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 20, "不是.docx文件"),
        (with_part(good, "word/vbaProject.bin"), "含宏"),
        (with_part(good, "word/embeddings/oleObject1.bin"), "嵌入对象"),
        (with_part(good, "word/activeX/activeX1.xml"), "嵌入对象"),
        (with_part(good, "word/_rels/settings.xml.rels", external), "外部模板"),
        (with_part(good, "word/media/big.png", b"0" * (evidence.MOST_UNPACKED + 1)), "展开后过大"),
    ):
        with pytest.raises(BadInput, match=why):
            upload(steps, minutes, content)
    assert uploading.current(steps.session, minutes) is None


def test_a_file_that_word_cannot_read_is_refused(steps):
    minutes = steps.compiled()
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b"<broken")
    with pytest.raises(BadInput, match="没有文字或无法读取"):
        upload(steps, minutes, content.getvalue())


def test_a_text_changed_after_the_upload_keeps_the_minutes_from_being_signed(steps):
    minutes = steps.compiled()
    upload(steps, minutes, edited(steps, minutes))
    part = minutes.parts[1]
    given = {"part_id": part.id, "version": part.version, "heading": part.heading, "body": "改过。"}
    drafting.edit_part(steps.session, actor=steps.actor("office"), now=LATER + DAY, **given)
    act = {"actor": steps.actor("convenor"), "meeting_id": minutes.meeting_id, "now": LATER + 2 * DAY}
    with pytest.raises(IllegalMove, match="上传Word定稿后正文又有修改"):
        issuing.sign(steps.session, **act)
    uploading.drop(steps.session, actor=steps.actor("office"), meeting_id=minutes.meeting_id, now=LATER + DAY)
    assert issuing.sign(steps.session, **act).number == 1
    with pytest.raises(IllegalMove, match="文件已锁定"):
        upload(steps, minutes, edited(steps, minutes))


def test_a_file_replaced_while_the_convenor_reads_is_not_signed(steps):
    minutes = steps.compiled()
    upload(steps, minutes, edited(steps, minutes))
    seen = uploading.seen_of(steps.session, minutes)
    upload(steps, minutes, edited(steps, minutes, "又一段。"))
    with pytest.raises(Conflict, match="被修改，没有签发"):
        issuing.sign(steps.session, actor=steps.actor("convenor"), meeting_id=minutes.meeting_id, now=LATER, seen=seen)
    assert steps.session.query(MinutesUpload).count() == 2


@pytest.mark.usefixtures("clock")
def test_the_page_takes_a_file_shows_what_differs_and_goes_back_to_the_compiled_text(steps, clerk, clock):
    minutes = steps.compiled()
    content = edited(steps, minutes)
    steps.session.commit()
    clock.move_to(LATER)
    here = f"/meetings/{minutes.meeting_id}/minutes"
    office = clerk("office")
    assert "上传Word定稿…" in office.opens(here)
    office.opens(f"{here}/upload")
    refused = office.tries(f"{here}/upload", file=(BytesIO(with_part(content, "word/vbaProject.bin")), "定稿.docx"))
    assert (refused.status_code, "“定稿.docx”含宏，不予接收" in refused.text) == (422, True)
    page = office.sends(f"{here}/upload", file=(BytesIO(content), "定稿.docx"))
    assert "补写的一段。" in page
    assert hashlib.sha256(content).hexdigest() in page
    assert office.client.get(f"{here}/upload/file").data == content
    assert "签发的文件是上传的Word定稿“定稿.docx”" in clerk("convenor").opens(f"{here}/sign")
    assert clerk("liaison-SWJ").client.get(f"{here}/upload").status_code == 404
    assert "已改用汇编稿" in office.sends(f"{here}/upload/drop")
