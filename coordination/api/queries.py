"""Clients, and what each may read: the complaints it registered itself, and nothing else."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models import ApiClient, ApiComplaint, Complaint, WebhookDelivery
from models.errors import NotFound

NUMBER_LENGTH = 60


class Page(NamedTuple):
    """One page of a client's complaints; ``next``: what to go on behind, None at the end."""

    rows: list[Complaint]
    next: int | None


class Listed(NamedTuple):
    """A client with how many messages it is still owed, how many were given up, and why the last did not go."""

    client: ApiClient
    waiting: int
    given_up: int
    error: str


def get_client(session: Session, client_id: int) -> ApiClient:
    """The client; NotFound where there is none."""
    found = session.get(ApiClient, client_id) if 0 < client_id < 2**31 else None
    if found is None:
        raise NotFound("没有这个接口账号")
    return found


def client_named(session: Session, name: str) -> ApiClient:
    """The client of this name; NotFound where there is none."""
    found = session.scalar(select(ApiClient).where(ApiClient.name == name))
    if found is None:
        raise NotFound(f"没有名为“{name}”的接口账号")
    return found


def clients(session: Session) -> list[Listed]:
    """Every client, those in use first, each with the state of its messages."""
    waits = WebhookDelivery.sent_at.is_(None) & WebhookDelivery.given_up_at.is_(None)
    counted = (
        select(
            WebhookDelivery.client_id,
            func.count().filter(waits).label("waiting"),
            func.count().filter(WebhookDelivery.given_up_at.is_not(None)).label("given_up"),
        )
        .group_by(WebhookDelivery.client_id)
        .subquery()
    )
    last = (
        select(WebhookDelivery.last_error)
        .where(WebhookDelivery.client_id == ApiClient.id, WebhookDelivery.sent_at.is_(None), WebhookDelivery.last_error != "")
        .order_by(WebhookDelivery.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(ApiClient, func.coalesce(counted.c.waiting, 0), func.coalesce(counted.c.given_up, 0), func.coalesce(last, ""))
        .outerjoin(counted, counted.c.client_id == ApiClient.id)
        .options(joinedload(ApiClient.unit))
        .order_by(ApiClient.disabled_at.is_not(None), ApiClient.name)
    )
    return [Listed(*row) for row in session.execute(query)]


def own_complaint(session: Session, client: ApiClient, number: str) -> Complaint:
    """The complaint of this number, if this client registered it; otherwise NotFound, as if there were none."""
    query = select(Complaint).join(ApiComplaint).where(ApiComplaint.client_id == client.id, Complaint.number == number)
    found = session.scalar(query) if len(number) <= NUMBER_LENGTH and "\x00" not in number else None
    if found is None:
        raise NotFound("没有这件投诉举报")
    return found


def own_complaints(session: Session, client: ApiClient, *, after: int | None, limit: int) -> Page:
    """What this client registered, the newest first, those behind ``after``."""
    query = (
        select(ApiComplaint)
        .where(ApiComplaint.client_id == client.id)
        .options(joinedload(ApiComplaint.complaint))
        .order_by(ApiComplaint.id.desc())
        .limit(limit + 1)
    )
    found = list(session.scalars(query if after is None else query.where(ApiComplaint.id < after)))
    return Page([one.complaint for one in found[:limit]], found[limit - 1].id if len(found) > limit else None)


def is_registered(session: Session, number: str) -> bool:
    """Is there a complaint of this number, whoever registered it?"""
    return session.scalar(select(Complaint.id).where(Complaint.number == number)) is not None


def deliveries_due(session: Session, now: datetime, limit: int) -> list[int]:
    """Ids of the messages to be tried now, the longest waiting first; none for a client disabled or without an address."""
    waiting = (WebhookDelivery.sent_at.is_(None), WebhookDelivery.given_up_at.is_(None), WebhookDelivery.next_at <= now)
    query = select(WebhookDelivery.id).join(ApiClient).where(*waiting, ApiClient.disabled_at.is_(None), ApiClient.webhook_url != "")
    return list(session.scalars(query.order_by(WebhookDelivery.next_at, WebhookDelivery.id).limit(limit)))
