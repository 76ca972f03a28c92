"""Reading the registry's pages as people do, and tables as offices send them."""

import html
import re
from datetime import datetime
from io import BytesIO

import time_machine
import xlsxwriter
from sqlalchemy import select

from coordination.registry import queries
from models import Category, Recognition, RecognitionStatus
from models.base import db


def words(response) -> str:
    """What a page says, without markup."""
    text = re.sub(r"<(head|nav class=\"side).*?</(head|nav)>", "", response.get_data(as_text=True), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def main(response) -> str:
    """What the page itself says, without its frame."""
    return words_of(re.search(r"<main.*?</main>", response.get_data(as_text=True), re.S).group())


def words_of(markup: str) -> str:
    """Markup as text."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def links(response) -> list[str]:
    """Where the page's own links lead."""
    found = re.search(r"<main.*?</main>", response.get_data(as_text=True), re.S).group()
    return [html.unescape(address) for address in re.findall(r'href="([^"]+)"', found)]


def hidden(response) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    page = response.get_data(as_text=True)
    found = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            found[name[1]] = html.unescape(value[1])
    return found


def xlsx(*rows) -> BytesIO:
    """A table with these rows, the headings first."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for at, value in enumerate(row):
                sheet.write(line, at, value)
    content.seek(0)
    return content


def on(instant: datetime):
    """The application's clock at that instant."""
    return time_machine.travel(instant, tick=False)


def status_of(recognition_id: int) -> RecognitionStatus:
    """Its status in the database now."""
    db.session.rollback()
    return db.session.get(Recognition, recognition_id, populate_existing=True).status


def points(session, short: bool = False) -> dict[str, str]:
    """A score sheet of 放心商店 filled in with full marks, or (``short``) none for the last item of each part."""
    sheet = queries.score_sheet(session, session.scalars(select(Category.id).where(Category.code == "shop")).one())
    given = {f"points-{item.id}": str(item.weight) for item in sheet.items}
    if short:
        given |= {f"points-{part.items[-1].id}": "0" for part in sheet.parts}
    return {**given, "sheet_id": str(sheet.id)}
