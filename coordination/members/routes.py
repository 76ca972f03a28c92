"""Mechanisms, member units, seats and duties: everybody signed in may read them, the admin keeps them."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import audit, clock
from coordination.access import actor, requires
from coordination.forms import Form
from coordination.members import duties as duty_service
from coordination.members import forms, queries, seating, service
from coordination.permissions import Permission, can
from coordination.transaction import transaction
from models import AuditEntry, Duty, DutyRole, Mechanism, Role, Unit, UnitKind
from models.base import db
from models.errors import BadInput, Conflict
from models.text import clean_text

Answer = str | Response | tuple[str, int]

bp = Blueprint("members", __name__, url_prefix="/members")


@bp.get("")
@requires(Permission.MEMBERS_READ)
def index() -> str:
    """Each mechanism and who sits in it today."""
    session = db.session()
    found = queries.mechanisms(session)
    seated = queries.seats(session, found, clock.today())
    return render_template("members/index.html", mechanisms=found, seats=seated, may_edit=_may_edit())


@bp.get("/mechanisms/<int:mechanism_id>")
@requires(Permission.MEMBERS_READ)
def mechanism(mechanism_id: int) -> str:
    """One mechanism: its basis, office, members and all seats ever held."""
    session, today = db.session(), clock.today()
    found = queries.get_mechanism(session, mechanism_id)
    return render_template(
        "members/mechanism.html",
        mechanism=found,
        offices=queries.offices(session, found.id),
        seats=queries.seats(session, [found], today)[found.id],
        heirs=queries.heirs(session, today),
        history=_told(audit.history(session, found)),
        may_edit=_may_edit(),
    )


@bp.get("/units")
@requires(Permission.MEMBERS_READ)
def units() -> str:
    """Every unit of the register, searched and paged."""
    session, today, words = db.session(), clock.today(), _words()
    kind, ended = _chosen(UnitKind, "kind"), request.args.get("state") == "all"
    after, before = _turn()
    page = queries.listed_units(session, words=words, kind=kind, on=None if ended else today, after=after, before=before)
    return render_template(
        "members/units.html",
        page=page,
        words=words,
        kind=kind,
        kinds=[("", "全部")] + [(each.value, each.label) for each in UnitKind],
        ended=ended,
        total=queries.counted_units(session, today),
        heirs=queries.heirs(session, today),
        may_edit=_may_edit(),
    )


@bp.get("/units/<int:unit_id>")
@requires(Permission.MEMBERS_READ)
def unit(unit_id: int) -> str:
    """One unit: its names, who it answers for, seats, duties and people."""
    session, today = db.session(), clock.today()
    found, heirs = queries.get_unit(session, unit_id), queries.heirs(session, clock.today())
    merged = queries.merged_into(session, found, heirs)
    answered_for = [found.id, *(each.id for each in merged)]
    duties = queries.duties_of(session, answered_for)
    staff = queries.people(session, [found.id], heirs)
    return render_template(
        "members/unit.html",
        unit=found,
        heir=heirs.get(found.id),
        chain=queries.succession(found),
        merged=merged,
        seats=queries.seats_of(session, answered_for),
        duties=[duty for duty in duties if duty.in_force(today)],
        past_duties=[duty for duty in duties if not duty.in_force(today)],
        liaisons=staff[Role.LIAISON][found.id],
        heads=staff[Role.UNIT_HEAD][found.id],
        bodies=queries.bodies_under(session, found.id, today),
        history=_told(audit.history(session, found)),
        may_edit=_may_edit(),
    )


@bp.get("/duties")
@requires(Permission.MEMBERS_READ)
def duties() -> str:
    """Who answers for what today, by subject."""
    session, words, role = db.session(), _words(), _chosen(DutyRole, "role")
    after, before = _turn()
    page = queries.listed_duties(session, words=words, role=role, on=clock.today(), after=after, before=before)
    roles = [("", "全部")] + [(each.value, each.label) for each in DutyRole]
    heirs = queries.heirs(session, clock.today())
    return render_template("members/duties.html", page=page, words=words, role=role, roles=roles, heirs=heirs, may_edit=_may_edit())


@bp.route("/units/new", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def new_unit() -> Answer:
    """Enter a unit."""
    form = forms.UnitNew()
    form.parent_id.offer(_unit_choices(), "无")

    def act(session: Session) -> None:
        service.create_unit(session, actor=actor(), now=clock.now(), **_fields(form))

    return _edited(form, act, "新增单位", "新增单位", url_for(".units"), "已新增单位。")


@bp.route("/units/<int:unit_id>/edit", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def edit_unit(unit_id: int) -> Answer:
    """Change what the register says of a unit."""
    unit = queries.get_unit(db.session(), unit_id)
    form = forms.UnitEdit(obj=unit)
    form.parent_id.offer(_unit_choices(but=unit_id, also=unit.parent), "无")

    def act(session: Session) -> None:
        service.edit_unit(session, actor=actor(), unit_id=unit_id, now=clock.now(), **_fields(form))

    what = "改名后，原名称和原简称自动留作曾用名，仍可按其查找。"
    return _edited(form, act, f"更改单位：{unit.short_name}", "保存更改", url_for(".unit", unit_id=unit_id), "已更改。", what)


@bp.route("/units/<int:unit_id>/end", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def end_unit(unit_id: int) -> Answer:
    """撤并 a unit."""
    unit = queries.get_unit(db.session(), unit_id)
    form = forms.UnitEnd(obj=unit)
    form.successor_id.offer(_unit_choices(but=unit_id, also=unit.successor), "没有承接单位")

    def act(session: Session) -> None:
        service.end_unit(session, actor=actor(), unit_id=unit_id, now=clock.now(), **_fields(form))

    what = "撤并次日起，该单位未办结的任务、未答复的会议通知由承接单位办理；已有记录不变，单位不删除。"
    return _edited(form, act, f"撤并登记：{unit.short_name}", "登记撤并", url_for(".unit", unit_id=unit_id), "已登记撤并。", what)


@bp.post("/units/<int:unit_id>/restore")
@requires(Permission.MEMBERS_EDIT)
def restore_unit(unit_id: int) -> Answer:
    """Take an end entered by mistake back."""
    with transaction() as session:
        service.restore_unit(session, actor=actor(), unit_id=unit_id, version=request.form.get("version", 0, int), now=clock.now())
    flash("已恢复存续。")
    return redirect(url_for(".unit", unit_id=unit_id))


@bp.route("/mechanisms/new", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def new_mechanism() -> Answer:
    """Set up a mechanism."""
    form = forms.MechanismNew()
    form.office_unit_id.offer(_unit_choices())

    def act(session: Session) -> None:
        seating.create_mechanism(session, actor=actor(), now=clock.now(), **_fields(form))

    return _edited(
        form, act, "建立联席会议机制", "建立机制", url_for(".index"), "已建立机制。请登记成员单位，并在账号中指定召集人和办公室。"
    )


@bp.route("/mechanisms/<int:mechanism_id>/edit", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def edit_mechanism(mechanism_id: int) -> Answer:
    """Change a mechanism."""
    mechanism = queries.get_mechanism(db.session(), mechanism_id)
    form = forms.MechanismEdit(obj=mechanism)
    form.office_unit_id.offer(_unit_choices(also=mechanism.office_unit))

    def act(session: Session) -> None:
        seating.edit_mechanism(session, actor=actor(), mechanism_id=mechanism_id, now=clock.now(), **_fields(form))

    back = url_for(".mechanism", mechanism_id=mechanism_id)
    return _edited(form, act, f"更改机制：{mechanism.short_name}", "保存更改", back, "已更改。")


@bp.route("/mechanisms/<int:mechanism_id>/enter", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def enter(mechanism_id: int) -> Answer:
    """A unit enters a mechanism."""
    mechanism: Mechanism = queries.get_mechanism(db.session(), mechanism_id)
    form = forms.SeatNew(data={"from_on": clock.today()})
    form.unit_id.offer(_unit_choices())

    def act(session: Session) -> None:
        seating.enter(session, actor=actor(), mechanism_id=mechanism_id, now=clock.now(), **_fields(form))

    back = url_for(".mechanism", mechanism_id=mechanism_id)
    return _edited(form, act, f"增加成员单位：{mechanism.short_name}", "增加成员单位", back, "已增加成员单位。")


@bp.route("/seats/<int:membership_id>/leave", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def leave(membership_id: int) -> Answer:
    """A unit leaves a mechanism."""
    seat = queries.get_membership(db.session(), membership_id)
    form = forms.SeatEnd(obj=seat)

    def act(session: Session) -> None:
        seating.leave(session, actor=actor(), membership_id=membership_id, now=clock.now(), **_fields(form))

    what = f"{seat.unit.name}自{seat.from_on.year}年{seat.from_on.month}月{seat.from_on.day}日起为{seat.mechanism.name}成员单位。"
    back = url_for(".mechanism", mechanism_id=seat.mechanism_id)
    return _edited(form, act, f"退出登记：{seat.unit.short_name}", "登记退出", back, "已登记退出。", what)


@bp.post("/seats/<int:membership_id>/move")
@requires(Permission.MEMBERS_EDIT)
def move(membership_id: int) -> Answer:
    """上移 or 下移 a seat."""
    with transaction() as session:
        up = request.form.get("to") == "up"
        seat = seating.move(session, actor=actor(), membership_id=membership_id, up=up, now=clock.now())
        mechanism_id = seat.mechanism_id
    return redirect(url_for(".mechanism", mechanism_id=mechanism_id) + f"#row-{membership_id}")


@bp.route("/units/<int:unit_id>/duties/new", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def new_duty(unit_id: int) -> Answer:
    """Add a duty."""
    unit: Unit = queries.get_unit(db.session(), unit_id)
    form = forms.DutyFields()

    def act(session: Session) -> None:
        given = {**_fields(form), "keywords": form.words}
        duty_service.add_duty(session, actor=actor(), unit_id=unit_id, now=clock.now(), **given)

    return _edited(form, act, f"增加职责：{unit.short_name}", "增加职责", url_for(".unit", unit_id=unit_id), "已增加职责。")


@bp.route("/duties/<int:duty_id>/edit", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def edit_duty(duty_id: int) -> Answer:
    """Change a duty from a day on."""
    duty: Duty = queries.get_duty(db.session(), duty_id)
    shown = {name: getattr(duty, name) for name in ("subject", "text", "role", "territory", "clause", "valid_from", "version")}
    form = forms.DutyEdit(data={**shown, "keywords": "、".join(duty.keywords)})

    def act(session: Session) -> None:
        given = {**_fields(form), "keywords": form.words}
        duty_service.revise_duty(session, actor=actor(), duty_id=duty_id, now=clock.now(), **given)

    what = "“自何日起”改为新的日期时，原职责保留至前一日；不改日期则视为更正文字，直接改正原文。"
    back = url_for(".unit", unit_id=duty.unit_id)
    return _edited(form, act, f"更改职责：{duty.subject}", "保存更改", back, "已更改职责。", what)


@bp.route("/duties/<int:duty_id>/end", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def end_duty(duty_id: int) -> Answer:
    """End a duty."""
    duty = queries.get_duty(db.session(), duty_id)
    form = forms.DutyEnd(obj=duty)

    def act(session: Session) -> None:
        duty_service.end_duty(session, actor=actor(), duty_id=duty_id, now=clock.now(), **_fields(form))

    back = url_for(".unit", unit_id=duty.unit_id)
    return _edited(form, act, f"停止职责：{duty.subject}", "停止职责", back, "已登记停止。")


def _edited(form: Form, act: Callable[[Session], None], title: str, verb: str, back: str, done: str, what: str = "") -> Answer:
    """An editing page: shown; done; refused, with what was typed kept; or in conflict, with both texts."""
    conflict = None
    if form.validate_on_submit():
        try:
            with transaction() as session:
                act(session)
            flash(done)
            return redirect(back)
        except Conflict as meanwhile:
            conflict = meanwhile
            form.take_version(meanwhile.version)
        except BadInput as wrong:
            form.form_errors.append(wrong.message)
    page = render_template("members/form.html", form=form, title=title, verb=verb, back=back, what=what, conflict=conflict)
    return page, 409 if conflict else 422 if form.errors else 200


def _fields(form: Form) -> dict[str, Any]:
    """What was typed, by name, without the form's own token."""
    return {name: value for name, value in form.data.items() if name != "csrf_token"}


