"""Importing the export of 12315 into the register, keyed on 登记编号: the same file twice changes nothing (rules.md §9).

A file is taken in batches, each in a transaction of the caller's: a crash half-way loses nothing, and the file taken again goes on where
it stopped. One bad row stops no other.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnDefault, select
from sqlalchemy.orm import Session

from coordination import audit, crypto
from coordination.complaints import clocks, columns, finding, masking
from coordination.complaints.columns import BadCell, Read
from coordination.complaints.reading import Table
from coordination.permissions import Actor, Permission, require
from coordination.settings.queries import calendar
from models import Business, Complaint, ComplaintStatus, Rule
from models.base import Line, Words
from models.business import read_name
from models.complaint import NO_DAY, Channel, ComplaintKind

BATCH = 1000
SEAL = "complaint"
_WRITTEN = json.JSONEncoder(ensure_ascii=False)  # made once: making it takes longer than writing a row
MASKED = ("request", "said_result", "place", "target_address", "problem", "category", "said_section")


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken: its number in the spreadsheet, its 登记编号, the heading of the cell at fault, and why."""

    row: int
    number: str
    column: str
    reason: str


@dataclass
class Result:
    """What became of the rows read; ``read`` is the sum of the rest."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Every row that is not blank."""
        return self.created + self.updated + self.unchanged + len(self.rejected)


