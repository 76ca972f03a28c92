"""资料库: every paper the mechanisms sent out, with search."""

from io import BytesIO

from flask import render_template, request, send_file, url_for
from sqlalchemy import select

from coordination import clock
from coordination.access import actor, requires
from coordination.meetings import library as shelf
from coordination.meetings import minutes as text
from coordination.meetings import queries
from coordination.meetings.library import KINDS, Entry, Sought
from coordination.meetings.routes.blueprint import Page, asked, bp, database, subnav
from coordination.permissions import Permission, can
from models import Unit
from models.text import clean_text

LONGEST = 60


@bp.get("/library")
@requires(Permission.LIBRARY_READ)
def library() -> Page:
    """资料库: newest first, by word or number, kind and mechanism."""
    session, who = database(), actor()
    kind, words = request.args.get("kind", ""), (clean_text(request.args.get("q", "")) or "")[:LONGEST]
    sought = Sought(words, kind if kind in KINDS else "", asked("mechanism"))
    rows, more = shelf.listed(session, who, sought, shelf.read_place(request.args.get("before", "")))
    units = _unit_of(rows)
    names = {one.id: one.short_name for one in queries.mechanisms(session, who, Permission.LIBRARY_READ)}
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


@bp.get("/library/<string:kind>/<int:paper_id>")
@requires(Permission.LIBRARY_READ)
def library_file(kind: str, paper_id: int) -> Page:
    """One of its papers as a file, for whoever has no page of it."""
    name, content = shelf.file(database(), actor(), kind, paper_id, clock.today())
    media_type = "application/zip" if name.endswith(".zip") else text.DOCX
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)


def _unit_of(rows: list[Entry]) -> dict[int, Unit]:
    """The units letters are to."""
    ids = {row.unit_id for row in rows if row.unit_id is not None}
    return {unit.id: unit for unit in database().scalars(select(Unit).where(Unit.id.in_(ids)))} if ids else {}


def _address(row: Entry, unit: Unit | None) -> str:
    if not can(actor(), Permission.MEETING_READ):
        return url_for("meetings.library_file", kind=row.kind, paper_id=row.id)
    if row.kind == "correction":
        return url_for("meetings.correction", correction_id=row.of)
    if row.kind == "minutes":
        return url_for("meetings.minutes", meeting_id=row.of)
    if row.kind in {"notice", "letter"}:
        return url_for("meetings.paper", meeting_id=row.of, kind=row.kind, unit=unit.code if unit else None)
    return url_for("meetings.bulletin", bulletin_id=row.of)
