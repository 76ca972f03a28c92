"""A served county for each test, and people with browsers of their own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import county as places
from tests.browser.official import Official
from tests.kept import made_once


@pytest.fixture(scope="session")
def county_template(june_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the county as it stands on the first morning, copied for each test."""

    def make(folder: Path) -> None:
        shutil.copytree(june_template, folder, dirs_exist_ok=True)
        places.call_extra_meeting(folder)

    return made_once(tmp_path_factory, "county", make)


@pytest.fixture
def county(county_template: Path, tmp_path: Path, compiled: Path) -> Iterator[places.County]:
    """A fresh copy of the county, served."""
    folder = tmp_path / "county"
    shutil.copytree(county_template, folder)
    with places.served(folder, compiled) as county:
        yield county


@pytest.fixture
def official(chromium: Any, county: places.County) -> Iterator[Callable[..., Official]]:
    """``official("office")``: that person at a browser of their own, signed in; None: somebody from the street.

    Whatever any browser complained of fails the test.
    """
    people: list[Official] = []

    def arrive(username: str | None, *, signs_in: bool = True, **context: Any) -> Official:
        person = Official(chromium.new_context(locale="zh-CN", **context), county.address, username)
        people.append(person)
        if username and signs_in:
            person.logs_in()
        return person

    yield arrive
    complaints = [complaint for person in people for complaint in person.complaints]
    for person in people:
        person.leaves()
    assert complaints == []
