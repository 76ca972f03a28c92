"""Management commands (``./run cli …``).

stdout carries the result only, progress and logs go to stderr; exit 0 done, 1 refused or failed with one Chinese line on stderr,
2 wrong usage. Commands act as the operator and need no account.
"""

import click


@click.group()
def cli() -> None:
    """Management commands."""
