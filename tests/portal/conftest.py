"""The public at a county whose registry is in use: by client at a set time, and by browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from coordination.app import create_app
from coordination.settings import schema
from coordination.transaction import transaction
from models.base import db
from tests.browser.county import County, config_of, served
from tests.browser.official import Official
from tests.portal.county import MORNING, Places, found_registry
from tests.world import build_world


@pytest.fixture
def places(app: Flask, world: Any) -> Iterator[Places]:
    """The registry in use, on the morning of MORNING."""
    with transaction() as session:
        found = found_registry(session)
    with time_machine.travel(MORNING, tick=True):
        yield found


@pytest.fixture
def visitor(app: Flask, places: Places) -> FlaskClient:
    """Somebody from the street. Access and forgery are asked about elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture(scope="session")
def registry_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Places]:
    """The folder of the county with its registry, copied for each browser test."""
    folder = tmp_path_factory.mktemp("registry")
    app = create_app(config_of(folder))
    with app.app_context():
        schema.upgrade(db.engine)
        with transaction() as session:
            build_world(session)
        with transaction() as session:
            found = found_registry(session)
        db.session.remove()
        db.engine.dispose()
    return folder, found


@pytest.fixture
def street(registry_template: tuple[Path, Places], tmp_path: Path, compiled: Path) -> Iterator[tuple[County, Places]]:
    """A fresh copy of that county, served, its clock at MORNING."""
    folder, found = registry_template
    copy = tmp_path / "street"
    shutil.copytree(folder, copy)
    with served(copy, compiled) as county:
        county.moves_to(MORNING)
        yield county, found


@pytest.fixture
def passer(chromium: Any, street: tuple[County, Places]) -> Iterator[Callable[..., Official]]:
    """``passer(java_script_enabled=False)``: somebody with a browser. Whatever it complained of, but refusals asked for, fails the test."""
    people: list[Official] = []

    def arrive(**context: Any) -> Official:
        people.append(Official(chromium.new_context(locale="zh-CN", **context), street[0].address))
        return people[-1]

    yield arrive
    complaints = [words for person in people for words in person.complaints if "responded with a status of 4" not in words]
    for person in people:
        person.leaves()
    assert complaints == []
