"""Settings an office may change while the product runs.

Keys are not among them: they come from the environment or key files. The mail server's password is sealed with such a key.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Line, Model


class Setting(Model):
    """One setting by name; absent means the default in ``coordination/settings/defaults.py``."""

    key: Mapped[str] = mapped_column(Line(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
