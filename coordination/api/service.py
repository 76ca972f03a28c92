"""A complaint registered by a program, once, however often the request is sent. Callers own the transaction."""

import json
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit, crypto
from coordination.api import clients, queries
from coordination.complaints import registering
from coordination.complaints.registering import Registration
from coordination.portal import flood
from models import ApiCall, ApiClient, ApiComplaint
from models.errors import BadInput, IllegalMove

REGISTERED_AN_HOUR = 1000  # by one client
PATH = "/api/v1/complaints/{}"


class WrongField(BadInput):
    """One field of a request cannot be taken; ``field`` is its name there."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Answered(NamedTuple):
    """What a request is answered: 201 for a complaint just registered, 200 for the answer of before."""

    status: int
    body: dict[str, Any]


def register(session: Session, *, client: ApiClient, registration: Registration, key: str | None, body: Any, now: datetime) -> Answered:
    """Register it, unless this client has sent ``key`` (Idempotency-Key) before: then the answer of that time.

    ``body``: the request as it came. IllegalMove when the key came with another body; WrongField, BadInput for what cannot be taken;
    TooMany for more than ``REGISTERED_AN_HOUR``.
    """
    audit.queue(session)  # so that of two copies arriving together the second finds what the first did
    print_ = crypto.keyed_hash("api:body", json.dumps(body, ensure_ascii=True, sort_keys=True))
    if key is not None:
        before = session.scalar(select(ApiCall).where(ApiCall.client_id == client.id, ApiCall.key == key))
        if before is not None and before.body_hash != print_:
            raise IllegalMove("这个Idempotency-Key已用于另一份内容，请换一个")
        if before is not None:
            return Answered(200, before.answer)
    if registration.received_at > now:
        raise WrongField("received_at", "收到时间不能晚于现在")
    if registration.number and queries.is_registered(session, registration.number):
        raise WrongField("number", f"登记编号{registration.number}已登记，同一件不重复登记")
    flood.take_turn(session, "api", f"api:{client.id}", REGISTERED_AN_HOUR, now)
    complaint = registering.register(session, actor=clients.actor_of(client), registration=registration, now=now)
    session.add(ApiComplaint(client_id=client.id, complaint_id=complaint.id, status=complaint.status))
    answer = {"number": complaint.number, "status": complaint.status.value, "links": links(complaint.number)}
    if key is not None:
        session.add(ApiCall(client_id=client.id, key=key, body_hash=print_, status=201, answer=answer, at=now))
    session.flush()
    return Answered(201, answer)


def links(number: str) -> dict[str, str]:
    """Where the complaint of this number is asked for."""
    return {"self": PATH.format(quote(number, safe=""))}
