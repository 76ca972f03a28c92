"""``./run cli jobs run NAME``: a job by hand.

It needs no lead: a run beside the scheduler's own doubles nothing, because what is owed has unique keys and each thing is looked at again
under its lock.
"""

import json
import sys
from datetime import datetime
from typing import Any

import click

from coordination import clock
from coordination.config import Config
from models.calendar import SHANGHAI
from scheduler import jobs as work
from scheduler.timetable import TIMETABLE

ALL = "all"


class Instant(click.ParamType):
    """A day and time; without a zone it is the time in China."""

    name = "时间"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read 2026-12-01T08:30."""
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是有效时间，请按“2026-12-01T08:30”填写", param, ctx)
        return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


@click.group()
def jobs() -> None:
    """定时作业。"""


@jobs.command("run")
@click.argument("name")
@click.option("--at", type=Instant(), help="按这一时刻办理，不写则为现在；没有时区的按北京时间。")
@click.pass_obj
def run(config: Config, name: str, at: datetime | None) -> None:
    """立即运行一项作业，或全部（all）。最后一行打印各项办了几件。"""
    chosen = [entry for entry in TIMETABLE if name in {entry.name, ALL}]
    if not chosen:
        raise click.UsageError(f"没有“{name}”这项作业，可用：{'、'.join([*(entry.name for entry in TIMETABLE), ALL])}")
    turn = work.Run(at or clock.now(), config.instance)
    tallies = {entry.name: work.perform(entry.name, entry.job, turn, clock.now) for entry in chosen}
    click.echo(json.dumps({job: tally.done for job, tally in tallies.items()}))
    failed = [f"{job}（{tally.error}）" for job, tally in tallies.items() if tally.failed]
    if failed:
        click.echo(f"有作业未能办完：{'；'.join(failed)}".replace("\n", " "), err=True)
        sys.exit(1)
