"""Messages to other machines: one attempt over HTTP, how long to wait for the next, and the signature by which the other side knows us.

Only an address somebody here has written down is ever spoken to; an answer that leads elsewhere is a failure.
"""

import hashlib
import hmac
import re
import ssl
from collections.abc import Mapping
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from models.errors import BadInput

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 960))  # after the first, second, … attempt
MOST_TRIES = len(WAITS) + 1
SECONDS = 10  # how long the other side may take for one answer
AT_ONCE = 50  # how many messages one run takes on
MOST_URL = 300
_PRINTABLE = re.compile(r"[!-~]+")


def read_url(typed: str) -> str:
    """The address of a webhook as typed, empty for none; BadInput when it is no plain http or https address."""
    url = typed.strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not _PRINTABLE.fullmatch(url) or len(url) > MOST_URL or "@" in parts.netloc or parts.fragment:
        raise BadInput("通知地址应以http://或https://开头，不带用户名和#，如https://example.gov.cn/hook")
    return url


def sign(secret: str, body: bytes) -> str:
    """HMAC-SHA-256 of the body with the client's secret, in hexadecimal digits."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> str | None:
    """Hand the message over; None when it was taken, else why not. Neither redirects nor a proxy of the environment are followed."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    connection: HTTPConnection
    if parts.scheme == "https":
        connection = HTTPSConnection(parts.hostname, parts.port, timeout=SECONDS, context=ssl.create_default_context())
    else:
        connection = HTTPConnection(parts.hostname, parts.port, timeout=SECONDS)
    try:
        connection.request("POST", f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}", body, dict(headers))
        status = connection.getresponse().status
    except (OSError, HTTPException, ValueError) as failure:
        return _reason(failure)
    finally:
        connection.close()
    if 300 <= status < 400:
        return f"对方要求转到其他地址（{status}），未予转送"
    return None if 200 <= status < 300 else f"对方未接收（{status}）"


def _reason(failure: Exception) -> str:
    """The failure in words."""
    if isinstance(failure, ssl.SSLError):
        return "不能建立加密连接，请核对地址和对方的证书"
    if isinstance(failure, TimeoutError):
        return "对方没有应答"
    return "连不上对方，请核对通知地址" if isinstance(failure, OSError) else "对方的应答不合HTTP规定"
