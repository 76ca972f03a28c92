"""Telling a client that the status of a complaint it registered has changed: owed with the change, then row → send → mark.

Every change of a complaint is recorded in the audit ledger, in its own transaction. So this is the one place that hears of all of them:
when an entry about a complaint is written, and its status is not the one its client was told last, the message is owed then and there.

Only the address the admin wrote down is ever spoken to; an answer that leads elsewhere is a failure.
"""

import json
import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, event, insert, select, update
from sqlalchemy.orm import Session

from coordination import crypto
from coordination.api import queries
from coordination.outgoing import AT_ONCE, MOST_TRIES, MOST_URL, WAITS, post, read_url, sign
from models import ApiClient, ApiComplaint, AuditEntry, Complaint, WebhookDelivery
from models.calendar import SHANGHAI

__all__ = ["MOST_URL", "SEAL", "WAITS", "deliver", "due", "read_url", "sign"]

SEAL = "webhook"
_CASE = re.compile(r"complaint:(\d{1,10})")

_CHANGED = (
    select(ApiComplaint.id, ApiComplaint.client_id, Complaint.number, Complaint.status, ApiClient.webhook_url, ApiClient.disabled_at)
    .join(Complaint, Complaint.id == ApiComplaint.complaint_id)
    .join(ApiClient, ApiClient.id == ApiComplaint.client_id)
    .where(ApiComplaint.complaint_id == bindparam("complaint_id"), ApiComplaint.status != Complaint.status)
)


@event.listens_for(AuditEntry, "after_insert")
def _owe(_mapper: Any, connection: Connection, entry: AuditEntry) -> None:
    """Owe a client the news when the complaint of this entry has another status; the change is flushed before the entry."""
    about = _CASE.fullmatch(entry.subject)
    if about and entry.action == "complaint:register":
        _adopt(connection, int(about[1]))
    changed = connection.execute(_CHANGED, {"complaint_id": int(about[1])}).one_or_none() if about else None
    if changed is None:
        return
    connection.execute(update(ApiComplaint).where(ApiComplaint.id == changed.id).values(status=changed.status))
    if changed.webhook_url and changed.disabled_at is None:
        told = {"number": changed.number, "status": changed.status, "at": entry.at, "next_at": entry.at}
        connection.execute(insert(WebhookDelivery).values(client_id=changed.client_id, event=entry.number, tries=0, last_error="", **told))


def _adopt(connection: Connection, complaint_id: int) -> None:
    """A report split off from what a client registered is this client's too: it must learn what becomes of both."""
    part = select(ApiComplaint.client_id, Complaint.id, Complaint.status).join(
        Complaint, Complaint.split_from_id == ApiComplaint.complaint_id
    )
    columns = ["client_id", "complaint_id", "status"]
    connection.execute(insert(ApiComplaint).from_select(columns, part.where(Complaint.id == complaint_id), include_defaults=False))


def due(session: Session, now: datetime) -> list[int]:
    """Ids of the messages to be tried now."""
    return queries.deliveries_due(session, now, AT_ONCE)


def deliver(session: Session, *, delivery_id: int, now: datetime) -> bool:
    """Try to send one message that is due; True when the other side took it (2xx). The reason of a failure is kept in its row.

    Commits in between, as the outbox does: the attempt is on record before the other side is spoken to, and nothing is locked while it
    takes its time. Call it with nothing else unsaved in the session.
    """
    delivery = _claim(session, delivery_id, now)
    if delivery is None:
        return False
    url, body = delivery.client.webhook_url, _body(delivery, now)
    headers = _headers(crypto.decrypt(SEAL, delivery.client.webhook_secret), body, delivery.event, now)
    session.commit()
    refusal = post(url, body, headers)
    session.connection(execution_options={"writes": True})
    delivery = session.get_one(WebhookDelivery, delivery_id)
    if refusal is None:
        delivery.sent_at, delivery.last_error = now, ""
        return True
    delivery.last_error = refusal[:500]
    if delivery.tries >= MOST_TRIES:
        delivery.given_up_at = now
    else:
        _hold_back(session, delivery)
    return False


def _claim(session: Session, delivery_id: int, now: datetime) -> WebhookDelivery | None:
    """The message with this attempt written down, or None when it is not due (any more) or another process holds it."""
    query = select(WebhookDelivery).where(WebhookDelivery.id == delivery_id)
    delivery = session.scalar(query.with_for_update(skip_locked=True).execution_options(populate_existing=True))
    if delivery is None or delivery.sent_at is not None or delivery.given_up_at is not None or delivery.next_at > now:
        return None
    if delivery.client.disabled_at is not None or not delivery.client.webhook_url:
        return None
    delivery.next_at = now + WAITS[min(delivery.tries, len(WAITS) - 1)]
    delivery.tries += 1
    return delivery


def _hold_back(session: Session, failed: WebhookDelivery) -> None:
    """What else waits for a client that does not answer waits as long: one silent address must not keep the others waiting."""
    waiting = (WebhookDelivery.client_id == failed.client_id, WebhookDelivery.sent_at.is_(None), WebhookDelivery.given_up_at.is_(None))
    session.execute(
        update(WebhookDelivery)
        .where(*waiting, WebhookDelivery.next_at < failed.next_at)
        .values(next_at=failed.next_at)
        .execution_options(synchronize_session=False)
    )


def _body(delivery: WebhookDelivery, now: datetime) -> bytes:
    """What is said: which complaint, its status since when, and when it is said. Nothing about people."""
    said = {
        "event": delivery.event,
        "number": delivery.number,
        "status": delivery.status.value,
        "status_text": delivery.status.label,
        "at": _moment(delivery.at),
        "sent_at": _moment(now),
    }
    return json.dumps(said, ensure_ascii=False).encode()


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _headers(secret: str, body: bytes, number: int, now: datetime) -> dict[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "coordination-webhook",
        "X-Event": str(number),
        "X-Timestamp": str(int(now.timestamp())),
        "X-Signature": f"sha256={sign(secret, body)}",
    }
