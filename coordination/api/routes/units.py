"""The list of recognised units for programs: the fields of the open data, a page at a time, as it stands now.

A copy may be kept but is asked about each time; its tag rests on the list's version, which every removal raises in its own transaction.
"""

import hashlib
from typing import Any

from flask import current_app, request, url_for

from coordination import clock
from coordination.access import api_client
from coordination.api.routes.blueprint import bp, refusals
from coordination.api.schemas import PageShape, UnitsShape
from coordination.config import VERSION
from coordination.portal import exporting
from coordination.registry import public
from models import ApiScope
from models.base import db

NAMES = [name for name, _, _ in exporting.UNIT_FIELDS]


@bp.route("/units", methods=["GET"])
@api_client(ApiScope.UNITS_READ)
@bp.doc(summary="现在册的示范单位", security=[{"key": [ApiScope.UNITS_READ.value]}])
@bp.arguments(PageShape, location="query")
@bp.response(200, UnitsShape, headers={"ETag": {"schema": {"type": "string"}, "description": "名录未变动的，带If-None-Match再取得304"}})
@bp.alt_response(304, description="名录没有变动", success=True)
@refusals(401, 403, 422)
def units(asked: dict[str, int]) -> Any:
    """One page after the other, by the address in ``next``."""
    session, today = db.session(), clock.today()
    edition = public.edition(session.connection())  # read before the rows: what is read later is as new or newer
    tag = hashlib.sha256(repr((edition, today, request.full_path, VERSION)).encode()).hexdigest()[:32]
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if tag in request.if_none_match:
        return current_app.response_class(status=304, headers=headers)
    page = public.listed(session, today, public.Filter(), after=asked.get("after"), limit=asked["limit"])
    return _body(page, edition.version, asked["limit"]), 200, headers


def _body(page: public.Page, version: int, limit: int) -> dict[str, Any]:
    return {
        "as_of": clock.today(),
        "version": version,
        "items": [dict(zip(NAMES, exporting.unit_row(line), strict=True)) for line in page.rows],
        "next": url_for(".units", after=page.next, limit=limit) if page.next else None,
    }