def _unit_choices(but: int | None = None, also: Unit | None = None) -> Iterable[tuple[int, str]]:
    """The units that stand, and the one chosen before (``also``), without the one being edited (``but``)."""
    found = {unit.id: unit.name for unit in queries.standing(db.session(), clock.today()) if unit.id != but}
    return {**found, **({also.id: also.name} if also else {})}.items()


def _told(entries: list[AuditEntry]) -> list[dict[str, Any]]:
    """Entries of the ledger as 登记过程 shows them."""
    return [{"at": entry.at, "who": entry.who, "what": entry.text, "text": None} for entry in entries]


def _may_edit() -> bool:
    return can(actor(), Permission.MEMBERS_EDIT)


def _words() -> str:
    """What is searched for; longer than any name finds nothing anyway."""
    return (clean_text(request.args.get("q", "")) or "")[:60]


def _chosen(kind: type[Any], name: str) -> Any:
    """The choice of a filter; None for all, and for a word that is none of its choices."""
    given = request.args.get(name, "")
    return kind(given) if given in {each.value for each in kind} else None


def _turn() -> tuple[int | None, int | None]:
    """Where the list is turned: after, or before, the row with this id. What is no id is the beginning."""
    after, before = (request.args.get(name, type=row_id) for name in ("after", "before"))
    return after, before


def row_id(word: str) -> int:
    """An id out of an address; ValueError for what no row can have."""
    number = int(word)
    if not 0 < number < 2**31:
        raise ValueError(word)
    return number
