"""开放数据: the list and the removals as CSV and JSON, streamed, with a description for machines and one in words."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import TypeVar

from flask import Response, jsonify, render_template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import public
from coordination.portal import exporting
from coordination.portal.routes.blueprint import bp
from coordination.portal.routes.copies import edition, kept_copy
from coordination.registry import public as registry
from models.base import db

Item = TypeVar("Item")
CSV, JSON = "text/csv; charset=utf-8", "application/json; charset=utf-8"


@bp.get("/open")
@public
@kept_copy
def open_data() -> str:
    """What there is, and what each field means."""
    return render_template("portal/open_data.html", unit_fields=exporting.UNIT_FIELDS, removed_fields=exporting.REMOVED_FIELDS)


@bp.get("/open/schema")
@public
@kept_copy
def open_schema() -> Response:
    """The same for machines, as JSON Schema."""
    return jsonify(exporting.schema())


@bp.get("/open/units.csv")
@public
@kept_copy
def units_csv() -> Response:
    """Every unit on the list."""
    return _streamed(exporting.as_csv(exporting.UNIT_FIELDS, _units()), CSV, "units.csv")


@bp.get("/open/units.json")
@public
@kept_copy
def units_json() -> Response:
    """Every unit on the list."""
    return _streamed(exporting.as_json(exporting.UNIT_FIELDS, _units(), **_about()), JSON)


@bp.get("/open/removed.csv")
@public
@kept_copy
def removed_csv() -> Response:
    """Every removal that may be shown."""
    return _streamed(exporting.as_csv(exporting.REMOVED_FIELDS, _removed()), CSV, "removed.csv")


@bp.get("/open/removed.json")
@public
@kept_copy
def removed_json() -> Response:
    """Every removal that may be shown."""
    return _streamed(exporting.as_json(exporting.REMOVED_FIELDS, _removed(), **_about()), JSON)


def _about() -> dict[str, str | int]:
    return {"as_of": clock.today().isoformat(), "version": edition().version}


def _units() -> Iterator[exporting.Row]:
    return map(exporting.unit_row, _every(registry.every_listed, db.engine, clock.today()))


def _removed() -> Iterator[exporting.Row]:
    return map(exporting.removed_row, _every(registry.every_removed, db.engine, clock.today()))


def _every(read: Callable[[Session, date], Iterator[Item]], engine: Engine, today: date) -> Iterator[Item]:
    """Read with a session of its own, opened at the first row and closed after the last: the request is over before the last is sent."""
    with Session(engine) as session:
        yield from read(session, today)


def _streamed(pieces: Iterator[str], media_type: str, name: str | None = None) -> Response:
    """A stretch at a time: a whole country's list is never in memory."""
    response = Response(pieces, content_type=media_type)
    if name is not None:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
