"""The bare Flask views the public list is measured against: ``granian bench._public_reference:app``.

``/units`` does the same work on the same database: the list's edition and its query through SQLAlchemy, and the same bytes of HTML, whose
rows are a minimal loop and all else frozen text. ``/unchanged`` reads one row and answers 304. Neither knows filters, readers or settings.
"""

import os

from flask import Flask, Response, render_template
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from coordination import clock, config
from coordination.registry import public
from coordination.transaction import engine_options, prepare_engine
from models import ListVersion

ONE_ROW = select(ListVersion.number).where(ListVersion.id == 1)


def create_app() -> Flask:
    """The views on ``DATABASE_URL``, printing ``list.html`` of the folder ``FROZEN``."""
    app = Flask("reference", template_folder=os.environ["FROZEN"])
    url = config.database_url(os.environ["DATABASE_URL"], config.ROOT)
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)

    @app.get("/units")
    def units() -> str:
        with Session(engine) as session:
            public.edition(session.connection())
            rows = public.listed(session, clock.today(), public.Filter()).rows
        return render_template("list.html", rows=rows)

    @app.get("/unchanged")
    def unchanged() -> Response:
        with Session(engine) as session:
            session.connection().execute(ONE_ROW).scalar_one()
        return Response(status=304)

    return app


if "FROZEN" in os.environ:
    app = create_app()
