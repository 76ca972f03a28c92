"""资料库: every paper the mechanisms sent out, with search."""

from flask import render_template, request, url_for
from sqlalchemy import select

from coordination.access import actor, requires
from coordination.meetings import library as shelf
from coordination.meetings import queries
from coordination.meetings.library import KINDS, Entry, Sought
from coordination.meetings.routes.blueprint import Page, asked, bp, database, subnav
from coordination.permissions import Permission
from models import Unit
from models.text import clean_text

LONGEST = 60


@bp.get("/library")
@requires(Permission.MEETING_READ)
def library() -> Page:
    """资料库: newest first, by word or number, kind and mechanism."""
    session, who = database(), actor()
    kind, words = request.args.get("kind", ""), (clean_text(request.args.get("q", "")) or "")[:LONGEST]
    sought = Sought(words, kind if kind in KINDS else "", asked("mechanism"))
    rows, more = shelf.listed(session, who, sought, shelf.read_place(request.args.get("before", "")))
    units = _unit_of(rows)
    names = {one.id: one.short_name for one in queries.mechanisms(session, who)}
    return render_template(
        "meetings/library.html",
        subnav=subnav("library"),
        rows=[(row, unit, _address(row, unit), names.get(row.mechanism_id, "")) for row in rows for unit in [units.get(row.unit_id or 0)]],
        more=more,
        sought=sought,
        kinds=KINDS,
        mechanism_choices=[("", "全部"), *names.items()],
        is_first="before" not in request.args,
    )


def _unit_of(rows: list[Entry]) -> dict[int, Unit]:
    """The units letters are to."""
    ids = {row.unit_id for row in rows if row.unit_id is not None}
    return {unit.id: unit for unit in database().scalars(select(Unit).where(Unit.id.in_(ids)))} if ids else {}


def _address(row: Entry, unit: Unit | None) -> str:
    if row.kind == "minutes":
        return url_for("meetings.minutes", meeting_id=row.of)
    if row.kind in {"notice", "letter"}:
        return url_for("meetings.paper", meeting_id=row.of, kind=row.kind, unit=unit.code if unit else None)
    return url_for("meetings.bulletin", bulletin_id=row.of)
