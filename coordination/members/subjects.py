"""What may be done to the classes of subjects (事项分类): bring the default list in, add, change, end. Callers own the transaction."""

import csv
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.members import queries
from coordination.members.editing import changes, in_words, seen_as_stored
from coordination.permissions import OPERATOR, Actor, Permission, require
from models import Duty, Subject
from models.errors import BadInput

# Columns: code, name, parent (a code), public (1: shown to the public). The official code table is not published; the list follows the
# classes consumers' associations count by, under codes of our own, and the office may change it.
DEFAULTS = Path(__file__).with_name("subjects.csv")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")


@dataclass(frozen=True)
class SubjectFacts:
    """What a class says of itself."""

    name: str
    parent_id: int | None = None
    is_public: bool = True
    valid_from: date | None = None
    valid_to: date | None = None


def load_default_subjects(session: Session, now: datetime) -> int:
    """Bring in the classes a new installation starts with. Codes and names that are there already stay as the office has them."""
    known = {subject.code: subject for subject in session.scalars(select(Subject))}
    named = {subject.name: subject for subject in known.values()}
    fresh = 0
    with DEFAULTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["code"] not in known and row["name"] in named:
                known[row["code"]] = named[row["name"]]
            elif row["code"] not in known:
                made = Subject(code=row["code"], name=row["name"], parent=known.get(row["parent"]), is_public=row["public"] == "1")
                session.add(made)
                known[made.code] = made
                fresh += 1
    if fresh:
        text = f"载入默认事项分类{fresh}项"
        audit.record(session, actor=OPERATOR, action="subject:defaults", subject="subject:defaults", at=now, text=text)
    return fresh


def add_subject(session: Session, *, actor: Actor, code: str, facts: SubjectFacts, now: datetime) -> Subject:
    """Add a class. BadInput when its code is taken or malformed, or its name stands already."""
    require(actor, Permission.DUTY_EDIT)
    audit.queue(session)
    code = code.upper()
    if not CODE.fullmatch(code):
        raise BadInput("代码由1至32个大写字母、数字或短横组成，如S0301")
    taken = session.scalar(select(Subject).where(Subject.code == code))
    if taken is not None:
        raise BadInput(f"代码{code}已用于“{taken.name}”，请另取一个")
    made = Subject(code=code)
    _set(session, made, facts)
    session.add(made)
    text = f"新增事项分类：{made.name}（{code}）"
    audit.record(session, actor=actor, action="subject:add", subject=made, at=now, text=text)
    return made


def edit_subject(session: Session, *, actor: Actor, subject_id: int, version: int, facts: SubjectFacts, now: datetime) -> Subject:
    """Change a class, or end it. BadInput when a duty or a class below it would stand on without it; Conflict when somebody changed it."""
    require(actor, Permission.DUTY_EDIT)
    audit.queue(session)
    subject = queries.get_subject(session, subject_id)
    parent = None if facts.parent_id is None else queries.get_subject(session, facts.parent_id)
    stored = subject_lines(subject)
    wanted = _lines(facts.name, parent, facts.is_public, facts.valid_from, facts.valid_to)
    seen_as_stored(subject, version, wanted, stored)
    _nothing_stays_behind(session, subject, facts.valid_to)
    _set(session, subject, facts)
    audit.record(session, actor=actor, action="subject:edit", subject=subject, at=now, text=f"{subject.name}：{changes(stored, wanted)}")
    return subject


def subject_lines(subject: Subject) -> dict[str, str]:
    """What a class says, line by line, as an editor compares it."""
    return _lines(subject.name, subject.parent, subject.is_public, subject.valid_from, subject.valid_to)


def _lines(name: str, parent: Subject | None, is_public: bool, valid_from: date | None, valid_to: date | None) -> dict[str, str]:
    return {
        "名称": name,
        "上级": parent.name if parent else "",
        "向公众公布": "是" if is_public else "否",
        "启用": str(valid_from or ""),
        "停用": str(valid_to or ""),
    }


def _set(session: Session, subject: Subject, facts: SubjectFacts) -> None:
    if facts.valid_from and facts.valid_to and facts.valid_to < facts.valid_from:
        raise BadInput(f"停用日期不能早于启用日期（{in_words(facts.valid_from)}）")
    with session.no_autoflush:
        same = select(Subject.code).where(Subject.name == facts.name, Subject.valid_to.is_(None), Subject.code != subject.code)
        code = session.scalar(same)
        parent = None if facts.parent_id is None else queries.get_subject(session, facts.parent_id)
    if code is not None:
        raise BadInput(f"已有同名分类“{facts.name}”（{code}）")
    above: Subject | None = parent
    while above is not None:
        if above is subject:
            raise BadInput(f"“{subject.name}”不能归入它自己的下级分类")
        above = above.parent
    subject.name, subject.parent, subject.is_public = facts.name, parent, facts.is_public
    subject.valid_from, subject.valid_to = facts.valid_from, facts.valid_to


def _nothing_stays_behind(session: Session, subject: Subject, last_day: date | None) -> None:
    if last_day is None:
        return
    duty = session.scalars(
        select(Duty).where(Duty.subject_id == subject.id, or_(Duty.valid_to.is_(None), Duty.valid_to > last_day))
    ).first()
    if duty is not None:
        raise BadInput(f"{duty.unit.short_name}等单位的职责还在用“{subject.name}”，请先停止这些职责或改归其他事项")
    below = select(Subject.name).where(Subject.parent_id == subject.id, or_(Subject.valid_to.is_(None), Subject.valid_to > last_day))
    name = session.scalar(below)
    if name is not None:
        raise BadInput(f"“{subject.name}”下还有分类“{name}”，请先停用或改归其他上级")
