"""Mechanisms, member units and seats: everybody signed in may read them, the admin keeps them."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from coordination import acting, clock
from coordination.access import actor, requires
from coordination.members import forms, queries, seating, service
from coordination.members.routes.blueprint import (
    Answer,
    asked_turn,
    asked_words,
    bp,
    chosen,
    edited,
    fields,
    may_edit,
    may_edit_duties,
    unit_choices,
)
from coordination.permissions import Permission
from coordination.transaction import transaction
from models import Mechanism, Role, UnitKind
from models.base import db


@bp.get("")
@requires(Permission.MEMBERS_READ)
def index() -> str:
    """Each mechanism and who sits in it today."""
    session = db.session()
    found = queries.mechanisms(session)
    seated = queries.seats(session, found, clock.today())
    return render_template("members/index.html", mechanisms=found, seats=seated, may_edit=may_edit())


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
        history=acting.history(session, found),
        may_edit=may_edit(),
    )


@bp.get("/units")
@requires(Permission.MEMBERS_READ)
def units() -> str:
    """Every unit of the register, searched and paged."""
    session, today, words = db.session(), clock.today(), asked_words()
    kind, ended = chosen(UnitKind, "kind"), request.args.get("state") == "all"
    after, before = asked_turn()
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
        may_edit=may_edit(),
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
        may_edit_duties=may_edit_duties(),
        liaisons=staff[Role.LIAISON][found.id],
        heads=staff[Role.UNIT_HEAD][found.id],
        bodies=queries.bodies_under(session, found.id, today),
        history=acting.history(session, found, *(duty for duty in duties if duty.unit_id == found.id)),
        may_edit=may_edit(),
    )


@bp.route("/units/new", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def new_unit() -> Answer:
    """Enter a unit."""
    form = forms.UnitNew()
    form.parent_id.offer(unit_choices(), "无")

    def act(session: Session) -> None:
        service.create_unit(session, actor=actor(), now=clock.now(), **fields(form))

    return edited(form, act, "新增单位", "新增单位", url_for(".units"), "已新增单位。")


@bp.route("/units/<int:unit_id>/edit", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def edit_unit(unit_id: int) -> Answer:
    """Change what the register says of a unit."""
    unit = queries.get_unit(db.session(), unit_id)
    form = forms.UnitEdit(obj=unit)
    form.parent_id.offer(unit_choices(but=unit_id, also=unit.parent), "无")

    def act(session: Session) -> None:
        service.edit_unit(session, actor=actor(), unit_id=unit_id, now=clock.now(), **fields(form))

    what = "改名后，原名称和原简称自动留作曾用名，仍可按其查找。"
    return edited(form, act, f"更改单位：{unit.short_name}", "保存更改", url_for(".unit", unit_id=unit_id), "已更改。", what)


@bp.route("/units/<int:unit_id>/end", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def end_unit(unit_id: int) -> Answer:
    """撤并 a unit."""
    unit = queries.get_unit(db.session(), unit_id)
    form = forms.UnitEnd(obj=unit)
    form.successor_id.offer(unit_choices(but=unit_id, also=unit.successor), "没有承接单位")

    def act(session: Session) -> None:
        service.end_unit(session, actor=actor(), unit_id=unit_id, now=clock.now(), **fields(form))

    what = "撤并次日起，该单位未办结的任务、未答复的会议通知由承接单位办理；已有记录不变，单位不删除。"
    return edited(form, act, f"撤并登记：{unit.short_name}", "登记撤并", url_for(".unit", unit_id=unit_id), "已登记撤并。", what)


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
    form.office_unit_id.offer(unit_choices())

    def act(session: Session) -> None:
        seating.create_mechanism(session, actor=actor(), now=clock.now(), **fields(form))

    return edited(
        form, act, "建立联席会议机制", "建立机制", url_for(".index"), "已建立机制。请登记成员单位，并在账号中指定召集人和办公室。"
    )


@bp.route("/mechanisms/<int:mechanism_id>/edit", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def edit_mechanism(mechanism_id: int) -> Answer:
    """Change a mechanism."""
    mechanism = queries.get_mechanism(db.session(), mechanism_id)
    form = forms.MechanismEdit(obj=mechanism)
    form.office_unit_id.offer(unit_choices(also=mechanism.office_unit))

    def act(session: Session) -> None:
        seating.edit_mechanism(session, actor=actor(), mechanism_id=mechanism_id, now=clock.now(), **fields(form))

    back = url_for(".mechanism", mechanism_id=mechanism_id)
    return edited(form, act, f"更改机制：{mechanism.short_name}", "保存更改", back, "已更改。")


@bp.route("/mechanisms/<int:mechanism_id>/enter", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def enter(mechanism_id: int) -> Answer:
    """A unit enters a mechanism."""
    mechanism: Mechanism = queries.get_mechanism(db.session(), mechanism_id)
    form = forms.SeatNew(data={"from_on": clock.today()})
    form.unit_id.offer(unit_choices())

    def act(session: Session) -> None:
        seating.enter(session, actor=actor(), mechanism_id=mechanism_id, now=clock.now(), **fields(form))

    back = url_for(".mechanism", mechanism_id=mechanism_id)
    return edited(form, act, f"增加成员单位：{mechanism.short_name}", "增加成员单位", back, "已增加成员单位。")


@bp.route("/seats/<int:membership_id>/leave", methods=["GET", "POST"])
@requires(Permission.MEMBERS_EDIT)
def leave(membership_id: int) -> Answer:
    """A unit leaves a mechanism."""
    seat = queries.get_membership(db.session(), membership_id)
    form = forms.SeatEnd(obj=seat)

    def act(session: Session) -> None:
        seating.leave(session, actor=actor(), membership_id=membership_id, now=clock.now(), **fields(form))

    what = f"{seat.unit.name}自{seat.from_on.year}年{seat.from_on.month}月{seat.from_on.day}日起为{seat.mechanism.name}成员单位。"
    back = url_for(".mechanism", mechanism_id=seat.mechanism_id)
    return edited(form, act, f"退出登记：{seat.unit.short_name}", "登记退出", back, "已登记退出。", what)


@bp.post("/seats/<int:membership_id>/move")
@requires(Permission.MEMBERS_EDIT)
def move(membership_id: int) -> Answer:
    """上移 or 下移 a seat."""
    with transaction() as session:
        up = request.form.get("to") == "up"
        seat = seating.move(session, actor=actor(), membership_id=membership_id, up=up, now=clock.now())
        mechanism_id = seat.mechanism_id
    return redirect(url_for(".mechanism", mechanism_id=mechanism_id) + f"#row-{membership_id}")
