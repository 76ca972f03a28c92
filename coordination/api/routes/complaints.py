"""Complaints of programs: registered, and asked for by whoever registered them."""

from typing import Any

from flask import g, request, url_for

from coordination import clock
from coordination.access import api_client
from coordination.api import queries, service
from coordination.api.routes.blueprint import bp, refusals
from coordination.api.schemas import CaseShape, CasesShape, ComplaintShape, KeyShape, PageShape, RegisteredShape
from coordination.complaints.registering import Registration
from coordination.transaction import transaction
from models import ApiScope, Channel, Complaint, ComplaintKind, Sector
from models.base import db

OF = {"kind": ComplaintKind, "channel": Channel, "sector": Sector}


@bp.route("/complaints", methods=["POST"])
@api_client(ApiScope.COMPLAINTS_WRITE)
@bp.doc(summary="登记一件投诉、举报或咨询", security=[{"key": [ApiScope.COMPLAINTS_WRITE.value]}])
@bp.arguments(KeyShape, location="headers")
@bp.arguments(ComplaintShape)
@bp.response(201, RegisteredShape, description="已登记")
@bp.alt_response(200, schema=RegisteredShape, description="同一幂等键、同一内容此前已登记，答复同前")
@refusals(400, 401, 403, 409, 413, 415, 422, 429)
def register(header: dict[str, str], facts: dict[str, Any]) -> Any:
    """All refusals are told by field; nothing is half written."""
    kinds = {name: kind(facts[name]) for name, kind in OF.items() if name in facts}  # type: ignore[call-arg]
    with transaction() as session:
        answered = service.register(
            session,
            client=g.client,
            registration=Registration(**{**facts, **kinds}),
            key=header.get("key"),
            body=request.get_json(),
            now=clock.now(),
        )
    return answered.body, answered.status, {"Location": answered.body["links"]["self"], "Cache-Control": "no-store"}


@bp.route("/complaints", methods=["GET"])
@api_client(ApiScope.COMPLAINTS_READ)
@bp.doc(summary="本接口账号登记的投诉举报，新的在前", security=[{"key": [ApiScope.COMPLAINTS_READ.value]}])
@bp.arguments(PageShape, location="query")
@bp.response(200, CasesShape)
@refusals(401, 403, 422)
def registered(asked: dict[str, int]) -> Any:
    """One page after the other, by the address in ``next``."""
    page = queries.own_complaints(db.session(), g.client, after=asked.get("after"), limit=asked["limit"])
    following = url_for(".registered", after=page.next, limit=asked["limit"]) if page.next else None
    return {"items": [_case(one) for one in page.rows], "next": following}, 200, {"Cache-Control": "no-store"}


@bp.route("/complaints/<number>", methods=["GET"])
@api_client(ApiScope.COMPLAINTS_READ)
@bp.doc(summary="本接口账号登记的一件投诉举报", security=[{"key": [ApiScope.COMPLAINTS_READ.value]}])
@bp.response(200, CaseShape)
@refusals(401, 403, 404)
def complaint(number: str) -> Any:
    """Another client's looks exactly like none."""
    return _case(queries.own_complaint(db.session(), g.client, number)), 200, {"Cache-Control": "no-store"}


def _case(complaint: Complaint) -> dict[str, Any]:
    return {
        "number": complaint.number,
        "status": complaint.status,
        "status_text": complaint.status.label,
        "kind": complaint.kind,
        "received_at": complaint.received_at,
        "registered_at": complaint.registered_at,
        "due_on": complaint.last_day,
        "closed_at": complaint.closed_at,
        "links": service.links(complaint.number),
    }
