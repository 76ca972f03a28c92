"""Management commands (``./run cli …``).

stdout carries the result only, progress and logs go to stderr; exit 0 done, 1 refused or failed with one Chinese line on stderr,
2 wrong usage. Times without zone are Asia/Shanghai. Commands act as the operator and need no account.
"""

import json
import os
import secrets
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from coordination import audit, clock, demo, serving
from coordination.accounts import service as accounts
from coordination.api.commands import api
from coordination.complaints import reading
from coordination.complaints.commands import routing
from coordination.complaints.importing import Import
from coordination.config import Config
from coordination.meetings.commands import meetings
from coordination.members import subjects
from coordination.permissions import OPERATOR
from coordination.registry import importing, schemes
from coordination.settings import backup as archive
from coordination.settings import deadlines, doctor, restoring, schema
from coordination.settings import service as settings
from coordination.settings.queries import calendar as working_calendar
from coordination.tasks.commands import tasks
from coordination.transaction import transaction
from coordination.usage import speak_chinese
from models import EventSource
from models.base import db
from models.calendar import deadline as count
from models.errors import BadInput, RuleBroken

as_json = click.option("--json", "as_json", is_flag=True, help="只打印一行JSON。")
a_file = click.Path(path_type=Path, dir_okay=False)


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """联席会议平台的管理命令。"""
    if context.invoked_subcommand == routing.name:
        return  # it reads files only
    schema.ensure(db.engine)
    if context.invoked_subcommand == "db":
        return  # it speaks of the tables, which may lag behind the models
    with transaction() as session:
        settings.load_defaults(session, now=clock.now())
        schemes.load_default_grounds(session, now=clock.now())
        subjects.load_default_subjects(session, now=clock.now())


def main() -> None:
    """Run the command of this process; a refusal is one Chinese line on stderr and exit code 1."""
    speak_chinese(cli)
    try:
        cli(prog_name="./run cli", obj=current_app.config["CONFIG"])
    except RuleBroken as broken:
        fail(broken.message)
    except OperationalError as broken:
        fail(f"数据库不可用：{str(broken.orig).splitlines()[0]}")
    except OSError as broken:
        fail(f"文件不能读写：{broken.filename or ''} {broken.strerror or broken}")


def fail(message: str) -> None:
    """One line on stderr, exit code 1."""
    click.echo(message.replace("\n", " "), err=True)
    sys.exit(1)


def say(result: Any) -> None:
    """One line of JSON on stdout."""
    click.echo(json.dumps(result, ensure_ascii=False, default=str))


def _config() -> Config:
    return current_app.config["CONFIG"]


# -- running


@cli.command(hidden=True)
@click.option("--empty", is_flag=True, help="不装演示数据，只建一个管理员。")
def serve(empty: bool) -> None:
    """启动网站和定时作业（由 ./run 调用）。"""
    port = int(os.environ.get("PORT") or 8000)
    if not serving.port_is_free(port):
        fail(f"端口{port}已被占用，请换一个端口再启动，例如 PORT={port + 1} ./run")
    lines = _first_admin() if empty else _demo_accounts()
    click.echo("\n".join([f"http://{serving.HOST}:{port}", *lines]))
    sys.stdout.flush()
    db.session.remove()
    db.engine.dispose()
    sys.exit(serving.run_both(port, _config()))


def _first_admin() -> list[str]:
    """The admin of an installation that has nobody yet, with a password that must be changed at once."""
    password = secrets.token_urlsafe(9)
    with transaction() as session:
        if demo.has_people(session):
            return []
        accounts.ensure_admin(session, username="admin", password=password, now=clock.now())
    return [f"管理员 admin 首次密码 {password}（登录后须修改，此处只显示这一次）"]


def _demo_accounts() -> list[str]:
    """Load the demo county into an empty database; the accounts to print, if this database holds it."""
    password = serving.demo_password(_config().instance)
    with transaction() as session:
        if demo.is_empty(session):
            demo.load(session, password=password, now=clock.now())
        if not demo.is_loaded(session):
            return []
        demo.set_password(session, password=password, now=clock.now())
        lines = [f"  {username:<16}{who}" for username, who in demo.accounts(session)]
    return [f"演示账号，密码均为 {password}", *lines]


@cli.group("demo")
def demo_group() -> None:
    """演示县。"""


