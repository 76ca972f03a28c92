"""Management commands (``./run cli …``).

stdout carries the result only, progress and logs go to stderr; exit 0 done, 1 refused or failed with one Chinese line on stderr,
2 wrong usage. Times without zone are Asia/Shanghai. Commands act as the operator and need no account.
"""

import json
import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from coordination.settings import schema
from models.base import db
from models.errors import RuleBroken

as_json = click.option("--json", "as_json", is_flag=True, help="只打印一行JSON。")
out_file = click.option("-o", "out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="写入的文件，已有则覆盖。")


@click.group()
def cli() -> None:
    """联席会议平台的管理命令。"""
    db.session.remove()
    schema.ensure(db.engine)


def main(prog_name: str = "./run cli") -> None:
    """Run the command of this process; a refusal is one Chinese line on stderr and exit code 1."""
    try:
        cli(prog_name=prog_name)
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
