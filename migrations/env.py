"""Alembic's environment: run by coordination/settings/schema.py with a connection of ours."""

from alembic import context

import models  # noqa: F401  the tables register themselves
from models.base import db

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=db.metadata,
    # SQLite cannot alter most things: tables are rebuilt in batch mode (foreign keys are off meanwhile, see schema.py).
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
