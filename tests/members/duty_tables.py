"""Tables of duties as offices write them, and small registers to import them into."""

from datetime import date
from io import BytesIO

import xlsxwriter

from coordination.members import duties
from coordination.members.duties import DutyFacts
from coordination.permissions import OPERATOR
from models import Subject
from tests.world import NOW

HEADINGS = ("单位", "事项", "分工", "职责", "依据条款", "关键词", "排除词", "地域", "起始日期", "截止日期")
CLAUSE = "民办教育促进法第八条"


def table(*rows, headings=HEADINGS, above=(), below=0):
    """A table: rows of cells, dates as real dates; lines above the headings, and empty rows with a format below (ghost rows)."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day, ghost = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bg_color": "#ffffff"})
        for line, cells in enumerate([*above, headings, *rows]):
            for at, value in enumerate(cells):
                if isinstance(value, date):
                    sheet.write_datetime(line, at, value, day)
                else:
                    sheet.write(line, at, value)
        for extra in range(below):
            for at in range(len(headings)):
                sheet.write_blank(len(above) + 1 + len(rows) + extra, at, None, ghost)
    return content.getvalue()


def row(unit="县教育局", subject="学科类培训", text="管理学科类校外培训机构", **more):
    """One row of the table, by heading."""
    cells = {"单位": unit, "事项": subject, "分工": "主办", "职责": text, "依据条款": CLAUSE, **more}
    return tuple(cells.get(heading, "") for heading in HEADINGS)


def classes(session):
    """Three floors of classes."""
    service = Subject(code="S", name="服务")
    training = Subject(code="S03", name="教育培训", parent=service)
    found = {row.name: row for row in (service, training, Subject(code="S0301", name="学科类培训", parent=training))}
    found["旅游"] = Subject(code="S09", name="旅游", parent=service)
    found["案件审核"] = Subject(code="W07", name="案件审核", is_public=False)
    session.add_all(found.values())
    session.flush()
    return found


def add(session, unit, subject, text="管理学科类校外培训机构", clause=CLAUSE, **more):
    """Write a duty down; ``valid_from`` and ``valid_to`` beside what it says."""
    days = {name: more.pop(name) for name in ("valid_from", "valid_to") if name in more}
    facts = DutyFacts(subject.id, text, clause, **more)
    return duties.add_duty(session, actor=OPERATOR, unit_id=unit.id, facts=facts, now=NOW, **days)
