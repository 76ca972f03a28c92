"""The duty register as a table: taken away, and taken in after a look at each line, all of it or none."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination import audit, sheets
from coordination.members import duties, queries, wording
from coordination.members.duties import DutyFacts
from coordination.members.editing import in_words
from coordination.permissions import Actor, Permission, require
from coordination.sheets import Column, Preview, Row
from models import Duty, DutyRole, Subject, Unit
from models.calendar import local_date
from models.errors import BadInput

TITLE = "职责表"
COLUMNS = {
    "unit": Column(("单位", "单位名称", "责任单位", "单位代码")),
    "subject": Column(("事项", "事项分类", "事项名称", "事项代码")),
    "role": Column(("分工", "主办协办"), required=False),
    "text": Column(("职责", "职责内容", "工作职责")),
    "clause": Column(("依据条款", "依据", "条款")),
    "keywords": Column(("关键词",), required=False),
    "exclusions": Column(("排除词",), required=False),
    "territory": Column(("地域", "属地", "辖区"), required=False),
    "valid_from": Column(("起始日期", "自何日起", "生效日期"), required=False),
    "valid_to": Column(("截止日期", "停止日期", "失效日期"), required=False),
}
LENGTHS = {"text": 2000, "clause": 200, "territory": 200}
ROLES = {"": DutyRole.LEAD} | {word: role for role in DutyRole for word in (role.label, role.value)}


@dataclass(frozen=True)
class Line:
    """One line of the table as it is meant; ``stored``: the row it changes, or says again."""

    line: int
    unit: Unit
    subject: Subject
    facts: DutyFacts
    valid_from: date | None
    valid_to: date | None
    stored: Duty | None

    @property
    def words(self) -> str:
        """What the page 核对 calls it."""
        return f"{self.unit.short_name}：{self.subject.name}（{self.facts.clause}）"


def export(session: Session, on: date | None) -> bytes:
    """The duties in force on that day (None: every one there ever was), in the columns of the import."""
    names = [column.names[0] for column in COLUMNS.values()]
    return sheets.write(TITLE, names, (_cells(duty) for duty in _all(session, on)))


def _all(session: Session, on: date | None) -> Iterator[Duty]:
    query = select(Duty).join(Duty.unit).join(Duty.subject).options(joinedload(Duty.unit), joinedload(Duty.subject))
    for duty in session.scalars(query.order_by(Unit.position, Unit.id, Subject.code, Duty.id)):
        if on is None or duty.in_force(on):
            yield duty


def _cells(duty: Duty) -> list[str]:
    days = [day.isoformat() if day else "" for day in (duty.valid_from, duty.valid_to)]
    said = [duty.unit.code, duty.subject.name, duty.role.label, duty.text, duty.clause, duty.keyword_text]
    return [*said, "、".join(duty.exclusions), duty.territory, *days]


def preview(session: Session, *, actor: Actor, content: bytes, now: datetime) -> Preview:
    """Each line of a table of duties: new, changed, said already, or why it cannot be taken. Nothing is written."""
    require(actor, Permission.DUTY_EDIT)
    return _check(session, content, local_date(now))[0]


def take_in(session: Session, *, actor: Actor, content: bytes, now: datetime) -> int:
    """Every line or none; returns how many were new or changed. BadInput with line and reason of each that cannot be taken."""
    require(actor, Permission.DUTY_EDIT)
    audit.queue(session)
    seen, lines = _check(session, content, local_date(now))
    seen.refuse()
    for line in lines:
        _write(session, actor, line, now)
    text = f"导入职责：新增{len(seen.fresh)}项，更改{len(seen.changed)}项，不变{len(seen.known)}项"
    audit.record(session, actor=actor, action="duty:import", subject="duty:import", at=now, text=text)
    return len(lines)


def _write(session: Session, actor: Actor, line: Line, now: datetime) -> None:
    days = {"valid_from": line.valid_from, "valid_to": line.valid_to}
    try:
        if line.stored is None:
            duties.add_duty(session, actor=actor, unit_id=line.unit.id, facts=line.facts, now=now, **days)
            return
        duty = line.stored
        if not _says(duty, line):
            given: dict[str, Any] = {"facts": line.facts, "valid_from": line.valid_from, "now": now}
            duty = duties.revise_duty(session, actor=actor, duty_id=duty.id, version=duty.version, **given)
        if line.valid_to is not None and line.valid_to != duty.valid_to:
            session.flush()
            duties.end_duty(session, actor=actor, duty_id=duty.id, version=duty.version, valid_to=line.valid_to, now=now)
    except BadInput as wrong:
        raise BadInput(f"没有导入任何一行。第{line.line}行：{wrong.message}") from wrong


def _says(duty: Duty, line: Line) -> bool:
    """Does the row say what the line says, from the same day?"""
    return duty.valid_from == line.valid_from and duties.duty_lines(duty) == duties.duty_lines(line.facts.give(Duty()), line.subject)


def _check(session: Session, content: bytes, today: date) -> tuple[Preview, list[Line]]:
    units, subjects = _named_units(session), _named_subjects(session, today)
    seen, lines = Preview(), []
    first_at: dict[Any, int] = {}
    for row in sheets.read(content, COLUMNS):
        try:
            line = _line(session, row, units, subjects, today)
            first = first_at.setdefault((line.unit.id, line.subject.id, line.facts.clause, line.valid_from), row.line)
            if first != row.line:
                raise BadInput(f"与第{first}行重复（同一单位、事项、依据和起始日期）")
        except BadInput as wrong:
            seen.problems.append((row.line, wrong.message))
            continue
        if line.stored is None:
            seen.fresh.append((row.line, line.words))
        elif _says(line.stored, line) and line.valid_to == line.stored.valid_to:
            seen.known.append(row.line)
            continue
        else:
            seen.changed.append((row.line, line.words))
        lines.append(line)
    return seen, lines


def _line(session: Session, row: Row, units: dict[str, list[Unit]], subjects: dict[str, Subject], today: date) -> Line:
    """One line as it is meant; BadInput with what is wrong with it."""
    unit = _unit(row.text("unit"), units, today)
    subject = subjects.get(_plain(row.text("subject")))
    if subject is None:
        named = row.text("subject")
        raise BadInput(f"没有“{named}”这个事项，请先在事项分类中增加，或改用已有的名称" if named else "请填写事项")
    role = ROLES.get(row.text("role"))
    if role is None:
        raise BadInput(f"分工“{row.text('role')}”应为主办或协办")
    for key, most in LENGTHS.items():
        if key != "territory" and not row.text(key):
            raise BadInput(f"请填写{COLUMNS[key].names[0]}")
        if len(row.text(key)) > most:
            raise BadInput(f"{COLUMNS[key].names[0]}最多{most:,}字，现有{len(row.text(key)):,}字")
    valid_from, valid_to = row.day("valid_from"), row.day("valid_to")
    if row.problems:
        raise BadInput("；".join(row.problems))
    stored = _stored(session, unit, subject, row.text("clause"), valid_from, today)
    if stored is not None:  # a day left empty is left as it is
        valid_from, valid_to = valid_from or stored.valid_from, valid_to or stored.valid_to
    facts = DutyFacts(
        subject_id=subject.id,
        text=row.text("text"),
        clause=row.text("clause"),
        keywords=wording.keywords(row.text("keywords")),
        exclusions=wording.words(row.text("exclusions")),
        territory=wording.places(row.text("territory")),
        role=role,
    )
    duties.check(facts, valid_from, valid_to)
    return Line(row.line, unit, subject, facts, valid_from, valid_to, stored)


def _stored(session: Session, unit: Unit, subject: Subject, clause: str, valid_from: date | None, today: date) -> Duty | None:
    """The row this line is about: the one of the same first day, else the one in force that day (of a line without a day: today). BadInput
    when the only ones there begin later."""
    rows = duties.same_duties(session, unit, subject, clause)
    same = next((row for row in rows if row.valid_from == valid_from), None)
    holding = next((row for row in rows if row.in_force(valid_from or today)), None)
    later = [row.valid_from for row in rows if row.valid_from is not None and valid_from is not None and row.valid_from > valid_from]
    if same is None and holding is None and later:
        raise BadInput(f"起始日期早于已有的同一职责（{in_words(min(later))}起），请核对")
    return same or holding


def _unit(name: str, units: dict[str, list[Unit]], today: date) -> Unit:
    if not name:
        raise BadInput("请填写单位")
    found = units.get(_plain(name), [])
    standing = [unit for unit in found if unit.stands(today)]
    if len(standing) > 1:
        raise BadInput(f"有{len(standing)}个单位叫“{name}”，请改填单位代码：{'、'.join(unit.code for unit in standing)}")
    if not found:
        raise BadInput(f"没有“{name}”这个单位，请核对名称，或先登记该单位")
    # A duty of a unit merged since is carried by its heir, and may stand in a table that was taken away from here.
    return (standing or found)[0]


def _named_units(session: Session) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    for unit in session.scalars(select(Unit).options(joinedload(Unit.parent)).order_by(Unit.position, Unit.id)):
        names = [unit.code, unit.name, unit.short_name, *unit.former_names]
        names += [f"{parent}{unit.name}" for parent in ((unit.parent.name, unit.parent.short_name) if unit.parent else ())]
        for name in dict.fromkeys(map(_plain, names)):
            found.setdefault(name, []).append(unit)
    return found


def _named_subjects(session: Session, today: date) -> dict[str, Subject]:
    rows = queries.subjects(session)
    ended = [row for row in rows if not row.in_force(today)]
    living = [row for row in rows if row.in_force(today)]
    return {_plain(name): row for row in (*ended, *living) for name in (row.name, row.code)}


def _plain(name: str) -> str:
    """A name without the differences of width that typists make: １２３１５指挥中心."""
    return unicodedata.normalize("NFKC", name).strip()