@demo_group.command("load")
def demo_load() -> None:
    """装入演示县；已装则不变，库中有其他数据则拒绝。"""
    password = serving.demo_password(_config().instance)
    with transaction() as session:
        loaded = demo.load(session, password=password, now=clock.now())
    click.echo("演示县已装入" if loaded else "演示县已在库中，没有改动")


# -- looking


def access_of(app: Flask, endpoint: str) -> str | None:
    """The permission an address asks for, or ``public``; None when it says nothing."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return "public"
    return getattr(app.view_functions[endpoint], "access", None)


def addresses(app: Flask) -> list[dict[str, Any]]:
    """Every address with its methods, what it asks for and the feature it belongs to, in order."""
    rows = []
    for rule in app.url_map.iter_rules():
        feature = rule.endpoint.split(".")[0] if "." in rule.endpoint else "frame"
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        rows.append({"address": rule.rule, "methods": methods, "access": str(access_of(app, rule.endpoint)), "feature": feature})
    return sorted(rows, key=lambda row: (row["feature"], row["address"], row["methods"]))


@cli.command()
@as_json
def routes(as_json: bool) -> None:
    """每个网址的方法、所需权限和所属功能。"""
    rows = addresses(current_app._get_current_object())  # type: ignore[attr-defined]
    if as_json:
        say(rows)
        return
    for row in rows:
        click.echo(f"{row['feature']:<12}{' '.join(row['methods']):<12}{row['access']:<20}{row['address']}")


@cli.command("doctor")
@as_json
def doctor_command(as_json: bool) -> None:
    """检查设置、数据库、迁移、日历、定时作业、发件箱和磁盘，并说明怎么办。"""
    found = doctor.checks(db.engine, _config().instance, clock.now())
    if as_json:
        say([check._asdict() for check in found])
    else:
        for check in found:
            click.echo("  ".join(check))
    sys.exit(1 if any(check.level == doctor.BAD for check in found) else 0)


@cli.group()
def db_group() -> None:
    """数据库结构。"""


@db_group.command("check")
def db_check() -> None:
    """模型与迁移是否一致。"""
    differences = schema.differences(db.engine)
    for difference in differences:
        click.echo(difference, err=True)
    if differences:
        fail(f"模型与迁移有{len(differences)}处不一致")
    click.echo(f"迁移{schema.head()}与模型一致")


@db_group.command("revision", hidden=True)
@click.argument("number")
@click.argument("message")
def db_revision(number: str, message: str) -> None:
    """按模型与数据库的差异起草下一个迁移。"""
    schema.make_revision(db.engine, message, number)


cli.add_command(db_group, "db")
cli.add_command(api)
cli.add_command(meetings)
cli.add_command(routing)
cli.add_command(tasks)


# -- calendar


@cli.group()
def calendar() -> None:
    """工作日历。"""


@calendar.command()
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), metavar="日期", help="起算日，如2026-09-24。")
@click.option("--days", "length", type=int, metavar="数", help="期限的数。")
@click.option("--unit", type=click.Choice(["working", "calendar", "month", "year"]), help="期限的单位。")
@click.option("--csv", "table", type=a_file, metavar="文件", help="CSV文件，列为start,days,unit。")
@as_json
def deadline(start: datetime | None, length: int | None, unit: str | None, table: Path | None, as_json: bool) -> None:
    """算一个时限，并说明怎样算出来的；或给一张表逐行算。"""
    days = working_calendar(db.session())
    if table is not None:
        _deadlines(table, days, as_json)
        return
    if start is None or length is None or unit is None:
        raise click.UsageError("须给出 --start、--days 和 --unit，或 --csv 文件")
    result = count(start.date(), length, unit, days)
    if as_json:
        facts = {"due": result.due, "raw": result.raw, "provisional": result.provisional}
        say({"start": start.date(), "days": length, "unit": unit, **facts, "steps": result.steps, "calendar": days.version})
        return
    click.echo(result.due.isoformat() if result.due else "暂定")
    for step in result.steps:
        click.echo(step)


def _deadlines(table: Path, days: Any, as_json: bool) -> None:
    try:
        text = table.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadInput(f"{table}不是UTF-8编码的CSV文件，请另存为UTF-8") from wrong
    rows = deadlines.rows_with_deadlines(text, days)
    if as_json:
        say(rows)
    else:
        click.echo(deadlines.as_csv(rows), nl=False)


# -- audit, backup


@cli.group("audit")
def audit_group() -> None:
    """审计记录。"""


@audit_group.command("verify")
def audit_verify() -> None:
    """校验审计链：完好印 ok 和条数，否则印第一处破损的编号并以1退出。"""
    number, broken = audit.verify(db.session(), _config().instance / audit.ANCHORS)
    if broken is not None:
        click.echo(str(broken))
        fail(f"审计记录从第{broken}号起不完整或被改动")
    click.echo(f"ok {number}")


@cli.command()
@click.argument("file", type=a_file)
def backup(file: Path) -> None:
    """把数据库和存档文件备份到一个文件；密钥不在其中，须另存。"""
    report = archive.backup(db.engine, file, now=clock.now())
    click.echo(str(file))
    click.echo(f"{report.rows}行，{report.files}个存档文件", err=True)


@cli.command()
@click.argument("file", type=a_file)
def restore(file: Path) -> None:
    """用备份文件恢复；先把现有数据另存到数据目录，损坏的备份不予恢复。"""
    now, config = clock.now(), _config()
    db.session.remove()
    kept = config.instance / f"before-restore-{now:%Y%m%d-%H%M%S}.zip"
    archive.backup(db.engine, kept, now=now)
    try:
        report = restoring.restore(db.engine, file, now=now, replace=True, anchors=config.instance / audit.ANCHORS)
    except RuleBroken:
        kept.unlink()
        raise
    click.echo(f"已恢复{report.rows}行，{report.files}个存档文件")
    click.echo(f"恢复前的数据另存在 {kept}", err=True)


# -- registry


@cli.group()
def registry() -> None:
    """示范单位名录。"""


@registry.command("import-events")
@click.argument("file", type=a_file)
@click.option(
    "--source", type=click.Choice([source.value for source in EventSource]), required=True, help="来源，官方名单为official_list。"
)
@click.option("--ground", required=True, help="移出事由的代码，如SERIOUS。")
@click.option("--authority", default="", help="表中没有机关一列时的机关名称。")
@click.option("--check", is_flag=True, help="只核对，不导入。")
@as_json
def import_events(file: Path, source: str, ground: str, authority: str, check: bool, as_json: bool) -> None:
    """导入失信信息表（.xlsx）：要么全部导入，要么一行也不导入；法定事由、18位代码一致的随即移出名录。"""
    given: dict[str, Any] = {"actor": OPERATOR, "ground": ground, "authority": authority, "source": EventSource(source)}  # type: ignore[call-arg]
    given["content"] = file.read_bytes()
    preview = importing.preview_events(db.session(), now=clock.now(), **given)
    told = {"new": len(preview.fresh), "known": len(preview.known), "wrong": len(preview.problems), "listed": preview.removes}
    if not check:
        with transaction() as session:
            importing.import_events(session, now=clock.now(), **given)
    if as_json:
        say({**told, "imported": not check})
        return
    click.echo(f"{'可导入' if check else '已导入'}{told['new']}条，已有{told['known']}条，不能导入{told['wrong']}条")
    for line, why in preview.problems:
        click.echo(f"第{line}行：{why}", err=True)


# -- complaints


@cli.group()
def complaints() -> None:
    """投诉举报。"""


@complaints.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="只核对，不写入。")
@as_json
def import_complaints(file: Path, dry_run: bool, as_json: bool) -> None:
    """导入12315平台导出的.xlsx或.csv；按登记编号识别，重复导入不产生重复记录。"""
    table = reading.read(file.name, file.read_bytes(), {})
    running = Import(table, {}, clock.now())
    with click.progressbar(running.batches(), length=running.number_of_batches, label="导入", file=sys.stderr) as batches:
        for batch in batches:
            with transaction() as session:
                running.take(session, actor=OPERATOR, batch=batch, write=not dry_run)
    found = running.result
    if as_json:
        say({"read": found.read, **asdict(found)})
        return
    click.echo(f"读取{found.read}行：新登记{found.created}，更新{found.updated}，未变{found.unchanged}，未导入{len(found.rejected)}")
    for one in found.rejected:
        click.echo(f"第{one.row}行 {one.number or '（无编号）'} {one.column}：{one.reason}")
