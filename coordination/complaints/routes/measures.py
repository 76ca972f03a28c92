"""统计: how many cases each unit handled within all limits, against S4's 95%; and what the records lack, by unit and month."""

from datetime import date

from flask import render_template, request, url_for

from coordination import clock
from coordination.access import actor, requires
from coordination.complaints import measuring, queries
from coordination.complaints.routes.blueprint import bp, database, tabs
from coordination.members.queries import get_unit
from coordination.permissions import Permission
from coordination.settings.queries import setting

READ = Permission.COMPLAINT_READ


@bp.get("/rates")
@requires(READ)
def rates() -> str:
    """按期处理率 of a year or a month."""
    year, month = _period()
    rows = measuring.handling_rate(database(), actor(), today=clock.today(), year=year, month=month)
    shown = {"rows": rows, "year": year, "month": month, "goal": setting(database(), "handling_goal"), "now": clock.now()}
    return render_template("complaints/rates.html", **shown, **_choices("rates"))


@bp.get("/quality")
@requires(READ)
def quality() -> str:
    """规范录入: what the records of a month lack."""
    year, month = _period()
    month = month or clock.today().month
    rows = measuring.quality(database(), actor(), today=clock.today(), year=year, month=month)
    names = [name for name in measuring.LACKS if any(row.lacking.get(name) for row in rows)]
    columns = ["单位", ("登记", "number"), *((name, "number") for name in names)]
    shown = {"rows": rows, "names": names, "columns": columns, "year": year, "month": month, "now": clock.now()}
    return render_template("complaints/quality.html", **shown, **_choices("quality"))


@bp.get("/quality/records")
@requires(READ)
def lacking() -> str:
    """The records of one unit that lack something."""
    year, month = _period()
    month = month or clock.today().month
    unit = request.args.get("unit", type=int)
    unit = unit if unit is not None and 0 < unit <= queries.MOST_ID else None
    after = request.args.get("after", type=int)
    given = {"year": year, "month": month, "unit_id": unit, "limit": queries.PAGE + 1}
    start = after if after is not None and 0 < after <= queries.MOST_ID else 0
    rows = measuring.lacking(database(), actor(), after=start, **given)  # type: ignore[arg-type]
    more = rows[queries.PAGE - 1][0].id if len(rows) > queries.PAGE else None
    next_url = url_for("complaints.lacking", year=year, month=month, unit=unit, after=more) if more else None
    name = get_unit(database(), unit).short_name if unit else "未分派的"
    shown = {"rows": rows[: queries.PAGE], "year": year, "month": month, "next_url": next_url, "unit_name": name}
    return render_template("complaints/lacking.html", **shown)


def _period() -> tuple[int, int | None]:
    today: date = clock.today()
    year, month = request.args.get("year", today.year, type=int), request.args.get("month", type=int)
    return min(max(year, 2000), 9998), month if month is not None and 1 <= month <= 12 else None


def _choices(current: str) -> dict[str, object]:
    today = clock.today()
    years = [(past, f"{past}年") for past in range(today.year, today.year - 5, -1)]
    return {"years": years, "months": [("", "全年"), *((n, f"{n}月") for n in range(1, 13))], "subnav": tabs(current)}
