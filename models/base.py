"""The one door to Flask-SQLAlchemy, and the column types every table uses."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Enum, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

from models.text import check_text

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator):
    """An instant: aware in Python, UTC in the database, never naive."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To UTC without zone, as both databases keep it; a naive value is a programming error."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Back to an aware instant."""
        return value and value.replace(tzinfo=UTC)


class Line(TypeDecorator):
    """One line of text, at most ``length`` characters; longer or unstorable text is refused alike on both databases."""

    impl = String
    cache_ok = True

    def __init__(self, length: int = 200) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """The same text, or BadInput."""
        return check_text(value, self.length)


class Words(TypeDecorator):
    """Running text, at most ``length`` characters (50,000 unless told); refused as ``Line`` does."""

    impl = Text
    cache_ok = True

    def __init__(self, length: int = 50_000) -> None:
        super().__init__()
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """The same text, or BadInput."""
        return check_text(value, self.length)


class Base(DeclarativeBase):
    """Parent of every table."""

    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: Moment, str: Line()})


def choice(kind: type[StrEnum]) -> Enum:
    """Column type for a StrEnum: its value as text, so that both databases hold readable words."""
    return Enum(
        kind, native_enum=False, length=24, values_callable=lambda members: [member.value for member in members], create_constraint=True
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:

    class Model(Base):
        """What a type checker sees of ``db.Model``."""

        __abstract__ = True

else:
    Model = db.Model
