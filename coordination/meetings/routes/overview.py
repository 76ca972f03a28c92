"""概览 of a mechanism: its meetings, who came, its proposals, its minutes."""

from flask import render_template, request

from coordination import clock
from coordination.access import actor, requires
from coordination.meetings import overview as figures
from coordination.meetings import queries
from coordination.meetings.routes.blueprint import Page, asked, bp, database, subnav
from coordination.permissions import Permission, can
from models.errors import NotFound

YEARS_BACK = 5


@bp.get("/overview")
@requires(Permission.MEETING_READ)
def overview() -> Page:
    """概览: for those who see the whole mechanism."""
    session, who, today = database(), actor(), clock.today()
    overseen = [mechanism for mechanism in queries.mechanisms(session, who) if queries.oversees(who, mechanism.id)]
    if not overseen:
        raise NotFound("没有可看的概览，本页供召集人、办公室和审计员查看")
    mechanism = next((one for one in overseen if one.id == asked("mechanism")), overseen[0])
    years = range(today.year, today.year - YEARS_BACK, -1)
    year = request.args.get("year", today.year, type=int)
    year = year if year in years else today.year
    return render_template(
        "meetings/overview.html",
        mechanism=mechanism,
        mechanism_choices=[(one.id, one.short_name) for one in overseen],
        year=year,
        year_choices=[(one, f"{one}年") for one in years],
        figures=figures.overview(session, mechanism, year, today),
        fewest=figures.FEWEST_FOR_RATE,
        today=today,
        may_plan=can(who, Permission.MEETING_PLAN, mechanism.scope),
        subnav=subnav("overview"),
    )
