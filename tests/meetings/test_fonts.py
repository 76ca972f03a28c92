"""The fonts the office sets are those of every paper of a meeting, of its tasks and of its bulletins."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from sqlalchemy import select

from coordination import attachments
from coordination.meetings import bulletins, paperwork
from coordination.meetings.paperwork import Kind
from coordination.settings.queries import fonts
from coordination.tasks import ledger
from coordination.tasks import papers as task_papers
from models import BulletinKind, Setting, Task, TaskPaperKind
from tests.meetings import test_bulletins, test_correcting
from tests.world import NOW, TODAY

SET = {"title": "方正小标宋_GBK", "body": "仿宋_GB2312", "heading1": "方正黑体_GBK", "heading2": "楷体_GB2312", "number": "方正书宋_GBK"}


@pytest.fixture(autouse=True)
def chosen(session):
    session.add(Setting(key="fonts", value=SET, changed_at=NOW))
    session.flush()


def named(content: bytes) -> set[str]:
    """The Chinese fonts of a paper, its styles and its page numbers."""
    with ZipFile(BytesIO(content)) as package:
        parts = [parse_xml(package.read(name)) for name in package.namelist() if name.startswith("word/") and name.endswith(".xml")]
    return {one.get(qn("w:eastAsia")) for part in parts for one in part.iter(qn("w:rFonts"))}


def test_every_paper_of_a_meeting_is_set_in_them(steps):
    draft = steps.compiled().meeting
    issued = steps.issued(steps.held(starts_at=draft.starts_at.replace(hour=6)))
    for meeting in (draft, issued.meeting):
        for kind in Kind:
            name, content = paperwork.document(steps.session, meeting, kind, TODAY)
            assert named(content) == set(SET.values()), name


def test_so_are_bulletins_corrections_and_the_papers_of_tasks(world, steps):
    world.mechanisms["county"].document_code = "示市监消联"
    minutes = steps.issued()
    correction = test_correcting.sign(steps, test_correcting.draft(steps, minutes))
    made = [attachments.read(correction.file)]
    for kind in BulletinKind:
        draft = test_bulletins.draft(steps, kind=kind)
        made.append(bulletins.document(steps.session, draft, TODAY)[1])
        made.append(attachments.read(test_bulletins.issued(steps, kind=kind).file))
    task = steps.session.scalars(select(Task)).first()
    for kind in (TaskPaperKind.SUPERVISION, TaskPaperKind.CIRCULAR, TaskPaperKind.REPORT_UP):
        made.append(task_papers.document_of(steps.session, task, kind, TODAY)[1])
    made.append(ledger.as_paper("督办台账", [], TODAY, "县局", fonts(steps.session)))
    assert [named(content) for content in made] == [set(SET.values())] * len(made)