class Import:
    """One file on its way in. ``take`` one batch after another; ``result`` grows."""

    def __init__(self, table: Table, remembered: Mapping[str, str], now: datetime) -> None:
        self.result = Result()
        self._table, self._remembered, self._now = table, remembered, now
        self._seen: dict[str, tuple[int, str]] = {}
        self._dues: dict[tuple[ComplaintKind, Channel, date], date] = {}

    @property
    def number_of_batches(self) -> int:
        """How many there will be."""
        return -(-len(self._table.rows) // BATCH)

    def batches(self) -> Iterator[list[tuple[int, dict[str, str]]]]:
        """The rows, a thousand at a time."""
        for at in range(0, len(self._table.rows), BATCH):
            yield self._table.rows[at : at + BATCH]

    def take(self, session: Session, *, actor: Actor, batch: list[tuple[int, dict[str, str]]], write: bool = True) -> None:
        """Register what is new, change what has changed. ``write`` False only tells what would be done."""
        require(actor, Permission.COMPLAINT_IMPORT)
        if write:
            audit.queue(session)
        good = self._read(batch)
        known = {
            row.number: row for row in session.scalars(select(Complaint).where(Complaint.number.in_([read.number for _, read, _ in good])))
        }
        fresh = []
        changed = 0
        dues = _Dues(session, self._dues)
        for row, read, print_ in good:
            old = known.get(read.number)
            if old is None:
                fresh.append((row, read, print_))
            elif old.print_ == print_ or not self._renew(session, old, row, dues, write):
                self.result.unchanged += 1
            else:
                changed += 1
        self.result.created += len(fresh)
        self.result.updated += changed
        if write and (fresh or changed):
            self._register(session, fresh, dues)
            text = f"导入投诉举报：新登记{len(fresh)}件，更新{changed}件"
            audit.record(session, actor=actor, action="complaint:import", subject="complaint:import", at=self._now, text=text)

    def _register(self, session: Session, fresh: list[tuple[dict[str, str], Read, str]], dues: "_Dues") -> None:
        """Write what is new, all at once."""
        if not fresh:
            return
        rows = [_columns(read, row, print_, dues) for row, read, print_ in fresh]
        _match(session, rows)
        _write(session, [{**one, "registered_at": self._now} for one in rows])
        _keep_found(session, rows, {read.number: read.person.get("name", "") for _, read, _ in fresh})

    def _read(self, batch: list[tuple[int, dict[str, str]]]) -> list[tuple[dict[str, str], Read, str]]:
        """The rows that can be taken; the others, and those told already in this file, are counted."""
        good = []
        for line, row in batch:
            try:
                read = columns.fields(row, self._remembered, self._now)
            except BadCell as bad:
                said = masking.mask_text(bad.message)  # a reason quotes the cell, and columns get swapped
                self.result.rejected.append(Rejected(line, _said_number(row, self._remembered), bad.column, said))
                continue
            print_ = _print(row)
            first, was = self._seen.setdefault(read.number, (line, print_))
            if first == line:
                good.append((row, read, print_))
            elif was == print_:
                self.result.unchanged += 1
            else:
                heading = _number_heading(row, self._remembered)
                self.result.rejected.append(Rejected(line, read.number, heading, f"登记编号与第{first}行重复，内容不同"))
        return good

    def _renew(self, session: Session, old: Complaint, row: dict[str, str], dues: "_Dues", write: bool) -> bool:
        """Bring a known complaint up to what the row says; columns this file does not have stay. False when nothing differs."""
        sealed = open_sealed(old)
        before, found = sealed["row"], finding.found_of(old, sealed["person"].get("name", ""))
        kept = {heading: text for heading, text in before.items() if heading not in self._table.headings}
        row = {**kept, **row}
        if row == before:
            return False
        if write:
            read = columns.fields(row, self._remembered, self._now)
            values = _columns(read, row, _print(row), dues)
            if old.status != ComplaintStatus.REGISTERED:
                values.pop("kind")  # it is on its track already
                values.pop("due_on")
            values["print_"] = values.pop("print")
            for key, value in values.items():
                setattr(old, key, value)
            finding.keep_changed(session, old.id, found, finding.found_of(old, read.person.get("name", "")))
        return True


def open_sealed(complaint: Complaint) -> dict[str, Any]:
    """``row``: the row as it came; ``person``: what identifies who complained; ``text``: the text as written."""
    sealed: dict[str, Any] = (
        json.loads(crypto.decrypt(SEAL, complaint.sealed)) if complaint.sealed else {"row": {}, "person": {}, "text": ""}
    )
    return sealed


def phone_hash(phone: str) -> str:
    """What a phone is found by; empty for none."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    return crypto.keyed_hash("complaint:phone", digits[-11:]) if digits else ""


def sealed_columns(read: Read, row: Mapping[str, str]) -> dict[str, Any]:
    """The columns of the table: what may lie in clear masked, the rest sealed. ``row``: as it came, empty for one taken by hand."""
    values = dict(read.columns)
    values["sealed"] = _sealed(values["text"], read.person, row)
    keys = [key for key in ("text", *MASKED) if values.get(key)]
    values |= zip(keys, masking.mask_texts([values[key] for key in keys], read.person.values()), strict=True)
    return {**values, "number": read.number, "phone_hash": phone_hash(read.person.get("phone", ""))}


def hidden(text: str, person: Mapping[str, str], row: Mapping[str, str]) -> tuple[str, str]:
    """The text with what identifies the person masked, and all of it sealed."""
    return masking.mask_text(text, person.values()), _sealed(text, person, row)


def match_business(session: Session, complaint: Complaint) -> None:
    """Name the business a single case is against."""
    one = {"target_uscc": complaint.target_uscc, "target_name": complaint.target_name}
    _match(session, [one])
    complaint.business_id = one["business_id"]  # type: ignore[assignment]


def _sealed(text: str, person: Mapping[str, str], row: Mapping[str, str]) -> str:
    return crypto.encrypt(SEAL, _WRITTEN.encode({"row": row, "person": person, "text": text}))


def _columns(read: Read, row: dict[str, str], print_: str, dues: "_Dues") -> dict[str, Any]:
    """As ``sealed_columns``, with what an import adds."""
    values = sealed_columns(read, row)
    return {**values, "print": print_, "due_on": dues.nearest(values["kind"], values["channel"], values["received_on"])}


class _Dues:
    """The first last day of a case just received, by the rules and the calendar of now; worked out once for each kind, channel and day."""

    def __init__(self, session: Session, found: dict[tuple[ComplaintKind, Channel, date], date]) -> None:
        self._rules = session.scalars(select(Rule).where(Rule.mechanism_id.is_(None)).order_by(Rule.effective_from.desc())).all()
        self._calendar = calendar(session)
        self._found = found

    def nearest(self, kind: ComplaintKind, channel: Channel, received_on: date | None) -> date:
        """NO_DAY where the day of receipt is not known, or no clock can be told yet."""
        if received_on is None:
            return NO_DAY
        asked = kind, channel, received_on
        if asked not in self._found:
            found = clocks.cards(clocks.Facts(kind, received_on, channel), self._rule_of, self._calendar)
            self._found[asked] = clocks.nearest(found) or NO_DAY
        return self._found[asked]

    def _rule_of(self, code: str, on: date) -> Rule | None:
        return next((rule for rule in self._rules if rule.code == code and rule.in_force(on)), None)


def _match(session: Session, fresh: list[dict[str, Any]]) -> None:
    """Name the business each is against: by its code, then by a name that only one business bears."""
    codes = {one["target_uscc"] for one in fresh if one["target_uscc"]}
    names = {read_name(one["target_name"])[:120] for one in fresh if one["target_name"]}
    by_code = dict(session.execute(select(Business.uscc, Business.id).where(Business.uscc.in_(codes))).all())
    by_name: dict[str, int | None] = {}
    for name, id_ in session.execute(select(Business.plain_name, Business.id).where(Business.plain_name.in_(names))):
        by_name[name] = None if name in by_name else id_
    for one in fresh:
        one["business_id"] = by_code.get(one["target_uscc"]) or by_name.get(read_name(one["target_name"])[:120])


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write rows that name the same columns, each column made ready for the driver in one go: row by row takes as long again.

    Texts are clean and of their columns' size since they were read, and go as they are."""
    dialect = session.connection().dialect
    names, values = [], []
    for column in Complaint.__table__.columns:
        default = column.default.arg if isinstance(column.default, ColumnDefault) else None
        if column.name not in rows[0] and default is None:
            continue
        given = [one[column.name] for one in rows] if column.name in rows[0] else [default]
        ready = None if isinstance(column.type, Line | Words) else column.type.dialect_impl(dialect).bind_processor(dialect)
        names.append(dialect.identifier_preparer.quote(column.name))
        values.append([*map(ready, given)] if ready else given)
    values = [held if len(held) == len(rows) else held * len(rows) for held in values]
    finding.insert(session, f"complaint ({', '.join(names)})", list(zip(*values, strict=True)))


def _keep_found(session: Session, fresh: list[dict[str, Any]], names: Mapping[str, str]) -> None:
    """Have the rows just inserted found by their text and by what is like them."""
    ids = dict(session.execute(select(Complaint.number, Complaint.id).where(Complaint.number.in_(list(names)))).all())
    finding.keep(session, {ids[one["number"]]: finding.Found(one["text"], one["target_name"], names[one["number"]]) for one in fresh})


def _print(row: Mapping[str, str]) -> str:
    """A keyed hash of the row, whatever the order of its columns."""
    return crypto.keyed_hash("complaint:row", "\x00".join(chain.from_iterable(sorted(row.items()))))


def _number_heading(row: Mapping[str, str], remembered: Mapping[str, str]) -> str:
    return next((heading for heading in row if columns.key_of(heading, remembered) == columns.NUMBER), "登记编号")


def _said_number(row: Mapping[str, str], remembered: Mapping[str, str]) -> str:
    return row.get(_number_heading(row, remembered), "")[:60]
