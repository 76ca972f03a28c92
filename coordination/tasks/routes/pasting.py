"""由文字登记任务: paste a text, look at what was read row by row, and hand down the rows that are right."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as PlainForm

from coordination import clock
from coordination.access import actor, requires
from coordination.forms import Day, Form, Line, Paragraphs
from coordination.permissions import Permission
from coordination.tasks import pasting, queries
from coordination.tasks.pasting import MOST_ROWS, Row, Wanted
from coordination.tasks.readings import Register, register
from coordination.tasks.routes.blueprint import Answer, bp
from coordination.transaction import transaction
from models import Mechanism
from models.base import db
from models.errors import BadInput, NotFound


class PasteForm(Form):
    """A text to be read."""

    source = Line("任务来源", most=200)
    on = Day("成文日期")
    text = Paragraphs("文字", most=50_000, rows=12)


class RowForm(PlainForm):
    """One task as read. Only what is ticked must be whole."""

    take = BooleanField("登记")
    title = Line("任务名称", most=200, required=False)
    lead = Line("牵头单位", most=60, required=False)
    co = Line("配合单位", most=2000, required=False)
    due_on = Day("完成时限", required=False)
    deliverable = Line("成果", most=500, required=False)
    said = HiddenField("原文")


class RowsForm(Form):
    """The rows, with what they were read from."""

    source = Line("任务来源", most=200)
    on = Day("成文日期")
    rows = FieldList(FormField(RowForm), max_entries=MOST_ROWS)


@bp.route("/from-text", methods=["GET", "POST"])
@requires(Permission.TASK_SUPERVISE)
def paste() -> Answer:
    """The text; sent, it is read and shown row by row. Nothing is written."""
    mechanism, tabs = _mechanism()
    form = PasteForm(on=clock.today())
    if form.validate_on_submit():
        found, total = pasting.rows(db.session(), mechanism.id, form.text.data, form.on.data)
        if found:
            return _rows_page(mechanism, _filled(form, found), [row.reading for row in found], total), 200
        form.text.errors = [*form.text.errors, "没有读出任务。请核对是否写有牵头单位或完成时限，也可逐项新建任务"]
    return render_template("tasks/paste.html", form=form, mechanism=mechanism, subnav=tabs), 422 if form.errors else 200


@bp.post("/from-text/rows")
@requires(Permission.TASK_SUPERVISE)
def create_pasted() -> Answer:
    """下达 the ticked rows; if one is not whole, none, and every field stays as it was typed."""
    mechanism, _ = _mechanism()
    form = RowsForm()
    known = register(db.session(), mechanism.id, form.on.data or clock.today())
    whole = form.validate()
    if whole and _checked(form, known):
        wanted = [_wanted(row) for row in form.rows if row.form.take.data]
        given: dict[str, Any] = {"mechanism_id": mechanism.id, "source": form.source.data, "on": form.on.data, "wanted": wanted}
        try:
            with transaction() as session:
                made = pasting.create(session, actor=actor(), now=clock.now(), **given)
                said = f"已下达{len(made)}项任务：{_numbers([task.number for task in made])}。已通知牵头、配合单位联络员。"
        except BadInput as broken:
            form.form_errors.append(broken.message)
        else:
            flash(said)
            return redirect(url_for("tasks.index"))
    return _rows_page(mechanism, form, [], len(form.rows)), 422


def _mechanism() -> tuple[Mechanism, list[tuple[str, str, bool]]]:
    """The mechanism that is asked for, of those this person supervises, and the tabs to the others."""
    mine = queries.mechanisms(db.session(), actor().oversees(Permission.TASK_SUPERVISE))
    mechanism = next((m for m in mine if m.code == request.args.get("mechanism")), mine[0] if mine else None)
    if mechanism is None:
        raise NotFound("还没有联席会议机制")
    tabs = [(m.short_name, url_for(".paste", mechanism=m.code), m is mechanism) for m in mine]
    return mechanism, tabs if len(tabs) > 1 else []


def _filled(form: PasteForm, found: list[Row]) -> RowsForm:
    """The rows as read, those without doubts ticked."""
    names = ("title", "lead", "co", "due_on", "deliverable", "said")
    rows = [{"take": row.reading.is_sure, **{name: getattr(row, name) for name in names}} for row in found]
    return RowsForm(formdata=None, data={"source": form.source.data, "on": form.on.data, "rows": rows})


def _rows_page(mechanism: Mechanism, form: RowsForm, readings: list[Any], total: int) -> str:
    known = register(db.session(), mechanism.id, form.on.data or clock.today())
    return render_template(
        "tasks/pasted.html",
        form=form,
        mechanism=mechanism,
        rows=[(row, readings[at] if at < len(readings) else None) for at, row in enumerate(form.rows)],
        total=total,
        names=sorted({unit.short_name for named in known.units.values() for unit in named}),
    )


def _checked(form: RowsForm, known: Register) -> bool:
    """Is every ticked row whole, and one ticked at all? What is wrong is said at the field."""
    taken = [row.form for row in form.rows if row.form.take.data]
    if not taken:
        form.form_errors.append("还没有勾选要登记的任务")
    wrong = [row for row in taken if not _is_whole(row, known)]
    return bool(taken) and not wrong


def _is_whole(row: Any, known: Register) -> bool:
    lead, wrong = pasting.units_named(row.lead.data or "", known)
    _, more = pasting.units_named(row.co.data or "", known)
    if not wrong and len(lead) != 1:
        wrong = ["请填写一个牵头单位" if lead else "请填写牵头单位"]
    late = "" if row.due_on.data else "请填写完成时限"
    if row.due_on.data and pasting.is_past(row.due_on.data, clock.now()):
        late = "完成时限不能早于今天"
    found = (
        (row.title, [] if row.title.data else ["请填写任务名称"]),
        (row.lead, wrong),
        (row.co, more),
        (row.due_on, [late] if late else []),
    )
    for field, words in found:
        field.errors = [*field.errors, *words]
    return not any(words for _, words in found)


def _wanted(row: Any) -> Wanted:
    due_on: date = row.form.due_on.data
    return Wanted(
        title=row.form.title.data or "",
        lead=row.form.lead.data or "",
        co=row.form.co.data or "",
        due_on=due_on,
        deliverable=row.form.deliverable.data or "",
        said=(row.form.said.data or "")[: pasting.MOST_WORDS],
    )


def _numbers(numbers: list[str]) -> str:
    return numbers[0] if len(numbers) == 1 else f"{numbers[0]}至{numbers[-1].rpartition('〕')[2]}"
