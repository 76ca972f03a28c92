"""进度: the office's numbers on one page."""

from datetime import datetime, time

from flask import render_template, url_for

from coordination import clock
from coordination.access import actor, requires
from coordination.permissions import Permission
from coordination.registry import board as numbers
from coordination.registry import life, lists
from coordination.registry.lists import MOST_COUNTED
from coordination.registry.routes.blueprint import Answer, bp, database, tabs
from models import RecognitionStatus
from models.calendar import SHANGHAI

S = RecognitionStatus
PIPELINE = (S.APPLIED, S.REVIEWED, S.INSPECTED, S.ON_NOTICE, S.RECOGNISED, S.RECTIFYING)


@bp.get("/board")
@requires(Permission.REGISTRY_READ)
def board() -> Answer:
    """Targets per category and unit, the pipeline, what is due, removals by ground."""
    session, who, now, today = database(), actor(), clock.now(), clock.today()
    categories = lists.seen_categories(session, who, today)
    by_category = numbers.of_categories(session, categories, today)
    counts = lists.status_counts(session, who)
    days = life.expiring_days(session, today)
    first = datetime.combine(today.replace(month=1, day=1), time.min, SHANGHAI)
    return render_template(
        "registry/board.html",
        by_category=by_category,
        by_unit=numbers.of_units(session, categories, by_category, today),
        pipeline=[(status.label, counts.get(status, 0), url_for("registry.index", view=status.value)) for status in PIPELINE],
        most=MOST_COUNTED,
        due=numbers.due(session, who, today, days),
        days=days,
        grounds=numbers.removals_by_ground(session, who, first),
        now=now,
        year=today.year,
        subnav=tabs("board"),
    )
