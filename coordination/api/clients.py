"""Giving a program its key, giving it another, and taking it away. Callers own the transaction."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit, crypto
from coordination.api import queries, webhooks
from coordination.permissions import Actor, Permission, require
from models import ApiClient, ApiScope, Unit
from models.calendar import local_date
from models.errors import BadInput, Conflict, IllegalMove, NotFound
from models.session import token_hash
from models.text import clean_text

MOST_NAME = 60
MAY = {ApiScope.COMPLAINTS_WRITE: Permission.COMPLAINT_REGISTER}  # reading is by what one registered, and the list is public


@dataclass(frozen=True)
class Issued:
    """A key or a secret just given, or both; neither can be read again. ``secret`` is empty where there is no webhook."""

    client: ApiClient
    key: str
    secret: str = ""


def add(
    session: Session, *, actor: Actor, name: str, unit_id: int, scopes: Iterable[ApiScope], webhook_url: str = "", now: datetime
) -> Issued:
    """A new client of a unit. BadInput for a name in use, no scope, a unit that no longer stands, or an address that is none."""
    require(actor, Permission.ACCOUNTS_EDIT)
    audit.queue(session)
    name, url = " ".join((clean_text(name) or "").split()), webhooks.read_url(webhook_url)
    chosen = [scope for scope in ApiScope if scope in set(scopes)]
    _check(session, name, chosen)
    key, secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32) if url else ""
    client = ApiClient(
        name=name,
        unit=_unit(session, unit_id, now),
        key_hash=token_hash(key),
        scopes=[scope.value for scope in chosen],
        webhook_url=url,
        webhook_secret=crypto.encrypt(webhooks.SEAL, secret) if secret else "",
        created_at=now,
    )
    session.add(client)
    text = f"新建接口账号“{name}”（{client.unit.short_name}），可{'、'.join(client.scope_words)}" + ("，办理状态变动时通知" if url else "")
    audit.record(session, actor=actor, action="api_client:add", subject=_flushed(session, client), at=now, text=text)
    return Issued(client, key, secret)


def renew(session: Session, *, actor: Actor, client_id: int, now: datetime) -> Issued:
    """Another key for the same client; the old one opens nothing from now on. IllegalMove for one that is disabled."""
    require(actor, Permission.ACCOUNTS_EDIT)
    audit.queue(session)
    client = queries.get_client(session, client_id)
    if client.disabled_at is not None:
        raise IllegalMove("该接口账号已停用，不能换发密钥")
    key = secrets.token_urlsafe(32)
    client.key_hash = token_hash(key)
    audit.record(session, actor=actor, action="api_client:renew", subject=client, at=now, text=f"为接口账号“{client.name}”换发密钥")
    return Issued(client, key)


def redirect(session: Session, *, actor: Actor, client_id: int, webhook_url: str, seen: str, now: datetime) -> Issued:
    """Tell this client of changes at another address (empty: nowhere), signed with a new secret; ``seen``: the address the admin saw.

    What waits goes to the new address. BadInput for an address that is none or the old one, Conflict when a colleague changed it
    meanwhile, IllegalMove for a client that is disabled.
    """
    require(actor, Permission.ACCOUNTS_EDIT)
    audit.queue(session)
    client, url = queries.get_client(session, client_id), webhooks.read_url(webhook_url)
    if client.disabled_at is not None:
        raise IllegalMove("该接口账号已停用，不能更改通知地址")
    if client.webhook_url != seen:
        raise Conflict(f"通知地址刚刚被他人改为“{client.webhook_url or '不通知'}”，请核对后再改")
    if url == client.webhook_url:
        raise BadInput("与现在的通知地址相同，不必更改")
    secret = secrets.token_urlsafe(32) if url else ""
    client.webhook_url, client.webhook_secret = url, crypto.encrypt(webhooks.SEAL, secret) if secret else ""
    text = f"接口账号“{client.name}”的通知地址改为“{url}”" if url else f"接口账号“{client.name}”不再通知"
    audit.record(session, actor=actor, action="api_client:redirect", subject=client, at=now, text=text)
    return Issued(client, "", secret)


def disable(session: Session, *, actor: Actor, client_id: int, now: datetime) -> ApiClient:
    """Its key opens nothing from now on, and it is told nothing more. IllegalMove when it is disabled already."""
    require(actor, Permission.ACCOUNTS_EDIT)
    audit.queue(session)
    client = queries.get_client(session, client_id)
    if client.disabled_at is not None:
        raise IllegalMove("该接口账号已停用")
    client.disabled_at = now
    audit.record(session, actor=actor, action="api_client:disable", subject=client, at=now, text=f"停用接口账号“{client.name}”")
    return client


def actor_of(client: ApiClient) -> Actor:
    """The client as services see it: nobody's role, only what its scopes allow. The audit ledger names it."""
    return Actor(name=f"接口：{client.name}", holds=frozenset(MAY[scope] for scope in MAY if scope.value in client.scopes))


def _flushed(session: Session, client: ApiClient) -> ApiClient:
    session.flush()
    return client


def _check(session: Session, name: str, chosen: list[ApiScope]) -> None:
    if not name or len(name) > MOST_NAME:
        raise BadInput(f"请填写名称，最多{MOST_NAME}字")
    if not chosen:
        raise BadInput("请至少选择一项可办的事")
    if session.scalar(select(ApiClient.id).where(ApiClient.name == name)) is not None:
        raise BadInput(f"已有名为“{name}”的接口账号，请换一个名称")


def _unit(session: Session, unit_id: int, now: datetime) -> Unit:
    unit, today = session.get(Unit, unit_id), local_date(now)
    if unit is None:
        raise NotFound("没有这个单位")
    if not unit.stands(today):
        raise BadInput(f"{unit.short_name}已不存在，现由{unit.heir(today).short_name}承担其职责，请改选")
    return unit
