"""Reading and filling the pages of complaints as people do."""

import html
import re
from typing import Any

from flask.testing import FlaskClient


def seen(client: FlaskClient, url: str, status: int = 200) -> str:
    """What the page there says."""
    answer = client.get(url)
    assert answer.status_code == status, answer.text[:300]
    return html.unescape(answer.text)


def done(client: FlaskClient, url: str, **fields: Any) -> str:
    """The form there is sent and taken; what the next page says."""
    answer = client.post(url, data=fields)
    assert answer.status_code == 302, re.findall(r"errors-title.*?</p>|field-error.*?</p>", answer.text, re.S)
    return seen(client, answer.headers["Location"])


def refused(client: FlaskClient, url: str, *, status: int = 422, **fields: Any) -> str:
    """The form there is sent and not taken; what the page says of it."""
    answer = client.post(url, data=fields)
    assert answer.status_code == status, answer.text[:300]
    return html.unescape(answer.text)
