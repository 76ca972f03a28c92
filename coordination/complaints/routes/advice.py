"""分派建议: the version in use and how good it is, going back to another; 自动分派 and 指定去向."""

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did, act_page
from coordination.complaints import advising, automatic, forms, preferring, training, uptake
from coordination.complaints.routes.blueprint import bp, database, tabs, unit_choices
from coordination.complaints.routes.suggesting import sure
from coordination.filters import moment
from coordination.members.queries import subjects
from coordination.permissions import Permission, can
from coordination.settings.queries import setting
from coordination.transaction import transaction
from models import RoutingModel, Subject

READ, EDIT = Permission.ROUTING_READ, Permission.ROUTING_EDIT
LEAST_COUNTED, LEAST_MEASURED = 5, 30  # cases from which a unit's rate is told, and the measure of a version


@bp.get("/advice")
@requires(READ)
def advice() -> str:
    """分派建议: what is in use, its figures, and how suggestions were taken month by month."""
    session = database()
    current = advising.in_use(session)
    return render_template(
        "complaints/advice.html",
        current=current,
        facts=_facts(current),
        **_figures(current),
        rows=[(one, _share(one, "accuracy"), _share(one, "coverage_at_95")) for one in training.versions(session)],
        ordered=training.ordered(session),
        months=uptake.by_month(session, clock.today()),
        broken=current is not None and advising.advisor(session, clock.today()).model_id is None,
        least=LEAST_COUNTED,
        may_edit=can(actor(), EDIT),
        subnav=tabs("advice"),
    )


@bp.post("/advice/learn")
@requires(EDIT)
def learn() -> Response:
    """重新学习."""
    with transaction() as session:
        training.order(session, actor=actor(), now=clock.now())
    flash("已安排重新学习，约5分钟内完成，完成后自动启用。")
    return redirect(url_for(".advice"))


@bp.get("/advice/versions/<int:model_id>")
@requires(READ)
def version(model_id: int) -> str:
    """One version beside the one in use: figures, and the cases for which they differ."""
    session = database()
    asked, current = training.get_version(session, model_id), advising.in_use(session)
    compared = current is not None and current.id != asked.id and asked.file is not None
    changes = training.changed(session, current, asked, clock.now()) if compared and current is not None else []
    shown = {"asked": asked, "current": current, "compared": compared, "changes": changes, "facts": _facts(asked)}
    return render_template("complaints/advice_version.html", **shown, **_figures(asked), least=LEAST_COUNTED, may_edit=can(actor(), EDIT))


@bp.post("/advice/versions/<int:model_id>/choose")
@requires(EDIT)
def choose_version(model_id: int) -> Response:
    """改用这一版."""
    with transaction() as session:
        training.choose(session, actor=actor(), model_id=model_id, now=clock.now())
    flash(f"分派建议已改用第{model_id}版。")
    return redirect(url_for(".advice"))


@bp.get("/advice/automatic")
@requires(READ)
def automatic_list() -> str:
    """自动分派: the classes switched on."""
    rows = list(automatic.switched_on(database()).values())
    return render_template("complaints/automatic.html", rows=rows, may_edit=can(actor(), EDIT))


@bp.route("/advice/automatic/new", methods=["GET", "POST"])
@requires(EDIT)
def automatic_new() -> Answer:
    """Switch a class on."""
    form = forms.AutoSubject(percent=95)
    form.subject_id.choices = forms.choices((one.id, one.name) for one in _classes())

    def act(session: Session) -> Did:
        told = {"subject_id": form.subject_id.data, "percent": form.percent.data}
        done = automatic.switch(session, actor=actor(), version=None, now=clock.now(), **told)
        return f"已开启自动分派：{done.name}。", url_for(".automatic_list")

    lines = (
        "待分派的这类投诉举报，把握达到所填数值的，工作时间内每5分钟自动分派一次",
        "既有投诉又有举报的、先行和解的、退回的不自动分派，由分派员办理",
        "单位签收前不作为以后建议的依据",
    )
    crumbs = [("投诉举报", url_for(".index")), ("分派建议", url_for(".advice")), ("自动分派", url_for(".automatic_list"))]
    return act_page(
        form, act, title="开启自动分派", verb="开启自动分派", back=url_for(".automatic_list"), consequences=lines, crumbs=crumbs
    )


