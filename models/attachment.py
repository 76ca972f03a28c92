"""Stored files: their bytes lie outside the web root under their SHA-256; the row says what they are."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Line, Model


class StoredFile(Model):
    """One file as stored. ``sha256`` names the bytes; two rows may share them."""

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(Line(64), index=True)
    name: Mapped[str] = mapped_column(Line(200))
    media_type: Mapped[str] = mapped_column(Line(120))
    size: Mapped[int]
    created_at: Mapped[datetime]
