"""What text may hold, the same on both databases.

PostgreSQL refuses NUL and checks lengths, SQLite does neither; neither can store a lone surrogate as UTF-8. What people paste is
cleaned once at the door (``clean_text``); what still cannot be stored is refused in words (``check_text``).
"""

import re
import unicodedata

from models.errors import BadInput

# Control characters but tab and newline; bidi controls that can make a line read as another; zero-width no-break space.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str | None) -> str | None:
    """``text`` with one kind of newline, composed characters (NFC), no controls, marks of direction or lone surrogates; ends stripped."""
    if text is None:
        return None
    if not text.isprintable():  # a printable text holds none of these
        text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text).strip()


def check_text(text: str | None, length: int) -> str | None:
    """``text`` unchanged, or BadInput when it holds what a database cannot store or has more than ``length`` characters."""
    if text is None:
        return None
    if len(text) > length:
        raise BadInput(f"文字过长：最多{length:,}字，现有{len(text):,}字")
    if not text.isprintable() and _UNSTORABLE.search(text):
        raise BadInput("文字中有不能保存的字符，请删去后再试")
    return text
