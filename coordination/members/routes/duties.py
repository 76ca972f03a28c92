"""Duties: the list, one with its wordings, and keeping them."""

from itertools import pairwise

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from coordination import acting, clock
from coordination.access import actor, requires
from coordination.members import duties as service
from coordination.members import forms, queries
from coordination.members.routes.blueprint import Answer, asked_turn, asked_words, bp, chosen, edited, may_edit_duties
from coordination.members.routes.subjects import subject_choices
from coordination.permissions import Permission
from models import Duty, DutyRole, Unit
from models.base import db


@bp.get("/duties")
@requires(Permission.MEMBERS_READ)
def duties() -> str:
    """Who answers for what today, by class; on demand with what is over."""
    session, words, role, today = db.session(), asked_words(), chosen(DutyRole, "role"), clock.today()
    after, before = asked_turn()
    every = request.args.get("state") == "all"
    page = queries.listed_duties(session, words=words, role=role, on=None if every else today, after=after, before=before)
    return render_template(
        "members/duties.html",
        page=page,
        words=words,
        role=role,
        roles=[("", "全部")] + [(each.value, each.label) for each in DutyRole],
        every=every,
        heirs=queries.heirs(session, today),
        may_edit=may_edit_duties(),
    )


@bp.get("/duties/<int:duty_id>")
@requires(Permission.MEMBERS_READ)
def duty(duty_id: int) -> str:
    """One duty: what it says, what it said before, and who changed it when."""
    session, today = db.session(), clock.today()
    found = queries.get_duty(session, duty_id)
    wordings = queries.wordings(session, found)
    older = {one.id: before for one, before in pairwise(wordings)}
    return render_template(
        "members/duty.html",
        duty=found,
        wordings=wordings,
        older=older,
        heir=queries.heirs(session, today).get(found.unit_id),
        history=acting.history(session, *wordings),
        may_edit=may_edit_duties(),
    )


@bp.route("/units/<int:unit_id>/duties/new", methods=["GET", "POST"])
@requires(Permission.DUTY_EDIT)
def new_duty(unit_id: int) -> Answer:
    """Add a duty; the class may be chosen by the address (``?subject=7``, from 职责覆盖)."""
    unit: Unit = queries.get_unit(db.session(), unit_id)
    form = forms.DutyFields(data={"subject_id": request.args.get("subject", type=int)})
    form.subject_id.offer(subject_choices())

    def act(session: Session) -> None:
        service.add_duty(session, actor=actor(), unit_id=unit_id, facts=form.facts(), valid_from=form.valid_from.data, now=clock.now())

    return edited(form, act, f"增加职责：{unit.short_name}", "增加职责", url_for(".unit", unit_id=unit_id), "已增加职责。")


@bp.route("/duties/<int:duty_id>/edit", methods=["GET", "POST"])
@requires(Permission.DUTY_EDIT)
def edit_duty(duty_id: int) -> Answer:
    """Change a duty from a day on."""
    duty: Duty = queries.get_duty(db.session(), duty_id)
    shown = {name: getattr(duty, name) for name in ("subject_id", "text", "role", "territory", "clause", "valid_from", "version")}
    form = forms.DutyEdit(data={**shown, "keywords": duty.keyword_text, "exclusions": "、".join(duty.exclusions)})
    form.subject_id.offer(subject_choices(also=duty.subject))

    def act(session: Session) -> None:
        given = {"facts": form.facts(), "valid_from": form.valid_from.data, "version": form.version.data}
        service.revise_duty(session, actor=actor(), duty_id=duty_id, now=clock.now(), **given)

    what = "“自何日起”改为新的日期时，原职责保留至前一日；不改日期则视为更正文字，直接改正原文。"
    back = url_for(".duty", duty_id=duty_id)
    return edited(form, act, f"更改职责：{duty.subject.name}", "保存更改", back, "已更改职责。", what)


@bp.route("/duties/<int:duty_id>/end", methods=["GET", "POST"])
@requires(Permission.DUTY_EDIT)
def end_duty(duty_id: int) -> Answer:
    """End a duty."""
    duty = queries.get_duty(db.session(), duty_id)
    form = forms.DutyEnd(obj=duty)

    def act(session: Session) -> None:
        given = {"valid_to": form.valid_to.data, "version": form.version.data}
        service.end_duty(session, actor=actor(), duty_id=duty_id, now=clock.now(), **given)

    what = f"{duty.unit.short_name}：{duty.text}（{duty.clause}）。截止次日起，“谁来管”和分派建议不再列出；已分派的投诉不受影响。"
    return edited(form, act, f"停止职责：{duty.subject.name}", "停止职责", url_for(".duty", duty_id=duty_id), "已登记停止。", what)
