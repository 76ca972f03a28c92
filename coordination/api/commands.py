"""``./run cli api …``: the accounts of programs. A key is printed once."""

import json
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import clock
from coordination.api import clients, queries
from coordination.permissions import OPERATOR
from coordination.transaction import transaction
from models import ApiScope, Unit
from models.base import db
from models.calendar import SHANGHAI
from models.errors import NotFound

as_json = click.option("--json", "as_json", is_flag=True, help="只打印一行JSON。")


@click.group("api")
def api() -> None:
    """接口账号：其他平台使用接口的密钥。"""


@api.command("add")
@click.argument("name")
@click.option("--unit", "code", required=True, metavar="代码", help="负责单位的代码，如SCJG。")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice([scope.value for scope in ApiScope]), help="可办的事，可写多次。"
)
@click.option("--webhook", default="", metavar="网址", help="状态变动时通知的地址；不写则不向外发送任何内容。")
@as_json
def add(name: str, code: str, scopes: tuple[str, ...], webhook: str, as_json: bool) -> None:
    """新建接口账号；密钥只打印这一次。"""
    chosen = [ApiScope(scope) for scope in scopes]  # type: ignore[call-arg]
    with transaction() as session:
        issued = clients.add(
            session,
            actor=OPERATOR,
            name=name,
            unit_id=_unit_id(session, code),
            scopes=chosen,
            webhook_url=webhook,
            now=clock.now(),
        )
    _tell(issued, as_json)


@api.command("renew")
@click.argument("name")
@as_json
def renew(name: str, as_json: bool) -> None:
    """换发密钥，原密钥立即失效；新密钥只打印这一次。"""
    with transaction() as session:
        client = queries.client_named(session, name)
        issued = clients.renew(session, actor=OPERATOR, client_id=client.id, now=clock.now())
    _tell(issued, as_json)


@api.command("list")
@as_json
def list_(as_json: bool) -> None:
    """所有接口账号。"""
    listed = queries.clients(db.session())
    if as_json:
        click.echo(json.dumps([_facts(one) for one in listed], ensure_ascii=False))
        return
    for client in (one.client for one in listed):
        words = "已停用" if client.disabled_at else "在用"
        click.echo(f"{client.name}  {client.unit.short_name}  {','.join(client.scopes)}  {client.webhook_url or '不通知'}  {words}")


def _facts(one: queries.Listed) -> dict[str, Any]:
    client = one.client
    return {
        "name": client.name,
        "unit": client.unit.code,
        "scopes": client.scopes,
        "webhook": client.webhook_url or None,
        "created_at": client.created_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "disabled": client.disabled_at is not None,
        "waiting": one.waiting,
        "given_up": one.given_up,
    }


@api.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """停用接口账号，密钥立即失效。"""
    with transaction() as session:
        client = queries.client_named(session, name)
        clients.disable(session, actor=OPERATOR, client_id=client.id, now=clock.now())
    click.echo(f"已停用接口账号“{name}”")


def _tell(issued: clients.Issued, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"name": issued.client.name, "key": issued.key, "webhook_secret": issued.secret or None}, ensure_ascii=False))
        return
    click.echo(issued.key)
    if issued.secret:
        click.echo(f"通知签名密钥 {issued.secret}")
    click.echo("密钥只显示这一次，请妥善保存", err=True)


def _unit_id(session: Session, code: str) -> int:
    found = session.scalar(select(Unit.id).where(Unit.code == code))
    if found is None:
        raise NotFound(f"没有代码为“{code}”的单位")
    return found
