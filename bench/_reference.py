"""The bare Flask view the list of tasks is measured against: ``granian bench._reference:app``.

It does the same work on the same database: the list's own query and that of the co-operating units, through SQLAlchemy, and the same
bytes of HTML, whose rows are a minimal loop and all else frozen text. It knows no log-in, no permission, no filters, no settings: whose
list it is, the query and the names of the mechanisms are worked out once, at its start; a light, once for each state and due date.
"""

import os

from flask import Flask, render_template
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from coordination import clock, config
from coordination.access import actor_of
from coordination.tasks.listing import HELPERS, PAGE, Reader, Sought
from coordination.transaction import engine_options, prepare_engine
from models import Mechanism, Person

USERNAME = "office"


def create_app() -> Flask:
    """The view on ``DATABASE_URL``, printing ``list.html`` of the folder ``FROZEN`` (see ``bench/_frozen.py``)."""
    app = Flask("reference", template_folder=os.environ["FROZEN"])
    url = config.database_url(os.environ["DATABASE_URL"], config.ROOT)
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    with Session(engine) as session:
        person = session.scalars(select(Person).where(Person.username == USERNAME)).one()
        reader = Reader(session, actor_of(session, person), clock.today())
        names = {mechanism.id: mechanism.short_name for mechanism in session.scalars(select(Mechanism))}
    query = reader.query(Sought())

    @app.get("/tasks")
    def tasks() -> str:
        with Session(engine) as session:
            rows = session.execute(query).all()[:PAGE]
            helpers: dict[int, list[str]] = {}
            for task_id, name in session.execute(HELPERS, {"ids": [row.id for row in rows]}):
                helpers.setdefault(task_id, []).append(name)
        return render_template("list.html", rows=rows, helpers=helpers, names=names, light_of=reader.light)

    return app


if "FROZEN" in os.environ:
    app = create_app()