@bp.post("/advice/automatic/<int:subject_id>/stop")
@requires(EDIT)
def automatic_stop(subject_id: int) -> Response:
    """停止自动分派."""
    with transaction() as session:
        done = automatic.switch(session, actor=actor(), subject_id=subject_id, percent=None, version=None, now=clock.now())
        name = done.name
    flash(f"已停止自动分派：{name}。")
    return redirect(url_for(".automatic_list"))


@bp.get("/advice/preferences")
@requires(READ)
def preference_list() -> str:
    """指定去向: those that stand."""
    rows = [(one, preferring.condition_of(one)) for one in preferring.preferences(database())]
    return render_template("complaints/preferences.html", rows=rows, may_edit=can(actor(), EDIT))


@bp.route("/advice/preferences/new", methods=["GET", "POST"])
@requires(EDIT)
def preference_new() -> Answer:
    """新增指定去向."""
    form = forms.Preference()
    form.subject_id.choices = forms.choices([("", "不限"), *((one.id, one.name) for one in _classes())])
    form.unit_id.choices = forms.choices(unit_choices())

    def act(session: Session) -> Did:
        told = {"unit_id": form.unit_id.data, "subject_id": form.subject_id.data, "why": form.why.data or ""}
        told |= {"business": form.business.data or "", "territory": form.territory.data or ""}
        preferring.prefer(session, actor=actor(), now=clock.now(), **told)
        return "已新增指定去向，即时用于分派建议。", url_for(".preference_list")

    crumbs = [("投诉举报", url_for(".index")), ("分派建议", url_for(".advice")), ("指定去向", url_for(".preference_list"))]
    what = "符合全部所填条件的投诉举报，建议分派给所选单位。单位退回和有权机关指定的优先于此。"
    hints = {"business": "与登记的名称或代码完全一致", "territory": "登记的事发地含有这些字即符合", "why": "分派时显示给分派员"}
    return act_page(form, act, title="新增指定去向", verb="新增", back=url_for(".preference_list"), what=what, hints=hints, crumbs=crumbs)


@bp.post("/advice/preferences/<int:preference_id>/end")
@requires(EDIT)
def preference_end(preference_id: int) -> Response:
    """停止指定去向."""
    with transaction() as session:
        preferring.end(session, actor=actor(), preference_id=preference_id, now=clock.now())
    flash("已停止该指定去向。")
    return redirect(url_for(".preference_list"))


def _classes() -> list[Subject]:
    return subjects(database(), clock.today())


def _facts(one: RoutingModel | None) -> list[tuple[str, object]]:
    """要点 of a version."""
    if one is None or one.trained_at is None:
        return [("依据", "仅按职责表的文字判断，尚未学习"), ("把握下限", f"{setting(database(), 'routing_threshold')}%")]
    by = f"，由{one.chosen_by.name}选用" if one.chosen_by is not None else ""
    return [
        ("学习时间", f"{moment(one.trained_at, clock.today())}{by}"),
        ("学习的投诉举报", f"{one.cases:,}件已确认，{one.texts:,}件未分派的只用其文字"),
        ("准确率", f"{_share(one, 'accuracy')}（各件未参加学习时的判断）"),
        ("前两位准确率", f"{_share(one, 'top2')}（建议的前两个单位中有一个正确）"),
        ("覆盖率", f"{_share(one, 'coverage_at_95')}（准确率不低于95%时可作出建议的）"),
        ("校准误差", f"{_share(one, 'ece')}（把握与实际准确率之差）"),
        ("把握下限", f"{setting(database(), 'routing_threshold')}%，低于它不预选单位"),
    ]


def _share(one: RoutingModel, name: str) -> str:
    """A share of the figures in per cent; in words where too few cases were measured."""
    return f"{one.figures[name]:.1%}" if name in one.figures and one.cases >= LEAST_MEASURED else f"不足{LEAST_MEASURED}件，不计算"


def _figures(one: RoutingModel | None) -> dict[str, object]:
    """The two tables of a version: right ones by unit, and which units are mistaken for which."""
    names = advising.names_of(database(), clock.today())
    figures = one.figures if one is not None else {}
    units = [(names.get(unit, "已撤并的单位"), number, right) for unit, (number, right) in figures.get("units", {}).items()]
    mixed = [(names.get(a, "已撤并的单位"), names.get(b, "已撤并的单位"), number) for a, b, number in figures.get("mixed_up", [])]
    return {"units": units, "mixed_up": mixed, "sure": sure}
