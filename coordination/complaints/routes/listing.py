"""The queues: what waits for the router, what a unit has; and finding a case by the phone of who complained."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer
from coordination.complaints import forms, listing, queries, registering, saving, searching
from coordination.complaints.advising import advisor
from coordination.complaints.listing import MOST_COUNTED, Place, Sought
from coordination.complaints.routes.blueprint import bp, database, home, tabs, unit_choices
from coordination.complaints.routes.suggesting import sure
from coordination.filters import with_query
from coordination.permissions import Permission, can
from coordination.settings.queries import calendar, setting
from models import Channel, Complaint, ComplaintKind
from models.calendar import ONE_DAY
from models.errors import BadInput, CalendarMissing
from models.light import Light, light
from models.text import clean_text

ANY = ("", "全部")
ADVISED = frozenset({"", "returned"})  # the queues in which somebody is to choose a unit
LIGHTS = {"late": "已逾期", "near": "临期"}
NEAR = 3  # working days, today included


@bp.get("")
@requires(Permission.COMPLAINT_READ)
def index() -> Answer:
    """The queue this person has, narrowed by what the address says; a whole number leads straight to its case."""
    session, who = database(), actor()
    words = _words("q")
    if words:
        found = session.scalar(select(Complaint.id).where(Complaint.number == words, queries.seen_by(who)))
        if found is not None:
            return redirect(home(found))
        return _searched(words)
    view = request.args.get("view", "") if request.args.get("view") in listing.views(who) else ""
    sought = _sought(view)
    page = listing.page(session, who, sought, after=_place("after"), before=_place("before"))
    numbers = listing.counts(session, who)
    return render_template(
        "complaints/index.html",
        rows=page.rows,
        lamp=_lamps(),
        views=[(_counted(label, numbers.get(key)), _url(view=key or None), key == view) for key, (label, _) in listing.views(who).items()],
        view=view,
        sees_all=queries.sees_all(who),
        asked={name: request.args.get(name, "") for name in ("kind", "channel", "place", "unit", "light", "q")},
        kinds=(ANY, *((kind.value, kind.label) for kind in ComplaintKind)),
        channels=(ANY, *((channel.value, channel.label) for channel in Channel)),
        lights=(ANY, *LIGHTS.items()),
        units=(ANY, *((str(id_), name) for id_, name in unit_choices())) if queries.sees_all(who) else (),
        previous_url=_url(before=str(page.before), after=None) if page.before else None,
        next_url=_url(after=str(page.after), before=None) if page.after else None,
        saved=[(one.name, f"{url_for('.index')}?{one.query}") for one in saving.saved(session, who)],
        keep_url=f"{url_for('.views')}?{kept}" if (kept := saving.narrowed(request.query_string.decode(errors="replace"))) else None,
        subnav=tabs("index"),
        may_route=can(who, Permission.COMPLAINT_ROUTE),
        likely=_likely(page.rows) if view in ADVISED and can(who, Permission.COMPLAINT_ROUTE) else None,
    )


def _likely(rows: list[Complaint]) -> dict[int, tuple[str, str]]:
    """Suggested unit and how sure, of those somebody is sure enough of."""
    names, least = dict(unit_choices()), setting(database(), "routing_threshold") / 100
    told = advisor(database(), clock.today()).first(rows) if rows else {}
    return {id_: (names[unit], sure(share)) for id_, (unit, share) in told.items() if share >= least and unit in names}


def _searched(words: str) -> Answer:
    """The cases that hold these words, newest first, whatever queue they stand in."""
    session, who = database(), actor()
    after = _found_place(request.args.get("after", ""))
    try:
        hits, wrong = searching.searched(session, who, words, after=after), ""
    except BadInput as short:
        hits, wrong = searching.Hits([]), short.message
    return render_template(
        "complaints/found.html",
        rows=hits.rows,
        words=words,
        wrong=wrong,
        lamp=_lamps(),
        sees_all=queries.sees_all(who),
        next_url=_url(after=f"{hits.after[0]}.{hits.after[1]}") if hits.after else None,
        subnav=tabs("index"),
    )


def _found_place(text: str) -> searching.Place | None:
    batch, _, number = text.partition(".")
    if not (batch.isascii() and batch.isdigit() and number.isascii() and number.isdigit()):
        return None
    return (int(batch), int(number)) if int(batch) <= queries.MOST_ID and int(number) <= queries.MOST_ID else None


@bp.route("/by-phone", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_READ)
def by_phone() -> Answer:
    """按电话查找: posted, so that the phone stands in no address and no log."""
    form, rows, asked = forms.ByPhone(), [], False
    if form.validate_on_submit():
        asked, rows = True, registering.found_by_phone(database(), actor=actor(), phone=form.phone.data or "")
        form.phone.data = ""  # not printed back
    return render_template("complaints/by_phone.html", form=form, rows=rows, asked=asked, lamp=_lamps()), 422 if form.errors else 200


def _lamps() -> Callable[[Complaint], Light | None]:
    """The light of a row's nearest day, by the calendar read once."""
    today, working = clock.today(), calendar(database())
    return lambda row: light(row.last_day, today, working) if row.closed_at is None else None


def _sought(view: str) -> Sought:
    """The filters of the address; what they do not know narrows nothing."""
    kind, channel, lamp = (request.args.get(name, "") for name in ("kind", "channel", "light"))
    since, until = _days(lamp)
    unit = request.args.get("unit", type=int)
    return Sought(
        view=view,
        kind=next((one for one in ComplaintKind if one.value == kind), None),
        channel=next((one for one in Channel if one.value == channel), None),
        place=_words("place"),
        unit_id=unit if unit is not None and 0 < unit <= queries.MOST_ID else None,
        since=since,
        until=until,
    )


def _days(lamp: str) -> tuple[date | None, date | None]:
    """Between which days the nearest one lies."""
    today = clock.today()
    if lamp == "late":
        return None, today - ONE_DAY
    if lamp == "near":
        try:
            return today, calendar(database()).shift(today, NEAR)
        except CalendarMissing:
            return today, today + NEAR * ONE_DAY
    return None, None


def _words(name: str) -> str:
    return (clean_text(request.args.get(name, "")) or "").strip()[:120]


def _place(name: str) -> Place | None:
    return Place.read(request.args.get(name, ""))


def _url(**changes: Any) -> str:
    return with_query(request.full_path, **{"after": None, "before": None, **changes})


def _counted(label: str, number: int | None) -> str:
    """待分派 38; what is closed bears no number, and many are said to be many."""
    if number is None:
        return label
    return f"{label} {number:,}{'以上' if number >= MOST_COUNTED else ''}"
