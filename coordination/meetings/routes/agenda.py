"""The agenda page: proposals that wait, the order, the office's own items, the guests."""

from typing import Any

from flask import flash, render_template, request
from sqlalchemy.orm import selectinload

from coordination import clock
from coordination.access import actor, requires
from coordination.forms import choices
from coordination.meetings import agenda as service
from coordination.meetings import queries
from coordination.meetings.forms import GuestForm, ItemForm
from coordination.meetings.routes.blueprint import Page, bp, database, to
from coordination.permissions import Permission, require
from coordination.transaction import transaction
from models import AgendaItem, Meeting
from models.calendar import local_date
from models.errors import BadInput, IllegalMove

NO_PRESENTER = 0


@bp.get("/<int:meeting_id>/agenda")
@requires(Permission.MEETING_PLAN)
def agenda(meeting_id: int) -> Page:
    """编排议程."""
    meeting = _open_agenda(meeting_id)
    session = database()
    items = queries.items_of(session, meeting)
    return render_template(
        "meetings/agenda.html",
        meeting=meeting,
        items=items,
        total=service.total_minutes(items),
        waiting=queries.waiting(session, meeting),
        movable=[item.id for item in items if not item.is_system],
    )


@bp.route("/<int:meeting_id>/agenda/new", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def new_item(meeting_id: int) -> Page:
    """增加议程: an item of the office's own."""
    meeting = _open_agenda(meeting_id)
    form = item_form(meeting, ItemForm())
    if form.validate_on_submit():
        with transaction() as session:
            service.add_item(session, actor=actor(), meeting_id=meeting_id, now=clock.now(), **item_fields(form))
        flash(f"已增加议程“{form.title.data}”。")
        return to("agenda", meeting_id=meeting_id)
    return render_template("meetings/item.html", form=form, meeting=meeting, item=None), 422 if form.errors else 200


@bp.route("/items/<int:item_id>", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def edit_item(item_id: int) -> Page:
    """修改议程: wording, presenter, length."""
    item = queries.get_item(database(), actor(), item_id)
    meeting = _open_agenda(item.meeting_id)
    form = item_form(meeting, ItemForm(obj=item), item)
    if item.is_system:
        del form.title
    if form.validate_on_submit():
        title = item.title
        try:
            with transaction() as session:
                service.change_item(session, actor=actor(), item_id=item_id, now=clock.now(), **{"title": title, **item_fields(form)})
        except BadInput as bad:
            form.form_errors.append(bad.message)
        else:
            flash("议程已修改。")
            return to("agenda", meeting_id=item.meeting_id)
    return render_template("meetings/item.html", form=form, meeting=meeting, item=item), 422 if form.errors else 200


@bp.post("/items/<int:item_id>/move")
@requires(Permission.MEETING_PLAN)
def move_item(item_id: int) -> Page:
    """上移 or 下移, as the form says; the page comes back to the row."""
    up = request.form.get("direction") == "up"
    with transaction() as session:
        item = service.move_item(session, actor=actor(), item_id=item_id, up=up, now=clock.now())
        meeting_id, title, number = item.meeting_id, item.title, item.position + 1
    flash(f"“{title}”现为第{number}项。")
    return to("agenda", anchor=f"row-{item_id}", meeting_id=meeting_id)


@bp.post("/items/<int:item_id>/remove")
@requires(Permission.MEETING_PLAN)
def remove_item(item_id: int) -> Page:
    """移出议程."""
    with transaction() as session:
        meeting_id = service.remove_item(session, actor=actor(), item_id=item_id, now=clock.now()).id
    flash("已移出议程。来自议题的，已退回待列入。")
    return to("agenda", meeting_id=meeting_id)


@bp.route("/<int:meeting_id>/guests/new", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def new_guest(meeting_id: int) -> Page:
    """邀请列席."""
    meeting = _open_agenda(meeting_id)
    form = GuestForm()
    if form.validate_on_submit():
        with transaction() as session:
            fields = {"name": form.name.data, "body": form.body.data, "post": form.post.data or ""}
            service.invite_guest(session, actor=actor(), meeting_id=meeting_id, now=clock.now(), **fields)
        flash(f"已列入列席：{form.body.data}{form.name.data}。请另行通知本人。")
        return to("agenda", anchor="guests", meeting_id=meeting_id)
    return render_template("meetings/guest.html", form=form, meeting=meeting), 422 if form.errors else 200


@bp.post("/guests/<int:guest_id>/remove")
@requires(Permission.MEETING_PLAN)
def remove_guest(guest_id: int) -> Page:
    """取消列席."""
    with transaction() as session:
        meeting_id = service.uninvite_guest(session, actor=actor(), guest_id=guest_id, now=clock.now()).id
    flash("已取消列席。")
    return to("agenda", anchor="guests", meeting_id=meeting_id)


def _open_agenda(meeting_id: int) -> Meeting:
    meeting = queries.get_meeting(database(), actor(), meeting_id, selectinload(Meeting.guests))
    require(actor(), Permission.MEETING_PLAN, meeting.scope)
    if not meeting.agenda_is_open:
        raise IllegalMove(f"会议现为“{meeting.status.label}”：会议通知发出后议程不再改动")
    return meeting


def item_form(meeting: Meeting, form: ItemForm, item: AgendaItem | None = None) -> ItemForm:
    """The form of an item with the units to choose from: the members, and those chosen before."""
    presenter = item.presenter if item else None
    units = queries.members(database(), meeting.mechanism_id, local_date(meeting.starts_at))
    named = {unit.id: unit.short_name for unit in [*units, *([presenter] if presenter else [])]}
    form.presenter_id.choices = choices([*named.items(), (NO_PRESENTER, "不指定")])
    attending = {unit.id: unit.short_name for unit in [*units, *(item.units if item else [])]}
    form.unit_ids.choices = choices(attending.items())
    if item is not None and not form.is_submitted():
        form.unit_ids.data = [unit.id for unit in item.units]
    if form.presenter_id.data is None and not form.is_submitted():
        form.presenter_id.data = NO_PRESENTER
    return form


def item_fields(form: ItemForm) -> dict[str, Any]:
    """The fields of an item as the services take them."""
    fields = {"presenter_id": form.presenter_id.data or None, "minutes_planned": form.minutes_planned.data}
    fields["unit_ids"] = form.unit_ids.data or []
    return fields | ({"title": form.title.data} if "title" in form else {})
