"""How a business is found by what it is called: its names and addresses made plain, and every two neighbouring characters of them.

Who is on the list is not kept here: whoever searches joins the living status (coordination/search.py says how).
"""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Line, Model, Words


class SearchText(Model):
    """What a business can be found by, each in a line of its own: name, former names, address (plain), and initials (small letters)."""

    business_id: Mapped[int] = mapped_column(ForeignKey("business.id"), primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Words())


class SearchGram(Model):
    """Two or three neighbouring characters of a line of ``SearchText``. The key is the index: on SQLite the table is nothing but that.

    No foreign key: it would be asked sixty times for each business, and rows are written by ``search.keep`` alone.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)

    gram: Mapped[str] = mapped_column(Line(3), primary_key=True)
    business_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
