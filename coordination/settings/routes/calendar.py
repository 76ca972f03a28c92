"""The working calendar and the rules: pages for admin and auditor."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires
from coordination.forms import choices
from coordination.permissions import Permission
from coordination.settings import arrangement, limits, queries, service
from coordination.settings.forms import ArrangementForm, ChangeRuleForm, CheckedForm, LimitFields, NewRuleForm
from coordination.settings.limits import Limit
from coordination.settings.routes.blueprint import Answer, bp, status, tried
from coordination.transaction import transaction
from models import CalendarYear
from models.base import db
from models.errors import Conflict

ALL_MECHANISMS = 0


@bp.get("/calendar")
@requires(Permission.SETTINGS_READ)
def calendar() -> str:
    """工作日历: the years loaded."""
    session = db.session()
    missing = queries.missing_year(session, clock.today())
    return render_template("settings/calendar.html", years=queries.calendar_years(session), missing=missing)


@bp.get("/calendar/<int:year>")
@requires(Permission.SETTINGS_READ)
def calendar_year(year: int) -> str:
    """One year's holidays."""
    row = queries.get_year(db.session(), year)
    return render_template("settings/calendar_year.html", year=row, festivals=arrangement.festivals(service.said(row)))


@bp.route("/calendar/import", methods=["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def calendar_import() -> Answer:
    """Upload an arrangement; what it changes is shown before anything is stored."""
    form = ArrangementForm()
    if form.validate_on_submit():
        content = form.file.data.read()
        try:
            return _review(arrangement.read(content), content.decode("utf-8-sig"))
        except arrangement.BadArrangement as wrong:
            form.file.errors = list(wrong.reasons)
    return render_template("settings/calendar_import.html", form=form), status(form)


def _review(wanted: arrangement.Arrangement, content: str) -> str:
    """The 核对 page of an arrangement."""
    loaded = db.session().get(CalendarYear, wanted.year)
    form = CheckedForm(formdata=None, data={"content": content, "seen": loaded.revision if loaded else 0})
    changed = arrangement.differences(wanted, service.said(loaded))
    festivals = arrangement.festivals(wanted.days)
    return render_template("settings/calendar_review.html", form=form, wanted=wanted, loaded=loaded, changed=changed, festivals=festivals)


@bp.post("/calendar/import/confirmed")
@requires(Permission.SETTINGS_EDIT)
def calendar_confirmed() -> Response:
    """Import what was checked."""
    form = CheckedForm()
    form.validate()
    with transaction() as session:
        row = service.import_calendar(
            session, actor=actor(), content=form.content.data or "", seen_revision=form.seen.data or 0, now=clock.now()
        )
        year, revision = row.year, row.revision
    flash(f"已导入{year}年工作日历（第{revision}版）。")
    return redirect(url_for(".calendar_year", year=year))


# Rules


@bp.get("/rules")
@requires(Permission.SETTINGS_READ)
def rules() -> str:
    """时限规则: every limit in force, with its clause."""
    return render_template("settings/rules.html", groups=queries.rule_groups(db.session(), clock.today()))


@bp.get("/rules/<code>")
@requires(Permission.SETTINGS_READ)
def rule(code: str) -> str:
    """One limit with its history."""
    (group,) = queries.rule_groups(db.session(), clock.today(), code)
    return render_template("settings/rule.html", group=group, day=clock.today())


@bp.route("/rules/<int:rule_id>/change", methods=["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def rule_change(rule_id: int) -> Answer:
    """Another limit from a day on."""
    row = queries.get_rule(db.session(), rule_id)
    form = ChangeRuleForm(data={"limit": row.limit, "unit": row.unit, "clause": row.clause, "note": row.note, "version": row.version})
    if form.validate_on_submit():
        try:
            if tried(form, lambda: _change(rule_id, form)):
                flash(f"已更改“{row.title}”的时限。")
                return redirect(url_for(".rule", code=row.code))
        except Conflict as conflict:
            row = queries.get_rule(db.session(), rule_id)
            form.version.data = row.version
            return render_template("settings/rule_change.html", form=form, rule=row, conflict=conflict.message), 409
    return render_template("settings/rule_change.html", form=form, rule=row, conflict=None), status(form)


def _change(rule_id: int, form: ChangeRuleForm) -> None:
    with transaction() as session:
        limits.change_rule(
            session,
            actor=actor(),
            rule_id=rule_id,
            version=form.version.data,
            limit=_limit(form),
            effective_from=form.effective_from.data,
            now=clock.now(),
        )


@bp.route("/rules/new", methods=["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def rule_new() -> Answer:
    """A limit for one mechanism alone."""
    session = db.session()
    form = NewRuleForm(data={"code": request.args.get("code"), "effective_from": clock.today()})
    form.code.choices = choices((group.code, group.title) for group in queries.rule_groups(session, clock.today()))
    mechanisms = [(mechanism.id, mechanism.name) for mechanism in queries.mechanisms(session)]
    form.mechanism.choices = choices([*mechanisms, (ALL_MECHANISMS, "各机制通用")])
    if form.validate_on_submit() and tried(form, lambda: _add(form)):
        flash("已增加时限规则。")
        return redirect(url_for(".rule", code=form.code.data))
    return render_template("settings/rule_new.html", form=form), status(form)


def _add(form: NewRuleForm) -> None:
    with transaction() as session:
        limits.add_rule(
            session,
            actor=actor(),
            code=form.code.data,
            mechanism_id=form.mechanism.data or None,
            limit=_limit(form),
            effective_from=form.effective_from.data,
            now=clock.now(),
        )


def _limit(form: LimitFields) -> Limit:
    return Limit(form.limit.data, form.unit.data, form.clause.data, form.note.data or "")
