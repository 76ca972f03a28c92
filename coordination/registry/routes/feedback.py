"""监督反馈: the list and one report with its answer."""

from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.crypto import open_contact
from coordination.notices import full_day
from coordination.permissions import Permission, can, require
from coordination.registry import feedback as answering
from coordination.registry import forms, lists
from coordination.registry.routes.blueprint import HOME, Answer, Did, act_page, bp, database, neighbours, tabs, turn
from coordination.settings.queries import calendar
from models.calendar import local_date
from models.light import light


@bp.get("/feedback")
@requires(Permission.REGISTRY_READ)
def feedback() -> Answer:
    """反馈: those without an answer, or all."""
    session, today = database(), clock.today()
    every = request.args.get("view") == "all"
    found = lists.feedback(session, actor(), open_only=not every, turn=turn())
    working = calendar(session)
    lights = {one.id: light(one.due_on, today, working) for one in found.rows if one.answered_at is None}
    more = {"every": every, "lights": lights, "subnav": tabs("feedback"), **neighbours(found)}
    return render_template("registry/feedback.html", rows=found.rows, **more)


@bp.route("/feedback/<int:feedback_id>", methods=["GET", "POST"])
@requires(Permission.REGISTRY_READ)
def feedback_item(feedback_id: int) -> Answer:
    """One report; the unit answers it here."""
    session, who = database(), actor()
    found = lists.get_feedback(session, who, feedback_id)
    if request.method == "POST":
        require(who, Permission.FEEDBACK_ANSWER, found.scope)
    form = forms.Answer()

    def act(session: Session) -> Did:
        answering.answer(session, actor=who, feedback_id=feedback_id, text=form.text.data, now=clock.now())
        return "已答复，反馈人凭编号可查。", url_for("registry.feedback_item", feedback_id=feedback_id)

    unit = found.recognition
    facts = [
        ("反馈对象", unit.business.name if unit else "未核发的标牌"),
        ("事项", found.kind.label),
        ("收到", full_day(local_date(found.received_at))),
        ("最迟答复", full_day(found.due_on)),
        ("答复单位", found.unit.short_name),
        ("联系方式", open_contact(found.contact) or "未留"),
        ("反馈内容", found.text),
    ]
    if found.answered_at is not None:
        facts += [
            ("答复", f"{full_day(local_date(found.answered_at))} {found.person.name if found.person else ''}"),
            ("答复内容", found.answer),
        ]
    answered = found.answered_at is not None
    more: dict[str, Any] = {
        "facts": facts,
        "what": "反馈不是投诉：涉及具体消费争议的，请引导拨打12315。答复内容反馈人凭编号可见，不写他人个人信息。",
        "crumbs": [(HOME, url_for("registry.index")), ("反馈", url_for("registry.feedback"))],
        "badge": "已答复" if answered else "待答复",
        "light": None if answered else light(found.due_on, clock.today(), calendar(session)),
        "shows_form": not answered and can(who, Permission.FEEDBACK_ANSWER, found.scope),
        "more_link": ("查看该单位", url_for("registry.show", recognition_id=unit.id)) if unit else None,
    }
    return act_page(form, act, title=found.number, verb="答复", back=url_for("registry.feedback"), **more)
