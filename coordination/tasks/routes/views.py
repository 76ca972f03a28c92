"""台账 and 日历: the year's tasks as a ledger to look at and take away, and the month by due date."""

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO

from flask import render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires
from coordination.checked import XLSX
from coordination.filters import with_query
from coordination.permissions import Permission
from coordination.settings.queries import fonts
from coordination.tasks import ledger, month, papers, queries
from coordination.tasks.routes.blueprint import bp, tabs
from models.base import db
from models.errors import NotFound

ANY = ("", "全部")
FIRST_YEAR, LAST_YEAR = 2000, 9998


@bp.get("/ledger", endpoint="ledger")
@requires(Permission.TASK_READ)
def show_ledger() -> str:
    """督办台账 of one year."""
    session, me, today = db.session(), actor(), clock.today()
    overseen = queries.overseen(session, me)
    mechanism, year = _asked(overseen, today)
    after = min(max(request.args.get("after", 0, type=int), 0), queries.LARGEST_ID)
    code = mechanism.code if mechanism else None
    found = ledger.page(session, me, year=year, mechanism_id=mechanism.id if mechanism else None, today=today, after=after)
    return render_template(
        "tasks/ledger.html",
        head=ledger.HEAD,
        entries=found.entries,
        count=f"{year}年{found.total:,}件",
        year=year,
        years=[(past, f"{past}年") for past in range(today.year, today.year - 5, -1)],
        mechanisms=(ANY, *((m.code, m.short_name) for m in overseen)) if len(overseen) > 1 else (),
        mechanism=mechanism.code if mechanism else "",
        next_url=with_query(request.full_path, after=found.after) if found.after else None,
        files=[(words, url_for("tasks.ledger_file", form=form, year=year, mechanism=code)) for form, words in FORMS],
        subnav=tabs("ledger"),
    )


FORMS = (("xlsx", "导出Excel"), ("docx", "导出Word"))


@bp.get("/ledger/<string:form>", endpoint="ledger_file")
@requires(Permission.TASK_READ)
def take_ledger(form: str) -> Response:
    """The same ledger as a file."""
    if form not in dict(FORMS):
        raise NotFound("台账只有.xlsx和.docx两种文件")
    session, me, today = db.session(), actor(), clock.today()
    overseen = queries.overseen(session, me)
    mechanism, year = _asked(overseen, today)
    entries = ledger.whole(session, me, year=year, mechanism_id=mechanism.id if mechanism else None, today=today)
    name = ledger.title(year, mechanism.short_name if mechanism else "")
    content = ledger.as_table(entries) if form == "xlsx" else ledger.as_paper(name, entries, today, "", fonts(session))
    kind = XLSX if form == "xlsx" else papers.DOCX
    return send_file(BytesIO(content), mimetype=kind, as_attachment=True, download_name=f"{name}.{form}")


@bp.get("/calendar", endpoint="month")
@requires(Permission.TASK_READ)
def show_month() -> str:
    """日历: the tasks of a month on their days."""
    session: Session = db.session()
    me, today = actor(), clock.today()
    overseen = queries.overseen(session, me)
    mechanism, _ = _asked(overseen, today)
    first = _first_day(request.args.get("month", ""), today)
    before, after = first - timedelta(days=1), first + timedelta(days=31)
    return render_template(
        "tasks/month.html",
        first=first,
        weeks=month.weeks(session, me, first, today, mechanism.id if mechanism else None),
        today=today,
        shows_lead=bool(overseen),
        mechanisms=(ANY, *((m.code, m.short_name) for m in overseen)) if len(overseen) > 1 else (),
        mechanism=mechanism.code if mechanism else "",
        before_url=with_query(request.full_path, month=f"{before:%Y-%m}"),
        after_url=with_query(request.full_path, month=f"{after:%Y-%m}"),
        subnav=tabs("month"),
    )


def _asked(overseen: Sequence[queries.Named], today: date) -> tuple[queries.Named | None, int]:
    """The mechanism and the year of the address; what it does not know narrows nothing."""
    mechanism = next((m for m in overseen if m.code == request.args.get("mechanism")), None)
    return mechanism, min(max(request.args.get("year", today.year, type=int), FIRST_YEAR), LAST_YEAR)


def _first_day(words: str, today: date) -> date:
    """2026-06 as its first day; this month for anything else."""
    try:
        first = date.fromisoformat(f"{words}-01")
    except ValueError:
        return today.replace(day=1)
    return first if FIRST_YEAR < first.year < LAST_YEAR else today.replace(day=1)
