"""Somebody at a browser without scripts: opens pages, fills in forms, presses buttons."""

import re
from dataclasses import dataclass
from typing import Any

from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class FreshClient(FlaskClient):
    """A client whose every request starts with nothing known: the test's own application context would keep the person of the last one."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """As FlaskClient, after forgetting."""
        vars(g).clear()
        return super().open(*args, **kwargs)


@dataclass
class Clerk:
    """One signed-in person."""

    client: FlaskClient

    def opens(self, address: str) -> str:
        """The page, which must be there."""
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.text[-2000:])
        return answer.text

    def tries(self, address: str, shown: str = "/meetings", **fields: Any) -> TestResponse:
        """Send a form whatever comes of it; its token is that of the page ``shown``."""
        token = TOKEN.search(self.client.get(shown).text)
        assert token is not None
        return self.client.post(address, data={"csrf_token": token[1], **fields})

    def sends(self, address: str, **fields: Any) -> str:
        """Send a form that is taken; the page one lands on."""
        answer = self.tries(address, **fields)
        assert answer.status_code == 302, (
            address,
            answer.status_code,
            re.findall(r"field-error[^>]*>.*?</p>", answer.text),
            answer.text[-1500:],
        )
        return self.opens(answer.headers["Location"])

    def hidden(self, address: str, name: str) -> str:
        """What a hidden field of a page holds."""
        return hidden(self.opens(address), name)


def hidden(page: str, name: str) -> str:
    """What a hidden field of a page holds."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, name
    return found[1]
