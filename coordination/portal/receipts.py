"""The code a sender keeps: which thing it is about, sealed, so that nobody finds another's by counting. Nothing of it is stored."""

import hmac
import re

from coordination import crypto
from models.errors import NotFound

FEEDBACK, OBJECTION, APPEAL = "f", "o", "a"
_SEAL = 16  # characters of the seal: 64 bits, asked about one at a time
_FORM = re.compile(rf"([{FEEDBACK}{OBJECTION}{APPEAL}])([1-9][0-9]{{0,8}})-([0-9a-f]{{{_SEAL}}})")


def token_of(kind: str, number: int) -> str:
    """The code of the thing of that kind with this id, such as ``f17-0123456789abcdef``."""
    return f"{kind}{number}-{_seal(kind, number)}"


def read(token: str) -> tuple[str, int]:
    """Kind and id of a code; NotFound for one that was never given."""
    found = _FORM.fullmatch(token.lower())
    if found is None or not hmac.compare_digest(_seal(found[1], int(found[2])), found[3]):
        raise NotFound("没有这个查询码，请对照提交后给出的查询码核对")
    return found[1], int(found[2])


def _seal(kind: str, number: int) -> str:
    return crypto.keyed_hash("receipt", f"{kind}:{number}")[:_SEAL]
