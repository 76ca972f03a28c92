"""Evidence: what a file is follows from its bytes; what may not be kept is refused in words and nothing of it is stored."""

import zipfile
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select

from coordination import attachments, evidence, sheets
from models import ProgressReport, StoredFile
from models.errors import BadInput
from tests.tasks.conftest import words

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 20


def zipped(parts: dict[str, bytes]) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, words_ in parts.items():
            archive.writestr(name, words_)
    return content.getvalue()


def docx() -> bytes:
    content = BytesIO()
    Document().save(content)
    return content.getvalue()


BOMB = zipped({"word/document.xml": b"0" * (evidence.MOST_UNPACKED + 1), "[Content_Types].xml": b""})
MACRO = zipped({"word/document.xml": b"", "word/vbaProject.bin": b"", "[Content_Types].xml": b""})
MACRO_TYPE = zipped({"word/document.xml": b"", "[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml"})


@pytest.mark.parametrize(
    ("name", "content", "kept_as"),
    [
        ("进展.pdf", PDF, "进展.pdf"),
        ("照片", PNG, "照片.png"),
        ("进展.txt", docx(), "进展.txt.docx"),
        ("台账.xlsx", sheets.write("台账", ["一"], [["二"]]), "台账.xlsx"),
        ("../../x.pdf", PDF, "x.pdf"),
        ("..\\..\\windows\\x.pdf", PDF, "x.pdf"),
        ("a\x00b\u202efdp.pdf", PDF, "abfdp.pdf"),
        ("长" * 300 + ".pdf", PDF, "长" * 116 + ".pdf"),
    ],
)
def test_what_may_be_kept_is_named_by_what_it_is(name, content, kept_as):
    (file,) = evidence.examined([(name, content)])
    assert (file.name, file.content) == (kept_as, content)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("x.pdf", b"", "空的"),
        ("x.html", b"<!DOCTYPE html><script>alert(1)</script>", "类型不予接收"),
        ("x.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "类型不予接收"),
        ("x.docx", BOMB, "展开后过大"),
        ("x.docx", MACRO, "含宏"),
        ("x.docx", MACRO_TYPE, "含宏"),
        ("x.doc", OLD, "旧格式"),
        ("x.zip", zipped({"a.txt": b"a"}), "压缩包"),
        ("x.docx", b"PK\x03\x04 broken", "已损坏"),
        ("x.pdf", PDF + b"0" * evidence.LARGEST, "超过20MB"),
    ],
    ids=["empty", "html", "svg", "bomb", "macro", "macro-type", "old", "archive", "broken", "large"],
)
def test_what_may_not_be_kept_is_refused_in_words(name, content, why):
    with pytest.raises(BadInput, match=why):
        evidence.examined([(name, content)])


def test_too_many_files_are_refused():
    with pytest.raises(BadInput, match="最多上传10个"):
        evidence.examined([("x.pdf", PDF)] * 11)


def report(client, task, **more):
    data = {"text": "已登记23家。", "percent": "60", "version": "0", **more}
    return client.post(f"/tasks/{task.id}/report", data=data, content_type="multipart/form-data", follow_redirects=True)


@pytest.fixture
def task(story, on_the_day):
    task = story.task()
    story.accept(task)
    return task


def test_a_report_keeps_its_files_difficulty_and_what_it_asks_for(session, sign_in, task):
    client = sign_in("liaison-JYJ")
    more = {"files": (BytesIO(PDF), "../../清单.pdf"), "difficulty": "机构不配合", "support": "请县公安局协助"}
    page = words(report(client, task, **more))
    for said in ("进展已填报", "清单.pdf", "困难和问题：机构不配合", "需要支持：请县公安局协助", "附件1个"):
        assert said in page
    stored = session.scalars(select(StoredFile)).one()
    assert (stored.name, stored.media_type) == ("清单.pdf", "application/pdf")
    assert attachments.read(stored) == PDF


def test_a_file_that_may_not_be_kept_leaves_no_report_and_what_was_typed_is_there_again(session, sign_in, task):
    answer = report(sign_in("liaison-JYJ"), task, files=(BytesIO(b"<html>"), "x.html"), text="已核对全部机构。")
    assert answer.status_code == 422
    assert "“x.html”的类型不予接收" in words(answer)
    assert "已核对全部机构。" in answer.get_data(as_text=True)
    assert session.scalars(select(ProgressReport)).all() == session.scalars(select(StoredFile)).all() == []


def test_a_file_is_always_a_download_and_only_for_who_sees_the_task(session, sign_in, task):
    report(sign_in("liaison-JYJ"), task, files=(BytesIO(PDF), "清单.pdf"))
    stored = session.scalars(select(StoredFile)).one()
    answer = sign_in("office").get(f"/tasks/{task.id}/files/{stored.id}")
    assert answer.get_data() == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Content-Security-Policy"]) == ("nosniff", "sandbox")
    assert sign_in("liaison-SWJ").get(f"/tasks/{task.id}/files/{stored.id}").status_code == 404
    assert sign_in("office").get(f"/tasks/{task.id}/files/{stored.id + 1}").status_code == 404
