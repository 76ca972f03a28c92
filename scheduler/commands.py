"""``./run cli jobs run NAME``: a job by hand."""

import click


@click.group()
def jobs() -> None:
    """Scheduled jobs."""
