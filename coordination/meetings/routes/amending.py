"""议程修改 after the notice: the page to choose from, and one page for each kind of change, with everybody who will be told."""

from collections.abc import Callable
from typing import Any

from flask import render_template, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did, act_page
from coordination.forms import Form
from coordination.meetings import amending, audience, queries
from coordination.meetings.forms import AmendItemForm, AmendReasonForm
from coordination.meetings.routes.agenda import item_fields, item_form
from coordination.meetings.routes.blueprint import Page, bp, database
from coordination.permissions import Permission, require
from models import Amendment, Meeting
from models.errors import NotFound


@bp.get("/<int:meeting_id>/amend")
@requires(Permission.MEETING_PLAN)
def amend(meeting_id: int) -> Page:
    """议程修改: what can be changed, and what was."""
    session = database()
    meeting = _amendable(meeting_id)
    return render_template(
        "meetings/amend.html",
        meeting=meeting,
        items=queries.items_of(session, meeting),
        waiting=queries.waiting(session, meeting),
        amendments=amending.listed(session, meeting),
    )


@bp.route("/<int:meeting_id>/amend/add", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def amend_add(meeting_id: int) -> Answer:
    """增加事项."""
    meeting = _amendable(meeting_id)
    form = AmendItemForm()
    item_form(meeting, form)
    return _page(meeting, form, amending.add_item, "增加事项", lambda: item_fields(form))


@bp.route("/<int:meeting_id>/amend/items/<int:item_id>", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def amend_item(meeting_id: int, item_id: int) -> Answer:
    """修改 an item."""
    meeting = _amendable(meeting_id)
    item = queries.get_item(database(), actor(), item_id)
    if item.meeting_id != meeting_id:
        raise NotFound("没有这项议程")
    form, title = AmendItemForm(obj=item), item.title
    item_form(meeting, form, item)
    if item.is_system:
        del form.title
    return _page(meeting, form, amending.change_item, f"修改：{title}", lambda: {"item_id": item_id, "title": title, **item_fields(form)})


@bp.route("/<int:meeting_id>/amend/items/<int:item_id>/remove", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def amend_remove(meeting_id: int, item_id: int) -> Answer:
    """撤下 an item."""
    meeting = _amendable(meeting_id)
    item = queries.get_item(database(), actor(), item_id)
    if item.meeting_id != meeting_id:
        raise NotFound("没有这项议程")
    return _page(meeting, AmendReasonForm(), amending.remove_item, f"撤下：{item.title}", lambda: {"item_id": item_id})


@bp.route("/<int:meeting_id>/amend/proposals/<int:proposal_id>", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def amend_take_up(meeting_id: int, proposal_id: int) -> Answer:
    """列入 a proposal that waits."""
    meeting = _amendable(meeting_id)
    proposal = queries.get_proposal(database(), actor(), proposal_id)
    given = {"proposal_id": proposal_id}
    return _page(meeting, AmendReasonForm(), amending.take_up, f"列入议题：{proposal.title}", lambda: given)


def _page(meeting: Meeting, form: Form, verb: Callable[..., Amendment], title: str, given: Callable[[], dict[str, Any]]) -> Answer:
    told = audience.concerned(database(), meeting)
    back, meeting_id = url_for("meetings.amend", meeting_id=meeting.id), meeting.id

    def act(session: Session) -> Did:
        facts = {"meeting_id": meeting_id, "reason": form["reason"].data, **given()}
        made = verb(session, actor=actor(), now=clock.now(), **facts)
        return f"议程修改第{made.number}号已发出。", url_for("meetings.show", meeting_id=meeting_id, _anchor="agenda")

    lines = (f"{told.in_words}提醒，写明改动和原因", "按会议编号，列在会议页，不能撤回；有误的再发一号")
    crumbs = [(meeting.name, url_for("meetings.show", meeting_id=meeting.id)), ("议程修改", back)]
    more: dict[str, Any] = {"consequences": lines, "crumbs": crumbs, "back_label": "返回，不修改", "told": told}
    more["options"] = {"unit_ids": {"columns": True}, "presenter_id": {"columns": True}}
    return act_page(form, act, title=title, verb="发出议程修改", back=back, template="meetings/amend_one.html", **more)


def _amendable(meeting_id: int) -> Meeting:
    meeting = queries.get_meeting(database(), actor(), meeting_id)
    require(actor(), Permission.MEETING_PLAN, meeting.scope)
    amending.check(meeting)
    return meeting
