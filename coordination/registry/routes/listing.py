"""The list of applications and units, and the page of one."""

from datetime import timedelta

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from coordination import clock, sheets
from coordination.access import actor, requires
from coordination.acting import history
from coordination.checked import table_file
from coordination.filters import with_query
from coordination.permissions import Permission, can
from coordination.registry import life, lists, queries
from coordination.registry.lists import DUE, ENDED, MOST_COUNTED, Sought
from coordination.registry.routes import page
from coordination.registry.routes.blueprint import Answer, asked, bp, choices_of, database, neighbours, tabs, turn
from models import Recognition, RecognitionStatus
from models.errors import BadInput
from models.text import clean_text

S = RecognitionStatus
VIEWS: dict[str, tuple[str, frozenset[RecognitionStatus]]] = {
    "": ("全部", frozenset()),
    "applied": (S.APPLIED.label, frozenset({S.APPLIED})),
    "reviewed": (S.REVIEWED.label, frozenset({S.REVIEWED})),
    "inspected": (S.INSPECTED.label, frozenset({S.INSPECTED})),
    "on_notice": (S.ON_NOTICE.label, frozenset({S.ON_NOTICE})),
    "recognised": (S.RECOGNISED.label, frozenset({S.RECOGNISED})),
    "rectifying": (S.RECTIFYING.label, frozenset({S.RECTIFYING})),
    "ended": ("已结束", ENDED),
}
COLUMNS = ("名称", "类别", "街道", "状态", "证书号", "日期")


@bp.get("")
@requires(Permission.REGISTRY_READ)
def index() -> Answer:
    """申报和名录: what this person may see, by state, category, street, name, code or number."""
    session, who, today = database(), actor(), clock.today()
    sought, view = _sought()
    until = today + timedelta(days=life.expiring_days(session, today))
    found, wrong = lists.Page[Recognition]([]), ""
    try:
        found = lists.recognitions(session, who, sought, today, until, turn())
    except BadInput as refused:
        wrong = refused.message
    categories = lists.seen_categories(session, who, today)
    counts = lists.status_counts(session, who)
    page_ = render_template(
        "registry/index.html",
        rows=found.rows,
        wrong=wrong,
        export_url=with_query(f"{url_for('registry.index_table')}?{request.query_string.decode()}", before=None, after=None),
        views=[(_counted(label, states, counts), _url(view=key or None), key == view) for key, (label, states) in VIEWS.items()],
        view=view,
        sought=sought,
        categories=choices_of([(str(c.id), c.name) for c in categories]),
        dues=choices_of(list(DUE.items())),
        subnav=tabs("index"),
        may_apply=can(who, Permission.REGISTRY_APPLY),
        may_edit=can(who, Permission.REGISTRY_EDIT),
        **neighbours(found),
    )
    return page_, 422 if wrong else 200


@bp.get("/list.xlsx")
@requires(Permission.REGISTRY_READ)
def index_table() -> Response:
    """导出Excel: the list with its filters, in the columns of the screen."""
    session, who, today = database(), actor(), clock.today()
    sought, _ = _sought()
    until = today + timedelta(days=life.expiring_days(session, today))
    rows = [_cells(one) for one in lists.every_recognition(session, who, sought, today, until)]
    return table_file(sheets.write("申报和名录", COLUMNS, rows), f"申报和名录 {today:%Y%m%d}")


def _cells(row: Recognition) -> tuple[str, ...]:
    """What the list says of one, with days in full."""
    words, day = row.day_to_watch
    certificate = row.certificate_no or ""
    return (row.business.name, row.category.name, row.street, row.status.label, certificate, f"{words}{day.isoformat()}" if day else "")


def _sought() -> tuple[Sought, str]:
    """The filters of the address; what they do not know narrows nothing."""
    view = request.args.get("view", "") if request.args.get("view") in VIEWS else ""
    due = request.args.get("due", "") if request.args.get("due") in DUE else ""
    words = (clean_text(request.args.get("q", "")) or "").strip()[:120]
    street = (clean_text(request.args.get("street", "")) or "").strip()[:40]
    return Sought(VIEWS[view][1], asked("category"), street, words, due), view


def _url(**changes: str | None) -> str:
    return with_query(request.full_path, before=None, after=None, **changes)


def _counted(label: str, states: frozenset[RecognitionStatus], counts: dict[RecognitionStatus, int]) -> str:
    """待审核 3; the whole list bears no number, and many are said to be many."""
    if not states:
        return label
    some = [counts.get(state, 0) for state in states]
    return f"{label} {sum(some):,}{'以上' if max(some) >= MOST_COUNTED else ''}"


@bp.get("/<int:recognition_id>")
@requires(Permission.REGISTRY_READ)
def show(recognition_id: int) -> Answer:
    """One application or unit: where it stands, what may be done now, and all that was done."""
    session, who, today = database(), actor(), clock.today()
    recognition: Recognition = queries.get_recognition(session, who, recognition_id)
    whole = lists.whole(session, recognition)
    visit = page.Visit(session, who, recognition, whole, today)
    return render_template(
        "registry/show.html",
        recognition=recognition,
        business=recognition.business,
        whole=whole,
        steps=page.steps(recognition),
        step=page.next_step(visit),
        more=page.more(visit),
        warnings=page.warnings(visit),
        facts=page.facts(visit),
        history=history(session, recognition),
        may_inspect=can(who, Permission.REGISTRY_INSPECT, recognition.scope),
        papers=[page.paper(visit, one) for one in whole.papers],
        may_see_papers=recognition.is_listed(today),
        light=page.lamp(visit),
    )
