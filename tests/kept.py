"""What is made once and used by many tests, because to make it takes longer than most tests do."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from coordination.app import create_app, use
from coordination.config import Config
from models.base import db


class KeptApp:
    """An application that serves one test after the other; its templates lie compiled in a folder that others use, too."""

    def __init__(self, config: Config, compiled: Path) -> None:
        self.app = create_app(config)
        self.app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
        self._config, self._extensions = dict(self.app.config), dict(self.app.extensions)

    @contextmanager
    def as_new(self) -> Iterator[Flask]:
        """The application with its context pushed, and nothing left over from the test before."""
        self.app.config.clear()
        self.app.config.update(self._config)
        self.app.extensions.clear()
        self.app.extensions.update(self._extensions)
        use(self.app.config["CONFIG"])
        with self.app.app_context():
            yield self.app
            db.session.remove()
            left_open = db.engine.pool.checkedout()
            db.engine.dispose()
            assert left_open == 0, "a connection was never given back"


kept_app = cache(KeptApp)  # one in a process for each configuration


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder all processes of this run share; pytest removes it some runs later."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name of this run, which the first process to ask for it has filled with ``make`` while the others waited."""
    folder = run_folder(factory) / name
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder
