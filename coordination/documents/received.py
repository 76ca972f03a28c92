"""A .docx somebody else made: what it says, and its number filled in. Nothing else of it is touched."""

from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

UNREADABLE = (BadZipFile, PackageNotFoundError, SyntaxError, KeyError, ValueError, AttributeError)


def lines(content: bytes) -> list[str] | None:
    """The text, paragraph by paragraph, tables included; None when it cannot be read as a Word document."""
    try:
        return [words for paragraph in _paragraphs(docx.Document(BytesIO(content))) if (words := _words(paragraph))]
    except UNREADABLE:
        return None


def numbered(content: bytes, mark: str, number: str, note: str) -> bytes:
    """The file with ``number`` where a paragraph says only ``mark`` (送审稿), and without paragraphs that hold the draft's ``note``.

    The same bytes where there is neither.
    """
    document = docx.Document(BytesIO(content))
    touched = False
    for paragraph in list(_paragraphs(document)):
        words = _words(paragraph)
        if words == mark:
            first, *others = paragraph.iter(qn("w:t"))
            first.text = number
            for run in others:
                run.text = ""
            touched = True
        elif note and note in words:
            paragraph.getparent().remove(paragraph)
            touched = True
    if not touched:
        return content
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def _paragraphs(document: Any) -> Any:
    return document.element.body.iter(qn("w:p"))


def _words(paragraph: Any) -> str:
    return "".join(run.text or "" for run in paragraph.iter(qn("w:t"))).strip()
